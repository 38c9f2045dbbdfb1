"""Does the database itself enforce every rule of the brief that it can check?

A constraint counts when it is at least as strict as the rule: a weaker CHECK is no CHECK.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from agents.checks._finding import finding
from agents.checks._keys import indexes_by_table
from agents.schema_design.days import LEEWAY, compares_days
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.requirements import Rule
from contracts.schema import Check, Index, Lifecycle, Table

MEANS = "One careless script or a second application writes rows that break the rule."
REMEDY = "Add the constraint that the rule states."

_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_AT_LEAST = {"<=": ("<=", "<", "="), ">=": (">=", ">", "="), "<>": ("<>", "<", ">")}


def findings(design: Design) -> Iterator[Finding]:
    """Rules of a checkable kind that no constraint of their entity's table is strict enough for."""
    entities = {table.name: table.entity for table in design.schema_design.tables}
    indexes = indexes_by_table(design)
    lives = {life.table: life for life in design.schema_design.lifecycles}
    places = {
        table.entity: Place(table, entities, indexes[table.name], lives.get(table.name))
        for table in design.schema_design.tables
        if table.entity
    }
    kept = {name for total in design.schema_design.totals for name in total.serves}
    kept |= {name for table in design.schema_design.tables for limit in table.capacities for name in limit.serves}
    kept |= {name for omission in design.schema_design.omissions for name in omission.serves}
    for rule in design.requirements.rules:
        if rule.kind == "sum" and not set(rule.serves) & kept:
            yield finding(
                __name__,
                rule.id,
                fact=f"No trigger keeps the sum that the rule states: {rule.text.strip()}",
                evidence=f"Totals: {', '.join(t.name for t in design.schema_design.totals) or 'none'}",
                remedy="Keep the sum by triggers on both tables, or say why the application has to.",
            )
        enforced, place = _ENFORCED.get(rule.kind), places.get(rule.entity or "")
        if rule.kind == "capacity" and not set(rule.serves) & kept:
            yield finding(
                __name__,
                rule.id,
                fact=f"Nothing counts what the rule limits: {rule.text.strip()}",
                evidence="No table has a capacity for it, and no omission tells the application to count.",
                remedy="Keep the limit, or say how the application has to.",
            )
        told = rule.kind == "agreement" and any(rule.text in o.subject for o in design.schema_design.omissions)
        if enforced and place and not told and not enforced(place, rule):
            table = place.table
            held = [*(c.name for c in table.checks), *(u.name for u in table.uniques)]
            yield finding(
                __name__,
                rule.id,
                fact=f'No constraint of "{table.name}" enforces the rule: {rule.text.strip()}',
                evidence=f'Constraints of "{table.name}": {", ".join(held) or "none"}',
                remedy=f'Add {_REMEDIES[rule.kind]} to "{table.name}".',
            )


@dataclass(frozen=True)
class Place:
    """The table of a rule's entity, which entity each table is made from, the table's indexes and its lifecycle."""

    table: Table
    entities: Mapping[str, str | None]
    indexes: tuple[Index, ...]
    life: Lifecycle | None = None

    def columns(self, attribute: str) -> set[str]:
        """The columns that hold an attribute: its name, a reference of that name, or the key to that entity."""
        named = {c.name for c in self.table.columns if c.name in (attribute, f"{attribute}_id")}
        foreign = {k.columns[-1] for k in self.table.foreign_keys if self.entities.get(k.references) == attribute}
        longer = {c.name for c in self.table.columns if c.name.startswith(f"{attribute}_")}  # a reserved word
        return named or foreign or longer

    def checks(self, rule: Rule, kind: str) -> list[Check]:
        """The table's checks of a kind on the rule's first attribute."""
        columns = self.columns(rule.attributes[0]) if rule.attributes else set()
        return [check for check in self.table.checks if check.kind == kind and check.column in columns]


def _range(place: Place, rule: Rule) -> bool:
    return any(_as_strict(check, rule) for check in place.checks(rule, "range"))


def _as_strict(check: Check, rule: Rule) -> bool:
    low = rule.minimum is None or (
        check.minimum is not None and (check.minimum, check.exclusive_minimum) >= (rule.minimum, rule.exclusive_minimum)
    )
    high = rule.maximum is None or (check.maximum is not None and check.maximum <= rule.maximum)
    return low and high


def _allowed(place: Place, rule: Rule) -> bool:
    return any(check.values and set(check.values) <= set(rule.values) for check in place.checks(rule, "one_of"))


def _comparison(place: Place, rule: Rule) -> bool:
    if len(rule.attributes) < 2 or rule.operator is None:
        return False
    left, right = (place.columns(attribute) for attribute in rule.attributes[:2])
    enough = _AT_LEAST.get(rule.operator, (rule.operator,))
    return any(
        (check.column in left and check.other in right and check.operator in enough)
        or (check.column in right and check.other in left and _OPPOSITE[check.operator] in enough)
        for check in place.table.checks
        if check.kind == "ordered" and check.operator and check.leeway_days <= _allowed_leeway(place, check)
    )


def _allowed_leeway(place: Place, check: Check) -> int:
    """A day where a date is compared with a moment in no zone of the brief; that much the world's zones differ."""
    days = check.other is not None and compares_days(*map(place.table.column, (check.column, check.other)))
    return LEEWAY if days and not check.zone else 0


def _unique(place: Place, rule: Rule) -> bool:
    columns = {column for attribute in rule.attributes for column in place.columns(attribute)}
    keys: list[set[str | None]] = [set(place.table.primary_key)]
    keys += [set(unique.columns) for unique in place.table.uniques]
    keys += [{k.column for k in i.keys} for i in place.indexes if i.unique and (_whole(i) or rule.terms)]
    return any(key and key <= columns for key in keys)


def _whole(index: Index) -> bool:
    """Whether the index holds every row that counts; a softly deleted one does not."""
    return index.where is None or index.where.lower().strip("() ") == "deleted_at is null"


def _no_overlap(place: Place, rule: Rule) -> bool:
    if len(rule.attributes) < 3:
        return bool(place.table.exclusions)
    per, start, end = (place.columns(attribute) for attribute in rule.attributes[:3])
    return any(set(e.equal) <= per and e.start in start and e.end in end for e in place.table.exclusions)


def _conditional(place: Place, rule: Rule) -> bool:
    """Every needed column never lacks a value, or a CHECK asks for it in at least the states of the rule."""
    return all(_needed(place, place.columns(name), rule) for name in rule.attributes[1:])


def _needed(place: Place, columns: set[str], rule: Rule) -> bool:
    if any(c.name in columns and not c.nullable for c in place.table.columns):
        return True
    return any(
        check.column in columns
        and (set(rule.values) <= set(check.values) if rule.values else (check.minimum or 0) <= (rule.minimum or 0))
        for check in place.table.checks
        if check.kind == "required_when"
    )


def _state(place: Place, rule: Rule) -> bool:
    """A trigger keeps the moves that the rule names; values alone are a list, which `allowed` asks for."""
    moves = set(rule.transitions)
    return not moves or (place.life is not None and moves <= set(place.life.moves))


def _immutable(place: Place, rule: Rule) -> bool:
    """What may not change from some state on is frozen there; what never changes is a matter of privileges."""
    if not rule.values:
        return True
    life = place.life
    named = {c for name in rule.attributes for c in place.columns(name)}
    return life is not None and set(rule.values) <= set(life.frozen) and named <= {life.column, *life.columns}


def _agreement(place: Place, rule: Rule) -> bool:
    """A foreign key over both columns; where none can be, an omission says why."""
    middle, owner = (place.columns(name) for name in rule.attributes[:2])
    return any(
        key.columns[0] in middle and owner & {own for own, _ in key.agreeing} for key in place.table.foreign_keys
    )


_ENFORCED: dict[str, Callable[[Place, Rule], bool]] = {
    "range": _range,
    "allowed": _allowed,
    "comparison": _comparison,
    "unique": _unique,
    "no_overlap": _no_overlap,
    "conditional": _conditional,
    "state": _state,
    "immutable": _immutable,
    "agreement": _agreement,
}

_REMEDIES = {
    "range": "a CHECK with these bounds",
    "allowed": "a CHECK on the allowed values",
    "comparison": "a CHECK that compares the two columns",
    "unique": "a UNIQUE constraint over these columns",
    "no_overlap": "an exclusion constraint over key and time range",
    "conditional": "a CHECK that asks for the value in these states",
    "state": "a trigger that compares the old state with the new one",
    "immutable": "a trigger that refuses changes in these states",
    "agreement": "a foreign key over both references",
}
