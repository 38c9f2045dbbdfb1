"""Whole texts in several styles, course exercises and descriptions of products, as what they amount to."""

import pytest

from contracts.requirements import Requirements
from tests.agents.prose.test_briefs import analysed

FESTIVAL = """\
The film festival management system is described as follows. The system manages film information, including film
number, title, director, country, duration and year of release. It also maintains jury members, recording their
name, nationality and profession. Each screening takes place in one cinema hall and shows one film; the date, start
time and ticket price of each screening are recorded. A hall has a name and number of seats. Visitors buy tickets
for screenings, and each ticket contains the ticket number, seat number, purchase time and the screening. Jury
members rate films; each rating has a score and a comment. A film may receive multiple awards, each of which has a
name, category and prize money.
"""

UNIVERSITY = """\
A university wants to keep track of its research. Every department has a unique name, a building and a budget.
Professors work in exactly one department; for each professor we record the staff number, name, rank and research
area. One of the professors heads the department. Projects are identified by a project number and have a title, a
sponsor, a start date, an end date and a budget. Each project is led by one professor (the principal investigator),
and other professors can participate in it as co-investigators. Graduate students have a student number, name and
degree programme. Each graduate student has one advisor, who is a professor. Students can work on several projects
as research assistants; for each assignment the weekly hours and the hourly wage are stored.
"""

BLOOD_BANK = """\
Our blood bank must register donors, donations and the hospitals we deliver to. A donor is identified by a donor
number; name, blood group, date of birth and phone number are required. A donor may donate several times. Each
donation has a date, a volume in millilitres and the nurse who took it. From one donation one or more blood bags are
produced. Each bag has a barcode, a product type, an expiry date and a storage shelf. Hospitals place orders for
bags. An order belongs to one hospital, has an order date and an urgency, and lists how many bags of which product
type and blood group are needed. Bags are assigned to orders when they are shipped.
"""

TRUCKS = """\
The trucking company database stores information about drivers, trucks, trips and customers. Each truck is
registered under a license plate and has a capacity, a make and a year. Each driver has an employee number, a name,
a license class and a hire date. A trip is made with one truck by one or two drivers. It starts at one depot and
ends at another depot, and has a departure time and an arrival time. A depot has a name and an address. Each trip
carries one or more shipments. A shipment belongs to a customer, has a weight, a volume and a destination address.
Customers are described by a customer number, a name and a billing address.
"""

APARTMENTS = """\
The system is used for managing apartments and tenants in a residential complex. The building information includes
building number, number of floors and construction year. Each apartment is located in one building and has an
apartment number, floor, area and number of rooms. Tenants sign lease contracts: a contract records the tenant, the
apartment, the start date, the end date, the monthly rent and the deposit. The system records basic information of
tenants, such as name, ID card number, phone number and occupation. Tenants can submit repair requests, which
include the description, submission time and status, and each repair request is handled by one maintenance worker.
Utility bills are issued monthly for each apartment, with the billing month, water fee, electricity fee and payment
status.
"""

HOTELS = """\
The hotel chain has many hotels. Hotels have a name, a city, an address and a star rating. A hotel consists of
rooms; every room has a room number that is unique within the hotel, a floor, a type and a price per night. Guests
make reservations. A reservation is made by one guest, covers one or more rooms, and has an arrival date, a
departure date and a status. For guests we need the name, passport number, email and country. During their stay
guests may use services like laundry, breakfast or spa. For each use of a service the date, the quantity and the
charged amount are recorded. Invoices are created per reservation with invoice number, issue date and total.
"""

PARKING = """\
The parking lot management system needs to manage parking lots, parking spaces, vehicles and parking records.
Parking lot information includes parking lot ID, name, address and total number of spaces. Each parking lot contains
multiple parking spaces, and the parking space information includes space number, type and status. Vehicle
information includes license plate number, owner name, owner phone and vehicle type. When a vehicle enters the
parking lot, the system records the license plate number, space number and entry time; when the vehicle leaves, the
system records the exit time and parking fee. Monthly card users can purchase monthly cards, and the card
information includes card number, license plate number, start date, end date and amount paid.
"""

AUCTION = """\
Online Auction Platform

Members register with a username, password, email address and shipping address. Any member can put items up for
auction. An item has a title, description, starting price, reserve price, start date and closing date and belongs to
one category. Categories form a hierarchy: every category may have one parent category. Members place bids on items;
each bid has an amount and a time. When an auction closes, the highest bidder becomes the buyer. Buyers and sellers
can leave feedback for each other after the sale, consisting of a rating from 1 to 5 and a short text. Payments are
made by the buyer for an item; we store the payment method, amount and date.
"""

DESCRIBED = [
    (FESTIVAL, "film", "film_number title director country duration year_of_release"),
    (FESTIVAL, "screening", "date start_time ticket_price"),
    (FESTIVAL, "rating", "score comment"),
    (UNIVERSITY, "professor", "staff_number name rank research_area"),
    (UNIVERSITY, "project", "project_number title sponsor start_date end_date budget"),
    (BLOOD_BANK, "donor", "donor_number name blood_group date_of_birth phone_number"),
    (TRUCKS, "trip", "departure_time arrival_time"),
    (TRUCKS, "shipment", "weight volume destination_address"),
    (APARTMENTS, "tenant", "name id_card_number phone_number occupation"),
    (APARTMENTS, "utility_bill", "billing_month water_fee electricity_fee payment_status"),
    (HOTELS, "room", "room_number floor type price_per_night"),
    (HOTELS, "guest", "name passport_number email country"),
    (HOTELS, "invoice", "invoice_number issue_date total"),
    (PARKING, "parking_record", "license_plate_number space_number entry_time exit_time parking_fee"),
    (AUCTION, "member", "username password email_address shipping_address"),
    (AUCTION, "payment", "payment_method amount date"),
]


@pytest.mark.parametrize(("text", "entity", "attributes"), DESCRIBED, ids=[f"{e}" for _, e, _ in DESCRIBED])
def test_what_sentences_tell_of_a_thing_becomes_its_attributes(text: str, entity: str, attributes: str) -> None:
    found = {e.name: e for e in analysed(text).entities}
    assert entity in found
    assert [a.name for a in found[entity].attributes if a.origin.kind != "convention"] == attributes.split()


REFERENCES = [
    (FESTIVAL, {("screening", "film"), ("screening", "hall"), ("ticket", "screening"), ("award", "film"),
                ("rating", "film"), ("rating", "jury_member")}),
    (UNIVERSITY, {("professor", "department"), ("project", "professor"), ("graduate_student", "professor")}),
    (BLOOD_BANK, {("donation", "donor"), ("order", "hospital")}),
    (TRUCKS, {("trip", "truck"), ("trip", "depot"), ("shipment", "customer"), ("shipment", "trip")}),
    (APARTMENTS, {("apartment", "building"), ("contract", "tenant"), ("contract", "apartment"),
                  ("repair_request", "tenant"), ("repair_request", "maintenance_worker")}),
    (HOTELS, {("room", "hotel"), ("reservation", "guest"), ("invoice", "reservation")}),
    (PARKING, {("parking_space", "parking_lot"), ("parking_record", "vehicle"), ("card", "vehicle")}),
    (AUCTION, {("item", "category"), ("bid", "item"), ("bid", "member"), ("payment", "item"),
               ("category", "category")}),
]  # fmt: skip


def references(found: Requirements) -> set[tuple[str, str]]:
    return {(r.child, r.parent) for r in found.relationships if r.cardinality != "many_to_many"}


@pytest.mark.parametrize(("text", "expected"), REFERENCES, ids=[text[:24] for text, _ in REFERENCES])
def test_what_sentences_tell_of_two_things_becomes_their_reference(text: str, expected: set[tuple[str, str]]) -> None:
    assert expected - references(analysed(text)) == set()


def test_an_event_named_by_a_verb_refers_to_who_does_it_and_to_what() -> None:
    text = (
        "Nurses have a staff ID and a name. Drugs have a name and a unit. Nurses administer drugs to patients. "
        "For each administration, the time and the dose are documented."
    )
    assert {("administration", "nurse"), ("administration", "drug")} <= references(analysed(text))


def test_a_list_after_a_sentence_about_it_needs_no_owner() -> None:
    text = (
        "Teams have a name and a country. Tournaments have a name and a start date. Each match belongs to a tournament "
        "and is played between two teams: the home team and the away team. The match time and the score are stored."
    )
    found = {e.name: e for e in analysed(text).entities}
    assert {a.name: a.references for a in found["match"].attributes} == {
        "home_team": "team", "away_team": "team", "match_time": None, "score": None,
    }  # fmt: skip


def test_a_reference_in_a_role_has_its_name() -> None:
    roles = {(r.child, r.parent): r.role for r in analysed(UNIVERSITY).relationships}
    assert roles["graduate_student", "professor"] == "advisor"


def test_what_several_take_part_in_is_of_several() -> None:
    both = {frozenset((r.parent, r.child)) for r in analysed(TRUCKS).relationships if r.cardinality == "many_to_many"}
    assert frozenset(("trip", "driver")) in both


@pytest.mark.parametrize(
    ("text", "entity"),
    [(HOTELS, "hotel_chain"), (PARKING, "system"), (TRUCKS, "trucking_company"), (FESTIVAL, "festival")],
)
def test_who_runs_it_is_no_table(text: str, entity: str) -> None:
    assert entity not in {e.name for e in analysed(text).entities}
