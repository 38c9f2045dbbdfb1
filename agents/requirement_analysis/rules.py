"""Business rules: typed where the words leave no doubt which rows break them, prose otherwise.

A typed rule becomes a constraint downstream, so a wrong type is worse than prose: every reader wants the entity, the
attributes and the relation to be named.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from agents.changing import changed
from agents.requirement_analysis.agreement import agreed
from agents.requirement_analysis.bounds import (
    allowed,
    bounded,
    capacity,
    limited,
    listed_values,
    once,
    same_day,
    shared,
    unique,
)
from agents.requirement_analysis.conditionals import conditional
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Link
from agents.requirement_analysis.kept_values import kept_values
from agents.requirement_analysis.lasting import SOFT, immutable, soft_delete
from agents.requirement_analysis.ledger import Ledger, inferred, slug_of, stated
from agents.requirement_analysis.linking import add_link
from agents.requirement_analysis.lives import lives
from agents.requirement_analysis.model import Draft, Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.plain_rules import plainly_ruled
from agents.requirement_analysis.pronouns import with_names
from agents.requirement_analysis.some_rows import held_at_once, one_that_counts
from agents.requirement_analysis.state_times import timed
from agents.requirement_analysis.state_turns import listed_states, turns
from agents.requirement_analysis.states import ARROW, entity_of_states, joined_states, returning, states, tabled, told
from agents.requirement_analysis.subjects import Found, about, said, scopes
from agents.requirement_analysis.timing import compared, ends_after, no_overlap
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.totals import total
from agents.screening import screened
from contracts.requirements import Rule

_MODAL = screened(
    r"\b(?:must|cannot|can't|can not|may not|may only|can only|has to|have to|never|always|only|unique"
    r"|nothing|no one|at least|at most|not allowed|required|no longer|nobody|mandatory|not permitted|prohibited)\b",
    re.I,
)
_CONDITIONAL = screened(r"\b(?:unless|except|otherwise|if|only when|provided that|apart from)\b", re.IGNORECASE)
_IF_ANY = screened(
    r"(?<=unique),? (?:if|when|where) (?:(?:it|they|there|an?|the|any)\b[\w ]*|given|present|known|set)(?=[.;]"
    r"|$)",
    re.I,
)
"""A condition that uniqueness has anyway, since rows without a value do not collide."""
_NONE_MORE = screened(
    r"^(?:but |and )?(?:no|not one) (?P<who>[a-z][\w-]*(?: [a-z][\w-]*)?) "
    r"(?:holds?|has|have|takes?|contains?|gets?|carr(?:y|ies)|owns?|includes?) more than (?=\d)",
    re.I,
)
"""`No shelf holds more than 60 jars` limits how many a shelf has."""
_BEHIND_MOST = screened(
    r"\b(?P<most>(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)"
    r" [a-z][\w-]*(?: [a-z][\w-]*)?) at (?:the )?most(?=[.,;]|$)",
    re.I,
)
"""`May have five jars at most` limits like `at most five jars`."""
_Reader = Callable[[Sentence, Model], Found | None]


def rules(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> tuple[Rule, ...]:
    """Every rule of the brief; state machines that several sentences describe are one rule.

    State machines come first, because many rules speak of the states: which ones there are, a brief may say later.
    """
    rowed = [(s, part) for s in sentences if s.form == "row" and topic(s) == "rules" for part in _in_row(s)]
    spoken = [s for s in sentences if _may_hold_rule(s)] + [part for _, part in rowed]
    rows = [s for s in sentences if s.form == "row" and s.cells]
    named = with_names(spoken, model)
    listed = [(s, f) for s in spoken if (f := allowed(s, model) or listed_states(named.get(s, s), model))]
    found = [_rule(sentence, fields, model, ledger) for sentence, fields in listed]
    joined_states(found, model)
    closed = frozenset(n for n, d in model.drafts.items() if _lists_states(d))
    machines = [(s, f) for s in spoken if (f := states(named.get(s, s), model))] + list(tabled(rows, model))
    machines += [(s, f) for s, _ in listed if (f := returning(s, model))]
    machines += [
        (s, f) for s in spoken if ";" in s.text for p in s.text.split(";") if (f := returning(_clause(s, p), model))
    ]
    both = {(s.line, s.text) for s, _ in listed}
    joined_states([_rule(s, f, model, ledger, True) for s, f in machines], model)
    told_before = {(s.line, s.text) for s, _ in machines}
    machines += list(lives(spoken, machines, closed, model))
    stories = {(s.line, s.text) for s, _ in machines} - told_before - both
    machines += list(turns(spoken, machines, closed, model))
    machines += list(timed(spoken, machines, closed, model))
    both |= {place for place, times in Counter((s.line, s.text) for s, _ in machines).items() if times > 1}
    found += [_rule(s, fields, model, ledger, (s.line, s.text) in both) for s, fields in machines]
    joined_states(found, model)
    done = {(s.line, s.text) for s, _ in (*listed, *machines)}
    for sentence in spoken:
        if (sentence.line, sentence.text) not in done:
            found += _rules_of(sentence, model, ledger)
        else:
            told_beside = (sentence.line, sentence.text) in stories
            fields = _typed(sentence, model) if told_beside else _beside_states(sentence, model)
            found += [_rule(sentence, f, model, ledger, True) for f in fields if f["kind"] not in ("state", "prose")]
    _ask_about_capacity(found, ledger)
    for row, part in rowed:
        for used in ledger.uses.get((part.line, part.text), ()):
            ledger.use(row, used)
    return (*joined_states([*_listed(model, ledger), *found], model), *_usual(found, model))


def _in_row(row: Sentence) -> Iterator[Sentence]:
    """The sentences of a table of rules (`# | Rule`): those of its one long cell; other tables hold values."""
    told = [cell for title, cell in row.cells if _RULE_COLUMN.search(title) and len(cell.split()) > _FEW_CLAUSES]
    for text in re.split(r"(?<=[.!])\s+(?=[A-Z])", told[0]) if len(told) == 1 else ():
        yield changed(row, text=text, body=text, form="bullet", cells=())


_RULE_COLUMN = screened(r"\brules?\b|\bconstraints?\b|\bdescription\b|\bstatement\b|\btext\b|\bregel\b", re.I)


def _lists_states(draft: Draft) -> bool:
    """Whether the brief lists the states of an entity, so that it has no others."""
    status = next((a for n in ("status", "state", "stage", "phase") if (a := draft.attributes.get(n))), None)
    return status is not None and status.origin.kind == "stated" and bool(status.allowed)


def _beside_states(sentence: Sentence, model: Model) -> list[Found]:
    """Further clauses of a sentence about states: `open → signed → locked; a locked form never changes`."""
    parts = [p.strip() for p in sentence.text.split(";") if p.strip()]
    rest = [p for p in parts if not ARROW.search(p) and not told(_clause(sentence, p), model)] if len(parts) > 1 else []
    within = entity_of_states(sentence, model)
    if within:
        rest = [re.sub(r"\b(?:ones|those|they|it)\b", within.replace("_", " "), p, count=1) for p in rest]
    return [f for part in rest for f in _typed(_clause(sentence, part), model)]


def _ask_about_capacity(found: list[Rule], ledger: Ledger) -> None:
    """Two limits for the same children: the larger one allows what both lines allow, and a person is asked."""
    limits: dict[tuple[object, ...], Rule] = {}
    for rule in [r for r in found if r.kind == "capacity" and r.maximum is not None]:
        key = (rule.entity, rule.attributes, rule.values)
        other = limits.setdefault(key, rule)
        if other.maximum != rule.maximum and other.maximum is not None and rule.maximum is not None:
            lesser, greater = sorted((other, rule), key=lambda r: r.maximum or 0)
            kept = greater.model_copy(update={"serves": tuple(dict.fromkeys((*greater.serves, *lesser.serves)))})
            found.remove(lesser)
            found[found.index(greater)] = limits[key] = kept
            ledger.question(
                f"capacity {rule.entity} {' '.join(rule.attributes)}",
                f"The brief limits {rule.entity} to {lesser.maximum:g} and to {greater.maximum:g}. Which holds?",
                f"the larger one, {greater.maximum:g}",
                tuple(sorted({lesser.origin.line or 0, greater.origin.line or 0})),
            )


def unheeded(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> tuple[Rule, ...]:
    """What sounds like a rule and was of no use to any reader: kept as prose, so that a person sees it."""
    return tuple(
        _rule(sentence, _prose(sentence, model) | {"confidence": "medium"}, model, ledger)
        for sentence in sentences
        if _may_hold_rule(sentence) and _MODAL.search(sentence.text) and not ledger.explained(sentence)
        and topic(sentence) in ("workflows", "entities", "access", "") and model.vocabulary.mentions(sentence.text)
    )  # fmt: skip


def _rules_of(sentence: Sentence, model: Model, ledger: Ledger) -> Iterator[Rule]:
    """The typed rules of a sentence; prose where it sounds like a rule and no reader is certain."""
    readings = _typed(sentence, model)
    if not readings or (len(readings) == 1 and re.search("[,;]", sentence.text)):
        parts = _by_clause(sentence, model)
        readings = parts if len(parts) > len(readings) else readings
    for fields in readings:
        yield _rule(sentence, _doubted(fields, sentence), model, ledger, len(readings) > 1)
    if not readings and topic(sentence) == "rules" and not _is_title(sentence) and not _is_item(sentence):
        yield _rule(sentence, _prose(sentence, model), model, ledger)


def _by_clause(sentence: Sentence, model: Model) -> list[Found]:
    """`one per project and day; minimum <= maximum`; between commas only where every part is a rule by itself."""
    parts = [p.strip() for p in sentence.text.split(";") if p.strip()]
    if len(parts) > 1:
        return [f for part in parts for f in _typed(_clause(sentence, part), model)]
    parts = [p.strip() for p in re.split(r",\s*(?:(?:and|so|but) )?", sentence.text) if p.strip()]
    found = [_typed(_clause(sentence, part), model) for part in parts] if 1 < len(parts) <= _FEW_CLAUSES else []
    sure = all(found) or (
        len(parts) == _PAIR and not _CONDITIONAL.search(sentence.text) and _MODAL.search(sentence.text)
    )
    return [f for one in found for f in one if all(found) or f["kind"] == "range"] if found and sure else []


_FEW_CLAUSES = 4
_PAIR = 2


def _clause(sentence: Sentence, part: str) -> Sentence:
    return changed(sentence, text=part, body=part, label="")


def _doubted(fields: Found, sentence: Sentence) -> Found:
    """A rule out of running prose, where no heading announces rules, is understood rather than read."""
    in_form = topic(sentence) == "rules" or sentence.form in ("bullet", "numbered") or bool(sentence.label)
    return fields if in_form else {"confidence": "medium"} | fields


def _is_item(sentence: Sentence) -> bool:
    """A word or two under a heading are an item of a list, and no rule."""
    return len(said(sentence.text).split()) < 3


def _listed(model: Model, ledger: Ledger) -> list[Rule]:
    """`unique per order` in an attribute list."""
    found = []
    for entity, attribute, sentence in model.flows:
        requirement = ledger.requirement("rule", f"{entity} {attribute.name} changes", sentence.text, sentence)
        found.append(
            Rule(
                id=requirement, text=sentence.text, kind="state", entity=entity, attributes=(attribute.name,),
                transitions=attribute.flow, origin=stated(sentence), serves=(requirement,),
            )
        )  # fmt: skip
    for entity, attribute, sentence in model.unique_within:
        within = scopes(f"per {attribute.unique_per}", entity, model)
        if within:
            requirement = ledger.requirement("rule", f"{entity} {sentence.text}", sentence.text, sentence)
            found.append(
                Rule(
                    id=requirement, text=sentence.text, kind="unique", entity=entity,
                    attributes=(*within, attribute.name), origin=stated(sentence), serves=(requirement,),
                )
            )  # fmt: skip
    return found


def _usual(found: list[Rule], model: Model) -> Iterator[Rule]:
    """Rules that hold for nearly every entity of an archetype, where its attributes exist and nothing else is said."""
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
                operator=rule.operator, origin=why, serves=(draft.requirement,), confidence="low",
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


_OUTSIDE = frozenset(
    {"future", "integration", "stack", "api", "performance", "availability", "relationships", "access"}
)


def _may_hold_rule(sentence: Sentence) -> bool:
    """Headings, code, tables, plans for later and numbers of the load hold no rules."""
    if sentence.form in ("heading", "code", "row") or not sentence.body:
        return False
    return topic(sentence) not in _OUTSIDE or (topic(sentence) == "access" and sentence.form == "paragraph")


def _is_title(sentence: Sentence) -> bool:
    return sentence.text.rstrip().endswith(":")


def _needed(sentence: Sentence, model: Model) -> Found | None:
    return conditional(sentence.text, model, about(sentence, model))


def _summed(sentence: Sentence, model: Model) -> Found | None:
    return total(sentence.text, model)


_CERTAIN: tuple[_Reader, ...] = (_needed, returning, no_overlap, immutable, soft_delete)
"""Readers that understand a condition; a condition that is not part of what is read makes a rule uncertain."""
_READERS: tuple[_Reader, ...] = (
    _summed, agreed, kept_values, one_that_counts, no_overlap, ends_after, unique, once, same_day, held_at_once,
    capacity, limited, _needed, bounded, compared, immutable, returning, soft_delete,
)  # fmt: skip


def _typed(sentence: Sentence, model: Model) -> list[Found]:
    """The first reading that is certain; a bound and a comparison may stand in one sentence."""
    if (plain := plainly_ruled(said(sentence.text), model)) != said(sentence.text):
        sentence = changed(sentence, text=plain, body=plain if not sentence.label else sentence.body)
    if (behind := _BEHIND_MOST.search(sentence.text)) and quantities(behind["most"]):
        text = f"{sentence.text[: behind.start()]}at most {behind['most']}{sentence.text[behind.end() :]}"
        sentence = changed(sentence, text=text, body=text, label="")
    if none := _NONE_MORE.match(sentence.text):
        text = f"A {none['who']} has at most {sentence.text[none.end() :]}"
        sentence = changed(sentence, text=text, body=text, label="")
    spoken_of_states = topic(sentence) in ("rules", "") or _MODAL.search(sentence.text) or SOFT.search(sentence.text)
    sentence = changed(sentence, text=bare) if (bare := _IF_ANY.sub("", sentence.text)) != sentence.text else sentence
    readers = _CERTAIN if _CONDITIONAL.search(sentence.text) else _READERS
    for reader in readers:
        if found := reader(sentence, model):
            if reader is bounded and (also := compared(sentence, model)):
                return [found, also] if also["attributes"][0] == found["attributes"][0] else [found]
            return [found]
    if several := shared(sentence, model) if readers is _READERS else []:
        return several
    found = listed_values(sentence, model) if topic(sentence) == "rules" and spoken_of_states else None
    return [found] if found else []


def _rule(sentence: Sentence, fields: Found, model: Model, ledger: Ledger, several: bool = False) -> Rule:
    """The rule with its requirement; attributes that only the rule names are added to its entity.

    An attribute that is needed only under a condition is optional otherwise.
    """
    requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
    fields = dict(fields)
    for parent in fields.pop("joins", ()):
        link = Link(parent, str(fields["entity"]), "one_to_many", sentence, spoken=True)
        add_link(model, link, stated(sentence), requirement)
    for name in fields.pop("adds", ()):
        model.ensure(fields["entity"], name, stated(sentence), (requirement,))
    for name in fields.pop("optional", ()):
        attributes = model.drafts[fields["entity"]].attributes
        if name in attributes:
            attributes[name] = attributes[name].model_copy(update={"optional": True})
    if fields["kind"] == "unique" and len(fields["attributes"]) > 1 and not fields.get("terms"):
        _only_within(fields["entity"], fields["attributes"], sentence, model, ledger)
    parts = (sentence.text, fields["kind"], fields.get("entity") or "", *fields.get("attributes", ()))
    rule_id = f"rule.{slug_of(' '.join(parts))}" if several else requirement
    return Rule(id=rule_id, text=sentence.text, origin=stated(sentence), serves=(requirement,), **fields)


def _only_within(entity: str, names: tuple[str, ...], sentence: Sentence, model: Model, ledger: Ledger) -> None:
    """What is unique per parent is not unique by itself; where the brief says both, a person is asked."""
    attributes = model.drafts[entity].attributes
    for name in names:
        attribute = attributes.get(name)
        if attribute is None or not attribute.unique:
            continue
        if attribute.origin.kind == "stated":
            within = ", ".join(n for n in names if n != name)
            ledger.question(
                f"unique {entity} {name}",
                f"{entity} {name} is unique by itself and, by another line, within {within}. Which holds?",
                "unique within them, which both lines allow",
                tuple(sorted({attribute.origin.line or 0, sentence.line})),
            )
        attributes[name] = attribute.model_copy(update={"unique": False})


def _prose(sentence: Sentence, model: Model) -> Found:
    """A rule that no constraint expresses."""
    mentions = model.vocabulary.mentions(sentence.text)
    return {"kind": "prose", "entity": mentions[0].entity if mentions else None}
