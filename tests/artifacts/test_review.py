"""The form of a review shows everything that is approved by it, in words that are only text."""

from datetime import date

import pytest

from agents.requirement_analysis import requirement_analysis
from artifacts.review import analysis_md
from contracts.brief import Brief

TEXT = """# Clubs

- Member: name, email (unique), phone (optional)
- Team: name
- A member belongs to one team.
- A team's name is unique.
"""


def _shown(text: str) -> str:
    return analysis_md(requirement_analysis(Brief(project="clubs", text=text, date=date(2025, 7, 31))))


def test_attributes_relationships_and_rules_are_shown() -> None:
    lines = _shown(TEXT).splitlines()
    assert "- `member` (Member): name, email, phone?" in lines
    assert "- `team` to `member`: one to many" in lines
    assert any(line.startswith("- `rule.") and "name is unique" in line for line in lines)
    assert lines[0].startswith("**Clubs**: 2 entities, 1 relationship, ")


def test_what_is_left_out_of_a_long_list_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artifacts.review.SHOWN", 1)
    entities = _shown(TEXT).partition("**Entities**")[2].partition("**")[0]
    assert entities.split("\n\n")[1].splitlines() == ["- `member` (Member): name, email, phone?", "- and 1 more"]


def test_words_of_the_brief_stay_words() -> None:
    shown = _shown(TEXT.replace("A team's name is unique.", "A team's name is unique <script>alert(1)</script>."))
    assert "<script>" not in shown
