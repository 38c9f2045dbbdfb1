"""Do all points in time keep their place on the time line?"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The same moment is read differently by servers in different time zones, and an hour repeats in autumn."
REMEDY = "Use timestamptz."

_LOCAL = re.compile(r"^timestamp(\s*\(\d\))?(\s+without\s+time\s+zone)?$")


def findings(design: Design) -> Iterator[Finding]:
    """Columns of a timestamp type that forgets the time zone."""
    if design.schema_design.dialect != "postgresql":
        return  # MariaDB's timestamp is UTC, SQLite has no such type
    for table in design.schema_design.tables:
        for column in table.columns:
            if _LOCAL.match(column.sql_type.lower().strip()):
                yield finding(
                    __name__,
                    f"column.{table.name}.{column.name}",
                    fact=f'"{table.name}"."{column.name}" is {column.sql_type}, which drops the time zone.',
                    evidence=f"Its meaning is {column.type}.",
                    remedy=f'Make "{column.name}" timestamptz.',
                )
