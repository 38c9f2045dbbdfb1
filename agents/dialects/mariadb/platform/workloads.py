"""What connects to the servers: the application's processes, the plan's proxy, the copies, and the exporter."""

from typing import Any

from agents.dialects.mariadb.platform.names import (
    ACCOUNT,
    BACKUP,
    MONITORING,
    PORT,
    PROXY,
    host,
    image,
    known_image,
    login_secret,
    own_login,
    primary,
    replica_name,
)
from agents.platform_deployment.facts import Facts, is_pooler
from agents.platform_deployment.labels import labels
from agents.platform_deployment.pods import container_security, document, from_secret, pod_security, service, workload
from agents.platform_deployment.processes import UNRELEASED, Process, application_image, processes, runtime
from agents.platform_deployment.quantities import binary
from agents.platform_deployment.reached import reached
from agents.platform_deployment.sizes import volume_bytes
from contracts.deployment import ConfigurationFile, Content

EXPORTER_PORT = 9399
SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}


def application_files(facts: Facts) -> list[ConfigurationFile]:
    """The application's processes; none where the document has no pools."""
    documents = [content for process in processes(facts) for content in _process(facts, process)]
    if not documents:
        return []
    comment = f"Processes of {facts.design.title}; their image is set in deploy/kustomization.yaml"
    return [ConfigurationFile(path="deploy/kubernetes/application.yaml", comment=comment, documents=tuple(documents))]


def _process(facts: Facts, process: Process) -> list[Content]:
    used = runtime(facts)
    container = {
        "name": process.name,
        "image": f"{application_image(facts)}:{UNRELEASED}",
        "env": [{"name": "APPLICATION_PROCESS", "value": process.name}, *reached(facts, process, host, PORT)],
        "ports": [{"name": "http", "containerPort": used["port"]}],
        "startupProbe": {**_probe(used["liveness"]), "periodSeconds": 2, "failureThreshold": 60},
        "livenessProbe": {**_probe(used["liveness"]), "periodSeconds": 10, "timeoutSeconds": 2},
        "readinessProbe": {**_probe(used["readiness"]), "periodSeconds": 5, "timeoutSeconds": 2},
        "resources": {"requests": {"cpu": used["cpu"], "memory": used["memory"]}, "limits": {"memory": used["memory"]}},
        "securityContext": container_security(),
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - in the container
    }
    pod = {
        "automountServiceAccountToken": False,
        "securityContext": pod_security(),
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}],
    }
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": facts.surge, "maxUnavailable": 1 - facts.surge}}
    strategy = rolling if process.rolling else {"type": "Recreate"}
    made = [workload(facts, process.name, pod, process.replicas, strategy)]
    return [*made, service(facts, process.name, used["port"])] if process.name == "application" else made


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}}


def proxy_files(facts: Facts) -> list[ConfigurationFile]:
    """ProxySQL with the plan's numbers; none where the document has no proxy. Its logins stand in a secret file."""
    pool = next((p for p in facts.design.pools if is_pooler(p)), None)
    if pool is None:
        return []
    container = {
        "name": PROXY,
        "image": known_image(PROXY),
        "command": ["proxysql", "-f", "-c", "/etc/proxysql/proxysql.cnf", "-D", "/tmp"],  # noqa: S108
        "ports": [{"name": "mariadb", "containerPort": PORT}],
        "livenessProbe": {"tcpSocket": {"port": "mariadb"}, "periodSeconds": 10},
        "readinessProbe": {"tcpSocket": {"port": "mariadb"}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "settings", "mountPath": "/etc/proxysql", "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108
        ],
    }
    pod = {
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": ACCOUNT, "runAsGroup": ACCOUNT},
        "containers": [container],
        "volumes": [
            {"name": "settings", "secret": {"secretName": f"{facts.project}-{PROXY}"}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }
    made = workload(facts, PROXY, pod, pool.instances, {"type": "RollingUpdate"})
    return [
        ConfigurationFile(
            path="deploy/kubernetes/proxysql.yaml",
            comment=f"ProxySQL: {pool.purpose}",
            documents=(made, service(facts, PROXY, PORT, "mariadb")),
            notes={"spec.template.spec.volumes": "proxysql.cnf holds logins with passwords, so it is a secret"},
        )
    ]


def copy_files(facts: Facts) -> list[ConfigurationFile]:
    """The plan's copies: the server's files by a job beside its pod, and its binary log as it is written."""
    backup = facts.design.backup
    if backup is None:
        return []
    claim = document(
        facts,
        "v1",
        "PersistentVolumeClaim",
        BACKUP,
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": binary(volume_bytes(facts) * 2)}}},
    )
    documents = [claim, _copy_job(facts)]
    if backup.archive_every_seconds is not None:
        documents.append(_log_reader(facts))
    return [
        ConfigurationFile(
            path="deploy/kubernetes/backup.yaml",
            comment=f"In the plan: {backup.method}",
            documents=tuple(documents),
            notes={
                "spec.schedule": "UTC",
                "spec.jobTemplate.spec.template.spec.affinity": "mariadb-backup reads the server's files: on its node",
                f"{facts.project}-backup#spec.resources": "room for two copies; keep a third in another place",
            },
        )
    ]


def schedule(facts: Facts) -> str:
    """The plan's interval, never a longer one."""
    hours = (facts.design.backup.full_every_hours if facts.design.backup else None) or 24
    return "0 2 * * 0" if hours >= 168 else "0 2 * * *" if hours >= 24 else f"0 */{max(1, int(hours))} * * *"


def _copy_job(facts: Facts) -> Content:
    backup = facts.design.backup
    days = round(backup.kept_days) if backup and backup.kept_days else 7
    command = (
        'set -eu; copy="/backup/full-$(date +%F)"; rm -rf "$copy.part"\n'
        'mariadb-backup --backup --target-dir="$copy.part" --host="$DATABASE_HOST" --user="$DATABASE_USER"'
        ' --password="$DATABASE_PASSWORD"\n'
        'mariadb-backup --prepare --target-dir="$copy.part"; rm -rf "$copy"; mv "$copy.part" "$copy"\n'
        f"find /backup -maxdepth 1 -name 'full-*' -mtime +{days} -exec rm -rf {{}} +\n"
    )
    affinity = {
        "podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"labelSelector": {"matchLabels": labels(facts, "database")}, "topologyKey": "kubernetes.io/hostname"}
            ]
        }
    }
    data = {"name": "data", "persistentVolumeClaim": {"claimName": f"data-{primary(facts)}-0", "readOnly": True}}
    container = {
        **_copying(facts, "copy", command),
        "resources": {"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}},
    }
    container["volumeMounts"] = [
        *container["volumeMounts"],
        {"name": "data", "mountPath": "/var/lib/mysql", "readOnly": True},
    ]
    pod = {**_copying_pod(facts, container, [data]), "restartPolicy": "OnFailure", "affinity": affinity}
    spec = {
        "schedule": schedule(facts),
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {
            "spec": {"backoffLimit": 2, "template": {"metadata": {"labels": labels(facts, BACKUP)}, "spec": pod}}
        },
    }
    return document(facts, "batch/v1", "CronJob", BACKUP, spec)


def _log_reader(facts: Facts) -> Content:
    command = (
        'set -eu; cd /backup; export MYSQL_PWD="$DATABASE_PASSWORD"\n'
        'ask="--host=$DATABASE_HOST --user=$DATABASE_USER"; first="SHOW BINARY LOGS"\n'
        "last=\"$(find . -maxdepth 1 -name '*.[0-9]*' | sort | tail -n 1)\"\n"
        '[ -n "$last" ] || last="$(mariadb $ask --skip-column-names --execute="$first" | head -n 1 | cut -f 1)"\n'
        'exec mariadb-binlog $ask --read-from-remote-server --raw --stop-never --result-file=/backup/ "${last#./}"\n'
    )
    container = {**_copying(facts, "log", command), "resources": SMALL}
    probe = {"exec": {"command": ["sh", "-c", "test -n \"$(find /backup -name '*.[0-9]*')\""]}, "periodSeconds": 60}
    container |= {"livenessProbe": probe, "readinessProbe": probe}
    return workload(facts, "binlog", _copying_pod(facts, container, []), 1, {"type": "Recreate"})


def _copying(facts: Facts, name: str, command: str) -> dict[str, Any]:
    login = login_secret(facts, own_login(facts, BACKUP))
    return {
        "name": name,
        "image": image(facts),
        "command": ["sh", "-c", command],
        "env": [
            {"name": "DATABASE_HOST", "value": primary(facts)},
            from_secret("DATABASE_USER", login, "username"),
            from_secret("DATABASE_PASSWORD", login, "password"),
        ],
        "securityContext": container_security(),
        "volumeMounts": [{"name": "backup", "mountPath": "/backup"}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108
    }


def _copying_pod(facts: Facts, container: dict[str, Any], volumes: list[dict[str, Any]]) -> dict[str, Any]:
    kept = {"name": "backup", "persistentVolumeClaim": {"claimName": f"{facts.project}-{BACKUP}"}}
    return {
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": ACCOUNT, "runAsGroup": ACCOUNT, "fsGroup": ACCOUNT},
        "containers": [container],
        "volumes": [kept, {"name": "tmp", "emptyDir": {}}, *volumes],
    }


def exporter(facts: Facts) -> Content:
    """The plan's monitoring queries as metrics; the address with its password is one secret."""
    container = {
        "name": "exporter",
        "image": known_image("sql_exporter"),
        "args": ["-config.file=/etc/sql_exporter/sql_exporter.yaml"],
        "env": [from_secret("SQLEXPORTER_TARGET_DSN", f"{facts.project}-{MONITORING}-address", "dsn")],
        "ports": [{"name": "metrics", "containerPort": EXPORTER_PORT}],
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "metrics"}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "metrics"}, "periodSeconds": 5},
        "resources": SMALL,
        "securityContext": container_security(),
        "volumeMounts": [{"name": "queries", "mountPath": "/etc/sql_exporter", "readOnly": True}],
    }
    pod = {
        "automountServiceAccountToken": False,
        "securityContext": {**pod_security(), "runAsUser": 65534},
        "containers": [container],
        "volumes": [{"name": "queries", "configMap": {"name": f"{facts.project}-database-queries"}}],
    }
    return workload(facts, "exporter", pod, 1, {"type": "Recreate"})


def servers(facts: Facts) -> list[str]:
    """The names of all servers."""
    return [primary(facts), *(replica_name(facts, replica) for replica in facts.design.replicas)]
