"""One Prefect server for all flow tests of a session: starting it costs about 12 seconds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A temporary Prefect database and server."""
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def storage(prefect_server: None, tmp_path: Path) -> Iterator[Path]:
    """An empty result storage of this test's own, with the heartbeat's second of waiting switched off."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, PREFECT_LOCAL_STORAGE_PATH, temporary_settings

    folder = tmp_path / "results"
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: str(folder), PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield folder
