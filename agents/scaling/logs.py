"""The trail of changes and the log of reads as tables that grow: what they take belongs to every disk and every log.

Their rows are no entity's, so the schema does not have them; sizes, growth and write-ahead log count them all the same.
"""

import datetime as dt
import functools
from collections.abc import Callable, Iterable

from agents.dialects.postgresql import literal, quoted
from agents.figures import Same, plain
from agents.scaling.sizes import value_bytes
from agents.security.access import access
from agents.security.trail import Trail, trail
from contracts.base import Origin
from contracts.claims import Claim, Measures
from contracts.requirements import AttributeType, Requirements, Retention
from contracts.schema import Column, Index, IndexKey, SchemaDesign, Table

_ORIGIN = Origin(kind="inferred", rule="what is recorded takes its place on the disk")
_ANY_DAY = dt.date(2000, 1, 1)  # partitions begin with it; sizes do not depend on them
_CHANGED = 2
"""Columns that an UPDATE changes: a state and the time of the change."""
_WORDS = {
    "integer": 10,
    "decimal": 10,
    "money": 10,
    "percentage": 8,
    "timestamp": 32,
    "date": 10,
    "uuid": 36,
    "boolean": 1,
}
"""Characters of a value in JSON, where they are not those of the value itself."""
ENTRY = (0.5, 1.5)
"""What an entry takes depends on how long the synthetic texts are that were changed."""


def with_logs(requirements: Requirements, schema: SchemaDesign) -> tuple[Requirements, SchemaDesign]:
    """Both with what is recorded, for whoever adds up sizes; the same two where nothing is."""
    return _with_logs(Same(requirements), Same(schema))


@functools.lru_cache(maxsize=4)
def _with_logs(requirements: Same, schema: Same) -> tuple[Requirements, SchemaDesign]:
    asked, design = requirements.value, schema.value
    made = _trails(asked, design)
    if not made:
        return asked, design
    tables = tuple(_table(log, columns) for log, columns in made)
    periods = tuple(
        Retention(entity=log.log, days=log.days, basis=log.basis, origin=_ORIGIN, serves=log.serves) for log, _ in made
    )
    return (
        asked.model_copy(update={"retention": (*asked.retention, *periods)}),
        design.model_copy(
            update={
                "tables": (*design.tables, *tables),
                "indexes": (*design.indexes, *(index for log, _ in made for index in _indexes(log))),
            }
        ),
    )


def _trails(requirements: Requirements, schema: SchemaDesign) -> list[tuple[Trail, list[Column]]]:
    if requirements.tier == "embedded" or schema.dialect != "postgresql":
        return []
    watched = trail(requirements, schema, _ANY_DAY)
    if watched is None:
        return []
    reads = access(requirements, schema, watched)
    found = [(watched, _of_changes(watched))]
    return [*found, (reads.log, _of_reads(reads.log.tables, reads.by_row))] if reads else found


def _of_changes(log: Trail) -> list[Column]:
    """Of two entries one has the whole new row and the names of all columns, the other two columns before and after."""
    weights = [(table, table.rows_per_day or 1.0) for table in log.tables]
    total = sum(weight for _, weight in weights)

    def average(size: Callable[[Table], float]) -> float:
        return sum(size(table) * weight for table, weight in weights) / total

    whole, part = average(_json), average(_json_part)
    names = average(_names)
    return [
        _column("table_name", "text", 12),
        _column("row_key", "text", 8),
        _column("action", "text", 6),
        _column("changed_columns", "json", (names + 24 + _CHANGED * 16) / 2),
        _column("old_values", "json", part, nullable=True),
        _column("new_values", "json", (whole + part) / 2),
    ]


def _of_reads(tables: Iterable[Table], by_row: frozenset[str]) -> list[Column]:
    """The row's key, or the statement where rows are not recorded one by one."""
    statements = any(table.name not in by_row for table in tables)
    return [
        _column("table_name", "text", 12),
        _column("row_key", "text", 8, nullable=statements),
        _column("statement", "text", 120, nullable=True),
    ]


def _column(name: str, kind: AttributeType, size: float, nullable: bool = False) -> Column:
    """A column of this many characters on average."""
    return Column(name=name, type=kind, sql_type=f"varchar({max(1, round(size))})", nullable=nullable, origin=_ORIGIN)


def _table(log: Trail, columns: list[Column]) -> Table:
    bigint, moment = ("bigint", "timestamptz")
    return Table(
        name=log.log,
        entity=log.log,
        nature="event",
        comment="",
        columns=(
            Column(name="id", type="integer", sql_type=bigint, identity=True, origin=_ORIGIN),
            Column(name="recorded_at", type="timestamp", sql_type=moment, origin=_ORIGIN),
            *columns,
            _column("actor_id", "text", 8, nullable=True),
            _column("actor_role", "text", 16),
            Column(name="transaction_id", type="integer", sql_type=bigint, identity=True, origin=_ORIGIN),
        ),
        primary_key=("id", "recorded_at") if log.partitioned else ("id",),
        expected_rows=0,
        rows_per_day=log.rows_per_day,
        origin=_ORIGIN,
        serves=log.serves,
    )


def _indexes(log: Trail) -> list[Index]:
    by = (("row", ("table_name", "row_key", "recorded_at")), ("transaction", ("transaction_id",)))
    return [
        Index(
            name=f"ix_{log.log}_{name}",
            table=log.log,
            keys=tuple(IndexKey(column=column) for column in columns),
            because="the auditor asks by it",
            origin=_ORIGIN,
            serves=log.serves,
        )
        for name, columns in by
    ]


def _json(table: Table) -> float:
    """A row as jsonb: eight bytes of entries, the name and the value of each column."""
    return 4 + sum(8 + len(column.name) + _words(column) for column in table.columns)


def _json_part(table: Table) -> float:
    """Some columns of a row as jsonb."""
    return 4 + (_json(table) - 4) * _CHANGED / max(_CHANGED, len(table.columns))


def _names(table: Table) -> float:
    """The names of all columns as an array of texts."""
    return 24 + sum(-(-(len(column.name) + 4) // 4) * 4 for column in table.columns)


def _words(column: Column) -> float:
    size = _WORDS.get(column.type) or value_bytes(column)
    return size / 2 if column.nullable else size


def _written(table: Table) -> str:
    """A row as the trail keeps it; of times that the server's clock gave, JSON leaves out noughts at the end, so that
    they would be of another length in each run."""
    clocked = [c.name for c in table.columns if c.default == "now()"]
    whole = ", ".join(f"{literal(name)}, '2026-01-01T00:00:00.123456+00:00'" for name in clocked)
    return f"to_jsonb(entry) || jsonb_build_object({whole})" if clocked else "to_jsonb(entry)"


def log_size_claims(requirements: Requirements, schema: SchemaDesign) -> tuple[Claim, ...]:
    """What a row of a watched table takes in the trail, which is most of an entry, against what is planned for it."""
    trails = _trails(requirements, schema)
    loaded = {statement.element for statement in schema.dataset}
    if not trails:
        return ()
    log, _ = trails[0]
    return tuple(
        Claim(
            id=f"scaling.growth.{log.log}.{table.name}",
            sentence=f"A row of {table.name} takes {plain(round(_json(table), 1))} bytes in an entry of {log.log}.",
            element=f"growth.{log.log}",
            serves=log.serves,
            trial=Measures(
                sql=(f"SELECT round(avg(pg_column_size({_written(table)})), 1) FROM {quoted(table.name)} AS entry",),
                planned=round(_json(table), 1),
                unit="bytes",
                least=ENTRY[0],
                most=ENTRY[1],
            ),
        )
        for table in log.tables
        if f"table.{table.name}" in loaded
    )
