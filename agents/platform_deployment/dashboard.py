"""One Grafana dashboard: the plan's promises as lines to compare with, and what the database does against them."""

from dataclasses import dataclass, field
from typing import Any

from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts, alert_of, archive_seconds, is_pooler, shared_cache
from agents.platform_deployment.monitoring import FOLDER, own_queries, pods
from agents.platform_deployment.quantities import threshold_of
from contracts.deployment import ConfigurationFile

PATH = f"{FOLDER}/dashboard.json"
SCHEMA_VERSION = 39
_WIDTH, _HEIGHT = 12, 8


@dataclass(frozen=True)
class Panel:
    """A panel: its title, its queries with their legends, its unit and the line that it must not cross."""

    title: str
    targets: tuple[tuple[str, str], ...]
    unit: str = "short"
    limit: float | None = None
    below: bool = False
    description: str = field(default="")


def dashboard_file(facts: Facts) -> ConfigurationFile:
    """The dashboard; its data source is chosen in Grafana."""
    panels = [_panel(panel, at) for at, panel in enumerate(_panels(facts))]
    content = {
        "uid": f"{facts.project}-database"[:40],
        "title": f"{facts.design.title}: database",
        "tags": [facts.project, "postgresql"],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "timezone": "utc",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}]
        },
        "annotations": {"list": []},
        "panels": panels,
    }
    return ConfigurationFile(path=PATH, format="json", documents=(content,))


def _panels(facts: Facts) -> list[Panel]:
    found = [_connections(facts), _load(facts), _hits(facts), _size(facts)]
    if facts.design.replicas:
        found.append(_lag(facts))
    if archive_seconds(facts) is not None:
        found += [_archive(facts), _backup(facts)]
    found += [_transactions(facts), *_own(facts)]
    if any(is_pooler(pool) for pool in facts.design.pools):
        found.append(_pooler(facts))
    if shared_cache(facts.design):
        found += _cache(facts)
    return found


def _connections(facts: Facts) -> Panel:
    shares = ", ".join(f"{login.name} {login.connections}" for login in logins(facts))
    return Panel(
        "Connections by login",
        (
            (f"sum by (usename) (cnpg_backends_total{{{pods(facts)}}})", "{{usename}}"),
            (f'max(cnpg_pg_settings_setting{{{pods(facts)},name="max_connections"}})', "max_connections"),
        ),
        description=f"Limits of the logins: {shares}" if shares else "",
    )


def _load(facts: Facts) -> Panel:
    select = f'{pods(facts)},datname="{facts.database}"'
    peak = facts.design.application.requests_per_second
    told = f"The plan's peak is {peak:g} requests a second, each at least one transaction" if peak else ""
    return Panel(
        "Transactions a second",
        (
            (f"sum by (pod) (rate(cnpg_pg_stat_database_xact_commit{{{select}}}[5m]))", "committed on {{pod}}"),
            (f"sum by (pod) (rate(cnpg_pg_stat_database_xact_rollback{{{select}}}[5m]))", "rolled back on {{pod}}"),
        ),
        "ops",
        limit=peak,
        description=told,
    )


def _hits(facts: Facts) -> Panel:
    select = f'{pods(facts)},datname="{facts.database}"'
    hit, read = (f"sum(rate(cnpg_pg_stat_database_blks_{kind}{{{select}}}[15m]))" for kind in ("hit", "read"))
    return Panel(
        "Blocks found in memory",
        ((f"{hit} / ({hit} + {read})", "share"),),
        "percentunit",
        _threshold(facts, "cache_hits", "share"),
        below=True,
    )


def _size(facts: Facts) -> Panel:
    size = f'max(cnpg_pg_database_size_bytes{{{pods(facts)},datname="{facts.database}"}})'
    return Panel("Size of the database", ((size, facts.database),), "bytes", _threshold(facts, "table_sizes", "bytes"))


def _lag(facts: Facts) -> Panel:
    lag = f'max by (pod) (cnpg_pg_replication_lag{{namespace="{facts.project}",pod=~"{facts.cluster}-.+"}})'
    told = ", ".join(
        f"{r.name} may be {r.lag_seconds:g} s behind" for r in facts.design.replicas if r.lag_seconds is not None
    )
    return Panel(
        "Replication lag", ((lag, "{{pod}}"),), "s", _threshold(facts, "replication_lag", "seconds"), description=told
    )


def _archive(facts: Facts) -> Panel:
    since = f"max(cnpg_pg_stat_archiver_seconds_since_last_archival{{{pods(facts)}}})"
    return Panel(
        "Since the log was last archived", ((since, "seconds"),), "s", _threshold(facts, "archiving", "seconds")
    )


def _backup(facts: Facts) -> Panel:
    since = f"time() - max(barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{{{pods(facts)}}})"
    return Panel("Since the last copy", ((since, "age"),), "s", _threshold(facts, "missed_backup", "seconds"))


def _transactions(facts: Facts) -> Panel:
    oldest = f'max by (usename) (cnpg_backends_max_tx_duration_seconds{{{pods(facts)},datname="{facts.database}"}})'
    return Panel(
        "Oldest transaction", ((oldest, "{{usename}}"),), "s", _threshold(facts, "long_transactions", "seconds")
    )


_OWN = {
    "slow_statements": ("Mean time of slow statements", "mean_ms", "queryid", "ms", "milliseconds"),
    "dead_rows": ("Dead rows, share of a table", "dead_share", "table_name", "percentunit", "share"),
    "waiting_events": ("Age of the oldest event that waits", "oldest_seconds", "table_name", "s", "seconds"),
    "partition_headroom": ("Months that are ready", "future_partitions", "table_name", "short", "count"),
}
"""Panels over the plan's own queries: title, column, label, unit in Grafana, unit of the threshold."""


def _own(facts: Facts) -> list[Panel]:
    names = set(own_queries(facts))
    found = []
    for alert, (title, column, label, unit, base) in _OWN.items():
        name = next((n for n in names if n.endswith(f"_{alert}")), None)
        if name:
            query = f"max by ({label}) (cnpg_{name}_{column}{{{pods(facts)}}})"
            found.append(
                Panel(
                    title,
                    ((query, f"{{{{{label}}}}}"),),
                    unit,
                    _threshold(facts, alert, base),
                    below=alert == "partition_headroom",
                )
            )
    return found


def _pooler(facts: Facts) -> Panel:
    select = f'namespace="{facts.project}",pod=~"{facts.cluster}-pooler-.+"'
    return Panel(
        "Clients that wait at the pooler",
        (
            (f"sum by (pod) (cnpg_pgbouncer_pools_cl_waiting{{{select}}})", "waiting on {{pod}}"),
            (f"sum by (pod) (cnpg_pgbouncer_pools_sv_active{{{select}}})", "connections in use by {{pod}}"),
        ),
    )


def _cache(facts: Facts) -> list[Panel]:
    select = f'namespace="{facts.project}"'
    hits, misses = (f"sum(rate(redis_keyspace_{kind}_total{{{select}}}[15m]))" for kind in ("hits", "misses"))
    return [
        Panel(
            "Memory of the cache",
            (
                (f"max(redis_memory_used_bytes{{{select}}})", "used"),
                (f"max(redis_memory_max_bytes{{{select}}})", "maxmemory"),
            ),
            "bytes",
        ),
        Panel(
            "Reads that the cache answered",
            (
                (f"{hits} / ({hits} + {misses})", "share"),
                (f"sum(rate(redis_evicted_keys_total{{{select}}}[15m]))", "evicted keys a second"),
            ),
        ),
    ]


def _threshold(facts: Facts, name: str, unit: str) -> float | None:
    alert = alert_of(facts.design, name)
    return threshold_of(alert.threshold, unit) if alert else None


def _panel(panel: Panel, at: int) -> dict[str, Any]:
    datasource = {"type": "prometheus", "uid": "${datasource}"}
    return {
        "id": at + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.description,
        "datasource": datasource,
        "gridPos": {"h": _HEIGHT, "w": _WIDTH, "x": _WIDTH * (at % 2), "y": _HEIGHT * (at // 2)},
        "fieldConfig": {"defaults": {"unit": panel.unit, **_limit(panel)}, "overrides": []},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi"},
        },
        "targets": [
            {"refId": chr(ord("A") + i), "expr": query, "legendFormat": legend, "datasource": datasource}
            for i, (query, legend) in enumerate(panel.targets)
        ],
    }


def _limit(panel: Panel) -> dict[str, Any]:
    """The alert's threshold as a dashed line; green is the good side of it."""
    if panel.limit is None:
        return {}
    colours = ("red", "green") if panel.below else ("green", "red")
    steps = [{"color": colours[0], "value": None}, {"color": colours[1], "value": panel.limit}]
    return {"thresholds": {"mode": "absolute", "steps": steps}, "custom": {"thresholdsStyle": {"mode": "dashed"}}}
