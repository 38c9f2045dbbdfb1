"""What kind of data each column holds, how long rows stay, and how a person is erased without tearing references.

Erasing overwrites what identifies the person and keeps the row, so that orders, appointments and ledgers that
refer to it stay whole and still add up.
"""

from collections.abc import Sequence

from agents.dialects.postgresql import quoted
from agents.security.basis import Draft, Part, columns_sql, filled, found, listed, origin_of, role_name
from agents.security.roles import reporting
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Accepted
from contracts.requirements import Requirements, Retention
from contracts.schema import Column, SchemaDesign, Table
from contracts.security import Classification, RetentionRule

_ERASED = ("personal", "health", "payment", "secret")
_FREE_TEXT = ("string", "text", "email", "phone", "url", "file")


def classifications(requirements: Requirements, schema: SchemaDesign) -> tuple[Classification, ...]:
    """Every column that is not public or internal, with what is done about it."""
    return tuple(
        Classification(
            table=table.name,
            column=column.name,
            sensitivity=column.sensitivity,
            treatment=treatment(requirements, table, column),
            origin=column.origin,
            serves=column.serves or table.serves,
        )
        for table in schema.tables
        for column in table.columns
        if column.sensitivity not in ("public", "internal")
    )


def treatment(requirements: Requirements, table: Table, column: Column) -> str:
    """What is done about one column: hashing, tokens, who cannot read it, encryption, erasure."""
    done = [_storing(table, column)]
    if reporting(requirements) and (column.sensitivity != "personal" or requirements.protection.regulations):
        done.append(f"not granted to {role_name(requirements, 'readonly')}")
    if requirements.protection.encryption:
        done.append("on an encrypted volume, as its backups are")
    if column.sensitivity in ("personal", "health") and table.nature == "person":
        done.append(f"overwritten when the row of {table.name} is erased")
    return "; ".join(filter(None, done))


def _storing(table: Table, column: Column) -> str:
    if column.sensitivity == "secret":
        if any(word in column.name for word in ("password", "pin")):
            return "a slow salted hash (Argon2id) made by the application, never the word itself"
        return "a digest or a token that is useless elsewhere, never the secret itself"
    if column.sensitivity == "payment":
        return f"{column.name} holds the payment provider's token or a masked number, never a card number"
    if column.sensitivity == "health":
        return f"health data of {table.name}: read by roles with a grant on the table only"
    return f"identifies a person in {table.name}"


def retention_rules(requirements: Requirements, schema: SchemaDesign) -> tuple[RetentionRule, ...]:
    """The brief's periods by table, and for tables of people without one what happens on erasure."""
    by_entity: dict[str, Retention] = {}
    for given in requirements.retention:
        if given.entity:
            by_entity.setdefault(given.entity, given)
    everything = next((r for r in requirements.retention if r.entity is None), None)
    made = []
    for table in schema.tables:
        period: Retention | None = by_entity.get(table.entity or "")
        if period is None and table.nature in ("transaction", "event"):
            period = everything
        if period is not None:
            made.append(_timed(table, period))
        elif any(c.sensitivity in _ERASED for c in table.columns):
            made.append(_untimed(requirements, table))
    return tuple(made)


def _timed(table: Table, period: Retention) -> RetentionRule:
    splits = table.partitioning
    if splits and splits.strategy == "range":
        method = "drop_partition"
    elif any(c.sensitivity == "personal" for c in table.columns) and table.nature == "person":
        method = "anonymise"
    else:
        method = "delete"
    return RetentionRule.model_validate(
        {
            "table": table.name,
            "days": period.days,
            "method": method,
            "basis": period.basis or period.origin.quote or f"{period.days} days for {table.name}",
            "origin": period.origin,
            "serves": period.serves or table.serves,
        }
    )


def _untimed(requirements: Requirements, table: Table) -> RetentionRule:
    laws = listed(requirements.protection.regulations) if requirements.protection.regulations else ""
    erasable = table.nature == "person"
    basis = f"the brief gives no period for {table.name}; "
    if erasable:
        basis += "a row stays until the person leaves, then " + listed(_identifying(table)) + " are overwritten"
    else:
        basis += f"its rows stay, the person behind them is erased where {table.name} refers to"
    return RetentionRule(
        table=table.name,
        days=None,
        method="anonymise" if erasable else "keep",
        basis=basis + (f" ({laws})" if laws else ""),
        origin=Origin(kind="inferred", rule="personal data without a period stay while their purpose lasts"),
        serves=table.serves,
    )


def _identifying(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.sensitivity in _ERASED]


def erasure_sql(table: Table, row: str = "1") -> str | None:
    """The UPDATE that takes the person out of one row, None where a column cannot be overwritten within its type."""
    if len(table.primary_key) != 1:
        return None
    sets = []
    for column in table.columns:
        if column.sensitivity in _ERASED and column.generated is None and not column.identity:
            value = _erased_value(table, column)
            if value is None:
                return None
            sets.append(f"{quoted(column.name)} = {value}")
    if not sets:
        return None
    return f"UPDATE {quoted(table.name)} SET {', '.join(sets)} WHERE {quoted(table.primary_key[0])} = {row}"


def _erased_value(table: Table, column: Column) -> str | None:
    """NULL where that is allowed, else a text that names the row's key only and so stays unique."""
    if column.nullable:
        return "NULL"
    key = f"{quoted(table.primary_key[0])}::text"
    limit = int(column.sql_type.partition("(")[2].rstrip(")") or 10**6) if column.type in _FREE_TEXT else 0
    if column.type == "email" and limit > 40:
        return f"'erased-' || {key} || '@erased.invalid'"
    if column.type == "phone" or (column.type in _FREE_TEXT and 12 <= limit < 28):
        return f"'erased ' || left({key}, {limit - 7})"
    if column.type in _FREE_TEXT and limit >= 28:
        return f"'erased ' || {key}"
    fixed = {
        "date": "date '1900-01-01'",
        "timestamp": "timestamptz '1900-01-01 00:00+00'",
        "boolean": "false",
        "json": "'{}'::jsonb",
    }
    return fixed.get(column.type)


def protection_part(requirements: Requirements, schema: SchemaDesign, rules: Sequence[RetentionRule]) -> Part:
    """The decision on erasure, and the trial that an erased row still satisfies every constraint."""
    draft = Draft()
    people = [t for t in schema.tables if t.nature == "person" and _identifying(t)]
    serves = found(requirements, "compliance.", "retention.") or tuple(i for t in people for i in t.serves)
    if not people or not (requirements.protection.regulations or any(r.method == "anonymise" for r in rules)):
        return draft.part()
    for table in people:
        _erasable(draft, schema, table, serves)
    draft.decisions.append(_erasure(requirements, schema, people, serves))
    return draft.part()


def _erasable(draft: Draft, schema: SchemaDesign, table: Table, serves: Sequence[str]) -> None:
    sql = erasure_sql(table)
    if sql is None or f"table.{table.name}" not in filled(schema):
        return
    draft.claim(
        f"erasure.{table.name}",
        f"security.erasure.{table.name}",
        f"Erasing a row of {table.name} overwrites {listed(_identifying(table), 12)} and breaks no constraint or "
        f"reference",
        serves,
        Accepted(sql=(sql,), affects=1),
    )


def _erasure(
    requirements: Requirements, schema: SchemaDesign, people: Sequence[Table], serves: Sequence[str]
) -> Decision:
    names = [t.name for t in people]
    referring = [t.name for t in schema.tables if any(k.references in names for k in t.foreign_keys)]
    statement = (
        erasure_sql(people[0], "$1")
        or f"UPDATE {columns_sql([people[0].name])} … by hand: a type leaves no neutral value"
    )
    return Decision(
        id="security.decision.erasure",
        topic="Erasure that keeps references",
        choice=f"a person's row in {listed(names)} is overwritten, not deleted: {statement}",
        because=f"{listed(referring, 8)} refer to it and must still add up"
        if referring
        else f"keys of {listed(names)} may stand in backups and exports",
        alternatives=(
            Alternative(
                name=f"DELETE FROM {columns_sql(names[:1])}",
                refused_because=f"it is refused by, or tears rows out of, {listed(referring, 8)}"
                if referring
                else "a key could be given out again",
            ),
        ),
        origin=origin_of(requirements, serves, "personal data can be erased while business records stay"),
        serves=tuple(serves),
    )
