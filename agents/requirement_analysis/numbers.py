"""Quantities in a sentence: the number, what is counted or its unit, and per what time.

One grammar for every reader (volumes, targets, retention), so "10,000 orders/day", "10k orders per day" and
"10 thousand orders daily" are the same fact everywhere.
"""

import functools
import re
from dataclasses import dataclass
from typing import Literal

Per = Literal["", "second", "minute", "hour", "day", "week", "month", "year"]

SECONDS: dict[str, float] = {
    "millisecond": 0.001, "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
    "month": 2_592_000, "year": 31_536_000,
}  # fmt: skip
"""Seconds of a time unit; a month has 30 days and a year 365, as retention periods are usually counted."""

_UNITS = {
    "ms": "millisecond", "msec": "millisecond", "millisecond": "millisecond", "s": "second", "sec": "second",
    "second": "second", "min": "minute", "minute": "minute", "h": "hour", "hr": "hour", "hour": "hour",
    "d": "day", "day": "day", "week": "week", "month": "month", "yr": "year", "year": "year",
}  # fmt: skip
_ADVERBS = {
    "daily": "day",
    "hourly": "hour",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "annually": "year",
}
_TIMES: dict[str, Per] = {
    "second": "second", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month",
    "year": "year",
}  # fmt: skip
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
}  # fmt: skip
_BYTES = {"kb": 1e-6, "mb": 1e-3, "gb": 1.0, "gib": 1.073741824, "tb": 1e3, "tib": 1099.511627776, "pb": 1e6}
_SPELT = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
    "dozen": 12, "thousand": 1000,
}  # fmt: skip

_DIGITS = r"\d{1,3}(?:[, ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)?"
_NUMBER = re.compile(
    rf"""(?<![\w.,-])(?:p(?P<percentile>\d{{2}}(?:\.\d)?)\b | (?P<first>{_DIGITS}) (?P<scale1>(?:k|m|bn|b)(?![a-z]))?
    (?:\s*(?:-|–|—|\bto\b|\.\.\.?)\s*(?P<second>{_DIGITS}))?
    \s*(?P<scale>(?:k|m|bn|b|thousand|million|mio|mn|billion)(?![a-z/]))?
    | (?P<spelt>{"|".join(_SPELT)})\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_AFTER = re.compile(r"\s*(?P<sign>%|percent\b|per\s?cent\b)|[\s-]?(?P<unit>[a-zµ]+)", re.IGNORECASE)
_PER = re.compile(
    r"\s*(?:/|\bper\b|\ba\b|\ban\b|\beach\b|\bevery\b)\s*(?P<unit>second|sec|s|minute|min|hour|h|day|d"
    r"|week|month|year)s?\b"
    r"|\s+(?P<adverb>daily|hourly|weekly|monthly|yearly|annually)\b",
    re.IGNORECASE,
)
_RATE_UNIT = re.compile(r"\s*(?P<name>rps|qps|tps|req/s|ops/s|requests/s)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A number with its sense. `low` is the smaller end of a range, `value` the larger one.

    `unit` is a time unit, `percent`, `gb`, `percentile`, `requests` or empty; `per` the time that a rate counts by.
    `noun` are the words that follow (what is counted), `start` and `end` the place in the text.
    """

    value: float
    low: float
    unit: str
    per: Per
    noun: str
    start: int
    end: int

    def seconds(self) -> float:
        """The length of time, for a quantity whose unit is one."""
        return self.value * SECONDS[self.unit]

    def per_second(self) -> float:
        """The rate, for a quantity with `per`."""
        return self.value / SECONDS[self.per]

    def per_day(self) -> float:
        """The rate by day, for a quantity with `per`."""
        return self.value * SECONDS["day"] / SECONDS[self.per]


@functools.lru_cache(maxsize=65536)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a sentence, in order.

    >>> [(q.value, q.unit, q.per, q.noun) for q in quantities("about 10k orders/day in <200 ms for 95 % of 1,5 GB")][:2]
    [(10000.0, '', 'day', 'orders'), (200.0, 'millisecond', '', '')]
    """
    matches = list(_NUMBER.finditer(text))
    ends = [m.start() for m in matches[1:]] + [len(text)] * bool(matches)
    return tuple(_quantity(text, found, end) for found, end in zip(matches, ends, strict=True))


def _quantity(text: str, found: re.Match[str], stop: int) -> Quantity:
    """One number with what follows it, up to the next number."""
    if found["percentile"]:
        value = float(found["percentile"])
        return Quantity(value, value, "percentile", "", "", found.start(), found.end())
    value, low = _values(found)
    end = found.end()
    if ordinal := re.match(r"(?:st|nd|rd|th)\b(?:\s+percentile)?", text[end:stop], re.IGNORECASE):
        unit = "percentile" if "percentile" in ordinal[0].lower() else "ordinal"
        return Quantity(value, low, unit, "", "", found.start(), end + ordinal.end())
    unit, factor, end = _unit(text, end, stop)
    noun, per, end = _noun_and_per(text, end, stop, unit)
    if rate := _RATE_UNIT.match(text, found.end(), stop):
        unit, per, noun, end, factor = "requests", "second", "requests", rate.end(), 1.0
    return Quantity(value * factor, low * factor, unit, per, noun, found.start(), end)


def _values(found: re.Match[str]) -> tuple[float, float]:
    """(larger, smaller) value, with scales applied; a scale after a range counts for both ends."""
    if found["spelt"]:
        value = float(_SPELT[found["spelt"].lower()])
        return value, value
    scale = _SCALES.get((found["scale"] or "").lower(), 1.0)
    own = _SCALES.get((found["scale1"] or "").lower(), 1.0)
    first = _plain(found["first"]) * (own if found["scale1"] else scale)
    if not found["second"]:
        return first, first
    second = _plain(found["second"]) * (scale if found["scale"] else own)
    return max(first, second), min(first, second)


def _plain(digits: str) -> float:
    """`10,000`, `10 000`, `99.9` and `99,9` as numbers; three digits after a comma are thousands."""
    if re.fullmatch(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?", digits):
        return float(digits.replace(",", "").replace(" ", ""))
    return float(digits.replace(",", "."))


def _unit(text: str, end: int, stop: int) -> tuple[str, float, int]:
    """(unit, factor to it, end) where a unit follows the number directly."""
    found = _AFTER.match(text, end, stop)
    if not found:
        return "", 1.0, end
    if found["sign"]:
        return "percent", 1.0, found.end()
    word = found["unit"].lower()
    if word in _BYTES:
        return "gb", _BYTES[word], found.end()
    name = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
    return (name, 1.0, found.end()) if name else ("", 1.0, end)


def _noun_and_per(text: str, end: int, stop: int, unit: str) -> tuple[str, Per, int]:
    """The counted words and the time they are counted by, as in `user activities a day`."""
    found = _PER.search(text, end, stop)
    limit = min(_clause_end(text, end, stop), found.start() if found else stop)
    per: Per = ""
    if found and found.start() <= _clause_end(text, end, stop):
        unit_word = (found["unit"] or "").lower()
        per = _TIMES[_ADVERBS[found["adverb"].lower()] if found["adverb"] else _UNITS[unit_word]]
    words = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", text[end:limit])
    noun = "" if unit == "percent" else " ".join(words[:5])
    return noun, per, (found.end() if per and found else end)


def _clause_end(text: str, start: int, stop: int) -> int:
    """Where the words that belong to a number end at the latest."""
    found = re.compile(r"[,;:()]|\.\s|\band\b|\bwith\b|\bin\b|\bfor\b|\bat\b|\bon\b").search(text, start, stop)
    return found.start() if found else stop
