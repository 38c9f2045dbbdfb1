"""User stories without attribute lists: what they keep, what they only look at, and who is data."""

import pytest

from agents.knowledge.deeds import record_nouns, unstored
from tests.agents.forms.reading import analysed, columns, links, names, unread

WARD = """# Ward charts

- As a nurse I want to record a patient's temperature so that the doctor sees fever early.
- As a nurse I want to note the blood pressure of a patient at each round.
- As a doctor I want to prescribe a medication for a patient with dose and frequency so that the nurse can give it.
- As a ward manager I want to see which beds are free.
- As a doctor I want to see a patient's temperature curve of the last 7 days.
"""


def test_what_is_measured_again_and_again_has_rows_of_its_own() -> None:
    found = analysed(WARD)
    assert names(found) == ["patient", "vital_sign", "medication", "prescription", "doctor", "bed"]
    assert {"temperature", "blood_pressure", "measured_at"} <= set(columns(found, "vital_sign"))
    parents = {(parent, child) for parent, child, *_ in links(found)}
    assert {("patient", "vital_sign"), ("patient", "prescription"), ("doctor", "prescription")} <= parents
    kinds = {(p.entity, p.kind) for p in found.access_patterns if p.origin.kind == "stated"}
    assert {("vital_sign", "write"), ("vital_sign", "list"), ("bed", "list")} <= kinds
    assert unread(found) == {}


def test_measurements_of_something_unknown_have_a_time() -> None:
    found = analysed(
        "# Greenhouses\n\n- As a gardener I want to record the temperature and humidity of a greenhouse.\n"
    )
    assert set(columns(found, "greenhouse_measurement")) == {"measured_at", "temperature", "humidity"}


@pytest.mark.parametrize(
    ("story", "kept"),
    [
        ("As a member I want to borrow a book so that I can read it", {"member", "book", "book_loan"}),
        ("As a guest, I want to book a room for a period", {"guest", "room", "booking"}),
        ("As a patient I want to book an appointment with a doctor", {"patient", "appointment", "doctor"}),
        ("As a member I want to sign up for a yoga class", {"member", "yoga_class", "class_registration"}),
        ("As a user I want to create, edit and delete recipes", {"user", "recipe"}),
        ("As a user I want to log in with my email and password", {"user"}),
        ("As a customer I want to rent a bike", {"customer", "bike", "bike_rental"}),
        ("As a finder I want to report a found item with place and date", {"found_item"}),
        ("As an admin I want to manage products", {"product"}),
        ("As a student I want to ask a question about an assignment", {"student", "question", "assignment"}),
    ],
)  # fmt: skip
def test_deeds_keep_what_they_are_done_to_and_the_record_that_they_leave(story: str, kept: set[str]) -> None:
    assert kept == set(names(analysed(f"# App\n\n- {story}.\n")))


@pytest.mark.parametrize(
    "story",
    [
        "As a manager, I want a weekly occupancy report",
        "As a manager I want to see a dashboard of sales",
        "As a recipient I want to receive an SMS when the parcel is near",
        "As a clerk I want to print the result list on the label printer",
        "As an owner I want to export statistics to Excel",
        "As a waiter I want to use the system on my tablet",
        "As a user I want to switch to a dark theme",
        "As a user I want to scroll through the start page",
        "As a supervisor I want to monitor the process",
    ],
)
def test_reports_screens_and_hardware_are_no_data(story: str) -> None:
    found = analysed(f"# App\n\n- As a cook I want to add recipes.\n- {story}.\n")
    assert set(names(found)) <= {"recipe", "sale", "parcel"}


def test_somebody_of_whom_several_facts_are_noted_is_not_anybody() -> None:
    told = "# Desk\n\n- As a clerk I want to {} visitors with name, company and arrival time.\n"
    told += "- As a clerk I want to report incidents with description and urgency.\n"
    assert "visitor" in names(analysed(told.format("record")))
    assert "visitor" not in names(analysed(told.format("find")))


def test_a_story_said_in_passing_leaves_the_usual_attributes() -> None:
    found = analysed("# Stays\n\n- As a guest I want to leave a review with a rating and a comment.\n")
    assert {"rating", "comment", "submitted_at"} <= set(columns(found, "review"))
    assert {a.origin.kind for n, a in columns(found, "review").items() if n in ("rating", "comment")} == {"stated"}


def test_forms_say_what_is_stored_and_stories_add_only_what_is_usual() -> None:
    lists = "# Shop\n\n### Product\n- sku: string, unique\n- name\n\n## User stories\n\n"
    found = analysed(f"{lists}- As a buyer I want to flurb a grobble.\n- As a buyer I want to compare products.\n")
    assert names(found) == ["product"]


def test_a_story_on_three_lines_and_in_german() -> None:
    found = analysed(
        "# Fund\n\n**As a** finder\n**I want** to report a found item with place and date\n**So that** …\n"
    )
    assert names(found) == ["found_item"]
    found = analysed("# Kasse\n\n- Als Kassenwart möchte ich Spenden mit Betrag und Datum erfassen, damit es stimmt.\n")
    assert "spende" in names(found)
    assert {"betrag", "datum"} <= set(columns(found, "spende"))


def test_verbs_and_words_are_data() -> None:
    assert record_nouns("sign", "up", "for") != record_nouns("sign", "up") == ()
    assert unstored("monthly_sales_report") is not None
    assert unstored("invoice") is None
