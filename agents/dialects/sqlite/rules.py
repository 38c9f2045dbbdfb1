"""Rules that other engines keep by privileges, kept here by triggers: they hold for whoever opens the file.

SQLite has no roles. What nobody may do (change a record that is final, delete what must stay) needs none: a trigger
refuses it to the application and to a shell alike. What only some may do stays with the application.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.dialects.sqlite.erasure import ERASED, erased_value
from agents.dialects.sqlite.spelling import literal, quoted
from agents.naming import shorten
from agents.security.basis import Draft, Part, filled, listed
from agents.security.grants import DENIED, app_privileges, immutable_columns, never_deleted
from agents.security.protection import belongs_to
from contracts.claims import Refused
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

MOST_NAMED = 4  # columns that a trigger's name spells out


@dataclass(frozen=True)
class Ban:
    """What a trigger refuses of one table: an UPDATE of these columns (all where none is named), or a DELETE."""

    table: Table
    event: str  # UPDATE or DELETE
    columns: tuple[str, ...]
    because: str
    serves: tuple[str, ...]

    @property
    def name(self) -> str:
        """The trigger's name."""
        what = "_".join(self.columns) if 0 < len(self.columns) < MOST_NAMED else "rows"
        return shorten(f"tr_{self.table.name}_{what}_no_{self.event.lower()}")


def bans(requirements: Requirements, schema: SchemaDesign) -> tuple[Ban, ...]:
    """Every ban of the project, in the order of its tables; a rule of the brief, or a record of events."""
    return tuple(ban for table in schema.tables for ban in _of(requirements, schema, table))


def _of(requirements: Requirements, schema: SchemaDesign, table: Table) -> list[Ban]:
    privileges, rule, serves = app_privileges(requirements, table)
    stated, shared = rule.startswith("rule: "), requirements.tier != "embedded"
    final = stated or (table.nature == "event" and shared)  # one person may take back what the same person recorded
    made = []
    lives = [life for life in schema.lifecycles if life.table == table.name]
    kept_by_state = {name for life in lives for name in (life.column, *life.columns)}
    if final and "update" not in privileges:
        made.append(Ban(table, "UPDATE", _final(requirements, schema, table, kept_by_state), rule, serves))
    elif fixed := tuple(c for c in immutable_columns(requirements, table) if c not in kept_by_state):
        made.append(Ban(table, "UPDATE", fixed, f"{listed(fixed)} must not change", serves))
    if final and "delete" not in privileges and not _leaves(requirements, table):
        made.append(Ban(table, "DELETE", (), rule, serves))
    return made


def _final(requirements: Requirements, schema: SchemaDesign, table: Table, kept_by_state: set[str]) -> tuple[str, ...]:
    """The columns of a record that is final: not its state, which ends it, nor what erasing a person overwrites.

    A reference to a row of the same table has triggers of its own.
    """
    moving = {*kept_by_state, "status", "state", "updated_at"}
    moving |= {name for key in table.foreign_keys if key.references == table.name for name in key.columns}
    person = belongs_to(requirements, schema, table)
    erased = {c.name for c in table.columns if person and c.sensitivity in ERASED}
    return tuple(c.name for c in table.columns if c.name not in moving | erased and c.generated is None)


def _leaves(requirements: Requirements, table: Table) -> bool:
    """Whether rows go by a period of the brief: the job that removes them must be able to."""
    forever = any(never_deleted(r) for r in requirements.rules if r.entity and r.entity == table.entity)
    timed = any(r.entity in (None, table.entity) for r in requirements.retention)
    return timed and not forever


def rule_part(requirements: Requirements, schema: SchemaDesign) -> Part:
    """The triggers, and the attempt to do what each of them refuses."""
    draft, there = Draft(), filled(schema)
    for ban in bans(requirements, schema):
        _trigger(draft, ban)
        if f"table.{ban.table.name}" in there:
            _attempt(draft, ban)
    return draft.part()


def _trigger(draft: Draft, ban: Ban) -> None:
    columns = f" OF {', '.join(quoted(c) for c in ban.columns)}" if ban.columns else ""
    changed = " OR ".join(_changed(ban.table, c) for c in ban.columns)
    when = f"\nWHEN {changed}" if ban.columns else ""
    message = f"{DENIED}: {ban.event} of {ban.table.name} is refused, {ban.because.removeprefix('rule: ')}"
    draft.run(
        f"rule.{ban.name}",
        f"CREATE TRIGGER {quoted(ban.name)} BEFORE {ban.event}{columns} ON {quoted(ban.table.name)}{when}\n"
        f"BEGIN\n    SELECT RAISE(ABORT, {literal(message)});\nEND",
        f"Holds for every connection: {ban.because}",
        f"{ban.table.name} refuses {ban.event}",
        ban.serves,
    )
    draft.rollback.append(f"DROP TRIGGER IF EXISTS {quoted(ban.name)}")


def _changed(table: Table, name: str) -> str:
    """Another value than before; what erasing a person writes is no change of that kind."""
    column, new = table.column(name), f"new.{quoted(name)}"
    erased = (
        erased_value(table, column, f"new.{quoted(table.primary_key[0])}") if column.sensitivity in ERASED else None
    )
    changed = f"{new} IS NOT old.{quoted(name)}"
    return f"({changed} AND {new} IS NOT {erased})" if erased else changed


def _attempt(draft: Draft, ban: Ban) -> None:
    name = quoted(ban.table.name)
    row = first_row(ban.table)
    column = next((c for c in ban.columns or _plain(ban.table) if c not in ban.table.primary_key), None)
    if ban.event == "UPDATE" and column is None:
        return
    value = _other(ban.table, column or "")
    sql = (
        f"DELETE FROM {name} {row}"
        if ban.event == "DELETE"
        else f"UPDATE {name} SET {quoted(column or '')} = {value} {row}"
    )
    what = f"{ban.event} of {ban.table.name}" + (f" ({listed(ban.columns)})" if ban.columns else "")
    draft.claim(
        f"rule.{ban.name}.refuses",
        f"security.rule.{ban.name}",
        f"{what} is refused whoever opened the file: {ban.because}",
        ban.serves,
        Refused(sql=(sql,), sqlstate=DENIED),
    )


def first_row(table: Table) -> str:
    """The condition that finds one row, the first by its key."""
    key = ", ".join(quoted(name) for name in table.primary_key)
    left = f"({key})" if len(table.primary_key) > 1 else key
    return f"WHERE {left} = (SELECT {key} FROM {quoted(table.name)} ORDER BY {key} LIMIT 1)"


def _plain(table: Table) -> Sequence[str]:
    """Columns that an UPDATE may name."""
    return [c.name for c in table.columns if not c.identity and c.generated is None]


def _other(table: Table, column: str) -> str:
    """Another value of the column's type; the trigger speaks before any constraint does."""
    name = quoted(column)
    if column and table.column(column).sql_type.upper() in ("INTEGER", "REAL"):
        return f"coalesce({name}, 0) + 1"
    return f"coalesce({name}, '') || 'x'"
