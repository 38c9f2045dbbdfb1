"""docker-compose.yml and the pipeline: the same server, smaller, for a developer and for changes of the schema."""

from typing import Any

from agents.dialects.mariadb.platform.names import (
    PORT,
    all_logins,
    development_settings,
    divisor,
    image,
    owner,
    password_variable,
)
from agents.platform_deployment.compose import cache_service, cache_variables
from agents.platform_deployment.facts import Facts, group, shared_cache
from agents.platform_deployment.knowledge import knowledge
from agents.platform_deployment.pipeline import SUITE, database_job, started, workflow
from contracts.deployment import ConfigurationFile, Variable

SQL = "./deploy/database"


def database(facts: Facts) -> str:
    """The database's name in the environment that the compose file is."""
    named = group(facts.design, "production" if facts.embedded else "development", "database").get("name", "")
    return named if named.isidentifier() and named.isascii() else facts.database


def compose_settings(facts: Facts) -> dict[str, str]:
    """The plan's settings for a smaller machine, the environment's over them."""
    environment = "production" if facts.embedded else "development"
    return {**development_settings(facts), **group(facts.design, environment, "mariadb")}


def compose_file(facts: Facts) -> ConfigurationFile:
    """Server and, where the plan has one, its cache; ports open on this machine alone."""
    services: dict[str, Any] = {"database": _database(facts)}
    if shared_cache(facts.design):
        services["cache"] = cache_service(facts)
    where = "the machine that it runs on" if facts.embedded else "a developer's machine and the pipeline"
    told = (
        f"the plan's settings, their memory divided by {divisor(facts)}"
        if divisor(facts) > 1
        else "the plan's settings"
    )
    return ConfigurationFile(
        path="docker-compose.yml",
        comment=f"{facts.design.title} on {where}; variables come from .env, see .env.example",
        documents=({"name": facts.project, "services": services, "volumes": {"database": {}}},),
        notes={"services.database.command": told},
    )


def _database(facts: Facts) -> dict[str, Any]:
    flags = [f"--{name}={value}".replace("$", "$$") for name, value in compose_settings(facts).items()]
    passwords = {password_variable(login): f"${{{password_variable(login)}:?}}" for login in all_logins(facts)}
    memory = max(512, facts.memory_bytes // divisor(facts) >> 20) if facts.memory_bytes else 1024
    found: dict[str, Any] = {
        "image": image(facts),
        "command": ["mariadbd", "--server-id=1", *flags],
        "environment": {
            "MARIADB_DATABASE": database(facts),
            "MARIADB_USER": owner(facts),
            "MARIADB_PASSWORD": f"${{{password_variable(owner(facts))}:?}}",
            "MARIADB_ROOT_PASSWORD": f"${{{facts.prefix}_ROOT_PASSWORD:?}}",
            **passwords,
        },
        "ports": [f"127.0.0.1:${{{facts.prefix}_DATABASE_PORT:-{PORT}}}:{PORT}"],
        "volumes": [
            "database:/var/lib/mysql",
            f"{SQL}/schema.sql:/docker-entrypoint-initdb.d/10-schema.sql:ro",
            f"{SQL}/logins.sql:/docker-entrypoint-initdb.d/20-logins.sql:ro",
            f"{SQL}/passwords.sh:/docker-entrypoint-initdb.d/30-passwords.sh:ro",
        ],
        "mem_limit": f"{memory}m",
        "healthcheck": {
            "test": ["CMD", "healthcheck.sh", "--connect", "--innodb_initialized"],
            "interval": "5s",
            "timeout": "3s",
            "retries": 24,
            "start_period": "30s",
        },
        "stop_grace_period": "1m",
    }
    return {**found, "restart": "unless-stopped"} if facts.embedded else found


def compose_variables(facts: Facts) -> tuple[Variable, ...]:
    """The variables of the compose file, secrets first."""
    prefix = facts.prefix
    found = [
        Variable(name=f"{prefix}_ROOT_PASSWORD", secret=True, meaning="password of the server's administrator"),
        Variable(
            name=password_variable(owner(facts)),
            secret=True,
            meaning=f"password of {owner(facts)}, which changes the schema",
        ),
    ]
    found += [
        Variable(name=password_variable(login), secret=True, meaning=f"password of {login}")
        for login in all_logins(facts)
    ]
    found.append(Variable(name=f"{prefix}_DATABASE_PORT", example=str(PORT), meaning="port of MariaDB on 127.0.0.1"))
    return (*found, *cache_variables(facts))


def pipeline_file(facts: Facts) -> ConfigurationFile:
    """The schema forward, back and forward again, then the validation suite, on Compose's server."""
    actions = knowledge("images")["actions"]
    ask = 'docker compose exec -T -e MYSQL_PWD="$ROOT" database mariadb --user=root --batch --skip-column-names'
    load = f"set -a; . ./.env; set +a\nROOT=${facts.prefix}_ROOT_PASSWORD\n"
    one = f"{ask} {database(facts)}"
    back = (
        f"{load}{one} --raw --execute='SELECT rollback_sql FROM schema_migrations ORDER BY version DESC'"
        " > rollback.sql\n"
        f"{one} < rollback.sql\n"
        f'test "$({one} --execute="SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()'
        " AND table_name <> 'schema_migrations'\")\" = 0\n"
        f"{one} --execute='DROP TABLE IF EXISTS schema_migrations'\n"
    )
    forward = f"{load}{one} < deploy/database/schema.sql\n{one} < deploy/database/logins.sql\n"
    ways = [{"name": "Take every migration back", "run": back}, {"name": "Apply them again", "run": forward}]
    suite = (
        f'{load}export DATABASE_URL="mariadb://root:$ROOT@127.0.0.1:${facts.prefix}_DATABASE_PORT/"\n'
        f"python -m pip install --requirement {SUITE}/requirements.txt\npython -m pytest {SUITE}\n"
    )
    steps = [
        *started(compose_variables(facts)),
        *(ways if facts.design.catalogue.migrations else []),
        {"uses": actions["python"], "with": {"python-version": "3.12"}},
        {"name": "Validation suite", "run": suite},
        {"name": "Server log", "if": "failure()", "run": "docker compose logs database"},
    ]
    return workflow(facts, {"database": database_job(steps)})
