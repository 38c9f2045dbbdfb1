"""Synthetic rows: keys that stay apart, and rows that belong to somebody else however far away the owner stands."""

from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from agents.schema_design.dataset import Dataset
from benchmarks.once import DATE
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
