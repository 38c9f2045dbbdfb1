"""Goals and volumes: which number means what, for what, and what happens where two contradict each other."""

import pytest

from contracts.requirements import Requirements
from tests.agents.facts.reading import NAMES, SHOP, analysed


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Response time: <200ms for 95th percentile", "response_ms", 200),
        ("Pages load within 2 seconds", "response_ms", 2000),
        ("pages in less than a second", "response_ms", 1000),
        ("Throughput: 1,200 requests per second", "requests_per_second", 1200),
        ("600 requests per minute at peak", "requests_per_second", 10),
        ("The shop shall accept 1.500 orders per second in the busiest hour", "requests_per_second", 1500),
        ("5,000 concurrent users", "concurrent_users", 5000),
        ("40-60 employees, at most 25 at the same time", "concurrent_users", 25),
        ("40-60 employees, at most 25 at the same time", "users", 60),
        ("Head office users (between 80 and 120)", "users", 120),
        ("500k users", "users", 500_000),
        ("half a million users", "users", 500_000),
        ("90/10 reads to writes", "read_share", 0.9),
        ("70% reads", "read_share", 0.7),
        ("20% of all requests are writes", "read_share", 0.8),
        ("99.95% uptime", "availability_percent", 99.95),
        ("The service is available 99,9 % of the time", "availability_percent", 99.9),
        ("RPO: 5 minutes", "recovery_point_seconds", 300),
        ("RPO of 1 minute, RTO of 15 minutes", "recovery_point_seconds", 60),
        ("RPO of 1 minute, RTO of 15 minutes", "recovery_time_seconds", 900),
        ("a loss of at most 1 minute of sales is acceptable", "recovery_point_seconds", 60),
        ("At most one hour of data may be lost", "recovery_point_seconds", 3600),
        ("if it breaks on a sunday, monday is fine", "recovery_time_seconds", 86_400),
        ("RTO of 2 hours", "recovery_time_seconds", 7200),
        ("Data grows by 40% per year", "yearly_growth_percent", 40),
        ("grows 3% a year", "yearly_growth_percent", 3),
        ("500 GB of data", "data_gb", 500),
        ("The database is expected to reach 2 TB", "data_gb", 2000),
        ("Peak load is 4x the average, on Monday mornings", "peak_factor", 4),
        ("twice as many orders in December", "peak_factor", 2),
    ],
)
def test_targets(line: str, field: str, value: float) -> None:
    found = analysed(f"{NAMES}## Performance\n\n- {line}\n")
    assert getattr(found.targets, field) == pytest.approx(value)
    assert [t.use for t in found.trace if t.text == line] == ["used"]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Losing more than a quarter of an hour of entries would be too much.", "recovery_point_seconds", 900),
        ("If the box dies we can lose half a day.", "recovery_point_seconds", 43_200),
        ("Backups once a week are fine.", "recovery_point_seconds", 604_800),
        ("Two hours of downtime a month is what we could live with.", "availability_percent", 99.72),
        ("It has to run 99 % of the time.", "availability_percent", 99),
        ("We cope without it for a day.", "recovery_time_seconds", 86_400),
        ("After a failure it must be running again in an hour.", "recovery_time_seconds", 3600),
        ("If it crashes we need it back in 20 minutes.", "recovery_time_seconds", 1200),
        ("Outages of three hours are tolerable.", "recovery_time_seconds", 10_800),
        ("98.5 percent is plenty.", "availability_percent", 98.5),
        ("During the fair everything is triple.", "peak_factor", 3),
        ("On Saturdays we see five times the usual traffic.", "peak_factor", 5),
        ("Every screen has to be there in half a second.", "response_ms", 500),
        ("It must be up and running again by the next morning.", "recovery_time_seconds", 86_400),
        ("After a fire we want to be working again after two days.", "recovery_time_seconds", 172_800),
        ("We may have lost no more than four hours.", "recovery_point_seconds", 14_400),
        ("We're closed at night, so a backup every night is all we need.", "recovery_point_seconds", 86_400),
        ("Every year we get a quarter more.", "yearly_growth_percent", 25),
        ("The stock of orders doubles every year.", "yearly_growth_percent", 100),
        ("We expect a growth of a third every year.", "yearly_growth_percent", 33.3),
        ("We're a team of fourteen.", "users", 14),
        ("There are nine of us, all working in it at the same time.", "concurrent_users", 9),
        ("Up to 300 people look at it at the same moment.", "concurrent_users", 300),
        ("Nine out of ten requests only read.", "read_share", 0.9),
    ],
)
def test_what_is_tolerated_in_plain_words(line: str, field: str, value: float) -> None:
    assert getattr(analysed(f"{NAMES}{line}\n").targets, field) == pytest.approx(value)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("We lose two hours a day looking for orders.", "recovery_point_seconds"),
        ("A customer who loses an invoice may wait two days.", "recovery_point_seconds"),
        ("On Sundays the fee is double.", "peak_factor"),
        ("The fee doubles every year.", "yearly_growth_percent"),
        ("A quarter of the orders is late every year.", "yearly_growth_percent"),
        ("A team of dogs is an appointment.", "users"),
        ("An appointment can be moved for a day.", "recovery_time_seconds"),
        ("The room is double.", "peak_factor"),
        ("An order must be back in 14 days.", "recovery_time_seconds"),
    ],
)
def test_a_length_of_time_that_tolerates_nothing(line: str, field: str) -> None:
    before = analysed(NAMES + "Orders are kept.\n").targets
    assert getattr(analysed(f"{NAMES}{line}\n").targets, field) == getattr(before, field)


def test_a_table_of_figures() -> None:
    table = (
        "| What | How much |\n|---|---|\n| Orders per day | 140 |\n| Products | 6,200 |\n| Concurrent users "
        "| 120 |\n| RTO | 2 "
        "h |\n"
    )
    found = analysed(f"{NAMES}## Load\n\n{table}")
    assert (rows(found, "product"), rate(found, "order")) == (6200, 140)
    assert (found.targets.concurrent_users, found.targets.recovery_time_seconds) == (120, 7200)


def test_two_figures_for_one_target_take_the_stricter_and_ask() -> None:
    found = analysed(f"{NAMES}## Performance\n- Response time below 500 ms\n- Pages answer in 200 ms\n")
    assert found.targets.response_ms == 200
    assert [q.lines for q in found.open_questions if "response time" in q.question] == [(4, 5)]


def test_the_goal_of_one_access_is_no_contradiction() -> None:
    text = (
        "## Workflows\n- Staff list orders, newest first\n\n## Performance\n- Response time below 500 ms\n- "
        "Order list in "
        "100 ms\n"
    )
    found = analysed(SHOP + text)
    assert found.targets.response_ms == 500
    assert not [q for q in found.open_questions if "response time" in q.question]
    assert {p.response_ms for p in found.access_patterns if p.entity == "order" and p.kind == "list"} == {100}


def test_a_slow_report_is_no_goal_for_everything() -> None:
    found = analysed(f"{SHOP}## Performance\n- Monthly reports are ready within 10 seconds\n")
    assert any(a.id == "assumption.response-time" for a in found.assumptions)


def test_rate_limits_are_no_throughput() -> None:
    found = analysed(f"{NAMES}## API Requirements\n- Rate limits: 100 requests per minute per user\n")
    assert any(a.id == "assumption.requests-per-second" for a in found.assumptions)
    assert any(r.id == "security.rate-limit" for r in found.requirements)


def rows(found: Requirements, entity: str) -> int:
    return next(v.rows for v in found.volumes if v.entity == entity)


def rate(found: Requirements, entity: str) -> float:
    return next(v.rows_per_day for v in found.volumes if v.entity == entity)


@pytest.mark.parametrize(
    ("line", "entity", "count", "per_day"),
    [
        ("10,000 orders/day", "order", None, 10_000),
        ("50k products", "product", 50_000, 0),
        ("1.5 million customers", "customer", 1_500_000, 0),
        ("Invoices: 3,000", "invoice", 3_000, 0),
        ("600 invoices per hour", "invoice", None, 14_400),
        ("3 hotels with 120 rooms each", "room", 360, 0),
        ("900 orders on a normal day", "order", None, 900),
    ],
)
def test_volumes(line: str, entity: str, count: int | None, per_day: float) -> None:
    found = analysed(f"{NAMES}## Data volume\n- {line}\n")
    volume = next(v for v in found.volumes if v.entity == entity)
    assert volume.rows_per_day == pytest.approx(per_day)
    assert volume.origin.kind == "stated"
    if count is not None:
        assert volume.rows == count


@pytest.mark.parametrize(
    ("line", "entity", "count", "per_day"),
    [
        ("450 customers with 2 orders each", "order", 900, 0),
        ("100 customers; each customer makes 3 orders a day", "order", None, 300),
        ("9,000 orders per month with 8 order items on average", "order_item", None, 2400),
        ("1,000 customers, one order every 15 minutes each", "order", None, 96_000),
        ("100 orders a day, 3 order items per order", "order_item", None, 300),
    ],
)
def test_figures_count_by_what_holds_them(line: str, entity: str, count: int | None, per_day: float) -> None:
    found = analysed(f"{SHOP}## Numbers\n\n{line}\n")
    assert rate(found, entity) == pytest.approx(per_day)
    if count is not None:
        assert rows(found, entity) == count


@pytest.mark.parametrize(
    "line", ["Show the last 20 orders", "at most 30 orders are open", "2,000 customers work at the same time"]
)
def test_numbers_that_count_no_rows(line: str) -> None:
    found = analysed(f"{SHOP}## Numbers\n\n- {line}\n")
    assert {v.origin.kind for v in found.volumes} == {"inferred"}


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("I use it alone, on my laptop, for myself.", "embedded"),
        ("Runs on one server for 30 concurrent users.", "small"),
        ("Peak: 400 requests per second.", "standard"),
        ("Two data centres, 9,000 requests per second.", "large"),
        ("30 TB of data.", "large"),
        ("99.99% availability.", "standard"),
    ],
)
def test_tier_follows_from_numbers(text: str, tier: str) -> None:
    found = analysed(f"{NAMES}## Performance\n\n{text}\n")
    assert found.tier == tier
    (reason,) = [a for a in found.assumptions if a.id == "assumption.tier"]
    assert reason.value == tier


def test_rows_a_day_raise_an_assumed_load() -> None:
    calm = analysed(f"{SHOP}## Numbers\n- 100 orders a day\n").targets.requests_per_second
    busy = analysed(f"{SHOP}## Numbers\n- 2 million orders a day\n").targets.requests_per_second
    peak = analysed(f"{SHOP}## Numbers\n- 2 million orders a day\n- peaks of 3x\n").targets.requests_per_second
    assert calm is not None
    assert busy is not None
    assert peak is not None
    assert calm < busy < peak


@pytest.mark.parametrize(
    ("line", "rows", "daily"),
    [
        ("A payment has about 55k rows, growing by 500 a day.", 55_000, 500),
        ("Payments: 2 million records and 3,000 new rows per day.", 2_000_000, 3000),
    ],
)
def test_rows_are_those_of_what_was_named_before(line: str, rows: float, daily: float) -> None:
    found = analysed(f"{SHOP}\n\n{line}\n")
    assert [(v.rows, v.rows_per_day) for v in found.volumes if v.entity == "payment"] == [(rows, daily)]
    assert {"row", "record"}.isdisjoint(e.name for e in found.entities)
