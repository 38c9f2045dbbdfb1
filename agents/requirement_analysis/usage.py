"""Sentences that tell how the application is used, as ways of reading and writing an entity."""

import re
from collections.abc import Iterator

from agents.changing import changed
from agents.requirement_analysis.absences import absences, held_now, lacking, over
from agents.requirement_analysis.conditions import (
    NEWEST,
    OWN,
    PAGE,
    SORTED,
    Callers,
    Kind,
    Reading,
    in_sequence,
    named_filters,
    page_of,
    rate_of,
    searched,
    sort_of,
    sortable,
    staleness_of,
    state_filters,
    time_of,
)
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.endpoints import ENDPOINT, endpoint_reading
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.usage_clauses import clauses, is_story, kind_of, masked, spoken, told
from agents.requirement_analysis.usage_targets import is_passive, target_of
from agents.requirement_analysis.vocabulary import Mention, tokens
from agents.requirement_analysis.windows import SPAN, against, beyond, deadlines, entered, first_on_top, of_the_day
from agents.screening import screened
from contracts.requirements import Filter, Rule, Sort

_VERB_FIRST = screened(r"(?:show|list|view|find|read|open|browse|get|search)\b.*\b(?:of|per|for|by)\b", re.IGNORECASE)
_DEFINES = screened(r"^(?:an?|the) [\w -]+ is (?:something|somebody|someone|anything|an?|the)\b", re.I)
_IMPERSONAL = ("overview", "performance", "security", "api", "", "availability", "entities")
_NOT_USAGE = frozenset({"relationships", "rules", "stack", "integration", "future", "assumptions", "success"})


def readings(sentence: Sentence, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Iterator[Reading]:
    """The patterns of one sentence: an endpoint, or verbs in a part of the brief that tells how it is used."""
    if sentence.form == "heading" or not sentence.body:
        return
    if endpoint := ENDPOINT.match(_called(sentence)):
        yield from endpoint_reading(endpoint, model, rules, callers)
        return
    about = topic(sentence)
    if sentence.form == "row" and about in ("access", "workflows") and sentence.cells:
        sentence = told(sentence)
    if sentence.form in ("code", "row") or (about in _NOT_USAGE and not is_story(sentence.text)):
        return
    if (about == "overview" and sentence.form == "paragraph") or _DEFINES.search(sentence.text):
        return
    text = spoken(sentence, about, model)
    if about == "performance" and sentence.form == "paragraph" and (_by_person(text, model) or _REGULAR.search(text)):
        about = ""  # prose below a table of figures
    unsaid = kind_of(sentence.text, masked(sentence.text, model)) is None
    yield from _arriving(sentence.text, model)
    parts = clauses(text, model)
    for part in parts:
        for reading in _from_clause(part, about, model, rules, callers):
            bare = reading.kind == "list" and not (
                reading.filters or reading.sort or reading.page_size or reading.per_second
            )
            if bare and unsaid:
                continue
            if reading.kind == "write" and len(parts) > 1 and re.search(r"\bopens? an?\b", part):
                continue  # `opens an exhibition and goes through its artworks` makes none
            formal = about in ("workflows", "access", "api") and sentence.form != "paragraph"
            yield changed(reading, confidence="high" if formal else "medium")


_ARRIVES = screened(
    r"(?P<what>[\w -]+?) (?:arrives?|comes? in|is written|are written|is sent|are sent|is recorded|are recorded"
    r"|is received|are received"
    r"|flows? in|pours? in)\b",
    re.I,
)
_WHENEVER = screened(r"^(?:when(?:ever)?|each time|every time|as soon as|after|once)\b.*?,\s*", re.I)


def _arriving(text: str, model: Model) -> Iterator[Reading]:
    """`meter values arrive at 300 per second`, `whenever a tag passes a gate, one scan is written`."""
    found = _ARRIVES.search(_WHENEVER.sub("", text))
    mentions = model.vocabulary.mentions(found["what"]) if found else ()
    if not found or not mentions:
        return
    rates = [q.per_second() for q in quantities(text) if q.per in ("second", "minute") and not q.unit]
    written = _WHENEVER.match(text) and re.search(r"written|recorded", found[0], re.I)
    if rates or written:
        yield Reading(mentions[-1].entity, "write", per_second=rates[0] if rates else None, confidence="medium")


_REGULAR = screened(
    r"\b(?:every|each|once an?) (?:hour|day|night|evening|morning|week|month|quarter|year|monday|friday)\b"
    r"|\bat the end of (?:the|each|every) (?:day|week|month|quarter|year)\b",
    re.I,
)
"""When a job runs or somebody looks: `every night`, `at the end of the month`."""


def _called(sentence: Sentence) -> str:
    """The line of an endpoint; a table may give method, path and remarks a cell each."""
    if sentence.form != "row" or not sentence.cells:
        return sentence.text
    cells = [cell for _, cell in sentence.cells if cell]
    place = next((i for i, cell in enumerate(cells) if ENDPOINT.match(cell) or cell.upper() in _METHODS), None)
    return " ".join(cells[place:]) if place is not None else sentence.text


_METHODS = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"))


def _by_person(text: str, model: Model) -> bool:
    """Whether a sentence begins with a person of the brief, who does something."""
    mentions = model.vocabulary.mentions(text)
    return bool(mentions) and mentions[0].start <= 1 and model.drafts[mentions[0].entity].nature == "person"


def _from_clause(text: str, about: str, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Iterator[Reading]:
    """The pattern of one clause, and that of the rows that it shows beside (`a lot with its tests, newest first`)."""
    if typed := entered(text, model):
        entity, names = typed
        yield Reading(entity, "lookup", tuple(Filter(attribute=n) for n in names), per_second=rate_of(text))
        yield from _beside(text, entity, model)
        return
    reading = _from_words(text, about, model, rules, callers)
    if reading is not None:
        yield from _alternatives(reading, text)
        if reading.kind == "lookup":
            yield from _beside(text, reading.entity, model)


_OR = screened(r"\b(?:by|through|thru|with) [\w ]+ or (?:by )?[\w ]+", re.I)


def _alternatives(reading: Reading, text: str) -> Iterator[Reading]:
    """`finds a customer by last name or phone number` holds two ways of finding one."""
    plain = [f for f in reading.filters if f.operator == "equals" and not f.values]
    if reading.kind not in ("lookup", "list") or len(plain) != 2 or not _OR.search(text):
        yield reading
        return
    for one in plain:
        yield changed(reading, filters=tuple(f for f in reading.filters if f not in plain or f == one))


_WITH = screened(r"\bwith (?:all )?(?:its|their|his|her|the) (?P<what>[^;.]+)", re.I)


def _beside(text: str, entity: str, model: Model) -> Iterator[Reading]:
    """The rows of a child that are shown with the one row that is looked up."""
    found = _WITH.search(text)
    for mention in model.vocabulary.mentions(found["what"])[:1] if found else ():
        own = model.reference(mention.entity, entity)
        if own and mention.entity != entity:
            sort = sort_of(text, model.drafts[mention.entity], model)
            yield Reading(mention.entity, "list", (Filter(attribute=own),), sort)


def _from_words(text: str, about: str, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Reading | None:
    """A sentence such as `A customer views own orders, newest first, 20 per page`."""
    verb = kind_of(text, masked(text, model))
    held = held_now(text, model)
    if held and (verb is None or not model.vocabulary.mentions(text)):
        return Reading(held, "list", (Filter(attribute=str(over(model.drafts[held])), operator="empty"),))
    if verb is None or re.match(r"(?:list |find )?who [\w-]+ (?:today|tomorrow)\b", text, re.I):
        return _of_day(text, about, model)
    kind, start, end = verb
    if kind == "write" and about in _IMPERSONAL:
        return None
    mentions = model.vocabulary.mentions
    while kind in ("lookup", "list") and (later := kind_of(text[end:], masked(text[end:], model))):
        between, behind = text[end : end + later[1]], text[end + later[2] :]
        if later[0] not in ("lookup", "list") or mentions(between) or not mentions(behind):
            break
        kind, start, end = later[0], end + later[1], end + later[2]  # `opens the app and sees their visits`
    verb = (kind, start, end)
    after = model.vocabulary.mentions(text[end:])
    before = model.vocabulary.mentions(text[:start])
    target = target_of(text, verb, about, before, after, model, callers)
    if target is None:
        return _of_day(text, about, model) if kind == "list" else None
    reading = Reading(
        entity=target,
        kind=kind,
        page_size=page_of(text),
        staleness_seconds=staleness_of(text),
        per_second=rate_of(text),
    )
    if kind == "write" or _opens_new(text, kind, start, end):
        return changed(reading, kind="write", page_size=None, filters=())
    found = _with_conditions(reading, text, start, end, before, after, model, rules, callers)
    if found is None or (about in _IMPERSONAL and not _is_specific(text, found, about)):
        return None
    return found


def _of_day(text: str, about: str, model: Model) -> Reading | None:
    """`today's pickups`, `who arrives today, sorted by berth`: rows of the one entity with such a date."""
    dated = of_the_day(text, model) if about in ("workflows", "access") else None
    if dated is None:
        return None
    entity, name = dated
    return Reading(
        entity, "list", (Filter(attribute=name, operator="range"),), sort_of(text, model.drafts[entity], model)
    )


def _opens_new(text: str, kind: Kind, start: int, end: int) -> bool:
    """`opens a ticket` without a way of finding it makes one."""
    return (
        kind == "lookup"
        and bool(re.match(r"opens?$", text[start:end], re.I))
        and bool(re.match(r"\s+an?\b(?!.*\b(?:by|of)\b)", text[end:]))
    )


def _is_specific(text: str, reading: Reading, about: str) -> bool:
    """Whether a sentence outside the workflows speaks of a way of reading and not of the system in general."""
    if about in ("performance", "security"):
        return bool(re.search(r"\b(?:always |mostly |usually )?read (?:per|by)\b|\breported by\b", text))
    if about in ("entities", "availability", "overview"):
        return bool(_VERB_FIRST.match(text) or PAGE.search(text) or SORTED.search(text))
    narrowed = bool(reading.filters or reading.sort or reading.page_size or reading.kind == "search")
    return (
        narrowed
        or (reading.kind == "aggregate" and bool(_REPORT.search(text) or _REGULAR.search(text)))
        or bool(_VERB_FIRST.match(text))
    )


_REPORT = screened(r"\breports?\b|\bstatistics\b|\bdashboards?\b|\bhow (?:many|much)\b", re.I)


def _with_conditions(
    reading: Reading,
    text: str,
    start: int,
    end: int,
    before: tuple[Mention, ...],
    after: tuple[Mention, ...],
    model: Model,
    rules: tuple[Rule, ...],
    callers: Callers,
) -> Reading | None:
    """Filters, sort and searched attributes of a reading sentence."""
    draft, still = model.drafts[reading.entity], None
    if reading.kind == "list" and not any(True for _ in state_filters(text, draft, rules)):
        held = held_now(text, model)
        reading = changed(reading, entity=held or lacking(text, draft, model) or reading.entity)
        draft = model.drafts[reading.entity]
        still = over(draft) if held else None
    main = _FURTHER.split(text)[0]
    rest, wanted = main[end:] or text[end:], reading.kind
    if wanted == "aggregate":
        rest = main[start:]  # `total per hospital`: the verb holds the preposition
    if not after and is_passive(reading.kind, text[start:end]):
        rest = f"{text[:start]} {rest}"
    if wanted == "search":
        names = searched(rest, draft, model)
        if len(names) == 1 and draft.attributes[names[0]].unique and names[0] not in ("name", "title"):
            return changed(reading, kind="lookup", filters=(Filter(attribute=names[0]),))
        if names:
            return changed(reading, search=names)
        reading = changed(reading, kind="list")  # what is searched by values alone is a list with filters
    filters = [Filter(attribute=still, operator="empty")] if still else []
    filters += named_filters(rest, draft, model, reading.kind)
    filters += _of_each(text, draft, model) if reading.kind == "aggregate" else ()
    if reading.kind != "aggregate" and not any(f.operator == "equals" and not f.values for f in filters):
        filters += _of_the_head(text[:start], draft, model)
    filters += deadlines(text, draft, model)
    filters += beyond(text, draft, model)
    filters += against(text, draft, model)
    if OWN.search(text) and (own := _own(reading.entity, before, bool(filters), model, callers)):
        filters.insert(0, Filter(attribute=own))
    spanned = re.search(r"\btoday'?s?\b|\btomorrow'?s?\b|\bthis week'?s\b", rest) or SPAN.search(rest)
    if spanned and not any(f.operator == "range" for f in filters):
        filters.append(Filter(attribute=time_of(draft, model), operator="range"))
    if not filters and reading.kind == "list" and (own := _implied_owner(text, draft, model, callers)):
        filters.append(Filter(attribute=own))
    states = list(state_filters(text, draft, rules))
    filters += states
    if reading.kind != "lookup":
        filters += absences(text, draft, model, states)
    sort = (
        ()
        if reading.kind == "lookup" and not SORTED.search(rest) and not NEWEST.search(rest)
        else sort_of(rest, draft, model)
    )
    unique = {
        f.attribute: f
        for f in filters
        if f.attribute not in {s.attribute for s in sort} or f.operator != "equals" or _FILTERS.search(text)
    }
    if (reading.kind == "lookup" or wanted == "search") and not unique:
        return None
    bare = not (unique or sort or reading.page_size or reading.per_second or reading.staleness_seconds)
    if (
        bare
        and wanted == "list"
        and re.search(r"\b(?:is|was|be) (?:then |also )?(?:shown|displayed|listed|visible|sent)\b", text)
    ):
        return None  # `the ticket is shown` says what a page looks like
    kind = _settled(reading.kind, tuple(unique.values()), sort, reading.page_size, draft, after, rest)
    if not sort and reading.kind == "list" and (ordered := _dated_order(rest, draft, model)):
        sort = (Sort(attribute=ordered),)
    if top := first_on_top(text, draft, model):
        sort = (Sort(attribute=top),)
    near = [f.attribute for f in deadlines(text, draft, model)]
    spans = [f.attribute for f in unique.values() if f.operator == "range" and _is_moment(f.attribute, draft)]
    if (
        kind == "list" and spans and not sort
    ):  # what lies in a span of time is read in its order, the next deadline first
        sort = (Sort(attribute=spans[0], descending=spans[0] not in near),)
    return changed(reading, kind=kind, filters=tuple(unique.values()), sort=sort)


_FILTERS = screened(r"\bfilter(?:s|ed|ing)?\b", re.I)
"""The one verb whose `by` always gives a value, even one that the rows are then ordered by."""
_BY_DATE = screened(r"\bby (?:the |its |their )?(?P<what>[\w -]+?)(?=[,;.)]|\s(?:and|then|with|per|\d)|$)", re.I)


def _dated_order(rest: str, draft: Draft, model: Model) -> str | None:
    """`open loans are listed by due date`, `by ticket number`: in that order."""
    for found in _BY_DATE.finditer(rest):
        name = sortable(found["what"], draft, model)
        if name in draft.attributes and in_sequence(draft.attributes[str(name)]):
            return name
    return None


def _is_moment(name: str, draft: Draft) -> bool:
    """Whether a span of an attribute is one of time; columns that every table has are moments."""
    return name not in draft.attributes or draft.attributes[name].type in ("date", "timestamp", "time")


_EACH = screened(r"\b(?:each|every) (?P<what>[\w-]+(?: [\w-]+)?)", re.I)


def _of_each(text: str, draft: Draft, model: Model) -> Iterator[Filter]:
    """`how many visits each mechanic did`: the rows are counted by the mechanic."""
    for found in _EACH.finditer(text):
        for mention in model.vocabulary.mentions(found["what"])[:1]:
            if own := model.reference(draft.name, mention.entity):
                yield Filter(attribute=own)


_HEAD = screened(
    r"^(?:and |but )?(?:for|of|per|with|from|on|in|at|below) (?:each|every|an?|any|one|a single|a given) "
    r"(?P<what>[\w-]+(?: [\w-]+)?)",
    re.I,
)


def _of_the_head(text: str, draft: Draft, model: Model) -> Iterator[Filter]:
    """`for every animal I can see its appointments`: whose they are stands before the verb."""
    found = _HEAD.match(text)
    for mention in model.vocabulary.mentions(found["what"])[:1] if found else ():
        if own := model.reference(draft.name, mention.entity):
            yield Filter(attribute=own)


_FURTHER = re.compile(r";\s+(?=(?:and )?(?:that|this|it)\b)", re.I)
"""`; that takes ten seconds today` says nothing of which rows."""


def _own(entity: str, before: tuple[Mention, ...], narrowed: bool, model: Model, callers: Callers) -> str | None:
    """The reference to whoever acts: the actor whom the sentence names, else the person who logs in.

    `lecturers see the enrolments of their courses`: the courses are theirs, and the enrolments are found by these.
    """
    for mention in before:
        if own := model.reference(entity, mention.entity):
            return own
    if narrowed and before:
        return None
    return model.reference(entity, callers.owner) if callers.owner else None


def _implied_owner(text: str, draft: Draft, model: Model, callers: Callers) -> str | None:
    """Who calls sees what belongs to them: `a customer sees an order summary list` means their own orders."""
    actor = set(tokens(text)[:3]) & callers.words
    if not actor or not callers.owner or draft.nature not in ("transaction", "event"):
        return None
    return model.reference(draft.name, callers.owner)


def _settled(
    kind: Kind,
    filters: tuple[Filter, ...],
    sort: tuple[Sort, ...],
    page: int | None,
    draft: Draft,
    after: tuple[Mention, ...],
    rest: str,
) -> Kind:
    """`opens the encounters of a patient` is a list; `finds an order by order number` a lookup."""
    if kind != "lookup":
        return kind
    single = [f for f in filters if f.attribute in draft.attributes and f.operator == "equals"]
    words = tokens(rest)
    many = bool(after) and "".join(words[after[0].start : after[0].end]).endswith("s") and not draft.name.endswith("s")
    return "list" if sort or page or many or not single else "lookup"
