"""A figure's value is what its own formula gives, and the sums behind caches obey their laws."""

import doctest

import pytest
from hypothesis import given as law
from hypothesis import strategies as st

from agents import figures
from agents.figures import (
    FormulaError,
    balance,
    evaluate,
    figure,
    given,
    hit_ratio,
    instances,
    mentioned,
    postgres_memory,
    read_share,
    request_rate,
    resident,
    serving,
    target,
)
from contracts.requirements import Stack, Targets
from tests.agents.sized import requirements

NUMBERS = st.floats(min_value=0.01, max_value=1e6)


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(figures).failed == 0


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a + b * 2", 7),
        ("ceil(a / b)", 1),
        ("max(a, min(b, 10)) ** 2", 9),
        ("floor(a / b)", 0),
        ("2 ** ceil(log2(b))", 4),
        ("round(a / b * 100) / 100", 0.33),
    ],
)
def test_a_formula_is_computed_from_its_text(formula: str, value: float) -> None:
    assert evaluate(formula, (given("a", 1, "x"), given("b", 3, "x"))) == value


@pytest.mark.parametrize(
    "formula",
    ["a + missing", "a if a else a", "__import__('os')", "a.real", "[a]", "max(a, key=a)", "'text'", "a // 2"],
)
def test_a_formula_that_its_reader_could_not_compute_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError, match="is no input, number or known function"):
        evaluate(formula, (given("a", 1, "x"),))


@law(NUMBERS, NUMBERS)
def test_a_figure_can_be_computed_again_from_itself(a: float, b: float) -> None:
    made = figure(
        "f", "max(a, b) / min(a, b)", (given("a", a, "x"), given("b", b, "y")), serves=("entity.x",), rule="r"
    )
    assert evaluate(made.formula, made.inputs) == made.value


@law(st.integers(1, 100_000), NUMBERS, NUMBERS, st.floats(0, 1.2))
def test_hits_and_residents_stay_within_their_bounds(keys: int, reads: float, lifetime: float, skew: float) -> None:
    assert 0 <= hit_ratio(keys, reads, lifetime, skew) <= 1 + 1e-9
    assert 0 <= resident(keys, reads, lifetime, skew) <= keys
    assert resident(keys, reads, lifetime, skew) <= reads * lifetime * (1 + 1e-9)


@law(st.integers(1, 100_000), NUMBERS, NUMBERS)
def test_a_longer_life_never_costs_hits(keys: int, reads: float, lifetime: float) -> None:
    assert hit_ratio(keys, reads, lifetime, 0.8) <= hit_ratio(keys, reads, lifetime * 2, 0.8) + 1e-9


def test_hits_of_equally_popular_keys_are_the_textbook_sum() -> None:
    """Without skew each of n keys is read reads / n times a second: x / (1 + x) of them hit."""
    x = 100 / 50 * 4
    assert hit_ratio(50, 100, 4, 0) == pytest.approx(x / (1 + x))


@pytest.mark.parametrize(
    ("size", "text"), [(128 << 20, "128MB"), (3 << 30, "3GB"), (32 << 10, "32kB"), (1.9 * (1 << 20), "1MB")]
)
def test_memory_is_spelled_as_postgresql_does(size: float, text: str) -> None:
    assert postgres_memory(size) == text


def test_inputs_name_the_requirement_that_they_come_from() -> None:
    found = requirements()
    assert request_rate(found).source == "performance.throughput"
    assert target(found, "response_ms", 500, "unused").source == "performance.response-time"
    assert instances(found).source == "stack.instances"


def test_an_input_that_nobody_gave_says_so() -> None:
    silent = requirements(targets=Targets(), stack=Stack(), tier="large")
    assert target(silent, "response_ms", 500, "half a second").source == "convention: half a second"
    assert request_rate(silent).value == 0.1
    assert request_rate(requirements(targets=Targets(concurrent_users=50))).value == 5
    assert (instances(silent).value, instances(silent).source[:10]) == (4, "convention")


@pytest.mark.parametrize(("given_share", "share"), [(0.9, 0.9), (90, 0.9), (None, 0.8), (1, 1)])
def test_the_read_share_is_between_zero_and_one(given_share: float | None, share: float) -> None:
    assert read_share(requirements(targets=Targets(read_share=given_share))).value == share


def test_what_is_served_exists_or_is_an_entity() -> None:
    found = requirements()
    assert serving(found, "availability.") == ("availability.uptime",)
    assert serving(found, "compliance.", "volume.") == ("volume.book",)
    assert serving(found, "compliance.") == ("entity.book",)
    assert mentioned(found, "compliance.") == ()


def test_a_balance_keeps_both_sides_as_products() -> None:
    made = balance(
        "b", "s", "e", ("entity.x",), [(given("a", 2, "x"), given("b", 3, "x"))], "<=", [(given("c", 6, "x"),)]
    )
    assert made.trial.kind == "balances"
    assert [[f.value for f in term.factors] for term in made.trial.left] == [[2, 3]]
