"""What the agents downstream must know of SQLite: its codes, how an application speaks to a file, and its platform."""

from agents.dialects import Handover
from agents.dialects.sqlite.errors import BY_STATE
from agents.dialects.sqlite.platform import platform_deployment
from agents.dialects.sqlite.trail import ACTOR
from contracts.api import Conduct
from contracts.published import PublishedDesign

EDGES = {
    "date": ("0000-01-01", "9999-12-31"),
    "timestamptz": ("0000-01-01 00:00:00", "9999-12-31 23:59:59"),
    "timestamp": ("0000-01-01 00:00:00", "9999-12-31 23:59:59"),
    "double precision": ("-9e999", "9e999"),
    "boolean": ("0", "1"),
}
"""Texts and numbers that no value of the type comes before or after."""


def conduct(design: PublishedDesign) -> tuple[Conduct, ...]:
    """What every process that opens the file does."""
    said = "; ".join(f"PRAGMA {s.name} = {s.value}" for s in design.settings)
    always = (
        Conduct(
            topic="Connection",
            rule=f"Say the document's settings before the first statement: {said}",
            because="all but the journal's mode belong to the connection, and foreign keys are not checked without it",
        ),
        Conduct(
            topic="Transaction",
            rule="BEGIN IMMEDIATE for what writes, BEGIN for what only reads; one process writes, one write at a time",
            because="a transaction that reads first and writes then is refused with SQLITE_BUSY despite busy_timeout",
        ),
        Conduct(
            topic="Refusal",
            rule="Ask the driver for the extended result code; a trigger's own words begin with their SQLSTATE",
            because="SQLite tells the name of a CHECK alone, and of a UNIQUE its columns",
        ),
    )
    return (*always, *_values(design), *_identity(design))


def _values(design: PublishedDesign) -> list[Conduct]:
    bases = {column.base for table in design.catalogue.tables for column in table.columns}
    told = {
        "bool": "true and false are 1 and 0",
        "timestamptz": "a moment is text of the form YYYY-MM-DD HH:MM:SS in UTC",
        "date": "a date is text of the form YYYY-MM-DD",
        "json": "JSON is text",
    }
    rules = [rule for base, rule in told.items() if base in bases]
    if not rules:
        return []
    because = "SQLite has no such types; checks refuse another form"
    return [
        Conduct(
            topic="Values",
            rule=f"{'; '.join(rules)}: convert where a request or an answer has the other",
            because=because,
        )
    ]


def _identity(design: PublishedDesign) -> list[Conduct]:
    """Who asks: the trail's own table, and the roles that the application has to tell apart itself."""
    found = []
    if any(table.name == ACTOR for table in design.catalogue.tables):
        rule = f"UPDATE {ACTOR} SET actor_id = ? first, in the transaction that writes, with the caller's id"
        found.append(Conduct(topic="Identity", rule=rule, because="the trail's triggers read there who made a change"))
    if design.application.callers or design.application.authentication:
        rule = "check who may call an operation, and add the caller's key to what is asked for somebody's own rows"
        because = "SQLite has no roles and no row policies: whoever opens the file sees all of it"
        found.append(Conduct(topic="Rights", rule=rule, because=because))
    return found


HANDOVER = Handover(
    platform_deployment=platform_deployment,
    codes=BY_STATE,
    edges=EDGES,
    own_tables=frozenset({ACTOR}),
    conduct=conduct,
)
