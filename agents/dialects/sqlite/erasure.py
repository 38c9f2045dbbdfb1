"""What kind of data each column holds, and how a person is erased without tearing references."""

from agents.dialects.sqlite.spelling import literal, quoted
from agents.envelopes import NOTHING
from agents.security.basis import Draft, Part, filled, found, listed, origin_of
from agents.security.protection import belongs_to, sealed_storing
from contracts.base import Alternative, Decision
from contracts.claims import Accepted
from contracts.requirements import Requirements
from contracts.schema import Column, SchemaDesign, Table
from contracts.security import Classification, RetentionRule

ERASED = ("personal", "health", "payment", "secret")


def classifications(requirements: Requirements, schema: SchemaDesign) -> tuple[Classification, ...]:
    """Every column that is not public or internal, with what is done about it."""
    return tuple(
        Classification(
            table=table.name,
            column=column.name,
            sensitivity=column.sensitivity,
            treatment=_treatment(requirements, schema, table, column),
            origin=column.origin,
            serves=column.serves or table.serves,
        )
        for table in schema.tables
        for column in table.columns
        if column.sensitivity not in ("public", "internal")
    )


def _treatment(requirements: Requirements, schema: SchemaDesign, table: Table, column: Column) -> str:
    done = [_stored(table, column)]
    if requirements.protection.encryption:
        done.append("on an encrypted volume, as the copies of the file are")
    whose = table if table.nature == "person" else belongs_to(requirements, schema, table)
    if whose and (column.sensitivity == "personal" or (column.sensitivity == "health" and whose is table)):
        done.append(f"overwritten when the row of {whose.name} is erased")
    return "; ".join(done)


def _stored(table: Table, column: Column) -> str:
    if column.type in ("sealed", "blind"):
        return sealed_storing(column)
    if column.sensitivity == "secret":
        if any(word in column.name for word in ("password", "pin")):
            return "a slow salted hash (Argon2id) made by the application, never the word itself"
        return "a digest or a token that is useless elsewhere, never the secret itself"
    if column.sensitivity == "payment":
        return f"{column.name} holds the payment provider's token or a masked number, never a card number"
    if column.sensitivity == "health":
        return f"health data of {table.name}: shown by the application to those who treat the person, to nobody else"
    return f"identifies a person in {table.name}"


def erasure_part(requirements: Requirements, schema: SchemaDesign, rules: tuple[RetentionRule, ...]) -> Part:
    """The decision on erasure, and the trial that an erased row still satisfies every constraint."""
    draft = Draft()
    people = [t for t in schema.tables if t.nature == "person" and _overwritten(t)]
    if not people or not (requirements.protection.regulations or any(r.method == "anonymise" for r in rules)):
        return draft.part()
    serves = found(requirements, "compliance.", "retention.") or tuple(i for t in people for i in t.serves)
    for table in people:
        sql = erasure_sql(table)
        if sql and f"table.{table.name}" in filled(schema):
            draft.claim(
                f"erasure.{table.name}",
                f"security.erasure.{table.name}",
                f"Erasing a row of {table.name} overwrites {listed(_overwritten(table), 12)} and breaks no constraint "
                "or reference",
                serves,
                Accepted(sql=(sql,), affects=1),
            )
    draft.decisions.append(_decision(requirements, schema, people, serves))
    return draft.part()


def erasure_sql(table: Table, row: str = "1") -> str | None:
    """The UPDATE that takes the person out of one row."""
    names = _overwritten(table)
    if not names or len(table.primary_key) != 1:
        return None
    sets = ", ".join(f"{quoted(name)} = {erased_value(table, table.column(name))}" for name in names)
    return f"UPDATE {quoted(table.name)} SET {sets} WHERE {quoted(table.primary_key[0])} = {row}"


def _overwritten(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.sensitivity in ERASED and erased_value(table, c) is not None]


def erased_value(table: Table, column: Column, key: str = "") -> str | None:
    """NULL where that is allowed, else a value that names the row's key at most and so stays unique and valid.

    `key` is the key's spelling where the value is used, the column itself by default.
    """
    if column.generated is not None or column.identity:
        return None
    if column.nullable:
        return "NULL"
    checks = [check for check in table.checks if column.name in (check.column, check.other)]
    if any(check.kind in ("one_of", "ordered") for check in checks):
        return None
    unique = any(column.name in u.columns for u in table.uniques)
    if column.type in ("integer", "decimal", "money", "percentage"):
        bound = next((check for check in checks if check.kind == "range"), None)
        if unique:
            return None
        return f"{(bound.minimum or 0) + bound.exclusive_minimum:f}" if bound and bound.minimum is not None else "0"
    key = key or quoted(table.primary_key[0])
    keyed = {
        "email": f"('erased-' || {key} || '@erased.invalid')",
        "url": f"('https://erased.invalid/' || {key})",
        "blind": f"printf('%064x', {key})",
        "uuid": f"printf('00000000-0000-4000-8000-%012d', {key})",
    }
    return _FIXED.get(column.type) or keyed.get(column.type) or (f"('erased ' || {key})" if unique else "'erased'")


_FIXED = {
    "date": "'1900-01-01'",
    "timestamp": "'1900-01-01 00:00:00'",
    "time": "'00:00:00'",
    "duration": "0",
    "boolean": "0",
    "json": "'{}'",
    "ip_address": "'0.0.0.0'",
    "country": "'ZZ'",
    "currency": "'XXX'",
    "language": "'und'",
    "sealed": literal(NOTHING),
}
"""Neutral values of types with a fixed spelling: ISO 3166 reserves ZZ, ISO 4217 XXX, BCP 47 und for the unknown."""


def _decision(
    requirements: Requirements, schema: SchemaDesign, people: list[Table], serves: tuple[str, ...]
) -> Decision:
    names = [t.name for t in people]
    referring = [t.name for t in schema.tables if any(k.references in names for k in t.foreign_keys)]
    statement = erasure_sql(people[0], "?1") or f"by hand, since {people[0].name} has no key of one column"
    owned = [t.name for t in schema.tables if (p := belongs_to(requirements, schema, t)) and p in people]
    kept = [f"{r.entity} ({r.days} days)" for r in requirements.retention if r.entity]
    return Decision(
        id="security.decision.erasure",
        topic="Erasure that keeps references",
        choice=f"a person's row in {listed(names)} is overwritten, not deleted: {statement}"
        + (f"; personal columns of {listed(owned)} go in the same transaction" if owned else "")
        + (f"; {listed(kept)} must be kept and go by their period alone (GDPR Art. 17 (3) b)" if kept else "")
        + "; secure_delete overwrites what stood there, and copies forget when their days are over",
        because=f"{listed(referring, 8)} refer to it and must still add up"
        if referring
        else f"keys of {listed(names)} may stand in copies and exports",
        alternatives=(
            Alternative(
                name=f"DELETE FROM {quoted(names[0])}",
                refused_because=f"it is refused by, or tears rows out of, {listed(referring, 8)}"
                if referring
                else "a key could be given out again",
            ),
        ),
        origin=origin_of(requirements, serves, "personal data can be erased while business records stay"),
        serves=serves,
    )
