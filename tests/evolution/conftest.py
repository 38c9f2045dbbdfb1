"""One server for all tests of this folder."""

from collections.abc import Iterator

import pytest

from flows.engines.launcher import cluster
from flows.engines.locate import engine
from tests.evolution.servers import Tools


@pytest.fixture(scope="session")
def tools() -> Iterator[Tools]:
    """The server of the wheel with its client programs."""
    info = engine("embedded")
    assert info.bin_dir is not None
    with cluster(info.bin_dir) as own:
        yield Tools(own, info.bin_dir)
