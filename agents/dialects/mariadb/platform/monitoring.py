"""The plan's alerts as rules: each number comes from the plan's own monitoring query, by an exporter that runs SQL.

What an alert compares stands in its `metric`: `share`, `mean_ms of any row`, `sum of bytes`, `rows, below`.
"""

import re
from typing import Any

from agents.dialects.mariadb.platform.workloads import EXPORTER_PORT as EXPORTER_PORT
from agents.dialects.mariadb.platform.workloads import exporter
from agents.naming import identifier
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.labels import labels
from agents.platform_deployment.monitoring import literal, number, rule_name
from agents.platform_deployment.quantities import threshold_of
from contracts.deployment import ConfigurationFile, Content, WatchedAlert
from contracts.published import PublishedAlert, PublishedQuery

CONFIG = "deploy/monitoring/sql_exporter.yaml"
_COPIES = "missed_backup"
_COMPARED = re.compile(r"(?P<sum>sum of )?(?P<column>\w+)(?P<any> of any row)?(?P<below>, below)?")
_UNITS = (
    ("bytes", r"\b[kMGT]?B\b"),
    ("milliseconds", r"\bms\b"),
    ("seconds", r"\b(?:seconds?|minutes?|hours?|days?|h)\b"),
)


def monitoring_files(facts: Facts) -> list[ConfigurationFile]:
    """The exporter with its queries, what Prometheus scrapes, and the rules."""
    documents = (exporter(facts), _monitor(facts), _rules(facts))
    collector = {
        "collector_name": facts.project.replace("-", "_"),
        "metrics": [m for a in facts.design.alerts if (m := metric(facts, a))],
    }
    content: dict[str, Any] = {
        "global": {"scrape_timeout": "30s", "max_connections": 1},
        "target": {"collectors": [collector["collector_name"]]},
        "collectors": [collector],
    }
    return [
        ConfigurationFile(
            path="deploy/kubernetes/monitoring.yaml",
            comment="What Prometheus scrapes and when it wakes somebody; thresholds and runbooks are the plan's",
            documents=documents,
        ),
        ConfigurationFile(path=CONFIG, comment="The plan's own monitoring queries as metrics", documents=(content,)),
    ]


def _query(facts: Facts, alert: PublishedAlert) -> PublishedQuery | None:
    return next((query for query in facts.design.queries if query.name == alert.query), None)


def metric_name(facts: Facts, alert: PublishedAlert) -> str:
    """The metric that an alert looks at."""
    return f"{identifier(facts.project)}_{identifier(alert.name)}"


def metric(facts: Facts, alert: PublishedAlert) -> dict[str, Any] | None:
    """The alert's number as one gauge; None where the document has no query for it, or none that can be asked so."""
    query, compared = _query(facts, alert), _compared(alert)
    if query is None or compared is None:
        return None
    shown = re.match(r"\s*SHOW\b", query.sql, re.IGNORECASE) is not None
    sql = query.sql.strip().rstrip(";")
    column = compared["column"]
    value = "COUNT(*)" if column == "rows" else f"{_total(compared)}(`{column}`)"
    return {
        "metric_name": metric_name(facts, alert),
        "type": "gauge",
        "help": " ".join(f"{alert.metric} of {query.name}".split()),
        "values": [column if shown else "value"],
        "query": f"{sql}\n" if shown else f"SELECT {value} AS value\nFROM (\n{sql}\n) AS monitored\n",
    }


def _compared(alert: PublishedAlert) -> re.Match[str] | None:
    return _COMPARED.match(alert.metric)


def _total(compared: re.Match[str]) -> str:
    return "SUM" if compared["sum"] else "MIN" if compared["below"] else "MAX"


def watched(facts: Facts) -> tuple[WatchedAlert, ...]:
    """Every alert of the plan with its rule, or with none where nothing can watch it."""
    found = []
    for alert in facts.design.alerts:
        expression = _expression(facts, alert)
        rule = rule_name(facts, alert.name) if expression else ""
        found.append(
            WatchedAlert(
                name=alert.name, threshold=alert.threshold, severity=alert.severity, expression=expression, rule=rule,
                line=alert.line,
            )
        )  # fmt: skip
    return tuple(found)


def _expression(facts: Facts, alert: PublishedAlert) -> str:
    unit = next((unit for unit, pattern in _UNITS if re.search(pattern, alert.threshold)), "count")
    limit = threshold_of(alert.threshold, unit)
    if limit is None:
        return ""
    if alert.name == _COPIES:
        select = f'namespace="{facts.project}",cronjob="{facts.project}-backup"'
        return f"time() - max(kube_cronjob_status_last_successful_time{{{select}}}) > {number(limit)}"
    compared = _compared(alert)
    if metric(facts, alert) is None or compared is None:
        return ""
    sign = "<" if compared["below"] else ">"
    name = metric_name(facts, alert)
    return f'max({name}{{namespace="{facts.project}"}}) {sign} {number(limit)}'


def _rules(facts: Facts) -> Content:
    rules = [
        {
            "alert": found.rule,
            "expr": found.expression,
            "for": "5m",
            "labels": {"severity": alert.severity or "ticket", "project": facts.project},
            "annotations": {
                "summary": literal(f"{alert.metric or alert.name}: the plan's threshold is {alert.threshold}"),
                "value": "{{ $value }}",
                "runbook": literal(alert.runbook),
            },
        }
        for alert, found in zip(facts.design.alerts, watched(facts), strict=True)
        if found.expression
    ]
    return _document(
        facts, "PrometheusRule", "alerts", {"groups": [{"name": f"{facts.project}-database", "rules": rules}]}
    )


def _monitor(facts: Facts) -> Content:
    spec = {"selector": {"matchLabels": labels(facts, "exporter")}, "podMetricsEndpoints": [{"port": "metrics"}]}
    return _document(facts, "PodMonitor", "database", spec)


def _document(facts: Facts, kind: str, name: str, spec: dict[str, Any]) -> Content:
    metadata: dict[str, Any] = {"name": f"{facts.project}-{name}", "labels": labels(facts, "monitoring")}
    return {"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": metadata, "spec": spec}
