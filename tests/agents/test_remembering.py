"""Within a brief nothing is forgotten, and what a long one left behind does not stay."""

import pytest

from agents import remembering


def test_nothing_is_forgotten_within_and_little_stays_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_MOST", 10)
    asked: list[int] = []

    @remembering.remembered
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    with remembering.forgetting():
        assert [double(n) for n in (*range(10), *range(10))] == [2 * n for n in (*range(10), *range(10))]
    assert len(asked) == 10 and double(3) == 6 and len(asked) == 10  # so few may stay
    with remembering.forgetting():
        double(10)
    assert double(3) == 6 and len(asked) == 12
