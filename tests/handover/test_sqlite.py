"""A design for SQLite handed over: what is read, the suite in this process and broken on purpose, and the scripts."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from agents.api_integration import api_integration
from agents.platform_deployment import platform_deployment
from artifacts.deployment_files import deployment_files
from contracts.published import PublishedDesign
from flows.direct import DirectRun
from flows.handover_spine import chosen, document_handover
from flows.progress import Silent
from tests.handover.families import design, document, failed, placed, review, validated

ROOT = Path(__file__).parents[2]
HABITS = ROOT / "examples" / "habits" / "planning" / "persistence.md"
SCHEMA, CONSTRAINTS, INTEGRITY = "test_schema.py", "test_constraints.py", "test_integrity.py"
PLANS, MIGRATIONS, FILE = "test_query_plans.py", "test_migrations.py", "test_file.py"

HOLES = {
    "an index has its keys the wrong way": (
        PLANS, "ON bookings (reader_id, noted_at DESC, id DESC)", "ON bookings (id, hours)",
    ),
    "a foreign key has no index": (
        SCHEMA, "CREATE INDEX ix_bookings_seat_id_day_id ON bookings (seat_id, day, id);\n", "",
    ),
    "a check that serves a requirement is gone": (
        SCHEMA, "    CONSTRAINT ck_bookings_hours_range CHECK (hours >= 1 AND hours <= 12),\n", "",
    ),
    "a row of an hour too many is refused": (CONSTRAINTS, "hours >= 1 AND hours <= 12)", "hours >= 1 AND hours <= 0)"),
    "a unique constraint is gone": (SCHEMA, "    CONSTRAINT uq_seats_label UNIQUE (label),\n", ""),
    "a table is not strict": (FILE, ") STRICT;\n```\n\n**Proof.** 0 of 2", ");\n```\n\n**Proof.** 0 of 2"),
    "nobody asks for foreign keys": (INTEGRITY, "PRAGMA foreign_keys = ON;\n", "PRAGMA foreign_keys = OFF;\n"),
    "the way back forgets a table": (MIGRATIONS, "DROP TABLE IF EXISTS seats;\n", ""),
}  # fmt: skip
"""What is planted → the module that must go red, and the edit of the document."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> PublishedDesign:
    return design(document("sqlite"), "embedded", tmp_path_factory.mktemp("room"))


def test_the_habit_tracker_is_handed_over_end_to_end(tmp_path: Path) -> None:
    run = DirectRun(Silent())
    handed = document_handover(str(HABITS), "embedded", str(tmp_path), chosen(""), "here", run)
    assert (handed.engine.name, handed.ready, handed.verdict, handed.failed) == ("SQLite", True, "ready", 0)
    assert handed.tests > 80
    files = {path.relative_to(tmp_path / "habits").as_posix() for path in (tmp_path / "habits").rglob("*.*")}
    assert {
        "docker-compose.yml",
        "deploy/migrate.sh",
        "deploy/database/connection.sql",
        "planning/openapi.yaml",
    } <= files
    assert not any("kubernetes" in path for path in files)


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_in_the_document_is_found(hole: str, tmp_path: Path) -> None:
    module, before, after = HOLES[hole]
    text = document("sqlite")
    assert before in text
    report = validated(text.replace(before, after, 1), "embedded", tmp_path, module)
    assert failed(report), [result.message for result in report.run.results]
    assert report.verdict == "not ready"


def test_the_file_says_what_the_schema_is(room: PublishedDesign) -> None:
    bookings = room.data_table("bookings")
    assert {c.name: c.base for c in bookings.columns if c.name in ("id", "day", "noted_at", "hours")} == {
        "id": "int8", "day": "date", "noted_at": "timestamptz", "hours": "int8",
    }  # fmt: skip
    assert bookings.column("status").allowed == ("open", "used", "cancelled")
    assert room.data_table("readers").column("full_name").length == 200
    assert room.data_table("readers").column("password_hash").sensitivity == "secret"
    assert [(k.name, k.columns, k.on_delete) for k in bookings.foreign_keys] == [
        ("fk_bookings_reader_id", ("reader_id",), "restrict"), ("fk_bookings_seat_id", ("seat_id",), "restrict"),
    ]  # fmt: skip
    lines = room.document().splitlines()
    assert all(column.line and column.name in lines[column.line - 1] for column in bookings.columns)


def test_queries_get_their_types_from_the_columns_that_they_meet(room: PublishedDesign) -> None:
    query = room.query("list_bookings_by_seat_day")
    assert [(p.name, p.type) for p in query.parameters] == [
        ("seat_id", "int8"), ("day_from", "date"), ("day_to", "date"), ("after_day", "date"), ("after_id", "int8"),
    ]  # fmt: skip
    assert query.keyset == ("after_day", "after_id")
    own = room.query("list_bookings_by_reader")
    assert [p.type for p in own.parameters if p.name == "after_noted_at"] == ["timestamptz"]
    assert query.results[0].table == "bookings"


def test_the_api_says_how_a_file_is_spoken_to(room: PublishedDesign) -> None:
    api = api_integration(room)
    starts = {s.query: [key.start for key in s.cursor] for o in api.operations for s in o.services}
    assert starts["list_bookings_by_reader"] == ["9999-12-31 23:59:59", "9223372036854775807"]
    assert starts["list_bookings_by_seat_day"] == ["0000-01-01", "-9223372036854775808"]
    busy = next(problem for problem in api.problems if problem.id == "database-busy")
    assert "SQLITE_BUSY" in busy.codes
    assert {"Connection", "Transaction", "Values", "Rights"} <= {rule.topic for rule in api.conduct}
    assert "PRAGMA foreign_keys = on" in next(rule.rule for rule in api.conduct if rule.topic == "Connection")
    assert not [finding for finding in api.findings if finding.severity == "error"]


def test_what_sqlite_refuses_is_told_with_its_line(tmp_path: Path) -> None:
    text = document("sqlite").replace("CHECK (hours >= 1 AND hours <= 12)", "CHECK (houres >= 1)", 1)
    found = review(text, "embedded", tmp_path)
    assert not found.sound
    assert any("houres" in defect.fact and defect.line for defect in found.defects)


def test_the_script_runs_under_the_documents_own_settings(tmp_path: Path) -> None:
    """Every connection says them first: a setting that a check of the schema cannot live with is found."""
    checked = document("sqlite").replace("CHECK (hours >= 1", "CHECK (json_valid(hours) AND hours >= 1", 1)
    found = review(checked, "embedded", tmp_path)
    assert any("unsafe use of json_valid" in defect.fact for defect in found.defects)


def test_one_container_writes_one_file(room: PublishedDesign) -> None:
    made = platform_deployment(room)
    assert not [finding for finding in made.findings if finding.severity == "error"]
    compose = next(file for file in made.configurations if file.path == "docker-compose.yml").documents[0]
    services = compose["services"]
    assert isinstance(services, dict)
    assert services["application"]["scale"] == 1  # type: ignore[index,call-overload]
    assert "Replicas" in {absence.subject for absence in made.absences}


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 shell is not installed")
def test_the_scripts_make_copy_and_restore_the_file(room: PublishedDesign, tmp_path: Path) -> None:
    for file in deployment_files(platform_deployment(room)):
        target = tmp_path / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    (tmp_path / "o'data").mkdir()
    variables = (tmp_path / ".env.example").read_text().replace("$HOME", f"{tmp_path}/o\\'data")
    (tmp_path / ".env").write_text(variables)

    def sh(*words: str) -> str:
        done = subprocess.run(["sh", *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    if "Litestream" in (room.backup.method if room.backup else ""):
        assert "made at step" in sh("deploy/migrate.sh")
        return
    assert "made at step" in sh("deploy/migrate.sh")
    assert "stands at step" in sh("deploy/migrate.sh")
    (file,) = (tmp_path / "o'data" / "reading-room-data").glob("*.db")
    assert (os.stat(file).st_mode & 0o777, os.stat(file.parent).st_mode & 0o777) == (0o600, 0o700)
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO seats (label, price_per_hour, power_outlet) VALUES ('by the window', 250, 1)")
    sh("deploy/backup.sh")
    (copy,) = (tmp_path / "o'data" / "backups" / "reading-room").glob("*.db")
    sh("deploy/backup.sh", "restore", str(copy))
    (restored,) = file.parent.glob("*_restored.db")
    with sqlite3.connect(restored) as connection:
        assert connection.execute("SELECT label FROM seats").fetchall() == [("by the window",)]


def test_a_setting_that_is_lost_is_found(room: PublishedDesign) -> None:
    from agents.platform_deployment.checks import all_findings
    from agents.platform_deployment.facts import facts_of

    made = platform_deployment(room)
    scripts = tuple(
        script.model_copy(update={"text": script.text.replace("PRAGMA foreign_keys = on;\n", "")})
        for script in made.scripts
    )
    found = all_findings(facts_of(room), made.model_copy(update={"scripts": scripts}))
    assert [finding.element for finding in found if finding.check == "setting-lost"] == ["setting.foreign_keys"]


def test_the_document_is_taken_as_it_lies_there(tmp_path: Path) -> None:
    edited = document("sqlite").replace("hours <= 12", "hours <= 24")
    assert design(edited, "embedded", tmp_path).edited is True
    assert placed(edited, tmp_path).is_file()
