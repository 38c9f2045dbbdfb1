"""What kind of data each column holds, how long rows stay, and how a person is erased without tearing references.

Erasing overwrites what identifies the person and keeps the row, so that orders, appointments and ledgers that
refer to it stay whole and still add up.
"""

from collections.abc import Sequence

from agents.dialects.postgresql import literal, quoted
from agents.envelopes import NOTHING
from agents.security.access import recorded_tables
from agents.security.basis import Draft, Part, columns_sql, filled, found, listed, origin_of, role_name
from agents.security.roles import reporting
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Accepted, Returns
from contracts.requirements import Requirements, Retention
from contracts.schema import Column, SchemaDesign, Table
from contracts.security import Classification, RetentionRule

_ERASED = ("personal", "health", "payment", "secret")


def classifications(requirements: Requirements, schema: SchemaDesign) -> tuple[Classification, ...]:
    """Every column that is not public or internal, with what is done about it."""
    recorded = recorded_tables(requirements, schema)
    return tuple(
        Classification(
            table=table.name,
            column=column.name,
            sensitivity=column.sensitivity,
            treatment=treatment(requirements, schema, table, column, table.name in recorded),
            origin=column.origin,
            serves=column.serves or table.serves,
        )
        for table in schema.tables
        for column in table.columns
        if column.sensitivity not in ("public", "internal")
    )


def treatment(requirements: Requirements, schema: SchemaDesign, table: Table, column: Column, recorded: bool) -> str:
    """What is done about one column: hashing, tokens, who cannot read it, encryption, erasure."""
    done = [_storing(table, column), "each read is recorded" if recorded else ""]
    if reporting(requirements) and (column.sensitivity != "personal" or requirements.protection.regulations):
        done.append(f"not granted to {role_name(requirements, 'readonly')}")
    if requirements.protection.encryption:
        done.append("on an encrypted volume, as its backups are")
    whose = table if table.nature == "person" else belongs_to(requirements, schema, table)
    if whose and (column.sensitivity == "personal" or (column.sensitivity == "health" and whose is table)):
        done.append(f"overwritten when the row of {whose.name} is erased")
    return "; ".join(filter(None, done))


def _storing(table: Table, column: Column) -> str:
    if column.type in ("sealed", "blind"):
        return sealed_storing(column)
    if column.sensitivity == "secret":
        if any(word in column.name for word in ("password", "pin")):
            return "a slow salted hash (Argon2id) made by the application, never the word itself"
        return "a digest or a token that is useless elsewhere, never the secret itself"
    if column.sensitivity == "payment":
        return f"{column.name} holds the payment provider's token or a masked number, never a card number"
    if column.sensitivity == "health":
        return f"health data of {table.name}: read by roles with a grant on the table only"
    return f"identifies a person in {table.name}"


def sealed_storing(column: Column) -> str:
    """What is done about a column that holds an envelope, or the digest by which one is found."""
    if column.type == "sealed":
        return "encrypted by the application with AES-256-GCM, bound to its row and column"
    return "HMAC-SHA-256 under a key of its own, by which the encrypted value is found and kept unique"


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
            made.append(_untimed(requirements, schema, table))
    return tuple(made)


def belongs_to(requirements: Requirements, schema: SchemaDesign, table: Table) -> Table | None:
    """The person whose erasure overwrites the personal columns of a table that refers to that person.

    None where the table has a period of its own: until it ends, the rows are kept as they are (GDPR Art. 17 (3) b).
    """
    kept = any(r.entity == table.entity for r in requirements.retention)
    if table.nature == "person" or kept or not _overwritten(table, ("personal",)):
        return None
    named = ((key, schema.table(key.references)) for key in table.foreign_keys if len(key.columns) == 1)
    return next((person for key, person in named if person.nature == "person"), None)


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


def _untimed(requirements: Requirements, schema: SchemaDesign, table: Table) -> RetentionRule:
    laws = listed(requirements.protection.regulations) if requirements.protection.regulations else ""
    owner = belongs_to(requirements, schema, table)
    erasable = table.nature == "person" or owner is not None
    basis = f"the brief gives no period for {table.name}; "
    if owner:
        names = _overwritten(table, ("personal",))
        be = "is" if len(names) == 1 else "are"
        basis += f"its rows stay, and {listed(names)} {be} overwritten with their row of {owner.name}"
    elif erasable:
        basis += "a row stays until the person leaves, then " + listed(_overwritten(table)) + " are overwritten"
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


def _identifying(table: Table, kinds: Sequence[str] = _ERASED) -> list[str]:
    return [c.name for c in table.columns if c.sensitivity in kinds]


def erasure_sql(table: Table, row: str = "1") -> str | None:
    """The UPDATE that takes the person out of one row, None where the table has nothing that could be overwritten."""
    if not _overwritten(table) or len(table.primary_key) != 1:
        return None
    return _erasing(table, _ERASED, f"{quoted(table.primary_key[0])} = {row}")


def _erasing(table: Table, kinds: Sequence[str], where: str) -> str:
    sets = [f"{quoted(name)} = {erased_value(table, table.column(name))}" for name in _overwritten(table, kinds)]
    return f"UPDATE {quoted(table.name)} SET {', '.join(sets)} WHERE {where}"


def _overwritten(table: Table, kinds: Sequence[str] = _ERASED) -> list[str]:
    return [n for n in _identifying(table, kinds) if erased_value(table, table.column(n)) is not None]


def staying(table: Table) -> list[str]:
    """Sensitive columns whose type or checks leave no neutral value: one of a few, or bound to another column."""
    return [name for name in _identifying(table) if erased_value(table, table.column(name)) is None]


def erased_value(table: Table, column: Column) -> str | None:
    """NULL where that is allowed, else a value that names the row's key at most and so stays unique and valid."""
    if column.generated is not None or column.identity:
        return None
    if column.nullable:
        return "NULL"
    checks = [check for check in table.checks if column.name in (check.column, check.other)]
    if any(check.kind in ("one_of", "ordered") for check in checks):
        return None
    if column.type in ("integer", "decimal", "money", "percentage"):
        unique = any(column.name in u.columns for u in table.uniques)
        bound = next((check for check in checks if check.kind == "range"), None)
        if bound and bound.minimum is None:
            return None if unique else f"{bound.maximum or 0:f}"
        return None if unique else f"{(bound.minimum or 0) + bound.exclusive_minimum:f}" if bound else "0"
    return _FIXED.get(column.type) or _erased_text(table, column)


_FIXED = {
    "date": "date '1900-01-01'",
    "timestamp": "timestamptz '1900-01-01 00:00+00'",
    "time": "time '00:00'",
    "duration": "interval '0'",
    "boolean": "false",
    "json": "'{}'::jsonb",
    "ip_address": "inet '0.0.0.0'",
    "coordinates": "point(0, 0)",
    "country": "'ZZ'",
    "currency": "'XXX'",
    "language": "'und'",
    "sealed": literal(NOTHING),
}
"""Neutral values of types with a fixed spelling: ISO 3166 reserves ZZ, ISO 4217 XXX, BCP 47 und for the unknown."""


def _erased_text(table: Table, column: Column) -> str | None:
    """A text for the column's length; a short one that must be unique holds the key alone."""
    key = f"{quoted(table.primary_key[0])}::text"
    if column.type == "uuid":
        return "gen_random_uuid()"
    if column.type == "blind":
        return f"encode(sha256(convert_to('erased ' || {key}, 'UTF8')), 'hex')"
    if column.type == "url":
        return f"'https://erased.invalid/' || {key}"
    limit = int(column.sql_type.partition("(")[2].rstrip(")") or 10**6)
    if column.type == "email":
        return f"'erased-' || {key} || '@erased.invalid'" if limit > 40 else None
    if limit >= 28:
        return f"'erased ' || {key}"
    if any(column.name in unique.columns for unique in table.uniques):
        return f"left({key}, {limit})" if limit >= 10 else None
    return "'x'"


def protection_part(requirements: Requirements, schema: SchemaDesign, rules: Sequence[RetentionRule]) -> Part:
    """The decision on erasure, and the trial that an erased row still satisfies every constraint."""
    draft = Draft()
    people = [t for t in schema.tables if t.nature == "person" and _identifying(t)]
    serves = found(requirements, "compliance.", "retention.") or tuple(i for t in people for i in t.serves)
    if not people or not (requirements.protection.regulations or any(r.method == "anonymise" for r in rules)):
        return draft.part()
    for table in people:
        _erasable(draft, schema, table, serves)
    for table in schema.tables:
        if (person := belongs_to(requirements, schema, table)) and person in people:
            _erased_with(draft, schema, table, person, serves)
    draft.decisions.append(_erasure(requirements, schema, people, serves))
    return draft.part()


def _erasable(draft: Draft, schema: SchemaDesign, table: Table, serves: Sequence[str]) -> None:
    sql = erasure_sql(table)
    if sql is None or f"table.{table.name}" not in filled(schema):
        return
    draft.claim(
        f"erasure.{table.name}",
        f"security.erasure.{table.name}",
        f"Erasing a row of {table.name} overwrites {listed(_overwritten(table), 12)} and breaks no constraint or "
        f"reference",
        serves,
        Accepted(sql=(sql,), affects=1),
    )


def _erased_with(draft: Draft, schema: SchemaDesign, table: Table, person: Table, serves: Sequence[str]) -> None:
    """What a person's rows elsewhere say of that person goes with the person's own row."""
    if f"table.{table.name}" not in filled(schema):
        return
    where = f"{quoted(_reference(table, person))} = 1"
    names = _overwritten(table, ("personal",))
    left = " OR ".join(f"{quoted(n)} IS DISTINCT FROM {erased_value(table, table.column(n))}" for n in names)
    draft.claim(
        f"erasure.{person.name}.{table.name}",
        f"security.erasure.{person.name}",
        f"Erasing a row of {person.name} leaves no {listed(names, 12)} in its rows of {table.name}, which stay",
        serves,
        Returns(
            sql=(
                _erasing(table, ("personal",), where),
                f"SELECT count(*) FILTER (WHERE {left}), (count(*) > 0)::text FROM {quoted(table.name)} WHERE {where}",
            ),
            rows=(("0", "true"),),
        ),
    )


def _reference(table: Table, person: Table) -> str:
    return next(k.columns[0] for k in table.foreign_keys if k.references == person.name and len(k.columns) == 1)


def _erasure(
    requirements: Requirements, schema: SchemaDesign, people: Sequence[Table], serves: Sequence[str]
) -> Decision:
    names = [t.name for t in people]
    referring = [t.name for t in schema.tables if any(k.references in names for k in t.foreign_keys)]
    statement = erasure_sql(people[0], "$1") or f"by hand, since {people[0].name} has no key of one column"
    left = [f"{t.name}.{name}" for t in people for name in staying(t)]
    owned = [(t, p) for t in schema.tables if (p := belongs_to(requirements, schema, t)) and p in people]
    also = "; ".join(_erasing(t, ("personal",), f"{quoted(_reference(t, p))} = $1") for t, p in owned)
    kept = [f"{r.entity} ({r.days} days)" for r in requirements.retention if r.entity]
    return Decision(
        id="security.decision.erasure",
        topic="Erasure that keeps references",
        choice=f"a person's row in {listed(names)} is overwritten, not deleted: {statement}"
        + (f"; in the same transaction {also}" if also else "")
        + (f"; {listed(kept)} must be kept and go by their period alone (GDPR Art. 17 (3) b)" if kept else "")
        + (
            f"; {listed(left)} stay, since they hold one of a few values or one bound to another column" if left else ""
        ),
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
