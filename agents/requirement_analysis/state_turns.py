"""Single steps of a life that a brief tells apart from its chain: `open ones can also be rejected`, `it may get lost`.

Such a sentence names the state it starts from and seldom the thing: the sentence before it does. What a state may turn
into need not have been named before; what it starts from must have been, or stand right before the thing itself.
"""

import itertools
import re
from collections.abc import Iterable, Iterator

from agents.changing import changed
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.state_times import OUTCOMES, is_timed
from agents.requirement_analysis.states import ARROW, is_condition, known_states, machine, with_states
from agents.requirement_analysis.states import told as chain
from agents.requirement_analysis.subjects import Found, said, status_of
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_TURN = screened(
    r"\b(?:(?P<may>(?:can|may|might|could)(?: (?:also|then|again|later|only|still|either|instead|directly|at "
    r"any time))*"
    r" (?:be|become|go(?: back)? to|return to|end(?: up)? (?:as|in)|turn into|get|fall back to|move(?: back)? to))"
    r"|(?P<becomes>becomes?|turns? into|ends? up as|changes? to|goes? back to|falls? back to)"
    r"|(?P<is>(?:is|are|gets?)(?: (?:then|later|finally|afterwards|next))?))\b(?P<either> either)?",
    re.I,
)
_PARTS = re.compile(r";\s+|(?<=[a-z])\.\s+|,\s+(?:and )?(?=from\b)")
_SUBORDINATE = screened(
    r"\s(?:if|when|whenever|by|after|once|unless|until|because|within|before|for|where|as soon as)\s.*$", re.I
)
_IDLE = frozenset(
    "a an the it they one ones again then either back also finally directly automatically later to as into be "
    "become is "
    "are once more instead still only".split()
)
_STARTS = screened(
    r"\b(?:starts?|begins?)(?: (?:out|life|off))? (?:as|in|with)\s+(?:the (?:status|state) |an? )?(?P<state>[\w "
    r"-]+?)(?=[.;,]|$)",
    re.I,
)
_IN_ORDER = screened(
    r"\b(?:is|are|gets?)\s+(?P<list>[\w -]+(?:,\s*(?:and )?[\w -]+)+?),?\s+(?:in (?:this|that|exactly this) "
    r"order|one after the other)\b",
    re.I,
)
_AT_LAST = screened(r"^\s*(?:then|finally|lastly|at last|in the end)\s+", re.I)
_LONGEST = 3
_MODALS = frozenset("can may must will shall should could might not never no".split())


def turns(
    spoken: Iterable[Sentence], machines: list[tuple[Sentence, Found]], closed: frozenset[str], model: Model
) -> Iterator[tuple[Sentence, Found]]:
    """The steps that sentences add to the lives that others tell, in the brief's order.

    Entities of which a list gives all states are `closed`: what they can be besides is done to them, and no state.
    """
    lives = {(s.line, s.text): f for s, f in machines}
    fresh: dict[str, list[str]] = {}
    context: tuple[object, ...] = ()
    current: str | None = None
    open_states: tuple[str, ...] = ()
    for sentence in spoken:
        place = (sentence.sections, sentence.lead)
        if place != context:
            context, current, open_states = place, None, ()
        told = lives.get((sentence.line, sentence.text))
        if told:
            current, open_states = str(told["entity"]), ()
        mentioned = model.vocabulary.mentions(said(sentence.text))
        if started := _STARTS.search(sentence.text) if mentioned and not told else None:
            current, open_states = mentioned[0].entity, (started["state"].strip().lower(),)
            continue
        if not told and mentioned and (ordered := _IN_ORDER.search(sentence.text)):
            steps = [s for t in re.split(r",|\band\b", ordered["list"]) if (s := _AT_LAST.sub("", t).strip())]
            pairs = list(itertools.pairwise(steps))
            if all(map(is_condition, steps)) and (made := machine(mentioned[0].entity, "", pairs, model)):
                current = mentioned[0].entity
                fresh.setdefault(current, []).extend(steps)
                yield sentence, made | {"confidence": "medium"}
                continue
        for part in _PARTS.split(said(sentence.text)):
            if (
                ARROW.search(part)
                or is_timed(part)
                or (told and chain(changed(sentence, text=part, body=part, label=""), model))
            ):
                continue
            found = _turned(part, current, open_states, fresh, model)
            if found is None:
                continue
            entity, pairs = found
            if entity in closed and not {s for pair in pairs for s in pair} <= set(known_states(entity, model)):
                continue
            if made := machine(entity, "", pairs, model):
                current, open_states = entity, ()
                fresh.setdefault(entity, []).extend(s for pair in pairs for s in pair)
                yield sentence, made | {"confidence": "medium"}


def _turned(
    text: str, current: str | None, open_states: tuple[str, ...], fresh: dict[str, list[str]], model: Model
) -> tuple[str, list[tuple[str, str]]] | None:
    """(entity, transitions) of one part."""
    verb = _TURN.search(text)
    if verb is None:
        return None
    head = re.sub(r"^(?:and|but|so|also|however|then|from)\s+", "", text[: verb.start()].strip(), flags=re.I)
    targets = list(_states_of(text[verb.end() :]))
    if not targets or not head:
        return None
    mentions = model.vocabulary.mentions(head)
    entity = mentions[0].entity if mentions else current or with_states(set(targets) | set(tokens(head)[:1]), model)
    lives = entity is not None and (status_of(entity, model) is not None or entity in fresh or bool(verb["becomes"]))
    if entity is None or (mentions and not lives and not (verb["either"] or open_states)):
        return None
    known = tuple(dict.fromkeys((*known_states(entity, model), *fresh.get(entity, ()))))
    sources = _named(head, known)
    if not sources and not set(tokens(head)) - _IDLE - set(entity.split("_")) and current == entity:
        sources = open_states  # `It starts in quarantine. It is released or rejected.`
    before = (
        tokens(head)[: mentions[0].start] if mentions and "," not in head else ()
    )  # `once it leaves, a crate` is one
    modifier = [w for w in before if w not in _IDLE and w not in ("every", "each", "any", "all")]
    turned = verb["becomes"] and not re.match(r"\s+(?:an?|the|part|available for)\b", text[verb.end() :])
    if not sources and len(modifier) == 1 and (turned or (verb["either"] and all(map(is_condition, targets)))):
        sources = (modifier[0],)
    allowed = {tokens(k) for k in known}
    certain = all(tokens(t) in allowed for t in targets)
    if not sources or not (certain or turned or all(is_condition(t) for t in targets)):
        return None
    if verb["may"] and not certain and not _is_outcome(verb["may"], targets, head):
        return None
    if verb["is"] and not _only(head, sources, entity) and not certain:
        return None
    if verb["is"] and not certain and not (set(sources) == set(open_states) or verb["either"]):
        return None
    pairs = [(a, b) for a in sources for b in targets if tokens(a) != tokens(b)]
    return (entity, pairs) if pairs else None


def _is_outcome(verb: str, targets: list[str], head: str) -> bool:
    """Whether something can end up so: `may be cancelled`; what `can be edited` stays what it is."""
    if re.match(r"only\b", head, re.I):
        return False
    ends = re.search(r"\b(?:also|then|become|get|end|turn)\b", verb, re.I)
    return bool(ends) or all(t.lower().split()[-1] in OUTCOMES for t in targets)


def _states_of(tail: str) -> Iterator[str]:
    """The states behind the verb, without adverbs and reasons; nothing where one is too long to be a state."""
    bare = _SUBORDINATE.sub("", re.split(r"[.;(:]", tail)[0])
    found = []
    for part in re.split(r",|\bor\b|\band\b|/", bare):
        words = [w for w in part.split() if w.lower() not in _IDLE]
        if words:
            found.append(" ".join(words).strip("'\"`*"))
    if all(len(s.split()) <= _LONGEST and not _MODALS.intersection(s.lower().split()) for s in found):
        yield from found


def _named(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The states that a text names, longest first so that `in use` is found before `use`."""
    padded = f" {' '.join(tokens(text))} "
    found = []
    for state in sorted(known, key=lambda s: -len(s)):
        words = f" {' '.join(tokens(state))} "
        if words in padded:
            found.append(state)
            padded = padded.replace(words, " . ")
    return tuple(s for s in known if s in found)


def _only(head: str, sources: tuple[str, ...], entity: str) -> bool:
    """Whether a head holds nothing but states and their thing."""
    left = {w for s in sources for w in tokens(s)} | {"and", "or"} | _IDLE
    rest = [w for w in tokens(head) if w not in left]
    return all(w.rstrip("s") in entity or w in entity for w in rest)


def listed_states(sentence: Sentence, model: Model) -> Found | None:
    """`The status of a connector is free, occupied or out of order`, `status of a campaign: draft, live, failed`,
    `a costume is either in store, lent or in cleaning`."""
    found = _STATUS_OF.match(said(sentence.text))
    if found is None:
        return _either(said(sentence.text), model)
    mentions = model.vocabulary.mentions(found["who"])
    if not mentions or ARROW.search(sentence.text):
        return None
    values = [v.strip(" '\"`") for v in re.split(r",|\bor\b|\band\b|/|\|", found["values"]) if v.strip()]
    if len(values) < 2 or any(len(v.split()) > _LONGEST or tokens(v)[:1] in (("then",), ("first",)) for v in values):
        return None
    name = status_of(mentions[-1].entity, model) or found["attr"].lower()
    return {
        "kind": "allowed", "entity": mentions[-1].entity, "attributes": (name,), "values": tuple(dict.fromkeys(values)),
        "adds": (name,),
    }  # fmt: skip


def _either(text: str, model: Model) -> Found | None:
    """What something is at a time, one of several conditions; `an owner is a person or a firm` tells no condition."""
    found = _IS_EITHER.match(text)
    mentions = model.vocabulary.mentions(found["who"]) if found else ()
    if not found or len(mentions) != 1 or (mentions[0].start, mentions[0].end) != (0, len(tokens(found["who"]))):
        return None  # `a planned lesson is held or cancelled` tells what becomes of it
    values = [v.strip(" '\"`") for v in re.split(r",\s*(?:or\b)?|\bor\b", found["values"]) if v.strip()]
    few = len(values) < _FEW_STATES and not found["either"]
    plain = all(len(v.split()) <= _LONGEST and not _ARTICLED.search(v) and not _MODALS & set(tokens(v)) for v in values)
    if few or len(values) < 2 or not plain or sum(map(is_condition, values)) * 2 <= len(values):
        return None
    name = status_of(mentions[0].entity, model) or "status"
    return {
        "kind": "allowed", "entity": mentions[0].entity, "attributes": (name,), "adds": (name,),
        "values": tuple(dict.fromkeys(values)),
    }  # fmt: skip


_FEW_STATES = 3
_ARTICLED = screened(r"\b(?:an?|the|then|first|finally|by|with|than|one|two|\d+)\b", re.I)
_IS_EITHER = screened(
    r"^(?:an?|the|each|every|all)?\s*(?P<who>[\w -]{2,40}?) (?:is|are|can be|may be)(?: always| at any time)?"
    r"(?P<either> either| one of:?)? "
    r"(?P<values>[\w '\"-]+(?:,\s*[\w '\"-]+)*(?:,? or [\w '\"-]+))(?: at any time)?\.?$",
    re.I,
)
_STATUS_OF = screened(
    r"^(?:the )?(?:possible )?(?P<attr>status|state|stage|phase)(?:es|s)? (?:of|for) (?:an?|the|each|every"
    r"|all)?\s*(?P<who>[\w -]{2,40}?)"
    r"(?::| is(?: either| one of)?:?| are:?| can be:?| may be:?| must be:?)\s+(?P<values>[^.;:()]+)\.?$",
    re.I,
)
