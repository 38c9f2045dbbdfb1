"""How a person is erased without tearing references: what identifies the person is overwritten, the row stays."""

from collections.abc import Sequence

from agents.dialects.mariadb.spelling import literal, quoted
from agents.envelopes import NOTHING
from agents.security.basis import Draft, filled, found, listed, origin_of
from agents.security.protection import belongs_to
from contracts.base import Alternative, Decision
from contracts.claims import Accepted
from contracts.requirements import Requirements
from contracts.schema import Column, SchemaDesign, Table
from contracts.security import RetentionRule

ERASED = ("personal", "health", "payment", "secret")
_FIXED = {
    "date": "'1900-01-01'",
    "timestamp": "'1900-01-01 00:00:00'",
    "time": "'00:00:00'",
    "duration": "0",
    "boolean": "FALSE",
    "json": "'{}'",
    "ip_address": "'0.0.0.0'",
    "country": "'ZZ'",
    "currency": "'XXX'",
    "language": "'und'",
    "sealed": literal(NOTHING),
    "uuid": "UUID()",
}
"""Neutral values of types with a fixed spelling: ISO 3166 reserves ZZ, ISO 4217 XXX, BCP 47 und for the unknown."""


def erasure_part(
    draft: Draft, requirements: Requirements, schema: SchemaDesign, rules: Sequence[RetentionRule]
) -> None:
    """The decision on erasure, and the trial that an erased row still satisfies every constraint."""
    people = [t for t in schema.tables if t.nature == "person" and overwritten(t, ERASED)]
    if not people or not (requirements.protection.regulations or any(r.method == "anonymise" for r in rules)):
        return
    serves = found(requirements, "compliance.", "retention.") or tuple(i for t in people for i in t.serves)
    for table in people:
        if len(table.primary_key) == 1 and f"table.{table.name}" in filled(schema):
            sql = erasing(table, ERASED, f"{quoted(table.primary_key[0])} = 1")
            draft.claim(
                f"erasure.{table.name}",
                f"security.erasure.{table.name}",
                f"Erasing a row of {table.name} overwrites {listed(overwritten(table, ERASED), 12)} and breaks no "
                "constraint or reference",
                serves,
                Accepted(sql=(sql.replace("`", '"'),), affects=1),
            )
    draft.decisions.append(_decision(requirements, schema, people, serves))


def erasing(table: Table, kinds: Sequence[str], where: str) -> str:
    """The UPDATE that takes the person out of these rows."""
    sets = [f"{quoted(name)} = {erased_value(table, table.column(name))}" for name in overwritten(table, kinds)]
    return f"UPDATE {quoted(table.name)} SET {', '.join(sets)} WHERE {where}"


def overwritten(table: Table, kinds: Sequence[str]) -> list[str]:
    """Columns of these kinds that have a neutral value."""
    return [c.name for c in table.columns if c.sensitivity in kinds and erased_value(table, c) is not None]


def erased_value(table: Table, column: Column) -> str | None:
    """NULL where that is allowed, else a value that names the row's key at most and so stays unique and valid."""
    if column.generated is not None or column.identity or column.type == "coordinates":
        return "NULL" if column.nullable and column.generated is None and not column.identity else None
    if column.nullable:
        return "NULL"
    checks = [check for check in table.checks if column.name in (check.column, check.other)]
    unique = any(column.name in u.columns for u in table.uniques)
    if any(check.kind in ("one_of", "ordered") for check in checks):
        return None
    if column.type in ("integer", "decimal", "money", "percentage"):
        bound = next((check for check in checks if check.kind == "range"), None)
        if unique or (bound and bound.minimum is None):
            return None
        return f"{(bound.minimum or 0) + bound.exclusive_minimum:f}" if bound else "0"
    return _FIXED.get(column.type) or _text(table, column, unique)


def _text(table: Table, column: Column, unique: bool) -> str | None:
    """A text for the column's length; a short one that must be unique holds the key alone."""
    key = quoted(table.primary_key[0])
    limit = int(column.sql_type.partition("(")[2].partition(")")[0] or 10**6)
    if column.type == "blind":
        return f"SHA2(CONCAT('erased ', {key}), 256)"
    if column.type == "url":
        return f"CONCAT('https://erased.invalid/', {key})"
    if column.type == "email":
        return f"CONCAT('erased-', {key}, '@erased.invalid')" if limit > 40 else None
    if limit >= 28:
        return f"CONCAT('erased ', {key})"
    if unique:
        return f"CAST({key} AS CHAR)" if limit >= 20 else None
    return "'x'"


def _decision(
    requirements: Requirements, schema: SchemaDesign, people: Sequence[Table], serves: Sequence[str]
) -> Decision:
    names = [t.name for t in people]
    referring = [t.name for t in schema.tables if any(k.references in names for k in t.foreign_keys)]
    first = people[0]
    also = [t.name for t in schema.tables if belongs_to(requirements, schema, t)]
    return Decision(
        id="security.decision.erasure",
        topic="Erasure that keeps references",
        choice=f"a person's row in {listed(names)} is overwritten, not deleted:"
        f" {erasing(first, ERASED, quoted(first.primary_key[0]) + ' = ?')}"
        + (f"; what {listed(also)} say of that person goes in the same transaction" if also else ""),
        because=f"{listed(referring, 8)} refer to it and must still add up; the binary log holds the old values until"
        " binlog_expire_logs_seconds has passed, and the copies until theirs have",
        alternatives=(
            Alternative(
                name=f"DELETE FROM {quoted(names[0])}",
                refused_because=f"it is refused by, or tears rows out of, {listed(referring, 8)}"
                if referring
                else "a key could be given out again",
            ),
        ),
        origin=origin_of(requirements, serves, "personal data can be erased while business records stay"),
        serves=tuple(serves),
    )
