"""Numbers that people write in letters, hedged or not, in digits: `gut vierzig`, `ein paar hundert`."""

import re

_ONES = {
    "ein": 1, "eins": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15, "sechzehn": 16,
    "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_TENS = {
    "zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60, "siebzig": 70,
    "achtzig": 80, "neunzig": 90,
}  # fmt: skip
_SMALL = "|".join(sorted(_ONES, key=len, reverse=True))
_TEN = "|".join(_TENS)
_BELOW_HUNDRED = rf"(?:(?:(?:{_SMALL})und)?(?:{_TEN})|{_SMALL})"
_BELOW_THOUSAND = rf"(?:(?:{_SMALL})?hundert(?:und)?(?:{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
_WHOLE = re.compile(
    rf"(?:(?P<thousands>{_BELOW_THOUSAND})?(?P<mark>tausend)(?:und)?)?(?P<rest>{_BELOW_THOUSAND})?", re.I
)
_HUNDRED = re.compile(rf"(?:(?P<times>{_SMALL})?(?P<mark>hundert)(?:und)?)?(?P<rest>{_BELOW_HUNDRED})?", re.I)
_TENTH = re.compile(rf"(?:(?P<one>{_SMALL})und)?(?P<ten>{_TEN})|(?P<only>{_SMALL})", re.I)
_WORD = re.compile(
    rf"\b(?:[a-zäöüß]*(?:hundert|tausend|{_TEN})[a-zäöüß]*|{'|'.join(w for w in _ONES if _ONES[w] > 12)})\b", re.I
)
_SINGLE = 12
"""Numbers up to which words are left as they are: the readers know them."""
_FEW = re.compile(
    r"\b(?P<few>ein paar|einige|mehrere|etliche|ein|eine) (?P<unit>hundert|dutzend|tausend|millionen|million)\b", re.I
)
_MANY = {"hundert": 100, "dutzend": 12, "tausend": 1000, "million": 1_000_000, "millionen": 1_000_000}
_SOME = 3
"""What a few are taken for, where a figure is needed."""
_HEDGE = re.compile(
    r"\b(?:gut(?:e|en)?|an die|um die|so um die|schätzungsweise|grob|circa|zirka|ungefähr|so etwa|in etwa|überschlägig)"
    r" (?=\d)",
    re.I,
)
_HALF = re.compile(r"\b(?:anderthalb|eineinhalb)\b", re.I)
_HALF_ONE = re.compile(r"\beine[rn]? halben? (?P<unit>(?-i:Stunde|Minute|Sekunde|Million))\b", re.I)
_HALVES = {"stunde": "30 Minuten", "minute": "30 Sekunden", "sekunde": "500 ms", "million": "500000"}
_DOZEN = re.compile(r"\b(?:einem? |ein )?dutzend\b", re.I)


def number_of(word: str) -> int | None:
    """The number that one word writes out; None for other words.

    >>> [number_of(w) for w in ("zweihundertfünfzig", "elfhundert", "dreiundzwanzig", "hundert", "Hundertschaft")]
    [250, 1100, 23, 100, None]
    """
    found = _WHOLE.fullmatch(word.lower())
    if not found or not word:
        return None
    thousands = _below(found["thousands"]) or 1
    return (thousands * 1000 if found["mark"] else 0) + (_below(found["rest"]) or 0)


def _below(word: str | None) -> int:
    """The number of a word below a thousand (`elfhundert` included); 0 for none."""
    found = _HUNDRED.fullmatch(word) if word else None
    if not found:
        return 0
    hundreds = 100 * _ONES.get(found["times"] or "ein", 1) if found["mark"] else 0
    rest = _TENTH.fullmatch(found["rest"]) if found["rest"] else None
    if rest is None:
        return hundreds
    return hundreds + (_ONES[rest["only"]] if rest["only"] else _TENS[rest["ten"]] + _ONES.get(rest["one"] or "", 0))


def in_digits(text: str) -> str:
    """The text with its larger numbers in digits and their hedges in the words that the glossary knows.

    >>> in_digits("gut vierzig Lehrer, ein paar hundert Schüler, in einer halben Stunde")
    'etwa 40 Lehrer, etwa 300 Schüler, in 30 Minuten'
    """
    text = _FEW.sub(_few, text)
    text = _HALF_ONE.sub(lambda found: _HALVES[found["unit"].lower()], _HALF.sub("1,5", text))
    text = _DOZEN.sub("12", text)
    text = _WORD.sub(lambda found: _spelled(found[0]), text)
    return _HEDGE.sub("etwa ", text)


def _few(found: re.Match[str]) -> str:
    """`etwa 300` for some hundreds, `100` for one of them."""
    unit = _MANY[found["unit"].lower()]
    return str(unit) if found["few"].lower() in ("ein", "eine") else f"etwa {_SOME * unit}"


def _spelled(word: str) -> str:
    """The digits of a number word; other words stay."""
    value = number_of(word)
    return word if value is None or value <= _SINGLE else str(value)
