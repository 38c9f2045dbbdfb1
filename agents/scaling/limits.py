"""Time limits of a session, in one place: for requests from the response target, for reports from their own work."""

from agents.figures import as_input, figure, given, serving, target
from contracts.base import Figure
from contracts.requirements import Requirements

REPORT_FACTOR = 120
STATEMENT_RULE = "25 times the response target, 5 s to 60 s: such a statement is a fault, not a slow answer"
LOCK_RULE = "a fifth of statement_timeout: a queue behind a lock ends before its statements do"
IDLE_RULE = "twice statement_timeout: an open transaction without a statement holds locks and stops vacuum"


def statement_timeout(requirements: Requirements) -> Figure:
    """Milliseconds after which a statement is cancelled; migrations and batches raise them with SET LOCAL."""
    response = target(requirements, "response_ms", 500, "half a second where the brief is silent", "ms")
    return figure(
        "statement_timeout",
        "min(60000, max(5000, response_ms * 25))",
        (response,),
        unit="ms",
        serves=_serves(requirements),
        rule=STATEMENT_RULE,
    )


def lock_timeout(requirements: Requirements) -> Figure:
    """Milliseconds for which a statement waits for a lock."""
    return figure(
        "lock_timeout",
        "ceil(statement_timeout / 5)",
        (as_input(statement_timeout(requirements)),),
        unit="ms",
        serves=_serves(requirements),
        rule=LOCK_RULE,
    )


def idle_timeout(requirements: Requirements) -> Figure:
    """Milliseconds after which a transaction without a statement is ended."""
    return figure(
        "idle_in_transaction_session_timeout",
        "statement_timeout * 2",
        (as_input(statement_timeout(requirements)),),
        unit="ms",
        serves=_serves(requirements),
        rule=IDLE_RULE,
    )


def report_timeout(requirements: Requirements) -> Figure:
    """Milliseconds for a report, which reads a month where a request reads a page."""
    return figure(
        "report_timeout",
        "statement_timeout * report_factor",
        (
            as_input(statement_timeout(requirements)),
            given("report_factor", REPORT_FACTOR, "convention: ten minutes where a request has five seconds"),
        ),
        unit="ms",
        serves=_serves(requirements),
        rule="a report may take as many times longer than a request",
    )


def time_limits(requirements: Requirements) -> tuple[tuple[Figure, str], ...]:
    """The limits that the server sets for every session, each with its rule."""
    return (
        (statement_timeout(requirements), STATEMENT_RULE),
        (lock_timeout(requirements), LOCK_RULE),
        (idle_timeout(requirements), IDLE_RULE),
    )


def spelled(limit: Figure) -> str:
    """Milliseconds as PostgreSQL shows them.

    >>> from contracts.base import Origin
    >>> known = {"name": "x", "unit": "ms", "formula": "v", "origin": Origin(kind="convention")}
    >>> [spelled(Figure(value=value, **known)) for value in (5000, 600000, 1500)]
    ['5s', '10min', '1500ms']
    """
    value = int(limit.value)
    for unit, size in (("min", 60_000), ("s", 1_000)):
        if value % size == 0:
            return f"{value // size}{unit}"
    return f"{value}ms"


def _serves(requirements: Requirements) -> tuple[str, ...]:
    return serving(requirements, "performance.", "volume.", "assumption.")
