"""What a command that makes a business record promises: all its parts, what they keep of others, and no half of it."""

from collections.abc import Iterable, Iterator, Sequence

from agents.schema_design.aggregates import Copy
from agents.schema_design.claims import CHECK, FOREIGN_KEY, NOT_NULL
from agents.schema_design.commands import PARTS, Command, PartWrite
from agents.schema_design.dataset import Dataset
from agents.schema_design.lifecycles import other_value
from agents.schema_design.totals import summed
from contracts.claims import Claim, Refused, Returns, Trial
from contracts.schema import Query, Table, Total, Withdrawal


def command_claims(
    command: Command, kept: Iterable[Total], taken: Iterable[Withdrawal], dataset: Dataset
) -> Iterator[Claim]:  # fmt: skip
    """For each kind of parts: they stand below the new record with the values of then, and a wrong one is refused."""
    spelled = dataset.spelling
    steps, key = spelled.made_key(command.table.name, "id")
    first = (spelled.call(command.query), *steps)
    for written in command.parts:
        both = (*first, spelled.call(with_argument(written.query, written.part.reference, key)))
        yield _whole(command, written, both, key, dataset)
        yield from _refused(written, first, key, dataset)
        yield from _as_it_was(written, both, key, dataset)
        totals = [t for t in kept if (t.table, t.child) == (command.table.name, written.part.table.name)]
        yield from (
            _total(total, command.table, written, both, key, dataset) for total in totals if total.operator == "="
        )
        takes = [t for t in taken if (t.whole, t.child) == (command.table.name, written.part.table.name)]
        for one in takes:
            yield from _taken(one, written, both, key, dataset)


def with_argument(query: Query, name: str, sample: str) -> Query:
    """The query with another argument."""
    parameters = (p.model_copy(update={"sample": sample}) if p.name == name else p for p in query.parameters)
    return query.model_copy(update={"parameters": tuple(parameters)})


def _claim(written: PartWrite, name: str, sentence: str, trial: Trial) -> Claim:
    query = written.query
    return Claim(
        id=f"{query.name}.{name}", sentence=sentence, element=f"query.{query.name}", serves=query.serves, trial=trial
    )


def _whole(command: Command, written: PartWrite, both: Sequence[str], key: str, dataset: Dataset) -> Claim:
    """As many parts as were given stand below the new row, each with the copied values as their source has them."""
    quoted, part = dataset.spelling.quoted, written.part
    sources: dict[str, list[Copy]] = {}
    for copy in written.copied:
        sources.setdefault(copy.alias, []).append(copy)
    joined = "".join(f" {_joined(name, group, dataset)}" for name, group in sources.items())
    counted = (
        f"SELECT count(*) FROM {quoted(part.table.name)} AS part{joined} WHERE part.{quoted(part.reference)} = {key}"
    )
    names = ", ".join(copy.column.name for copy in written.copied)
    told = f", {names} as they were then" if names else ""
    sentence = (
        f"{command.query.name} and {written.query.name} make one row of {command.table.name} with its {PARTS} rows of "
        f"{part.table.name}{told}, in one transaction"
    )
    return _claim(written, "whole", sentence, Returns(sql=(*both, counted), rows=((str(PARTS),),)))


def _as_it_was(written: PartWrite, both: Sequence[str], key: str, dataset: Dataset) -> Iterator[Claim]:
    """The source changes afterwards, and the part does not follow; a source whose values are bounded is left alone."""
    quoted, part = dataset.spelling.quoted, written.part
    for copy in written.copied:
        there = dataset.tables[copy.key.references]
        bounds = [c for c in there.checks if copy.source.name in (c.column, c.other) and c.kind != "not_blank"]
        bounded = any(c.kind != "range" or c.maximum is not None for c in bounds)
        if bounded or copy.column.name != f"{copy.alias}_{copy.source.name}" or not other_value(copy.source, dataset):
            continue
        mine = f"FROM {quoted(part.table.name)} AS part WHERE part.{quoted(part.reference)} = {key}"
        own, source = quoted(copy.key.columns[0]), quoted(copy.key.referenced_columns[0])
        change = (
            f"UPDATE {quoted(there.name)} SET {quoted(copy.source.name)} = {other_value(copy.source, dataset)} "
            f"WHERE {source} IN (SELECT part.{own} {mine})"
        )
        alike = f"AND part.{quoted(copy.column.name)} = (SELECT today.{quoted(copy.source.name)} FROM "
        alike += f"{quoted(there.name)} AS today WHERE today.{source} = part.{own})"
        sentence = f"{copy.column.name} of {part.table.name} stays as it was when {copy.source.name} of its row of "
        sentence += f"{there.name} changes"
        trial = Returns(sql=(*both, change, f"SELECT count(*) {mine} {alike}"), rows=(("0",),))
        yield _claim(written, f"{copy.column.name}_as_it_was", sentence, trial)


def _joined(name: str, group: Sequence[Copy], dataset: Dataset) -> str:
    quoted, key = dataset.spelling.quoted, group[0].key
    same = "".join(f" AND part.{quoted(c.column.name)} = {quoted(name)}.{quoted(c.source.name)}" for c in group)
    on = f"{quoted(name)}.{quoted(key.referenced_columns[0])} = part.{quoted(key.columns[0])}{same}"
    return f"JOIN {quoted(key.references)} AS {quoted(name)} ON {on}"


def _refused(written: PartWrite, first: Sequence[str], key: str, dataset: Dataset) -> Iterator[Claim]:
    """A part that refers to nothing ends the transaction; it is not left out."""
    spelled, table, query = dataset.spelling, written.part.table, written.query
    columns = {c.name for c in written.fields}
    other = next((k for k in table.foreign_keys if k is not written.part.key and k.columns[0] in columns), None)
    if other is None:
        return
    reference = other.columns[0]
    good, bad = ({c.name: dataset.fresh(table.name, c.name, n) for c in written.fields} for n in (2, 3))
    sample = spelled.item_list([good, bad | {reference: "-1"}])[1]
    wrong = with_argument(with_argument(query, written.part.reference, key), table.name, sample)
    empty = any(copy.key is other and not copy.column.nullable for copy in written.copied)
    sentence = (
        f"{query.name} refuses a part whose {reference} names no row of {other.references}, and with it all others"
    )
    trial = Refused(sql=(*first, spelled.call(wrong)), sqlstate=NOT_NULL if empty else FOREIGN_KEY)
    yield _claim(written, "refused", sentence, trial)


def _total(total: Total, whole: Table, written: PartWrite, both: Sequence[str], key: str, dataset: Dataset) -> Claim:
    """The sum that the new row has is that of its parts, although the command was never told one."""
    spelled = dataset.spelling
    amount = f"coalesce({summed(total, whole, written.part.table, spelled)}, 0)"
    parts = f"FROM {spelled.quoted(total.child)} AS part WHERE part.{spelled.quoted(total.reference)} = {key}"
    held = f"SELECT {spelled.quoted(total.column)} = (SELECT {amount} {parts})"
    asked = f"{held} FROM {spelled.quoted(total.table)} WHERE id = {key}"
    sentence = f"{total.column} of a new row of {total.table} is the sum over its {PARTS} rows of {total.child}"
    return _claim(written, "summed", sentence, Returns(sql=(*both, asked), rows=((spelled.true,),)))


def _taken(
    one: Withdrawal, written: PartWrite, both: Sequence[str], key: str, dataset: Dataset
) -> Iterator[Claim]:  # fmt: skip
    """The new record's parts are gone from the stock; where nothing is there, nothing of the record is left."""
    quoted, goods = dataset.spelling.quoted, dataset.tables[one.table]
    least = next((c.minimum for c in goods.checks if c.name == one.check), None) or 0

    def there(number: int) -> str:
        return dataset.spelling.number(goods.column(one.column), f"{least + number:f}")

    def all_have(number: int) -> str:
        return f"UPDATE {quoted(one.table)} SET {quoted(one.column)} = {there(number)}"

    mine = f"FROM {quoted(one.child)} AS part WHERE part.{quoted(one.key)} = {key}"
    taken = f"(SELECT sum(part.{quoted(one.quantity)}) {mine} AND part.{quoted(one.reference)} = goods.id)"
    asked = (
        f"SELECT count(*) {mine} AND EXISTS (SELECT 1 FROM {quoted(one.table)} AS goods "
        f"WHERE goods.id = part.{quoted(one.reference)} AND goods.{quoted(one.column)} = {there(_MANY)} - {taken})"
    )
    what = f"{one.column} of {one.table}"
    sentence = f"the {PARTS} rows of {one.child} of a new row of {one.whole} are taken from {what}"
    yield _claim(written, "taken", sentence, Returns(sql=(all_have(_MANY), *both, asked), rows=((str(PARTS),),)))
    sentence = f"{written.query.name} refuses parts that are not in {what}, and with them the new row of {one.whole}"
    yield _claim(written, "beyond", sentence, Refused(sql=(all_have(0), *both), sqlstate=CHECK))


_MANY = 1_000_000
