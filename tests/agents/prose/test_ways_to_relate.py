"""The many ways in which sentences relate two things: who refers to whom, in what role, whether it must."""

import pytest

from agents.requirement_analysis.prose.pairs import pairs
from contracts.requirements import Requirements
from tests.agents.prose.test_briefs import analysed

KNOWN = {
    "barge": "Each barge has a barge ID, a name and a length.",
    "lock": "Each lock has a lock code, a river and a depth.",
    "clerk": "Each employee has an employee ID, a name and a salary.",
    "office": "Each office has an office ID, a city and a floor.",
    "letter": "Each letter has a letter ID, a subject and a sending date.",
    "user": "Each user has a user ID and a nickname.",
    "song": "Each song has a song ID, a title and a length.",
    "singer": "Each musician has a musician ID, a name and a birth date.",
    "seminar": "Each seminar has a seminar ID, a title and a fee.",
    "stall": "Each stall has a stall number and an area.",
    "run": "Each run has a run ID, a start time and an end time.",
}
CASES = [  # (things that are described, the sentence, what is related, what is not); "?": it may be missing
    # several that have one in common
    ("barge lock", "A barge passes at several locks and many barges pass at a lock.", "barge<>lock", ""),
    ("song singer", "Several songs can have the same musician.", "song>musician", "musician>song"),
    ("office clerk", "Multiple employees sit in one office.", "employee>office", "office>employee"),
    ("song user", "The system notices when multiple users edit the same song.", "", "user>song"),
    # by several, the other way round unless more is said
    ("song singer", "A song is written by one or more musicians.", "song<>musician", "song>musician"),
    (
        "stall user",
        "A stall may be rented by many users, but a user rents at most one stall.",
        "user>stall?",
        "stall<>user",
    ),
    ("letter run", "A letter is carried out by several runs.", "run>letter", "letter<>run"),
    (
        "office clerk",
        "An office is shared equally by several employees. An employee has one office.",
        "employee>office",
        "",
    ),
    # what there need not be
    ("stall user", "Each stall is assigned to at most one user.", "stall>user?", ""),
    ("stall user", "Each stall is assigned to zero or one user.", "stall>user?", ""),
    ("stall user", "Each stall is let to no more than one user.", "stall>user?", ""),
    ("stall user", "Each stall is assigned to exactly one user.", "stall>user", "stall>user?"),
    # who does something in which role
    (
        "letter user",
        "A letter is sent by one user and received by another user.",
        "letter>user:sender letter>user:receiver",
        "letter>user",
    ),
    ("letter user", "Each letter is submitted by a user.", "letter>user", "letter>user:submitter"),
    (
        "office clerk",
        "Each employee works in one office. Each office is led by one employee.",
        "employee>office office>employee:leader",
        "",
    ),
    (
        "office clerk",
        "An office employs many employees. The manager of the office is one of its employees.",
        "employee>office office>employee:manager",
        "",
    ),
    (
        "office clerk",
        "An office has many employees. One of the employees is the caretaker of the office.",
        "employee>office office>employee:caretaker",
        "",
    ),
    ("office", "The city of the office is one of three.", "", "office>three"),
    # others of its kind
    (
        "clerk",
        "Each employee is trained by another employee.",
        "employee>employee:trainer?",
        "employee>employee:parent?",
    ),
    ("seminar", "A seminar can have several introductory seminars.", "seminar<>seminar", "seminar>seminar:parent?"),
    ("seminar", "A seminar may have other seminars as requirements.", "seminar<>seminar", "seminar>seminar:parent?"),
    ("office", "An office can contain several other offices.", "office>office:parent?", "office<>office"),
    ("user song", "A user can follow many users.", "user<>user", "user>user:parent?"),
    ("clerk", "An employee supervises several employees.", "employee>employee:supervisor?", "employee<>employee"),
    ("office", "The post office has several offices.", "", "office>office:parent?"),
    (
        "",
        "Each office has an office ID, a city and a superior office.",
        "office>office:superior_office?",
        "office>office:superior?",
    ),
    # possessives, bare plurals, prepositions: between two things that nothing else relates
    ("barge clerk", "We also note the barge's employee.", "barge>employee", "employee>barge"),
    ("office stall", "The stalls of an office are on a plan.", "stall>office", ""),
    ("office stall", "Offices have stalls.", "stall>office", ""),
    ("office stall", "An office consists of stalls.", "stall>office", ""),
    ("user letter", "Users bring their letters to the counter.", "letter>user", ""),
    (
        "user letter",
        "A letter has many users, and a user reads many letters. Users print their letters.",
        "user<>letter",
        "letter>user",
    ),
    ("office stall", "The floor of the office is told for a stall.", "", "office>stall"),
    ("letter user", "Letters come from users.", "letter>user", ""),
    ("letter user", "Letters are written by users.", "letter>user", "user>letter"),
    ("office clerk", "An employee holds an office.", "employee>office", "office>employee"),
    # verbs of several words
    ("song singer", "A musician takes care of several songs.", "song>musician", ""),
    ("song singer", "A musician may be in charge of many songs.", "song>musician", ""),
    # whose subject stands before
    ("singer office", "A musician, who has a phone and a fax, works in only one office.", "musician>office", ""),
    ("singer office", "Musicians have a tutor and an age and each lives in an office.", "musician>office", ""),
    # what happens between two stands where it is told, also where it is called like the verb
    (
        "run user",
        "A user can use several runs and a run can be used by several users. Each use has a date and a note.",
        "use>run use>user",
        "run<>user user<>run",
    ),
    (
        "song user",
        "Users can comment on songs. Each comment has a comment ID, a text and a time.",
        "comment>song comment>user",
        "song>user user>song",
    ),
    # who is one of whom, said of several
    (
        "clerk",
        "Captains and cashiers are employees. Each cruise has a cruise ID, a date, a captain and a cashier.",
        "cruise>employee:captain cruise>employee:cashier",
        "",
    ),
    # what somebody makes and others have a share in
    (
        "user song",
        "A user can upload many songs. Users can collect many songs, and a song is collected by many users.",
        "song>user user<>song",
        "",
    ),
    ("user song", "Users can collect many songs, and a song is collected by many users.", "user<>song", "song>user"),
    # several prepositions, several in a role
    ("run office user", "Runs are made by users in offices.", "run>user run>office", "office>user"),
    (
        "letter user",
        "Both the sender and the receiver of a letter are users.",
        "letter>user:sender letter>user:receiver",
        "letter>user",
    ),
    ("letter office", "Both the sender and the city of a letter are facts.", "", "letter>fact"),
    (
        "",
        "Each employee has a name and a position (porter, cashier or inspector). Each crate has a crate ID, a weight, "
        "a check date and an inspector.",
        "crate>employee:inspector",
        "crate>inspector",
    ),
    ("user", "The firm lends ladders to users. Each ladder has a ladder ID and a length.", "", "ladder>user"),
    # people for whom something is, of which it has its own name
    (
        "",
        "Each guest has a guest ID and a name. Each guest tour has a tour ID, a name and a fee.",
        "",
        "guest_tour>guest",
    ),
    (
        "run",
        "Readings are taken by runs. Each reading has a reading ID, a value and a timestamp.",
        "reading>run",
        "run<>reading",
    ),
]


def relations(found: Requirements) -> set[str]:
    """`song>singer` for a reference, `:role` where it has one, `?` where it may be missing; `a<>b` for many-to-many."""
    said = set()
    for r in found.relationships:
        if r.cardinality == "many_to_many":
            said |= {f"{r.parent}<>{r.child}", f"{r.child}<>{r.parent}"}
        else:
            said.add(f"{r.child}>{r.parent}{f':{r.role}' if r.role else ''}{'?' if r.optional else ''}")
    return said


@pytest.mark.parametrize(("known", "text", "there", "absent"), CASES, ids=[text[:40] for _, text, _, _ in CASES])
def test_sentences_relate_what_they_speak_of(known: str, text: str, there: str, absent: str) -> None:
    found = relations(analysed(" ".join([*(KNOWN[name] for name in known.split()), text])))
    assert set(there.split()) - found == set(), found
    assert set(absent.split()) & found == set()


def test_one_of_each_other_is_one_to_one() -> None:
    text = "Each ferry has a ferry ID and a name. Each harbour has a harbour ID and a name. "
    both = analysed(text + "Each ferry has exactly one harbour, and each harbour belongs to exactly one ferry.")
    assert [r.cardinality for r in both.relationships] == ["one_to_one"]
    other = analysed(text + "Each ferry lies in one harbour, and each harbour is served by one ferry.")
    assert "one_to_one" not in [r.cardinality for r in other.relationships]


def test_an_adverb_stands_between_a_verb_and_its_preposition() -> None:
    said = list(pairs("A farm may be run jointly by several families."))
    assert [(p.subject.label, p.object.label, p.count, p.implied) for p in said] == [
        ("farm", "families", "many", False), ("families", "farm", "many", True),
    ]  # fmt: skip
