"""What an application may lose and how long it may be away, in the words of people who know no such figures.

`we can lose a day`, `an hour of downtime a month we would survive`, `at month's end it is double`: a length of time
without a digit is one nevertheless, and what is tolerated tells a goal as well as its name does.
"""

import re
from collections.abc import Iterator

from agents.requirement_analysis.numbers import SECONDS, Quantity, quantities
from agents.screening import screened

_A_LENGTH = screened(
    r"\b(?:(?P<part>(?:a |three )?quarters?) of an? hour|(?P<few>a couple of|a few)(?= (?:second|minute|hour"
    r"|day|week)s\b)"
    r"|(?<!half )(?P<one>an?|one|the)(?= (?:whole |full |single )?(?:second|minute|hour|day|week|night)\b))",
    re.I,
)
_FEW = {"a couple of": "2", "a few": "3"}
_LOST = screened(r"\b(?:los(?:e|es|ing|s|t)|gone|crash\w*|failures?)\b", re.I)
_BEFORE_LOST = screened(
    r"\b(?:los(?:e|ing|s of|t)|costs?)(?: (?:the (?:last|latest)|anything older than))?(?: (?:us|more than"
    r"|no more than|at most|up to"
    r"|about|maybe|only|less than|some"
    r"|the last))*\s*$",
    re.I,
)
_DATA = r"(?:data|work|entries|changes|bookings|orders|input|records)"
_BEHIND_LOST = screened(
    rf"^\s*(?:(?:worth )?of (?:lost )?{_DATA}|of loss|(?:lost )?data loss|of (?:lost|missing) "
    rf"|'s? (?:worth of )?{_DATA})",
    re.I,
)
_TOLERATED = screened(
    r"\b(?:can|may|could|might|must|at most|at the most|max(?:imum|imal)?|no more|not more|more than|up to|ok"
    r"|okay|fine"
    r"|all ?right|acceptable|bearable|tolerable|tolerated|survive|live with|no (?:drama|disaster|problem"
    r"|tragedy)|allowed"
    r"|can do|could do|live without|manage|cope|get by|never|nobody|nothing|would be|too much)\b",
    re.I,
)
_BACKUP = screened(
    r"\bbackups? (?:every|each|once an?|once every) (?P<every>hour|day|night|evening|week)\b(?=.*\b(?:enough|do"
    r"|fine|ok|"
    r"okay|sufficient|suffices?|all we (?:need|want))\b)",
    re.I,
)
_DOWN = r"(?:downtime|down time|outages?|interruptions?|standstill)"
_WITHOUT = r"without (?:it|the (?:system|application|app|software|tool))"
_OUT_OF = screened(
    rf"^\s*(?:of )?{_DOWN}\b.{{0,20}}?\b(?:an?|per|each|every|in an?)\s+(?P<span>day|week|month|quarter|year)\b", re.I
)
_AWAY_BEFORE = screened(
    r"\b(?:(?:can|may|could|might|be|is|being|was)\s+)?(?:down|off|offline|unavailable|unreachable|out of (?:action"
    r"|service|order)"
    r"|not working)\s+(?:for )?(?:up to |at most |about |maybe |more than |no more than )?$"
    rf"|\b{_DOWN} of (?:up to |at most |about )?$"
    rf"|\b(?:{_WITHOUT}|(?:with|on|by) (?:pen and )?paper)(?: for)? (?:up to |at most |about |maybe |more than )?$",
    re.I,
)
_AWAY_BEHIND = screened(rf"^\s*(?:{_WITHOUT}|(?:of )?{_DOWN}|offline)\b", re.I)
_AGAIN_BEFORE = screened(
    r"\b(?:up|running|working|there|on its feet|available|online|back|usable)(?: and running)? again (?:(?:with)?in"
    r"|after|by) "
    r"(?:at most |about )?$|\b(?:up again|up and running|back to (?:work|normal)) (?:with)?in (?:at most |about )?$",
    re.I,
)
_FAILS = screened(r"\b(?:dies|dead|crash\w*|breaks?|broken|fails?|failure|goes down|is down|outage|power cut)\b", re.I)
_BACK_BEFORE = screened(r"\bback (?:with)?in (?:at most |about )?$", re.I)
_MORNING = screened(
    r"\b(?:back|up|running|working|there|usable)(?: and running)?(?: again)?,? (?:by|until|on|before) the next "
    r"(?:working |business )?(?:morning|day)\b",
    re.I,
)
_GROWS = screened(
    r"\b(?:grow(?:s|n|th)?(?: of)?|increases?|(?:we|it|that|they) (?:get|gets|has|have|see|expect)s?"
    r"|more)\b.*\b(?:an?|every|each|per) years?\b"
    r"|\b(?:every|each|per) years?\b.*\b(?:grow\w*|more|doubles?|triples?)\b|\b(?:doubles?|triples?)\b.*\b(?:every"
    r"|each|an?) year\b",
    re.I,
)
_FRACTION = screened(
    r"\b(?:by|of|get|have|see|about|roughly|is|gets) (?:about |roughly |around )?(?P<part>a (?:third|quarter|fifth"
    r"|tenth|half)|half"
    r"|two thirds|three quarters)\b|\b(?P<times>doubles?|triples?)\b",
    re.I,
)
_PARTS = {
    "third": 33.3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0, "half": 50.0, "two thirds": 66.7,
    "three quarters": 75.0, "double": 100.0, "triple": 200.0,
}  # fmt: skip
_AT_TIMES = screened(
    r"\b(?:in|at|on|during|before|around|over|when|by|towards)\b.*\b(?:spring|summer|autumn|winter|seasons?"
    r"|month'?s? end"
    r"|end of|start of|weekends?|saturdays?|sundays?|mondays?|fridays?|holidays?|christmas|easter|advent"
    r"|january|february"
    r"|march|april|june|july|august|september|october|november|december|fairs?|festivals?|sales?|rush|mornings?"
    r"|evenings?|lunch\w*|peaks?|busy)\b",
    re.I,
)
_MULTIPLE = screened(
    r"\b(?:(?:is|it'?s|are|gets?|have|has|see|be|'s|becomes?|about|roughly|goes? up to|work|load|everything|"
    r"that|up|maybe)\s+)(?P<word>double|triple|twice|(?P<count>\w+) times)"
    r"(?=\s*(?:[.,;!)]|$|as (?:many|much|busy|high)|an? (?:usual|normal) |the (?:usual|normal|work|load|amount"
    r"|number|traffic|rest)"
    r"|that\b|this\b))",
    re.I,
)
_MONEY = screened(
    r"\b(?:prices?|rates?|fees?|pays?|paid|costs?|wages?|charged?|discounts?|euros?|points?)\b|[€$£]", re.I
)
_FACTORS = {"double": 2.0, "twice": 2.0, "triple": 3.0}


def plainly(text: str) -> str:
    """The text with its lengths of time as figures: `a quarter of an hour` is `15 minutes`, `an hour` is `1 hour`."""

    def figure(found: re.Match[str]) -> str:
        if found["part"]:
            return "45 minutes" if found["part"].lower().startswith("three") else "15 minutes"
        return _FEW[found["few"].lower()] if found["few"] else "1"

    return _A_LENGTH.sub(figure, text)


def tolerated(text: str, where: str) -> Iterator[tuple[str, float]]:
    """(field of the targets, value) of each tolerance that a sentence tells."""
    if found := _BACKUP.search(text):
        unit = found["every"].lower()
        yield "recovery_point_seconds", SECONDS["day" if unit in ("night", "evening") else unit]
    if _MORNING.search(text):
        yield "recovery_time_seconds", SECONDS["day"]
    if where not in ("rules", "entities") and (growth := _growth(text)):
        yield "yearly_growth_percent", growth
    plain = plainly(text)
    for quantity in quantities(plain):
        if quantity.unit in SECONDS:
            yield from _length(quantity, plain, where)
    if where not in ("rules", "entities") and (factor := _multiple(text)):
        yield "peak_factor", factor


def _growth(text: str) -> float | None:
    """How much more there is every year, where no percentage says it: `we get a quarter more`, `it doubles`."""
    found = _FRACTION.search(text) if _GROWS.search(text) and not _MONEY.search(text) else None
    if found is None:
        return None
    return _PARTS[(found["part"] or found["times"].rstrip("s")).lower().removeprefix("a ")]


def _length(quantity: Quantity, text: str, where: str) -> Iterator[tuple[str, float]]:
    """What one length of time is tolerated for."""
    before, behind = text[: quantity.start], text[quantity.end :]
    if out := _OUT_OF.match(re.sub(r"^\S+ [a-zA-Z]+", "", text[quantity.start :], count=1)):
        share = quantity.value * SECONDS[quantity.unit] / SECONDS[out["span"].lower()]
        if share < 1:
            yield "availability_percent", round(100 * (1 - share), 2)
    elif quantity.per or where in ("rules", "entities"):
        return
    elif _LOST.search(text) and (_BEFORE_LOST.search(before) or _BEHIND_LOST.match(behind)):
        if _TOLERATED.search(text):
            yield "recovery_point_seconds", quantity.seconds()
    elif (
        _AGAIN_BEFORE.search(before)
        or (_BACK_BEFORE.search(before) and _FAILS.search(text))
        or ((_AWAY_BEFORE.search(before) or _AWAY_BEHIND.match(behind)) and _TOLERATED.search(text))
    ):
        yield "recovery_time_seconds", quantity.seconds()


def _multiple(text: str) -> float | None:
    """How many times the usual load there is at some time of the year, week or day."""
    found = _MULTIPLE.search(text)
    if found is None or not _AT_TIMES.search(text) or _MONEY.search(text):
        return None
    if found["word"].lower() in _FACTORS:
        return _FACTORS[found["word"].lower()]
    counted = quantities(found["word"])
    return counted[0].value if counted and counted[0].value > 1 else None
