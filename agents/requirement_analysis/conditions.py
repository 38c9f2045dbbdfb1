"""Conditions in the words of an access sentence: filters, order, page size, how stale and how often."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agents.requirement_analysis.model import CONVENTIONAL, Draft, Model
from agents.requirement_analysis.numbers import SECONDS, quantities
from agents.requirement_analysis.states import states_of
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened
from contracts.base import Confidence
from contracts.requirements import Attribute, Filter, Rule, Sort

Kind = Literal["lookup", "list", "search", "aggregate", "write"]
NEWEST = screened(
    r"\b(?:newest|latest|most recent|recent(?:ly)?|last \d+|last (?:one |\w+ )?first|new to old)\b|\breverse "
    r"chronological\b",
    re.I,
)
OLDEST = screened(
    r"\b(?:oldest|soonest|(?:next|nearest|closest)(?= [\w -]+ first\b))(?P<what>(?: [\w-]+){0,3})?(?: first)?\b"
    r"|\bchronological(?:ly)?\b|\bearliest\b"
    r"|\bin the order (?:in which|that) (?:they|it|these) (?:came|come|were|arrived|arrive)\b|\bfirst come,? "
    r"first served\b|\bold to new\b",
    re.I,
)
_LONGEST_OPEN = screened(r"\b(?:longest|most) (?P<what>overdue|late|waiting|open|outstanding|due)\b", re.I)
_FEW_OF = screened(
    r"\b(?:top|first|last)? ?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|few)? ?"
    r"(?P<word>most expensive|cheapest|dearest|largest|biggest|smallest|longest|shortest|heaviest|lightest|tallest"
    r"|best rated|best|highest|lowest) (?P<what>[\w-]+(?: [\w-]+)?)",
    re.I,
)
"""`the five most expensive flats`: an order, and how many of them."""
_DIRECTED = screened(
    r"\b(?P<word>cheapest|lowest|smallest|highest|largest|biggest|most expensive|best rated|best(?= (?:[\w-]+"
    r" ){0,3}first\b)"
    r"|longest|shortest|heaviest|lightest|tallest|dearest)(?P<what>(?: [\w-]+){0,3}?)(?: first| on top|,|$)",
    re.I,
)
SORTED = screened(
    r"\b(?:sorted by|ordered by|in order of|order(?:ed)? of"
    r"|sort by|sorted according to|arranged by)\s+(?P<what>[\w -]+?)(?P<down>,? (?:descending|desc|highest first"
    r"|newest first))?(?=[,;.)]"
    r"|$)",
    re.I,
)
PAGE = re.compile(r"\bper page|\ba page|\bat a time|\bper request|\bpage size", re.I)
_PAGED = screened(rf"(?:[\w-]+ ){{0,2}}?(?:{PAGE.pattern})", re.I)
_STALE = screened(
    r"\b(?:may|can|could) be (?:up to )?(?P<age>[^,;.)]+?) (?:old|stale|late|behind|out of date)\b"
    r"|\b(?:stale|cached) (?:for )?(?:up to )?(?P<cached>[^,;.)]+)"
    r"|\bat most (?P<most>[^,;.)]+?) old\b|\brefresh(?:ed|es)? every (?P<every>[^,;.)]+)"
    r"|(?:^|[,;:(.]\s*)(?P<fine>[\w ]{3,25}?) old is (?:fine|good enough|ok|okay|enough|acceptable|alright"
    r"|tolerable)\b"
    r"|\b(?:fresh|current|accurate|up[- ]to[- ]date) (?:to )?within (?P<within>[^,;.)]+)"
    r"|\b(?:figures|numbers|data) (?:of|from) (?P<of>yesterday|the (?:day|night) before)\b",
    re.I,
)
_FRESH = screened(
    r"\b(?:must|has to|have to|needs? to|should)(?: always)? be (?:(?:absolutely|always|completely) )?(?:current"
    r"|up[- ]to[- ]date"
    r"|live|fresh|to the (?:minute|second))\b|\bin real[- ]?time\b|\balways (?:current|up[- ]to[- ]date|live)\b"
    r"|\b(?:never|not) (?:be )?(?:stale|cached|out of date)\b",
    re.I,
)
"""Freshness in words: what may not be old at all."""
_FEW = 5
_NOT = screened(
    r"\b(?:not|neither|except|excluding|other than)\s+(?P<values>(?:[\w ]+?)(?:(?:,| or | nor "
    r"| and )[\w ]+?)*)(?=[),;.]|$)",
    re.I,
)
OWN = screened(
    r"\b(?:own|their|his|her|my)\b|\b(?:assigned|given|addressed|sent|belonging) to (?:them|him|her|me)\b", re.I
)
_BY = screened(
    r"\b(?:by|with|per|using|for|of|in|from|at(?= (?:an?|one|their) ))\s+(?P<what>[^,;()]+?)(?=\s+(?:by|with"
    r"|per|using|for|of|in"
    r"|from|that|which|who|at an?|newest|oldest|sorted|ordered)\b|[,;().]|$)",
    re.I,
)
FILLERS = frozenset(
    "a an the its their his her own all any one some given each every my single certain particular address's".split()
)


@dataclass(frozen=True)
class Reading:
    """What an access sentence says, before it becomes a pattern."""

    entity: str
    kind: Kind
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    search: tuple[str, ...] = ()
    page_size: int | None = None
    staleness_seconds: int | None = None
    per_second: float | None = None
    confidence: Confidence = "high"


@dataclass(frozen=True)
class Callers:
    """Who calls: the person entity that logs in, and words of the brief that mean it."""

    owner: str | None
    words: frozenset[str]


def searched(rest: str, draft: Draft, model: Model) -> tuple[str, ...]:
    """The attributes that a search looks into; the entity's texts where the sentence names none."""
    names: list[str] = []
    for found in _BY.finditer(rest):
        for part in re.split(r",|\band\b|\bor\b", found["what"]):
            words = tuple(w for w in tokens(part) if w not in FILLERS)
            name = model.attribute(draft.name, words)
            if name in draft.attributes and _is_text(draft.attributes[str(name)]):
                names.append(str(name))
            elif words == ("name",):
                names += [n for n in draft.attributes if n.endswith("_name")]
    texts = [a.name for a in draft.attributes.values() if a.type in ("string", "text") and not a.allowed]
    usual = [n for n in texts if n in ("name", "title", "subject", "description", "first_name", "last_name")]
    return tuple(dict.fromkeys(names)) or tuple(usual)


def _is_text(attribute: Attribute) -> bool:
    """Whether words can be looked for in an attribute: a reference, a date and one of few values are filters."""
    return attribute.type in ("string", "text", "email", "phone", "url") and not attribute.references


def named_filters(rest: str, draft: Draft, model: Model, kind: Kind) -> Iterator[Filter]:
    """Filters after `of`, `by`, `with`, `per`, `for`, `in`: attributes, parents, or a span of time."""
    for found in _BY.finditer(rest):
        if kind == "list" and found[0].lower().startswith("with"):
            continue  # `a list with number and date` says what is shown, not which rows
        if _ORDERED.search(rest[: found.start()]):
            continue
        ordered = kind == "list" and found[0].lower().startswith("by") and not found[0].lower().startswith("by the")
        for part in re.split(r",|\band\b|\bor\b", found["what"]):
            words = tuple(w for w in tokens(part) if w not in FILLERS)
            words = words[1:] if words[1:] and words[0] in _RELATIVE and words[1] in _SPANS else words
            undated = draft.nature in ("master", "reference") and time_of(draft, model) in CONVENTIONAL
            if words == ("date",) and undated:
                continue  # `free rooms by date`: the date is that of a booking, not of the room
            if words[:1] and words[0] in _SPANS:
                by = ordered and not sort_of(rest, draft, model)
                span = _spanned(words, draft, model) if by else time_of(draft, model)
                yield Filter(attribute=span, operator="range")
            elif words and (name := filterable(words, draft, model, kind)):
                attribute = draft.attributes.get(name)
                summed = kind == "aggregate" and found[0].lower().startswith("of")
                if attribute and ((ordered and in_sequence(attribute)) or (summed and attribute.type in _SUMMED)):
                    continue  # `deliveries by planned date` are in this order; `the sum of energy` adds it up
                yield Filter(attribute=name)


_ORDERED = re.compile(r"\b(?:sort(?:ed|ing)?|ordered|arranged)\s*$", re.I)
_SUMMED = ("money", "decimal", "integer", "duration")
_RELATIVE = frozenset("this last next current past previous coming".split())
_SPANS = frozenset("day month week year date period today tomorrow yesterday quarter semester".split())


def in_sequence(attribute: Attribute) -> bool:
    """Whether what is listed by an attribute stands in its order: dates, and numbers that are given one by one."""
    return attribute.type in ("date", "timestamp") or attribute.name.endswith(("_number", "_position", "_rank"))


def _spanned(words: tuple[str, ...], draft: Draft, model: Model) -> str:
    """The point in time that `by day` limits: the date that the rows are then ordered by.

    A span of one moment in the order of another one is read by no index.
    """
    attribute = draft.attributes.get(sortable(" ".join(words), draft, model) or "")
    return attribute.name if attribute and attribute.type in ("date", "timestamp") else time_of(draft, model)


def time_of(draft: Draft, model: Model) -> str:
    """The point in time that `for a day` limits: the start of something that lasts, else when it happened."""
    starts = [
        a.name for a in draft.attributes.values() if a.type in ("timestamp", "date") and a.name.startswith("start")
    ]
    return starts[0] if starts else model.timestamp(draft.name)


def filterable(words: tuple[str, ...], draft: Draft, model: Model, kind: Kind) -> str | None:
    """The attribute or parent that the first words of a phrase name."""
    for length in range(min(4, len(words)), 0, -1):
        phrase = words[:length]
        if phrase in (("first",), ("last",), ("next",)):
            return None  # `with a first message` says which one, and filters nothing
        named = model.vocabulary.known.get(phrase)
        if named == draft.name:
            return None
        if named and (reference := model.reference(draft.name, named)):
            return reference
        name = model.attribute(draft.name, phrase)
        if name and not (kind == "list" and phrase in (("date",), ("name",))):
            return name
    return _by_part(words, draft) or _by_parent(words, draft, model)


_ALSO = {"surname": "last_name", "lastname": "last_name", "telephone": "phone", "mobile": "phone", "mail": "email"}
"""Other words for facts that nearly every brief has."""
_TELLING = 4
"""Letters of a word that tells an attribute by itself."""


def _by_part(words: tuple[str, ...], draft: Draft) -> str | None:
    """The one attribute that a word is a part of: `by phone` means the phone number, `by plate` the licence plate."""
    word = _ALSO.get(words[0], words[0]) if words else ""
    if word in draft.attributes and word != words[0]:
        return word
    fits = [n for n, a in draft.attributes.items() if word in n.split("_") and not a.references]
    names = [n for n in ("name", "full_name") if words[0] == "surname" and n in draft.attributes] if words else []
    return fits[0] if len(fits) == 1 and len(word) > _TELLING else next(iter(names), None)


def _by_parent(words: tuple[str, ...], draft: Draft, model: Model) -> str | None:
    """`assets in a building`, where the location of an asset has the building: found by the location."""
    name = "_".join(words)
    if whole := model.vocabulary.known.get(words) or model.vocabulary.known.get(words[:2]):
        through = [r for r, p in draft.parents.items() if p != draft.name and model.reference(p, whole)]
        if len(through) == 1:  # `work orders of a wind farm`, whose turbines have them
            return through[0]
    holders = [
        reference for reference, parent in draft.parents.items()
        if parent != draft.name and model.drafts[parent].nature != "person"
        and name in model.drafts[parent].attributes and name not in ("name", "title", "status", "date", "number")
    ]  # fmt: skip
    return holders[0] if len(holders) == 1 else None


def state_filters(text: str, draft: Draft, rules: tuple[Rule, ...]) -> Iterator[Filter]:
    """`active orders`, `not delivered or cancelled`, `open tickets`: conditions on the status."""
    status = next((a for n in ("status", "state", "stage") if (a := draft.attributes.get(n)) and a.allowed), None)
    flags = [a for a in draft.attributes.values() if a.type == "boolean"]
    words = tokens(text)
    if status is not None:
        text = _TO_THEM.sub(" ", text)
        affirmed = [v for v in status.allowed if _is_said(v, _NOT.sub(" ", text))]
        if affirmed and _excluded(text, status.allowed):
            text = _NOT.sub(" ", text)  # `requested but not yet scheduled` are the requested ones
        if excluded := _excluded(text, status.allowed):
            yield Filter(attribute=status.name, operator="not_in", values=excluded)
            return
        if opposite := [v for v in status.allowed if f"un{v}".lower() in words]:
            yield Filter(attribute=status.name, operator="not_in", values=tuple(opposite))
            return
        named = [v for v in status.allowed if re.search(rf"\b{re.escape(v.replace('_', ' '))}\b", text, re.IGNORECASE)]
        if named:
            yield Filter(attribute=status.name, operator="equals" if len(named) == 1 else "one_of", values=tuple(named))
            return
        final = _final_states(draft.name, status.name, rules)
        if final and {"active", "open", "unfinished", "current", "pending"} & set(words):
            yield Filter(attribute=status.name, operator="not_in", values=final)
            return
    for flag in flags:
        bare = flag.name.removeprefix("is_")
        if bare in words or f"un{bare}" in words or (bare == "paid" and "unpayed" in words):
            denied = rf"\bun{re.escape(bare)}\b|\bunpayed\b|\bnot (?:yet |been )*{re.escape(bare)}\b"
            value = "false" if re.search(denied, text, re.I) else "true"
            yield Filter(attribute=flag.name, values=(value,))


_TO_THEM = screened(r"\b(?:assigned|given|addressed|sent|belonging) to (?:them|him|her|me)\b", re.I)


def _is_said(value: str, text: str) -> bool:
    return bool(re.search(rf"\b{re.escape(value.replace('_', ' '))}\b", text, re.IGNORECASE))


def _excluded(text: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The values that follow a `not`."""
    found = _NOT.search(text)
    return tuple(v for v in allowed if found and re.search(rf"\b{re.escape(v)}\b", found["values"], re.IGNORECASE))


def _final_states(entity: str, attribute: str, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """States that nothing leaves, by the brief's own transitions."""
    for rule in rules:
        if rule.kind == "state" and rule.entity == entity and rule.attributes == (attribute,):
            left = {a for a, _ in rule.transitions}
            return tuple(s for s in states_of(rule) if s not in left)
    return ()


_DOWNWARDS = frozenset(
    {
        "highest",
        "largest",
        "biggest",
        "most expensive",
        "best rated",
        "best",
        "longest",
        "heaviest",
        "tallest",
        "dearest",
    }
)
_MEASURED = {
    "cheapest": "price cost fee rent", "most expensive": "price cost fee rent",
    "dearest": "price cost fee rent", "best rated": "rating",
    "best": "rating score grade quality", "heaviest": "weight", "lightest": "weight", "tallest": "height",
    "longest": "length duration", "shortest": "length duration", "largest": "size area amount",
    "biggest": "size area amount", "smallest": "size area amount", "highest": "amount price value",
    "lowest": "amount price value",
}  # fmt: skip
"""What an adjective without a noun measures, the likeliest first."""
ONE_THEN_ANOTHER = screened(r"\bby (?P<first>[\w -]+?),? (?:and )?then (?:by )?(?P<second>[\w -]+?)(?=[,;.)]|$)", re.I)
"""`defects by severity then due date`: an order, and no value that is given."""


def sort_of(rest: str, draft: Draft, model: Model) -> tuple[Sort, ...]:
    """The order that a sentence asks for."""
    if found := ONE_THEN_ANOTHER.search(rest):
        names = [sortable(found[group], draft, model) for group in ("first", "second")]
        if all(names):
            return tuple(Sort(attribute=name) for name in names if name)
    if found := SORTED.search(rest):
        plain = tuple(w for w in tokens(found["what"]) if w not in FILLERS)
        usual = time_of(draft, model) if plain in _WHENEVER and plain[0] not in draft.attributes else ""
        named = sortable(found["what"], draft, model)
        name = usual if usual and (usual not in CONVENTIONAL or not named) else named
        if name:
            down = bool(found["down"]) or bool(NEWEST.search(rest[found.end() :]))
            return (Sort(attribute=name, descending=down),)
    if found := _DIRECTED.search(rest):
        word = found["word"].lower()
        what = found["what"] or ""
        measures = [what] if what.strip() else _MEASURED.get(word, "").split()
        if name := next((n for m in measures if (n := sortable(m, draft, model))), None):
            return (Sort(attribute=name, descending=word in _DOWNWARDS),)
    if (found := _FEW_OF.search(rest)) and any(
        m.entity == draft.name and m.start == 0 for m in model.vocabulary.mentions(found["what"])
    ):
        word = found["word"].lower()
        measures = _MEASURED.get(word, "").split()
        if name := next((n for m in measures if (n := sortable(m, draft, model) or _by_part((m,), draft))), None):
            return (Sort(attribute=name, descending=word in _DOWNWARDS),)
    if found := _LONGEST_OPEN.search(rest):
        due = [n for n, a in draft.attributes.items() if n.startswith("due") and a.type in ("date", "timestamp")]
        late = found["what"].lower() in ("overdue", "late", "due")
        if due or not late:
            return (Sort(attribute=due[0] if late else time_of(draft, model)),)
    if NEWEST.search(rest):
        return (Sort(attribute=model.timestamp(draft.name), descending=True),)
    if (found := re.search(r"\bby (?P<what>[\w -]+?), soonest", rest)) and (
        name := sortable(found["what"], draft, model)
    ):
        return (Sort(attribute=name),)
    if found := OLDEST.search(rest):
        named = sortable(found["what"] or "", draft, model)
        near = found[0].lower().startswith(("next", "nearest", "closest"))
        return (Sort(attribute=named or model.timestamp(draft.name)),) if named or not near else ()
    if (found := re.search(r"\b(?:alphabetical(?:ly)?|by name)\b", rest, re.IGNORECASE)) and "name" in draft.attributes:
        return (Sort(attribute="name"),)
    return ()


def sortable(text: str, draft: Draft, model: Model) -> str | None:
    """The attribute to sort by that some words name (`start time`, `due date`)."""
    words = tuple(w for w in tokens(text) if w not in FILLERS and w not in ("first", "then"))
    for phrase in (words, tuple(w for w in words if w not in ("date", "time"))):
        if not phrase:
            continue
        name = model.attribute(draft.name, phrase)
        if name in draft.attributes or name in CONVENTIONAL:
            return name
        stem = phrase[0].rstrip("s")
        fits = [n for n in draft.attributes if n.split("_")[0].rstrip("s").removesuffix("ed") == stem]
        if len(phrase) == 1 and len(fits) == 1:
            return fits[0]
    return None


_WHENEVER = (("time",), ("date",), ("day",))
"""What says only that rows stand in the order of time."""


_BEFORE_A_PAGE = screened(r"\b(?:last|latest|first|top|newest|most recent|pages? of)\s+$", re.I)
_FEW_AHEAD = screened(
    r"\s*(?:\d+|[a-z]+) (?:newest|latest|oldest|most recent|last|next|first|most expensive|cheapest|largest|biggest"
    r"|smallest|longest|shortest|best|highest|lowest|heaviest)\b", re.I,
)  # fmt: skip


def page_of(text: str) -> int | None:
    """`20 per page`, `pages of 20`."""
    for quantity in quantities(text):
        plain = not quantity.unit and not quantity.per and 1 < quantity.value <= 1000
        if plain and (_BEFORE_A_PAGE.search(text[: quantity.start]) or _FEW_AHEAD.match(text[quantity.start :])):
            return int(quantity.value)
        if _PAGED.match(text[quantity.start :].split(" ", 1)[-1]) or quantity.noun.startswith(("per page", "a page")):
            return int(quantity.value) or None
    return None


_A_WHILE = screened(r"(?:(?:a|an|one) )?(second|minute|hour|day)", re.I)


def staleness_of(text: str) -> int | None:
    """`may be 5 minutes old` in seconds."""
    found = _STALE.search(text)
    if found is None and _FRESH.search(text):
        return 0
    age = next((a for a in found.groups() if a), None) if found else None
    if age and re.search(r"\byesterday\b", age):
        return int(SECONDS["day"])
    if age and (few := re.match(r"(?:a )?(?:few|couple of|some) (second|minute|hour|day)s?", age.strip())):
        return int(_FEW * SECONDS[few[1]])
    if not age:
        return None
    if re.fullmatch(r"(?:(?:a|an|one) )?(second|minute|hour|day)", age.strip()):
        return int(SECONDS[age.strip().split()[-1]])
    return next((int(q.seconds()) for q in quantities(age) if q.unit in SECONDS), None)


_WHILE = screened(r"(?:in|at|during|on|across|when|while) ", re.I)


def rate_of(text: str) -> float | None:
    """`300 times per second` as a rate."""
    for quantity in quantities(text):
        if quantity.per in ("second", "minute") and (
            not quantity.noun
            or _WHILE.match(quantity.noun)
            or quantity.noun in ("times", "requests", "calls", "reads", "queries")
            or quantity.unit == "requests"
        ):
            return quantity.per_second()
    return None
