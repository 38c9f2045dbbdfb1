"""Promises in words beside a number that does not keep them."""

import pytest

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import OpenQuestion

BRIEF = """# Parcels

## Data model

### Parcel
- code: string(20), unique

## Numbers

- 20 concurrent users
- {point}

## Success Criteria

- [ ] {promise}
"""


def asked(promise: str, point: str) -> list[OpenQuestion]:
    text = BRIEF.format(promise=promise, point=point)
    found = requirement_analysis(Brief(project="parcels", text=text, date="2026-11-01")).open_questions
    return [question for question in found if "(RPO)" in question.question]


@pytest.mark.parametrize(
    "promise",
    [
        "No parcel is lost when the primary fails over",
        "The service never loses a parcel in a failover",
        "No acknowledged order is lost when the server crashes",
        "A failover without losing parcels",
    ],
)
def test_a_promise_that_the_recovery_point_does_not_keep_is_asked_about(promise: str) -> None:
    (question,) = asked(promise, "RPO: 5 minutes")
    assert promise in question.question
    assert "300 seconds" in question.question and "RPO: 0 seconds" in question.question
    assert "300 seconds" in question.reading
    assert question.lines == (15,)


@pytest.mark.parametrize(
    ("promise", "point"),
    [
        ("No parcel is lost when the primary fails over", "RPO: 0 seconds"),
        ("No parcel is lost on its way", "RPO: 5 minutes"),
        ("Reports do not slow the office down", "RPO: 5 minutes"),
    ],
)
def test_nothing_is_asked_where_nothing_contradicts(promise: str, point: str) -> None:
    assert asked(promise, point) == []
