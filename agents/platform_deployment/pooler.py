"""PgBouncer as the operator runs it, where the document has one."""

from agents.platform_deployment.facts import Facts, is_pooler
from agents.platform_deployment.labels import custom_resource, labels
from contracts.deployment import ConfigurationFile, Content
from contracts.published import PublishedPool


def pooler_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The poolers' file; none where the document has no pooler."""
    made = tuple(_pooler(facts, pool, kind) for pool in facts.design.pools if is_pooler(pool) for kind in _kinds(pool))
    if not made:
        return ()
    return (ConfigurationFile(path="deploy/kubernetes/pooler.yaml", comment="PgBouncer", documents=made),)


def _kinds(pool: PublishedPool) -> tuple[str, ...]:
    """PgBouncer before the primary, and before the replicas where the plan counts a second one."""
    return ("rw", "ro") if pool.instances > 1 else ("rw",)


def _pooler(facts: Facts, pool: PublishedPool, kind: str) -> Content:
    settings = {name: str(value) for name, value in pool.settings.items() if name != "pool_mode"}
    mode = str(pool.settings.get("pool_mode", "transaction"))
    spec = {
        "cluster": {"name": facts.cluster},
        "instances": 1,
        "type": kind,
        "pgbouncer": {"poolMode": mode, "parameters": settings},
        "template": {
            "metadata": {"labels": labels(facts, "pooler")},
            "spec": {
                "containers": [
                    {
                        "name": "pgbouncer",
                        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"memory": "128Mi"}},
                    }
                ]
            },
        },
    }
    return custom_resource(facts, "Pooler", f"{facts.cluster}-pooler-{kind}", spec)
