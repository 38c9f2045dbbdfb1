"""What people and things do with each other, as a table of its own: its name, whom it joins and which facts it has."""

import pytest

from contracts.requirements import Requirements
from tests.agents.prose.test_briefs import analysed

TREES = "Volunteers have a volunteer ID and a name. Trees have a tree ID and a height. "
DEEDS = [
    # facts behind a deed of several with several are the deed's
    ("Ferries have a hull number and a name. Storms have a storm ID and a strength. Ferries are dispatched to storms, "
     "and the departure time and the return time are recorded.", "storm_dispatch|ferry_dispatch", {"ferry", "storm"},
     {"departure_time", "return_time"}),
    (TREES + "Volunteers adopt trees, with the adoption date recorded.", "tree_adoption", {"volunteer", "tree"},
     {"adoption_date"}),
    (TREES + "Volunteers are assigned to trees, and their weekly hours and duty are noted.", "volunteer_assignment",
     {"volunteer", "tree"}, {"duty"}),
    # each has several of the other
    ("A cake has a cake ID and a name. A spice has a spice ID and a name. A cake contains several spices and a spice "
     "can be contained in several cakes, with the quantity required.", "cake_spice", {"cake", "spice"}, {"quantity"}),
    ("A fan has a fan ID and a name. A band has a band ID and a genre. A fan can like many bands and a band can be "
     "liked by many fans, the like time being kept.", "band_like", {"fan", "band"}, {"like_time"}),
    # what happened between two has little else to tell
    ("Gardeners have a gardener ID and a name. Beds have a bed ID and a size. Each weeding includes gardener ID, bed "
     "ID and weeding time.", "weeding", {"gardener", "bed"}, {"weeding_time"}),
]  # fmt: skip
OWN = [
    # one thing goes to one other: what is told is its own
    ("Agents have a name and a phone. Each parcel has a weight and a size. Each parcel is assigned to an agent, and "
     "the status and the priority are recorded.", "parcel", {"weight", "size"}),
    # the system does it
    ("The system sends letters to members, and the address and the weight of each letter are recorded. Each letter has "
     "a letter ID.", "letter", {"address", "weight"}),
]  # fmt: skip


def _parents(found: Requirements, entity: str) -> set[str]:
    return {r.parent for r in found.relationships if r.child == entity and r.cardinality != "many_to_many"}


@pytest.mark.parametrize(("text", "names", "joined", "facts"), DEEDS)
def test_what_is_done_has_its_facts(text: str, names: str, joined: set[str], facts: set[str]) -> None:
    found = analysed(text)
    deed = next(e for e in found.entities if e.name in names.split("|"))
    assert facts <= {a.name for a in deed.attributes}
    assert _parents(found, deed.name) == joined
    assert not any(r.cardinality == "many_to_many" for r in found.relationships)


@pytest.mark.parametrize(("text", "entity", "facts"), OWN)
def test_what_is_said_of_one_stays_with_it(text: str, entity: str, facts: set[str]) -> None:
    own = next(e for e in analysed(text).entities if e.name == entity)
    assert facts <= {a.name for a in own.attributes}


NAMES = [
    ("Singers have a name and a voice. Festivals have a name and a town. Singers can participate in multiple "
     "festivals, and a festival can have multiple singers.", "festival_participations"),
    ("Chefs have a name and a rank. Recipes have a title and a text. Chefs can like many recipes and a recipe can be "
     "liked by many chefs.", "recipe_likes"),
    # what has or supplies others does nothing with them
    ("Teas have a name and a region. Flavours have a name and a strength. A tea can have many flavours, and a flavour "
     "can belong to many teas.", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_what_people_do_names_the_table_between(text: str, name: str | None) -> None:
    shared = [r for r in analysed(text).relationships if r.cardinality == "many_to_many"]
    assert [r.role for r in shared] == [name]


VERBS = [
    ("Letters about a plot hold the letter ID, subject, arrival date and answer. Each plot has a plot ID and an area.",
     "letter", {"subject", "arrival_date"}),
    ("Rents are paid for a cabin and include rent ID, amount, and pay date. A cabin has a cabin ID and a size.",
     "rent", {"amount", "pay_date"}),
    ("On arrival, a visit is recorded: visit number, dock, entry time and exit time. A dock has a dock ID and a depth.",
     "visit", {"entry_time", "exit_time"}),
    ("Skippers, identified by a licence number, can book berths. Berths have a berth ID and a length.",
     "skipper", {"licence_number"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "entity", "facts"), VERBS)
def test_verbs_far_from_their_subject_describe_it(text: str, entity: str, facts: set[str]) -> None:
    own = next(e for e in analysed(text).entities if e.name == entity)
    assert facts <= {a.name for a in own.attributes}
