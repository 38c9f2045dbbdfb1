"""How an engine lays out rows and index entries: the sizes of the family that a design is made for.

Growth, memory and disk follow from bytes, and bytes differ: a row of PostgreSQL carries a header of 24, InnoDB keeps
the table in its primary key and each other index holds a copy of that key.
"""

import functools
import importlib
import importlib.util
from typing import Protocol, cast

from contracts.base import Figure, Input
from contracts.schema import SchemaDesign, Table


class Layout(Protocol):
    """A module of sizes."""

    def heap(self, table: Table, rows: Input) -> Figure:
        """Bytes of the table itself."""
        ...

    def indexes(self, table: Table, schema: SchemaDesign, rows: Input) -> Figure:
        """Bytes of what stands beside the table."""
        ...


def layout(schema: SchemaDesign) -> Layout:
    """The sizes of the design's engine family: its own module `sizes`, or PostgreSQL's."""
    return _layout(schema.dialect)


@functools.cache
def _layout(dialect: str) -> Layout:
    own = f"agents.dialects.{dialect}.sizes"
    there = importlib.util.find_spec(f"agents.dialects.{dialect}") and importlib.util.find_spec(own)
    return cast(Layout, importlib.import_module(own if there else "agents.scaling.sizes"))
