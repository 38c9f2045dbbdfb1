"""What an index is worth to a query: the steps that SQLite's program takes with the index, and without it.

SQLite compiles a query to a program and counts what it executes: the progress handler is called once a step, so the
figure is exact, holds what triggers and FTS5's own tables cost, and is the same on every machine. The index is really
dropped, in a transaction that is rolled back. An index that belongs to a constraint cannot be dropped: there a
temporary table of the same name stands before the table, with the same rows and all its other indexes.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from contracts.claims import Observation, PlanFacts, UsesIndex
from flows.engines.session import Outcome
from flows.engines.sqlite.refusals import constraint_name, refusal, unique_indexes
from flows.engines.sqlite.session import checked, parameters, ran, rolled_back, rows_of

_EXPLAINED = re.compile(r"\s*EXPLAIN(\s+QUERY\s+PLAN)?\s+", re.IGNORECASE)
_BY_INDEX = re.compile(r"USING (?:COVERING )?INDEX (\S+)")
_BY_KEY = re.compile(r"(?:SEARCH|SCAN) (?:TABLE )?(\S+)(?: AS (\S+))? USING (?:INTEGER )?PRIMARY KEY")
_VIRTUAL = re.compile(r"SCAN (?:TABLE )?(\S+)(?: AS (\S+))? VIRTUAL TABLE")


@dataclass(frozen=True)
class _Index:
    """An index by the name that the design uses; `sqlite_name` is empty for a table's rowid."""

    name: str
    table: str
    sqlite_name: str
    kind: str  # index, constraint, rowid or fts5


def index_use(connection: sqlite3.Connection, queries: Mapping[str, str], claim: str, trial: UsesIndex) -> Observation:
    """`PlanFacts` of the query, or the SQLSTATE and message of what stood in the way; `queries` are texts by name."""
    index = _found(connection, trial.index, trial.table)
    if index is None:
        return Observation(claim=claim, sqlstate="42704", message=f'index "{trial.index}" does not exist')
    if index.table != trial.table:
        message = f'index "{trial.index}" belongs to table "{index.table}", not to "{trial.table}"'
        return Observation(claim=claim, sqlstate="42809", message=message)
    text = trial.prepare or queries.get(trial.query)
    if text is None:
        message = f'the script has no statement "query.{trial.query}"'
        return Observation(claim=claim, sqlstate="26000", message=message)
    sql = _EXPLAINED.sub("", text, count=1).rstrip().rstrip(";")
    wanted = parameters(connection, sql)
    if wanted != len(trial.arguments):
        message = f"the query has {wanted} parameters, and {len(trial.arguments)} arguments were given"
        return Observation(claim=claim, sqlstate="42601", message=message)
    values = _values(connection, trial.arguments)
    if isinstance(values, Outcome):
        return Observation(claim=claim, sqlstate=values.sqlstate, message=values.message)
    return _compared(connection, claim, trial, index, sql, values)


def _compared(
    connection: sqlite3.Connection, claim: str, trial: UsesIndex, index: _Index, sql: str, values: tuple[object, ...]
) -> Observation:
    """The query with the index beside the query without it."""
    indexes = _read_through(connection, sql, values)
    taken = _steps(connection, sql, values)
    if isinstance(taken, Outcome):
        return Observation(claim=claim, sqlstate=taken.sqlstate, message=taken.message)
    stand_ins = (_found(connection, name, trial.table) for name in trial.stand_ins)
    without = _steps_without(connection, (index, *(one for one in stand_ins if one)), sql, values)
    if isinstance(without, Outcome):
        message = f"without {trial.index} the query cannot be planned: {without.message}"
        return Observation(claim=claim, sqlstate=without.sqlstate, message=message)
    (steps, rows), (steps_without, _) = taken, without
    facts = PlanFacts(
        indexes=indexes, blocks=steps, blocks_without=steps_without, rows=rows, rows_removed=0, unit="steps"
    )
    return Observation(claim=claim, plan=facts)


def _found(connection: sqlite3.Connection, name: str, table: str) -> _Index | None:
    """The index, constraint, key or full-text table of this name; `table` is where a key's name is looked for."""
    sql = "SELECT type, tbl_name, sql FROM sqlite_schema WHERE name = ? AND type IN ('index', 'table')"
    found = connection.execute(sql, (name,)).fetchone()
    if found and found[0] == "index":
        return _Index(name, str(found[1]), name, "index")
    if found and re.search(r"\bUSING\s+fts5\b", str(found[2]), re.IGNORECASE):
        return _Index(name, table, name, "fts5")
    for (owner,) in rows_of(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):
        for auto, origin, key in unique_indexes(connection, str(owner)):
            if origin != "c" and constraint_name(connection, str(owner), auto, origin, key) == name:
                return _Index(name, str(owner), auto, "constraint")
        if name == f"pk_{owner}":
            return _Index(name, str(owner), "", "rowid")
    return None


def _values(connection: sqlite3.Connection, arguments: Iterable[str]) -> tuple[object, ...] | Outcome:
    """The arguments are SQL expressions; their values are bound, as an application binds them."""
    values = []
    for argument in arguments:
        try:
            values.append(connection.execute(f"SELECT {argument}").fetchone()[0])
        except sqlite3.Error as error:
            sqlstate, message = refusal(connection, error)
            return Outcome(sqlstate=sqlstate, message=f"argument {argument}: {message}")
    return tuple(values)


def _steps(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> tuple[int, int] | Outcome:
    """Steps and rows of one run, undone afterwards."""
    own = not connection.in_transaction
    checked(connection, "BEGIN" if own else "SAVEPOINT run")
    seen: list[None] = []
    try:
        connection.set_progress_handler(partial(seen.append, None), 1)  # called by C alone: a million calls in 0.1 s
        cursor = connection.execute(sql, values)
        rows = len(cursor.fetchall()) if cursor.description else max(0, cursor.rowcount)
        taken = len(seen)
    except sqlite3.Error as error:
        sqlstate, message = refusal(connection, error)
        return Outcome(sqlstate=sqlstate, message=message)
    finally:
        connection.set_progress_handler(None, 0)
        checked(connection, "ROLLBACK" if own else "ROLLBACK TO run")
    return taken, rows


def _steps_without(
    connection: sqlite3.Connection, indexes: tuple[_Index, ...], sql: str, values: tuple[object, ...]
) -> tuple[int, int] | Outcome:
    """The same after the indexes are gone, all of which is rolled back."""
    if indexes[0].kind == "fts5":
        return _steps_reading_all(connection, indexes[0], values)
    checked(connection, "BEGIN")
    try:
        for table in sorted({index.table for index in indexes if index.kind in ("constraint", "rowid")}):
            _shadowed(connection, table, [index for index in indexes if index.table == table])
        for index in indexes:
            if index.kind == "index":
                ran(connection, f'DROP INDEX IF EXISTS main."{index.name}"')
        return _steps(connection, sql, values)
    finally:
        rolled_back(connection)


def _shadowed(connection: sqlite3.Connection, table: str, dropped: list[_Index]) -> None:
    """A temporary table before the table, with its rows and its indexes but for the dropped ones."""
    names = {index.sqlite_name for index in dropped}
    checked(connection, f'CREATE TEMP TABLE "{table}" AS SELECT * FROM main."{table}"')
    key = [str(r[0]) for r in rows_of(connection, f"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0")]
    if key and "" not in names:
        checked(connection, f'CREATE UNIQUE INDEX temp."pk of {table}" ON "{table}" ({_listed(key)})')
    for name, origin, columns in unique_indexes(connection, table):
        if origin == "u" and name not in names:
            checked(connection, f'CREATE UNIQUE INDEX temp."uq {name}" ON "{table}" ({_listed(columns)})')
    sql = "SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    for name, text in connection.execute(sql, (table,)).fetchall():
        if name not in names:
            made = re.sub(rf'\bINDEX\s+"?{re.escape(name)}"?', f'INDEX temp."{name}"', text, count=1, flags=re.I)
            checked(connection, made)
    checked(connection, f'ANALYZE temp."{table}"')


def _steps_reading_all(
    connection: sqlite3.Connection, index: _Index, values: tuple[object, ...]
) -> tuple[int, int] | Outcome:
    """Without a full-text index its words are looked for in every row, by LIKE in each column that it holds."""
    columns = [str(row[0]) for row in rows_of(connection, f"SELECT name FROM pragma_table_info('{index.name}')")]
    there = {str(row[0]) for row in rows_of(connection, f"SELECT name FROM pragma_table_info('{index.table}')")}
    searched = [f"\"{name}\" LIKE '%' || ?1 || '%'" for name in columns if name in there]
    if not searched:
        return Outcome(message=f'table "{index.table}" has no column of the full-text table')
    words = next((value for value in values if isinstance(value, str)), "")
    sql = f'SELECT count(*) FROM "{index.table}" WHERE {" OR ".join(searched)}'
    return _steps(connection, sql, (words,))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _read_through(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> tuple[str, ...]:
    """The indexes of the query's plan by the design's names, in order."""
    try:
        details = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    except sqlite3.Error:
        return ()
    tables = _tables(sql)
    names = set()
    for detail in details:
        if match := _BY_INDEX.search(detail):
            names.add(_design_name(connection, match.group(1)))
        elif match := _BY_KEY.search(detail):
            names.add(f"pk_{tables.get(match.group(1), match.group(1))}")
        elif match := _VIRTUAL.search(detail):
            names.add(tables.get(match.group(1), match.group(1)))
    return tuple(sorted(names))


def _design_name(connection: sqlite3.Connection, name: str) -> str:
    """The constraint's name for an index that SQLite made for it."""
    row = connection.execute("SELECT tbl_name, sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    if row is None or row[1] is not None:
        return name
    for auto, origin, key in unique_indexes(connection, str(row[0])):
        if auto == name:
            return constraint_name(connection, str(row[0]), auto, origin, key)
    return name


def _tables(sql: str) -> dict[str, str]:
    """The table behind each alias; a plan tells only the alias. sqlglot does not read numbered parameters."""
    try:
        tree = sqlglot.parse_one(re.sub(r"\?\d+", "?", sql), read="sqlite")
    except SqlglotError:
        return {}
    return {table.alias_or_name: table.name for table in tree.find_all(exp.Table)}
