"""What a sentence means by `it`, and which sentences introduce nothing any more."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Requirements

BARGES = """# Canal

### Barge
- name
- length in m

### Mooring
- barge (references Barge)
- since: date

## Rules

"""


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("line", "entity"),
    [
        ("A barge lies in the canal. It goes from moored to loaded, then departed.", "barge"),
        ("Each mooring is noted by hand. It goes from asked to granted.", "mooring"),
        ("The weather is fine. It goes from moored to loaded.", ""),
        ("A barge lies in the canal.\n\nIt goes from moored to loaded.", ""),
    ],
)
def test_it_is_what_the_sentence_before_speaks_of(line: str, entity: str) -> None:
    found = [r.entity for r in analysed(f"{BARGES}{line}\n").rules if r.kind == "state"]
    assert found == ([entity] if entity else [])


def test_the_trace_does_not_call_a_late_sentence_an_introduction() -> None:
    text = (
        "We build something nice.\n\nA barge has a name, a length and a weight. A mooring has a number and a date. "
        "A skipper has a name and a phone. A lock has a name and a depth. The moon pulls at the gates.\n"
    )
    traced = {t.text: t.use for t in analysed(text).trace}
    assert traced["We build something nice."] == "irrelevant"
    assert traced["The moon pulls at the gates."] == "not_understood"
