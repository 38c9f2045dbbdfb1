"""One row at a time on real engines: it holds, and without the index every promise of a refusal fails."""

import pytest

from agents.verification import proof
from contracts.claims import Experiment, Observations
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from flows.engines.sqlite import found, observe
from tests.agents.soles import RULE, designed
from tests.engines.conftest import silent


def verdicts(family: str, server: Server, rule: str, *, indexed: bool) -> dict[str, str]:
    """What an engine says of the rule, with the index and without it."""
    design = designed(family, rule)
    name = next(i.name for i in design.indexes if i.unique and i.where)
    asked = Experiment(
        dialect=family,
        script=tuple(s for s in design.statements if indexed or s.id != f"index.{name}"),
        dataset=design.dataset,
        claims=tuple(c for c in design.claims if c.id.startswith(f"jobs.{name}.")),
        rows=design.dataset_rows,
    )
    seen: Observations = (
        observe(asked, found("embedded"), silent) if family == "sqlite" else observations_on(server, asked, silent)
    )
    return {one.claim.rpartition(".")[2]: one.verdict for one in proof(asked, seen).evidence}


@pytest.mark.parametrize(
    ("family", "rule"),
    [("postgresql", RULE), ("sqlite", RULE), ("postgresql", "At most one running job per vehicle")],
)
def test_a_second_one_is_refused_by_the_index_alone(embedded: Server, family: str, rule: str) -> None:
    assert verdicts(family, embedded, rule, indexed=True) == dict.fromkeys(("second", "other", "raced"), "holds")
    without = verdicts(family, embedded, rule, indexed=False)
    assert without == {"second": "fails", "other": "holds", "raced": "fails"}
