"""The plan's alerts as rules over metrics that exist, and the plan's own queries where no exporter has the number."""

from typing import Any

from agents.naming import identifier
from agents.platform_deployment.facts import Facts, is_pooler, shared_cache
from agents.platform_deployment.knowledge import alert_knowledge
from agents.platform_deployment.labels import labels, monitoring_map
from agents.platform_deployment.quantities import threshold_of
from contracts.deployment import ConfigurationFile, Content, WatchedAlert
from contracts.published import PublishedAlert, PublishedQuery

FOLDER = "deploy/monitoring"
QUERIES = f"{FOLDER}/queries.yaml"


def monitoring_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """Scrape targets, rules, and the queries behind the rules."""
    files = [
        ConfigurationFile(
            path="deploy/kubernetes/monitoring.yaml",
            comment="What Prometheus scrapes and when it wakes somebody; thresholds and runbooks are the plan's",
            documents=(*_monitors(facts), _rules(facts)),
        )
    ]
    queries = own_queries(facts)
    if queries:
        comment = "The plan's own monitoring queries as metrics: cnpg_<name>_<column>"
        files.append(ConfigurationFile(path=QUERIES, comment=comment, documents=(queries,)))
    return tuple(files)


def own_queries(facts: Facts) -> Content:
    """Custom queries of CloudNativePG's exporter, each cut down to the columns that its alert compares."""
    found: Content = {}
    for alert in facts.design.alerts:
        known = alert_knowledge().get(alert.name, {})
        query = _query_of(facts, alert)
        if "query" not in known or query is None:
            continue
        found[metric_name(facts, alert)] = _custom(facts, query, known["query"])
    return found


def _custom(facts: Facts, query: PublishedQuery, columns: dict[str, list[str]]) -> dict[str, Any]:
    wanted = [*columns["label"], *columns["gauge"]]
    metrics = [
        {name: {"usage": usage.upper(), "description": f"{name} of {query.name}"}}
        for usage in ("label", "gauge")
        for name in columns[usage]
    ]
    return {
        "query": f"SELECT {', '.join(wanted)}\nFROM (\n{query.sql.strip().rstrip(';')}\n) AS monitored\n",
        "primary": True,
        "target_databases": [facts.database],
        "metrics": metrics,
    }


def metric_name(facts: Facts, alert: PublishedAlert) -> str:
    """The name of an alert's own query; its metrics are cnpg_, this and the column."""
    return f"{identifier(facts.project)}_{identifier(alert.name)}"


def _query_of(facts: Facts, alert: PublishedAlert) -> PublishedQuery | None:
    return next((query for query in facts.design.queries if query.name == alert.query), None)


def watched(facts: Facts) -> tuple[WatchedAlert, ...]:
    """Every alert of the plan with its rule, or with none where nothing can watch it."""
    return tuple(_watched(facts, alert) for alert in facts.design.alerts)


def _watched(facts: Facts, alert: PublishedAlert) -> WatchedAlert:
    expression = _expression(facts, alert)
    return WatchedAlert(
        name=alert.name,
        threshold=alert.threshold,
        severity=alert.severity,
        expression=expression,
        rule=rule_name(facts, alert.name) if expression else "",
        line=alert.line,
    )


def rule_name(facts: Facts, alert: str) -> str:
    """The rule's name: `ShopMissedBackup`."""
    return "".join(word.capitalize() for word in f"{identifier(facts.project)}_{identifier(alert)}".split("_"))


def _expression(facts: Facts, alert: PublishedAlert) -> str:
    known = alert_knowledge().get(alert.name)
    if known is None or ("query" in known and _query_of(facts, alert) is None):
        return ""
    threshold = threshold_of(alert.threshold, known["unit"])
    if threshold is None:
        return ""
    text: str = known["expression"]
    return text.format(
        threshold=number(threshold),
        select=pods(facts),
        all=f'namespace="{facts.project}",pod=~"{facts.cluster}-.+"',
        database=facts.database,
        metric=f"cnpg_{metric_name(facts, alert)}",
        replicas=len(facts.design.replicas),
    )


def pods(facts: Facts) -> str:
    """The label matchers of the cluster's own instances."""
    return f'namespace="{facts.project}",pod=~"{facts.cluster}-[0-9]+"'


def number(value: float) -> str:
    """A number as PromQL reads it, without a fraction where there is none.

    >>> number(300.0), number(0.8)
    ('300', '0.8')
    """
    return str(round(value)) if value == int(value) or value >= 1000 else repr(value)


def _rules(facts: Facts) -> Content:
    rules = [
        _rule(facts, alert, found)
        for alert, found in zip(facts.design.alerts, watched(facts), strict=True)
        if found.expression
    ]
    groups = [{"name": f"{facts.project}-database", "rules": rules}]
    cache = shared_cache(facts.design)
    if cache:
        groups.append({"name": f"{facts.project}-cache", "rules": [_cache_rule(facts, cache.provider)]})
    return _document(facts, "PrometheusRule", f"{facts.project}-alerts", {"groups": groups})


def _rule(facts: Facts, alert: PublishedAlert, found: WatchedAlert) -> dict[str, Any]:
    known = alert_knowledge()[alert.name]
    limit = f"{alert.metric or alert.name}: the plan's threshold is {alert.threshold}"
    note = f"; {known['note']}" if known.get("note") else ""
    return {
        "alert": found.rule,
        "expr": found.expression,
        "for": known["for"],
        "labels": {"severity": alert.severity or "ticket", "project": facts.project},
        "annotations": {
            "summary": literal(f"{limit}{note}"),
            "value": "{{ $value }}",
            "runbook": literal(alert.runbook),
            **_here(facts, known),
        },
    }


def _here(facts: Facts, known: dict[str, Any]) -> dict[str, str]:
    """The first command on this platform, where the document's runbook speaks of another one."""
    told = known.get("here", "")
    return {"platform": told.format(project=facts.project, cluster=facts.cluster)} if told else {}


def _cache_rule(facts: Facts, provider: str) -> dict[str, Any]:
    select = f'namespace="{facts.project}"'
    return {
        "alert": rule_name(facts, "cache_away"),
        "expr": f"min(redis_up{{{select}}}) < 1 or absent(redis_up{{{select}}})",
        "for": "2m",
        "labels": {"severity": "ticket", "project": facts.project},
        "annotations": {
            "summary": literal(
                f"{provider} of {facts.design.title} does not answer; the database answers its reads meanwhile"
            ),
            "runbook": literal(
                f"kubectl --namespace {facts.project} describe pod --selector app.kubernetes.io/component=cache"
            ),
        },
    }


def literal(text: str) -> str:
    """Text that Prometheus prints as it stands: its own template brackets are written as strings of a template.

    >>> literal("{{ .Labels }}")
    '{{ "{{" }} .Labels }}'
    """
    return " ".join(text.split()).replace("{{", '{{ "{{" }}')


def _monitors(facts: Facts) -> list[Content]:
    """PodMonitors: the operator's own field for it is deprecated."""
    clusters = {
        "matchExpressions": [
            {"key": "cnpg.io/cluster", "operator": "Exists"},
            {"key": "cnpg.io/podRole", "operator": "In", "values": ["instance"]},
        ]
    }
    found = [_monitor(facts, "database", clusters)]
    if shared_cache(facts.design):
        found.append(_monitor(facts, "cache", {"matchLabels": labels(facts, "cache")}))
    if any(is_pooler(pool) for pool in facts.design.pools):
        found.append(_monitor(facts, "pooler", {"matchLabels": labels(facts, "pooler")}))
    return found


def _monitor(facts: Facts, name: str, selector: dict[str, Any]) -> Content:
    spec = {"selector": selector, "podMetricsEndpoints": [{"port": "metrics"}]}
    return _document(facts, "PodMonitor", f"{facts.project}-{name}", spec)


def _document(facts: Facts, kind: str, name: str, spec: dict[str, Any]) -> Content:
    metadata: dict[str, Any] = {"name": name, "labels": labels(facts, "monitoring")}
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": metadata, "spec": spec}


def queries_map(facts: Facts) -> dict[str, Any]:
    """The ConfigMap of the queries for kustomize; the operator reads it again when it changes."""
    return {
        "name": monitoring_map(facts),
        "files": ["monitoring/queries.yaml"],
        "options": {"labels": {"cnpg.io/reload": ""}},
    }
