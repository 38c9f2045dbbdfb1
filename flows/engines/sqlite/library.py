"""The SQLite library of this Python: found without opening a database.

An embedded database has no server to start or to reach: `embedded` and `installed` name the same library.
"""

import re
import sqlite3
from typing import Literal

from flows.engines.errors import EngineError
from flows.engines.locate import EngineInfo

NAME = "SQLite"
SCHEMES = ("sqlite",)
"""No server answers at an address; whoever gives one is told so."""
FLOOR = (3, 37)  # STRICT tables

PROVES = ("statements", "refusals", "rows", "index use", "settings", "rollbacks", "restores")
LIMITS = (
    "one process on one machine: a network file system and what a power cut leaves on a disk are not tried",
    "what a query pays is counted in steps of its program; what FTS5 reads inside its own index is not counted",
    "SQLite has no roles: who may open the file is up to the operating system",
)
CACHE_LIMIT = "a cache beside an embedded database is not tried"


def found(spec: str) -> EngineInfo:
    """The library as an engine; `EngineError` when it is too old for STRICT tables, or `spec` is no name for it."""
    wanted = spec.strip()
    if wanted not in ("embedded", "installed"):
        raise EngineError(
            "SQLite is reached in-process alone",
            place="--engine",
            evidence=re.sub(r"://.*", "://…", wanted)[:80] or "an empty name",
            remedy="Give embedded for a design on SQLite.",
        )
    origin: Literal["embedded", "installed"] = "embedded" if wanted == "embedded" else "installed"
    require_floor(sqlite3.sqlite_version)
    return EngineInfo(origin, origin, NAME, sqlite3.sqlite_version, "the library of this Python", PROVES, LIMITS)


def available() -> tuple[EngineInfo, ...]:
    """The library of this Python, unless it is too old."""
    try:
        return (found("embedded"),)
    except EngineError:
        return ()


def version_at(info: EngineInfo) -> str:
    """The library's version: nothing is reached for it."""
    return info.version


def built_without(message: str) -> str:
    """Why a refusal speaks of this library and not of the design; nothing when it does speak of the design.

    >>> built_without("no such module: fts5")
    'this SQLite library was built without fts5'
    """
    missing = re.search(r"no such module: (\w+)|no such table: (dbstat)\b", message)
    return f"this SQLite library was built without {missing[1] or missing[2]}" if missing else ""


def require_floor(version: str) -> None:
    """`EngineError` for a library that is older than any version that a design is made for."""
    if tuple(int(part) for part in version.split(".")[:2]) < FLOOR:
        raise EngineError(
            f"SQLite {version} is too old",
            place="the library of this Python",
            evidence="designs are made for SQLite 3.37 and later, which has STRICT tables",
            remedy="Use a Python whose sqlite3 module has a newer library.",
        )
