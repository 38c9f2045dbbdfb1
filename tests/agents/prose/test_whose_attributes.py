"""To whom the facts of a sentence belong: possessors behind a list, people themselves, acts, numbers that are given."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.prose.listing import listings
from contracts.brief import Brief


def told(text: str) -> dict[str, list[str]]:
    """The entities of a text with their attributes."""
    found = requirement_analysis(Brief(project="prose", text=text, date=dt.date(2026, 1, 1)))
    return {e.name: [a.name for a in e.attributes if a.origin.kind == "stated"] for e in found.entities}


@pytest.mark.parametrize(
    ("text", "owner", "labels"),
    [
        ("Members can change their nickname, and the shop records the birth date and loyalty points of members.",
         "members", ["birth date", "loyalty points"]),
        ("Readers can edit their personal information, including nickname and phone.", "Readers",
         ["nickname", "phone"]),
        ("A tracking number is assigned to each parcel.", "parcel", ["tracking number"]),
        ("The system supports the management of staff roles such as cooks and waiters, each with a role name and a "
         "wage.", "staff roles", ["role name", "wage"]),
        ("Clerks perform operations on the file, recording the operation time and type.", "file operation",
         ["operation time", "type"]),
        ("For truck management, the system records truck information including name, sets up fixed routes to "
         "establish clear working weeks, records truck insurance cost and mileage.", "truck",
         ["truck insurance cost", "mileage"]),
        ("For stock count management, the system exports vault information, including shelf code, count date and count "
         "result.", "stock count", ["shelf code", "count date", "count result"]),
        ("The cashier tracks changes in the cash balance, with each record including the old amount, the new amount "
         "and the reason.", "cash balance change", ["old amount", "new amount", "reason"]),
        ("Monitor the calls of the service desk, recording details like call time, duration and result.", "calls",
         ["call time", "duration", "result"]),
        ("Each plan has a name, details and a price.", "plan", ["name", "details", "price"]),
        ("Each parcel has a label creation and last change date.", "parcel",
         ["label creation date", "last change date"]),
        ("Each lesson has a start date, how many pupils came, how long it took and the time when it was cancelled.",
         "lesson", ["start date", "number of pupils", "duration", "cancelled time"]),
        ("For each loan we store the date the book was borrowed, the date it is due and its state.", "loan",
         ["borrowed date", "due date", "state"]),
        ("The seal date on which it was checked is told; each seal has a code, the day on which it was broken and a "
         "colour.", "seal", ["code", "broken day", "colour"]),
    ],
)  # fmt: skip
def test_a_list_belongs_to_what_its_sentence_says(text: str, owner: str, labels: list[str]) -> None:
    found = [(x.owner.label if x.owner else None, [i.label for i in x.items]) for x in listings(text)]
    assert (owner, labels) in found


def test_what_is_governed_together_is_no_fact_of_its_possessor() -> None:
    found = [x for x in listings("The firm manages the production, stock and sale of toys.") if x.owner]
    assert not [x for x in found if x.owner and x.owner.label == "toys"]


@pytest.mark.parametrize(
    ("text", "entity", "names"),
    [
        ("Each loan has a loan ID and a start date. Each loan may be prolonged, and the renewal date is recorded.",
         "loan", ["start_date", "renewal_date"]),
        ("We manage multiple companies, with company information including name and founding date.", "company",
         ["name", "founding_date"]),
        ("Ledger: records each income or expense. Each ledger has a title and an amount.", "ledger",
         ["title", "amount"]),
    ],
)  # fmt: skip
def test_an_entity_has_what_is_told_of_each(text: str, entity: str, names: list[str]) -> None:
    assert told(text)[entity] == names


def test_what_is_done_with_a_thing_is_not_the_thing() -> None:
    found = told(
        "Each document has a title and a status. Clerks perform operations on the document, recording the operation "
        "time and type."
    )
    assert found["document"] == ["title", "status"]
    assert {"operation_time", "type"} <= set(found["document_operation"])


def test_each_record_is_one_of_what_the_sentence_before_keeps() -> None:
    found = told(
        "Each group chat has a name and a topic. Store the chat records between users. Each record includes the "
        "sender, the time the message was sent and a text."
    )
    assert found["group_chat"] == ["name", "topic"]
    assert set(found["chat_record"]) >= {"sent_time", "text"}


def test_a_condition_is_no_fact() -> None:
    found = list(listings("When it is returned late, we record the fine and the reason."))
    assert [[i.label for i in x.items] for x in found] == [["fine", "reason"]]


def test_what_is_made_better_is_no_attribute() -> None:
    text = "Each pump has a name and a model. Rounds help to effectively track and manage the status of the pump."
    assert [i.label for x in listings(text.split(". ")[1]) for i in x.items] == []


def test_a_flag_among_labels_is_an_attribute() -> None:
    (found,) = listings("Fields: Member ID, Execution Time, Is Active, Has Insurance, Remarks")
    assert [i.label for i in found.items] == ["Member ID", "Execution Time", "Is Active", "Has Insurance", "Remarks"]


def test_quoted_examples_are_values_unless_their_facts_follow() -> None:
    told = 'It has several tables such as "Card" (card ID, card name) and "Album" (album ID, album name).'
    assert {x.owner.label for x in listings(told) if x.owner} >= {"Card", "Album"}
    assert not any(i.label == "velvet" for x in listings('A cloth has tags like "velvet", "silk".') for i in x.items)
