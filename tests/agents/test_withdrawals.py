"""What is ordered leaves the stock: whose parts take it, what the brief says of the moment, and who tells of it."""

from pathlib import Path

import pytest

from agents import dialects
from agents.operations.testing import testing_strategy as strategy
from agents.operations.transactions import transaction_decisions
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.claims import Races
from contracts.schema import Withdrawal
from tests.agents.stocks import DAY, USUAL, analysed, designed


def only(family: str = "postgresql", **lines: str) -> Withdrawal:
    (one,) = designed(family, **lines).withdrawals
    return one


def left_out(**lines: str) -> str:
    design = designed(**lines)
    assert not design.withdrawals and not [s for s in design.statements if "take_" in s.id]
    (reason,) = [o.reason for o in design.omissions if "takes from" in o.subject]
    return reason


def test_parts_of_an_order_take_from_what_they_name() -> None:
    one = only()
    assert (one.table, one.column, one.child, one.whole) == ("seeds", "stock_quantity", "order_items", "orders")
    assert (one.reference, one.key, one.quantity) == ("seed_id", "order_id", "quantity")
    assert (one.held, one.kept, one.open) == (("placed", "packed", "shipped"), ("shipped",), ("placed", "packed"))
    assert one.origin.kind == "inferred" and "assumption.stock-taken" in one.serves
    (assumed,) = [a for a in analysed().assumptions if a.id == "assumption.stock-taken"]
    assert "Stock is reduced when the order is shipped" in assumed.knob
    (decision,) = [d for d in designed().decisions if d.id == "decision.withdrawals"]
    assert len(decision.alternatives) == 4 and "ck_seeds_stock_quantity_range" in decision.because


@pytest.mark.parametrize(
    ("rule", "held"),
    [
        ("Stock is reduced when an order is shipped", ("shipped",)),
        ("The stock of a seed is taken once the order is packed", ("packed", "shipped")),
        ("Stock is deducted upon shipping", ("shipped",)),
        ("Stock is decremented when the order is placed", ("placed", "packed", "shipped")),
        ("Placing an order reserves stock", ("placed", "packed", "shipped")),
    ],
)
def test_the_brief_says_when(rule: str, held: tuple[str, ...]) -> None:
    one = only(rule=rule)
    assert one.held == held and one.origin.quote == rule
    assert not [a for a in analysed(rule=rule).assumptions if a.id == "assumption.stock-taken"]


@pytest.mark.parametrize(
    "rule",
    ["Stock is never below zero", "A cancelled order gives its reserved stock back", "Seeds are taken from a shelf"],
)
def test_other_sentences_leave_the_assumption(rule: str) -> None:
    assert "assumption.stock-taken" in only(rule=rule).serves


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ({"rule": "Stock is deducted after the payment"}, "no state of order says when"),
        ({"rule": "Stock is reserved when an order is placed and reduced when it is shipped"}, "several moments"),
        ({"stock": "- stock: integer, at least 0\n- available: integer, at least 0"}, "which of them"),
        ({"quantity": "- quantity: integer, at least -5"}, "may be negative"),
        ({"quantity": "- quantity: integer, at least 1, optional"}, "always known"),
    ],
)
def test_what_is_not_clear_is_left_out_with_its_reason(lines: dict[str, str], reason: str) -> None:
    assert reason in left_out(**lines)


@pytest.mark.parametrize(
    "lines",
    [
        {"order": "Purchase Order"},
        {"order": "Quote"},
        {"order": "Shopping Cart"},
        {"stock": "- safety_stock: integer, at least 0"},
        {"stock": "- seats: integer, at least 0"},
        {"quantity": "- note: text"},
    ],
)
def test_what_brings_goods_or_has_no_stock_takes_none(lines: dict[str, str]) -> None:
    design = designed(**lines)
    assert not design.withdrawals and not [o for o in design.omissions if "takes from" in o.subject]
    assert not [a for a in analysed(**lines).assumptions if a.id == "assumption.stock-taken"]


def test_a_moment_is_assumed_only_where_the_finished_names_tell_of_a_stock() -> None:
    """The German shop's stock is a `lagerbestand`, which no trigger takes: nothing would serve the assumption."""
    text = (Path(__file__).parents[1] / "briefs/german/shop.md").read_text()
    requirements = requirement_analysis(Brief(project="hafenladen", text=text, date=DAY))
    assert not dialects.family("postgresql").schema_design(requirements, DAY).withdrawals
    assert not [a for a in requirements.assumptions if a.id == "assumption.stock-taken"]


def test_an_order_to_a_supplier_brings() -> None:
    stock = f"{USUAL['stock']}\n\n### Supplier\n- name: text, unique"
    supplied = {"stock": stock, "states": f"{USUAL['states']}\n- supplier: reference to Supplier, required"}
    assert not designed(**supplied).withdrawals


def test_nobody_takes_from_the_stock_of_another_tenant() -> None:
    """The triggers run as their owner, so a guessed id would take what its writer may not even see."""
    stock = f"- gardener: reference to Gardener, required\n{USUAL['stock']}"
    more = "\n## Security\n- Multi-tenant: every gardener is a tenant, rows of one tenant are invisible to others\n"
    assert analysed(stock=stock, more=more).protection.tenant == "gardener"
    assert "whose stock it must not touch" in left_out(stock=stock, more=more)
    assert designed(more=more).withdrawals  # a catalogue that all tenants share


def test_postgresql_moves_it_for_a_whole_statement_as_the_owner_in_the_order_of_keys() -> None:
    made = {s.id: s.sql for s in designed().statements if s.element == f"withdrawal.{only().name}"}
    functions = [sql for name, sql in made.items() if name.startswith("function.") and not name.endswith(".revoke")]
    assert len(functions) == 5 and len([name for name in made if name.endswith(".revoke")]) == 5
    for sql in functions:
        assert "SECURITY DEFINER\nSET search_path = pg_catalog, pg_temp" in sql
        assert "ORDER BY id FOR NO KEY UPDATE" in sql
    inserted = made[f"trigger.take_{only().name}_insert"]
    assert "REFERENCING NEW TABLE AS made\n    FOR EACH STATEMENT" in inserted


def test_what_left_with_the_first_state_never_comes_back() -> None:
    design = designed(rule="Stock is reduced when an order is shipped")
    made = {s.id for s in design.statements}
    name = only().name
    assert f"trigger.take_{name}_state" in made
    assert not {f"trigger.take_{name}_delete", f"trigger.take_{name}_removed"} & made
    assert not [
        c for c in design.claims if c.id.startswith("withdrawal.") and c.id.endswith((".given_back", ".removed"))
    ]


@pytest.mark.parametrize("family", ["mariadb", "mysql"])
def test_where_no_trigger_can_the_document_says_who_does(family: str) -> None:
    design = designed(family)
    assert not design.withdrawals and not [s for s in design.statements if "take_" in s.id]
    assert [g for g in design.gaps if "takes what is ordered" in g.feature]
    (reason,) = [o.reason for o in design.omissions if "takes from" in o.subject]
    assert "UPDATE seeds SET stock_quantity = stock_quantity - ? WHERE id = ?" in reason


@pytest.mark.parametrize("family", ["postgresql", "sqlite"])
def test_each_promise_is_tried(family: str) -> None:
    name = f"withdrawal.{only(family).name}."
    tried = {c.id.removeprefix(name): c for c in designed(family).claims if c.id.startswith(name)}
    assert set(tried) == {"taken", "beyond", "changed", "given_back", "removed", "ended", "once", "left", "raced"}
    assert isinstance(tried["raced"].trial, Races)


def test_operations_say_the_same() -> None:
    requirements, design = (
        analysed(more="\n## Workflows\n1. A gardener places an order with its order items\n"),
        designed(),
    )
    cases = {test.name: test for test in strategy(requirements, design, ())}
    assert "a row of order_items each" in cases["seeds_stock_quantity_at_once"].what
    assert any(claim.endswith(".raced") for claim in cases["seeds_stock_quantity_at_once"].claims)
    assert "gets back once" in cases["seeds_stock_quantity_moved"].what
    (decision,) = transaction_decisions(requirements, design)
    assert "taken by the triggers of order_items" in decision.because
    rule = "Stock is reduced when an order is shipped"
    kept = strategy(analysed(rule=rule), designed(rule=rule), ())
    assert not [test for test in kept if rule in test.what and "the application keeps it" in test.what]
