"""What a prepared statement does, read from its SQL: which columns it compares, returns, writes and pages by.

The SQL is what runs, so it decides; the document's own words about a query only name things. A parameter whose place
in the statement is not understood stays `unknown`, and the operation says that it must be given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contracts.catalogue import Catalogue, PublishedTable
from contracts.published import PublishedQuery

_OPERATORS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_BOUNDS = (">", ">=", "<", "<=")


@dataclass(frozen=True)
class Comparison:
    """Parameter `$position` stands against this column: `=`, `any`, a bound, `search`, `set` or `unknown`."""

    position: int
    operator: str
    table: str
    column: str


@dataclass(frozen=True)
class Fixed:
    """A condition with constants, such as status = 'active'; `operator` is `=`, `in` or `not in`."""

    column: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Key:
    """A key of the order of a page and the parameter that continues it."""

    position: int
    column: str
    descending: bool


@dataclass(frozen=True)
class QueryFacts:
    """A query of the document with what its SQL says; `reads` and `writes` are (table, column), `*` for a whole row."""

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

    @property
    def equals(self) -> tuple[str, ...]:
        """Columns that a parameter must equal."""
        return tuple(c.column for c in self.comparisons if c.operator == "=")

    @property
    def bounds(self) -> tuple[Comparison, ...]:
        """Parameters that bound a column from below or above."""
        return tuple(c for c in self.comparisons if c.operator in _BOUNDS)

    def name(self, position: int) -> str:
        """The document's name of `$position`."""
        return self.query.parameters[position - 1].name

    def type(self, position: int) -> str:
        """The database's type of `$position`."""
        return self.query.parameters[position - 1].type


def query_facts(query: PublishedQuery, catalogue: Catalogue) -> QueryFacts | None:
    """The facts of an application's query; None for a statement that no API can serve (no table, not parsed)."""
    try:
        tree = sqlglot.parse_one(query.sql, dialect="postgres")
    except SqlglotError:
        return None
    scope = _Scope(tree, catalogue)
    if not scope.tables:
        return None
    if isinstance(tree, exp.Select):
        return _selected(query, tree, scope)
    if isinstance(tree, (exp.Insert, exp.Update, exp.Delete)):
        return _written(query, tree, scope)
    return None


class _Scope:
    """The tables that a statement names, and to which of them a column belongs."""

    def __init__(self, tree: exp.Expr, catalogue: Catalogue) -> None:
        known = {table.name: table for table in catalogue.tables}
        self.alias: dict[str, PublishedTable] = {}
        for node in tree.find_all(exp.Table):
            if node.name in known:
                self.alias.setdefault(node.alias_or_name, known[node.name])

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(table.name for table in self.alias.values()))

    def of(self, node: exp.Column) -> tuple[str, str]:
        """(table, column); the table is empty where no named table has such a column (an output name)."""
        if node.table in self.alias:
            return self.alias[node.table].name, node.name
        owners = [t.name for t in self.alias.values() if any(c.name == node.name for c in t.columns)]
        return (owners[0] if owners else ""), node.name

    def read(self, tree: exp.Expr) -> frozenset[tuple[str, str]]:
        """Every column that the statement looks at."""
        named = {self.of(node) for node in tree.find_all(exp.Column)}
        starred = {(name, "*") for name in self.tables if any(True for _ in tree.find_all(exp.Star)) and _whole(tree)}
        return frozenset((table, column) for table, column in named if table) | starred


def _whole(tree: exp.Expr) -> bool:
    """Whether a `*` means the row; the one in count(*) does not."""
    return any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))


def _selected(query: PublishedQuery, tree: exp.Select, scope: _Scope) -> QueryFacts:
    conditions = tuple(_conditions(tree))
    order = tuple(_order(tree, scope))
    keyset = tuple(_keyset(query, conditions, order, scope))
    paged = {key.position for key in keyset}
    compared = [c for node in conditions for c in _comparisons(node, scope) if c.position not in paged]
    limit = tree.args.get("limit")
    return QueryFacts(
        query=query,
        table=_main(tree, scope),
        comparisons=_complete(query, compared, paged, scope),
        search=_in_order(scope, {name for node in conditions for name in _searched(node, scope)}),
        fixed=tuple(f for node in conditions for f in _fixed(node, scope)),
        keyset=keyset,
        order=order,
        limit=_number(limit.expression) if limit else None,
        grouped=bool(tree.args.get("group")),
        aggregate=bool(tree.args.get("group")) or any(e.find(exp.AggFunc) for e in tree.expressions),
        reads=scope.read(tree),
        tables=scope.tables,
    )


def _main(tree: exp.Select, scope: _Scope) -> str:
    source = tree.args.get("from_") or tree.args.get("from")
    node = source.this if source else None
    found = scope.alias.get(node.alias_or_name) if isinstance(node, exp.Table) else None
    return found.name if found else scope.tables[0]


def _written(query: PublishedQuery, tree: exp.Insert | exp.Update | exp.Delete, scope: _Scope) -> QueryFacts:
    target = tree.find(exp.Table)
    table = (
        scope.alias[target.alias_or_name].name if target and target.alias_or_name in scope.alias else scope.tables[0]
    )
    assigned = [Comparison(position, "set", table, column) for position, column in _assigned(tree)]
    compared = [c for node in _conditions(tree) for c in _comparisons(node, scope)]
    columns = _target_columns(tree)
    returned = tree.args.get("returning")
    sources = [node for node in (tree.args.get("where"), returned) if node is not None]
    return QueryFacts(
        query=query,
        table=table,
        comparisons=_complete(query, [*assigned, *compared], set(), scope),
        reads=frozenset().union(*(scope.read(node) for node in sources)) if sources else frozenset(),
        writes=frozenset((table, column) for column in columns) or frozenset({(table, "*")}),
        tables=scope.tables,
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
        values = tree.find(exp.Values)
        rows = values.expressions if values else []
        row = rows[0].expressions if rows and isinstance(rows[0], exp.Tuple) else []
        pairs = list(zip(_target_columns(tree), row, strict=False))
    for column, value in pairs:
        position = _position(value)
        if position:
            yield position, column


def _complete(query: PublishedQuery, found: list[Comparison], paged: set[int], scope: _Scope) -> tuple[Comparison, ...]:
    """One entry for each parameter, in order; what was not placed is unknown."""
    by_position = {c.position: c for c in reversed(found)}
    return tuple(
        by_position.get(n, Comparison(n, "unknown", scope.tables[0], ""))
        for n in range(1, len(query.parameters) + 1)
        if n not in paged
    )


def _conditions(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of WHERE that must all hold."""
    where = tree.args.get("where")
    waiting = [where.this] if where else []
    while waiting:
        node = _bare(waiting.pop(0))
        if isinstance(node, exp.And):
            waiting[:0] = [node.this, node.expression]
        else:
            yield node


def _bare(node: exp.Expr) -> exp.Expr:
    """Without brackets and casts, which change no comparison here."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    return node


def _column(node: exp.Expr) -> exp.Column | None:
    """The column that this is, brackets and casts aside."""
    bare = _bare(node)
    return bare if isinstance(bare, exp.Column) else None


def _position(node: exp.Expr) -> int:
    """n for `$n`, 0 for anything else."""
    bare = _bare(node)
    return int(bare.name) if isinstance(bare, exp.Parameter) and bare.name.isdigit() else 0


def _comparisons(node: exp.Expr, scope: _Scope) -> Iterator[Comparison]:
    if isinstance(node, exp.MatchAgainst) or node.find(exp.Anonymous, exp.Like, exp.ILike):
        first = next((scope.of(c) for c in node.find_all(exp.Column)), (scope.tables[0], ""))
        for parameter in node.find_all(exp.Parameter):
            yield Comparison(_position(parameter), "search", *first)
    elif isinstance(node, exp.Between):
        subject = _column(node.this)
        for operator, side in ((">=", node.args["low"]), ("<=", node.args["high"])):
            if _position(side) and subject:
                yield Comparison(_position(side), operator, *scope.of(subject))
    elif isinstance(node, (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE)):
        subject, value, operator = _column(node.this), _bare(node.expression), _OPERATORS.get(node.key, "=")
        if subject is None and _column(node.expression):
            subject, value, operator = _column(node.expression), _bare(node.this), _FLIPPED.get(operator, operator)
        if subject and isinstance(value, exp.Any) and _position(value.this):
            yield Comparison(_position(value.this), "any", *scope.of(subject))
        elif subject and _position(value):
            yield Comparison(_position(value), operator, *scope.of(subject))


def _fixed(node: exp.Expr, scope: _Scope) -> Iterator[Fixed]:
    denied = isinstance(node, exp.Not)
    inner = _bare(node.this) if denied else node
    subject = _column(inner.this) if isinstance(inner, (exp.In, exp.EQ)) else None
    if subject is None:
        return
    if isinstance(inner, exp.In):
        values = tuple(v.name for v in map(_bare, inner.expressions) if isinstance(v, exp.Literal))
        if values:
            yield Fixed(scope.of(subject)[1], "not in" if denied else "in", values)
    elif not denied and isinstance(_bare(inner.expression), exp.Literal):
        yield Fixed(scope.of(subject)[1], "=", (_bare(inner.expression).name,))


def _in_order(scope: _Scope, names: set[str]) -> tuple[str, ...]:
    """Columns in the order of their tables."""
    return tuple(c.name for table in scope.alias.values() for c in table.columns if c.name in names)


def _searched(node: exp.Expr, scope: _Scope) -> Iterator[str]:
    """The columns whose words are searched."""
    if isinstance(node, (exp.MatchAgainst, exp.Like, exp.ILike)) and node.find(exp.Parameter):
        yield from dict.fromkeys(scope.of(column)[1] for column in node.find_all(exp.Column))


def _order(tree: exp.Select, scope: _Scope) -> Iterator[tuple[str, bool]]:
    for node in tree.args["order"].expressions if tree.args.get("order") else ():
        column = _column(node.this)
        if column:
            yield scope.of(column)[1], bool(node.args.get("desc"))


def _keyset(
    query: PublishedQuery, conditions: tuple[exp.Expr, ...], order: tuple[tuple[str, bool], ...], scope: _Scope
) -> Iterator[Key]:
    """The keys of `(a, b) > ($1, $2)`, or of a strict bound on the only key of the order."""
    descending = dict(order)
    for node in conditions:
        if not isinstance(node, (exp.GT, exp.LT)):
            continue
        left, right = _bare(node.this), _bare(node.expression)
        pairs: list[tuple[exp.Expr, exp.Expr]] = []
        if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
            pairs = list(zip(left.expressions, right.expressions, strict=False))
        elif _continues(query, left, right):
            pairs = [(left, right)]
        for subject, value in pairs:
            column = _column(subject)
            if column and _position(value):
                name = scope.of(column)[1]
                yield Key(_position(value), name, descending.get(name, isinstance(node, exp.LT)))


def _continues(query: PublishedQuery, subject: exp.Expr, value: exp.Expr) -> bool:
    """Whether `column > $n` continues a page: the document says so, or the parameter is named for it."""
    position = _position(value)
    if not position or position > len(query.parameters) or not isinstance(subject, exp.Column):
        return False
    name = query.parameters[position - 1].name
    return name in query.keyset or name == f"after_{subject.name}"


def _number(node: exp.Expr) -> int | None:
    return int(node.name) if isinstance(node, exp.Literal) and node.name.isdigit() else None
