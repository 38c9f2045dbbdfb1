"""Trials of the addresses that business records keep: the address changes, the record does not."""

from collections.abc import Iterable, Iterator, Mapping

from agents.schema_design.command_claims import with_argument
from agents.schema_design.commands import Command
from agents.schema_design.dataset import Dataset
from agents.schema_design.snapshots import copied_columns, kept_addresses
from contracts.claims import Claim, Returns
from contracts.schema import Column, ForeignKey, Table

_BEFORE, _AFTER = "was", "is"


def snapshot_claims(tables: Iterable[Table], commands: Iterable[Command], dataset: Dataset) -> Iterator[Claim]:
    """Changing an address leaves what a record says of it as it was; its command makes the record, if one does."""
    by_name, makers = {table.name: table for table in tables}, {one.table.name: one for one in commands}
    for table in by_name.values():
        yield from _claims(table, by_name, makers.get(table.name), dataset)


def _claims(table: Table, tables: Mapping[str, Table], command: Command | None, dataset: Dataset) -> Iterator[Claim]:
    spelled = dataset.spelling
    quoted, own = spelled.quoted, {c.name: c for c in table.columns}
    for key, there in kept_addresses(table, tables):
        reference, alias = key.columns[0], key.columns[0].removesuffix("_id")
        shown = next((c.name for c in there.columns if _is_tried(c, own.get(f"{alias}_{c.name}"))), None)
        if shown is None:
            continue
        sole = any(u.columns == key.columns for u in table.uniques)
        parent = str(dataset.last_parent(table, reference)) if sole else dataset.sample(table.name, reference)
        steps, row = spelled.made_key(table.name, "id")
        if command:
            query = command.query
            for name, value in dataset.agreeing(table, {reference: parent}).items():
                query = with_argument(query, name, value)
            made = spelled.call(query)
        else:
            made = _inserted(table, key, there, parent, dataset)
        before, after = (
            f"UPDATE {quoted(there.name)} SET {quoted(shown)} = {spelled.literal(text)} WHERE id = {parent}"
            for text in (_BEFORE, _AFTER)
        )
        asked = (
            f"SELECT count(*) FROM {quoted(table.name)} AS record JOIN {quoted(there.name)} AS today ON today.id = "
            f"record.{quoted(reference)} WHERE record.id = {row} AND today.{quoted(shown)} = {spelled.literal(_AFTER)} "
            f"AND record.{quoted(f'{alias}_{shown}')} = {spelled.literal(_BEFORE)}"
        )
        sentence = f"{table.name} keeps {alias}_{shown} as it was when {shown} of its row of {there.name} changes"
        trial = Returns(sql=(before, made, *steps, after, asked), rows=(("1",),))
        yield Claim(
            id=f"{table.name}.{alias}.as_it_was", sentence=sentence, element=f"table.{table.name}", serves=key.serves,
            trial=trial,
        )  # fmt: skip


def _is_tried(column: Column, kept: Column | None) -> bool:
    """A line that every address has."""
    return kept is not None and column.type in ("string", "text") and not column.nullable


def _inserted(table: Table, key: ForeignKey, there: Table, parent: str, dataset: Dataset) -> str:
    """A row with the lines of its address, as an application writes it that copies them itself."""
    quoted, reference = dataset.spelling.quoted, key.columns[0]
    lines = copied_columns(key, there, False)
    prefix = len(reference.removesuffix("_id")) + 1
    found = {c.name: f"(SELECT {quoted(c.name[prefix:])} FROM {quoted(there.name)} WHERE id = {parent})" for c in lines}
    return dataset.insert(
        table, {reference: parent} | {n: sql for n, sql in found.items() if n in dataset.names(table)}
    )
