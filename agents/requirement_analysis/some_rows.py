"""Rules that allow one row of those that count: one open alert per device, one active subscription for each member.

Which rows count is said by the words before the thing: a state that the brief lists, a flag, or what has begun and not
ended. Where nothing in the brief tells them, the sentence is left to the other readers.
"""

import re

from agents.requirement_analysis.bounds import capacity
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import (
    FILLERS,
    Found,
    said,
    scope_of,
    states_named,
    status_of,
)
from agents.requirement_analysis.timing import OVERLAP, interval, two_dates
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_ONE = (
    r"(?:(?:only|at most|no more than|not more than|never more than|exactly|just|max(?:imum)?(?: of)?) "
    r"(?:one|1|a single)|a single|one)"
)
_PER = screened(
    rf"\b{_ONE} (?P<what>[\w -]+?) (?:per|for (?:each|every|the same|any|one|an?)"
    r"|(?:in|on|of|at) (?:each|every|the same)|each|every|by) (?P<scope>[\w', -]+)",
    re.I,
)
_HAS = screened(
    rf"(?P<scope>[\w -]+?) (?:(?:can|may|must|should|will) )?(?:(?:only|never) )?(?:have|has|hold|holds|be in|is in) "
    rf"(?:only )?{_ONE} (?P<what>[\w -]+)",
    re.I,
)
_NOT_TWO = screened(
    r"(?P<scope>[\w -]+?) (?:cannot|can't|can not|may not|must not|can never|may never|must never|never) "
    r"(?:have|has|hold|holds|be in) (?:two|2|several|multiple|more than one|more than 1|another|a second) "
    r"(?P<what>[\w -]+)",
    re.I,
)
_OF_A = re.compile(r"^\s*of (?:an?|one|the same|each|any) ([\w-]+)", re.I)
_AT_A_TIME = re.compile(
    r"\bat (?:an?y?|one|any one|any given|a given|the same) (?:time|moment|point)\b.*$|\bat once\b.*$", re.I
)
_NOW = frozenset(
    "open active current currently running ongoing outstanding unfinished unreturned unclosed live".split()
)


def one_that_counts(sentence: Sentence, model: Model) -> Found | None:
    """`at most one open alert of a kind per device`: unique together among the open ones."""
    text = said(sentence.text)
    found = _PER.search(text) or _NOT_TWO.search(text) or _HAS.search(text)
    if not found:
        return None
    what, scope = (_AT_A_TIME.sub("", found[part]) for part in ("what", "scope"))
    for mention in model.vocabulary.mentions(what):
        words = tokens(what)
        before, after = " ".join(words[: mention.start]), " ".join(words[mention.end :])
        which = _counting(before, mention.entity, text, model)
        if which is None:
            continue
        kind = _OF_A.match(after)
        parts = [*([kind[1]] if kind else []), *(p for p in re.split(r",|\band\b|\bper\b", scope) if p.strip())]
        names = [_scope(part, mention.entity, model) for part in parts]
        if names and all(names):
            inside = tuple(dict.fromkeys(str(n) for n in names))
            ordered = tuple(sorted(inside, key=lambda name: name not in model.drafts[mention.entity].parents))
            return {"kind": "unique", "entity": mention.entity, "attributes": ordered} | which
    return None


def held_at_once(sentence: Sentence, model: Model) -> Found | None:
    """`a member has at most 10 loans at a time`: what has ended does not count."""
    found = capacity(sentence, model)
    if found is None or found["values"] or not _AT_A_TIME.search(said(sentence.text)):
        return None
    entity = found["entity"]
    span = interval(entity, model) or two_dates(entity, model)
    ends = span is not None and model.drafts[entity].attributes[span[1]].optional
    return found | {"terms": (span[1],)} if span and ends else None


def _scope(text: str, entity: str, model: Model) -> str | None:
    """The reference or attribute within which one counts; of several things that the words name the last one."""
    found = [n for m in model.vocabulary.mentions(text) if (n := model.reference(entity, m.entity))]
    return found[-1] if found else scope_of(text, entity, model)


def _counting(text: str, entity: str, sentence: str, model: Model) -> Found | None:
    """The attribute that tells which rows count, and its values."""
    words = tuple(w for w in tokens(text) if w not in FILLERS)
    if not words:
        return None
    draft = model.drafts[entity]
    status = status_of(entity, model)
    if status and (values := states_named(text, entity, model)):
        return {"terms": (status,), "values": values}
    flag = next((n for n in (words[-1], f"is_{words[-1]}") if n in draft.attributes), None)
    if flag and draft.attributes[flag].type == "boolean":
        return {"terms": (flag,)}
    span = interval(entity, model) or two_dates(entity, model)
    if span and words[-1] in _NOW and draft.attributes[span[1]].optional and not OVERLAP.search(sentence):
        return {"terms": (span[1],)}
    return None
