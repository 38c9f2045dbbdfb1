"""Totals that no sentence states and that the columns imply: a parent with a total, parts with quantity and price.

A total that nothing ties to its parts is right until the first correction of a line. Where the columns say without
doubt what it is the sum of, the design keeps it; where a column's part in it is open, an omission says so, for a wrong
sum that nobody can correct is worse than none.
"""

from collections.abc import Iterable, Iterator

from agents.naming import identifier, shorten
from agents.schema_design.amounts import is_price, is_put_on, is_quantity, is_taken_off
from contracts.base import Omission, Origin
from contracts.requirements import Requirements
from contracts.schema import Column, ForeignKey, Table, Total

IMPLIED = Origin(kind="inferred", rule="a total beside parts with quantity and price is their sum")
_NET = ("subtotal", "sub_total", "net_amount", "net_total", "items_total")
_WHOLE = ("total_amount", "total", "total_price", "grand_total", "total_cost", "amount_total", "total_value", "amount")
_OF_A_PART = ("line_total", "line_amount", "total", "total_amount", "subtotal", "amount")


def owned_references(requirements: Requirements, tables: Iterable[Table]) -> Iterator[tuple[Table, ForeignKey, Table]]:
    """Each table of parts with its reference to the business record that the parts belong to."""
    by_name = {table.name: table for table in tables}
    owned = {(r.child, r.parent) for r in requirements.relationships if r.owned and r.child != r.parent}
    for child in by_name.values():
        for key in child.foreign_keys:
            parent = by_name.get(key.references)
            if parent is None or parent.nature != "transaction" or (child.entity, parent.entity) not in owned:
                continue
            if key.columns in {(c.name,) for c in child.columns if not c.nullable}:
                yield child, key, parent


def implied_totals(
    requirements: Requirements, tables: Iterable[Table], stated: Iterable[Total]
) -> tuple[list[Total], list[Omission]]:
    """The totals that columns imply, beside those that the brief states, and those that stay open with their reason."""
    known = {(total.table, total.column) for total in stated if total.operator == "="}
    sums = (rule for rule in requirements.rules if rule.kind == "sum" and rule.operator == "=")
    summed = {(rule.entity, name) for rule in sums for name in rule.attributes[:1]}
    found: dict[tuple[str, str], list[Total | Omission]] = {}
    for child, key, parent in owned_references(requirements, tables):
        column = total_column(parent)
        quantity, price = _quantity(child), _price(child)
        if column is None or not (quantity and price):
            continue
        if (parent.name, column.name) in known or (parent.entity, column.name) in summed:
            continue
        found.setdefault((parent.name, column.name), []).append(_total(parent, column, child, key, quantity, price))
    totals, left = list[Total](), list[Omission]()
    for (table, name), made in found.items():
        if len(made) > 1:
            places = ", ".join(m.child if isinstance(m, Total) else m.subject.split()[-1] for m in made)
            left.append(_open(table, name, places, f"parts stand in {places}", made[0]))
        elif isinstance(made[0], Total):
            totals.append(made[0])
        else:
            left.append(made[0])
    return totals, left


def total_column(parent: Table) -> Column | None:
    """The amount that sums up the parts: the one before what the whole has on and off, else the only amount."""
    amounts = {c.name: c for c in parent.columns if c.type == "money" and c.generated is None}
    net = next((amounts[name] for name in _NET if name in amounts), None)
    if net is not None or len(amounts) != 1:
        return net
    return next((amounts[name] for name in _WHOLE if name in amounts), None)


def _quantity(child: Table) -> Column | None:
    return next((c for c in child.columns if is_quantity(c)), None)


def _price(child: Table) -> Column | None:
    prices = [c for c in child.columns if is_price(c) and c.generated is None]
    exact = [c for c in prices if c.name in ("unit_price", "price")]
    return prices[0] if len(prices) == 1 else exact[0] if len(exact) == 1 else None


def _total(
    parent: Table, column: Column, child: Table, key: ForeignKey, quantity: Column, price: Column
) -> Total | Omission:
    """What the columns of the parts make of the total, or the column whose part in it is open."""
    own = next((c for c in child.columns if c.name in _OF_A_PART and c.type == "money" and c.generated is None), None)
    off = [c for c in child.columns if is_taken_off(c)]
    on = [] if column.name in _NET else [c for c in child.columns if is_put_on(c)]
    known = {c.name for c in (price, *off, *filter(is_put_on, child.columns))}
    unclear = [
        c for c in child.columns if c.type in ("money", "percentage") and c.name not in known and not is_price(c)
    ]
    serves = tuple(dict.fromkeys((*column.serves, *quantity.serves, *price.serves)))
    name = shorten(identifier(f"{parent.name}_{column.name}_of_{child.name}"), 50)
    made = Total(
        name=name, table=parent.name, column=column.name, child=child.name, reference=key.columns[0],
        terms=(own.name,) if own else (quantity.name, price.name), added=() if own else tuple(c.name for c in on),
        deducted=() if own else tuple(c.name for c in off), operator="=", origin=IMPLIED, serves=serves,
    )  # fmt: skip
    if own or not unclear:
        return made
    return _open(parent.name, column.name, child.name, f"{unclear[0].name} of {child.name} may enter it or not", made)


def _open(table: str, column: str, parts: str, why: str, like: Total | Omission) -> Omission:
    return Omission(
        subject=f"A trigger that keeps {table}.{column} the sum over {parts}",
        reason=f"{why}, so the application keeps it in the transaction that writes the parts; a sentence such as "
        f'"the {column.replace("_", " ")} is the sum of …" has the database keep it',
        origin=IMPLIED, serves=like.serves,
    )  # fmt: skip
