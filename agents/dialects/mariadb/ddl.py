"""The tables and indexes of a design as MariaDB's statements."""

from collections.abc import Container, Iterable, Iterator

from agents.dialects.mariadb.spelling import literal, quoted
from agents.dialects.mariadb.sql import COLLATION, FOLDING
from agents.naming import shorten
from agents.schema_design.index_candidates import LIVE
from contracts.base import Statement
from contracts.schema import Column, ForeignKey, Index, Table

PREFIX = 255
"""Characters of a TEXT that an index holds: an InnoDB key has 3,072 bytes, and a character up to four."""


def table_statement(table: Table, made: Iterable[str], folded: Container[tuple[str, str]]) -> Statement:
    """CREATE TABLE with its keys, checks and the references to tables that are made already; `folded` are the columns,
    with their tables, whose words are searched."""
    known = {*made, table.name}
    lines = [_column(column, (table.name, column.name) in folded) for column in table.columns]
    lines += _rules(table, known)
    body, options = ",\n    ".join(lines), f"ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = {COLLATION}"
    return Statement(
        id=f"table.{table.name}",
        section="schema",
        sql=f"CREATE TABLE {quoted(table.name)} (\n    {body}\n) {options}\n    COMMENT = {literal(table.comment)}",
        comment=table.comment,
        element=f"table.{table.name}",
    )


def _column(column: Column, folded: bool) -> str:
    parts = [quoted(column.name), column.sql_type]
    parts += [f"COLLATE {FOLDING}"] if folded else []
    parts += ["CHARACTER SET ascii COLLATE ascii_bin"] if column.type == "uuid" else []
    parts += ["NULL" if column.nullable else "NOT NULL"]
    parts += ["AUTO_INCREMENT"] if column.identity else []
    parts += [f"DEFAULT {column.default}"] if column.default is not None else []
    note = _note(column)
    parts += [f"COMMENT {literal(note)}"] if note else []
    return " ".join(parts)


def _note(column: Column) -> str:
    kept = {"duration": "in seconds", "timestamp": "UTC"}
    said = [column.comment, kept.get(column.type, "")]
    said += [f"sensitivity: {column.sensitivity}"] if column.sensitivity not in ("public", "internal") else []
    return "; ".join(filter(None, said))


def _rules(table: Table, known: set[str]) -> Iterator[str]:
    """Keys, then checks of one column before those of two: MariaDB names the first one that refuses a row."""
    yield f"PRIMARY KEY ({_listed(table.primary_key)})"
    for unique in (*table.uniques, *table.targets):
        yield f"CONSTRAINT {unique.name} UNIQUE ({_listed(unique.columns)})"
    several = ("ordered", "required_when")
    for check in sorted(table.checks, key=lambda check: check.kind in several):
        yield f"CONSTRAINT {check.name} CHECK ({check.expression})"
    for column in table.columns:
        if column.type == "boolean":
            yield f"CONSTRAINT {truth_name(table, column)} CHECK ({quoted(column.name)} IN (0, 1))"
        if is_address_text(column):
            name = quoted(column.name)
            yield f"CONSTRAINT {truth_name(table, column)} CHECK (IS_IPV4({name}) OR IS_IPV6({name}))"
    yield from (_reference(key) for key in table.foreign_keys if key.references in known)


def is_address_text(column: Column) -> bool:
    """Whether an address of a network is a text here, because the product has no type for it."""
    return column.type == "ip_address" and column.sql_type.startswith("VARCHAR")


def truth_name(table: Table, column: Column) -> str:
    """The check that a BOOLEAN, which is a small number, is true or false, or a text an address."""
    return shorten(f"ck_{table.name}_{column.name}_form", 63)


def _reference(key: ForeignKey) -> str:
    action = "RESTRICT" if key.on_delete == "no action" else key.on_delete.upper()
    return (
        f"CONSTRAINT {key.name} FOREIGN KEY ({_listed(key.constrained)}) "
        f"REFERENCES {quoted(key.references)} ({_listed(key.constrained_to)}) ON DELETE {action}"
    )


def late_references(table: Table, made: Iterable[str]) -> list[Statement]:
    """References to tables that are made later."""
    known = {*made, table.name}
    return [
        Statement(
            id=f"constraint.{key.name}", section="schema", comment=key.because, element=f"table.{table.name}",
            sql=f"ALTER TABLE {quoted(table.name)} ADD {_reference(key)}",
        )
        for key in table.foreign_keys if key.references not in known
    ]  # fmt: skip


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def index_statement(index: Index, table: Table) -> Statement:
    """CREATE INDEX; columns that ride along stand behind the keys, and a partial unique index is one of a generated
    column, which is NULL where the row does not count."""
    sql = _live_unique(index, table) if index.where else _plain(index, table)
    return Statement(
        id=f"index.{index.name}", section="schema", sql=sql, comment=index.because, element=f"index.{index.name}"
    )


def _plain(index: Index, table: Table) -> str:
    if index.method == "fulltext":
        return f"CREATE FULLTEXT INDEX {index.name} ON {quoted(index.table)} ({index.keys[0].expression})"
    keys = []
    for key in index.keys:
        assert key.column is not None
        keys.append(_key(table.column(key.column)) + (" DESC" if key.descending else ""))
    keys += [_key(table.column(name)) for name in index.include]
    return f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {index.name} ON {quoted(index.table)} ({', '.join(keys)})"


def _key(column: Column) -> str:
    long = column.sql_type == "TEXT"
    return f"{quoted(column.name)}({PREFIX})" if long else quoted(column.name)


def _live_unique(index: Index, table: Table) -> str:
    names = [key.column for key in index.keys if key.column]
    suffix = "live" if index.where == LIVE.sql else index.name.removeprefix(f"uq_{index.table}_{names[0]}_")
    made = [(shorten(f"{name}_{suffix}", 60), table.column(name)) for name in names]
    columns = ",\n".join(
        f"    ADD COLUMN {quoted(name)} {column.sql_type} GENERATED ALWAYS AS "
        f"(IF({index.where}, {quoted(column.name)}, NULL)) VIRTUAL INVISIBLE"
        for name, column in made
    )
    return (
        f"ALTER TABLE {quoted(index.table)}\n{columns},\n"
        f"    ADD CONSTRAINT {index.name} UNIQUE ({_listed(name for name, _ in made)})"
    )
