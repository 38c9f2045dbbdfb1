"""Rules about values of one row or a few: ranges, allowed values, uniqueness, how many belong together."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from agents.language import tagged
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.plain_rules import REFUSED
from agents.requirement_analysis.subjects import (
    Found,
    about,
    attribute_like,
    before_verb,
    moment_of,
    owners,
    plain_number,
    said,
    scope_of,
    scopes,
    states_named,
    status_of,
    subject,
    subject_or_new,
)
from agents.requirement_analysis.vocabulary import one_of, tokens
from agents.screening import Screened, screened
from contracts.requirements import Attribute

_NUMBER = (
    r"(?P<number>-?\d+(?:[.,' ]\d{3})*(?:[.,]\d+)?(?: ?[kM]\b)?|zero|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|twelve|twenty)"
)
_POSITIVE = screened(
    r"\b(?:must|has to|should|is|are|be)?\s*(?:always )?(?:be )?(?:(?:a )?positive|(?:greater|more|higher"
    r"|larger) than (?:zero|0)|above (?:zero|0)|over (?:zero|0)|> ?0)(?!\w|\.\d)",
    re.I,
)
_NOT_NEGATIVE = screened(
    r"\b(?:non-?negative|(?:cannot|can't|can not|must not|may not|can never|may never|never|not) (?:be "
    r"|becomes? |go(?:es)? "
    r"|falls? |drops? |gets? )?(?:negative|below (?:zero|0)|less than (?:zero|0)|under (?:zero|0))|zero or "
    r"(?:more|greater|above)"
    r"|(?:is|are|be) not negative|≥ ?0)\b|>= ?0(?![\d.])",
    re.I,
)
_BETWEEN = screened(
    r"\b(?:between|from|in the range(?: of)?|ranges? from|within)\s+(?P<low>-?\d+(?:\.\d+)?)\s*(?:%\s*)?(?:and|to|-|–"
    r"|\.\.)\s*(?P<high>-?\d+(?:\.\d+)?)",
    re.I,
)
_AT_LEAST = screened(
    rf"(?:\b(?:at least|not (?:[a-z]+ )?(?:less|lower|smaller|fewer) than|no (?:less|fewer) than|minimum(?: of)?|never "
    rf"(?:be )?(?:less"
    rf"|below)(?: than)?|not (?:be |fall |go )?below)|>=|≥)\s*{_NUMBER}",
    re.I,
)
_MORE_THAN = screened(
    rf"(?<!not )(?<!no )(?<!never )(?:(?<!be )\b(?:more|greater|higher|larger|bigger) than|\bmust be above"
    rf"|(?<![<>=])>)\s*{_NUMBER}",
    re.I,
)
_AT_MOST = screened(
    rf"(?:\b(?:at most|not (?:be )?(?:more|larger|bigger|greater|higher|longer) than|no (?:more|larger|greater"
    rf"|longer) than"
    rf"|maximum(?: of)?|up to|(?:cannot|must not|may not|never|not|can't) exceeds?|never (?:be )?(?:more|above"
    rf"|over)(?: than)?)"
    rf"|<=|≤)\s*{_NUMBER}",
    re.I,
)
_UNIQUE = screened(r"\bunique(?:ness|ly)?\b|\bno two\b.*\bsame\b", re.I)
_BELONGING = screened(r"\bbelongs? to(?: exactly| just| only)?\s*$", re.I)
_ONCE = screened(
    r"\b(?:only once|at most once|once only|not more than once|no more than once|only one|at most one"
    r"|exactly one|one)\b.*?\b(?:per|for each|a|each|in an?|in each|in one|by each|for the same"
    r"|on the same)\s+(?P<scope>[\w' -]+)",
    re.I,
)
_ALLOWED = screened(
    r"\b(?:is|are|must be|can be|may be|has to be|can only be)\s*(?:either |(?:only )?one of(?: the following)?:? |: ?)"
    r"(?P<values>[^.;]+)\.?$",
    re.I,
)
_TWICE = screened(
    r"\b(?:only once|just once|at most once|not more than once|no more than once)\b|\b(?:cannot|can't|can not"
    r"|may not|must not|not)\b.*\btwice\b",
    re.I,
)
_SAME_DAY = screened(r"\b(?:two|several|multiple|more than one)\b.*\bon (?:the same|one|any|a) (?:day|date)\b", re.I)
_CAPACITY = screened(
    rf"\b(?:at most|up to|no more than|not more than|maximum(?: of)?"
    rf"|max\.?)\s+{_NUMBER}\s+(?P<what>[\w ]+?)\s+(?:per|for each|in an?|in each|in one|on an?"
    rf"|for an?)\s+(?P<scope>[\w ]+)",
    re.I,
)
_HAS_AT_MOST = screened(
    rf"(?P<scope>[\w ]+?)\s+(?:can |may |must )?(?:only )?(?:has|have|hold|holds|contains?|borrows?"
    rf"|gets?)\s+(?:at most|up to|no more than"
    rf"|not more than|only)\s+{_NUMBER}\s+(?P<what>[\w ]+)",
    re.I,
)
_MORE_THAN_ATTRIBUTE = screened(
    r"(?P<scope>[\w ]+?)\s+(?:cannot|can't|can not|may not|must not|never)\s+(?:have|has|take"
    r"|contain)\s+more\s+(?P<what>[\w ]+?)"
    r"\s+than\s+(?:its |the |their )?(?P<limit>[\w ]+)",
    re.I,
)

_NO_MORE_THAN_ATTRIBUTE = screened(
    r"\bno more (?P<what>[\w ]+?) than (?:the |its )?(?P<limit>[a-z_][\w ]*?) (?:per|in|for each|of|in each) "
    r"(?:an? |the )?(?P<scope>[\w ]+)",
    re.I,
)
_IN_A_PERIOD = screened(
    r"\b(?:per|an?|each|every|in one|within an?) (?:\w+ )?(?:day|week|month|quarter|year|hour|shift"
    r"|season)\b|\b(?:daily|weekly|monthly)\b",
    re.I,
)
_OF_STATES = screened(
    r"^(?:an?|the|each|every)\s+(?P<head>[\w -]+?)\s+(?:is|can be|may be)\s+(?P<values>[\w -]+(?:,\s*[\w "
    r"-]+)+,?\s+or\s+[\w -]+)(?=[;.(]|$)",
    re.I,
)

_BOUNDS: tuple[tuple[Screened, Callable[[re.Match[str]], Found]], ...] = (
    (_POSITIVE, lambda m: {"minimum": Decimal(0), "exclusive_minimum": True}),
    (_NOT_NEGATIVE, lambda m: {"minimum": Decimal(0)}),
    (_BETWEEN, lambda m: {"minimum": Decimal(m["low"]), "maximum": Decimal(m["high"])}),
    (_AT_LEAST, lambda m: {"minimum": plain_number(m["number"])}),
    (_MORE_THAN, lambda m: {"minimum": plain_number(m["number"]), "exclusive_minimum": True}),
    (_AT_MOST, lambda m: {"maximum": plain_number(m["number"])}),
)
_COUNTED = screened(rf"\b(?P<verb>has|have|needs?|with)\s+(?:at least|at most)\s+{_NUMBER}\s+(?P<what>[\w -]+)", re.I)


def _bare(entity: str, name: str, model: Model) -> bool:
    """Whether an attribute can carry a numeric bound; one whose type nobody stated may turn out to be a number."""
    attribute = model.drafts[entity].attributes.get(name)
    return attribute is not None and (attribute.type in _NUMERIC or _untyped(attribute))


_NUMERIC = ("integer", "decimal", "money", "percentage", "duration")
_STATED_TYPE = screened(r"\b(?:string|text|varchar|char|character)", re.I)


def _untyped(attribute: Attribute) -> bool:
    """Whether an attribute is a string only because its name says nothing about its type."""
    plain = attribute.type == "string" and not attribute.allowed and not attribute.unique
    return plain and attribute.origin.kind == "stated" and not _STATED_TYPE.search(attribute.origin.quote)


def counted_type(entity: str, name: str, limits: Found, model: Model) -> None:
    """An attribute with numeric bounds is a number."""
    attribute = model.drafts[entity].attributes[name]
    if attribute.type not in _NUMERIC:
        whole = all(
            limits[k] == limits[k].to_integral_value() for k in ("minimum", "maximum") if limits.get(k) is not None
        )
        update = {"type": "integer" if whole else "decimal", "length": None}
        model.drafts[entity].attributes[name] = attribute.model_copy(update=update)


def counted_together(entity: str, left: str, right: str, model: Model) -> None:
    """Two attributes that are compared are numbers, where nobody says what they are."""
    attributes = model.drafts[entity].attributes
    pair = [attributes[n] for n in (left, right) if n in attributes]
    if len(pair) == 2 and all(a.type in _NUMERIC or _untyped(a) for a in pair):
        for attribute in pair:
            counted_type(entity, attribute.name, {}, model)


def bounded(sentence: Sentence, model: Model) -> Found | None:
    """`price must be positive`, `rating between 1 and 5`, `weight is more than 0 and at most 70 kg`."""
    text = said(sentence.text)
    if REFUSED.search(text):
        return None  # what is impossible bounds the other way round
    hits = [(found, bounds(found)) for pattern, bounds in _BOUNDS if (found := pattern.search(text))]
    if not hits:
        return None
    start = min(found.start() for found, _ in hits)
    for entity, name in _bounded_attributes(text, start, sentence, model):
        limits: Found = {}
        for _, bound in hits:
            if not set(bound) & set(limits) - {"exclusive_minimum"}:
                limits |= bound
        if limits.get("maximum") is not None and limits.get("minimum", Decimal("-Infinity")) > limits["maximum"]:
            return None
        counted_type(entity, name, limits, model)
        return {"kind": "range", "entity": entity, "attributes": (name,), **limits}
    return None


def _bounded_attributes(text: str, start: int, sentence: Sentence, model: Model) -> Iterable[tuple[str, str]]:
    """The numeric attributes that may carry a bound: the subject, else what is counted behind it."""
    head, within = before_verb(text, start), about(sentence, model)
    named = subject(head, model, within)
    if named and named[1] and _bare(named[0], named[1], model):
        yield named[0], named[1]
    if named and not named[1] and (new := subject_or_new(re.sub(r"\bon\b", "of", head), model, within)) and new[2]:
        share = "_percent" if re.search(r"%|\bpercent", text) and not new[1].endswith("percent") else ""
        name = model.ensure(new[0], f"{new[1]}{share}", stated(sentence), (model.drafts[new[0]].requirement,))
        if _bare(new[0], name, model):
            yield new[0], name
        else:
            del model.drafts[new[0]].attributes[name]
    yield from _behind_bound(text, start, named[0] if named else within, model)
    counted = _COUNTED.search(text)
    if counted and named:
        words = tokens(counted["what"])[:3]
        for length in range(len(words), 0, -1):
            found = attribute_like(words[:length], named[0], model)
            if found and _bare(named[0], found, model):
                yield named[0], found


def _behind_bound(text: str, start: int, entity: str | None, model: Model) -> Iterable[tuple[str, str]]:
    """What the number itself counts: `ratings go from 1 to 5 stars`, `we do not print fewer than 50 copies`."""
    last = list(_DIGITS.finditer(text[start:]))
    words = tokens(text[start + last[-1].end() :])[:2] if last else ()
    for length in range(len(words), 0, -1):
        fits = [(entity, name)] if entity and (name := attribute_like(words[:length], entity, model)) else []
        fits = fits or ([] if entity else owners(words[:length], model))
        if len(fits) == 1 and _bare(*fits[0], model):
            yield fits[0]


_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")


def shared(sentence: Sentence, model: Model) -> list[Found]:
    """`weight is always positive` where several entities have a weight: the rule holds for each of them."""
    text = said(sentence.text)
    starts = [found.start() for pattern, _ in _BOUNDS if (found := pattern.search(text))]
    if not starts or model.vocabulary.mentions(text) or about(sentence, model):
        return []
    head = before_verb(text, min(starts))
    fits = [(e, name) for e, name in owners(tokens(head), model) if _bare(e, name, model)]
    if len(fits) < 2:
        return []
    made = []
    for entity, name in fits:
        told = bounded(replace(sentence, text=text.replace(head, f"{entity} {name} ", 1).replace("_", " ")), model)
        made += [told | {"confidence": "medium"}] if told else []
    return made


def unique(sentence: Sentence, model: Model) -> Found | None:
    """`email is unique`, `line number is unique per order`, `unique among users that are not deleted`."""
    text = said(sentence.text)
    found = _UNIQUE.search(text)
    if not found or found[0].lower().startswith("no two"):
        return None
    head = re.sub(r"\b(?:has|have)\b.*$", "", before_verb(text, found.start())) or text[: found.start()]
    named = subject_or_new(head, model, about(sentence, model))
    if not named:
        return _unique_in_scope(head, text[found.end() :], model)
    entity, name, added = named
    within = scopes(text[found.end() :], entity, model)
    if within is None:
        return None
    return {"kind": "unique", "entity": entity, "attributes": (*within, name), "adds": (name,) if added else ()}


def _unique_in_scope(head: str, tail: str, model: Model) -> Found | None:
    """`email is unique per organization`, where several entities have an email: the one that belongs to the scope."""
    holders = {m.entity for m in model.vocabulary.mentions(tail)}
    for entity, name in owners(tokens(head), model):
        if entity not in holders and (within := scopes(tail, entity, model)):
            return {"kind": "unique", "entity": entity, "attributes": (*within, name)}
    return None


def once(sentence: Sentence, model: Model) -> Found | None:
    """`a product appears only once per order`, `one review per user and product`, `cannot enrol in a course twice`."""
    text = said(sentence.text)
    named = [m.entity for m in model.vocabulary.mentions(text)]
    found = _ONCE.search(re.split(r";\s", text)[0])
    if found and _BELONGING.search(text[: found.start()]):
        return None  # `deliveries belong to one hospital` says whose they are
    if not found:
        return _only_once(text, named, model)
    head = text[: found.start()]
    scope_text = re.sub(r"\b(?:not|no) more\b.*$|\bat (?:any|a|the same) time\b.*$", "", found["scope"]).strip(" ,")
    counted = re.match(
        r"(?:only|at most|exactly|no more than|not more than)?\s*(?:one|once)?", text[found.start() :], re.I
    )
    if counted and _is_some(text[found.start() + counted.end() : found.start("scope")], model):
        return None  # `one open alert per device` counts some rows only
    within_section = about(sentence, model)
    for entity in (*filter(None, (within_section,)), *_children(named, model, text)):
        parts = [part for part in re.split(r",|\band\b|\bper\b", scope_text) if part.strip()]
        within = [scope_of(part, entity, model) for part in parts]
        inner = [n for m in model.vocabulary.mentions(head) if (n := model.reference(entity, m.entity))]
        names = _leading_first(dict.fromkeys([*inner, *(s for s in within if s)]), entity, model)
        if parts and all(within) and len(names) >= 2:
            return {"kind": "unique", "entity": entity, "attributes": names}
    return (_fact_once(head, scope_text, model) or _only_once(text, named, model)) if _TWICE.search(text) else None


def _fact_once(head: str, scope: str, model: Model) -> Found | None:
    """`a line number occurs only once per departure`: two facts of the one entity that has both."""
    bare = re.sub(r"\b(?:occurs?|appears?|exists?|is|are|used|given|may|can|must|be)\b", " ", head)
    parts = [p for p in re.split(r",|\band\b|\bper\b", scope) if p.strip()]
    for entity, name in owners(tokens(bare), model):
        within = [scope_of(part, entity, model) for part in parts]
        if parts and all(within) and name not in within:
            return {"kind": "unique", "entity": entity, "attributes": (*(str(w) for w in within), name)}
    return None


def _is_some(text: str, model: Model) -> bool:
    """Whether an adjective or participle stands before the entity that is counted."""
    mentions = model.vocabulary.mentions(text)
    before = " ".join(tokens(text)[: mentions[0].start]) if mentions else ""
    return any(t.tag in ("adjective", "participle") or t.text.lower() == "open" for t in tagged(before))


def _only_once(text: str, named: list[str], model: Model) -> Found | None:
    """`a student can enrol in a course only once`: one row for each pair of what the sentence names."""
    if not _TWICE.search(text) or len(dict.fromkeys(named)) < 2:
        return None
    for entity in _children(named, model, text):
        names = [n for other in dict.fromkeys(named) if other != entity and (n := model.reference(entity, other))]
        if len(names) >= 2:
            attributes = _leading_first(names, entity, model)
            return {"kind": "unique", "entity": entity, "attributes": attributes, "confidence": "medium"}
    return None


def same_day(sentence: Sentence, model: Model) -> Found | None:
    """`a driver cannot drive two routes on the same day`: one row for each of them and each day."""
    text = said(sentence.text)
    if not _SAME_DAY.search(text):
        return None
    named = list(dict.fromkeys(m.entity for m in model.vocabulary.mentions(text)))
    for child in reversed(named):
        day = moment_of(("day",), child, model)
        references = [n for other in named if other != child and (n := model.reference(child, other))]
        if day and references:
            return {"kind": "unique", "entity": child, "attributes": (references[0], day), "confidence": "medium"}
    return None


def _leading_first(names: Iterable[str], entity: str, model: Model) -> tuple[str, ...]:
    """The owner first, then other parents, then attributes: the order in which an index over them is read."""
    owners = {r.role or r.parent for _, r in model.belonging(entity) if r.owned}
    parents = model.drafts[entity].parents
    return tuple(sorted(names, key=lambda name: (name not in owners, name not in parents)))


def _children(named: list[str], model: Model, text: str) -> list[str]:
    """Entities that a rule about their parents may be about: named ones, then by the verb, then joint children."""
    joint = [name for name, draft in model.drafts.items() if set(named) <= {*draft.parents.values()} and draft.parents]
    verbs = {one_of(w.removesuffix("ed")) for w in tokens(text)}
    return list(dict.fromkeys([*named, *(j for j in joint if j in verbs), *(j for j in joint if len(named) > 1)]))


def allowed(sentence: Sentence, model: Model) -> Found | None:
    """`status is one of open, closed`, `status can be: open, closed`."""
    text = said(sentence.text)
    found = _ALLOWED.search(text)
    if not found:
        return _enumerated(text, model)
    head = before_verb(text, found.start())
    named = subject(head, model, about(sentence, model))
    values = tuple(v.strip(" '\"`.") for v in re.split(r",|\bor\b|\band\b|/", found["values"]) if v.strip(" '\"`."))
    if named is None:  # the one that has it, or of several those that usually have just these values
        having = list(owners(tokens(head), model))
        fits = [(e, n) for e, n in having if set(model.drafts[e].attributes[n].allowed) == {*values}]
        fits = fits or (having if len(having) == 1 else [])
        named = fits[0] if fits else None
    if not named or not named[1] or len(values) < 2 or any(len(v.split()) > 3 for v in values):
        return None
    attribute = model.drafts[named[0]].attributes.get(named[1])
    if attribute is None or attribute.type not in ("string", "text"):
        return None
    return {"kind": "allowed", "entity": named[0], "attributes": (named[1],), "values": values}


def _enumerated(text: str, model: Model) -> Found | None:
    """`an appointment is requested, confirmed, completed or cancelled`: the states of an entity with a status."""
    found = _OF_STATES.match(text)
    entity = model.vocabulary.named(found["head"]) if found else None
    name = status_of(entity, model) if entity else None
    if not found or not entity or not name or re.search(r"\b(?:first|then|finally|later)\b", found["values"]):
        return None
    values = tuple(v.strip() for v in re.split(r",|\bor\b", found["values"]) if v.strip())
    attribute = model.drafts[entity].attributes[name]
    if len(values) < 3 or any(len(v.split()) > 3 for v in values) or attribute.type not in ("string", "text"):
        return None
    return {"kind": "allowed", "entity": entity, "attributes": (name,), "values": values, "confidence": "medium"}


def listed_values(sentence: Sentence, model: Model) -> Found | None:
    """`food items are stored dry, cold or frozen`: the sentence ends with exactly the values of a listed attribute."""
    text = said(sentence.text)
    for mention in model.vocabulary.mentions(text):
        for attribute in model.drafts[mention.entity].attributes.values():
            named = [v for v in attribute.allowed if re.search(rf"\b{re.escape(v)}\b", text, re.I)]
            if len(named) > 1 and named == list(attribute.allowed):
                fields = {"kind": "allowed", "entity": mention.entity, "attributes": (attribute.name,)}
                return fields | {"values": attribute.allowed, "confidence": "medium"}
    return None


def capacity(sentence: Sentence, model: Model) -> Found | None:
    """`at most 4 items per order`, `a member has at most 10 loans`: how many children a parent may have."""
    text = said(sentence.text)
    found = _CAPACITY.search(text) or _HAS_AT_MOST.search(text)
    if not found:
        return None
    what = model.vocabulary.mentions(found["what"])
    if _IN_A_PERIOD.search(text[found.start("scope") :]):
        return None  # so many a day is no limit of all rows
    scope = model.vocabulary.mentions(found["scope"]) or (
        model.vocabulary.mentions(text[: found.start()]) if "per" not in found[0] else ()
    )
    if not what or not scope:
        return None
    counted, holder = what[0].entity, scope[0].entity
    for entity in (counted, *_joining(counted, holder, model)):
        if reference := model.reference(entity, holder):
            values = states_named(found["what"], entity, model)
            if not values and _is_some(found["what"], model):
                return None  # `one open alert per device`, where no status says which are open
            return {
                "kind": "capacity", "entity": entity, "attributes": (reference,), "values": values,
                "maximum": plain_number(found["number"]), "confidence": "high" if entity == counted else "medium",
            }  # fmt: skip
    return None


def _joining(one: str, other: str, model: Model) -> list[str]:
    """Entities that belong to both: the enrolments of students in courses."""
    return [name for name, draft in model.drafts.items() if {one, other} <= {*draft.parents.values()}]


def limited(sentence: Sentence, model: Model) -> Found | None:
    """`a class cannot have more bookings than max participants`: the limit is an attribute of the parent."""
    text = said(sentence.text)
    found = _MORE_THAN_ATTRIBUTE.search(text) or _NO_MORE_THAN_ATTRIBUTE.search(text)
    if not found:
        return None
    what, scope = model.vocabulary.mentions(found["what"]), model.vocabulary.mentions(found["scope"])
    for counted in what[:1]:
        for holder in (m.entity for m in scope):
            reference, limit = (
                model.reference(counted.entity, holder),
                attribute_like(tokens(found["limit"]), holder, model),
            )
            entity = counted.entity
            if not reference and limit:  # students per course are counted by their enrolments
                entity = next(iter(_joining(entity, holder, model)), entity)
                reference = model.reference(entity, holder)
            if reference and limit:
                return {
                    "kind": "capacity", "entity": entity, "attributes": (reference,), "terms": (limit,),
                    "child": holder,
                }  # fmt: skip
    return None
