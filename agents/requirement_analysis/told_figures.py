"""What a brief counts: so many rows, so many a day, so many for each of something else, so many a second at peak."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from agents.language import tagged
from agents.requirement_analysis.conditions import Callers
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.figure_holders import (
    FEW_EACH,
    FEW_TIMES,
    HANDFUL,
    changes_of,
    counted_for,
    holder,
    per_entity,
)
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.numbers import SECONDS, Per, Quantity, quantities
from agents.requirement_analysis.subjects import figure_texts, owners, root_of
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_OUTSIDE = ("rules", "relationships", "api", "stack", "integration", "access", "availability", "future", "success")
_BEFORE = frozenset(
    "new active registered more than about around roughly over nearly some total live open daily incoming our "
    "different various separate individual further altogether".split()
)
_ROWS = frozenset("row rows record records entry entries".split())
"""Words for any thing's rows: `an accession has 55,000 rows`, `samples: 2 million rows`."""
_GROWS = screened(r"\b(?:grow(?:s|ing)?|increas(?:es|ing)|ris(?:es|ing)) by (?:about |around |some |roughly )?$", re.I)


@dataclass(frozen=True)
class Stated:
    """A stated figure: rows, or rows a day, of an entity (for each row of `per`); or a peak per second.

    A `fast` one counts by the second or minute, so that it is a peak unless it is `steady` or counts events.
    """

    entity: str
    sentence: Sentence
    rows: float | None = None
    per_day: float | None = None
    per: str | None = None
    peak: float | None = None
    fast: bool = False
    steady: bool = False


def stated_figures(sentences: tuple[Sentence, ...], model: Model, callers: Callers) -> tuple[Stated, ...]:
    """Every figure about an entity, in the brief's order.

    So many a second beside so many a day is how busy it gets, and no second count.
    """
    spoken = _spoken_of(sentences, model)
    found = tuple(
        figure
        for sentence, before in zip(sentences, spoken, strict=True)
        if sentence.form not in ("heading", "code")
        and sentence.body
        and (topic(sentence) not in _OUTSIDE or _counts(sentence))
        for figure in _figures(sentence, before, model, callers)
    )
    daily = {f.entity for f in found if f.per_day is not None and not f.fast and f.per is None}
    daily |= {f.entity for f in found if f.fast and _at_times(f, model)}
    return tuple(
        replace(f, per_day=None, peak=(f.per_day or 0) / SECONDS["day"]) if f.fast and f.entity in daily else f
        for f in found
    )


def _spoken_of(sentences: tuple[Sentence, ...], model: Model) -> list[str | None]:
    """For each sentence what those before it in its paragraph speak of first: whom `we get forty a day` can mean."""
    found: list[str | None] = []
    item, entity = -1, None
    for sentence in sentences:
        if sentence.item != item:
            item, entity = sentence.item, None
        found.append(entity)
        if mentions := model.vocabulary.mentions(sentence.text):
            entity = mentions[0].entity
    return found


def _at_times(figure: Stated, model: Model) -> bool:
    """Whether so many a second come at times only: of what is no event, or at the end of the month."""
    if figure.steady:
        return False
    return model.drafts[figure.entity].nature != "event" or bool(_SOMETIMES.search(figure.sentence.text))


_SOMETIMES = screened(
    r"\bat the (?:end|start|beginning)\b|\bbetween the \d|\brush\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\bin the (?:morning|evening|afternoon)|\bat (?:noon|night|lunch)|\bfirst hours?\b|\bmonth-?end\b|\bweekends?\b",
    re.I,
)


def _counts(sentence: Sentence) -> bool:
    """Whether a sentence may count rows although its part of the brief is about something else."""
    if topic(sentence) == "access":
        return sentence.form == "paragraph"
    plain = sentence.form == "row" and topic(sentence) in ("rules", "availability")
    return plain and any(re.fullmatch(r"[\d.,' ]+[kM]?", cell.strip()) for _, cell in sentence.cells[1:])


_NOT_ROWS = screened(
    r"\b(?:last|latest|first|newest|oldest|top|next|past|at most|no more than|not more than|maximum(?: of)?|max"
    r"|up to|limit(?:ed to)?"
    r"|more than|fewer than|less than|exactly)\s+(?:the )?$",
    re.I,
)
_OUGHT = screened(r"\b(?:must|may|can|cannot|shall|should|allowed|limit(?:ed)?|last|latest|page)\b", re.I)
_FORBIDDEN = screened(
    r"\b(?:must not|cannot|can't|may not|never|not allowed|mustn't|forbidden|overlap\w*|can [a-z]+ not|not be)\b", re.I
)
"""What makes a rule of a sentence, so that its `two stays` are no two rows."""
_TOGETHER = screened(r"\b(?:concurrent\w*|simultaneous\w*|at once|at the same time|in parallel|logged in)\b", re.I)
_PEAK = screened(r"\b(?:peaks?|busiest|bursts?|up to|at most|handle|sustain|accept|cope)\b", re.I)
_ONE_EACH = screened(
    r"\b(?P<verb>with|has|have|gets?|got|needs?|owns?)\s+(?:an?|one)\s+(?=(?:[\w-]+ ){1,2}each\b)", re.I
)
"""`with a plot each`: one is a number there."""


def _figures(sentence: Sentence, context: str | None, model: Model, callers: Callers) -> Iterator[Stated]:
    """The figures of one sentence; `450 stores with 2 tills each` counts by what was counted before."""
    for text in figure_texts(sentence):
        yield from _of_phrase(text, sentence, context, model, callers)


def _of_phrase(
    text: str, sentence: Sentence, context: str | None, model: Model, callers: Callers
) -> Iterator[Stated]:  # fmt: skip
    """The figures of one phrase."""
    text = _ONE_EACH.sub(lambda each: f"{each['verb']} 1 ", text)
    found = quantities(text)
    yield from _at_intervals(text, sentence, model)
    before: tuple[str | None, float] = (None, 1.0)
    for number, quantity in enumerate(found):
        if quantity.unit or quantity.value < 1 or _is_bound(text, quantity):
            continue
        if not quantity.per and (led := _LED.search(text[: quantity.start])):
            quantity = replace(quantity, per=_led_by(led))
        if _TOGETHER.search(re.split(r"[,;.(]", text[quantity.end :])[0]):
            continue
        entity = _counted(quantity, text, model, callers)
        among = before[0] if before[1] * HANDFUL < quantity.value or quantity.value > FEW_EACH else None
        per = per_entity(quantity, model) or holder(text, quantity, entity, before[0], bool(among), model)
        if entity is None and per:
            entity = changes_of(quantity, per, model)
        each = bool(re.search(r"\beach\b", quantity.noun))
        if entity is None and quantity.noun.startswith(("of them", "of those", "of these")):
            named = model.vocabulary.mentions(text[: quantity.start])
            entity = named[-1].entity if named else context
        elif entity is None and _is_of_them(quantity, text, context, model):
            entity = context
        elif entity is None and quantity.per:
            entity = _done(quantity, text, model)
        elif entity is not None and quantity.per:
            entity = _dealt(quantity, entity, text, model)
        if entity is not None and per is not None and per != entity:
            entity = counted_for(entity, per, model)
        if entity is not None:
            following = found[number + 1] if number + 1 < len(found) else None
            factor = before[1] if each and before[0] is None else 1.0
            yield from _figure(entity, per, quantity, following, text, sentence, factor)
        before = (entity, quantity.value)


def _at_intervals(text: str, sentence: Sentence, model: Model) -> Iterator[Stated]:
    """`Sensors send a reading every 5 minutes`: 288 readings a day for each sensor."""
    for found in _EVERY.finditer(_QUARTER.sub("15 minutes", text)):
        if quantities(found["said"]):
            continue  # `each till makes 300 sales a day` is no sale a day
        counted = quantities(f"{found['n']} {found['unit']}") if found["n"] else ()
        every = counted[0].value if counted else 2.0 if found["n"] == "other" else 1.0 if not found["n"] else 0.0
        entities = [m.entity for m in model.vocabulary.mentions(found["said"])]
        entities += [m.entity for m in model.vocabulary.mentions(found["of"] or "")]
        what, who = _sent(found["said"], list(dict.fromkeys(entities)), model)
        if every and what and who:
            times = SECONDS["day"] / (every * SECONDS[found["unit"].lower()])
            yield Stated(what, sentence, per_day=times, per=who)


def _sent(said: str, entities: list[str], model: Model) -> tuple[str | None, str | None]:
    """(what comes again and again, whose it is): of two things the one that belongs to the other."""
    for what in entities:
        for who in entities:
            if model.reference(what, who):
                return what, who
    if len(entities) != 1:
        return (entities[-1], entities[0]) if len(entities) == 2 else (None, None)
    told = re.split(r"\b(?:its|their|the|an?)\b", said)[-1]  # `a sensor reports its moisture`
    fits = {e for e, _ in owners(tokens(told), model) if model.reference(e, entities[0])}
    return (fits.pop(), entities[0]) if len(fits) == 1 else (None, None)


_STEADY = re.compile(
    r"\b(?:on average|average of|steady|steadily|continuous\w*|constant\w*|around the clock|all day"
    r"|day and night|24/7)\b",
    re.I,
)
_LED = screened(
    r"(?:^|[.;:,]\s*)(?:(?:per|each|every|a) (?:working |business )?(?P<unit>hour|day|week|month|year)"
    r"|(?P<daily>daily)|(?:on|in) an? (?:[a-z]+ )?(?P<once>day|night|evening|morning|afternoon|weekend"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day))"
    r"[,:]?\s+(?:we \w+ (?:in |out |on |up )?|there are |comes? |about |around |some |roughly |approximately "
    r"|up to )*$",
    re.I,
)
"""`every day 450 samples …`: the time before the figure."""


def _led_by(led: re.Match[str]) -> Per:
    """The time that a figure counts by which stands behind it: `on a usual Saturday` comes once a week."""
    if led["once"]:
        return "week" if led["once"].lower().endswith(("sday", "nday", "iday", "urday", "weekend")) else "day"
    return "day" if led["daily"] else cast(Per, led["unit"].lower())


_QUARTER = screened(r"\bquarter of an hour\b", re.I)
_EVERY = screened(
    r"(?P<said>[^.;:]+? (?:sends?|records?|takes?|reports?|makes?|produces?|writes?|transmits?|delivers?|creates?"
    r"|gives?|push(?:es)?|stores?|logs?|measures?|(?:is|are) (?:taken|sent|recorded|reported|made|written|stored"
    r"|measured|logged|transmitted|produced))\b[^.;:,]*?) ?\b"
    r"(?:every|each|once an?|once per|once every|per|an?) "
    r"(?:(?P<n>\d+(?:\.\d+)?|[a-z]+) )?(?P<unit>second|minute|hour|day|week)s?\b"
    r"(?: (?:for|per|in|on|at|from|of) (?:each |every |an? |any |all )?(?P<of>[\w -]+))?",
    re.I,
)


def _is_bound(text: str, quantity: Quantity) -> bool:
    """Whether a number limits or selects instead of counting; `I set at most 10 ticks per day` still says how many."""
    if not quantity.per and quantity.value <= FEW_TIMES and _FORBIDDEN.search(text):
        return True
    limits = bool(_NOT_ROWS.search(text[: quantity.start]))
    return limits and (not quantity.per or bool(_OUGHT.search(text)))


def _figure(
    entity: str, per: str | None, quantity: Quantity, following: Quantity | None, text: str, sentence: Sentence,
    factor: float,
) -> Iterator[Stated]:  # fmt: skip
    """One figure: so many for each, so many a day, so many in all, or so many a second at peak."""
    per = per if per != entity else None
    interval = following if following and re.search(r"\bevery$", text[quantity.end : following.start].strip()) else None
    if interval is not None and interval.unit in SECONDS:
        yield Stated(entity, sentence, per_day=quantity.value * SECONDS["day"] / interval.seconds(), per=per)
    elif quantity.per in ("second", "minute", "hour") and _PEAK.search(text):
        yield Stated(entity, sentence, peak=quantity.per_second())
    elif quantity.per:
        fast = quantity.per in ("second", "minute")
        yield Stated(
            entity, sentence, per_day=quantity.per_day() * factor, per=per, fast=fast, steady=bool(_STEADY.search(text))
        )
    elif per:
        yield Stated(entity, sentence, rows=quantity.value, per=per)
    elif quantity.value * factor > 1:
        yield Stated(entity, sentence, rows=quantity.value * factor)


_DOES = screened(
    r"(?:^|[,;.]\s+|\b(?:and|so|but) )(?:we|they|people|everybody|i) (?:usually |normally )?(?P<verb>[a-z]+)\b[^,;.]*$",
    re.I,
)
_IS_DONE = screened(r"\b(?:(?:is|are|get|gets|was|were|being)\s+(?P<verb>[a-z]+)|(?P<out>goe?s? out|leaves?))\b", re.I)
_DEALT = frozenset("lend lent borrow borrowed sell sold rent rented hire hired book booked order ordered".split())


def _done(quantity: Quantity, text: str, model: Model) -> str | None:
    """What `we brew twice a week` counts: that to which it happens, by its name or by the time at which it does."""
    verb = _DOES.search(text[: quantity.start])
    if not verb or quantity.noun != "times":
        return None
    root = root_of(verb["verb"].lower())
    fits = [d.name for d in model.drafts.values() if len(root) > _SHORT_ROOT and _happens(d, root)]
    return fits[0] if len(fits) == 1 else None


_SHORT_ROOT = 3


def _happens(draft: Draft, root: str) -> bool:
    """Whether a deed makes a row of it: batches are `brewed_on` a day."""
    times = [a.name for a in draft.attributes.values() if a.type in ("date", "timestamp")]
    return any(name.startswith(root) for name in (draft.name, *times))


def _dealt(quantity: Quantity, entity: str, text: str, model: Model) -> str:
    """What `80 tools are lent a day` counts: nobody gets 80 new tools a day, but there are so many loans."""
    passive, active = _IS_DONE.search(text[quantity.start :]), _DOES.search(text[: quantity.start])
    verb = (passive["verb"] or "lent") if passive else active["verb"] if active else ""
    verb = verb.lower()
    if model.drafts[entity].nature in ("transaction", "event") or verb not in _DEALT:
        return entity
    deeds = [d.name for d in model.drafts.values() if d.nature == "transaction" and entity in d.parents.values()]
    return deeds[0] if len(deeds) == 1 else entity


def _counted(quantity: Quantity, text: str, model: Model, callers: Callers) -> str | None:
    """The entity that the words after a number name; a bare rate counts what the words before it name."""
    words = tokens(quantity.noun)
    before = model.vocabulary.mentions(text[: quantity.start])
    bare = next((w for w in words if w not in _BEFORE), "")
    if before and (bare in _ROWS or (quantity.per and not words and _GROWS.search(text[: quantity.start]))):
        return before[-1].entity
    mentions = model.vocabulary.mentions(quantity.noun)
    if mentions and all(w in _BEFORE for w in words[: mentions[0].start]):
        return mentions[0].entity
    if mentions and mentions[0].start <= 2 and not quantity.per:
        kinds = tagged(" ".join(words[: mentions[0].end]))[: mentions[0].start]
        if all(t.tag == "adjective" or t.text in _BEFORE for t in kinds):
            return mentions[0].entity
    if words and callers.owner and words[0] in callers.words | {f"{w}s" for w in callers.words}:
        return callers.owner
    if quantity.per and not words:
        clause = re.split(r"[,;]|\band\b", text[: quantity.start])[-1]
        near = model.vocabulary.mentions(clause)
        return near[-1].entity if near and len(tokens(clause)) - near[-1].end <= 3 else None
    if not words and (named := model.vocabulary.named(text[: quantity.start].strip(" :-–"))):
        return named
    if not quantity.per and set(words) <= _NOW_AND_ALL and _APPOSED.search(text[: quantity.start]):
        head = _HEDGED.sub("", text[: quantity.start]).rstrip(" ,(–-")
        if before and before[-1].end == len(tokens(head)) and tokens(head)[-1].endswith("s"):
            return before[-1].entity
    return None


_NOW_AND_ALL = frozenset("altogether now right in all total currently today at present the moment so far or".split())
_HEDGED = re.compile(
    r"\b(?:about|around|some|roughly|nearly|almost|currently|now|approximately|say|maybe|perhaps)\s+$", re.I
)
_APPOSED = re.compile(rf"[,(–-]\s*(?:{_HEDGED.pattern.removesuffix('$')})?$", re.I)
"""`the colonies, eleven hundred or so`, `our members (about 180)`: the number stands behind what it counts."""


def _is_of_them(quantity: Quantity, text: str, context: str | None, model: Model) -> bool:
    """Whether a number without a noun counts what the sentences before it speak of: `we get forty a day`."""
    if context is None or model.vocabulary.mentions(text):
        return False
    happens = model.drafts[context].nature in ("transaction", "event")
    return bool(quantity.per) and not quantity.noun and happens and bool(_COME.search(text[: quantity.start]))


_COME = screened(
    r"\b(?:we (?:get|have|see|do|make|handle|take)|there are|that(?:'s| is| makes)|it(?:'s| is)|come to|they are)\s+"
    r"(?:in )?(?:about |around |some |roughly |maybe |usually |up to |perhaps )*$",
    re.I,
)
