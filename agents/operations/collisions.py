"""Retries, tried: the errors that a plan says are tried again are met by two sessions, and the next try commits.

What a constraint keeps between two sessions is the schema's own claim; here it is about transactions that did nothing
wrong: two that take the same rows in opposite order, and what the isolation that was refused would have asked for.
"""

from agents.dialects.postgresql import quoted
from agents.operations.cases_at_once import is_stock
from contracts.claims import Claim, Collides
from contracts.schema import SchemaDesign, Table


def collision_claims(schema: SchemaDesign) -> tuple[Claim, ...]:
    """The claims of this design's tables; none where nothing is a stock."""
    if schema.dialect != "postgresql":
        return ()
    return tuple(claim for table in schema.tables for claim in _stock(table))


def _stock(table: Table) -> tuple[Claim, ...]:
    """Rows taken in two orders, and what a higher isolation would have asked for."""
    column = next(
        (
            check.column
            for check in table.checks
            if check.kind == "range" and check.minimum == 0 and is_stock(table, table.column(check.column))
        ),
        None,
    )
    if column is None or len(table.primary_key) != 1:
        return ()
    name, key, counted = quoted(table.name), quoted(table.primary_key[0]), quoted(column)

    def take(place: int) -> str:
        row = f"(SELECT {key} FROM {name} ORDER BY {key} OFFSET {place} LIMIT 1)"
        return f"UPDATE {name} SET {counted} = {counted} - 1 WHERE {key} = {row}"

    rows = f"(SELECT {key} FROM {name} ORDER BY {key} LIMIT 2)"
    many = (f"UPDATE {name} SET {counted} = 100 WHERE {key} IN {rows}",)
    cases = (
        ("deadlock", f"Two sessions take two rows of {table.name} in opposite order: one gets 40P01, and commits when"
         " it tries again",
         Collides(setup=many, first=(take(0), take(1)), second=(take(1), take(0)), crossed=True, sqlstate="40P01")),
        ("serializable", f"In SERIALIZABLE the second of two that take from a row of {table.name} gets 40001 although"
         " enough is there, and commits when it tries again",
         Collides(isolation="SERIALIZABLE", setup=many, first=(take(0),), second=(take(0),), sqlstate="40001")),
    )  # fmt: skip
    return tuple(
        Claim(
            id=f"operations.at-once.{table.name}.{column}.{case}",
            sentence=sentence,
            element=f"table.{table.name}",
            serves=table.serves,
            trial=trial,
        )
        for case, sentence, trial in cases
    )
