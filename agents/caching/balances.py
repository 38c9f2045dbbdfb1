"""Memory, clients and ages of the caching that must add up."""

from agents.caching.layers import max_clients, max_memory, memory_needed
from agents.caching.selection import Chosen
from agents.figures import MB, as_input, balance, given, plain
from contracts.base import Figure
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign


def claims(requirements: Requirements, schema: SchemaDesign, made: tuple[Chosen, ...]) -> tuple[Claim, ...]:
    """Memory, clients and ages that must add up."""
    found = [_age(one) for one in made]
    shared = tuple(c for c in made if "distributed" in c.layers)
    if shared:
        needed = memory_needed(requirements, schema, made)
        found += [_memory(needed), _clients(requirements)]
    return tuple(found)


def _age(one: Chosen) -> Claim:
    query = one.candidate.query
    left = [
        (as_input(one.ttl),),
        (given("local", one.local, "life of the in-process copy", "s"),),
        (given("lag", one.lag, "lag that the route tolerates", "s"),),
    ]
    sentence = (
        f"A copy of {query.name} is never older than {plain(one.staleness.value)} s, even when an invalidation is lost."
    )
    return balance(
        f"caching.age.{query.name}", sentence, f"cache.{query.name}", query.serves, left, "<=", [(one.staleness,)]
    )


def _memory(needed: Figure) -> Claim:
    by_name = {i.name: i for i in needed.inputs}
    factor = by_name["fragmentation"]
    left = [(i, factor) for i in needed.inputs if i.unit == "bytes" and i.name != "overhead"]
    left_over = (by_name["version_keys"], by_name["overhead"], factor)
    limit = max_memory(needed)
    sentence = f"Everything that is cached at a time fits in maxmemory = {int(limit.value // MB)}mb."
    return balance(
        "caching.memory", sentence, "cache.distributed", needed.serves, [*left, left_over], "<=", [(as_input(limit),)]
    )


def _clients(requirements: Requirements) -> Claim:
    limit = max_clients(requirements)
    by_name = {i.name: i for i in limit.inputs}
    left = [(by_name["pool_size"], by_name["instances"]), (by_name["reserved"],)]
    sentence = (
        f"Cache clients of all instances stay within maxclients = {plain(limit.value)}, even while a deployment runs"
        " one instance more."
    )
    return balance("caching.clients", sentence, "cache.distributed", limit.serves, left, "<=", [(as_input(limit),)])
