"""What is cached where, for how long, and which writes make it stale.

Every read query is weighed: first by its data (secrets, payment and health data never), then by row-level security,
then by the age its answer may have, then by what it spares the database by formula. What is left gets a key, a TTL,
the complete set of writes that make it stale, and code in the application's language.
"""

import datetime as dt

from agents.caching.balances import claims
from agents.caching.coherence import coherence
from agents.caching.decisions import decisions
from agents.caching.invalidation import invalidations
from agents.caching.keys import candidates, query_rates
from agents.caching.layers import item_bytes, layers
from agents.caching.samples import code_sample, dispatch_sample
from agents.caching.selection import Chosen, chosen, distributed
from agents.dialects.postgresql import sql as postgresql
from agents.figures import (
    as_input,
    balance,
    counted,
    given,
    instances,
    merged,
    plain,
    read_share,
    request_rate,
    serving,
)
from agents.scaling.demand import connection_seconds, required_cores
from agents.schema_design.dataset import Dataset
from agents.schema_design.room import ample
from agents.schema_design.spelling import Spelling
from contracts.base import Omission, Origin
from contracts.caching import CacheEntry, CachingPlan, CodeSample
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

__all__ = ["caching_plan"]

_NEVER = "data that a cache must not hold"


def caching_plan(
    requirements: Requirements, schema: SchemaDesign, start: dt.date, spelling: Spelling = postgresql
) -> CachingPlan:
    """The caching of one project; empty, with the number that says why, when nothing asks for it.

    `start` is the run's date, from which the synthetic rows of the trials count, in the engine family's spelling.
    """
    if requirements.tier == "embedded":
        return CachingPlan(omissions=(_no_cache(requirements, schema),), claims=(spared(requirements, schema),))
    rates = query_rates(requirements, schema)
    weighed = [chosen(requirements, schema, c, rates[c.query.name]) for c in candidates(requirements, schema)]
    made = tuple(one for one in weighed if isinstance(one, Chosen))
    refused = tuple(one for one in weighed if isinstance(one, Omission))
    never = tuple(one for one in refused if one.origin.rule == _NEVER)
    skipped = tuple(one for one in refused if one.origin.rule != _NEVER)
    return CachingPlan(
        layers=layers(requirements, schema, made) if made else (),
        entries=tuple(_entry(requirements, schema, one) for one in made),
        never_cached=(*never, *_principles(requirements, schema)),
        code=code_sample(requirements, made) if made else None,
        dispatch=_dispatch(requirements, schema, made),
        decisions=decisions(requirements, schema, made) if made else (),
        omissions=(*_absent_layers(requirements, made), *(_together(skipped) if made else ())),
        claims=_claims(requirements, schema, start, made, spelling) if made else (spared(requirements, schema),),
    )


def _dispatch(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> CodeSample | None:
    if not made:
        return None
    return dispatch_sample(requirements, schema, [(one, invalidations(schema, one.candidate)) for one in made])


def _claims(
    requirements: Requirements, schema: SchemaDesign, start: dt.date, made: tuple[Chosen, ...], spelling: Spelling
) -> tuple[Claim, ...]:
    """What must add up, and what must hold on a database and a cache."""
    dataset = Dataset(schema.tables, start, ample(schema.totals, schema.withdrawals), spelling=spelling)
    return (*claims(requirements, schema, made), *coherence(requirements, schema, dataset, made))


def spared(requirements: Requirements, schema: SchemaDesign) -> Claim:
    """Why the database alone suffices: its reads keep fewer connections busy than its cores work on at once."""
    rate, share, held = request_rate(requirements), read_share(requirements), connection_seconds(requirements)
    cores = required_cores(requirements)
    return balance(
        "caching.not_needed",
        f"The database answers {counted(rate.value * share.value, 'read')} per second from"
        f" {counted(len(schema.tables), 'table')} itself, on {counted(cores.value, 'core')} and without any cache.",
        "cache.none",
        cores.serves,
        [(rate, share, as_input(held))],
        "<=",
        [
            (as_input(cores), given("two", 2, "HikariCP: two connections a core")),
            (given("spindles", 1, "HikariCP: one for the SSD"),),
        ],
    )


def _together(skipped: tuple[Omission, ...]) -> tuple[Omission, ...]:
    """Queries that are left out for the same reason in one line."""
    reasons = dict.fromkeys(one.reason for one in skipped)
    groups = [[one for one in skipped if one.reason == reason] for reason in reasons]
    return tuple(
        group[0].model_copy(
            update={"subject": ", ".join(o.subject for o in group), "serves": merged(*(o.serves for o in group))}
        )
        for group in groups
    )


def _entry(requirements: Requirements, schema: SchemaDesign, one: Chosen) -> CacheEntry:
    query, candidate = one.candidate.query, one.candidate
    return CacheEntry(
        name=query.name,
        layers=one.layers,
        key_pattern=candidate.pattern,
        query=query.name,
        tables=tuple(dict.fromkeys((query.table, *query.tables))),
        ttl=one.ttl,
        staleness_seconds=int(one.staleness.value),
        items=int(one.items.value),
        item_bytes=item_bytes(requirements, candidate),
        invalidations=invalidations(schema, candidate),
        because=_because(one),
        origin=Origin(kind="inferred", rule="reads, hits and allowed age"),
        serves=query.serves,
    )


def _because(one: Chosen) -> str:
    """The numbers that decided for it, how its key stays exact, and the way around it."""
    candidate = one.candidate
    numbers = (
        f"{plain(one.reads.value)} reads per second over {one.keys.value:,.0f} keys; {plain(one.hits.value * 100)} %"
        " hits by formula."
    )
    if candidate.version:
        how = (
            f" {{version}} is the number under {candidate.version}; a write increments it (INCR) after its commit, so"
            " every page of the list is out of reach at once and nothing is scanned."
        )
    else:
        how = " A write deletes the key after its commit."
    if candidate.texts:
        how += f" The value of {', '.join(candidate.texts)} is percent-encoded in the key."
    fresh = (
        f" Who must not read an old value, such as a session that has just written to {candidate.table.name}, runs"
        f" {candidate.query.name} on the primary."
    )
    return numbers + how + fresh


def _principles(requirements: Requirements, schema: SchemaDesign) -> tuple[Omission, ...]:
    """What no project's cache may hold, as far as this project has it."""
    made = []
    if requirements.protection.roles or requirements.protection.row_level:
        roles = ", ".join(requirements.protection.roles) or "the row-level policies"
        reason = (
            f"What {roles} may do is decided by the database in each transaction; a cached decision would outlive its"
            " withdrawal."
        )
        made.append(
            _omission(
                "permission decisions",
                reason,
                "a permission must end when it is withdrawn",
                serving(requirements, "security.", "assumption."),
            )
        )
    writes = [q for q in schema.queries if q.kind == "write"]
    if writes:
        reason = f"{', '.join(q.name for q in writes)} change data; they go to the primary and invalidate."
        made.append(_omission("write queries", reason, "writes are never answered from a copy", writes[0].serves))
    return tuple(made)


def _no_cache(requirements: Requirements, schema: SchemaDesign) -> Omission:
    rate, rows = request_rate(requirements), sum(t.expected_rows for t in schema.tables)
    reason = (
        f"One process reads {rows:,} rows of {counted(len(schema.tables), 'table')} on its own machine, at most"
        f" {counted(rate.value, 'time')} per second ({rate.source}); the database's own buffers hold all of them."
    )
    return _omission("caching", reason, "tier embedded", serving(requirements, "volume.", "assumption."))


def _absent_layers(requirements: Requirements, made: tuple[Chosen, ...]) -> tuple[Omission, ...]:
    """Why there is no layer, or only one."""
    used = {layer for one in made for layer in one.layers}
    count, rate = int(instances(requirements).value), request_rate(requirements)
    reads = plain(rate.value * read_share(requirements).value)
    serves, found = serving(requirements, "performance.", "assumption."), []
    if "distributed" not in used:
        why = (
            f"tier {requirements.tier} runs {count} instance{'' if count == 1 else 's'}"
            if not distributed(requirements)
            else "no query qualifies for it"
        )
        found.append(
            _omission(
                "distributed cache",
                f"{why[0].upper()}{why[1:]} and reads {reads} times per second at peak; a shared cache would add a"
                " server and spare none.",
                "several instances must share what is cached",
                serves,
            )
        )
    if "in_process" not in used:
        why = (
            "none of the cached queries reads single rows of data that seldom changes"
            if made
            else f"at {reads} reads per second at peak no query spares the database enough"
        )
        found.append(
            _omission(
                "in-process cache",
                f"{why[0].upper()}{why[1:]}.",
                "an in-process copy is deaf to other instances' writes",
                serves,
            )
        )
    return tuple(found)


def _omission(subject: str, reason: str, rule: str, serves: tuple[str, ...]) -> Omission:
    return Omission(subject=subject, reason=reason, origin=Origin(kind="inferred", rule=rule), serves=serves)
