"""Which engine a spec names, and that no password of a DSN is ever shown."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from flows.engines import available, locate
from flows.engines.errors import EngineError
from flows.engines.locate import engine, masked
from flows.engines.server import serving

SECRETS = ("s3cret", "s3", "cret")


def test_the_embedded_engine_is_found_without_starting_it() -> None:
    found = engine("embedded")
    assert (found.origin, found.name) == ("embedded", "PostgreSQL")
    assert found.version.startswith("18.")
    assert found.bin_dir is not None
    assert "pgcrypto" in found.limits[-1]
    assert "pg_trgm" not in found.limits[-1]


def test_what_is_here_always_holds_none_and_says_what_it_cannot_do() -> None:
    found = available()
    named = [(info.name, info.spec) for info in found if info.spec != "installed"]
    assert named == [("PostgreSQL", "embedded"), ("SQLite", "embedded"), ("none", "none")]
    assert found[-1].proves == ()
    assert all(info.limits for info in found)


@pytest.mark.parametrize(
    ("spec", "fact"),
    [
        ("", "not known"),
        ("embeded", "not known"),
        ("mysql://app:s3cret@db/x", "not known"),
        ("postgresql://app:s3/cret@db:5432/x", "cannot be read"),
        ("postgresql://app:s3@cret@db:5432/x", "cannot be read"),
        ("postgresql://app:%zzs3cret@db:5432/x", "cannot be read"),
        ("postgresql://app:s3cret@db:5432/x?no_such=1", "cannot be read"),
    ],
)
def test_a_spec_that_names_no_engine_is_refused_without_its_password(spec: str, fact: str) -> None:
    with pytest.raises(EngineError, match=fact) as refused:
        engine(spec)
    assert refused.value.remedy
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_a_server_that_does_not_answer_is_an_engine_error_without_the_password() -> None:
    found = engine("postgresql://app:s3cret@127.0.0.1:1/x?connect_timeout=2")
    assert "s3cret" not in repr(found)
    with pytest.raises(EngineError, match="cannot be reached") as refused, serving(found):
        pass
    assert not any(secret in str(refused.value) for secret in SECRETS)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://a:s3cret@h",
        "x postgresql://a:s3@cret@h/d y",
        "postgresql://h/d?password=s3cret&x=1",
        "password='s3 cret'",
    ],
)
def test_passwords_are_masked(text: str) -> None:
    assert not any(secret in masked(text) for secret in SECRETS)


def test_a_missing_wheel_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineError, match="embedded PostgreSQL is not here"):
        engine("embedded")


def test_a_machine_without_a_server_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(locate, "INSTALLED_UNDER", tmp_path)
    monkeypatch.setattr(locate, "_configured", tuple)
    with pytest.raises(EngineError, match="No PostgreSQL server is installed"):
        engine("installed")
    assert ("PostgreSQL", "installed") not in [(info.name, info.spec) for info in available()]


@pytest.mark.parametrize("version", ["14.9", "9.6.24", "unknown"])
def test_a_server_below_the_floor_is_refused(version: str) -> None:
    with pytest.raises(EngineError, match="too old"):
        locate.require_floor(version, "here")


def test_a_login_that_may_not_create_a_database_is_refused(shared: Callable[[str], str]) -> None:
    with pytest.raises(EngineError, match="may not create a database"), serving(engine(shared("nobody"))):
        pass


def test_a_scratch_database_of_a_killed_run_is_dropped_by_the_next(shared: Callable[[str], str]) -> None:
    with psycopg.connect(shared("guest"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE persistence_experiment_1_2")
        connection.execute("CREATE DATABASE persistence_experiment_mine")
        with serving(engine(shared("guest"))):
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^persistence'").fetchall()
        connection.execute("DROP DATABASE persistence_experiment_mine")
    assert rows == [("persistence_experiment_mine",)]
