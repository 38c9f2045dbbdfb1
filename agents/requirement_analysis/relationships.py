"""Which entity refers to which, how often, in what role: from arrows and cardinality words."""

import itertools
import re
from collections.abc import Iterator

from agents.naming import words
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Cardinality, Link, clean_name, connector, is_name
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import Mention, Vocabulary, identified
from agents.screening import screened

_ARROW = re.compile(r"\s*(?:<?[-=]{1,2}>|→|⟶|⇒|↔|<->|—>|–>)\s*")
_RATIO = re.compile(
    r"\b(?P<left>1|0\.\.1|N|M|\*|many|one)\s*(?::|-to-|\bto\b| to )\s*(?P<right>0\.\.1|1|N|M|\*|many|one)\b|\*\s*:\s*1",
    re.I,
)
_VERB = screened(
    r"\b(?P<many>(?:(?:can|may|must|will)\s+)?(?:has|have|contains?|includes?|consists? of|holds?|owns?"
    r"|places?|receives?|"
    r"comprises?|is made of|are made of|makes?|writes?|keeps?|handles?|drives?|treats?|supervises?|employs?"
    r"|submits?|files?|leads?|sends?|uploads?|issues?)\s+"
    r"(?:(?:zero|one|at least one|none)\s+(?:or|to)\s+(?:more|many)|many|multiple|several|any number of"
    r"|at least one|lots of|a list of))\b"
    r"|\b(?P<one>(?:has|have)\s+(?:exactly one|one|at most one|a single))\b"
    r"|\b(?P<belongs>(?:(?:always|can|may|must)\s+)?belongs? to|is part of|are part of|is owned by)\b",
    re.IGNORECASE,
)
_FOR_ONE = screened(
    r"\b(?:always |usually )?(?:(?:is|are) (?:always )?(?:for|on|in|at|of|about|from|with)|goes (?:to|into"
    r"|with)|go (?:to|into|with)"
    r"|refers? to|relates? to|concerns?|applies to|lives? (?:on|in|at)|takes? place (?:in|at)|stands? (?:on|in))"
    r" (?:exactly |just |only |always )?(?:one|a single)\s",
    re.IGNORECASE,
)
"""`a visit is for one bike`, `every prop lives on one shelf`: the first refers to the second."""
_WITH = screened(
    r"\b(?:are|is|go(?:es)?|gets?)?\s*(?:removed|deleted|erased|cascaded)\s+(?:together |along )?with\b|"
    r"\b(?:cannot|can't|can not|do(?:es)? not) exist without\b",
    re.IGNORECASE,
)
_ROLE = screened(r"\b(?:as|role:?)\s+(?:the\s+|an?\s+)?(?P<role>[\w' -]{2,40})", re.IGNORECASE)
_TOLD = ("relationships", "entities", "rules", "security", "overview", "")
"""Topics whose sentences may tell a relationship in words."""
_PART_SUFFIXES = frozenset("item line detail entry position row part step component".split())


def undeclared(sentences: tuple[Sentence, ...], vocabulary: Vocabulary) -> Iterator[tuple[str, Sentence]]:
    """Names that only an arrow of a relationships list mentions: they are entities that nobody described."""
    for sentence in sentences:
        if topic(sentence) != "relationships" or sentence.form == "heading":
            continue
        for part in _ends(sentence.text):
            if vocabulary.named(part) is None and is_name(part) and words(part) and not vocabulary.mentions(part):
                yield part, sentence


def _ends(text: str) -> list[str]:
    """The names left and right of each arrow."""
    if not _ARROW.search(text):
        return []
    return [clean_name(re.sub(r"[(\[:].*$", "", part)) for part in _ARROW.split(text)]


def links(sentences: tuple[Sentence, ...], vocabulary: Vocabulary) -> tuple[Link, ...]:
    """Every relationship that a sentence states, in order."""
    found: list[Link] = []
    for sentence in sentences:
        if sentence.form in ("heading", "row"):
            continue
        if sentence.form == "code":
            found += _from_connector(sentence, vocabulary)
        elif _ARROW.search(sentence.text) and not _is_endpoint(sentence.text):
            found += _from_arrow(sentence, vocabulary)
        elif topic(sentence) in _TOLD and not sentence.cells:
            found += _from_words(sentence, vocabulary)
    return tuple(found)


def _is_endpoint(text: str) -> bool:
    return text.split(" ", 1)[0] in ("GET", "POST", "PUT", "PATCH", "DELETE")


def _from_arrow(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Link]:
    """`Customer → Order (one-to-many)`; a chain gives one link for each arrow. Values of a status are no entities."""
    outside = re.sub(r"\([^()]*\)", "", sentence.text)
    names = [vocabulary.named(clean_name(part)) for part in _ARROW.split(outside)]
    notes = " ".join(re.findall(r"\(([^()]*)\)", sentence.text))
    if not all(names):
        names = [_last(part, vocabulary) for part in _ARROW.split(outside)]
        if topic(sentence) != "relationships" or not all(names):
            return
        notes = sentence.text
    for left, right in itertools.pairwise(names):
        yield _link(str(left), str(right), notes, sentence)


def _last(part: str, vocabulary: Vocabulary) -> str | None:
    """The entity that a side of an arrow names."""
    found = vocabulary.mentions(part)
    return found[0].entity if len({m.entity for m in found}) == 1 else None


def _link(left: str, right: str, notes: str, sentence: Sentence) -> Link:
    """The link of two names with remarks such as `many-to-one, optional, as captain`."""
    low = notes.lower()
    ratio = _RATIO.search(low)
    sides = (_side(ratio["left"]), _side(ratio["right"])) if ratio and ratio["left"] else ("one", "many")
    parent, child = (right, left) if sides == ("many", "one") else (left, right)
    cardinality: Cardinality = "one_to_many"
    if sides == ("many", "many"):
        cardinality = "many_to_many"
    elif sides == ("one", "one"):
        cardinality = "one_to_one"
    role = _role(notes, parent, child)
    return Link(
        parent, child, cardinality, sentence, role=role,
        optional="optional" in low or "0..1" in low or (parent == child and cardinality == "one_to_many"),
        owned=any(word in low for word in ("owned", "composition", "part of", "cascade", "cannot exist without")),
    )  # fmt: skip


_AT_A_TIME = screened(r"\bat (?:a|any|any one|one|the same|a given) time\b|\bat once\b", re.IGNORECASE)
"""`only one ride at a time` limits how many last at once, not how many there are."""


def _side(text: str) -> str:
    """`one` or `many`."""
    return "one" if text.lower() in ("1", "0..1", "one") else "many"


def _role(notes: str, parent: str, child: str) -> str | None:
    """The child's word for its parent; an entity that refers to itself needs one."""
    if found := _ROLE.search(notes):
        named = re.split(r"\s*(?:,|;|\band\b)", found["role"])[0].strip()
        role = identified(named)
        if role and role != parent:
            return role
    return "parent" if parent == child else None


def _from_words(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Link]:
    """`A customer has many orders`, `an order belongs to a customer`, `1:N` and `many-to-many` between two names."""
    text = sentence.text
    if going := _WITH.search(text):
        parts, wholes = vocabulary.mentions(text[: going.start()]), vocabulary.mentions(text[going.end() :])
        if parts and wholes and parts[-1].entity != wholes[0].entity:
            yield Link(wholes[0].entity, parts[-1].entity, "one_to_many", sentence, owned=True)
        return
    if verb := _VERB.search(text):
        left, right = vocabulary.mentions(text[: verb.start()]), vocabulary.mentions(text[verb.end() :])
        if not left or not right or not _adjacent(text[verb.end() :], right[0].start):
            return
        one, other = left[-1].entity, right[0].entity
        if one == other and (left[-1].end < len(words(text[: verb.start()])) or left[-1].start > 1):
            return  # `the hotel chain has many hotels`, `the post office has several offices`
        if verb["many"] or _AT_A_TIME.search(text[verb.end() :]):
            role = _role("", one, other)
            yield Link(one, other, "one_to_many", sentence, role, optional=one == other, spoken=True)
        elif verb["one"]:
            yield Link(one, other, "one_to_one", sentence, role=_role("", one, other), optional=one == other)
        else:
            part = "part of" in verb[0] or "owned" in verb[0]
            for child in _coordinated(text[: verb.start()], left):
                yield Link(other, child, "one_to_many", sentence, _role("", other, child), other == child, part)
        return
    if single := _FOR_ONE.search(text):
        left, right = vocabulary.mentions(text[: single.start()]), vocabulary.mentions(text[single.end() :])
        if left and right and right[0].start == 0 and left[-1].entity != right[0].entity and left[0].start <= 1:
            yield Link(right[0].entity, left[-1].entity, "one_to_many", sentence, spoken=True)
        return
    mentions = vocabulary.mentions(text)
    if len(mentions) == 2 and topic(sentence) == "relationships" and _RATIO.search(text):
        yield _link(mentions[0].entity, mentions[1].entity, text, sentence)


def _coordinated(text: str, mentions: tuple[Mention, ...]) -> list[str]:
    """All things of a list before a verb (`depots, clinics and orders belong to a region`), else the last one."""
    found = words(text)
    run = [mentions[-1]]
    for mention in reversed(mentions[:-1]):
        if not set(found[mention.end : run[-1].start]) <= {"and", "or", "all", "the", "as", "well"}:
            break
        run.append(mention)
    return [m.entity for m in reversed(run)] if len(run) > 1 and run[-1].start <= 1 else [mentions[-1].entity]


def _adjacent(text: str, start: int) -> bool:
    """Whether the entity follows the verb at once: at most two words (`its own`) may stand between."""
    return start <= 2 and "," not in " ".join(text.split()[:start])


def _from_connector(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Link]:
    """A connector of a mermaid erDiagram."""
    ends = connector(sentence.text) if sentence.label == "mermaid" else None
    if not ends:
        return
    left, right = vocabulary.named(ends[0]), vocabulary.named(ends[3])
    if left and right:
        many = ("}" in ends[1], "{" in ends[2])
        ratio = {(False, True): "1:N", (True, False): "N:1", (True, True): "N:M", (False, False): "1:1"}[many]
        one_side = ends[2] if many[0] else ends[1]
        yield _link(left, right, ratio + (" optional" if "o" in one_side else ""), sentence)


def is_part(parent: str, child: str) -> bool:
    """Whether a child's name says that it is a part of the parent: `order_item` of `order`."""
    return child.startswith(f"{parent}_") and child.rpartition("_")[2] in _PART_SUFFIXES
