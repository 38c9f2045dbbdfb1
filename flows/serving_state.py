"""The private folder of a served installation: its password, Prefect's database and results, and logs.

Prefect's home lies in it, so that no profile of the user's (a cloud account, another server) reaches the runs that
are served here, and nothing that is served here lands among the user's own.
"""

import contextlib
import fcntl
import os
import secrets
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from flows.inputs import InputError

STATE_VARIABLE = "PERSISTENCE_ARCHITECT_STATE"
SHORTEST = 12
"""Characters of a password that somebody chose; a generated one has 256 bits."""


@dataclass(frozen=True)
class State:
    """Where things lie below the folder."""

    folder: Path

    @property
    def password_file(self) -> Path:
        """The generated password, in the form that the UI and `curl -u` take."""
        return self.folder / "password"

    @property
    def client_file(self) -> Path:
        """Settings for a shell that talks to this server."""
        return self.folder / "client.env"

    @property
    def prefect_home(self) -> Path:
        """Prefect's database and stored results."""
        return self.folder / "prefect"

    def log(self, role: str) -> Path:
        """What the server or the runner said since it was started last."""
        return self.folder / f"{role}.log"


def state_folder(given: str) -> Path:
    """The folder that was given, else the environment's, else the user's own by the platform's custom."""
    named = given or os.environ.get(STATE_VARIABLE, "")
    return Path(named).absolute() if named else platformdirs.user_state_path("persistence-architect")


@contextlib.contextmanager
def state_of(folder: Path) -> Iterator[State]:
    """The state, readable by its owner alone and held for the block: two servers would share one database file."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _require_private(folder)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InputError(
            f"The state folder {folder} cannot be used: {error.strerror}. Give another with --state."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise InputError(
            f"Another server uses the state folder {folder}. Stop it, or give this one its own folder with --state."
        ) from None
    try:
        yield State(folder)
    finally:
        os.close(lock)


def _require_private(folder: Path) -> None:
    """Refused rather than repaired: a folder that others may enter may be one that they need, such as /tmp."""
    found = folder.stat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise InputError(
            f"The state folder {folder} is not yours alone, and a password is to lie in it. "
            "Give a new folder with --state, or take all rights on this one from others (chmod 700)."
        )


def generated_password(state: State) -> str:
    """The password of this state, made when there is none yet; `admin:` stands before it as Prefect's clients want."""
    file = state.password_file
    if file.is_symlink() or (file.exists() and not stat.S_ISREG(file.stat().st_mode)):
        raise InputError(f"{file} is no plain file, so it cannot hold a password. Remove it; a new one is made.")
    if not file.exists():
        write_private(file, f"admin:{secrets.token_urlsafe(32)}\n")
    file.chmod(0o600)
    return checked_password(file)


def checked_password(file: Path) -> str:
    """The one line of a password file."""
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise InputError(f"The password file {file} cannot be read: {reason}. Correct its name or mode.") from None
    if len(lines) != 1 or not lines[0].isprintable() or len(lines[0]) < SHORTEST:
        raise InputError(
            f"The password file {file} holds no usable password. Write one line of at least {SHORTEST} printable "
            "characters, for example admin:and-a-long-phrase."
        )
    return lines[0]


def write_private(file: Path, text: str) -> None:
    """The text in a file that nobody else could read at any moment."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)


def write_client_file(state: State, settings: dict[str, str]) -> None:
    """Settings as lines that a POSIX shell reads with `.`."""
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())
    write_private(state.client_file, "".join(lines))
