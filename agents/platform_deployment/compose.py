"""docker-compose.yml: the whole platform where one person uses it, and a developer's machine everywhere else."""

from typing import Any

from agents.platform_deployment.connections import logins
from agents.platform_deployment.facts import Facts, group, shared_cache
from agents.platform_deployment.images import cache_entry, cache_image, data_folder, database_image
from agents.platform_deployment.quantities import binary
from agents.platform_deployment.sizes import cache_limit, development
from contracts.deployment import ConfigurationFile, Variable

_NOT_HERE = ("archive_mode", "archive_command", "archive_timeout", "restore_command", "hot_standby_feedback")
_SHARED_MEMORY = "256mb"
SQL_FOLDER = "./deploy/database"


def compose_file(facts: Facts) -> ConfigurationFile:
    """Database and, where the plan has one, its cache; ports open on this machine alone."""
    services: dict[str, Any] = {"database": _database(facts)}
    if shared_cache(facts.design):
        services["cache"] = cache_service(facts)
    content = {"name": facts.project, "services": services, "volumes": {"database": {}}}
    where = "the machine that it runs on" if facts.embedded else "a developer's machine and the pipeline"
    return ConfigurationFile(
        path="docker-compose.yml",
        comment=f"{facts.design.title} on {where}; variables come from .env, see .env.example",
        documents=(content,),
        notes=_notes(facts),
    )


def environment_name(facts: Facts) -> str:
    """The document's environment that the compose file is."""
    return "production" if facts.embedded else "development"


def compose_settings(facts: Facts) -> dict[str, str]:
    """The settings of the server in the compose file: the plan's, the environment's over them."""
    over = group(facts.design, environment_name(facts), "postgresql")
    return {name: value for name, value in {**development(facts).settings, **over}.items() if name not in _NOT_HERE}


def database_name(facts: Facts) -> str:
    """The database's name in this environment."""
    named = group(facts.design, environment_name(facts), "database").get("name", "")
    return named if named.replace("_", "").isalnum() and named.isascii() else facts.database


def owner(facts: Facts) -> str:
    """The login that owns the database and changes its schema."""
    return f"{facts.project.replace('-', '_')}_deploy"


def _database(facts: Facts) -> dict[str, Any]:
    sized = development(facts)
    flags = [part for name, value in compose_settings(facts).items() for part in ("-c", f"{name}={value}")]
    mounts = [f"database:{data_folder(facts)}", f"{SQL_FOLDER}/schema.sql:/docker-entrypoint-initdb.d/10-schema.sql:ro"]
    passwords = {}
    if logins(facts):
        mounts += [f"{SQL_FOLDER}/{name}:/docker-entrypoint-initdb.d/{order}:ro" for name, order in _LOGIN_FILES]
        passwords = {_password(facts, login.name): f"${{{_password(facts, login.name)}:?}}" for login in logins(facts)}
    service: dict[str, Any] = {
        "image": database_image(facts),
        "command": ["postgres", *(_dollars(flag) for flag in flags)],
        "environment": {
            "POSTGRES_DB": database_name(facts),
            "POSTGRES_USER": owner(facts),
            "POSTGRES_PASSWORD": f"${{{facts.prefix}_DEPLOY_PASSWORD:?}}",
            "POSTGRES_INITDB_ARGS": "--encoding=UTF8 --data-checksums",
            **passwords,
        },
        "ports": [f"127.0.0.1:${{{facts.prefix}_DATABASE_PORT:-5432}}:5432"],
        "volumes": mounts,
        "shm_size": _SHARED_MEMORY,
        "healthcheck": {
            "test": [
                "CMD",
                "pg_isready",
                "--quiet",
                "--host=127.0.0.1",
                f"--username={owner(facts)}",
                f"--dbname={database_name(facts)}",
            ],
            "interval": "5s",
            "timeout": "3s",
            "retries": 12,
            "start_period": "30s",
        },
        "stop_grace_period": "1m",
    }
    if sized.memory:
        service["mem_limit"] = _megabytes(sized.memory)
    if facts.embedded:
        service["restart"] = "unless-stopped"
    return service


_LOGIN_FILES = (("logins.sql", "20-logins.sql"), ("passwords.sh", "30-passwords.sh"))


def cache_service(facts: Facts) -> dict[str, Any]:
    """The plan's cache for one machine."""
    variable = f"{facts.prefix}_CACHE_PASSWORD"
    client = cache_entry(facts)["server"].replace("-server", "-cli")
    return {
        "image": cache_image(facts),
        "command": [
            cache_entry(facts)["server"],
            *map(_dollars, cache_flags(facts)),
            "--requirepass",
            f"${{{variable}:?}}",
        ],
        "ports": [f"127.0.0.1:${{{facts.prefix}_CACHE_PORT:-6379}}:6379"],
        "environment": {"REDISCLI_AUTH": f"${{{variable}:?}}"},
        "mem_limit": _megabytes(cache_limit(facts) or 128 << 20),
        "healthcheck": {
            "test": ["CMD-SHELL", f"{client} ping | grep -q PONG"],
            "interval": "5s",
            "timeout": "3s",
            "retries": 6,
        },
    }


def cache_flags(facts: Facts) -> list[str]:
    """The plan's settings of the cache as flags of its server."""
    cache = shared_cache(facts.design)
    settings = cache.settings if cache else {}
    return [part for name, value in settings.items() for part in (f"--{name}", _flag(value))]


def _flag(value: object) -> str:
    """A setting's value on a command line; the plan writes an empty one as two quotation marks."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value == '""' else str(value)


def _megabytes(size: int) -> str:
    """Bytes as Compose spells them."""
    return f"{size >> 20}m"


def _dollars(text: str) -> str:
    """Text that Compose must not read as a variable."""
    return text.replace("$", "$$")


def _password(facts: Facts, login: str) -> str:
    short = login.removeprefix(f"{facts.project.replace('-', '_')}_").removesuffix("_login")
    return f"{facts.prefix}_{short.upper()}_PASSWORD"


def compose_variables(facts: Facts) -> tuple[Variable, ...]:
    """The variables of the compose file, secrets first."""
    found = [
        Variable(
            name=f"{facts.prefix}_DEPLOY_PASSWORD",
            secret=True,
            meaning=f"password of {owner(facts)}, which owns the database and changes its schema",
        )
    ]
    found += [
        Variable(name=_password(facts, login.name), secret=True, meaning=f"password of {login.name}: {login.purpose}")
        for login in logins(facts)
    ]
    found += [variable for variable in cache_variables(facts) if variable.secret]
    found.append(
        Variable(name=f"{facts.prefix}_DATABASE_PORT", example="5432", meaning="port of PostgreSQL on 127.0.0.1")
    )
    return (*found, *(variable for variable in cache_variables(facts) if not variable.secret))


def cache_variables(facts: Facts) -> tuple[Variable, ...]:
    """What the cache needs; nothing where there is none."""
    cached = shared_cache(facts.design)
    if cached is None:
        return ()
    where = f"port of {cached.provider} on 127.0.0.1"
    return (
        Variable(name=f"{facts.prefix}_CACHE_PASSWORD", secret=True, meaning=f"password of {cached.provider}"),
        Variable(name=f"{facts.prefix}_CACHE_PORT", example="6379", meaning=where),
    )


def password_variable(facts: Facts, login: str) -> str:
    """The variable that holds a login's password."""
    return _password(facts, login)


def _notes(facts: Facts) -> dict[str, str]:
    sized = development(facts)
    machine = (
        f"the plan's machine has {binary(facts.memory_bytes)} and {facts.cores} core{'s' if facts.cores > 1 else ''}"
    )
    scaled = (
        f"{machine}: its memory settings are divided by {sized.divisor}, those of its cores and its log are left out"
        if sized.divisor > 1
        else f"{machine}; its settings are taken as they are"
    )
    return {
        "services.database.command": scaled,
        "services.database.shm_size": "for parallel queries; Docker's default of 64 MB ends them with an error",
        "services.cache.mem_limit": f"maxmemory of the plan twice: {binary(cache_limit(facts))}",
    }
