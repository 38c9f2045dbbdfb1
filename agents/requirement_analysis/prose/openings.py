"""What a sentence opens with before its subject: `For each order, …`, `When a car is sold, …`."""

from collections.abc import Sequence

from agents.language import Token
from agents.requirement_analysis.prose.anchors import LISTS
from agents.requirement_analysis.prose.clause import Span, joins
from agents.requirement_analysis.prose.verbforms import VerbGroup

_OPENING = ("when", "whenever", "once", "if", "after", "before", "additionally", "furthermore", "moreover", "also",
            "finally", "besides", "based", "according", "similarly", "likewise", "otherwise", "then")  # fmt: skip


def title_of(tokens: Sequence[Token], groups: Sequence[VerbGroup]) -> Span:
    """What stands before the first colon without a verb: `Order management: the system …`."""
    colon = next((i for i, t in enumerate(tokens) if t.text == ":"), 0)
    told = any(0 < g.first < colon or (g.first == 0 and g.form != "base" and colon) for g in groups) or any(
        t.low in ("including", "such") for t in tokens[:colon]
    )
    return (0, 0) if told or not 0 < colon < 12 or colon + 1 == len(tokens) else (0, colon)


def opening(tokens: Sequence[Token], part: Span, groups: Sequence[VerbGroup]) -> Span:
    """What a sentence opens with before its subject: `For each order, …`, `When a car is sold, …`."""
    start, end = part
    while start < end and joins(tokens[start]):
        start += 1
    if end < start + 3:
        return (start, start)
    first, second = tokens[start], tokens[start + 1]
    timely = second.low == "time" and first.low in ("each", "every")
    if first.low in LISTS or first.low == "such":
        return (start, start)
    opens = first.tag in ("preposition", "relative", "conjunction") or first.low in _OPENING or timely
    gerund = first.tag == "gerund" and any(g.first == start for g in groups)
    if not opens and not gerund:
        return (start, start)
    if first.low == "as" and second.tag == "determiner" and (speaks := _speaker(tokens, start + 2, end)):
        return (start, speaks)
    begin = start + 1
    if timely or first.low in ("when", "whenever", "once", "if", "after", "before", "while", "as", "because"):
        verb = next((g for g in groups if g.first > start), None)
        begin = verb.end if verb and all(t.text != "," for t in tokens[start : verb.first]) else begin
    colon = next((i for i in range(begin, end) if tokens[i].text == ":"), end)  # what follows a colon opens nothing
    comma = next((i for i in range(begin, min(colon, start + 26)) if tokens[i].text == ","), 0)
    if comma and first.tag == "preposition" and _speaks_before(tokens, start, comma, groups):
        return _without_comma(tokens, start, groups)
    if comma and begin == start + 1 and (own := subject_within(tokens, start + 2, comma)):
        return (start, own)
    if comma and comma + 1 < end and tokens[comma + 1].tag == "preposition":
        comma = next((i for i in range(comma + 1, min(end, comma + 26)) if tokens[i].text == ","), comma)
    return (start, comma) if comma else _without_comma(tokens, start, groups)


def _speaker(tokens: Sequence[Token], start: int, end: int) -> int:
    """Where `I` or `we` speaks in `As a clerk I want …`, 0 where something else follows first."""
    place = next((i for i in range(start, end) if tokens[i].tag == "pronoun" or tokens[i].text == ","), 0)
    return place if place and tokens[place].low in ("i", "we") else 0


def _speaks_before(tokens: Sequence[Token], start: int, comma: int, groups: Sequence[VerbGroup]) -> bool:
    """Whether the statement itself stands before a comma: `After approval the bags are issued to the ward, and …`."""
    verb = next((g for g in groups if start + 1 < g.first < comma and g.form == "finite"), None)
    return verb is not None and not any(t.tag == "relative" or t.low == "that" for t in tokens[start : verb.first])


def subject_within(tokens: Sequence[Token], start: int, end: int) -> int:
    """Where the subject begins that follows without a comma: `for each order we store`."""
    for place in range(start, end):
        opens = tokens[place].tag in ("determiner", "pronoun", "possessive") and tokens[place].low not in (
            "which",
            "that",
        )
        alone = tokens[place].tag == "pronoun" and tokens[place - 1].low == "each"  # `from each we know …`
        if opens and (tokens[place - 1].nominal or tokens[place - 1].low == "other" or alone):
            return place
    return 0


def _without_comma(tokens: Sequence[Token], start: int, groups: Sequence[VerbGroup]) -> Span:
    """`For each order we store …`: the subject begins with the last determiner or pronoun before the verb."""
    verb = next((g.first for g in groups if g.first > start), 0)
    for place in range(verb - 1, start + 1, -1):
        before = tokens[place - 1]
        if tokens[place].tag in ("determiner", "pronoun", "possessive") and not (
            before.tag == "preposition" or joins(before)
        ):
            return (start, place)
    return (start, start)
