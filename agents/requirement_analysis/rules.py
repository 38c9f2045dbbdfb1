"""Business rules: typed where the words leave no doubt which rows break them, prose otherwise.

A typed rule becomes a constraint downstream, so a wrong type is worse than prose: every reader below wants the entity,
the attributes and the relation to be named.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of, stated
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import Mention, one_of, tokens
from contracts.requirements import Rule

Found = dict[str, Any]
"""The fields of a rule besides id, text, origin and serves; `adds` names attributes that the entity must have."""

_ARROW = re.compile(r"\s*(?:→|->|=>|⇒|–>)\s*")
_WORD_NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "once": 1, "twice": 2}
_NUMBER = r"(?P<number>-?\d+(?:[.,]\d+)*|zero|one|two|three|four|five|ten)"
_POSITIVE = re.compile(
    r"\b(?:must|has to|should|is|are|be)?\s*(?:always )?(?:be )?(?:positive|(?:greater|more|higher|larger) than (?:zero|0)|above (?:zero|0)|> ?0)(?![\w.])",
    re.I,
)
_NOT_NEGATIVE = re.compile(
    r"\b(?:non-?negative|(?:cannot|can't|can not|must not|may not|never|not) (?:be |become |go |fall )?(?:negative|below (?:zero|0))|zero or (?:more|greater)|≥ ?0)\b|>= ?0(?![\d.])",
    re.I,
)
_BETWEEN = re.compile(
    rf"\b(?:between|from|in the range(?: of)?|within)\s+(?P<low>-?\d+(?:\.\d+)?)\s*(?:%\s*)?(?:and|to|-|–|\.\.)\s*(?P<high>-?\d+(?:\.\d+)?)",
    re.I,
)
_AT_LEAST = re.compile(rf"(?:\b(?:at least|not less than|no less than|minimum(?: of)?)|>=|≥)\s*{_NUMBER}", re.I)
_AT_MOST = re.compile(
    rf"(?:\b(?:at most|not more than|no more than|maximum(?: of)?|up to|cannot exceed|must not exceed|never exceeds?)|<=|≤)\s*{_NUMBER}",
    re.I,
)
_UNIQUE = re.compile(r"\bunique(?:ness|ly)?\b|\bno two\b.*\bsame\b", re.I)
_PER = re.compile(
    r"\b(?:per|within|for each|for every|in each|inside|in one|of one|by)\s+(?:(?:an?|the|each|every)\s+)?(?P<scope>[\w' ,-]+)",
    re.I,
)
_ONCE = re.compile(
    r"\b(?:only once|at most once|once only|not more than once|no more than once|only one|at most one|exactly one|one)\b.*?\b(?:per|for each|a|each|in an?|in each|in one|by each|for the same|on the same)\s+(?P<scope>[\w' -]+)",
    re.I,
)
_OVERLAP = re.compile(r"double[- ]?book|\boverlap|\bat the same time\b|\bone (?P<what>[\w ]+?) at a time\b", re.I)
_COMPARISON = re.compile(
    r"\b(?P<left>[\w' -]+?)\s+(?:must|has to|have to|should|is|are|may|can|always|will)?\s*(?P<not>not |never |cannot )?\s*(?:be |always |is |lie )*"
    r"(?P<word>not before|never before|no earlier than|not earlier than|not after|never after|no later than|not later than|after|later than|before|earlier than|greater than or equal to|at least|greater than|more than|higher than|"
    r"less than or equal to|at most|less than|lower than|exceed|exceeds|>=|<=|>|<|≥|≤)\s+(?:the |its |their )?(?P<right>[\w' -]+)",
    re.I,
)
_OPERATORS = {
    "not before": ">=", "never before": ">=", "no earlier than": ">=", "not earlier than": ">=", "not after": "<=", "never after": "<=",
    "no later than": "<=", "not later than": "<=", "after": ">", "later than": ">", "before": "<", "earlier than": "<",
    "greater than or equal to": ">=", "at least": ">=", "greater than": ">", "more than": ">", "higher than": ">",
    "less than or equal to": "<=", "at most": "<=", "less than": "<", "lower than": "<", "exceed": ">", "exceeds": ">",
    ">=": ">=", "<=": "<=", ">": ">", "<": "<", "≥": ">=", "≤": "<=",
}  # fmt: skip
_NEGATED = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_ENDS_AFTER = re.compile(
    r"\b(?:ends?|finish(?:es)?|stops?)\s+(?:only )?(?:after|later than)\s+(?:it |they |its |the )?(?:starts?|begins?)",
    re.I,
)
_IMMUTABLE = re.compile(
    r"\bappend[- ]only\b|\bimmutable\b|\bread[- ]only\b|\bnever (?:be )?(?:changed|edited|modified|updated|deleted or changed|altered)\b"
    r"|\b(?:cannot|can't|can not|must not|may not) be (?:changed|edited|modified|updated|altered)\b",
    re.I,
)
_AFTER_STATE = re.compile(r"\b(?:after|once|when)\b(?P<rest>.+)$", re.I)
_ALLOWED = re.compile(
    r"\b(?:is|are|must be|can be|may be|has to be)\s+(?:either |one of(?: the following)?:? )(?P<values>[^.;]+)$", re.I
)
_SOFT = re.compile(r"\bsoft[- ]?delet|\bmarked as deleted\b|\blogically deleted\b|\bnot deleted\b", re.I)
_CAPACITY = re.compile(
    rf"\b(?:at most|up to|no more than|not more than|maximum(?: of)?|max\.?)\s+{_NUMBER}\s+(?P<what>[\w ]+?)\s+(?:per|for each|in an?|in each|in one|on an?|for an?)\s+(?P<scope>[\w ]+)",
    re.I,
)
_MODAL = re.compile(
    r"\b(?:must|cannot|can't|can not|may not|may only|can only|has to|have to|never|always|only|unique|at least|at most|not allowed|required)\b",
    re.I,
)


def rules(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> tuple[Rule, ...]:
    """Every rule of the brief, one a sentence; state machines that several sentences describe are one rule."""
    found: list[Rule] = []
    for sentence in sentences:
        if not _may_hold_rule(sentence):
            continue
        fields = _typed(sentence, model)
        in_rules = topic(sentence) == "rules"
        if fields is None and not in_rules:
            continue
        if fields is None and _is_title(sentence):
            continue
        found.append(_rule(sentence, fields or _prose(sentence, model), model, ledger))
    return (*_joined_states([*_listed(model, ledger), *found], model), *_usual(found, model))


def _listed(model: Model, ledger: Ledger) -> list[Rule]:
    """`unique per order` in an attribute list."""
    found = []
    for entity, attribute, sentence in model.unique_within:
        scopes = _scopes(f"per {attribute.unique_per}", entity, model)
        if scopes:
            requirement = ledger.requirement("rule", f"{entity} {sentence.text}", sentence.text, sentence)
            found.append(
                Rule(
                    id=requirement, text=sentence.text, kind="unique", entity=entity,
                    attributes=(*scopes, attribute.name), origin=stated(sentence), serves=(requirement,),
                )
            )  # fmt: skip
    return found


def _usual(found: list[Rule], model: Model) -> Iterator[Rule]:
    """Rules that hold for nearly every entity of an archetype, where its attributes exist and the brief says nothing else."""
    known = {(r.entity, r.kind, frozenset(r.attributes)) for r in found}
    for draft in model.drafts.values():
        for rule in draft.archetype.rules if draft.archetype else ():
            names = tuple(n if n in draft.names() else _parent_word(n, draft, model) for n in rule.attributes)
            if not all(names) or (draft.name, rule.kind, frozenset(names)) in known:
                continue
            rule_id = f"rule.{slug_of(' '.join((draft.name, rule.kind, *map(str, names))))}"
            text = f"{draft.label}: {_spelt(rule.kind, names, rule.operator)}"
            why = inferred(f"holds for nearly every {draft.archetype.name}" if draft.archetype else "usual")
            yield Rule(
                id=rule_id, text=text, kind=rule.kind, entity=draft.name, attributes=tuple(map(str, names)),
                operator=rule.operator, origin=why, serves=(draft.requirement,),
            )  # fmt: skip


def _parent_word(name: str, draft: Draft, model: Model) -> str | None:
    """The project's word for a parent that an archetype's rule names."""
    for known in draft.archetype.parents if draft.archetype else ():
        if known.reference == name:
            for reference, parent in draft.parents.items():
                archetype = model.drafts[parent].archetype
                if parent == known.entity or (archetype is not None and archetype.name == known.entity):
                    return reference
    return None


def _spelt(kind: str, names: tuple[str | None, ...], operator: str | None) -> str:
    """An inferred rule in words."""
    said = [str(n).replace("_", " ") for n in names]
    if kind == "comparison":
        return f"{said[0]} {operator} {said[1]}"
    if kind == "no_overlap":
        return f"no overlap for one {said[0]} between {said[1]} and {said[2]}"
    return f"{', '.join(said[:-1])} and {said[-1]} together are unique"


def _may_hold_rule(sentence: Sentence) -> bool:
    """Headings, code, tables, plans for later and numbers of the load hold no rules."""
    if sentence.form in ("heading", "code", "row") or not sentence.body:
        return False
    if topic(sentence) == "rules":
        return True
    outside = (
        "future",
        "integration",
        "stack",
        "success",
        "api",
        "performance",
        "availability",
        "relationships",
        "access",
    )
    return topic(sentence) not in outside and bool(
        _MODAL.search(sentence.text)
        or _OVERLAP.search(sentence.text)
        or _ARROW.search(sentence.text)
        or _IMMUTABLE.search(sentence.text)
        or _SOFT.search(sentence.text)
    )


def _is_title(sentence: Sentence) -> bool:
    return sentence.text.rstrip().endswith(":")


def _typed(sentence: Sentence, model: Model) -> Found | None:
    """The first reading that is certain."""
    readers: tuple[Callable[[Sentence, Model], Found | None], ...] = (
        _states, _no_overlap, _ends_after, _unique, _once, _capacity, _range, _compared, _allowed, _immutable, _soft_delete,
    )  # fmt: skip
    for reader in readers:
        if found := reader(sentence, model):
            return found
    return None


def _rule(sentence: Sentence, fields: Found, model: Model, ledger: Ledger) -> Rule:
    """The rule with its requirement; attributes that only the rule names are added to its entity."""
    requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
    for name in fields.pop("adds", ()):
        model.ensure(fields["entity"], name, stated(sentence), (requirement,))
    return Rule(id=requirement, text=sentence.text, origin=stated(sentence), serves=(requirement,), **fields)


def _prose(sentence: Sentence, model: Model) -> Found:
    """A rule that no constraint expresses."""
    mentions = model.vocabulary.mentions(sentence.text)
    return {"kind": "prose", "entity": mentions[0].entity if mentions else None}


def subject(text: str, model: Model) -> tuple[str, str | None] | None:
    """(entity, attribute) that the words before a verb name: `quantity of an order item`, `product price`, `a user's email`.

    The attribute is None when the words name none that the entity has. None when no entity is named.
    """
    words = tokens(text)
    mentions = model.vocabulary.mentions(text)
    if not mentions:
        name = "_".join(w for w in words if w not in _FILLERS)
        owners = [entity for entity, draft in model.drafts.items() if name in draft.attributes]
        return (owners[0], name) if len(owners) == 1 else None
    for mention in (mentions[0], mentions[-1]) if len(mentions) > 1 else mentions:
        rest = _rest(words, mention)
        if rest and (name := model.attribute(mention.entity, rest)):
            return mention.entity, name
    whole = _whole(text, model)
    if whole:
        return whole
    return mentions[0].entity, None


_FILLERS = frozenset("a an the of s each every its their for must has have is be value any all new".split())


def _rest(words: tuple[str, ...], mention: Mention) -> tuple[str, ...]:
    """The words of a phrase without the entity and without fillers."""
    return tuple(w for w in (*words[: mention.start], *words[mention.end :]) if w not in _FILLERS)


def _whole(text: str, model: Model) -> tuple[str, str] | None:
    """`Order number`: the entity's name is the beginning of its attribute's name."""
    phrase = tuple(w for w in tokens(text) if w not in _FILLERS)
    for mention in model.vocabulary.mentions(text):
        if name := model.attribute(mention.entity, phrase):
            return mention.entity, name
    return None


def _subject_or_new(text: str, model: Model) -> tuple[str, str, bool] | None:
    """(entity, attribute, whether it must be added) for a rule that may name an attribute which was not listed."""
    found = subject(text, model)
    if found is None:
        return None
    entity, name = found
    if name is not None:
        return entity, name, False
    mentions = model.vocabulary.mentions(text)
    words = tokens(text)
    if len({m.entity for m in mentions}) != 1 or model.drafts[entity].described:
        return None
    rest = _rest(words, mentions[0])
    if not 1 <= len(rest) <= 2:
        return None
    attribute = identifier("_".join(rest))
    before = mentions[0].end <= words.index(rest[0]) and rest[0] in ("number", "code", "key")
    return entity, f"{mentions[0].entity}_{attribute}" if before else attribute, True


def _bare(entity: str, name: str, model: Model) -> bool:
    """Whether an attribute can carry a numeric bound."""
    attribute = model.drafts[entity].attributes.get(name)
    return attribute is not None and attribute.type in ("integer", "decimal", "money", "percentage", "duration")


def _range(sentence: Sentence, model: Model) -> Found | None:
    """`price must be positive`, `rating between 1 and 5`, `quantity at least 1`."""
    text = sentence.text
    for pattern, bounds in (
        (_POSITIVE, lambda m: {"minimum": Decimal(0), "exclusive_minimum": True}),
        (_NOT_NEGATIVE, lambda m: {"minimum": Decimal(0)}),
        (_BETWEEN, lambda m: {"minimum": Decimal(m["low"]), "maximum": Decimal(m["high"])}),
        (_AT_LEAST, lambda m: {"minimum": _number(m["number"])}),
        (_AT_MOST, lambda m: {"maximum": _number(m["number"])}),
    ):
        found = pattern.search(text)
        if not found:
            continue
        named = subject(_before(text, found.start()), model)
        if named and named[1] and _bare(named[0], named[1], model):
            limits = bounds(found)
            if limits.get("maximum") is not None and limits.get("minimum", Decimal("-Infinity")) > limits["maximum"]:
                return None
            return {"kind": "range", "entity": named[0], "attributes": (named[1],), **limits}
    return None


def _before(text: str, place: int) -> str:
    """The subject: what stands before the verb, without what a colon introduces."""
    return re.sub(
        r"\b(?:must|cannot|can|has to|have to|should|may|is|are|can't|never|always|be|shall)\b.*$", "", text[:place]
    )


def _number(text: str) -> Decimal:
    """`1,000`, `2.5`, `two`."""
    if text.lower() in _WORD_NUMBERS:
        return Decimal(_WORD_NUMBERS[text.lower()])
    return Decimal(text.replace(",", "")) if text.count(".") <= 1 else Decimal(text.split(".")[0])


def _unique(sentence: Sentence, model: Model) -> Found | None:
    """`email is unique`, `line number is unique per order`, `unique among users that are not deleted`."""
    found = _UNIQUE.search(sentence.text)
    if not found or found[0].lower().startswith("no two"):
        return None
    named = _subject_or_new(_before(sentence.text, found.start()), model)
    if not named:
        return None
    entity, name, added = named
    scopes = _scopes(sentence.text[found.end() :], entity, model)
    if scopes is None:
        return None
    return {"kind": "unique", "entity": entity, "attributes": (*scopes, name), "adds": (name,) if added else ()}


def _scopes(text: str, entity: str, model: Model) -> tuple[str, ...] | None:
    """The attributes within which something is unique; None where the scope cannot be resolved."""
    found = _PER.search(text)
    if not found:
        return ()
    parts = [p for p in re.split(r",|\band\b", found["scope"]) if p.strip()]
    names = [_scope(part, entity, model) for part in parts]
    return tuple(n for n in names if n) if all(names) and names else None


def _scope(text: str, entity: str, model: Model) -> str | None:
    """A parent or attribute that a scope names: its first words decide (`per order at any time`)."""
    words = tuple(w for w in tokens(text) if w not in _FILLERS and w not in ("same", "one", "per"))
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


def _once(sentence: Sentence, model: Model) -> Found | None:
    """`a product appears only once per order`, `one review per user and product`, `a habit is ticked only once per day`."""
    found = _ONCE.search(sentence.text)
    if not found:
        return None
    head = sentence.text[: found.start()]
    scope_text = found["scope"]
    named = [m.entity for m in model.vocabulary.mentions(sentence.text)]
    for entity in _children(named, model, sentence.text):
        scopes = [_scope(part, entity, model) for part in re.split(r",|\band\b", scope_text)]
        inner = [n for m in model.vocabulary.mentions(head) if (n := model.reference(entity, m.entity))]
        names = tuple(dict.fromkeys([*inner, *(s for s in scopes if s)]))
        if all(scopes) and len(names) >= 2:
            return {"kind": "unique", "entity": entity, "attributes": names}
    return None


def _children(named: list[str], model: Model, text: str) -> list[str]:
    """Entities that a rule about their parents may be about: named ones first, then by the verb, then joint children."""
    joint = [name for name, draft in model.drafts.items() if set(named) <= {*draft.parents.values()} and draft.parents]
    verbs = {one_of(w.removesuffix("ed")) for w in tokens(text)}
    return list(dict.fromkeys([*named, *(j for j in joint if j in verbs), *(j for j in joint if len(named) > 1)]))


_CANCELLED = ("cancelled", "canceled", "rejected", "no show", "no_show", "declined", "expired")


def _no_overlap(sentence: Sentence, model: Model) -> Found | None:
    """`a practitioner cannot be double-booked`: no two appointments of one practitioner overlap.

    `values` are the states that do not count, when the sentence excepts them.
    """
    if not _OVERLAP.search(sentence.text):
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


def _ends_after(sentence: Sentence, model: Model) -> Found | None:
    """`an appointment ends after it starts`."""
    if not _ENDS_AFTER.search(sentence.text):
        return None
    for mention in model.vocabulary.mentions(sentence.text):
        if span := interval(mention.entity, model):
            return {"kind": "comparison", "entity": mention.entity, "attributes": (span[1], span[0]), "operator": ">"}
    return None


def _compared(sentence: Sentence, model: Model) -> Found | None:
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
    own = set(entity.split("_"))
    words = [w for w in tokens(text) if w not in _FILLERS and w not in ("not", "never", "cannot", "always")]
    for drop in (lambda w: False, lambda w: w in own or singular(w) in own):
        phrase = tuple(w for w in words if not drop(w))
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


def _states(sentence: Sentence, model: Model) -> Found | None:
    """`Order status: pending → processing → shipped`; chains separated by commas or semicolons."""
    text = sentence.body if sentence.label else sentence.text
    if not _ARROW.search(text) or text.split(" ", 1)[0].isupper():
        return None
    head = sentence.label or ""
    if not head:
        found = re.match(
            r"^(?P<head>.*?\b(?:status|state|stage|lifecycle)\b(?:\s+(?:goes|moves|changes|is|runs|flows))?(?:\s+(?:from|through|as follows))?)\s*:?\s+(?P<rest>.*)$",
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
        groups = [[_state(s) for s in re.split(r"\bor\b|/|\|", part) if _state(s)] for part in _ARROW.split(chain)]
        transitions += [(a, b) for left, right in zip(groups, groups[1:], strict=False) for a in left for b in right]
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


def _joined_states(found: list[Rule], model: Model) -> tuple[Rule, ...]:
    """One state rule for each attribute, with the transitions of all its sentences; its states are the allowed values."""
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
    return tuple(_with_values(rule) if rule.kind == "state" else rule for rule in joined.values())


def states_of(rule: Rule) -> tuple[str, ...]:
    """The states of a state rule, in the order in which its transitions name them."""
    return tuple(dict.fromkeys(state for pair in rule.transitions for state in pair))


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


def _allowed(sentence: Sentence, model: Model) -> Found | None:
    """`status is one of open, closed`."""
    found = _ALLOWED.search(sentence.text)
    if not found:
        return None
    named = subject(_before(sentence.text, found.start()), model)
    values = tuple(v.strip(" '\"`") for v in re.split(r",|\bor\b|\band\b|/", found["values"]) if v.strip(" '\"`"))
    if not named or not named[1] or len(values) < 2 or any(len(v.split()) > 3 for v in values):
        return None
    return {"kind": "allowed", "entity": named[0], "attributes": (named[1],), "values": values}


def _immutable(sentence: Sentence, model: Model) -> Found | None:
    """`order history is append-only`; with a state (`after it was sent`) in `values`."""
    found = _IMMUTABLE.search(sentence.text)
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
    rest = _rest(tokens(_before(sentence.text, found.start())), mentions[0])
    if name := model.attribute(entity, rest) if rest else None:
        return {"kind": "immutable", "entity": entity, "attributes": (name,)}
    return {"kind": "immutable", "entity": entity}


def _capacity(sentence: Sentence, model: Model) -> Found | None:
    """`at most 4 items per order`: how many children a parent may have."""
    found = _CAPACITY.search(sentence.text)
    if not found:
        return None
    what, scope = model.vocabulary.mentions(found["what"]), model.vocabulary.mentions(found["scope"])
    if not what or not scope:
        return None
    reference = model.reference(what[0].entity, scope[0].entity)
    if not reference:
        return None
    return {
        "kind": "capacity",
        "entity": what[0].entity,
        "attributes": (reference,),
        "maximum": _number(found["number"]),
    }


def _soft_delete(sentence: Sentence, model: Model) -> Found | None:
    """`users are soft-deleted`: the entity needs a time of deletion; which rows count is each query's matter."""
    found = _SOFT.search(sentence.text)
    mentions = model.vocabulary.mentions(sentence.text)
    if not found or not mentions:
        return None
    return {"kind": "prose", "entity": mentions[0].entity, "attributes": ("deleted_at",), "adds": ("deleted_at",)}


def deletion_rule(sentence: Sentence, model: Model, ledger: Ledger) -> str | None:
    """The entity whose rows a sentence asks to mark as deleted; it gets `deleted_at`."""
    fields = _soft_delete(sentence, model)
    if fields is None:
        return None
    requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
    entity = str(fields["entity"])
    model.ensure(entity, "deleted_at", stated(sentence), (requirement,))
    return entity
