"""The shared cache on Kubernetes: the plan's settings, a limit around its memory, an exporter beside it."""

from typing import Any

from agents.platform_deployment.compose import cache_flags
from agents.platform_deployment.facts import Facts, shared_cache
from agents.platform_deployment.images import cache_entry, cache_exporter_image, cache_image
from agents.platform_deployment.pods import container_security, from_secret, pod_security, service, workload
from agents.platform_deployment.quantities import binary
from agents.platform_deployment.sizes import cache_limit
from contracts.deployment import ConfigurationFile, Content

CACHE_PORT = 6379
METRICS_PORT = 9121
_USER = 999  # of the images of Redis and Valkey


def cache_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The cache's file; none where the document has no shared cache."""
    cache = shared_cache(facts.design)
    if cache is None:
        return ()
    limit = binary(cache_limit(facts) or 128 << 20)
    return (
        ConfigurationFile(
            path="deploy/kubernetes/cache.yaml",
            comment=f"{cache.provider}: copies only, so it has no volume, and losing it costs reads",
            documents=(_deployment(facts, limit), service(facts, "cache", CACHE_PORT, "cache")),
            notes={
                "spec.template.spec.containers": f"the plan's settings; the limit of {limit} is twice its maxmemory",
                f"{cache_name(facts)}#spec.strategy": "never two: each would miss invalidations that the other gets",
            },
        ),
    )


def cache_name(facts: Facts) -> str:
    """The cache's Deployment and Service."""
    return f"{facts.project}-cache"


def cache_secret(facts: Facts) -> str:
    """The secret with the cache's password."""
    return f"{facts.project}-cache-login"


def _deployment(facts: Facts, limit: str) -> Content:
    pod = {
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": _USER, "runAsGroup": _USER},
        "containers": [_server(facts, limit), _cache_exporter(facts)],
    }
    return workload(facts, "cache", pod, 1, {"type": "Recreate"})


def _server(facts: Facts, limit: str) -> dict[str, Any]:
    server = cache_entry(facts)["server"]
    asked = f"{server.replace('-server', '-cli')} ping | grep -q PONG"
    probe = {"exec": {"command": ["sh", "-c", asked]}, "periodSeconds": 5, "timeoutSeconds": 2}
    return {
        "name": "cache",
        "image": cache_image(facts),
        "command": [server],
        "args": [*(_dollars(flag) for flag in cache_flags(facts)), "--requirepass", "$(REDISCLI_AUTH)"],
        "env": [from_secret("REDISCLI_AUTH", cache_secret(facts), "password")],
        "ports": [{"name": "cache", "containerPort": CACHE_PORT}],
        "livenessProbe": {**probe, "periodSeconds": 10},
        "readinessProbe": probe,
        "resources": {"requests": {"cpu": "100m", "memory": limit}, "limits": {"memory": limit}},
        "securityContext": container_security(),
    }


def _cache_exporter(facts: Facts) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/health", "port": "metrics"}, "periodSeconds": 10}
    return {
        "name": "exporter",
        "image": cache_exporter_image(),
        "env": [
            {"name": "REDIS_ADDR", "value": f"redis://localhost:{CACHE_PORT}"},
            from_secret("REDIS_PASSWORD", cache_secret(facts), "password"),
        ],
        "ports": [{"name": "metrics", "containerPort": METRICS_PORT}],
        "livenessProbe": probe,
        "readinessProbe": probe,
        "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"memory": "32Mi"}},
        "securityContext": container_security(),
    }


def _dollars(text: str) -> str:
    """Text that Kubernetes must not read as a reference to a variable."""
    return text.replace("$(", "$$(")
