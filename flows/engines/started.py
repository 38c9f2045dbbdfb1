"""Whether a server starts with all settings of a plan at once, and reports each as it was set.

Each value alone may be accepted while two of them refuse each other, a library is missing, or a unit was meant
otherwise; only a start shows it.
"""

import contextlib
import re
from collections.abc import Iterator

from contracts.claims import Observation, Starts
from flows.engines.errors import EngineError
from flows.engines.server import Server, another
from flows.engines.session import Connection, checked, connected, literal
from flows.engines.settings import LISTS, in_base_unit

LOWERED = {"shared_buffers": "128MB"}
"""What a design's machine has and the proof's need not: a larger value is tried as this one, and said to be."""

_KNOWN = "SELECT name, vartype, unit, setting FROM pg_settings WHERE name = ANY (string_to_array({names}, ','))"


@contextlib.contextmanager
def started(server: Server, claim: str, trial: Starts) -> Iterator[tuple[Observation, Server | None]]:
    """(setting, wanted, shown, verdict) of each setting, or the reason why the server did not start; and the server,
    for what else wants an empty one."""
    if server.cluster is None:
        reason = "the server of a DSN is not ours to start again"
        yield Observation(claim=claim, tried=False, reason=reason), None
        return
    wanted = dict(trial.settings)
    given = {name: _bearable(name, value) for name, value in wanted.items()}
    preload = tuple(part.strip() for part in given.pop("shared_preload_libraries", "").split(",") if part.strip())
    with contextlib.ExitStack() as opened:
        try:
            second = opened.enter_context(another(server, preload or ("pg_stat_statements",), given))
            assert second.cluster is not None
            own = second.cluster
            with contextlib.closing(connected(own.dsn, options="")) as connection:  # ours would hide the server's
                rows = _compared(connection, wanted, given | {"shared_preload_libraries": ",".join(own.preloaded)})
        except EngineError as error:
            seen = Observation(claim=claim, message=f"it does not start: {_reason(error)}")
            yield seen, None
        else:
            yield Observation(claim=claim, rows=rows), second


def _bearable(name: str, value: str) -> str:
    small = LOWERED.get(name)
    if small is None:
        return value
    wanted, most = in_base_unit(value, "8kB"), in_base_unit(small, "8kB")
    return small if wanted is not None and most is not None and wanted > most else value


def _compared(
    connection: Connection, wanted: dict[str, str], given: dict[str, str]
) -> tuple[tuple[str | None, ...], ...]:
    """What the server shows beside what was wanted: same, lowered (tried smaller) or different."""
    found = checked(connection, _KNOWN.format(names=literal(",".join(wanted)))).rows or ()
    known = {str(name): (str(kind), unit, str(setting)) for name, kind, unit, setting in found}
    rows = []
    for name, value in wanted.items():
        kind, unit, shown = known.get(name, ("", None, "unknown"))
        if _same(name, kind, unit, shown, value):
            verdict = "same"
        else:
            verdict = "lowered" if name in LOWERED and _same(name, kind, unit, shown, given[name]) else "different"
        rows.append((name, value, shown + (f" {unit}" if unit else ""), verdict))
    return tuple(rows)


def _same(name: str, kind: str, unit: str | None, shown: str, value: str) -> bool:
    if kind in ("integer", "real"):
        number = in_base_unit(value, unit)
        return number is not None and abs(number - float(shown)) <= 1e-9 * max(1.0, abs(number))
    if name in LISTS:
        return [part.strip() for part in shown.split(",")] == [part.strip() for part in value.split(",")]
    if kind == "bool":
        return shown == {"true": "on", "false": "off"}.get(value.lower(), value.lower())
    return shown == value


def _reason(error: EngineError) -> str:
    """The server's own last word, without the time, process and program at the line's head."""
    lines = [line for line in error.evidence.splitlines() if line.strip()]
    said = [line for line in lines if "FATAL" in line] or lines or ["no reason in its log"]
    return re.sub(r"^(\d{4}-.*?\] |.*?/postgres: )", "", said[-1]).strip()
