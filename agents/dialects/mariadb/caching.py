"""Caching beside MariaDB: the same entries, keys and invalidations, with statements and trials in MariaDB's words.

A query has a `?` for each place of a value; the plan is made of the query whose parameters are numbered, so that keys
and invalidations are those of every other family. What a row-level view shows to one tenant is cached and not tried.
"""

import datetime as dt
import re

from agents.caching import caching_plan as planned
from agents.dialects.mariadb import sql
from contracts.base import Omission, Origin
from contracts.caching import CacheEntry, CachingPlan
from contracts.claims import CacheCase, CachedQuery, Claim, Coherent, Invalidates
from contracts.requirements import Requirements
from contracts.schema import Query, SchemaDesign

_PLACE = re.compile(r"'(?:[^']|'')*'|(\?)")

Places = dict[str, tuple[int, ...]]
"""For each query the number of the parameter, from 0, that stands at each of its places."""


def caching_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> CachingPlan:
    """The plan as for any family, with its look-ups and trials as MariaDB reads them."""
    numbered = schema.model_copy(update={"queries": tuple(map(_numbered, schema.queries))})
    plan = planned(requirements, numbered, start, sql)
    places = {query.name: _places(query) for query in schema.queries}
    claims = tuple(_placed(claim, places) for claim in plan.claims if not _role(claim))
    entries = tuple(map(_spelled, plan.entries))
    unproven = tuple(dict.fromkeys(role for claim in plan.claims if (role := _role(claim))))
    said = (_unproven(unproven),) if unproven else ()
    return plan.model_copy(update={"claims": claims, "entries": entries, "omissions": (*plan.omissions, *said)})


def _numbered(query: Query) -> Query:
    """The query with each parameter once, and its number at each of its places."""
    names = list(dict.fromkeys(parameter.name for parameter in query.parameters))
    numbers = iter(_places(query))
    text = _PLACE.sub(lambda found: f"${next(numbers) + 1}" if found[1] else found[0], query.sql)
    once = {parameter.name: parameter for parameter in reversed(query.parameters)}
    return query.model_copy(update={"sql": text, "parameters": tuple(once[name] for name in names)})


def _places(query: Query) -> tuple[int, ...]:
    names = list(dict.fromkeys(parameter.name for parameter in query.parameters))
    return tuple(names.index(parameter.name) for parameter in query.parameters)


def _placed(claim: Claim, places: Places) -> Claim:
    """The claim with an argument for each place of its queries."""
    trial = claim.trial
    if isinstance(trial, Invalidates):
        changed = {"caches": tuple(_query(q, places) for q in trial.caches), "case": _case(trial.case, places)}
        return claim.model_copy(update={"trial": trial.model_copy(update=changed)})
    if isinstance(trial, Coherent):
        cases = tuple(_case(case, places) for case in trial.cases)
        changed = {"caches": tuple(_query(q, places) for q in trial.caches), "cases": cases}
        return claim.model_copy(update={"trial": trial.model_copy(update=changed)})
    return claim


def _query(query: CachedQuery, places: Places) -> CachedQuery:
    given = tuple(query.parameters[number] for number in places[query.query])
    return query.model_copy(update={"parameters": given})


def _case(case: CacheCase, places: Places) -> CacheCase:
    reads = tuple(
        read.model_copy(update={"arguments": tuple(read.arguments[number] for number in places[read.entry])})
        for read in case.reads
    )
    return case.model_copy(update={"reads": reads})


def _role(claim: Claim) -> str:
    """The role as which an entry of the claim is read, which the trials of MariaDB do not take."""
    caches = claim.trial.caches if isinstance(claim.trial, Coherent | Invalidates) else ()
    return next((query.role for query in caches if query.role), "")


def _unproven(roles: tuple[str, ...]) -> Omission:
    return Omission(
        subject="A proof of coherence for what one tenant sees",
        reason=f"{', '.join(roles)} reads through views; their rows are cached under the tenant's key by the same rules"
        " that are tried for the other entries",
        origin=Origin(kind="convention", rule="what was not tried is said"),
    )


def _spelled(entry: CacheEntry) -> CacheEntry:
    """The entry whose look-ups of stale keys have MariaDB's parameters."""
    found = (
        i.model_copy(update={"finds": re.sub(r"\$\d+", "?", i.finds)}) if i.finds else i for i in entry.invalidations
    )
    return entry.model_copy(update={"invalidations": tuple(found)})
