"""Rules between a date and a moment: on whose calendar they are kept, by each family, and rows that respect them."""

import contextlib
import datetime as dt
import functools
import sqlite3

import pytest

from agents import dialects
from agents.requirement_analysis import requirement_analysis
from agents.schema_design.days import anchored, day_checks
from contracts.base import Origin
from contracts.brief import Brief
from contracts.claims import Accepted, Refused
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table, Unique
from tests.agents.designs import column, key_column, table

DAY = dt.date(2026, 1, 1)

SHIFTS = """# Shift book
{zone}
## Entities
- Employee: name, email (unique){more}
- Shift: employee, worked on (date), submitted at (timestamp), approved at (timestamp), paid on (date)
- Contract: employee, valid from (date), valid to (date), signed at (timestamp)

An employee has many shifts and many contracts.

## Rules
- The date worked must not be after the shift was submitted at.
- The approved at of a shift must be after its submitted at.
- The paid on date of a shift must be after its approved at.
- A contract ends after it starts.
- The signed at of a contract must not be after its valid from.
"""
BERLIN = "All dates are those of Europe/Berlin."


def analysed(zone: str = "", more: str = "") -> Requirements:
    return requirement_analysis(Brief(project="shifts", text=SHIFTS.format(zone=zone, more=more), date=DAY))


@functools.cache
def designed(family: str = "postgresql", zone: str = "") -> SchemaDesign:
    return dialects.family(family).schema_design(analysed(zone), DAY)


def spelled(design: SchemaDesign) -> list[str]:
    return [check.expression for one in design.tables for check in day_checks(one)]


@pytest.mark.parametrize(
    ("family", "zone", "expected"),
    [
        ("postgresql", "", ["worked_on <= (submitted_at AT TIME ZONE 'UTC')::date + 1",
                            "paid_on > (approved_at AT TIME ZONE 'UTC')::date - 1",
                            "(signed_at AT TIME ZONE 'UTC')::date <= valid_from + 1"]),
        ("postgresql", BERLIN, ["worked_on <= (submitted_at AT TIME ZONE 'Europe/Berlin')::date",
                                "paid_on > (approved_at AT TIME ZONE 'Europe/Berlin')::date",
                                "(signed_at AT TIME ZONE 'Europe/Berlin')::date <= valid_from"]),
        ("mariadb", BERLIN, ["worked_on <= DATE(submitted_at) + INTERVAL 1 DAY",
                             "paid_on > DATE(approved_at) - INTERVAL 1 DAY",
                             "DATE(signed_at) <= valid_from + INTERVAL 1 DAY"]),
        ("sqlite", BERLIN, ["worked_on <= date(submitted_at, '+1 days')", "paid_on > date(approved_at, '-1 days')",
                            "date(signed_at) <= date(valid_from, '+1 days')"]),
        ("sqlite", "All dates are those of UTC.", ["worked_on <= date(submitted_at)", "paid_on > date(approved_at)",
                                                   "date(signed_at) <= valid_from"]),
    ],
)  # fmt: skip
def test_a_day_is_one_of_the_stated_zone_or_has_the_leeway_of_any(family: str, zone: str, expected: list[str]) -> None:
    assert spelled(designed(family, zone)) == expected


@pytest.mark.parametrize(
    ("zone", "more", "read"),
    [
        (BERLIN, "", "Europe/Berlin"),
        ("Time zone: America/New_York", "", "America/New_York"),
        ("All dates are those of Europe/Berlin, and in the plant all times are in Asia/Tokyo.", "", ""),
        ("All dates are those of Europe/Berlin.\n\nIn the plant dates are those of Asia/Tokyo.", "", ""),
        ("All dates are those of Europe/Atlantis.", "", ""),
        ("We sell to Europe/Berlin.", "", ""),
        ("", ", time zone (such as Europe/Berlin)", ""),
        ("All timestamps are stored in UTC.", "", ""),
    ],
)
def test_the_zone_is_the_one_by_which_the_brief_counts_its_days(zone: str, more: str, read: str) -> None:
    assert analysed(zone, more).time_zone == read


def test_a_zone_that_no_rule_needs_is_not_asked_for() -> None:
    text = SHIFTS.format(zone=BERLIN, more="").partition("## Rules")[0]
    found = requirement_analysis(Brief(project="shifts", text=text, date=DAY))
    assert not found.time_zone and "rule.time-zone" not in {one.id for one in found.requirements}


@pytest.mark.parametrize("zone", ["", BERLIN])
def test_every_row_of_the_proof_respects_the_rules_and_each_violation_breaks_them(zone: str) -> None:
    design = designed("sqlite", zone)
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for made in (*design.statements, *design.dataset):
            if made.element.startswith("table.") and "TRIGGER" not in made.sql:
                connection.execute(made.sql)
        tried = [c for c in design.claims if any(c.id.split(".")[1] == k.name for t in design.tables
                                                 for k in day_checks(t))]  # fmt: skip
        assert {claim.trial.kind for claim in tried} == {"refused", "accepted"}
        for claim in tried:
            assert isinstance(claim.trial, Refused | Accepted)
            refused = isinstance(claim.trial, Refused)
            with pytest.raises(sqlite3.IntegrityError) if refused else contextlib.nullcontext():
                connection.execute(claim.trial.sql[-1])


def test_the_moment_leads_except_where_a_key_counts_by_the_date() -> None:
    tables = {one.name: one for one in designed().tables}
    daily = Unique(name="uq", columns=("employee_id", "worked_on"), origin=Origin(kind="convention", rule="one a day"))
    shifts = tables["shifts"].model_copy(update={"uniques": (daily,)})
    placed = {name: anchored(shifts, name) for name in ("worked_on", "submitted_at", "approved_at", "paid_on")}
    assert placed["worked_on"] is None and placed["approved_at"] is None
    assert [found and (found[0].name, found[1]) for found in (placed["submitted_at"], placed["paid_on"])] == [
        ("worked_on", 3), ("worked_on", 6),
    ]  # fmt: skip
    assert (free := anchored(tables["shifts"], "worked_on")) and (free[0].name, free[1]) == ("submitted_at", -3)
    valid = [anchored(tables["contracts"], name) for name in ("signed_at", "valid_from", "valid_to")]
    assert [found and (found[0].name, found[1]) for found in valid] == [None, ("signed_at", 3), ("signed_at", 6)]


def test_dates_and_moments_that_no_rule_joins_have_values_of_their_own() -> None:
    plain: Table = table("visits", "visit", "transaction", key_column(), column("on_day", "date", "date"),
                         column("at", "timestamptz", "timestamp"))  # fmt: skip
    assert anchored(plain, "on_day") is None and anchored(plain, "at") is None


def test_the_decision_says_whose_calendar_counts_and_what_is_lost() -> None:
    def decided(family: str, zone: str) -> str:
        found = next(one for one in designed(family, zone).decisions if one.id.startswith("decision.days."))
        assert len(found.alternatives) == 3
        return f"{found.choice}; {found.because}"

    assert "calendar of Europe/Berlin" in decided("postgresql", BERLIN)
    assert "1 day of leeway" in (said := decided("mariadb", BERLIN)) and "counts its days in Europe/Berlin" in said
    assert "the brief names no zone" in decided("postgresql", "")
