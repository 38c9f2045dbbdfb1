"""What MariaDB says about a database, as contracts: information_schema, and the grants of roles.

MariaDB has no row-level policies; a view that shows some rows of one table to a role stands in for one. So such a view
is told as a policy of its table, and what is granted on it as granted on the table.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from artifacts.places import Places
from contracts.catalogue import (
    Catalogue,
    PublishedCheck,
    PublishedColumn,
    PublishedForeignKey,
    PublishedFunction,
    PublishedGrant,
    PublishedIndex,
    PublishedKey,
    PublishedMigration,
    PublishedPartition,
    PublishedPolicy,
    PublishedRole,
    PublishedTable,
    PublishedTrigger,
)
from flows.engines.ddl_text import exclusions, one_of, sensitivity, words
from flows.engines.mariadb import catalogue_sql as ask
from flows.engines.mariadb.session import Connection, quoted, rows_of

BASES = {
    "tinyint": "int2", "smallint": "int2", "mediumint": "int4", "int": "int4", "bigint": "int8", "decimal": "numeric",
    "float": "float4", "double": "float8", "varchar": "varchar", "char": "bpchar", "text": "text", "mediumtext": "text",
    "longtext": "text", "tinytext": "text", "datetime": "timestamptz", "timestamp": "timestamptz", "date": "date",
    "time": "time", "year": "int2", "blob": "bytea", "longblob": "bytea", "mediumblob": "bytea", "varbinary": "bytea",
    "binary": "bytea", "uuid": "uuid", "inet4": "inet", "inet6": "inet", "enum": "text", "set": "text", "json": "json",
}  # fmt: skip
"""Types by the words that every engine's catalogue uses; moments are UTC by the session's time zone."""

_PLAIN = re.compile(r"`([A-Za-z_][A-Za-z0-9_]*)`")
_FROM_ONE = re.compile(
    r"\bfrom\s+(?:`[^`]+`\.)?`?(\w+)`?(?:\s+`?\w+`?)?\s+where\s+(.+?)(?:\s+with\s+\w+\s+check\s+option)?$", re.I | re.S
)
_COMMANDS = ("select", "insert", "update", "delete")

Row = dict[str, Any]


def rows(connection: Connection, sql: str) -> list[Row]:
    """The rows of a question whose columns are named in its first line by `AS`."""
    names = re.findall(r"\bAS (\w+)", sql.partition("\nFROM")[0])
    return [dict(zip(names, row, strict=True)) for row in rows_of(connection, sql)]


def catalogue(connection: Connection, places: Places, roles_before: frozenset[str]) -> Catalogue:
    """The current database; `places` gives each thing its line in the document."""
    raw = {name: rows(connection, sql) for name, sql in ask.QUESTIONS.items()}
    views = {row["name"]: found for row in raw["views"] if (found := _view(row))}
    grants = tuple(_grants(raw["table_rights"], raw["column_rights"], views, places))
    return Catalogue(
        dialect="mariadb",
        tables=tuple(_table(row, raw, views, grants, places) for row in raw["tables"]),
        roles=tuple(_roles(raw["roles"], {grant.role for grant in grants}, roles_before, places)),
        grants=grants,
        functions=tuple(_functions(raw["functions"], places)),
        views=tuple(row["name"] for row in raw["views"]),
        migrations=tuple(_migrations(connection, raw["columns"], places)),
    )


def _of(found: Iterable[Row], table: str) -> list[Row]:
    return [row for row in found if row["of_table"] == table]


def _table(
    row: Row, raw: dict[str, list[Row]], views: dict[str, tuple[str, str]], grants: tuple[PublishedGrant, ...],
    places: Places,
) -> PublishedTable:  # fmt: skip
    name = row["name"]
    columns = _of(raw["columns"], name)
    names = [column["name"] for column in columns]
    checks = tuple(_checks(_of(raw["checks"], name), name, names, places))
    triggers = tuple(
        PublishedTrigger(
            name=one["name"], table=name, function="", definition=one["body"], line=places.named(name, one["name"])
        )
        for one in _of(raw["triggers"], name)
    )
    keys = _of(raw["keys"], name)
    primary = tuple(key["column_name"] for key in keys if key["name"] == "PRIMARY")
    policies = tuple(_policies(name, views, raw["table_rights"], raw["column_rights"], places))
    partitions = [part for part in _of(raw["partitions"], name) if part["name"]]
    return PublishedTable(
        name=name,
        comment=row["comment"] or "",
        columns=tuple(_column(column, checks, name, places) for column in columns),
        primary_key=PublishedKey(name="PRIMARY", columns=primary, line=places.part(name, primary[0]))
        if primary
        else None,
        uniques=tuple(_uniques(keys, name, places)),
        foreign_keys=tuple(_references(_of(raw["references"], name), name, places)),
        checks=checks,
        exclusions=tuple(exclusions(triggers, names)),
        indexes=tuple(_indexes(_of(raw["indexes"], name), name, {key["name"] for key in keys}, places)),
        policies=policies,
        triggers=triggers,
        partition_key=f"{partitions[0]['method']} ({_plain(partitions[0]['expression'])})" if partitions else "",
        partitions=tuple(
            PublishedPartition(name=part["name"], bounds=part["bounds"] or "", line=places.of(part["name"]))
            for part in partitions
        ),
        row_security=bool(policies),
        line=places.table(name),
    )


def _column(row: Row, checks: tuple[PublishedCheck, ...], table: str, places: Places) -> PublishedColumn:
    name, kind, spelled = row["name"], row["data_type"], row["column_type"]
    own = [check.expression for check in checks if check.columns == (name,)]
    base = BASES.get(kind, "text")
    if spelled == "tinyint(1)":
        base = "bool"
    elif any(re.fullmatch(r"json_valid\(\w+\)", text, re.IGNORECASE) for text in own):
        base = "json"
    chosen = re.findall(r"'((?:[^']|'')*)'", spelled) if kind == "enum" else ()
    generated = row["generated"] or None
    return PublishedColumn(
        name=name,
        type=spelled,
        base=base,
        length=int(row["length"]) if row["length"] and base in ("varchar", "bpchar") else None,
        precision=int(row["digits"]) if row["digits"] and base == "numeric" else None,
        scale=int(row["decimals"]) if row["decimals"] and base == "numeric" else None,
        nullable=row["nullable"] == "YES",
        default=None if generated or row["default_value"] in (None, "NULL") else row["default_value"],
        identity="by default" if "auto_increment" in row["extra"] else None,
        generated=generated,
        allowed=tuple(chosen) or next((values for text in own if (values := one_of(text))), ()),
        comment=row["comment"] or "",
        sensitivity=sensitivity(row["comment"] or ""),
        line=places.part(table, name),
    )


def _plain(expression: str) -> str:
    """Without the quotes that a plain name does not need."""
    return _PLAIN.sub(r"\1", expression or "")


def _checks(found: list[Row], table: str, columns: list[str], places: Places) -> Iterator[PublishedCheck]:
    for row in found:
        expression = _plain(row["expression"])
        yield PublishedCheck(
            name=row["name"], columns=words(expression, columns), expression=expression,
            line=places.part(table, row["name"]),
        )  # fmt: skip


def _uniques(found: list[Row], table: str, places: Places) -> Iterator[PublishedKey]:
    for name in dict.fromkeys(row["name"] for row in found if row["kind"] == "UNIQUE"):
        columns = tuple(row["column_name"] for row in found if row["name"] == name)
        yield PublishedKey(name=name, columns=columns, line=places.part(table, name))


def _references(found: list[Row], table: str, places: Places) -> Iterator[PublishedForeignKey]:
    for name in dict.fromkeys(row["name"] for row in found):
        parts = [row for row in found if row["name"] == name]
        yield PublishedForeignKey.model_validate({
            "name": name,
            "columns": tuple(row["column_name"] for row in parts),
            "references": parts[0]["parent"],
            "referenced_columns": tuple(row["parent_column"] for row in parts),
            "on_delete": parts[0]["on_delete"].lower(),
            "on_update": parts[0]["on_update"].lower(),
            "line": places.part(table, name),
        })  # fmt: skip


def _indexes(found: list[Row], table: str, constraints: set[str], places: Places) -> Iterator[PublishedIndex]:
    """All indexes; a unique one that the script made as a constraint is owned by it."""
    for name in dict.fromkeys(row["name"] for row in found):
        parts = [row for row in found if row["name"] == name]
        keys = tuple(f"{row['column_name']}{' DESC' if row['direction'] == 'D' else ''}" for row in parts)
        unique = parts[0]["not_unique"] == "0"
        yield PublishedIndex(
            name=name,
            table=table,
            method=parts[0]["method"].lower(),
            unique=unique,
            keys=keys,
            columns=tuple(row["column_name"] for row in parts),
            constraint=name in constraints,
            definition=f"{'UNIQUE ' if unique else ''}INDEX {name} ({', '.join(keys)})",
            line=places.named(table, name),
        )


def _view(row: Row) -> tuple[str, str] | None:
    """Table and condition of a view that shows some rows of one table."""
    found = _FROM_ONE.search(row["definition"]) if row["definition"] else None
    if not found or row["security"] != "DEFINER":
        return None
    condition = _plain(re.sub(r"`[^`]+`\.(?=`)", "", found[2]))
    return found[1], condition


def _policies(
    table: str, views: dict[str, tuple[str, str]], table_rights: list[Row], column_rights: list[Row], places: Places
) -> Iterator[PublishedPolicy]:
    for view, (of, condition) in views.items():
        if of == table:
            held = [row["role"] for row in (*table_rights, *column_rights) if row["of_table"] == view]
            yield PublishedPolicy(
                name=view, table=table, command="all", roles=tuple(dict.fromkeys(held)), using=condition,
                line=places.of(view),
            )  # fmt: skip
    direct = tuple(dict.fromkeys(row["role"] for row in (*table_rights, *column_rights) if row["of_table"] == table))
    if direct and any(of == table for of, _ in views.values()):  # who holds a right on the table itself sees all rows
        yield PublishedPolicy(
            name=table, table=table, command="all", roles=direct, using="true", line=places.table(table)
        )


def _grants(
    table_rights: list[Row], column_rights: list[Row], views: dict[str, tuple[str, str]], places: Places
) -> Iterator[PublishedGrant]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in table_rights:
        for command in _named(row["rights"]):
            found[row["role"], row["of_table"], command] = []
    for row in column_rights:
        for command in _named(row["rights"]):
            if found.get((row["role"], row["of_table"], command), ["*"]):
                found.setdefault((row["role"], row["of_table"], command), []).append(row["column_name"])
    for (role, name, command), columns in found.items():
        table = views[name][0] if name in views else name
        yield PublishedGrant.model_validate({
            "role": role, "table": table, "command": command, "columns": tuple(columns),
            "line": places.grant(role, name, command),
        })  # fmt: skip


def _named(rights: str) -> list[str]:
    held = {right.strip().lower() for right in rights.split(",")}
    return [command for command in _COMMANDS if command in held]


def _roles(found: list[Row], holders: set[str], before: frozenset[str], places: Places) -> Iterator[PublishedRole]:
    for row in found:
        name = row["name"]
        if name in holders or quoted(name) not in before:
            yield PublishedRole(name=name, line=places.of(name))


def _functions(found: list[Row], places: Places) -> Iterator[PublishedFunction]:
    for row in found:
        yield PublishedFunction(
            name=row["name"], arguments=row["arguments"] or "", returns=row["returns"] or "",
            security_definer=row["security"] == "DEFINER", line=places.of(row["name"]),
        )  # fmt: skip


def _migrations(connection: Connection, columns: list[Row], places: Places) -> Iterator[PublishedMigration]:
    known = {row["name"] for row in columns if row["of_table"] == "schema_migrations"}
    if {"version", "description", "rollback_sql"} <= known:
        for row in rows(connection, ask.MIGRATIONS):
            yield PublishedMigration(**row, line=places.of(row["version"]))
