"""Engine families: how one is chosen, that each gets the same logical design, and that a new one adds files only."""

import datetime as dt
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import flows.engines
from agents import dialects
from agents.designing import schema_design
from agents.engine_choice import engine_choice
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.claims import Experiment
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table
from flows.engines.handed import Script

ROOT = Path(__file__).parents[3]
BRIEFS = sorted([*(ROOT / "examples").glob("*/INITIAL.md"), *(ROOT / "tests" / "briefs").rglob("*.md")])
DATE = dt.date(2026, 11, 1)
STORE = (
    "# Store\n\n## Entities\n- **Product**: name (required, unique), price (money, min 0)\n- **Order**: number, total\n"
)


def _requirements(text: str, database: str = "") -> Requirements:
    return requirement_analysis(Brief(project="p", text=text, date=DATE, database=database))


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ("", "postgresql"),
        ("One person uses it on one laptop, no server.", "sqlite"),
        ("The database is MySQL 8.", "mysql"),
        ("We run MariaDB 10.11.", "mariadb"),
        ("Data lives in an SQLite file.", "sqlite"),
        ("We would like MongoDB.", "postgresql"),
        ("The database is Oracle 19c.", "postgresql"),
        ("Use DynamoDB for storage.", "postgresql"),
    ],
)
def test_what_the_brief_asks_for_is_answered_with_a_reason(said: str, chosen: str) -> None:
    choice = engine_choice(_requirements(f"{STORE}\n## Technology\n- {said or 'None.'}\n"))
    assert choice.family == chosen
    others = {one.label for one in dialects.families() if one.name != chosen}
    assert others <= {alternative.name for alternative in choice.decision.alternatives}
    assert all(alternative.refused_because for alternative in choice.decision.alternatives)


def test_a_product_without_a_family_is_told_what_would_speak_for_it() -> None:
    decision = engine_choice(_requirements(f"{STORE}\n## Technology\n- Database: MongoDB\n")).decision
    assert decision.alternatives[0].name == "MongoDB"
    assert "what would speak for MongoDB: records whose shape differs" in decision.alternatives[0].refused_because
    assert "the brief asks for MongoDB" in decision.because


def test_whoever_runs_the_design_has_the_last_word() -> None:
    requirements = _requirements(f"{STORE}\n## Technology\n- Database: PostgreSQL\n", database="sqlite")
    assert engine_choice(requirements).family == "sqlite"
    assert any(a.id == "assumption.database" and "PostgreSQL" in a.reason for a in requirements.assumptions)


def _logical(design: SchemaDesign, told: set[str]) -> dict[str, Any]:
    """What a design says whatever the engine: not types, expressions, partitions or indexes, nor what a gap tells."""
    return {
        "tables": [_table(table, told) for table in sorted(design.tables, key=lambda table: table.name)],
        "totals": design.totals,
        "lifecycles": design.lifecycles,
        "queries": [(q.name, q.kind, q.table, q.access) for q in design.queries],
    }


def _table(table: Table, told: set[str]) -> tuple[Any, ...]:
    """A reference that an engine cannot clear restricts there, which a gap of the design says.

    How much of a reference over several columns its index has to hold belongs to the indexes: InnoDB wants all of it.
    """
    split = table.partitioning.column if table.partitioning else ""
    return (
        table.name,
        [(c.name, c.type, c.nullable and c.name != split, c.identity, c.sensitivity) for c in table.columns],
        [column for column in table.primary_key if column != split],
        table.uniques,
        [check.model_copy(update={"expression": ""}) for check in table.checks],
        table.exclusions,
        [key.model_copy(update={"whole_index": False}) for key in table.foreign_keys if key.name not in told],
    )


@pytest.mark.parametrize("brief", BRIEFS, ids=lambda path: path.parent.name + path.stem)
def test_the_same_brief_has_the_same_logical_design_on_every_engine(brief: Path) -> None:
    requirements = _requirements(brief.read_text())
    designs = {one.name: one.schema_design(requirements, DATE) for one in dialects.families()}
    told = {element for design in designs.values() for gap in design.gaps for element in gap.elements}
    expected = _logical(designs["postgresql"], told)
    for name, design in designs.items():
        assert design.dialect == name
        assert _logical(design, told) == expected, name
        excluded = {rule.name for table in design.tables for rule in table.exclusions}
        said = {element for gap in design.gaps for element in gap.elements}
        assert name == "postgresql" or excluded <= said  # what an engine lacks is said
        assert all(gap.feature and gap.instead and gap.lost for gap in design.gaps)


def test_mariadb_reads_a_parents_key_before_it_inserts_below_it() -> None:
    """An INSERT that reads the table which its trigger updates is refused there (1442), and a gap says so."""
    design = dialects.family("mariadb").schema_design(
        _requirements((ROOT / "tests/briefs/metering.md").read_text()), DATE
    )
    tried = [
        c.trial.sql for c in design.claims if c.id in ("bill_items.accepts", "total.bills_total_of_bill_items.follows")
    ]
    assert len(tried) == 2
    for before, insert, *_ in tried:
        assert before.startswith("SET @open_parent_1 = (SELECT id FROM bills")
        assert "VALUES (@open_parent_1, " in insert
    assert any("bills_total_of_bill_items" in gap.elements for gap in design.gaps)


TOY = '''
"""A family that was added by adding files."""
import dataclasses
from agents import dialects
FAMILY = dataclasses.replace(dialects.family("sqlite"), name="toy", label="ToyDB", asked_as="toydb",
    schema_design=lambda requirements, start: dialects.family("sqlite").schema_design(requirements, start).model_copy(
        update={"dialect": "toy", "engine_name": "ToyDB"}))
'''
TOY_ENGINE = """
from contracts.claims import Engine, Observations
from flows.engines.locate import EngineInfo
SCHEMES = ("toy",)
def found(spec): return EngineInfo("embedded", "embedded", "ToyDB", "1", "here", ("nothing",), ("all",))
def available(): return (found("embedded"),)
def version_at(info): return "1"
def observe(experiment, info, progress):
    return Observations(engine=Engine(name="ToyDB", version="1", origin="embedded"), rows=0, observations=())
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for package, files in (
        ("dialects", {"__init__.py": "", "family.py": TOY}),
        ("engines", {"__init__.py": TOY_ENGINE}),
    ):
        for name, text in files.items():
            place = tmp_path / package / "toy" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    monkeypatch.setattr(dialects, "__path__", [*dialects.__path__, str(tmp_path / "dialects")])
    monkeypatch.setattr(flows.engines, "__path__", [*flows.engines.__path__, str(tmp_path / "engines")])
    importlib.invalidate_caches()
    dialects.family.cache_clear()
    yield
    for name in [name for name in sys.modules if ".toy" in name]:
        del sys.modules[name]
    dialects.family.cache_clear()


@pytest.mark.usefixtures("toy")
def test_a_new_family_adds_files_only() -> None:
    assert "toy" in dialects.names()
    design = schema_design(_requirements(STORE, database="toy"), DATE)
    assert (design.dialect, design.engine_name, design.decisions[0].choice) == ("toy", "ToyDB", "ToyDB")
    experiment = Experiment(dialect="toy", script=(), claims=(), rows=0)
    assert flows.engines.observe(experiment, "embedded", lambda *_: None).engine.name == "ToyDB"
    assert "ToyDB" in {info.name for info in flows.engines.available()}
    with pytest.raises(flows.engines.EngineError, match="A design for ToyDB is not handed over"):
        flows.engines.applied(Script(()), "embedded", "toy")
    with pytest.raises(flows.engines.EngineError, match="cannot be proven on ToyDB"):
        flows.engines.engine("toy://server", "postgresql")


def test_without_its_files_there_is_no_such_family() -> None:
    with pytest.raises(LookupError, match='no engine family "toy"'):
        dialects.family("toy")


@pytest.mark.parametrize(("told", "folded"), [("name", True), ("name: unique", False)])
def test_a_search_on_mariadb_passes_over_case_where_no_key_tells_cases_apart(told: str, folded: bool) -> None:
    text = f"# Store\n\n## Data model\n\n### Product\n- {told}\n\n## Use\n- Staff search products by name\n"
    design = schema_design(_requirements(text, database="mariadb"), DATE)
    table = next(s.sql for s in design.statements if s.id == "table.products")
    name = next(line for line in table.splitlines() if line.strip().startswith("name "))
    assert ("COLLATE utf8mb4_unicode_520_nopad_ci" in name) is folded
    gaps = [gap.feature for gap in design.gaps if "passes over case" in gap.feature]
    assert gaps == [f"a search {'' if folded else 'for words '}that passes over case in a {_TEXTS[folded]}"]
    lint = next(c.trial for c in design.claims if c.id == "lint.collation")
    assert ("('products', 'name')" in str(lint)) is folded


_TEXTS = {True: "text that does not", False: "unique text"}
