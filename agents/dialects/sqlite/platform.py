"""The platform of a design for SQLite: one container of the application, its file on a volume, and what copies it.

One process writes the file, so nothing is scaled out and nothing is a cluster. Where the design ships the log,
Litestream runs beside the application; else a script copies the file while it is in use.
"""

import re
from collections.abc import Mapping
from typing import Any

from agents.dialects.sqlite import platform_scripts as scripts
from agents.platform_deployment.facts import Facts, facts_of, group, recovery_point, schema_statements
from agents.platform_deployment.knowledge import knowledge
from agents.platform_deployment.processes import UNRELEASED, application_image, runtime
from contracts.deployment import (
    Absence,
    Choice,
    Component,
    ConfigurationFile,
    Part,
    PlatformDeployment,
    Restore,
    ScriptFile,
    Sum,
    Variable,
)
from contracts.published import PublishedDesign

MEMORY = 256 << 20
"""What a process gets where the document names no machine."""


def platform_deployment(design: PublishedDesign) -> PlatformDeployment:
    """The platform of one document."""
    facts = facts_of(design)
    backup, shipped = design.backup, _shipped(facts)
    return PlatformDeployment(
        project=facts.project,
        title=design.title,
        document_digest=design.document_digest,
        edited=design.edited,
        platform="one machine",
        summary="One container of the application with its SQLite file on a volume; nothing else opens the file"
        + (", but for Litestream, which ships its log." if shipped else "."),
        first=("sh deploy/migrate.sh",),
        database=scripts.file_name(facts),
        restore=_restore(facts, shipped) if backup else None,
        configurations=tuple(_configurations(facts, shipped)),
        scripts=tuple(_scripts(facts, shipped)),
        script=schema_statements(design),
        variables=tuple(_variables(facts, shipped)),
        components=tuple(_components(facts, shipped)),
        absences=tuple(_absences(facts, shipped)),
        choices=tuple(_choices(facts)),
        sums=tuple(_sums(facts, shipped)),
    )


def _shipped(facts: Facts) -> bool:
    backup = facts.design.backup
    return backup is not None and backup.method.startswith("Litestream")


def _image(facts: Facts) -> str:
    return f"{application_image(facts)}:{UNRELEASED}"


def _litestream() -> str:
    entry = knowledge("images")["litestream"]
    return f"{entry['image']}:{entry['version']}"


def _configurations(facts: Facts, shipped: bool) -> list[ConfigurationFile]:
    services: dict[str, Any] = {"application": _application(facts)}
    notes = {
        "services.application.scale": "one process writes the file; a second one would wait for its lock",
        "services.application.image": "the application's own; it is not known here",
    }
    found = []
    if shipped:
        services["litestream"] = _sidecar(facts)
        found.append(_shipping(facts))
    compose = ConfigurationFile(
        path="docker-compose.yml",
        comment=f"{facts.design.title} on the machine that holds its file; variables come from .env, see .env.example",
        documents=({"name": facts.project, "services": services},),
        notes=notes,
    )
    found.insert(0, compose)
    if not facts.embedded:
        found.append(scripts.pipeline_file(facts))
    return found


def _application(facts: Facts) -> dict[str, Any]:
    used, file = runtime(facts), f"/data/{scripts.file_name(facts)}"
    return {
        "image": _image(facts),
        "scale": 1,
        "user": _account(facts),
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - in the container
        "environment": {"DATABASE_FILE": file, "DATABASE_CONNECTION_SQL": "/etc/database/connection.sql"},
        "ports": [f"127.0.0.1:${{{facts.prefix}_PORT:-{used['port']}}}:{used['port']}"],
        "volumes": [
            f"{_folder(facts)}:/data",
            f"./{scripts.CONNECTION}:/etc/database/connection.sql:ro",
        ],
        "mem_limit": f"{_memory(facts) >> 20}m",
        "healthcheck": {
            "test": ["CMD-SHELL", f"test -r {file} && test -w {file}"],
            "interval": "30s",
            "timeout": "3s",
            "retries": 3,
        },
        "restart": "unless-stopped",
        "stop_grace_period": "30s",
    }


def _sidecar(facts: Facts) -> dict[str, Any]:
    keys = {name: f"${{{facts.prefix}_BACKUP_{name}:?}}" for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")}
    return {
        "image": _litestream(),
        "command": ["replicate", "-config", "/etc/litestream.yml"],
        "user": _account(facts),
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - in the container
        "environment": {
            "BACKUP_URL": f"${{{facts.prefix}_BACKUP_URL:?}}",
            "LITESTREAM_ACCESS_KEY_ID": keys["ACCESS_KEY_ID"],
            "LITESTREAM_SECRET_ACCESS_KEY": keys["SECRET_ACCESS_KEY"],
        },
        "volumes": [f"{_folder(facts)}:/data", "./deploy/litestream.yml:/etc/litestream.yml:ro"],
        "mem_limit": "256m",
        "healthcheck": {
            "test": ["CMD", "litestream", "databases", "-config", "/etc/litestream.yml"],
            "interval": "30s",
            "timeout": "5s",
            "retries": 3,
        },
        "restart": "unless-stopped",
        "stop_grace_period": "1m",
    }


def _shipping(facts: Facts) -> ConfigurationFile:
    """Litestream's own file with the plan's intervals."""
    backup = facts.design.backup
    every = (backup.archive_every_seconds if backup else None) or 1
    snapshot = {
        "interval": f"{(backup.full_every_hours if backup else None) or 24:g}h",
        "retention": f"{((backup.kept_days if backup else None) or 7) * 24:g}h",
    }
    replica = {"url": f"${{BACKUP_URL}}/{facts.project}", "sync-interval": f"{every:g}s"}
    return ConfigurationFile(
        path="deploy/litestream.yml",
        comment=f"Ships the log of {scripts.file_name(facts)}; the intervals are the plan's",
        documents=({"snapshot": snapshot, "dbs": [{"path": f"/data/{scripts.file_name(facts)}", "replica": replica}]},),
    )


def _account(facts: Facts) -> str:
    return f"${{{facts.prefix}_ACCOUNT:?}}"


def _folder(facts: Facts) -> str:
    return f"${{{facts.prefix}_DATA_DIR:?}}"


def _memory(facts: Facts) -> int:
    return facts.memory_bytes or MEMORY


def _variables(facts: Facts, shipped: bool) -> list[Variable]:
    prefix, file = facts.prefix, scripts.file_name(facts)
    home = f"$HOME/{facts.project}-data"
    found = [
        Variable(name=f"{prefix}_DATA_DIR", example=home, meaning=f"folder of {file}, on a disk of this machine"),
        Variable(
            name=f"{prefix}_ACCOUNT", example="1000:1000", meaning="user and group that own the folder: id -u, id -g"
        ),
        Variable(
            name=f"{prefix}_PORT", example=str(runtime(facts)["port"]), meaning="port of the application on 127.0.0.1"
        ),
    ]
    if shipped:
        found += [
            Variable(
                name=f"{prefix}_BACKUP_URL",
                example=f"s3://{facts.project}-backup",
                meaning="where the log is shipped to",
            ),
            Variable(name=f"{prefix}_BACKUP_ACCESS_KEY_ID", secret=True, meaning="key of the object store"),
            Variable(name=f"{prefix}_BACKUP_SECRET_ACCESS_KEY", secret=True, meaning="secret of that key"),
        ]
    elif facts.design.backup:
        meaning = "folder of the copies: on another disk than the file, or synchronised to one"
        found.append(Variable(name="BACKUP_DIR", example=f"$HOME/backups/{facts.project}", meaning=meaning))
    return found


def _scripts(facts: Facts, shipped: bool) -> list[ScriptFile]:
    found = [scripts.connection_sql(facts), scripts.migrate_sh(facts)]
    if facts.design.backup:
        found.append(scripts.shipped_sh(facts) if shipped else scripts.backup_sh(facts))
    return found


def _restore(facts: Facts, shipped: bool) -> Restore:
    backup = facts.design.backup
    said = " ".join((backup.restore_test if backup else "").split()) or "Restore the last copy and compare its rows"
    hours = (backup.full_every_hours if backup else None) or 24
    when = "0 2 * * *" if hours >= 24 else f"0 */{max(1, round(hours))} * * *"
    cron = "" if shipped else f'{when} cd "$HOME"/{facts.project} && sh deploy/backup.sh'
    return Restore(test=said[:1].upper() + said[1:], file="deploy/backup.sh", cron=cron)


def _components(facts: Facts, shipped: bool) -> list[Component]:
    tables = len(facts.design.catalogue.tables)
    pools = ", ".join(pool.name for pool in facts.design.pools)
    found = [
        Component(
            name="application",
            product=f"{facts.design.title} with SQLite {facts.version} inside",
            image=_image(facts),
            why=f"{tables} tables in {scripts.file_name(facts)}" + (f"; pools {pools}" if pools else ""),
            line=facts.design.pools[0].line if facts.design.pools else None,
        )
    ]
    if shipped and facts.design.backup:
        why = "ships the log, so that a lost machine loses little"
        found.append(
            Component(
                name="litestream", product="Litestream", image=_litestream(), why=why, line=facts.design.backup.line
            )
        )
    return found


def _absences(facts: Facts, shipped: bool) -> list[Absence]:
    instances = sum(1 for pool in facts.design.pools if pool.instances > 1)
    found = [
        ("Kubernetes", "one process on one machine holds the file: there is nothing to schedule elsewhere"),
        (
            "Replicas",
            "a second machine would need a file of its own; the growth section says when a server is due",
        ),
        ("A database server", "SQLite runs inside the application"),
    ]
    if instances:
        found.append(
            (
                "More instances",
                "the document's pools name several; they are processes of this machine, and one of them writes",
            )
        )
    if not shipped:
        found.append(("Litestream", "the document copies the file at intervals, which its recovery point allows"))
    return [Absence(subject=subject, reason=reason) for subject, reason in found]


def _choices(facts: Facts) -> list[Choice]:
    access = group(facts.design, "production", "access")
    found = [
        Choice(
            topic="Version",
            choice=f"SQLite {facts.design.floor or facts.version} or later, in the application's driver",
            because=f"the document was proven on {facts.design.engine.name} {facts.design.engine.version}",
        ),
        Choice(
            topic="File",
            choice="a folder of the machine, mounted into the container",
            because="the scripts reach the same file by the machine's sqlite3; a network file system keeps no locks",
        ),
    ]
    if access.get("directory_mode"):
        choice = f"the folder has {access['directory_mode']}, the file {access.get('file_mode', '0600')}"
        found.append(Choice(topic="Access", choice=choice, because="whoever reads the file reads all of it"))
    return found


def _sums(facts: Facts, shipped: bool) -> list[Sum]:
    """One writer, the caches within the container, and what a lost machine takes along."""
    found = []
    writers = [pool for pool in facts.design.pools if str(pool.settings.get("query_only", "off")) in ("off", "False")]
    if writers:
        parts = tuple(Part(name=f"pool {pool.name}", value=float(pool.size or 1)) for pool in writers)
        found.append(
            Sum(
                name="connections that write in a process",
                unit="connections",
                parts=parts,
                bound=1.0,
                bound_name="one writer",
            )
        )
    pages = _page_cache(facts.settings)
    count = sum(pool.size or 1 for pool in facts.design.pools) or 1
    caches = (Part(name=f"page caches of {count} connections", value=float(pages * count)),)
    found.append(
        Sum(
            name="memory of the caches",
            unit="bytes",
            parts=caches,
            bound=float(_memory(facts)),
            bound_name="memory limit",
        )
    )
    backup, promised = facts.design.backup, recovery_point(facts)
    if backup and promised is not None:
        lost = (backup.archive_every_seconds or 0) * 2 if shipped else (backup.full_every_hours or 24) * 3600
        name = "two intervals of the log" if shipped else "time between two copies"
        parts = (Part(name=name, value=float(lost)),)
        found.append(
            Sum(name="work that may be lost", unit="seconds", parts=parts, bound=promised, bound_name="recovery point")
        )
    return found


def _page_cache(settings: Mapping[str, str]) -> int:
    """Bytes of one connection's page cache: cache_size counts kilobytes where it is negative, else pages."""
    size = settings.get("cache_size", "-2000")
    if not re.fullmatch(r"-?\d+", size):
        return 2000 << 10
    page = settings.get("page_size", "4096")
    return -int(size) << 10 if size.startswith("-") else int(size) * (int(page) if page.isdigit() else 4096)
