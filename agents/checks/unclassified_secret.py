"""Is every sensitive column classified, with a treatment?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Nobody has decided whether the value is hashed, encrypted, masked or kept from certain roles."
REMEDY = "Classify the column, and say how it is protected."

CLOSED = frozenset({"secret", "payment", "health"})


def findings(design: Design) -> Iterator[Finding]:
    """Secret, payment and health columns without a classification of that sensitivity and with a treatment."""
    treated = {(c.table, c.column): c for c in design.security.classifications if c.treatment.strip()}
    for table in design.schema_design.tables:
        for column in table.columns:
            if column.sensitivity not in CLOSED:
                continue
            found = treated.get((table.name, column.name))
            if found is None or found.sensitivity != column.sensitivity:
                told = f"It is classified as {found.sensitivity}." if found else "It has no classification."
                yield finding(
                    __name__,
                    f"column.{table.name}.{column.name}",
                    fact=f'"{table.name}"."{column.name}" holds {column.sensitivity} data without a treatment.',
                    evidence=told,
                    remedy=f'Classify "{column.name}" as {column.sensitivity} and say how it is protected.',
                )
