"""Versioned steps from an empty file to the design, each with its way back, recorded in the file itself.

DDL is transactional in SQLite, so a step and its record are one transaction. `user_version` in the file's header
counts the steps, and an application knows with one read whether the file is its own.
"""

import re
from collections.abc import Sequence

from agents.dialects.sqlite.spelling import literal, quoted
from agents.figures import counted
from agents.migration_steps import (
    ELEMENT,
    Step,
    executes,
    numbered,
    record,
    reverts,
    schema_title,
    served_by_tables,
)
from agents.naming import constraint_name
from contracts.base import Statement
from contracts.claims import Accepted, Claim, Refused, Returns
from contracts.migrations import Migration, MigrationPlan
from contracts.operations import OperationsPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan

TABLE = f"""CREATE TABLE schema_migrations (
    version TEXT NOT NULL,
    description TEXT NOT NULL,
    applied_at TEXT NOT NULL DEFAULT (datetime('now')),
    rollback_sql TEXT NOT NULL,
    CONSTRAINT {constraint_name("pk", "schema_migrations")} PRIMARY KEY (version)
) STRICT, WITHOUT ROWID"""

_NAME = r'("[^"]+"|\w+)'
_MADE = (
    (rf"CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?{_NAME}", "DROP TABLE IF EXISTS {0}"),
    (rf"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?{_NAME}", "DROP INDEX IF EXISTS {0}"),
    (rf"CREATE VIEW (?:IF NOT EXISTS )?{_NAME}", "DROP VIEW IF EXISTS {0}"),
    (rf"CREATE TRIGGER (?:IF NOT EXISTS )?{_NAME}", "DROP TRIGGER IF EXISTS {0}"),
)
"""What a statement makes and what undoes it; a setting or a query makes nothing of its own."""

_TOLD = {"migration.user_version": "The file counts its steps"}


def undone(sql: str) -> str | None:
    """The statement that undoes this one, None when it leaves nothing of its own behind.

    >>> undone("CREATE UNIQUE INDEX uq_a ON a (b)"), undone("PRAGMA foreign_keys = ON")
    ('DROP INDEX IF EXISTS uq_a', None)
    """
    for pattern, drop in _MADE:
        if matched := re.match(pattern, sql.strip(), re.IGNORECASE):
            return drop.format(matched.group(1))
    return None


def ways_back(statements: Sequence[Statement]) -> tuple[str, ...]:
    """The statements that undo these, last first; indexes and triggers go with their tables and need no line.

    Triggers come first nonetheless: one that refuses to lose rows refuses the DROP of its table as well, since SQLite
    deletes the rows that something refers to before it drops what they are in.
    """
    drops = [drop for statement in reversed(statements) if (drop := undone(statement.sql))]
    triggers = [drop for drop in drops if drop.startswith("DROP TRIGGER")]
    tables = {drop.rpartition(" ")[2] for drop in drops if drop.startswith("DROP TABLE")}
    made = {undone(s.sql): _on(s.sql) for s in statements}
    others = [d for d in drops if d not in triggers and not (d.startswith("DROP INDEX") and made.get(d) in tables)]
    return (*triggers, *others)


def _on(sql: str) -> str:
    found = re.search(rf"\bON {_NAME}", sql, re.IGNORECASE)
    return found.group(1) if found else ""


def migration_plan(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan) -> MigrationPlan:
    """The steps that this design consists of: a step without statements does not exist."""
    steps = _steps(schema, security, operations)
    serves = served_by_tables(schema)
    migrations = numbered(steps, serves)
    statements = (_table(migrations), *(_record(m) for m in migrations), _version(migrations))
    return MigrationPlan(
        migrations=migrations,
        statements=statements,
        claims=(
            *(executes(statement, serves, _TOLD.get(statement.id, "")) for statement in statements),
            _listed(migrations, serves),
            _counted(migrations, serves),
            reverts(
                steps,
                f"The {_ways(len(steps))} nothing behind, and the document runs again",
                ("DROP TABLE schema_migrations", "PRAGMA user_version = 0"),
                serves,
            ),
            *_limits(schema, serves),
        ),
    )


def _ways(count: int) -> str:
    return "way back leaves" if count == 1 else f"{count} ways back, last step first, leave"


def _steps(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan) -> list[Step]:
    """Title, statements and ways back of each step, in the order of the document."""
    base = tuple(s for s in schema.statements if s.section in ("schema", "partitioning"))
    kept = tuple(s for s in operations.statements if undone(s.sql))
    audited = f"audit of {counted(len(security.audit.tables), 'table')}" if security.audit else "rules of the file"
    candidates: list[Step] = [
        (schema_title(schema), base, ways_back(base)),
        ("Objects of the monitoring", kept, ways_back(kept)),
        (f"Security: {audited}", security.statements, security.rollback),
    ]
    return [step for step in candidates if step[1]]


def _table(migrations: Sequence[Migration]) -> Statement:
    return Statement(
        id=ELEMENT,
        section="migration",
        sql=TABLE,
        comment=f"Records the {counted(len(migrations), 'step')} of this document and every later one, with its way "
        "back. Each later step runs between BEGIN IMMEDIATE and COMMIT with its record: DDL is transactional",
        element=ELEMENT,
    )


def _record(migration: Migration) -> Statement:
    return record(
        migration,
        "INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (\n"
        f"    {literal(migration.version)},\n    {literal(migration.title)},\n    {literal(migration.rollback)}\n)",
    )


def _version(migrations: Sequence[Migration]) -> Statement:
    return Statement(
        id="migration.user_version",
        section="migration",
        sql=f"PRAGMA user_version = {len(migrations)}",
        comment="The number of the last step, in the header of the file; an application that finds another number than "
        "its own migrates first, or refuses to open a file from its future",
        element="migration.user_version",
    )


def _listed(migrations: Sequence[Migration], serves: tuple[str, ...]) -> Claim:
    return Claim(
        id=f"{ELEMENT}.lists_versions",
        sentence=f"schema_migrations lists {counted(len(migrations), 'step')}, each with the length of its way back",
        element=ELEMENT,
        serves=serves,
        trial=Returns(
            sql=("SELECT version, description, length(rollback_sql) FROM schema_migrations ORDER BY version",),
            rows=tuple((m.version, m.title, str(len(m.rollback))) for m in migrations),
        ),
    )


def _counted(migrations: Sequence[Migration], serves: tuple[str, ...]) -> Claim:
    return Claim(
        id="migration.user_version.counts",
        sentence=f"The header of the file says that it stands at step {len(migrations)}",
        element="migration.user_version",
        serves=serves,
        trial=Returns(sql=("PRAGMA user_version",), rows=((str(len(migrations)),),)),
    )


def _limits(schema: SchemaDesign, serves: tuple[str, ...]) -> tuple[Claim, ...]:
    """What ALTER TABLE does by itself here, and what needs a new table: tried on a copy of the largest one."""
    table = max(schema.tables, key=lambda t: (t.expected_rows, t.name), default=None)
    if table is None:
        return ()
    copy = f"CREATE TABLE migration_trial AS SELECT * FROM {quoted(table.name)} LIMIT 10"
    return (
        Claim(
            id="migration.alter.adds_a_column",
            sentence="A column with a constant default is added in place, without writing a row",
            element=ELEMENT,
            serves=serves,
            trial=Accepted(sql=(copy, "ALTER TABLE migration_trial ADD COLUMN added TEXT NOT NULL DEFAULT ''")),
        ),
        Claim(
            id="migration.alter.adds_no_required_column",
            sentence="A required column without a default cannot be added in place: it needs a new table, a copy of "
            "the rows and a rename",
            element=ELEMENT,
            serves=serves,
            trial=Refused(sql=(copy, "ALTER TABLE migration_trial ADD COLUMN added TEXT NOT NULL"), sqlstate="HY000"),
        ),
    )
