"""Trials that need more than one session or server: a standby that takes over, log that rows cost, two at once.

Each holds, and each fails where what it tries is wrong.
"""

from typing import Any

import pytest

from contracts.claims import Collides, Replicates, WritesLog
from flows.engines import replication
from flows.engines.server import Server
from tests.engines.test_recovery import tried

FOLLOWED = Replicates(
    settings=(("max_standby_streaming_delay", "5s"), ("hot_standby_feedback", "on")),
    queries=(("PREPARE all_people AS SELECT count(*) FROM people WHERE id > $1", "EXECUTE all_people (1)"),),
    lag_seconds=30,
    promote_seconds=60,
    synchronous=True,
)
ROW = "INSERT INTO people SELECT g, 'person ' || g FROM generate_series({row}, {row}) AS g"
LOG = WritesLog(table="people", sql=ROW, first=1_001, count=50, planned=200, images=2, least=0.5, most=1.5)
SAME = "INSERT INTO people VALUES (900, 'one of two')"
TAKE = "UPDATE pets SET owner = owner - 1 WHERE id = {}"


def test_a_standby_takes_over_with_every_acknowledged_row(embedded: Server) -> None:
    seen, judged = tried(embedded, FOLLOWED)
    assert judged.verdict == "holds", judged.observed
    assert "200 acknowledged rows: none lost" in judged.observed
    assert "1 routed query answered; a write refused (25006)" in judged.observed
    assert "all 82 rows there" in judged.observed
    assert [row[1] for row in seen.rows or ()] == ["yes"] * 7


def test_nobody_copies_a_server_that_is_not_ours(remote: Server) -> None:
    _, judged = tried(remote, FOLLOWED)
    assert (judged.verdict, "not ours to copy" in judged.observed) == ("not_tried", True)


def test_what_a_standby_cannot_answer_is_no_read(embedded: Server) -> None:
    locking = (("PREPARE take AS SELECT id FROM people FOR UPDATE", "EXECUTE take"),)
    _, judged = tried(embedded, FOLLOWED.model_copy(update={"queries": locking, "synchronous": False}))
    assert judged.verdict == "fails"
    assert "EXECUTE take: 25006: cannot execute SELECT FOR UPDATE in a read-only transaction" in judged.observed


def test_a_commit_that_waits_for_nobody_may_lose_rows(embedded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """An acknowledged row that the standby lacks is found: one row more is said to be acknowledged than was written."""
    written = replication._written_until_stopped
    monkeypatch.setattr(replication, "_written_until_stopped", lambda *given: written(*given) + 1)
    _, judged = tried(embedded, FOLLOWED)
    assert judged.verdict == "fails"
    assert judged.observed.startswith("no acknowledged row is lost: ")


def test_rows_log_what_was_planned(server: Server) -> None:
    seen, judged = tried(server, LOG)
    assert judged.verdict == ("holds" if server.ours else "not_tried")
    if server.ours:
        assert seen.rows
        assert float(seen.rows[0][0] or 0) > 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"planned": 20}, "20 planned"),
        ({"images": 500.0}, "500 planned"),
        ({"sql": "INSERT INTO people VALUES (1, '{row}')"}, "23505"),
    ],
)
def test_log_that_differs_from_the_plan_fails(embedded: Server, change: dict[str, Any], why: str) -> None:
    _, judged = tried(embedded, LOG.model_copy(update=change))
    assert judged.verdict == "fails"
    assert why in judged.observed


COLLISIONS = {
    "equal": Collides(first=(SAME,), second=(SAME,), sqlstate="23505", again="23505"),
    "crossed": Collides(
        first=(TAKE.format(1), TAKE.format(2)),
        second=(TAKE.format(2), TAKE.format(1)),
        setup=("UPDATE pets SET owner = 20 WHERE id < 3",),
        crossed=True,
        sqlstate="40P01",
    ),
    "serializable": Collides(
        isolation="SERIALIZABLE", setup=("UPDATE pets SET owner = 20 WHERE id = 1",),
        first=(TAKE.format(1),), second=(TAKE.format(1),), sqlstate="40001",
    ),
}  # fmt: skip


@pytest.mark.parametrize("trial", COLLISIONS.values(), ids=COLLISIONS)
def test_two_sessions_meet(server: Server, trial: Collides) -> None:
    _, judged = tried(server, trial)
    assert judged.verdict == "holds", judged.observed
    again = "gets 23505" if trial.again else "commits"
    assert judged.observed == f"the second waited and got {trial.sqlstate}; tried again it {again}"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"second": ("INSERT INTO people VALUES (901, 'another')",)}, "committed, claimed was 23505"),
        ({"again": None}, "23505; tried again it got 23505"),
        ({"first": ("SELECT 1 / 0",)}, "the first session: division by zero"),
        ({"setup": ("SELECT 1 / 0",)}, "before the trial: division by zero"),
    ],
)
def test_sessions_that_do_not_meet_fail(embedded: Server, change: dict[str, Any], why: str) -> None:
    _, judged = tried(embedded, COLLISIONS["equal"].model_copy(update=change))
    assert judged.verdict == "fails"
    assert why in judged.observed
