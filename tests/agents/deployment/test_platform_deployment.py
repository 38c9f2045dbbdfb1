"""What the platform is made of follows the document, edits included."""

import re
from typing import Any

import pytest

from agents.platform_deployment import platform_deployment
from agents.platform_deployment.facts import facts_of
from contracts.deployment import PlatformDeployment
from tests.agents.deployment.published import EXAMPLES, deployment_of, design_of, edited


def named(deployment: PlatformDeployment, kind: str, name: str) -> Any:
    """The one document of this kind and name."""
    found: list[Any] = [d for d in deployment.documents(kind) if d["metadata"]["name"] == name]  # type: ignore[index,call-overload]
    assert len(found) == 1, (kind, name)
    return found[0]


def variables(document: Any) -> dict[str, str]:
    """The plain variables of a Deployment's first container."""
    container = document["spec"]["template"]["spec"]["containers"][0]
    return {entry["name"]: entry["value"] for entry in container["env"] if "value" in entry}


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_have_no_findings(example: str) -> None:
    assert deployment_of(example).findings == ()


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_same_document_gives_the_same_bytes(example: str) -> None:
    assert platform_deployment(design_of(example)).digest() == deployment_of(example).digest()


def test_one_person_gets_one_container_and_is_told_what_is_left_out() -> None:
    deployment = deployment_of("habits")
    assert [file.path for file in deployment.configurations] == ["docker-compose.yml"]
    assert [script.path for script in deployment.scripts] == ["deploy/backup.sh"]
    assert not deployment.alerts
    assert {"Kubernetes", "Prometheus and Grafana", "CI pipeline", "Redis or Valkey"} <= {
        a.subject for a in deployment.absences
    }


def test_a_service_gets_what_its_document_plans() -> None:
    deployment = deployment_of("shop")
    cluster = named(deployment, "Cluster", "shop-db")
    assert cluster["spec"]["instances"] == 2
    assert cluster["spec"]["postgresql"]["parameters"]["archive_timeout"] == "149s"
    assert cluster["spec"]["resources"]["limits"]["memory"] == "64Gi"
    assert named(deployment, "Cluster", "shop-db-reporting")["spec"]["replica"] == {
        "enabled": True,
        "source": "shop-db",
    }
    assert named(deployment, "ObjectStore", "shop-backup")["spec"]["retentionPolicy"] == "30d"
    application = named(deployment, "Deployment", "shop-application")
    assert application["spec"]["replicas"] == 4
    assert application["spec"]["strategy"]["rollingUpdate"]["maxSurge"] == 1
    assert variables(application)["APPLICATION_DATABASE_POOL_SIZE"] == "6"
    worker = named(deployment, "Deployment", "shop-worker")
    assert variables(worker)["REPORTING_DATABASE_HOST"] == "shop-db-reporting-r"
    assert not deployment.documents("Pooler")


def test_every_alert_of_a_service_has_a_rule() -> None:
    for example in ("shop", "clinic"):
        deployment = deployment_of(example)
        assert deployment.alerts
        assert all(alert.expression for alert in deployment.alerts)


def test_logins_inherit_nothing_and_are_limited_to_their_pool() -> None:
    deployment = deployment_of("shop")
    roles = {role["name"]: role for role in named(deployment, "Cluster", "shop-db")["spec"]["managed"]["roles"]}
    assert {name: role["connectionLimit"] for name, role in roles.items()} == {
        "shop_application": 30, "shop_readonly_login": 10, "shop_reporting": 2, "shop_batch": 2,
    }  # fmt: skip
    assert not any(role["inherit"] for role in roles.values())
    assert "shop_auditor" not in roles["shop_application"]["inRoles"]


def test_edits_by_hand_reach_the_files() -> None:
    """Another pool size, one more replica, no cache."""

    def edit(text: str) -> str:
        text = text.replace("pool_size: 6 connections", "pool_size: 7 connections", 1)
        text = text.replace(
            "    - name: reporting",
            "    - name: standby_2\n      purpose: second\n      lag_tolerance: 5 seconds\n    - name: reporting",
            1,
        )
        start = text.index("  distributed_cache:\n")
        end = text.index("  never_cached:\n", start)
        return text[:start] + text[end:]

    deployment = platform_deployment(edited("shop", edit))
    assert deployment.edited
    assert not [finding for finding in deployment.findings if finding.severity == "error"]
    assert named(deployment, "Cluster", "shop-db")["spec"]["instances"] == 3
    application = named(deployment, "Deployment", "shop-application")
    assert variables(application)["APPLICATION_DATABASE_POOL_SIZE"] == "7"
    assert "CACHE_HOST" not in variables(application)
    limits = {login.name: login.connections for login in deployment.logins}
    assert limits["shop_application"] == 35
    paths = [file.path for file in deployment.configurations]
    assert "deploy/kubernetes/cache.yaml" not in paths
    assert "cache" not in named_services(deployment)
    assert "redis" not in "".join(str(file.documents) for file in deployment.configurations).lower()
    replication = next(alert for alert in deployment.alerts if alert.name == "replication_lag")
    assert replication.expression.endswith("< 3")


def named_services(deployment: PlatformDeployment) -> Any:
    """The services of the compose file."""
    return next(file for file in deployment.configurations if file.path == "docker-compose.yml").documents[0][
        "services"
    ]


def test_a_pooler_of_the_document_stands_between_application_and_database() -> None:
    design = design_of("shop")
    pooler = design.pools[0].model_copy(
        update={
            "name": "pgbouncer", "provider": "PgBouncer", "size": 31, "instances": 2,
            "settings": {"pool_mode": "transaction", "default_pool_size": "31", "max_client_conn": "60"},
        }
    )  # fmt: skip
    deployment = platform_deployment(design.model_copy(update={"pools": (*design.pools, pooler)}))
    assert not deployment.findings
    spec: Any = named(deployment, "Pooler", "shop-db-pooler-rw")["spec"]
    assert spec["pgbouncer"] == {
        "poolMode": "transaction",
        "parameters": {"default_pool_size": "31", "max_client_conn": "60"},
    }
    assert named(deployment, "Pooler", "shop-db-pooler-ro")
    application = variables(named(deployment, "Deployment", "shop-application"))
    assert application["APPLICATION_DATABASE_HOST"] == "shop-db-pooler-rw"
    assert variables(named(deployment, "Deployment", "shop-worker"))["BATCH_DATABASE_HOST"] == "shop-db-rw"


@pytest.mark.parametrize("name", ["24/7 Shop; rm -rf /", "Ünïcode & Söhne", "x" * 200, "on"])
def test_a_hostile_name_becomes_a_safe_one(name: str) -> None:
    deployment = platform_deployment(design_of("shop").model_copy(update={"project": name}))
    assert not [f for f in deployment.findings if f.check == "unsafe-name"]
    assert re.fullmatch(r"[a-z][a-z0-9-]*", deployment.project)


def test_text_of_a_document_is_no_template_of_prometheus() -> None:
    design = design_of("clinic")
    alert = design.alerts[0].model_copy(update={"runbook": "Look at {{ .Secret }} {{`x`}}"})
    deployment = platform_deployment(design.model_copy(update={"alerts": (alert, *design.alerts[1:])}))
    rules: Any = named(deployment, "PrometheusRule", "clinic-alerts")
    text = rules["spec"]["groups"][0]["rules"][0]["annotations"]["runbook"]
    assert text == 'Look at {{ "{{" }} .Secret }} {{ "{{" }}`x`}}'


def test_the_newest_volume_path_of_the_image_is_used() -> None:
    design = design_of("habits")
    old = design.model_copy(update={"engine": design.engine.model_copy(update={"version": "15.14"})})
    volumes = [
        named_services(deployment)["database"]["volumes"][0]
        for deployment in (deployment_of("habits"), platform_deployment(old))
    ]
    assert volumes == ["database:/var/lib/postgresql", "database:/var/lib/postgresql/data"]


def test_replicas_without_a_way_back_are_kept_apart() -> None:
    facts = facts_of(design_of("shop"))
    assert [replica.name for replica in facts.dedicated] == ["reporting"]
    assert [replica.name for replica in facts.standbys] == ["standby_1"]


def test_what_has_to_be_called_is_called_by_jobs() -> None:
    """Seals hourly, published events daily, months and the ends of periods monthly: each by the document's function."""
    design = design_of("shop")
    seal = next(f for f in design.catalogue.functions if f.name == "seal_audit_log")
    ended = seal.model_copy(update={"name": "remove_expired_audit_log", "returns": "bigint"})
    published = ended.model_copy(update={"name": "remove_published_outbox_events"})
    functions = (*(f for f in design.catalogue.functions if not f.name.startswith("remove_")), ended, published)
    catalogue = design.catalogue.model_copy(update={"functions": functions})
    deployment = platform_deployment(design.model_copy(update={"catalogue": catalogue}))
    called = {}
    for name in ("partitions", "published", "seals"):
        job = named(deployment, "CronJob", f"shop-{name}")["spec"]
        arguments = job["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
        called[name, job["schedule"]] = [text for text in arguments if text.startswith("SELECT")]
    assert called["seals", "7 * * * *"] == ["SELECT seal_audit_log()"]
    assert called["published", "17 3 * * *"] == ["SELECT remove_published_outbox_events()"]
    assert called["partitions", "0 3 1 * *"][-1] == "SELECT remove_expired_audit_log()"
    assert any("ensure_monthly_partitions" in call for call in called["partitions", "0 3 1 * *"])
    assert {"partitions", "seals"} <= {component.name for component in deployment.components}
