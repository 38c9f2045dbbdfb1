"""Who may talk to whom: nothing, except what a component of the plan needs."""

from typing import Any

from agents.platform_deployment.cache import CACHE_PORT, METRICS_PORT
from agents.platform_deployment.facts import Facts, archived, is_pooler, shared_cache
from agents.platform_deployment.labels import labels
from agents.platform_deployment.pods import POSTGRES_PORT
from agents.platform_deployment.processes import processes, runtime
from agents.platform_deployment.upkeep import jobs
from contracts.deployment import ConfigurationFile, Content

DATABASE_METRICS_PORT = 9187
STATUS_PORT = 8000
OPERATOR_NAMESPACE = "cnpg-system"
MONITORING_NAMESPACE = "monitoring"
INGRESS_NAMESPACE = "ingress-nginx"
_HTTPS = 443
_API_SERVER = 6443


def network_file(facts: Facts) -> ConfigurationFile:
    """All network policies of the project."""
    documents = [_deny_all(facts), _names(facts), _database(facts)]
    documents += [_process(facts, process.name) for process in processes(facts)]
    if shared_cache(facts.design):
        documents.append(_cache(facts))
    if jobs(facts):
        documents.append(
            _policy(facts, "maintenance", {"matchLabels": labels(facts, "maintenance")}, egress=[_to_database(facts)])
        )
    if any(is_pooler(pool) for pool in facts.design.pools):
        documents.append(_pooler(facts))
    return ConfigurationFile(
        path="deploy/kubernetes/network.yaml",
        comment=(
            f"The namespaces {OPERATOR_NAMESPACE}, {MONITORING_NAMESPACE} and {INGRESS_NAMESPACE} are where the"
            " operator, Prometheus and the ingress usually run: change them here where yours differ"
        ),
        documents=tuple(documents),
    )


def _databases() -> dict[str, Any]:
    """The pods of every cluster of the namespace: those of the files, their jobs, and one that a restore makes."""
    return {"matchExpressions": [{"key": "cnpg.io/cluster", "operator": "Exists"}]}


def _deny_all(facts: Facts) -> Content:
    return document(facts, "deny-all", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def _names(facts: Facts) -> Content:
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    return _policy(facts, "names", {}, egress=[{"to": [{"namespaceSelector": {}}], "ports": ports}])


def _database(facts: Facts) -> Content:
    """Clients, the clusters among themselves, the operator and Prometheus in; the API server and the store out."""
    components = [process.name for process in processes(facts)]
    components += ["maintenance"] if jobs(facts) else []
    components += ["pooler"] if facts.pooled else []
    clients = [_pods({"matchLabels": labels(facts, name)}) for name in components]
    among = {"from": [_pods(_databases())], "ports": _ports(POSTGRES_PORT, STATUS_PORT)}
    return _policy(
        facts,
        "database",
        _databases(),
        ingress=[
            {"from": clients, "ports": _ports(POSTGRES_PORT)},
            among,
            {"from": [_namespace(OPERATOR_NAMESPACE)], "ports": _ports(POSTGRES_PORT, STATUS_PORT)},
            {"from": [_namespace(MONITORING_NAMESPACE)], "ports": _ports(DATABASE_METRICS_PORT)},
        ],
        egress=[
            {"to": [_pods(_databases())], "ports": _ports(POSTGRES_PORT, STATUS_PORT)},
            {"ports": _ports(_HTTPS, _API_SERVER) if archived(facts) else _ports(_API_SERVER)},
        ],
    )


def _process(facts: Facts, name: str) -> Content:
    egress: list[dict[str, Any]] = [_to_database(facts)]
    if facts.pooled:
        egress.append({"to": [_pods({"matchLabels": labels(facts, "pooler")})], "ports": _ports(POSTGRES_PORT)})
    if shared_cache(facts.design):
        egress.append({"to": [_pods({"matchLabels": labels(facts, "cache")})], "ports": _ports(CACHE_PORT)})
    if facts.design.application.integrations:
        egress.append({"ports": _ports(_HTTPS)})
    ingress = []
    if name == "application":
        ingress = [{"from": [_namespace(INGRESS_NAMESPACE)], "ports": _ports(runtime(facts)["port"])}]
    return _policy(facts, name, {"matchLabels": labels(facts, name)}, ingress=ingress, egress=egress)


def _cache(facts: Facts) -> Content:
    clients = [_pods({"matchLabels": labels(facts, process.name)}) for process in processes(facts)]
    return _policy(
        facts,
        "cache",
        {"matchLabels": labels(facts, "cache")},
        ingress=[
            {"from": clients, "ports": _ports(CACHE_PORT)},
            {"from": [_namespace(MONITORING_NAMESPACE)], "ports": _ports(METRICS_PORT)},
        ],
    )


def _pooler(facts: Facts) -> Content:
    clients = [_pods({"matchLabels": labels(facts, process.name)}) for process in processes(facts)]
    return _policy(
        facts,
        "pooler",
        {"matchLabels": labels(facts, "pooler")},
        ingress=[
            {"from": clients, "ports": _ports(POSTGRES_PORT)},
            {"from": [_namespace(MONITORING_NAMESPACE)], "ports": _ports(9127)},
        ],
        egress=[_to_database(facts), {"ports": _ports(_API_SERVER, _HTTPS)}],
    )


def _to_database(facts: Facts) -> dict[str, Any]:
    return {"to": [_pods(_databases())], "ports": _ports(POSTGRES_PORT)}


def _pods(selector: dict[str, Any]) -> dict[str, Any]:
    return {"podSelector": selector}


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _ports(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]


def _policy(
    facts: Facts,
    name: str,
    selector: dict[str, Any],
    ingress: list[dict[str, Any]] | None = None,
    egress: list[dict[str, Any]] | None = None,
) -> Content:
    spec: dict[str, Any] = {
        "podSelector": selector,
        "policyTypes": [*(["Ingress"] if ingress else []), *(["Egress"] if egress else [])],
    }
    if ingress:
        spec["ingress"] = ingress
    if egress:
        spec["egress"] = egress
    return document(facts, name, spec)


def document(facts: Facts, name: str, spec: dict[str, Any]) -> Content:
    """A network policy."""
    metadata: dict[str, Any] = {"name": f"{facts.project}-{name}", "labels": labels(facts, "network")}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}
