"""The difference between schemas: nothing for equal ones, and applied to the one it gives the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.evolution.conversions import conversion
from agents.evolution.difference import applied, difference, disagreements
from agents.evolution.spelling import renamed_in
from contracts.evolution import SchemaObject, SchemaState
from tests.evolution.small import column, planned, state, table, thing

KINDS = st.sampled_from(["table", "column", "constraint", "index", "policy", "function"])
NAMES = st.sampled_from(["a", "b", "c", '"order"'])
OBJECTS = st.builds(
    lambda kind, owner, name, text: SchemaObject(
        kind=kind, table="" if kind in ("table", "function") else owner, name=name, facts={"definition": text}
    ),
    KINDS, NAMES, NAMES, st.sampled_from(["x", "y", None]),
)  # fmt: skip
STATES = st.lists(OBJECTS, max_size=12, unique_by=lambda o: o.key).map(lambda found: SchemaState(objects=tuple(found)))


@given(STATES)
def test_a_schema_does_not_differ_from_itself(one: SchemaState) -> None:
    assert difference(one, one).changes == ()
    assert disagreements(one, one) == ()


@given(STATES, STATES)
def test_a_difference_applied_gives_the_other_schema(one: SchemaState, other: SchemaState) -> None:
    found = difference(one, other)
    assert applied(found, one).equals(other)
    assert bool(found.changes) != one.equals(other)


def test_another_name_of_a_constraint_is_one_change_and_of_a_column_two() -> None:
    old = state(table("a", column("x")), (thing("constraint", "ck", "a", type="c", definition="CHECK (x <> '')"),))
    new = state(table("a", column("y")), (thing("constraint", "ck_x", "a", type="c", definition="CHECK (x <> '')"),))
    actions = [(c.subject.kind, c.action) for c in difference(old, new).changes]
    assert actions == [("constraint", "alter"), ("column", "add"), ("column", "remove")]


def test_the_order_of_columns_is_no_difference() -> None:
    assert state(table("a", column("x"), column("y"))).equals(state(table("a", column("y"), column("x"))))


@pytest.mark.parametrize(
    ("old", "new", "manner"),
    [
        ("character varying(5)", "character varying(9)", "widen"), ("character varying(5)", "text", "widen"),
        ("numeric(10,2)", "numeric(14,2)", "widen"), ("numeric(10,2)", "numeric(14,3)", "copy"),
        ("character varying(9)", "character varying(5)", "copy"), ("integer", "bigint", "copy"),
        ("bigint", "integer", "copy"), ("double precision", "numeric(12,2)", "copy"), ("uuid", "text", "copy"),
        ("json", "jsonb", "copy"), ("text", "integer", ""), ("text", "date", ""), ("boolean", "integer", ""),
        ("timestamp without time zone", "timestamp with time zone", ""),
    ],
)  # fmt: skip
def test_what_a_type_costs(old: str, new: str, manner: str) -> None:
    found = conversion("x", old, new)
    assert (found.manner if found else "") == manner


def test_names_in_strings_and_of_types_stay() -> None:
    assert renamed_in("CHECK (date > 'date'::date AND \"date\" = 1)", {"date": "day"}) == (
        "CHECK (day > 'date'::date AND \"date\" = 1)"
    )


def test_a_column_that_is_gone_beside_one_that_came_is_asked_about() -> None:
    old, new = state(table("orders", column("note"))), state(table("orders", column("remark")))
    plan = planned(old, new)
    assert plan.steps == ()
    assert plan.questions[0].answers == (
        "--rename orders.note=orders.remark", "--drop orders.note", "--keep orders.note"
    )  # fmt: skip
    assert planned(old, new, drops=("orders.note",)).questions == ()
    kept = planned(old, new, keeps=("orders.note",))
    assert [s.phase for s in kept.steps] == ["expand"]
    assert {o.name for o in kept.target.of("column", "orders")} == {"id", "note", "remark"}


def test_a_table_that_is_gone_beside_one_like_it_is_asked_about() -> None:
    columns = (column("email"), column("phone"))
    old, new = state(table("customers", *columns)), state(table("clients", *columns))
    assert planned(old, new).questions[0].answers[0] == "--rename customers=clients"
    unlike = state(table("buildings", column("height", "integer")))
    assert planned(old, unlike).questions == ()


def test_what_is_removed_waits_until_somebody_lets_it_go() -> None:
    old, new = state(table("a"), table("b")), state(table("a"))
    waiting = planned(old, new)
    assert [(s.removes, s.approved) for s in waiting.steps] == [(("b",), False)]
    assert planned(old, new, drops=("b",)).steps[0].approved
    assert not any("DROP TABLE" in sql for step in waiting.steps for sql in step.forward)


@pytest.mark.parametrize(
    ("old", "new", "option"),
    [
        ((), (column("x", not_null=True),), "--fill a.x=EXPRESSION"),
        ((column("x"),), (column("x", "date"),), "--using a.x=EXPRESSION"),
    ],
)
def test_values_that_nobody_knows_are_asked_for(
    old: tuple[SchemaObject, ...], new: tuple[SchemaObject, ...], option: str
) -> None:
    plan = planned(state(table("a", *old)), state(table("a", *new)))
    assert plan.questions[0].answers == (option,)
    assert plan.steps == ()


def test_another_partitioning_is_refused_and_may_be_left() -> None:
    old, new = state(table("a")), state(table("a", partition_key="RANGE (id)"))
    assert "second table" in planned(old, new).questions[0].text
    assert planned(old, new, keeps=("a",)).steps == ()


def test_versions_go_on_and_do_not_move_when_a_removal_is_approved() -> None:
    old = state(table("a", column("x"), column("y", "integer")), table("b"), table("schema_migrations"))
    new = state(table("a", column("z", "date")), table("schema_migrations"))
    first, second = planned(old, new), planned(old, new, drops=("b",))
    assert [s.version for s in first.steps] == [f"V{n:03}" for n in range(2, len(first.steps) + 2)]
    assert [(s.version, s.title) for s in first.steps] == [(s.version, s.title) for s in second.steps]
    assert all("schema_migrations" in step.forward[-1] for step in first.steps)


def test_a_right_on_columns_outlasts_the_one_on_their_table() -> None:
    """PostgreSQL takes the rights on columns along with the one on their table, also of one that came just before."""
    old = state(table("orders", column("name"), column("note"), grants=["SELECT TO reader"]))
    shown, hidden = column("name", grants=["SELECT TO reader"]), column("note")
    new = state(table("orders", shown, hidden, column("sum", grants=["SELECT TO reader"])))
    (step,) = [s for s in planned(old, new).steps if any("REVOKE SELECT ON TABLE" in sql for sql in s.forward)]
    forward, back = list(step.forward), list(step.back)
    assert forward.index("REVOKE SELECT ON TABLE orders FROM reader") == 0
    assert {"GRANT SELECT (name) ON TABLE orders TO reader", "GRANT SELECT (sum) ON TABLE orders TO reader"} <= {
        *forward
    }
    assert back[0] == "GRANT SELECT ON TABLE orders TO reader"


def test_what_a_kept_value_was_copied_from_is_the_spelled_answer() -> None:
    key = thing("constraint", "fk_orders_to_id", "orders", type="f", columns=["to_id"], references="addresses",
                definition="FOREIGN KEY (to_id) REFERENCES addresses(id)")  # fmt: skip
    old = state(table("addresses", column("city")), (*table("orders", column("to_id")), key))
    kept = (column("to_id"), column("to_city", not_null=True), column("to_whom", not_null=True))
    new = state(table("addresses", column("city")), (*table("orders", *kept), key))
    asked = {q.subject: q.answers for q in planned(old, new).questions}
    assert asked == {
        "orders.to_city": (
            '--fill "orders.to_city=(SELECT there.city FROM addresses AS there WHERE there.id = orders.to_id)"',
        ),
        "orders.to_whom": ("--fill orders.to_whom=EXPRESSION",),
    }
