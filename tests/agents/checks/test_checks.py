"""Every check finds what it is for, lets pass what is right, and explains itself."""

import importlib
import pkgutil
from fractions import Fraction
from math import lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agents.checks
from agents.checks import CheckModule, all_findings, checks
from agents.checks._bounds import bound
from agents.checks._elements import elements
from agents.checks.hash_partition_gap import covered, overlap
from contracts.plan import Design
from tests.agents import designs
from tests.agents.checks.cases import FAILS, PASSES, Case, hashed, partitioned

VALID = designs.design()
BY_ID = {check.id: check for check in checks()}


def found(check: str, design: Design) -> list[str]:
    return [f"{finding.element}: {finding.fact} {finding.evidence}" for finding in BY_ID[check].findings(design)]


def test_a_valid_design_has_no_findings() -> None:
    assert [f"{finding.check}: {finding.fact}" for finding in all_findings(VALID)] == []


@pytest.mark.parametrize("case", FAILS, ids=lambda case: f"{case.check}: {case.name}")
def test_finds(case: Case) -> None:
    seen = found(case.check, case.broken(VALID))
    assert any(case.element in line and case.words in line for line in seen), seen


@pytest.mark.parametrize("case", PASSES, ids=lambda case: f"{case.check}: {case.name}")
def test_lets_pass(case: Case) -> None:
    assert found(case.check, case.broken(VALID)) == []


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_is_tried_and_explained(check: CheckModule) -> None:
    assert check.asks.endswith("?"), "the first line of a check's docstring is the question that it asks"
    assert check.means.endswith(".")
    assert check.remedy.endswith(".")
    assert any(case.check == check.id for case in FAILS), "a check needs a design in which it fails"


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.id)
def test_findings_name_their_check_fact_and_remedy(check: CheckModule) -> None:
    for case in (case for case in FAILS if case.check == check.id):
        for finding in check.findings(case.broken(VALID)):
            assert finding.check == check.id
            assert finding.fact
            assert finding.remedy


def test_every_module_is_a_check_and_they_are_sorted() -> None:
    modules = [m.name for m in pkgutil.iter_modules(agents.checks.__path__) if not m.name.startswith("_")]
    assert [check.id for check in checks()] == sorted(name.replace("_", "-") for name in modules)
    assert all(importlib.import_module(f"agents.checks.{name}").__doc__ for name in modules)


def test_the_same_design_gives_the_same_findings() -> None:
    for case in FAILS:
        broken = case.broken(VALID)
        assert all_findings(broken) == all_findings(Design.model_validate_json(broken.model_dump_json()))


def test_elements_are_found_wherever_they_stand() -> None:
    places = {placed.id for placed in elements(VALID)}
    assert {
        "table.orders", "table.orders.total", "table.orders.fk_orders_user_id", "index.ix_orders_user_id",
        "cache_entry.get_product", "pool.application", "policy.own_orders", "backup", "migration.0001",
        "classification.users.password_hash",
    } <= {place for place in places if "figure" not in place}  # fmt: skip


MODULI = st.lists(st.integers(1, 12), min_size=1, max_size=5)


@given(MODULI, st.data())
def test_hash_partitions_without_findings_take_every_value_once(moduli: list[int], data: st.DataObject) -> None:
    bounds = [(m, data.draw(st.integers(0, m - 1))) for m in moduli]
    whole = lcm(*moduli)
    takers = [sum(value % m == r for m, r in bounds) for value in range(whole)]
    parts = [designs.hash_partition(m, r) for m, r in bounds]
    assert (found("hash-partition-gap", hashed(VALID, *parts)) == []) == all(count == 1 for count in takers)
    assert covered(bounds) == Fraction(sum(takers), whole)


@given(st.tuples(st.integers(1, 40), st.integers(0, 39)), st.tuples(st.integers(1, 40), st.integers(0, 39)))
def test_overlap_is_a_common_value(one: tuple[int, int], other: tuple[int, int]) -> None:
    pairs = [(m, r % m) for m, r in (one, other)]
    common = any(all(value % m == r for m, r in pairs) for value in range(lcm(one[0], other[0])))
    assert overlap(*pairs) == common


DAYS = st.dates(min_value=designs.dt.date(2020, 1, 1), max_value=designs.dt.date(2030, 1, 1))


@given(st.lists(DAYS, min_size=3, max_size=8, unique=True), st.integers(1, 6))
def test_consecutive_ranges_pass_and_a_missing_one_is_a_gap(days: list[designs.dt.date], drop: int) -> None:
    ends = [day.isoformat() for day in sorted(days)]
    parts = [designs.range_partition(f"p{i}", ends[i], ends[i + 1]) for i in range(len(ends) - 1)]
    broken = partitioned(VALID, *parts, designs.DEFAULT)
    assert not [line for line in found("range-partition-gap", broken) if "gap" in line or "overlap" in line]
    inner = drop % len(parts)
    if 0 < inner < len(parts) - 1:
        kept = [part for i, part in enumerate(parts) if i != inner]
        assert any("a gap" in line for line in found("range-partition-gap", partitioned(VALID, *kept)))


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("'2026-01-31'", "'2026-02-01'"),
        ("'2026-01-31 23:00:00+00'", "'2026-02-01'"),
        ("timestamptz '2026-01-31 23:30:00-05'", "'2026-02-01 05:00:00+00'"),
        ("9", "10"),
        ("MINVALUE", "'2026-01-01'"),
        ("'2026-01-01'", "maxvalue"),
        ("'a'", "'b'"),
    ],
)
def test_bounds_sort_as_the_engine_sorts_them(lower: str, upper: str) -> None:
    assert bound(lower) < bound(upper)
