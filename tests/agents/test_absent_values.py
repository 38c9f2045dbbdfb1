"""Rows that are sought by what they lack: the query, its index in each family, rows of the proof, the API's words."""

import contextlib
import datetime as dt
import sqlite3

import pytest
import sqlglot

from agents import dialects
from agents.api_integration.statements import Scope, conditions, fixed_conditions
from agents.api_integration.wording import constant_text
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.claims import UsesIndex
from contracts.schema import SchemaDesign

HIRE = """# Tent hire

### Tent
- inventory number, unique
- size

### Worker
- name
- trade
- phone

### Hire
- tent_id (FK → Tent)
- handed out on: date
- brought back on: date, optional

### Repair
- tent_id (FK → Tent)
- worker_id (FK → Worker), optional
- noted at: timestamp
- done at: timestamp, optional
{rule}
## How it is used

- Staff list hires that are not brought back, oldest first.
- Staff list repairs without a worker, oldest first.

## Numbers

- 4000 tents, 300 hires per day, 90 repairs per day
"""


def designed(family: str, rule: str = "") -> SchemaDesign:
    brief = Brief(project="tents", text=HIRE.format(rule=rule), date=dt.date(2026, 3, 1))
    return dialects.family(family).schema_design(requirement_analysis(brief), brief.date)


@pytest.mark.parametrize(
    ("family", "hires", "repairs"),
    [
        ("postgresql", ("handed_out_on", "id", "|brought_back_on IS NULL"), ("noted_at", "id", "|worker_id IS NULL")),
        ("sqlite", ("handed_out_on", "id", "|brought_back_on IS NULL"), ("worker_id", "noted_at", "id", "|")),
        ("mariadb", ("brought_back_on", "handed_out_on", "id"), ("worker_id", "noted_at", "id")),
    ],
)
def test_each_family_has_an_index_for_what_has_no_value(
    family: str, hires: tuple[str, ...], repairs: tuple[str, ...]
) -> None:
    design = designed(family)
    for table, wanted in (("hires", hires), ("repairs", repairs)):
        (query,) = [q for q in design.queries if q.table == table and q.kind == "list" and "IS NULL" in q.sql]
        index = next(i for i in design.indexes if i.name == query.index)
        columns = [k.column for k in index.keys]
        expected = [c for c in wanted if not c.startswith("|")]
        assert columns[: len(expected)] == expected
        assert (index.where or "") == next((c[1:] for c in wanted if c.startswith("|")), "")


def test_some_rows_of_the_proof_lack_the_value() -> None:
    """The latest ones, as in life: a query for what is out finds rows, and the index holds few of all."""
    design = designed("sqlite")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in design.statements:
            if statement.sql.lstrip().upper().startswith("CREATE TABLE"):
                connection.execute(statement.sql)
        for load in design.dataset:
            connection.execute(load.sql)
        for table, column in (("hires", "brought_back_on"), ("repairs", "worker_id")):
            without, rows = connection.execute(
                f"SELECT count(*) FILTER (WHERE {column} IS NULL), count(*) FROM {table}"
            ).fetchone()
            assert (without, rows) == (1500, 10_000)
        (open_ones,) = connection.execute("SELECT count(*) FROM repairs WHERE done_at IS NULL").fetchone()
        assert open_ones == 0, "nobody asks for these"


def test_a_rule_that_counts_on_the_value_keeps_it() -> None:
    rule = "\n## Rules\n\n- A tent has at most one open hire.\n"
    load = next(d.sql for d in designed("postgresql", rule).dataset if d.element == "table.hires")
    assert "8500" not in load


LIMITED = """
## Rules

- A tent has at most 3 hires at a time.

## Typical questions

- Staff list the hires of a tent that are not brought back.
"""


def test_a_limit_leaves_its_owners_room_among_open_rows() -> None:
    """Each owner has some that are open, fewer than it may have, and the trials' own owner none."""
    design = designed("sqlite", LIMITED)
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in design.statements:
            if statement.sql.lstrip().upper().startswith("CREATE TABLE"):
                connection.execute(statement.sql)
        for load in design.dataset:
            connection.execute(load.sql)
        counts = "SELECT count(*) AS n FROM hires WHERE brought_back_on IS NULL GROUP BY tent_id"
        most, open_ones = connection.execute(f"SELECT max(n), sum(n) FROM ({counts})").fetchone()
    assert most == 2 and 0 < open_ones < 5_000


def test_few_open_rows_among_many_of_one_owner_are_found_by_the_owner() -> None:
    design = designed("postgresql", LIMITED)
    query = next(q for q in design.queries if q.name == "list_hires_by_tent_where_no_brought_back_on")
    trial = next(c.trial for c in design.claims if c.id == f"{query.name}.served")
    assert isinstance(trial, UsesIndex)
    assert trial.stand_ins == ("ix_hires_handed_out_on_id_partial",) and trial.enlarged > 1


def test_the_api_asks_for_it_by_name() -> None:
    tree = sqlglot.parse_one(
        "SELECT a FROM t WHERE a IS NULL AND deleted_at IS NULL AND b IS NOT NULL", dialect="postgres"
    )
    scope = Scope.__new__(Scope)
    scope.alias = {}
    found = [f for node in conditions(tree) for f in fixed_conditions(node, scope)]
    assert [(f.column, f.operator, f.values) for f in found] == [("a", "is null", ("true",))]
    assert constant_text("worker_id_is_empty", ("true",)) == "Only those without a worker."
