"""What runs and why, what does not, what adds up, and which secrets are made outside of the files."""

from agents.dialects.mariadb.platform.names import (
    BACKUP,
    MONITORING,
    PROXY,
    all_logins,
    divisor,
    image,
    known_image,
    login_secret,
    owner,
    server_settings,
)
from agents.dialects.mariadb.platform.servers import REPLICATION, secret
from agents.dialects.mariadb.platform.workloads import schedule
from agents.platform_deployment.cache import cache_secret
from agents.platform_deployment.facts import Facts, is_pooler, recovery_point, shared_cache
from agents.platform_deployment.images import cache_image
from agents.platform_deployment.processes import UNRELEASED, application_image, processes
from agents.platform_deployment.quantities import memory_bytes
from agents.platform_deployment.sizes import cache_sum
from contracts.deployment import Absence, Choice, Component, Part, Restore, SecretNeed, Sum


def components(facts: Facts) -> tuple[Component, ...]:
    """Everything that the files run."""
    design = facts.design
    names = "".join(f", {replica.name}" for replica in design.replicas)
    tables = f"{len(design.catalogue.tables)} tables on the primary{names}"
    found = [Component(name="database", product=f"MariaDB {facts.version}", image=image(facts), why=tables)]
    if not facts.embedded:
        found += [
            Component(
                name=process.name,
                product=f"{process.replicas} x {design.title}",
                image=f"{application_image(facts)}:{UNRELEASED}",
                why=f"pools {', '.join(pool.name for pool in process.pools)}",
                line=process.pools[0].line,
            )
            for process in processes(facts)
        ]
        why = "the plan's monitoring queries as metrics"
        found.append(Component(name="exporter", product="sql_exporter", image=known_image("sql_exporter"), why=why))
        if design.backup:
            found.append(
                Component(
                    name=BACKUP,
                    product="mariadb-backup",
                    image=image(facts),
                    why=design.backup.method,
                    line=design.backup.line,
                )
            )
    cache = shared_cache(design)
    if cache:
        kinds = sum(1 for entry in design.cache_entries if cache.layer in entry.layers)
        product, why = f"{cache.provider} {cache.version}".strip(), f"{kinds} kinds of cached values"
        found.append(Component(name="cache", product=product, image=cache_image(facts), why=why, line=cache.line))
    found += [
        Component(name=PROXY, product="ProxySQL", image=known_image(PROXY), why=pool.purpose, line=pool.line)
        for pool in design.pools
        if is_pooler(pool)
    ]
    return tuple(found)


def absences(facts: Facts) -> tuple[Absence, ...]:
    """What a platform of this kind often has and this project does not get."""
    design, found = facts.design, []
    if not shared_cache(design):
        found.append(("Redis or Valkey", "the document has no distributed cache"))
    if not facts.pooled:
        found.append(("ProxySQL", "the document has no proxy: the application's own pools connect directly"))
    if not design.replicas:
        found.append(
            ("Replicas", "the document has none: after a failure the server starts again, or the last copy is restored")
        )
    else:
        found.append(
            ("Automatic failover", "a replica is promoted by hand (STOP REPLICA, read_only = OFF, the pools' hosts)")
        )
    found.append(("Galera", "the document replicates asynchronously; a cluster would refuse some of its transactions"))
    if facts.embedded:
        found.append(("Kubernetes", "one person uses this on one machine"))
    return tuple(Absence(subject=subject, reason=reason) for subject, reason in found)


def choices(facts: Facts) -> tuple[Choice, ...]:
    """Decisions of the platform, each with its reason."""
    design = facts.design
    floor = f"; it asks for {design.floor} or later" if design.floor else ""
    because = f"the document was proven on {design.engine.name} {design.engine.version}{floor}"
    found = [Choice(topic="Version", choice=f"MariaDB {facts.version}", because=because)]
    if facts.embedded:
        return tuple(found)
    found.append(
        Choice(
            topic="Platform",
            choice="Kubernetes with a StatefulSet for each server",
            because="the document names no platform; the image itself applies the schema and joins a replica by GTID",
        )
    )
    if design.backup:
        choice = f"mariadb-backup at {schedule(facts)} beside the server's pod, onto a volume of its own"
        because = f"in the plan: {design.backup.method}; copy the volume to another place as well"
        found.append(Choice(topic="Backup", choice=choice, because=because))
    if divisor(facts) > 1:
        because = "connections and time limits stay, so that a pool that is too large shows at once"
        choice = f"the document's memory settings divided by {divisor(facts)}"
        found.append(Choice(topic="Development", choice=choice, because=because))
    return tuple(found)


def restore(facts: Facts) -> Restore | None:
    """The document's restore test; its own commands bring the copy back."""
    backup = facts.design.backup
    if backup is None:
        return None
    said = " ".join(backup.restore_test.split()) or "Restore the last copy and compare its rows"
    return Restore(test=said[:1].upper() + said[1:], file="deploy/kubernetes/backup.yaml")


def secrets(facts: Facts) -> tuple[SecretNeed, ...]:
    """Secrets that the Kubernetes files refer to."""
    if facts.embedded:
        return ()
    basic = ("username", "password")
    found = [
        SecretNeed(name=secret(facts, "root"), keys=("password",), purpose="the server's administrator"),
        SecretNeed(name=secret(facts, "app"), keys=basic, purpose=f"the login {owner(facts)}", login=owner(facts)),
    ]
    if facts.design.replicas:
        name = f"{facts.project.replace('-', '_')}_{REPLICATION}"
        found.append(
            SecretNeed(name=secret(facts, REPLICATION), keys=basic, purpose="what the replicas read by", login=name)
        )
    found += [
        SecretNeed(name=login_secret(facts, login), keys=basic, purpose=f"the login {login}", login=login)
        for login in all_logins(facts)
    ]
    dsn = f"mysql://user:password@tcp({facts.cluster}:3306)/{facts.database} of the login for monitoring"
    found.append(SecretNeed(name=f"{facts.project}-{MONITORING}-address", keys=("dsn",), purpose=dsn))
    if facts.pooled:
        found.append(
            SecretNeed(name=f"{facts.project}-{PROXY}", keys=("proxysql.cnf",), purpose="ProxySQL's servers and logins")
        )
    if shared_cache(facts.design):
        found.append(SecretNeed(name=cache_secret(facts), keys=("password",), purpose="the cache's password"))
    return tuple(found)


def sums(facts: Facts) -> tuple[Sum, ...]:
    """What must add up: connections, the server's memory, what may be lost, the cache."""
    design, settings = facts.design, server_settings(facts)
    pools = [p for p in design.pools if is_pooler(p) or not facts.pooled or p.name not in ("application", "readonly")]
    parts = [
        Part(
            name=f"pool {pool.name}, {pool.size or 1} x {facts.copies(pool)}",
            value=float((pool.size or 1) * facts.copies(pool)),
        )
        for pool in pools
    ]
    parts += [Part(name="monitoring, copies and replicas", value=float(2 + len(design.replicas)))]
    allowed = settings.get("max_connections", "151")
    bound = float(allowed) if allowed.isdigit() else 0.0
    found = [Sum(name="connections", unit="connections", parts=tuple(parts), bound=bound, bound_name="max_connections")]
    pool = memory_bytes(settings.get("innodb_buffer_pool_size", "128M")) or 0
    if facts.memory_bytes:
        memory = (Part(name="innodb_buffer_pool_size", value=float(pool)),)
        found.append(
            Sum(
                name="memory of a server",
                unit="bytes",
                parts=memory,
                bound=float(facts.memory_bytes),
                bound_name="memory limit",
            )
        )
    promised = recovery_point(facts)
    if design.backup and promised is not None and design.backup.recovery_point_seconds is not None:
        lost = (Part(name="as the document reckons", value=design.backup.recovery_point_seconds),)
        found.append(
            Sum(name="work that may be lost", unit="seconds", parts=lost, bound=promised, bound_name="recovery point")
        )
    cache = cache_sum(facts)
    return (*found, cache) if cache else tuple(found)
