"""Which entity and attribute the words of a rule mean: its subject, and the scope within which it holds."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from agents.language import lemma_of
from agents.naming import identifier
from agents.remembering import remembered
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.topics import lead_topic
from agents.requirement_analysis.vocabulary import Mention, one_of, tokens
from agents.screening import screened

Found = dict[str, Any]
"""The fields of a rule besides id, text, origin and serves; `adds` names attributes that the entity must have."""
_PER = screened(
    r"\b(?:per|within|for each|for every|in each|inside|in one|of one|by)\s+(?:(?:an?|the|each"
    r"|every)\s+)?(?P<scope>[\w' ,-]+)",
    re.I,
)
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)+\.?|\(?[A-Za-z0-9]{1,2}\))\s+(?=[A-ZÀ-Þ])")
FILLERS = frozenset("a an the of s each every its their his her for must has have is be value any all new".split())
DATE_WORDS = frozenset("date time day moment timestamp".split())
_SHORTEST_ROOT = 3


@remembered
def said(text: str) -> str:
    """The words of a requirement without the number that a specification gives it (`3.1`, `b)`)."""
    return _NUMBERED.sub("", text)


def figure_text(sentence: Sentence) -> str:
    """A sentence about figures as one phrase: `Defects per day | 140` is `140 Defects per day`.

    Where the value has words or a unit of its own, the label stays before it.
    """
    if sentence.form == "row" and len(sentence.cells) >= 2:
        cells = [cell for _, cell in sentence.cells]
        value = next((c for c in cells[1:] if quantities(c)), "")
        return _joined(cells[0], value) if value else sentence.text
    if sentence.label and sentence.body:
        return _joined(sentence.label, sentence.body)
    return said(sentence.text)


_COUNTING = screened(
    r"\b(?:rows?|records?|entries|counts?|counted|numbers?|amounts?|volumes?|quantit(?:y|ies)|initial(?:ly)?|launch|start"
    r"|total|today|now|currently|expected|how many|approx\w*)\b",
    re.I,
)
_TITLE_PER = screened(
    r"(?:\b(?:per|an?|each|every)|/)\s*(?P<unit>second|minute|hour|day|week|month|year)\b"
    r"|\b(?P<adverb>daily|weekly|monthly|yearly)\b",
    re.I,
)
_FIGURE = re.compile(r"(?:[~≈+<>±]|ca\.?|approx\.?|about|around|some)?\s*\d[\d.,' ]*(?:\s?[^\W\d]+){0,3}[./\w ]*", re.I)


def figure_texts(sentence: Sentence) -> tuple[str, ...]:
    """The figures of a sentence, each as one phrase; in a row, those of all columns whose titles count something.

    `Hire | 30k, 40 a day` holds two, as do the columns `initial` and `per day`.
    """
    found = []
    for title, cell in sentence.cells[1:] if sentence.form == "row" else ():
        per = _TITLE_PER.search(title)
        parts = [p.strip(" ()") for p in re.split(r"[,;(]\s+|\s\(", cell) if p.strip(" ()")]
        if not (per or _COUNTING.search(title)) or not all(_FIGURE.fullmatch(p) for p in parts):
            continue
        unit = f" {per['adverb'] or 'per ' + per['unit']}" if per else ""
        found += [_joined(sentence.cells[0][1], f"{part}{unit}".lstrip("+ ")) for part in parts]
    return tuple(found) or (figure_text(sentence),)


def _joined(label: str, value: str) -> str:
    found = quantities(value)
    bare = len(found) == 1 and not (found[0].noun or found[0].unit or found[0].per)
    return f"{value} {label}" if bare and len(value.split()) <= 3 else f"{label}: {value}"


def about(sentence: Sentence, model: Model) -> str | None:
    """The entity under whose heading or introduction a sentence stands; a list of rules for all ends the section."""
    if lead_topic(sentence.lead):
        return None
    for title in (sentence.lead, sentence.label, *reversed(sentence.sections)):
        if title and (found := model.vocabulary.named(title)):
            return found
    return None


@remembered
def root_of(word: str) -> str:
    """The stem that a verb shares with its nouns: `paid` and `payment` begin with `pay`, `closing` with `clos`."""
    lemma = lemma_of(word, "VVN")
    return lemma.removesuffix("e") if len(lemma) > _SHORTEST_ROOT else lemma


def attribute_like(phrase: Iterable[str], entity: str, model: Model) -> str | None:
    """The attribute that some words mean, also by the stem of a verb: `payment date` is `paid_on`.

    None where the words fit none or several.
    """
    words = tuple(w for w in phrase if w not in FILLERS)
    own = frozenset(entity.split("_"))
    bare = tuple(w for w in words if w not in own and one_of(w) not in own)
    for candidate in dict.fromkeys((words, bare, *(tuple(w for w in p if w not in DATE_WORDS) for p in (words, bare)))):
        if candidate and (name := model.attribute(entity, candidate)):
            return name
    return _by_root(bare or words, entity, model)


def _by_root(words: tuple[str, ...], entity: str, model: Model) -> str | None:
    """`closing time` means `closed_at`, `cancellation reason` means `cancel_reason`."""
    if not 1 <= len(words) <= 3:
        return None
    draft = model.drafts[entity]
    timely = words[-1] in DATE_WORDS
    content = words[:-1] if timely and len(words) > 1 else words
    fits = [
        name
        for first, names in draft.lookup(own=True).by_first.get(content[0][:1], {}).items()
        if _alike(content[0], first)
        for name, last in names
        if len(content) == 1 or content[-1] == last
        if not timely or draft.attributes[name].type in ("date", "timestamp", "time")
    ]
    return fits[0] if len(fits) == 1 else None


def _alike(word: str, other: str) -> bool:
    """Whether two words that begin with one letter are of one stem."""
    root, theirs = root_of(word), root_of(other)
    return min(len(root), len(theirs)) >= _SHORTEST_ROOT and (word.startswith(theirs) or other.startswith(root))


def owners(phrase: tuple[str, ...], model: Model) -> list[tuple[str, str]]:
    """(entity, attribute) for each entity that has an attribute of exactly this name, or beginning with it."""
    joined = "_".join(w for w in phrase if w not in FILLERS)
    forms = dict.fromkeys(f for f in (joined, one_of(joined)) if f)
    dense = {f.replace("_", "") for f in forms}  # `kWh` is one word in a name and two in a sentence
    whole = [(e, n) for e, draft in model.drafts.items() for n in draft.attributes if n.replace("_", "") in dense]
    if whole:
        return list(dict.fromkeys(whole))
    rooted = [(e, name) for e in model.drafts if (name := _by_root(phrase, e, model)) in model.drafts[e].attributes]
    if len(rooted) == 1 and phrase[-1:] and phrase[-1] in DATE_WORDS:
        return [(e, str(name)) for e, name in rooted]
    long = [
        (e, name)
        for e, draft in model.drafts.items()
        for name in draft.attributes
        for form in forms
        if len(form) > _SHORTEST_ROOT and name.startswith(f"{form}_")
    ]
    return list(dict.fromkeys(long))


def subject(text: str, model: Model, within: str | None = None) -> tuple[str, str | None] | None:
    """(entity, attribute) that the words before a verb name: `quantity of an order item`, `a user's email`.

    `within` is the entity under whose heading the words stand. The attribute is None when the words name none that
    the entity has. None when no entity is named.
    """
    words = tokens(text)
    mentions = model.vocabulary.mentions(text)
    if within and (name := attribute_like(words, within, model)):
        return within, name
    if not mentions:
        found = owners(words, model)
        return found[0] if len(found) == 1 else None
    for mention in (mentions[0], mentions[-1]) if len(mentions) > 1 else mentions:
        rest = rest_of(words, mention)
        if rest and (name := attribute_like(rest, mention.entity, model)):
            return mention.entity, name
    whole = _whole(text, model)
    if whole:
        return whole
    found = owners(words, model) if any(rest_of(words, m) for m in mentions) else []
    return found[0] if len(found) == 1 else (mentions[0].entity, None)


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


def subject_or_new(text: str, model: Model, within: str | None = None) -> tuple[str, str, bool] | None:
    """(entity, attribute, whether it must be added) for a rule that may name an attribute which was not listed."""
    found = subject(text, model, within)
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
        r"\b(?:must|cannot|can|has to|have to|should|may|is|are|can't|never|always|be|shall|lies?|ranges?"
        r"|go(?:es)?|runs?|falls?|drops?|gets?|does "
        r"not)\b.*$",
        "",
        said(text[:place]),
    )


def plain_number(text: str) -> Decimal:
    """`1,000`, `2.5`, `two`; the reader of quantities knows how numbers are written."""
    found = quantities(text.lstrip("-"))
    value = Decimal(f"{found[0].value:.10f}".rstrip("0").rstrip(".") or "0") if found else Decimal(0)
    return -value if text.startswith("-") else value


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
    return moment_of(words, entity, model)


def moment_of(words: tuple[str, ...], entity: str, model: Model) -> str | None:
    """The one date of an entity, for `the same day`; its one point in time, for `point in time`."""
    attributes = model.drafts[entity].attributes.values()
    if not words:
        return None
    wanted = {"day": "date", "date": "date", "night": "date", "point": "timestamp", "time": "timestamp"}.get(words[0])
    fits = [a.name for a in attributes if a.type == wanted and a.name not in ("created_at", "updated_at", "deleted_at")]
    return fits[0] if len(fits) == 1 else None


def states_named(text: str, entity: str, model: Model) -> tuple[str, ...]:
    """The values of the entity's status that a text names, in the order of the status."""
    name = status_of(entity, model)
    allowed = model.drafts[entity].attributes[name].allowed if name else ()
    padded = f" {' '.join(tokens(text))} "
    return tuple(v for v in allowed if f" {' '.join(tokens(v))} " in padded)


def status_of(entity: str, model: Model) -> str | None:
    """The attribute that holds the entity's state."""
    attributes = model.drafts[entity].attributes
    return next((n for n in ("status", "state", "stage", "phase") if n in attributes), None)
