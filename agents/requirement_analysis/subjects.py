"""Which entity and attribute the words of a rule mean: its subject, and the scope within which it holds."""

import re
from decimal import Decimal
from typing import Any

from agents.naming import identifier
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.vocabulary import Mention, tokens

Found = dict[str, Any]
"""The fields of a rule besides id, text, origin and serves; `adds` names attributes that the entity must have."""
_WORD_NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "once": 1, "twice": 2}
_PER = re.compile(
    r"\b(?:per|within|for each|for every|in each|inside|in one|of one|by)\s+(?:(?:an?|the|each"
    r"|every)\s+)?(?P<scope>[\w' ,-]+)",
    re.I,
)
FILLERS = frozenset("a an the of s each every its their for must has have is be value any all new".split())


def subject(text: str, model: Model) -> tuple[str, str | None] | None:
    """(entity, attribute) that the words before a verb name: `quantity of an order item`, `a user's email`.

    The attribute is None when the words name none that the entity has. None when no entity is named.
    """
    words = tokens(text)
    mentions = model.vocabulary.mentions(text)
    if not mentions:
        joined = "_".join(w for w in words if w not in FILLERS)
        owners = [entity for entity, draft in model.drafts.items() if joined in draft.attributes]
        return (owners[0], joined) if len(owners) == 1 else None
    for mention in (mentions[0], mentions[-1]) if len(mentions) > 1 else mentions:
        rest = rest_of(words, mention)
        if rest and (name := model.attribute(mention.entity, rest)):
            return mention.entity, name
    whole = _whole(text, model)
    if whole:
        return whole
    return mentions[0].entity, None


def rest_of(words: tuple[str, ...], mention: Mention) -> tuple[str, ...]:
    """The words of a phrase without the entity and without fillers."""
    return tuple(w for w in (*words[: mention.start], *words[mention.end :]) if w not in FILLERS)


def _whole(text: str, model: Model) -> tuple[str, str] | None:
    """`Order number`: the entity's name is the beginning of its attribute's name."""
    phrase = tuple(w for w in tokens(text) if w not in FILLERS)
    for mention in model.vocabulary.mentions(text):
        if name := model.attribute(mention.entity, phrase):
            return mention.entity, name
    return None


def subject_or_new(text: str, model: Model) -> tuple[str, str, bool] | None:
    """(entity, attribute, whether it must be added) for a rule that may name an attribute which was not listed."""
    found = subject(text, model)
    if found is None:
        return None
    entity, attribute = found
    if attribute is not None:
        return entity, attribute, False
    mentions = model.vocabulary.mentions(text)
    words = tokens(text)
    if len({m.entity for m in mentions}) != 1 or model.drafts[entity].described:
        return None
    rest = rest_of(words, mentions[0])
    if not 1 <= len(rest) <= 2:
        return None
    added = identifier("_".join(rest))
    before = mentions[0].end <= words.index(rest[0]) and rest[0] in ("number", "code", "key")
    return entity, f"{mentions[0].entity}_{added}" if before else added, True


def before_verb(text: str, place: int) -> str:
    """The subject: what stands before the verb, without what a colon introduces."""
    return re.sub(
        r"\b(?:must|cannot|can|has to|have to|should|may|is|are|can't|never|always|be|shall)\b.*$", "", text[:place]
    )


def plain_number(text: str) -> Decimal:
    """`1,000`, `2.5`, `two`."""
    if text.lower() in _WORD_NUMBERS:
        return Decimal(_WORD_NUMBERS[text.lower()])
    return Decimal(text.replace(",", "")) if text.count(".") <= 1 else Decimal(text.split(".")[0])


def scopes(text: str, entity: str, model: Model) -> tuple[str, ...] | None:
    """The attributes within which something is unique; None where the scope cannot be resolved."""
    found = _PER.search(text)
    if not found:
        return ()
    parts = [p for p in re.split(r",|\band\b", found["scope"]) if p.strip()]
    names = [scope_of(part, entity, model) for part in parts]
    return tuple(n for n in names if n) if all(names) and names else None


def scope_of(text: str, entity: str, model: Model) -> str | None:
    """A parent or attribute that a scope names: its first words decide (`per order at any time`)."""
    words = tuple(w for w in tokens(text) if w not in FILLERS and w not in ("same", "one", "per"))
    for length in range(min(3, len(words)), 0, -1):
        if name := model.attribute(entity, words[:length]):
            return name
    mentions = model.vocabulary.mentions(text)
    if mentions and (name := model.reference(entity, mentions[0].entity)):
        return name
    if words and words[0] in ("day", "date", "night"):
        dates = [a.name for a in model.drafts[entity].attributes.values() if a.type == "date"]
        return dates[0] if len(dates) == 1 else None
    return None
