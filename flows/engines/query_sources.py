"""Where the results of a query come from, for engines that do not tell: its SQL, held against the catalogue."""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contracts.catalogue import Catalogue, PublishedColumn, PublishedTable
from contracts.published import QueryResult

NUMBER, TEXT = "bigint", "text"
_NUMBERED = re.compile(r"\?\d*")


def results(sql: str, names: tuple[str, ...], catalogue: Catalogue, dialect: str) -> tuple[QueryResult, ...]:
    """The results under the names that the engine gives them, each with its table and column where it is one."""
    tree = _parsed(sql, dialect)
    columns = tuple(_columns(tree, catalogue)) if tree is not None else ()
    if len(columns) != len(names):
        return tuple(QueryResult(name=name, type=TEXT) for name in names)
    return tuple(
        QueryResult(name=name, type=kind, table=table, column=column)
        for name, (kind, table, column) in zip(names, columns, strict=True)
    )


def _parsed(sql: str, dialect: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(_NUMBERED.sub(lambda found: "?" if found[0] else "", sql), dialect=dialect)
    except SqlglotError:
        return None


def _columns(tree: exp.Expr, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """(type, table, column) of each result."""
    known = {table.name: table for table in catalogue.tables}
    alias = {node.alias_or_name: known[node.name] for node in tree.find_all(exp.Table) if node.name in known}
    returned = tree.expressions if isinstance(tree, exp.Select) else _returned(tree)
    for node in returned:
        if isinstance(node, exp.Star):
            for table in alias.values():
                yield from ((column.base, table.name, column.name) for column in table.columns)
            continue
        yield _of(node.this if isinstance(node, exp.Alias) else node, alias)


def _returned(tree: exp.Expr) -> list[exp.Expr]:
    found = tree.args.get("returning")
    return list(found.expressions) if found else []


def _of(node: exp.Expr, alias: dict[str, PublishedTable]) -> tuple[str, str, str]:
    if isinstance(node, exp.Column):
        table = alias.get(node.table) or next((t for t in alias.values() if _column(t, node.name)), None)
        column = _column(table, node.name) if table else None
        return (column.base, table.name, column.name) if table and column else (TEXT, "", "")
    if isinstance(node, exp.Count):
        return NUMBER, "", ""
    inner = node.find(exp.Column) if isinstance(node, (exp.Sum, exp.Min, exp.Max, exp.Coalesce)) else None
    return (_of(inner, alias)[0] if inner else "float8" if isinstance(node, exp.Avg) else TEXT), "", ""


def _column(table: PublishedTable, name: str) -> PublishedColumn | None:
    return next((column for column in table.columns if column.name == name), None)
