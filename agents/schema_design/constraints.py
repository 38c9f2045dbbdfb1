"""Business rules become constraints that the database itself keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agents.dialects.postgresql import literal, quoted
from agents.naming import constraint_name
from agents.schema_design.columns import NUMERIC, bounds, one_of
from agents.schema_design.days import ORDERS, compares_days, in_days
from agents.schema_design.soles import sole
from contracts.requirements import Rule
from contracts.schema import Check, Column, Exclusion, Sole, Unique

ENDED = ("cancelled", "canceled", "no_show", "rejected", "declined", "expired", "void", "storniert", "abgesagt")
"""Status values of rows that no longer hold their place, so that another row may take it."""


@dataclass
class Constraints:
    """What the rules of one table give: `serves` are rules that a constraint keeps."""

    checks: list[Check]
    uniques: list[Unique] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    soles: list[Sole] = field(default_factory=list)
    serves: list[str] = field(default_factory=list)


def rule_constraints(
    table: str, rules: Iterable[Rule], columns: Iterable[Column], references: Mapping[str, str], checks: list[Check],
    zone: str = "",
) -> Constraints:  # fmt: skip
    """The constraints of one table: the attributes' own `checks`, joined with those of the rules; `zone` is the one by
    whose calendar dates are compared with moments.

    A rule whose attributes are not columns of this table is left to the application (and the check
    `rule-not-enforced` says so).
    """
    by_name = {column.name: column for column in columns}
    made = Constraints(list(checks))
    for rule in rules:
        names = tuple(_column(name, by_name, references) for name in rule.attributes)
        if not names or not all(names):
            continue
        if rule.kind == "unique" and rule.terms:
            counts = by_name.get(_column(rule.terms[0], by_name, references) or "")
            made.soles += [found] if counts and (found := sole(table, rule, tuple(filter(None, names)), counts)) else []
            continue
        _apply(table, rule, tuple(filter(None, names)), by_name, made, zone)
    return made


def _column(name: str, columns: Mapping[str, Column], references: Mapping[str, str]) -> str | None:
    for candidate in (name, references.get(name), f"{name}_id", f"{name}_at", f"{name}_on", f"{name}_value"):
        if candidate in columns:
            return candidate
    return None


def _apply(
    table: str, rule: Rule, names: tuple[str, ...], columns: Mapping[str, Column], made: Constraints, zone: str
) -> None:
    if rule.kind == "range" and columns[names[0]].type in NUMERIC and (rule.minimum, rule.maximum) != (None, None):
        _add(made, bounds(table, names[0], rule, rule.origin, rule.serves))
    elif rule.kind in ("allowed", "state"):
        values = rule.values or tuple(dict.fromkeys(v for pair in rule.transitions for v in pair))
        if values and columns[names[0]].type in ("string", "text"):
            _add(made, one_of(table, names[0], values, rule.origin, rule.serves))
    elif rule.kind == "comparison" and len(names) == 2 and rule.operator and _comparable(rule, names, columns):
        _add(made, ordered(table, rule, columns[names[0]], columns[names[1]], zone))
    elif rule.kind == "unique":
        made.uniques.append(
            Unique(name=constraint_name("uq", table, *names), columns=names, origin=rule.origin, serves=rule.serves)
        )
    elif rule.kind == "conditional" and len(names) == len(rule.attributes) > 1:
        for name in names[1:]:
            if columns[name].nullable:  # a column that always has a value keeps the rule by itself
                _add(made, required_when(table, rule, name, columns[names[0]]))
    elif rule.kind == "no_overlap" and len(names) >= 3:
        made.exclusions.append(exclusion(table, rule, names, made.checks))


def _comparable(rule: Rule, names: tuple[str, ...], columns: Mapping[str, Column]) -> bool:
    left, right = (columns[name] for name in names)
    if compares_days(left, right):
        return rule.operator in ORDERS
    return left.type == right.type or (left.type in NUMERIC and right.type in NUMERIC)


def _add(made: Constraints, check: Check) -> None:
    """Joins a rule's check with the attribute's own of the same kind: the narrower bound stays, both are served."""
    for position, present in enumerate(made.checks):
        same = (present.kind, present.column, present.other) == (check.kind, check.column, check.other)
        if same and (check.kind != "required_when" or present.values == check.values):
            made.checks[position] = _joined(present, check)
            return
    made.checks.append(check)


def _joined(present: Check, check: Check) -> Check:
    serves = tuple(dict.fromkeys((*present.serves, *check.serves)))
    if present.kind != "range":
        kept = check if check.origin.kind == "stated" and present.origin.kind != "stated" else present
        return kept.model_copy(update={"serves": serves, "name": present.name})
    minima = [(c.minimum, c.exclusive_minimum) for c in (present, check) if c.minimum is not None]
    maxima = [c.maximum for c in (present, check) if c.maximum is not None]
    low, exclusive = max(minima, default=(None, False))
    high = min(maxima, default=None)
    name = quoted(present.column)
    parts = [f"{name} {'>' if exclusive else '>='} {low:f}"] if low is not None else []
    parts += [f"{name} <= {high:f}"] if high is not None else []
    origin = check.origin if check.origin.kind == "stated" else present.origin
    return present.model_copy(
        update={
            "minimum": low, "exclusive_minimum": exclusive, "maximum": high,
            "expression": " AND ".join(parts), "serves": serves, "origin": origin,
        }
    )  # fmt: skip


def ordered(table: str, rule: Rule, left: Column, right: Column, zone: str) -> Check:
    """A CHECK that compares two columns; NULL in either passes, as in SQL."""
    assert rule.operator is not None
    check = Check(
        name=constraint_name("ck", table, left.name, right.name),
        kind="ordered",
        column=left.name,
        operator=rule.operator,
        other=right.name,
        expression=f"{quoted(left.name)} {rule.operator} {quoted(right.name)}",
        origin=rule.origin,
        serves=rule.serves,
    )
    return in_days(check, left, right, zone) if compares_days(left, right) else check


def required_when(table: str, rule: Rule, name: str, condition: Column) -> Check:
    """A CHECK that a column has a value where another one has some value, or lies above some amount."""
    where = quoted(condition.name)
    if rule.values:
        free = f"{where} NOT IN ({', '.join(map(literal, rule.values))})"
    else:
        assert rule.minimum is not None
        free = f"{where} <= {rule.minimum:f}"
    return Check(
        name=constraint_name("ck", table, name, "when", condition.name),
        kind="required_when",
        column=name,
        other=condition.name,
        values=rule.values,
        minimum=rule.minimum,
        expression=f"{free} OR {quoted(name)} IS NOT NULL",
        origin=rule.origin,
        serves=rule.serves,
    )


def exclusion(table: str, rule: Rule, names: tuple[str, ...], checks: Iterable[Check]) -> Exclusion:
    """No overlap in time per the first column(s); rows whose status says that they have ended do not count."""
    stated = next((check.values for check in checks if check.kind == "one_of" and check.column == "status"), ())
    ended = [value for value in stated if value in ENDED]
    where = f"status NOT IN ({', '.join(map(literal, ended))})" if ended else None
    return Exclusion(
        name=constraint_name("ex", table, *names[:-2]),
        equal=names[:-2],
        start=names[-2],
        end=names[-1],
        where=where,
        origin=rule.origin,
        serves=rule.serves,
    )
