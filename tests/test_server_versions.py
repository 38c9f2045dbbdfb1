"""A small design for each further server that is given, of its family and for its version, proven there.

`PERSISTENCE_TEST_SERVERS` holds their addresses, separated by blanks.
"""

import datetime as dt
import os

import pytest

from agents import dialects, verification
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from flows.direct import DirectRun
from flows.engines import engine, observe, reached
from flows.progress import Lines
from flows.spine import whole_design

VARIABLE = "PERSISTENCE_TEST_SERVERS"
SERVERS = os.environ.get(VARIABLE, "").split() or [
    pytest.param("", marks=pytest.mark.skip(reason=f"{VARIABLE} names no server of another version"))
]
BRIEF = """# Workshop

## Entities
- **Customer**: name (required), email (required, unique)
- **Job**: number (required, unique), customer, status (one of open, done, paid), price (money, min 0), opened at

## Access Patterns
- List jobs by status, newest first
- Find a job by number
- Jobs of a customer

## Performance
- 40 requests per second, 200 users, 20000 jobs a year

## Security
- Changes of jobs are recorded in an audit trail
"""


@pytest.mark.parametrize("address", SERVERS)
def test_a_design_for_a_servers_version_holds_on_that_server(address: str) -> None:
    family = _family(address)
    version = reached(engine(address, family), family)
    wanted = ".".join(map(str, dialects.ordered(version)))
    brief = Brief(project="p", text=BRIEF, date=dt.date(2026, 11, 1), database=f"{family}:{wanted}")
    experiment = whole_design(brief, requirement_analysis(brief), DirectRun(Lines(0))).experiment()
    judged = verification.proof(experiment, observe(experiment, address, lambda *_: None))
    assert judged.engine.version == version
    assert not [(one.claim, one.observed) for one in judged.evidence if one.verdict == "fails"]
    assert sum(one.verdict == "holds" for one in judged.evidence) > 50


def _family(address: str) -> str:
    scheme = address.partition(":")[0]
    return next(one.name for one in dialects.families() if scheme == one.name or one.is_asked(scheme))
