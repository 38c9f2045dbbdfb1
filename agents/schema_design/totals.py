"""Sums over child rows become triggers: a total that the database writes itself, or a limit that it keeps.

A CHECK sees one row only, so a rule over several rows needs a trigger. It locks the parent first: two transactions that
add rows to one parent wait for each other, and the second one sums in a new snapshot (READ COMMITTED).
"""

import re
from collections.abc import Iterable

from agents.dialects.postgresql import quoted
from agents.naming import identifier, shorten
from agents.schema_design.claims import CHECK
from agents.schema_design.columns import NUMERIC
from agents.schema_design.dataset import Dataset
from contracts.base import Omission, Statement
from contracts.claims import Claim, Refused, Returns
from contracts.requirements import Rule
from contracts.schema import Column, Table, Total


def totals(rules: Iterable[Rule], tables: Iterable[Table]) -> tuple[tuple[Total, ...], list[Omission]]:
    """The sums that triggers can keep; the others with the reason why they stay with the application."""
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
    return tuple(kept.values()), left


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


def total_statements(kept: Iterable[Total]) -> list[Statement]:
    """For each sum a function and a trigger on the child, and a guard on the parent's column."""
    return [statement for total in kept for statement in _statements(total)]


def _statements(total: Total) -> list[Statement]:
    maintained = total.operator == "="
    events = ", ".join(map(quoted, (*total.terms, total.reference)))
    after = f"AFTER INSERT OR UPDATE OF {events}{' OR DELETE' if maintained else ''} ON public.{quoted(total.child)}"
    before = f"BEFORE UPDATE OF {quoted(total.column)} ON public.{quoted(total.table)}"
    words = f"{total.table}.{total.column} {total.operator} sum of {' * '.join(total.terms)} over {total.child}"
    body = _maintained(total) if maintained else _limited(total)
    return [
        *_pair(total, f"sum_{total.name}", body, after, f"Keeps {words}"),
        *_pair(total, f"guard_{total.name}", _guard(total), before, f"Refuses a direct change that breaks {words}"),
    ]


def _pair(total: Total, name: str, body: str, when: str, comment: str) -> list[Statement]:
    """A function and its trigger. It runs as its owner, because the sum counts rows that the writer may not see."""
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger\nLANGUAGE plpgsql SECURITY DEFINER\n"
        f"SET search_path = pg_catalog, pg_temp\nAS $body$\n{body}\n$body$"
    )
    trigger = f"CREATE TRIGGER {name} {when}\n    FOR EACH ROW EXECUTE FUNCTION {name}()"
    element = f"total.{total.name}"
    return [
        Statement(id=f"function.{name}", section="schema", sql=function, comment=comment, element=element),
        Statement(
            id=f"function.{name}.revoke", section="schema", sql=f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC",
            comment="Only its trigger calls it", element=element,
        ),
        Statement(id=f"trigger.{name}", section="schema", sql=trigger, element=element),
    ]  # fmt: skip


def _sum(total: Total, key: str) -> str:
    """The sum over the children of one parent row."""
    product = " * ".join(f"part.{quoted(term)}" for term in total.terms)
    source = f"FROM public.{quoted(total.child)} AS part WHERE part.{quoted(total.reference)} = {key}"
    return f"SELECT coalesce(sum({product}), 0) {source}"


def _unchanged(total: Total) -> str:
    """An update that writes the same values again changes no sum: nothing is locked, written or audited for it."""
    before, after = (", ".join(f"{row}.{quoted(c)}" for c in (*total.terms, total.reference)) for row in ("OLD", "NEW"))
    return f"IF TG_OP = 'UPDATE' AND ROW({before}) IS NOT DISTINCT FROM ROW({after}) THEN RETURN NULL; END IF;"


def _maintained(total: Total) -> str:
    table, column, reference = quoted(total.table), quoted(total.column), quoted(total.reference)
    unchanged = _unchanged(total)
    return f"""BEGIN
    {unchanged}
    PERFORM 1 FROM public.{table} WHERE id IN (OLD.{reference}, NEW.{reference}) ORDER BY id FOR UPDATE;
    UPDATE public.{table} AS whole SET {column} = ({_sum(total, "whole.id")})
    WHERE whole.id IN (OLD.{reference}, NEW.{reference})
        AND {column} IS DISTINCT FROM ({_sum(total, "whole.id")});
    RETURN NULL;
END"""


def _limited(total: Total) -> str:
    table, column, reference = quoted(total.table), quoted(total.column), quoted(total.reference)
    return f"""DECLARE
    highest numeric;
BEGIN
    {_unchanged(total)}
    SELECT {column} INTO highest FROM public.{table} WHERE id = NEW.{reference} FOR UPDATE;
    IF ({_sum(total, f"NEW.{reference}")}) > highest THEN
        RAISE EXCEPTION 'the sum over {total.child} exceeds {total.column} of {total.table} %', NEW.{reference}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{total.name}';
    END IF;
    RETURN NULL;
END"""


def _guard(total: Total) -> str:
    column, child, reference = quoted(total.column), quoted(total.child), quoted(total.reference)
    broken = f"({_sum(total, 'NEW.id')}) > NEW.{column}"
    if total.operator == "=":
        broken = (
            f"({_sum(total, 'NEW.id')}) <> NEW.{column}\n"
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
    product = " * ".join(f"part.{spelled.quoted(term)}" for term in total.terms)
    summed = spelled.rescaled(whole.column(total.column), [child.column(t) for t in total.terms], f"sum({product})")
    summed = (
        f"(SELECT coalesce({summed}, 0) FROM {spelled.quoted(total.child)} AS part "
        f"WHERE part.{spelled.quoted(total.reference)} = ({key}))"
    )
    lowered = f"UPDATE {parent} SET {column} = {summed} {'+' if total.operator == '=' else '-'} 1 WHERE id = {key}"
    guarded = Claim(
        id=f"total.{total.name}.guarded",
        sentence=f"{total.table} refuses a {total.column} that contradicts its rows of {total.child}",
        element=f"total.{total.name}", serves=total.serves, trial=Refused(sql=(row, lowered), sqlstate=CHECK),
    )  # fmt: skip
    if total.operator == "=":
        follows = f"SELECT {column} = {summed} FROM {parent} WHERE id = {key}"
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
