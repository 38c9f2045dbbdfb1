"""Does every column hold one value, under a name that says which?"""

import re
from collections import Counter
from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Table

MEANS = "Single values cannot be referenced, constrained or indexed, and the next one needs another column."
REMEDY = "Give the values a table of their own."

_KEY = re.compile(r"(attribute|property|field|parameter|option)(_name|_key)?|key")
_LINE = re.compile(r"(\w*(address|adresse|anschrift)_)?line_?\d")
_VALUE = re.compile(r"(attribute_|property_|field_)?value")


def findings(design: Design) -> Iterator[Finding]:
    """Arrays, numbered columns, and names of attributes beside their values, where the brief does not state them."""
    for table in design.schema_design.tables:
        for column, problem in _problems(table):
            if table.column(column).origin.kind != "stated":
                yield finding(
                    __name__,
                    f"column.{table.name}.{column}",
                    fact=f'"{table.name}"."{column}" {problem}.',
                    evidence="Columns: " + ", ".join(c.name for c in table.columns),
                    remedy=f'Make a table of which each row refers to "{table.name}" and holds one value.',
                )


def _problems(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        if column.sql_type.endswith("[]"):
            yield column.name, "holds several values in one column"
    numbered = [c.name for c in table.columns if c.name[-1].isdigit() and not _LINE.fullmatch(c.name)]
    counted = Counter(re.sub(r"_?\d+$", "", name) for name in numbered)
    for name in numbered:
        if counted[re.sub(r"_?\d+$", "", name)] > 1:
            yield name, "repeats a column under a number"
    values = [c.name for c in table.columns if _VALUE.fullmatch(c.name)]
    if values and any(_KEY.fullmatch(c.name) for c in table.columns):
        yield values[0], "holds values of attributes that another column names"
