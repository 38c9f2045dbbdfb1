"""Limits of the database as limits on the wire: what the one accepts, the other does, and examples fit both."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.api_integration.examples import example, fits
from agents.api_integration.queries import query_facts
from agents.api_integration.values import ecma, value_of, value_of_type
from contracts.catalogue import PublishedTable
from tests.agents.api import designs


def limited(base: str, expression: str, **column: Any) -> Any:
    """The value of a column `c` with one check, in the server's spelling."""
    one = designs.column("c", base, **column)
    table = PublishedTable(name="t", columns=(one,), checks=(designs.check("ck", expression, "c"),))
    return value_of(one, table)


@pytest.mark.parametrize(
    ("base", "expression", "expected"),
    [
        ("integer", "(c >= 1)", {"minimum": 1}),
        ("integer", "((c >= 1) AND (c <= 365))", {"minimum": 1, "maximum": 365}),
        ("integer", "(c > 0)", {"minimum": 0, "exclusive_minimum": True}),
        ("integer", "(c >= '-5'::integer)", {}),
        ("varchar", "(btrim((c)::text) <> ''::text)", {"pattern": r"\S", "min_length": 1}),
        ("text", "(length(c) <= 10)", {"max_length": 10}),
        ("char", "(c ~ '^[A-Z]{2}$'::text)", {"pattern": "^[A-Z]{2}$"}),
        ("integer", "((c > 5) OR (c = 0))", {}),
        ("integer", "not sql at all (", {}),
    ],
)
def test_checks_become_limits(base: str, expression: str, expected: dict[str, object]) -> None:
    value = limited(base, expression)
    for name, limit in expected.items():
        assert getattr(value, name) == limit


def test_a_list_of_values_is_all_that_is_said() -> None:
    value = limited("varchar", "((c)::text = ANY (ARRAY['a','b']))", allowed=("a", "b"), length=9)
    assert value.enum == ("a", "b") and value.max_length is None


@given(st.integers(1, 18), st.data())
def test_decimals_travel_as_the_strings_that_the_column_holds(precision: int, data: st.DataObject) -> None:
    scale = data.draw(st.integers(0, precision - 1))
    value = limited("numeric", "(c >= (0)::numeric)", precision=precision, scale=scale)
    digits = data.draw(st.integers(0, 10**precision - 1))
    assert re.search(value.pattern, format(Decimal(digits).scaleb(-scale), "f"))
    assert not re.search(value.pattern, str(10 ** (precision - scale)))
    assert not re.search(value.pattern, "-1")


@given(st.integers(1, 60), st.sampled_from(["name", "order_number", "email", "notes", "slug", "country_code", "zzz"]))
def test_an_example_fits_or_there_is_none(length: int, column: str) -> None:
    value = value_of_type("varchar").model_copy(update={"max_length": length})
    found = example(value, "order_items", column, 3)
    assert found is None or fits(str(found), value)


@pytest.mark.parametrize("pattern", ["[[:punct:]]", r"\mword\M", "(?i)x", "["])
def test_patterns_that_would_mean_something_else_are_left_out(pattern: str) -> None:
    assert ecma(pattern) == ""


@pytest.mark.parametrize(
    ("sql", "operators"),
    [
        ("SELECT id FROM orders WHERE placed_at BETWEEN $1 AND $2", [">=", "<="]),
        ("SELECT id FROM orders WHERE (status)::text = ANY($1) AND id = $2", ["any", "="]),
        (
            "SELECT o.id FROM orders AS o JOIN users AS u ON u.id = o.user_id WHERE u.email = $1 AND o.id > $2",
            ["=", ">"],
        ),
        ("SELECT id FROM orders WHERE coalesce($1, id) = id LIMIT $2", ["unknown", "unknown"]),
        ("SELECT id FROM orders WHERE order_number ILIKE $1 AND $2 < id", ["search", ">"]),
    ],
)
def test_parameters_are_placed_by_what_they_are_compared_with(sql: str, operators: list[str]) -> None:
    query = designs.query("q", "t", sql, "a text, b text", table="orders")
    facts = query_facts(query, designs.design().catalogue)
    assert facts is not None
    assert [c.operator for c in facts.comparisons] == operators
