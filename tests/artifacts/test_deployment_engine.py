"""The SQL of the files on a real server: schema, logins and their limits, and the pipeline's way back and forth."""

from collections.abc import Iterator

import psycopg
import pytest

from artifacts.deployment_files import deployment_files
from artifacts.statements import split_statements
from flows.engines.launcher import cluster
from flows.engines.locate import engine
from tests.agents.deployment.published import deployment_of

EXAMPLE = "shop"


def sql_of(path: str) -> str:
    """One of the example's SQL files."""
    return next(file.text for file in deployment_files(deployment_of(EXAMPLE)) if file.path == path)


def run(connection: psycopg.Connection, text: str) -> None:
    """Every statement by itself, as psql does."""
    for statement in split_statements(text):
        connection.execute(statement.text.encode())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with the schema and the logins, as the container's first start makes it; the owner is a superuser."""
    info = engine("embedded")
    assert info.bin_dir is not None
    with cluster(info.bin_dir) as own:
        base = f"host={own.folder} dbname="
        with psycopg.connect(own.dsn, autocommit=True) as admin:
            admin.execute("CREATE ROLE shop_deploy LOGIN SUPERUSER")
            admin.execute("CREATE DATABASE shop OWNER shop_deploy")
        with psycopg.connect(f"{base}shop user=shop_deploy", autocommit=True) as owner:
            run(owner, sql_of("deploy/database/schema.sql"))
            run(owner, sql_of("deploy/database/logins.sql"))
        yield f"{base}shop"


def test_a_login_starts_as_its_pools_role_and_inherits_nothing(address: str) -> None:
    for login in deployment_of(EXAMPLE).logins:
        with psycopg.connect(f"{address} user={login.name}", autocommit=True) as connection:
            assert connection.execute("SELECT current_user, session_user").fetchone() == (login.acts_as, login.name)
            for role in login.may_become:
                with connection.transaction():
                    connection.execute(f"SET LOCAL ROLE {role}".encode())
                    assert connection.execute("SELECT current_user").fetchone() == (role,)
            assert connection.execute("SELECT current_user").fetchone() == (login.acts_as,)
            connection.execute("SET ROLE NONE")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT count(*) FROM public.orders")


def test_row_policies_bind_the_login(address: str) -> None:
    with psycopg.connect(f"{address} user=shop_deploy", autocommit=True) as owner:
        for name in ("a", "b"):
            owner.execute(
                "INSERT INTO users (email, password_hash, first_name, last_name) VALUES (%s, 'x', 'x', 'x')",
                (f"{name}@example.org",),
            )
    with psycopg.connect(f"{address} user=shop_application", autocommit=True) as application:
        assert application.execute("SELECT count(id) FROM users").fetchone() == (0,)
        application.execute("SET app.user_id = '1'")
        assert application.execute("SELECT count(id) FROM users").fetchone() == (1,)
        with application.transaction():
            application.execute("SET LOCAL ROLE shop_auth")
            assert application.execute("SELECT count(id) FROM users").fetchone() == (2,)


def test_a_login_gets_no_more_connections_than_its_pool(address: str) -> None:
    login = next(login for login in deployment_of(EXAMPLE).logins if login.connections == 2)
    held = [psycopg.connect(f"{address} user={login.name}") for _ in range(login.connections)]
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(f"{address} user={login.name}")
    finally:
        for connection in held:
            connection.close()


def test_the_monitoring_queries_answer(address: str) -> None:
    files = {file.path: file for file in deployment_of(EXAMPLE).configurations}
    queries = files["deploy/monitoring/queries.yaml"].documents[0]
    with psycopg.connect(f"{address} user=shop_deploy", autocommit=True) as owner:
        for name, query in queries.items():
            assert isinstance(query, dict)
            cursor = owner.execute(str(query["query"]).encode())
            columns = [column.name for column in cursor.description or ()]
            assert columns == [name for entry in query["metrics"] for name in entry], name  # type: ignore[union-attr]


def test_the_schema_goes_back_and_forward_again(address: str) -> None:
    """The last of this module: what the pipeline does after the server has started."""
    with psycopg.connect(f"{address} user=shop_deploy", autocommit=True) as owner:
        rows = owner.execute("SELECT rollback_sql FROM schema_migrations ORDER BY version DESC").fetchall()
        for (text,) in rows:
            run(owner, text)
        left = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
        assert owner.execute(left.encode()).fetchone() == (0,)
        owner.execute("DROP TABLE IF EXISTS schema_migrations")
        run(owner, sql_of("deploy/database/schema.sql"))
        run(owner, sql_of("deploy/database/logins.sql"))
    with psycopg.connect(f"{address} user=shop_application") as application:
        assert application.execute("SELECT current_user").fetchone() == ("shop_app",)
