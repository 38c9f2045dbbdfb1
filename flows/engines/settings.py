"""Whether a server accepts a configuration value: asked of a server of ours, compared on somebody else's.

`ALTER SYSTEM` validates name, unit and range even of settings that need a restart, and is reset at once. It
writes a file in the server's folder, so it never runs on a server that is not ours; there the value is held
against pg_settings.
"""

import re

from contracts.claims import Observation, SettingAccepted
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, Row, checked, literal, quoted, ran

LISTS = frozenset({
    "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
    "temp_tablespaces", "unix_socket_directories",
})  # fmt: skip
"""Settings that take a list of quoted names; one string with commas would be one name there."""

_PER_UNIT = {
    "B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4, "8kB": 8192,
    "us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
}  # fmt: skip
"""Bytes, or milliseconds, in a unit of pg_settings or of a value."""

_MEMORY = frozenset({"B", "kB", "MB", "GB", "TB", "8kB"})
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d*)?|-?\.\d+)\s*([A-Za-z]*)\s*")
_BOOLEANS = frozenset({"on", "off", "true", "false", "yes", "no", "1", "0"})


def setting_accepted(server: Server, connection: Connection, claim: str, trial: SettingAccepted) -> Observation:
    """SQLSTATE and message of the refusal, or neither when the value is accepted."""
    module = trial.name.rpartition(".")[0]
    if module and not _module_known(server, connection, module):
        reason = f'no module that is loaded here defines "{trial.name}", so nothing checks its value'
        return Observation(claim=claim, tried=False, reason=reason)
    row = _known(connection, trial.name)
    if row is None:
        message = f'unrecognized configuration parameter "{trial.name}"'
        return Observation(claim=claim, sqlstate="42704", message=message)
    outcome = _altered(connection, trial) if server.ours else _compared(row, trial)
    return Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message)


def _module_known(server: Server, connection: Connection, module: str) -> bool:
    """Whether settings of this module are known; a module that is not preloaded is loaded into our own session.

    A server takes any value for `auto_explain.x` as long as the module is unknown to it.
    """
    sql = f"SELECT count(*) FROM pg_settings WHERE starts_with(name, {literal(module + '.')})"
    if server.ours and checked(connection, sql).rows == (("0",),):
        ran(connection, f"LOAD {literal(module)}")
    return checked(connection, sql).rows != (("0",),)


def _known(connection: Connection, name: str) -> Row | None:
    """vartype, unit, min_val, max_val, enumvals (comma-separated) of a setting that the server knows."""
    columns = "vartype, unit, min_val, max_val, array_to_string(enumvals, ',')"
    sql = f"SELECT {columns} FROM pg_settings WHERE lower(name) = lower({literal(name)})"
    rows = checked(connection, sql).rows
    return rows[0] if rows else None


def _altered(connection: Connection, trial: SettingAccepted) -> Outcome:
    """Both statements stand outside a transaction, as ALTER SYSTEM demands."""
    items = trial.value.split(",") if trial.name.lower() in LISTS else (trial.value,)
    value = ", ".join(literal(item.strip()) for item in items)
    outcome = ran(connection, f"ALTER SYSTEM SET {quoted(trial.name)} = {value}")
    if not outcome.failed:
        checked(connection, f"ALTER SYSTEM RESET {quoted(trial.name)}")
    return outcome


def _compared(row: Row, trial: SettingAccepted) -> Outcome:
    problem = value_problem(row, trial.value)
    return Outcome(sqlstate="22023", message=f'"{trial.name}": {problem}') if problem else Outcome()


def value_problem(row: Row, value: str) -> str:
    """Why this value does not suit (vartype, unit, min, max, enumvals), or nothing.

    >>> value_problem(("integer", "8kB", "16", "1073741823", None), "256MB")
    ''
    >>> value_problem(("integer", "8kB", "16", "1073741823", None), "64kB")
    '8 8kB is outside 16 .. 1073741823'
    """
    vartype, unit, minimum, maximum, choices = row
    if vartype == "bool":
        return "" if value.strip().lower() in _BOOLEANS else f'"{value}" is no boolean'
    if vartype == "enum":
        allowed = (choices or "").split(",")
        return "" if value.strip().lower() in allowed else f'"{value}" is none of {", ".join(allowed)}'
    if vartype in ("integer", "real"):
        return _number_problem(value, unit, float(minimum or "-inf"), float(maximum or "inf"))
    return ""


def in_base_unit(value: str, unit: str | None) -> float | None:
    """The number in the setting's own unit (of pg_settings); None where the value is no number or unit of it.

    >>> in_base_unit("16GB", "8kB"), in_base_unit("5s", "ms"), in_base_unit("0.9", None), in_base_unit("5s", "kB")
    (2097152.0, 5000.0, 0.9, None)
    """
    match = _NUMBER.fullmatch(value)
    if match is None:
        return None
    number, given = float(match[1]), match[2]
    if not given:
        return number
    if unit is None or given not in _PER_UNIT or (given in _MEMORY) != (unit in _MEMORY):
        return None
    return number * _PER_UNIT[given] / _PER_UNIT[unit]


def _number_problem(value: str, unit: str | None, minimum: float, maximum: float) -> str:
    match = _NUMBER.fullmatch(value)
    if match is None:
        return f'"{value}" is no number with a unit'
    number, given = float(match[1]), match[2]
    if given:
        if unit is None or given not in _PER_UNIT or (given in _MEMORY) != (unit in _MEMORY):
            return f'unit "{given}" does not suit a setting in {unit or "no unit"}'
        number = number * _PER_UNIT[given] / _PER_UNIT[unit]
    if minimum <= number <= maximum:
        return ""
    return f"{number:g} {unit or ''}".strip() + f" is outside {minimum:.10g} .. {maximum:.10g}"
