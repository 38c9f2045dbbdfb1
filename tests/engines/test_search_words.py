"""What a search field finds, on each family: beginnings of names, whole words of prose, and no text is an operator."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from agents.dialects.mariadb import sql as mariadb
from agents.dialects.postgresql import sql as postgresql
from agents.dialects.sqlite import sql as sqlite
from contracts.base import Origin
from contracts.claims import Experiment, Observations, Returns
from contracts.schema import Column, Table
from flows.engines import mariadb as mariadb_engine
from flows.engines import sqlite as sqlite_engine
from flows.engines.errors import EngineError
from flows.engines.locate import engine
from flows.engines.postgresql import observe as postgresql_observe
from tests.engines.conftest import claim, silent, statement

ORIGIN = Origin(kind="inferred", rule="test")
INDEXES = {
    "postgresql": "CREATE INDEX ix ON people USING gin ((to_tsvector('simple', coalesce(found, ''))))",
    "mariadb": "CREATE FULLTEXT INDEX ix ON people (found)",
    "sqlite": "CREATE VIRTUAL TABLE fts_people_found USING fts5(found, content='')",
}
ROWS = ("Miller", "O''Neil", "Öztürk", "half-term fees")
FOUND = {
    "string": {
        "Mil": ("Miller",), "miller": ("Miller",), "ill": (), "Özt": ("Öztürk",), "half te": ("half-term fees",),
        "": (), "+*\"(": (), "O'N": ("O'Neil",),
    },
    "text": {"Mil": (), "miller": ("Miller",), "": (), "half": ("half-term fees",)},
}  # fmt: skip


def _table(kind: Any) -> Table:
    columns = (("id", "integer", "bigint"), ("found", kind, "varchar(80)"))
    return Table(
        name="people", entity="person", nature="master", comment="", primary_key=("id",), origin=ORIGIN,
        serves=("a.b",), expected_rows=4,
        columns=tuple(Column(name=n, type=t, sql_type=s, origin=ORIGIN, serves=("a.b",)) for n, t, s in columns),
    )  # fmt: skip


def _asked(spelling: ModuleType, kind: str, words: str) -> str:
    """The names that a search for these words finds, as one SELECT."""
    table = _table(kind)
    core = sa.table("people", sa.column("id"), sa.column("found"))
    source, conditions, best = spelling.search(table, core, ["found"], sa.bindparam("words", type_=sa.Text()))
    names: Any = sa.literal_column("people.found")
    chosen = sa.select(names).select_from(source).where(*conditions).order_by(best, sa.literal_column("people.id"))
    text, _ = spelling.compiled(chosen)
    return re.sub(r"\$1\b|\?1\b|\?(?!\d)", lambda _: str(spelling.literal(words)), text)


def _tried(family: str, spelling: ModuleType) -> Experiment:
    folded = f" COLLATE {mariadb.FOLDING}" if family == "mariadb" else ""
    people = f"CREATE TABLE people (id bigint PRIMARY KEY, found varchar(80){folded})"
    script = {"people": people, "index": INDEXES[family]}
    values = ", ".join(f"({n}, '{name}')" for n, name in enumerate(ROWS, 1))
    rows = {"rows.people": f"INSERT INTO people (id, found) VALUES {values}"}
    if family == "sqlite":
        rows["rows.words"] = f"INSERT INTO fts_people_found (rowid, found) VALUES {values}"
    claims = []
    for kind, cases in FOUND.items():
        if family == "postgresql" and kind == "text":
            continue  # it asks for another index, of English words
        for n, (words, names) in enumerate(cases.items()):
            trial = Returns(sql=(_asked(spelling, kind, words),), rows=tuple((name,) for name in names))
            claims.append(claim(f"{kind}.{n}", trial))
    return Experiment(
        script=tuple(statement(*item) for item in script.items()),
        dataset=tuple(statement(*item) for item in rows.items()),
        claims=tuple(claims),
        rows=10,
    )


def _postgresql() -> Observations:
    return postgresql_observe(_tried("postgresql", postgresql), engine("embedded"), silent)


def _mariadb() -> Observations:
    return mariadb_engine.observe(_tried("mariadb", mariadb), mariadb_engine.found("installed"), silent)


def _sqlite() -> Observations:
    return sqlite_engine.observe(_tried("sqlite", sqlite), sqlite_engine.found("embedded"), silent)


@pytest.mark.parametrize("observed", [_postgresql, _mariadb, _sqlite])
def test_a_search_field_finds_beginnings_of_names_and_words_of_prose(observed: Callable[[], Observations]) -> None:
    try:
        seen = observed().observations
    except EngineError as error:
        pytest.skip(str(error))
    found = {o.claim: (o.rows, o.message) for o in seen}
    asked = {f"{kind}.{n}": names for kind, cases in FOUND.items() for n, names in enumerate(cases.values())}
    assert len(found) >= len(FOUND["string"])
    assert found == {name: (tuple((one,) for one in asked[name]), "") for name in found}
