"""Caching beside MariaDB: the same entries and invalidations, with the writer's look-ups in MariaDB's words.

Keys, times to live and which write makes what stale do not depend on the engine. That nothing stays stale is shown on
PostgreSQL alone, where the whole history is run against a cache; here the numbers are claimed and the rest is said.
"""

import datetime as dt
import re

from agents.caching import caching_plan as planned
from contracts.base import Omission, Origin
from contracts.caching import CacheEntry, CachingPlan
from contracts.claims import Coherent, Invalidates
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def caching_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> CachingPlan:
    """The plan without the claims that only PostgreSQL can be asked."""
    plan = planned(requirements, schema, start)
    claims = tuple(c for c in plan.claims if not isinstance(c.trial, Coherent | Invalidates))
    entries = tuple(map(_spelled, plan.entries))
    unproven = sum(bool(entry.invalidations) for entry in entries)
    said = (_unproven(unproven),) if unproven else ()
    return plan.model_copy(update={"claims": claims, "entries": entries, "omissions": (*plan.omissions, *said)})


def _unproven(count: int) -> Omission:
    return Omission(
        subject="A proof of coherence on MariaDB",
        reason=f"the invalidations of {count} entries follow from the schema's references, and the same rules are run "
        "against a cache on PostgreSQL; here they are designed and not tried",
        origin=Origin(kind="convention", rule="what was not tried is said"),
    )


def _spelled(entry: CacheEntry) -> CacheEntry:
    """The entry whose look-ups of stale keys have MariaDB's parameters."""
    found = (
        i.model_copy(update={"finds": re.sub(r"\$\d+", "?", i.finds)}) if i.finds else i for i in entry.invalidations
    )
    return entry.model_copy(update={"invalidations": tuple(found)})
