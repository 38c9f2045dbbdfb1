"""Steps of a life that a brief tells by their time: `it can be called off until it is sent`, `after that it is closed`.

Until when something may happen names the state that ends the time, and the steps start from all those before it; what
comes after that starts where the sentences before have ended. Both need the life as far as it has been told.
"""

import itertools
import re
from collections.abc import Iterable, Iterator

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.states import is_condition, known_states, machine
from agents.requirement_analysis.subjects import Found, said, status_of
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_IS = r"(?:is|are|'s|has been|have been|was|were|has|have|isn't|aren't|hasn't been|hasn't|wasn't|gets?|becomes?)"
_TIME = (
    r"(?P<until>until|till|before|as long as|so long as|while|unless|after|once)"
    rf"(?: (?:(?:the|its|an?) [\w-]+(?= {_IS}\b)|an?|the|it|they|this"
    rf"|that))? ?(?:{_IS} )?(?:been )?(?P<not>not |never )?"
    r"(?:yet |already |been |being )*(?P<limit>[\w-]+(?: [\w-]+){0,3}?)(?: yet| already)?"
)
_MAY = (
    r"(?:can|may|could)(?: (?:also|still|only|always|again|at any time|any time))*(?: be| get| become| go to)?"
    r" (?P<target>[\w-]+(?: (?:off|down|back|out|up))?)"
)
UNTIL = (
    screened(rf"{_MAY}(?: (?:at any time|any time|only|again))*,? (?:but only )?{_TIME}(?=[.;,)]|$)", re.I),
    screened(rf"^(?:but |and )?{_TIME},? (?:[\w-]+ ){{1,4}}?{_MAY}(?=[.;,)]|$)", re.I),
)
"""`it can be X until it is Y`, `as long as it is not Y, it can be X`."""
_STARTS = screened(
    r"^(?P<who>[\w -]+?) (?:(?:starts?|begins?|comes? in)(?: (?:out|life|off))? (?:as|in|with)(?: an?| the)?"
    r"|(?:is|are)(?= [\w -]+? (?:(?:at )?first$|until\b|till\b)))"
    r" (?P<state>[\w-]+(?: [\w-]+){0,2}?)(?: (?:at )?first| (?:until|till)\b.*)?$",
    re.I,
)
_NEXT = screened(
    r"^(?:and |but )?(?:(?:then|after that|after this|afterwards|next|later(?: on)?|finally|at last|in the end"
    r"|from there|from then on)\b,?|(?:when|once|as soon as|after) [^,]+,)\s*(?P<rest>.+)$",
    re.I,
)
_SUBJECT = screened(
    r"^(?:it|they|this|(?P<who>(?:the|an?|every|each) [\w-]+(?: [\w-]+)?|[\w-]+s)) (?:then |finally |automatically )?"
    r"(?:is|are|becomes?|gets?|goes (?:to|into)|go (?:to|into)|turns?(?: into)?|counts? as|moves?"
    r" to)\s+(?P<states>.+)$",
    re.I,
)
_ENDS = screened(r"^(?:it|they|this) ends?(?: up)? (?:as|in|by being)\s+(?P<states>.+)$", re.I)
_ONCE = screened(
    r"^(?:once|when|as soon as|after being|if) (?:(?:it|they|an?|the) ?(?:[\w-]+ )?(?:is|are|has been|have been) )?"
    r"(?P<source>[\w-]+(?: [\w-]+)?), ",
    re.I,
)
_THEN = re.compile(r",?\s*\b(?:and )?(?:then|finally|at last|in the end|later|afterwards)\b\s*", re.I)
_OR = re.compile(r",\s*|\s*\b(?:or|either)\b\s*", re.I)
_EMPTY = frozenset("a an the is are be it either being gets get becomes become".split())
OUTCOMES = frozenset(
    "cancelled canceled rejected declined refused withdrawn closed reopened archived suspended paused resumed expired "
    "retired lost recalled refunded failed faulted aborted disputed contested dismissed blocked revoked sold released "
    "voided disposed returned completed approved deactivated terminated escalated abandoned damaged scrapped "
    "quarantined "
    "superseded forfeited".split()
)
"""What something can end up as; what `can be edited` stays what it is."""
_PARTICLES = frozenset({"off", "down", "back"})
_DENIED = screened(r"\b(?:nothing|nobody|no one|none|no|not|never|neither)\b(?= (?:[\w-]+ ){0,3}$)", re.I)
_PARTS = re.compile(r";\s+|(?<=[a-z])\.\s+")


def is_timed(text: str) -> bool:
    """Whether a sentence says until when something may happen."""
    return any(way.search(text) for way in UNTIL)


def timed(
    spoken: Iterable[Sentence], machines: list[tuple[Sentence, Found]], closed: frozenset[str], model: Model
) -> Iterator[tuple[Sentence, Found]]:
    """The steps told by time, in the brief's order; those to states that a closed list lacks are none."""
    told: dict[tuple[int, str], list[Found]] = {}
    for sentence, found in machines:
        told.setdefault((sentence.line, sentence.text), []).append(found)
    lives: dict[str, list[tuple[str, str]]] = {}
    place: tuple[object, ...] = ()
    current: str | None = None
    ends: tuple[str, ...] = ()
    for sentence in spoken:
        if place != (sentence.sections, sentence.lead):
            place, current, ends = (sentence.sections, sentence.lead), None, ()
        for found in told.get((sentence.line, sentence.text), ()):
            current = str(found["entity"])
            lives.setdefault(current, []).extend(found["transitions"])
            ends = _ends(found["transitions"])
        for part in _PARTS.split(said(sentence.text).rstrip(". ")):
            mentions = model.vocabulary.mentions(part)
            if (started := _STARTS.match(part)) and mentions and not model.vocabulary.named(started["state"]):
                current, ends = mentions[0].entity, (started["state"].lower(),)
                continue
            following = _NEXT.match(part)
            meant = model.vocabulary.mentions(following["rest"]) if following else mentions
            entity = meant[0].entity if meant else current
            if entity is None:
                continue
            known = _order(entity, lives, model)
            pairs = _until(part, known)
            if not pairs and (sentence.line, sentence.text) not in told:
                pairs = _after(part, ends if entity == current else (), known, entity, model)
                ends = _ends(pairs) or (() if following else ends)
            if entity in closed and not {s for pair in pairs for s in pair} <= set(known_states(entity, model)):
                continue
            if pairs and (made := machine(entity, "", pairs, model)):
                current = entity
                lives.setdefault(entity, []).extend(pairs)
                yield sentence, made | {"confidence": "medium"}


def _ends(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The states that nothing leaves: where the next sentence goes on."""
    pairs = tuple(pairs)
    left = {a for a, _ in pairs}
    return tuple(dict.fromkeys(b for _, b in pairs if b not in left))


def _order(entity: str, lives: dict[str, list[tuple[str, str]]], model: Model) -> tuple[str, ...]:
    """The states of an entity as far as they have been told, in their order."""
    states = [s for pair in lives.get(entity, ()) for s in pair]
    return tuple(dict.fromkeys(states or known_states(entity, model)))


def _until(part: str, known: tuple[str, ...]) -> list[tuple[str, str]]:
    """The steps of `it can be X until it is Y`: from every state before Y; `while` and `once it is Y`: from Y."""
    for way in UNTIL:
        for found in way.finditer(part):
            limit = next((s for s in known if tokens(s) == tokens(found["limit"])), None)
            target = next((s for s in known if tokens(s) == tokens(found["target"])), found["target"].lower())
            ends = target in known or target in OUTCOMES or target.split()[-1] in _PARTICLES
            if limit is None or not ends or _DENIED.search(part[: found.start("target")]):
                continue
            word = found["until"].lower()
            denied = bool(found["not"]) or "n't" in found[0]
            before = word in ("until", "till", "before", "unless") or denied
            sources = known[: known.index(limit)] if before else (limit,)
            return [(s, target) for s in sources if s != target]
    return []


def _after(
    part: str, ends: tuple[str, ...], known: tuple[str, ...], entity: str, model: Model
) -> list[tuple[str, str]]:
    """The steps of `after that it is X and finally Y`, `once X, it is Y`, `it ends as X or Y`."""
    once = _ONCE.match(part)
    named = next((s for s in known if once and tokens(s) == tokens(once["source"])), None)
    if once and named is None and once["source"].lower() in ends:
        named = once["source"].lower()
    sources = (named,) if named else ends
    following = _NEXT.match(part)
    told = _SUBJECT.match(following["rest"]) if following else _ENDS.match(part)
    lives = bool(known or ends or status_of(entity, model))
    if not told or not sources or not lives:
        return []
    groups = [
        [s for t in _OR.split(step) if (s := _bare(t))] for step in _THEN.split(told["states"]) if step.strip(" ,")
    ]
    states = [s for group in groups for s in group]
    if (
        not states
        or not all(s in known or is_condition(s) or s.endswith("ing") for s in states)
        or any(len(s.split()) > 3 for s in states)
    ):
        return []
    chain = [list(sources), *[g for g in groups if g]]
    return [(a, b) for left, right in itertools.pairwise(chain) for a in left for b in right if a != b]


def _bare(text: str) -> str:
    """A state without the words around it."""
    words = text.strip(" ,.'\"").split()
    while words and words[0].lower() in _EMPTY:
        words = words[1:]
    return " ".join(words)
