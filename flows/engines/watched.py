"""A server of ours under watch: the account it runs as, its private folder, and the watcher that ends it.

What every launcher needs, whatever database it starts; `watcher.py` says why a process stands in between.
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
from pathlib import Path

from flows.engines import watcher
from flows.engines.errors import EngineError

START_SECONDS = 60.0  # a deadline for a machine under load; the usual start takes 0.5 to 1
SOCKET_LIMIT = 100  # sun_path holds 104 bytes on macOS and 108 on Linux


@contextlib.contextmanager
def watched(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A watcher for the folder, in a session of its own: an interrupt at the terminal reaches us, and we stop it.

    After the block the server is gone, and so is the folder.
    """
    process: subprocess.Popen[str] | None = None
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", watcher.__file__, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        yield process
    finally:
        if process is not None:
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def start(process: "subprocess.Popen[str]", request: Mapping[str, object], name: str, place: Path) -> None:
    """Hand the request over (see `watcher.main`) and wait for the answer; `EngineError` with the log's end."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"deadline": START_SECONDS, **request}) + "\n")
    process.stdin.flush()
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS + watcher.PATIENCE_SECONDS)
    line = process.stdout.readline() if readable else ""
    answer = json.loads(line) if line else {"failure": "the watcher gave no answer", "log": ""}
    if answer["failure"]:
        raise EngineError(
            f"The {name} server did not start",
            place=str(place),
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


def server_account(name: str) -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise EngineError(
            f"{name} refuses to run as root, and there is no user nobody to run it as",
            place="the password database",
            remedy="Run this program as an ordinary user.",
        ) from error


def server_folder(account: pwd.struct_passwd | None, socket: str) -> Path:
    """A new private folder that belongs to the server's user and is short enough for the path of this socket."""
    places = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - mkdtemp makes the name unguessable
    for place in places:
        folder = place / "persistence-12345678" / socket
        if len(os.fsencode(folder)) > SOCKET_LIMIT or (account and not open_to_all(place)):
            continue
        made = Path(tempfile.mkdtemp(prefix="persistence-", dir=place))
        if account:
            os.chown(made, account.pw_uid, account.pw_gid)
        return made
    raise EngineError(
        "No temporary folder suits a database server",
        place=", ".join(sorted({str(place) for place in places})),
        evidence=f"its path is too long for a socket ({SOCKET_LIMIT} bytes), or user nobody may not enter it",
        remedy="Set TMPDIR to a short path that every user may enter.",
    )


def open_to_all(folder: Path) -> bool:
    """Whether any user may enter the folder, or run the file, and enter every folder above it."""
    real = folder.resolve()
    return all(path.stat().st_mode & stat.S_IXOTH for path in (real, *real.parents))


def owner(account: pwd.struct_passwd | None) -> dict[str, object]:
    """Whom the server's programs run as, and in which environment: no variable of the caller's."""
    return {
        "user": account.pw_uid if account else None,
        "group": account.pw_gid if account else None,
        "environment": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
    }
