"""Durations and sizes as documents spell them, back to numbers: `59 minutes 50 seconds`, `15m`, `271.9 kB`, `64mb`."""

import re

_SECONDS = {
    "ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60,
    "h": 3600, "hr": 3600, "hour": 3600, "d": 86_400, "day": 86_400, "w": 604_800, "week": 604_800,
    "month": 2_592_000, "y": 31_536_000, "year": 31_536_000,
}  # fmt: skip
_BYTES = {
    "b": 1, "byte": 1, "k": 1024, "kb": 1024, "kib": 1024, "m": 1024**2, "mb": 1024**2, "mib": 1024**2,
    "g": 1024**3, "gb": 1024**3, "gib": 1024**3, "t": 1024**4, "tb": 1024**4, "tib": 1024**4,
}  # fmt: skip
_AMOUNT = re.compile(r"\s*([\d,]*\.?\d+)\s*([A-Za-z]+)\s*")


def seconds(value: object) -> float | None:
    """Seconds of a duration's text, or of a bare number of seconds; None for anything else.

    >>> seconds("59 minutes 50 seconds"), seconds("15m"), seconds(30), seconds("soon")
    (3590.0, 900.0, 30.0, None)
    """
    return _sum(value, _SECONDS)


def size_bytes(value: object) -> float | None:
    """Bytes of a size's text, with 1024 bytes to the kB as the databases count.

    >>> size_bytes("64mb"), size_bytes("1 kB"), size_bytes("much")
    (67108864.0, 1024.0, None)
    """
    return _sum(value, _BYTES)


def _sum(value: object, units: dict[str, float] | dict[str, int]) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    total, at, text = 0.0, 0, str(value)
    while at < len(text):
        found = _AMOUNT.match(text, at)
        unit = units.get(found[2].lower()) or units.get(found[2].lower().removesuffix("s")) if found else None
        if found is None or unit is None:
            return None
        total += float(found[1].replace(",", "")) * unit
        at = found.end()
    return round(total, 6) if text.strip() else None
