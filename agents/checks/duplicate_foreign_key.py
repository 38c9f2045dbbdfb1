"""Is each reference stated once?"""

from collections.abc import Iterator

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Every write checks the same reference twice, and the two may disagree about what a deletion does."
REMEDY = "Drop one of the two."


def findings(design: Design) -> Iterator[Finding]:
    """Foreign keys over the columns of an earlier one of the same table."""
    for table in design.schema_design.tables:
        seen: dict[tuple[str, ...], str] = {}
        for key in table.foreign_keys:
            first = seen.setdefault(key.columns, key.name)
            if first != key.name or sum(k.name == key.name for k in table.foreign_keys) > 1:
                yield finding(
                    __name__,
                    f"foreign_key.{table.name}.{key.name}",
                    fact=f'"{key.name}" and "{first}" of "{table.name}" both check {names(key.columns)}.',
                    evidence=f'"{key.name}" references "{key.references}", on delete {key.on_delete}.',
                    remedy=f'Drop "{key.name}".',
                )
