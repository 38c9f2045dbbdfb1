"""What a row takes is measured; a plan that is too small is found."""

import datetime as dt
from pathlib import Path

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.scaling.logs import log_size_claims
from agents.scaling.measured import size_claims
from agents.schema_design import schema_design
from agents.verification import proof
from contracts.base import Statement
from contracts.brief import Brief
from contracts.claims import Evidence, Experiment
from contracts.schema import SchemaDesign
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.agents import sized

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "INITIAL.md"
PUBLISHERS = "CREATE TABLE publishers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL)"
LOAD = "INSERT INTO publishers (name) SELECT 'name of number ' || n FROM generate_series(1, 6000) AS n"


def statement(identity: str, sql: str) -> Statement:
    return Statement(id=identity, section="schema", sql=sql, element="table.publishers")


def judged(server: Server, load: str = LOAD, factor: float = 1.0) -> dict[str, Evidence]:
    made: SchemaDesign = sized.schema(dataset=(statement("dataset.publishers", load),))
    claims = tuple(
        claim.model_copy(update={"trial": claim.trial.model_copy(update={"planned": claim.trial.planned * factor})})
        for claim in size_claims(made)
        if claim.trial.kind == "measures"
    )
    script = (statement("publishers", PUBLISHERS),)
    asked = Experiment(script=script, dataset=made.dataset, claims=claims, rows=6_000)
    found = proof(asked, observations_on(server, asked, lambda *_: None))
    return {seen.claim.removeprefix("scaling.growth.publishers."): seen for seen in found.evidence}


def test_rows_and_entries_take_what_was_planned(server: Server) -> None:
    seen = judged(server)
    assert {part: evidence.verdict for part, evidence in seen.items()} == {"row": "holds", "entries": "holds"}
    assert "bytes measured" in seen["row"].observed


@pytest.mark.parametrize(("load", "factor"), [(LOAD, 0.5), (LOAD, 10), (LOAD.replace("name of", "a" * 400), 1)])
def test_a_plan_that_is_far_off_fails(embedded: Server, load: str, factor: float) -> None:
    assert judged(embedded, load, factor)["row"].verdict == "fails"


def test_few_rows_prove_nothing_and_claim_nothing(embedded: Server) -> None:
    assert judged(embedded, LOAD.replace("6000", "400")) == {}


def test_what_the_clock_gave_does_not_change_the_size_of_a_trails_entry(embedded: Server) -> None:
    """JSON leaves out noughts behind a second, so that rows of another moment would be of another length."""
    brief = Brief(project="shop", text=SHOP.read_text("utf-8"), date=dt.date(2026, 11, 1))
    asked = requirement_analysis(brief)
    claims = log_size_claims(asked, schema_design(asked, brief.date))
    measured = next(c for c in claims if c.id.endswith(".orders"))
    found = []
    for moment in ("2026-11-01 10:00:00+00", "2026-11-01 10:00:00.123456+00"):
        table = "CREATE TABLE orders (id bigint, created_at timestamptz, updated_at timestamptz)"
        row = f"INSERT INTO orders VALUES (1, '{moment}', '{moment}')"
        tried = Experiment(
            script=(statement("orders", table),), dataset=(statement("rows", row),), claims=(measured,), rows=1
        )
        found += [seen.rows for seen in observations_on(embedded, tried, lambda *_: None).observations]
    assert found[0] is not None and found[0] == found[1]
