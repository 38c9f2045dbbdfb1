"""Whole designs for SQLite: the document as a script in a real file, and its migrations there and back."""

import sqlite3

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.verification import proof
from artifacts.migration_files import migration_files
from artifacts.script import script_text
from artifacts.statements import split_statements
from contracts.plan import Design
from flows.direct import DirectRun
from flows.engines.sqlite import found, observe
from flows.engines.sqlite.script import executed
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import whole_design

SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2"


def design(path: str) -> Design:
    """The design of the brief in this file for SQLite."""
    brief = brief_from_file(path, date="2026-11-01")
    requirements = requirement_analysis(brief)
    stack = requirements.stack.model_copy(update={"database": "sqlite"})
    asked = requirements.model_copy(update={"stack": stack})
    return whole_design(brief, asked, DirectRun(Silent()))


def opened() -> sqlite3.Connection:
    """An empty database."""
    return sqlite3.connect(":memory:", isolation_level=None)


@pytest.fixture(scope="module")
def clinic() -> Design:
    """A small service with an audit trail, exclusions, searches and states."""
    return design("examples/clinic/INITIAL.md")


def test_the_claims_of_a_service_hold(clinic: Design) -> None:
    whole = clinic.experiment()
    claims = tuple(claim for claim in whole.claims if not claim.id.startswith("growth."))
    experiment = whole.changed(claims=claims, growth=(), grown_rows=0)
    evidence = proof(experiment, observe(experiment, found("embedded"), lambda *_: None)).evidence
    failed = {one.claim: one.observed for one in evidence if one.verdict == "fails"}
    assert failed == {}
    assert {claim.trial.kind for claim in experiment.claims} >= {"races", "restores", "uses_index"}


def test_the_script_is_cut_where_it_was_joined(clinic: Design) -> None:
    assert len(split_statements(script_text(clinic.script()))) == len(clinic.script())


def test_migrations_leave_the_documents_schema_and_go_back(clinic: Design) -> None:
    document, steps = opened(), opened()
    for statement in clinic.script():
        assert not executed(document, statement.sql).failed
    files = list(migration_files(clinic).values())
    states = []
    for text in files[::2]:
        states.append(steps.execute(SCHEMA).fetchall())
        steps.executescript(text)
    assert steps.execute(SCHEMA).fetchall() == document.execute(SCHEMA).fetchall()
    assert steps.execute("PRAGMA user_version").fetchone() == document.execute("PRAGMA user_version").fetchone()
    for text, earlier in zip(reversed(files[1::2]), reversed(states), strict=True):
        steps.executescript(text)
        assert steps.execute(SCHEMA).fetchall() == earlier
    assert steps.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_migration_that_fails_leaves_nothing(clinic: Design) -> None:
    connection = opened()
    first = next(iter(migration_files(clinic).values())).replace("COMMIT;", "INSERT INTO nowhere VALUES (1);\nCOMMIT;")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        connection.executescript(first)
    connection.rollback()
    assert connection.execute(SCHEMA).fetchall() == []


def test_one_person_gets_sqlite_without_asking() -> None:
    brief = brief_from_file("examples/habits/INITIAL.md", date="2026-11-01")
    made = whole_design(brief, requirement_analysis(brief), DirectRun(Silent()))
    assert made.schema_design.dialect == "sqlite"
    assert not made.security.statements and made.scaling.disk is None
