"""One row at a time: which sentences say so, what each family makes of it, and how synthetic rows keep to it."""

import contextlib
import sqlite3

import pytest

from contracts.claims import Races
from tests.agents.soles import RULE, designed, rules

NAME = "uq_jobs_vehicle_id_open"


@pytest.mark.parametrize(
    ("line", "attributes", "terms", "values"),
    [
        (RULE, ("vehicle",), ("status",), ("open",)),
        ("A vehicle can have only one open job at a time", ("vehicle",), ("status",), ("open",)),
        ("A vehicle cannot have two open jobs", ("vehicle",), ("status",), ("open",)),
        ("No more than one open or waiting job for each vehicle", ("vehicle",), ("status",), ("open", "waiting")),
        ("Only one urgent job per vehicle", ("vehicle",), ("is_urgent",), ()),
        ("At most one open job per vehicle and bay", ("vehicle", "bay"), ("status",), ("open",)),
        ("At most one running job per vehicle", ("vehicle",), ("ends_at",), ()),
    ],
)
def test_one_of_those_that_count(
    line: str, attributes: tuple[str, ...], terms: tuple[str, ...], values: tuple[str, ...]
) -> None:
    (found,) = rules(line)
    assert (found.kind, found.entity, found.attributes) == ("unique", "job", attributes)
    assert (found.terms, found.values) == (terms, values)


@pytest.mark.parametrize(
    "line",
    [
        "At most one large job per vehicle",  # nothing says which jobs are large
        "At most 3 open jobs per vehicle",
        "There is one job per vehicle and bay",
        "An open job can be given to one vehicle",
    ],
)
def test_other_sentences_speak_of_all_rows_or_of_more_than_one(line: str) -> None:
    assert not [rule for rule in rules(line) if rule.terms]


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (RULE, "status = 'open'"),
        ("No more than one open or waiting job for each vehicle", "status IN ('open', 'waiting')"),
        ("Only one urgent job per vehicle", "is_urgent"),
        ("At most one running job per vehicle", "ends_at IS NULL"),
    ],
)
def test_it_is_a_unique_index_over_those_rows(rule: str, where: str) -> None:
    design = designed(rule=rule)
    (index,) = [i for i in design.indexes if i.unique]
    assert ([key.column for key in index.keys], index.where) == (["vehicle_id"], where)
    assert [d.id for d in design.decisions if d.id == "decision.soles"]
    tried = {c.id.rpartition(".")[2] for c in design.claims if c.id.startswith(f"jobs.{index.name}.")}
    assert tried - {"executes"} == {"second", "other", "raced"}


@pytest.mark.parametrize("family", ["postgresql", "sqlite", "mariadb", "mysql"])
def test_each_family_keeps_it_in_its_own_words(family: str) -> None:
    design = designed(family)
    sql = next(s.sql for s in design.statements if s.id == f"index.{NAME}")
    if family in ("postgresql", "sqlite"):
        assert sql == f"CREATE UNIQUE INDEX {NAME} ON jobs (vehicle_id) WHERE status = 'open'"
    else:
        assert "(IF(status = 'open', vehicle_id, NULL)) VIRTUAL INVISIBLE" in sql
    raced = any(isinstance(c.trial, Races) for c in design.claims if NAME in c.id)
    assert raced == (family in ("postgresql", "sqlite"))


def test_of_the_synthetic_rows_one_of_an_owner_counts_at_most() -> None:
    rows = next(s.sql for s in designed("sqlite").dataset if s.element == "table.jobs")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        columns = "number, vehicle_id, bay, status, is_urgent, begins_at, ends_at, created_at"
        connection.execute(f"CREATE TABLE jobs (id INTEGER PRIMARY KEY, {columns})")
        connection.execute(rows)
        found = connection.execute("SELECT count(*), count(DISTINCT vehicle_id) FROM jobs WHERE status = 'open'")
        counting, owners = found.fetchone()
        states = connection.execute("SELECT count(DISTINCT status) FROM jobs").fetchone()
    assert counting == owners > 100 and states == (3,)
