"""What structured forms state beyond attributes, applied to the finished model: keys, rules, the use of each line."""

from collections.abc import Iterator

from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.things import Forms, StatedRule, Thing
from agents.requirement_analysis.ledger import Ledger, stated
from agents.requirement_analysis.model import Draft, Model
from contracts.requirements import Rule


def settle(forms: Forms, model: Model) -> None:
    """Composite keys of the finished entities; a key of one attribute is unique, whichever form states it."""
    for thing in forms.things:
        draft = _draft(thing.label, model)
        if draft is not None:
            _key(thing, draft)


def roles(forms: Forms, known: tuple[str, ...]) -> tuple[str, ...]:
    """The roles that the brief lists, and those of user stories."""
    return tuple(dict.fromkeys((*known, *(singular(identifier(role)) for role, _ in forms.roles))))


def told(forms: Forms, ledger: Ledger) -> tuple[str, ...]:
    """Each scenario as a workflow in one line, which its lines are used by."""
    found = []
    for workflow in (w for w in forms.workflows if w.steps):
        steps = ", ".join(workflow.steps)
        text = f"{workflow.title}: {steps}" if workflow.title else steps
        for sentence in workflow.lines:
            ledger.requirement("workflow", workflow.title or text, text, sentence)
        found.append(text)
    return tuple(found)


def account(forms: Forms, model: Model, ledger: Ledger) -> None:
    """What became of each line of a form, after every reader had its turn."""
    for thing in forms.things:
        draft = _draft(thing.label, model)
        if draft is not None:
            for sentence in (thing.sentence, *(c.sentence for c in thing.columns)):
                ledger.use(sentence, draft.requirement)
    first = next(iter(model.drafts.values())).requirement
    for sentence, label in forms.uses:
        draft = _draft(label, model) if label else None
        ledger.use(sentence, draft.requirement if draft else first)
    for spoken, sentence in (*forms.spoken, *((b, a) for a, b in forms.also)):
        if ids := ledger.uses.get((spoken.line, spoken.text)):
            ledger.use(sentence, *ids)
    for sentence, reason in forms.unread:
        ledger.unread.setdefault((sentence.line, sentence.text), reason)
    for sentence, reason in forms.idle:
        ledger.irrelevant(sentence, reason)
    for name, question, reading, lines in forms.questions:
        ledger.question(name, question, reading, lines)
    _rest(forms, ledger)


def _rest(forms: Forms, ledger: Ledger) -> None:
    """Lines of a block that carry only its notation (`);`, `}`) belong to the line above; others were not read."""
    above: Sentence | None = None
    for sentence in forms.read.values():
        if ledger.explained(sentence) or (sentence.line, sentence.text) in ledger.unread:
            above = sentence
        elif (above is not None and not any(c.isalnum() for c in sentence.text)) or (
            sentence.form == "code" and not any(c.isalnum() for c in sentence.text)
        ):
            ledger.irrelevant(sentence, "notation of the form")


def _draft(label: str, model: Model) -> Draft | None:
    """The entity of a label."""
    name = model.vocabulary.named(label)
    return model.drafts.get(name) if name else None


def _word(label: str, draft: Draft) -> str | None:
    """An attribute of the entity, or its word for a parent."""
    name = identifier(label)
    if name in draft.attributes:
        return name
    base = name.removesuffix("_id")
    return base if base in draft.parents else None


def _key(thing: Thing, draft: Draft) -> None:
    """A key of several columns, where each of them is one of the entity's."""
    names = [_word(k, draft) or _parent(k, draft) for k in thing.key]
    if len(names) > 1 and all(names) and not draft.key:
        draft.key = tuple(dict.fromkeys(str(n) for n in names))


def _parent(label: str, draft: Draft) -> str | None:
    """The word for a parent whose own key is part of this one."""
    return next((word for word, name in draft.parents.items() if name == identifier(label)), None)


def form_rules(forms: Forms, model: Model, ledger: Ledger) -> tuple[Rule, ...]:
    """The rules that structured forms state, for entities and attributes that exist."""
    return tuple(_rules(forms, model, ledger))


def _rules(forms: Forms, model: Model, ledger: Ledger) -> Iterator[Rule]:
    uniques = [
        StatedRule(t.label, "unique", columns, sentence, f"{', '.join(columns)} together are unique")
        for t in forms.things for columns, sentence in t.uniques if len(columns) > 1
    ]  # fmt: skip
    seen: set[str] = set()
    for rule in (*uniques, *forms.rules):
        draft = _draft(rule.label, model)
        if draft is None:
            continue
        made = _rule(rule, draft, ledger)
        if made.id not in seen:
            seen.add(made.id)
            yield made


def _rule(rule: StatedRule, draft: Draft, ledger: Ledger) -> Rule:
    """The contract's rule; one about a column that the entity lacks stays a rule in words."""
    names = [_word(c, draft) for c in rule.columns]
    known = all(names) and bool(names)
    text = f"{draft.label}: {rule.text}"
    requirement = ledger.requirement("rule", text, text, rule.sentence)
    if not known:
        return Rule(id=requirement, text=text, kind="prose", entity=draft.name, origin=stated(rule.sentence),
                    serves=(requirement,))  # fmt: skip
    return Rule(
        id=requirement, text=text, kind=rule.kind, entity=draft.name, attributes=tuple(str(n) for n in names),
        operator=rule.operator, minimum=rule.minimum, exclusive_minimum=rule.exclusive_minimum, maximum=rule.maximum,
        values=rule.values, origin=stated(rule.sentence), serves=(requirement,),
    )  # fmt: skip
