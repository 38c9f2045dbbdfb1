"""Claims about two sessions at once: what one session tries in its own transaction says nothing about a second one.

A rule that the application checks before it writes holds in every test and breaks under load, because at READ COMMITTED
neither of two sessions sees what the other has not committed. So each rule that several people meet at once (the same
key, the same room, the last item, the same version of a row) is tried by two sessions, each of them first once.
"""

from collections.abc import Iterable, Iterator, Mapping

from agents.dialects.postgresql import literal, quoted
from agents.naming import shorten, words
from agents.requirement_analysis.editing import VERSION
from agents.schema_design.capacities import capacity_races
from agents.schema_design.columns import NUMERIC
from agents.schema_design.constraints import ENDED
from agents.schema_design.dataset import ROWS, SAMPLE, SPARE, Dataset
from agents.schema_design.one_default import singled
from agents.schema_design.one_default_claims import one_default_race
from agents.schema_design.sole_claims import sole_race
from agents.schema_design.versions import SERIALIZATION, versioned
from contracts.claims import Claim, Races
from contracts.schema import Check, Exclusion, Index, Table, Total

UNIQUE, CHECK, EXCLUSION = "23505", "23514", "23P01"

TAKEN_FROM = frozenset(
    "stock inventory available availability remaining balance credit credits points seats places units hand".split()
)
"""Words of columns from which several people take at once, so that the last unit may be sold twice."""

LEFT, TAKEN, MORE = 10, 7, 6
"""What is there, and what the two sessions take: each alone may, both together may not."""


def race_claims(
    tables: Iterable[Table], indexes: Iterable[Index], dataset: Dataset, totals: Iterable[Total] = ()
) -> Iterator[Claim]:
    """The races of every key, reservation, stock and version of these tables; a sum that triggers guard is no stock."""
    guarded = {(total.table, total.column) for total in totals}
    tables = tuple(tables)
    uniques = [i for i in indexes if i.unique]
    for table in tables:
        keys = [(u.name, u.columns, u.serves) for u in table.uniques]
        defaults = [i for i in uniques if i.name in {one.index(table) for one in singled(table)}]
        soles = {one.name: one for one in table.soles}
        keys += [
            (i.name, tuple(k.column for k in i.keys if k.column), i.serves)
            for i in uniques if i.table == table.name and i not in defaults and i.name not in soles
        ]  # fmt: skip
        if dataset.rows[table.name] >= ROWS - SPARE:  # a table with few possible keys has no room for another row
            for name, columns, serves in keys:
                yield from _same_key(table, name, columns, serves, [key for _, key, _ in keys], dataset)
            for rule in table.exclusions:
                yield from _overlapping(table, rule, [key for _, key, _ in keys], dataset)
            for index in defaults:
                apart = _next_row(table, (c for _, key, _ in keys for c in key), dataset)
                yield one_default_race(table, index, apart, dataset)
            for one in soles.values():
                yield sole_race(table, one, _next_row(table, (c for _, key, _ in keys for c in key), dataset), dataset)
        yield from capacity_races(table, dataset)
        for check in table.checks:
            if _is_taken_from(table, check) and (table.name, check.column) not in guarded:
                yield _oversold(table, check, dataset)
    for table in versioned(tables):
        yield _same_version(table, dataset)


def _same_key(
    table: Table, name: str, columns: tuple[str, ...], serves: tuple[str, ...],
    keys: Iterable[tuple[str, ...]], dataset: Dataset,
) -> Iterator[Claim]:  # fmt: skip
    """Two rows that differ in every other key."""
    values = {column: dataset.value(table, column) for column in columns}
    if any(value.upper().startswith("NULL") for value in values.values()):
        return
    others = [c for key in keys for c in key]
    others += [c for rule in table.exclusions for c in (rule.start, rule.end)]
    second = dataset.insert(table, _next_row(table, (c for c in others if c not in columns), dataset))
    idempotent = "idempotency" in " ".join(columns)
    sentence = (
        f"a request that arrives twice at once is entered in {table.name} once, by {', '.join(columns)}"
        if idempotent
        else f"two sessions at once do not both enter a row of {table.name} with the same {', '.join(columns)}"
    )
    yield _claim(table, f"{name}.raced", sentence, serves, _once(table, values, dataset.insert(table), second, UNIQUE))


def _overlapping(
    table: Table, rule: Exclusion, keys: Iterable[tuple[str, ...]], dataset: Dataset
) -> Iterator[Claim]:  # fmt: skip
    """Two rows at the same time for the same place, each of which takes it."""
    values = {column: dataset.value(table, column) for column in (*rule.equal, rule.start, rule.end)}
    if any(value.upper().startswith("NULL") for value in values.values()):
        return
    takes: dict[str, str] = {}
    if rule.where:
        stated = next(c.values for c in table.checks if c.kind == "one_of" and c.column == "status")
        takes["status"] = literal(next((v for v in stated if v not in ENDED), stated[0]))
    apart = _next_row(table, (c for key in keys for c in key if c not in values), dataset)
    for other in table.exclusions:  # must not refuse the second row in this one's place
        apart |= {c: str(dataset.last_parent(table, c)) for c in other.equal if c not in rule.equal}
    trial = _once(table, values, dataset.insert(table, takes), dataset.insert(table, {**apart, **takes}), EXCLUSION)
    sentence = (
        f"two sessions at once do not both take the same {', '.join(rule.equal)} for the same time in {table.name}"
    )
    yield _claim(table, f"{rule.name}.raced", sentence, rule.serves, trial)


def _next_row(table: Table, columns: Iterable[str], dataset: Dataset) -> dict[str, str]:
    """Values of the columns as another fresh row has them."""
    return {column: dataset.value(table, column, dataset.rows[table.name] + 2) for column in columns}


def _once(table: Table, values: Mapping[str, str], one: str, other: str, sqlstate: str) -> Races:
    name = quoted(table.name)
    same = " AND ".join(f"{quoted(column)} = {value}" for column, value in values.items())
    if any(c.name == "deleted_at" for c in table.columns):
        same += " AND deleted_at IS NULL"
    return Races(
        one=(one,), other=(other,), sqlstate=sqlstate,
        check=f"SELECT count(*) = 1 FROM {name} WHERE {same}", undo=(f"DELETE FROM {name} WHERE {same}",),
    )  # fmt: skip


def _is_taken_from(table: Table, check: Check) -> bool:
    """Whether the check is the lower bound of something that people take, and nothing else bounds it."""
    if check.kind != "range" or check.minimum is None or check.maximum is not None or table.primary_key != ("id",):
        return False
    column = table.column(check.column)
    ordered = any(c.kind == "ordered" and check.column in (c.column, c.other) for c in table.checks)
    return (
        column.type in NUMERIC
        and column.generated is None
        and not ordered
        and bool(TAKEN_FROM.intersection(words(column.name)))
    )


def _oversold(table: Table, check: Check, dataset: Dataset) -> Claim:
    """The last units are taken twice; the second session waits for the row and meets the bound."""
    name, column = quoted(table.name), quoted(check.column)
    row = min(SAMPLE, dataset.rows[table.name])
    least = check.minimum or 0

    def change(value: str) -> str:
        return f"UPDATE {name} SET {column} = {value} WHERE id = {row}"

    left = ", ".join(f"{least + LEFT - taken:f}" for taken in (TAKEN, MORE))
    trial = Races(
        setup=(change(f"{least + LEFT:f}"),),
        one=(change(f"{column} - {TAKEN}"),),
        other=(change(f"{column} - {MORE}"),),
        sqlstate=CHECK,
        check=f"SELECT {column} IN ({left}) FROM {name} WHERE id = {row}",
        undo=(change(dataset.value(table, check.column, row)),),
    )
    sentence = (
        f"of two sessions that take {TAKEN} and {MORE} of {LEFT} from {check.column} of {table.name} one goes without"
    )
    return _claim(table, f"{check.column}.raced", sentence, check.serves, trial)


def _same_version(table: Table, dataset: Dataset) -> Claim:
    """Two people change the row that both have read."""
    name = quoted(table.name)
    newest = f"WHERE id = (SELECT max(id) FROM {name})"
    change = f"UPDATE {name} SET {VERSION} = 7 {newest}"
    trial = Races(
        setup=(dataset.insert(table, {VERSION: "7"}),), one=(change,), other=(change,), sqlstate=SERIALIZATION,
        check=f"SELECT {VERSION} = 8 FROM {name} {newest}", undo=(f"DELETE FROM {name} {newest}",),
    )  # fmt: skip
    sentence = f"of two sessions that change the version of {table.name} that both have read one must read again"
    return _claim(table, f"{VERSION}.raced", sentence, table.column(VERSION).serves, trial)


def _claim(table: Table, name: str, sentence: str, serves: tuple[str, ...], trial: Races) -> Claim:
    return Claim(
        id=f"{table.name}.{shorten(name, 100)}", element=f"table.{table.name}", sentence=sentence, serves=serves,
        trial=trial,
    )  # fmt: skip
