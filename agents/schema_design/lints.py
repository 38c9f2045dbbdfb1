"""What the applied catalogue must not show, claimed before it is asked.

Each question of `agents.dialects.postgresql.lints` becomes a claim that the catalogue answers it with no row, or with
exactly those rows for which the design has a reason; the reason stands in the claim's sentence.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from agents.dialects.postgresql import literal
from agents.dialects.postgresql.lints import LINTS, ON_DELETE, Lint
from contracts.claims import Claim, Returns
from contracts.schema import Index, Table

Row = tuple[str, ...]
Excused = dict[Row, str]
"""Rows that a lint may answer with, each with the reason."""


def lint_claims(tables: tuple[Table, ...], indexes: tuple[Index, ...]) -> list[Claim]:
    """One claim for each lint, and one for what every foreign key does on delete."""
    made = [_claim(lint, _EXCUSES.get(lint.id, _none)(tables, indexes)) for lint in LINTS]
    return [*made, _lone(tables), _on_delete(tables)]


def _claim(lint: Lint, excused: Excused) -> Claim:
    reasons = dict.fromkeys(excused.values())
    told = [
        f"{', '.join('.'.join(row) for row, why in excused.items() if why == reason)}: {reason}" for reason in reasons
    ]
    return Claim(
        id=f"lint.{lint.id}",
        sentence=lint.sentence + (f"; left as they are on purpose: {'; '.join(told)}" if told else ""),
        element="lint",
        trial=Returns(sql=(lint.sql,), rows=tuple(sorted(excused))),
    )


def _none(tables: tuple[Table, ...], indexes: tuple[Index, ...]) -> Excused:
    return {}


def _nullable(tables: tuple[Table, ...], indexes: tuple[Index, ...]) -> Excused:
    found: Excused = {}
    for table in tables:
        loose = {c.name for c in table.columns if c.nullable}
        keys = [u.columns for u in table.uniques]
        keys += [tuple(k.column or "" for k in i.keys) for i in indexes if i.table == table.name and i.unique]
        for column in (c for key in keys if len(key) > 1 for c in key if c in loose):
            found[table.name, column] = "a row whose value is not known yet collides with nothing"
    return found


def _numbered(tables: tuple[Table, ...], indexes: tuple[Index, ...]) -> Excused:
    found: Excused = {}
    for table in tables:
        numbered = (c.name for c in table.columns if c.name[-1].isdigit())
        stems = Counter(re.sub(r"_?[0-9]+$", "", name) for name in numbered)
        for stem in (stem for stem, count in stems.items() if count > 1):
            why = "lines of one postal address, read as a whole" if "line" in stem else "the brief names each of them"
            found[table.name, stem] = why
    return found


_NAME = re.compile(r"(attribute|property|field|parameter|key|option)(_name|_key)?")
_VALUE = re.compile(r"(attribute_|property_|field_)?value")


def _pairs(tables: tuple[Table, ...], indexes: tuple[Index, ...]) -> Excused:
    return {
        (table.name,): "the brief asks for names that people make up while they work"
        for table in tables
        if any(_NAME.fullmatch(c.name) for c in table.columns) and any(_VALUE.fullmatch(c.name) for c in table.columns)
    }


_EXCUSES: dict[str, Callable[[tuple[Table, ...], tuple[Index, ...]], Excused]] = {
    "nullable_unique_key": _nullable,
    "repeated_columns": _numbered,
    "attribute_value_pairs": _pairs,
}


def _lone(tables: Iterable[Table]) -> Claim:
    """Tables of the design that refer to nothing and to which nothing refers."""
    tables = tuple(tables)
    targets = {key.references for table in tables for key in table.foreign_keys}
    alone = [(table.name,) for table in tables if not table.foreign_keys and table.name not in targets]
    listed = ", ".join(literal(table.name) for table in tables)
    sql = (
        f"SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN ({listed})\n"
        "AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND c.oid IN (k.conrelid, k.confrelid))\n"
        "ORDER BY 1"
    )
    why = f", except {', '.join(row[0] for row in alone)}, which the brief relates to nothing" if alone else ""
    return Claim(
        id="lint.lone_table",
        sentence=f"every table is tied to another one by a foreign key{why}",
        element="lint",
        trial=Returns(sql=(sql,), rows=tuple(sorted(alone))),
    )


def _on_delete(tables: Iterable[Table]) -> Claim:
    rows = [(table.name, key.name, key.on_delete) for table in tables for key in table.foreign_keys]
    counted = Counter(action for _, _, action in rows)
    told = ", ".join(f"{count} {action}" for action, count in sorted(counted.items())) or "there is none"
    return Claim(
        id="lint.on_delete",
        sentence=f"every foreign key does on delete what was decided for it: {told}",
        element="lint",
        trial=Returns(sql=(ON_DELETE,), rows=tuple(sorted(rows))),
    )
