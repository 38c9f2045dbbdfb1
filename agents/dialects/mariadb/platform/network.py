"""Who may talk to whom: nothing, except what a component of the plan needs."""

from typing import Any

from agents.dialects.mariadb.platform.names import PORT, PROXY, component, primary
from agents.dialects.mariadb.platform.servers import component_of
from agents.dialects.mariadb.platform.workloads import EXPORTER_PORT, servers
from agents.platform_deployment.cache import CACHE_PORT
from agents.platform_deployment.facts import Facts, shared_cache
from agents.platform_deployment.network import INGRESS_NAMESPACE, MONITORING_NAMESPACE
from agents.platform_deployment.network import document as policy
from agents.platform_deployment.processes import processes, runtime
from contracts.deployment import ConfigurationFile, Content

_HTTPS, _DNS = 443, 53


def network_file(facts: Facts) -> ConfigurationFile:
    """All network policies of the project."""
    cached, pooled = shared_cache(facts.design) is not None, facts.pooled
    reaching = [process.name for process in processes(facts)]
    clients = [
        *reaching,
        "exporter",
        *([PROXY] if pooled else []),
        *(["backup", "binlog"] if facts.design.backup else []),
    ]
    databases = [component_of(facts, name) for name in servers(facts)]
    documents = [_deny_all(facts), _names(facts)]
    for name in databases:
        others = databases if name == component_of(facts, primary(facts)) else []
        follows = [_to([component_of(facts, primary(facts))], PORT)] if not others else []
        documents.append(_policy(facts, name, [_from([*clients, *others], PORT)], follows))
    for name in clients:
        egress = [_to([*databases, *([PROXY] if pooled and name in reaching else [])], PORT)]
        ingress: list[dict[str, Any]] = []
        if name in reaching:
            egress += [_to(["cache"], CACHE_PORT)] if cached else []
            egress += [{"ports": _ports(_HTTPS)}] if facts.design.application.integrations else []
        if name == "application":
            ingress = [{"from": [_namespace(INGRESS_NAMESPACE)], "ports": _ports(runtime(facts)["port"])}]
        if name == "exporter":
            ingress = [{"from": [_namespace(MONITORING_NAMESPACE)], "ports": _ports(EXPORTER_PORT)}]
        if name == PROXY:
            ingress = [_from(reaching, PORT)]
        documents.append(_policy(facts, name, ingress, egress))
    if cached:
        documents.append(_policy(facts, "cache", [_from(reaching, CACHE_PORT)], []))
    return ConfigurationFile(
        path="deploy/kubernetes/network.yaml",
        comment=f"The namespaces {MONITORING_NAMESPACE} and {INGRESS_NAMESPACE} are the usual ones: change them here",
        documents=tuple(documents),
    )


def _deny_all(facts: Facts) -> Content:
    return policy(facts, "deny-all", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})


def _names(facts: Facts) -> Content:
    ports = [{"protocol": protocol, "port": _DNS} for protocol in ("UDP", "TCP")]
    return policy(facts, "names", {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"ports": ports}]})


def _policy(facts: Facts, name: str, ingress: list[dict[str, Any]], egress: list[dict[str, Any]]) -> Content:
    spec: dict[str, Any] = {"podSelector": component(facts, name), "policyTypes": []}
    for kind, rules in (("Ingress", ingress), ("Egress", egress)):
        if rules:
            spec["policyTypes"].append(kind)
            spec[kind.lower()] = rules
    return policy(facts, name, spec)


def _from(names: list[str], port: int) -> dict[str, Any]:
    return {"from": [_pod(name) for name in dict.fromkeys(names)], "ports": _ports(port)}


def _to(names: list[str], port: int) -> dict[str, Any]:
    return {"to": [_pod(name) for name in dict.fromkeys(names)], "ports": _ports(port)}


def _pod(name: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"app.kubernetes.io/component": name}}}


def _namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _ports(*ports: int) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port} for port in ports]
