"""Sums over child rows become triggers: a total that the database writes itself, or a limit that it keeps.

A CHECK sees one row only, so a rule over several rows needs a trigger. It locks the parent first: two transactions that
add rows to one parent wait for each other, and the second one sums in a new snapshot (READ COMMITTED).
"""

import re
from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import quoted
from agents.dialects.postgresql import sql as spelling
from agents.naming import identifier, shorten
from agents.schema_design.claims import CHECK
from agents.schema_design.columns import NUMERIC
from agents.schema_design.dataset import Dataset
from agents.schema_design.guards import guard_statements, unless_changed
from agents.schema_design.implied_totals import implied_totals
from agents.schema_design.spelling import Spelling
from contracts.base import Alternative, Decision, Omission, Origin, Statement
from contracts.claims import Claim, Refused, Returns
from contracts.requirements import Requirements, Rule
from contracts.schema import Column, Table, Total


def totals(requirements: Requirements, tables: Sequence[Table]) -> tuple[tuple[Total, ...], list[Omission]]:
    """The sums that triggers can keep; the others with the reason why they stay with the application."""
    stated, left = _stated(requirements.rules, tables)
    implied, unclear = implied_totals(requirements, tables, stated)
    return (*stated, *implied), [*left, *unclear]


def _stated(rules: Iterable[Rule], tables: Iterable[Table]) -> tuple[list[Total], list[Omission]]:
    by_entity = {table.entity: table for table in tables if table.entity}
    kept: dict[str, Total] = {}
    left: list[Omission] = []
    for rule in rules:
        if rule.kind != "sum":
            continue
        found = _total(rule, by_entity.get(rule.entity or ""), by_entity.get(rule.child or ""))
        if isinstance(found, Total):
            kept.setdefault(found.name, found)
        else:
            reason = f"{found}, so the application has to keep this rule in the transaction that writes the rows"
            left.append(
                Omission(subject=f"A trigger for: {rule.text}", reason=reason, origin=rule.origin, serves=rule.serves)
            )
    return list(kept.values()), left


def _total(rule: Rule, table: Table | None, child: Table | None) -> Total | str:
    """The total of a rule, or why there can be none."""
    if table is None or child is None or rule.operator not in ("=", "<="):
        return "the rule names no two tables"
    reference = next((k for k in child.foreign_keys if k.references == table.name and len(k.columns) == 1), None)
    if reference is None:
        return f"{child.name} has no single column that names its row of {table.name}"
    columns = [_numeric(child, term) for term in rule.terms]
    column = _numeric(table, rule.attributes[0])
    if column is None or not columns or not all(columns):
        return "a part of the sum is no number"
    return Total(
        name=shorten(identifier(f"{table.name}_{column.name}_of_{child.name}"), 50),
        table=table.name, column=column.name, child=child.name, reference=reference.columns[0],
        terms=tuple(c.name for c in columns if c), operator=rule.operator, origin=rule.origin, serves=rule.serves,
    )  # fmt: skip


def _numeric(table: Table, name: str) -> Column | None:
    return next((c for c in table.columns if c.name == name and c.type in NUMERIC and c.generated is None), None)


def told(total: Total) -> str:
    """What a total is the sum of, in words."""
    row = " + ".join((" * ".join(total.terms), *total.added))
    return (
        f"{total.table}.{total.column} {total.operator} sum of {' - '.join((row, *total.deducted))} over {total.child}"
    )


def summed(total: Total, whole: Table, child: Table, spelled: Spelling) -> str:
    """The sum over the rows `part` of the child, as the parent's column stores it; NULL where there are none."""
    column = whole.column(total.column)

    def amount(names: Sequence[str]) -> str:
        product = " * ".join(f"part.{spelled.quoted(name)}" for name in names)
        return spelled.rescaled(column, [child.column(name) for name in names], f"sum({product})")

    made = amount(total.terms)
    for sign, names in (("+", total.added), ("-", total.deducted)):
        for name in names:
            one = amount((name,))
            made += f" {sign} {f'coalesce({one}, 0)' if child.column(name).nullable else one}"
    return made


def total_statements(kept: Iterable[Total], tables: Iterable[Table]) -> list[Statement]:
    """For each sum a function and a trigger on the child, and a guard on the parent's column."""
    by_name = {table.name: table for table in tables}
    return [s for total in kept for s in _statements(total, by_name[total.table], by_name[total.child])]


def _statements(total: Total, whole: Table, child: Table) -> list[Statement]:
    maintained, amount = total.operator == "=", summed(total, whole, child, spelling)
    events = ", ".join(map(quoted, (*total.parts, total.reference)))
    after = f"AFTER INSERT OR UPDATE OF {events}{' OR DELETE' if maintained else ''} ON public.{quoted(total.child)}"
    before = f"BEFORE UPDATE OF {quoted(total.column)} ON public.{quoted(total.table)}"
    words = told(total)
    body = _maintained(total, amount) if maintained else _limited(total, amount)
    refuses, element = f"Refuses a direct change that breaks {words}", f"total.{total.name}"
    return [
        *guard_statements(f"sum_{total.name}", body, after, f"Keeps {words}", element),
        *guard_statements(f"guard_{total.name}", _guard(total, amount), before, refuses, element),
    ]


def _sum(total: Total, amount: str, key: str) -> str:
    """The sum over the children of one parent row."""
    source = f"FROM public.{quoted(total.child)} AS part WHERE part.{quoted(total.reference)} = {key}"
    return f"SELECT coalesce({amount}, 0) {source}"


def _maintained(total: Total, amount: str) -> str:
    """The parent's lock is the one that its UPDATE takes: a stronger one would wait for the share that each new part's
    foreign key has of the parent already, so that two sessions with a part each would wait for each other.
    """
    table, column, reference = quoted(total.table), quoted(total.column), quoted(total.reference)
    return f"""BEGIN
    {unless_changed((*total.parts, total.reference))}
    PERFORM 1 FROM public.{table} WHERE id IN (OLD.{reference}, NEW.{reference}) ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.{table} AS whole SET {column} = ({_sum(total, amount, "whole.id")})
    WHERE whole.id IN (OLD.{reference}, NEW.{reference})
        AND {column} IS DISTINCT FROM ({_sum(total, amount, "whole.id")});
    RETURN NULL;
END"""


def _limited(total: Total, amount: str) -> str:
    table, column, reference = quoted(total.table), quoted(total.column), quoted(total.reference)
    return f"""DECLARE
    highest numeric;
BEGIN
    {unless_changed((*total.parts, total.reference))}
    SELECT {column} INTO highest FROM public.{table} WHERE id = NEW.{reference} FOR NO KEY UPDATE;
    IF ({_sum(total, amount, f"NEW.{reference}")}) > highest THEN
        RAISE EXCEPTION 'the sum over {total.child} exceeds {total.column} of {total.table} %', NEW.{reference}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{total.name}';
    END IF;
    RETURN NULL;
END"""


def _guard(total: Total, amount: str) -> str:
    column, child, reference = quoted(total.column), quoted(total.child), quoted(total.reference)
    broken = f"({_sum(total, amount, 'NEW.id')}) > NEW.{column}"
    if total.operator == "=":
        broken = (
            f"({_sum(total, amount, 'NEW.id')}) <> NEW.{column}\n"
            f"        AND EXISTS (SELECT FROM public.{child} AS part WHERE part.{reference} = NEW.id)"
        )
    return f"""BEGIN
    IF {broken} THEN
        RAISE EXCEPTION '{total.column} of {total.table} % contradicts its rows of {total.child}', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = '{total.name}';
    END IF;
    RETURN NEW;
END"""


def _nines(column: Column) -> str:
    """The largest whole number of a column, far above every synthetic sum; MariaDB lets no INSERT read what its
    trigger locks, so that the limit itself cannot be asked for in the same statement."""
    digits = re.search(r"\((\d+), ?(\d+)\)", column.sql_type)
    return "9" * (min(12, int(digits[1]) - int(digits[2])) if digits else 8)


def total_claims(total: Total, tables: Iterable[Table], dataset: Dataset) -> list[Claim]:
    """The sum follows a new row, or refuses one too much; and no direct change of it goes through."""
    child = next(t for t in tables if t.name == total.child)
    whole = next(t for t in tables if t.name == total.table)
    spelled = dataset.spelling
    parent = spelled.quoted(total.table)
    key = dataset.value(child, total.reference)
    row, column = dataset.insert(child), spelled.quoted(total.column)
    held = (
        f"(SELECT coalesce({summed(total, whole, child, spelled)}, 0) FROM {spelled.quoted(total.child)} AS part "
        f"WHERE part.{spelled.quoted(total.reference)} = ({key}))"
    )
    lowered = f"UPDATE {parent} SET {column} = {held} {'+' if total.operator == '=' else '-'} 1 WHERE id = {key}"
    guarded = Claim(
        id=f"total.{total.name}.guarded",
        sentence=f"{total.table} refuses a {total.column} that contradicts its rows of {total.child}",
        element=f"total.{total.name}", serves=total.serves, trial=Refused(sql=(row, lowered), sqlstate=CHECK),
    )  # fmt: skip
    if total.operator == "=":
        follows = f"SELECT {column} = {held} FROM {parent} WHERE id = {key}"
        kept = Claim(
            id=f"total.{total.name}.follows",
            sentence=f"{total.column} of {total.table} follows a new row of {total.child}",
            element=f"total.{total.name}", serves=total.serves,
            trial=Returns(sql=(row, follows), rows=((spelled.true,),)),
        )  # fmt: skip
        return [kept, guarded]
    if any(c.column in total.terms and (c.maximum is not None or c.kind == "one_of") for c in child.checks):
        return [guarded]  # a row beyond the limit would break the column's own bound first
    beyond = {term: spelled.number(child.column(term), "1") for term in total.terms[1:]}
    beyond[total.terms[0]] = spelled.number(child.column(total.terms[0]), _nines(child.column(total.terms[0])))
    refused = Claim(
        id=f"total.{total.name}.limited",
        sentence=f"{total.child} refuses a row that makes its sum larger than {total.column} of {total.table}",
        element=f"total.{total.name}", serves=total.serves,
        trial=Refused(sql=(dataset.insert(child, beyond),), sqlstate=CHECK),
    )  # fmt: skip
    return [refused, guarded]


def total_decisions(kept: Iterable[Total]) -> tuple[Decision, ...]:
    """Why sums over parts are stored and who keeps them true, once for all of them."""
    stored = [total for total in kept if total.operator == "="]
    if not stored:
        return ()
    tables = ", ".join(dict.fromkeys(total.table for total in stored))
    net = [f"{name} of {total.child} is taken to come on top of its price" for total in stored for name in total.added]
    return (
        Decision(
            id="decision.totals",
            topic="Totals of parts",
            choice=f"stored and kept by the database: {'; '.join(map(told, stored))}",
            because=f"triggers of {', '.join(dict.fromkeys(total.child for total in stored))} write the sum in the "
            f"transaction that changes a part, under a lock of the row of {tables}, and one on {tables} refuses any "
            "other figure while there are parts" + "".join(f"; {one}" for one in net),
            alternatives=(
                Alternative(
                    name="compute on read",
                    refused_because="every list, report and index that shows the total would read all parts of each "
                    "row; a stored one is read with the row",
                ),
                Alternative(
                    name="a generated column",
                    refused_because="it sees the columns of its own row alone",
                ),
                Alternative(
                    name="a check at commit (a deferred constraint trigger)",
                    refused_because="it refuses a wrong total and leaves every writer to compute the right one; the "
                    "trigger that computes it reads the same rows once",
                ),
                Alternative(
                    name="the application alone",
                    refused_because="two requests that change parts of one row at once each add to the total that "
                    "they read; a script or a second application may forget it",
                ),
            ),
            origin=Origin(kind="inferred", rule="a stored sum is kept where all writers pass"),
            serves=tuple(dict.fromkeys(s for total in stored for s in total.serves)),
        ),
    )
