"""What a prepared statement does, read from its SQL: which columns it compares, returns, writes and pages by.

The SQL is what runs, so it decides; the document's own words about a query only name things. A parameter whose place
in the statement is not understood stays `unknown`, and the operation says that it must be given.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from agents import dialects
from agents.api_integration.statements import (
    BOUNDS,
    Comparison,
    Fixed,
    Key,
    Scope,
    comparisons,
    conditions,
    fixed_conditions,
    in_table_order,
    keyset_keys,
    number,
    order_keys,
    position_of,
    searched,
    word_tables,
)
from contracts.catalogue import Catalogue
from contracts.published import PublishedQuery


@dataclass(frozen=True)
class QueryFacts:
    """A query of the document with what its SQL says; `reads` and `writes` are (table, column), `*` for a whole row.

    `members` are the columns whose values are members of a JSON array's items.
    """

    query: PublishedQuery
    table: str
    comparisons: tuple[Comparison, ...] = ()
    search: tuple[str, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    keyset: tuple[Key, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    aggregate: bool = False
    grouped: bool = False
    reads: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    writes: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    tables: tuple[str, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def equals(self) -> tuple[str, ...]:
        """Columns that a parameter must equal."""
        return tuple(c.column for c in self.comparisons if c.operator == "=")

    @property
    def bounds(self) -> tuple[Comparison, ...]:
        """Parameters that bound a column from below or above."""
        return tuple(c for c in self.comparisons if c.operator in BOUNDS)

    def name(self, position: int) -> str:
        """The document's name of `$position`."""
        return self.query.parameters[position - 1].name

    def type(self, position: int) -> str:
        """The database's type of `$position`."""
        return self.query.parameters[position - 1].type


def query_facts(query: PublishedQuery, catalogue: Catalogue) -> QueryFacts | None:
    """The facts of an application's query; None for a statement that no API can serve (no table, not parsed)."""
    tree = _parsed(query.numbered or query.sql, dialects.family(catalogue.dialect).parser)
    if tree is None:
        return None
    scope = Scope(tree, catalogue)
    if not scope.tables:
        return None
    if isinstance(tree, exp.Select):
        return _selected(query, tree, scope)
    if isinstance(tree, (exp.Insert, exp.Update, exp.Delete)):
        return _written(query, tree, scope)
    return None


@functools.lru_cache(maxsize=4096)  # the agent and its checks ask for the same statements
def _parsed(sql: str, parser: str) -> exp.Expr | None:
    """The statement's tree, which nobody changes, with its parameters as such; None where it cannot be parsed."""
    if parser != "postgres":
        sql = re.sub(r"\$(\d+)", r"@\1", sql)  # the other dialects read `$1` as a name
    try:
        return sqlglot.parse_one(sql, dialect=parser)
    except SqlglotError:
        return None


def _selected(query: PublishedQuery, tree: exp.Select, scope: Scope) -> QueryFacts:
    parts = tuple(conditions(tree))
    order = tuple(order_keys(tree, scope))
    keyset = tuple(keyset_keys(query, parts, order, scope))
    paged = {key.position for key in keyset}
    compared = [c for node in parts for c in comparisons(node, scope) if c.position not in paged]
    words = tuple(word_tables(tree, scope))
    compared += [
        Comparison(place, "search", scope.tables[0], columns[0]) for places, columns in words for place in places
    ]
    limit = tree.args.get("limit")
    return QueryFacts(
        query=query,
        table=_main(tree, scope),
        comparisons=_complete(query, compared, paged, scope),
        search=in_table_order(
            scope,
            {
                *(name for node in parts for name in searched(node, scope)),
                *(name for _, columns in words for name in columns),
            },
        ),
        fixed=tuple(f for node in parts for f in fixed_conditions(node, scope)),
        keyset=keyset,
        order=order,
        limit=number(limit.expression) if limit else None,
        grouped=bool(tree.args.get("group")),
        aggregate=bool(tree.args.get("group")) or any(e.find(exp.AggFunc) for e in tree.expressions),
        reads=scope.read(tree),
        tables=scope.tables,
    )


def _main(tree: exp.Select, scope: Scope) -> str:
    source = tree.args.get("from_") or tree.args.get("from")
    node = source.this if source else None
    found = scope.alias.get(node.alias_or_name) if isinstance(node, exp.Table) else None
    return found.name if found else scope.tables[0]


def _written(query: PublishedQuery, tree: exp.Insert | exp.Update | exp.Delete, scope: Scope) -> QueryFacts:
    target = tree.find(exp.Table)
    table = (
        scope.alias[target.alias_or_name].name if target and target.alias_or_name in scope.alias else scope.tables[0]
    )
    assigned = [Comparison(position, "set", table, column) for position, column in _assigned(tree)]
    compared = [c for node in conditions(tree) for c in comparisons(node, scope)]
    columns = _target_columns(tree)
    returned = tree.args.get("returning")
    source = tree.expression if isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Select) else None
    sources = [node for node in (tree.args.get("where"), returned, source) if node is not None]
    return QueryFacts(
        query=query,
        table=table,
        comparisons=_complete(query, [*assigned, *compared], set(), scope),
        reads=frozenset().union(*(scope.read(node) for node in sources)) if sources else frozenset(),
        writes=frozenset((table, column) for column in columns) or frozenset({(table, "*")}),
        tables=scope.tables,
        members=tuple(column for column, value in _inserted(tree) if _is_member(value, column, scope)),
    )


def _target_columns(tree: exp.Expr) -> tuple[str, ...]:
    if isinstance(tree, exp.Insert) and isinstance(tree.this, exp.Schema):
        return tuple(node.name for node in tree.this.expressions)
    if isinstance(tree, exp.Update):
        return tuple(node.this.name for node in tree.expressions if isinstance(node, exp.EQ))
    return ()


def _assigned(tree: exp.Expr) -> Iterator[tuple[int, str]]:
    """Parameters that become the value of a column."""
    if isinstance(tree, exp.Update):
        pairs = [(node.this.name, node.expression) for node in tree.expressions if isinstance(node, exp.EQ)]
    else:
        pairs = _inserted(tree)
    for column, value in pairs:
        position = position_of(value)
        if position:
            yield position, column


def _inserted(tree: exp.Expr) -> list[tuple[str, exp.Expr]]:
    """The columns of an INSERT with what becomes their value, in VALUES or in a SELECT."""
    if not isinstance(tree, exp.Insert):
        return []
    if isinstance(tree.expression, exp.Select):
        row = [node.unalias() for node in tree.expression.expressions]
    else:
        values = tree.find(exp.Values)
        rows = values.expressions if values else []
        row = rows[0].expressions if rows and isinstance(rows[0], exp.Tuple) else []
    return list(zip(_target_columns(tree), row, strict=False))


def _is_member(value: exp.Expr, column: str, scope: Scope) -> bool:
    """Whether a value is a member of a JSON array's item: extracted from it, or a column of its own of JSON_TABLE."""
    if value.find(exp.JSONExtract, exp.JSONExtractScalar):
        return True
    return (
        isinstance(value, exp.Column) and value.name == column and bool(value.table) and value.table not in scope.alias
    )


def _complete(query: PublishedQuery, found: list[Comparison], paged: set[int], scope: Scope) -> tuple[Comparison, ...]:
    """One entry for each parameter, in order; what was not placed is unknown."""
    by_position = {c.position: c for c in reversed(found)}
    return tuple(
        by_position.get(n, Comparison(n, "unknown", scope.tables[0], ""))
        for n in range(1, len(query.parameters) + 1)
        if n not in paged
    )
