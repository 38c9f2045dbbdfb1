"""The logical and physical schema: tables, constraints, indexes tied to queries, and the SQL that makes them."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from contracts.base import Contract, Decision, Element, ElementId, Identifier, Omission, Statement
from contracts.claims import Claim
from contracts.requirements import AttributeType, Sensitivity


class Column(Element):
    """A column; `sql_type` is the engine's spelling, `default` and `generated` are SQL expressions."""

    name: Identifier
    type: AttributeType
    sql_type: str
    nullable: bool = False
    default: str | None = None
    identity: bool = False
    generated: str | None = None
    sensitivity: Sensitivity = "internal"
    comment: str = ""


class Check(Element):
    """A CHECK constraint as data, so that its SQL, a violating row and synthetic rows all come from it.

    `one_of`: column in values; `range`: bounds; `not_blank`: has a visible character; `matches`: regular
    expression in `values[0]` with `values[1]` a value that violates it; `ordered`: column `operator` other
    (NULL passes, as in SQL), a date and a moment by the calendar of `zone` (UTC where it is empty), with the right side
    moved by `leeway_days` in favour of the row; `required_when`: column has a value where `other` is one of `values`,
    or lies above `minimum`.
    """

    name: Identifier
    kind: Literal["one_of", "range", "not_blank", "matches", "ordered", "required_when"]
    column: Identifier
    values: tuple[str, ...] = ()
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    operator: Literal["<", "<=", ">", ">=", "=", "<>"] | None = None
    other: Identifier | None = None
    zone: str = ""
    leeway_days: int = 0
    expression: str


class Unique(Element):
    """A UNIQUE constraint."""

    name: Identifier
    columns: tuple[Identifier, ...]


class Sole(Element):
    """At most one row that counts for each value of `columns`; the unique index of this name over such rows keeps it.

    A row counts whose `counts` has one of `values`, is true where it is a flag, or is empty where it is the moment at
    which something ends; a softly deleted row never does.
    """

    name: Identifier
    columns: tuple[Identifier, ...]
    counts: Identifier
    values: tuple[str, ...] = ()


class Exclusion(Element):
    """No two rows with equal `equal` columns have overlapping `[start, end)` ranges.

    `where` limits it to rows that count, for example bookings that are not cancelled.
    """

    name: Identifier
    equal: tuple[Identifier, ...]
    start: Identifier
    end: Identifier
    where: str | None = None


class Total(Element):
    """A sum over the rows of `child` that triggers keep: `table.column` `operator` sum of the product of `terms`.

    `=`: the database writes the sum itself and refuses another one; `<=`: rows that make the sum too large are refused.
    `reference` is the child's column that names the row of `table`. Amounts of the row in `added` and `deducted` are
    put on its product and taken off it.
    """

    name: Identifier
    table: Identifier
    column: Identifier
    child: Identifier
    reference: Identifier
    terms: tuple[Identifier, ...]
    added: tuple[Identifier, ...] = ()
    deducted: tuple[Identifier, ...] = ()
    operator: Literal["=", "<="]

    @property
    def parts(self) -> tuple[str, ...]:
        """The child's columns that enter the sum."""
        return (*self.terms, *self.added, *self.deducted)


class Withdrawal(Element):
    """What rows of `child` take from `table.column`, as much as their `quantity` says; triggers move it.

    `reference` is the child's column that names the row of `table`, `key` the one that names its row of `whole`. A part
    holds what it took while the whole's `state` is one of `held`; in those of `kept` it goes with its row, since the
    goods have left. Without a `state` every part holds. `check` is the constraint that refuses what is not there.
    """

    name: Identifier
    table: Identifier
    column: Identifier
    child: Identifier
    reference: Identifier
    quantity: Identifier
    whole: Identifier
    key: Identifier
    state: Identifier | None = None
    held: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    check: Identifier

    @property
    def fields(self) -> tuple[str, ...]:
        """The child's columns that say what is taken, from where and for whom."""
        return (self.key, self.reference, self.quantity)

    @property
    def open(self) -> tuple[str, ...]:
        """The states whose parts give back what they hold when they go."""
        return tuple(state for state in self.held if state not in self.kept)

    @property
    def gives_back(self) -> bool:
        """Whether a part that goes gives anything back."""
        return bool(self.open) or self.state is None


class Lifecycle(Element):
    """What the state in `table.column` allows, kept by a trigger.

    `moves` are (from, to); without any, every move is free. In the `frozen` states the `columns` keep their values,
    except that a move may fill in what had none.
    """

    name: Identifier
    table: Identifier
    column: Identifier
    moves: tuple[tuple[str, str], ...] = ()
    frozen: tuple[str, ...] = ()
    columns: tuple[Identifier, ...] = ()


class ForeignKey(Element):
    """A reference to another table's key, with the reason for what happens on delete.

    `agreeing` are pairs of a column of the table and one of the referenced table, in which both rows must be alike (an
    order's user is the user of its address). The constraint is over them too, so that the engine compares them;
    `columns` alone say which row is meant, alone are set to NULL, and are enough for an index; with `whole_index` the
    engine wants one over all of them.
    """

    name: Identifier
    columns: tuple[Identifier, ...]
    references: Identifier
    referenced_columns: tuple[Identifier, ...]
    agreeing: tuple[tuple[Identifier, Identifier], ...] = ()
    whole_index: bool = False
    on_delete: Literal["restrict", "cascade", "set null", "no action"]
    because: str

    @property
    def constrained(self) -> tuple[Identifier, ...]:
        """All columns of the constraint."""
        return (*self.columns, *(own for own, _ in self.agreeing))

    @property
    def indexed(self) -> tuple[Identifier, ...]:
        """The columns with which an index has to begin to find the referring rows."""
        return self.constrained if self.whole_index else self.columns

    @property
    def constrained_to(self) -> tuple[Identifier, ...]:
        """The referenced columns of the constraint, in the same order."""
        return (*self.referenced_columns, *(theirs for _, theirs in self.agreeing))


class Partition(Contract):
    """A child partition; `bounds` is the SQL after PARTITION OF parent."""

    name: Identifier
    bounds: str
    lower: str | None = None
    upper: str | None = None
    modulus: int | None = None
    remainder: int | None = None
    default: bool = False


class Partitioning(Element):
    """How a table is split and why. `interval` is for ranges of time."""

    strategy: Literal["range", "hash"]
    column: Identifier
    interval: Literal["month", "year"] | None = None
    partitions: tuple[Partition, ...]
    because: str


class Capacity(Element):
    """So many rows of a table may name one row of `references` in the column `reference`; triggers count them.

    The most is `maximum`, or stands in `column` of the row that is named. With `values` only rows whose `state` is one
    of them count, with a `state` alone those that have none of it yet, and a softly deleted row never does.
    """

    name: Identifier
    reference: Identifier
    references: Identifier
    key: Identifier
    maximum: int | None = None
    column: Identifier | None = None
    state: Identifier | None = None
    values: tuple[str, ...] = ()
    live: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns of the table that decide for whom a row counts."""
        found = (self.reference, self.state, "deleted_at" if self.live else None)
        return tuple(name for name in found if name)


class Table(Element):
    """A table, made from one entity or from a many-to-many relationship, or for the design's own work.

    `kept_days` is how long the design itself keeps the rows of such a table; what the brief says of an entity's rows is
    its retention.
    `targets` are UNIQUE constraints that tell no rows apart, since they hold the primary key: a foreign key that
    compares more than the key names them.
    """

    name: Identifier
    entity: Identifier | None
    nature: Literal["person", "master", "transaction", "event", "reference", "junction"]
    comment: str
    columns: tuple[Column, ...]
    primary_key: tuple[Identifier, ...]
    uniques: tuple[Unique, ...] = ()
    targets: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    soles: tuple[Sole, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    partitioning: Partitioning | None = None
    expected_rows: int
    rows_per_day: float = 0.0
    kept_days: int | None = None

    def column(self, name: str) -> Column:
        """The column of this name; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f'table "{self.name}" has no column "{name}"')


class IndexKey(Contract):
    """One key of an index: a column, or an SQL expression over columns of the table."""

    column: Identifier | None = None
    expression: str | None = None
    descending: bool = False
    operator_class: str | None = None


class Index(Element):
    """An index, and the queries or constraints that need it; `because` says what it costs and gains."""

    name: Identifier
    table: Identifier
    method: Literal["btree", "gin", "gist", "brin", "hash", "fulltext"] = "btree"
    keys: tuple[IndexKey, ...]
    include: tuple[Identifier, ...] = ()
    where: str | None = None
    unique: bool = False
    queries: tuple[Identifier, ...] = ()
    because: str


class Parameter(Contract):
    """A parameter of a query; `sample` is an SQL literal that exists in the synthetic rows."""

    name: Identifier
    sql_type: str
    sample: str


class Query(Element):
    """A query pattern; `name` is its PREPARE name, `sql` the statement with $1, $2, …

    `access` is the access pattern that it answers. `index` is the index that must serve it, None where a
    full read is the point. `per_second` and `staleness_seconds` come from the access pattern. `part_of` is the command
    whose record this statement gives its parts, in the same transaction: its first parameter is the record's key.
    """

    name: Identifier
    title: str
    access: ElementId
    kind: Literal["lookup", "list", "search", "aggregate", "write"]
    table: Identifier
    tables: tuple[Identifier, ...]
    sql: str
    parameters: tuple[Parameter, ...] = ()
    index: Identifier | None = None
    per_second: float | None = None
    staleness_seconds: int | None = None
    part_of: Identifier | None = None


class Gap(Element):
    """Something that the design asks for and the engine does not have: what stands in its place, and what is lost.

    `elements` are the names of what is designed otherwise for it.
    """

    feature: str
    instead: str
    lost: str
    elements: tuple[Identifier, ...] = ()


class SchemaDesign(Contract):
    """The schema of one project on one engine family, whose name for readers is `engine_name`.

    `client` is the command of the engine's own client that runs a script from its standard input and stops at a fault.

    `statements` make everything in the sections schema, queries and partitioning; `dataset` fills the
    tables with synthetic rows for the proof, at most `dataset_rows` in each table; `growth` brings the largest
    tables to `grown_rows` (0 where none is so large). Where there are no `withdrawals` nothing is
    written of them, so that the digest of such a design stays what it was.
    """

    dialect: Identifier
    engine_name: str = "PostgreSQL"
    client: str = "psql -v ON_ERROR_STOP=1"
    floor: str
    extensions: tuple[str, ...] = ()
    tables: tuple[Table, ...]
    indexes: tuple[Index, ...] = ()
    queries: tuple[Query, ...] = ()
    totals: tuple[Total, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = Field(default=(), exclude_if=lambda found: not found)
    lifecycles: tuple[Lifecycle, ...] = ()
    statements: tuple[Statement, ...]
    dataset: tuple[Statement, ...] = ()
    dataset_rows: int = 10_000
    growth: tuple[Statement, ...] = ()
    grown_rows: int = 0
    decisions: tuple[Decision, ...] = ()
    omissions: tuple[Omission, ...] = ()
    gaps: tuple[Gap, ...] = ()
    diagram: str
    claims: tuple[Claim, ...] = ()

    def prepared(self) -> frozenset[str]:
        """The names of all queries that the document makes ready: those of the brief, and those of the design's own."""
        own = (s.id.removeprefix("query.") for s in self.statements if s.id.startswith("query."))
        return frozenset((*(query.name for query in self.queries), *own))

    def table(self, name: str) -> Table:
        """The table of this name; KeyError if the schema has none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f'no table "{name}"')
