"""A design for MariaDB handed over: what is read, the suite on a server and broken on purpose, and the platform."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import kubernetes_validate
import pytest

from agents.api_integration import api_integration
from agents.platform_deployment import platform_deployment
from artifacts.deployment_files import deployment_files
from artifacts.files import write_files
from contracts.deployment import PlatformDeployment
from contracts.published import PublishedDesign
from tests.artifacts.test_deployment_files import KUBERNETES, schema_accepts
from tests.handover.families import design, document, failed, mariadb, validated

SCHEMA, MIGRATIONS, VIEWS = (
    "test_schema.py", "test_migrations.py", "test_row_views.py",
)  # fmt: skip

HOLES = {
    "a check that serves a requirement is gone": (
        SCHEMA, "    CONSTRAINT ck_bookings_hours_range CHECK (hours >= 1 AND hours <= 12),\n", "",
    ),
    "the way back forgets a table": (MIGRATIONS, "DROP TABLE IF EXISTS seats;\n", ""),
    "a view shows everybody's rows": (VIEWS, "    SELECT * FROM bookings\n    WHERE reader_id = app_user_id()",
                                      "    SELECT * FROM bookings\n    WHERE coalesce(reader_id, app_user_id()) > 0"),
    "the table behind a view is open": (
        VIEWS, "GRANT SELECT ON seats TO reading_room_app;",
        "GRANT SELECT ON seats TO reading_room_app;\nGRANT SELECT ON bookings TO reading_room_app;",
    ),
}  # fmt: skip
"""What is planted → the module that must go red, and the edit of the document."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with mariadb() as found:
        yield found


@pytest.fixture(scope="module")
def room(address: str, tmp_path_factory: pytest.TempPathFactory) -> PublishedDesign:
    return design(document("mariadb"), address, tmp_path_factory.mktemp("room"))


@pytest.fixture(scope="module")
def platform(room: PublishedDesign) -> PlatformDeployment:
    return platform_deployment(room)


def test_a_sound_document_has_no_failure(address: str, tmp_path: Path) -> None:
    report = validated(document("mariadb"), address, tmp_path)
    assert [
        name for name in failed(report) if not name.startswith("test_performance")
    ] == []  # a quiet machine's matter
    assert report.run.engine.name == "MariaDB"
    assert all(row.passed for row in report.categories if row.category not in ("cache plan", "deployment"))


@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_in_the_document_is_found(hole: str, address: str, tmp_path: Path) -> None:
    module, before, after = HOLES[hole]
    text = document("mariadb")
    assert before in text
    report = validated(text.replace(before, after, 1), address, tmp_path, module)
    assert failed(report), [result.message for result in report.run.results]
    assert report.verdict == "not ready"


def test_the_server_says_what_the_schema_is(room: PublishedDesign) -> None:
    bookings = room.data_table("bookings")
    assert {c.name: (c.type, c.base) for c in bookings.columns if c.name in ("id", "day", "noted_at")} == {
        "id": ("bigint(20)", "int8"), "day": ("date", "date"), "noted_at": ("datetime(6)", "timestamptz"),
    }  # fmt: skip
    assert bookings.column("status").allowed == ("open", "used", "cancelled")
    assert [(p.name, p.using) for p in bookings.policies] == [
        ("own_bookings", "reader_id = app_user_id()"), ("bookings", "true"),
    ]  # the reader's and the librarian's, who lists the bookings of a seat  # fmt: skip
    assert room.application.identity == "app_user_id"
    held = {(g.role, g.table): g.columns for g in room.catalogue.grants if g.command == "select"}
    assert "password_hash" not in held["reading_room_app", "readers"]
    assert "password_hash" in held["reading_room_auth", "readers"]


def test_marks_of_one_name_are_one_parameter(room: PublishedDesign) -> None:
    query = room.query("list_bookings_by_seat_day")
    assert [p.name for p in query.parameters] == [
        "seat_id",
        "day_from",
        "day_to",
        "after_day",
        "after_id",
    ]
    assert query.places == (1, 2, 3, 4, 4, 4, 5)
    api = api_integration(room)
    (page,) = (s for o in api.operations for s in o.services if s.query == query.name)
    assert [(key.column, key.descending) for key in page.cursor] == [("day", False), ("id", False)]
    assert "1062" in next((p.codes for p in api.problems if "23505" in p.sqlstates), ("1062",))
    assert {"Identity", "Own rows", "Role", "Parameters"} <= {rule.topic for rule in api.conduct}


def test_the_platform_follows_the_plan(platform: PlatformDeployment, tmp_path: Path) -> None:
    assert not [finding for finding in platform.findings if finding.severity == "error"]
    kinds = [document["kind"] for document in platform.documents()]
    assert {"StatefulSet", "CronJob", "PrometheusRule", "NetworkPolicy"} <= set(kinds)
    for found in platform.documents():
        if "cnpg" not in str(found["apiVersion"]) and "/" not in str(found["apiVersion"]).replace("apps/", "").replace(
            "batch/", ""
        ).replace("networking.k8s.io/", ""):
            kubernetes_validate.validate(dict(found), KUBERNETES, strict=True)
    for file in deployment_files(platform):
        target = tmp_path / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.text)
    schema_accepts(tmp_path / "docker-compose.yml", "vendor.compose-spec")
    schema_accepts(tmp_path / ".github/workflows/database.yml", "vendor.github-workflows")
    done = subprocess.run(["sh", "-n", str(tmp_path / "deploy/database/passwords.sh")], check=False)
    assert done.returncode == 0


def test_the_files_agree_with_the_document(platform: PlatformDeployment, address: str, tmp_path: Path) -> None:
    write_files({tmp_path / "reading-room" / file.path: file.text for file in deployment_files(platform)})
    report = validated(document("mariadb"), address, tmp_path, "test_deployment_files.py")
    assert failed(report) == []
    assert {result.outcome for result in report.run.results} == {"passed"}


@pytest.mark.skipif(shutil.which("mariadb") is None, reason="the mariadb client is not installed")
def test_the_files_run_on_a_server(platform: PlatformDeployment, address: str, tmp_path: Path) -> None:
    """Schema and logins by the client, passwords by the script, then every monitoring query as the exporter's login."""
    files = {file.path: file.text for file in deployment_files(platform)}
    socket = parse_qs(urlsplit(address).query)["unix_socket"][0]

    def client(text: str, database: str, *more: str) -> str:
        command = [
            "mariadb",
            f"--socket={socket}",
            "--batch",
            "--skip-column-names",
            *(more or ("--user=root",)),
            database,
        ]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    client("CREATE DATABASE reading_room CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", "mysql")
    client("CREATE USER reading_room_deploy@'%'", "mysql")
    try:
        client(files["deploy/database/schema.sql"], "reading_room")
        client(files["deploy/database/logins.sql"], "reading_room")
        script = files["deploy/database/passwords.sh"].replace("--protocol=socket", f"--socket={socket}")
        names = [variable.name for variable in platform.variables if variable.name.endswith("_PASSWORD")]
        secrets = dict.fromkeys(names, "it's\\a $ecret")
        (tmp_path / "passwords.sh").write_text(script)
        environment = {**secrets, "MARIADB_ROOT_PASSWORD": "", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
        subprocess.run(["sh", "-eu", str(tmp_path / "passwords.sh")], env=environment, check=True)
        config = next(f for f in platform.configurations if f.path.endswith("sql_exporter.yaml")).documents[0]
        login = ("--user=reading_room_monitoring", "--password=it's\\a $ecret")
        for metric in config["collectors"][0]["metrics"]:  # type: ignore[index,call-overload,union-attr]
            client(metric["query"], "reading_room", *login)  # type: ignore[index,call-overload,arg-type]
        role = client("SELECT CURRENT_ROLE()", "reading_room", "--user=reading_room_application", login[1])
        assert role.strip() == "reading_room_app"
    finally:
        left = client(
            "SELECT CONCAT(user, IF(is_role = 'Y', '', '@%')) FROM mysql.user WHERE user LIKE 'reading%'", "mysql"
        )
        for name in left.split():
            kind, at = ("USER", "@'%'") if name.endswith("@%") else ("ROLE", "")
            client(f"DROP {kind} `{name.removesuffix('@%')}`{at}", "mysql")
        client("DROP DATABASE reading_room", "mysql")
