"""Versioned steps from an empty database to the design, each with its way back, recorded in the database itself.

The way back is derived from the statements: what was made last is dropped first. The record of the security step
is written in the migration section, before that step runs, because the document's sections have a fixed order: the
file is therefore run in one transaction (`psql --single-transaction`), so that a record never outlives a failure.
"""

import re
from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import literal
from agents.migration_steps import Step, executes, numbered, record, reverts, schema_title, served_by_tables
from contracts.base import Statement
from contracts.claims import Claim, Returns
from contracts.migrations import Migration, MigrationPlan
from contracts.operations import OperationsPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan

TABLE = """CREATE TABLE schema_migrations (
    version text CONSTRAINT pk_schema_migrations PRIMARY KEY,
    description text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_by text NOT NULL DEFAULT session_user,
    execution_ms integer,
    rollback_sql text NOT NULL
)"""

_NAME = r'((?:"[^"]+"|[\w.]+))'
_MADE = (
    (rf"CREATE TABLE (?:IF NOT EXISTS )?{_NAME}", "DROP TABLE IF EXISTS {0}"),
    (rf"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?{_NAME} ON ", "DROP INDEX IF EXISTS {0}"),
    (rf"CREATE EXTENSION (?:IF NOT EXISTS )?{_NAME}", "DROP EXTENSION IF EXISTS {0}"),
    (rf"CREATE (?:OR REPLACE )?FUNCTION {_NAME} ?\(([^)]*)\)", "DROP FUNCTION IF EXISTS {0}({1})"),
    (rf"CREATE TYPE {_NAME}", "DROP TYPE IF EXISTS {0}"),
    (rf"CREATE DOMAIN {_NAME}", "DROP DOMAIN IF EXISTS {0}"),
    (rf"CREATE (?:OR REPLACE )?VIEW {_NAME}", "DROP VIEW IF EXISTS {0}"),
    (rf"CREATE MATERIALIZED VIEW {_NAME}", "DROP MATERIALIZED VIEW IF EXISTS {0}"),
    (rf"CREATE SEQUENCE {_NAME}", "DROP SEQUENCE IF EXISTS {0}"),
    (rf"CREATE TRIGGER {_NAME}[^;]*? ON {_NAME}", "DROP TRIGGER IF EXISTS {0} ON {1}"),
    (rf"ALTER TABLE {_NAME} ADD CONSTRAINT {_NAME}", "ALTER TABLE {0} DROP CONSTRAINT IF EXISTS {1}"),
    (rf"ALTER TABLE {_NAME} SET \((\w+) =", "ALTER TABLE {0} RESET ({1})"),
)
"""What a statement makes and what undoes it; a statement that makes nothing lasting (PREPARE, COMMENT) has no line."""


def undone(sql: str) -> str | None:
    """The statement that undoes this one, None when it leaves nothing of its own behind.

    >>> undone("CREATE UNIQUE INDEX uq_a ON a (b)"), undone("COMMENT ON TABLE a IS 'x'")
    ('DROP INDEX IF EXISTS uq_a', None)
    >>> undone('CREATE TABLE "user" (id bigint)')
    'DROP TABLE IF EXISTS "user"'
    """
    for pattern, drop in _MADE:
        if matched := re.match(pattern, sql.strip(), re.IGNORECASE | re.DOTALL):
            return drop.format(*(group or "" for group in matched.groups()))
    return None


def ways_back(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The statements that undo these, last first; indexes and triggers go with their tables and need no line."""
    made = list(statements)
    tables = {m.group(1) for s in made if (m := re.match(_MADE[0][0], s.sql, re.IGNORECASE))}
    drops = []
    for statement in reversed(made):
        drop = undone(statement.sql)
        if drop and not (tables and drop.startswith(("DROP INDEX", "DROP TRIGGER")) and _on(statement.sql) in tables):
            drops.append(drop)
    return tuple(drops)


def _on(sql: str) -> str:
    found = re.search(rf" ON (?:ONLY )?{_NAME}", sql, re.IGNORECASE)
    return found.group(1) if found else ""


def migration_plan(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan) -> MigrationPlan:
    """The steps that this design consists of: a step without statements does not exist."""
    steps = _steps(schema, security, operations)
    serves = served_by_tables(schema)
    migrations = numbered(steps, serves)
    records = tuple(_record(migration) for migration in migrations)
    table = Statement(
        id="migration.schema_migrations",
        section="migration",
        sql=TABLE,
        comment=f"Records the {len(migrations)} steps of this document and every later one, with its way back. "
        "Run the document in one transaction, so that a record stands only when its step succeeded",
        element="migration.schema_migrations",
    )
    statements = (table, *records)
    return MigrationPlan(
        migrations=migrations,
        statements=statements,
        claims=(
            *(executes(statement, serves) for statement in statements),
            _listed(migrations, serves),
            reverts(
                steps,
                f"The {len(steps)} ways back, last step first, leave nothing behind, and the document runs again",
                ("DROP TABLE schema_migrations",),
                serves,
            ),
        ),
    )


def _steps(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan) -> list[Step]:
    """Title, statements and ways back of each step, in the order of the document."""
    base = tuple(s for s in schema.statements if s.section == "schema")
    tuned = tuple(s for s in operations.statements if undone(s.sql))
    parts = tuple(s for s in (*schema.statements, *operations.statements) if s.section == "partitioning")
    split = [table.name for table in schema.tables if table.partitioning]
    candidates: list[Step] = [
        (schema_title(schema), base, ways_back(base)),
        (f"Autovacuum of {len(tuned)} tables that change fast", tuned, ways_back(tuned)),
        (f"Partitions of {', '.join(split)}", parts, ways_back(parts)),
        (_security_title(security), security.statements, security.rollback),
    ]
    return [step for step in candidates if step[1]]


def _security_title(security: SecurityPlan) -> str:
    audited = f", audit of {len(security.audit.tables)} tables" if security.audit else ""
    return f"Security: {len(security.roles)} roles, {len(security.policies)} row policies{audited}"


def _record(migration: Migration) -> Statement:
    """The row of one step; its way back is dollar-quoted, so that it reads as it runs."""
    return record(
        migration,
        "INSERT INTO schema_migrations (version, description, rollback_sql) VALUES (\n"
        f"    {literal(migration.version)},\n    {literal(migration.title)},\n    "
        f"{dollar_quoted(migration.rollback)}\n)",
    )


def dollar_quoted(text: str) -> str:
    """The text as a dollar-quoted literal whose tag does not occur in it.

    >>> dollar_quoted("DROP TABLE a;")
    '$rollback$DROP TABLE a;$rollback$'
    """
    tag, number = "$rollback$", 2
    while tag in text:
        tag, number = f"$rollback{number}$", number + 1
    return f"{tag}{text}{tag}"


def _listed(migrations: Sequence[Migration], serves: tuple[str, ...]) -> Claim:
    return Claim(
        id="migration.schema_migrations.lists_versions",
        sentence=f"schema_migrations lists {len(migrations)} steps, each with the length of its way back",
        element="migration.schema_migrations",
        serves=serves,
        trial=Returns(
            sql=("SELECT version, description, length(rollback_sql) FROM schema_migrations ORDER BY version",),
            rows=tuple((m.version, m.title, str(len(m.rollback))) for m in migrations),
        ),
    )
