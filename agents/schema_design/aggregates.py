"""What belongs together when a business record is made: its parts, and the values that it keeps as they were then.

An order without its lines is no order: whoever may make the one has to write the others in the same transaction. Which
tables hold such parts is a matter of ownership and of what their rows are: lines with a quantity or a price, parts that
are named for the whole, or what the sentence that asks for the command names beside it. What comes later in the life
of the record (events, payments, documents) is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agents.naming import singular, words
from agents.schema_design.amounts import is_price, is_quantity
from agents.schema_design.implied_totals import owned_references
from agents.schema_design.normal_form import dependencies, is_at_the_time
from contracts.requirements import AccessPattern, Requirements
from contracts.schema import Column, ForeignKey, Table

_PRICES = ("price", "unit_price", "list_price", "base_price", "sales_price")
_ORDINALS = frozenset({"line_number", "line_no", "position", "item_number", "ordinal", "sequence_number", "sort_order"})


@dataclass(frozen=True)
class Part:
    """A table whose rows are parts, and its reference to the whole."""

    table: Table
    key: ForeignKey

    @property
    def reference(self) -> str:
        return self.key.columns[0]

    @property
    def ordinal(self) -> str | None:
        """The column that counts the parts of one whole, from 1 on."""
        keys = [set(u.columns) for u in self.table.uniques]
        named = (c.name for c in self.table.columns if c.type == "integer" and c.name in _ORDINALS)
        return next((name for name in named if {self.reference, name} in keys), None)


@dataclass(frozen=True)
class Copy:
    """A column that keeps what a column of the row says to which `key` refers, as it is when the row is made."""

    column: Column
    key: ForeignKey
    source: Column

    @property
    def alias(self) -> str:
        """The name of the referred row in a statement."""
        return self.key.columns[0].removesuffix("_id")


def parts_of(
    whole: Table, pattern: AccessPattern, requirements: Requirements, tables: Iterable[Table]
) -> tuple[Part, ...]:
    """The parts that a command writes together with a new row of `whole`."""
    tables = tuple(tables)
    said = {singular(word) for word in words(pattern.text)}
    found = [
        Part(child, key)
        for child, key, parent in owned_references(requirements, tables)
        if parent is whole and child.nature in ("transaction", "master") and _is_part(child, whole, said)
    ]
    links = [Part(table, key) for table, key in _links(whole, tables, said)]
    return tuple({part.table.name: part for part in (*found, *links)}.values())


def _is_part(child: Table, whole: Table, said: set[str]) -> bool:
    name, line = child.entity or "", any(is_quantity(c) or is_price(c) for c in child.columns)
    return line or name.startswith(f"{whole.entity}_") or {singular(word) for word in words(name)} <= said


def _links(whole: Table, tables: Iterable[Table], said: set[str]) -> Iterator[tuple[Table, ForeignKey]]:
    """Links of the new row to others that the sentence names: an article with its tags."""
    for table in tables:
        if table.nature != "junction" or len(table.foreign_keys) != 2:
            continue
        one, other = table.foreign_keys
        for key, far in ((one, other), (other, one)):
            named = {singular(word) for word in words(far.references)}
            if key.references == whole.name != far.references and named <= said:
                yield table, key


def copies(table: Table, tables: Mapping[str, Table], whole: ForeignKey | None = None) -> tuple[Copy, ...]:
    """The columns of a business record whose value stands in a row that it refers to, when it is made.

    `whole` is the reference of a part to its whole, which has no values of its own to copy.
    """
    if table.nature != "transaction":
        return ()
    found = {
        d.column.name: Copy(d.column, d.key, d.source)
        for d in dependencies(table, tables)
        if is_at_the_time(d) and d.key is not whole and d.column.default is None
    }
    for column in table.columns:
        if is_price(column) and column.generated is None and column.name not in found:
            priced = list(_priced(table, column, tables, whole))
            if len(priced) == 1:
                found[column.name] = priced[0]
    return tuple(found.values())


def _priced(table: Table, column: Column, tables: Mapping[str, Table], whole: ForeignKey | None) -> Iterator[Copy]:
    """The prices of today of what a row refers to in any case."""
    for key in table.foreign_keys:
        parent = tables.get(key.references)
        if parent is None or key is whole or parent.nature not in ("master", "reference"):
            continue
        if len(key.columns) != 1 or table.column(key.columns[0]).nullable:
            continue
        amounts = {c.name: c for c in parent.columns if c.type == "money" and not c.nullable}
        source = next((amounts[name] for name in (column.name, *_PRICES) if name in amounts), None)
        if source is not None:
            yield Copy(column, key, source)
