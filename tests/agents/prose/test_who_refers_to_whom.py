"""Which of two things refers to the other, and what stands between them: each case with what must not be there."""

import pytest

from agents.requirement_analysis.prose.pairs import pairs
from contracts.requirements import Requirements
from tests.agents.prose.test_briefs import analysed

CASES = [
    (  # an event that is told takes the place of a direct reference
        "Pupils have a name and an age. Clubs have a name and a room. Pupil club has a pupil ID, a club ID and a date. "
        "Each pupil can join multiple clubs, and each club can have multiple pupils enrolled.",
        {("pupil_club", "pupil"), ("pupil_club", "club")},
        {("pupil", "club"), ("club", "pupil")},
    ),
    (  # an event with further partners is none of two of them alone
        "Each bakery has a bakery ID and a name, and can supply multiple breads. Each kiosk has a kiosk ID and a name. "
        "Each bread has a bread ID and a name. Each delivery records the bakery ID, kiosk ID, bread ID and date.",
        {("delivery", "bakery"), ("delivery", "kiosk"), ("delivery", "bread"), ("bread", "bakery", "many")},
        set(),
    ),
    (  # staff are whoever has a role; what is sold is the only thing with a price
        "Staff have a staff ID, a name and a position. Wines have a name, a grape and a price. For tastings, the "
        "system records the product tasted, the salesperson, and the tasting time.",
        {("tasting", "staff"), ("tasting", "wine")},
        set(),
    ),
    (  # a list begins with the id of its own
        "Each probe has a probe ID and a depth. Each pressure probe has a probe ID, a range and a maker.",
        set(),
        {("pressure_probe", "probe")},
    ),
    (  # the own list decides, not the sentence that says it the other way round
        "Each orchard has a name and a valley. Each valley has a name. Valleys contain multiple orchards. "
        "Each valley can be associated with several orchards.",
        {("orchard", "valley")},
        {("valley", "orchard")},
    ),
    (  # whose name begins like its owner belongs to it
        "The system maintains basic records of ships, including ship ID, name and flag. It also manages ship name "
        "history, recording the old name, the new name and the change date.",
        {("ship_name_history", "ship")},
        {("ship", "ship_name_history")},
    ),
    (  # an id that names no thing is that of the list that it began
        "Permit information includes Process ID, place, date and fee. Judge information includes Judge ID, name and "
        "city. Objection information includes Process ID, Judge ID, text and date.",
        {("objection", "permit"), ("objection", "judge")},
        set(),
    ),
    (  # kinds with a code of their own are not what they are kinds of
        "The club rents multiple types of boats, each with a Boat Type Code, Boat Type Name and Price. Each boat has a "
        "Boat Number, Boat Type Code and Length.",
        {("boat", "boat_type")},
        set(),
    ),
    (  # numbered references are several of one thing
        "Each racer has a racer ID and a name. Each duel records the racer 1 ID, racer 2 ID, start time and result.",
        {("duel", "racer")},
        set(),
    ),
    (  # what managers are given to has one of the people who have such roles
        "Employees have an employee ID and a name. Depots have a depot ID, a city and a size. The system assigns "
        "dedicated managers for each depot.",
        {("depot", "employee")},
        {("employee", "depot")},
    ),
    (  # who pays for a policy pays the policy
        "Each customer has a customer ID and a name. Each insurance policy has a policy number, a premium and a term. "
        "Each payment records the amount, the date and the method.",
        {("payment", "insurance_policy")},
        set(),
    ),
    (  # a verb's form before a thing's name tells which of these is meant
        "Each referee has a referee ID and a name. Each bout has a bout ID, a date, a judging referee and a class.",
        {("bout", "referee")},
        set(),
    ),
    (  # who lives somewhere lives in one place
        "Monks have a name and an age. Abbeys have a name and a valley. Monks live in abbeys.",
        {("monk", "abbey")},
        {("abbey", "monk")},
    ),
    (  # neither do drivers send goods nor do pupils repair
        "Each driver has a driver ID, a name and a licence. Each freight records the sender, the weight, the pick-up "
        "time and the route.",
        set(),
        {("freight", "driver")},
    ),
    (
        "Each pupil has a pupil number and a name. Each repair report records the description, the report time and the "
        "repairer.",
        set(),
        {("repair_report", "pupil")},
    ),
    (  # a number tells people apart as an id does, also where an ordinal stands before it
        "Each fencer has a fencer number and a name. Each fight records the first fencer number, the second fencer "
        "number, the start time and the result. Each locker has a locker number, a user number and a size.",
        {("fight", "fencer"), ("locker", "user")},
        set(),
    ),
    (  # what is let to whom stands in the agreements of the two
        "The firm rents trailers to clients. Each client has a client ID and a name. Each trailer has a trailer ID and "
        "a length. Each agreement records the client, the trailer, the start date and the deposit.",
        {("agreement", "client"), ("agreement", "trailer")},
        {("trailer", "client")},
    ),
    (  # a telephone is nobody's number
        "Each kennel has a kennel ID, a name and a contact number. Each dog has a dog ID, a kennel ID and a breed.",
        {("dog", "kennel")},
        {("kennel", "contact")},
    ),
    (  # two words for the same people
        "A tailor has multiple clients. Each customer has a customer ID, a name and a size. Each suit has a suit ID, a "
        "cloth and a client ID.",
        {("suit", "customer")},
        {("suit", "client")},
    ),
    (  # a list behind a colon goes on after what is said of one item
        "Orders: order number, the customer who placed it, order date and total. Customers: customer number, name.",
        {("order", "customer")},
        set(),
    ),
    (  # what joins two of them takes the place of what is only usual between them
        "Each doctor has a doctor number and a name. Each patient has a patient number, a name and a birth date. A "
        "doctor can issue several prescriptions to a patient. Each prescription has a prescription number and a date.",
        {("prescription", "doctor"), ("prescription", "patient")},
        {("patient", "doctor")},
    ),
]


def references(found: Requirements) -> set[tuple[str, ...]]:
    one = {(r.child, r.parent) for r in found.relationships if r.cardinality != "many_to_many"}
    return one | {(r.child, r.parent, "many") for r in found.relationships if r.cardinality == "many_to_many"}


@pytest.mark.parametrize(("text", "there", "absent"), CASES, ids=[text[:24] for text, _, _ in CASES])
def test_references_are_where_the_text_has_them(
    text: str, there: set[tuple[str, ...]], absent: set[tuple[str, ...]]
) -> None:
    found = references(analysed(text))
    assert there - found == set()
    assert absent & found == set()


def test_who_manages_what_many_work_on_is_a_reference_beside_them() -> None:
    text = (
        "Employees have an employee ID and a name. Projects have a project ID and a title. Each employee can "
        "participate in multiple projects, and each project can have multiple employees. "
        "Each project is managed by one employee."
    )
    found = analysed(text)
    roles = {(r.child, r.parent, r.role) for r in found.relationships if r.cardinality != "many_to_many"}
    assert ("project", "employee", "manager") in roles
    shared = [{r.child, r.parent} for r in found.relationships if r.cardinality == "many_to_many"]
    assert shared == [{"employee", "project"}]


@pytest.mark.parametrize(("said", "refers"), [("Users write essays. ", True), ("", False)])
def test_an_author_is_one_of_those_who_are_said_to_write(said: str, refers: bool) -> None:
    text = "Each user has a user ID and a nickname. " + said + "Each essay has an essay ID, a title and an author."
    essay = next(e for e in analysed(text).entities if e.name == "essay")
    assert [a.references for a in essay.attributes if a.name == "author"] == (["user"] if refers else [None])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Record the tests pupils take and their marks.", ("pupils", "tests", "take")),
        ("Record the teas that a grower can supply.", ("grower", "teas", "supply")),
        ("The app lists members and the meetings they attend.", ("they", "meetings", "attend")),
    ],
)
def test_relative_clauses_relate(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in [(p.subject.label, p.object.label, p.verb) for p in pairs(text)]


def test_the_whole_of_several_usual_things_is_stored() -> None:
    text = "This system manages e-books. Each e-book can contain multiple documents. Users read documents."
    assert "e_book" in {e.name for e in analysed(text).entities}
