"""The plan's parts as plain data with notes, for the YAML blocks of persistence.md.

Only what the plan holds goes in: a key without a fact behind it is left out, never filled with an example.
Keys that the plan names itself (tables, settings, queries) stay as they are, so that tools can join on them.
"""

import re

from artifacts.figures import counted, derivation, duration, number, quantity, whence
from artifacts.yaml_block import Noted
from contracts.base import Element, Figure
from contracts.caching import CacheEntry, CacheLayer, CachingPlan
from contracts.operations import Alert, Environment, OperationsPlan, TestCase
from contracts.plan import Design
from contracts.scaling import Pool, ScalingPlan, Setting
from contracts.schema import Query

Data = dict[str, object]
SERVED_SHOWN = 3
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,15})(\.\d+)?")


def value(text: str) -> object:
    """A setting's text as a number or truth value where it is one.

    >>> value("100"), value("1.1"), value("true"), value("010"), value("256MB")
    (100, 1.1, True, '010', '256MB')
    """
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text, text)


def figure_value(figure: Figure) -> Noted:
    """A figure with its unit, and how it came about beside it."""
    plain = round(figure.value, 6)
    amount = (int(plain) if plain == int(plain) else plain) if not figure.unit else quantity(figure)
    return Noted(amount, derivation(figure))


def asked_by(element: Element) -> str:
    """Where an element comes from and what it serves."""
    more = f" and {len(element.serves) - SERVED_SHOWN} more" if len(element.serves) > SERVED_SHOWN else ""
    serves = f"; serves {', '.join(element.serves[:SERVED_SHOWN])}{more}" if element.serves else ""
    return f"{whence(element.origin)}{serves}"


def database(design: Design) -> Data:
    """The engine, why, and every setting with the formula behind its value."""
    schema, scaling = design.schema_design, design.scaling
    machine = scaling.machine
    data: Data = {"primary": f"{schema.engine_name} {schema.floor}+"}
    chosen = next((d for d in (*schema.decisions, *scaling.decisions) if "database" in d.topic.lower()), None)
    if chosen:
        data["rationale"] = Noted(chosen.because, asked_by(chosen))
    data["sized_for"] = {"memory_gb": machine.memory_gb, "cores": machine.cores, "disk": machine.disk}
    data["configuration"] = {s.name: Noted(value(s.value), _reason(s)) for s in scaling.settings}
    data["extensions"] = list(schema.extensions)
    return {"database": data}


def _reason(setting: Setting) -> str:
    """The formula of a number; of a word the rule by which the formula's number decides it."""
    rule = "" if setting.value[:1].isdigit() else f"{setting.origin.rule}: "
    return f"{rule}{derivation(setting.figure)}"


def caching(plan: CachingPlan, queries: dict[str, Query]) -> Data:
    """Each layer with its capacity and the entries that it holds."""
    layers = {_layer_key(layer): _cache_layer(layer, plan, queries) for layer in plan.layers}
    never = {omission.subject: omission.reason for omission in plan.never_cached}
    return {"caching_architecture": layers | ({"never_cached": never} if never else {})}


def _layer_key(layer: CacheLayer) -> str:
    """The key of a layer."""
    return {"in_process": "application_cache", "distributed": "distributed_cache"}[layer.layer]


def _cache_layer(layer: CacheLayer, plan: CachingPlan, queries: dict[str, Query]) -> Data:
    """One layer; an entry that lives in two layers is described in the first and named in the second."""
    first = plan.layers[0]
    own = [e for e in plan.entries if layer.layer in e.layers and (layer is first or first.layer not in e.layers)]
    shared = [e.name for e in plan.entries if layer.layer in e.layers and e not in own]
    data: Data = {"provider": Noted(layer.product, layer.because)}
    if layer.version:
        data["version"] = layer.version
    data["capacity"] = figure_value(layer.capacity)
    if layer.settings:
        data["settings"] = {name: value(text) for name, text in layer.settings}
    if own:
        data["cache_patterns"] = [_cache_entry(entry, queries) for entry in own]
    if shared:
        data["also_holds"] = Noted(shared, f"as described under {_layer_key(first)}")
    return data


def _cache_entry(entry: CacheEntry, queries: dict[str, Query]) -> Data:
    """One kind of cached value, and the writes that make it stale with their events and keys.

    `finds` is the SQL whose rows fill the keys, where the written row does not (see `Invalidation`).
    """
    stale = [
        {"event": i.event, "table": i.table, "operations": list(i.operations), "keys": list(i.keys)}
        | ({"finds": i.finds} if i.finds else {})
        for i in entry.invalidations
    ]
    query = queries.get(entry.query)
    return {
        "name": Noted(entry.name, asked_by(entry)),
        "key_pattern": entry.key_pattern,
        "query": Noted(entry.query, query.title if query else ""),
        "ttl": figure_value(entry.ttl),
        "may_be_stale": duration(entry.staleness_seconds),
        "size": Noted(f"{number(entry.items)} × {number(entry.item_bytes)} bytes", "items × bytes of each, estimated"),
        "invalidation_triggers": stale,
    }


def pooling(plan: ScalingPlan) -> Data:
    """Each pool with its size by formula and its settings."""
    return {"connection_pooling": {pool.name: _pool(pool) for pool in plan.pools}}


def _pool(pool: Pool) -> Data:
    """One pool; its settings stand in the product's own spelling."""
    data: Data = {"provider": Noted(pool.product, asked_by(pool)), "purpose": pool.purpose}
    data |= {"pool_size": figure_value(pool.size), "instances": pool.instances}
    return data | ({"settings": {name: value(text) for name, text in pool.settings}} if pool.settings else {})


def monitoring(plan: OperationsPlan) -> Data:
    """The operators' queries by name (their SQL stands below), and the alerts with thresholds by formula."""
    queries = [
        {"name": Noted(q.name, asked_by(q)), "shows": q.title} | ({"needs": list(q.needs)} if q.needs else {})
        for q in plan.monitoring
    ]
    return {"performance_monitoring": {"database_metrics": queries, "alerts": [_alert(a) for a in plan.alerts]}}


def _alert(alert: Alert) -> Data:
    """One alert: what is measured, when it fires, who is told, what to do first."""
    data: Data = {"name": Noted(alert.name, asked_by(alert)), "metric": alert.metric}
    data |= {"query": alert.query} if alert.query else {}
    return data | {"threshold": figure_value(alert.threshold), "severity": alert.severity, "runbook": alert.runbook}


def read_scaling(plan: ScalingPlan) -> Data:
    """Replicas, and where each query goes; queries that go the same way for the same reason stand together."""
    replicas = [
        {
            "name": Noted(r.name, asked_by(r)),
            "purpose": r.purpose,
            "lag_tolerance": duration(r.lag_tolerance_seconds),
            **({"settings": {name: value(text) for name, text in r.settings}} if r.settings else {}),
        }
        for r in plan.replicas
    ]
    alike: dict[tuple[str, str, int, str], list[str]] = {}
    for route in plan.routes:
        place = (route.target, route.fallback, route.lag_tolerance_seconds, route.because)
        alike.setdefault(place, []).append(route.query)
    routes = [
        {
            "target": Noted(target, because),
            "fallback": fallback,
            "lag_tolerance": duration(lag),
            "queries": queries,
        }
        for (target, fallback, lag, because), queries in alike.items()
    ]
    return {"read_scaling": {"replicas": replicas, "read_routing": routes}}


def testing(plan: OperationsPlan, held: frozenset[str]) -> Data:
    """The testing strategy by category; a rule stands at the first of the cases that it makes."""
    categories: dict[str, list[object]] = {}
    before = ""
    for case in plan.tests:
        rule = whence(case.origin)
        cases = categories.setdefault(f"{case.category}_tests", [])
        notes = (rule if rule != before or not cases else "", _proven(case, held))
        cases.append({case.name: Noted(case.what, "; ".join(filter(None, notes)))})
        before = rule
    return {"database_testing": dict(categories)}


def _proven(case: TestCase, held: frozenset[str]) -> str:
    """How many of the case's claims this document's run already proved."""
    proven = sum(claim in held for claim in case.claims)
    return f"{proven} of {counted(len(case.claims), 'claim')} proven here" if case.claims else ""


def environment(chosen: Environment) -> Data:
    """One environment's groups of settings."""
    groups = {subject: {name: value(text) for name, text in pairs} for subject, pairs in chosen.groups}
    return {chosen.name: groups}
