"""The picture: boxes never overlap, lines never run under a box, text cannot leave its element, bytes stay the same."""

import itertools
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.er_layout import Layout, Line, layout
from artifacts.er_picture import er_svg
from tests.evolution.designs import design

TABLES = st.integers(1, 40)
SVG = "{http://www.w3.org/2000/svg}"


def overlaps(found: Layout) -> list[tuple[str, str]]:
    """Pairs of boxes that share a point."""
    return [
        (a.name, b.name)
        for a, b in itertools.combinations(found.boxes.values(), 2)
        if a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
    ]


def crossed(found: Layout) -> list[tuple[int, str]]:
    """Lines that run through the inside of a box."""
    hits = []
    for number, path in enumerate(found.paths):
        for (x1, y1), (x2, y2) in itertools.pairwise(path):
            low, high, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            hits += [
                (number, b.name)
                for b in found.boxes.values()
                if low < b.x + b.width and high > b.x and top < b.y + b.height and bottom > b.y
            ]
    return hits


@st.composite
def schemas(draw: st.DrawFn) -> tuple[dict[str, tuple[int, int]], list[Line]]:
    """Tables of any size with any references, cycles and references to themselves as well."""
    count = draw(TABLES)
    sizes = {f"t{n}": (draw(st.integers(60, 400)), draw(st.integers(40, 320))) for n in range(count)}
    names = st.sampled_from(sorted(sizes))
    pairs = draw(st.lists(st.tuples(names, names), max_size=60))
    return sizes, [Line(a, draw(st.integers(10, 35)), b, draw(st.integers(10, 35))) for a, b in pairs]


@settings(max_examples=40, deadline=None)
@given(schemas())
def test_nothing_overlaps(found: tuple[dict[str, tuple[int, int]], list[Line]]) -> None:
    sizes, lines = found
    placed = layout(sizes, lines)
    assert overlaps(placed) == []
    assert crossed(placed) == []
    assert placed == layout(dict(sizes), list(lines))
    assert all(b.x >= 0 and b.x + b.width <= placed.width for b in placed.boxes.values())
    assert all(b.y >= 0 and b.y + b.height <= placed.height for b in placed.boxes.values())
    assert all(0 <= x <= placed.width and 0 <= y <= placed.height for path in placed.paths for x, y in path)


def test_an_overlap_would_be_seen() -> None:
    placed = layout({"a": (100, 100), "b": (100, 100)}, [])
    boxes = {**placed.boxes, "b": placed.boxes["a"].__class__("b", placed.boxes["a"].x + 50, placed.boxes["a"].y, 9, 9)}
    assert overlaps(Layout(boxes, (), 1, 1)) == [("a", "b")]
    through = (((0, placed.boxes["a"].y + 5), (900, placed.boxes["a"].y + 5)),)
    assert (0, "a") in crossed(Layout(placed.boxes, through, 1, 1))


@pytest.mark.parametrize("brief", ["examples/shop/INITIAL.md", "examples/habits/INITIAL.md"])
def test_every_table_and_reference_of_a_design_is_drawn(brief: str) -> None:
    tables = design(brief).schema_design.tables
    page = ElementTree.fromstring(er_svg("Shop", tables))  # noqa: S314 - our own
    drawn = [group.get("id") for group in page.iter(f"{SVG}g") if group.get("class") == "table"]
    assert drawn == [f"table-{table.name}" for table in tables]
    lines = [group for group in page.iter(f"{SVG}g") if group.get("class") == "reference"]
    assert len(lines) == sum(len(table.foreign_keys) for table in tables)


def test_words_of_a_brief_stay_text() -> None:
    tables = design("examples/habits/INITIAL.md").schema_design.tables
    evil = '</title><script>alert("1")</script>'
    page = ElementTree.fromstring(er_svg(evil, (tables[0].model_copy(update={"comment": evil}), *tables[1:])))  # noqa: S314 - our own
    assert not list(page.iter(f"{SVG}script"))
    assert page.findtext(f"{SVG}title") == f"{evil}: tables and references"
