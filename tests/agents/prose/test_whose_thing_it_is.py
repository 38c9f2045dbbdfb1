"""What is of or for one of several belongs to it, and one of the rooms is one room."""

import pytest

from agents.requirement_analysis.prose.pairs import pairs


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("Clerks look at the latest inspection for a crane.", "latest inspection", "crane"),
        ("Rangers print a chart of each trail.", "chart", "trail"),
        ("A crate stands in one of the sheds.", "crate", "sheds"),
    ],
)
def test_what_is_of_one_belongs_to_it(text: str, part: str, whole: str) -> None:
    found = [(p.subject.label, p.object.label, p.object.many) for p in pairs(text) if p.tied and p.count == "one"]
    assert (part, whole, False) in found


@pytest.mark.parametrize("text", ["The price of a crane is high.", "Lists for clerks are printed."])
def test_facts_and_readers_are_no_wholes(text: str) -> None:
    assert not [p for p in pairs(text) if p.tied]
