"""Restores that are carried out and servers that start with a plan's settings, each failing where it is due."""

import re
from typing import Any

import pytest

from agents.verification import proof
from contracts.claims import Evidence, Observation, Restores, Starts, Trial
from flows.engines import postgresql, recovery
from flows.engines.server import Server
from tests.engines.conftest import experiment, seen_on

SCRIPT = {
    "people": "CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL)",
    "pets": "CREATE TABLE pets (id bigint PRIMARY KEY, owner bigint REFERENCES people, born timestamptz DEFAULT now())",
    "fill.people": "INSERT INTO people SELECT n, 'person ' || n FROM generate_series(1, 50) AS n",
    "fill.pets": "INSERT INTO pets SELECT n, n FROM generate_series(1, 30) AS n",
}
BY_LOG = Restores(
    method="log",
    changes=(
        "INSERT INTO people SELECT n, 'late ' || n FROM generate_series(51, 60) AS n",
        "DELETE FROM pets WHERE id = 1",
    ),
    mishap=("DROP TABLE pets", "DELETE FROM people WHERE id < 40"),
)
BY_DUMP = Restores(method="dump", changes=BY_LOG.changes, mishap=BY_LOG.mishap)


def tried(server: Server, trial: Trial) -> tuple[Observation, Evidence]:
    """What the server saw of one trial, and what the judge says."""
    asked = experiment(SCRIPT, {"trial": trial})
    seen = seen_on(server, asked)["trial"]
    known = postgresql.observations_on(server, asked.model_copy(update={"claims": ()}), lambda *_: None)
    judged = proof(asked, known.model_copy(update={"observations": (seen,)}))
    return seen, judged.evidence[0]


@pytest.mark.parametrize("trial", [BY_LOG, BY_DUMP], ids=["log", "dump"])
def test_every_row_comes_back(server: Server, trial: Restores) -> None:
    seen, judged = tried(server, trial)
    if not server.ours:
        assert (seen.tried, judged.verdict) == (False, "not_tried")
        return
    assert seen.rows == (
        ("people", "50", "60", "21", "60", "equal"),
        ("pets", "30", "29", "0", "29", "equal"),
    )
    assert judged.verdict == "holds"
    assert "68 rows were lost; 89 rows of 2 tables restored" in judged.observed


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"mishap": ("CREATE TABLE harmless ()",)}, "nothing was lost"),
        ({"changes": ()}, "nothing was written after the copy"),
        ({"mishap": ("DROP TABLE cats",)}, "cats"),
    ],
)
def test_a_trial_that_proves_nothing_fails(embedded: Server, change: dict[str, Any], why: str) -> None:
    _, judged = tried(embedded, BY_LOG.model_copy(update=change))
    assert judged.verdict == "fails"
    assert why in judged.observed


def test_a_restore_to_another_moment_fails(embedded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too early a moment: the rows written after the copy are missing, and a deleted one is back."""
    changed = recovery._changed

    def too_early(connection: Any, trial: Restores) -> Any:
        early = recovery.one_value(connection, "SELECT clock_timestamp()")
        at, _, after = changed(connection, trial)
        return at, early, after

    monkeypatch.setattr(recovery, "_changed", too_early)
    _, judged = tried(embedded, BY_LOG)
    assert judged.verdict == "fails"
    assert judged.observed == "2 of 2 tables differ, the first: people has 50 of 60 rows"


def test_a_log_that_is_not_archived_fails(embedded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "_archive_to", lambda *_: None)
    monkeypatch.setattr(recovery, "_wait_for", lambda *_: None)
    _, judged = tried(embedded, BY_LOG)
    assert judged.verdict == "fails"
    assert "recovery ended before configured recovery target was reached" in judged.observed


SIZED = (
    ("max_connections", "40"), ("shared_buffers", "64MB"), ("work_mem", "8MB"), ("statement_timeout", "5s"),
    ("wal_level", "replica"), ("shared_preload_libraries", "pg_stat_statements"), ("random_page_cost", "1.1"),
)  # fmt: skip


def test_a_server_starts_with_all_settings(server: Server) -> None:
    seen, judged = tried(server, Starts(settings=SIZED))
    assert judged.verdict == ("holds" if server.ours else "not_tried")
    assert not server.ours or [row[3] for row in seen.rows or ()] == ["same"] * len(SIZED)


def test_more_memory_than_the_proofs_machine_has_is_tried_smaller_and_said_so(embedded: Server) -> None:
    _, judged = tried(embedded, Starts(settings=(("shared_buffers", "4096GB"), ("work_mem", "8MB"))))
    assert (judged.verdict, "1 settings read back as set; shared_buffers as 16384 8kB" in judged.observed) == (
        "holds",
        True,
    )


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ((("max_connections", "10"), ("superuser_reserved_connections", "10")), "must be less than"),
        ((("wal_level", "minimal"), ("max_wal_senders", "4"), ("archive_mode", "off")), "wal_level"),
        ((("wal_buffers", "8kB"),), "wal_buffers is 4 8kB where 8kB was set"),
        ((("no_such_setting", "1"),), "no_such_setting"),
    ],
)
def test_settings_that_no_server_starts_with_fail(embedded: Server, settings: Any, why: str) -> None:
    _, judged = tried(embedded, Starts(settings=settings))
    assert judged.verdict == "fails"
    assert re.search(why, judged.observed), judged.observed
