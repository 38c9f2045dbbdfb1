"""The platform of a design for MariaDB: a StatefulSet for each server on Kubernetes, or one container."""

from agents.dialects.mariadb.platform import compose, monitoring, network, scripts, servers, workloads
from agents.dialects.mariadb.platform.kustomize import kustomize_files
from agents.dialects.mariadb.platform.names import owner
from agents.dialects.mariadb.platform.overview import absences, choices, components, restore, secrets, sums
from agents.platform_deployment.cache import cache_files
from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts, facts_of, schema_statements
from contracts.deployment import ConfigurationFile, PlatformDeployment
from contracts.published import PublishedDesign


def platform_deployment(design: PublishedDesign) -> PlatformDeployment:
    """The platform of one document."""
    facts = facts_of(design)
    alone = facts.embedded
    return PlatformDeployment(
        project=facts.project,
        title=design.title,
        document_digest=design.document_digest,
        edited=design.edited,
        platform="one machine" if alone else "kubernetes",
        summary="One container on one machine; `docker compose up --detach` is the whole deployment."
        if alone
        else "MariaDB on Kubernetes, a StatefulSet a server, and a Compose file for developers and the pipeline.",
        database=facts.database,
        namespace="" if alone else facts.project,
        deploy_login=owner(facts),
        restore=restore(facts),
        configurations=tuple(_configurations(facts)),
        scripts=scripts.script_files(facts),
        script=schema_statements(design),
        delimiter="//",
        variables=compose.compose_variables(facts),
        components=components(facts),
        absences=absences(facts),
        choices=choices(facts),
        sums=sums(facts),
        logins=logins(facts),
        secrets=secrets(facts),
        alerts=() if alone else monitoring.watched(facts),
    )


def _configurations(facts: Facts) -> list[ConfigurationFile]:
    """The compose file always; the rest where more than one person depends on it."""
    files = [compose.compose_file(facts)]
    if facts.embedded:
        return files
    files += [
        *servers.server_files(facts),
        *workloads.application_files(facts),
        *workloads.proxy_files(facts),
        *workloads.copy_files(facts),
        *cache_files(facts),
        network.network_file(facts),
        *monitoring.monitoring_files(facts),
    ]
    return [*files, *kustomize_files(facts, files), compose.pipeline_file(facts)]
