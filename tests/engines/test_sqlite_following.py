"""A copy that follows a SQLite file by Litestream: what it shows, and a bound that it does not keep."""

import pytest

from agents.verification import proof
from contracts.claims import Evidence, Replicates
from flows.engines.sqlite import found, observe
from flows.engines.sqlite.recovery import litestream
from tests.engines.conftest import experiment, silent

SCRIPT = {
    "notes": "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
    "rows": "INSERT INTO notes (text) WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 500) "
    "SELECT 'n' || n FROM g",
}


def seen(lag_seconds: float) -> Evidence:
    if litestream() is None:
        pytest.skip("Litestream is not installed")
    trial = Replicates(settings=(), queries=(), lag_seconds=lag_seconds, promote_seconds=30, synchronous=False)
    tried = experiment(SCRIPT, {"standby.follows": trial}).model_copy(update={"dialect": "sqlite"})
    (evidence,) = proof(tried, observe(tried, found("embedded"), silent)).evidence
    return evidence


def test_the_copy_follows_and_takes_over() -> None:
    evidence = seen(lag_seconds=10)
    assert evidence.verdict == "holds", evidence.observed
    for told in ("within 10 s", "SQLITE_READONLY", "all 501 rows there, and sound", "the copy took over"):
        assert told in evidence.observed


def test_a_copy_that_is_behind_is_found() -> None:
    evidence = seen(lag_seconds=0)
    assert evidence.verdict == "fails"
    assert "a write arrives" in evidence.observed
