"""SQLite's part of the design: STRICT tables, indexes, full-text tables, triggers, and what SQLite lacks."""

import datetime as dt
from collections.abc import Iterator

from agents.dialects.sqlite import sql
from agents.dialects.sqlite.ddl import index_statements, table_statement
from agents.dialects.sqlite.native import forms, native
from agents.dialects.sqlite.spelling import LABEL
from agents.dialects.sqlite.sql import words_table
from agents.dialects.sqlite.triggers import trigger_statements
from agents.schema_design import schema_design as designed
from agents.schema_design.claims import CHECK
from agents.schema_design.dataset import Dataset
from agents.schema_design.gaps import compared_keys, gap, refusing_compared
from agents.schema_design.own_indexes import searches, with_own_indexes, words_claim
from agents.schema_design.partitions import ROWS_FROM, rows_after, unsplit
from agents.schema_design.physical import Logical, Made, Physical
from agents.schema_design.races import race_claims
from agents.schema_design.spelling import Abilities
from agents.schema_design.withdrawal_claims import withdrawal_races
from contracts.base import Statement
from contracts.claims import Claim, Refused, Returns
from contracts.requirements import Requirements
from contracts.schema import Gap, SchemaDesign, Table

PRAGMAS = ("foreign_keys = ON",)
"""What has to be said in every connection, before its first statement: SQLite does not check foreign keys otherwise."""


def schema_design(requirements: Requirements, start: dt.date) -> SchemaDesign:
    """The schema of one project for SQLite."""
    return designed(requirements, start, SQLITE)


def _whole(tables: tuple[Table, ...], requirements: Requirements, start: dt.date) -> tuple[Table, ...]:
    """No table is split; and no key that compares two columns sets one of them to NULL."""
    return tuple(map(refusing_compared, unsplit(tables, requirements, start)))


def _made(logical: Logical) -> Made:
    indexes, queries = with_own_indexes(logical, words_table)
    tables = {table.name: table for table in map(native, logical.tables)}
    statements = [_pragma(text) for text in PRAGMAS]
    for table in logical.tables:
        statements.append(table_statement(table, tables[table.name], logical.requirements.protection.audit))
        for index in indexes:
            if index.table == table.name:
                statements += index_statements(index, table)
    statements += trigger_statements(logical)
    statements += map(sql.query_statement, queries)
    return Made(
        tables=tuple(tables.values()), indexes=indexes, queries=queries, statements=tuple(statements),
        gaps=tuple(_gaps(logical)),
    )  # fmt: skip


def _pragma(text: str) -> Statement:
    name = text.partition(" ")[0]
    return Statement(
        id=f"pragma.{name}", section="schema", sql=f"PRAGMA {text}", element=f"pragma.{name}",
        comment="Said in every connection, before its first statement: foreign keys are not checked otherwise",
    )  # fmt: skip


def _own_claims(logical: Logical, dataset: Dataset) -> tuple[Claim, ...]:
    made: list[Claim] = []
    for table in logical.tables:
        made += _form_claims(table, dataset)
    for name, queries in searches(logical, words_table).items():
        made += [words_claim(name, query) for query in queries]
    made += _lints(logical)
    made += race_claims(logical.tables, logical.indexes, dataset, logical.totals)
    return (*made, *withdrawal_races(logical.withdrawals, dataset, logical.lifecycles))


def _form_claims(table: Table, dataset: Dataset) -> Iterator[Claim]:
    """Each value that another engine's type would refuse is refused by its check, and a text for a number by STRICT."""
    for name, column, expression, wrong in forms(table):
        if column.name == "updated_at" and column.default == "now()":
            continue  # no INSERT of the application gives it
        shown = wrong if len(wrong) < 20 else "a longer text"
        yield Claim(
            id=f"{table.name}.{name}",
            sentence=f"{table.name} refuses {shown} as {column.name}: {expression}",
            element=f"table.{table.name}",
            serves=column.serves,
            trial=Refused(sql=(dataset.insert(table, {column.name: wrong}),), sqlstate=CHECK),
        )
    numeric = next((c for c in table.columns if c.type in NUMBERS and not (c.identity or _refers(table, c.name))), None)
    if numeric:
        yield Claim(
            id=f"{table.name}.{numeric.name}.strict",
            sentence=f"{table.name} refuses a text as {numeric.name}: the table is STRICT",
            element=f"table.{table.name}",
            serves=numeric.serves,
            trial=Refused(sql=(dataset.insert(table, {numeric.name: "'many'"}),), sqlstate=DATATYPE),
        )


def _refers(table: Table, column: str) -> bool:
    return any(column in key.columns for key in table.foreign_keys)


def _lints(logical: Logical) -> Iterator[Claim]:
    """What the finished file must answer: no broken reference, no damage, and every table strict."""
    names = ", ".join(sql.literal(table.name) for table in logical.tables)
    for identity, sentence, question in (
        ("foreign_key_check", "no row refers to one that is missing", "SELECT * FROM pragma_foreign_key_check"),
        ("foreign_keys", "foreign keys are checked in this connection",
         "SELECT 'off' FROM pragma_foreign_keys WHERE foreign_keys <> 1"),
        ("strict", "every table is STRICT",
         f"SELECT name FROM pragma_table_list WHERE schema = 'main' AND name IN ({names}) AND strict = 0 ORDER BY 1"),
    ):  # fmt: skip
        yield Claim(id=f"lint.{identity}", sentence=sentence, element="lint", trial=Returns(sql=(question,), rows=()))


def _gaps(logical: Logical) -> Iterator[Gap]:
    """What the design asks for and SQLite does not have."""
    tables = logical.tables
    money = [c for t in tables for c in t.columns if c.type == "money"]
    if money:
        yield gap(
            "decimal numbers", "amounts of money are whole numbers of the smallest unit, in INTEGER columns",
            "nothing is lost, but the application divides by the unit when it shows an amount",
            dict.fromkeys(c.name for c in money),
        )  # fmt: skip
    inexact = [c for t in tables for c in t.columns if c.type in ("decimal", "percentage")]
    if inexact:
        yield gap(
            "decimal numbers that are no money", "REAL, a binary floating point number of 15 digits",
            "sums of many such values may differ in the last digit; round where they are compared",
            dict.fromkeys(c.name for c in inexact),
        )  # fmt: skip
    moments = [c for t in tables for c in t.columns if c.type == "timestamp"]
    if moments:
        yield gap(
            "a type for moments with their time zone",
            "text of the form YYYY-MM-DD HH:MM:SS in UTC, which a CHECK holds to that form",
            "fractions of a second, and a zone that travels with the value: the application converts",
            dict.fromkeys(c.name for c in moments),
        )  # fmt: skip
    excluded = [rule.name for t in tables for rule in t.exclusions]
    if excluded:
        yield gap(
            "exclusion constraints", "two triggers look for rows that overlap before a row is written",
            "nothing: there is one writer at a time, so no other row can come in between", excluded,
        )  # fmt: skip
    if compared := compared_keys(tables):
        yield compared
    parts = [q.name for q in logical.queries if " LIKE '%' || " in q.sql]
    if parts:
        yield gap(
            "an index for parts of words", "LIKE reads every row of the table",
            "time that grows with the table; an FTS5 table with the trigram tokenizer is due when it is felt", parts,
        )  # fmt: skip
    large = [t for t in tables if t.nature == "event" and rows_after(t, 3) > ROWS_FROM]
    if large:
        yield gap(
            "partitions", "one table, from which old rows are deleted in small steps",
            "dropping a month at once; deleted pages are reused and not given back", [t.name for t in large],
        )  # fmt: skip
    patterns = [c.name for t in tables for c in t.checks if c.kind == "matches"]
    if patterns:
        yield gap(
            "regular expressions", "GLOB and LIKE in the checks of fixed spellings",
            "finer rules of a spelling, which the application checks", patterns,
        )  # fmt: skip
    if logical.requirements.protection.row_level:
        yield gap(
            "roles and row-level security", "who may open the file may read all of it; the application asks for the "
            "rows of one owner in every query", "a second line of defence inside the database", (),
        )  # fmt: skip


DATATYPE = "22023"
NUMBERS = ("integer", "money", "decimal", "percentage")

SQLITE = Physical(
    name="sqlite",
    label=LABEL,
    client="sqlite3 -bail new.db",
    keys="INTEGER PRIMARY KEY, which is the row's own number",
    ordered_uuid="",
    spelling=sql,
    abilities=Abilities(
        partial=True,
        skips=True,
        proves=False,
        shares=False,
        excludes=False,
        moves=True,
        words=None,
        parts=None,
        spans=False,
    ),
    partitioned=_whole,
    made=_made,
    own_claims=_own_claims,
)
