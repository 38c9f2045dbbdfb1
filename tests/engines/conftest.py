"""Servers for the tests: one of each kind for the whole session, and builders of small experiments."""

import os
from collections.abc import Callable, Iterator, Mapping

import psycopg
import pytest

from contracts.base import Statement
from contracts.claims import Claim, Experiment, Observation, Trial
from flows.engines.errors import EngineError
from flows.engines.launcher import cluster
from flows.engines.locate import engine
from flows.engines.postgresql import observations_on
from flows.engines.server import Server, serving

DSN_VARIABLE = "PERSISTENCE_TEST_DSN"
USUAL_DSN = "postgresql://postgres@127.0.0.1:5432/postgres"


def silent(done: int, total: int, text: str) -> None:
    """A progress callback for tests that do not look at it."""


def statement(identity: str, sql: str) -> Statement:
    """A statement of a script under test."""
    return Statement(id=identity, section="schema", sql=sql, element=identity)


def claim(identity: str, trial: Trial) -> Claim:
    """A claim whose words do not matter."""
    return Claim(id=identity, sentence=f"the claim {identity}", element="element.test", trial=trial)


def experiment(
    script: dict[str, str], trials: Mapping[str, Trial], dataset: dict[str, str] | None = None
) -> Experiment:
    """An experiment from statements and trials by their ids."""
    return Experiment(
        script=tuple(statement(*item) for item in script.items()),
        dataset=tuple(statement(*item) for item in (dataset or {}).items()),
        claims=tuple(claim(*item) for item in trials.items()),
        rows=1000,
    )


def seen_on(server: Server, tried: Experiment) -> dict[str, Observation]:
    """The observations of an experiment on a running server, by claim."""
    return {seen.claim: seen for seen in observations_on(server, tried, silent).observations}


@pytest.fixture(scope="session")
def embedded() -> Iterator[Server]:
    """The server of the wheel."""
    with serving(engine("embedded")) as server:
        yield server


@pytest.fixture(scope="session")
def installed() -> Iterator[Server]:
    """The newest server of this machine, in a cluster of our own."""
    try:
        info = engine("installed")
    except EngineError as error:
        pytest.skip(str(error))
    with serving(info) as server:
        yield server


@pytest.fixture(scope="session")
def dsn() -> str:
    """A running server: the one that the environment names, else one on the usual port that asks for no password."""
    named = os.environ.get(DSN_VARIABLE)
    if named:
        return named
    try:
        psycopg.connect(USUAL_DSN, connect_timeout=2).close()
    except psycopg.Error:
        pytest.skip(f"{DSN_VARIABLE} is not set, and no server on 127.0.0.1:5432 lets user postgres in")
    return USUAL_DSN


@pytest.fixture
def remote(dsn: str) -> Iterator[Server]:
    """A server that is not ours; only for one test, because it is locked against other runs meanwhile."""
    with serving(engine(dsn)) as server:
        yield server


@pytest.fixture(scope="session")
def shared() -> Iterator[Callable[[str], str]]:
    """A server that plays somebody else's: the DSN for a login on it.

    `owner` is its superuser; `maker` may create databases and roles, `guest` databases only, `nobody` nothing.
    Role `kept_app` was there before us.
    """
    info = engine("embedded")
    assert info.bin_dir is not None
    with cluster(info.bin_dir) as own:
        with psycopg.connect(own.dsn, autocommit=True) as connection:
            connection.execute("CREATE ROLE owner LOGIN SUPERUSER; CREATE ROLE maker LOGIN CREATEDB CREATEROLE")
            connection.execute("CREATE ROLE guest LOGIN CREATEDB; CREATE ROLE nobody LOGIN; CREATE ROLE kept_app")
        yield lambda login: f"postgresql://{login}@/postgres?host={own.folder}"


@pytest.fixture(params=["embedded", "installed", "remote"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each kind of server in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def progress_log() -> tuple[list[tuple[int, int, str]], Callable[[int, int, str], None]]:
    """A progress callback and what it was told."""
    log: list[tuple[int, int, str]] = []
    return log, lambda done, total, text: log.append((done, total, text))
