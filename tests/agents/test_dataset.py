"""Synthetic rows: keys that stay apart, and rows that belong to somebody else however far away the owner stands."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Sequence

import pytest

from agents.dialects.sqlite import sql as sqlite
from agents.requirement_analysis import requirement_analysis
from agents.scaling.log_trials import log_claims
from agents.schema_design import schema_design
from agents.schema_design.dataset import Dataset
from agents.schema_design.expressions import computed
from agents.schema_design.room import ample, open_parent, open_parents
from agents.schema_design.row_keys import GROWN, is_sole
from benchmarks.once import DATE
from contracts.claims import WritesLog
from contracts.schema import ForeignKey, SchemaDesign, Table
from flows.inputs import brief_from_file


def designed(name: str) -> tuple[SchemaDesign, Dataset, dict[str, Table]]:
    """The design of a brief of the tests, and its rows."""
    brief = brief_from_file(f"tests/briefs/{name}.md", "", DATE)
    design = schema_design(requirement_analysis(brief), brief.date)
    return design, Dataset(design.tables, brief.date), {table.name: table for table in design.tables}


def test_a_short_unique_code_leaves_room_for_the_rows_of_trials() -> None:
    design, dataset, tables = designed("assets")
    assert tables["categories"].column("code").sql_type in ("char(3)", "varchar(3)")
    assert dataset.rows["categories"] == 2048
    assert any("generate_series(1, 2048)" in one.sql for one in design.dataset if one.element == "table.categories")


def test_a_row_below_another_owner_is_found_through_three_keys() -> None:
    """The projects of companies lie in blocks of twenty, and so do the reports of projects: the 22nd report is still
    one of the first company."""
    _, dataset, tables = designed("sitediary")

    def key(table: str, parent: str) -> ForeignKey:
        return next(key for key in tables[table].foreign_keys if key.references == parent)

    path = [key("entries", "daily_reports"), key("daily_reports", "projects"), key("projects", "companies")]
    assert dataset.of_another(path[:2]) == 22
    assert dataset.of_another(path) == 401


def parents(table: Table, columns: Sequence[str], sql: str) -> dict[str, set[int]]:
    """Whom the rows that the SQL inserts refer to, by column."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE {table.name} ({', '.join(column.name for column in table.columns)})")
        connection.executescript(sql)
        return {c: {row[0] for row in connection.execute(f"SELECT {c} FROM {table.name}")} - {None} for c in columns}


@pytest.mark.parametrize("name", ["library", "helpdesk"])
def test_fresh_rows_belong_to_parents_that_loaded_rows_have_and_only_growth_to_others(name: str) -> None:
    """Trials and histories insert rows far beyond the loaded ones, of which a part may be there."""
    design, _, tables = designed(name)
    dataset = Dataset(design.tables, dt.date.fromisoformat(DATE), spelling=sqlite)
    assert design.growth
    for table in tables.values():
        keys = [key.columns[0] for key in table.foreign_keys if len(key.columns) == 1]
        apart = [c for c in keys if not is_sole(table, c) and not dataset.in_blocks(table, c)]
        rows = dataset.rows[table.name]
        fresh = (None, *range(rows + 1, rows + 300), rows + 4_000, GROWN + 1)
        loaded = parents(table, apart, dataset.load(table).sql)
        inserted = parents(table, apart, ";\n".join(dataset.insert(table, row=row) for row in fresh))
        assert all(inserted[column] <= loaded[column] for column in apart), table.name
        if any(one.element == f"table.{table.name}" for one in design.growth):
            later = parents(table, apart, dataset.growth(table).sql)
            tied = {key.columns[0] for key in table.foreign_keys if key.agreeing}  # other owners have none of these
            assert any(later[c] - loaded[c] for c in apart) or set(apart) <= tied, table.name


def test_rows_of_a_year_stand_in_the_ratios_of_the_brief() -> None:
    design, _, tables = designed("library")
    dataset = Dataset(design.tables, dt.date.fromisoformat(DATE), most=5_000)
    assert {name: dataset.rows[name] for name in ("branches", "books", "loans")} == {
        "branches": 5, "books": 3_555, "loans": 5_000,
    }  # fmt: skip
    key = next(key for key in tables["copies"].foreign_keys if key.references == "books")
    assert dataset.children(tables["copies"], key) == 2.0  # two a book, as 14 and 7 a day; the proof has a page of each


def test_the_sample_of_a_row_in_the_middle_is_a_number_where_the_load_asks_for_it() -> None:
    """PostgreSQL takes no SELECT among the arguments of EXECUTE."""
    _, dataset, _ = designed("linen")
    assert "SELECT min(id)" in dataset.load(dataset.tables["linen_items"]).sql
    assert dataset.sample("linen_items", "delivery_id") == "7"


def logs(name: str) -> dict[str, WritesLog]:
    """What is written one by one, by table."""
    return {c.trial.table: c.trial for c in log_claims(designed(name)[0]) if isinstance(c.trial, WritesLog)}


def test_rows_that_are_written_one_by_one_respect_their_constraints() -> None:
    """Players differ, and an issue needs a unit that nobody has yet: of those none is left."""
    white, black = (part.strip() for part in logs("chess")["games"].sql.split(",\n")[1:3])
    assert white != black
    assert "issues" not in logs("bloodbank")


def test_an_owner_lies_anywhere_where_a_value_beside_it_tells_rows_apart() -> None:
    """A delivery's number is another one in each row, so that its hospital may be any."""
    trial = logs("linen")["deliveries"]
    assert "(SELECT m.hospital_id FROM wards AS m" in trial.sql and trial.images > trial.count / 2


def test_an_index_over_days_that_come_in_turn_has_a_place_for_each() -> None:
    """Incomes come on 150 days in turn, and are of hirers from anywhere: 200 rows come to many pages of the
    days' index, not to one, and not each to its own."""
    assert 190 < logs("costumes")["incomes"].images < 300


def test_the_parent_of_a_new_part_is_one_whose_state_lets_its_sum_change() -> None:
    """A paid report is frozen, so an expense item cannot be added to it."""
    design, _, tables = designed("expenses")
    lives = open_parents(design.lifecycles, design.totals)
    (life,) = lives.values()
    dataset = Dataset(design.tables, dt.date.fromisoformat(DATE), ample(design.totals), lives, sqlite)
    chosen = int(dataset.fresh("expense_items", "expense_report_id"))
    table = tables["expense_reports"]
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        given = [c.name for c in table.columns if not c.identity]
        connection.execute(f"CREATE TABLE {table.name} (id INTEGER PRIMARY KEY, {', '.join(given)})")
        connection.execute(dataset.load(table).sql)
        states = [row[0] for row in connection.execute(f"SELECT {life.column} FROM {table.name} ORDER BY id")]
        assert connection.execute(f"SELECT {open_parent(life)}").fetchone() == (chosen,)
    assert states[chosen - 1] not in life.frozen and set(states[500 : chosen - 1]) <= set(life.frozen)
    frozen = Dataset(design.tables, dt.date.fromisoformat(DATE), ample(design.totals), None, sqlite)
    assert states[(computed(frozen.fresh("expense_items", "expense_report_id")) or 0) - 1] in life.frozen


def test_rows_that_come_to_the_first_parents_of_a_grown_table_meet_few_pages_of_an_index_over_all() -> None:
    """Nine of ten likes belong to other people than those of the trial."""
    design, _, _ = designed("forum")
    ungrown = design.model_copy(update={"growth": ()})
    likes, few = (next(c.trial for c in log_claims(d) if ".post_likes." in c.id) for d in (design, ungrown))
    assert isinstance(likes, WritesLog) and isinstance(few, WritesLog)
    assert 0.8 < likes.images / few.images < 1.25  # ten times the rows, and the same place in the index
