"""The tables and indexes of a design as SQLite's statements."""

from collections.abc import Iterable, Iterator

from agents.dialects.sqlite.native import forms
from agents.dialects.sqlite.spelling import quoted
from agents.schema_design.core import pk_name
from contracts.base import Statement
from contracts.schema import Column, Index, Table


def table_statement(logical: Table, table: Table, keeps_ids: bool) -> Statement:
    """CREATE TABLE with everything that belongs to it: SQLite keeps the text, and with it what its lines say.

    `keeps_ids`: an id that was given out never names another row.
    """
    lines = [(_column(table, column, keeps_ids), _note(column)) for column in table.columns]
    rules = list(_rules(logical, table))
    last = len(lines) + len(rules) - 1
    body = [f"    {text}{',' if n < last else ''}{f' -- {note}' if note else ''}" for n, (text, note) in
            enumerate((*lines, *((rule, "") for rule in rules)))]  # fmt: skip
    without = ", WITHOUT ROWID" if not _has_rowid(table) else ""
    return Statement(
        id=f"table.{table.name}",
        section="schema",
        sql=f"CREATE TABLE {quoted(table.name)} (\n" + "\n".join(body) + f"\n) STRICT{without}",
        comment=table.comment,
        element=f"table.{table.name}",
    )


def _has_rowid(table: Table) -> bool:
    return len(table.primary_key) == 1


def _column(table: Table, column: Column, keeps_ids: bool) -> str:
    if column.identity and table.primary_key == (column.name,):
        counted = " AUTOINCREMENT" if keeps_ids else ""
        return f"{quoted(column.name)} INTEGER PRIMARY KEY{counted}"
    parts = [quoted(column.name), column.sql_type]
    parts += [] if column.nullable else ["NOT NULL"]
    parts += [f"DEFAULT {column.default}"] if column.default is not None else []
    return " ".join(parts)


def _note(column: Column) -> str:
    """What a reader of the schema must know of a column; one line, so that it ends with the line."""
    kept = {"money": "in the smallest unit of the currency", "duration": "in seconds", "timestamp": "UTC"}
    said = [column.comment, kept.get(column.type, "")]
    said += [f"sensitivity: {column.sensitivity}"] if column.sensitivity not in ("public", "internal") else []
    return " ".join("; ".join(filter(None, said)).split())


def _rules(logical: Table, table: Table) -> Iterator[str]:
    """Keys, then checks of one column before those of two: SQLite names the first one that refuses a row."""
    if not (len(table.primary_key) == 1 and table.column(table.primary_key[0]).identity):
        yield f"CONSTRAINT {pk_name(table)} PRIMARY KEY ({_listed(table.primary_key)})"
    for unique in (*table.uniques, *table.targets):
        yield f"CONSTRAINT {unique.name} UNIQUE ({_listed(unique.columns)})"
    several = ("ordered", "required_when")
    checks = [(check.name, check.expression) for check in table.checks if check.kind not in several]
    checks += [(name, expression) for name, _, expression, _ in forms(logical)]
    checks += [(check.name, check.expression) for check in table.checks if check.kind in several]
    yield from (f"CONSTRAINT {name} CHECK ({expression})" for name, expression in checks)
    for key in table.foreign_keys:
        yield (
            f"CONSTRAINT {key.name} FOREIGN KEY ({_listed(key.constrained)}) "
            f"REFERENCES {quoted(key.references)} ({_listed(key.constrained_to)}) ON DELETE {key.on_delete.upper()}"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def index_statements(index: Index, table: Table) -> list[Statement]:
    """CREATE INDEX; columns that ride along stand behind the keys. Words get a full-text table and what keeps it."""
    if index.method == "fulltext":
        return _words(index, table)
    keys = [
        (quoted(key.column) if key.column else f"({key.expression})") + (" DESC" if key.descending else "")
        for key in index.keys
    ]
    keys += map(quoted, index.include)
    sql = (
        f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {index.name} ON {quoted(index.table)} ({', '.join(keys)})"
        + (f" WHERE {index.where}" if index.where else "")
    )
    return [_statement(f"index.{index.name}", sql, index.because, f"index.{index.name}")]


def _words(index: Index, table: Table) -> list[Statement]:
    """An FTS5 table without a copy of the texts, and three triggers that follow the table's changes."""
    columns = str(index.keys[0].expression)
    names, element, key = columns.split(", "), f"index.{index.name}", quoted(table.primary_key[0])
    new, old = (", ".join(f"{row}.{name}" for name in names) for row in ("NEW", "OLD"))
    add = f"INSERT INTO {index.name} (rowid, {columns}) VALUES (NEW.{key}, {new});"
    remove = f"INSERT INTO {index.name} ({index.name}, rowid, {columns}) VALUES ('delete', OLD.{key}, {old});"
    made = [
        _statement(
            f"index.{index.name}",
            f"CREATE VIRTUAL TABLE {index.name} USING fts5(\n"
            f"    {columns}, content={quoted(table.name)}, content_rowid={key}\n)",
            index.because,
            element,
        )
    ]
    events = (("added", "INSERT", (add,)), ("removed", "DELETE", (remove,)))
    for suffix, event, body in (*events, ("changed", f"UPDATE OF {columns}", (remove, add))):
        steps = "\n".join(f"    {step}" for step in body)
        sql = f"CREATE TRIGGER {index.name}_{suffix} AFTER {event} ON {quoted(table.name)}\nBEGIN\n{steps}\nEND"
        made.append(_statement(f"trigger.{index.name}_{suffix}", sql, "", element))
    return made


def _statement(identity: str, sql: str, comment: str, element: str) -> Statement:
    return Statement(id=identity, section="schema", sql=sql, comment=comment, element=element)
