"""What an index is worth to a query on MariaDB: rows that the engine reads with it, and with the index ignored.

Pages would mislead: InnoDB keeps a table in its primary key, so that 100 rows by a secondary index of a table of
10,000 descend that tree 100 times (200 page accesses, of which nearly all are cached inner pages), while a scan of
the whole small table touches 33. Rows read (`Handler_read_*`, and what index condition pushdown looked at) are what
the slow query log calls rows examined, and they do not depend on what is cached.

`ALTER INDEX … IGNORED` hides an index from the optimizer without touching the data or the constraint that needs
it; the primary key cannot be hidden, so that there the query says `IGNORE INDEX (PRIMARY)`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from contracts.claims import Observation, PlanFacts, UsesIndex
from flows.engines.mariadb.server import Scratch
from flows.engines.mariadb.session import Connection, checked, literal, one, quoted, ran, rows_of
from flows.engines.session import Outcome

_PREPARE = re.compile(r"\s*PREPARE\s+(`?)(?P<name>\w+)\1\s+FROM\s+(?P<text>.*?);?\s*", re.IGNORECASE | re.DOTALL)
_WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
_NO_FULLTEXT = "ERROR 1191"  # can't find FULLTEXT index matching the column list
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NUMERIC_TYPES = frozenset({"0", "1", "2", "3", "4", "5", "8", "9", "246"})

_BEFORE_A_TABLE = frozenset({"FROM", "JOIN", "UPDATE", "INTO", "AS", "STRAIGHT_JOIN"})

_INDEXES = """
SELECT DISTINCT table_name, index_name FROM information_schema.statistics
WHERE table_schema = DATABASE() AND ({conditions}) ORDER BY table_name
"""
_COUNTERS = "SHOW SESSION STATUS WHERE variable_name LIKE 'Handler_read%' OR variable_name LIKE 'Handler_icp%'"


@dataclass(frozen=True)
class _Index:
    """An index by its table and the name that MariaDB gives it."""

    table: str
    key: str

    @property
    def primary(self) -> bool:
        return self.key == "PRIMARY"

    def shown(self, words: tuple[str, str], ignored: bool) -> str:
        """The statement that hides it from the optimizer, or brings it back."""
        return f"ALTER TABLE {quoted(self.table)} ALTER INDEX {quoted(self.key)} {words[0 if ignored else 1]}"


def index_use(place: Scratch, claim: str, trial: UsesIndex, prepared: dict[str, str]) -> Observation:
    """`PlanFacts` of the query, or the SQLSTATE and message of what stood in the way.

    `prepared` holds the texts of the script's PREPARE statements by name.
    """
    index = _found(place.trials, trial.index, trial.table)
    if isinstance(index, Observation):
        return index.model_copy(update={"claim": claim})
    text = _text(place, trial, prepared)
    if isinstance(text, Outcome):
        return Observation(claim=claim, sqlstate=text.sqlstate, message=text.message)
    with_index = _measured(place, text)
    if isinstance(with_index, Outcome):
        return Observation(claim=claim, sqlstate=with_index.sqlstate, message=with_index.message)
    others = (_found(place.trials, name) for name in trial.stand_ins)
    hidden = [index, *(other for other in others if isinstance(other, _Index))]
    without = _measured_without(place, text, hidden)
    if (
        isinstance(without, Outcome) and _NO_FULLTEXT in without.message
    ):  # MATCH needs its index: a scan is the other way
        without = (with_index[0], int(one(place.trials, f"SELECT COUNT(*) FROM {quoted(index.table)}")), 0, 0)
    if isinstance(without, Outcome):
        message = f"without {trial.index} the query cannot be planned: {without.message}"
        return Observation(claim=claim, sqlstate=without.sqlstate, message=message)
    plan, read, rows, pushed = with_index
    return Observation(
        claim=claim,
        plan=PlanFacts(
            indexes=tuple(sorted(set(_keys(plan, text)))),
            blocks=read,
            blocks_without=without[1],
            rows=rows,
            rows_removed=round(sum(_removed(node) for node in _tables(plan))) + pushed,
            unit="rows read",
        ),
    )


def prepared_text(connection: Connection, sql: str) -> tuple[str, str] | None:
    """Name and text of a PREPARE statement, as this session's sql_mode reads the string; None for another one."""
    found = _PREPARE.fullmatch(sql)
    if found is None:
        return None
    outcome = ran(connection, f"SELECT {found['text']}")
    text = (outcome.rows or ((None,),))[0][0]
    return (found["name"], text) if text else None


def _found(connection: Connection, name: str, table: str = "") -> "_Index | Observation":
    primary = f"index_name = 'PRIMARY' AND CONCAT('pk_', table_name) = {literal(name)}"
    rows = rows_of(connection, _INDEXES.format(conditions=f"index_name = {literal(name)} OR {primary}"))
    found = [_Index(str(row[0]), str(row[1])) for row in rows]
    if not found:
        return Observation(claim=name, sqlstate="42704", message=f'index "{name}" does not exist')
    mine = next((index for index in found if not table or index.table == table), None)
    if mine is None:
        message = f'index "{name}" belongs to table "{found[0].table}", not to "{table}"'
        return Observation(claim=name, sqlstate="42809", message=message)
    return mine


def _text(place: Scratch, trial: UsesIndex, prepared: dict[str, str]) -> str | Outcome:
    """The query with its arguments in place, as a client sends it that binds them."""
    text = prepared.get(trial.query)
    if trial.prepare is not None:
        given = prepared_text(place.script, trial.prepare)
        text = given[1] if given else None
    if text is None:
        return Outcome(sqlstate="26000", message=f'the script prepares no statement "{trial.query}"')
    values = []
    for argument in trial.arguments:
        value = _value(place.trials, argument)
        if isinstance(value, Outcome):
            return value
        values.append(value)
    parts = _parted(text)
    if len(parts) != len(values) + 1:
        return Outcome(message=f'query "{trial.query}" takes {len(parts) - 1} arguments, the claim gives {len(values)}')
    return parts[0] + "".join(value + part for value, part in zip(values, parts[1:], strict=True))


def _value(connection: Connection, argument: str) -> str | Outcome:
    """What the expression is now, as a literal: a lookup of it is no part of the query's cost."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {argument}")
            kind, row = str(cursor.description[0][1]), cursor.fetchone()
    except Exception:  # the same statement again, for its SQLSTATE
        return ran(connection, f"SELECT {argument}")
    cell = row[0] if row else None
    if cell is None:
        return "NULL"
    text = cell.decode() if isinstance(cell, bytes) else str(cell)
    return text if kind in _NUMERIC_TYPES and _NUMBER.fullmatch(text) else literal(text)


def _parted(text: str) -> list[str]:
    """The query between its parameters; a question mark in a string or a name is none.

    >>> _parted("SELECT '?' FROM t WHERE a = ? AND b = ?")
    ["SELECT '?' FROM t WHERE a = ", ' AND b = ', '']
    """
    parts, last = [], 0
    for found in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|(\?)", text):
        if found[1]:
            parts.append(text[last : found.start()])
            last = found.end()
    return [*parts, text[last:]]


_Measured = tuple[dict[str, Any], int, int, int]
"""The plan, rows read, rows returned, and rows that index condition pushdown threw away."""


def _measured(place: Scratch, query: str) -> _Measured | Outcome:
    """The query twice, both undone: once for its plan and once for what the engine counts."""
    connection = place.trials
    if place.product.plan_form:
        ran(connection, place.product.plan_form)  # unknown to a server that has one form alone
    checked(connection, "START TRANSACTION")
    try:
        explained = ran(connection, f"{place.product.explain} {query}")
        if explained.failed:
            return explained
        checked(connection, "ROLLBACK")
        checked(connection, "START TRANSACTION")
        before = _counters(connection)
        outcome = ran(connection, query)
        after = _counters(connection)
        if outcome.failed:
            return outcome
    finally:
        checked(connection, "ROLLBACK")
    grew = {name: after[name] - before[name] for name in after}
    pushed = grew.get("Handler_icp_attempts", 0) - grew.get("Handler_icp_match", 0)
    read = sum(count for name, count in grew.items() if name.startswith("Handler_read")) + pushed
    plan = parsed((explained.rows or (("{}",),))[0][0] or "{}")
    read = max(read, round(sum(_rows(node) for node in _tables(plan))))  # a full text index is not counted otherwise
    return plan, read, outcome.affected or 0, pushed


def parsed(text: str) -> dict[str, Any]:
    """The plan's JSON, in which MariaDB leaves the double quotes of a condition as they are.

    >>> parsed('{\\n"a": "x = "b"",\\n"c": ["d"]\\n}')
    {'a': 'x = "b"', 'c': ['d']}
    """
    lines = []
    for line in text.splitlines():
        found = re.fullmatch(r'(\s*"\w+": ")(.*)(",?)', line)
        inner = found[2].replace("\\", "\\\\").replace('"', '\\"') if found else ""
        lines.append(f"{found[1]}{inner}{found[3]}" if found else line)
    plan: dict[str, Any] = json.loads("\n".join(lines), strict=False)
    return plan


def _measured_without(place: Scratch, query: str, hidden: Iterable[_Index]) -> _Measured | Outcome:
    """The same with these indexes out of the optimizer's sight, which see them again afterwards."""
    hidden = list(dict.fromkeys(hidden))
    ignored = [index for index in hidden if not index.primary]
    for index in hidden:
        if index.primary:
            query = _without_primary(query, index.table)
    try:
        for index in ignored:
            checked(place.trials, index.shown(place.product.hidden, ignored=True))
        return _measured(place, query)
    finally:
        for index in ignored:
            checked(place.trials, index.shown(place.product.hidden, ignored=False))


def _without_primary(query: str, table: str) -> str:
    """The query with a hint at each reference to the table.

    >>> _without_primary("SELECT * FROM orders AS o JOIN `lines` ON 1 WHERE o.id = 1", "orders")
    'SELECT * FROM orders AS o IGNORE INDEX (PRIMARY) JOIN `lines` ON 1 WHERE o.id = 1'
    >>> _without_primary("UPDATE orders SET a = 1 WHERE id = 2", "orders")
    'UPDATE orders IGNORE INDEX (PRIMARY) SET a = 1 WHERE id = 2'
    """
    words = "WHERE|SET|JOIN|ON|INNER|LEFT|RIGHT|CROSS|STRAIGHT_JOIN|ORDER|GROUP|LIMIT|FOR|LOCK|USING|UNION|HAVING"
    reference = rf"((?:\bFROM|\bJOIN|\bUPDATE|,)\s+[`\"]?{re.escape(table)}[`\"]?(?:\s+AS\s+[`\"]?\w+[`\"]?"
    reference += rf"|\s+(?!(?:{words})\b)[`\"]?\w+[`\"]?)?)(?=\s|$|\)|;|,)"
    return re.sub(reference, r"\1 IGNORE INDEX (PRIMARY)", query, flags=re.IGNORECASE)


def _counters(connection: Connection) -> dict[str, int]:
    return {str(name): int(str(value)) for name, value in rows_of(connection, _COUNTERS)}


def _tables(node: Any) -> Iterator[dict[str, Any]]:
    """Every table access of a plan, wherever it stands in the JSON."""
    if isinstance(node, list):
        for child in node:
            yield from _tables(child)
    elif isinstance(node, dict):
        if "table_name" in node and "access_type" in node:
            yield node
        for child in node.values():
            yield from _tables(child)


def _keys(plan: dict[str, Any], query: str) -> Iterator[str]:
    """Names of the indexes that are read, the primary key's as the design calls it."""
    for node in _tables(plan):
        merged = json.dumps(node["index_merge"]) if "index_merge" in node else ""
        for name in (node.get("key"), *re.findall(r'"key": "([^"]+)"', merged)):
            if name:
                for key in re.findall(r"[^(),]+", re.sub(r"^(?:sort_)?(?:union|intersect)\(", "", str(name))):
                    yield f"pk_{_table(str(node['table_name']), query)}" if key == "PRIMARY" else key


def _table(shown: str, query: str) -> str:
    """The table behind the alias that a plan shows.

    >>> _table("o", "SELECT * FROM orders AS o WHERE o.id = 1"), _table("parts", "SELECT 1 FROM parts")
    ('orders', 'parts')
    """
    found = re.search(
        rf"[`\"]?(\w+)[`\"]?\s+(?:AS\s+)?[`\"]?{re.escape(shown)}[`\"]?(?![\w.`\"])", query, re.IGNORECASE
    )
    return shown if found is None or found[1].upper() in _BEFORE_A_TABLE else found[1]


def _rows(node: dict[str, Any]) -> float:
    return float(node.get("r_rows") or 0) * float(node.get("r_loops") or 1)


def _removed(node: dict[str, Any]) -> float:
    """Rows that were read and thrown away by the condition at this table."""
    kept = node.get("r_filtered")
    return 0.0 if kept is None else _rows(node) * (1 - float(kept) / 100)
