"""Versioned steps from an empty database to the design, each with its way back, recorded in the database itself.

DDL commits by itself in MariaDB, so a step that fails half-way leaves what it had made: the record is written when a
step begins and says when it ended, one runner at a time holds a named lock, and a step without its end is taken back
by its own `rollback_sql`, every line of which says IF EXISTS.
"""

import re
from collections.abc import Iterable, Sequence

from agents.dialects.mariadb.product import MARIADB, Product
from agents.dialects.mariadb.spelling import literal
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
from contracts.claims import Claim, Refused, Returns
from contracts.migrations import Migration, MigrationPlan
from contracts.operations import OperationsPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan

TABLE = f"""CREATE TABLE schema_migrations (
    version VARCHAR(20) NOT NULL,
    description VARCHAR(500) NOT NULL,
    started_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    finished_at DATETIME(6),
    applied_by VARCHAR(200) NOT NULL DEFAULT (CURRENT_USER()),
    rollback_sql MEDIUMTEXT NOT NULL,
    CONSTRAINT {constraint_name("pk", "schema_migrations")} PRIMARY KEY (version),
    CONSTRAINT {constraint_name("ck", "schema_migrations", "finished_at")} CHECK (finished_at >= started_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"""

_NAME = r"(`[^`]+`|\w+)"
_MADE = (
    (rf"CREATE (?:OR REPLACE )?TABLE (?:IF NOT EXISTS )?{_NAME}", "DROP TABLE IF EXISTS {0}"),
    (rf"CREATE (?:OR REPLACE )?SEQUENCE (?:IF NOT EXISTS )?{_NAME}", "DROP SEQUENCE IF EXISTS {0}"),
    (
        r"CREATE (?:OR REPLACE )?(?:ALGORITHM ?= ?\w+ )?(?:DEFINER ?= ?\S+ )?(?:SQL SECURITY \w+ )?"
        rf"VIEW (?:IF NOT EXISTS )?{_NAME}",
        "DROP VIEW IF EXISTS {0}",
    ),
    (rf"CREATE (?:OR REPLACE )?(?:DEFINER ?= ?\S+ )?TRIGGER (?:IF NOT EXISTS )?{_NAME}", "DROP TRIGGER IF EXISTS {0}"),
    (
        rf"CREATE (?:OR REPLACE )?(?:DEFINER ?= ?\S+ )?(?:AGGREGATE )?FUNCTION (?:IF NOT EXISTS )?{_NAME}",
        "DROP FUNCTION IF EXISTS {0}",
    ),
    (
        rf"CREATE (?:OR REPLACE )?(?:DEFINER ?= ?\S+ )?PROCEDURE (?:IF NOT EXISTS )?{_NAME}",
        "DROP PROCEDURE IF EXISTS {0}",
    ),
    (rf"CREATE (?:OR REPLACE )?(?:DEFINER ?= ?\S+ )?EVENT (?:IF NOT EXISTS )?{_NAME}", "DROP EVENT IF EXISTS {0}"),
    (
        rf"CREATE (?:OR REPLACE )?(?:UNIQUE |FULLTEXT |SPATIAL )?INDEX (?:IF NOT EXISTS )?{_NAME} ON {_NAME}",
        "DROP INDEX IF EXISTS {0} ON {1}",
    ),
    (rf"ALTER TABLE {_NAME} ADD CONSTRAINT {_NAME} FOREIGN KEY", "ALTER TABLE {0} DROP FOREIGN KEY IF EXISTS {1}"),
    (rf"ALTER TABLE {_NAME} ADD CONSTRAINT {_NAME}", "ALTER TABLE {0} DROP CONSTRAINT IF EXISTS {1}"),
)
"""What a statement makes and what undoes it; a statement that makes nothing lasting (PREPARE, SET) has no line."""


def undone(sql: str, product: Product = MARIADB) -> str | None:
    """The statement that undoes this one, None when it leaves nothing of its own behind.

    >>> undone("CREATE UNIQUE INDEX uq_a ON a (b)"), undone("PREPARE q FROM 'SELECT 1'")
    ('DROP INDEX IF EXISTS uq_a ON a', None)
    >>> undone("CREATE TRIGGER `a_b` BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1")
    'DROP TRIGGER IF EXISTS `a_b`'
    """
    for pattern, drop in _MADE:
        if matched := re.match(pattern, sql.strip(), re.IGNORECASE | re.DOTALL):
            return _spelled(drop.format(*matched.groups()), product)
    return None


def _spelled(drop: str, product: Product) -> str:
    """Parts of a table are dropped without IF EXISTS where the product has none."""
    parts = product.drops_if_exists or not drop.startswith(("DROP INDEX", "ALTER TABLE"))
    return drop if parts else drop.replace(" IF EXISTS", "")


def ways_back(statements: Iterable[Statement], product: Product = MARIADB) -> tuple[str, ...]:
    """The statements that undo these, last first; indexes and triggers go with their tables and need no line."""
    made = [(statement.sql, drop) for statement in statements if (drop := undone(statement.sql, product))]
    tables = {drop.rpartition(" ")[2] for _, drop in made if drop.startswith("DROP TABLE")}
    return tuple(
        drop
        for sql, drop in reversed(made)
        if not (drop.startswith(("DROP INDEX", "DROP TRIGGER")) and _on(sql) in tables)
    )


def _on(sql: str) -> str:
    found = re.search(rf"\bON {_NAME}", sql, re.IGNORECASE)
    return found.group(1) if found else ""


def migration_plan(
    schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan, product: Product = MARIADB
) -> MigrationPlan:
    """The steps that this design consists of: a step without statements does not exist."""
    steps = _steps(schema, security, operations, product)
    serves = served_by_tables(schema)
    migrations = numbered(steps, serves)
    statements = (_table(migrations), *(_record(migration) for migration in migrations))
    return MigrationPlan(
        migrations=migrations,
        statements=statements,
        claims=(
            *(executes(statement, serves) for statement in statements),
            _listed(migrations, serves),
            _once(serves),
            _alone(serves),
            reverts(
                steps,
                f"The {len(steps)} ways back, last step first, leave nothing behind, and the document runs again",
                ("DROP TABLE schema_migrations",),
                serves,
            ),
        ),
    )


def _steps(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan, product: Product) -> list[Step]:
    """Title, statements and ways back of each step, in the order of the document."""
    base = tuple(s for s in schema.statements if s.section == "schema")
    kept = tuple(s for s in operations.statements if undone(s.sql))
    parts = tuple(s for s in schema.statements if s.section == "partitioning" and undone(s.sql))
    split = [table.name for table in schema.tables if table.partitioning]
    audited = f", audit of {counted(len(security.audit.tables), 'table')}" if security.audit else ""
    candidates: list[Step] = [
        (schema_title(schema), base, ways_back(base, product)),
        ("Objects of the monitoring", kept, ways_back(kept, product)),
        (f"Upkeep of the partitions of {', '.join(split)}", parts, ways_back(parts, product)),
        (f"Security: {counted(len(security.roles), 'role')}{audited}", security.statements, security.rollback),
    ]
    return [step for step in candidates if step[1]]


def _table(migrations: Sequence[Migration]) -> Statement:
    return Statement(
        id=ELEMENT,
        section="migration",
        sql=TABLE,
        comment=f"Records the {counted(len(migrations), 'step')} of this document and every later one, with its way "
        "back. DDL commits by itself: a later step inserts its record first, under GET_LOCK('schema_migrations', "
        "10), and sets finished_at last; a record without it is taken back before anything else runs",
        element=ELEMENT,
    )


def _record(migration: Migration) -> Statement:
    return record(
        migration,
        "INSERT INTO schema_migrations (version, description, finished_at, rollback_sql) VALUES (\n"
        f"    {literal(migration.version)},\n    {literal(migration.title)},\n    CURRENT_TIMESTAMP(6),\n"
        f"    {literal(migration.rollback)}\n)",
    )


def _listed(migrations: Sequence[Migration], serves: tuple[str, ...]) -> Claim:
    return Claim(
        id="migration.schema_migrations.lists_versions",
        sentence=f"schema_migrations lists {counted(len(migrations), 'step')}, each ended and with its way back",
        element=ELEMENT,
        serves=serves,
        trial=Returns(
            sql=(
                "SELECT version, description, CHAR_LENGTH(rollback_sql), finished_at IS NOT NULL FROM schema_migrations"
                " ORDER BY version",
            ),
            rows=tuple((m.version, m.title, str(len(m.rollback)), "1") for m in migrations),
        ),
    )


def _once(serves: tuple[str, ...]) -> Claim:
    sql = "INSERT INTO schema_migrations (version, description, rollback_sql) VALUES ('V001', 'again', '')"
    return Claim(
        id="migration.schema_migrations.once",
        sentence="A step that was recorded is not recorded again, so that two runners do not both run it",
        element=ELEMENT,
        serves=serves,
        trial=Refused(sql=(sql,), sqlstate="23505"),
    )


def _alone(serves: tuple[str, ...]) -> Claim:
    return Claim(
        id="migration.schema_migrations.alone",
        sentence="A runner gets the lock that the others wait for, and gives it back",
        element=ELEMENT,
        serves=serves,
        trial=Returns(
            sql=("SELECT GET_LOCK('schema_migrations', 10), RELEASE_LOCK('schema_migrations')",), rows=(("1", "1"),)
        ),
    )
