"""What differs between development, test, staging and production, from this project's figures."""

from agents.figures import duration_text, plain, serving, statement_goal
from agents.operations.archive import archive_settings, full_interval, kept_days
from agents.operations.basis import database_name, listed, replicated, setting_claim
from agents.operations.recovery_targets import Bulk, archives, method
from agents.scaling.limits import spelled, time_limits
from agents.security.basis import role_name
from contracts.base import Origin
from contracts.claims import Claim
from contracts.operations import Environment
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

Pairs = tuple[tuple[str, str], ...]
_PERSONAL = ("personal", "health", "payment", "secret")


def environments(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> tuple[Environment, ...]:
    """Development and production for one person's device; test and staging as well for a service."""
    served = serving(requirements, "stack.", "availability.", "assumption.")
    made = [_development(requirements, schema), _test(requirements, schema)]
    if requirements.tier in ("standard", "large"):
        made.append(_staging(requirements, schema))
    made.append(_production(requirements, schema, bulk))
    return tuple(
        Environment.model_validate(
            {
                "name": name,
                "groups": tuple((subject, pairs) for subject, pairs in groups if pairs),
                "origin": Origin(
                    kind="inferred", rule="environments differ in their data, their logging and what they may lose"
                ),
                "serves": served,
            }
        )
        for name, groups in made
    )


def _database(requirements: Requirements, suffix: str, rows: str) -> tuple[str, Pairs]:
    name = database_name(requirements, suffix)
    return "database", (("name", name), ("encoding", "UTF8"), ("rows", rows))


def _development(requirements: Requirements, schema: SchemaDesign) -> tuple[str, list[tuple[str, Pairs]]]:
    rows = f"synthetic, {schema.dataset_rows:,} in each of {len(schema.tables)} tables"
    return "development", [
        _database(requirements, "development", rows),
        ("postgresql", (("log_min_duration_statement", "0"), ("log_lock_waits", "on"))),
        ("access", access(requirements, "owner of the database: schema changes are tried here")),
    ]


def _test(requirements: Requirements, schema: SchemaDesign) -> tuple[str, list[tuple[str, Pairs]]]:
    checked = len(schema.claims)
    return "test", [
        _database(
            requirements, "test", f"synthetic, made anew for each run; {checked} claims of the schema are tried on them"
        ),
        ("postgresql", (("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off"))),
        ("access", access(requirements, "the application's role, so that missing grants show")),
    ]


def _staging(requirements: Requirements, schema: SchemaDesign) -> tuple[str, list[tuple[str, Pairs]]]:
    hidden = [f"{t.name}.{c.name}" for t in schema.tables for c in t.columns if c.sensitivity in _PERSONAL]
    rows = "the last production copy, restored as the restore test"
    rows += f", with {listed(hidden, 8)} overwritten before anybody connects" if hidden else ""
    return "staging", [
        _database(requirements, "staging", rows),
        ("postgresql", (*_logging(requirements), *_limits(requirements))),
        ("access", access(requirements, "the same roles as production, other logins")),
    ]


def _production(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> tuple[str, list[tuple[str, Pairs]]]:
    embedded = requirements.tier == "embedded"
    watched = () if embedded else (*_logging(requirements), *_limits(requirements))
    return "production", [
        _database(requirements, "", f"live; {sum(t.rows_per_day for t in schema.tables):,.0f} new rows a day"),
        ("postgresql", (*watched, *archive_settings(requirements))),
        ("backup", _backup(requirements, bulk)),
        ("access", access(requirements, "members of the project's roles")),
        ("availability", _availability(requirements)),
    ]


def _logging(requirements: Requirements) -> Pairs:
    return (
        ("log_min_duration_statement", f"{max(1, round(statement_goal(requirements).value))}ms"),
        ("log_lock_waits", "on"),
        ("log_temp_files", "10MB"),
        ("log_autovacuum_min_duration", "10s"),
    )


def _limits(requirements: Requirements) -> Pairs:
    """The server's time limits, the same that its configuration was computed with."""
    return tuple((limit.name, spelled(limit)) for limit, _ in time_limits(requirements))


def access(requirements: Requirements, login: str) -> Pairs:
    """Who logs in to an environment, and as what."""
    if requirements.tier == "embedded":
        return (("login", f"the one user of {requirements.title or requirements.project}"),)
    return (
        ("login", login),
        ("application_role", role_name(requirements, "app")),
        ("migration_role", role_name(requirements, "migrator")),
    )


def _backup(requirements: Requirements, bulk: Bulk) -> Pairs:
    kept = kept_days(requirements).value
    made = [
        ("method", method(requirements)),
        ("full_copy_every", f"{plain(full_interval(requirements, bulk).value)} h"),
        ("kept_for", duration_text(kept * 86_400)),
    ]
    if archives(requirements):
        made.append(("archive", "continuous"))
    return tuple(made)


def _availability(requirements: Requirements) -> Pairs:
    goal = requirements.targets.availability_percent
    if goal is None:
        return ()
    minutes = (100 - goal) / 100 * 365 * 24 * 60
    failover = "a standby takes over" if replicated(requirements) else "the last copy is restored"
    return (("goal", f"{goal:g} %, at most {plain(minutes)} minutes a year"), ("when_the_server_fails", failover))


def environment_claims(made: tuple[Environment, ...]) -> tuple[Claim, ...]:
    """Every server setting of every environment has a name and a value that the server takes, each tried once."""
    claims: dict[tuple[str, str], Claim] = {}
    for environment in made:
        for subject, pairs in environment.groups:
            if subject == "postgresql":
                for name, value in pairs:
                    claims.setdefault((name, value), setting_claim(environment.name, name, value, environment.serves))
    return tuple(claims.values())
