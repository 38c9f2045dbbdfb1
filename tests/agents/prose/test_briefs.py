"""What whole texts in plain prose declare, and what they do not."""

import datetime as dt

import pytest

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief, BriefError
from contracts.requirements import Requirements


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="prose", text=text, date=dt.date(2026, 1, 1)))


CLUB = (
    "The rowing club manages boats and members. Each boat has a boat ID, a name and a number of seats. Each member has "
    "a member ID, name, phone and email. Each member can book multiple boats, and each boat can be booked by multiple "
    "members. For each booking, the start time, end time and destination must be recorded. The treasurer prints a "
    "report."
)


def test_lists_become_entities_with_their_ids_and_attributes() -> None:
    found = {e.name: e for e in analysed(CLUB).entities}
    assert set(found) == {"boat", "member", "booking"}
    assert found["boat"].identifier == "boat ID"
    assert [a.name for a in found["member"].attributes] == ["name", "phone", "email"]
    assert found["member"].origin.line == 1 and found["member"].origin.quote


def test_an_event_joins_what_meets_in_it() -> None:
    related = {(r.parent, r.child, r.cardinality) for r in analysed(CLUB).relationships}
    assert {("boat", "booking", "one_to_many"), ("member", "booking", "one_to_many")} <= related


@pytest.mark.parametrize("word", ["report", "treasurer", "club", "system", "management"])
def test_screens_reports_and_mere_users_are_no_entities(word: str) -> None:
    assert all(word not in e.name for e in analysed(CLUB).entities)


@pytest.mark.parametrize(
    ("text", "related"),
    [
        ("Each author has a name and a bio. Each book has a title and a price. Each author can write multiple books.",
         ("author", "book", "one_to_many")),
        ("Each course has a title and a fee. Each student has a name and an age. Each student takes multiple courses "
         "and each course is taken by multiple students.", ("course", "student", "many_to_many")),
        ("Each flight has a flight ID and a date. Each pilot has a name and a phone. A flight is operated by a pilot.",
         ("pilot", "flight", "one_to_many")),
        ("Each machine has a name and a model. Each repair of the machine records the repair date and cost.",
         ("machine", "repair", "one_to_many")),
    ],
)  # fmt: skip
def test_counts_become_relationships(text: str, related: tuple[str, str, str]) -> None:
    found = {(r.parent, r.child, r.cardinality) for r in analysed(text).relationships}
    assert related in found or (related[1], related[0], "many_to_many") in found


def test_an_id_in_a_list_refers_to_its_entity() -> None:
    text = "Each owner has an owner ID, name and phone. Each dog has a dog ID, name, birth date and owner ID."
    dog = next(e for e in analysed(text).entities if e.name == "dog")
    assert {a.name: a.references for a in dog.attributes}["owner_id"] == "owner"


def test_a_number_that_a_list_begins_with_is_a_natural_key() -> None:
    text = "Each policy has a policy number, premium and start. Each claim has a claim number, date and policy number."
    found = {e.name: e for e in analysed(text).entities}
    assert found["policy"].key == ("policy_number",)
    assert {a.name: a.references for a in found["claim"].attributes}["policy_number"] == "policy"


def test_a_list_that_begins_with_an_id_of_its_own_describes_what_the_id_is_of() -> None:
    text = (
        "For garden work, the system records the garden ID, garden name and size. For gardens in a bad state, it "
        "records the treatment ID, garden ID, treatment date and cost."
    )
    found = {e.name: e for e in analysed(text).entities}
    assert [a.name for a in found["treatment"].attributes] == ["garden_id", "treatment_date", "cost"]


def test_records_of_each_owner_are_entities_of_their_own() -> None:
    text = "Each horse has a name and a birth date. We record each horse's vaccination records."
    found = analysed(text)
    assert {e.name for e in found.entities} == {"horse", "vaccination_record"}
    assert ("horse", "vaccination_record") in {(r.parent, r.child) for r in found.relationships}


def test_kinds_that_are_managed_are_referred_to() -> None:
    text = "Each field has a field name, size and location. The system supports defining and managing field types."
    assert ("field_type", "field") in {(r.parent, r.child) for r in analysed(text).relationships}


@pytest.mark.parametrize(
    ("whole", "cardinality"), [("concert", "many_to_many"), ("team", "one_to_many")]
)  # musicians play in several concerts, but are of one team
def test_people_take_part_in_several_things_but_belong_to_one_group(whole: str, cardinality: str) -> None:
    text = (
        f"Each {whole} has a {whole} ID, name and budget. Each musician has a name and a phone. "
        f"Each {whole} has multiple musicians."
    )
    related = analysed(text).relationships
    assert cardinality in {r.cardinality for r in related if {r.parent, r.child} == {whole, "musician"}}


def test_numbers_without_a_space_behind_them_begin_items() -> None:
    text = (
        "Functions:\n1.Account: Each account has an account ID, the owner name and the balance.\n2.Bank Transfer: Each "
        "account can make a bank transfer. This transfer records the transfer ID, amount, purpose and account ID.\n"
    )
    found = {e.name: [a.name for a in e.attributes] for e in analysed(text).entities}
    assert found["bank_transfer"] == ["amount", "purpose", "account_id"]


def test_an_id_refers_to_the_only_thing_whose_name_ends_so() -> None:
    text = (
        "Each field worker has a name and a phone. Each rain gauge has a gauge ID, a site and a height. Each "
        "reading has a reading ID, gauge ID, worker, value and time. "
        "Each reading photo has a reading ID, a path and a size."
    )
    found = {e.name: {a.name: a.references for a in e.attributes} for e in analysed(text).entities}
    assert found["reading"]["gauge_id"] == "rain_gauge"
    assert found["reading"]["worker"] == "field_worker"
    assert found["reading_photo"]["reading_id"] == "reading"


def test_a_number_that_is_called_unique_is_the_key() -> None:
    text = "Each parcel has a unique tracking number, weight and size. Each depot has a name, city and phone."
    parcel = next(e for e in analysed(text).entities if e.name == "parcel")
    assert parcel.key == ("tracking_number",)


def test_a_title_names_what_is_managed_where_no_list_does() -> None:
    text = (
        "Team management: Coaches can plan training and travel.\n\nGame management: For each game, the system records "
        "the game ID, date and score.\n\nDisplay management: It must be fast.\n"
    )
    assert {e.name for e in analysed(text).entities} == {"team", "game"}


def test_what_something_belongs_to_is_stored_too() -> None:
    text = "Each sprint has a name, a start date and an end date. Each sprint belongs to a project."
    assert ("project", "sprint") in {(r.parent, r.child) for r in analysed(text).relationships}


def test_the_noun_of_a_verb_joins_who_does_it_with_what() -> None:
    text = (
        "Each bakery has a bakery number, a name and a city. Each bread has a bread number, a name and a weight. "
        "Breads are sold in bakeries. Each sale has a sale date, quantity and price."
    )
    related = {(r.parent, r.child) for r in analysed(text).relationships}
    assert {("bakery", "sale"), ("bread", "sale")} <= related


def test_a_name_tells_a_parent_beside_those_that_sentences_tell() -> None:
    text = (
        "Each store has a store ID, name and city. Each customer has a customer ID, name and phone. The system records "
        "customer visits at stores, including store ID, date and duration."
    )
    assert ("customer", "customer_visit") in {(r.parent, r.child) for r in analysed(text).relationships}


def test_a_further_list_with_two_ids_describes_what_happens_between_them() -> None:
    text = (
        "Each guest has a guest ID, name and phone. Each kayak has a kayak ID, colour and length. Guests use kayaks: "
        "the guest's record has the guest ID, kayak ID and start time."
    )
    found = {e.name: [a.name for a in e.attributes] for e in analysed(text).entities}
    assert found["guest"] == ["name", "phone"]
    assert found["guest_kayak"] == ["guest_id", "kayak_id", "start_time"]


def test_what_is_recorded_of_something_in_something_else_joins_the_two() -> None:
    text = (
        "Each spice has a spice ID, name and origin. Each dish has a dish ID, name and price. Each dish can contain "
        "multiple spices, and the system records the weight for each spice."
    )
    found = analysed(text)
    joint = next(e for e in found.entities if e.name == "dish_spice")
    assert [a.name for a in joint.attributes] == ["weight"]
    assert {r.parent for r in found.relationships if r.child == "dish_spice"} == {"dish", "spice"}
    assert all(r.cardinality != "many_to_many" for r in found.relationships)


def test_only_what_is_known_to_live_by_itself_is_shared_by_transactions() -> None:
    orders = "Each order has an order date and a total. Each product has a name and a price. "
    plain = "Each zorp has a name and a weight. "
    shared = analysed(f"{orders}Each order contains multiple products.").relationships
    owned = analysed(f"{orders}{plain}Each order contains multiple zorps.").relationships
    assert "many_to_many" in {r.cardinality for r in shared if {r.parent, r.child} == {"order", "product"}}
    assert "one_to_many" in {r.cardinality for r in owned if (r.parent, r.child) == ("order", "zorp")}


def test_people_whom_something_described_has_are_stored() -> None:
    text = "Each play has a play ID, title and premiere. Each play has multiple directors and prompters."
    assert {"play", "director"} <= {e.name for e in analysed(text).entities}


def test_a_brief_that_only_names_things_still_gets_its_best_guess() -> None:
    found = analysed("The station requires management of multiple programs, each with multiple hosts.")
    assert {e.name for e in found.entities} == {"program", "host"}


def test_things_that_are_usually_stored_are_guessed_where_two_are_spoken_of() -> None:
    found = analysed("In our town, patients have long been seen by the doctors of the region without an appointment.")
    assert {e.name for e in found.entities} == {"patient", "doctor"}
    assert {e.confidence for e in found.entities} == {"low"}
    with pytest.raises(BriefError):
        analysed("In our town, patients are seen without delay.")


def test_prose_beside_lists_adds_nothing_that_it_only_mentions() -> None:
    text = "# Shop\n\n## Entities\n\n### Product\n- sku, unique\n- price\n\nEach product has a nice colour and a box.\n"
    assert [e.name for e in analysed(text).entities] == ["product"]


def test_what_was_read_from_sentences_says_how_sure_it_is() -> None:
    found = analysed(CLUB)
    assert {e.confidence for e in found.entities} == {"medium"}
    assert {r.confidence for r in found.relationships} == {"medium"}
    assert {e.confidence for e in analysed("# T\n\n### Product\n- sku, unique\n- price: money\n").entities} == {"high"}


def attributes_of(text: str, entity: str) -> list[str]:
    return [a.name for e in analysed(text).entities if e.name == entity for a in e.attributes]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("personal information (such as name, birth date, phone), rank", ["name", "birth_date", "phone", "rank"]),
        ("a berth status (move time, move reason), rank", ["move_time", "move_reason", "rank"]),
        ("name, status (active, retired)", ["name", "status"]),
        ("name, phone, and other relevant details", ["name", "phone"]),
    ],
)
def test_what_brackets_sum_up_is_told_part_by_part_and_values_are_not(told: str, expected: list[str]) -> None:
    assert attributes_of(f"The ship has several sailors. Each sailor has {told}.", "sailor") == expected


def test_kinds_of_one_thing_do_not_name_it() -> None:
    text = (
        "The system has functions including player information, indoor games and outdoor games. Each player has a "
        "player ID and a name. Each game has a game ID, a place and a start time."
    )
    assert "game" in {e.name for e in analysed(text).entities}


def test_three_types_of_people_are_no_attributes_of_theirs() -> None:
    text = "The portal serves three types of users: cooks, waiters, and managers. Each user has a user ID and a name."
    assert attributes_of(text, "user") == ["name"]


def test_an_own_number_is_the_key_wherever_it_stands() -> None:
    text = "Ward information includes ward name, floor and ward number. Each ward has several beds."
    found = {e.name: e for e in analysed(text).entities}
    assert found["ward"].key == ("ward_number",)


def test_what_joins_two_by_its_name_is_not_joined_again() -> None:
    text = (
        "Booking information includes booking ID and date. Room information includes room ID, name and price. Each "
        "booking can contain multiple rooms, and the system records the number of guests for each room."
    )
    found = analysed(text)
    assert [(r.parent, r.child) for r in found.relationships if r.cardinality == "many_to_many"] == []
    assert {r.parent for r in found.relationships if r.child == "booking_room"} == {"booking", "room"}


def test_an_association_refers_by_the_names_of_those_it_joins() -> None:
    text = (
        "The coach table includes coach ID and age. The squad table includes squad name and region. The coach-squad "
        "relationship table records the correspondence between coaches and squads, including coach ID and squad name."
    )
    found = {e.name: e for e in analysed(text).entities}
    assert {a.references for a in found["coach_squad"].attributes} == {"coach", "squad"}


def test_a_unique_id_tells_whose_list_it_begins_whatever_the_title_is_about() -> None:
    text = (
        "Wallet Opening: Client information includes client ID, name and phone. The wallet includes a unique wallet "
        "ID, the client ID of the holder, and the balance.\n"
    )
    assert "balance" in attributes_of(text, "wallet")
