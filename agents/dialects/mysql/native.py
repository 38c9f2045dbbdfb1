"""The logical tables in MySQL's types: MariaDB's, but for network addresses and the defaults of JSON and TEXT."""

from agents.dialects.mariadb.native import native as mariadb_native
from contracts.schema import Column, Table

ADDRESS = "VARCHAR(45)"
"""The longest address of version 6 with one of version 4 in it; a CHECK tells whether it is one."""


def native(table: Table) -> Table:
    """The table with MySQL's types and defaults."""
    made = mariadb_native(table)
    return made.model_copy(update={"columns": tuple(map(_column, made.columns))})


def _column(column: Column) -> Column:
    if column.type == "ip_address":
        return column.model_copy(update={"sql_type": ADDRESS})
    literal = column.default is not None and not column.default.startswith("(")
    if literal and column.sql_type in ("JSON", "TEXT"):  # takes an expression alone
        return column.model_copy(update={"default": f"({column.default})"})
    return column
