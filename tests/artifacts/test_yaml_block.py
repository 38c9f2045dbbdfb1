"""YAML with notes always parses back to the data."""

import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from artifacts.yaml_block import Noted, plain, yaml_text
from tests.artifacts.conftest import HOSTILE

WORDS = st.text(alphabet="abyesno:#-{}[]&*!|>'\"%@`, \n\t?0.~=<\\\u202e\x85\ufeff") | st.text()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.dates()
NOTED = st.builds(Noted, SCALARS, WORDS)
DATA = st.recursive(
    SCALARS | NOTED,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS, inner, max_size=4)
        | st.builds(Noted, st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), WORDS)
    ),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, DATA, max_size=4) | st.lists(DATA, max_size=4), WORDS)
def test_yaml_parses_back_to_the_same_data(data: dict[str, object] | list[object], comment: str) -> None:
    assert yaml.safe_load(yaml_text(data, comment)) == plain(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_inside_their_value(text: str) -> None:
    shown = yaml_text({"a": Noted(text, text), text: [text]}, text)
    assert yaml.safe_load(shown) == {"a": text, text: [text]}


def test_a_note_stands_beside_its_value() -> None:
    data = {
        "pool": Noted({"size": Noted(9, "2 × 4 + 1"), "on": "yes"}, "one instance"),
        "none": [],
        "day": dt.date(2025, 1, 2),
    }
    assert yaml_text(data, "Pools").splitlines() == [
        "# Pools",
        "pool:  # one instance",
        "  size: 9  # 2 × 4 + 1",
        "  'on': 'yes'",
        "none: []",
        "day: 2025-01-02",
    ]


def test_a_long_note_stands_above() -> None:
    assert yaml_text({"a": [Noted(1, "x" * 130)]}).splitlines() == ["a:", f"  # {'x' * 130}", "  - 1"]


@pytest.mark.parametrize("text", ["0o17", "1e3", "on", "1:30", "null", "010", "1_000", "2025-01-01"])
def test_strings_that_look_like_something_else_are_quoted(text: str) -> None:
    assert yaml_text({"a": text})[3] in "'\""


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"])
def test_only_plain_data_is_written(value: object) -> None:
    with pytest.raises(TypeError, match="no plain data"):
        yaml_text({"a": value})
