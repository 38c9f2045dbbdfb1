"""Who does what with what in a sentence: its verbs and statements, before anything is made of them."""

import pytest

from agents.language import tagged
from agents.requirement_analysis.prose.frames import Reading, read_frames
from agents.requirement_analysis.prose.verbs import verb_groups

VERBS = [
    ("Users should be able to add, edit and delete notes.", [("add", "edit", "delete")]),
    ("The date needs to be recorded.", [("record",)]),
    ("The cart records user ID, order date and delivery address.", [("record",)]),
    ("The system records order dates, tracks the status, and details product quantities.",
     [("record",), ("track",), ("detail",)]),
    ("Customers can rent, return and review cars.", [("rent", "return", "review")]),
    ("A record lists the leave time, meeting place and contact.", [("list",)]),
    ("Stores user information, including name and phone.", [("store",)]),
    ("Each branch is run by one manager.", [("run",)]),
    ("It is responsible for managing stock.", [("manage",)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lemmas"), VERBS, ids=lambda value: str(value)[:40])
def test_words_that_could_be_nouns_are_verbs_only_where_they_do_something(
    text: str, lemmas: list[tuple[str, ...]]
) -> None:
    assert [g.lemmas for g in verb_groups(tagged(text))] == lemmas


def said(reading: Reading) -> list[tuple[str, str, str, str]]:
    tokens = reading.clause.tokens
    return [
        (f.kind, " ".join(t.text for t in tokens[slice(*f.subject)]), f.verb,
         " ".join(t.text for t in tokens[slice(*f.object)]).strip(" ,."))
        for f in reading.frames
    ]  # fmt: skip


def test_a_sentence_is_read_as_its_statements() -> None:
    text = "The firm runs several shops, each with a name and an address, and records sales, including date and amount."
    assert said(read_frames(text)) == [
        ("main", "The firm", "run", "several shops , each"),
        ("absolute", "several shops", "have", "a name and an address"),
        ("main", "The firm", "record", "sales"),
        ("list", "sales", "include", "date and amount"),
    ]


def test_what_each_of_several_does_is_said_of_each() -> None:
    text = "There are teams, with each team belonging to one club and managed by a coach."
    assert said(read_frames(text))[1:] == [
        ("absolute", "each team", "belong", "one club"), ("main", "each team", "manage", "a coach"),
    ]  # fmt: skip


def test_semicolons_part_and_what_stands_before_the_subject_is_put_aside() -> None:
    reading = read_frames("Students join courses; for each course we need the fee and the room.")
    assert [f[1:3] for f in said(reading)] == [("Students", "join"), ("we", "need")]
    first, end = reading.frames[1].fronted
    assert [t.text for t in reading.clause.tokens[first:end]] == ["for", "each", "course"]
