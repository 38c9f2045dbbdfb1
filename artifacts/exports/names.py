"""What tables, columns and references are called in an application's own language."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.schema import ForeignKey, SchemaDesign, Table


def pascal(name: str) -> str:
    """`order_item` as `OrderItem`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) or "Row"


def camel(name: str) -> str:
    """`order_item` as `orderItem`."""
    spelled = pascal(name)
    return spelled[:1].lower() + spelled[1:]


@dataclass(frozen=True)
class Reference:
    """A foreign key as two attributes: `one` on the child's side, `many` on the parent's."""

    key: ForeignKey
    child: str
    parent: str
    one: str
    many: str
    single: bool


class Names:
    """The classes of a schema and their references, each name once in its class."""

    def __init__(self, schema: SchemaDesign, reserved: Iterable[str]) -> None:
        self.reserved = frozenset(reserved)
        self.tables = schema.tables
        self.classes: dict[str, str] = {}
        for table in schema.tables:
            name = pascal(table.entity or table.name)
            taken = {*self.classes.values(), *self.reserved}
            self.classes[table.name] = name if name not in taken else f"{pascal(table.name)}Row"
        self.references = self._references()

    def attribute(self, name: str) -> str:
        """A column's name, with an underscore where the language has other plans for it."""
        return f"{name}_" if name in self.reserved else name

    def out_of(self, table: Table) -> tuple[Reference, ...]:
        """The references that a table holds."""
        return tuple(r for r in self.references if r.child == table.name)

    def into(self, table: Table) -> tuple[Reference, ...]:
        """The references to a table."""
        return tuple(r for r in self.references if r.parent == table.name)

    def _references(self) -> tuple[Reference, ...]:
        used = {t.name: {self.attribute(c.name) for c in t.columns} for t in self.tables}
        found = []
        for table in self.tables:
            for key in (k for k in table.foreign_keys if k.references in used):
                one = _free(re.sub(r"_id$", "", key.columns[0]), used[table.name], self.reserved)
                used[table.name].add(one)
                twins = sum(k.references == key.references for k in table.foreign_keys)
                wish = f"{table.name}_by_{one}" if twins > 1 or key.references == table.name else table.name
                many = _free(wish, used[key.references], self.reserved)
                used[key.references].add(many)
                unique = {u.columns for u in table.uniques} | {table.primary_key}
                found.append(Reference(key, table.name, key.references, one, many, key.columns in unique))
        return tuple(found)


def _free(wish: str, used: set[str], reserved: frozenset[str]) -> str:
    name = wish
    while name in used or name in reserved:
        name = f"{name}_row"
    return name
