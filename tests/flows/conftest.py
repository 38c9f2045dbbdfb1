"""One Prefect server for all flow tests of a session: starting it costs about 10 seconds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.running import Place
from tests.flows.waiting import until

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


@pytest.fixture(scope="session")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server that records task runs in batches, as ours does: one by one, it locks its SQLite file."""
    import prefect.main  # noqa: F401  # sets logging up, which in a test would take the handler of `caplog` away

    killed = request.config.getoption("--replay-table")  # then flows need not ask a dead server for minutes
    here = Place(tmp_path_factory.mktemp("place"), **({"PREFECT_CLIENT_MAX_RETRIES": "2"} if killed else {}))
    try:
        here.start_server()
        yield here
    finally:
        here.stop()


@pytest.fixture(scope="session")
def deployed(place: Place) -> Place:
    """The architect with its steps counted: as a served deployment, and in a process work pool with a worker."""
    place.background("-m", "tests.flows.faulty", "serve")
    place.background("-m", "tests.flows.faulty", "work")
    until(lambda: place.deployed("served", "pooled"), "the deployments")
    return place


@pytest.fixture
def storage(place: Place, tmp_path: Path) -> Iterator[Path]:
    """An empty result storage of this test's own, with the heartbeat's second of waiting switched off."""
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_HOME,
        PREFECT_LOCAL_STORAGE_PATH,
        temporary_settings,
    )

    folder = tmp_path / "results"
    settings = {
        PREFECT_API_URL: place.address,
        PREFECT_HOME: str(place.folder / "home"),
        PREFECT_LOCAL_STORAGE_PATH: str(folder),
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    with temporary_settings(settings):
        yield folder
