"""Is every stored total of parts kept true by the database?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.schema_design.implied_totals import implied_totals
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A total and its lines drift apart with the first correction of a line, and nobody can say which is right."
REMEDY = "Have triggers of the parts write the total, or leave it out and sum when it is read."


def findings(design: Design) -> Iterator[Finding]:
    """Totals beside parts with quantity and price that no trigger keeps, and that no omission tells of."""
    schema = design.schema_design
    told = {omission.subject for omission in schema.omissions}
    totals, unclear = implied_totals(design.requirements, schema.tables, schema.totals)
    for total in totals:
        yield finding(
            __name__,
            f"column.{total.table}.{total.column}",
            fact=f'Nothing ties "{total.table}"."{total.column}" to its parts in "{total.child}".',
            evidence=f'"{total.child}" has {", ".join(total.parts)}; no trigger keeps their sum.',
            remedy=f'Keep "{total.column}" by triggers of "{total.child}", or drop the column.',
        )
    for omission in unclear:
        if omission.subject not in told:
            yield finding(
                __name__,
                "omissions",
                fact=f"The design leaves out without a word: {omission.subject}.",
                evidence=omission.reason,
                remedy="Say why the application keeps it.",
            )
