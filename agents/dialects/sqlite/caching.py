"""Why nothing is cached beside the file: it is read inside the application, and its pages are the cache."""

import datetime as dt

from agents.caching import spared
from agents.figures import plain, read_share, request_rate, serving
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.caching import CachingPlan
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

READ_MS = 0.1
"""A lookup or a page of a list by an index takes 10 to 100 µs in-process: less than a round trip to a cache."""


def caching_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> CachingPlan:
    """No layer, and the number that says why; a product that the brief names is answered."""
    reads = request_rate(requirements).value * read_share(requirements).value
    busy = reads * READ_MS / 1000
    serves = serving(requirements, "stack.cache", "performance.", "assumption.")
    origin = Origin(kind="inferred", rule="a cache pays where it is nearer than the database")
    why = (
        f"{plain(reads)} reads per second at {READ_MS:g} ms each take {plain(busy * 100)} % of one core, without a"
        f" round trip: SQLite reads in the application's own process, and its page cache holds what the"
        f" {len(schema.queries)} queries read"
    )
    asked = requirements.stack.cache
    return CachingPlan(
        decisions=(
            (
                Decision(
                    id="caching.decision.none",
                    topic="Cache beside the file",
                    choice="none",
                    because=why,
                    alternatives=(
                        Alternative(
                            name=asked,
                            refused_because="a round trip to it takes longer than the read that it would save, and each"
                            " write would have to tell it; it is due together with a server, see the next steps",
                        ),
                    ),
                    origin=origin,
                    serves=serves,
                ),
            )
            if asked
            else ()
        ),
        omissions=(Omission(subject="Caching", reason=f"{why}.", origin=origin, serves=serves),),
        claims=(spared(requirements, schema),),
    )
