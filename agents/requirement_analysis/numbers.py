"""Quantities in a sentence: the number, what is counted or its unit, and per what time.

One grammar for every reader (volumes, targets, retention), so "10,000 orders/day", "10k orders per day" and
"ten thousand orders daily" are the same fact everywhere. A sentence becomes tokens once; each rule of the grammar
looks at the tokens behind the number. Number words are text2num's matter.
"""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from text_to_num import find_numbers

from agents.remembering import remembered

Per = Literal["", "second", "minute", "hour", "day", "week", "month", "quarter", "year"]

SECONDS: dict[str, float] = {
    "millisecond": 0.001, "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
    "month": 2_592_000, "quarter": 7_884_000, "year": 31_536_000,
}  # fmt: skip
"""Seconds of a time unit; a month has 30 days and a year 365, as retention periods are usually counted."""

_UNITS = {
    "ms": "millisecond", "msec": "millisecond", "millisecond": "millisecond", "s": "second", "sec": "second",
    "second": "second", "min": "minute", "minute": "minute", "h": "hour", "hr": "hour", "hour": "hour",
    "d": "day", "day": "day", "night": "day", "workday": "day", "weekday": "day", "week": "week", "wk": "week",
    "month": "month", "mo": "month", "quarter": "quarter", "yr": "year", "year": "year", "annum": "year",
}  # fmt: skip
_ADVERBS: dict[str, Per] = {
    "daily": "day", "nightly": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "yearly": "year", "annually": "year",
}  # fmt: skip
_PERS: dict[str, Per] = {
    "second": "second", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month",
    "quarter": "quarter", "year": "year",
}  # fmt: skip
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9,
    "billion": 1e9, "dozen": 12, "hundred": 100,
}  # fmt: skip
_BYTES = {
    "kb": 1e-6, "kib": 1.024e-6, "mb": 1e-3, "mib": 1.048576e-3, "gb": 1.0, "gib": 1.073741824, "tb": 1e3,
    "tib": 1099.511627776, "pb": 1e6, "megabyte": 1e-3, "gigabyte": 1.0, "gig": 1.0, "terabyte": 1e3, "petabyte": 1e6,
}  # fmt: skip
_LONGER = {"decade": ("year", 10.0), "fortnight": ("week", 2.0)}
"""Times that are counted as several of a unit."""
_SOME = {"couple": 2.0, "few": 3.0, "several": 3.0}
"""Words for a few, which count only before a scale: `a couple of hundred`, `several thousand`, but not `a few`."""
_HEDGES = (("-", "odd"), ("odd",), ("-", "ish"), ("ish",), ("or", "so"), ("or", "thereabouts"), ("-", "some"))
"""What makes a number less certain and stands between it and what it counts: `ninety-odd plots`, `fifty or so`."""
_DOUBTS = frozenset({"maybe", "perhaps", "sometimes", "possibly", "rather"})
_WIDEST = 3
"""How many times the one number the other may be where `or` stands between them: `four or five`, `ten or twenty`."""
_TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_RATES = ("rps", "qps", "tps", "ops")
_PER_WORDS = frozenset({"/", "per", "a", "an", "each", "every"})
_KINDS_OF_TIME = frozenset(
    "single working work business busy busiest peak normal usual ordinary sunny good slow typical average "
    "given calendar quiet weekday "
    "school academic fiscal financial full whole".split()
)
_SPANS = frozenset({"in", "within", "under", "than", "after", "every", "least", "most", "below", "to", "about"})
"""Words before `a minute` that make it a length of time: `within an hour`, `less than a second`."""
_RANGE = frozenset({"-", "–", "—", "to", "till", "until"})
_FACTOR = frozenset({"x", "×", "fold", "times"})
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion".split()
)

_TOKEN = re.compile(
    r"(?P<code>24/7|\d{4}-\d\d(?:-\d\d)?\b|\d{1,2}:\d\d\b|\b[A-Z][A-Z0-9]*(?:-\d+)+\b|^\d+(?:\.\d+)+\.?(?=\s+[A-ZÀ-Þ]))"
    r"|(?P<number>\d{1,3}(?:[,.' ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)|(?P<word>[^\W\d_][^\W_]*)|(?P<sign>\S)"
)


@dataclass(frozen=True)
class Quantity:
    """A number with its sense. `low` is the smaller end of a range, `value` the larger one.

    `unit` is a time unit, `percent`, `gb`, `percentile`, `ordinal`, `requests`, `times` (a factor) or empty; `per` the
    time that a rate counts by. `noun` are the words that follow (what is counted), `start` and `end` the place in
    the text.
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


class _Token(NamedTuple):
    """A word, number or sign with its place; `value` where it begins a number, which ends before token `stop`.

    `word` is the text in lower case, which every rule asks for.
    """

    text: str
    word: str
    start: int
    end: int
    value: float | None
    stop: int


@remembered
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a sentence, in order.

    >>> [(q.value, q.unit, q.per, q.noun) for q in quantities("about 10k orders/day in <200 ms for 95 % of 1,5 GB")][:2]
    [(10000.0, '', 'day', 'orders'), (200.0, 'millisecond', '', '')]
    """
    sentence = _tokens(text)
    starts = [n for n in range(len(sentence)) if _begins(sentence, n)]
    found: list[Quantity] = []
    place = 0
    for number, start in enumerate(starts):
        if start < place:
            continue
        stop = next((s for s in starts[number + 1 :] if s > _after_range(sentence, start)), len(sentence))
        quantity, place = _quantity(text, sentence, start, stop)
        found.append(quantity)
    return tuple(found)


def _tokens(text: str) -> list[_Token]:
    """The sentence's tokens; those that begin a number know its value."""
    made: list[_Token] = []
    for found in _TOKEN.finditer(text):
        token, (start, end) = found[0], found.span()
        value = None
        if found.lastgroup == "number" and not (start and (text[start - 1] in ".,_" or text[start - 1].isalpha())):
            value = _plain(token)
        made.append(_Token(token, token.lower(), start, end, value, len(made) + 1))
    return _with_words(made)


class _Word:
    """A token as text2num wants to see it."""

    def __init__(self, token: _Token) -> None:
        self._token = token

    def text(self) -> str:
        return self._token.word

    def nt_separated(self, previous: "_Word") -> bool:
        return self._token.value is not None or previous._token.value is not None

    def not_a_number_part(self) -> bool:
        return self._token.value is not None


def _with_words(tokens: list[_Token]) -> list[_Token]:
    """Number words as values: `two hundred and fifty` begins at `two` and has 250."""
    if not any(t.word in _NUMBER_WORDS for t in tokens):
        return tokens
    for found in find_numbers([_Word(t) for t in tokens], "en", threshold=0):
        first = tokens[found.start]
        if not found.is_ordinal and first.value is None:
            tokens[found.start] = first._replace(value=float(found.value), stop=found.end)
    return tokens


def _plain(digits: str) -> float:
    """`10,000`, `10 000`, `10.000`, `10'000`, `99.9` and `99,9` as numbers; groups of three digits are thousands."""
    if re.fullmatch(r"\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?", digits) and not digits.startswith("0"):
        head, mark, tail = digits.rpartition("." if "," in digits or "'" in digits or " " in digits else ",")
        whole, rest = (head, tail) if mark and len(tail) != 3 else (digits, "")
        return float(re.sub(r"\D", "", whole) + (f".{rest}" if rest else ""))
    return float(digits.replace(" ", "").replace("'", "").replace(",", ".", digits.count(",")).rstrip("."))


_BEGINNINGS = frozenset({"half", "dozen", "a", "an", *_TIMES, *_SOME})
_PERCENTILE = re.compile(r"p\d\d")


def _begins(tokens: list[_Token], place: int) -> bool:
    """Whether a quantity begins here: a number, a percentile, `half a million`, or `twice a week`."""
    token = tokens[place]
    if token.value is not None:
        return True
    if token.word not in _BEGINNINGS:
        return token.word[0] == "p" and bool(_PERCENTILE.fullmatch(token.word))
    return (
        (token.word == "half" and _half(tokens, place) is not None)
        or (token.word == "dozen" and place > 0 and tokens[place - 1].word == "a")
        or _single(tokens, place)
        or _of_scale(tokens, place) is not None
        or (token.word in _TIMES and _per(tokens, place + 1, len(tokens)) is not None)
        or (token.word == "twice" and place + 1 < len(tokens) and tokens[place + 1].word in ("as", "the"))
    )


def _single(tokens: list[_Token], place: int) -> bool:
    """Whether `a second`, `an hour` stands here as a length of time."""
    if tokens[place].word not in ("a", "an") or place + 1 >= len(tokens) or place == 0:
        return False
    if tokens[place + 1].word in _LONGER:
        return True
    fine = [t.word for t in tokens[place + 2 : place + 4]] in (["is", "fine"], ["is", "ok"], ["is", "enough"])
    return (tokens[place - 1].word in _SPANS or fine) and tokens[place + 1].word in _UNITS


def _of_scale(tokens: list[_Token], place: int) -> int | None:
    """The place of the scale in `a couple of hundred`, `several thousand`, `a few dozen`."""
    after = place + 1 + (place + 1 < len(tokens) and tokens[place + 1].word == "of")
    scaled = tokens[place].word in _SOME and after < len(tokens) and tokens[after].word in _SCALES
    return after if scaled and len(tokens[after].word) > _LETTER else None


_LETTER = 2
"""Letters of the scales that are no words: `k`, `bn`."""


def _half(tokens: list[_Token], place: int) -> int | None:
    """The place of the scale or unit in `half a million`, `half an hour`."""
    after = place + 1
    if after < len(tokens) and tokens[after].word in ("a", "an"):
        after += 1
    if after < len(tokens) and (tokens[after].word in _SCALES or tokens[after].word in _UNITS):
        return after
    return None


def _amount(tokens: list[_Token], place: int) -> tuple[float, float, int]:
    """(number, scale, next place) behind a hedge; the scale is 1 where none is written."""
    value, scale, after = _bare_amount(tokens, place)
    return value, scale, _past_hedge(tokens, after)


def _bare_amount(tokens: list[_Token], place: int) -> tuple[float, float, int]:
    """(number, scale, next place)."""
    token = tokens[place]
    if token.word == "half":
        after = _half(tokens, place) or place + 1
        scale = _SCALES.get(tokens[after].word)
        return 0.5, scale or 1.0, after + (scale is not None)
    if token.word in _SOME and (scaled := _of_scale(tokens, place)) is not None:
        first = tokens[scaled]
        value, scale, after = (first.value, 1.0, first.stop) if first.value else (1.0, *_scale(tokens, scaled))
        return _SOME[token.word] * value, scale, after
    if token.value is None:
        return {"dozen": 12.0, "a": 1.0, "an": 1.0}.get(token.word) or _TIMES.get(token.word, 0.0), 1.0, place + 1
    value, after = token.value, token.stop
    if [t.word for t in tokens[after : after + 3]] == ["and", "a", "half"]:
        value, after = value + 0.5, after + 3
    scale, after = _scale(tokens, after)
    return value, scale, after


def _past_hedge(tokens: list[_Token], place: int) -> int:
    """The place behind a hedge that stands here."""
    for hedge in _HEDGES:
        if tuple(t.word for t in tokens[place : place + len(hedge)]) == hedge:
            return place + len(hedge)
    return place


def _scale(tokens: list[_Token], place: int) -> tuple[float, int]:
    """(scale, next place) of `k`, `million`; a single letter is one only where no unit is meant by it."""
    if place >= len(tokens) or tokens[place].word not in _SCALES:
        return 1.0, place
    word, end = tokens[place].word, tokens[place].end
    nearer = place + 1 < len(tokens) and tokens[place + 1].start == end and tokens[place + 1].text == "'"
    if nearer:
        return 1.0, place
    scale = _SCALES[word]
    if place + 1 < len(tokens) and tokens[place + 1].word in ("million", "billion") and scale < 1e6:
        return scale * _SCALES[tokens[place + 1].word], place + 2
    return scale, place + 1


def _second(tokens: list[_Token], start: int, after: int) -> int | None:
    """Where the other end of a range begins: `50-100`, `50 to 100`, `between 50 and 100`."""
    if after + 1 >= len(tokens):
        return None
    mark = tokens[after].word
    joined = mark in _RANGE or (mark == "and" and start > 0 and tokens[start - 1].word == "between")
    if mark in ("or", ",") and (other := _alternative(tokens, start, after)) is not None:
        return other
    if mark == "." and [t.text for t in tokens[after : after + 2]] == [".", "."]:
        joined, after = True, after + 1
    after += 1
    return after if joined and after < len(tokens) and tokens[after].value is not None else None


def _alternative(tokens: list[_Token], start: int, after: int) -> int | None:
    """Where the other number of `four or five`, `ten, maybe twelve`, `two, three times` begins."""
    doubtful = tokens[after + 1].word in _DOUBTS
    other = after + 1 + doubtful
    if other >= len(tokens) or tokens[other].value is None or tokens[start].value is None:
        return None
    if (
        tokens[after].word == ","
        and not doubtful
        and not (tokens[start].word in _NUMBER_WORDS and _goes_on(tokens, other))
    ):
        return None
    first, second = (_amount(tokens, place) for place in (start, other))
    one, two = first[0] * (first[1] if first[1] != 1 else second[1]), second[0] * second[1]
    if tokens[after].word == "," and not doubtful and two != one + 1:
        return None
    return other if one < two <= _WIDEST * one else None


def _goes_on(tokens: list[_Token], place: int) -> bool:
    """Whether a number is the last of two, and no list goes on behind it: `two, three times`."""
    behind = tokens[place].stop
    return behind < len(tokens) and tokens[behind].word not in (",", "and", "or", ".", ";")


def _after_range(tokens: list[_Token], start: int) -> int:
    """The last place at which a number still belongs to the quantity that begins at `start`."""
    after = _amount(tokens, start)[2]
    second = _second(tokens, start, after)
    return max(start, (second if second is not None else after - 1))


def _quantity(text: str, tokens: list[_Token], start: int, stop: int) -> tuple[Quantity, int]:
    """One number with what follows it, up to the next number; and the place behind it."""
    first = tokens[start]
    if first.value is None and _PERCENTILE.fullmatch(first.word):
        value = float(first.text[1:])
        return Quantity(value, value, "percentile", "", "", first.start, first.end), start + 1
    value, low, after = _ends(tokens, start)
    unit, factor, after = _unit(tokens, after, stop)
    end = tokens[after - 1].end
    if unit in ("ordinal", "percentile"):
        return Quantity(value, low, unit, "", "", first.start, end), after
    noun, per, after = _noun_and_per(text, tokens, after, stop, unit)
    if unit == "requests":
        noun, per = "requests", "second"
    elif first.word in _TIMES and unit != "times":
        noun = "times"
    return Quantity(value * factor, low * factor, unit, per, noun, first.start, tokens[after - 1].end), after


def _ends(tokens: list[_Token], start: int) -> tuple[float, float, int]:
    """(larger, smaller, next place); a scale after a range counts for both ends."""
    value, scale, after = _amount(tokens, start)
    second = _second(tokens, start, after)
    if second is None:
        return value * scale, value * scale, after
    other, wider, after = _amount(tokens, second)
    ends = (value * (scale if scale != 1 else wider), other * (wider if wider != 1 else scale))
    return max(ends), min(ends), after


def _unit(tokens: list[_Token], place: int, stop: int) -> tuple[str, float, int]:
    """(unit, factor to it, next place) where a unit follows the number directly."""
    if place >= stop:
        return "", 1.0, place
    if tokens[place].text == "-" and place + 1 < stop:
        unit = _unit(tokens, place + 1, stop)
        return unit if unit[0] else ("", 1.0, place)
    word, attached = tokens[place].word, tokens[place].start == tokens[place - 1].end
    following = tokens[place + 1].word if place + 1 < stop else ""
    if word in ("%", "percent", "pct"):
        return "percent", 1.0, place + 1
    if word == "per" and following in ("cent", "mille"):
        return "percent", 1.0 if following == "cent" else 0.1, place + 2
    if word in ("st", "nd", "rd", "th") and attached:
        percentile = following.startswith("percentile")
        return ("percentile" if percentile else "ordinal"), 1.0, place + 1 + percentile
    if word in _RATES or (word in ("req", "requests", "ops") and following == "/" and _is_second(tokens, place + 2)):
        return "requests", 1.0, place + (1 if word in _RATES and following != "/" else 3)
    if tokens[place - 1].word == "twice" and word in ("as", "the"):
        return "times", 1.0, place
    if word in _FACTOR and (word != "times" or _per(tokens, place + 1, stop) is None):
        return "times", 1.0, place + 1
    if longer := _LONGER.get(word.removesuffix("s")):
        return longer[0], longer[1], place + 1
    bare = word if word in _BYTES else word.removesuffix("s")
    if bare in _BYTES:
        return "gb", _BYTES[bare], place + 1
    name = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
    if name is None and word in _KINDS_OF_TIME and (name := _UNITS.get(following.removesuffix("s"))):
        return name, 1.0, place + 2
    return (name, 1.0, place + 1) if name else ("", 1.0, place)


def _is_second(tokens: list[_Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].word in ("s", "sec", "second")


def _per(tokens: list[_Token], place: int, stop: int) -> tuple[Per, int] | None:
    """(time, next place) where a rate's time stands here: `/day`, `per working day`, `a month`, `daily`."""
    if place >= stop:
        return None
    if adverb := _ADVERBS.get(tokens[place].word):
        return adverb, place + 1
    after = place + 1
    if tokens[place].word in ("in", "on", "during") and after < stop and tokens[after].word in ("the", "a", "an"):
        after += 1
        if after < stop and tokens[after].word not in _KINDS_OF_TIME:
            return None
    elif tokens[place].word not in _PER_WORDS:
        return None
    while after < stop and tokens[after].word in _KINDS_OF_TIME:
        after += 1
    if after >= stop:
        return None
    word = tokens[after].word
    unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
    return (_as_per(unit), after + 1) if unit and unit != "millisecond" else None


def _as_per(unit: str) -> Per:
    return _PERS.get(unit, "")


_CLAUSE_ENDS = frozenset({",", ";", ":", "(", ")", "and", "with", "in", "for", "at", "on"})


def _noun_and_per(text: str, tokens: list[_Token], place: int, stop: int, unit: str) -> tuple[str, Per, int]:
    """The counted words and the time they are counted by, as in `user activities a day`."""
    limit, after = place, place
    per: Per = ""
    while limit < stop:
        if found := _per(tokens, limit, stop):
            per, after = found
            break
        if _ends_clause(tokens, limit):
            break
        limit += 1
    end = tokens[limit].start if limit < len(tokens) else len(text)
    words = re.findall(r"[^\W\d_]+(?:[-'][^\W\d_]+)*", text[tokens[place - 1].end : end])
    noun = "" if unit == "percent" else " ".join(words[:5])
    return noun, per, after if per else place


def _ends_clause(tokens: list[_Token], place: int) -> bool:
    """Where the words that belong to a number end at the latest."""
    token = tokens[place]
    if token.text == ".":
        return place + 1 >= len(tokens) or tokens[place + 1].start > token.end
    return token.word in _CLAUSE_ENDS
