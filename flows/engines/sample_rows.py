"""Rows for a schema of which nothing but its catalogue is known, so that a migration is tried on data and not on air.

Each column has candidates by its type; the server says which constraint a row breaks, and its columns
take their next candidate. A table that no combination fills stays empty, and the reason is kept.
"""

import itertools
import re
from collections.abc import Iterator

import networkx as nx
import psycopg

from contracts.evolution import SchemaObject, SchemaState
from flows.engines.matching_values import matching
from flows.engines.session import Connection

ROWS = 6000  # more than a batch of a backfill, so that its loop is tried
TRIES = 400

_TEXT = (
    "'{name} ' || n", "lpad(n::text, 6, '0')", "'user' || n || '@mail.test'", "'https://mail.test/' || n",
    "'+49170' || lpad(n::text, 7, '0')",
    "'{slug}-' || n", "chr(65 + n % 26) || chr(65 + n / 26 % 26) || chr(65 + n / 676 % 26)",
    "lower(chr(65 + n % 26) || chr(65 + n / 26 % 26))",
    "chr(65 + n % 26) || chr(65 + n / 26 % 26)", "'EUR'", "'DE'", "'de'", "'A'", "n::text",
)  # fmt: skip
_NUMBER = ("n", "n % 100 + 1", "n % 5 + 1", "n % 2", "0", "1", "-n", "0.5")
_DIGITS = {"n": 7, "-n": 7, "n % 100 + 1": 3, "0": 0, "0.5": 0}
_MOMENT = "timestamp '2026-01-01' + n * interval '1 hour'"
_TIME = tuple(
    f"({_MOMENT} + interval '{shift}')" for shift in ("0", "30 minutes", "1 day", "-1 day", "400 days", "-400 days")
)
_BY_TYPE = (
    (r"(smallint|integer|bigint|numeric|real|double precision|money)\b.*", _NUMBER),
    (r"boolean", ("n % 2 = 0", "true", "false")),
    (r"date|timestamp.*", _TIME),
    (r"time\b.*", ("time '08:00' + n * interval '1 second'",)),
    (r"interval.*", ("n * interval '1 minute'",)),
    (r"uuid", ("lpad(to_hex(n), 32, '0')::uuid",)),
    (r"jsonb?", ("jsonb_build_object('n', n)", "'[]'")),
    (r"inet|cidr", ("('10.0.' || n / 256 % 256 || '.' || n % 256)",)),
    (r"bytea", ("decode(lpad(to_hex(n), 8, '0'), 'hex')",)),
    (r"tstzrange|tsrange|daterange", ("'[' || date '2026-01-01' + n || ',' || date '2026-01-02' + n || ')'",)),
    (r".*\[\]", ("'{{}}'",)),
)


_ONE_OF = re.compile(r"= ANY \(\(?ARRAY\[(.*?)\]")
_WORD = re.compile(r"'(?:[^']|'')*'")
_FORMAT = re.compile(r" ~ '((?:[^']|'')*)'")
_LOWER = re.compile(r"FROM \('(\d{4}-\d\d-\d\d)")


def sample_rows(connection: Connection, state: SchemaState) -> dict[str, str]:
    """Fills every table that can be filled; gives, by table, why one stayed empty."""
    unfilled = {}
    for table in _in_order(state):
        reason = _filled(connection, state, table)
        if reason:
            unfilled[table] = reason
    return unfilled


def _in_order(state: SchemaState) -> list[str]:
    """Tables after those that they reference."""
    names = [t.name for t in state.of("table") if not t.text("parent") and t.name != "schema_migrations"]
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    for key in state.of("constraint"):
        if key.text("references") in names and key.text("references") != key.table:
            graph.add_edge(key.text("references"), key.table)
    place = {name: n for n, name in enumerate(names)}
    groups = nx.condensation(graph)
    rank = {g: min(place[m] for m in groups.nodes[g]["members"]) for g in groups}
    order = nx.lexicographical_topological_sort(groups, key=rank.__getitem__)
    return [name for g in order for name in sorted(groups.nodes[g]["members"], key=place.__getitem__)]


def _filled(connection: Connection, state: SchemaState, table: str) -> str:
    """Rows for one table, without its triggers; the reason when there are none."""
    columns = [c for c in state.of("column", table) if not c.text("generated") and c.text("identity") != "ALWAYS"]
    options = {c.name: _options(state, c) for c in columns}
    picks = dict.fromkeys(options, 0)
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    try:
        return _search(connection, state, table, options, picks)
    finally:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def _search(
    connection: Connection, state: SchemaState, table: str, options: dict[str, list[str]], picks: dict[str, int]
) -> str:
    """Tries combinations until the first rows are taken, then inserts all that the unique constraints allow."""
    turns: dict[str, Iterator[tuple[int, ...]]] = {}
    reason = "no combination of values was accepted"
    for _ in range(TRIES):
        try:
            with connection.transaction():
                connection.execute(_insert(table, options, picks, 20, "").encode())
                connection.execute(_insert(table, options, picks, ROWS, " ON CONFLICT DO NOTHING").encode())
            return ""
        except psycopg.Error as error:
            reason = error.diag.message_primary or type(error).__name__
            concerned = _concerned(state, table, error, options, reason)
            if not concerned or not _turn(concerned, options, picks, turns):
                return reason
    return reason


def _insert(table: str, options: dict[str, list[str]], picks: dict[str, int], rows: int, ending: str) -> str:
    listed, values = ", ".join(options), ", ".join(options[c][picks[c]] for c in options)
    if not options:
        return f"INSERT INTO {table} DEFAULT VALUES"
    start = 1 if ending else 1_000_001  # the trial's rows are beside those that follow
    return f"INSERT INTO {table} ({listed}) SELECT {values} FROM generate_series({start}, {start + rows - 1}) n{ending}"


def _concerned(
    state: SchemaState, table: str, error: psycopg.Error, options: dict[str, list[str]], reason: str
) -> tuple[str, ...]:
    """The columns whose values were refused."""
    named = (error.diag.constraint_name or "", error.diag.column_name or "")
    for constraint in state.of("constraint", table):
        if constraint.name.strip('"') == named[0]:
            return tuple(c for c in constraint.texts("columns") if c in options)
    if named[1]:
        return tuple(c for c in options if c.strip('"') == named[1])
    return tuple(c for c in options if len(options[c]) > 1 and f'"{c}"' in reason) or tuple(
        c for c in options if len(options[c]) > 1
    )


def _turn(
    concerned: tuple[str, ...],
    options: dict[str, list[str]],
    picks: dict[str, int],
    turns: dict[str, Iterator[tuple[int, ...]]],
) -> bool:
    """The next combination of these columns' candidates; False when there is none left."""
    key = ",".join(concerned)
    if key not in turns:
        turns[key] = itertools.product(*(range(len(options[c])) for c in concerned))
        next(turns[key])
    following = next(turns[key], None)
    if following is None:
        return False
    picks.update(zip(concerned, following, strict=True))
    return True


def _options(state: SchemaState, column: SchemaObject) -> list[str]:
    """SQL expressions over n for a column's values; those of a reference come from the rows that are there."""
    kind, cast = column.text("type"), f"::{column.text('type')}"
    found: list[str] = []
    listings: list[list[str]] = []
    for constraint in state.of("constraint", column.table):
        if constraint.text("type") == "f" and column.name in constraint.texts("columns"):
            found += _of_parents(constraint, column)
        if constraint.text("type") == "c" and constraint.texts("columns") == (column.name,):
            words = [
                word for listed in _ONE_OF.findall(constraint.text("definition")) for word in _WORD.findall(listed)
            ]
            listings += [words] if words else []
            format_ = _FORMAT.search(constraint.text("definition"))
            made = matching(format_[1].replace("''", "'")) if format_ else None
            found += [f"({made}){cast}"] if made else []
    common = [word for word in listings[0] if all(word in words for words in listings)] if listings else []
    listings = [common, *listings] if common and len(listings) > 1 else listings
    found = [f"(ARRAY[{', '.join(words)}])[n % {len(words)} + 1]{cast}" for words in listings] + found
    found += _inside_partitions(state, column)
    labels = next((t.texts("labels") for t in state.of("type") if t.name == kind), ())
    if labels:
        found.append(f"(enum_range(NULL::{kind}))[n % {len(labels)} + 1]")
    plain = [f"({option}){cast}" for option in _of_type(column)]
    nothing = [] if column.facts.get("not_null") else [f"NULL{cast}"]
    return [*found, *plain, *nothing] or [f"NULL{cast}"]


def _of_parents(key: SchemaObject, column: SchemaObject) -> list[str]:
    """The column's values in the rows that a key refers to; in one order, so that those of several columns agree."""
    parent, columns = key.text("references"), key.texts("columns")
    listed = re.search(r"REFERENCES \S+?\(([^)]*)\)", key.text("definition"))
    theirs = [name.strip() for name in listed[1].split(",")] if listed else []
    if parent == column.table or len(theirs) != len(columns):
        return []
    value = theirs[columns.index(column.name)]
    rows = f"ARRAY(SELECT {value} FROM {parent} ORDER BY {', '.join(theirs)} LIMIT {ROWS})"
    return [f"({rows})[(n - 1) % greatest(1, cardinality({rows})) + 1]"]


def _inside_partitions(state: SchemaState, column: SchemaObject) -> list[str]:
    """Moments in the first partition of time, for a table that has no partition for all others."""
    table = next(t for t in state.of("table") if t.name == column.table)
    if not re.search(rf"\b{re.escape(column.name)}\b", table.text("partition_key")):
        return []
    bounds = [_LOWER.search(t.text("bounds")) for t in state.of("table") if t.text("parent") == table.name]
    lower = min((found[1] for found in bounds if found), default="")
    return [f"(timestamp '{lower}' + n * interval '1 minute')::{column.text('type')}"] if lower else []


def _digits(kind: str) -> int:
    """How many digits before the point a number of this type has at most."""
    limited = re.fullmatch(r"numeric\((\d+),(-?\d+)\)", kind)
    return int(limited[1]) - int(limited[2]) if limited else 4 if kind == "smallint" else 10


def _of_type(column: SchemaObject) -> tuple[str, ...]:
    kind, name = column.text("type"), re.sub(r"\W", "", column.name)[:12]
    for pattern, options in _BY_TYPE:
        if re.fullmatch(pattern, kind):
            options = tuple(option for option in options if _DIGITS.get(option, 1) <= _digits(kind))
            return tuple(option.replace("{{", "{").replace("}}", "}") for option in options)
    if kind.startswith(("text", "character", "citext", "name")):
        return tuple(option.format(name=name, slug=name.replace("_", "-").lower()) for option in _TEXT)
    return ("n::text", "'x'")
