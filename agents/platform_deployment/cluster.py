"""The database on Kubernetes: CloudNativePG's Cluster with the plan's settings, replicas, logins and backup."""

from typing import Any

from agents.naming import slug
from agents.platform_deployment.compose import owner
from agents.platform_deployment.connections import logins
from agents.platform_deployment.copies import PLUGIN, store_name
from agents.platform_deployment.facts import Facts, archive_seconds, archived
from agents.platform_deployment.images import cluster_image
from agents.platform_deployment.knowledge import fixed_settings
from agents.platform_deployment.labels import custom_resource, monitoring_map
from agents.platform_deployment.monitoring import own_queries
from agents.platform_deployment.quantities import binary
from agents.platform_deployment.sizes import log_volume_bytes, volume_bytes
from contracts.deployment import ConfigurationFile, Content
from contracts.published import PublishedReplica


def cluster_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The database's file: the cluster, and one for each replica that is kept apart."""
    dedicated = tuple(_dedicated(facts, replica) for replica in facts.dedicated)
    return (
        ConfigurationFile(
            path="deploy/kubernetes/database.yaml",
            comment=f"PostgreSQL of {facts.design.title}: a primary and {len(facts.design.replicas)} replicas",
            documents=(_cluster(facts), *dedicated),
            notes=_notes(facts),
        ),
    )


def server_parameters(facts: Facts) -> dict[str, str]:
    """The plan's settings with production's over them, without those that the operator decides."""
    settings = {**facts.settings, **facts.production}
    if archived(facts) and "archive_timeout" not in settings:
        settings["archive_timeout"] = f"{round(archive_seconds(facts) or 0)}s"
    return {name: value for name, value in settings.items() if name not in fixed_settings()}


def decided_by_operator(facts: Facts) -> dict[str, str]:
    """The plan's settings that are not carried over, each with what happens instead."""
    return {n: fixed_settings()[n] for n in {**facts.settings, **facts.production} if n in fixed_settings()}


def _cluster(facts: Facts) -> Content:
    instances = 1 + len(facts.standbys)
    spec: dict[str, Any] = {
        "imageName": cluster_image(facts),
        "instances": instances,
        "primaryUpdateMethod": "switchover" if instances > 1 else "restart",
        "enablePDB": instances > 1,
        "enableSuperuserAccess": False,
        **_server(facts),
        "bootstrap": {"initdb": _initdb(facts)},
    }
    roles = [
        _managed(login.name, login.acts_as, login.may_become, login.connections, login.secret)
        for login in logins(facts)
    ]
    if roles:
        spec["managed"] = {"roles": roles}
    if archived(facts):
        spec["plugins"] = [
            {"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": store_name(facts)}}
        ]
    recovery = facts.design.backup.recovery_time_seconds if facts.design.backup else None
    if instances > 1 and recovery:
        spec["switchoverDelay"] = round(recovery)
    return custom_resource(facts, "Cluster", facts.cluster, spec)


def _server(facts: Facts) -> dict[str, Any]:
    """What all clusters of the project share: the same settings on the same machine, or a standby would not start."""
    libraries = [name.strip() for name in facts.settings.get("shared_preload_libraries", "").split(",") if name.strip()]
    postgresql: dict[str, Any] = {"parameters": server_parameters(facts), "pg_hba": _access()}
    if libraries:
        postgresql["shared_preload_libraries"] = libraries
    resources = {"cpu": str(facts.cores or 1), "memory": binary(facts.memory_bytes or 1 << 30)}
    server: dict[str, Any] = {
        "postgresql": postgresql,
        "resources": {"requests": dict(resources), "limits": dict(resources)},
        "storage": {"size": binary(volume_bytes(facts))},
        "walStorage": {"size": binary(log_volume_bytes(facts))},
        "affinity": {
            "enablePodAntiAffinity": True,
            "podAntiAffinityType": "required",
            "topologyKey": "kubernetes.io/hostname",
        },
    }
    if own_queries(facts):
        server["monitoring"] = {"customQueriesConfigMap": [{"name": monitoring_map(facts), "key": "queries.yaml"}]}
    return server


def _access() -> list[str]:
    """Password logins over TLS; without it the connection is refused instead of falling to the operator's last rule."""
    return ["hostssl all all all scram-sha-256", "hostnossl all all all reject"]


def _initdb(facts: Facts) -> dict[str, Any]:
    keys = ["schema.sql", *(["logins.sql"] if logins(facts) else [])]
    return {
        "database": facts.database,
        "owner": owner(facts),
        "encoding": "UTF8",
        "dataChecksums": True,
        "postInitApplicationSQLRefs": {"configMapRefs": [{"name": sql_map(facts), "key": key} for key in keys]},
    }


def _managed(name: str, acts_as: str, others: tuple[str, ...], connections: int, secret: str) -> dict[str, Any]:
    return {
        "name": name,
        "ensure": "present",
        "login": True,
        "inherit": False,
        "connectionLimit": connections,
        "inRoles": [acts_as, *others],
        "passwordSecret": {"name": secret},
    }


def _dedicated(facts: Facts, replica: PublishedReplica) -> Content:
    """A replica with a purpose of its own: a cluster that follows the first one and is never promoted in its place."""
    source = facts.cluster
    spec = {
        "imageName": cluster_image(facts),
        "instances": 1,
        "enablePDB": False,
        "enableSuperuserAccess": False,
        **_server(facts),
        "bootstrap": {"pg_basebackup": {"source": source}},
        "replica": {"enabled": True, "source": source},
        "externalClusters": [
            {
                "name": source,
                "connectionParameters": {
                    "host": f"{source}-rw",
                    "user": "streaming_replica",
                    "dbname": "postgres",
                    "sslmode": "verify-full",
                },
                "sslKey": {"name": f"{source}-replication", "key": "tls.key"},
                "sslCert": {"name": f"{source}-replication", "key": "tls.crt"},
                "sslRootCert": {"name": f"{source}-ca", "key": "ca.crt"},
            }
        ],
    }
    return custom_resource(facts, "Cluster", dedicated_name(facts, replica), spec)


def restored_cluster(facts: Facts, bootstrap: dict[str, Any], source: dict[str, Any]) -> Content:
    """A cluster beside the live one, made from its copies; it does not write into the archive that it reads."""
    spec = {
        "imageName": cluster_image(facts),
        "instances": 1,
        **_server(facts),
        "bootstrap": bootstrap,
        "externalClusters": [source],
    }
    metadata: dict[str, Any] = {"name": f"{facts.cluster}-restored", "namespace": facts.project}
    return {**custom_resource(facts, "Cluster", "", spec), "metadata": metadata}


def dedicated_name(facts: Facts, replica: PublishedReplica) -> str:
    """The name of a dedicated replica's cluster."""
    return f"{facts.cluster}-{slug(replica.name)[:16].strip('-')}"


def sql_map(facts: Facts) -> str:
    """The ConfigMap with the schema."""
    return f"{facts.project}-database-sql"


def _notes(facts: Facts) -> dict[str, str]:
    standbys = ", ".join(replica.name for replica in facts.standbys)
    dedicated = ", ".join(replica.name for replica in facts.dedicated)
    instances = f"the primary and {standbys}" if standbys else "the plan has no standby"
    notes = {
        f"{facts.cluster}#spec.instances": f"{instances}; {dedicated} in a cluster of its own below"
        if dedicated
        else instances,
        f"{facts.cluster}#spec.enablePDB": (
            "the operator keeps the disruption budget of its own pods"
            if standbys
            else "with one server a budget would only keep its node from being drained"
        ),
        "spec.resources": "the machine that the settings were sized for; equal, so that nothing else takes its memory",
        "spec.storage.size": "half as much again as the size at which the plan's alert on its growth fires",
        "spec.walStorage.size": "twice what max_wal_size and max_slot_wal_keep_size let pile up",
        "spec.switchoverDelay": "the plan's recovery time",
        "spec.postgresql.parameters": _parameters_note(facts),
    }
    return {path: note for path, note in notes.items() if note}


def _parameters_note(facts: Facts) -> str:
    left = ", ".join(decided_by_operator(facts))
    return f"the plan's; the operator decides {left}" if left else "the plan's"
