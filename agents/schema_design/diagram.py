"""The entity-relationship diagram in mermaid's notation."""

from collections.abc import Iterable

from contracts.schema import Table

_SHOWN = 12
"""Columns of a box, at most; the SQL beside the diagram has them all."""


def diagram(tables: Iterable[Table]) -> str:
    """`erDiagram` source: identifiers only, so nothing of a brief's text can break it."""
    tables = tuple(tables)
    lines = ["erDiagram"]
    for table in tables:
        lines.append(f"    {table.name} {{")
        lines += [f"        {line}" for line in _columns(table)]
        lines.append("    }")
    for table in tables:
        lines += [f"    {line}" for line in _edges(table)]
    return "\n".join(lines)


def _columns(table: Table) -> list[str]:
    references = {column for key in table.foreign_keys for column in key.columns}
    uniques = {u.columns[0] for u in table.uniques if len(u.columns) == 1}
    ranked = sorted(
        enumerate(table.columns),
        key=lambda item: (item[1].name not in table.primary_key, item[1].name not in references, item[0]),
    )
    lines = []
    for _, column in ranked[:_SHOWN]:
        marks = [
            mark
            for mark, yes in (
                ("PK", column.name in table.primary_key),
                ("FK", column.name in references),
                ("UK", column.name in uniques),
            )
            if yes
        ]
        kind = column.sql_type.split("(")[0].replace(" ", "_")
        lines.append(" ".join(filter(None, (kind, column.name, ", ".join(marks)))))
    return lines


def _edges(table: Table) -> list[str]:
    uniques = {u.columns for u in table.uniques}
    edges = []
    for key in table.foreign_keys:
        optional = any(c.nullable for c in table.columns if c.name in key.columns)
        left = "|o" if optional else "||"
        right = "o|" if key.columns in uniques else "o{"
        edges.append(f'{key.references} {left}--{right} {table.name} : "{key.columns[0].removesuffix("_id")}"')
    return edges
