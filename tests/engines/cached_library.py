"""A library whose cached answers grow old in every way that a schema knows, with its tables on a real server.

Cascades over two levels, SET NULL that shows, a tree that goes with its root, one whose rows only lose their parent, a
junction, a join to a parent, and a total that a trigger keeps.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator

from agents.caching import caching_plan
from agents.caching.coherence import coherence
from agents.caching.keys import candidates, query_rates
from agents.caching.selection import Chosen, chosen
from agents.dialects.postgresql.sql import query_statement
from agents.schema_design.core import core_tables
from agents.schema_design.dataset import Dataset
from agents.schema_design.ddl import schema_statements
from agents.schema_design.totals import total_statements
from contracts.caching import CachingPlan
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.schema import Parameter, Query, SchemaDesign, Table, Total
from flows.engines.server import Server, scratch
from flows.engines.session import Connection, checked
from tests.agents.sized import STATED, busy, column, query, reference, table, tables

START = dt.date(2026, 1, 1)
ROWS = 800  # of each table: enough for every parent that a synthetic row or one of a history refers to


def all_tables() -> tuple[Table, ...]:
    more = (
        table(
            "topics", "topic", "reference", 200, column("parent_id", "bigint", "identifier", nullable=True),
            column("name"), foreign_keys=(reference("topics", "parent_id", "topics", "cascade"),),
        ),
        table(
            "sections", "section", "reference", 200, column("parent_id", "bigint", "identifier", nullable=True),
            column("name"), foreign_keys=(reference("sections", "parent_id", "sections", "set null"),),
        ),
        table(
            "labels", "label", "junction", 9_000, column("book_id", "bigint", "identifier"),
            column("topic_id", "bigint", "identifier"),
            foreign_keys=(
                reference("labels", "book_id", "books", "cascade"),
                reference("labels", "topic_id", "topics", "cascade"),
            ),
        ),
        table("accounts", "account", "master", 5_000, column("owed", "numeric(12,2)", "decimal")),
        table(
            "fines", "fine", "transaction", 0, column("account_id", "bigint", "identifier"),
            column("amount", "numeric(12,2)", "decimal"),
            foreign_keys=(reference("fines", "account_id", "accounts", "restrict"),), rows_per_day=10.0,
        ),
    )  # fmt: skip
    return (*(t for t in tables() if t.name not in ("readers", "loans")), *more)


def asked(name: str, kind: str, of: str, sql: str, *parameters: str, tables: tuple[str, ...] = ()) -> Query:
    made = tuple(Parameter(name=p, sql_type="bigint", sample="1") for p in parameters)
    return query(name, kind, of, sql, *made, tables=tables or (of,), per_second=90_000.0, staleness_seconds=600)


def listed(name: str, of: str, shown: str, by: str) -> Query:
    return asked(name, "list", of, f"SELECT id, {shown} FROM {of} WHERE {by} = $1 ORDER BY id LIMIT 20", by)


def queries() -> tuple[Query, ...]:
    return (
        listed("shelf_books", "books", "title", "shelf_id"),
        asked("book", "lookup", "books", "SELECT id, isbn, title, publisher_id FROM books WHERE id = $1", "id"),
        listed("topics_below", "topics", "name", "parent_id"),
        asked("topic", "lookup", "topics", "SELECT id, parent_id, name FROM topics WHERE id = $1", "id"),
        listed("sections_below", "sections", "name", "parent_id"),
        asked("section", "lookup", "sections", "SELECT id, parent_id, name FROM sections WHERE id = $1", "id"),
        asked(
            "labels_of_book", "list", "labels",
            "SELECT l.id, t.name FROM labels AS l JOIN topics AS t ON t.id = l.topic_id WHERE l.book_id = $1 LIMIT 20",
            "book_id", tables=("labels", "topics"),
        ),
        asked(
            "book_with_publisher", "lookup", "books",
            "SELECT b.id, p.name FROM books AS b LEFT JOIN publishers AS p ON p.id = b.publisher_id WHERE b.id = $1",
            "id", tables=("books", "publishers"),
        ),
        asked("account", "lookup", "accounts", "SELECT id, owed FROM accounts WHERE id = $1", "id"),
    )  # fmt: skip


def library() -> tuple[Requirements, SchemaDesign]:
    made = all_tables()
    owed = Total(
        name="accounts_owed", table="accounts", column="owed", child="fines", reference="account_id",
        terms=("amount",), operator="=", origin=STATED, serves=("entity.book",),
    )  # fmt: skip
    statements = (
        *schema_statements(made, (), core_tables(made), ()),
        *total_statements((owed,), made),
        *(query_statement(one) for one in queries()),
    )
    design = SchemaDesign(
        dialect="postgresql",
        floor="15",
        tables=made,
        queries=queries(),
        totals=(owed,),
        statements=statements,
        diagram="",
    )
    return busy(), design


def plan() -> CachingPlan:
    return caching_plan(*library(), START)


def claims_from(first: int) -> tuple[Claim, ...]:
    """The coherence claims with cases of their own, so that one database can play several histories."""
    found, design = library()
    rates = query_rates(found, design)
    weighed = [chosen(found, design, c, rates[c.query.name]) for c in candidates(found, design)]
    return coherence(
        found, design, Dataset(design.tables, START), [c for c in weighed if isinstance(c, Chosen)], first=first
    )


@contextlib.contextmanager
def shelved(server: Server) -> Iterator[Connection]:
    """The library's tables, a few hundred rows each, and its prepared queries."""
    _, design = library()
    dataset = Dataset(design.tables, START)
    with scratch(server, "experiment", "") as connection:
        for statement in design.statements:
            checked(connection, statement.sql)
        for one in design.tables:
            sql = dataset.load(one).sql
            checked(
                connection, sql.replace(f"generate_series(1, {dataset.rows[one.name]})", f"generate_series(1, {ROWS})")
            )
        yield connection
