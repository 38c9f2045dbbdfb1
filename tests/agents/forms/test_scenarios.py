"""User stories and Gherkin: roles, ways of reading and writing, and rules."""

import pytest

from agents.requirement_analysis.forms.individuals import in_kinds, individuals
from tests.agents.forms.reading import analysed, columns, links, names, rules, types, unread

MODEL = (
    "# Library\n\n### Member\n- name\n- email, unique\n\n### Loan\n- member_id (references Member)\n"
    "- lent_on: date\n- due_on: date\n"
    "- fee: money\n\n"
)


def test_stories_give_roles_and_accesses() -> None:
    found = analysed(
        MODEL + "## User Stories\n\n"
        "- As a librarian, I want to list the loans of a member, newest first, so that I can call them.\n"
        "- US-2: As a member, I want to record a loan.\n- As a user, I want to find a member by email.\n"
    )
    assert found.protection.roles == ("librarian", "member")
    assert "librarian" not in names(found)
    made = {(p.entity, p.kind) for p in found.access_patterns if p.origin.kind == "stated"}
    assert {("loan", "list"), ("loan", "write"), ("member", "lookup")} <= made
    loans = next(
        p for p in found.access_patterns if p.entity == "loan" and p.kind == "list" and p.origin.kind == "stated"
    )
    assert [f.attribute for f in loans.filters] == ["member"]
    assert unread(found) == {}


FEATURE = """Feature: Lending
  As a librarian
  I want to record a loan
  So that we know who has what

  Background:
    Given a member "Ann"

  Scenario: Lend
    When the librarian records a loan of the member
    Then the loan due on must be after lent on
    And the loan fee must not be negative

  Scenario Outline: Many
    When the librarian lists the loans of a <who>
    Then nothing breaks
    Examples:
      | who    |
      | member |
"""


def check_feature(text: str, nonsense: int = 0) -> None:
    found = analysed(text)
    assert found.protection.roles == ("librarian",)
    assert [r.attributes for r in rules(found, "range")] == [("fee",)]
    assert [(r.attributes, r.operator) for r in rules(found, "comparison")] == [(("due_on", "lent_on"), ">")]
    made = {(p.entity, p.kind) for p in found.access_patterns if p.origin.kind == "stated"}
    assert {("loan", "write"), ("loan", "list")} <= made
    assert len(unread(found)) == nonsense


def test_a_feature_with_a_fence() -> None:
    check_feature(f"{MODEL}```gherkin\n{FEATURE}```\n")


def test_a_feature_without_a_fence() -> None:
    check_feature(MODEL + FEATURE)


def test_a_feature_that_the_parser_refuses_is_read_by_its_steps() -> None:
    check_feature(f"{MODEL}```gherkin\n{FEATURE}  Nonsense: here\n```\n", nonsense=1)


def test_steps_as_bullets() -> None:
    found = analysed(
        MODEL + "## Acceptance\n\n- Given a member\n- When the librarian records a loan of the member\n"
        "- Then the loan fee must not be negative\n\n"
        "Given a loan, when a member lists the loans by due on, then all is shown.\n"
    )
    assert [r.attributes for r in rules(found, "range")] == [("fee",)]
    assert any(p.kind == "write" and p.entity == "loan" for p in found.access_patterns)


def test_a_plain_sentence_with_when_is_no_step() -> None:
    found = analysed(MODEL + "## Business Rules\n\n- When a loan ends, the loan fee must not be negative.\n")
    assert [t.use for t in found.trace if t.text.startswith("When a loan")] == ["used"]


FERRY = """# Ferry

Feature: Crossings

  A crossing goes from one pier, on a day; each crossing has a
  captain, a departure time and a number of seats.
  Nothing is known about the seagulls.

  Background:
    Given the following piers
      | name  | depth | opened     |
      | North | 4.5   | 1999-05-01 |
      | South | 3     | 2004-11-30 |
    And a skipper "Ida" with licence number 77 and e-mail "ida@example.org"

  Scenario: Leaving
    Given a crossing that is "boarding"
    When the skipper casts off
    Then the crossing becomes "under way" or "delayed"
    And each crossing is given the log number "L-9"

  Scenario: Only one row
    Given the following seats
      | row |
    When the skipper looks
    Then she sees them
"""


def test_tables_values_and_states_of_steps_are_data() -> None:
    found = analysed(FERRY)
    assert types(found, "pier") == {"name": "string", "depth": "decimal", "opened": "date"}
    assert {"name", "licence_number"} <= set(columns(found, "skipper"))
    crossing = columns(found, "crossing")
    assert set(crossing["status"].allowed) == {"boarding", "under way", "delayed"}
    assert "log_number" in crossing
    assert "seat" not in names(found)


def test_the_free_words_of_a_feature_are_prose() -> None:
    found = analysed(FERRY)
    assert {"captain", "departure_time"} <= set(columns(found, "crossing"))
    traced = {t.line: t.use for t in found.trace if t.text}
    assert (traced[5], traced[6], traced[7]) == ("used", "used", "not_understood")


def test_a_wish_about_things_is_no_deed_of_the_role() -> None:
    found = analysed("# Kiosk\n\nAs a keeper, I want every magazine to have a title, a barcode and a shelf number.\n")
    assert {"title", "barcode", "shelf_number"} <= set(columns(found, "magazine"))
    assert found.protection.roles == ("keeper",)


def test_german_steps_are_steps() -> None:
    found = analysed(
        "# Hafen\n\nDie Boote werden im Hafen verwaltet, und jedes Boot hat einen Namen.\n\nSzenario: Ankunft\n"
        '  Angenommen ein Boot mit Name "Ida" und Farbe "blau"\n  Wenn der Hafenmeister das Boot sieht\n'
        '  Dann ist das Boot "angemeldet"\n'
    )
    assert "farbe" in columns(found, "boot")
    assert all("Angenommen" in t.text or t.line != 6 for t in found.trace)


WORKSHOP = """# Instrument workshop

Feature: At the bench

  Background:
    Given an open day on "2026-05-02" at the hall "Old Mill"

  # woods are spruce, maple or cedar and nothing else
  #x

  Scenario: A violin comes in
    Given the owner "Ms Brandt", who hates the telephone
    When she leaves an instrument of the make "unknown" with the label "A. Guarneri" and a weight of 0.4 kg
    Then a job is opened for this instrument at the open day with the next docket number
    And the status of the job is "queued"

  Scenario: Somebody takes it
    Given a luthier named "Pia" with the certificates "varnish" and "necks"
    When Pia takes the first job
    Then its status goes from "queued" to "on the bench"
    And the button "Print" is there

  Scenario: Done
    When Pia ends the job with the verdict "sound", "playable" or "beyond repair"
    Then its status goes from "on the bench" to "finished"
    But the verdict is "sound" more often than not
    And two strings of it are used in the job
"""


def test_scenarios_call_things_by_name_and_by_pronouns() -> None:
    found = analysed(WORKSHOP)
    assert {"owner", "instrument", "job", "luthier", "hall"} <= set(names(found))
    assert not {"button", "verdict", "label", "make", "luthier_named"} & set(names(found))
    assert {"name"} <= set(columns(found, "luthier")) and {"name"} <= set(columns(found, "hall"))
    assert {"make", "label", "weight"} <= set(columns(found, "instrument"))
    assert "docket_number" in columns(found, "job")
    assert set(columns(found, "job")["status"].allowed) == {"queued", "on the bench", "finished"}
    assert set(columns(found, "job")["verdict"].allowed) == {"sound", "playable", "beyond repair"}


def test_steps_relate_what_they_do_with_each_other() -> None:
    made = {(parent, child) for parent, child, *_ in links(analysed(WORKSHOP))}
    assert {("owner", "instrument"), ("instrument", "job"), ("luthier", "job")} <= made


@pytest.mark.parametrize(
    ("steps", "named", "said"),
    [
        (["a luthier named \"Pia\"", "Pia waits"], {"Pia": "luthier"}, "the luthier waits"),
        (["the owner \"Ms Brandt\"", "she waits"], {"Ms Brandt": "owner"}, "the owner waits"),
        (["an instrument with the label \"Amati\"", "Amati waits"], {}, "Amati waits"),
        (["the button \"Save\"", "Save waits"], {}, "Save waits"),
        (["it rains", "it waits"], {}, "it waits"),
        (["the luthier \"Pia\"", "Piast waits"], {"Pia": "luthier"}, "Piast waits"),
    ],
)  # fmt: skip
def test_names_and_pronouns_stand_for_kinds(steps: list[str], named: dict[str, str], said: str) -> None:
    assert individuals(steps) == named
    assert list(in_kinds(steps, named))[-1] == said
