"""SQLAlchemy models of the other families, compared with the schema that their engine made; Prisma's providers."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from agents.requirement_analysis import requirement_analysis
from artifacts.exports.dialects import spelling
from artifacts.exports.prisma import prisma
from artifacts.exports.sqlalchemy import models
from contracts.plan import Design
from flows.direct import DirectRun
from flows.engines.errors import EngineError
from flows.engines.mariadb.locate import found
from flows.engines.mariadb.server import Server, scratch, serving
from flows.engines.sqlite.script import executed
from flows.engines.sqlite.session import Database
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import whole_design
from tests.evolution.test_exports import loaded

BRIEFS = ("examples/clinic/INITIAL.md", "examples/habits/INITIAL.md", "tests/handover/reading-room.md")


def designed(brief: str, family: str) -> Design:
    """The design of a brief for this family."""
    read = brief_from_file(brief, "", "2026-11-01", database=family)
    return whole_design(read, requirement_analysis(read), DirectRun(Silent()))


def module_of(made: Design) -> Any:
    """The generated models, imported."""
    words = spelling(made.schema_design.dialect)
    assert words is not None
    name = f"models_of_{made.brief.project}_{made.schema_design.dialect}".replace("-", "_")
    module = loaded(models(made.requirements.title, made.schema_design, words), name)
    sqlalchemy.orm.configure_mappers()
    return module


def differences(engine: sqlalchemy.Engine, metadata: sqlalchemy.MetaData) -> list[object]:
    """What alembic finds, but for tables, generated columns and indexes that the models leave to the migrations."""

    def included(thing: Any, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        if kind == "table":
            return name in metadata.tables
        if kind == "index" and reflected and other is None:
            words = any(thing.dialect_options[name].get("prefix") for name in ("mysql", "mariadb"))
            return not (words or any(column.computed for column in thing.columns))
        if kind in ("index", "unique_constraint"):
            return not any(getattr(e, "name", None) is None for e in getattr(thing, "expressions", ()))
        return not (kind == "column" and reflected and thing.computed is not None)

    def other_default(context: object, seen: object, wanted: object, given: str | None, *more: object) -> bool:
        """Whether defaults differ in more than brackets, case and quotes."""
        return _plain(given) != _plain(more[-1] if more else None)

    options = {"compare_type": True, "compare_server_default": other_default, "include_object": included}
    with engine.connect() as connection:
        seen = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return [one for one in seen if not _is_key(one, metadata)]


def _plain(default: object) -> str:
    return str(default or "").lower().strip("()'").replace("true", "1").replace("false", "0")


def _is_key(found: Any, metadata: sqlalchemy.MetaData) -> bool:
    """Whether it is said of a key alone that it may be NULL: SQLite says so of the row's own number."""
    if not isinstance(found, list) or [one[0] for one in found] != ["modify_nullable"]:
        return False
    _, _, table, column, *_ = found[0]
    return bool(metadata.tables[table].columns[column].primary_key)


@pytest.mark.parametrize("brief", BRIEFS[1:])
def test_models_are_the_file_of_sqlite(brief: str, tmp_path: Path) -> None:
    made = designed(brief, "sqlite")
    database = Database(tmp_path / "applied.db")
    with contextlib.closing(database.connected()) as connection:
        for statement in made.script():
            assert not executed(connection, statement.sql).failed, statement.id
    engine = sqlalchemy.create_engine(f"sqlite:///{database.path}")
    metadata = module_of(made).Base.metadata
    assert differences(engine, metadata) == []
    with sqlite3.connect(database.path) as connection:
        table = next(iter(metadata.tables))
        connection.execute(f"ALTER TABLE {table} ADD COLUMN planted TEXT")
    assert differences(engine, metadata), "a planted column is found"
    engine.dispose()


def test_a_moment_is_kept_in_the_form_that_the_checks_ask_for() -> None:
    moment = module_of(designed(BRIEFS[2], "sqlite")).Moment()
    noon = dt.datetime(2026, 11, 1, 13, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert moment.process_bind_param(noon, None) == "2026-11-01 12:00:00"
    assert moment.process_result_value("2026-11-01 12:00:00", None) == noon


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        info = found("installed")
    except EngineError as error:
        pytest.skip(str(error))
    with serving(info) as running:
        yield running


@pytest.mark.parametrize("brief", [BRIEFS[0], BRIEFS[2]])
def test_models_are_the_schema_of_mariadb(brief: str, server: Server) -> None:
    made = designed(brief, "mariadb")
    text = "\n".join(statement.sql for statement in made.script())
    with scratch(server, "experiment", text) as place:
        for statement in made.script():
            place.script.cursor().execute(statement.sql)
        given = dict(server.address.arguments) | {"database": place.database}
        engine = sqlalchemy.create_engine("mariadb+pymysql://", creator=lambda: pymysql.connect(**given))
        metadata = module_of(made).Base.metadata
        assert differences(engine, metadata) == []
        table = next(iter(metadata.tables))
        place.script.cursor().execute(f"ALTER TABLE {table} MODIFY created_at DATE NULL")
        assert differences(engine, metadata), "a changed column is found"
        engine.dispose()


@pytest.mark.parametrize(
    ("family", "provider", "day"), [("sqlite", "sqlite", "String"), ("mariadb", "mysql", "DateTime @db.Date")]
)
def test_prisma_has_the_familys_provider_and_types(family: str, provider: str, day: str) -> None:
    made, words = designed(BRIEFS[2], family), spelling(family)
    assert words is not None
    text = prisma("Reading Room", made.schema_design, words)
    assert f'provider = "{provider}"' in text
    assert any(line.split(" ", 3)[2:] and line.strip().startswith("day ") and day in line for line in text.splitlines())
    assert "Unsupported" not in text
