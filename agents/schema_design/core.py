"""Tables of the contract as SQLAlchemy Core objects, and statements as PostgreSQL text.

SQLAlchemy spells CREATE TABLE, CREATE INDEX and SELECT; what it cannot say (partitions, triggers,
policies, PREPARE) is written by hand from `Identifier`s and `literal`s.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import UserDefinedType

from agents.dialects.layout import trimmed
from agents.dialects.postgresql import quoted
from agents.dialects.postgresql.sql import DIALECT
from agents.naming import shorten
from contracts.schema import Column, Exclusion, ForeignKey, Table


def pk_name(table: Table) -> str:
    """The name of a table's primary key constraint and of its index."""
    return shorten(f"pk_{table.name}")


def index_names(table: Table) -> list[str]:
    """The names of the indexes behind a table's keys and exclusions; indexes of a schema share one name space."""
    return [
        pk_name(table),
        *(u.name for u in (*table.uniques, *table.targets)),
        *(rule.name for rule in table.exclusions),
    ]


class Spelled(UserDefinedType[Any]):
    """A type that the contract has spelled already."""

    cache_ok = True

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    def get_col_spec(self, **_: Any) -> str:
        return self.spelling


def core_table(table: Table, metadata: sa.MetaData) -> sa.Table:
    """One table with everything but its comments, its indexes and the references to tables not made yet."""
    constraints: list[sa.schema.SchemaItem] = [
        sa.PrimaryKeyConstraint(*table.primary_key, name=pk_name(table)),
        *(sa.UniqueConstraint(*unique.columns, name=unique.name) for unique in (*table.uniques, *table.targets)),
        *(sa.CheckConstraint(sa.literal_column(check.expression), name=check.name) for check in table.checks),
        *(
            sa.ForeignKeyConstraint(
                key.constrained,
                [f"{key.references}.{column}" for column in key.constrained_to],
                name=key.name,
                ondelete=on_delete(key),
            )
            for key in table.foreign_keys
            if key.references == table.name or key.references in metadata.tables
        ),
    ]
    options: dict[str, Any] = {}
    if table.partitioning:
        options["postgresql_partition_by"] = f"{table.partitioning.strategy.upper()} ({table.partitioning.column})"
    made = sa.Table(table.name, metadata, *map(_core_column, table.columns), *constraints, **options)
    for rule in table.exclusions:
        made.append_constraint(_core_exclusion(made, table, rule))
    return made


def on_delete(key: ForeignKey) -> str:
    """What happens on delete; what must agree stays when the reference is cleared."""
    only = f" ({', '.join(map(quoted, key.columns))})" if key.agreeing and key.on_delete == "set null" else ""
    return f"{key.on_delete.upper()}{only}"


def _core_column(column: Column) -> sa.Column[Any]:
    extra: list[Any] = []
    if column.identity:
        extra.append(sa.Identity(always=True))
    if column.generated:
        extra.append(sa.Computed(column.generated, persisted=True))
    return sa.Column(
        column.name,
        Spelled(column.sql_type),
        *extra,
        nullable=column.nullable,
        server_default=sa.literal_column(column.default) if column.default is not None else None,
    )


def _core_exclusion(made: sa.Table, table: Table, rule: Exclusion) -> postgresql.ExcludeConstraint:
    kind = table.column(rule.start).type
    make = sa.func.daterange if kind == "date" else sa.func.tstzrange
    elements: list[Any] = [(made.c[name], "=") for name in rule.equal]
    elements.append((make(made.c[rule.start], made.c[rule.end]), "&&"))
    where: Any = sa.literal_column(rule.where) if rule.where else None
    return postgresql.ExcludeConstraint(*elements, where=where, using="gist", name=rule.name)


def core_tables(tables: Iterable[Table]) -> dict[str, sa.Table]:
    """All tables by name, in one MetaData."""
    metadata = sa.MetaData()
    return {table.name: core_table(table, metadata) for table in tables}


def spelled(statement: ClauseElement) -> str:
    """A definition as SQLAlchemy lays it out, without tabs, trailing blanks and empty lines."""
    return trimmed(str(statement.compile(dialect=DIALECT)).strip())
