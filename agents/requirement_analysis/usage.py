"""Sentences that tell how the application is used, as ways of reading and writing an entity."""

import functools
import re
from collections.abc import Iterator

from agents.changing import changed
from agents.requirement_analysis.conditions import (
    OWN,
    PAGE,
    SORTED,
    Callers,
    Kind,
    Reading,
    named_filters,
    page_of,
    rate_of,
    searched,
    sort_of,
    staleness_of,
    state_filters,
    time_of,
)
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.endpoints import ENDPOINT, endpoint_reading
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.subjects import owners, said
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import Mention, tokens
from agents.screening import Screened, screened
from contracts.requirements import Filter, Rule, Sort

_VERBS: tuple[tuple[Kind, str], ...] = (
    ("search", r"full[- ]text|search(?:es|ing)?"),
    ("aggregate",
        r"how many|how often|how much|reports?|counts?|sums? up|statistics|aggregates?|averages?|dashboards?"
        r"|trends?|overview of"
        r"|(?:number|total|sum|revenue|turnover|costs?|expenses|consumption) (?:of|by|per)|(?:cost|revenue) per"
        r"|totals? per"),
    ("lookup", r"logs? in|log-in|login|signs? in|finds?|looks? (?:\w+ )?up|opens"
               r"|open(?=\s+(?:the|an?|their|his|her|its|my|own|all|every|one)\b)|authenticates?|retrieves? a"
               r"|fetch(?:es)? an?"
               r"|tracks?|scans? (?=an?\b)"),
    ("list",
        r"lists?|views?|browses?|sees?|shows?|reads?|looks? at|checks?|fetch(?:es)?|gets?|displays?|scrolls?"
        r"|follows?|monitors?|retrieves?|exports?|reviews?|listed|shown|displayed|wants? the|filters?"),
    ("write",
        r"creates?|adds?|places?|books?|records?|updates?|changes?|cancels?|deletes?|removes?|submits?"
        r"|registers?|"
              r"edits?|pays?|uploads?|imports?|stores?|writes?|ticks?|marks?|enters?|posts?|schedules?"
              r"|assigns?|approves?|saves?|files?|scans?|plans?"),
)  # fmt: skip
_VERB_FIRST = screened(r"(?:show|list|view|find|read|open|browse|get|search)\b.*\b(?:of|per|for|by)\b", re.IGNORECASE)
_STORY = screened(
    r"^as an? (?P<who>[\w -]+?),? (?:i|we) (?:want|wish|would like|need|can|must be able)(?: to be able)? to "
    r"(?P<what>.+?)"
    r"(?:,? (?:so that|in order to|because|to be able)\b.*)?$",
    re.I,
)
_ACTOR = re.compile(r"^(?P<who>[A-Z][\w -]{2,30}): (?P<what>.+)$")
_MONEY = screened(
    r"\b(?:revenue|turnover|sales figures|income|earnings|paid amounts?|takings|spend(?:ing)?|expenses)\b", re.I
)
_DEFINES = screened(r"^(?:an?|the) [\w -]+ is (?:something|somebody|someone|anything|an?|the)\b", re.I)
_IMPERSONAL = ("overview", "performance", "security", "api", "", "availability", "entities")
_NOT_USAGE = frozenset({"relationships", "rules", "stack", "integration", "future", "assumptions", "success"})


def readings(sentence: Sentence, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Iterator[Reading]:
    """The patterns of one sentence: an endpoint, or verbs in a part of the brief that tells how it is used."""
    if sentence.form == "heading" or not sentence.body:
        return
    if endpoint := ENDPOINT.match(sentence.text):
        yield from endpoint_reading(endpoint, model, rules, callers)
        return
    about = topic(sentence)
    if sentence.form == "row" and about == "access" and sentence.cells:
        sentence = _told(sentence)
    if sentence.form in ("code", "row") or (about in _NOT_USAGE and not _STORY.match(sentence.text)):
        return
    if (about == "overview" and sentence.form == "paragraph") or _DEFINES.search(sentence.text):
        return
    text = _spoken(sentence, about)
    if about == "performance" and sentence.form == "paragraph" and _by_person(text, model):
        about = ""  # prose below a table of figures
    for part in _clauses(text, model):
        reading = _from_words(part, about, model, rules, callers)
        if reading is not None:
            formal = about in ("workflows", "access", "api") and sentence.form != "paragraph"
            yield changed(reading, confidence="high" if formal else "medium")


def _by_person(text: str, model: Model) -> bool:
    """Whether a sentence begins with a person of the brief, who does something."""
    mentions = model.vocabulary.mentions(text)
    return bool(mentions) and mentions[0].start <= 1 and model.drafts[mentions[0].entity].nature == "person"


def _told(row: Sentence) -> Sentence:
    """A row of a table of queries as a line of a list: the longest cell says what is read, another one how often."""
    cells = [cell for _, cell in row.cells if cell]
    what = max(cells, key=len, default="")
    often = next((c for c in cells if c != what and rate_of(c)), "")
    text = what if _kind(what) else f"list {what[:1].lower()}{what[1:]}"
    return changed(row, form="bullet", text=f"{text}, {often}" if often else text, body=what, cells=())


def _spoken(sentence: Sentence, about: str) -> str:
    """A user story as `guest view bookings`, an item `Workshop: list of …` as `Workshop list of …`."""
    text = said(sentence.text)
    if story := _STORY.match(text):
        return f"{story['who']} {story['what']}"
    if about in ("workflows", "access") and (actor := _ACTOR.match(text)):
        return f"{actor['who']} {'list ' if _kind(actor['what']) is None else ''}{actor['what']}"
    return text


def _clauses(text: str, model: Model) -> list[str]:
    """`I look at the ticks of a habit, newest first, and at the list of habits by name` holds two patterns."""
    parts = re.split(r",?\s+and\s+(?=(?:at|to)\s+(?:the\s+)?)|;\s+", text)
    verb = re.match(r"^(?P<who>.*?\b(?:looks?|views?|lists?|sees?)\b)", parts[0], re.IGNORECASE)
    return [parts[0], *(f"{verb['who']} {p}" if verb and model.vocabulary.mentions(p) else p for p in parts[1:])]


def _kind(text: str, masked: str = "") -> tuple[Kind, int, int] | None:
    """(kind, start, end) of the first verb; `search` and `report` win over the verbs beside them."""
    best: tuple[Kind, int, int] | None = None
    for kind, words in _VERBS:
        found = _verb(words).search(masked or text)
        if found is None:
            continue
        if kind in ("search", "aggregate"):
            return kind, found.start(), found.end()
        if best is None or found.start() < best[1]:
            best = (kind, found.start(), found.end())
    return best


@functools.cache
def _verb(words: str) -> Screened:
    return screened(rf"\b(?:{words})\b", re.IGNORECASE)


def _masked(text: str, model: Model) -> str:
    """The text with the names of entities blanked: an expense report is no report, and a booking does not book."""
    words = tokens(text)
    for mention in model.vocabulary.mentions(text):
        name = words[mention.start : mention.end]
        found = re.compile(r"\b" + r"[\W_]+".join(map(re.escape, name)) + r"\b", re.IGNORECASE)
        if any(_kind(word) for word in name):
            text = found.sub(lambda m: "_" * len(m[0]), text)
    return text


def _from_words(text: str, about: str, model: Model, rules: tuple[Rule, ...], callers: Callers) -> Reading | None:
    """A sentence such as `A customer views own orders, newest first, 20 per page`."""
    verb = _kind(text, _masked(text, model))
    if verb is None:
        return None
    kind, start, end = verb
    if kind == "write" and about in _IMPERSONAL:
        return None
    after = model.vocabulary.mentions(text[end:])
    before = model.vocabulary.mentions(text[:start])
    target = _target(text, verb, about, before, after, model, callers)
    if target is None:
        return None
    reading = Reading(
        entity=target,
        kind=kind,
        page_size=page_of(text),
        staleness_seconds=staleness_of(text),
        per_second=rate_of(text),
    )
    if kind == "write" or _opens_new(text, kind, start, end):
        return changed(reading, kind="write", page_size=None, filters=())
    found = _with_conditions(reading, text, end, before, after, model, rules, callers)
    if found is None or (about in _IMPERSONAL and not _is_specific(text, found, about)):
        return None
    return found


def _opens_new(text: str, kind: Kind, start: int, end: int) -> bool:
    """`opens a ticket` without a way of finding it makes one."""
    return (
        kind == "lookup"
        and bool(re.match(r"opens?$", text[start:end], re.I))
        and bool(re.match(r"\s+an?\b(?!.*\b(?:by|of)\b)", text[end:]))
    )


def _target(
    text: str,
    verb: tuple[Kind, int, int],
    about: str,
    before: tuple[Mention, ...],
    after: tuple[Mention, ...],
    model: Model,
    callers: Callers,
) -> str | None:
    """The entity that is read or written."""
    kind, start, end = verb
    if before and re.match(r"regist|sign(?:s|ed)? up", text[start:end], re.IGNORECASE):
        return before[0].entity
    if kind == "lookup" and re.search(r"log|sign|authent", text[start:end], re.IGNORECASE):
        return before[0].entity if before else callers.owner
    if about in ("performance", "security") and before:
        return before[-1].entity
    if kind == "aggregate" and (summed := _summed(text[end:], model)):
        return summed
    if kind == "aggregate" and _MONEY.search(text) and (money := _earning(after, model)):
        return money
    if after:
        return after[0].entity
    passive = kind == "list" and re.match(r"listed|shown|displayed", text[start:end], re.IGNORECASE)
    return before[-1].entity if before and (passive or kind in ("search", "aggregate")) else None


def _summed(text: str, model: Model) -> str | None:
    """The one entity whose number is summed: `sum of acquisition cost by category` adds up assets."""
    found = re.match(r"\s*(?:of |the )*(?P<what>[\w -]+?)\s+(?:by|per|of|for each)\b", text)
    phrase = tokens(found["what"]) if found else ()
    numeric = ("money", "integer", "decimal", "duration")
    holders = (
        [e for e, name in owners(phrase, model) if model.drafts[e].attributes[name].type in numeric] if phrase else []
    )
    return holders[0] if len(set(holders)) == 1 else None


def _earning(after: tuple[Mention, ...], model: Model) -> str | None:
    """The transaction whose money a report of revenue sums: it belongs to what the report is by, and has a total."""
    named = {m.entity for m in after}
    for draft in model.drafts.values():
        money = [a for a in draft.attributes.values() if a.type == "money"]
        if draft.name in named and money and draft.nature == "transaction":
            return draft.name
    fits = [
        d.name
        for d in model.drafts.values()
        if d.nature == "transaction"
        and any(a.type == "money" for a in d.attributes.values())
        and named <= {*d.parents.values()}
    ]
    return next(
        (n for n in fits if any(a.name.startswith("total") for a in model.drafts[n].attributes.values())),
        fits[0] if fits else None,
    )


def _is_specific(text: str, reading: Reading, about: str) -> bool:
    """Whether a sentence outside the workflows speaks of a way of reading and not of the system in general."""
    if about in ("performance", "security"):
        return bool(re.search(r"\b(?:always |mostly |usually )?read (?:per|by)\b|\breported by\b", text))
    if about in ("entities", "availability", "overview"):
        return bool(_VERB_FIRST.match(text) or PAGE.search(text) or SORTED.search(text))
    narrowed = bool(reading.filters or reading.sort or reading.page_size or reading.kind == "search")
    return narrowed or (reading.kind == "aggregate" and bool(_REPORT.search(text))) or bool(_VERB_FIRST.match(text))


_REPORT = screened(r"\breports?\b|\bstatistics\b|\bdashboards?\b|\bhow (?:many|much)\b", re.I)


def _with_conditions(
    reading: Reading,
    text: str,
    end: int,
    before: tuple[Mention, ...],
    after: tuple[Mention, ...],
    model: Model,
    rules: tuple[Rule, ...],
    callers: Callers,
) -> Reading | None:
    """Filters, sort and searched attributes of a reading sentence."""
    draft = model.drafts[reading.entity]
    rest, wanted = text[end:], reading.kind
    if wanted == "search":
        names = searched(rest, draft, model)
        if names:
            return changed(reading, search=names)
        reading = changed(reading, kind="list")  # what is searched by values alone is a list with filters
    filters: list[Filter] = []
    filters += named_filters(rest, draft, model, reading.kind)
    if OWN.search(text) and (own := _own(reading.entity, before, bool(filters), model, callers)):
        filters.insert(0, Filter(attribute=own))
    if re.search(r"\btoday'?s?\b|\btomorrow'?s?\b|\bthis week'?s\b", rest) and not any(
        f.operator == "range" for f in filters
    ):
        filters.append(Filter(attribute=time_of(draft, model), operator="range"))
    if not filters and reading.kind == "list" and (own := _implied_owner(text, draft, model, callers)):
        filters.append(Filter(attribute=own))
    filters += state_filters(text, draft, rules)
    sort = sort_of(rest, draft, model)
    unique = {
        f.attribute: f for f in filters if f.attribute not in {s.attribute for s in sort} or f.operator != "equals"
    }
    if (reading.kind == "lookup" or wanted == "search") and not unique:
        return None
    kind = _settled(reading.kind, tuple(unique.values()), sort, reading.page_size, draft, after, rest)
    spans = [f.attribute for f in unique.values() if f.operator == "range"]
    if kind == "list" and spans and not sort:
        sort = (Sort(attribute=spans[0], descending=True),)  # what lies in a span of time is read in its order
    return changed(reading, kind=kind, filters=tuple(unique.values()), sort=sort)


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
