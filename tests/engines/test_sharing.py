"""Two real sessions that take work: what is locked is passed over and goes to one; otherwise they wait, or share it."""

import pytest

from agents.verification import proof
from contracts.claims import Evidence, Shares
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from tests.engines.conftest import experiment, silent

SCRIPT = {
    "jobs": "CREATE TABLE jobs (id bigint PRIMARY KEY, done timestamptz)",
    "rows": "INSERT INTO jobs SELECT g, NULL FROM generate_series(1, 30) AS g",
}
WAITING = "SELECT id FROM jobs WHERE done IS NULL ORDER BY id LIMIT {limit}"


def judged(server: Server, take: str) -> Evidence:
    asked = experiment(SCRIPT, {"shared": Shares(take=take)})
    return proof(asked, observations_on(server, asked, silent)).evidence[0]


@pytest.mark.parametrize(
    ("limit", "lock", "verdict", "words"),
    [
        (10, "FOR UPDATE SKIP LOCKED", "holds", "the first took 10 rows, the second 10 others"),
        (10, "FOR UPDATE", "fails", "lock timeout"),
        (10, "", "fails", "10 of 10 rows went to both"),
        (40, "FOR UPDATE SKIP LOCKED", "fails", "the second 0: there was nothing to share"),
    ],
)
def test_no_row_goes_to_both(embedded: Server, limit: int, lock: str, verdict: str, words: str) -> None:
    found = judged(embedded, f"{WAITING.format(limit=limit)} {lock}")
    assert (found.verdict, words in found.observed) == (verdict, True), found.observed
