"""Does the design say, with a number, why a component that others have is missing here?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.checks._finding import finding
from contracts.base import Omission
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "A reader cannot tell whether a component was weighed and refused, or forgotten."
REMEDY = "Add an omission whose reason names the figure that decided."


def findings(design: Design) -> Iterator[Finding]:
    """Absent caches, replicas, partitions and pools without an omission, or with one that names no figure."""
    for absence in absences(design):
        told = absence.explanations()
        if not any(re.search(r"\d", reason) for reason in told):
            subjects = ", ".join(omission.subject for omission in absence.omissions) or "none"
            yield finding(
                __name__,
                f"omission.{absence.subject}",
                fact=f"The design has no {absence.subject}, and no figure says why.",
                evidence="; ".join(told) or f"Omissions there: {subjects}",
                remedy=f"Add an omission of the {absence.subject} with the figure from which it would be due.",
            )


@dataclass(frozen=True)
class Absence:
    """A component that a design lacks, the words that name it, and where its omission must stand."""

    subject: str
    words: str
    omissions: tuple[Omission, ...]

    def explanations(self) -> tuple[str, ...]:
        """The reasons of the omissions that name the component."""
        named = (o for o in self.omissions if re.search(self.words, o.subject, re.IGNORECASE))
        return tuple(omission.reason for omission in named)


def absences(design: Design) -> Iterator[Absence]:
    """The components that this design does without."""
    caching, scaling, schema = design.caching, design.scaling, design.schema_design
    if not caching.layers:
        yield Absence("cache", r"cach|redis|valkey", caching.omissions)
    elif all(layer.layer != "distributed" for layer in caching.layers):
        yield Absence("distributed cache", r"distributed|shared|redis|valkey", caching.omissions)
    if not scaling.replicas:
        yield Absence("read replica", r"replica", scaling.omissions)
    if not scaling.pools:
        yield Absence("connection pool", r"pool", scaling.omissions)
    if all(table.partitioning is None for table in schema.tables):
        yield Absence("partitioned table", r"partition", (*schema.omissions, *scaling.omissions))
