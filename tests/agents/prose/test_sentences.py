"""What single sentences list and count: the grammar of the prose readers, case by case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.language import tagged
from agents.requirement_analysis.prose.keeping import kept, kinds
from agents.requirement_analysis.prose.listing import listings
from agents.requirement_analysis.prose.pairs import copulas, pairs
from agents.requirement_analysis.prose.things import thing

LISTS = [
    ('Each bell has a note, a weight, a donor if known and marks like "loud", "cracked".', "bell",
     ["note", "weight", "donor", "marks"]),
    ("Skippers are companies or single persons: name, radio call sign, phone.", "Skippers",
     ["name", "radio call sign", "phone"]),
    ("A lens: maker, focal length, weight in g, serial number, and where it lies right now.", "lens",
     ["maker", "focal length", "weight in g", "serial number"]),
    ("Students report repairs, giving the repair content and the reporting date.", "repairs",
     ["repair content", "reporting date"]),
    ("Guests' names, ID card numbers and contact numbers are collected at check-in.", "Guests",
     ["name", "ID card number", "contact number"]),
    ("Inspections are carried out in each room, and the inspection date, score and inspector are registered.",
     "Inspections", ["inspection date", "score", "inspector"]),
    ("A bill is generated that lists the room charge and the total amount.", "bill", ["room charge", "total amount"]),
    ("Guides are recorded with guide ID, name and level.", "Guides", ["guide ID", "name", "level"]),
    ("Users can report faults, with the report time and processing result recorded.", "faults",
     ["report time", "processing result"]),
    ("A payment is made for each booking with a payment code and a payment date.", "payment",
     ["payment code", "payment date"]),
    ("Volunteers sign up for activities and the sign-up time and review status are recorded.", "Volunteer activity",
     ["sign-up time", "review status"]),
    ("Each prescription has a number, the patient's name and the doctor's name.", "prescription",
     ["number", "patient name", "doctor name"]),
    ("A teacher (teacher no., name, title, e-mail) publishes courses.", "teacher",
     ["teacher no", "name", "title", "e-mail"]),
    ("The name, passport number and date of birth of passengers are required.", "passengers",
     ["name", "passport number", "date of birth"]),
    ("When a patient registers, the patient's name, gender and phone number are entered.", "patient",
     ["name", "gender", "phone number"]),
    ("Owners may file complaints, recording complaint time, handling result and handler.", "complaints",
     ["complaint time", "handling result", "handler"]),
    ("Owners are registered with their names, addresses and phone numbers.", "Owners",
     ["name", "address", "phone number"]),
    ("For registered customers we store name and loyalty points.", "customers", ["name", "loyalty points"]),

    ("After approval the bags are issued to the ward, and the date and the clerk of each issue are recorded.", "issue",
     ["date", "clerk"]),
    ("The tour number, departure date and price are given for each tour.", "tour",
     ["tour number", "departure date", "price"]),
    ("Users can register by giving an e-mail address, a password and a nickname.", "Users",
     ["e-mail address", "password", "nickname"]),
    ("Citizens provide ID number, full name, address and phone.", "Citizens",
     ["ID number", "name", "address", "phone"]),
    ("Samples are stored in freezers: sample code, type and date of collection.", "Samples",
     ["sample code", "type", "date of collection"]),
    ("Invoices are sent to patients after treatment, containing invoice date, total amount and status.", "Invoices",
     ["invoice date", "total amount", "status"]),
    ("The attendance of each student is taken every day (date, boarding time, status).", "attendance",
     ["date", "boarding time", "status"]),
    ("Material information: material code, name and unit.", "Material", ["material code", "name", "unit"]),
    ("Each laboratory has its own number, name and building.", "laboratory", ["number", "name", "building"]),
    ("Students can rate a course and leave comments, with score and time.", "comments", ["score", "time"]),
    ("Each farm has a farm ID, name and address.", "farm", ["farm ID", "name", "address"]),
    ("The system records basic information of each student, including name and age.", "student", ["name", "age"]),
    ("For each production, the system records the quantity, producer and time.", "production",
     ["quantity", "producer", "time"]),
    ("For every subscription, the start and the operator must be recorded.", "subscription", ["start", "operator"]),
    ("We store each project's name, budget and location.", "project", ["name", "budget", "location"]),
    ("The system records the name, type and broadcast time of each show.", "show", ["name", "type", "broadcast time"]),
    ("The shopping cart records user ID, product ID and quantity.", "shopping cart",
     ["user ID", "product ID", "quantity"]),
    ("Each team has multiple agents, whose details include name, phone and gender.", "agents",
     ["name", "phone", "gender"]),
    ("The system tracks repayments made by customers, including the amount and time.", "repayments",
     ["amount", "time"]),
    ("User information includes the creation and update time.", "User", ["creation time", "update time"]),
    ("Each message has a text, a sender and whether it was read.", "message", ["text", "sender", "read"]),
    ("The system keeps the trainers' information for the courses, including the trainer's name and phone.", "trainers",
     ["name", "phone"]),
    ("The system records cleaning activities for halls and pools, including the time and cost.", "cleaning",
     ["time", "cost"]),
    ("Each hall contains several lockers, and the system records the size and price of each locker.", "locker",
     ["size", "price"]),
    ("Parcel details include parcel code, weight, and send time.", "Parcel", ["parcel code", "weight", "send time"]),
    ("A badge is printed for each visitor, and records the entry and exit times of each visitor.", "visitor",
     ["entry times", "exit times"]),
    ("Each sensor has its minimum and maximum voltages, which engineers can change.", "sensor",
     ["minimum voltages", "maximum voltages"]),
    ("For crew management, the system records crew names including rank, sets up watches to plan the night, "
     "records medical notes and hire dates.", "crew", ["medical notes", "hire dates"]),
    ("Loan management: record the start time and end time of each loan, support loan history queries.", "loan",
     ["start time", "end time"]),
    ("Account Management: Staff registration and login functionality, recording surnames and phone extensions.",
     "Account", ["surnames", "phone extensions"]),
    ("Each nurse has a name and a home address.", "nurse", ["name", "home address"]),
    ("There are two plans, each characterized by a plan code, name and price.", "plans",
     ["plan code", "name", "price"]),
    ("The system records name and phone of each guest, and supports guests booking multiple rooms.", "guest",
     ["name", "phone"]),
    ("The tables are \"Parcel\" (parcel ID, weight) and others.", "Parcel", ["parcel ID", "weight"]),
    ("For attendance we keep leave records (leave day, leave kind).", "leave records", ["leave day", "leave kind"]),
    ("The system maintains order details (dish ID, quantity, price).", "order detail",
     ["dish ID", "quantity", "price"]),
    ("The requirements are as follows: In the tenant module, the system records the tenant name and phone.", "tenant",
     ["tenant name", "phone"]),
    ("Each intake requires recording the intake ID, weight and date.", "intake", ["intake ID", "weight", "date"]),
    ("Visitors pick a seat, record the visit date for each visit.", "visit", ["visit date"]),
    ("We keep track of each donor's name, blood type and phone.", "donor", ["name", "blood type", "phone"]),
    ("It details the dishes included in each menu, including price and portion.", "menu dishes", ["price", "portion"]),
    ("The system keeps the title, author and price of each book, supporting the readers of the club.", "book",
     ["title", "author", "price"]),
    ("There are several meetings, with meeting information including subject, date and room.", "meeting",
     ["subject", "date", "room"]),
    ("Whenever a customer places an order, the order number and total must be recorded.", "order",
     ["order number", "total"]),
    ("For every supplier the firm name, contact person and email are kept.", "supplier",
     ["firm name", "contact person", "email"]),
    ("For each plan we have a plan name and a monthly fee.", "plan", ["plan name", "monthly fee"]),
    ("Every room has a number that is unique within the hotel, a floor, a type and a price.", "room",
     ["number", "floor", "type", "price"]),
    ("Each machine has a unique machine ID, including name, maker and model.", "machine", ["name", "maker", "model"]),
    ("Members sign in, and the system records visits, sets fees, and details the gate, room and hour of each visit.",
     "visit", ["gate", "room", "hour"]),
    ("The nurse performs a check on each bed, recording the check time and result.", "check", ["check time", "result"]),
    ("Guests can submit complaints, and the system records the subject, text and date.", "complaints",
     ["subject", "text", "date"]),
    ("Bills are created per stay with bill number, issue date and total.", "Bills",
     ["bill number", "issue date", "total"]),
    ("A flight needs a captain and a purser, each having a name and a phone.", "captain", ["name", "phone"]),
    ("A post contains a title, publish time and number of views.", "post",
     ["title", "publish time", "number of views"]),
    ("Each order contains multiple parts with the purchase quantity and purchase price.", "order part",
     ["purchase quantity", "purchase price"]),
    ("Tourists can evaluate the guide, including the score, comments and evaluation time.", "Tourist guide",
     ["score", "comments", "evaluation time"]),
    ("We keep basic information of students and teachers, including name and phone.", "students", ["name", "phone"]),
    ("We keep basic information of students and teachers, including name and phone.", "teachers", ["name", "phone"]),
    ("Each match is played between two teams: the home team and the away team.", "match", ["home team", "away team"]),
    ("A donor is known; name, blood group and phone number are required.", "donor",
     ["name", "blood group", "phone number"]),
    ("The ward visits are listed, with each visit identified by a code, a name and a date.", "visit",
     ["code", "name", "date"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "owner", "labels"), LISTS, ids=lambda value: str(value)[:40])
def test_a_list_has_its_owner_and_items(text: str, owner: str, labels: list[str]) -> None:
    found = [(x.owner.label if x.owner else None, [i.label for i in x.items]) for x in listings(text)]
    assert (owner, labels) in found


@pytest.mark.parametrize(
    "text",
    [
        "Users browse the shop.",
        "It must be fast.",
        "The report is printed at night, so that nobody waits.",
        "Hello!",
        "The managers monitor the progress, the status and the cost.",
        "",
    ],
)
def test_no_list_is_read_where_there_is_none(text: str) -> None:
    assert not [x for x in listings(text) if x.owner and x.owner.kind == "thing" and len(x.items) > 1]


COUNTS = [
    ("Each customer can place multiple orders.", ("customer", "orders", "many", False)),
    ("A flight is operated by a captain.", ("flight", "captain", "one", True)),
    ("Each building belongs to one project.", ("building", "project", "one", True)),
    ("Programs are shown, each with multiple hosts.", ("Programs", "hosts", "many", False)),
    ("Playlists belong to listeners.", ("Playlists", "listeners", "one", True)),
    ("The system supports guests booking multiple rooms.", ("guests", "rooms", "many", False)),
    ("There are teams, each consisting of several players.", ("teams", "players", "many", False)),
    ("Record the equipment of multiple farms.", ("equipment", "farms", "one", True)),
    ("Assign tickets to queues.", ("tickets", "queues", "one", True)),
    ("Associate nurses with shifts.", ("nurses", "shifts", "many", False)),
    ("We list wards, with each ward belonging to one clinic.", ("ward", "clinic", "one", True)),
    (
        "Each tool is lent, each loan approved, and each book is borrowed by many readers.",
        ("book", "readers", "many", False),
    ),
    ("For each course, teachers create exams.", ("course", "exams", "many", False)),
    ("Manage the subjects taught by teachers.", ("teachers", "subjects", "many", False)),
    ("Each nurse works at one ward.", ("nurse", "ward", "one", True)),
    ("Every trip starts at one depot and ends at another depot.", ("trip", "depot", "one", True)),
    ("A lesson takes place in one hall.", ("lesson", "hall", "one", True)),
    ("Each show is in one city.", ("show", "city", "one", True)),
    ("A payment is made by a guest for one stay.", ("payment", "stay", "one", True)),
    ("Members place bids on items.", ("bids", "items", "one", True)),
    ("From one sample several slides are produced.", ("sample", "slides", "many", False)),
    ("A novel is written by several authors.", ("authors", "novel", "many", False)),
    ("A clerk has a name, reports to one manager and has a desk.", ("clerk", "manager", "one", True)),
]


@pytest.mark.parametrize(("text", "expected"), COUNTS, ids=lambda value: str(value)[:40])
def test_pairs_are_counted(text: str, expected: tuple[str, str, str, bool]) -> None:
    assert expected in [(p.subject.label, p.object.label, p.count, p.tied) for p in pairs(text)]


def test_an_object_may_have_a_role() -> None:
    found = [(p.subject.label, p.object.label, p.role) for p in pairs("Each client has one employee as adviser.")]
    assert ("client", "employee", "adviser") in found


def test_what_somebody_in_a_role_is_may_be_said_in_passing() -> None:
    said = "Employees report to a supervisor, who is also an employee."
    assert [(role.label, what.label) for role, what in copulas(said)] == [("supervisor", "employee")]


def test_what_joins_two_things_counts_both_ways() -> None:
    found = {
        (p.subject.label, p.object.label, p.count) for p in pairs("Keep the relationship between students and courses.")
    }
    assert {("student", "course", "many"), ("course", "student", "many")} <= found


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("basic information of each student", "student", "thing"),
        ("the student's details", "student", "thing"),
        ("user information table", "user", "thing"),
        ("order management", "order", "thing"),
        ("the system", "system", "system"),
        ("the company", "company", "organisation"),
        ("it", "it", "reference"),
        ("loan application", "loan application", "thing"),
        ("multiple dining tables", "dining tables", "thing"),
        ("each inspection of the equipment", "inspection", "thing"),
        ("several properties", "properties", "thing"),
        ("the properties of a lens", "lens", "thing"),
        ("the required functions", "required functions", "system"),
        ("user account information", "user", "thing"),
        ("maintenance activities", "maintenance", "thing"),
        ("different books multiple times", "books", "thing"),
    ],
)
def test_a_phrase_speaks_of_a_thing(text: str, label: str, kind: str) -> None:
    found = thing(tagged(text), text)
    assert found is not None and (found.label, found.kind) == (label, kind)


def test_what_people_add_and_delete_is_kept() -> None:
    assert [t.label for t in kept("Administrators can add, edit and delete news columns.")] == ["news columns"]
    assert not list(kept("Administrators can view news columns."))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The system supports defining and managing soil types.", [("soil types", "soil")]),
        ("The management of member categories comes later.", [("member categories", "member")]),
        ("Users choose soil types.", []),
    ],
)
def test_kinds_that_people_define_are_kept(text: str, found: list[tuple[str, str]]) -> None:
    assert list(kinds(text)) == found


@given(
    st.text(alphabet=st.sampled_from("Each has of the, and including multiple orders ID name (x). with"), max_size=200)
)
def test_any_sentence_is_read(text: str) -> None:
    for listing in listings(text):
        assert all(item.label in text or item.names or " " in item.label for item in listing.items)
    list(pairs(text))
    list(kept(text))
    list(kinds(text))
