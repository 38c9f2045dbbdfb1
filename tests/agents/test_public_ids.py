"""Names of rows that are made elsewhere: for whom, by whom, and none where one database counts all rows."""

import datetime as dt
import functools

import pytest

from agents import dialects
from agents.naming import PUBLIC_ID as NAME
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

DAY = dt.date(2026, 1, 1)
TEXT = """# Inspections

{line}

## Entities
- Inspector: name, email (unique)
- Building: name, address
- Inspection: building, inspector, started at (timestamp), result (passed, failed)

An inspector makes many inspections. A building has many inspections.

## Technology
{stack}

## Numbers
300 users, 900 inspections a day.
"""
OFFLINE = "The mobile app works offline and syncs when it is back."


@functools.cache
def analysed(line: str = OFFLINE, stack: str = "Python") -> Requirements:
    return requirement_analysis(Brief(project="inspections", text=TEXT.format(line=line, stack=stack), date=DAY))


@functools.cache
def designed(line: str = OFFLINE, stack: str = "Python", family: str = "postgresql") -> SchemaDesign:
    return dialects.family(family).schema_design(analysed(line, stack), DAY)


def named(design: SchemaDesign) -> set[str]:
    return {table.name for table in design.tables if any(c.name == NAME for c in table.columns)}


@pytest.mark.parametrize(
    ("line", "tables"),
    [
        (OFFLINE, {"inspections"}),
        ("Inspectors record without a connection.", {"inspections"}),
        ("Each branch has its own database, and a copy comes to us.", {"inspectors", "buildings", "inspections"}),
        ("The databases of the sites are merged every night.", {"inspectors", "buildings", "inspections"}),
        ("Inspectors have a good connection everywhere.", set()),
        ("No offline mode is needed, the app works online.", set()),
        ("A sensor is offline when it sends nothing; the app shows it.", set()),
    ],
)
def test_rows_that_are_made_elsewhere_have_a_name_and_others_have_none(line: str, tables: set[str]) -> None:
    design = designed(line)
    assert named(design) == tables
    assert any(one.id == "decision.public_ids" for one in design.decisions) is bool(tables)
    keys = next(one for one in design.decisions if one.id == "decision.keys")
    assert ("nothing here is created offline" in keys.alternatives[0].refused_because) is not bool(tables)


@pytest.mark.parametrize(
    ("stack", "family", "default", "said"),
    [
        ("Python, PostgreSQL 18", "postgresql", "uuidv7()", "uuidv7() where a row comes without"),
        ("Python, PostgreSQL 16", "postgresql", None, "uuid.uuid7() from Python 3.14 on"),
        ("Java, MariaDB 10.11", "mariadb", None, "UuidCreator.getTimeOrderedEpoch()"),
        ("TypeScript, SQLite", "sqlite", None, "v7() of the package uuid"),
    ],
)
def test_the_database_gives_the_name_where_every_version_can(
    stack: str, family: str, default: str | None, said: str
) -> None:
    design = designed(OFFLINE, stack, family)
    table = design.table("inspections")
    assert table.column(NAME).default == default and not table.column(NAME).nullable
    assert (NAME,) in [unique.columns for unique in table.uniques]
    decision = next(one for one in design.decisions if one.id == "decision.public_ids")
    assert said in decision.because and len(decision.alternatives) == 3
    assert decision.serves == ("availability.offline-records",)
    tried = {claim.id for claim in design.claims}
    made = {f"inspections.{NAME}.version", f"inspections.{NAME}.ordered"}
    assert tried & made == (made if default else set())


def test_a_wish_that_no_table_can_follow_says_why() -> None:
    text = "# Prices\n\nThe app works offline.\n\n## Entities\n- Product: sku (unique), price\n\n## Numbers\n90 users\n"
    requirements = requirement_analysis(Brief(project="prices", text=text, date=DAY))
    design = dialects.family("postgresql").schema_design(requirements, DAY)
    omitted = [one for one in design.omissions if one.subject == "Names of rows that are made elsewhere"]
    assert not named(design) and len(omitted) == ("availability.offline-records" in omitted[0].serves if omitted else 0)
    assert bool(omitted) is any(one.id == "availability.offline-records" for one in requirements.requirements)
