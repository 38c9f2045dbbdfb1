"""Addresses in business records: what was ordered goes on showing where it went, whatever becomes of the address.

A reference alone shows the address of today: a customer who moves would move every old order and invoice along. So a
record that is made once and looked at for years keeps the lines of the address beside the reference, as it keeps the
price; the reference stays, for who looks for the records of an address. What goes on (a subscription, a cart) follows
its address and keeps nothing.
"""

from collections.abc import Iterable, Iterator, Mapping

from contracts.base import Origin
from contracts.schema import Column, ForeignKey, Table

AS_IT_WAS = Origin(kind="inferred", rule="business records keep an address as it was when they were made")
_TEXTS = ("string", "text", "country", "email", "phone", "identifier")
_POSTAL = frozenset(
    """
    line1 line2 line3 address_line1 address_line2 address_line address street street_address street_name house_number
    number unit apartment floor building city town village suburb district county province region state state_region
    postal_code postcode post_code zip zip_code country country_code po_box
    """.split()
)
_OWN_USE = frozenset({"label", "kind", "type", "address_type", "notes", "note", "status"})
_NAMED = frozenset({"address", "addresses", "anschrift", "contact"})
_GOES_ON = frozenset(
    {"cart", "basket", "wishlist", "subscription", "membership", "contract", "account", "plan", "schedule"}
)


def is_address(table: Table, tables: Mapping[str, Table]) -> bool:
    """Whether the rows of a table are addresses, and not what stands at one: a shop or a warehouse is no address."""
    if table.nature not in ("master", "reference"):
        return False
    texts = [c for c in table.columns if c.type in _TEXTS and c.name not in _OWN_USE]
    postal = [c for c in texts if c.name in _POSTAL or c.type == "country"]
    if _NAMED & set((table.entity or table.name).split("_")[-1:]):
        return bool(postal)
    personal = any(k.references in tables and tables[k.references].nature == "person" for k in table.foreign_keys)
    return personal and len(postal) > 2 and 2 * len(postal) >= len(texts)


def kept_addresses(table: Table, tables: Mapping[str, Table]) -> Iterator[tuple[ForeignKey, Table]]:
    """The references of a business record to addresses that it has to keep as they were."""
    goes_on = _GOES_ON & set((table.entity or table.name).split("_")[-1:])
    for key in table.foreign_keys if table.nature == "transaction" and not goes_on else ():
        there = tables.get(key.references)
        if there is not None and there is not table and len(key.columns) == 1 and is_address(there, tables):
            yield key, there


def copied_columns(key: ForeignKey, there: Table, optional: bool) -> Iterator[Column]:
    """The lines of an address as columns of the record, named for the reference."""
    chosen = {c.column for c in there.checks if c.kind == "one_of"} | _OWN_USE
    for column in there.columns:
        if column.type in _TEXTS and column.name not in chosen and column.generated is None:
            name = f"{key.columns[0].removesuffix('_id')}_{column.name}"
            yield column.model_copy(update={
                "name": name, "nullable": column.nullable or optional, "default": None, "origin": AS_IT_WAS,
                "serves": key.serves or column.serves,
            })  # fmt: skip


def with_snapshots(made: Iterable[Table]) -> list[Table]:
    """The tables, with the addresses that business records keep."""
    tables = {table.name: table for table in made}
    return [_with(table, tables) for table in tables.values()]


def _with(table: Table, tables: Mapping[str, Table]) -> Table:
    known = {c.name: c for c in table.columns}
    more = [
        column
        for key, there in kept_addresses(table, tables)
        for column in copied_columns(key, there, known[key.columns[0]].nullable)
        if column.name not in known
    ]
    if not more:
        return table
    place = next((n for n, c in enumerate(table.columns) if c.name == "created_at"), len(table.columns))
    return table.model_copy(update={"columns": (*table.columns[:place], *more, *table.columns[place:])})
