"""Steps run side by side and parse formulas."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agents.parsing import parsed

SOURCE = Path(__file__).read_text(encoding="utf-8")


class Garbage:
    """Whose end runs code, so that another thread may get its turn in the midst of parsing."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        sum(range(2000))


@pytest.fixture
def crowded() -> Iterator[None]:
    """Threads take turns, and garbage is collected, as often as can be."""
    kept = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    try:
        yield
    finally:
        sys.setswitchinterval(kept[0])
        gc.set_threshold(*kept[1])


def test_threads_that_parse_at_once_do_not_disturb_each_other(crowded: None) -> None:
    """Without the lock, some of these fail with `AST constructor recursion depth mismatch`."""

    def parse(_: int) -> int:
        Garbage()
        return len(parsed(SOURCE).body)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(parse, range(400)))) == 1
