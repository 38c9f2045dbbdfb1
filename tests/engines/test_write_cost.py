"""What an index costs new rows: measured in log, refused where it is nothing, too much, or not there."""

from typing import Any

import pytest

from agents.verification import proof
from contracts.claims import Evidence, Returns, WriteCost
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.engines.conftest import experiment, silent

SCRIPT = {
    "parents": "CREATE TABLE parents (id bigint PRIMARY KEY)",
    "notes": "CREATE TABLE notes (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES parents, "
    "words text NOT NULL)",
    "index": "CREATE INDEX ix_notes_parent ON notes (parent)",
    "words": "CREATE INDEX ix_notes_words ON notes USING gin (to_tsvector('simple', words))",
    "empty": "CREATE INDEX ix_notes_none ON notes (parent) WHERE parent < 0",
}
ROWS = "INSERT INTO notes SELECT g, g % 100, 'w' || g || ' and x' || g % 50 FROM generate_series(1, 1000) AS g"
COST = WriteCost(sql=ROWS, rows=1000, index="ix_notes_parent", most=2.0)


def judged(server: Server, trial: WriteCost) -> Evidence:
    """The verdict, after which the rows must be gone."""
    gone = Returns(sql=("SELECT count(*) FROM notes",), rows=(("0",),))
    asked = experiment(SCRIPT, {"cost": trial, "gone": gone})
    found = proof(asked, observations_on(server, asked, silent)).evidence
    assert found[1].verdict == "holds"
    return found[0]


@pytest.mark.parametrize("server", ["embedded", "remote"], indirect=True)
def test_an_index_costs_log_and_less_than_the_row(server: Server) -> None:
    found = judged(server, COST)
    assert (found.verdict, "of 1,000 new rows writes 1 record of log more" in found.observed) == ("holds", True), (
        found.observed
    )
    assert found == judged(server, COST)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"most": 1.01}, "1 record of log more with it, beside 3 without (× 1.3"),
        ({"index": "ix_notes_none"}, "the index was not written"),
        ({"index": "ix_nowhere"}, 'index "ix_nowhere" does not exist'),
        ({"sql": "INSERT INTO nowhere SELECT 1"}, 'relation "nowhere" does not exist'),
    ],
)
def test_an_index_that_costs_too_much_nothing_or_is_not_there_fails(
    embedded: Server, change: dict[str, Any], why: str
) -> None:
    found = judged(embedded, COST.model_copy(update=change))
    assert (found.verdict, why in found.observed) == ("fails", True), found.observed
