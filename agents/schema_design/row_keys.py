"""What a table's keys, checks and rules say of its synthetic rows: how many there can be, and what tells them apart."""

from agents.schema_design.days import compares_days
from contracts.schema import Column, Table

ROWS, GROWN = 10_000, 100_000
"""Rows of each table, and of the largest ones when the proof looks at their queries a second time."""


def written(table: Table) -> list[str]:
    """Columns that an INSERT gives: not those that the database makes, nor timestamps with a default."""
    return [
        c.name
        for c in table.columns
        if not c.identity and c.generated is None and not (c.name == "updated_at" and c.default == "now()")
    ]


def row_count(table: Table, most: int = ROWS) -> int:
    """10,000 rows, or as many as a unique short code allows."""
    limit = most
    for column in table.columns:
        if column.type in ("country", "currency", "language") and is_unique(table, column.name):
            limit = min(limit, 600)
        if column.type in ("string", "identifier", "phone") and is_unique(table, column.name):
            length = int(column.sql_type.partition("(")[2].rstrip(")") or 200)
            limit = min(limit, 10**length - 1 if length >= 5 else 16**length // 2)  # and some for trials
    for unique in table.uniques:
        for check in table.checks:
            if check.kind == "one_of" and unique.columns == (check.column,):
                limit = min(limit, len(check.values))
            if check.kind == "range" and unique.columns == (check.column,) and check.maximum is not None:
                limit = min(limit, max(1, int(check.maximum - (check.minimum or 0))))
    return limit


def is_sole(table: Table, column: str) -> bool:
    """Whether the column alone is unique, so that a parent has one row at most."""
    return any(u.columns == (column,) for u in table.uniques)


def is_unique(table: Table, column: str) -> bool:
    """Whether a key or a unique constraint holds the column, so that its values must tell rows apart."""
    return any(column in unique.columns for unique in table.uniques) or column in table.primary_key


def place_in_key(table: Table, column: str) -> int | None:
    """0 for the column of a key whose values come in blocks of rows, 1 for one that counts within a block.

    Every key needs one block column; a column that several keys share is the block of all of them.
    """
    keys = [u.columns for u in table.uniques if len(u.columns) > 1 and not is_told_apart(table, u.columns)]
    if len(table.primary_key) > 1 and table.partitioning is None:
        keys.append(table.primary_key)
    own = [key for key in keys if column in key]
    if not own:
        return None
    return 0 if all(_block_column(key, keys) == column for key in own) else 1


def is_told_apart(table: Table, key: tuple[str, ...]) -> bool:
    """Whether a key holds the owner of a row in the middle, which orders no rows, and beside it a value that may differ
    in every row: that value tells them apart by itself."""
    owners = {own for k in table.foreign_keys for own, _ in k.agreeing}
    tied = {c for k in table.foreign_keys for c in k.columns}
    bounded = {c.column for c in table.checks if c.kind == "one_of" or c.maximum is not None}
    kinds = ("string", "identifier", "email", "integer", "timestamp", "date")
    free = (c for c in map(table.column, key) if c.name not in tied | bounded and c.type in kinds)
    return bool(owners & set(key)) and any(free)


def _block_column(key: tuple[str, ...], keys: list[tuple[str, ...]]) -> str:
    return max(key, key=lambda column: (sum(column in other for other in keys), -key.index(column)))


def ordering(table: Table, column: str) -> tuple[Column, bool] | None:
    """The column that this one must follow, by an `ordered` check, and whether equal values pass it."""
    for check in table.checks:
        if check.kind != "ordered" or check.other is None:
            continue
        if compares_days(table.column(check.column), table.column(check.other)):  # of which `anchored` speaks
            continue
        equal = check.operator in ("=",)
        if check.column == column and check.operator in (">", ">=", "="):
            return table.column(check.other), equal
        if check.other == column and check.operator in ("<", "<="):
            return table.column(check.column), equal
    lasting = next((rule for rule in table.exclusions if rule.end == column), None)
    return (table.column(lasting.start), False) if lasting else None  # an empty span overlaps nothing


def lasts(table: Table, column: str) -> bool:
    """Whether no two rows of one parent may overlap in this column's time."""
    return any(column in (rule.start, rule.end) for rule in table.exclusions)


def yearly(table: Table) -> float:
    return table.expected_rows + 365 * table.rows_per_day
