"""The generated pgbouncer.ini in a real PgBouncer: its figures, who asks, and more clients than servers."""

import datetime as dt
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agents.scaling import scaling_plan
from agents.scaling.pgbouncer import FOLDER, PREPARED_FROM, SOCKET
from contracts.brief import Machine
from contracts.requirements import Protection, Stack
from contracts.scaling import ScalingPlan
from flows.engines.server import Server
from tests.agents.sized import requirements, schema

PASSWORD = "a word of the test"  # noqa: S105
CLIENTS = 40
IDENTITY = "SELECT set_config('app.user_id', %s, true)"
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@dataclass(frozen=True)
class Pooler:
    """A running pooler: its port, its version, and the plan that its file came from."""

    port: int
    version: tuple[int, int]
    plan: ScalingPlan
    database: str

    def connected(self, user: str = "app_login", database: str = "", **more: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=PASSWORD, dbname=database or self.database,
            autocommit=True, **({"sslmode": "require", "prepare_threshold": None} | more),
        )  # fmt: skip

    def shown(self, what: str) -> list[dict[str, Any]]:
        with closing(self.connected(f"{self.database}_monitor", "pgbouncer")) as console:
            cursor = console.execute(f"SHOW {what}".encode())
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def pooler(embedded: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pooler]:
    """The plan's file with the test's folders and port in it, and nothing else of it changed."""
    if PROGRAM is None:
        pytest.skip("pgbouncer is not installed")
    assert embedded.cluster is not None
    found = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"PgBouncer (\d+)\.(\d+)", found)
    assert version is not None
    known = (int(version[1]), int(version[2]))
    many = requirements(stack=Stack(language="python", instances=40), protection=Protection(encryption=True))
    plan = scaling_plan(many, schema(), Machine(memory_gb=32, cores=8))
    database = re.findall(r"dbname=(\w+)", plan.pooler_file)[0]
    logins = ("app_login", "other_login", f"{database}_monitor")
    users = _logins(embedded, database, logins)
    folder = tmp_path_factory.mktemp("pooler", numbered=True)
    port = _free_port()
    text = plan.pooler_file.replace(f"host={SOCKET}", f"host={embedded.cluster.folder}").replace(FOLDER, str(folder))
    text = text.replace(SOCKET, str(folder)).replace("listen_addr = *", "listen_addr = 127.0.0.1")
    text = text.replace("listen_port = 6432", f"listen_port = {port}")
    if known < PREPARED_FROM:
        text = re.sub(r"max_prepared_statements = .*\n", "", text)
    (folder / "pgbouncer.ini").write_text(text, "utf-8")
    (folder / "userlist.txt").write_text(users, "utf-8")
    _certificate(folder)
    process = _started(embedded, folder)
    try:
        _listening(process, port)
        yield Pooler(port, known, plan, database)
    finally:
        process.terminate()
        process.wait(20)
        _dropped(embedded, database, logins)


def _logins(server: Server, database: str, logins: tuple[str, ...]) -> str:
    """A database and logins with their SCRAM secrets, as the pooler's file of users has them."""
    _dropped(server, database, logins)
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"'.encode())
        for login in logins:
            connection.execute(f"CREATE ROLE \"{login}\" LOGIN PASSWORD '{PASSWORD}'".encode())
        rows = connection.execute(
            "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY (%s)", (list(logins),)
        )
        return "".join(f'"{name}" "{secret}"\n' for name, secret in rows.fetchall())


def _dropped(server: Server, database: str, logins: tuple[str, ...]) -> None:
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())
        for login in logins:
            connection.execute(f'DROP ROLE IF EXISTS "{login}"'.encode())


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(*form))
    (folder / "server.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _started(server: Server, folder: Path) -> "subprocess.Popen[str]":
    """PgBouncer refuses to run as root, so it runs as the server's own user there."""
    assert server.cluster is not None and PROGRAM is not None
    account = server.cluster.account
    if account:
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        for above in folder.parents:
            if above.stat().st_uid == os.geteuid() and str(above).startswith(str(folder.parents[2])):
                above.chmod(above.stat().st_mode | 0o111)
    return subprocess.Popen(
        [PROGRAM, folder / "pgbouncer.ini"], stderr=subprocess.PIPE, text=True,
        user=account.pw_uid if account else None, group=account.pw_gid if account else None,
    )  # fmt: skip


def _listening(process: "subprocess.Popen[str]", port: int) -> None:
    """Reads the log until the pooler listens; what it says meanwhile is the reason where it ends."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "process up" in line:
            break
    else:
        pytest.fail(f"pgbouncer ended: {''.join(said)}")
    threading.Thread(target=process.stderr.read, daemon=True).start()
    assert not [line for line in said if "WARNING" in line or "unknown" in line], said


def test_the_figures_are_those_of_the_plan(pooler: Pooler) -> None:
    planned = dict(next(p for p in pooler.plan.pools if p.name == "pgbouncer").settings)
    if pooler.version < PREPARED_FROM:
        del planned["max_prepared_statements"]
    shown = {row["key"]: row["value"] for row in pooler.shown("CONFIG")}
    assert {name: shown[name] for name in planned} == planned
    assert {row["name"]: row["max_connections"] for row in pooler.shown("DATABASES")}[pooler.database] == int(
        planned["max_db_connections"]
    )


def test_more_clients_than_servers_share_them_and_keep_apart(pooler: Pooler) -> None:
    """Each client's transactions see its own identity, and a transaction without one sees none."""
    most = int(next(p for p in pooler.plan.pools if p.name == "pgbouncer").size.value)
    assert most < CLIENTS

    def worked(number: int) -> tuple[set[int], list[str]]:
        wrong, servers = [], set()
        with closing(pooler.connected()) as client:
            for turn in range(3):
                before = client.execute("SELECT current_setting('app.user_id', true)").fetchone()
                with client.transaction():
                    client.execute(IDENTITY, (f"{number}.{turn}",))
                    seen = client.execute(
                        "SELECT pg_backend_pid(), current_setting('app.user_id'), pg_sleep(0.01)"
                    ).fetchone()
                assert before is not None and seen is not None
                servers.add(seen[0])
                wrong += [str(before)] if before[0] else []
                wrong += [str(seen)] if seen[1] != f"{number}.{turn}" else []
        return servers, wrong

    with ThreadPoolExecutor(CLIENTS) as threads:
        done = list(threads.map(worked, range(CLIENTS)))
    servers = set().union(*(found for found, _ in done))
    assert [text for _, wrong in done for text in wrong] == []
    assert 1 < len(servers) <= most
    with closing(pooler.connected("other_login")) as other:
        assert other.execute("SELECT 1").fetchone() == (1,)
    pools = [row for row in pooler.shown("POOLS") if row["database"] == pooler.database]
    assert {row["user"] for row in pools} == {"app_login", "other_login"}
    assert sum(row["sv_active"] + row["sv_idle"] + row["sv_used"] for row in pools) <= most
    assert {row["pool_mode"] for row in pools} == {"transaction"}


def test_a_setting_of_the_session_would_reach_somebody_else(pooler: Pooler) -> None:
    """What the plan's SET LOCAL is for: a plain SET stays on the server's connection for its next client."""
    with closing(pooler.connected()) as one, closing(pooler.connected()) as other:
        one.execute("SET app.user_id = '1'")
        found = [other.execute("SELECT current_setting('app.user_id', true)").fetchone() for _ in range(1)]
        one.execute("RESET app.user_id")
    assert found == [("1",)]


def test_prepared_statements_of_drivers_need_the_version_that_keeps_them(pooler: Pooler) -> None:
    """Two clients take turns on one server connection; an older pooler loses or mixes up what they prepared."""

    def asked() -> list[Any]:
        sql = ("SELECT %s::int", "SELECT %s::int + 1")
        with (
            closing(pooler.connected(prepare_threshold=0)) as one,
            closing(pooler.connected(prepare_threshold=0)) as two,
        ):
            return [c.execute(sql[n], (n,)).fetchone() for _ in range(2) for n, c in enumerate((one, two))]

    if pooler.version >= PREPARED_FROM:
        assert asked() == [(0,), (2,), (0,), (2,)]
    else:
        with pytest.raises((psycopg.errors.DuplicatePreparedStatement, psycopg.errors.InvalidSqlStatementName)):
            asked()


def test_nobody_connects_in_the_clear_or_with_a_wrong_password(pooler: Pooler) -> None:
    with pytest.raises(psycopg.OperationalError, match="SSL required"):
        pooler.connected(sslmode="disable")
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(host="127.0.0.1", port=pooler.port, user="app_login", password="x", dbname=pooler.database)  # noqa: S106
