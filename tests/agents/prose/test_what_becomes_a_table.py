"""Which nouns of a text become tables, by what the sentence around them says: each case with what must not be one."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from benchmarks.rschema import schema_of
from contracts.brief import Brief
from tests.agents.prose.test_briefs import analysed

CASES = [
    (  # several things in a row, each with its facts behind it
        "For each nurse we keep a name and a phone number. We record duties, including shifts (shift date, ward), "
        "leave record (leave date, reason), training record (training date, title), etc.",
        {"shift", "leave_record", "training_record"},
        set(),
    ),
    (  # verbs between the brackets begin statements of their own
        "The shop records cake data (cake ID, cake name, price), and maintains recipe data (recipe ID, text, author).",
        {"cake", "recipe"},
        {"maintains_recipe"},
    ),
    (  # what they belong to is stored, whichever of its levels it is
        "Songs have a title and a length. Songs can belong to different levels of categories.",
        {"song", "category"},
        {"level"},
    ),
    (  # how something performs is a fact about it; performances are things
        "Each pump has a pump ID, a name and a model. The plant assesses the performance of each pump, including the "
        "running hours and the number of failures.",
        {"pump"},
        {"performance"},
    ),
    (
        "Each play has a title and an author. Each performance has a date, a start time and a ticket price.",
        {"play", "performance"},
        set(),
    ),
    (  # kinds of what the brief does not describe are kept where they are managed
        "The exchange must manage different currency types. Each trade has a trade ID, an amount and a trade time.",
        {"currency_type", "trade"},
        {"currency"},
    ),
    (  # examples of a kind are its rows
        "The court supports the management of different staff roles such as clerks, judges and bailiffs, each with its "
        "role name and permission level. Each staff member has a name and a phone number.",
        {"staff_role", "staff_member"},
        {"bailiff", "judge", "clerk"},
    ),
    (  # people who do something are the people
        "Each dancer has a dancer ID, a name and a club. Each contest has a contest ID, a start time and a place. It "
        "keeps the results and ranks of the competing dancers.",
        {"dancer", "contest"},
        {"competing_dancer"},
    ),
    (  # the others of a kind say that those before them are of it, too
        "Each locker has a locker ID, a size and a floor. It supports complex locker opening steps, including knocks, "
        "pulls and other operations.",
        {"locker"},
        {"complex_locker_opening_step", "locker_opening_step"},
    ),
    (  # whoever works with the application is stored where something is said of them
        "Berth information management: Administrators can add, edit and delete berths. Each berth has a number, a "
        "length and a price. Administrator management: administrators can manage all berths.",
        {"berth"},
        {"administrator"},
    ),
    (
        "Each administrator has a name, a phone number and a password. Each berth has a berth number and a length.",
        {"berth", "administrator"},
        set(),
    ),
    (  # what people may do is no thing because a title says that it is managed
        "For boat management, the club records the name, type and length of each boat. For permission management, "
        "skippers can rename the boats.",
        {"boat"},
        {"permission"},
    ),
    (  # the information of two is that of each
        "Visit management: record patient and visit information, manage the start time and price of each visit.",
        {"visit", "patient"},
        set(),
    ),
    (  # whoever registers in one of several belongs to it, and some of a kind are of it
        "Each licensed angler must register a home address. Each licensed angler can only register in one district. "
        "Some districts may include multiple towns.",
        {"district", "town"},
        set(),
    ),
    (  # a text that describes one thing alone is read for what people do
        "The choir keeps the title and composer of each song. Singers book appointments, and conductors write reviews.",
        {"song", "appointment", "review"},
        set(),
    ),
    (  # roles tell users apart, whatever the sentence does with them
        "The archive offers different user roles. Each user has a name, an email and a password. Each box has a box "
        "number, a shelf and a year.",
        {"user", "user_role", "box"},
        set(),
    ),
    (  # what people do something with is theirs
        "Each guest has a name and a phone. Each room has a number and a floor. Guests write their reviews.",
        {"guest", "review"},
        set(),
    ),
    (  # a word that only says that it took place once more is called by what is spoken of
        "Each pupil has a name and a class. For snack sale management, the kiosk records the details of each "
        "transaction, including time, amount and place.",
        {"pupil", "snack_sale"},
        {"transaction"},
    ),
]


@pytest.mark.parametrize(("text", "stored", "refused"), CASES, ids=[text[:40] for text, _, _ in CASES])
def test_what_is_stored_is_told_by_its_sentence(text: str, stored: set[str], refused: set[str]) -> None:
    found = {entity.name for entity in analysed(text).entities}
    assert stored <= found
    assert not refused & found


def test_who_leads_something_leaves_room_for_those_who_take_part() -> None:
    found = analysed(
        "Each actor has an actor ID, a name and a phone. Each play has a play ID, a title and an author. Each play has "
        "one actor as director. Each actor can participate in multiple plays, and each play can have multiple "
        "participating actors."
    )
    told = {(r.parent, r.child, r.cardinality, r.role) for r in found.relationships}
    assert ("actor", "play", "one_to_many", "director") in told
    assert ("actor", "play", "many_to_many", "play_participations") in told


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("Each deep sea survey vessel has a name, a length and a home port.", "survey vessel"),
        ("Each second-hand bicycle has a frame number, a brand and a price.", "bicycle"),
        ("Each to-do item has a title, a due date and a status.", "to-do item"),
        ("Each ferry has a name and a length.", "ferry"),
    ],
)
def test_a_predicted_table_has_a_short_name(text: str, table: str) -> None:
    assert list(schema_of(requirement_analysis(Brief(project="p", text=text, date=dt.date(2026, 1, 1))))) == [table]


@pytest.mark.parametrize(
    ("text", "stored", "refused"),
    [
        (
            "Cards have a name, a type and a price. The database design of the system includes cards, their name, type "
            "and price.",
            {"card"},
            "database_design",
        ),
        (
            "1. Member management: Members have a name and an email.\n2. Wallet management: Members can hold multiple "
            "coupons. Each coupon has a code, a price and a date. The system records the quantity for each coupon held "
            "by each member.",
            {"coupon", "member"},
            "wallet",
        ),
    ],
)
def test_what_the_text_itself_is_about_is_no_table(text: str, stored: set[str], refused: str) -> None:
    found = {entity.name for entity in analysed(text).entities}
    assert stored <= found
    assert refused not in found
