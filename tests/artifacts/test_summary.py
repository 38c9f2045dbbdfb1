"""Rows for tables are flat, and what failed comes first."""

import re

from artifacts import summary
from artifacts.figures import byte_size, duration, number
from contracts.plan import PersistencePlan
from flows.documents import handed_over
from tests.artifacts.conftest import HOSTILE, plan_with


def test_rows_are_flat_strings_on_one_line() -> None:
    for words in HOSTILE:
        plan = plan_with(words)
        tables = (
            summary.checklist_rows(plan.checklist),
            summary.evidence_rows(plan.proof),
            summary.requirement_rows(plan.design.requirements),
            summary.trace_table(plan),
        )
        for rows in tables:
            assert rows
            assert all(isinstance(value, str) and "\n" not in value for row in rows for value in row.values())


def test_what_fails_comes_first(plan: PersistencePlan) -> None:
    verdicts = [row["verdict"] for row in summary.evidence_rows(plan.proof)]
    assert verdicts == ["FAILS", "not tried", *["holds"] * 8]


def test_the_summary_names_what_failed(plan: PersistencePlan) -> None:
    text = summary.summary_md(plan, handed_over(plan, "out/shop/persistence.md", "out/shop/persistence.json"))
    assert "8 of 10 claims hold, 1 fails, 1 was not tried" in text
    assert "Claim `c.index` **fails**" in text
    assert re.search(r"\[`out/shop/persistence.md`\]\(file:///\S+/out/shop/persistence.md\)", text)


def test_a_requirement_names_what_serves_it(plan: PersistencePlan) -> None:
    rows = {row["requirement"]: row for row in summary.trace_table(plan)}
    assert rows["entity.order"]["served by"].startswith("table orders")
    assert rows["future.loyalty"]["served by"] == "nothing"


def test_a_requirement_names_its_place_in_the_brief(plan: PersistencePlan) -> None:
    found = plan.design.requirements
    rows = {row["requirement"]: row for row in summary.requirement_rows(found)}
    assert set(rows) == {asked.id for asked in (*found.requirements, *found.assumptions)}
    for asked in found.requirements:
        assert str(asked.origin.line or asked.origin.rule) in rows[asked.id]["where from"]
    for assumed in found.assumptions:
        assert rows[assumed.id]["where from"].startswith("assumed")


def test_numbers_are_readable() -> None:
    assert [number(v) for v in (0, 1234567, 0.25, 99.95, 1e-9)] == ["0", "1,234,567", "0.25", "99.95", "0"]
    assert [byte_size(v) for v in (0, 1023, 2**20, 1.5 * 2**40)] == ["0 bytes", "1,023 bytes", "1 MB", "1.5 TB"]
    assert [duration(v) for v in (1, 60, 86_400, 100, 0.5)] == [
        "1 second",
        "1 minute",
        "1 day",
        "1 minute 40 seconds",
        "0.5 seconds",
    ]
