"""MariaDB's security plan on a real server: every claim holds with rows, and planted holes are caught."""

import datetime as dt
from collections.abc import Iterator

import pytest

from agents.dialects.mariadb.security import security_plan
from agents.dialects.mariadb.spelling import quoted
from agents.verification import proof
from contracts.base import Statement
from contracts.claims import Evidence, Experiment
from contracts.schema import SchemaDesign, Table
from contracts.security import SecurityPlan
from flows.engines.errors import EngineError
from flows.engines.mariadb import found
from flows.engines.mariadb.observing import observations_on
from flows.engines.mariadb.server import Server, serving
from tests.agents import designs
from tests.agents.dialects.test_mariadb_scaling import schema
from tests.engines.conftest import silent


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The MariaDB of this machine, in a folder of our own."""
    try:
        info = found("installed")
    except EngineError as error:
        pytest.skip(str(error))
    with serving(info) as running:
        yield running


def made(table: Table) -> Statement:
    """The bare table: what the plan stands on, without checks."""
    lines = [
        f"{quoted(c.name)} {c.sql_type}{' NOT NULL' if not c.nullable else ''}{' AUTO_INCREMENT' if c.identity else ''}"
        for c in table.columns
    ]
    lines.append(f"PRIMARY KEY ({', '.join(map(quoted, table.primary_key))})")
    lines += [f"KEY ({c.name})" for c in table.columns if c.identity and table.primary_key[0] != c.name]
    lines += [
        f"FOREIGN KEY ({quoted(k.columns[0])}) REFERENCES {quoted(k.references)} (id)"
        for k in table.foreign_keys
        if table.partitioning is None
    ]
    sql = f"CREATE TABLE {quoted(table.name)} ({', '.join(lines)}) ENGINE=InnoDB"
    return Statement(id=f"table.{table.name}", section="schema", sql=sql, element=f"table.{table.name}")


def loaded(table: Table) -> Statement:
    """Forty rows; row 22 belongs to another parent than row 1 does."""
    values = {"BIGINT": "seq", "DATETIME(6)": "'2026-01-01'", "JSON": "'{}'"}
    keys = {k.columns[0] for k in table.foreign_keys}
    row = [
        "1 + seq % 20" if c.name in keys else values.get(c.sql_type, "seq")
        for c in table.columns
        if not (c.identity or c.nullable)
    ]
    names = ", ".join(f'"{c.name}"' for c in table.columns if not (c.identity or c.nullable))
    sql = f'INSERT INTO "{table.name}" ({names}) SELECT {", ".join(row)} FROM seq_1_to_40'
    return Statement(id=f"rows.{table.name}", section="schema", sql=sql, element=f"table.{table.name}")


def design() -> SchemaDesign:
    made_schema = schema()
    return made_schema.model_copy(
        update={
            "statements": tuple(map(made, made_schema.tables)),
            "dataset": tuple(map(loaded, made_schema.tables)),
            "claims": (),
        }
    )


def plan() -> SecurityPlan:
    return security_plan(designs.requirements(), design(), dt.date(2026, 11, 1))


def judged(server: Server, holes: tuple[str, ...] = ()) -> dict[str, Evidence]:
    """The verdicts on all claims of the plan, with statements of somebody who opened holes after it."""
    of, protection = design(), plan()
    planted = tuple(Statement(id=f"hole.{n}", section="security", sql=s, element="hole") for n, s in enumerate(holes))
    tried = Experiment(
        script=(*of.statements, *protection.statements, *planted), dataset=of.dataset, claims=protection.claims, rows=40
    )
    return {one.claim: one for one in proof(tried, observations_on(server, tried, silent)).evidence}


def test_every_claim_holds(server: Server) -> None:
    verdicts = judged(server)
    assert {claim: one.observed for claim, one in verdicts.items() if one.verdict != "holds"} == {}
    assert {"security.view.own_orders.own_rows", "security.audit.orders.update"} & set(verdicts)


@pytest.mark.parametrize(
    ("hole", "caught"),
    [
        ("GRANT DELETE ON orders TO stall_app", "security.grant.stall_app.exactly"),
        ("GRANT SELECT ON orders TO stall_app", "security.view.own_orders.not_past"),
        ("CREATE OR REPLACE VIEW own_orders AS SELECT * FROM orders", "security.view.own_orders.without_identity"),
        ("DROP TRIGGER orders_records_update", "security.audit.orders.watched"),
        ("DROP TRIGGER audit_log_refuses_delete", "security.audit.audit_log.not_removed"),
        ("GRANT INSERT ON audit_log TO stall_app", "security.audit.audit_log.app_does_not_forge"),
        ("GRANT stall_migrator TO stall_app", "security.grant.app.no_alter"),
        ("GRANT FILE ON *.* TO stall_app", "security.grant.app.no_write_a_file_of"),
    ],
)
def test_a_planted_hole_is_caught(server: Server, hole: str, caught: str) -> None:
    assert judged(server, (hole,))[caught].verdict == "fails"


def test_what_is_made_is_taken_back() -> None:
    protection = plan()
    back = "\n".join(protection.rollback)
    for role in protection.roles:
        assert f"DROP ROLE IF EXISTS {role.name}" in back
    for policy in protection.policies:
        assert f"DROP VIEW IF EXISTS {policy.name}" in back
    assert back.index("DROP VIEW") < back.index("DROP FUNCTION") < back.index("DROP ROLE")


def test_the_plan_says_what_is_lost() -> None:
    decisions = {one.id: one for one in plan().decisions}
    assert "Lost:" in decisions["security.decision.row_level"].because
    assert "TRUNCATE fires none" in decisions["security.decision.audit"].because


def test_one_person_gets_no_roles() -> None:
    alone = designs.requirements().model_copy(update={"tier": "embedded"})
    quiet = alone.protection.model_copy(update={"audit": False, "audited": (), "row_level": False})
    made_plan = security_plan(alone.model_copy(update={"protection": quiet}), design(), dt.date(2026, 11, 1))
    assert made_plan.roles == () and made_plan.statements == ()
    assert {one.subject for one in made_plan.omissions} >= {"Roles and grants", "Audit trail"}
