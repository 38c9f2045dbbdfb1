"""A small library of books, made by hand with round numbers, so that every figure of a plan can be checked by head.

Shelves hold books, readers borrow them; a shelf's delete takes its books with it, a publisher's only their reference.
"""

from typing import Any

from contracts.base import Origin
from contracts.requirements import (
    AccessPattern,
    Assumption,
    Entity,
    Requirement,
    Requirements,
    Stack,
    Targets,
)
from contracts.schema import Column, ForeignKey, Index, IndexKey, Parameter, Query, SchemaDesign, Table, Unique

STATED = Origin(kind="stated", line=1, quote="as the brief says")
CONVENTION = Origin(kind="convention", rule="a convention of this project")
REQUIREMENTS = (
    ("entity.book", "entity"),
    ("performance.response-time", "performance"),
    ("performance.throughput", "performance"),
    ("availability.uptime", "availability"),
    ("access.books-of-shelf", "access"),
    ("access.book-by-id", "access"),
    ("volume.book", "volume"),
    ("stack.language", "stack"),
    ("stack.instances", "stack"),
)


def requirements(**changes: Any) -> Requirements:
    """A standard tier with 1,000 requests per second, nine of ten of them reads, from four Python instances."""
    patterns = tuple(
        AccessPattern(id=f"access.{name}", text=name, entity="book", kind=kind, page_size=size, origin=STATED)
        for name, kind, size in (("books-of-shelf", "list", 20), ("book-by-id", "lookup", None))
    )
    return Requirements(
        project="library",
        title="Library",
        tier="standard",
        requirements=tuple(Requirement(id=i, kind=kind, text=i, origin=STATED) for i, kind in REQUIREMENTS),
        entities=(Entity(name="book", label="Book", nature="master", origin=STATED, serves=("entity.book",)),),
        access_patterns=patterns,
        targets=Targets(
            response_ms=60,
            requests_per_second=1_000,
            read_share=0.9,
            availability_percent=99.9,
            recovery_point_seconds=300,
            recovery_time_seconds=3_600,
            yearly_growth_percent=0,
        ),
        stack=Stack(language="python", instances=4),
        assumptions=(Assumption(id="assumption.users", fact="users", value="100", reason="none", knob="users"),),
    ).model_copy(update=changes)


def busy(per_second: float = 2_000, **changes: Any) -> Requirements:
    """More reads than one database server of the usual size answers at once, so that a shared cache is due."""
    targets = requirements().targets.model_copy(update={"requests_per_second": per_second})
    return requirements(**{"targets": targets, **changes})


def column(name: str, sql_type: str = "varchar(30)", kind: str = "string", **more: Any) -> Column:
    return Column(name=name, sql_type=sql_type, type=kind, origin=STATED, serves=("entity.book",), **more)


def key() -> Column:
    return column("id", "bigint", "identifier", identity=True)


def reference(table: str, parent: str, references: str, on_delete: str) -> ForeignKey:
    return ForeignKey(
        name=f"fk_{table}_{parent}",
        columns=(parent,),
        references=references,
        referenced_columns=("id",),
        on_delete=on_delete,
        because="as the test says",
        origin=CONVENTION,
        serves=("entity.book",),
    )


def table(name: str, entity: str, nature: str, rows: int, *columns: Column, **more: Any) -> Table:
    return Table(
        name=name,
        entity=entity,
        nature=nature,
        comment=name,
        columns=(key(), *columns),
        primary_key=("id",),
        expected_rows=rows,
        origin=STATED,
        serves=("entity.book",),
        **more,
    )


def tables() -> tuple[Table, ...]:
    """Floors have shelves, shelves have books (cascade), publishers lose theirs (set null), loans keep books."""
    return (
        table("floors", "floor", "reference", 4, column("name")),
        table(
            "shelves", "shelf", "reference", 100, column("floor_id", "bigint", "identifier"),
            foreign_keys=(reference("shelves", "floor_id", "floors", "cascade"),),
        ),
        table("publishers", "publisher", "master", 50, column("name")),
        table(
            "books", "book", "master", 10_000,
            column("shelf_id", "bigint", "identifier"),
            column("publisher_id", "bigint", "identifier", nullable=True),
            column("isbn"),
            column("title"),
            foreign_keys=(
                reference("books", "shelf_id", "shelves", "cascade"),
                reference("books", "publisher_id", "publishers", "set null"),
            ),
            uniques=(Unique(name="uq_books_isbn", columns=("isbn",), origin=STATED),),
        ),
        table(
            "readers", "reader", "person", 5_000,
            column("email", sensitivity="personal"), column("card", sensitivity="secret"),
        ),
        table(
            "loans", "loan", "transaction", 0,
            column("book_id", "bigint", "identifier"), column("reader_id", "bigint", "identifier"),
            foreign_keys=(
                reference("loans", "book_id", "books", "restrict"),
                reference("loans", "reader_id", "readers", "restrict"),
            ),
            rows_per_day=1_000.0,
        ),
    )  # fmt: skip


def parameter(name: str, sql_type: str = "bigint") -> Parameter:
    return Parameter(name=name, sql_type=sql_type, sample="1")


def query(name: str, kind: str, of: str, sql: str, *parameters: Parameter, **more: Any) -> Query:
    access = more.pop("access", f"access.{name.replace('_', '-')}")
    return Query(
        name=name,
        title=name,
        access=access,
        kind=kind,
        table=of,
        tables=more.pop("tables", (of,)),
        sql=sql,
        parameters=parameters,
        origin=STATED,
        serves=(access,),
        **more,
    )


def books_of_shelf(**more: Any) -> Query:
    sql = "SELECT id, title FROM books WHERE shelf_id = $1 AND (title, id) > ($2, $3) ORDER BY title, id LIMIT 20"
    cursor = (parameter("shelf_id"), parameter("after_title", "varchar"), parameter("after_id"))
    return query(
        "books_of_shelf", "list", "books", sql, *cursor, **{"per_second": 300.0, "staleness_seconds": 120, **more}
    )


def book_by_id(**more: Any) -> Query:
    sql = "SELECT id, isbn, title FROM books WHERE id = $1"
    more = {"per_second": 2_000.0, "staleness_seconds": 600, **more}
    return query("book_by_id", "lookup", "books", sql, parameter("id"), **more)


def book_by_isbn(**more: Any) -> Query:
    sql = "SELECT id, isbn, title FROM books WHERE isbn = $1"
    more = {"per_second": 2_000.0, "staleness_seconds": 600, **more}
    return query("book_by_isbn", "lookup", "books", sql, parameter("isbn", "varchar"), **more)


def lend() -> Query:
    sql = "INSERT INTO loans (book_id, reader_id) VALUES ($1, $2)"
    return query("lend", "write", "loans", sql, parameter("book_id"), parameter("reader_id"), per_second=20.0)


def schema(*queries: Query, **changes: Any) -> SchemaDesign:
    """The library's schema with these queries, by default a list, a look-up and a write."""
    index = Index(
        name="ix_books_shelf_id",
        table="books",
        keys=(IndexKey(column="shelf_id"),),
        because="books of a shelf",
        origin=CONVENTION,
    )
    return SchemaDesign(
        dialect="postgresql",
        floor="15",
        tables=tables(),
        indexes=(index,),
        queries=queries or (books_of_shelf(), book_by_id(), lend()),
        statements=(),
        diagram="",
    ).model_copy(update=changes)
