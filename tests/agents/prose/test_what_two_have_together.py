"""Facts that two things have together, and whose facts a list tells that does not name its owner."""

import pytest

from tests.agents.prose.test_domains import analysed


def facts(text: str) -> dict[str, set[str]]:
    """The stated attributes of every entity and of every relationship that has some."""
    found = analysed(text)
    plain = {
        e.name: {a.name for a in e.attributes if a.origin.kind == "stated" and not a.references} for e in found.entities
    }
    return plain | {r.name: {a.name for a in r.attributes} for r in found.relationships if r.attributes}


TOGETHER = [
    (
        "A climber has a member ID and a name. A route has a route code and a title. A climber can book several routes "
        "and a route can be booked by several climbers. The price agreed must be stored.",
        ("climber", "route"),
        {"price_agreed"},
    ),
    (
        "A puppeteer may play several instruments; the level of skill is noted for each. A puppeteer has an ID and a "
        "name. An instrument has an ID and a name.",
        ("puppeteer", "instrument"),
        {"level_of_skill"},
    ),
    (
        "A grocer may supply many cheeses and a cheese may be supplied by many grocers. The price and the delivery "
        "time are recorded for each combination. Grocers have a name and a town. Cheeses have a name and a country.",
        ("grocer", "cheese"),
        {"price", "delivery_time"},
    ),
    (
        "Tugs are dispatched to harbours and the departure date and return date are recorded. A tug has a tug ID and a "
        "name. A harbour has a harbour ID and a name.",
        ("tug", "harbour"),
        {"departure_date", "return_date"},
    ),
    (
        "A cake is composed of several fillings and one filling can be used in several cakes, with the quantity "
        "required. A cake has a cake ID and a name. A filling has a filling ID and a price.",
        ("cake", "filling"),
        {"quantity"},
    ),
    (
        "A dancer has a dancer ID and a name. An opera has an opera ID and a title. An opera is danced by multiple "
        "dancers, and a dancer can dance in multiple operas. A dancer plays a character in an opera and receives a "
        "fee.",
        ("dancer", "opera"),
        {"character", "fee"},
    ),
]


@pytest.mark.parametrize(("text", "ends", "wanted"), TOGETHER, ids=[w[0][:24] for w in TOGETHER])
def test_what_is_told_behind_several_of_each_is_of_both(text: str, ends: tuple[str, str], wanted: set[str]) -> None:
    found = facts(text)
    joint = [name for name, told in found.items() if name not in ends and told]
    assert [found[name] for name in joint] == [wanted]
    assert not any(wanted & found[end] for end in ends)


def test_what_is_paid_by_the_way_is_of_nobody() -> None:
    found = facts("A guest has a guest ID and a name. Guests pay by card, with a surcharge.")
    assert not any("surcharge" in names for names in found.values())


def test_own_facts_of_one_are_not_of_both() -> None:
    found = facts(
        "Customers rent several boats. The name and phone number of each customer are stored. A boat has a boat ID."
    )
    assert found["customer"] == {"name", "phone_number"}


def test_a_match_between_two_teams_has_a_time_of_its_own() -> None:
    found = facts("Teams have a name and a city. Each bout is fought between two teams. The bout time is stored.")
    assert not any("team" in name and "bout" in name for name in found)


WHOSE = [
    ("A kite is described by kite number and colour, a flyer by surname and club.", "flyer", {"surname", "club"}),
    ("Kites are identified by a tag, flyers by licence number and town.", "flyer", {"licence_number", "town"}),
    ("A boat has a keel length and is steered by a skipper, whose surname and email are stored.", "skipper",
     {"surname", "email"}),
    ("Of each keeper we note the surname and phone.", "keeper", {"surname", "phone"}),
    ("Thefts are reported with theft number, theft date and damage amount, and a kite may be hit twice.", "theft",
     {"theft_number", "theft_date", "damage_amount"}),
    ("We run a club for kites. Entities include: Kite (kite number, colour), Material (material number, price) and "
     "Flyer (surname, town).",
     "material", {"material_number", "price"}),
    ("Attributes: Kite (kite number, colour); Flyer (surname, town).", "flyer", {"surname", "town"}),
    ("A lease is identified by its lease number and covers exactly one boat; its start date is stored.", "lease",
     {"lease_number", "start_date"}),
    ("For every kite the model, the year of purchase and the number of strings must be stored.", "kite",
     {"model", "year_of_purchase", "number_of_strings"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "owner", "wanted"), WHOSE, ids=[w[0][:24] for w in WHOSE])
def test_whose_facts_a_sentence_tells(text: str, owner: str, wanted: set[str]) -> None:
    assert facts(text)[owner] == wanted


def test_a_verb_after_a_list_in_passing_is_no_item() -> None:
    found = facts("Riders, with rider ID, name and phone, order saddles. Each saddle has a saddle ID and a size.")
    assert found["rider"] == {"name", "phone"}


def test_different_others_are_no_fact() -> None:
    found = facts("Each mill contains different looms. A mill has a mill number and a name. A loom has a number.")
    assert "different_looms" not in found["mill"]


ASKED = [
    ("We have 60 skaters at present. From each we know the surname, the birthday and a phone number.", "skater",
     {"surname", "birthday", "phone_number"}),
    ("A skater hires blades. From the skater I want the surname, the shoe size and the deposit.", "skater",
     {"surname", "shoe_size", "deposit"}),
    ("For a parrot we ask for its name, the breed unless nobody knows, and whether it is tame.", "parrot",
     {"name", "breed", "tame"}),
    ("Each docket lists parcels: which carrier, what weight, at what price.", "parcel", {"carrier", "weight", "price"}),
    ("Each sluice has a name, a lower and an upper limit.", "sluice", {"name", "lower_limit", "upper_limit"}),
    ("A bay has a name, a price, a depth from 1 to 9 and takes between two and nine boats.", "bay",
     {"name", "price", "depth"}),
    ("The firm sends barrels to multiple taverns, each with a tavern code, name and town.", "tavern",
     {"tavern_code", "name", "town"}),
    ("Each berth, with berth number, depth and price, belongs to one pier.", "berth",
     {"berth_number", "depth", "price"}),
    ("Grumbles about a ferry contain the grumble number, the text and a date.", "grumble",
     {"grumble_number", "text", "date"}),
    ("Skaters are identified by a badge number, and their names and birthdays must be recorded.", "skater",
     {"badge_number", "name", "birthday"}),
    ("Tide checks are conducted by wardens, and the check date, the level found and the remark are recorded.",
     "tide_check", {"check_date", "level_found", "remark"}),
    ("A hull is built in several stages, each stage having a stage number, a stage name and a start date.", "stage",
     {"stage_number", "stage_name", "start_date"}),
    ("A performance has a performance number, a date and a start time.", "performance",
     {"performance_number", "date", "start_time"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "owner", "wanted"), ASKED, ids=[w[0][:24] for w in ASKED])
def test_what_is_asked_or_told_in_passing(text: str, owner: str, wanted: set[str]) -> None:
    found = facts(text)
    assert found[owner] | {"".join(e.key) for e in analysed(text).entities if e.name == owner and e.key} == wanted


def test_the_same_name_of_two_is_no_further_thing() -> None:
    found = facts("A barge has a name and a hull number; two barges can have the same name.")
    assert set(found) == {"barge"}
    assert found["barge"] == {"name", "hull_number"}


def allowed(text: str) -> dict[str, tuple[str, ...]]:
    """The values of the attributes that have any."""
    return {a.name: a.allowed for e in analysed(text).entities for a in e.attributes if a.allowed}


VALUES = [
    ("A raft has a name and a state, which is either new, worn or broken.", {"state": ("new", "worn", "broken")}),
    (
        "A raft has a name and a length. A raft shall be of the type river, lake or sea.",
        {"type": ("river", "lake", "sea")},
    ),
    ("A raft has a name and a length, which is new.", {}),
]


@pytest.mark.parametrize(("text", "wanted"), VALUES, ids=[w[0][:30] for w in VALUES])
def test_values_that_a_sentence_lists_behind_a_name(text: str, wanted: dict[str, tuple[str, ...]]) -> None:
    assert allowed(text) == wanted


def test_a_name_and_an_address_have_their_parts() -> None:
    found = facts("Each tenor has a name (first name, last name), an address (street, city, postal code) and a pitch.")
    assert found == {"tenor": {"first_name", "last_name", "street", "city", "postal_code", "pitch"}}
    assert allowed("Each tenor has a name, a badge number and a size (S, M, L).") == {"size": ("S", "M", "L")}


def test_where_several_serve_is_no_fact_of_theirs() -> None:
    found = facts(
        "Pursers have a purser ID, a name and a rank, and serve at one pier. A pier has a pier ID and a depth."
    )
    assert found["purser"] == {"name", "rank"}
