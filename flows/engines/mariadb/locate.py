"""Which MariaDB is here, found without starting it."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from flows.engines.errors import EngineError
from flows.engines.locate import PROVES_ALL, EngineInfo, masked
from flows.engines.mariadb.launcher import programs
from flows.engines.mariadb.session import Address

NAME = "MariaDB"
FLOOR = (10, 6)
SCHEMES = ("mariadb", "mysql")
DSN_FORM = "Write it as mariadb://user@host:3306/database; encode special characters with %."

OWN_LIMITS = (
    "Galera is not tried",
    "nothing is flushed to disk: what survives a crash is not tried",
)
PHYSICAL = "mariadb-backup"
_NO_PHYSICAL = f"{PHYSICAL} is not installed: copies for the restore and for replicas are made by mariadb-dump"
DSN_LIMITS = (
    "configuration values are compared with information_schema.SYSTEM_VARIABLES: SET GLOBAL is not run on a server "
    "that is not ours",
    "roles that the server had before are not altered, and nothing is tried as one of them",
)


def found(spec: str) -> EngineInfo:
    """The MariaDB that `installed`, `embedded` or a `mariadb://` or `mysql://` DSN names.

    No wheel carries a MariaDB server, so `embedded` is the installed one in a folder of its own. A DSN is not
    connected to here: its version is empty until it is reached. Raises `EngineError` when there is none.
    """
    wanted = spec.strip()
    if wanted in ("installed", "embedded"):
        here = programs()
        require_floor(here.version, str(here.server))
        limits = OWN_LIMITS if here.has(PHYSICAL) else (*OWN_LIMITS, _NO_PHYSICAL)
        return EngineInfo(
            "installed", "installed", NAME, here.version, str(here.server), PROVES_ALL, limits, here.server.parent
        )
    if re.match(r"(mysql|mariadb)://", wanted):
        _, place = reading(wanted)
        return EngineInfo("dsn", "dsn", NAME, "", place, PROVES_ALL, DSN_LIMITS, conninfo=wanted)
    raise EngineError(
        "This engine is not a MariaDB",
        place="--engine",
        evidence=masked(wanted)[:80] or "an empty name",
        remedy="Give installed, or a DSN such as mariadb://user@host:3306/database.",
    )


def available() -> tuple[EngineInfo, ...]:
    """The server of this machine, if there is one."""
    try:
        return (found("installed"),)
    except EngineError:
        return ()  # absent: that is the answer to the question


def reading(dsn: str) -> tuple[Address, str]:
    """A DSN as the driver's arguments and as a place without password.

    >>> reading("mariadb://app:s3cret@db:3307/shop")[1]
    'db:3307'
    """
    try:
        parts = urlsplit(dsn)
        port, host = parts.port or 3306, parts.hostname or "127.0.0.1"
    except ValueError as error:
        raise _unreadable(dsn, "its port is no number") from error
    if parts.netloc.count("@") > 1:
        raise _unreadable(dsn, "it has more than one @")
    arguments = [
        ("host", host),
        ("port", port),
        ("user", unquote(parts.username or "root")),
        ("password", unquote(parts.password or "")),
    ]
    socket = parse_qs(parts.query).get("unix_socket")
    if socket:
        arguments.append(("unix_socket", socket[0]))
    return Address(tuple(arguments)), socket[0] if socket else f"{host}:{port}"


def require_floor(version: str, place: str) -> None:
    """`EngineError` for a server that is older than any version that a design is made for, or of another family."""
    numbers = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < FLOOR:
        raise EngineError(
            f"MariaDB {version} is too old",
            place=place,
            evidence=f"designs are made for MariaDB {FLOOR[0]}.{FLOOR[1]} and later",
            remedy="Give a newer server with --engine.",
        )


def _unreadable(dsn: str, evidence: str) -> EngineError:
    return EngineError("This DSN cannot be read", place=masked(dsn), evidence=evidence, remedy=DSN_FORM)
