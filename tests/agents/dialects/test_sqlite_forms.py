"""Checks that stand in for SQLite's missing types: a value that is missing breaks none of them."""

import contextlib
import datetime as dt
import sqlite3

import pytest

from agents import dialects
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief

KINDS = ("coordinates", "json", "date", "timestamp", "time", "boolean", "uuid", "string")


@pytest.mark.parametrize("kind", KINDS)
def test_an_optional_value_may_be_missing(kind: str) -> None:
    text = f"# Places\n\n## Entities\n\n### Place\n- code: string, required\n- thing: {kind}, optional\n"
    brief = Brief(project="p", text=text, date=dt.date(2026, 11, 1), database="sqlite")
    design = dialects.family("sqlite").schema_design(requirement_analysis(brief), brief.date)
    assert next(c for c in design.table("places").columns if c.name.startswith("thing")).nullable
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in design.statements:
            if statement.section == "schema":
                connection.execute(statement.sql)
        assert connection.execute("INSERT INTO places (code) VALUES ('a')").rowcount == 1
