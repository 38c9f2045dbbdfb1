"""Where parts of a brief contradict one another about the same value: a person is asked, and both are kept meanwhile.

Forms of one brief are written by different people at different times, so a diagram, a table and a mail often disagree.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from agents.requirement_analysis.forms.things import Forms
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.vocabulary import tokens
from contracts.requirements import Rule

_Bounds = tuple[Decimal | None, Decimal | None, int]


def ask_about_contradictions(rules: Iterable[Rule], forms: Forms, model: Model, ledger: Ledger) -> None:
    """Two ranges of one attribute, and changes between states that a list of its values does not have."""
    _ranges([r for r in rules if r.kind == "range" and r.entity and len(r.attributes) == 1], model, ledger)
    _states([r for r in rules if r.kind == "state" and r.entity], forms, model, ledger)


def _ranges(rules: list[Rule], model: Model, ledger: Ledger) -> None:
    """`1-5` beside a column and `from 1 to 10` in a mail; a bound that only one of them has contradicts nothing."""
    same: dict[tuple[str | None, tuple[str, ...]], list[Rule]] = {}
    for rule in rules:
        same.setdefault((rule.entity, rule.attributes), []).append(rule)
    for rule in rules:
        attribute = model.drafts[str(rule.entity)].attributes.get(rule.attributes[0])
        if attribute is None or rule.origin.kind != "stated":
            continue
        others: list[_Bounds] = [
            (o.minimum, o.maximum, o.origin.line or 0) for o in same[rule.entity, rule.attributes] if o.id > rule.id
        ]  # fmt: skip
        if attribute.origin.kind == "stated":
            others.append((attribute.minimum, attribute.maximum, attribute.origin.line or 0))
        for low, high, line in others:
            pairs = [(a, b) for a, b in ((low, rule.minimum), (high, rule.maximum)) if None not in (a, b) and a != b]
            if pairs and line != rule.origin.line:
                ledger.question(
                    f"range {rule.entity} {attribute.name}",
                    f"The brief limits {attribute.label} of {model.drafts[str(rule.entity)].label} to "
                    f"{_spelt(low, high)} and to {_spelt(rule.minimum, rule.maximum)}. Which holds?",
                    "both, so that only values within the narrower limits are accepted",
                    tuple(sorted({line, rule.origin.line or 0})),
                )


def _spelt(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}"


def _states(rules: list[Rule], forms: Forms, model: Model, ledger: Ledger) -> None:
    """A state that a chain or diagram names and the list of values does not."""
    for rule in rules:
        for values, line in _listed(str(rule.entity), rule.attributes[0], forms, model):
            known = {tokens(v) for v in values}
            new = [s for s in dict.fromkeys(s for pair in rule.transitions for s in pair) if tokens(s) not in known]
            if new and line != rule.origin.line:
                ledger.question(
                    f"states {rule.entity} {rule.attributes[0]}",
                    f"{model.drafts[str(rule.entity)].label} changes to or from {', '.join(new)}, but the list of its "
                    f"values is {', '.join(values)}. Is the list complete?",
                    "no: what it changes to or from is a value as well",
                    tuple(sorted({line, rule.origin.line or 0})),
                )


def _listed(entity: str, attribute: str, forms: Forms, model: Model) -> Iterator[tuple[tuple[str, ...], int]]:
    """(values, line) of each form that lists the values of an attribute."""
    for thing in forms.things:
        if model.vocabulary.named(thing.label) == entity:
            for column in thing.columns:
                if column.attribute.name == attribute and (
                    values := column.attribute.allowed or forms.values.get(column.type_name.lower(), ())
                ):
                    yield values, column.sentence.line
