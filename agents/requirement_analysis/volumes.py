"""How many rows each entity has and gets: stated figures, ratios between entities, else the archetype's growth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from agents.language import tagged
from agents.naming import plural, words
from agents.requirement_analysis.conditions import Callers
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, stated
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.numbers import SECONDS, Per, Quantity, quantities
from agents.requirement_analysis.subjects import figure_texts
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened
from contracts.base import Origin
from contracts.requirements import Retention, Volume

_OUTSIDE = ("rules", "relationships", "api", "stack", "integration", "access", "availability", "future", "success")
_BEFORE = frozenset(
    "new active registered more than about around roughly over nearly some total live open daily incoming our".split()
)
_ROWS = frozenset("row rows record records entry entries".split())
"""Words for any thing's rows: `an accession has 55,000 rows`, `samples: 2 million rows`."""
_GROWS = screened(r"\b(?:grow(?:s|ing)?|increas(?:es|ing)|ris(?:es|ing)) by (?:about |around |some |roughly )?$", re.I)
_CHANGE = screened(r"\b(?:status )?(?:changes?|updates?|events?|transitions?|log entries|history entries)\b", re.I)
_ALIKE = 1.5
"""Two figures within this ratio are one fact, once rounded and once by the day."""
_WAITING_DAYS = 365
_DEFAULT_ROWS = {"reference": 50, "master": 1_000}


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


def _several(label: str) -> str:
    """The plural of an entity's label, as a sentence of a brief would have it."""
    return plural("_".join(words(label))).replace("_", " ")


def stated_figures(sentences: tuple[Sentence, ...], model: Model, callers: Callers) -> tuple[Stated, ...]:
    """Every figure about an entity, in the brief's order.

    So many a second beside so many a day is how busy it gets, and no second count.
    """
    found = tuple(
        figure
        for sentence in sentences
        if sentence.form not in ("heading", "code")
        and sentence.body
        and (topic(sentence) not in _OUTSIDE or _counts(sentence))
        for figure in _figures(sentence, model, callers)
    )
    daily = {f.entity for f in found if f.per_day is not None and not f.fast and f.per is None}
    daily |= {f.entity for f in found if f.fast and _at_times(f, model)}
    return tuple(
        replace(f, per_day=None, peak=(f.per_day or 0) / SECONDS["day"]) if f.fast and f.entity in daily else f
        for f in found
    )


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
_TOGETHER = screened(r"\b(?:concurrent\w*|simultaneous\w*|at once|at the same time|in parallel|logged in)\b", re.I)
_PEAK = screened(r"\b(?:peaks?|busiest|bursts?|up to|at most|handle|sustain|accept|cope)\b", re.I)
_EACH_BEFORE = screened(
    r"\b(?:each|every|an?|per)\s+(?P<what>[\w -]+?)\s+(?:makes?|has|have|gets?|sends?|writes?|contains?"
    r"|places?|receives?|produces?|creates?|holds?|needs?|with)\b",
    re.I,
)


def _figures(sentence: Sentence, model: Model, callers: Callers) -> Iterator[Stated]:
    """The figures of one sentence; `450 stores with 2 tills each` counts by what was counted before."""
    for text in figure_texts(sentence):
        yield from _of_phrase(text, sentence, model, callers)


def _of_phrase(text: str, sentence: Sentence, model: Model, callers: Callers) -> Iterator[Stated]:
    """The figures of one phrase."""
    found = quantities(text)
    yield from _at_intervals(text, sentence, model)
    before: tuple[str | None, float] = (None, 1.0)
    for number, quantity in enumerate(found):
        if quantity.unit or quantity.value < 1 or _is_bound(text, quantity):
            continue
        if not quantity.per and (led := _LED.search(text[: quantity.start])):
            quantity = replace(quantity, per=cast(Per, "day" if led["daily"] else led["unit"].lower()))
        if _TOGETHER.search(re.split(r"[,;.(]", text[quantity.end :])[0]):
            continue
        entity = _counted(quantity, text, model, callers)
        among = before[0] if before[1] * _HANDFUL < quantity.value or quantity.value > _FEW_EACH else None
        per = _per_entity(quantity, model) or _holder(text, quantity, entity, before[0], bool(among), model)
        if entity is None and per:
            entity = _changes(quantity, per, model)
        each = bool(re.search(r"\beach\b", quantity.noun))
        if entity is not None:
            following = found[number + 1] if number + 1 < len(found) else None
            factor = before[1] if each and before[0] is None else 1.0
            yield from _figure(entity, per, quantity, following, text, sentence, factor)
        before = (entity, quantity.value)


def _at_intervals(text: str, sentence: Sentence, model: Model) -> Iterator[Stated]:
    """`Sensors send a reading every 5 minutes`: 288 readings a day for each sensor."""
    for found in _EVERY.finditer(text):
        who, what = model.vocabulary.mentions(found["who"]), model.vocabulary.mentions(found["what"])
        if who and what and who[-1].entity != what[-1].entity:
            times = SECONDS["day"] / (float(found["n"] or 1) * SECONDS[found["unit"].lower()])
            yield Stated(what[-1].entity, sentence, per_day=times, per=who[-1].entity)


_STEADY = re.compile(
    r"\b(?:on average|average of|steady|steadily|continuous\w*|constant\w*|around the clock|all day"
    r"|day and night|24/7)\b",
    re.I,
)
_LED = screened(
    r"(?:^|[.;:,]\s*)(?:(?:per|each|every|a) (?:working |business )?(?P<unit>hour|day|week|month|year)"
    r"|(?P<daily>daily))"
    r"[,:]?\s+(?:we \w+ |there are |comes? |about |around |some |roughly |approximately |up to )*$",
    re.I,
)
"""`every day 450 samples …`: the time before the figure."""
_EVERY = screened(
    r"(?P<who>[\w -]+?) (?:sends?|records?|takes?|reports?|makes?|produces?|writes?|transmits?|delivers?|creates?"
    r"|gives?|push(?:es)?|stores?|logs?) (?:an?|its|their|the|one) (?P<what>[\w -]+?) "
    r"(?:every|each|once an?|once per|per|an?) "
    r"(?:(?P<n>\d+(?:\.\d+)?) )?(?P<unit>second|minute|hour|day|week)s?\b",
    re.I,
)


def _is_bound(text: str, quantity: Quantity) -> bool:
    """Whether a number limits or selects instead of counting; `I set at most 10 ticks per day` still says how many."""
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


_HANDFUL = 0.5
_FEW_EACH = 200
"""`450 stores with 2 tills` counts tills by the store; `4,200 stations with 9,800 connectors` counts all of them."""


_NEXT_FIGURE = re.compile(r"[.;]|,\s|\s(?:with|of|and)(?: about| some)?\s~?(?=\d)")
"""Where the words about a figure end: in `250 orders a day with 3 items each`, it is the items that each order has."""


def _holder(
    text: str, quantity: Quantity, entity: str | None, before: str | None, in_all: bool, model: Model
) -> str | None:
    """What a figure counts by without saying `per`: `2 tills each`, `each till makes 300 sales`.

    A figure that is larger than the one before it (`in_all`) counts all of them, unless it says `each`.
    """
    if entity is None:
        return None
    if before and before != entity and model.reference(entity, before):
        between = text[: quantity.start].rstrip()
        averaged = re.search(r"\b(?:with|of|by)(?P<mean>(?: about| some)?| on average)$", between)
        if re.search(r"\beach\b", quantity.noun) or (averaged and (not in_all or "average" in averaged["mean"])):
            return before
    if named := _EACH_BEFORE.search(text[: quantity.start]):
        for mention in model.vocabulary.mentions(named["what"]):
            if mention.entity != entity:
                return mention.entity
    if re.search(r"\beach\b", _NEXT_FIGURE.split(text[quantity.end :])[0]):
        mentions = [m.entity for m in model.vocabulary.mentions(text[: quantity.start]) if m.entity != entity]
        return mentions[-1] if mentions else None
    return None


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
    return None


def _per_entity(quantity: Quantity, model: Model) -> str | None:
    """The entity behind `per` or `each`: `3 order items per order`."""
    found = re.search(r"\b(?:per|for each|for every|in each|each|for an?)\s+(?P<what>[\w ]+)", quantity.noun)
    if not found:
        return None
    mentions = model.vocabulary.mentions(found["what"])
    return mentions[0].entity if mentions else None


def _changes(quantity: Quantity, per: str, model: Model) -> str | None:
    """`5 status changes per order` counts the history of orders."""
    if not _CHANGE.search(quantity.noun):
        return None
    return next((d.name for d in model.drafts.values() if d.nature == "event" and per in d.parents.values()), None)


def volumes(
    figures: tuple[Stated, ...], users: int, retention: tuple[Retention, ...], model: Model, ledger: Ledger
) -> tuple[Volume, ...]:
    """A volume for every entity: stated, by ratio, or assumed from its archetype's growth and the number of users."""
    made: dict[str, Volume] = {}
    kept = {r.entity: r.days for r in retention}
    waiting = list(model.drafts.values())
    for attempt in (1, 2, 3):
        for draft in list(waiting):
            volume = _stated_volume(draft, figures, made, kept, ledger)
            if volume is None and attempt > 1:
                volume = _assumed_volume(draft, users, made, kept, model, ledger, final=attempt == 3)
            if volume is not None:
                made[draft.name] = volume
                waiting.remove(draft)
    return tuple(made[name] for name in model.drafts)


def _stated_volume(
    draft: Draft, figures: tuple[Stated, ...], made: dict[str, Volume], kept: dict[str | None, int], ledger: Ledger
) -> Volume | None:
    """The volume by the brief's own figures; the largest counts where they differ."""
    own = [f for f in figures if f.entity == draft.name and f.peak is None and (f.per is None or f.per in made)]
    if not own:
        return None
    totals = [f.rows for f in own if f.rows is not None and f.per is None]
    rates = [f.per_day for f in own if f.per_day is not None and f.per is None]
    rates += [f.per_day * made[f.per].rows for f in own if f.per_day is not None and f.per is not None]
    ratios = [(f, made[f.per]) for f in own if f.per is not None and f.rows is not None]
    rate = max([*rates, *((f.rows or 0) * parent.rows_per_day for f, parent in ratios)], default=0.0)
    rows = max(totals, default=None) if totals else max(((f.rows or 0) * p.rows for f, p in ratios), default=None)
    _ask_about(draft, totals, rates, own, ledger)
    text = f"{draft.label}: " + ", ".join(
        filter(None, (f"{rows:,.0f} rows" if rows else "", f"{rate:,.0f} new rows a day" if rate else ""))
    )
    requirement = ledger.requirement("volume", draft.name, text, own[0].sentence)
    for figure in own:
        ledger.use(figure.sentence, requirement)
    serves: tuple[str, ...] = (requirement,)
    if rows is None:
        rows, assumption = _rows_from_rate(draft, rate, kept, ledger)
        serves = (requirement, assumption)
    return Volume(entity=draft.name, rows=int(rows), rows_per_day=rate, origin=stated(own[0].sentence), serves=serves)


def _ask_about(draft: Draft, totals: list[float], rates: list[float], own: list[Stated], ledger: Ledger) -> None:
    """A question where the brief counts the same thing twice and differently."""
    for name, values in (("rows", totals), ("rows a day", rates)):
        if len({round(v) for v in values}) > 1 and max(values) > _ALIKE * min(values):
            ledger.question(
                f"volume {draft.name} {name}",
                f"The brief counts {draft.label} as {' and '.join(f'{v:,.0f}' for v in dict.fromkeys(values))} {name}. "
                "Which holds?",
                f"the larger one, {max(values):,.0f}",
                tuple(sorted({f.sentence.line for f in own})),
            )


def _rows_from_rate(draft: Draft, rate: float, kept: dict[str | None, int], ledger: Ledger) -> tuple[float, str]:
    """Rows of the first year (or of the retention, if shorter): a table that is sized empty is sized wrongly."""
    days = min(_WAITING_DAYS, kept.get(draft.name, kept.get(None, _WAITING_DAYS)))
    rows = rate * days
    assumption = ledger.assume(
        f"rows {draft.name}",
        f"rows of {draft.label} that the design is sized for",
        f"{rows:,.0f}",
        f"{rate:,.0f} a day for {days} days; the brief gives a rate and no total",
        f'write how many there are, for example "{rows:,.0f} {_several(draft.label)}"',
    )
    return rows, assumption


def _assumed_volume(
    draft: Draft,
    users: int,
    made: dict[str, Volume],
    kept: dict[str | None, int],
    model: Model,
    ledger: Ledger,
    final: bool,
) -> Volume | None:
    """A volume that the brief does not give: as many as the parent has, else by the archetype's growth."""
    rate, rows, reason = _guess(draft, users, made, model, final)
    if reason is None:
        return None
    if rows is None:
        days = min(_WAITING_DAYS, kept.get(draft.name, kept.get(None, _WAITING_DAYS)))
        rows, reason = rate * days, f"{reason}; counted over {days} days"
    rows = max(1.0, rows)
    assumption = ledger.assume(
        f"volume {draft.name}",
        f"rows of {draft.label}",
        f"{rows:,.0f} rows, {round(rate, 2):,g} new rows a day",
        reason,
        f'write "N {_several(draft.label)}" or "N {_several(draft.label)} a day"',
    )
    origin: Origin = inferred(reason)
    return Volume(
        entity=draft.name,
        rows=int(rows),
        rows_per_day=round(rate, 4),
        origin=origin,
        serves=(draft.requirement, assumption),
    )


def _guess(
    draft: Draft, users: int, made: dict[str, Volume], model: Model, final: bool
) -> tuple[float, float | None, str | None]:
    """(rows a day, rows or None for "by the rate", reason or None when a parent must be known first)."""
    parents = [r for _, r in model.belonging(draft.name) if r.parent != draft.name and r.cardinality != "many_to_many"]
    moving = [r.parent for r in parents if r.parent in made and made[r.parent].rows_per_day > 0]
    if (
        draft.nature in ("transaction", "event")
        and parents
        and not final
        and any(r.parent not in made for r in parents)
    ):
        return 0.0, None, None
    if draft.nature in ("transaction", "event") and moving:
        parent = _nearest(draft, moving, made)
        if parent:
            return (
                made[parent].rows_per_day,
                float(made[parent].rows),
                f"one for each {parent.replace('_', ' ')}, as the brief gives no figure",
            )
    growth = draft.archetype.growth if draft.archetype else {"transaction": 5.0, "event": 20.0}.get(draft.nature, 0.0)
    rate = growth * users / 1000
    source = (
        f"{growth:g} rows a day for 1,000 users (archetype {draft.archetype.name})"
        if draft.archetype
        else f"{growth:g} rows a day for 1,000 users"
    )
    if draft.nature == "person":
        return rate, float(users), f"as many as the application has users, {users:,}"
    if draft.nature in ("master", "reference"):
        plain = [r.parent for r in parents if r.parent in made and r.role in (None, "owner")]
        owners = [made[p] for p in plain if model.drafts[p].nature == "person"]  # a referee has no tournament each
        if owners:
            return (
                rate,
                float(owners[0].rows),
                f"one for each {owners[0].entity.replace('_', ' ')}, as the brief gives no figure",
            )
        rows = float(_DEFAULT_ROWS[draft.nature]) if users > 1 else 50.0
        return rate, rows, f"a usual size of {draft.nature} data where the brief gives no figure"
    return rate, None, f"{source} and {users:,} users"


def _nearest(draft: Draft, moving: list[str], made: dict[str, Volume]) -> str | None:
    """The parent that creates this entity's rows: an owning transaction rather than a person."""
    busy = [p for p in moving if made[p].rows_per_day >= 1]
    return min(busy, key=lambda p: (made[p].rows_per_day, p)) if busy else None
