"""Versioned steps as every engine family has them: numbered, recorded by a statement each, undone last first."""

from collections.abc import Iterable, Sequence

from agents.figures import counted
from contracts.base import Origin, Statement
from contracts.claims import Claim, Executes, Reverts
from contracts.migrations import Migration
from contracts.schema import SchemaDesign

ELEMENT = "migration.schema_migrations"

Step = tuple[str, tuple[Statement, ...], tuple[str, ...]]
"""Title, statements and ways back."""


def schema_title(schema: SchemaDesign) -> str:
    """What the first step is called."""
    count = len(schema.indexes)
    return f"Schema of {counted(len(schema.tables), 'table')} with {count} {'index' if count == 1 else 'indexes'}"


def served_by_tables(schema: SchemaDesign) -> tuple[str, ...]:
    """Whom the steps serve: everybody whom a table serves."""
    return tuple(dict.fromkeys(i for table in schema.tables for i in table.serves))


def numbered(steps: Iterable[Step], serves: tuple[str, ...]) -> tuple[Migration, ...]:
    """The steps as V001, V002, …; a way back is its statements, one a line."""
    return tuple(
        Migration(
            version=f"V{number:03}",
            title=title,
            statements=tuple(statement.id for statement in statements),
            rollback="".join(f"{sql};\n" for sql in back),
            origin=Origin(kind="convention", rule="a change of the schema is a versioned step with its way back"),
            serves=serves,
        )
        for number, (title, statements, back) in enumerate(steps, 1)
    )


def record(migration: Migration, sql: str) -> Statement:
    """The statement that records a step."""
    return Statement(
        id=f"migration.{migration.version.lower()}",
        section="migration",
        sql=sql,
        comment=f"{migration.version}: {migration.title}"
        + ("; the security section below is this step" if migration.title.startswith("Security:") else ""),
        element=f"migration.{migration.version.lower()}",
    )


def executes(statement: Statement, serves: tuple[str, ...], sentence: str = "") -> Claim:
    """The statement executes; `sentence` says what it makes where it records no step."""
    made = "The table of migrations is made" if statement.id == ELEMENT else f"{statement.element} is recorded"
    return Claim(
        id=f"{statement.id}.executes",
        sentence=sentence or made,
        element=statement.element,
        serves=serves,
        trial=Executes(statement=statement.id),
    )


def reverts(steps: Sequence[Step], sentence: str, last: Iterable[str], serves: tuple[str, ...]) -> Claim:
    """The ways back, last step first, and then `last`, which undoes the record itself, leave nothing."""
    rollbacks = tuple(sql for _, _, back in reversed(steps) for sql in back)
    return Claim(
        id="migration.reverts",
        sentence=sentence,
        element=ELEMENT,
        serves=serves,
        trial=Reverts(rollbacks=(*rollbacks, *last)),
    )
