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


@dataclass(frozen=True)
class Programs:
    """The server and its tools on this machine, and the version that the server states."""

    server: Path
    install: Path
    version: str

    def tool(self, name: str) -> Path:
        """A client program such as `mariadb-dump`; `EngineError` when it is not here."""
        found = _program(name)
        if found is None:
            raise EngineError(f"{name} is not here", place="PATH", remedy="Install MariaDB's client programs.")
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


def programs() -> Programs:
    """MariaDB's programs on this machine; `EngineError` when there is no server or it does not run."""
    server, install = _program("mariadbd") or _program("mysqld"), _program("mariadb-install-db")
    if server is None or install is None:
        raise EngineError(
            "No MariaDB server is installed",
            place=f"PATH, {', '.join(PLACES[:2])}",
            evidence="mariadbd is missing" if server is None else "mariadb-install-db is missing",
            remedy="Install your system's MariaDB server package, or give a running one: "
            "--engine mariadb://user@host:3306/database.",
        )
    return Programs(server, install, _version(server))


def _program(name: str) -> Path | None:
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *PLACES)))
    return Path(found) if found else None


def _version(server: Path) -> str:
    """The version that the binary states, such as `10.11.19`; MySQL's server is not one of this family."""
    try:
        done = subprocess.run([server, "--no-defaults", "-V"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError("The MariaDB server does not run", place=str(server), evidence=str(error)) from error
    found = re.search(r"Ver (\d+\.\d+\.\d+)-MariaDB", done.stdout)
    if found is None:
        raise EngineError("This server is no MariaDB", place=str(server), evidence=done.stdout.strip()[:120])
    return found[1]


@contextlib.contextmanager
def running(found: Programs, settings: Mapping[str, str] | None = None, empty: Path | None = None) -> Iterator[Own]:
    """A server that lives as long as the block; `settings` come over our own.

    With the `empty` data folder of a server that runs, its own is a copy of that. Raises `EngineError` with the
    tail of the server's log when it does not start.
    """
    account = server_account("MariaDB")
    folder = server_folder(account, SOCKET_NAME)
    with watched(folder) as process:
        request = _request(found, folder, account, SETTINGS | dict(settings or {}), empty)
        start(process, request, "MariaDB", found.server)
        address = Address((("unix_socket", str(folder / SOCKET_NAME)), ("user", "root"), ("password", "")))
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
        small = f"--innodb-log-file-size={SETTINGS['innodb_log_file_size']}"
        words = ("--no-defaults", *where, small, "--auth-root-authentication-method=normal", "--skip-test-db")
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
