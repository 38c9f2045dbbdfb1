"""Rules about a row's life: states and their transitions, what may not change, deletion by marking."""

import itertools
import re

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import Found, before_verb, rest_of
from agents.requirement_analysis.vocabulary import tokens
from contracts.requirements import Rule

ARROW = re.compile(r"\s*(?:→|->|=>|⇒|–>)\s*")
IMMUTABLE = re.compile(
    r"\bappend[- ]only\b|\bimmutable\b|\bread[- ]only\b|\bnever (?:be )?(?:changed|edited|modified|updated"
    r"|deleted or changed|altered)\b"
    r"|\b(?:cannot|can't|can not|must not|may not) be (?:changed|edited|modified|updated|altered)\b",
    re.I,
)
_AFTER_STATE = re.compile(r"\b(?:after|once|when)\b(?P<rest>.+)$", re.I)
SOFT = re.compile(r"\bsoft[- ]?delet|\bmarked as deleted\b|\blogically deleted\b|\bnot deleted\b", re.I)


def states(sentence: Sentence, model: Model) -> Found | None:
    """`Order status: pending → processing → shipped`; chains separated by commas or semicolons."""
    text = sentence.body if sentence.label else sentence.text
    if not ARROW.search(text) or text.split(" ", 1)[0].isupper():
        return None
    head = sentence.label or ""
    if not head:
        found = re.match(
            r"^(?P<head>.*?\b(?:status|state|stage|lifecycle)\b(?:\s+(?:goes|moves|changes|is|runs"
            r"|flows))?(?:\s+(?:from|through|as follows))?)\s*:?\s+(?P<rest>.*)$",
            text,
            re.I,
        )
        if not found:
            return None
        head, text = found["head"], found["rest"]
    mentions = model.vocabulary.mentions(head)
    if not mentions:
        return None
    transitions: list[tuple[str, str]] = []
    for chain in re.split(r"[,;.]", text):
        groups = [[_state(s) for s in re.split(r"\bor\b|/|\|", part) if _state(s)] for part in ARROW.split(chain)]
        transitions += [(a, b) for left, right in itertools.pairwise(groups) for a in left for b in right]
    if not transitions or any(model.vocabulary.named(s) for pair in transitions for s in pair):
        return None
    entity = mentions[0].entity
    name = _state_attribute(entity, head, model)
    return {
        "kind": "state", "entity": entity, "attributes": (name,), "transitions": tuple(dict.fromkeys(transitions)),
        "adds": (name,),
    }  # fmt: skip


def _state(text: str) -> str:
    """A state as a value."""
    return re.sub(r"\([^()]*\)", "", text).strip(" `'\"*.:").removeprefix("from ").strip()


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
            text = f"{earlier.text}; {rule.text}" if rule.text != earlier.text else earlier.text
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
    if attribute.origin.kind != "stated" and attribute.type in ("string", "text"):
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
    kept = (
        attribute.allowed if attribute.origin.kind == "stated" and attribute.origin.quote != rule.origin.quote else ()
    )
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


def immutable(sentence: Sentence, model: Model) -> Found | None:
    """`order history is append-only`; with a state (`after it was sent`) in `values`."""
    found = IMMUTABLE.search(sentence.text)
    mentions = model.vocabulary.mentions(sentence.text[: found.start()]) if found else ()
    if not found or not mentions:
        return None
    after = _AFTER_STATE.search(sentence.text[found.end() :])
    entity = mentions[-1].entity if len({m.entity for m in mentions}) == 1 else mentions[0].entity
    status = model.drafts[entity].attributes.get("status")
    if after:
        states = [
            v for v in (status.allowed if status else ()) if re.search(rf"\b{re.escape(v)}\b", after["rest"], re.I)
        ]
        return (
            {"kind": "immutable", "entity": entity, "attributes": ("status",), "values": tuple(states)}
            if states
            else None
        )
    rest = rest_of(tokens(before_verb(sentence.text, found.start())), mentions[0])
    if name := model.attribute(entity, rest) if rest else None:
        return {"kind": "immutable", "entity": entity, "attributes": (name,)}
    return {"kind": "immutable", "entity": entity}


def soft_delete(sentence: Sentence, model: Model) -> Found | None:
    """`users are soft-deleted`: the entity needs a time of deletion; which rows count is each query's matter."""
    found = SOFT.search(sentence.text)
    mentions = model.vocabulary.mentions(sentence.text)
    if not found or not mentions:
        return None
    return {"kind": "prose", "entity": mentions[0].entity, "attributes": ("deleted_at",), "adds": ("deleted_at",)}


def deletion_rule(sentence: Sentence, model: Model, ledger: Ledger) -> str | None:
    """The entity whose rows a sentence asks to mark as deleted; it gets `deleted_at`."""
    fields = soft_delete(sentence, model)
    if fields is None:
        return None
    requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
    entity = str(fields["entity"])
    model.ensure(entity, "deleted_at", stated(sentence), (requirement,))
    return entity
