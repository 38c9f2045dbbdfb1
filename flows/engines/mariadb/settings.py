"""Whether MariaDB accepts configuration: one value by its own catalogue of variables, all together by a start.

`SET GLOBAL` would not do for a file's spelling (`16G`), nor for what needs a restart; so a value is held against
`information_schema.SYSTEM_VARIABLES`, which is where the server itself keeps types, ranges and choices.
"""

import contextlib
import re

from contracts.claims import Observation, SettingAccepted, Starts
from flows.engines.errors import EngineError
from flows.engines.mariadb.launcher import running
from flows.engines.mariadb.product import MYSQL
from flows.engines.mariadb.server import Scratch, Server
from flows.engines.mariadb.session import Connection, checked, connected, literal, quoted, ran, rows_of
from flows.engines.session import Row

LOWERED = {
    "innodb_buffer_pool_size": 128 << 20,
    "innodb_log_file_size": 96 << 20,
    "innodb_redo_log_capacity": 96 << 20,
    "key_buffer_size": 16 << 20,
}
"""What a design's machine has and the proof's need not: a larger value is tried as this one, and said to be."""

_PER_SUFFIX = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*([KMGT]?)\s*", re.IGNORECASE)
_OLD_NAMES = {"transaction_isolation": "tx_isolation", "transaction_read_only": "tx_read_only"}
"""Options whose variable has another name before MariaDB 11.1."""
_BOOLEANS = {"on": "ON", "1": "ON", "true": "ON", "yes": "ON", "off": "OFF", "0": "OFF", "false": "OFF", "no": "OFF"}
_COLUMNS = "variable_type, numeric_min_value, numeric_max_value, enum_value_list, command_line_argument"


def setting_accepted(server: Server, place: Scratch, claim: str, trial: SettingAccepted) -> Observation:
    """SQLSTATE and message of what is wrong with the name or the value, or neither."""
    name, connection = trial.name.lower().replace("-", "_"), place.trials
    if place.product is MYSQL:
        return _accepted_by_mysql(server, connection, claim, name, trial.value)
    known = f"variable_name IN ({literal(name)}, {literal(_OLD_NAMES.get(name, name))})"
    sql = f"SELECT {_COLUMNS} FROM information_schema.system_variables WHERE {known}"
    rows = rows_of(connection, sql)
    if not rows:
        return Observation(claim=claim, sqlstate="42704", message=f'unknown variable "{trial.name}"')
    problem = value_problem(rows[0], trial.value) or _name_problem(connection, name, trial.value)
    if not problem:
        return Observation(claim=claim)
    return Observation(claim=claim, sqlstate="22023", message=f'"{trial.name}": {problem}')


PLUGINS = "plugin_load_add"
"""An option that no variable shows."""

_INFO = """
SELECT i.min_value, i.max_value, v.variable_value
FROM performance_schema.variables_info AS i JOIN performance_schema.global_variables AS v USING (variable_name)
WHERE variable_name = {}
"""


def _loaded(connection: Connection) -> frozenset[str]:
    """The libraries of the plugins that the server has loaded."""
    rows = rows_of(connection, "SELECT plugin_library FROM information_schema.plugins WHERE plugin_library IS NOT NULL")
    return frozenset(str(row[0]) for row in rows)


def _accepted_by_mysql(server: Server, connection: Connection, claim: str, name: str, value: str) -> Observation:
    """Numbers by their range and switches by their words; other words are given to our own session, and taken back."""
    if name == PLUGINS:
        there = value in _loaded(connection)
        return (
            Observation(claim=claim)
            if there
            else Observation(claim=claim, sqlstate="42704", message=f'the server has not loaded the plugin "{value}"')
        )
    rows = rows_of(connection, _INFO.format(literal(name)))
    if not rows:
        return Observation(claim=claim, sqlstate="42704", message=f'unknown variable "{name}"')
    minimum, maximum, now = (str(cell or "") for cell in rows[0])
    if now in ("ON", "OFF"):
        known = value.strip().lower() in _BOOLEANS or (name == "log_bin" and "/" not in value)
        problem = "" if known else f'"{value}" is no boolean'
    elif float(maximum or 0) > 0:
        problem = _number_problem(value, minimum, maximum)
    else:
        found = ran(connection, f"SELECT @@SESSION.{quoted(name)}")
        if found.failed and not server.ours:
            return Observation(claim=claim, tried=False, reason="it has no value of a session to be tried with")
        scope, before = ("GLOBAL", now) if found.failed else ("SESSION", str((found.rows or (("",),))[0][0]))
        outcome = ran(connection, f"SET {scope} {quoted(name)} = {literal(value)}")
        problem = outcome.message if outcome.failed else ""
        checked(connection, f"SET {scope} {quoted(name)} = {literal(before)}")
    if not problem:
        return Observation(claim=claim)
    return Observation(claim=claim, sqlstate="22023", message=f'"{name}": {problem}')


def value_problem(row: Row, value: str) -> str:
    """Why this value does not suit (type, min, max, choices, command line), or nothing.

    >>> value_problem(("BIGINT UNSIGNED", "10", "100000", None, "REQUIRED"), "500")
    ''
    >>> value_problem(("BIGINT UNSIGNED", "10", "100000", None, "REQUIRED"), "5")
    '5 is outside 10 .. 100000'
    >>> value_problem(("ENUM", None, None, "ROW,MIXED", "REQUIRED"), "some")
    '"some" is none of ROW, MIXED'
    """
    kind, minimum, maximum, choices, _ = row
    if kind == "BOOLEAN":
        return "" if value.strip().lower() in _BOOLEANS or (choices == "OFF,ON" and "/" not in value) else (
            f'"{value}" is no boolean'
        )  # fmt: skip
    if kind in ("ENUM", "FLAGSET"):
        if not choices:  # character sets and collations: see `_name_problem`
            return ""
        allowed = choices.split(",")
        known = value.strip().upper() in {one.upper() for one in allowed} or kind == "FLAGSET"
        return "" if known or value.strip().isdigit() else f'"{value}" is none of {", ".join(allowed)}'
    if kind == "SET":
        unknown = sorted({one.strip().upper() for one in value.split(",")} - set((choices or "").upper().split(",")))
        return f'"{unknown[0]}" is none of {choices}' if unknown and unknown != [""] else ""
    if kind and ("INT" in kind or kind == "DOUBLE"):
        return _number_problem(value, minimum, maximum)
    return ""


def _name_problem(connection: Connection, name: str, value: str) -> str:
    """Character sets and collations are listed in a catalogue of their own."""
    kind = {"character_set": "character_sets", "collation": "collations"}.get(name.rpartition("_")[0])
    if kind is None:
        return ""
    column = "character_set_name" if kind == "character_sets" else "collation_name"
    sql = f"SELECT 1 FROM information_schema.{kind} WHERE {column} = {literal(value)}"
    return "" if rows_of(connection, sql) else f'"{value}" is none of information_schema.{kind}'


def number_of(value: str) -> float | None:
    """The number that a configuration file's value means; None where it is none.

    >>> number_of("16G"), number_of("0.9"), number_of("16GB")
    (17179869184.0, 0.9, None)
    """
    found = _SIZE.fullmatch(value)
    return None if found is None else float(found[1]) * _PER_SUFFIX[found[2].upper()]


def _number_problem(value: str, minimum: str | None, maximum: str | None) -> str:
    number = number_of(value)
    if number is None:
        return f'"{value}" is no number'
    low, high = float(minimum or "-inf"), float(maximum or "inf")
    return "" if low <= number <= high else f"{number:.10g} is outside {low:.10g} .. {high:.10g}"


def started(server: Server, claim: str, trial: Starts) -> Observation:
    """(setting, wanted, shown, verdict) of each setting, or the reason why the server did not start."""
    if server.own is None:
        return Observation(claim=claim, tried=False, reason="the server of a DSN is not ours to start again")
    wanted = dict(trial.settings)
    given = {name: _bearable(name, value) for name, value in wanted.items()}
    try:
        with (
            running(server.own.programs, given, server.own.empty) as own,
            contextlib.closing(connected(own.address)) as connection,
        ):
            shown = {str(name): str(value) for name, value in rows_of(connection, "SHOW GLOBAL VARIABLES")}
            shown |= {PLUGINS: wanted[PLUGINS]} if wanted.get(PLUGINS, "") in _loaded(connection) else {}
    except EngineError as error:
        return Observation(claim=claim, message=f"it does not start: {_reason(error)}")
    return Observation(claim=claim, rows=tuple(_compared(name, wanted[name], given[name], shown) for name in wanted))


def _bearable(name: str, value: str) -> str:
    most, wanted = LOWERED.get(name), number_of(value)
    return str(most) if most is not None and wanted is not None and wanted > most else value


def _compared(name: str, wanted: str, given: str, shown: dict[str, str]) -> Row:
    """What the server shows beside what was wanted: same, lowered (tried smaller) or different."""
    variable = name.lower().replace("-", "_")
    there = shown.get(variable) or shown.get(_OLD_NAMES.get(variable, ""), "unknown")
    if _same(there, wanted):
        return name, wanted, there, "same"
    return name, wanted, there, "lowered" if given != wanted and _same(there, given) else "different"


def _same(shown: str, value: str) -> bool:
    number = number_of(value)
    if number is not None and number_of(shown) is not None:
        return number_of(shown) == number
    if shown in ("ON", "OFF"):
        return _BOOLEANS.get(value.strip().lower(), "ON") == shown  # `log_bin = name` is shown as ON
    parts = (sorted(part.strip().upper() for part in text.split(",")) for text in (shown, value))
    return next(parts) == next(parts)


def _reason(error: EngineError) -> str:
    """The server's own word, without the time and process at the line's head."""
    lines = [line for line in error.evidence.splitlines() if line.strip()]
    said = [line for line in lines if "[ERROR]" in line and "Aborting" not in line] or lines or ["no reason in its log"]
    return re.sub(r"^\d{4}-.*?\[ERROR\] (\[\S+\] \[\S+\] )?(\S+/(mariadbd|mysqld): )?", "", said[-1]).strip()
