"""Sizes and thresholds in the spellings of Kubernetes and PostgreSQL, beside the documents' own in `contracts`."""

import re

from contracts.quantities import seconds, size_bytes

_KUBERNETES = (("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10))


def memory_bytes(text: str) -> int | None:
    """Bytes of `16GB`, `64mb` or `64Gi`; None for what is no size.

    >>> memory_bytes("16GB"), memory_bytes("64Mi"), memory_bytes("on")
    (17179869184, 67108864, None)
    """
    size = size_bytes(f"{text}B" if text.endswith("i") else text)
    return None if size is None else round(size)


def threshold_of(text: str, unit: str) -> float | None:
    """The number of an alert's threshold in the base unit that its expression compares; None where it has none.

    >>> threshold_of("1.5 TB", "bytes"), threshold_of("3,000 transactions", "count"), threshold_of("0.8 share", "share")
    (1649267441664.0, 3000.0, 0.8)
    """
    if unit == "bytes":
        return size_bytes(text)
    if unit in ("seconds", "milliseconds"):
        span = seconds(text)
        return None if span is None else span * (1000 if unit == "milliseconds" else 1)
    match = re.match(r"[\d,]*\.?\d+", text.strip())
    return float(match[0].replace(",", "")) if match else None


def binary(size: float) -> str:
    """Bytes as Kubernetes spells them, in the largest unit that divides them.

    >>> binary(64 * 2**30), binary(1536 * 2**20), binary(1000)
    ('64Gi', '1536Mi', '1000')
    """
    whole = round(size)
    return next(
        (f"{whole // factor}{unit}" for unit, factor in _KUBERNETES if whole and whole % factor == 0), str(whole)
    )


def server_size(size: float) -> str:
    """Bytes as PostgreSQL spells them, in whole megabytes.

    >>> server_size(512 * 2**20)
    '512MB'
    """
    return f"{max(1, round(size) >> 20)}MB"
