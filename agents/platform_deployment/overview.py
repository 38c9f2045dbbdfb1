"""What runs and why, and what does not and why not."""

from agents.platform_deployment.facts import Facts, archived, is_pooler, shared_cache
from agents.platform_deployment.images import cache_exporter_image, cache_image, cluster_image, database_image
from agents.platform_deployment.processes import UNRELEASED, application_image, processes
from agents.platform_deployment.upkeep import jobs
from contracts.deployment import Absence, Component


def components(facts: Facts) -> tuple[Component, ...]:
    """Everything that the files run."""
    found = [_database(facts)]
    if not facts.embedded:
        found += _processes(facts)
    found += _cache(facts)
    found += [
        Component(name="pooler", product="PgBouncer", image="the operator's own", why=pool.purpose, line=pool.line)
        for pool in facts.design.pools
        if is_pooler(pool)
    ]
    if not facts.embedded:
        found += [
            Component(
                name=job.name,
                product=f"psql, {_every(job.schedule)}",
                image=cluster_image(facts),
                why=job.why,
            )
            for job in jobs(facts)
        ]
    return tuple(found)


def _every(schedule: str) -> str:
    """How often a job runs, by its cron schedule.

    >>> _every("7 * * * *"), _every("17 3 * * *"), _every("0 3 1 * *")
    ('hourly', 'daily', 'monthly')
    """
    return {4: "hourly", 3: "daily"}.get(schedule.count("*"), "monthly")


def _database(facts: Facts) -> Component:
    names = "".join(f", {replica.name}" for replica in facts.design.replicas)
    return Component(
        name="database",
        product=f"PostgreSQL {facts.version}",
        image=database_image(facts) if facts.embedded else cluster_image(facts),
        why=f"{len(facts.design.catalogue.tables)} tables on the primary{names}",
    )


def _processes(facts: Facts) -> list[Component]:
    return [
        Component(
            name=process.name,
            product=f"{process.replicas} x {facts.design.title}",
            image=f"{application_image(facts)}:{UNRELEASED}",
            why=f"pools {', '.join(pool.name for pool in process.pools)}",
            line=process.pools[0].line,
        )
        for process in processes(facts)
    ]


def _cache(facts: Facts) -> list[Component]:
    cache = shared_cache(facts.design)
    if cache is None:
        return []
    entries = sum(1 for entry in facts.design.cache_entries if cache.layer in entry.layers)
    product = f"{cache.provider} {cache.version}".strip()
    why = f"{entries} kinds of cached values"
    found = [Component(name="cache", product=product, image=cache_image(facts), why=why, line=cache.line)]
    if not facts.embedded:
        why = "says whether the cache answers"
        found.append(Component(name="cache exporter", product="redis_exporter", image=cache_exporter_image(), why=why))
    return found


def absences(facts: Facts) -> tuple[Absence, ...]:
    """What a platform of this kind often has and this project does not get."""
    found = _unplanned(facts) + (_alone(facts) if facts.embedded else _apart(facts))
    if not any(word in r.text.lower() for r in facts.design.requirements for word in ("terraform", "helm")):
        found.append(("Terraform and Helm", "The document asks for neither"))
    return tuple(Absence(subject=subject, reason=reason) for subject, reason in found)


def _unplanned(facts: Facts) -> list[tuple[str, str]]:
    """Components that the document itself leaves out."""
    design = facts.design
    found = []
    if not shared_cache(design):
        found.append(("Redis or Valkey", "The document has no distributed cache"))
    if not facts.pooled:
        pools = ", ".join(f"{pool.name} {pool.size or 1} x {pool.instances}" for pool in design.pools)
        told = (
            f"the application's own pools connect directly ({pools})" if pools else "nothing says how clients connect"
        )
        found.append(("PgBouncer", f"The document has no pooler: {told}"))
    if not design.replicas:
        what = "the server starts again, or the last copy is restored"
        found.append(("Replicas", f"The document has none: after a failure {what}"))
    return found


def _alone(facts: Facts) -> list[tuple[str, str]]:
    """What one person on one machine does not need."""
    return [
        ("Kubernetes", "One person uses this on one machine: one container is the whole platform"),
        (
            "Prometheus and Grafana",
            "Nobody would watch them: cron mails what deploy/backup.sh could not do, and the document's"
            " monitoring queries answer by hand",
        ),
        ("CI pipeline", "One person changes this on one machine; after a change, tests/database is run by hand"),
        ("Logins and network policies", "The document makes no roles, and the port is open on 127.0.0.1 alone"),
    ]


def _apart(facts: Facts) -> list[tuple[str, str]]:
    """What a service could have and this one does otherwise."""
    found = []
    if not archived(facts):
        found.append(("Archive of the write-ahead log", "The document archives none"))
    if any(environment.name == "staging" for environment in facts.design.environments):
        how = "deploy/restore.yaml makes it, in a namespace of its own"
        found.append(("Files of their own for staging", f"Staging is the last production copy: {how}"))
    return found
