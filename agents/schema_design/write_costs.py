"""What each index costs those who write: claimed for every index, because what it saves readers is claimed as well."""

from collections.abc import Iterable, Iterator

from agents.schema_design.dataset import ROWS, SPARE, Dataset
from contracts.claims import Claim, WriteCost
from contracts.schema import Index, Table

NEW_ROWS = 1_000

MOST = {"btree": 2.0, "brin": 1.1, "gin": 20.0, "gist": 6.0}
"""Records of log with the index over those without it, at most: an entry of a tree is one record, as the row is; the
words of a text are many entries."""


def write_cost_claims(tables: Iterable[Table], indexes: Iterable[Index], dataset: Dataset) -> Iterator[Claim]:
    """A claim for each index of a table that has room for so many more rows."""
    by_name = {table.name: table for table in tables}
    for index in indexes:
        table, most = by_name[index.table], MOST.get(index.method)
        if index.unique or most is None or dataset.rows[table.name] < ROWS - SPARE:
            continue
        yield Claim(
            id=f"{index.name}.written",
            sentence=f"{index.name} makes new rows of {table.name} write at most {most:g} times the records of log",
            element=f"index.{index.name}",
            serves=index.serves,
            trial=WriteCost(
                sql=dataset.more(table, NEW_ROWS), rows=NEW_ROWS, index=index.name, most=most, partial=bool(index.where)
            ),
        )
