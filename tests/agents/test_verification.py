"""The judge: each kind of trial holds, fails and stays untried for the right reason, in the right words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.verification import VerificationError, number, proof
from contracts.base import Input
from contracts.claims import (
    Accepted,
    Balances,
    Claim,
    Engine,
    Executes,
    Experiment,
    Observation,
    Observations,
    PlanFacts,
    Refused,
    Returns,
    Reverts,
    SettingAccepted,
    Term,
    Trial,
    UsesIndex,
)

ENGINE = Engine(name="PostgreSQL", version="18.6", origin="embedded")

EXECUTES = Executes(statement="table.orders")
ACCEPTED = Accepted(sql=("UPDATE orders SET total = 1",), affects=1)
FREELY_ACCEPTED = Accepted(sql=("SELECT 1",))
REFUSED = Refused(sql=("INSERT …",), sqlstate="23514")
RETURNS = Returns(sql=("SELECT …",), rows=(("1", None), ("2", "b")))
INDEX = UsesIndex(query="list_orders", arguments=("7",), table="orders", index="ix_orders_user_id")
GROWING = INDEX.model_copy(update={"growth": "flat"})
SETTING = SettingAccepted(name="max_connections", value="100")
REVERTS = Reverts(rollbacks=("DROP TABLE orders", "DROP TABLE users"))


def plan(blocks: int, without: int, rows: int = 20, removed: int = 0, index: str = INDEX.index) -> dict[str, Any]:
    facts = PlanFacts(indexes=(index,), blocks=blocks, blocks_without=without, rows=rows, rows_removed=removed)
    return {"plan": facts}


def grown(blocks: int, without: int, index: str = INDEX.index) -> dict[str, Any]:
    return {"grown": plan(blocks, without, index=index)["plan"]}


def error(sqlstate: str | None, message: str = "no") -> dict[str, Any]:
    return {"sqlstate": sqlstate, "message": message}


CASES: list[tuple[Trial, dict[str, Any], str, str]] = [
    (EXECUTES, {}, "holds", "executed"),
    (EXECUTES, error("42601", "syntax error\nLINE 1: …"), "fails", "refused with 42601: syntax error"),
    (EXECUTES, error(None, "a NUL character"), "fails", "refused with no SQLSTATE: a NUL character"),
    (ACCEPTED, {"affected": 1}, "holds", "accepted, 1 row affected"),
    (ACCEPTED, {"affected": 0}, "fails", "accepted, but 0 rows affected instead of 1"),
    (ACCEPTED, {}, "fails", "accepted, but the engine counted no rows where 1 were claimed"),
    (ACCEPTED, error("23505", "duplicate"), "fails", "refused with 23505: duplicate"),
    (FREELY_ACCEPTED, {"affected": 5}, "holds", "accepted"),
    (REFUSED, error("23514", "violates ck"), "holds", "refused with 23514: violates ck"),
    (REFUSED, error("23502", "null"), "fails", "refused with 23502: null, where SQLSTATE 23514 was claimed"),
    (REFUSED, {"affected": 1}, "fails", "succeeded, where SQLSTATE 23514 was claimed"),
    (REFUSED, error(None, "statement 1 of 2: no (SQLSTATE 23514)"), "fails",
     "refused with no SQLSTATE: statement 1 of 2: no (SQLSTATE 23514), where SQLSTATE 23514 was claimed"),
    (RETURNS, {"rows": (("1", None), ("2", "b"))}, "holds", "returned 2 rows as claimed"),
    (RETURNS, {"rows": (("1", None), ("2", "c"))}, "fails",
     "returned 2 rows, claimed 2; row 2 is (2, c), claimed (2, b)"),
    (RETURNS, {"rows": (("1", ""), ("2", "b"))}, "fails",
     "returned 2 rows, claimed 2; row 1 is (1, ), claimed (1, NULL)"),
    (RETURNS, {"rows": (("1", None),)}, "fails", "returned 1 row, claimed 2; row 2 is nothing, claimed (2, b)"),
    (RETURNS, {"rows": ()}, "fails", "returned 0 rows, claimed 2; row 1 is nothing, claimed (1, NULL)"),
    (RETURNS, {}, "fails", "executed, but returned no result set"),
    (RETURNS, error("42P01", "no table"), "fails", "refused with 42P01: no table"),
    (INDEX, plan(4, 834), "holds", "ix_orders_user_id: 4 blocks with it, 834 without"),
    (INDEX, plan(3, 6), "holds", "ix_orders_user_id: 3 blocks with it, 6 without"),
    (INDEX, {"plan": plan(15, 40_000)["plan"].changed(unit="steps")}, "holds",
     "ix_orders_user_id: 15 steps with it, 40000 without"),
    (INDEX, {"plan": plan(15, 400, index="other")["plan"].changed(unit="steps")}, "fails",
     "ix_orders_user_id is not in the plan, which reads other (15 steps)"),
    (INDEX, plan(3, 5), "fails", "ix_orders_user_id: 3 blocks with it, 5 without, less than 2 times as many"),
    (INDEX, plan(52, 94, rows=50), "holds", "ix_orders_user_id: 52 blocks with it, 94 without"),
    (INDEX, plan(52, 70, rows=50), "fails",
     "ix_orders_user_id: 52 blocks with it, 70 without, less than 1.5 times as many"),
    (INDEX, plan(84, 84), "fails", "ix_orders_user_id: 84 blocks with it, 84 without, so the index pays nothing"),
    (GROWING, plan(4, 834) | grown(6, 8340), "holds",
     "ix_orders_user_id: 4 blocks with it, 834 without; 6 and 8340 when the table has grown"),
    (GROWING, plan(4, 5) | grown(5, 8340), "holds",
     "ix_orders_user_id: 4 blocks with it, 5 without; 5 and 8340 when the table has grown"),
    (GROWING, plan(40, 834) | grown(400, 8340), "fails",
     "ix_orders_user_id: 40 blocks with it, 834 without; 400 and 8340 when the table has grown, so the query grows with"
     " the table"),
    (GROWING.model_copy(update={"growth": "rows"}), plan(40, 834) | grown(400, 8340), "holds",
     "ix_orders_user_id: 40 blocks with it, 834 without; 400 and 8340 when the table has grown"),
    (GROWING, plan(4, 834) | grown(5, 6), "fails",
     "ix_orders_user_id: 4 blocks with it, 834 without; 5 and 6 when the table has grown, less than 2 times as many"),
    (GROWING, plan(4, 834) | grown(5, 6, index="pk_orders"), "fails",
     "ix_orders_user_id is not in the plan, which reads pk_orders (5 blocks)"),
    (INDEX, plan(0, 0), "fails", "ix_orders_user_id: 0 blocks with it, 0 without, so the index pays nothing"),
    (INDEX, plan(90, 834, removed=201), "fails",
     "ix_orders_user_id: 90 blocks with it, 834 without, but a filter threw away 201 rows to return 20"),
    (INDEX, plan(90, 834, removed=200), "holds", "ix_orders_user_id: 90 blocks with it, 834 without"),
    (INDEX, plan(4, 834, rows=0, removed=10), "holds", "ix_orders_user_id: 4 blocks with it, 834 without"),
    (INDEX, plan(4, 834, index="pk_orders"), "fails",
     "ix_orders_user_id is not in the plan, which reads pk_orders (4 blocks)"),
    (INDEX, {}, "fails", "ix_orders_user_id: the engine reported no plan"),
    (INDEX, {"plan": plan(73, 82, rows=4)["plan"].changed(seen=134, seen_without=10_000)}, "holds",
     "ix_orders_user_id: 73 blocks with it, 82 without, 134 and 10000 rows looked at"),
    (INDEX, {"plan": plan(73, 82, rows=4)["plan"].changed(seen=134, seen_without=4_000)}, "fails",
     "ix_orders_user_id: 73 blocks with it, 82 without, less than 2 times as many"),
    (INDEX, {"plan": plan(73, 82, rows=4)["plan"].changed(seen=67, seen_without=10_000)}, "fails",
     "ix_orders_user_id: 73 blocks with it, 82 without, less than 2 times as many"),
    (INDEX.model_copy(update={"enlarged": 5.0}), plan(90, 834, rows=4, removed=250), "holds",
     "ix_orders_user_id: 90 blocks with it, 834 without"),
    (INDEX.model_copy(update={"enlarged": 4.9}), plan(90, 834, rows=4, removed=250), "fails",
     "ix_orders_user_id: 90 blocks with it, 834 without, but a filter threw away 250 rows to return 4"),
    (INDEX, error("42704", "no index"), "fails", "refused with 42704: no index"),
    (SETTING, {}, "holds", "max_connections = 100 accepted"),
    (SETTING, error("22023", "out of range"), "fails", "max_connections = 100: refused with 22023: out of range"),
    (REVERTS, {}, "holds", "2 rollbacks left nothing behind, and the script ran again"),
    (REVERTS, {"leftovers": ("table a", "role b")}, "fails", "the rollbacks left table a, role b behind"),
    (REVERTS, {"leftovers": ("a", "b", "c", "d", "e")}, "fails", "the rollbacks left a, b, c and 2 more behind"),
    (REVERTS, error("2BP01", "others depend"), "fails", "refused with 2BP01: others depend"),
    (Reverts(rollbacks=()), {}, "fails", "there is no rollback to try"),
]  # fmt: skip


def experiment(*claims: Claim) -> Experiment:
    return Experiment(script=(), claims=claims, rows=10_000)


def observations(*seen: Observation) -> Observations:
    return Observations(engine=ENGINE, rows=10_000, observations=seen)


def claim(trial: Trial, identity: str = "orders.one") -> Claim:
    return Claim(id=identity, sentence="it is so", element="table.orders", trial=trial)


def judged(trial: Trial, identity: str = "orders.one", **seen: Any) -> tuple[str, str]:
    observed = observations(Observation(claim=identity, **seen))
    evidence = proof(experiment(claim(trial, identity)), observed).evidence[0]
    return evidence.verdict, evidence.observed


@pytest.mark.parametrize(("trial", "seen", "verdict", "words"), CASES)
def test_judges(trial: Trial, seen: dict[str, Any], verdict: str, words: str) -> None:
    assert judged(trial, **seen) == (verdict, words)


@pytest.mark.parametrize("trial", [case[0] for case in CASES])
def test_an_engine_that_cannot_try_says_why(trial: Trial) -> None:
    assert judged(trial, tried=False, reason="lacks CREATEROLE") == ("not_tried", "lacks CREATEROLE")
    assert judged(trial, tried=False) == ("not_tried", "PostgreSQL 18.6 gave no reason")


def test_a_claim_that_nobody_observed_is_not_tried() -> None:
    evidence = proof(experiment(claim(EXECUTES)), observations()).evidence[0]
    assert (evidence.verdict, evidence.observed) == ("not_tried", "no observation came from PostgreSQL 18.6")


REFUSALS = [
    ("orders.ck_orders_total", 'violates check constraint "ck_orders_total"', "holds"),
    ("orders.ck_orders_total", 'violates check constraint "ck_orders_status"', "fails"),
    ("orders.total.required", 'violates check constraint "ck_orders_status"', "holds"),
    ("orders.uq_orders_number", 'violates unique constraint "orders_p0_number_key"', "holds"),
]


@pytest.mark.parametrize(("identity", "message", "verdict"), REFUSALS)
def test_a_refusal_by_another_constraint_proves_nothing(identity: str, message: str, verdict: str) -> None:
    assert judged(REFUSED, identity, sqlstate="23514", message=message)[0] == verdict


def test_evidence_follows_the_claims_and_not_the_observations() -> None:
    claims = (claim(EXECUTES, "b"), claim(SETTING, "a"))
    made = proof(experiment(*claims), observations(Observation(claim="a"), Observation(claim="b")))
    assert [evidence.claim for evidence in made.evidence] == ["b", "a"]
    assert (made.claims, made.engine, made.rows) == (claims, ENGINE, 10_000)


@pytest.mark.parametrize(
    ("claims", "seen", "words"),
    [
        ([], ["ghost"], '"ghost", which the experiment does not hold'),
        (["a", "a"], [], 'two of claim "a"'),
        (["a"], ["a", "a"], 'two of observation of claim "a"'),
    ],
)
def test_what_does_not_belong_together_is_our_error(claims: list[str], seen: list[str], words: str) -> None:
    with pytest.raises(VerificationError, match=words):
        proof(experiment(*(claim(EXECUTES, c) for c in claims)), observations(*(Observation(claim=s) for s in seen)))


def term(*factors: float) -> Term:
    return Term(factors=tuple(Input(name="x", value=value, source="stated") for value in factors))


def balance(left: list[Term], relation: str, right: list[Term]) -> tuple[str, str]:
    trial = Balances(left=tuple(left), relation=relation, right=tuple(right))  # type: ignore[arg-type]
    evidence = proof(experiment(claim(trial)), observations()).evidence[0]
    return evidence.verdict, evidence.observed


BALANCES = [
    ([term(20, 4), term(10)], "<=", [term(100)], "holds", "20 × 4 + 10 = 90 ≤ 100"),
    ([term(20, 4), term(30)], "<=", [term(100)], "fails", "20 × 4 + 30 = 110 is not ≤ 100"),
    ([term(90)], "<=", [term(25, 4)], "holds", "90 ≤ 100 = 25 × 4"),
    ([term(100)], "<", [term(100)], "fails", "100 is not < 100"),
    ([term(0.1), term(0.2)], "=", [term(0.3)], "holds", "0.1 + 0.2 = 0.3 = 0.3"),
    ([term(0.1), term(0.2)], "<=", [term(0.3)], "holds", "0.1 + 0.2 = 0.3 ≤ 0.3"),
    ([term(0.1), term(0.2)], ">", [term(0.3)], "fails", "0.1 + 0.2 = 0.3 is not > 0.3"),
    ([term(2)], "=", [term(3)], "fails", "2 ≠ 3"),
    ([term(3)], ">=", [term(2)], "holds", "3 ≥ 2"),
    ([term(3)], ">", [term(2)], "holds", "3 > 2"),
    ([], "<=", [term(1)], "fails", "one side of the balance has no term"),
    ([term(float("nan"))], "<=", [term(1)], "fails", "nan is not ≤ 1"),
    ([term(1)], "<=", [term(float("inf"))], "fails", "1 is not ≤ inf"),
]


@pytest.mark.parametrize(("left", "relation", "right", "verdict", "words"), BALANCES)
def test_balances_without_any_engine(
    left: list[Term], relation: str, right: list[Term], verdict: str, words: str
) -> None:
    assert balance(left, relation, right) == (verdict, words)


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_relations_contradict_each_other_as_they_should(left: int, right: int) -> None:
    held = {r: balance([term(left)], r, [term(right)])[0] == "holds" for r in ("<=", "<", "=", ">=", ">")}
    assert held["<="] == (left <= right) == (not held[">"])
    assert held["<"] == (left < right) == (not held[">="])
    assert held["="] == (left == right)


@pytest.mark.parametrize(("value", "text"), [(4.0, "4"), (12_345_678.0, "12345678"), (0.5, "0.5"), (1e20, "1e+20")])
def test_numbers_are_written_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text
