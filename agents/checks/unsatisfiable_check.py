"""Is there a row that passes all CHECKs of its table, and does each default pass its own?"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Check, Table

MEANS = "Every INSERT is refused, or every one that relies on the default."
REMEDY = "Correct the bounds, the values or the default."


def findings(design: Design) -> Iterator[Finding]:
    """Bounds without anything between them, orders that contradict each other, defaults outside of their CHECK."""
    for table in design.schema_design.tables:
        for check, problem in _problems(table):
            yield finding(
                __name__,
                f"check.{table.name}.{check.name}",
                fact=f'"{check.name}" of "{table.name}" {problem}.',
                evidence=check.expression,
                remedy=f'Change "{check.name}", or what contradicts it.',
            )


def _problems(table: Table) -> Iterator[tuple[Check, str]]:
    defaults = {column.name: column.default for column in table.columns if column.default is not None}
    before = {(c.column, c.other) if c.operator == "<" else (c.other, c.column) for c in table.checks
              if c.kind == "ordered" and c.operator in ("<", ">") and not c.leeway_days}  # fmt: skip
    for check in table.checks:
        default = defaults.get(check.column)
        if check.kind == "range" and _empty(check):
            yield check, "lets no value pass"
        elif check.kind == "one_of" and not check.values:
            yield check, "allows no value"
        elif check.kind == "ordered" and {(check.column, check.other), (check.other, check.column)} <= before:
            yield check, "contradicts another CHECK"
        elif default is not None and _refuses(check, default):
            yield check, f"refuses the default {default}"


def _empty(check: Check) -> bool:
    if check.minimum is None or check.maximum is None:
        return False
    return check.minimum > check.maximum or (check.minimum == check.maximum and check.exclusive_minimum)


def _refuses(check: Check, default: str) -> bool:
    """Whether a constant default breaks the check; an expression cannot be judged here."""
    plain = default.strip("'")
    if check.kind == "one_of":
        return default.startswith("'") and plain not in check.values
    if check.kind != "range":
        return False
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return False
    low = check.minimum is not None and (value < check.minimum or (value == check.minimum and check.exclusive_minimum))
    return low or (check.maximum is not None and value > check.maximum)
