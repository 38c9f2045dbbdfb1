"""Which rows a reader wants by what they lack: `not yet paid`, `unreturned`, `without a tenant`, `nobody has taken`.

What has not happened has no time at which it did, and what nobody does names nobody: the column has no value. Where a
state or a flag says the same, that one is asked (`conditions.state_filters`).
"""

import re
from collections.abc import Iterable, Iterator

from agents.requirement_analysis.model import CONVENTIONAL, Draft, Model
from agents.requirement_analysis.subjects import attribute_like
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened
from contracts.requirements import Filter

_NOT_DONE = screened(
    r"(?:\b(?:not|never|nobody|no[ -]one)\b|n't\b|\b(?:yet|still|waiting) to be\b|\bawaiting\b)"
    r"(?: (?:yet|been|be|being|already|still|fully|even|has|have|is|was|so far))* (?P<verb>[a-z]+)"
    r"|\bun(?P<un>[a-z]{3,})\b",
    re.I,
)
_WITHOUT = screened(
    r"\b(?:without|with no|(?:have|has|having|had|is|are) (?:still )?no|lack(?:s|ing)?|missing)"
    r" (?P<any>an? |any )?(?:the |its |their |own )?(?P<what>[a-z][\w-]*(?: [a-z][\w-]*){0,2})",
    re.I,
)
_GOING_ON = screened(
    r"\b(?:open|outstanding|ongoing|unfinished|currently|(?<!be )current|active|running|pending|right now"
    r"|at the moment)\b",
    re.I,
)
_LATE = screened(r"\b(?:overdue|late|past (?:its|their|the|his|her) due date)\b", re.I)
"""What is over is no longer overdue."""
_TAKING = frozenset("taken claimed assigned accepted picked handled processed dealt allocated working".split())
"""What somebody does who makes a task his own."""
_ENDS = (
    "return", "came_back", "came_in",
    "end", "finish", "done", "clos", "complet", "resolv", "solv", "settl", "paid", "pay", "moved_out", "left",
    "leav", "checked_out", "check_out", "back", "fixed", "collected", "answered", "brought_back", "handed_back",
)  # fmt: skip
"""How the names of moments begin at which something is over."""
_MOMENTS = ("date", "timestamp")


def absences(text: str, draft: Draft, model: Model, states: Iterable[Filter]) -> Iterator[Filter]:
    """The columns without a value; what the conditions `states` tell of the state of the rows is told."""
    told = {word.lower() for state in states for value in (*state.values, state.attribute) for word in tokens(value)}
    found: dict[str, None] = {}
    for hit in _NOT_DONE.finditer(text):
        word = (hit["un"] or hit["verb"]).lower()
        if word not in told and (name := _undone(word, draft, model)):
            found[name] = None
    for hit in _WITHOUT.finditer(text):
        if name := _lacked(tokens(hit["what"]), draft, model, sure=bool(hit["any"])):
            found[name] = None
    late = _LATE.search(text) and any(a.name.startswith("due") for a in draft.attributes.values())
    if not (found or told) and (late or _GOING_ON.search(text)) and (name := over(draft)):
        found[name] = None
    for name in found:
        if name in draft.attributes and draft.attributes[name].unique:
            continue  # few lack what tells them apart, and no index finds those alone on every engine
        _may_lack(name, draft, model)
        yield Filter(attribute=name, operator="empty")


_OUT = screened(
    r"\bwho (?:has|holds|uses|occupies|keeps) (?:what|which)\b|\bwhat is (?:out|away|lent|in use)\b"
    r"|\b(?:is|are|be) (?:currently |still |just |now )?(?:out|away|lent(?: out)?|on loan|in use|borrowed"
    r"|rented(?: out)?"
    r"|checked out|handed out|occupied|given out)\b(?=\s*(?:$|[,.;?)]|at|right|and|now|must|should|today|on the))"
    r"|\bwho (?:lives|sits|works|stays|is) (?:there|in|at|where) .*\b(?:now|currently|at the moment)\b",
    re.I,
)


_DENIED = screened(r"\b(?:cannot|can't|may not|must not|never|should not|shall not)\b", re.I)


def held_now(text: str, model: Model) -> str | None:
    """What joins two things for a while, in a sentence about who has what at present: its end has not come."""
    if not _OUT.search(text) or _DENIED.search(text):
        return None
    named = {m.entity for m in model.vocabulary.mentions(text)}
    fits = [d for d in model.drafts.values() if len(set(d.parents.values())) > 1 and over(d)]
    tied = [d.name for d in fits if d.name in named or named & set(d.parents.values())] or [d.name for d in fits]
    return tied[0] if len(tied) == 1 else None


def lacking(text: str, draft: Draft, model: Model) -> str | None:
    """The rows of an entity's own that lack what it has none of itself: `unreturned tools` are tools of such loans."""
    if any(True for _ in absences(text, draft, model, ())):
        return None
    words = [(hit["un"] or hit["verb"]).lower() for hit in _NOT_DONE.finditer(text)]
    children = [d for d in model.drafts.values() if model.reference(d.name, draft.name)]
    fits = [d.name for d in children if any(_undone(w, d, model) or _flagged(w, d) for w in words)]
    return fits[0] if len(fits) == 1 else None


def _flagged(word: str, draft: Draft) -> bool:
    return any(draft.attributes[n].type == "boolean" for n in (word, f"is_{word}") if n in draft.attributes)


def over(draft: Draft) -> str | None:
    """The one moment of a thing at which it is over, which has not come for what is open."""
    moments = [a.name for a in draft.attributes.values() if a.type in _MOMENTS and a.optional]
    fits = [n for n in moments if n not in CONVENTIONAL and n.startswith(_ENDS)]
    return fits[0] if len(fits) == 1 else None


def _undone(word: str, draft: Draft, model: Model) -> str | None:
    """The moment at which it is done, or who does it: `unpaid` lacks `paid_at`, `unclaimed` whoever claims."""
    name = attribute_like((word,), draft.name, model)
    attribute = draft.attributes.get(name or "")
    if attribute and (attribute.type in _MOMENTS or attribute.name.endswith("_by")):
        return attribute.name
    if attribute is None and word in _TAKING:
        loose = _loose(draft, model)
        people = [r for r in loose or draft.parents if model.drafts[draft.parents[r]].nature == "person"]
        fits = people or loose
        return fits[0] if len(fits) == 1 else None
    return None


def _lacked(words: tuple[str, ...], draft: Draft, model: Model, *, sure: bool) -> str | None:
    """What some words name among the references and the optional attributes; where they are surely a condition
    (`without an address`, not `without their addresses`), among all."""
    for length in range(len(words), 0, -1):
        named = model.vocabulary.known.get(words[:length])
        name = (model.reference(draft.name, named) if named else None) or attribute_like(
            words[:length], draft.name, model
        )
        if name in draft.parents or (name in draft.attributes and (sure or draft.attributes[str(name)].optional)):
            return name
    return None


def _loose(draft: Draft, model: Model) -> list[str]:
    """The references of an entity that may name nobody."""
    found = [r.role or r.parent for _, r in model.belonging(draft.name) if r.optional]
    return [name for name in found if name in draft.parents]


def _may_lack(name: str, draft: Draft, model: Model) -> None:
    """What is sought by its lack may be without a value, whatever the list of attributes says of it."""
    if name in draft.parents:
        model.loosen(draft.name, name)
    attribute = draft.attributes.get(name)
    if attribute is not None and not attribute.optional:
        draft.attributes[name] = attribute.model_copy(update={"optional": True})
