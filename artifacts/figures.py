"""Numbers as a reader expects them: grouped digits, sensible units, and the formula they came from."""

from decimal import Decimal

from contracts.base import Figure, Input, Origin

_BYTES = (("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10))
_SECONDS = (("year", 31_536_000), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_BYTE_UNITS = frozenset({"byte", "bytes", "b"})
_SECOND_UNITS = frozenset({"s", "second", "seconds"})


def number(value: float | Decimal) -> str:
    """At most four significant decimals, thousands grouped.

    >>> number(1234567.0), number(0.25), number(12.50), number(1e15)
    ('1,234,567', '0.25', '12.5', '1,000,000,000,000,000')
    """
    if value == int(value):
        return f"{int(value):,}"
    digits = 2 if abs(float(value)) >= 100 else 4
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")


def byte_size(value: float) -> str:
    """Bytes in the largest unit (powers of 1024) that keeps at least one.

    >>> byte_size(512), byte_size(1536), byte_size(5 * 2**30)
    ('512 bytes', '1.5 kB', '5 GB')
    """
    for unit, size in _BYTES:
        if abs(value) >= size:
            return f"{number(round(value / size, 1))} {unit}"
    return f"{number(value)} bytes"


def duration(seconds: float) -> str:
    """Seconds in the two largest units that they fill, or with one decimal where they fill none.

    >>> duration(90), duration(3600), duration(0), duration(94_608_000), duration(93_661), duration(0.5)
    ('1 minute 30 seconds', '1 hour', '0 seconds', '3 years', '1 day 2 hours 1 minute', '0.5 seconds')
    >>> duration(0.012)
    '12 milliseconds'
    """
    if 0 < seconds < 0.1:
        return counted(round(seconds * 1_000, 1), "millisecond")
    if seconds < 60 or seconds != int(seconds):
        return counted(round(seconds, 1), "second")
    parts, left = [], int(seconds)
    for unit, size in _SECONDS:
        count, left = divmod(left, size)
        if count:
            parts.append(counted(count, unit))
    return " ".join(parts[:3])


def counted(value: float, noun: str, nouns: str = "") -> str:
    """A number with its noun in the right form.

    >>> counted(1, "index", "indexes"), counted(3, "index", "indexes"), counted(0, "table")
    ('1 index', '3 indexes', '0 tables')
    """
    return f"{number(value)} {noun if value == 1 else nouns or noun + 's'}"


def amount(value: float, unit: str) -> str:
    """A value with its unit: bytes and seconds in the unit that reads best."""
    if unit.lower() in _BYTE_UNITS:
        return byte_size(value)
    if unit.lower() in _SECOND_UNITS:
        return duration(value)
    return f"{number(value)} {unit}".strip()


def quantity(figure: Figure) -> str:
    """The figure's value with its unit."""
    return amount(figure.value, figure.unit)


def inputs(values: tuple[Input, ...]) -> str:
    """Inputs with where each value comes from: `cores = 2 (assumption.machine)`."""
    return ", ".join(f"{i.name} = {amount(i.value, i.unit)} ({i.source})" for i in values)


def derivation(figure: Figure) -> str:
    """How the figure came about: formula, inputs and source; a formula that is its only input would say nothing."""
    plain = len(figure.inputs) == 1 and figure.formula == figure.inputs[0].name
    parts = ["" if plain else figure.formula, inputs(figure.inputs), f"after {figure.source}" if figure.source else ""]
    return "; ".join(filter(None, parts))


def whence(origin: Origin) -> str:
    """Where an element comes from: `stated (line 12)`, `inferred: rule` or `convention: rule`."""
    if origin.kind == "stated":
        return f"stated (line {origin.line})" if origin.line else "stated"
    return f"{origin.kind}: {origin.rule}" if origin.rule else origin.kind
