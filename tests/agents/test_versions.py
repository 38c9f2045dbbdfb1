"""Which version a brief asks for, and that a design uses what its oldest version has and nothing newer."""

import datetime as dt
from pathlib import Path

import pytest

from agents import designing, dialects
from agents.dialects.postgresql.since import SINCE
from agents.engine_choice import engine_choice
from agents.operations.table_queries import index_usage
from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.versions import version_beside
from contracts.brief import Brief, Machine
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from flows.engines import EngineError, require_version
from flows.engines.locate import engine, nothing
from flows.inputs import InputError, checked_database

ROOT = Path(__file__).parents[2]
DATE = dt.date(2026, 11, 1)
STORE = """# Store

## Entities
- **Product**: name (required, unique), price (money, min 0)
- **Order**: number (required, unique), status (one of open, paid), total (money), placed at (timestamp)

## Access Patterns
- List orders by status, newest first

## Performance
- 3000000 orders
- 99.95 % availability
- 800 requests per second

## Technology
- {}
"""


def _requirements(said: str, database: str = "") -> Requirements:
    return requirement_analysis(Brief(project="p", text=STORE.format(said), date=DATE, database=database))


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("Database: PostgreSQL 16", "PostgreSQL", "16"),
        ("PostgreSQL 15+ is there already", "PostgreSQL", "15"),
        ("MariaDB 10.6 or later", "MariaDB", "10.6"),
        ("MariaDB (>= 10.11)", "MariaDB", "10.11"),
        ("We run MySQL 8.0.36 on two machines", "MySQL", "8.0.36"),
        ("version 17 of PostgreSQL", "PostgreSQL", "17"),
        ("PostgreSQL, at least version 16", "PostgreSQL", "16"),
        ("PostgreSQL v18 database", "PostgreSQL", "18"),
        ("Datenbank: PostgreSQL ab Version 17", "PostgreSQL", "17"),
        ("PostgreSQL 15-17", "PostgreSQL", "15"),
        ("PostgreSQL on 3 servers", "PostgreSQL", ""),
        ("PostgreSQL: 3 instances", "PostgreSQL", ""),
        ("PostgreSQL with 16 GB", "PostgreSQL", ""),
        ("PostgreSQL, 64 GB memory", "PostgreSQL", ""),
        ("PostgreSQL", "PostgreSQL", ""),
        ("PostgreSQL 2026", "PostgreSQL", ""),
    ],
)
def test_a_version_stands_beside_its_product(text: str, name: str, version: str) -> None:
    start = text.index(name)
    assert version_beside(text, start, start + len(name)) == version


@pytest.mark.parametrize(
    ("said", "database", "family", "version"),
    [
        ("Database: PostgreSQL 16", "", "postgresql", "16"),
        ("Database: PostgreSQL 17", "", "postgresql", "16"),  # designs for 16 and 17 are the same
        ("Database: PostgreSQL 12", "", "postgresql", "15"),
        ("Database: PostgreSQL 99", "", "postgresql", "18"),
        ("Database: PostgreSQL", "", "postgresql", "15"),
        ("Database: MariaDB 10.6", "", "mariadb", "10.6"),
        ("Database: MariaDB 11.4", "", "mariadb", "10.11"),
        ("Database: Oracle 19", "", "postgresql", "15"),
        ("Database: PostgreSQL 18", "mariadb", "mariadb", "10.6"),
        ("Database: PostgreSQL 18", "postgresql", "postgresql", "18"),
        ("Database: PostgreSQL 18", "postgresql:16", "postgresql", "16"),
        ("Database: MySQL 8.4", "", "mysql", "8.0.30"),
        ("Database: SQLite 3.45", "", "sqlite", "3.37"),
    ],
)
def test_the_design_runs_from_the_version_that_is_asked_for(
    said: str, database: str, family: str, version: str
) -> None:
    requirements = _requirements(said, database)
    choice = engine_choice(requirements)
    assert (choice.family, choice.version) == (family, version)
    assert designing.schema_design(requirements, DATE).floor == version


def test_a_version_that_is_too_old_is_told_to_be() -> None:
    assert "this one runs from 15 on, and asks for an upgrade first" in _because("Database: PostgreSQL 12")
    assert "asks for PostgreSQL 17, and the design runs from 16 on" in _because("Database: PostgreSQL 17")
    assert "upgrade" not in _because("Database: PostgreSQL")


def _because(said: str) -> str:
    return engine_choice(_requirements(said)).decision.because


def _used(requirements: Requirements, schema: SchemaDesign) -> set[str]:
    """What of the later versions the design uses."""
    scaling = designing.scaling_plan(requirements, schema, Machine(memory_gb=64, cores=16))
    watched = index_usage(requirements, schema).sql
    return {setting.name for setting in scaling.settings} & set(SINCE) | {n for n in SINCE if n in watched}


@pytest.mark.parametrize("version", dialects.family("postgresql").versions)
def test_a_design_uses_what_its_version_has_and_nothing_newer(version: str) -> None:
    requirements = _requirements(f"Database: PostgreSQL {version}")
    used = _used(requirements, designing.schema_design(requirements, DATE))
    assert used == {name for name, since in SINCE.items() if int(since) <= int(version)}


@pytest.mark.parametrize(("version", "told"), [("10.6", True), ("10.11", False)])
def test_directions_of_an_index_are_a_gap_of_old_mariadb_alone(version: str, told: bool) -> None:
    text = (ROOT / "examples" / "shop" / "INITIAL.md").read_text()
    brief = Brief(project="p", text=text, date=DATE, database=f"mariadb:{version}")
    design = designing.schema_design(requirement_analysis(brief), DATE)
    mixed = [index for index in design.indexes if len({key.descending for key in index.keys}) > 1]
    assert mixed
    assert any("different directions" in gap.feature for gap in design.gaps) is told


def test_an_engine_that_is_older_than_the_design_proves_nothing() -> None:
    info = engine("embedded")
    with pytest.raises(EngineError, match=r"A design for PostgreSQL 99 cannot be proven on PostgreSQL 18"):
        require_version(info, info.version, "99")
    require_version(info, info.version, "18")
    require_version(info, info.version, "")
    require_version(nothing(), "", "99")


def test_a_wished_version_is_checked_before_the_run() -> None:
    assert checked_database("mariadb:10.6") == "mariadb:10.6"
    assert checked_database("mysql:8.0") == "mysql:8.0"
    for given, said in (
        ("mariadb:", "no version"),
        ("mariadb:ten", "no version"),
        ("postgresql:13", "15 and later, not for 13"),
        ("oracle:19", "not made for 'oracle:19'"),
    ):
        with pytest.raises(InputError, match=said):
            checked_database(given)
