"""Where the boxes and lines of an entity-relationship picture lie: layers by reference, lines in the gaps between them.

The layered drawing of Sugiyama, Tagawa and Toda (1981): tables stand right of those that they reference, the order in a
column follows the neighbours' (barycentre), and a line that passes a column has a place of its own in it, so that it
never runs under a box. Whole numbers in, whole numbers out: the same schema gives the same picture everywhere.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

GAP, PASSAGE, TRACK, MARGIN = 28, 14, 9, 28
SWEEPS = 8


@dataclass(frozen=True)
class Line:
    """A reference: the child's name and the height of its port in the box, the same of the parent."""

    child: str
    child_port: int
    parent: str
    parent_port: int


@dataclass(frozen=True)
class Box:
    """A placed table."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Layout:
    """Boxes by name, the corners of each line in the order given, and the size of the whole."""

    boxes: Mapping[str, Box]
    paths: tuple[tuple[tuple[int, int], ...], ...]
    width: int
    height: int


@dataclass
class _Item:
    """What takes height in a column: a table, or the passage of a line."""

    key: str
    height: int
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def layout(sizes: Mapping[str, tuple[int, int]], lines: Sequence[Line]) -> Layout:
    """The picture of tables with these widths and heights, and these references between them."""
    column_of = _columns(sizes, lines)
    columns: list[list[_Item]] = [[] for _ in range(max(column_of.values(), default=0) + 1)]
    for name, (_, height) in sizes.items():
        columns[column_of[name]].append(_Item(name, height))
    chains = [_chain(number, line, column_of, columns) for number, line in enumerate(lines)]
    _ordered(columns, chains)
    items = {item.key: item for column in columns for item in column}
    return _drawn(sizes, lines, column_of, columns, chains, items)


def _columns(sizes: Mapping[str, tuple[int, int]], lines: Sequence[Line]) -> dict[str, int]:
    """The column of each table: right of its parents; columns that would be too high are cut into several."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sizes)
    graph.add_edges_from((line.parent, line.child) for line in lines if line.parent != line.child)
    groups = nx.condensation(graph)
    rank: dict[str, int] = {}
    for group in nx.topological_sort(groups):
        before = [rank[m] + 1 for p in groups.predecessors(group) for m in groups.nodes[p]["members"]]
        rank |= dict.fromkeys(groups.nodes[group]["members"], max(before, default=0))
    area = sum((w + 2 * GAP) * (h + GAP) for w, h in sizes.values())
    limit = max(math.isqrt(area), max((h for _, h in sizes.values()), default=0) + 1)
    found: dict[str, int] = {}
    column = 0
    for layer in range(max(rank.values(), default=0) + 1):
        names = [name for name in sizes if rank[name] == layer]
        names.sort(key=lambda name: (-graph.degree(name), list(sizes).index(name)))
        used = 0
        for name in names:
            height = sizes[name][1] + GAP
            if used and used + height > limit:
                column, used = column + 1, 0
            found[name] = column
            used += height
        column += 1
    return found


def _chain(number: int, line: Line, column_of: Mapping[str, int], columns: list[list[_Item]]) -> list[str]:
    """The items that a line visits from child to parent, with a passage in each column between them."""
    start, end = column_of[line.child], column_of[line.parent]
    step = -1 if end <= start else 1
    keys = [line.child]
    for place in range(start + step, end, step):
        key = f"{number}@{place}"
        columns[place].append(_Item(key, PASSAGE))
        keys.append(key)
    return [*keys, line.parent]


def _ordered(columns: list[list[_Item]], chains: list[list[str]]) -> None:
    """Sweeps that sort each column by the middle of the neighbours, and put it beside them without overlap."""
    neighbours: dict[str, list[str]] = {}
    for chain in chains:
        for a, b in itertools.pairwise(chain):
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    items = {item.key: item for column in columns for item in column}
    for column in columns:
        _stacked(column, {})
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            inside = {item.key for item in column}
            wish = {}
            for item in column:
                around = [items[k].middle for k in neighbours.get(item.key, ()) if k not in inside]
                wish[item.key] = sum(around) / len(around) if around else item.middle
            column.sort(key=lambda item: (round(wish[item.key], 3), item.key))
            _stacked(column, wish)


def _stacked(column: list[_Item], wish: Mapping[str, float]) -> None:
    """One below the other, each as near to its wish as those above allow; the column keeps its centre of wishes."""
    low = 0.0
    for item in column:
        item.y = max(low, wish.get(item.key, low) - item.height / 2)
        low = item.y + item.height + (GAP if item.height > PASSAGE else PASSAGE // 2)
    if column and wish:
        shift = sum(i.middle - wish.get(i.key, i.middle) for i in column) / len(column)
        for item in column:
            item.y -= shift


def _drawn(
    sizes: Mapping[str, tuple[int, int]],
    lines: Sequence[Line],
    column_of: Mapping[str, int],
    columns: list[list[_Item]],
    chains: list[list[str]],
    items: Mapping[str, _Item],
) -> Layout:
    """Whole numbers for everything: rows first, then the tracks in each gutter, which say how wide it is."""
    top = min((item.y for item in items.values()), default=0.0)
    height_of = {key: round(item.y - top) + MARGIN for key, item in items.items()}
    hops: list[list[tuple[int, int, int, int]]] = [[] for _ in range(len(columns) + 1)]
    for number, (line, chain) in enumerate(zip(lines, chains, strict=True)):
        for gutter, begin, end in _hops(line, chain, column_of, height_of):
            hops[gutter].append((min(begin, end), max(begin, end), number, begin))
    tracks = [_tracks(found) for found in hops]
    widths = [max((sizes[i.key][0] for i in column if i.key in sizes), default=PASSAGE) for column in columns]
    gutters, lefts, x = [], [], MARGIN
    for place in range(len(columns) + 1):
        gutters.append(x)
        x += (max(tracks[place].values(), default=0) + 1) * TRACK + (2 * GAP if hops[place] else GAP)
        lefts.append(x)
        x += widths[place] if place < len(columns) else 0
    boxes = {
        name: Box(name, lefts[column_of[name]], height_of[name], width, height)
        for name, (width, height) in sizes.items()
    }
    paths = tuple(
        _path(number, line, chain, column_of, height_of, boxes, lefts, widths, gutters, tracks)
        for number, (line, chain) in enumerate(zip(lines, chains, strict=True))
    )
    bottom = max((b.y + b.height for b in boxes.values()), default=0)
    lowest = max((y for path in paths for _, y in path), default=0)
    return Layout(boxes, paths, x + MARGIN, max(bottom, lowest) + MARGIN)


def _hops(
    line: Line, chain: list[str], column_of: Mapping[str, int], height_of: Mapping[str, int]
) -> list[tuple[int, int, int]]:
    """For each gutter that a line crosses: its number, where the line comes in, and where it goes out."""
    ys = [
        height_of[chain[0]] + line.child_port,
        *(height_of[key] + PASSAGE // 2 for key in chain[1:-1]),
        height_of[chain[-1]] + line.parent_port,
    ]
    start, end = column_of[line.child], column_of[line.parent]
    step = -1 if end <= start else 1
    first = start if step < 0 else start + 1
    return [(first + step * n, begin, out) for n, (begin, out) in enumerate(itertools.pairwise(ys))]


def _tracks(found: list[tuple[int, int, int, int]]) -> dict[int, int]:
    """A vertical track for each line of a gutter, so that no two that share a height share a track."""
    free: list[int] = []
    given: dict[int, int] = {}
    for low, high, number, _ in sorted(found):
        track = next((n for n, until in enumerate(free) if until < low - TRACK), len(free))
        free[track:] = [high] if track == len(free) else [high, *free[track + 1 :]]
        given[number] = track
    return given


def _path(
    number: int,
    line: Line,
    chain: list[str],
    column_of: Mapping[str, int],
    height_of: Mapping[str, int],
    boxes: Mapping[str, Box],
    lefts: list[int],
    widths: list[int],
    gutters: list[int],
    tracks: list[dict[int, int]],
) -> tuple[tuple[int, int], ...]:
    """The corners from the child's side to the parent's."""
    child, parent = boxes[line.child], boxes[line.parent]
    leftward = column_of[line.parent] <= column_of[line.child]
    same = column_of[line.parent] == column_of[line.child]
    points = [(child.x if leftward else child.x + child.width, height_of[line.child] + line.child_port)]
    for gutter, begin, end in _hops(line, chain, column_of, height_of):
        x = gutters[gutter] + GAP + tracks[gutter][number] * TRACK
        points += [(x, begin), (x, end)]
    points.append(
        (parent.x if same or not leftward else parent.x + parent.width, height_of[line.parent] + line.parent_port)
    )
    return tuple(points)
