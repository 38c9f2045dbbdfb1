"""An example's API with a server behind it: the document in a database, a few rows, and tokens for its roles."""

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from pydantic import JsonValue
from starlette.applications import Starlette

from agents.api_integration import api_integration
from agents.api_integration.examples import fits
from agents.api_integration.shapes import column_field, constant
from artifacts.reading import sql_statements
from contracts.api import ApiIntegration, Operation
from contracts.catalogue import PublishedColumn, PublishedTable
from contracts.published import PublishedDesign
from flows.api_server import Accounts, Caller, Database, api_server
from flows.api_server.callers import Limiter
from flows.engines.server import Server, scratch
from flows.engines.session import Connection
from flows.publishing import published_design
from tests.documents import DOCUMENTS

ROWS = 3
STOCK = 1_000  # what orders take from
Seeds = dict[tuple[str, str], JsonValue]


@dataclass(frozen=True)
class Served:
    """A running API; `seeds` holds the first row of each table by table and column."""

    design: PublishedDesign
    api: ApiIntegration
    app: Starlette
    seeds: Seeds
    connection: Connection

    def token(self, operation: Operation) -> dict[str, str]:
        """The header of somebody who may call this operation; people with rows of their own come first."""
        roles = sorted(
            (role for role in self.api.roles if role.name in operation.roles), key=lambda role: not role.identity
        )
        return {"Authorization": f"Bearer {roles[0].name}:1"} if roles else {}


def document(name: str) -> Path:
    """An example's persistence.md."""
    return DOCUMENTS[name]


@contextlib.contextmanager
def served(server: Server, path: Path) -> Iterator[Served]:
    """The API of a document, its script applied on the server, with rows in every table."""
    design = published_design(str(path), dsn(server))
    api = api_integration(design)
    text = path.read_text("utf-8")
    with scratch(server, f"api_{design.project}", text) as connection:
        for statement in sql_statements(text):
            connection.execute(statement.text.encode())
        seeds = seeded(design, connection)
        accounts = Accounts(
            known=caller_of,
            verified=lambda stored, password: stored == password,
            issued=lambda caller: f"{caller.role}:{caller.identity}",
        )
        app = api_server(design, api, Database(connection, design), accounts, Limiter(()))
        yield Served(design, api, app, seeds, connection)


def dsn(server: Server) -> str:
    """The running server as an address, so that reading a document starts no second one."""
    given = conninfo_to_dict(server.conninfo)
    return f"postgresql://{given['user']}@/{given['dbname']}?host={given['host']}&port={given['port']}"


def caller_of(token: str) -> Caller | None:
    """The tokens of these tests are `role:identity`."""
    found = re.fullmatch(r"([a-z_]+):(\d+)", token)
    return Caller(found[1], found[2]) if found else None


def seeded(design: PublishedDesign, connection: Connection) -> Seeds:
    """A few rows in each table that queries touch, values by the columns' own examples."""
    seeds: Seeds = {}
    used = {name for query in design.queries for name in (*query.tables, query.table)}
    needed = [t for t in design.catalogue.tables if t.name in _with_parents(design, used)]
    moved = {place for t in design.catalogue.tables for way in t.triggers for place in design.moved_by(way)}
    for table in needed:
        for number in range(1, ROWS + 1):
            row = _row(table, number)
            row |= {name: STOCK for name in row if (table.name, name) in moved}
            names = ", ".join(row)
            marks = ", ".join(["%s"] * len(row))
            connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(row.values()))
            if number == 1:
                seeds |= {(table.name, name): value for name, value in row.items()}
                seeds |= {(table.name, c.name): 1 for c in table.columns if c.identity}
    return seeds


def _with_parents(design: PublishedDesign, names: set[str]) -> set[str]:
    found, waiting = set[str](), [name for name in names if name]
    known = {table.name for table in design.catalogue.tables}
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting += [key.references for key in design.data_table(name).foreign_keys]
    return found


def _row(table: PublishedTable, number: int) -> dict[str, Any]:
    """A row that keeps the table's rules; rows 1 and 2 belong to the first row of their first parent."""
    row: dict[str, Any] = {}
    first = table.foreign_keys[0].name if table.foreign_keys else ""
    for column in table.columns:
        reference = next((k for k in table.foreign_keys if k.columns == (column.name,)), None)
        if column.identity or column.generated or column.name in ("created_at", "updated_at", "deleted_at"):
            continue
        if reference and reference.references == table.name:
            row[column.name] = None if number == 1 else 1
        elif reference:
            row[column.name] = 1 if reference.name == first and number < ROWS else number
        else:
            row[column.name] = _value(table, column, number)
    return row


def _value(table: PublishedTable, column: PublishedColumn, number: int) -> Any:
    """The column's example, made different from row to row where it is free text or a time."""
    value = column_field(table, column).value
    if value.type == "json":
        return "{}"
    if value.format in ("date", "date-time"):
        moment = dt.datetime.fromisoformat(str(value.example).replace("Z", "+00:00"))
        later = moment + dt.timedelta(days=number)
        return later.date().isoformat() if value.format == "date" else later.isoformat()
    if value.enum:
        return constant(column) or value.enum[0]
    if value.type == "integer":
        return number
    if value.format == "uuid":
        return f"{str(value.example)[:-2]}{number:02}"
    if value.type == "string" and value.format == "":
        text = str(value.example)
        others = (text.replace("@", f"{number}@") if "@" in text else f"{text}{number}", f"{text[:-1]}{number}")
        return next((other for other in others if fits(other, value)), text)
    return value.example
