"""Rules, figures and protection in words that no form prescribes: short names, chains, clauses, scopes, periods."""

from decimal import Decimal

import pytest

from contracts.requirements import Rule
from tests.agents.facts.reading import analysed

PORT = """# Port

### Observing Block
- telescope (FK → Telescope)
- status (planned, confirmed, done, cancelled), default planned

### Telescope
- name, unique

### Permit
- plate: string(10)
- valid from: date
- valid until: date
- state (applied, granted, refused, departed)

### Fill
- telescope (FK → Telescope)
- filled at: timestamp
- emptied at: timestamp, optional
- litres: decimal

### Game
- white: string
- black: string

"""


def stated(line: str, kind: str, brief: str = PORT) -> list[Rule]:
    found = analysed(f"{brief}## Business Rules\n\n- {line}\n")
    return [r for r in found.rules if r.kind == kind and r.origin.kind == "stated"]


@pytest.mark.parametrize(
    ("line", "entity", "attributes", "values"),
    [
        ("No two granted permits for the same plate at the same time.", "permit",
         ("plate", "valid_from", "valid_until"), ("applied", "refused", "departed")),
        ("A telescope holds one fill at a time.", "fill", ("telescope", "filled_at", "emptied_at"), ()),
    ],
)  # fmt: skip
def test_overlaps_have_a_scope(line: str, entity: str, attributes: tuple[str, ...], values: tuple[str, ...]) -> None:
    (rule,) = stated(line, "no_overlap")
    assert (rule.entity, rule.attributes, rule.values) == (entity, attributes, values)


def test_what_overlaps_lasts_even_where_nothing_lists_when() -> None:
    names = "**Primary Entities**: Telescope, Observing Block\n\n"
    line = "Two observing blocks may not overlap on the same telescope."
    (rule,) = stated(line, "no_overlap", names)
    assert (rule.entity, rule.attributes) == ("observing_block", ("telescope", "starts_at", "ends_at"))
    found = analysed(f"{names}## Business Rules\n\n- {line}\n")
    assert ("telescope", "observing_block") in {(r.parent, r.child) for r in found.relationships}


@pytest.mark.parametrize(
    ("line", "entity", "transitions"),
    [
        ("A block goes planned → confirmed → done; planned and confirmed blocks may be cancelled.", "observing_block",
         {("planned", "confirmed"), ("confirmed", "done"), ("planned", "cancelled"), ("confirmed", "cancelled")}),
        ("applied -> granted | refused", "permit", {("applied", "granted"), ("applied", "refused")}),
        ("planned > confirmed > done; a done block is frozen", "observing_block",
         {("planned", "confirmed"), ("confirmed", "done")}),
        ("A block is planned, then confirmed, then done or cancelled.", "observing_block",
         {("planned", "confirmed"), ("confirmed", "done"), ("confirmed", "cancelled")}),
        ("A block shall pass through the states planned, confirmed, done.", "observing_block",
         {("planned", "confirmed"), ("confirmed", "done")}),
        ("Planned blocks are confirmed or cancelled.", "observing_block",
         {("planned", "confirmed"), ("planned", "cancelled")}),
    ],
)  # fmt: skip
def test_chains_of_states_need_no_head(line: str, entity: str, transitions: set[tuple[str, str]]) -> None:
    (rule,) = stated(line, "state")
    assert (rule.entity, set(rule.transitions)) == (entity, transitions)


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("planned > confirmed > done; a done block is frozen", ("done",)),
        ("Once done, a block can no longer be modified.", ("done",)),
    ],
)
def test_what_may_not_change_from_a_state_on(line: str, values: tuple[str, ...]) -> None:
    (rule,) = stated(line, "immutable")
    assert (rule.entity, rule.values) == ("observing_block", values)


def test_a_noun_of_doing_means_the_state_it_leads_to() -> None:
    (rule,) = stated("After departure, a permit shall not be altered.", "immutable")
    assert (rule.entity, rule.values) == ("permit", ("departed",))


@pytest.mark.parametrize(
    "line",
    [
        "Fills of a finished block can't be changed.",
        "A fill that has ended is never changed.",
        "A telescope that is approved cannot be edited.",
    ],
)
def test_what_holds_for_some_rows_freezes_no_table(line: str) -> None:
    assert stated(line, "immutable") == []


def test_two_sides_must_differ() -> None:
    (rule,) = stated("White and black must be different players.", "comparison")
    assert (rule.entity, rule.attributes, rule.operator) == ("game", ("white", "black"), "<>")


def test_rules_between_commas_are_rules_each() -> None:
    line = "valid until after valid from, litres not negative"
    assert [r.attributes for r in stated(line, "comparison")] == [("valid_until", "valid_from")]
    assert [(r.attributes, r.minimum) for r in stated(line, "range")] == [(("litres",), Decimal(0))]


PLANT = "# Plant\n\n**Primary Entities**: Employer, Payslip, Sensor, Reading, Booking\n\n"


def test_a_rate_a_second_beside_one_a_day_is_a_peak() -> None:
    found = analysed(f"{PLANT}## Load\n\n- 11k bookings per day\n- On Sundays 25 bookings per second\n")
    assert {v.entity: v.rows_per_day for v in found.volumes}["booking"] == 11_000
    found = analysed(f"{PLANT}## Load\n\nAt the end of the month: 30 payslips/second.\n")
    assert {v.entity: v.rows_per_day for v in found.volumes}["payslip"] < 1_000


@pytest.mark.parametrize("line", ["Every day 450 bookings", "Daily about 450 bookings arrive."])
def test_the_time_may_stand_before_the_figure(line: str) -> None:
    found = analysed(f"{PLANT}## Load\n\n- {line}\n")
    assert {v.entity: v.rows_per_day for v in found.volumes}["booking"] == 450


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Readings are kept for 3 years, everything else for 10 years.", {"reading": 1095, None: 3650}),
        ("Audit trail for 7 years; payslips 10 years.", {"payslip": 3650}),
        ("Bookings go after 13 months.", {"booking": 390}),
        ("Data kept for 25 years after the employer left.", {None: 9125}),
    ],
)
def test_periods_of_keeping(line: str, kept: dict[str | None, int]) -> None:
    assert {r.entity: r.days for r in analysed(f"{PLANT}## Security\n\n- {line}\n").retention} == kept


def test_a_period_may_answer_a_question() -> None:
    found = analysed(f"{PLANT}> Retention?\n\nReadings 90 days, bookings 3 years.\n")
    assert {r.entity: r.days for r in found.retention} == {"reading": 90, "booking": 1095}


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Nightly backup is enough.", "recovery_point_seconds", 86_400),
        ("A day's downtime is tolerable.", "recovery_time_seconds", 86_400),
        ("There are seven of us.", "users", 7),
    ],
)
def test_goals_in_plain_words(line: str, field: str, value: int) -> None:
    assert getattr(analysed(f"{PLANT}## Numbers\n\n{line}\n").targets, field) == value


@pytest.mark.parametrize(
    "line",
    [
        "Tenants are employers.",
        "employers = tenants",
        "Multi-tenant by employer",
        "Employers see only their own payslips.",
    ],
)
def test_tenants_have_a_name_of_the_brief(line: str) -> None:
    related = "Employer → Payslip (one-to-many)\n\n"
    assert analysed(f"{PLANT}## Relationships\n\n- {related}## Security\n\n- {line}\n").protection.tenant == "employer"


def test_everything_belongs_to_the_tenant() -> None:
    found = analysed(f"{PLANT}Everything below belongs to exactly one employer.\n")
    assert {r.child for r in found.relationships if r.parent == "employer"} >= {"payslip", "sensor", "booking"}


def test_a_law_that_does_not_apply_does_not() -> None:
    found = analysed(f"{PLANT}## Privacy\n\nHIPAA does not apply, GDPR does.\n")
    assert found.protection.regulations == ("gdpr",)


def test_systems_in_one_line_are_systems_each() -> None:
    found = analysed(f"{PLANT}Interfaces: SEPA file to the bank, ELSTER (tax), exports to DATEV.\n")
    assert [i.name for i in found.integrations] == ["SEPA file to the bank", "ELSTER", "DATEV"]
