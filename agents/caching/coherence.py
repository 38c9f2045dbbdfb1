"""The trials that show the caching coherent: each write that makes an entry stale, and a history of all of them."""

from collections.abc import Iterable, Iterator, Sequence

from agents.caching.cases import FIRST_ROW, Numbers, Story
from agents.caching.effects import Effect, Hop, Operation, effects, passes_tree, takes_stock, tree, used_columns, way
from agents.caching.invalidation import invalidations, is_felt, target_key
from agents.caching.keys import Candidate, equality
from agents.caching.selection import Chosen, coherence_serves
from agents.schema_design.dataset import Dataset
from contracts.claims import CacheCase, CachedQuery, Claim, Coherent, Invalidates, StaleKeys
from contracts.requirements import Requirements
from contracts.schema import Parameter, SchemaDesign

_ACTS: dict[Operation, str] = {"insert": "an insert into", "update": "an update of", "delete": "a delete from"}


def coherence(
    requirements: Requirements,
    schema: SchemaDesign,
    dataset: Dataset,
    made: Sequence[Chosen],
    first: int = FIRST_ROW,
) -> tuple[Claim, ...]:
    """A claim for each write that the plan invalidates by, and one for a history of them; none without shared entries.

    A write of which no case can be made (a table whose every possible row is there) has no claim. `first` is where the
    row numbers of the cases begin behind the synthetic rows.
    """
    shared, numbers = [one for one in made if "distributed" in one.layers], Numbers(dataset, first)
    caches = {one.candidate.query.name: cached_query(one) for one in shared}
    claims: list[Claim] = []
    cases: list[CacheCase] = []
    for one in shared:
        for name, case in _cases(schema, numbers, one.candidate):
            cases.append(case)
            claims.append(_edge(schema, one.candidate, caches[one.candidate.query.name], name, case))
    if not claims:
        return ()
    every = tuple(keys for one in shared for keys in stale_keys(schema, one.candidate))
    return (*claims, _history(requirements, shared, caches.values(), cases, every))


def _history(
    requirements: Requirements,
    shared: Sequence[Chosen],
    caches: Iterable[CachedQuery],
    cases: Sequence[CacheCase],
    every: tuple[StaleKeys, ...],
) -> Claim:
    names = ", ".join(cache.entry for cache in caches)
    return Claim(
        id="caching.coherent",
        sentence=(
            f"No cached answer of {names} is older than its bound while writers commit, roll back, cascade and overlap"
            " with each other and with readers that fill the cache"
        ),
        element="cache.distributed",
        serves=coherence_serves(requirements, tuple(shared)),
        trial=Coherent(caches=tuple(caches), cases=tuple(cases), stale=every),
    )


def cached_query(one: Chosen) -> CachedQuery:
    """The entry as the proof reads it."""
    candidate = one.candidate
    guard = candidate.guard if candidate.tenant else None
    return CachedQuery(
        entry=candidate.query.name,
        query=candidate.query.name,
        key=candidate.pattern,
        version=candidate.version,
        parameters=tuple(_placeholder(candidate, p) for p in candidate.query.parameters),
        ttl_seconds=int(one.ttl.value),
        local_seconds=one.local,
        role=guard.role if guard else None,
        setting=guard.subject.setting if guard else "",
        tenant=candidate.tenant,
    )


def _placeholder(candidate: Candidate, parameter: Parameter) -> str:
    column = equality(candidate.query).get(parameter.name, "")
    return column if column in candidate.equal else parameter.name


def stale_keys(schema: SchemaDesign, candidate: Candidate) -> tuple[StaleKeys, ...]:
    """The plan's invalidations of one entry, as a writer applies them."""
    return tuple(
        StaleKeys(entry=candidate.query.name, table=i.table, operation=operation, keys=i.keys, finds=i.finds)
        for i in invalidations(schema, candidate)
        for operation in i.operations
    )


def _edge(schema: SchemaDesign, candidate: Candidate, cache: CachedQuery, name: str, case: CacheCase) -> Claim:
    query = candidate.query
    place = (case.table, case.operation)
    where = {"moved": " that moves a row", "below": " above its row", "tree": " two levels above its row"}
    return Claim(
        id=f"caching.stale.{query.name}.{name}",
        sentence=(
            f"{query.name} stays current, by its invalidation alone, after {_ACTS[case.operation]} {case.table}"
            f"{where.get(name.rpartition('.')[2], '')}"
        ),
        element=f"cache.{query.name}",
        serves=query.serves,
        trial=Invalidates(
            caches=(cache,),
            case=case,
            stale=tuple(s for s in stale_keys(schema, candidate) if (s.table, s.operation) == place),
        ),
    )


def _cases(schema: SchemaDesign, numbers: Numbers, candidate: Candidate) -> Iterator[tuple[str, CacheCase]]:
    """Every effect on the entry once, and each way in which a row moves from one key to another."""
    key = candidate.table.name
    for name in dict.fromkeys((key, *candidate.query.tables)):
        joined = () if name == key else way(schema, name, key)
        if name == key or joined:  # of tables that no foreign key joins, no matching rows can be made
            for effect in effects(schema, candidate.query, name):
                if is_felt(effect, joined) and not takes_stock(schema, effect):
                    yield from _of_effect(schema, numbers, candidate, effect, joined)
    for column in candidate.equal:
        story = Story(schema, numbers, candidate, Effect(key, "update", key, "update"), ())
        moves = f"{{{column}}}" in target_key(candidate) and column not in candidate.table.primary_key
        if moves and (case := story.moved(column)):
            yield f"{key}.{column}.moved", case


def _of_effect(
    schema: SchemaDesign, numbers: Numbers, candidate: Candidate, effect: Effect, joined: tuple[Hop, ...]
) -> Iterator[tuple[str, CacheCase]]:
    place = f"{effect.table}.{effect.operation}"
    below = ".below" if any(hop.source == hop.target for hop in effect.hops) else ""
    if case := Story(schema, numbers, candidate, effect, joined).case(_changing(schema, candidate, effect)):
        yield f"{place}{below}", case
    own = tree(schema.table(effect.table)) if effect.operation == "delete" else None
    if own and passes_tree(schema, effect):
        on = tuple(zip(own.referenced_columns, own.columns, strict=True))
        step = Hop(effect.table, effect.table, on, own.name)
        tall = Effect(effect.table, "delete", effect.target, effect.operation_there, (step, step, *effect.hops))
        if case := Story(schema, numbers, candidate, tall, joined).case(()):
            yield f"{place}.tree", case


def _changing(schema: SchemaDesign, candidate: Candidate, effect: Effect) -> tuple[str, ...]:
    """The columns of the written table whose change the answer shows."""
    if effect.operation != "update":
        return ()
    if effect.hops:
        return next((t.terms for t in schema.totals if t.child == effect.table), ())
    shown = (column.name for table, column in candidate.shown if table == effect.table)
    return tuple(dict.fromkeys((*shown, *sorted(used_columns(candidate.query, schema.table(effect.table))))))
