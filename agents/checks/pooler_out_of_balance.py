"""Does the pooler take every client, and give the server no more connections than the plan counts?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.scaling.pools import surge
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = (
    "Clients are refused at the pooler at full load, or the server gets more connections than its memory is made for."
)
REMEDY = "Let the pooler take every client of every instance, and bound what it opens by its own size."

_SHARES = ("default_pool_size", "max_db_connections")
"""PgBouncer counts the first for each login and the second for all of them."""


def findings(design: Design) -> Iterator[Finding]:
    """A pooler whose settings open more than its size, have no bound for all logins, or refuse clients."""
    pools = {pool.name: pool for pool in design.scaling.pools}
    pooler = pools.get("pgbouncer")
    if pooler is None:
        return
    told = dict(pooler.settings)
    size = round(pooler.size.value)
    for name in _SHARES:
        text = told.get(name, "")
        if not text.isdigit() or not 0 < int(text) <= size:
            yield finding(
                __name__,
                "pool.pgbouncer",
                fact=f"The plan counts {size} connections of the pooler, and its {name} is {text or 'not set'}.",
                evidence=pooler.size.formula,
                remedy=f"Set {name} to {size}.",
            )
    own = [pools[name] for name in ("application", "readonly") if name in pools]
    clients = sum(round(pool.size.value) * (pool.instances + surge(design.requirements)) for pool in own)
    most = told.get("max_client_conn", "")
    if not most.isdigit() or int(most) < clients:
        yield finding(
            __name__,
            "pool.pgbouncer",
            fact=f"{clients} clients connect during a deployment, and max_client_conn is {most or 'not set'}.",
            evidence=" + ".join(f"{pool.name} {round(pool.size.value)} × {pool.instances}" for pool in own),
            remedy=f"Set max_client_conn to at least {clients}.",
        )
