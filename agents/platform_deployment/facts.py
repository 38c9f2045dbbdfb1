"""The numbers and names of a published design that the platform is built from, each read in one place.

A document may be edited or written by hand, so everything is read with care: names become safe names, and what is
missing is None or empty, which the parts and checks then say.
"""

import re
from dataclasses import dataclass

from pydantic import JsonValue

from agents.naming import identifier, slug
from contracts.published import PublishedAlert, PublishedCache, PublishedDesign, PublishedPool, PublishedReplica
from contracts.quantities import seconds

SINGLE_PROCESS = ("reporting", "batch")
"""Pools of one process, which a rolling deployment does not double; the plan counts them so."""

POOLERS = ("pgbouncer", "proxysql")
RESERVED = {"superuser": 3, "monitoring": 2, "migration": 1, "operator": 2}
"""Connections that the plan keeps free beside its pools (the formula of its max_connections names them)."""

NAME_LENGTH = 30  # CloudNativePG allows 50 characters for a cluster, and ours get a suffix


@dataclass(frozen=True)
class Facts:
    """What the parts of the platform ask for."""

    design: PublishedDesign
    project: str
    prefix: str
    database: str
    version: str
    settings: dict[str, str]
    production: dict[str, str]
    memory_bytes: int
    cores: int
    surge: int

    @property
    def embedded(self) -> bool:
        """Whether one person's machine runs everything: no roles, no replicas, no shared cache, one connection."""
        design = self.design
        if design.application.tier:
            return design.application.tier == "embedded"
        alone = all(pool.instances == 1 and (pool.size or 1) <= 1 for pool in design.pools)
        return alone and not (design.replicas or design.catalogue.roles or shared_cache(design))

    @property
    def cluster(self) -> str:
        """The name of the database's Cluster."""
        return f"{self.project}-db"

    @property
    def major(self) -> int:
        """The major version of PostgreSQL."""
        return int(self.version.split(".")[0])

    @property
    def dedicated(self) -> tuple[PublishedReplica, ...]:
        """Replicas that reads are sent to without a way back: they serve their purpose and are never promoted."""
        routes = self.design.routes
        targets = {r.target for r in routes if r.fallback in ("", "none")} - {
            r.target for r in routes if r.fallback not in ("", "none")
        }
        return tuple(replica for replica in self.design.replicas if replica.name in targets)

    @property
    def standbys(self) -> tuple[PublishedReplica, ...]:
        """Replicas that may become the primary."""
        return tuple(replica for replica in self.design.replicas if replica not in self.dedicated)

    @property
    def pooled(self) -> bool:
        """Whether the plan puts PgBouncer between application and database."""
        return any(is_pooler(pool) for pool in self.design.pools)

    def role(self, suffix: str) -> str:
        """The plan's role with this ending, or nothing where the plan has none."""
        found = (role.name for role in self.design.catalogue.roles if role.name.endswith(f"_{suffix}"))
        return next(found, "")

    def copies(self, pool: PublishedPool) -> int:
        """How many processes hold this pool at once: a rolling deployment starts a new one before it stops an old."""
        return pool.instances + (0 if pool.name in SINGLE_PROCESS or is_pooler(pool) else self.surge)


def facts_of(design: PublishedDesign) -> Facts:
    """The facts of one document."""
    design = design.model_copy(update={"pools": tuple(_safely_named(pool) for pool in design.pools)})
    environment = group(design, "production", "database")
    name = environment.get("name") or design.project
    machine = design.machine
    return Facts(
        design=design,
        project=_label(design.project),
        prefix=identifier(design.project).upper(),
        database=identifier(str(name)),
        version=_proven_version(design),
        settings={setting.name: setting.value for setting in design.settings},
        production=group(design, "production", design.catalogue.dialect),
        memory_bytes=round((machine.memory_gb if machine else 0) * (1 << 30)),
        cores=machine.cores if machine else 0,
        surge=_surge(design),
    )


def _safely_named(pool: PublishedPool) -> PublishedPool:
    """The pool with a name that may stand in names of logins, secrets and variables."""
    return pool.model_copy(update={"name": identifier(pool.name)[:24]})


def _surge(design: PublishedDesign) -> int:
    """Instances that a rolling deployment starts before it stops an old one, as the plan's connections count them."""
    if design.application.tier:
        return 1 if design.application.tier in ("standard", "large") else 0
    return 1 if any(pool.instances > 1 for pool in design.pools) else 0


def group(design: PublishedDesign, environment: str, subject: str) -> dict[str, str]:
    """One group of an environment's settings as text; empty where the document has none."""
    for found in design.environments:
        if found.name == environment:
            return _texts(found.groups.get(subject))
    return {}


def schema_statements(design: PublishedDesign) -> tuple[str, ...]:
    """The statements of the document's script without its queries, each with the comment above it."""
    asked = {query.line for query in design.queries}
    return tuple(
        statement.sql
        for statement in design.statements
        if statement.line is not None
        and not asked & set(range(statement.line, statement.line + statement.sql.count("\n") + 1))
    )


def shared_cache(design: PublishedDesign) -> PublishedCache | None:
    """The cache that processes share over the network."""
    return next((cache for cache in design.caches if cache.layer == "distributed_cache"), None)


def is_pooler(pool: PublishedPool) -> bool:
    """Whether this pool is the plan's pooler itself, PgBouncer or ProxySQL."""
    return pool.name in POOLERS or pool.provider.lower() in POOLERS


def alert_of(design: PublishedDesign, name: str) -> PublishedAlert | None:
    """The alert of this name."""
    return next((alert for alert in design.alerts if alert.name == name), None)


def archive_seconds(facts: Facts) -> float | None:
    """How long a change may wait for its segment of the log to be closed; None where nothing is archived."""
    text = facts.production.get("archive_timeout") or facts.settings.get("archive_timeout")
    if text is not None:
        return seconds(text if re.search("[a-z]", text) else f"{text}s")
    return facts.design.backup.archive_every_seconds if facts.design.backup else None


def archived(facts: Facts) -> bool:
    """Whether the plan archives the write-ahead log."""
    backup = facts.design.backup
    return backup is not None and archive_seconds(facts) is not None


def recovery_point(facts: Facts) -> float | None:
    """How many seconds of work may be lost: what the brief asks for, else what the plan reckons with."""
    asked = facts.design.application.recovery_point_seconds
    if asked is not None:
        return float(asked)
    return facts.design.backup.recovery_point_seconds if facts.design.backup else None


def _label(text: str) -> str:
    """A name for Kubernetes and Docker: lower case, digits and dashes, a letter first."""
    name = slug(text)[:NAME_LENGTH].strip("-")
    return name if name[:1].isalpha() else f"p-{name}"[:NAME_LENGTH].strip("-")


def _proven_version(design: PublishedDesign) -> str:
    """The version on which the document ran; the files must not promise another."""
    match = re.search(r"\d+(?:\.\d+)?", design.engine.version)
    return match[0] if match else "18"


def _texts(value: JsonValue) -> dict[str, str]:
    """A mapping's values as the server spells them."""
    if not isinstance(value, dict):
        return {}
    return {key: _text(item) for key, item in value.items() if not isinstance(item, (dict, list))}


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
