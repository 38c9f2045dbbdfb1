"""What a number means on a line of a business record: how many, at which price, what is taken off and put on it."""

from agents.requirement_analysis.stock import QUANTITIES
from contracts.schema import Column

_OFF = frozenset({"discount", "rebate", "reduction", "deduction", "rabatt", "nachlass"})
_ON = frozenset({"tax", "vat", "gst", "surcharge", "mwst", "ust", "steuer", "zuschlag"})


def is_quantity(column: Column) -> bool:
    """How many or how much a row is of, as an order line is of pieces: it adds up over rows, which stock does not."""
    return column.type in ("integer", "decimal") and column.name in QUANTITIES


def is_price(column: Column) -> bool:
    """Whether an amount is that of one piece, so that a sum over rows means nothing."""
    words = column.name.split("_")
    named = words[0] in ("unit", "list") or words[-1] in ("price", "rate", "fare", "preis")
    return column.type == "money" and named


def adds_up(column: Column) -> bool:
    """Whether a sum over rows means something: amounts and quantities do, prices of one piece do not."""
    return not is_price(column) if column.type == "money" else is_quantity(column)


def is_taken_off(column: Column) -> bool:
    """Whether an amount lowers that of its row.

    >>> from contracts.base import Origin
    >>> named = lambda name: Column(name=name, type="money", sql_type="numeric", origin=Origin(kind="convention"))
    >>> is_taken_off(named("discount_amount")), is_put_on(named("vat_amount")), is_put_on(named("deposit"))
    (True, True, False)
    """
    return column.type == "money" and bool(_OFF & set(column.name.split("_")))


def is_put_on(column: Column) -> bool:
    """Whether an amount is added to that of its row: taxes and surcharges stand beside a price that is without them."""
    return column.type == "money" and bool(_ON & set(column.name.split("_")))
