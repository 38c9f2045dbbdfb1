"""Rules about order and time: one value after another, and no overlap of what lasts."""

import re
from typing import Any

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import FILLERS, Found
from agents.requirement_analysis.vocabulary import one_of, tokens

OVERLAP = re.compile(r"double[- ]?book|\boverlap|\bat the same time\b|\bone (?P<what>[\w ]+?) at a time\b", re.I)
_COMPARISON = re.compile(
    r"\b(?P<left>[\w' -]+?)\s+(?:must|has to|have to|should|is|are|may|can|always|will)?\s*(?P<not>not "
    r"|never |cannot )?\s*(?:be |always |is |lie )*"
    r"(?P<word>not before|never before|no earlier than|not earlier than|not after|never after"
    r"|no later than|not later than|after|later than|before|earlier than|greater than or equal to|at least"
    r"|greater than|more than|higher than|"
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
    "after": ">",
    "later than": ">",
    "before": "<",
    "earlier than": "<",
    "greater than or equal to": ">=",
    "at least": ">=",
    "greater than": ">",
    "more than": ">",
    "higher than": ">",
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
_NEGATED = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_ENDS_AFTER = re.compile(
    r"\b(?:ends?|finish(?:es)?|stops?)\s+(?:only )?(?:after|later than)\s+(?:it |they |its |the )?(?:starts?|begins?)",
    re.I,
)


def no_overlap(sentence: Sentence, model: Model) -> Found | None:
    """`a practitioner cannot be double-booked`: no two appointments of one practitioner overlap.

    `values` are the states that do not count, when the sentence excepts them.
    """
    if not OVERLAP.search(sentence.text):
        return None
    mentions = [m.entity for m in model.vocabulary.mentions(sentence.text)]
    for entity in (*mentions, *model.drafts):
        span = interval(entity, model)
        if span is None:
            continue
        for parent in mentions:
            reference = model.reference(entity, parent)
            if reference:
                values = _excepted(sentence.text, entity, model)
                return {"kind": "no_overlap", "entity": entity, "attributes": (reference, *span), "values": values}
    return None


def _excepted(text: str, entity: str, model: Model) -> tuple[str, ...]:
    """States of the entity that an exception in the text names."""
    status = model.drafts[entity].attributes.get("status")
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
        if re.match(r"(?:start|begin|from|check_in|valid_from|arriv|pick_?up)|.*_(?:start|from|begin)$", a.name)
    ]
    ends = [
        a
        for a in attributes
        if re.match(
            r"(?:end|finish|until|to$|check_out|valid_to|valid_until|depart|return)|.*_(?:end|until|to)$", a.name
        )
    ]
    for start in starts:
        for end in ends:
            if start.type == end.type:
                return start.name, end.name
    return None


def ends_after(sentence: Sentence, model: Model) -> Found | None:
    """`an appointment ends after it starts`."""
    if not _ENDS_AFTER.search(sentence.text):
        return None
    for mention in model.vocabulary.mentions(sentence.text):
        if span := interval(mention.entity, model):
            return {"kind": "comparison", "entity": mention.entity, "attributes": (span[1], span[0]), "operator": ">"}
    return None


def compared(sentence: Sentence, model: Model) -> Found | None:
    """`the due date is never before the issue date`: both sides must be attributes of one entity."""
    found = _COMPARISON.search(sentence.text)
    if not found:
        return None
    operator = _OPERATORS[found["word"].lower()]
    if found["not"]:
        operator = _NEGATED[operator]
    entities = [m.entity for m in model.vocabulary.mentions(sentence.text)]
    for entity in dict.fromkeys(entities):
        left = _side(found["left"], entity, model)
        right = _side(found["right"], entity, model)
        if left and right and left != right:
            return {"kind": "comparison", "entity": entity, "attributes": (left, right), "operator": operator}
    return None


def _side(text: str, entity: str, model: Model) -> str | None:
    """The attribute that one side of a comparison names."""
    attributes = model.drafts[entity].attributes
    own = frozenset(entity.split("_"))
    words = [w for w in tokens(text) if w not in FILLERS and w not in ("not", "never", "cannot", "always")]
    for dropped in (frozenset[str](), own):
        phrase = tuple(w for w in words if w not in dropped and one_of(w) not in dropped)
        for candidate in (phrase, tuple(w for w in phrase if w not in ("date", "time", "day"))):
            name = model.attribute(entity, candidate) or _by_stem(candidate, attributes)
            if name in attributes:
                return name
    return None


def _by_stem(phrase: tuple[str, ...], attributes: dict[str, Any]) -> str | None:
    """`issue date` means `issued_on`, `end` means `ends_at`: the attribute whose first word has the same stem."""
    if len(phrase) != 1:
        return None
    stem = _stem(phrase[0])
    fits = [n for n in attributes if _stem(n.split("_")[0]) == stem]
    return fits[0] if len(fits) == 1 else None


def _stem(word: str) -> str:
    """A verb without its ending: issue, issues and issued are one."""
    return re.sub(r"(?:ed|es|e|s)$", "", word)
