"""A limit on how many rows name one row becomes a trigger that counts: a class has at most 20 participants.

A CHECK sees one row, and two transactions that count at once both find the last place free. So whoever adds a row locks
the row that it names first, and counts in a new snapshot (READ COMMITTED). The lock is FOR NO KEY UPDATE: the foreign
key has taken its share of the row already, and FOR UPDATE would let two of them wait for each other.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from agents.dialects.postgresql import literal, quoted
from agents.dialects.postgresql import sql as spelling
from agents.naming import identifier, shorten
from agents.schema_design.claims import CHECK
from agents.schema_design.columns import NUMERIC
from agents.schema_design.constraints import ENDED
from agents.schema_design.dataset import Dataset
from agents.schema_design.guards import guard_statements, unless_changed
from agents.schema_design.row_agreement import follows
from agents.schema_design.row_keys import is_sole
from agents.schema_design.sole_claims import counting
from agents.schema_design.soles import MOMENTS
from agents.schema_design.spelling import Spelling
from contracts.base import Alternative, Decision, Omission, Origin, Statement
from contracts.claims import Accepted, Claim, Races, Refused
from contracts.requirements import Rule
from contracts.schema import Capacity, Table

_AT_A_TIME = re.compile(
    r"\bat (?:a|one|any(?: one)?|the same) (?:time|moment|point)\b|\bat once\b|\bsimultaneous|\bconcurrent"
    r"|\bin parallel|\b(?:open|active|current|currently|outstanding|running|pending|unpaid|unreturned)\b",
    re.I,
)
"""Words that count some rows only: those of now."""


def with_capacities(tables: Sequence[Table], rules: Iterable[Rule]) -> tuple[tuple[Table, ...], list[Omission]]:
    """The tables with the limits that triggers can keep; the others with the reason why the application has to."""
    made = {table.name: table for table in tables}
    by_entity = {table.entity: table.name for table in tables if table.entity}
    entities = {table.name: table.entity for table in tables}
    left: list[Omission] = []
    for rule in (r for r in rules if r.kind == "capacity"):
        child = made.get(by_entity.get(rule.entity or "", ""))
        found = _capacity(rule, child, made, entities) if child else "the brief stores no such rows"
        if isinstance(found, str):
            left.append(_omission(rule, found))
        elif child and found.name not in (c.name for c in child.capacities):
            made[child.name] = child.model_copy(update={"capacities": (*child.capacities, found)})
    return tuple(made.values()), left


def _capacity(
    rule: Rule, child: Table, tables: dict[str, Table], entities: dict[str, str | None]
) -> Capacity | str:  # fmt: skip
    """The limit of a rule, or why no trigger keeps it."""
    named = rule.attributes[0] if rule.attributes else ""
    keys = [k for k in child.foreign_keys if len(k.columns) == 1 and k.references in tables]
    key = next((k for k in keys if k.columns[0] in (named, f"{named}_id")), None)
    key = key or next((k for k in keys if entities.get(k.references) == named), None)
    if key is None or len(key.referenced_columns) != 1:
        return f"{child.name} has no single column that names what the limit is for"
    if is_sole(child, key.columns[0]):
        return f"{key.columns[0]} is unique in {child.name}, so there is one row at most"
    if key.columns[0] in follows(child) or key.references == child.name:
        return f"{key.columns[0]} of {child.name} follows another reference of the row"
    state, values = None, rule.values
    if rule.values:
        lists = [c.column for c in child.checks if c.kind == "one_of" and set(rule.values) <= set(c.values)]
        if not lists:
            return f"no column of {child.name} tells which rows are {' or '.join(rule.values)}"
        state = lists[0]
    elif rule.maximum is not None and (ending := _moment(child, rule.terms[0] if rule.terms else "")):
        state = ending
    elif _AT_A_TIME.search(rule.text):
        return f"it speaks of rows of {child.name} at a time, and no state says which ones those are"
    elif ended := _ended(child):
        state, values = "status", ended
    column = None
    if rule.maximum is None:
        column = _number(tables[key.references], rule.terms[0] if rule.terms else "")
        if column is None:
            return f"{key.references} has no whole number of that name"
    elif rule.maximum < 1 or rule.maximum % 1:
        return f"{rule.maximum:g} is no number of rows"
    return Capacity(
        name=shorten(identifier("_".join(("capacity", child.name, key.columns[0], *rule.values))), 50),
        reference=key.columns[0], references=key.references, key=key.referenced_columns[0],
        maximum=None if rule.maximum is None else int(rule.maximum), column=column, state=state, values=values,
        live=any(c.name == "deleted_at" for c in child.columns), origin=rule.origin, serves=rule.serves,
    )  # fmt: skip


def _ended(child: Table) -> tuple[str, ...]:
    """The states of rows that still hold their place, where others have given it back: a cancelled booking."""
    states = next((c.values for c in child.checks if c.kind == "one_of" and c.column == "status"), ())
    left = tuple(state for state in states if state not in ENDED)
    return left if len(left) < len(states) else ()


def _moment(child: Table, name: str) -> str | None:
    """The column that is empty while a row holds its place."""
    names = (name, f"{name}_at", f"{name}_on")
    return next((c.name for c in child.columns if c.name in names and c.nullable and c.type in MOMENTS), None)


def _number(table: Table, name: str) -> str | None:
    found = (c for c in table.columns if c.name == name and c.type in NUMERIC and c.generated is None)
    return next((c.name for c in found if c.sql_type in ("integer", "bigint")), None)


def _omission(rule: Rule, problem: str) -> Omission:
    limit = f"{rule.maximum:g} rows" if rule.maximum is not None else f"{rule.child} {' '.join(rule.terms)}"
    return Omission(
        subject=f"A constraint for: {rule.text.strip()}",
        reason=f"{problem}; a limit of {limit} is a count over rows that others write at the same time, so the "
        "transaction that adds one locks the row they belong to and counts before it inserts",
        origin=rule.origin,
        serves=rule.serves,
    )


def _which(limit: Capacity) -> str:
    if limit.values:
        return f" that are {' or '.join(limit.values)}"
    return f" without {limit.state}" if limit.state else ""


def told(table: Table, limit: Capacity) -> str:
    """What a capacity allows, in words."""
    most = str(limit.maximum) if limit.column is None else f"its {limit.column}"
    return f"at most {most} rows of {table.name}{_which(limit)} for each row of {limit.references}"


def message(table: Table, limit: Capacity) -> str:
    """What a refusal says."""
    most = f"than {limit.maximum}" if limit.column is None else f"than its {limit.column}"
    return f"a row of {limit.references} has more rows of {table.name}{_which(limit)} {most}"


def counts(limit: Capacity, row: str, spelled: Spelling) -> tuple[str, ...]:
    """The conditions under which a row counts, as the engine family spells them; none where every row does."""
    found = []
    if limit.state and not limit.values:
        found.append(f"{row}.{spelled.quoted(limit.state)} IS NULL")
    elif limit.state:
        found.append(f"{row}.{spelled.quoted(limit.state)} IN ({', '.join(map(spelled.literal, limit.values))})")
    if limit.live:
        found.append(f"{row}.{spelled.quoted('deleted_at')} IS NULL")
    return tuple(found)


def counted(table: Table, limit: Capacity, key: str, spelled: Spelling) -> str:
    """The rows that count for one row of the limit, as FROM and WHERE."""
    conditions = (f"part.{spelled.quoted(limit.reference)} = {key}", *counts(limit, "part", spelled))
    return f"FROM {{}}{spelled.quoted(table.name)} AS part WHERE {' AND '.join(conditions)}"


def capacity_statements(tables: Iterable[Table]) -> list[Statement]:
    """PostgreSQL's functions and triggers: one that counts, and a guard of the column that holds a limit."""
    return [s for table in tables for limit in table.capacities for s in _statements(table, limit)]


def _statements(table: Table, limit: Capacity) -> Iterator[Statement]:
    fields = ", ".join(map(quoted, limit.fields))
    when = f"AFTER INSERT OR UPDATE OF {fields} ON public.{quoted(table.name)}"
    element, words = f"table.{table.name}", f"Keeps {told(table, limit)}"
    yield from guard_statements(f"count_{limit.name}", _counting(table, limit), when, words, element)
    if limit.column:
        when = f"BEFORE UPDATE OF {quoted(limit.column)} ON public.{quoted(limit.references)}"
        words = f"Refuses a {limit.column} below the rows of {table.name} that are there"
        yield from guard_statements(f"guard_{limit.name}", _guard(table, limit), when, words, element)


def _counting(table: Table, limit: Capacity) -> str:
    mine = " AND ".join((f"NEW.{quoted(limit.reference)} IS NOT NULL", *counts(limit, "NEW", spelling)))
    most = quoted(limit.column) if limit.column else str(limit.maximum)
    held = counted(table, limit, f"NEW.{quoted(limit.reference)}", spelling).format("public.")
    return f"""DECLARE
    highest bigint;
BEGIN
    {unless_changed(limit.fields)}
    IF NOT ({mine}) THEN RETURN NULL; END IF;
    SELECT {most} INTO highest FROM public.{quoted(limit.references)}
    WHERE {quoted(limit.key)} = NEW.{quoted(limit.reference)} FOR NO KEY UPDATE;
    IF (SELECT count(*) {held}) > highest THEN
        RAISE EXCEPTION {literal(message(table, limit))}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{limit.name}';
    END IF;
    RETURN NULL;
END"""


def _guard(table: Table, limit: Capacity) -> str:
    held = counted(table, limit, f"NEW.{quoted(limit.key)}", spelling).format("public.")
    column = quoted(limit.column or "")
    return f"""BEGIN
    IF NEW.{column} IS DISTINCT FROM OLD.{column} AND (SELECT count(*) {held}) > NEW.{column} THEN
        RAISE EXCEPTION {literal(message(table, limit))}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{limit.name}';
    END IF;
    RETURN NEW;
END"""


PLACES, FILLED = 3, 2_000
"""How many rows a trial allows where a column says it, and the largest number that a trial fills: the trigger counts
for each of them, which is a second's work."""


def capacity_claims(table: Table, dataset: Dataset) -> list[Claim]:
    """The last row finds its place, the next one is refused, and a limit in a column does not sink below the rows."""
    return [c for limit in table.capacities for c in _claims(table, limit, dataset) if not isinstance(c.trial, Races)]


def capacity_races(table: Table, dataset: Dataset) -> list[Claim]:
    """Of two sessions that take the last place one is refused."""
    return [c for limit in table.capacities for c in _claims(table, limit, dataset) if isinstance(c.trial, Races)]


def _tried(whole: Table, limit: Capacity) -> int:
    """A limit that a trial writes into the column, which may lose one more."""
    least = [int(c.minimum) + 2 for c in whole.checks if c.column == limit.column and c.minimum is not None]
    return max([PLACES, *least])


def _claims(table: Table, limit: Capacity, dataset: Dataset) -> Iterator[Claim]:
    spelled, most = dataset.spelling, limit.maximum or _tried(dataset.tables[limit.references], limit)
    parent = dataset.vacant(table, limit.reference)
    if parent is None or most > FILLED or any(is_sole(table, k.columns[0]) for k in table.foreign_keys):
        return  # the synthetic rows have no place that could be filled
    quoted, key = spelled.quoted, str(parent)
    given = {limit.reference: key} | (counting(table, limit.state, limit.values, dataset) if limit.state else {})
    whole = f"{quoted(limit.references)} SET {quoted(limit.column or '')}"
    where = f"WHERE {quoted(limit.key)} = {key}"

    def held(number: int) -> tuple[str, ...]:
        return (f"UPDATE {whole} = {number} {where}",) if limit.column else ()

    def row(number: int) -> str:
        return dataset.fill(table, 1, given, after=number)

    before = (*held(most), *((dataset.fill(table, most - 1, given),) if most > 1 else ()))
    name, words = f"{table.name}.{limit.name}", told(table, limit)

    def claim(what: str, sentence: str, trial: Accepted | Refused | Races) -> Claim:
        return Claim(
            id=f"{name}.{what}", sentence=sentence, element=f"table.{table.name}", serves=limit.serves, trial=trial
        )

    last, over = row(most - 1), row(most)
    yield claim("last", f"the last place is free: {words}", Accepted(sql=(*before, last), affects=1))
    yield claim("over", f"a row too many is refused: {words}", Refused(sql=(*before, last, over), sqlstate=CHECK))
    mine = f"FROM {quoted(table.name)} WHERE {quoted(limit.reference)} = {key}"
    undo = [f"DELETE {mine}"]
    if limit.column:
        value = dataset.value(dataset.tables[limit.references], limit.column, parent)
        undo.append(f"UPDATE {whole} = {value} {where}")
        sinks = (*before, last, *held(most - 1))
        yield claim("guarded", f"{limit.column} of {limit.references} does not sink below the rows of {table.name}",
                    Refused(sql=sinks, sqlstate=CHECK))  # fmt: skip
    yield claim(
        "raced", f"of two sessions that take the last place at once one is refused: {words}",
        Races(setup=before, one=(last,), other=(over,), sqlstate=CHECK,
              check=f"SELECT count(*) = {most} {mine}", undo=tuple(undo)),
    )  # fmt: skip


def capacity_decisions(tables: Iterable[Table], locks: bool) -> tuple[Decision, ...]:
    """Why a trigger counts, once for all limits."""
    kept = [(table, limit) for table in tables for limit in table.capacities]
    if not kept:
        return ()
    parents = ", ".join(dict.fromkeys(limit.references for _, limit in kept))
    waits = (
        f"it locks the row of {parents} before it counts, so that of two transactions one waits and counts what the "
        "other left"
        if locks
        else "one transaction writes at a time, so nothing changes between the count and the row"
    )
    return (
        Decision(
            id="decision.capacities",
            topic="Limits on the number of rows",
            choice=f"a trigger counts: {'; '.join(told(table, limit) for table, limit in kept)}",
            because=f"a CHECK sees one row; the trigger sees all of them whoever writes, and {waits}",
            alternatives=(
                Alternative(
                    name="the application counts before it inserts",
                    refused_because="two requests at once both find the last place free, and a script or a second "
                    "application may not ask",
                ),
                Alternative(
                    name="a counter in the parent with a CHECK",
                    refused_because="every row that comes or goes writes the parent too, a new version of it each "
                    "time, and whoever forgets to count down loses the place for good",
                ),
                Alternative(
                    name="serializable transactions",
                    refused_because="every transaction of every writer has to run so, and to be repeated when it is "
                    "refused; the lock makes those wait that want a place of the same row",
                ),
            ),
            origin=Origin(kind="inferred", rule="a limit on a number of rows is kept where all writers pass"),
            serves=tuple(dict.fromkeys(s for _, limit in kept for s in limit.serves)),
        ),
    )
