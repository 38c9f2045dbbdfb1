"""Names, numbers and settings that the parts of the platform share."""

from typing import Any

from agents.naming import slug
from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts
from agents.platform_deployment.knowledge import knowledge
from agents.platform_deployment.labels import labels
from agents.platform_deployment.quantities import memory_bytes
from contracts.published import PublishedPool, PublishedReplica

PORT = 3306
ACCOUNT = 999  # mysql in the image
PROXY = "proxysql"
DEVELOPMENT_BYTES = 2 << 30
PER_MEMORY = {"innodb_buffer_pool_size": 64 << 20, "innodb_log_file_size": 16 << 20}
"""Settings that follow the machine's memory, with the least that is worth having."""


def image(facts: Facts) -> str:
    """The server, at the version on which the document was proven."""
    return f"{knowledge('images')['mariadb']['image']}:{facts.version}"


def known_image(name: str) -> str:
    """Image and version of something beside the server."""
    entry = knowledge("images")[name]
    return f"{entry['image']}:{entry['version']}"


def primary(facts: Facts) -> str:
    """The Service and StatefulSet of the server that writes."""
    return facts.cluster


def replica_name(facts: Facts, replica: PublishedReplica) -> str:
    """The Service and StatefulSet of a replica."""
    return f"{facts.cluster}-{slug(replica.name)[:20].strip('-')}"


def host(facts: Facts, pool: PublishedPool) -> str:
    """The service that a pool connects to: the primary, a standby for reads, the replica of reports, or the proxy."""
    if pool.name == "reporting" and facts.dedicated:
        return replica_name(facts, facts.dedicated[0])
    if facts.pooled and pool.name in ("application", "readonly"):
        return f"{facts.project}-{PROXY}"
    if pool.name in ("readonly", "reporting") and facts.standbys:
        return replica_name(facts, facts.standbys[0])
    return primary(facts)


def server_settings(facts: Facts) -> dict[str, str]:
    """The plan's settings with production's over them."""
    return {**facts.settings, **facts.production}


def divisor(facts: Facts) -> int:
    """By how much a developer's machine is smaller than the plan's."""
    return max(1, -(-facts.memory_bytes // DEVELOPMENT_BYTES)) if facts.memory_bytes else 1


def development_settings(facts: Facts) -> dict[str, str]:
    """The plan's settings with their memory divided; connections and time limits stay."""
    found = dict(facts.settings)
    for name, least in PER_MEMORY.items():
        size = memory_bytes(found.get(name, ""))
        if size and divisor(facts) > 1:
            found[name] = f"{max(least, size // divisor(facts)) >> 20}M"
    return found


def component(facts: Facts, name: str) -> dict[str, Any]:
    """The selector of one component's pods."""
    return {"matchLabels": labels(facts, name)}


BACKUP, MONITORING = "backup", "monitoring"


def own_login(facts: Facts, purpose: str) -> str:
    """A login of the platform's own."""
    return f"{facts.project.replace('-', '_')}_{purpose}"


def all_logins(facts: Facts) -> tuple[str, ...]:
    """The logins that the scripts make: a pool's each, the monitoring's, and the copies'."""
    made = [login.name for login in logins(facts)] + [own_login(facts, MONITORING)]
    return tuple(made + ([own_login(facts, BACKUP)] if facts.design.backup else []))


def login_secret(facts: Facts, login: str) -> str:
    """The Kubernetes secret with the name and password of a login."""
    known = {one.name: one.secret for one in logins(facts)}
    short = login.removeprefix(f"{facts.project.replace('-', '_')}_")
    return known.get(login) or f"{facts.project}-{short}-login".replace("_", "-")


def password_variable(login: str) -> str:
    """The variable that holds a login's password."""
    return f"{login.upper()}_PASSWORD"


def owner(facts: Facts) -> str:
    """The login that changes the schema."""
    return own_login(facts, "deploy")
