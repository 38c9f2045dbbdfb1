"""Who may connect, as whom and how often: one login for each pool, with the pool's own number as its limit.

A login inherits nothing (row-level policies bind a role and all that inherit from it, so a login that inherited the
sign-in role would see every row). It starts as its pool's role and may become the others for one transaction.
"""

from agents.platform_deployment.facts import RESERVED, Facts, is_pooler
from contracts.deployment import Login, Part, Sum
from contracts.published import PublishedPool

_ROLE_OF_POOL = {"readonly": "readonly", "reporting": "readonly", "batch": "migrator"}
_NOT_THE_APPLICATIONS = ("app", "migrator", "readonly", "auditor")


def logins(facts: Facts) -> tuple[Login, ...]:
    """A login for each pool of the application; none where the plan has no roles."""
    if not facts.role("app"):
        return ()
    return tuple(_login(facts, pool) for pool in facts.design.pools if not is_pooler(pool))


def _login(facts: Facts, pool: PublishedPool) -> Login:
    name = f"{facts.project.replace('-', '_')}_{pool.name}"[:63]
    if facts.role(pool.name):  # a role of the plan has this very name
        name = f"{name}_login"[:63]
    acts_as = facts.role(_ROLE_OF_POOL.get(pool.name, "app")) or facts.role("app")
    return Login(
        name=name,
        acts_as=acts_as,
        may_become=_others(facts) if acts_as == facts.role("app") else (),
        connections=_limit(facts, pool),
        secret=login_secret(facts, pool),
        purpose=pool.purpose or f"the pool {pool.name}",
    )


def login_secret(facts: Facts, pool: PublishedPool) -> str:
    """The Kubernetes secret with the name and password of a pool's login."""
    return f"{facts.project}-{pool.name}-login".replace("_", "-")


def _others(facts: Facts) -> tuple[str, ...]:
    """Roles that the application takes for one transaction: sign-in, and the brief's callers."""
    own = {facts.role(suffix) for suffix in _NOT_THE_APPLICATIONS}
    return tuple(role.name for role in facts.design.catalogue.roles if not role.login and role.name not in own)


def _limit(facts: Facts, pool: PublishedPool) -> int:
    """What the pool's processes hold together, or what the pooler lets through for it."""
    pooler = next((p for p in facts.design.pools if is_pooler(p)), None)
    if pooler is not None and not _direct(facts, pool):
        return pooler.size or 1
    return (pool.size or 1) * facts.copies(pool)


def _direct(facts: Facts, pool: PublishedPool) -> bool:
    """Whether the pool holds connections of the server itself; behind a pooler those of the instances do not."""
    return not facts.pooled or pool.name not in ("application", "readonly")


def connection_sum(facts: Facts) -> Sum:
    """Connections of one server when a failover brings all pools to it, during a deployment."""
    counted = [pool for pool in facts.design.pools if _direct(facts, pool) or is_pooler(pool)]
    parts = [
        Part(
            name=_counted_as(facts, pool),
            value=float((pool.size or 1) * facts.copies(pool) if not is_pooler(pool) else pool.size or 1),
        )
        for pool in counted
    ]
    parts += [Part(name=f"kept free for {name}", value=float(count)) for name, count in RESERVED.items()]
    bound = facts.settings.get("max_connections", "100")
    return Sum(
        name="connections",
        unit="connections",
        parts=tuple(parts),
        bound=float(bound) if bound.isdigit() else 0.0,
        bound_name="max_connections",
    )


def _counted_as(facts: Facts, pool: PublishedPool) -> str:
    if is_pooler(pool):
        return f"pooler {pool.name}"
    return f"pool {pool.name}, {pool.size or 1} x {facts.copies(pool)}"
