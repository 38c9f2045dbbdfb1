"""Memory and time as PostgreSQL, Redis and the caches of applications spell them."""

import re

_MEMORY = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}
_TIME = {"us": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*")


def in_bytes(text: str, bare: int = 1) -> float | None:
    """The bytes that a size stands for, a bare number counting units of `bare` bytes; None where it is no size.

    >>> in_bytes("4GB"), in_bytes("64mb"), in_bytes("1000", bare=8192), in_bytes("plenty")
    (4294967296.0, 67108864.0, 8192000.0, None)
    """
    found = _NUMBER.fullmatch(text)
    if found is None or found[2].lower() not in _MEMORY:
        return None
    return float(found[1]) * (_MEMORY[found[2].lower()] if found[2] else bare)


def in_seconds(text: str, bare: float = 1.0) -> float | None:
    """The seconds that a duration stands for, a bare number counting units of `bare` seconds; None if it is none.

    >>> in_seconds("2000ms"), in_seconds("5min"), in_seconds("10000", bare=0.001), in_seconds("00:00:10")
    (2.0, 300.0, 10.0, 10.0)
    """
    clock = re.fullmatch(r"(\d+):(\d\d):(\d\d)", text.strip())
    if clock:
        return float(int(clock[1]) * 3_600 + int(clock[2]) * 60 + int(clock[3]))
    found = _NUMBER.fullmatch(text)
    if found is None or found[2].lower() not in _TIME:
        return None
    return float(found[1]) * (_TIME[found[2].lower()] if found[2] else bare)
