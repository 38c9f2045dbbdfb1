"""Where a process of the application finds its database and its cache, as variables of its container."""

from collections.abc import Callable
from typing import Any

from agents.platform_deployment.cache import CACHE_PORT, cache_name, cache_secret
from agents.platform_deployment.connections import login_secret, logins
from agents.platform_deployment.facts import Facts, shared_cache
from agents.platform_deployment.pods import from_secret
from agents.platform_deployment.processes import Process
from contracts.published import PublishedPool


def reached(
    facts: Facts, process: Process, host: Callable[[Facts, PublishedPool], str], port: int
) -> list[dict[str, Any]]:
    """For each pool the `host` and `port`, as whom and how many; then the shared cache, if there is one."""
    found: list[dict[str, Any]] = []
    for pool in process.pools:
        found += _pool(facts, pool, host(facts, pool), port)
    if shared_cache(facts.design):
        found += [
            {"name": "CACHE_HOST", "value": cache_name(facts)},
            {"name": "CACHE_PORT", "value": str(CACHE_PORT)},
            from_secret("CACHE_PASSWORD", cache_secret(facts), "password"),
        ]
    return found


def _pool(facts: Facts, pool: PublishedPool, host: str, port: int) -> list[dict[str, Any]]:
    prefix = f"{pool.name.upper()}_DATABASE"
    made = {login.secret for login in logins(facts)}
    secret = login_secret(facts, pool) if login_secret(facts, pool) in made else f"{facts.cluster}-app"
    return [
        {"name": f"{prefix}_HOST", "value": host},
        {"name": f"{prefix}_PORT", "value": str(port)},
        {"name": f"{prefix}_NAME", "value": facts.database},
        from_secret(f"{prefix}_USER", secret, "username"),
        from_secret(f"{prefix}_PASSWORD", secret, "password"),
        {"name": f"{prefix}_POOL_SIZE", "value": str(pool.size or 1)},
    ]
