"""What a design promises of defaults: a second one for the same owner is refused, also when two sessions set it."""

from collections.abc import Iterable, Iterator

from agents.naming import shorten
from agents.schema_design.dataset import Dataset
from agents.schema_design.one_default import Singled, singled
from contracts.claims import Accepted, Claim, Races, Refused, Returns, Trial
from contracts.schema import Index, Table

UNIQUE = "23505"


def one_default_claims(tables: Iterable[Table], dataset: Dataset) -> Iterator[Claim]:
    """One default for each owner, and the way from one to the next."""
    for table in tables:
        for one in singled(table):
            yield from _claims(table, one, dataset)


def _claims(table: Table, one: Singled, dataset: Dataset) -> Iterator[Claim]:
    quoted = dataset.spelling.quoted
    name, flag, owner = quoted(table.name), quoted(one.flag.name), quoted(one.owner)
    whose, serves = dataset.value(table, one.owner), one.flag.serves
    unset = f"UPDATE {name} SET {flag} = FALSE WHERE {owner} = {whose} AND {flag}"
    new = dataset.insert(table, {one.owner: whose, one.flag.name: "TRUE"})

    def also(condition: str) -> str:
        live = " AND deleted_at IS NULL" if any(c.name == "deleted_at" for c in table.columns) else ""
        row = f"SELECT min(id) FROM {name} WHERE {condition}{live} AND NOT {flag}"
        return f"UPDATE {name} SET {flag} = TRUE WHERE id = ({row})"

    def claim(what: str, sentence: str, trial: Trial) -> Claim:
        identity = f"{table.name}.{shorten(f'{one.index(table)}.{what}', 100)}"
        return Claim(id=identity, sentence=sentence, element=f"table.{table.name}", serves=serves, trial=trial)

    said = f"{one.flag.name} in {table.name}"
    yield claim(
        "second", f"a second row with {said} for the same {one.owner} is refused",
        Refused(sql=(unset, new, also(f"{owner} = {whose}")), sqlstate=UNIQUE),
    )  # fmt: skip
    if dataset.rows[one.key.references] > 1:
        others = f"UPDATE {name} SET {flag} = FALSE WHERE {flag}"
        yield claim(
            "another", f"a row with {said} for another {one.owner} passes",
            Accepted(sql=(others, new, also(f"{owner} <> {whose}")), affects=1),
        )  # fmt: skip
    count = f"SELECT count(*) FROM {name} WHERE {owner} = {whose} AND {flag}"
    yield claim(
        "moved", f"{said} moves to another row of the same {one.owner}: unset, then set",
        Returns(sql=(unset, new, unset, also(f"{owner} = {whose}"), count), rows=(("1",),)),
    )  # fmt: skip


def one_default_race(table: Table, index: Index, second: dict[str, str], dataset: Dataset) -> Claim:
    """Two sessions that each add a default of the same owner; `second` are key values of the second one's row."""
    one = next(one for one in singled(table) if one.index(table) == index.name)
    quoted = dataset.spelling.quoted
    name, flag, owner = quoted(table.name), quoted(one.flag.name), quoted(one.owner)
    whose = dataset.value(table, one.owner)
    both = {one.owner: whose, one.flag.name: "TRUE"}
    flagged = f"{owner} = {whose} AND {flag}"
    first = f"(SELECT min(id) FROM {name} WHERE {owner} = {whose})"
    return Claim(
        id=f"{table.name}.{shorten(f'{index.name}.raced', 100)}",
        element=f"table.{table.name}",
        sentence=f"two sessions at once do not both enter a row of {table.name} with {one.flag.name} for the same "
        f"{one.owner}",
        serves=index.serves,
        trial=Races(
            setup=(f"UPDATE {name} SET {flag} = FALSE WHERE {flagged}",),
            one=(dataset.insert(table, both),),
            other=(dataset.insert(table, {**second, **both}),),
            sqlstate=UNIQUE,
            check=f"SELECT count(*) = 1 FROM {name} WHERE {flagged}",
            undo=(f"DELETE FROM {name} WHERE {flagged}", f"UPDATE {name} SET {flag} = TRUE WHERE id = {first}"),
        ),
    )
