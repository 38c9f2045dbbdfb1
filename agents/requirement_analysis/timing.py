"""Rules about order and time: one value after another, and no overlap of what lasts."""

import re
from collections.abc import Collection

from agents.requirement_analysis.bounds import counted_together
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import CONVENTIONAL, Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.people import seems_human
from agents.requirement_analysis.subjects import DATE_WORDS, FILLERS, Found, about, attribute_like, said, status_of
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

OVERLAP = screened(
    r"double[- ]?book|\boverlap|\b(?:two|several|more than one|multiple|twice)\b.*\bat (?:the same time|once|a time)\b"
    r"|\b(?:one|single) (?P<what>[\w ]+?) at (?:a|the same|any(?: one)?|one) time\b"
    r"|\b(?:not|cannot|can't|never|no)\b.*\bat the same time\b",
    re.I,
)
_OVERLAPPING = screened(r"double[- ]?book|\boverlap", re.I)
_SCOPE = screened(
    r"\b(?:on|in|of|for|at|by|with|from|per) (?:the same|one|each|every|any(?: one)?|a single|an?|the) "
    r"(?P<scope>[\w-]+(?: [\w-]+)?)",
    re.I,
)
_NO_TIME = frozenset({"time", "once", "moment"})
_COMPARISON = screened(
    r"\b(?P<left>[\w' -]+?)\s+(?:must|has to|have to|should|is|are|may|can|always|will)?\s*(?P<not>not "
    r"|never |cannot )?\s*(?:be |always |is |lie |lies |comes? |falls? )*"
    r"(?P<word>(?:on|at|the same as|equal to) or (?:after|later than|before|earlier than|greater than|less "
    r"than)|not before|never before|no earlier than|not earlier than|not after|never after"
    r"|no later than|not later than|after|later than|before|earlier than|not more than|never more than|no more than"
    r"|not less than|never less than|greater than or equal to|at least"
    r"|greater than|more than|higher than|above|below|"
    r"less than or equal to|at most|less than|lower than|exceed|exceeds|>=|<=|>|<|≥|≤)\s+(?:the |its "
    r"|their )?(?P<right>[\w' -]+)",
    re.I,
)
_OPERATORS = {
    "not before": ">=",
    "never before": ">=",
    "no earlier than": ">=",
    "not earlier than": ">=",
    "not after": "<=",
    "never after": "<=",
    "no later than": "<=",
    "not later than": "<=",
    "not more than": "<=",
    "never more than": "<=",
    "no more than": "<=",
    "not less than": ">=",
    "never less than": ">=",
    "after": ">",
    "later than": ">",
    "before": "<",
    "earlier than": "<",
    "greater than or equal to": ">=",
    "at least": ">=",
    "greater than": ">",
    "more than": ">",
    "higher than": ">",
    "above": ">",
    "below": "<",
    "less than or equal to": "<=",
    "at most": "<=",
    "less than": "<",
    "lower than": "<",
    "exceed": ">",
    "exceeds": ">",
    ">=": ">=",
    "<=": "<=",
    ">": ">",
    "<": "<",
    "≥": ">=",
    "≤": "<=",
}
_OR_EQUAL: dict[str, str] = {">": ">=", "<": "<="}
_NEGATED = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_ENDS_AFTER = screened(
    r"\b(?:ends?|finish(?:es)?|stops?)\s+(?:only )?(?:after|later than)\s+(?:it |they |its |the )?(?:starts?|begins?)",
    re.I,
)


def no_overlap(sentence: Sentence, model: Model) -> Found | None:
    """`a practitioner cannot be double-booked`: no two appointments of one practitioner overlap.

    `values` are the states that do not count, when the sentence excepts them.
    """
    text = said(sentence.text)
    if not OVERLAP.search(text):
        return None
    mentions = [m.entity for m in model.vocabulary.mentions(text)]
    named = [e for e in mentions if any(o != e and model.reference(e, o) for o in mentions)]
    for entity in dict.fromkeys((*mentions, *(() if named else model.drafts))):  # what is named is meant, not its like
        if entity not in mentions and not all(model.reference(entity, m) for m in mentions):
            continue
        span = interval(entity, model) or (two_dates(entity, model) if entity in mentions else None)
        if span is None:
            continue
        references = [r for parent in mentions if (r := model.reference(entity, parent))]
        if entity in mentions:
            references += _scopes(text, entity, model)
            references += _of_nobody(text, entity, model)
        if references:
            values = _excepted(text, entity, model) or _others(text, entity, model)
            return {"kind": "no_overlap", "entity": entity, "attributes": (references[0], *span), "values": values}
    if _OVERLAPPING.search(text):
        return _timeless(text, mentions, model)
    return _at_one_moment(text, mentions, model) if _BEGINNING.search(text) else None


_NOBODY = screened(r"\b(?:nobody|no one|no-one|not anybody)\b", re.I)


def _of_nobody(text: str, entity: str, model: Model) -> list[str]:
    """The people of whom nobody has two at once: `nobody can work two shifts that overlap`."""
    if not _NOBODY.search(text):
        return []
    people = [w for w, p in model.drafts[entity].parents.items() if seems_human(p, model.drafts[p].attributes)]
    return people if len(people) == 1 else []


_BEGINNING = screened(
    r"\b(?:start|begin|depart|leav|open|arriv|land|kick|play|take)(?:s|es|e|ing|t)?\b(?: off| place)?"
    r".*\bsame (?:time|moment)\b",
    re.I,
)


def _at_one_moment(text: str, mentions: list[str], model: Model) -> Found | None:
    """`no two shows start at the same time in one hall`: what has one moment only is unique at it."""
    for entity in dict.fromkeys(mentions):
        moments = [a.name for a in model.drafts[entity].attributes.values() if a.type == "timestamp" and not a.optional]
        moments = [m for m in moments if m not in CONVENTIONAL]
        references = [r for parent in mentions if parent != entity and (r := model.reference(entity, parent))]
        if len(moments) == 1 and references:
            return {"kind": "unique", "entity": entity, "attributes": (references[0], moments[0])}
    return None


def _scopes(text: str, entity: str, model: Model) -> list[str]:
    """The attributes within which nothing may overlap: `in the same chapel`, `for the same plate`."""
    found = []
    for scope in _SCOPE.finditer(text):
        phrase = tuple(w for w in tokens(scope["scope"]) if w not in _NO_TIME)
        for length in range(len(phrase), 0, -1):
            name = attribute_like(phrase[:length], entity, model)
            attribute = model.drafts[entity].attributes.get(name or "")
            if attribute is not None and attribute.type in ("string", "identifier", "uuid", "integer"):
                found.append(attribute.name)
                break
    return found


def _others(text: str, entity: str, model: Model) -> tuple[str, ...]:
    """The states that do not count where a state stands before the entity: two `granted` permits."""
    name = status_of(entity, model)
    allowed = model.drafts[entity].attributes[name].allowed if name else ()
    words = tokens(text)
    mention = next((m for m in model.vocabulary.mentions(text) if m.entity == entity), None)
    counted = [v for v in allowed if mention and words[: mention.start][-len(tokens(v)) :] == tokens(v)]
    return tuple(v for v in allowed if v not in counted) if counted else ()


def two_dates(entity: str, model: Model) -> tuple[str, str] | None:
    """The two only moments of an entity, the second of them empty while it lasts: `filled at`, `emptied at`."""
    moments = [a for a in model.drafts[entity].attributes.values() if a.type in ("timestamp", "date")]
    moments = [a for a in moments if a.name not in CONVENTIONAL]
    if len(moments) != 2 or moments[0].type != moments[1].type or moments[0].optional or not moments[1].optional:
        return None
    return moments[0].name, moments[1].name


def _timeless(text: str, mentions: list[str], model: Model) -> Found | None:
    """`two blocks may not overlap on the same telescope`, where nothing else tells that a block lasts or has one."""
    for entity in mentions:
        draft = model.drafts[entity]
        if draft.described or any(a.type in ("timestamp", "date") for a in draft.attributes.values()):
            continue
        parents = [m for m in dict.fromkeys(mentions) if m != entity]
        references = [r for parent in parents if (r := model.reference(entity, parent))] or _scopes(text, entity, model)
        if references or parents:
            return {
                "kind": "no_overlap", "entity": entity, "values": (), "confidence": "medium",
                "attributes": ((references or parents)[0], "starts_at", "ends_at"), "adds": ("starts_at", "ends_at"),
                "joins": () if references else (parents[0],),
            }  # fmt: skip
    return None


def _excepted(text: str, entity: str, model: Model) -> tuple[str, ...]:
    """States of the entity that an exception in the text names."""
    status = model.drafts[entity].attributes.get(status_of(entity, model) or "")
    after = re.search(r"\b(?:except|unless|apart from|other than|not count|ignoring)\b(.*)$", text, re.IGNORECASE)
    if not status or not after:
        return ()
    return tuple(v for v in status.allowed if re.search(rf"\b{re.escape(v)}\b", after[1], re.IGNORECASE))


def interval(entity: str, model: Model) -> tuple[str, str] | None:
    """The attributes between which something lasts."""
    attributes = [a for a in model.drafts[entity].attributes.values() if a.type in ("timestamp", "date", "time")]
    starts = [
        a
        for a in attributes
        if re.match(
            r"(?:start|begin|from|check_in|valid_from|arriv|pick_?up|lent|borrowed|rented|entered|taken|handed_out|collected)|.*_(?:start|from|begin)$",
            a.name,
        )
    ]
    ends = [
        a
        for a in attributes
        if re.match(
            r"(?:end|finish|until|to$|check_out|valid_to|valid_until|depart|return|left)|.*_(?:end|until|to)$", a.name
        )
    ]
    for start in starts:
        for end in ends:
            if start.type == end.type:
                travels = _LEAVES.match(end.name) and _ARRIVES.match(start.name)
                turned = travels and attributes.index(end) < attributes.index(start)
                return (end.name, start.name) if turned else (start.name, end.name)
    return None


_ARRIVES = screened(r"arriv", re.I)
_LEAVES = screened(r"depart|leav", re.I)
"""Guests arrive before they depart, flights the other way round: the brief names first what comes first."""


def ends_after(sentence: Sentence, model: Model) -> Found | None:
    """`an appointment ends after it starts`."""
    if not _ENDS_AFTER.search(sentence.text):
        return None
    within = about(sentence, model)
    for entity in [*([within] if within else []), *(m.entity for m in model.vocabulary.mentions(sentence.text))]:
        if span := interval(entity, model):
            return {"kind": "comparison", "entity": entity, "attributes": (span[1], span[0]), "operator": ">"}
    return None


def compared(sentence: Sentence, model: Model) -> Found | None:
    """`the due date is never before the issue date`: both sides must be attributes of one entity."""
    text = said(sentence.text)
    found = _COMPARISON.search(text)
    if not found or _OTHER_ROW.match(found["right"]) or _is_number(found["right"]):
        return _different(text, sentence, model)
    word = re.sub(r"^(?:on|at|the same as|equal to) or ", "", found["word"].lower())
    operator = _OPERATORS[word]
    if word != found["word"].lower():
        operator = _OR_EQUAL[operator]
    left_words = re.split(r"\b(?:but|and)\b", found["left"])[-1]
    if found["not"] or _DENIED.search(left_words):
        operator = _NEGATED[operator]
    within = about(sentence, model)
    mentioned = [m.entity for m in model.vocabulary.mentions(text)]
    entities = [*([within] if within else []), *(mentioned or model.drafts)]
    spelt = [
        e for e, d in model.drafts.items() if all(_spelt(tokens(found[s]), d.attributes) for s in ("left", "right"))
    ]
    entities = [*spelt, *entities]  # `opens_on` before the thing that `opens` alone might name
    for entity in dict.fromkeys(entities):
        left = _side(found["left"], entity, model)
        right = _side(found["right"], entity, model) if left else None
        if left and right and left != right and not _MOMENT.search(found["word"]):
            counted_together(entity, left, right, model)
        if left and right and left != right and _comparable(entity, left, right, model):
            return {"kind": "comparison", "entity": entity, "attributes": (left, right), "operator": operator}
    return None


def _is_number(text: str) -> bool:
    """Whether a side is a number: `at least two` compares no attributes."""
    counted = quantities(text)
    return bool(counted) and counted[0].start == 0


_OTHER_ROW = screened(r"(?:ones?|previous|preceding|next|last|other|others|another)\b", re.I)
"""What is compared with another row is no comparison of one row's values: `before the one on the machine has ended`."""
_MOMENT = screened(r"after|before|later|earlier", re.I)
_DENIED = screened(r"\b(?:not|never|cannot|can't)\b", re.I)
"""A negation before the verb: what `cannot end before it has started` ends at its start or later."""
_DIFFERENT = screened(
    r"^(?P<left>[\w' -]+?) and (?P<right>[\w' -]+?) (?:of [\w ]+ )?(?:(?:must|have to|should|shall|are|cannot"
    r"|can't|may not|can "
    r"never|must not)\s+)?(?:always )?(?:be )?(?:(?:two )?different|differ|distinct|(?:not )?(?:be )?the same)\b",
    re.I,
)


def _different(text: str, sentence: Sentence, model: Model) -> Found | None:
    """`white and black must be different players`, `home and away team cannot be the same`."""
    found = _DIFFERENT.search(text)
    if not found:
        return None
    within = about(sentence, model)
    last = tokens(found["right"])[-1:]
    for entity in dict.fromkeys([*([within] if within else []), *model.drafts]):
        sides = []
        for words in (tokens(found["left"]), tokens(found["right"])):
            phrases = ((*words, *last), words) if len(tokens(found["right"])) > 1 else (words,)
            sides.append(next((n for p in phrases if (n := attribute_like(p, entity, model))), None))
        if sides[0] and sides[1] and sides[0] != sides[1]:
            return {"kind": "comparison", "entity": entity, "attributes": (sides[0], sides[1]), "operator": "<>"}
    return None


def _comparable(entity: str, left: str, right: str, model: Model) -> bool:
    """Whether two attributes hold values of one kind: moments, or numbers."""
    moments, numbers = ("date", "timestamp", "time"), ("integer", "decimal", "money", "percentage", "duration")
    one, other = (model.drafts[entity].attributes[name].type for name in (left, right))
    return any(one in kind and other in kind for kind in (moments, numbers))


def _side(text: str, entity: str, model: Model) -> str | None:
    """The attribute that one side of a comparison names; `the date of the report` is its `reported_at`."""
    spelt = _spelt(tokens(text), model.drafts[entity].attributes)
    if len(spelt) == 1:
        return spelt[0]
    words = [w for w in tokens(text) if w not in FILLERS and w not in _NO_CONTENT]
    while words and words[0] in DATE_WORDS and len(words) > 1:
        words = [*words[1:], words[0]]
    attributes = model.drafts[entity].attributes
    for length in range(min(4, len(words)), 0, -1):
        for phrase in (tuple(words[:length]), tuple(words[-length:])):
            name = attribute_like(phrase, entity, model)
            if name in attributes:
                return name
    return None


def _spelt(words: tuple[str, ...], names: Collection[str]) -> list[str]:
    """The names of several words that stand in a text, looked up from the shorter side."""
    if len(names) <= len(words) ** 2:
        whole = f"_{'_'.join(words)}_"
        return [n for n in names if "_" in n and f"_{n}_" in whole]
    runs = ("_".join(words[i:j]) for i in range(len(words)) for j in range(i + 2, len(words) + 1))
    return list(dict.fromkeys(run for run in runs if run in names))


_NO_CONTENT = frozenset(
    {
        "it",
        "they",
        "was",
        "were",
        "been",
        "when",
        "on",
        "which",
        "not",
        "never",
        "cannot",
        "always",
        "ever",
        "only",
        "than",
        "or",
        "equal",
        "to",
    }
)
