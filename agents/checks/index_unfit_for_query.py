"""Can each query find its rows by the index that it names?

An index helps where its first column is one that the query fixes, and a partial one only where the query asks for the
rows that it holds.
"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._keys import columns_of, indexes_by_table
from contracts.checklist import Finding
from contracts.plan import Design
from contracts.schema import Index, Query

MEANS = "The index is maintained by every write, and the query reads the table without it."
REMEDY = "Put the columns that the query compares for equality first, and leave out predicates that it does not state."

_EQUAL = re.compile(r'"?(\w+)"?\s*=\s*(?:\$\d+|any\s*\(\s*\$\d+)', re.IGNORECASE)


def findings(design: Design) -> Iterator[Finding]:
    """Indexes that begin with another column than their query fixes, or leave out rows that it asks for."""
    for indexes in indexes_by_table(design).values():
        by_name = {index.name: index for index in indexes}
        for query in design.schema_design.queries:
            index = by_name.get(query.index or "")
            problem = _problem(query, index) if index else ""
            if index and problem:
                yield finding(
                    __name__,
                    f"index.{index.name}",
                    fact=f'"{index.name}" cannot serve "{query.name}": {problem}.',
                    evidence=query.sql,
                    remedy=f'Make "{index.name}" start with what "{query.name}" compares, over all of its rows.',
                )


def _problem(query: Query, index: Index) -> str:
    sql = re.sub(r"\s+", " ", query.sql.replace('"', ""))
    equal, columns = set(_EQUAL.findall(sql.partition(" WHERE ")[2])), columns_of(index)
    if index.method == "btree" and equal & set(columns) and columns[0] not in equal:
        return f'it begins with "{columns[0]}", and the query fixes {", ".join(sorted(equal))}'
    for part in re.split(r"\s+and\s+", (index.where or "").replace('"', ""), flags=re.IGNORECASE):
        if part and not _asked_for(re.sub(r"\s+", " ", part.strip("() ")), sql):
            return f"it holds only rows with {part.strip('() ')}, which the query does not ask for"
    return ""


def _asked_for(predicate: str, sql: str) -> bool:
    """Whether the query states the predicate; a comparison with a column excludes its NULLs by itself."""
    column = re.match(r"(\w+) is not null$", predicate, re.IGNORECASE)
    return predicate.lower() in sql.lower() or bool(
        column and re.search(rf"\b{column[1]}\b", sql.partition("WHERE")[2])
    )
