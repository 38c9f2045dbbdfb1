"""Pruning that is seen in the plan, and months that are dropped when their period is over, on a real server."""

import datetime as dt

import pytest

from agents.schema_design.partitions import DROP, partition_claims, partition_statements, partitioned
from agents.verification import proof
from contracts.claims import Experiment
from contracts.requirements import Retention
from contracts.schema import Parameter, Query, Table
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.agents import sized

START = dt.date(2026, 11, 1)
BASE = (
    "CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY, happened_at timestamptz NOT NULL,"
    " PRIMARY KEY (id, happened_at)) PARTITION BY RANGE (happened_at)"
)


def visits() -> Table:
    """Two hundred million visits, split by month and kept for 90 days."""
    moment = sized.column("happened_at", "timestamptz", "timestamp")
    made = sized.table("visits", "visit", "event", 200_000_000, moment)
    rule = Retention(entity="visit", days=90, origin=sized.STATED)
    return partitioned((made,), sized.requirements(retention=(rule,)), START)[0]


def read(condition: str, *parameters: Parameter) -> Query:
    return sized.query("visits_of", "list", "visits", f"SELECT count(*) FROM visits WHERE {condition}", *parameters)


MONTH = (
    Parameter(name="since", sql_type="timestamptz", sample="'2026-12-01 00:00+00'"),
    Parameter(name="until", sql_type="timestamptz", sample="'2027-01-01 00:00+00'"),
)
SPAN = read("happened_at >= $1 AND happened_at < $2", *MONTH)


def verdicts(server: Server, query: Query, drop: str = DROP) -> dict[str, str]:
    table = visits()
    statements = partition_statements((table,), {"visits": 90})
    script = tuple(s.model_copy(update={"sql": drop}) if s.sql == DROP else s for s in statements)
    types = ", ".join(p.sql_type for p in query.parameters)
    first = statements[0].model_copy(update={"id": "base", "sql": BASE})
    last = first.model_copy(update={"id": "query", "sql": f"PREPARE {query.name} ({types}) AS {query.sql}"})
    claims = tuple(partition_claims((table,), (query,), {"visits"}))
    asked = Experiment(script=(first, *script, last), claims=claims, rows=0)
    judged = proof(asked, observations_on(server, asked, lambda *_: None))
    return {seen.claim: seen.verdict for seen in judged.evidence}


def test_a_month_is_read_alone_and_dropped_when_it_is_over(embedded: Server) -> None:
    assert verdicts(embedded, SPAN) == {"visits.pruned.visits_of": "holds", "visits.partitions.expired": "holds"}


def test_a_span_that_hides_in_an_expression_prunes_nothing(embedded: Server) -> None:
    hidden = read("date_trunc('day', happened_at) >= $1 AND date_trunc('day', happened_at) < $2", *MONTH)
    fixed = hidden.model_copy(update={"sql": f"{hidden.sql} AND ($1 IS NULL OR happened_at >= $1 - interval '1 year')"})
    assert verdicts(embedded, fixed)["visits.pruned.visits_of"] == "fails"


@pytest.mark.parametrize(("right", "wrong"), [("<= now() - keep", "<= now()"), ("'DROP TABLE %s'", "'ANALYZE %s'")])
def test_a_function_that_drops_too_much_or_too_little_fails(embedded: Server, right: str, wrong: str) -> None:
    broken = DROP.replace(right, "IS NOT NULL" if wrong == "<= now()" else wrong)
    assert broken != DROP
    assert verdicts(embedded, SPAN, broken)["visits.partitions.expired"] == "fails"
