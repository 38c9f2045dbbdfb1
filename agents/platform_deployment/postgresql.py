"""The platform of a design for PostgreSQL: CloudNativePG on Kubernetes, or one container.

Pools become logins with their limits, settings the server's parameters, replicas instances, alerts rules.
"""

from agents.platform_deployment import (
    application,
    cache,
    cluster,
    compose,
    connections,
    copies,
    dashboard,
    decisions,
    monitoring,
    network,
    overview,
    pipeline,
    pooler,
    restoring,
    scripts,
    sizes,
    upkeep,
)
from agents.platform_deployment.facts import Facts, facts_of
from agents.platform_deployment.kustomize import kustomize_files
from contracts.deployment import ConfigurationFile, PlatformDeployment, Sum
from contracts.published import PublishedDesign


def platform_deployment(design: PublishedDesign) -> PlatformDeployment:
    """The platform of one document."""
    facts = facts_of(design)
    variables = (*compose.compose_variables(facts), *scripts.script_variables(facts))
    return PlatformDeployment(
        project=facts.project,
        title=design.title,
        document_digest=design.document_digest,
        edited=design.edited,
        platform="one machine" if facts.embedded else "kubernetes",
        database=facts.database,
        namespace="" if facts.embedded else facts.project,
        deploy_login=compose.owner(facts),
        restore=restoring.restore(facts),
        configurations=_configurations(facts),
        scripts=scripts.script_files(facts),
        script=tuple(block.text for block in design.script()),
        variables=variables,
        components=overview.components(facts),
        absences=overview.absences(facts),
        choices=decisions.choices(facts),
        prerequisites=decisions.prerequisites(facts),
        sums=_sums(facts),
        logins=connections.logins(facts),
        secrets=decisions.secrets(facts),
        alerts=() if facts.embedded else monitoring.watched(facts),
    )


def _configurations(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The compose file always; the rest where more than one person depends on it."""
    files = [compose.compose_file(facts)]
    if not facts.embedded:
        files += [
            *cluster.cluster_files(facts),
            *copies.copy_files(facts),
            *pooler.pooler_files(facts),
            *application.application_files(facts),
            *cache.cache_files(facts),
            *upkeep.upkeep_files(facts),
            network.network_file(facts),
            *monitoring.monitoring_files(facts),
            dashboard.dashboard_file(facts),
        ]
        files += kustomize_files(facts, files)
        files += [*restoring.restore_files(facts), pipeline.pipeline_file(facts)]
    return tuple(files)


def _sums(facts: Facts) -> tuple[Sum, ...]:
    """What must add up: memory of each server, connections, the cache."""
    sized = sizes.development(facts)
    found = [connections.connection_sum(facts), *sizes.loss_sum(facts)]
    if facts.memory_bytes:
        found.append(
            sizes.memory_sum(compose.compose_settings(facts), sized.memory, "memory of the server in the compose file")
        )
        if not facts.embedded:
            found.append(
                sizes.memory_sum(
                    cluster.server_parameters(facts), facts.memory_bytes, "memory of a server on Kubernetes"
                )
            )
    cache = sizes.cache_sum(facts)
    return (*found, cache) if cache else tuple(found)
