"""What a database says about itself, as contracts: the schema after a script ran, and its prepared statements."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from artifacts.places import Places
from contracts.catalogue import (
    Catalogue,
    PublishedCheck,
    PublishedColumn,
    PublishedExclusion,
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
from contracts.published import QueryResult
from flows.engines import catalogue_sql as ask
from flows.engines.session import Connection, checked

Row = dict[str, Any]

ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_CAST = re.compile(r"::(?:character varying|[\w ]+?)(?:\([\d,]+\))?(?:\[\])?(?=[\s,)\]]|$)")
_ONE_OF = re.compile(r"\"?[\w$]+\"?=(?:ANYARRAY\[(?P<list>[^\[\]]*)\]|(?P<one>[^=]*))")


def rows(connection: Connection, sql: str) -> list[Row]:
    """The rows of a question to the catalogue, each with its columns by name."""
    answer = checked(connection, f"SELECT coalesce(json_agg(to_json(q)), '[]') FROM ({sql}) q").rows or ()
    found: list[Row] = json.loads(str(answer[0][0]))
    return found


def catalogue(connection: Connection, places: Places, roles_before: frozenset[str]) -> Catalogue:
    """The whole database; `places` gives each thing its line in the document."""
    by_table = _parts(connection, places)
    grants = tuple(
        PublishedGrant(**row, line=places.grant(row["role"], row["table"], row["command"]))
        for row in rows(connection, ask.GRANTS)
    )
    tables = tuple(_table(row, by_table, places) for row in rows(connection, ask.TABLES))
    named = {grant.role for grant in grants} | {r for t in tables for p in t.policies for r in p.roles}
    roles = (row for row in rows(connection, ask.ROLES) if row["name"] in named or row["name"] not in roles_before)
    return Catalogue(
        tables=tables,
        roles=tuple(PublishedRole(**row, line=places.of(row["name"])) for row in roles),
        grants=grants,
        functions=tuple(
            PublishedFunction(**row, line=places.of(row["name"])) for row in rows(connection, ask.FUNCTIONS)
        ),
        migrations=_migrations(connection, places),
        **rows(connection, ask.NAMES)[0],
    )


class QueryTypes:
    """Describes prepared statements; the names of types and columns are asked for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._types = {row["type"]: row["name"] for row in rows(connection, ask.TYPE_NAMES)}
        self._columns = {row["relation"]: row for row in rows(connection, ask.COLUMN_NAMES)}

    def of(self, name: str) -> tuple[tuple[str, ...], tuple[QueryResult, ...]]:
        """Parameter types and results of one statement."""
        found = self._connection.pgconn.describe_prepared(name.encode())
        parameters = tuple(self._types[str(found.param_type(n))] for n in range(found.nparams))
        return parameters, tuple(self._result(found, n) for n in range(found.nfields))

    def _result(self, found: Any, number: int) -> QueryResult:
        source = self._columns.get(str(found.ftable(number)))
        return QueryResult(
            name=(found.fname(number) or b"").decode(),
            type=self._types[str(found.ftype(number))],
            table=source["table"] if source else "",
            column=source["columns"].get(str(found.ftablecol(number)), "") if source else "",
        )


def _parts(connection: Connection, places: Places) -> dict[str, dict[str, list[Any]]]:
    """For each relation the lists of what belongs to it, by the contract's field."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    table_of = {row["relation"]: row["name"] for row in rows(connection, ask.TABLES)}
    for row in rows(connection, ask.CONSTRAINTS):
        relation = row.pop("relation")
        field, made = _constraint(row, table_of[relation], places)
        found[relation][field].append(made)
    for row in rows(connection, ask.COLUMNS):
        relation = row.pop("relation")
        found[relation]["columns"].append(_column(row, found[relation]["checks"], table_of[relation], places))
    for field, sql, contract in (
        ("indexes", ask.INDEXES, PublishedIndex),
        ("policies", ask.POLICIES, PublishedPolicy),
        ("triggers", ask.TRIGGERS, PublishedTrigger),
    ):
        for row in rows(connection, sql):
            line = places.named(row["table"], row["name"])
            found[row.pop("relation")][field].append(contract(**row, line=line))
    for row in rows(connection, ask.PARTITIONS):
        relation = row.pop("relation")
        found[relation]["partitions"].append(PublishedPartition(**row, line=places.table(row["name"])))
    return found


def _table(row: Row, by_table: dict[str, dict[str, list[Any]]], places: Places) -> PublishedTable:
    parts = {field: tuple(values) for field, values in by_table[row.pop("relation")].items()}
    keys = parts.pop("primary_keys", ())
    return PublishedTable.model_validate(
        {**row, "columns": (), **parts, "primary_key": keys[0] if keys else None, "line": places.table(row["name"])}
    )


def _column(row: Row, checks: Iterable[PublishedCheck], table: str, places: Places) -> PublishedColumn:
    if not row["allowed"]:
        row["allowed"] = next((v for c in checks if c.columns == (row["name"],) and (v := allowed(c.expression))), ())
    sensitive = re.fullmatch(r"Sensitivity: (\w+)", row["comment"].splitlines()[-1]) if row["comment"] else None
    line = places.part(table, row["name"])
    return PublishedColumn(**row, sensitivity=sensitive[1] if sensitive else "", line=line)


def _constraint(row: Row, table: str, places: Places) -> tuple[str, Any]:
    """The contract's field that a constraint belongs to, and the constraint."""
    name, columns = row["name"], tuple(row["columns"])
    line = places.part(table, name)
    if line == places.table(table) and len(columns) == 1:
        line = places.part(table, columns[0])
    match row["kind"]:
        case "p" | "u":
            field = "primary_keys" if row["kind"] == "p" else "uniques"
            return field, PublishedKey(name=name, columns=columns, line=line)
        case "c":
            return "checks", PublishedCheck(name=name, columns=columns, expression=row["expression"], line=line)
        case "x":
            return "exclusions", PublishedExclusion(name=name, columns=columns, definition=row["definition"], line=line)
    return "foreign_keys", PublishedForeignKey.model_validate(
        {
            "name": name,
            "columns": columns,
            "references": row["references"],
            "referenced_columns": row["referenced_columns"],
            "on_delete": ACTIONS[row["on_delete"]],
            "on_update": ACTIONS[row["on_update"]],
            "deferrable": row["deferrable"],
            "line": line,
        }
    )


def allowed(expression: str) -> tuple[str, ...]:
    """The values that a CHECK on one column allows, when it is a list of them and nothing else.

    >>> allowed("((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))")
    ('a', 'b')
    >>> allowed("(price > (0)::numeric)")
    ()
    """
    values = [value.replace("''", "'") for value in _LITERAL.findall(expression)]
    numbered = iter(range(len(values)))
    shape = _LITERAL.sub(lambda _: f"§{next(numbered)}", expression)
    found = _ONE_OF.fullmatch(re.sub(r"[\s()]", "", _CAST.sub("", shape)))
    items = (found["list"] or found["one"]).split(",") if found else []
    if not items or not all(re.fullmatch(r"§\d+|-?\d+(\.\d+)?", item) for item in items):
        return ()
    return tuple(values[int(item[1:])] if item.startswith("§") else item for item in items)


def _migrations(connection: Connection, places: Places) -> tuple[PublishedMigration, ...]:
    if not rows(connection, ask.HAS_MIGRATIONS)[0]["there"]:
        return ()
    found = rows(connection, ask.MIGRATIONS)
    return tuple(PublishedMigration(**row, line=places.of(row["version"])) for row in found)
