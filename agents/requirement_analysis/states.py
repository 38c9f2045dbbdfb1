"""Rules about a row's life: states and their transitions, what may not change, deletion by marking."""

import itertools
import re
from collections.abc import Iterable, Iterator

from agents.language import tagged
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import (
    Found,
    about,
    said,
    states_named,
    status_of,
)
from agents.requirement_analysis.uncontracted import uncontracted
from agents.requirement_analysis.vocabulary import Mention, tokens
from agents.screening import screened
from contracts.requirements import Rule

ARROW = re.compile(r"\s*(?:→|->|=>|⇒|–>)\s*")
_HEAD = screened(
    r"^(?P<head>.*?\b(?:status|state|stage|phase|lifecycle|life cycle|workflow)\b(?:\s+(?:goes|moves|changes|is|runs"
    r"|flows))?(?:\s+(?:from|through|as follows))?)\s*:?\s+(?P<rest>.*)$",
    re.I,
)
_MOVES = screened(
    r"\b(?:go(?:es)?|moves?|changes?|pass(?:es)?|transitions?|progress(?:es)?|advances?|proceeds?) (?:on "
    r")?(?:from|through)\b"
    r"|\b(?:starts?|begins?)(?: (?:out|life))? (?:as|in|with)\b|\b(?:is|are) first\b|\bfirst becomes?\b"
    r"|\b(?:is|are)\b(?= [\w -]+,? (?:and )?then\b)"
    r"|\b(?:from|through) (?=[\w ]+ to [\w ]+(?:, (?:then|or)| and then))",
    re.I,
)
_MEETING = screened(
    r"\bfrom (?=[\w -]{2,30}? to (?P<joint>[\w -]{2,30}?),? (?:and )?(?:then )?from (?P=joint) to\b)", re.I
)
"""Steps that meet are a chain, whoever makes them: `guide a loan from requested to agreed, from agreed to out`."""
_STEP_WORD = re.compile(r"[^\W_][\w'-]*|[,;.:()]")
_TURNS = {
    "from": "from", "to": "to", "into": "to", "then": "to", "become": "to", "becomes": "to", "finally": "to",
    "or": "or", "before": "to", "afterwards": "to", "can": "to", "may": "to", "back": "back",
}  # fmt: skip
"""What a connecting word says of the state behind it."""
_MARKS_OF_STEPS = frozenset(
    {",", ";", ".", ":", "(", ")", "and", "if", "when", "once", "after", "by", "unless", "because", "never"}
)
_ENDS_OF_STEPS = frozenset({".", "(", ";"})
_ASIDES = frozenset({"if", "when", "once", "after", "by", "unless", "because", "never"})
"""Words with which something begins that is no step, up to the next comma."""
_EMPTY_IN_STEPS = frozenset(
    "be is are it they either goes go moves move changes change passes pass starts start begins begin the a an being "
    "finally directly also again status state back life out with gets get got end ends ended".split()
)
_AGAIN = frozenset({"is", "are", "gets", "goes"})
"""A verb of its own behind a comma goes on: `starts as draft, is published, …`."""
_LONGEST_STATE = 4


def states(sentence: Sentence, model: Model) -> Found | None:
    """`Order status: pending → processing → shipped`; chains separated by commas or semicolons.

    Without arrows, a sentence may tell the same: `an order goes from pending to processing, then shipped`.
    """
    text = sentence.body if sentence.label else said(sentence.text)
    if _GREATER.search(text) and not any(c.isdigit() for c in text):
        text = text.replace(" > ", " → ")
    first = text.split(" ", 1)[0]
    if first.isupper() and len(first) > 1 and ARROW.search(text):
        return None
    if not ARROW.search(text):
        return told(sentence, model)
    head, text = (sentence.label, text) if sentence.label else _headed(text, model)
    entity = _entity(head, sentence, model) if head else None
    transitions: list[tuple[str, str]] = []
    for chain in re.split(r"[,;.]", text):
        groups = [[_state(s) for s in re.split(r"\bor\b|/|\|", part) if _state(s)] for part in ARROW.split(chain)]
        transitions += [(a, b) for left, right in itertools.pairwise(groups) for a in left for b in right]
    entity = entity or with_states({s for pair in transitions for s in pair}, model) or _beside(sentence, model)
    return machine(entity, head, transitions, model) if entity else None


_GREATER = re.compile(r"[a-z] > [a-z][\w ]* > [a-z]")
"""`draft > approved > paid`: one mark between words compares, several are steps."""
_GOES = re.compile(
    r"^\s*(?:status|state)?\s*(?:(?:always |usually )?(?:goes|go|moves?|changes?|is|are|runs?|passes|flows?"
    r"|starts?|has)\b)?"
    r"\s*(?:from|through|as|in)?\s*:?\s*",
    re.I,
)


def _headed(text: str, model: Model) -> tuple[str, str]:
    """(whose states, the chain) of `a unit goes quarantine → released`; a bare chain has no head."""
    if found := _HEAD.match(text):
        return found["head"], found["rest"]
    first = ARROW.split(text)[0]
    mentions = model.vocabulary.mentions(first)
    if not mentions:
        return "", text
    words = re.findall(r"[^\W_]+", first)
    place = text.find(words[min(mentions[0].end, len(words)) - 1]) if len(words) == len(tokens(first)) else -1
    if place < 0:
        return "", text
    end = place + len(words[min(mentions[0].end, len(words)) - 1])
    verb = _GOES.match(text[end:])
    return text[:end], text[end + (verb.end() if verb else 0) :]


def _beside(sentence: Sentence, model: Model) -> str | None:
    """The one entity with a status that the rest of the sentence names: `draft → paid; a paid run is frozen`."""
    rest = [c for c in re.split(r"[;.]", sentence.text) if not ARROW.search(c) and not _GREATER.search(c)]
    named = {m.entity for c in rest for m in model.vocabulary.mentions(c) if status_of(m.entity, model)}
    return named.pop() if len(named) == 1 else None


def entity_of_states(sentence: Sentence, model: Model) -> str | None:
    """The entity that a sentence about states names first."""
    mentions = model.vocabulary.mentions(sentence.text)
    return mentions[0].entity if mentions else about(sentence, model)


def with_states(states: set[str], model: Model) -> str | None:
    """The one entity whose status has all these values, where nothing else says whose states they are."""
    wanted = {tokens(s) for s in states}
    fits = [name for name in model.drafts if wanted and wanted <= {tokens(v) for v in known_states(name, model)}]
    return fits[0] if len(fits) == 1 else None


def _entity(head: str, sentence: Sentence, model: Model) -> str | None:
    """The entity whose states are told: the one that the head names, else that of the section."""
    mentions = model.vocabulary.mentions(head)
    return mentions[0].entity if mentions else about(sentence, model)


def machine(entity: str, head: str, transitions: list[tuple[str, str]], model: Model) -> Found | None:
    """The rule, unless a word that stands for a state is an entity or no state at all."""
    known = {tuple(tokens(v)): v for v in known_states(entity, model)}
    spelt = [(known.get(tokens(a), a), known.get(tokens(b), b)) for a, b in transitions]
    if any(len(tokens(s)) > _LONGEST_STATE or not tokens(s) or _SPEAKER.match(s) for pair in spelt for s in pair):
        return None
    if not spelt or any(s not in known.values() and model.vocabulary.named(s) for pair in spelt for s in pair):
        return None
    name = _state_attribute(entity, head, model)
    return {
        "kind": "state", "entity": entity, "attributes": (name,), "transitions": tuple(dict.fromkeys(spelt)),
        "adds": (name,),
    }  # fmt: skip


_SPEAKER = screened(r"(?:i|we|you|he|she)\b", re.I)
"""Who tells a story is no state of it: `it is sold, and then I'd just change it`."""


def known_states(entity: str, model: Model) -> tuple[str, ...]:
    """The states that the brief lists for an entity's status."""
    name = status_of(entity, model)
    return model.drafts[entity].attributes[name].allowed if name else ()


def told(sentence: Sentence, model: Model) -> Found | None:
    """`a parcel is first announced, then collected`, `moves from opened to done`, `start as trial, become active`."""
    text = _FROM_THEN.sub("then", _FIRST_BEHIND.sub(r"\g<is> first \g<state>", uncontracted(said(sentence.text))))
    meeting = _MEETING.search(text)
    verb = _MOVES.search(text) or meeting
    if verb is None:
        return _told_of(sentence, model)
    entity = _entity(text[: verb.start()], sentence, model)
    if entity is None:
        return None
    rest = re.sub(r"^\s*(?:the )?(?:states?|stages?|phases?|steps)\b:?", "", text[verb.end() :])
    in_turn = verb[0].endswith("through") or (_AT_LAST.search(rest) and not re.search(r"\bor\b", rest))
    transitions = list(_walked(list(_steps(rest.replace(",", " then ") if in_turn else rest, meeting is not None))))
    named = {s for pair in transitions for s in pair}
    known = {tokens(v) for v in known_states(entity, model)}
    sure = {s for s in named if tokens(s) in known or is_condition(s) or s.endswith("ing")}
    if not transitions or 2 * len(sure) < len(named):
        return None
    found = machine(entity, text[: verb.start()], transitions, model)
    return found | {"confidence": "medium"} if found else None


_FROM_THEN = screened(
    r"\b(?:from then on|from there(?: on)?|after that|after this|thereafter|in the end|at last)\b", re.I
)
_FIRST_BEHIND = screened(r"\b(?P<is>is|are) (?P<state>[\w-]+(?: [\w-]+)?) (?:at )?first(?=,)", re.I)
"""`is open first, then packed` is `is first open, then packed`."""
_AT_LAST = screened(r",[^,;.]*\band (?:then |finally |lastly |at last |in the end |is then )", re.I)
"""A list whose last step comes at last is told in its order: `alarmed, on site and in the end closed`."""


_STATUS = screened(r"\b(?:status|state|stage|phase|life ?cycle|life)\b", re.I)


def _told_of(sentence: Sentence, model: Model) -> Found | None:
    """`status of a pledge: pending, then captured or refunded`: the label says whose states follow."""
    mentions = model.vocabulary.mentions(sentence.label) if _STATUS.search(sentence.label) else ()
    if (
        not mentions
        or not re.search(r"\b(?:then|finally|afterwards)\b", sentence.body)
        or sentence.body == sentence.text
    ):
        return None
    steps = list(_steps(re.sub(r"^(?:at )?first(?:ly)?\b", "", sentence.body.strip(), flags=re.I)))
    found = machine(mentions[0].entity, sentence.label, list(_walked(steps)), model)
    return found | {"confidence": "medium"} if found else None


def is_condition(state: str) -> bool:
    """Whether words say how something is (`submitted`, `in transit`) and do not name a thing."""
    return any(t.tag in ("participle", "adjective", "preposition") for t in tagged(state)) or state.isupper()


def _steps(text: str, chained: bool = False) -> Iterator[tuple[str, str]]:
    """(`from`, `to`, `or` or `back`, state) for each state that a sentence names after its verb.

    The connecting words decide: `from` opens a chain, `to`, `then`, `become` go on, `or` and a comma add another state
    to the same step; `and` goes with what follows it. Where steps are `chained`, `out` alone is a state.
    """
    kind, aside = "from", False
    words: list[str] = []
    for word in [*_STEP_WORD.findall(text), "."]:
        low = word.lower()
        turn = _TURNS.get(low)
        if turn == "back" and _bare_state(words):
            turn = None  # `handed back` is a state, `and back` a way
        if aside and low not in (",", ";", ".", "(", "then", "finally"):
            continue
        aside = low in _ASIDES
        if turn is None and low not in _MARKS_OF_STEPS:
            kind = "to" if kind == "or" and not words and low in _AGAIN else kind
            words.append(word)
            continue
        if state := "out" if chained and words == ["out"] else _bare_state(words):
            yield kind, state
            kind = "or"
        words = []
        if turn == "back":
            yield "back", ""
        if low in _ENDS_OF_STEPS:
            return
        kind = turn if turn not in (None, "back") else kind


def _bare_state(words: list[str]) -> str:
    """The words of a state without auxiliaries and adverbs; nothing where too many are left to be one."""
    first = next((n for n, w in enumerate(words) if w.lower() not in _EMPTY_IN_STEPS), len(words))
    kept = words[first:]
    while kept and kept[-1].lower() in _EMPTY_IN_STEPS and not _is_particle(kept):
        kept = kept[:-1]  # inside, they belong to the state: `on the road`
    return " ".join(kept).strip("'\"`*") if 1 <= len(kept) <= 3 else ""


def _is_particle(words: list[str]) -> bool:
    """Whether the last word belongs to the participle before it: `handed back`, `checked out`."""
    return len(words) > 1 and words[-1].lower() in ("back", "out") and is_condition(words[-2])


def _walked(steps: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The transitions of the steps: each group of alternatives follows every state of the group before it."""
    before: list[str] = []
    group: list[str] = []
    for kind, state in [*steps, ("end", "")]:
        if kind == "or" and group:
            group.append(state)
            continue
        if kind == "back":
            yield from ((b, a) for a in before for b in group if a != b)
            continue
        yield from ((a, b) for a in before for b in group if a != b)
        before = [] if kind == "from" else group
        group = [state]


def returning(sentence: Sentence, model: Model) -> Found | None:
    """`paused members can become active again`, `only draft reports can be submitted`, `X that is open can be closed`.

    Certain only where both are states that the brief lists: the one before the verb may become the one behind it.
    """
    text = said(sentence.text)
    verb = re.search(
        r"\b(?:can|may)(?: only)?(?: again)? (?:be|become|go back to|return to)\b|\b(?:are|is)(?: then| later"
        r"| either)?(?= )",
        text, re.I,
    )  # fmt: skip
    if verb is None:
        return None
    bare = verb[0].lower().startswith(("are", "is"))
    head = re.split(r"[;:]", text[: verb.start()])[-1]
    for mention in model.vocabulary.mentions(head):
        before = states_named(head, mention.entity, model)
        after = states_named(re.split(r"\b(?:if|when|by|after|once)\b", text[verb.end() :])[0], mention.entity, model)
        if bare and not _only_states(head, mention, before, text[verb.end() :], after):
            continue
        pairs = [(a, b) for a in before for b in after if a != b]
        if pairs and (found := machine(mention.entity, text, pairs, model)):
            return found | {"confidence": "medium"}
    return None


def _only_states(head: str, mention: Mention, before: tuple[str, ...], rest: str, after: tuple[str, ...]) -> bool:
    """Whether `open bookings are paid or cancelled` says nothing but states on both sides of its verb."""
    first = tokens(head)[: mention.start]
    left = {w for v in before for w in tokens(v)} | {"and", "or", "an", "a", "the"}
    right = {w for v in after for w in tokens(v)} | {"and", "or", "either"}
    return bool(before and after) and set(first) <= left and set(tokens(rest)) <= right and not set(before) & set(after)


def tabled(rows: Iterable[Sentence], model: Model) -> Iterator[tuple[Sentence, Found]]:
    """Transitions in a table with the columns `from` and `to`."""
    for row in rows:
        cells = {" ".join(tokens(title)): cell for title, cell in row.cells}
        source = next((cells[t] for t in ("from", "from state", "state", "current state") if cells.get(t)), None)
        target = next((cells[t] for t in ("to", "to state", "next state", "next") if cells.get(t)), None)
        entity = _tabled_entity(row, model) if source and target else None
        if entity and source and target:
            pairs = [(_state(source), _state(t)) for t in re.split(r",|/|\bor\b", target) if _state(t)]
            if found := machine(entity, "", pairs, model):
                yield row, found


def _tabled_entity(row: Sentence, model: Model) -> str | None:
    """The entity that the table's heading or introduction names."""
    for title in (row.lead, *reversed(row.sections)):
        if mentions := model.vocabulary.mentions(title):
            return mentions[0].entity
    return None


def _state(text: str) -> str:
    """A state as a value."""
    return re.sub(r"\([^()]*\)", "", text).strip(" `'\"*.:").removeprefix("and ").removeprefix("from ").strip()


def _state_attribute(entity: str, head: str, model: Model) -> str:
    """The attribute that holds the state."""
    for word in ("status", "state", "stage"):
        if word in model.drafts[entity].attributes:
            return word
    return next((w for w in ("status", "state", "stage") if w in tokens(head)), "status")


def joined_states(found: list[Rule], model: Model) -> tuple[Rule, ...]:
    """One state rule for each attribute, with the transitions of all its sentences; states are allowed values."""
    joined: dict[tuple[object, ...], Rule] = {}
    for rule in found:
        key: tuple[object, ...] = ("state", rule.entity, rule.attributes) if rule.kind == "state" else (rule.id,)
        earlier = joined.get(key)
        if earlier is not None and rule.kind == "state":
            both = tuple(dict.fromkeys((*earlier.transitions, *rule.transitions)))
            serves = tuple(dict.fromkeys((*earlier.serves, *rule.serves)))
            text = f"{earlier.text}; {rule.text}" if rule.text not in earlier.text else earlier.text
            rule = earlier.model_copy(update={"transitions": both, "serves": serves, "text": text})
        joined[key] = rule
    for rule in joined.values():
        if rule.kind == "state" and rule.entity:
            _allow_states(rule, model)
        allow_stated(rule, model)
    return tuple(_with_values(rule) if rule.kind == "state" else rule for rule in joined.values())


def states_of(rule: Rule) -> tuple[str, ...]:
    """The states of a state rule, in the order in which its transitions name them."""
    return tuple(dict.fromkeys(state for pair in rule.transitions for state in pair))


def allow_stated(rule: Rule, model: Model) -> None:
    """The values of an `allowed` rule replace usual ones of the archetype, so that the two cannot contradict."""
    if rule.kind != "allowed" or not rule.entity:
        return
    attributes = model.drafts[rule.entity].attributes
    attribute = attributes[rule.attributes[0]]
    if (attribute.origin.kind != "stated" or not attribute.allowed) and attribute.type in ("string", "text"):
        default = attribute.default if attribute.default in rule.values else None
        attributes[attribute.name] = attribute.model_copy(
            update={
                "allowed": rule.values, "default": default, "type": "string",
                "length": max((attribute.length or 20), *(len(v) for v in rule.values)),
                "serves": tuple(dict.fromkeys((*attribute.serves, *rule.serves))),
            }
        )  # fmt: skip


def _with_values(rule: Rule) -> Rule:
    return rule.model_copy(update={"values": states_of(rule)})


def _allow_states(rule: Rule, model: Model) -> None:
    """The states are the attribute's allowed values; values that the brief lists itself stay allowed as well."""
    draft = model.drafts[str(rule.entity)]
    attribute = draft.attributes[rule.attributes[0]]
    states = states_of(rule)
    own = attribute.origin.kind == "stated" and attribute.origin.quote != rule.origin.quote
    listed = bool(set(attribute.serves) & set(rule.serves)) and set(states) <= set(attribute.allowed)
    kept = attribute.allowed if own or listed else ()
    allowed = tuple(dict.fromkeys((*kept, *states)))
    first = rule.transitions[0][0]
    default = attribute.default if attribute.default in allowed else first
    draft.attributes[attribute.name] = attribute.model_copy(
        update={
            "allowed": allowed, "default": default, "type": "string", "optional": False,
            "length": max((attribute.length or 20), *(len(s) for s in allowed)),
            "serves": tuple(dict.fromkeys((*attribute.serves, *rule.serves))),
        }
    )  # fmt: skip
