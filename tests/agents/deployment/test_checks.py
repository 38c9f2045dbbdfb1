"""Each check of a platform fails on the fault that it is for, and says where."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from agents.platform_deployment import platform_deployment
from agents.platform_deployment.checks import checks
from agents.platform_deployment.checks._walk import metrics_of
from agents.platform_deployment.facts import facts_of
from contracts.deployment import ConfigurationFile, PlatformDeployment, ScriptFile, Variable
from contracts.published import PublishedDesign
from tests.agents.deployment.published import deployment_of, design_of

Fault = Callable[[PlatformDeployment], PlatformDeployment]


def replaced(old: str, new: str, path: str = "") -> Fault:
    """A fault in the configuration: every `old` in files of this path becomes `new`."""

    def plant(deployment: PlatformDeployment) -> PlatformDeployment:
        files = tuple(_changed(file, old, new) if path in file.path else file for file in deployment.configurations)
        assert files != deployment.configurations, f"nothing to replace: {old}"
        return deployment.model_copy(update={"configurations": files})

    return plant


def _changed(file: ConfigurationFile, old: str, new: str) -> ConfigurationFile:
    documents = json.loads(json.dumps(file.documents).replace(old, new))
    return file.model_copy(update={"documents": tuple(documents)})


def with_script(text: str) -> Fault:
    """One more shell script."""
    return lambda made: made.model_copy(
        update={"scripts": (*made.scripts, ScriptFile(path="deploy/extra.sh", text=text))}
    )


def with_variable(**fields: Any) -> Fault:
    """One more variable in .env.example."""
    return lambda made: made.model_copy(update={"variables": (*made.variables, Variable(meaning="x", **fields))})


CASES: list[tuple[str, Fault, str]] = [
    ("unknown_metric", replaced("cnpg_pg_replication_lag{", "pg_replica_delay{", "monitoring"), "pg_replica_delay"),
    ("unknown_metric", replaced("redis_memory_used_bytes", "redis_ram_bytes", "dashboard"), "redis_ram_bytes"),
    ("unmatched_variable", with_variable(name="UNUSED"), "UNUSED"),
    ("unmatched_variable", replaced("SHOP_CACHE_PORT", "OTHER_PORT", "docker-compose"), "OTHER_PORT"),
    ("unmatched_variable", with_script('echo "$NOWHERE"\n'), "NOWHERE"),
    ("secret_in_file", replaced("${SHOP_DEPLOY_PASSWORD:?}", "hunter2", "docker-compose"), "POSTGRES_PASSWORD"),
    ("secret_in_file", with_script("export API_TOKEN=abc123\n"), "deploy/extra.sh"),
    ("secret_in_file", with_script("psql postgresql://shop:geheim@db/shop\n"), "address"),
    ("secret_in_file", with_script("-----BEGIN RSA PRIVATE KEY-----\n"), "private key"),
    ("secret_in_file", with_variable(name="ROOT_PASSWORD", example="changeme", secret=True), ".env.example"),
    ("secret_in_file", replaced('"value": "shop-cache"', '"value": "redis://u:p@cache"', "application"), "address"),
    ("unpinned_image", replaced("redis:7.2.11", "redis:latest"), "redis:latest"),
    ("unpinned_image", replaced("postgres:18.6", "postgres", "docker-compose"), "postgres"),
    ("unpinned_image", replaced("checkout@v4.2.2", "checkout@main"), "checkout@main"),
    ("plan_not_followed", replaced('"instances": 2', '"instances": 3', "database"), "4 servers"),
    ("plan_not_followed", replaced("64Gi", "32Gi", "database"), "bytes of memory"),
    ("plan_not_followed", replaced('"replicas": 4', '"replicas": 9', "application"), "6 x 10"),
    ("plan_not_followed", replaced('"kind": "Deployment"', '"kind": "DaemonSet"', "cache"), "components that cache"),
    ("setting_lost", replaced('"16GB"', '"1GB"', "database"), "shared_buffers"),
    ("setting_lost", replaced('"work_mem"', '"wal_level"', "database"), "refuses the parameter wal_level"),
    ("recovery_point_missed", replaced("149s", "900s", "database"), "1800 s may be lost"),
    ("recovery_point_missed", replaced("isWALArchiver", "isNothing", "database"), "archives no write-ahead log"),
    ("recovery_point_missed", replaced("30d", "3d", "backup"), "3d"),
    ("dangling_reference", replaced("shop-reporting-login", "shop-nobody", "application"), "shop-nobody"),
    ("dangling_reference", replaced("shop-db-reporting-r", "db.internal", "application"), "db.internal"),
    ("dangling_reference", replaced("shop-database-sql", "other-map", "database"), "other-map"),
    ("dangling_reference", replaced('component": "cache"', 'component": "kache"', "network"), "kache"),
    ("unsafe_name", replaced('"name": "shop-application"', '"name": "Shop_A"', "application"), "Shop_A"),
    ("unsafe_name", replaced('"shop-db-reporting"', '"shop-db"', "database"), "2 times"),
    ("unguarded_container", replaced("readinessProbe", "lifecycle", "application"), "probe"),
    ("unguarded_container", replaced('"limits"', '"claims"', "cache"), "memory limit"),
    ("unguarded_container", replaced("runAsNonRoot", "fsGroup", "maintenance"), "rights"),
    ("unguarded_container", replaced("healthcheck", "labels", "docker-compose"), "healthcheck"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "plant", "told"), CASES, ids=[f"{case[0]}-{i}" for i, case in enumerate(CASES)])
def test_a_planted_fault_is_found(check: str, plant: Fault, told: str) -> None:
    planted = plant(deployment_of("shop"))
    found = list(checks()[check](facts_of(design_of("shop")), planted))
    assert any(told in f"{finding.fact} {finding.evidence}" for finding in found), [finding.fact for finding in found]
    assert all(finding.remedy and finding.element for finding in found)


def altered(**update: Any) -> PublishedDesign:
    """The shop's document with other values."""
    return design_of("shop").model_copy(update=update)


def pools_of(size: int) -> PublishedDesign:
    """The application's pool with another size."""
    first, *rest = design_of("shop").pools
    return altered(pools=(first.model_copy(update={"size": size}), *rest))


def settings_of(**values: str) -> PublishedDesign:
    """Some settings with other values."""
    return altered(
        settings=tuple(s.model_copy(update={"value": values.get(s.name, s.value)}) for s in design_of("shop").settings)
    )


def archive_timeout_of(text: str) -> PublishedDesign:
    """Production with another archive_timeout."""
    made = []
    for environment in design_of("shop").environments:
        groups: Any = {**environment.groups}
        if environment.name == "production":
            groups["postgresql"] = {**groups["postgresql"], "archive_timeout": text}
        made.append(environment.model_copy(update={"groups": groups}))
    return altered(environments=tuple(made))


def first_alert_of(**update: Any) -> PublishedDesign:
    """The first alert changed."""
    first, *rest = design_of("shop").alerts
    return altered(alerts=(first.model_copy(update=update), *rest))


def asking_for(text: str) -> PublishedDesign:
    """A requirement with other words."""
    first, *rest = design_of("shop").requirements
    return altered(requirements=(first.model_copy(update={"text": text}), *rest))


CONTRADICTIONS: list[tuple[str, Callable[[], PublishedDesign], str]] = [
    ("sum-over-bound", lambda: pools_of(30), "connections: 172"),
    ("sum-over-bound", lambda: settings_of(max_connections="40"), "max_connections is 40"),
    ("sum-over-bound", lambda: settings_of(work_mem="2GB"), "memory of a server on Kubernetes"),
    ("sum-over-bound", lambda: archive_timeout_of("600s"), "work that may be lost"),
    ("recovery-point-missed", lambda: archive_timeout_of("600s"), "1200 s may be lost"),
    ("unwatched-alert", lambda: first_alert_of(name="flux_capacitor"), "flux_capacitor"),
    ("unwatched-alert", lambda: first_alert_of(threshold="too long"), "too long"),
    ("unplanned-need", lambda: altered(machine=None), "machine"),
    ("unplanned-need", lambda: altered(pools=()), "how many connections"),
    ("unplanned-need", lambda: altered(backup=None), "how data are brought back"),
    ("unplanned-need", lambda: asking_for("Everything is deployed with Terraform"), "Terraform"),
]


@pytest.mark.parametrize(("check", "design", "told"), CONTRADICTIONS)
def test_a_contradiction_of_the_document_is_found(check: str, design: Callable[[], PublishedDesign], told: str) -> None:
    found = [finding for finding in platform_deployment(design()).findings if finding.check == check]
    assert any(told in finding.fact for finding in found), [finding.fact for finding in found]


def test_every_check_has_a_failing_case() -> None:
    failing = {case[0] for case in CASES} | {case[0].replace("-", "_") for case in CONTRADICTIONS}
    assert failing == set(checks())


def test_metrics_are_told_from_functions_labels_and_keywords() -> None:
    expression = 'sum by (pod) (rate(a_total{x=~"b|c"}[5m])) / on (pod) max by (pod) (d{name="e"}) > 0.5 or absent(f)'
    assert metrics_of(expression) == {"a_total", "d", "f"}
