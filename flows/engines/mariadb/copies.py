"""What trials with copies of a server share: its programs run as its own user, copies of its data, sums over all rows.

A copy is made as the plan says: by mariadb-backup where it is installed, which copies the files of a running server, or
else by mariadb-dump and a second server that reads it.
"""

import contextlib
import subprocess
import time
from pathlib import Path

from flows.engines.errors import EngineError
from flows.engines.mariadb.launcher import Own, running
from flows.engines.mariadb.session import Connection, checked, connected, quoted, rows_of
from flows.engines.watched import owner

SECONDS = 120.0  # a deadline for a machine under load; the usual program takes 2 to 3
POLL_SECONDS = 0.02
Sums = dict[str, tuple[int, str]]
"""Rows and a sum over the hashes of all rows, by table; the sum does not depend on the order of the rows."""

_COLUMNS = """
SELECT t.table_name, c.column_name
FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' ORDER BY t.table_name, c.ordinal_position
"""

_OPTIONS = ("--single-transaction", "--routines", "--triggers", "--events", "--databases")


def is_physical(own: Own) -> bool:
    """Whether the files of the running server can be copied."""
    return own.programs.has(own.programs.product.physical)


def copied_files(own: Own, target: Path) -> None:
    """A copy of the running server's files, made whole, with which another server starts."""
    program = own.programs.product.physical
    run(own, program, "--backup", f"--target-dir={target}", f"--socket={own.socket}", "--user=root")
    run(own, program, "--prepare", f"--target-dir={target}")


def dumped(own: Own, database: str, target: Path) -> None:
    """A consistent copy of the database as statements."""
    program, *words = own.programs.product.dump
    run(own, program, f"--socket={own.socket}", "--user=root", f"--result-file={target}", *words, *_OPTIONS, database)


def copied_by_dump(own: Own, database: str, target: Path) -> None:
    """The files of a second server that has read the dump, and whose log knows nothing of it."""
    dump = target.with_suffix(".sql")
    try:
        dumped(own, database, dump)
        with running(own.programs, empty=own.empty) as second:
            run(
                second,
                own.programs.product.client,
                *client(second),
                "--init-command=SET SESSION sql_log_bin = 0",
                stdin=dump,
            )
            data = second.folder / "data"
            with contextlib.closing(connected(second.address)) as connection:
                checked(connection, "SHUTDOWN")
            _until_gone(second.folder / "server.pid")
            run(own, "/bin/cp", "-R", str(data), str(target), options=())
            for log in target.glob("binlog.*"):
                log.unlink()
    finally:
        dump.unlink(missing_ok=True)


def _until_gone(pid: Path) -> None:
    until = time.monotonic() + SECONDS
    while pid.exists():
        if time.monotonic() > until:
            raise EngineError("The server does not stop", place=pid.name, evidence=f"{SECONDS:g} s")
        time.sleep(POLL_SECONDS)


def sums(connection: Connection) -> Sums:
    columns: dict[str, list[str]] = {}
    for table, column in rows_of(connection, _COLUMNS):
        columns.setdefault(str(table), []).append(f"COALESCE(HEX({quoted(str(column))}), 'NULL')")
    found: Sums = {}
    for table, fields in columns.items():
        hashed = f"CAST(CONV(LEFT(MD5(CONCAT_WS(',', {', '.join(fields)})), 15), 16, 10) AS DECIMAL(20))"
        ((count, total),) = rows_of(connection, f"SELECT COUNT(*), COALESCE(SUM({hashed}), 0) FROM {quoted(table)}")
        found[table] = (int(str(count)), str(total))
    return found


def client(own: Own) -> tuple[str, ...]:
    """The client reads what a restore gives it, with foreign keys unchecked as mariadb-dump's own header asks."""
    return (
        f"--socket={own.socket}",
        "--user=root",
        "--default-character-set=utf8mb4",
        "--binary-mode",
        "--max-allowed-packet=1G",
    )


def run(
    own: Own, name: str, *words: str, stdin: Path | None = None, options: tuple[str, ...] = ("--no-defaults",)
) -> None:
    """One of the server's programs as the server's user; `EngineError` with its last line when it fails."""
    who = owner(own.account)
    with contextlib.ExitStack() as stack:
        given = stack.enter_context(stdin.open("rb")) if stdin else subprocess.DEVNULL
        try:
            done = subprocess.run(
                [str(own.programs.tool(name)), *options, *words],
                user=who["user"],
                group=who["group"],
                extra_groups=None if own.account is None else [],
                env=who["environment"],
                cwd=own.folder,
                stdin=given,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )  # type: ignore[call-overload]
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError("A program of the server does not run", place=name, evidence=str(error)) from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EngineError("A program of the server failed", place=name, evidence=said)
