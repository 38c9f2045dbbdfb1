"""What HTTP caches may keep, and which events say that something is stale.

Copies of HTTP come on top of the copies that the document plans: a reader is promised an age, the server's caches and
replicas use some of it, and only what is left may be `max-age`. Everything else is asked for again with its ETag.
"""

from collections.abc import Iterable, Sequence

from agents.api_integration.queries import QueryFacts
from agents.api_integration.shapes import column_field
from contracts.api import CacheRule, Event, Field, Operation, Service, Shape
from contracts.catalogue import PublishedTable
from contracts.published import PublishedDesign

_CLOSED = frozenset({"personal", "health", "payment", "secret"})


def cache_rule(
    services: Sequence[Service], facts: QueryFacts, result: Shape | None, design: PublishedDesign
) -> CacheRule:
    """The Cache-Control of an operation's answers; the strictest of its queries decides."""
    table = design.data_table(facts.table)
    closed = sorted(_closed(table, design, {f.sensitivity for f in (result.fields if result else ())}))
    if table.row_security or closed:
        why = f"it shows or is about people's {closed[0]} data" if closed else ""
        if table.row_security:
            why = f"policies show each caller other rows of {table.name}"
        return CacheRule(header="no-store", because=why)
    ages = [_seconds_left(service, design) for service in services]
    unknown = [s.query for s, (left, _) in zip(services, ages, strict=True) if left is None]
    if unknown:
        why = f"the document does not say how old {' and '.join(unknown)} may be"
        return CacheRule(header="no-cache", because=why, validates=True)
    left, why = min((left or 0, why) for left, why in ages)
    if left <= 0:
        return CacheRule(header="no-cache", because=f"{why} leave no second", validates=True)
    return CacheRule(header=f"{_scope(design)}, max-age={left}", because=f"{why} leave {left} s", validates=True)


def _closed(table: PublishedTable, design: PublishedDesign, shown: set[str]) -> set[str]:
    """Kinds of data that no cache may keep: those shown, and under a privacy law those of whom a row is about."""
    parents = {key.references for key in table.foreign_keys} if design.application.regulations else set()
    about = {c.sensitivity for name in parents for c in design.data_table(name).columns}
    return (shown | about) & _CLOSED


def _scope(design: PublishedDesign) -> str:
    return "public" if design.application.public_api else "private"


def _seconds_left(service: Service, design: PublishedDesign) -> tuple[int | None, str]:
    """What is left of the allowed age after the server's copies and the replica's lag, with the sum in words."""
    query = design.query(service.query)
    entries = [e for e in design.cache_entries if e.query == service.query]
    allowed = query.stale_seconds
    if allowed is None:
        allowed = min((e.stale_seconds for e in entries if e.stale_seconds is not None), default=None)
    if allowed is None:
        return None, ""
    held = max((e.ttl_seconds or 0 for e in entries), default=0)
    lag = next((r.lag_seconds or 0 for r in design.routes if r.query == service.query), 0)
    return int(allowed - held - lag), f"{allowed:g} s allowed, {held:g} s in the server's cache and {lag:g} s of lag"


def events(design: PublishedDesign, operations: tuple[Operation, ...]) -> tuple[Event, ...]:
    """Every event of the invalidation plan once, with the keys of all entries that it makes stale."""
    found: dict[str, Event] = {}
    for entry in design.cache_entries:
        for event in entry.events:
            known = found.get(event.event)
            keys = (*(known.keys if known else ()), *event.keys)
            entries = (*(known.entries if known else ()), entry.name)
            found[event.event] = Event(
                name=event.event,
                table=event.table,
                writes=event.operations,
                keys=tuple(dict.fromkeys(keys)),
                entries=tuple(dict.fromkeys(entries)),
                payload=(),
            )
    return tuple(
        event.model_copy(
            update={
                "payload": tuple(_payload(event, design)),
                "operations": tuple(o.id for o in operations if writes(o, event, design)),
            }
        )
        for event in found.values()
    )


def writes(operation: Operation, event: Event, design: PublishedDesign) -> bool:
    """Whether the operation makes the write that the event tells of."""
    queries = [design.query(service.query) for service in operation.statements]
    return any(q.command in event.writes and event.table == q.table for q in queries)


def _payload(event: Event, design: PublishedDesign) -> Iterable[Field]:
    """The columns that the keys name, and the row's own key: a consumer needs no more to forget its copies."""
    try:
        table = design.data_table(event.table)
    except KeyError:
        return
    named = {
        part.split("}")[0].removeprefix("old.").removeprefix("new.")
        for key in event.keys
        for part in key.split("{")[1:]
    }
    own = set(table.primary_key.columns) if table.primary_key else set()
    for column in table.columns:
        if column.name in named | own:
            yield column_field(table, column)
