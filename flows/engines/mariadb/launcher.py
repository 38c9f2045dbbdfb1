"""A throw-away MariaDB server of this machine's programs, without an installation and without traces.

`mariadb-install-db` makes an empty data folder (half a second), the server listens on a socket in our own folder
only, and `watcher.py` ends it. As root the server runs as `nobody`, as PostgreSQL's does.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.engines.errors import EngineError
from flows.engines.mariadb.product import MARIADB, Product
from flows.engines.mariadb.session import Address
from flows.engines.watched import owner, server_account, server_folder, start, watched

SOCKET_NAME = "mariadb.sock"
EMPTY = "empty"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/bin", "/opt/homebrew/bin")

SETTINGS = {
    "skip_networking": "ON",
    "innodb_flush_log_at_trx_commit": "0",
    "innodb_doublewrite": "OFF",
    "innodb_log_file_size": "50331648",  # half the default: it is copied with the folder
    "loose_innodb_flush_method": "nosync",
    "log_bin": "binlog",
    "binlog_format": "ROW",
    "sync_binlog": "0",
    "server_id": "1",
    "max_allowed_packet": "1073741824",  # a replayed transaction arrives as one statement
    "log_bin_trust_function_creators": "ON",  # as the plan has it: functions and triggers are made without SUPER
    "performance_schema": "ON",  # monitoring reads it
    "event_scheduler": "OFF",  # nothing may change between two trials
    "innodb_stats_auto_recalc": "OFF",
    "innodb_stats_persistent_sample_pages": "2000",  # all leaf pages of the synthetic rows: the same plan each time
    "default_time_zone": "+00:00",
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_nopad_bin",
}
"""Nothing here is kept, so nothing needs to survive a crash; the rest is the server's own default."""

_SETTINGS = {
    "mariadb": SETTINGS,
    "mysql": {name: value for name, value in SETTINGS.items() if name not in ("innodb_log_file_size",)}
    | {
        "collation_server": "utf8mb4_0900_bin",
        "innodb_redo_log_capacity": "100663296",
        "mysqlx": "OFF",
        "plugin_load_add": "semisync_source.so;semisync_replica.so",
        "secure_file_priv": "NULL",
    },
}
_PREPARE = {
    "mariadb": (
        f"--innodb-log-file-size={SETTINGS['innodb_log_file_size']}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    ),
    "mysql": ("--initialize-insecure", "--innodb-redo-log-capacity=100663296"),
}
"""What a product's server starts with, and the words that make its empty data folder."""


@dataclass(frozen=True)
class Programs:
    """The server and its tools on this machine, and the version that the server states."""

    server: Path
    install: Path
    version: str
    product: Product

    def tool(self, name: str) -> Path:
        """A client program such as `mariadb-dump`; `EngineError` when it is not here."""
        found = _program(name)
        if found is None:
            raise EngineError(f"{name} is not here", place="PATH", remedy="Install the server's client programs.")
        return found

    def has(self, name: str) -> bool:
        """Whether a client program is here."""
        return _program(name) is not None


@dataclass(frozen=True)
class Own:
    """A running server of ours: how it is reached, its folder and programs, and the user that it runs as."""

    address: Address
    folder: Path
    programs: Programs
    account: pwd.struct_passwd | None = None

    @property
    def empty(self) -> Path:
        """A data folder in which nothing has been made yet, for further servers."""
        return self.folder / EMPTY

    @property
    def socket(self) -> Path:
        """Where its programs reach it."""
        return self.folder / SOCKET_NAME


def programs(product: Product = MARIADB) -> Programs:
    """The product's programs on this machine; `EngineError` when there is no server or it does not run."""
    server = next(filter(None, map(_program, product.programs)), None)
    install = _program("mariadb-install-db") if product is MARIADB else server
    if server is None or install is None:
        raise EngineError(
            f"No {product.name} server is installed",
            place=f"PATH, {', '.join(PLACES[:2])}",
            evidence=f"{product.programs[0]} is missing" if server is None else "mariadb-install-db is missing",
            remedy=f"Install your system's {product.name} server package, or give a running one: "
            f"--engine {product.scheme}://user@host:3306/database.",
        )
    return Programs(server, install, _version(server, product), product)


def _program(name: str) -> Path | None:
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *PLACES)))
    return Path(found) if found else None


def _version(server: Path, product: Product) -> str:
    """The version that the binary states, such as `10.11.19`; `EngineError` when it is another product's."""
    try:
        done = subprocess.run([server, "--no-defaults", "-V"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"The {product.name} server does not run", place=str(server), evidence=str(error)) from error
    found = re.search(product.banner, done.stdout)
    if found is None:
        raise EngineError(f"This server is no {product.name}", place=str(server), evidence=done.stdout.strip()[:120])
    return found[1]


@contextlib.contextmanager
def running(found: Programs, settings: Mapping[str, str] | None = None, empty: Path | None = None) -> Iterator[Own]:
    """A server that lives as long as the block; `settings` come over our own.

    With the `empty` data folder of a server that runs, its own is a copy of that. Raises `EngineError` with the
    tail of the server's log when it does not start.
    """
    account = server_account(found.product.name)
    folder = server_folder(account, SOCKET_NAME)
    with watched(folder) as process:
        request = _request(found, folder, account, _SETTINGS[found.product.scheme] | dict(settings or {}), empty)
        start(process, request, found.product.name, found.server)
        address = Address(
            (("unix_socket", str(folder / SOCKET_NAME)), ("user", "root"), ("password", "")), found.product
        )
        yield Own(address, folder, found, account)


def _request(
    found: Programs,
    folder: Path,
    account: pwd.struct_passwd | None,
    settings: Mapping[str, str],
    empty: Path | None,
) -> dict[str, object]:
    """What the watcher is to do: see `watcher.main`."""
    data, ready = folder / "data", folder / "server.pid"
    where = (f"--datadir={data}", f"--tmpdir={folder}")
    prepare = ["cp", "-R", empty, data]
    if empty is None:
        make = _PREPARE[found.product.scheme]
        words = ("--no-defaults", *where, *make)
        prepare = ["sh", "-c", '"$@" && cp -R "$0/data" "$0/empty"', folder, found.install, *words]
    server = [found.server, "--no-defaults", *where, f"--socket={folder / SOCKET_NAME}", f"--pid-file={ready}"]
    server += [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    return {
        **owner(account),
        "prepare": [str(word) for word in prepare],
        "server": [str(word) for word in server],
        "ready": {"file": str(ready), "line": 0, "text": ""},
        "stop": signal.SIGKILL,  # its own shutdown writes out what is thrown away
    }
