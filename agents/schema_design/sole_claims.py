"""What a design promises where one row at a time counts: the second is refused, also of two sessions with one each."""

from collections.abc import Iterable, Iterator

from agents.naming import shorten
from agents.schema_design.dataset import Dataset
from agents.schema_design.soles import MOMENTS, counted, told
from contracts.claims import Accepted, Claim, Races, Refused
from contracts.schema import Sole, Table

UNIQUE = "23505"


def sole_claims(tables: Iterable[Table], dataset: Dataset) -> Iterator[Claim]:
    """The second row that counts is refused, and one that does not count passes."""
    for table in tables:
        for one in table.soles:
            first = dataset.insert(table, _counting(table, one, dataset))
            same = {c: dataset.value(table, c) for c in one.columns}
            after = dataset.rows[table.name] + 2
            second = dataset.insert(table, _counting(table, one, dataset) | same, row=after)
            yield _claim(table, one, "second", f"a second one is refused: {told(table, one)}",
                         Refused(sql=(first, second), sqlstate=UNIQUE))  # fmt: skip
            other = dataset.insert(table, same, row=after)
            yield _claim(table, one, "other", f"a row that does not count stands beside it: {told(table, one)}",
                         Accepted(sql=(first, other), affects=1))  # fmt: skip


def sole_race(table: Table, one: Sole, second: dict[str, str], dataset: Dataset) -> Claim:
    """Two sessions that each add a row that counts; `second` are key values of the second one's row."""
    quoted, counting = dataset.spelling.quoted, _counting(table, one, dataset)
    same = {c: dataset.value(table, c) for c in one.columns}
    which = [f"{quoted(c)} = {value}" for c, value in same.items()]
    which.append(counted(table, one, quoted, dataset.spelling.literal))
    rows = f"FROM {quoted(table.name)} WHERE {' AND '.join(which)}"
    return _claim(
        table, one, "raced", f"of two sessions that each enter one at once one is refused: {told(table, one)}",
        Races(
            one=(dataset.insert(table, same | counting),), other=(dataset.insert(table, second | same | counting),),
            sqlstate=UNIQUE, check=f"SELECT count(*) = 1 {rows}", undo=(f"DELETE {rows}",),
        ),
    )  # fmt: skip


def _counting(table: Table, one: Sole, dataset: Dataset) -> dict[str, str]:
    return counting(table, one.counts, one.values, dataset)


def counting(table: Table, name: str, values: tuple[str, ...], dataset: Dataset) -> dict[str, str]:
    """The values by which a new row counts; a state that asks for the end of what goes on is none of them."""
    spelled, column = dataset.spelling, table.column(name)
    if values:
        return {name: spelled.literal(values[0])}
    if column.type not in MOMENTS:
        return {name: "TRUE"}
    found = {name: "NULL"}
    for check in table.checks:
        if check.kind == "required_when" and check.column == name and check.other and check.values:
            states = next((c.values for c in table.checks if c.kind == "one_of" and c.column == check.other), ())
            free = [state for state in states if state not in check.values]
            found |= {check.other: spelled.literal(free[0])} if free else {}
    return found


def _claim(table: Table, one: Sole, what: str, sentence: str, trial: Accepted | Refused | Races) -> Claim:
    return Claim(
        id=f"{table.name}.{shorten(f'{one.name}.{what}', 100)}", sentence=sentence, element=f"table.{table.name}",
        serves=one.serves, trial=trial,
    )  # fmt: skip
