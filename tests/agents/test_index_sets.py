"""The search for the cheapest set of indexes: against all sets there are, and by what changes a choice."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from agents.schema_design.costs import Candidate, Condition, Need, Relation, pages, through, upkeep, whole
from agents.schema_design.index_candidates import begins, standing
from agents.schema_design.index_search import Choice, Rates
from agents.schema_design.indexes import _served, is_worthy
from agents.schema_design.postgresql import POSTGRESQL
from agents.schema_design.spelling import Abilities
from contracts.base import Origin
from contracts.schema import Check, Exclusion, Index, IndexKey, Table
from tests.agents.designs import column, key_column, reference, table

STATED = Origin(kind="stated", line=1, quote="orders")
STATES = ("open", "paid", "done", "cancelled")
ORDERS = table(
    "orders", "order", "transaction",
    key_column(), column("user_id", "bigint", "integer"), column("status", "varchar(20)", "string"),
    column("placed_at", "timestamptz", "timestamp"), column("total", "numeric(14,2)", "money"),
    column("note", "varchar(200)", "text"),
    checks=(Check(name="ck_orders_status", kind="one_of", column="status", values=STATES, expression="", origin=STATED,
                  serves=()),),
    foreign_keys=(reference("orders", "user_id", "users"),),
)  # fmt: skip
ROWS = 1_000_000
RELATION = Relation(ORDERS, ROWS, {"user_id": 10_000.0})


def keys(*names: str) -> tuple[IndexKey, ...]:
    """Keys; a name that begins with a minus runs downwards."""
    return tuple(IndexKey(column=name.lstrip("-"), descending=name.startswith("-")) for name in names)


def need(name: str, **asked: object) -> Need:
    given = {"kind": "list", "reads": ("id", "total"), **asked}
    return Need(query=name, table="orders", **given)  # type: ignore[arg-type]


OPEN = Condition("status = 'open'", "status", ("open",))
OWN = need("own", equal=("user_id",), order=keys("-placed_at", "-id"), limit=20)
OWN_OPEN = need("own_open", equal=("user_id",), fixed=(OPEN,), order=keys("-placed_at", "-id"), limit=20)
ALL_OPEN = need("all_open", fixed=(OPEN,), order=keys("placed_at", "id"), limit=50)
MONTH = need("month", kind="aggregate", ranged=("placed_at",), reads=("total",))
DEAR = need("dear", equal=("total",), order=keys("id"), reads=("id", "note"), limit=50)


def choice(*needs: Need, inserts: float = 0.1, changes: float = 0.1, relation: Relation = RELATION) -> Choice:
    rates = Rates({one.query: 1.0 for one in needs}, inserts, changes)
    return Choice(relation, needs, (), rates, worthy=needs, abilities=POSTGRESQL.abilities)


def spelled(found: tuple[Candidate, ...]) -> list[str]:
    return sorted(
        ",".join(f"{'-' if k.descending else ''}{k.column}" for k in one.index.keys)
        + (f" with {','.join(one.index.include)}" if one.index.include else "")
        + (f" where {one.index.where}" if one.index.where else "")
        for one in found
    )


@pytest.mark.parametrize(
    "needs",
    [(OWN,), (OWN, OWN_OPEN), (ALL_OPEN,), (MONTH,), (OWN, ALL_OPEN, MONTH), (DEAR, OWN), (DEAR, ALL_OPEN, OWN_OPEN)],
    ids=lambda needs: "+".join(one.query for one in needs),
)
@pytest.mark.parametrize("writes", [0.0, 0.1, 10.0, 1_000.0])
def test_no_other_set_of_up_to_three_is_cheaper(needs: tuple[Need, ...], writes: float) -> None:
    search = choice(*needs, inserts=writes, changes=writes)
    found = tuple(search.candidates.index(one) for one in search.best())
    least = search._rounded(found)
    for size in range(1, 4):
        for chosen in itertools.combinations(range(len(search.candidates)), size):
            if all(any(leading[c] for c in chosen) for leading in search._leading) and not any(
                search._longer[c].intersection(chosen) for c in chosen
            ):
                assert search._rounded(chosen) >= least, (spelled(search.best()), chosen)


def test_an_index_of_a_parents_rows_in_order_serves_those_who_filter_them() -> None:
    few = Relation(ORDERS, ROWS, {"user_id": 50_000.0})
    assert spelled(choice(OWN, OWN_OPEN, relation=few).best()) == ["user_id,-placed_at,-id"]


def test_few_rows_of_a_state_in_order_are_worth_an_index_of_their_own() -> None:
    found = spelled(choice(OWN, ALL_OPEN).best())
    assert found[0] == "placed_at,id where status = 'open'" or found[0].startswith("status,placed_at,id")
    assert len(found) == 2


def test_a_partial_index_serves_narrower_conditions_where_the_planner_proves_them() -> None:
    undone = Condition("status NOT IN ('done', 'void')", "status", ("done", "void"), negated=True)
    index = Index(name="ix", table="orders", keys=keys("user_id", "placed_at"), where=undone.sql, because="",
                  origin=STATED, include=("status", "id", "total"))  # fmt: skip
    partial, asked = Candidate(index, (undone,)), replace(OWN_OPEN, order=keys("id"))
    proven, broad = through(RELATION, partial, asked), through(RELATION, partial, replace(asked, fixed=(undone,)))
    assert proven is not None and broad is not None and proven.seen == broad.seen
    assert through(replace(RELATION, proves=False, _distinct={}), partial, asked) is None
    done = Condition("status = 'done'", "status", ("done",))
    assert through(RELATION, partial, replace(asked, fixed=(done,))) is None


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        ((("a",), False), (("a", "b"), False), True),
        ((("a", "b"), False), (("a",), False), False),
        ((("a", "b"), True), (("a",), True), True),
        ((("a",), True), (("a", "b"), True), False),
        ((("a",), True), (("b",), False), False),
    ],
)
def test_a_condition_implies_another_one(
    one: tuple[tuple[str, ...], bool], other: tuple[tuple[str, ...], bool], holds: bool
) -> None:
    assert Condition("one", "status", *one).implies(Condition("other", "status", *other)) is holds
    assert not Condition("one", "status", *one).implies(Condition("other", "kind", *other))


def test_an_index_on_what_changes_is_given_up_where_it_changes_often() -> None:
    carrying = replace(OWN, reads=("id", "total", "status"), limit=100)
    large = Relation(ORDERS, ROWS, {"user_id": 1_000.0})
    seldom = choice(carrying, relation=large, inserts=0.01, changes=0.0).best()
    often = choice(carrying, relation=large, inserts=0.01, changes=1_000.0).best()
    assert "status" in seldom[0].index.include
    assert "status" not in often[0].index.include


def test_a_foreign_key_is_covered_where_no_query_reads_by_it() -> None:
    assert any(text.startswith("user_id") for text in spelled(choice(MONTH).best()))


def test_a_reading_that_cannot_be_carried_along_uses_spans_of_pages_where_writes_are_many() -> None:
    wide = replace(MONTH, reads=("note",))
    events = ORDERS.model_copy(update={"nature": "event"})
    found = choice(wide, inserts=5_000.0, relation=Relation(events, 10**8, {"user_id": 10_000.0})).best()
    assert "brin" in [one.index.method for one in found]


def test_the_costs_grow_with_rows_and_shrink_with_what_an_index_fixes() -> None:
    def tree(*names: str, include: tuple[str, ...] = ()) -> Candidate:
        return Candidate(Index(name="ix", table="orders", keys=keys(*names), include=include, because="",
                               origin=STATED, serves=()))  # fmt: skip

    def cost(one: Candidate, of: Need = OWN, relation: Relation = RELATION) -> float:
        access = through(relation, one, of)
        assert access is not None
        return access.cost

    in_order, plain = tree("user_id", "-placed_at", "-id"), tree("user_id")
    assert cost(in_order) < cost(plain) < whole(RELATION, OWN).cost
    assert cost(tree("user_id", "-placed_at", "-id", include=("total",))) < cost(in_order)
    assert cost(in_order) == pytest.approx(cost(tree("user_id", "placed_at", "id")))  # read backwards
    assert cost(plain, relation=Relation(ORDERS, 10 * ROWS, {"user_id": 10_000.0})) > 5 * cost(plain)
    assert through(RELATION, tree("placed_at"), DEAR) is None
    partial = Candidate(in_order.index.model_copy(update={"where": OPEN.sql}), (OPEN,))
    assert through(RELATION, partial, OWN) is None  # it lacks rows
    assert pages(RELATION, partial) < pages(RELATION, in_order) / 10
    assert upkeep(RELATION, tree("id").index) < upkeep(RELATION, plain.index) / 10


def test_open_rows_are_thought_to_lie_at_the_end_of_a_scan() -> None:
    by_time = Candidate(Index(name="ix", table="orders", keys=keys("placed_at", "id"), because="", origin=STATED,
                              serves=()))  # fmt: skip
    worst, hoped = through(RELATION, by_time, ALL_OPEN), through(replace(RELATION, evenly=True), by_time, ALL_OPEN)
    assert worst is not None and hoped is not None
    assert worst.seen == ROWS and hoped.seen < ROWS / 100


def test_a_row_of_a_small_table_is_looked_up_by_an_index_and_its_lists_are_read_whole() -> None:
    by_code = need("by_code", kind="lookup", equal=("note",), limit=None)
    small, tiny = Relation(ORDERS, 450.0, {"user_id": 45.0}), Relation(ORDERS, 20.0, {"user_id": 2.0})
    assert is_worthy(small, by_code) and not is_worthy(tiny, by_code)
    assert not is_worthy(small, OWN) and is_worthy(RELATION, OWN)
    assert "note" in spelled(choice(by_code, relation=small).best())


def test_the_direction_of_what_every_query_fixes_makes_no_second_index() -> None:
    def tree(*names: str) -> Candidate:
        return Candidate(Index(name="ix", table="orders", keys=keys(*names), because="", origin=STATED, serves=()))

    longer, shorter = tree("user_id", "-placed_at", "-id"), tree("user_id", "placed_at")
    assert begins(longer, shorter, {"placed_at", "id"})
    assert not begins(longer, shorter, {"user_id", "placed_at", "id"})
    report = need("report", kind="aggregate", equal=("user_id",), ranged=("placed_at",), reads=("user_id", "placed_at"))
    assert len([text for text in spelled(choice(OWN, report).best()) if text.startswith("user_id")]) == 1


def test_a_rule_against_overlaps_finds_the_rows_of_its_place_where_it_is_an_index() -> None:
    rule = Exclusion(name="ex", equal=("user_id",), start="placed_at", end="placed_at", origin=STATED, serves=())
    excluded = ORDERS.model_copy(update={"exclusions": (rule,)})
    few = Relation(excluded, ROWS, {"user_id": 100_000.0})
    found = [one for one in standing(excluded, POSTGRESQL.abilities) if one.index.method == "gist"]
    access = through(few, found[0], replace(OWN, order=()))
    assert access is not None and access.seen == 10
    assert choice(OWN, relation=few).best() == ()
    assert not standing(excluded, replace(POSTGRESQL.abilities, excludes=False))[1:]
    assert spelled(choice(OWN, relation=replace(few, table=ORDERS, _distinct={})).best())


def test_days_that_come_again_lie_everywhere_and_grow_with_the_table() -> None:
    by_day = Candidate(Index(name="ix", table="orders", keys=keys("placed_at"), because="", origin=STATED, serves=()))
    asked = need("day", equal=("placed_at",))
    rising, again = (
        [through(Relation(ORDERS, rows, {}, scattered=days), by_day, asked) for rows in (10_000, 100_000)]
        for days in ({}, {"placed_at": 150.0})
    )
    assert all(rising) and all(again)
    blocks = [[one.blocks for one in of if one] for of in (rising, again)]
    assert blocks[0][1] <= 1.25 * blocks[0][0] + 1 and blocks[1][1] > 2 * blocks[1][0]


def test_an_index_behind_few_values_stands_in_where_the_planner_searches_behind_each() -> None:
    rated = ORDERS.model_copy(update={"columns": (*ORDERS.columns, column("rating", "smallint", "integer"))})
    bounds = Check(name="ck", kind="range", column="rating", minimum=Decimal(1), maximum=Decimal(4), expression="",
                   origin=STATED, serves=())  # fmt: skip
    bounded = rated.model_copy(update={"checks": (*ORDERS.checks, bounds)})

    def tree(*names: str) -> Candidate:
        index = Index(name="_".join(names), table="orders", keys=keys(*names), because="", origin=STATED, serves=())
        return Candidate(index)

    there = (tree("placed_at"), tree("rating", "placed_at"), tree("user_id", "placed_at"))
    asked = need("span", ranged=("placed_at",), reads=("note",))

    def stand_ins(of: Table, abilities: Abilities) -> tuple[str, ...]:
        relation = Relation(of, ROWS, {"user_id": 10_000.0})
        return _served(relation, [relation], [asked], there, abilities)["span"].stand_ins

    assert stand_ins(bounded, POSTGRESQL.abilities) == ("rating_placed_at",)
    assert stand_ins(rated, POSTGRESQL.abilities) == ()
    assert stand_ins(bounded, replace(POSTGRESQL.abilities, proves=False)) == ()


def test_a_span_of_percentages_holds_one_of_a_hundred_in_the_rows_of_the_proof() -> None:
    index = Index(name="ix", table="orders", keys=keys("total"), because="", origin=STATED, serves=())
    asked = need("span", ranged=("total",), reads=("note",))
    relations = (Relation(ORDERS, ROWS, {}, spans=spans) for spans in ({}, {"total": 0.01}))
    usual, broad = (through(relation, Candidate(index), asked) for relation in relations)
    assert usual is not None and broad is not None and broad.seen == 2 * usual.seen
