"""Configuration values, asked of our own server and compared on somebody else's."""

import pytest

from contracts.claims import Observation, SettingAccepted
from flows.engines.server import Server
from flows.engines.session import Row
from flows.engines.settings import value_problem
from tests.engines.conftest import experiment, seen_on

GOOD = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "wal_level": "replica",
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "60s",
    "autovacuum_naptime": "30",
    "log_min_duration_statement": "-1",
    "password_encryption": "scram-sha-256",
    "track_io_timing": "on",
    "shared_preload_libraries": "pg_stat_statements, auto_explain",
    "maintenance_work_mem": "1.5GB",
}
BAD = {
    "wal_keep_segments": ("8", "42704"),
    "connection_timeout": ("10s", "42704"),
    "max_connections": ("0", "22023"),
    "work_mem": ("4kB", "22023"),
    "effective_cache_size": ("lots", "22023"),
    "wal_level": ("everything", "22023"),
    "checkpoint_timeout": ("16MB", "22023"),
    "fsync": ("perhaps", "22023"),
    "random_page_cost": ("-1", "22023"),
}


def trials(values: dict[str, str]) -> dict[str, SettingAccepted]:
    return {name: SettingAccepted(name=name, value=value) for name, value in values.items()}


def observed(server: Server, values: dict[str, str]) -> dict[str, Observation]:
    return seen_on(server, experiment({}, trials(values)))


def test_values_that_the_server_accepts(server: Server) -> None:
    seen = observed(server, GOOD)
    assert {name: (one.tried, one.sqlstate, one.message) for name, one in seen.items()} == dict.fromkeys(
        GOOD, (True, None, "")
    )


def test_values_that_the_server_refuses(server: Server) -> None:
    seen = observed(server, {name: value for name, (value, _) in BAD.items()})
    assert {name: one.sqlstate for name, one in seen.items()} == {name: state for name, (_, state) in BAD.items()}
    assert all(name in one.message for name, one in seen.items())


def test_a_setting_of_a_module_that_is_not_loaded_is_not_tried(server: Server) -> None:
    seen = observed(server, {"no_such_module.size": "1"})["no_such_module.size"]
    assert not seen.tried
    assert "no module that is loaded here" in seen.reason


def test_a_setting_of_a_preloaded_module_is_tried(embedded: Server) -> None:
    seen = observed(embedded, {"pg_stat_statements.max": "5000", "pg_stat_statements.track": "perhaps"})
    assert observed(embedded, {"pg_stat_statements.no_such": "1"})["pg_stat_statements.no_such"].sqlstate == "42704"
    assert (seen["pg_stat_statements.max"].tried, seen["pg_stat_statements.max"].sqlstate) == (True, None)
    assert seen["pg_stat_statements.track"].sqlstate == "22023"


def test_a_module_that_can_be_loaded_is_tried(embedded: Server, installed: Server) -> None:
    values = {"auto_explain.log_min_duration": "250ms", "auto_explain.no_such": "1"}
    for server in (embedded, installed):
        seen = observed(server, values)
        if seen["auto_explain.no_such"].tried:  # the wheel of some platforms lacks the module
            assert seen["auto_explain.log_min_duration"].sqlstate is None
            assert seen["auto_explain.no_such"].sqlstate == "42704"


def test_nothing_stays_set_on_our_own_server(embedded: Server) -> None:
    observed(embedded, GOOD)
    rows = embedded.maintenance.execute("SELECT name FROM pg_file_settings WHERE sourcefile ~ 'auto.conf'").fetchall()
    assert rows == []


@pytest.mark.parametrize(
    ("row", "value", "good"),
    [
        (("integer", "8kB", "16", "1073741823", None), "128kB", True),
        (("integer", "8kB", "16", "1073741823", None), "120kB", False),
        (("integer", "8kB", "16", "1073741823", None), "128 kb", False),
        (("integer", "s", "30", "86400", None), "1d", True),
        (("integer", "s", "30", "86400", None), "25h", False),
        (("integer", None, "1", "10", None), "5MB", False),
        (("integer", "ms", "-1", "2147483647", None), "-1", True),
        (("real", None, "0", "1", None), ".9", True),
        (("enum", None, None, None, "on,off,local"), "LOCAL", True),
        (("bool", None, None, None, None), "2", False),
        (("string", None, None, None, None), "anything", True),
    ],
)
def test_a_value_is_held_against_pg_settings(row: Row, value: str, good: bool) -> None:
    assert (value_problem(row, value) == "") is good
