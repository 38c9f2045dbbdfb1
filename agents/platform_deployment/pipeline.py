"""The CI pipeline: the schema forward, back and forward again, then the validation suite, on Compose's server."""

import shlex
from collections.abc import Iterable
from typing import Any

from agents.platform_deployment.compose import compose_variables, database_name, owner
from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts, group
from agents.platform_deployment.knowledge import knowledge
from contracts.deployment import ConfigurationFile, Variable

PATH = ".github/workflows/database.yml"
SUITE = "tests/database"
SUITE_DSN = "DATABASE_URL"
_MINUTES = 30


def pipeline_file(facts: Facts) -> ConfigurationFile:
    """The workflow for changes of the schema, of its tests and of the platform."""
    actions = knowledge("images")["actions"]
    manifests = {
        "runs-on": actions["runner"],
        "timeout-minutes": 10,
        "steps": [
            {"uses": actions["checkout"]},
            {"name": "The Kubernetes files fit together", "run": "kubectl kustomize deploy > /dev/null"},
        ],
    }
    steps = [*_server(facts), *_migrations(facts), *_suite(facts, actions), _stop()]
    return workflow(facts, {"manifests": manifests, "database": database_job(steps, {"PSQL": _psql(facts)})})


def database_job(steps: list[dict[str, Any]], variables: dict[str, str] | None = None) -> dict[str, Any]:
    """The job that tries the schema, after the checkout."""
    actions = knowledge("images")["actions"]
    told = {"env": variables} if variables else {}
    limits = {"runs-on": actions["runner"], "timeout-minutes": _MINUTES}
    return {**limits, **told, "steps": [{"uses": actions["checkout"]}, *steps]}


def workflow(facts: Facts, jobs: dict[str, Any]) -> ConfigurationFile:
    """The file with these jobs, run for what can change the database and read-only in the repository."""
    paths = ["planning/**", "deploy/**", "docker-compose.yml", ".env.example", f"{SUITE}/**", PATH]
    content = {
        "name": "database",
        "on": {"push": {"branches": ["main"], "paths": paths}, "pull_request": {"paths": paths}},
        "permissions": {"contents": "read"},
        "concurrency": {"group": "database-${{ github.ref }}", "cancel-in-progress": True},
        "defaults": {"run": {"shell": "bash"}},
        "jobs": jobs,
    }
    return ConfigurationFile(
        path=PATH,
        comment=f"Applies the schema of {facts.design.title}, takes it back, applies it again, and runs {SUITE}",
        documents=(content,),
    )


def started(variables: Iterable[Variable]) -> list[dict[str, Any]]:
    """The steps that bring Compose's server up, with passwords that nobody else has."""
    secrets = [variable.name for variable in variables if variable.secret]
    fill = "\n".join(
        ["cp .env.example .env", *(f'sed -i "s/^{name}=.*/{name}=$(openssl rand -hex 16)/" .env' for name in secrets)]
    )
    start = "docker compose config --quiet\ndocker compose up --detach --wait database\n"
    return [
        {"name": "Passwords for this run alone", "run": f"{fill}\n"},
        {"name": "Start the server", "run": start},
    ]


def _server(facts: Facts) -> list[dict[str, Any]]:
    quick = [
        f"ALTER SYSTEM SET {name} = '{value}';"
        for name, value in group(facts.design, "test", "postgresql").items()
        if name.isidentifier() and value.isalnum()
    ]
    steps = started(compose_variables(facts))
    if quick:
        lines = "\n".join([*quick, "SELECT pg_reload_conf();"])
        steps.append({"name": "A test loses nothing in a crash", "run": f"$PSQL <<'SQL'\n{lines}\nSQL\n"})
    return steps


def _migrations(facts: Facts) -> list[dict[str, Any]]:
    """The first start of the container applied the schema; the rollbacks that it recorded take it back."""
    if not facts.design.catalogue.migrations:
        return []
    forward = "\n".join(
        f"$PSQL < deploy/database/{name}" for name in ("schema.sql", *(["logins.sql"] if logins(facts) else []))
    )
    back = (
        "$PSQL --tuples-only --no-align "
        "--command 'SELECT rollback_sql FROM schema_migrations ORDER BY version DESC' > rollback.sql\n"
        "$PSQL < rollback.sql\n"
        'left="$($PSQL --tuples-only --no-align --command '
        "\"SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'\")\"\n"
        'test "$left" = 0\n'
        "$PSQL --command 'DROP TABLE IF EXISTS schema_migrations'\n"
    )
    return [
        {"name": "Take every migration back", "run": back},
        {"name": "Apply them again", "run": f"{forward}\n"},
    ]


def _suite(facts: Facts, actions: dict[str, str]) -> list[dict[str, Any]]:
    port = compose_port(facts)
    address = (
        f'export {SUITE_DSN}="postgresql://{owner(facts)}:${{{facts.prefix}_DEPLOY_PASSWORD}}'
        f'@127.0.0.1:${{{port}}}/{database_name(facts)}"'
    )
    run = "\n".join(
        [
            "set -a; . ./.env; set +a",
            address,
            f"python -m pip install --requirement {SUITE}/requirements.txt",
            f"python -m pytest {SUITE}",
        ]
    )
    return [
        {"uses": actions["python"], "with": {"python-version": "3.12"}},
        {"name": "Validation suite", "run": f"{run}\n"},
    ]


def compose_port(facts: Facts) -> str:
    """The variable with the server's port."""
    return f"{facts.prefix}_DATABASE_PORT"


def _stop() -> dict[str, Any]:
    return {"name": "Server log", "if": "failure()", "run": "docker compose logs database"}


def _psql(facts: Facts) -> str:
    return (
        "docker compose exec -T database psql --no-psqlrc --quiet -v ON_ERROR_STOP=1"
        f" --username={shlex.quote(owner(facts))} --dbname={shlex.quote(database_name(facts))}"
    )
