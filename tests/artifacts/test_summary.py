"""Rows for tables are flat, and what failed comes first."""

from artifacts import summary
from artifacts.figures import byte_size, duration, number
from contracts.plan import PersistencePlan
from tests.artifacts.conftest import HOSTILE, plan_with


def test_rows_are_flat_strings_on_one_line() -> None:
    for words in HOSTILE:
        plan = plan_with(words)
        for rows in (summary.checklist_rows(plan), summary.evidence_rows(plan), summary.requirement_rows(plan)):
            assert rows
            assert all(isinstance(value, str) and "\n" not in value for row in rows for value in row.values())


def test_what_fails_comes_first(plan: PersistencePlan) -> None:
    verdicts = [row["verdict"] for row in summary.evidence_rows(plan)]
    assert verdicts == ["FAILS", "not tried", *["holds"] * 8]


def test_the_summary_names_what_failed(plan: PersistencePlan) -> None:
    text = summary.summary_md(plan)
    assert "8 of 10 claims hold, 1 fails, 1 was not tried" in text
    assert "Claim `c.index` **fails**" in text


def test_a_requirement_names_what_serves_it(plan: PersistencePlan) -> None:
    rows = {row["requirement"]: row for row in summary.requirement_rows(plan)}
    assert rows["entity.order"]["served by"].startswith("table orders")
    assert rows["future.loyalty"]["served by"] == "nothing"


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
