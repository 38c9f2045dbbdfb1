"""How a MariaDB database is run: backup, monitoring, alerts, environments, transactions and the testing strategy."""

from agents.dialects.mariadb.backup import backup, backup_claims, backup_decision, bulk_of, method
from agents.dialects.mariadb.monitoring import (
    alerts,
    monitoring,
    monitoring_claims,
    monitoring_omissions,
    monitoring_statements,
)
from agents.dialects.mariadb.product import MARIADB, Product
from agents.figures import duration_text, plain, serving, statement_goal
from agents.operations.archive import full_interval, kept_days
from agents.operations.basis import database_name, listed, replicated, setting_claim
from agents.operations.environments import access
from agents.operations.recovery_targets import Bulk, archives
from agents.operations.testing import testing_strategy
from agents.operations.transactions import transaction_decisions
from contracts.base import Decision, Origin
from contracts.claims import Claim
from contracts.operations import Environment, OperationsPlan, TestCase
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

_PERSONAL = ("personal", "health", "payment", "secret")
Pairs = tuple[tuple[str, str], ...]

ERRORS = {
    "40P01 (deadlock) is tried again": "1213 (deadlock) and 1205 (lock wait timeout) are tried again",
    "and try 40001 again": "and try 1213 again",
    "08006, 57P01": "2006, 2013",
    "(23514 is an answer": "(4025 is an answer",
    "(23P01)": "(SQLSTATE 23P01 of its trigger)",
    "23505 of": "1062 of",
    "gets 23505": "gets 1062",
    "gets 23514": "gets 4025",
    "gets 23P01": "gets SQLSTATE 23P01",
    "(23505)": "(1062)",
    "and more blocks without it": "and reads more rows without it",
    "since the setting is local to its transaction": "since a connection's variables are reset before it is lent",
}
"""What the shared agents say of errors, as MariaDB numbers them; its SQLSTATEs do not tell violations apart."""


def operations_plan(requirements: Requirements, schema: SchemaDesign, product: Product = MARIADB) -> OperationsPlan:
    """The whole plan; its statements prepare the monitoring queries."""
    bulk = bulk_of(requirements, schema)
    copies = backup(requirements, schema, bulk)
    recovery = backup_claims(requirements, schema, copies)
    watched = monitoring(requirements, schema, product)
    prepared = monitoring_statements(watched)
    settings = environments(requirements, schema, bulk, product)
    return OperationsPlan(
        backup=copies,
        monitoring=watched,
        alerts=alerts(requirements, schema, bulk, watched),
        environments=settings,
        tests=tuple(_native_test(test) for test in testing_strategy(requirements, schema, recovery)),
        statements=prepared,
        decisions=(
            backup_decision(requirements, copies),
            *(_native_decision(decision) for decision in transaction_decisions(requirements, schema)),
        ),
        omissions=monitoring_omissions(requirements, schema),
        claims=(*recovery, *monitoring_claims(watched, prepared), *environment_claims(settings)),
    )


def native(text: str) -> str:
    """The sentence with MariaDB's error numbers.

    >>> native("one succeeds, the other gets 23505")
    'one succeeds, the other gets 1062'
    """
    for said, own in ERRORS.items():
        text = text.replace(said, own)
    return text


def _native_test(test: TestCase) -> TestCase:
    return test.model_copy(update={"what": native(test.what)})


def _native_decision(decision: Decision) -> Decision:
    others = tuple(
        other.model_copy(update={"refused_because": native(other.refused_because)}) for other in decision.alternatives
    )
    changed = {"choice": native(decision.choice), "because": native(decision.because), "alternatives": others}
    return decision.model_copy(update=changed)


def environments(
    requirements: Requirements, schema: SchemaDesign, bulk: Bulk, product: Product = MARIADB
) -> tuple[Environment, ...]:
    """Development, test and production; staging as well for a service."""
    made = [_development(requirements, schema), _test(requirements, schema)]
    if requirements.tier in ("standard", "large"):
        made.append(_staging(requirements, schema))
    made.append(_production(requirements, schema, bulk))
    origin = Origin(kind="inferred", rule="environments differ in their data, their logging and what they may lose")
    return tuple(
        Environment.model_validate(
            {
                "name": name,
                "groups": tuple((subject, kept) for subject, pairs in groups if (kept := _kept(pairs, product))),
                "origin": origin,
                "serves": serving(requirements, "stack.", "availability.", "assumption."),
            }
        )
        for name, groups in made
    )


def _kept(pairs: Pairs, product: Product) -> Pairs:
    return tuple(pair for pair in pairs if pair[0] not in product.lacks)


Groups = tuple[str, list[tuple[str, Pairs]]]


def _database(requirements: Requirements, suffix: str, rows: str) -> tuple[str, Pairs]:
    return "database", (
        ("name", database_name(requirements, suffix)),
        ("character_set", "utf8mb4"),
        ("collation", "utf8mb4_nopad_bin"),
        ("rows", rows),
    )


def _development(requirements: Requirements, schema: SchemaDesign) -> Groups:
    rows = f"synthetic, {schema.dataset_rows:,} in each of {len(schema.tables)} tables"
    return "development", [
        _database(requirements, "development", rows),
        ("mariadb", (("general_log", "ON"), ("log_queries_not_using_indexes", "ON"))),
        ("access", access(requirements, "owner of the database: schema changes are tried here")),
    ]


def _test(requirements: Requirements, schema: SchemaDesign) -> Groups:
    rows = f"synthetic, made anew for each run; {len(schema.claims)} claims of the schema are tried on them"
    return "test", [
        _database(requirements, "test", rows),
        ("mariadb", (("innodb_flush_log_at_trx_commit", "0"), ("innodb_doublewrite", "OFF"), ("sync_binlog", "0"))),
        ("access", access(requirements, "the application's role, so that missing grants show")),
    ]


def _staging(requirements: Requirements, schema: SchemaDesign) -> Groups:
    hidden = [f"{t.name}.{c.name}" for t in schema.tables for c in t.columns if c.sensitivity in _PERSONAL]
    rows = "the last production copy, restored as the restore test"
    rows += f", with {listed(hidden, 8)} overwritten before anybody connects" if hidden else ""
    return "staging", [
        _database(requirements, "staging", rows),
        ("mariadb", _logging(requirements)),
        ("access", access(requirements, "the same roles as production, other logins")),
    ]


def _production(requirements: Requirements, schema: SchemaDesign, bulk: Bulk) -> Groups:
    return "production", [
        _database(requirements, "", f"live; {sum(t.rows_per_day for t in schema.tables):,.0f} new rows a day"),
        ("mariadb", () if requirements.tier == "embedded" else _logging(requirements)),
        ("backup", _backup(requirements, bulk)),
        ("access", access(requirements, "users whose default role is one of the project's")),
        ("availability", _availability(requirements)),
    ]


def _logging(requirements: Requirements) -> Pairs:
    """The slow query log, in seconds."""
    return (
        ("slow_query_log", "ON"),
        ("long_query_time", f"{max(0.001, statement_goal(requirements).value / 1000):g}"),
        ("log_slow_verbosity", "query_plan,explain"),
        ("innodb_print_all_deadlocks", "ON"),
    )


def _backup(requirements: Requirements, bulk: Bulk) -> Pairs:
    made = [
        ("method", method(requirements)),
        ("full_copy_every", f"{plain(full_interval(requirements, bulk).value)} h"),
        ("kept_for", duration_text(kept_days(requirements).value * 86_400)),
    ]
    return (*made, ("binary_log", "copied as it is written")) if archives(requirements) else tuple(made)


def _availability(requirements: Requirements) -> Pairs:
    goal = requirements.targets.availability_percent
    if goal is None:
        return ()
    minutes = (100 - goal) / 100 * 365 * 24 * 60
    failover = "a replica takes over" if replicated(requirements) else "the last copy is restored"
    return (("goal", f"{goal:g} %, at most {plain(minutes)} minutes a year"), ("when_the_server_fails", failover))


def environment_claims(made: tuple[Environment, ...]) -> tuple[Claim, ...]:
    """Every server setting of every environment has a name and a value that the server takes, each tried once."""
    claims: dict[tuple[str, str], Claim] = {}
    for environment in made:
        for subject, pairs in environment.groups:
            if subject == "mariadb":
                for name, value in pairs:
                    claims.setdefault((name, value), setting_claim(environment.name, name, value, environment.serves))
    return tuple(claims.values())
