"""MariaDB's sizes, settings and pools: recomputed by hand, and held against what the shared agents decide."""

import math

import pytest

from agents.dialects.mariadb.scaling import scaling_plan
from agents.dialects.mariadb.settings import CONNECTION_BYTES
from agents.dialects.mariadb.sizes import heap, index_entries, row_bytes
from agents.figures import GB, evaluate, given
from agents.verification import proof
from contracts.brief import Machine
from contracts.claims import Balances, Engine, Experiment, Observations
from contracts.requirements import Requirements
from contracts.scaling import ScalingPlan
from contracts.schema import Column, SchemaDesign, Table
from tests.agents import designs

MACHINE = Machine(memory_gb=16, cores=4, disk="ssd")


def column(name: str, sql_type: str, kind: str, **more: object) -> Column:
    return designs.column(name, sql_type, kind, **more)


def schema() -> SchemaDesign:
    """The hand-made schema with MariaDB's types."""
    native = {"bigint": "BIGINT", "timestamptz": "DATETIME(6)", "jsonb": "JSON", "text": "LONGTEXT", "uuid": "CHAR(36)"}
    tables = tuple(
        table.model_copy(
            update={
                "columns": tuple(
                    c.model_copy(update={"sql_type": native.get(c.sql_type, c.sql_type.upper())}) for c in table.columns
                )
            }
        )
        for table in designs.tables()
    )
    return designs.schema().model_copy(update={"dialect": "mariadb", "engine_name": "MariaDB", "tables": tables})


def plan(machine: Machine | None = MACHINE, **targets: object) -> ScalingPlan:
    asked = designs.requirements()
    asked = asked.model_copy(update={"targets": asked.targets.model_copy(update=targets)})
    return scaling_plan(asked, schema(), machine)


def value(made: ScalingPlan, name: str) -> str:
    return next(setting.value for setting in made.settings if setting.name == name)


def test_a_row_is_its_columns_and_innodbs_own() -> None:
    table = Table(
        name="t", entity=None, nature="master", comment="", expected_rows=1, origin=designs.CONVENTION,
        columns=(
            column("id", "BIGINT", "integer", identity=True),
            column("at", "DATETIME(6)", "timestamp"),
            column("total", "DECIMAL(14,2)", "money"),
            column("note", "VARCHAR(60)", "string", nullable=True),
        ),
        primary_key=("id",),
    )  # fmt: skip
    assert row_bytes(table) == round(5 + 13 + 1 + 8 + 8 + (6 + 1) + (20 + 1) / 2)
    rows = given("rows", 1_000_000, "x")
    assert heap(table, rows).value == math.ceil(1_000_000 * row_bytes(table) / (16_256 * 0.9375)) * 16_384


def test_a_secondary_index_holds_the_primary_key_and_each_foreign_key_has_one() -> None:
    made = schema()
    orders = made.table("orders")
    names = [name for name, _ in index_entries(orders, made)]
    first = [i.keys[0].column for i in made.indexes if i.table == "orders"]
    missing = [k.name for k in orders.foreign_keys if k.columns[0] not in first]
    assert set(missing) <= set(names)


def test_the_buffer_pool_is_what_sessions_leave() -> None:
    made = plan()
    connections = int(value(made, "max_connections"))
    room = 16 * GB * 0.75 - connections * CONNECTION_BYTES
    pool = next(s for s in made.settings if s.name == "innodb_buffer_pool_size")
    assert pool.figure.value == math.floor(room / 2**27) * 2**27
    assert value(made, "innodb_log_file_size") == f"{min(4096, int(pool.figure.value / 4 / 2**20))}M".replace(
        "4096M", "4G"
    )


def test_every_figure_follows_from_its_formula() -> None:
    for setting in plan().settings:
        assert evaluate(setting.figure.formula, setting.figure.inputs) == setting.figure.value, setting.name


def test_the_sums_hold_without_an_engine() -> None:
    claims = tuple(claim for claim in plan().claims if isinstance(claim.trial, Balances))
    seen = Observations(engine=Engine(name="none", version="", origin="none"), rows=0, observations=())
    verdicts = proof(Experiment(script=(), claims=claims, rows=0), seen).evidence
    assert {one.verdict for one in verdicts} == {"holds"}, [one for one in verdicts if one.verdict != "holds"]
    assert {"scaling.memory", "scaling.connections", "scaling.disk"} <= {claim.id for claim in claims}


@pytest.mark.parametrize(("point", "waits"), [(0, True), (300, False)])
def test_a_commit_waits_for_a_replica_only_when_nothing_may_be_lost(point: int, waits: bool) -> None:
    made = plan(availability_percent=99.95, recovery_point_seconds=point)
    assert made.replicas
    assert any(s.name == "rpl_semi_sync_master_enabled" for s in made.settings) is waits
    assert any(name == "rpl_semi_sync_slave_enabled" for r in made.replicas for name, _ in r.settings) is waits


def test_many_instances_get_proxysql_and_no_pgbouncer() -> None:
    asked = designs.requirements()
    asked = asked.model_copy(update={"stack": asked.stack.model_copy(update={"instances": 40})})
    made = scaling_plan(asked, schema(), MACHINE)
    assert [p.product for p in made.pools if p.name == "proxysql"] == ["ProxySQL"]
    assert any(d.id == "scaling.pooler" for d in made.decisions)
    assert "gbouncer" not in made.model_dump_json().lower()


def test_one_person_gets_few_settings_and_no_disk() -> None:
    asked: Requirements = designs.requirements().model_copy(update={"tier": "embedded"})
    made = scaling_plan(asked, schema(), None)
    assert {"innodb_io_capacity", "performance_schema"}.isdisjoint(s.name for s in made.settings)
    assert made.disk is None
