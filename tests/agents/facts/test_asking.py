"""In what words people ask for rows: questions, checks, what stands out, what is lacking, who has what."""

import pytest

from tests.agents.facts.reading import analysed

CHOIR = """# Boat house

### Rower
- last name
- phone number: phone
- badge number, unique

### Boat
- name
- class of boat
- purchase price: money

### Outing
- boat_id (FK → Boat)
- rower_id (FK → Rower)
- went out at: timestamp
- came back at: timestamp, optional
- due at: timestamp

### Bill
- rower_id (FK → Rower)
- issued on: date
- due date: date
- paid on: date, optional
- checked by, optional

### Damage
- boat_id (FK → Boat)
- mechanic_id (FK → Mechanic), optional
- noted on: date
- settled: boolean

### Mechanic
- name
- phone
- workshop

## Thoughts

"""


def reads(line: str) -> list[str]:
    """`kind entity filters order page` of each way of reading that a line of prose tells."""
    found = [p for p in analysed(f"{CHOIR}{line}\n").access_patterns if p.origin.kind == "stated" and p.kind != "write"]
    return [
        " ".join(
            filter(
                None,
                (
                    p.kind,
                    p.entity,
                    ",".join(f"{'' if f.operator == 'equals' else f.operator + ':'}{f.attribute}" for f in p.filters),
                    ",".join(f"{'-' if s.descending else '+'}{s.attribute}" for s in p.sort),
                    str(p.page_size or ""),
                ),
            )
        )
        for p in found
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("We list all bills that are not yet paid, oldest first.", ["list bill empty:paid_on +issued_on"]),
        ("The treasurer goes through the unpaid bills of a rower.", ["list bill rower,empty:paid_on"]),
        ("The treasurer needs to see bills that nobody has checked.", ["list bill empty:checked_by"]),
        ("We need a list of damages without a mechanic.", ["list damage empty:mechanic"]),
        ("Damages nobody has taken yet are shown in red on the board.", ["list damage empty:mechanic"]),
        ("The coach sees the damages of a boat that are not settled.", ["list damage boat,settled"]),
        ("Which bills of a rower are still unpaid?", ["list bill rower,empty:paid_on"]),
        ("The coach wants to know which boats are out.", ["list outing empty:came_back_at"]),
        ("Who has what right now must be visible at any time.", ["list outing empty:came_back_at"]),
        ("Overdue bills should be easy to find.", ["list bill range:due_date,empty:paid_on +due_date"]),
        ("Bills that are not paid get a reminder letter.", ["list bill empty:paid_on"]),
        ("Before we hand out a boat we check whether the rower still has unpaid bills.",
         ["list bill rower,empty:paid_on"]),
        ("When somebody rings we look the rower up by phone or surname.",
         ["lookup rower phone_number", "lookup rower last_name"]),
        ("A rower can be found by badge number.", ["lookup rower badge_number"]),
        ("For every boat I can see its outings, latest first.", ["list outing boat -went_out_at"]),
        ("The latest outing of a boat tells us who scratched it.", ["list outing boat -went_out_at"]),
        ("The office works through the bills sorted by date.", ["list bill +issued_on"]),
        ("We list the damages of a boat, sorted by when they were noted.", ["list damage boat +noted_on"]),
        ("The treasurer goes through the unpaid bills of a rower, those that are due soonest on top.",
         ["list bill rower,empty:paid_on +due_date"]),
        ("Rowers are listed by badge number.", ["list rower +badge_number"]),
        ("The three most expensive boats are shown in the hall.", ["list boat -purchase_price 3"]),
    ],
)  # fmt: skip
def test_what_is_asked_for_in_prose(line: str, wanted: list[str]) -> None:
    assert reads(line) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "A boat that is out cannot be lent.",
        "Nobody cares about the colour of a boat.",
        "Rowers get a letter when the season begins.",
        "The bill is printed without a logo.",
        "We do not know which wood is best.",
        "Boats must be kept dry.",
    ],
)
def test_what_asks_for_nothing(line: str) -> None:
    assert reads(line) == []


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("must be current", 0), ("must be fresh within 2 minutes", 120), ("may be a day old", 86_400)],
)
def test_how_old_an_answer_may_be(said: str, seconds: int) -> None:
    line = f"The coach sees the outings of a boat, and this list {said}."
    (found,) = [p for p in analysed(f"{CHOIR}{line}\n").access_patterns if p.staleness_seconds is not None]
    assert (found.entity, found.staleness_seconds) == ("outing", seconds)


def test_what_is_sought_by_its_lack_may_be_without_it() -> None:
    """The list of attributes says nothing of it, but a loan that is not returned has no day of return."""
    text = CHOIR.replace("paid on: date, optional", "paid on: date") + "We list the bills that are not yet paid.\n"
    (bill,) = [e for e in analysed(text).entities if e.name == "bill"]
    assert next(a for a in bill.attributes if a.name == "paid_on").optional
