"""The statements of the document's schema and query sections, in an order that runs in an empty database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from agents.dialects.postgresql import literal, quoted
from agents.naming import constraint_name
from agents.schema_design.core import on_delete, spelled
from contracts.base import Statement
from contracts.schema import ForeignKey, Index, Table

TOUCH = """CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$"""


def schema_statements(
    tables: Iterable[Table], indexes: Iterable[Index], core: Mapping[str, sa.Table], extensions: Iterable[str]
) -> list[Statement]:
    """Extensions, the trigger function, then each table with its references, comments, indexes and trigger."""
    tables = tuple(tables)
    by_table: dict[str, list[Index]] = defaultdict(list)
    for index in indexes:
        by_table[index.table].append(index)
    made = [extension_statement(name) for name in extensions]
    if any(is_touched(table) for table in tables):
        made.append(
            Statement(
                id="function.touch_updated_at", section="schema", sql=TOUCH,
                comment="Keeps updated_at true whatever the application writes",
                element="function.touch_updated_at",
            )
        )  # fmt: skip
    done: set[str] = set()
    late: list[Statement] = []
    for table in tables:
        done.add(table.name)
        made.append(table_statement(table, core))
        late += [reference_statement(table, key) for key in table.foreign_keys if key.references not in done]
        made += comment_statements(table)
        made += [index_statement(index, core[table.name]) for index in by_table[table.name]]
        if is_touched(table):
            made.append(touch_statement(table))
    return made + late


def is_touched(table: Table) -> bool:
    """Whether a trigger keeps the table's updated_at."""
    return any(c.name == "updated_at" and c.origin.kind == "convention" for c in table.columns)


def extension_statement(name: str) -> Statement:
    """An extension, if the database does not have it yet."""
    return Statement(
        id=f"extension.{name}", section="schema",
        sql=f"CREATE EXTENSION IF NOT EXISTS {name}", element=f"extension.{name}",
    )  # fmt: skip


def table_statement(table: Table, core: Mapping[str, sa.Table]) -> Statement:
    """CREATE TABLE with keys, uniques, checks and exclusions."""
    return Statement(
        id=f"table.{table.name}",
        section="schema",
        sql=spelled(CreateTable(core[table.name])),
        comment=table.comment,
        element=f"table.{table.name}",
    )


def reference_statement(table: Table, key: ForeignKey) -> Statement:
    """A foreign key that closes a cycle, after both tables exist."""
    columns = ", ".join(map(quoted, key.constrained))
    targets = ", ".join(map(quoted, key.constrained_to))
    return Statement(
        id=f"constraint.{key.name}",
        section="schema",
        sql=(
            f"ALTER TABLE {quoted(table.name)} ADD CONSTRAINT {key.name} FOREIGN KEY ({columns})\n"
            f"    REFERENCES {quoted(key.references)} ({targets}) ON DELETE {on_delete(key)}"
        ),
        comment=key.because,
        element=f"table.{table.name}",
    )


def comment_statements(table: Table) -> list[Statement]:
    """What the table is, and what a reader must know of a column, in the catalogue."""
    made = [
        Statement(
            id=f"comment.{table.name}", section="schema", element=f"table.{table.name}",
            sql=f"COMMENT ON TABLE {quoted(table.name)} IS {literal(table.comment)}",
        )
    ]  # fmt: skip
    for column in table.columns:
        parts = [column.comment] if column.comment else []
        if column.sensitivity not in ("public", "internal"):
            parts.append(f"Sensitivity: {column.sensitivity}")
        if parts:
            made.append(
                Statement(
                    id=f"comment.{table.name}.{column.name}", section="schema", element=f"table.{table.name}",
                    sql=f"COMMENT ON COLUMN {quoted(table.name)}.{quoted(column.name)} IS {literal('. '.join(parts))}",
                )
            )  # fmt: skip
    return made


def index_statement(index: Index, core: sa.Table) -> Statement:
    """CREATE INDEX; expressions and predicates stand as the contract spells them."""
    keys = []
    for key in index.keys:
        target = core.c[key.column] if key.column else sa.literal_column(f"({key.expression})")
        keys.append(target.desc() if key.descending and key.column else target)
    ops = {key.column: key.operator_class for key in index.keys if key.column and key.operator_class}
    made = sa.Index(
        index.name,
        *keys,
        _table=core,
        unique=index.unique,
        postgresql_using=index.method if index.method != "btree" else None,
        postgresql_include=list(index.include) or None,
        postgresql_where=sa.literal_column(index.where) if index.where else None,
        postgresql_ops=ops,
    )
    core.indexes.discard(made)
    return Statement(
        id=f"index.{index.name}",
        section="schema",
        sql=spelled(CreateIndex(made)),
        comment=index.because,
        element=f"index.{index.name}",
    )


def touch_statement(table: Table) -> Statement:
    """The trigger that keeps updated_at."""
    name = constraint_name("tg", table.name, "touch")
    return Statement(
        id=f"trigger.{name}",
        section="schema",
        sql=(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {quoted(table.name)}\n"
            "    FOR EACH ROW EXECUTE FUNCTION touch_updated_at()"
        ),
        element=f"table.{table.name}",
    )
