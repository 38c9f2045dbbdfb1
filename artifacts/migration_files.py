"""Versioned migrations as files: `V001__….sql` makes a step, `R001__rollback_….sql` takes it back.

An environment is built from files, not from a document, so the files hold exactly the document's statements and
leave the same database. Each file is one transaction of its own, where the engine's DDL can be in one, and needs no
option of the tool that runs it.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from artifacts.escape import sql_comment
from artifacts.script import script_text
from contracts.base import Statement
from contracts.migrations import Migration
from contracts.plan import Design

LOCK_TIMEOUT, STATEMENT_TIMEOUT = "5s", "60s"
"""A step that waits for a lock makes every later query wait behind it; one that fails after seconds is tried again."""

_OURS = re.compile(r"[VR]\d{3,}__[a-z0-9_]+\.sql")


def stem(title: str) -> str:
    """A title as the readable part of a file name.

    >>> stem("Partitions of order_histories, user_activities")
    'partitions_of_order_histories_user_activities'
    """
    return "_".join(re.findall(r"[a-z0-9_]+", title.lower()))[:80].strip("_") or "step"


def file_names(version: str, title: str) -> tuple[str, str]:
    """The file of a step and the file of its way back.

    >>> file_names("V001", "Schema of 2 tables")
    ('V001__schema_of_2_tables.sql', 'R001__rollback_schema_of_2_tables.sql')
    """
    return f"{version}__{stem(title)}.sql", f"R{version.removeprefix('V')}__rollback_{stem(title)}.sql"


def migration_files(design: Design) -> dict[str, str]:
    """The text of each file by its name, in the order in which the steps are applied.

    The table that records the steps is made by the first of them, and goes with its way back.
    """
    statements = {statement.id: statement for statement in design.script()}
    files: dict[str, str] = {}
    wrapped = _TRANSACTIONS.get(design.schema_design.dialect, transaction)
    for number, step in enumerate(design.migrations.migrations):
        made = (
            *_file_settings(design, number),
            *_recorder(design, number),
            *(statements[name] for name in step.statements if name in statements),
        )
        record = statements.get(f"migration.{step.version.lower()}")
        forward, back = file_names(step.version, step.title)
        files[forward] = wrapped(
            f"{step.version}: {step.title}", f"Its way back is {back}.", [*made, *_plain(record)], number + 1
        )
        files[back] = wrapped(
            f"Takes {step.version} back: {step.title}", f"It was made by {forward}.", _back(step, not number), number
        )
    return files


def stale_files(folder: Path, current: Iterable[str]) -> tuple[Path, ...]:
    """Migration files of an earlier design in this folder: one that is left would be applied as well."""
    names = set(current)
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return tuple(file for file in there if _OURS.fullmatch(file.name) and file.name not in names)


def transaction(title: str, note: str, statements: Sequence[Statement], step: int) -> str:
    """A file that holds or fails as a whole, ending in one newline; PostgreSQL needs no number of the step."""
    del step
    head = sql_comment(f"{title}\n{note} Run it with psql -v ON_ERROR_STOP=1 -f; it is one transaction.")
    limits = f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}';\nSET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}';"
    return f"{head}\nBEGIN;\n{limits}\n\n{script_text(statements).strip()}\n\nCOMMIT;\n"


def sqlite_transaction(title: str, note: str, statements: Sequence[Statement], step: int) -> str:
    """The same for SQLite, whose header counts the steps; settings cannot be made within a transaction."""
    head = sql_comment(f"{title}\n{note} Run it with sqlite3 -bail FILE.db '.read …'; it is one transaction.")
    settings = [s for s in statements if s.sql.lstrip().upper().startswith("PRAGMA")]
    body = script_text([s for s in statements if s not in settings]).strip()
    checked = "" if any("foreign_keys" in s.sql for s in settings) else "PRAGMA foreign_keys = ON;"
    begun = "\n".join(filter(None, (script_text(settings), checked, "BEGIN IMMEDIATE;")))
    return f"{head}\n{begun}\n\n{body}\n\nPRAGMA user_version = {step};\nCOMMIT;\n"


def step_by_step(title: str, note: str, statements: Sequence[Statement], step: int, client: str = "mariadb") -> str:
    """The same where DDL commits by itself (MariaDB, MySQL): one runner at a time; a file that fails is taken back."""
    del step
    head = sql_comment(
        f"{title}\n{note} Run it with {client} --database=NAME < FILE. Each statement commits by itself: after a fault "
        f"run the way back{', every line of which says IF EXISTS' if client == 'mariadb' else ''}."
    )
    lock = f"SET SESSION lock_wait_timeout = {LOCK_TIMEOUT.rstrip('s')};\nDO GET_LOCK('schema_migrations', 10);"
    return f"{head}\n{lock}\n\n{script_text(statements).strip()}\n\nDO RELEASE_LOCK('schema_migrations');\n"


_TRANSACTIONS: dict[str, Callable[[str, str, Sequence[Statement], int], str]] = {
    "mariadb": step_by_step,
    "mysql": functools.partial(step_by_step, client="mysql"),
    "sqlite": sqlite_transaction,
}


def _recorder(design: Design, number: int) -> tuple[Statement, ...]:
    """The statement that makes the table of steps, for the first step."""
    return tuple(s for s in design.migrations.statements if s.id == "migration.schema_migrations" and not number)


def _file_settings(design: Design, number: int) -> tuple[Statement, ...]:
    """What lies in a SQLite file is set before its first table is made."""
    if number or design.schema_design.dialect != "sqlite":
        return ()
    lying = [s for s in design.scaling.settings if s.name in ("page_size", "auto_vacuum", "journal_mode")]
    return tuple(_written(f"setting.{s.name}", f"PRAGMA {s.name} = {s.value}") for s in lying)


def _plain(record: Statement | None) -> Sequence[Statement]:
    """The step's row without the remark on its place in the document, which a file has not."""
    return [] if record is None else [record.changed(comment="")]


def _back(step: Migration, last: bool) -> list[Statement]:
    """What takes the step back, and its row with it."""
    gone = "DROP TABLE schema_migrations" if last else f"DELETE FROM schema_migrations WHERE version = '{step.version}'"
    return [
        _written(f"{step.version.lower()}.back", step.rollback),
        _written(f"{step.version.lower()}.forgotten", gone),
    ]


def _written(identity: str, sql: str) -> Statement:
    return Statement(id=f"migration.{identity}", section="migration", sql=sql, element=f"migration.{identity}")
