"""Exports: SQLAlchemy models compared with the applied schema, and the other languages by what can be read of them."""

import re
import sys
import types
import warnings

import psycopg
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from agents.naming import singular
from agents.requirement_analysis import requirement_analysis
from artifacts.exports import exports
from artifacts.exports.dbml import dbml
from artifacts.exports.dialects.postgresql import SPELLING
from artifacts.exports.efcore import entity_classes
from artifacts.exports.jpa import entities
from artifacts.exports.names import Names
from artifacts.exports.prisma import prisma
from artifacts.exports.sqlalchemy import models
from artifacts.script import script_text
from contracts.evolution import SchemaState
from contracts.plan import Design
from contracts.schema import SchemaDesign
from flows.engines.schema_state import schema_state
from flows.engines.session import connected
from flows.inputs import brief_from_text
from tests.evolution.designs import design
from tests.evolution.servers import Tools

SHOP, CLINIC, HABITS = (f"examples/{name}/INITIAL.md" for name in ("shop", "clinic", "habits"))


def loaded(text: str, name: str) -> types.ModuleType:
    """The generated module, imported."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - what we generated ourselves
    return module


def differences(dsn: str, metadata: sqlalchemy.MetaData) -> list[object]:
    """What alembic finds between a database and models, but for tables that the models leave out."""
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))

    def included(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        expression = kind == "index" and any(getattr(e, "name", None) is None for e in thing.expressions)  # type: ignore[attr-defined]
        return not expression and (kind != "table" or name in metadata.tables)

    options = {"compare_type": True, "compare_server_default": True, "include_object": included}
    with engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", sqlalchemy.exc.SAWarning)  # types of tables that the models leave out
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    return found


def rules(dsn: str, tables: frozenset[str]) -> dict[tuple[str, str, str], object]:
    """Checks, exclusion constraints and indexes of these tables, as the server spells them."""
    with connected(dsn) as connection:
        state: SchemaState = schema_state(connection, "")
    return {
        o.key: o.facts["definition"]
        for o in state.objects
        if o.table in tables
        and (o.kind == "index" or (o.kind == "constraint" and o.facts["type"] in ("c", "x", "u", "f")))
    }


@pytest.mark.parametrize("brief", [SHOP, CLINIC])
def test_sqlalchemy_models_are_the_applied_schema(tools: Tools, brief: str) -> None:
    made = design(brief)
    module = loaded(models(made.requirements.title, made.schema_design, SPELLING), f"models_of_{made.brief.project}")
    sqlalchemy.orm.configure_mappers()
    applied = tools.dsn(tools.create("applied"))
    tools.apply("applied", script_text(made.script()))
    assert differences(applied, module.Base.metadata) == []

    created = tools.dsn(tools.create("created"))
    tools.apply("created", "".join(f"CREATE EXTENSION {name};" for name in made.schema_design.extensions))
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(created))
    module.Base.metadata.create_all(engine)
    engine.dispose()
    tables = frozenset(table.name for table in made.schema_design.tables)
    security = {statement.element.partition(".")[2] for statement in made.security.statements}
    wanted = {key: text for key, text in rules(applied, tables).items() if key[2] not in security}
    assert rules(created, tables) == wanted

    tools.apply("applied", "ALTER TABLE " + made.schema_design.tables[0].name + " ADD COLUMN surprise text")
    assert len(differences(applied, module.Base.metadata)) == 1  # the comparison can fail
    for name in ("applied", "created"):
        tools.create(name)
    tools.forget_roles(made.brief.project.replace("-", "_"))


@pytest.mark.parametrize(("language", "files"), [
    ("", []), ("python", ["models/models.py"]), ("typescript", ["models/schema.prisma"]),
    ("java", ["models/Habit.java", "models/Tick.java"]), ("csharp", ["models/Models.cs"]),
])  # fmt: skip
def test_models_are_in_the_language_of_the_brief(language: str, files: list[str]) -> None:
    made = design(HABITS)
    stack = made.requirements.stack.model_copy(update={"language": language})
    changed = made.model_copy(update={"requirements": made.requirements.model_copy(update={"stack": stack})})
    found = exports(changed)
    assert sorted(found) == sorted(["schema.dbml", *files])
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in found.values())


def everything(made: Design) -> dict[str, str]:
    """All exports of a design."""
    title, schema = made.requirements.title, made.schema_design
    java = "\n".join(entities(title, schema).values())
    return {
        "dbml": dbml(title, schema),
        "prisma": prisma(title, schema, SPELLING),
        "jpa": java,
        "ef": entity_classes(title, schema),
    }


def test_every_column_and_reference_stands_in_every_export() -> None:
    made = design(SHOP)
    for kind, text in everything(made).items():
        for table in made.schema_design.tables:
            assert re.search(rf'"?{table.name}"?', text), (kind, table.name)
            missing = [c.name for c in table.columns if not re.search(rf"\b{c.name}\b", text)]
            assert missing == [], (kind, table.name)
            if kind != "jpa":
                assert [k.name for k in table.foreign_keys if k.name not in text] == [], kind


def test_dbml_is_read_back_as_the_same_tables() -> None:
    made = design(SHOP)
    text = f"# Shop - Data Application Requirements\n\n```dbml\n{dbml('Shop', made.schema_design)}```\n"
    read = requirement_analysis(brief_from_text(text, "shop", "2026-11-01"))
    assert {entity.name for entity in read.entities} == {
        table.entity or singular(table.name) for table in made.schema_design.tables
    }


def test_names_are_given_once_and_words_of_the_language_are_left_alone() -> None:
    schema = design(SHOP).schema_design
    names = Names(schema, ("Order", "status"))
    assert names.classes["orders"] == "OrdersRow"
    assert names.attribute("status") == "status_"
    for table in schema.tables:
        used = [names.attribute(c.name) for c in table.columns]
        used += [r.one for r in names.out_of(table)] + [r.many for r in names.into(table)]
        assert len(used) == len(set(used)), table.name


def test_words_of_a_brief_stay_text() -> None:
    made = design(HABITS)
    evil = 'x"""\n*/ import os; `'
    tables = tuple(t.model_copy(update={"comment": evil}) for t in made.schema_design.tables)
    schema = made.schema_design.model_copy(update={"tables": tables})
    module = loaded(models(evil, schema, SPELLING), "evil_models")
    assert module.Base.metadata.tables["habits"].comment == evil
    texts = [*exports_of(evil, schema), *entities(evil, schema).values()]
    assert not any(line.startswith(("import os", "*/")) for text in texts for line in text.splitlines())
    assert all(text.count("*/") == 1 for name, text in entities(evil, schema).items() if not name.endswith("Id.java"))


def exports_of(title: str, schema: SchemaDesign) -> list[str]:
    """The exports that are one file."""
    return [dbml(title, schema), prisma(title, schema, SPELLING), entity_classes(title, schema)]
