"""The entity-relationship diagram as a picture: an SVG that any browser opens, for small and big schemas."""

import html
from collections.abc import Iterable

from artifacts.er_layout import Box, Layout, Line, layout
from contracts.schema import Column, ForeignKey, Table

LETTER, ROW, HEAD, PAD = 7, 18, 26, 8
"""Width of a letter at 12 px in a monospaced font, heights of a row and a title, and the space beside text."""
SHOWN = 14
"""Columns of a box, at most: keys and references first; the SQL has them all."""
COLOURS = {
    "person": "#8a5a00", "master": "#1f5f8b", "transaction": "#2f6b3a", "event": "#6b4a8a", "reference": "#5a5a5a",
    "junction": "#8b3a3a",
}  # fmt: skip


def er_svg(title: str, tables: Iterable[Table]) -> str:
    """The picture; text of a brief is escaped, and the same tables give the same bytes."""
    shown = tuple(tables)
    rows = {table.name: _rows(table) for table in shown}
    sizes = {table.name: _size(table, rows[table.name]) for table in shown}
    keys = [(table, key) for table in shown for key in table.foreign_keys if key.references in sizes]
    placed = layout(sizes, [_line(table, key, rows) for table, key in keys])
    parts = [_edge(placed, number, *pair) for number, pair in enumerate(keys)]
    parts += [_box(placed.boxes[table.name], table, rows[table.name]) for table in shown]
    return _page(title, placed, parts)


def _rows(table: Table) -> list[tuple[str, str, str]]:
    """Mark, name and type of each shown column, with a last line that says how many are not."""
    references = {name for key in table.foreign_keys for name in key.columns}
    uniques = {unique.columns[0] for unique in table.uniques if len(unique.columns) == 1}
    ranked = sorted(table.columns, key=lambda c: (c.name not in table.primary_key, c.name not in references))
    rows = [(_mark(column, table, references, uniques), column.name, _kind(column)) for column in ranked[:SHOWN]]
    return [*rows, ("", f"… {len(ranked) - SHOWN} more", "")] if len(ranked) > SHOWN else rows


def _mark(column: Column, table: Table, references: set[str], uniques: set[str]) -> str:
    marks = (("P", column.name in table.primary_key), ("F", column.name in references), ("U", column.name in uniques))
    return "".join(mark for mark, holds in marks if holds)


def _kind(column: Column) -> str:
    return f"{column.sql_type}{'?' if column.nullable else ''}"


def _size(table: Table, rows: list[tuple[str, str, str]]) -> tuple[int, int]:
    longest = max([len(table.name) + 2, *(4 + len(name) + 2 + len(kind) for _, name, kind in rows)])
    return longest * LETTER + 2 * PAD, HEAD + len(rows) * ROW + PAD


def _line(table: Table, key: ForeignKey, rows: dict[str, list[tuple[str, str, str]]]) -> Line:
    return Line(
        table.name, _port(rows[table.name], key.columns), key.references,
        _port(rows[key.references], key.referenced_columns),
    )  # fmt: skip


def _port(rows: list[tuple[str, str, str]], columns: tuple[str, ...]) -> int:
    """The height of a column's row in its box; the title's where it is not shown."""
    place = next((n for n, row in enumerate(rows) if row[1] == columns[0]), None)
    return HEAD // 2 if place is None else HEAD + place * ROW + ROW // 2


def _edge(placed: Layout, number: int, table: Table, key: ForeignKey) -> str:
    """A line with a crow's foot at the child (a bar where the reference is unique) and a bar at the parent."""
    path = placed.paths[number]
    optional = any(c.nullable for c in table.columns if c.name in key.columns)
    single = key.columns in {unique.columns for unique in table.uniques} or key.columns == table.primary_key
    told = f"{table.name}.{', '.join(key.columns)} → {key.references}: on delete {key.on_delete}"
    points = " ".join(f"{x},{y}" for x, y in path)
    dash = ' stroke-dasharray="5 3"' if optional else ""
    start, first = path[0], path[1]
    end, last = path[-1], path[-2]
    child = _bar(start, first) if single else _foot(start, first)
    return (
        f'<g class="reference"><title>{html.escape(told)}</title><polyline points="{points}"{dash}/>'
        f'<path d="{child} {_bar(end, last)}"/></g>'
    )


def _foot(at: tuple[int, int], towards: tuple[int, int]) -> str:
    x, y = at
    tip = x + (10 if towards[0] > x else -10)
    return f"M{tip},{y} L{x},{y - 5} M{tip},{y} L{x},{y + 5}"


def _bar(at: tuple[int, int], towards: tuple[int, int]) -> str:
    x = at[0] + (6 if towards[0] > at[0] else -6)
    return f"M{x},{at[1] - 5} L{x},{at[1] + 5}"


def _box(box: Box, table: Table, rows: list[tuple[str, str, str]]) -> str:
    colour = COLOURS[table.nature]
    lines = [
        f'<g class="table" id="table-{html.escape(table.name)}"><title>{html.escape(table.comment)}</title>',
        f'<rect class="box" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" stroke="{colour}"/>',
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{HEAD}" fill="{colour}"/>',
        f'<text class="name" x="{box.x + PAD}" y="{box.y + 18}">{html.escape(table.name)}</text>',
    ]
    for place, (mark, name, kind) in enumerate(rows):
        y = box.y + HEAD + place * ROW + 13
        lines.append(f'<text class="mark" x="{box.x + PAD}" y="{y}">{mark}</text>')
        lines.append(f'<text x="{box.x + PAD + 4 * LETTER}" y="{y}">{html.escape(name)}</text>')
        lines.append(f'<text class="type" x="{box.x + box.width - PAD}" y="{y}">{html.escape(kind)}</text>')
    return "\n".join([*lines, "</g>"])


def _page(title: str, placed: Layout, parts: list[str]) -> str:
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{placed.width}" height="{placed.height}" \
viewBox="0 0 {placed.width} {placed.height}">
<title>{html.escape(title)}: tables and references</title>
<style>
text {{ font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #222 }}
.name {{ font-weight: bold; fill: #fff }}
.mark {{ fill: #a33; font-size: 10px }} .type {{ fill: #777; text-anchor: end }}
.box {{ fill: #fff; stroke-width: 1.5 }} .reference * {{ fill: none; stroke: #556; stroke-width: 1.2 }}
.reference:hover * {{ stroke: #d00; stroke-width: 2.4 }}
</style>
<rect width="100%" height="100%" fill="#f7f7f5"/>
{body}
</svg>
"""
