"""Which MariaDB is here, found without starting it."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from flows.engines.errors import EngineError
from flows.engines.locate import PROVES_ALL, EngineInfo, masked
from flows.engines.mariadb.launcher import Programs, programs
from flows.engines.mariadb.product import MARIADB, MYSQL, Product
from flows.engines.mariadb.session import Address

SCHEMES = (MARIADB.scheme,)
DSN_FORM = "Write it as {}://user@host:3306/database; encode special characters with %."

NO_CRASH = "nothing is flushed to disk: what survives a crash is not tried"
NO_OTHERS = "roles that the server had before are not altered, and nothing is tried as one of them"


def found(spec: str, product: Product = MARIADB) -> EngineInfo:
    """The server of this product that `installed`, `embedded` or a DSN of its scheme names.

    No wheel carries such a server, so `embedded` is the installed one in a folder of its own. A DSN is not
    connected to here: its version is empty until it is reached. Raises `EngineError` when there is none.
    """
    wanted = spec.strip()
    if wanted in ("installed", "embedded"):
        here = programs(product)
        require_floor(here.version, str(here.server), product)
        place, limits = str(here.server), (product.untried, NO_CRASH, *_no_physical(here))
        return EngineInfo(
            "installed", "installed", product.name, here.version, place, PROVES_ALL, limits, here.server.parent
        )
    if wanted.startswith(f"{product.scheme}://"):
        _, place = reading(wanted, product)
        limits = (_compared(product), NO_OTHERS)
        return EngineInfo("dsn", "dsn", product.name, "", place, PROVES_ALL, limits, conninfo=wanted)
    raise EngineError(
        f"This engine is not a {product.name}",
        place="--engine",
        evidence=masked(wanted)[:80] or "an empty name",
        remedy=f"Give installed, or a DSN such as {product.scheme}://user@host:3306/database.",
    )


def _no_physical(here: Programs) -> tuple[str, ...]:
    name, dump = here.product.physical, here.product.dump[0]
    if not name or here.has(name):
        return ()
    return (f"{name} is not installed: copies for the restore and for replicas are made by {dump}",)


def _compared(product: Product) -> str:
    return f"values are compared with {product.catalogue}: SET GLOBAL is not run on a server that is not ours"


def available(product: Product = MARIADB) -> tuple[EngineInfo, ...]:
    """The server of this machine, if there is one."""
    try:
        return (found("installed", product),)
    except EngineError:
        return ()  # absent: that is the answer to the question


def reading(dsn: str, product: Product = MARIADB) -> tuple[Address, str]:
    """A DSN as the driver's arguments and as a place without password.

    >>> reading("mariadb://app:s3cret@db:3307/shop")[1]
    'db:3307'
    """
    try:
        parts = urlsplit(dsn)
        port, host = parts.port or 3306, parts.hostname or "127.0.0.1"
    except ValueError as error:
        raise _unreadable(dsn, "its port is no number", product) from error
    if parts.netloc.count("@") > 1:
        raise _unreadable(dsn, "it has more than one @", product)
    arguments = [
        ("host", host),
        ("port", port),
        ("user", unquote(parts.username or "root")),
        ("password", unquote(parts.password or "")),
    ]
    socket = parse_qs(parts.query).get("unix_socket")
    if socket:
        arguments.append(("unix_socket", socket[0]))
    return Address(tuple(arguments), product), socket[0] if socket else f"{host}:{port}"


def require_product(version: str, place: str, product: Product) -> None:
    """`EngineError` for a server at an address that is another product's, or older than any design is made for."""
    other = MYSQL if product is MARIADB else MARIADB
    if ("MariaDB" in version) is not (product is MARIADB):
        raise EngineError(
            f"This server is no {product.name}",
            place=place,
            evidence=version,
            remedy=f"Write its address as {other.scheme}://…, and have the design made with --database {other.scheme}.",
        )
    require_floor(version, place, product)


def require_floor(version: str, place: str, product: Product) -> None:
    """`EngineError` for a server that is older than any version that a design is made for."""
    numbers = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)", version)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < product.floor:
        raise EngineError(
            f"{product.name} {version} is too old",
            place=place,
            evidence=f"designs are made for {product.name} {product.floor[0]}.{product.floor[1]} and later",
            remedy="Give a newer server with --engine.",
        )


def _unreadable(dsn: str, evidence: str, product: Product) -> EngineError:
    return EngineError(
        "This DSN cannot be read", place=masked(dsn), evidence=evidence, remedy=DSN_FORM.format(product.scheme)
    )
