"""SQL statements taken apart: the tables they name, the conditions that must hold, and where each parameter stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from contracts.catalogue import Catalogue, PublishedTable
from contracts.published import PublishedQuery

_OPERATORS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
BOUNDS = (">", ">=", "<", "<=")


@dataclass(frozen=True)
class Comparison:
    """Parameter `$position` stands against this column: `=`, `any`, a bound, `search`, `set` or `unknown`."""

    position: int
    operator: str
    table: str
    column: str


@dataclass(frozen=True)
class Fixed:
    """A condition with constants, such as status = 'active'; `operator` is `=`, `in`, `not in` or `is null`.

    What is deleted has no resource: that it is left out is no condition that anybody may choose.
    """

    column: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Key:
    """A key of the order of a page and the parameter that continues it."""

    position: int
    column: str
    descending: bool


class Scope:
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


def conditions(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of WHERE that must all hold."""
    where = tree.args.get("where")
    waiting = [where.this] if where else []
    while waiting:
        node = bare_node(waiting.pop(0))
        if isinstance(node, exp.And):
            waiting[:0] = [node.this, node.expression]
        else:
            yield node


def bare_node(node: exp.Expr) -> exp.Expr:
    """Without brackets and casts, which change no comparison here."""
    while isinstance(node, (exp.Paren, exp.Cast)):
        node = node.this
    return node


def column_of(node: exp.Expr) -> exp.Column | None:
    """The column that this is, brackets and casts aside."""
    bare = bare_node(node)
    return bare if isinstance(bare, exp.Column) else None


def position_of(node: exp.Expr) -> int:
    """n for `$n`, 0 for anything else."""
    bare = bare_node(node)
    return int(bare.name) if isinstance(bare, exp.Parameter) and bare.name.isdigit() else 0


def comparisons(node: exp.Expr, scope: Scope) -> Iterator[Comparison]:
    if isinstance(node, exp.MatchAgainst) or node.find(exp.Anonymous, exp.Like, exp.ILike):
        first = next((scope.of(c) for c in node.find_all(exp.Column)), (scope.tables[0], ""))
        for parameter in node.find_all(exp.Parameter):
            yield Comparison(position_of(parameter), "search", *first)
    elif isinstance(node, exp.Between):
        subject = column_of(node.this)
        for operator, side in ((">=", node.args["low"]), ("<=", node.args["high"])):
            if position_of(side) and subject:
                yield Comparison(position_of(side), operator, *scope.of(subject))
    elif isinstance(node, (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE)):
        subject, value, operator = column_of(node.this), bare_node(node.expression), _OPERATORS.get(node.key, "=")
        if subject is None and column_of(node.expression):
            subject, value, operator = (
                column_of(node.expression),
                bare_node(node.this),
                _FLIPPED.get(operator, operator),
            )
        if subject and isinstance(value, exp.Any) and position_of(value.this):
            yield Comparison(position_of(value.this), "any", *scope.of(subject))
        elif subject and position_of(value):
            yield Comparison(position_of(value), operator, *scope.of(subject))


def fixed_conditions(node: exp.Expr, scope: Scope) -> Iterator[Fixed]:
    denied = isinstance(node, exp.Not)
    inner = bare_node(node.this) if denied else node
    subject = column_of(inner.this) if isinstance(inner, (exp.In, exp.EQ, exp.Is)) else None
    if subject is None:
        return
    if isinstance(inner, exp.Is):
        denied = denied or bool(inner.args.get("negate"))
        if not denied and isinstance(inner.expression, exp.Null) and subject.name != "deleted_at":
            yield Fixed(scope.of(subject)[1], "is null", ("true",))
        return
    if isinstance(inner, exp.In):
        values = tuple(v.name for v in map(bare_node, inner.expressions) if isinstance(v, exp.Literal))
        if values:
            yield Fixed(scope.of(subject)[1], "not in" if denied else "in", values)
    elif not denied and isinstance(bare_node(inner.expression), exp.Literal):
        yield Fixed(scope.of(subject)[1], "=", (bare_node(inner.expression).name,))


def in_table_order(scope: Scope, names: set[str]) -> tuple[str, ...]:
    """Columns in the order of their tables."""
    return tuple(c.name for table in scope.alias.values() for c in table.columns if c.name in names)


def searched(node: exp.Expr, scope: Scope) -> Iterator[str]:
    """The columns whose words are searched."""
    if isinstance(node, (exp.MatchAgainst, exp.Like, exp.ILike)) and node.find(exp.Parameter):
        yield from dict.fromkeys(scope.of(column)[1] for column in node.find_all(exp.Column))


def word_tables(tree: exp.Expr, scope: Scope) -> Iterator[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Parameters that a full-text table is asked for, with the columns whose words it holds."""
    held = {index.name: index.columns for table in scope.alias.values() for index in table.indexes}
    for node in tree.find_all(exp.Match):
        named = node.this.name if isinstance(node.this, exp.Column) else ""
        positions = tuple(dict.fromkeys(position_of(parameter) for parameter in node.find_all(exp.Parameter)))
        if held.get(named) and positions:
            yield positions, held[named]


def order_keys(tree: exp.Select, scope: Scope) -> Iterator[tuple[str, bool]]:
    for node in tree.args["order"].expressions if tree.args.get("order") else ():
        column = column_of(node.this)
        if column:
            yield scope.of(column)[1], bool(node.args.get("desc"))


def keyset_keys(
    query: PublishedQuery, conditions: tuple[exp.Expr, ...], order: tuple[tuple[str, bool], ...], scope: Scope
) -> Iterator[Key]:
    """The keys of `(a, b) > ($1, $2)`, which may be spelled out, or of a strict bound on the only key of the order."""
    descending = dict(order)
    for node in conditions:
        pairs = _spelled_out(node)
        left, right = (bare_node(node.this), bare_node(node.expression)) if _strict(node) else (node, node)
        if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
            pairs = list(zip(left.expressions, right.expressions, strict=False))
        elif _strict(node) and _continues(query, left, right):
            pairs = [(left, right)]
        for subject, value in pairs:
            column = column_of(subject)
            if column and position_of(value):
                name = scope.of(column)[1]
                yield Key(position_of(value), name, descending.get(name, isinstance(node, exp.LT)))


def _strict(node: exp.Expr) -> bool:
    return isinstance(node, (exp.GT, exp.LT))


def _spelled_out(node: exp.Expr) -> list[tuple[exp.Expr, exp.Expr]]:
    """`a > x OR a = x AND b > y` as the pairs of `(a, b) > (x, y)`; nothing for another condition."""
    if not isinstance(node, exp.Or):
        return []
    first, second = bare_node(node.this), bare_node(node.expression)
    if not (_strict(first) and isinstance(second, exp.And)):
        return []
    equal, rest = bare_node(second.this), bare_node(second.expression)
    same = isinstance(equal, exp.EQ) and (equal.this, equal.expression) == (first.this, first.expression)
    deeper = [(rest.this, rest.expression)] if _strict(rest) else _spelled_out(rest)
    return [(first.this, first.expression), *deeper] if same and deeper else []


def _continues(query: PublishedQuery, subject: exp.Expr, value: exp.Expr) -> bool:
    """Whether `column > $n` continues a page: the document says so, or the parameter is named for it."""
    position = position_of(value)
    if not position or position > len(query.parameters) or not isinstance(subject, exp.Column):
        return False
    name = query.parameters[position - 1].name
    return name in query.keyset or name == f"after_{subject.name}"


def number(node: exp.Expr) -> int | None:
    return int(node.name) if isinstance(node, exp.Literal) and node.name.isdigit() else None
