"""What a database file says about itself, as contracts: `sqlite_schema`, the PRAGMAs, and the text of its statements.

SQLite keeps the text of what made a table and tells little else: checks, names of constraints and comments are read
from it. It has no roles, so there are no rights and no policies.
"""

import re
import sqlite3
from collections.abc import Iterator
from typing import Any

from artifacts.places import Places
from contracts.catalogue import (
    Catalogue,
    PublishedCheck,
    PublishedColumn,
    PublishedForeignKey,
    PublishedIndex,
    PublishedKey,
    PublishedMigration,
    PublishedTable,
    PublishedTrigger,
)
from flows.engines.ddl_text import blank, bracketed, exclusions, line_comments, one_of, sensitivity, words
from flows.engines.sqlite.refusals import constraint_name, foreign_key_name
from flows.engines.sqlite.session import checked

BASES = {"INTEGER": "int8", "INT": "int8", "TEXT": "text", "REAL": "float8", "BLOB": "bytea"}
"""STRICT types, by the words that every engine's catalogue uses."""

FORMS = (
    (r"date\({c}, '\+0 days'\) IS {c}", "date"),
    (r"datetime\({c}, '\+0 days'\) IS {c}", "timestamptz"),
    (r"time\({c}, '\+0 days'\) IS {c}|time\({c}\) IS {c}", "time"),
    (r"{c} IN \(0, 1\)", "bool"),
    (r"(?:{c} IS NULL OR )?json_valid\({c}\)", "json"),
)
"""What a CHECK on one column holds its values to, and the type that these are of. Moments are UTC."""

_CHECK = re.compile(r"(?:\bCONSTRAINT\s+([\w$]+)\s+)?\bCHECK\s*(?=\()", re.IGNORECASE)
_GENERATED = r"^\s*{c}\b[^,]*?(?:GENERATED\s+ALWAYS\s+)?\bAS\s*(?=\()"
_LENGTH = r"length\({c}\) (<=|=) (\d+)"
_WORDS_TABLE = re.compile(r"USING\s+fts5\s*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_PREDICATE = re.compile(r"\bWHERE\s+(.+)$", re.IGNORECASE | re.DOTALL)

Row = dict[str, Any]


def rows(connection: sqlite3.Connection, sql: str, *values: object) -> list[Row]:
    """The rows of a question, columns by name and values as they are."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def catalogue(connection: sqlite3.Connection, places: Places) -> Catalogue:
    """The whole file; `places` gives each thing its line in the document."""
    checked(connection, "PRAGMA schema_version")
    kinds = {row["name"]: row["type"] for row in rows(connection, "PRAGMA table_list") if row["schema"] == "main"}
    made = rows(connection, "SELECT name, sql, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'")
    word_tables = [row for row in made if kinds.get(row["name"]) == "virtual"]
    tables = [row for row in made if row["type"] == "table" and kinds.get(row["name"]) == "table"]
    return Catalogue(
        dialect="sqlite",
        tables=tuple(_table(connection, row, word_tables, places) for row in tables),
        views=tuple(row["name"] for row in made if row["type"] == "view"),
        migrations=tuple(_migrations(connection, places)),
    )


def _table(connection: sqlite3.Connection, row: Row, word_tables: list[Row], places: Places) -> PublishedTable:
    name, sql = row["name"], row["sql"]
    raw = rows(connection, "SELECT * FROM pragma_table_xinfo(?) WHERE hidden <> 1", name)
    names = [one["name"] for one in raw]
    checks = tuple(_checks(name, sql, names, places))
    keys, uniques, indexes = _keys(connection, name, raw, places)
    triggers = tuple(_triggers(connection, name, places))
    return PublishedTable(
        name=name,
        comment="",
        columns=tuple(_column(one, sql, checks, len(keys) == 1, name, places) for one in raw),
        primary_key=PublishedKey(name=f"pk_{name}", columns=keys, line=places.part(name, keys[0])) if keys else None,
        uniques=uniques,
        foreign_keys=tuple(_references(connection, name, places)),
        checks=checks,
        exclusions=tuple(exclusions(triggers, names)),
        indexes=(*indexes, *_word_indexes(name, word_tables, places)),
        triggers=triggers,
        line=places.table(name),
    )


def _column(
    row: Row, sql: str, checks: tuple[PublishedCheck, ...], single_key: bool, table: str, places: Places
) -> PublishedColumn:
    name, kind = row["name"], str(row["type"]).upper()
    own = [check.expression for check in checks if check.columns == (name,)]
    numbered = bool(row["pk"]) and single_key and kind == "INTEGER"
    length = next((int(found[2]) for text in own if (found := _fullmatch(_LENGTH, name, text))), None)
    comment = dict(line_comments(sql)).get(name, "")
    generated = re.search(_GENERATED.format(c=name), sql, re.IGNORECASE | re.MULTILINE) if row["hidden"] else None
    return PublishedColumn(
        name=name,
        type=kind,
        base=next(
            (base for form, base in FORMS if any(_fullmatch(form, name, text) for text in own)), BASES.get(kind, "text")
        ),
        length=length,
        nullable=not (row["notnull"] or row["pk"]),
        default=row["dflt_value"],
        identity="by default" if numbered else None,
        generated=bracketed(sql, generated.end()) if generated else None,
        allowed=next((values for text in own if (values := one_of(text))), ()),
        comment=comment,
        sensitivity=sensitivity(comment),
        line=places.part(table, name),
    )


def _fullmatch(form: str, column: str, expression: str) -> re.Match[str] | None:
    return re.fullmatch(form.format(c=rf'"?{re.escape(column)}"?'), " ".join(expression.split()), re.IGNORECASE)


def _checks(table: str, sql: str, columns: list[str], places: Places) -> Iterator[PublishedCheck]:
    """The CHECKs of a table's text; one without a name is told by its expression, as SQLite does."""
    for found in _CHECK.finditer(blank(sql)):
        expression = bracketed(sql, found.end())
        name = found[1] or expression
        yield PublishedCheck(
            name=name, columns=words(expression, columns), expression=expression, line=places.part(table, name)
        )


def _keys(
    connection: sqlite3.Connection, table: str, columns: list[Row], places: Places
) -> tuple[tuple[str, ...], tuple[PublishedKey, ...], tuple[PublishedIndex, ...]]:
    """The primary key's columns, the unique constraints, and all indexes under their constraints' names."""
    key = tuple(row["name"] for row in sorted((c for c in columns if c["pk"]), key=lambda c: c["pk"]))
    uniques, indexes = [], []
    for row in reversed(rows(connection, "SELECT * FROM pragma_index_list(?)", table)):
        parts = rows(connection, "SELECT * FROM pragma_index_xinfo(?) WHERE key", row["name"])
        plain = tuple(part["name"] for part in parts if part["name"])
        name = constraint_name(connection, table, row["name"], row["origin"], plain)
        if row["origin"] == "u":
            uniques.append(PublishedKey(name=name, columns=plain, line=places.part(table, name)))
        sql = rows(connection, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", row["name"])
        indexes.append(_index(table, name, row, parts, (sql[0]["sql"] if sql else "") or "", places))
    return key, tuple(uniques), tuple(indexes)


def _index(table: str, name: str, row: Row, parts: list[Row], sql: str, places: Places) -> PublishedIndex:
    where = _PREDICATE.search(sql) if row["partial"] else None
    spelled = tuple(f"{part['name'] or '(expression)'}{' DESC' if part['desc'] else ''}" for part in parts)
    return PublishedIndex(
        name=name,
        table=table,
        method="btree",
        unique=bool(row["unique"]),
        keys=spelled,
        columns=tuple(part["name"] for part in parts if part["name"]),
        predicate=where[1].strip() if where else None,
        constraint=row["origin"] != "c",
        definition=sql or f"{'PRIMARY KEY' if row['origin'] == 'pk' else 'UNIQUE'} ({', '.join(spelled)})",
        line=places.named(table, name),
    )


def _word_indexes(table: str, word_tables: list[Row], places: Places) -> Iterator[PublishedIndex]:
    """Full-text tables whose content is this table: an index in all but its name."""
    for row in word_tables:
        found = _WORDS_TABLE.search(row["sql"])
        options = [part.strip() for part in found[1].split(",")] if found else []
        if f"content={table}" in [option.replace('"', "").replace("'", "") for option in options]:
            columns = tuple(option.strip('"') for option in options if "=" not in option)
            yield PublishedIndex(
                name=row["name"], table=table, method="fts5", unique=False, keys=columns, columns=columns,
                definition=row["sql"], line=places.named(table, row["name"]),
            )  # fmt: skip


def _references(connection: sqlite3.Connection, table: str, places: Places) -> Iterator[PublishedForeignKey]:
    found = rows(connection, "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq", table)
    for number in dict.fromkeys(row["id"] for row in found):
        parts = [row for row in found if row["id"] == number]
        name, columns = foreign_key_name(connection, table, number), tuple(row["from"] for row in parts)
        keys = rows(connection, "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", parts[0]["table"])
        named = tuple(row["to"] for row in parts if row["to"])
        yield PublishedForeignKey.model_validate({
            "name": name,
            "columns": columns,
            "references": parts[0]["table"],
            "referenced_columns": named or tuple(row["name"] for row in keys),
            "on_delete": parts[0]["on_delete"].lower(),
            "on_update": parts[0]["on_update"].lower(),
            "line": places.part(table, name),
        })  # fmt: skip


def _triggers(connection: sqlite3.Connection, table: str, places: Places) -> Iterator[PublishedTrigger]:
    asked = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? ORDER BY rowid"
    for row in rows(connection, asked, table):
        line = places.named(table, row["name"])
        yield PublishedTrigger(name=row["name"], table=table, function="", definition=row["sql"], line=line)


def _migrations(connection: sqlite3.Connection, places: Places) -> Iterator[PublishedMigration]:
    known = {row["name"] for row in rows(connection, "SELECT name FROM pragma_table_info('schema_migrations')")}
    if {"version", "description", "rollback_sql"} <= known:
        asked = "SELECT version, description, rollback_sql AS rollback FROM schema_migrations ORDER BY version"
        for row in rows(connection, asked):
            yield PublishedMigration(**row, line=places.of(row["version"]))
