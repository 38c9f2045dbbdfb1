"""Values that have a place in another table: people are asked, and the option that is offered carries them over."""

import pytest

from agents.envelopes import SEALED
from agents.evolution.carrying import selected
from contracts.evolution import Answers, SchemaObject, SchemaState
from flows.evolve_inputs import refuse_unknown
from flows.inputs import InputError
from tests.evolution.small import column, planned, state, table, thing


def refers(table_: str, column_: str, aim: str) -> tuple[SchemaObject, ...]:
    facts = {"type": "f", "columns": [column_], "references": aim,
             "definition": f"FOREIGN KEY ({column_}) REFERENCES {aim}(id)"}  # fmt: skip
    return (thing("constraint", f"fk_{table_}_{column_}", table_, **facts),)


PATIENT = table("patients", column("name"), column("allergies"), column("insurer"))
VISIT = (*table("visits", column("patient_id", "bigint", not_null=True)), *refers("visits", "patient_id", "patients"))
OLD = state(PATIENT, VISIT)
MOVED = state(
    table("patients", column("name"), column("insurer")),
    table("visits", column("patient_id", "bigint", not_null=True), column("allergies")),
    refers("visits", "patient_id", "patients"),
)
POLICY = table(
    "policies", column("patient_id", "bigint", not_null=True), column("insurer", not_null=True),
    column("since", "date", not_null=True), column("state", not_null=True, default="'open'"),
)  # fmt: skip
SPLIT = state(
    table("patients", column("name"), column("allergies")), VISIT, POLICY, refers("policies", "patient_id", "patients")
)


def asked(old: SchemaState, new: SchemaState, **answers: object) -> dict[str, tuple[str, ...]]:
    return {q.subject: q.answers for q in planned(old, new, **answers).questions}


def test_a_column_that_moves_to_a_table_of_its_rows_is_asked_for() -> None:
    assert asked(OLD, MOVED)["patients.allergies"] == (
        '--fill "visits.allergies=(SELECT a.allergies FROM patients a WHERE a.id = visits.patient_id)"',
        "--drop patients.allergies", "--keep patients.allergies",
    )  # fmt: skip


@pytest.mark.parametrize("answer", [{"drops": ("patients.allergies",)}, {"keeps": ("patients.allergies",)},
                                    {"fills": {"visits.allergies": "'none'"}}])  # fmt: skip
def test_each_answer_settles_it(answer: dict[str, object]) -> None:
    assert asked(OLD, MOVED, **answer) == {}


def test_a_column_of_the_same_name_in_a_table_that_has_nothing_to_do_with_it_is_no_place() -> None:
    elsewhere = state(table("patients", column("name"), column("insurer")), VISIT, table("menus", column("allergies")))
    assert asked(OLD, elsewhere) == {}


def test_an_optional_column_is_filled_where_it_was_said_with_what() -> None:
    plan = planned(OLD, MOVED, fills={"visits.allergies": "'none'"})
    assert any("SET allergies = 'none'" in sql for step in plan.steps for sql in step.forward)


def test_a_split_entity_gets_its_rows_before_the_column_goes() -> None:
    offered = asked(OLD, SPLIT)["patients.insurer"][0]
    query = "SELECT EXPRESSION AS id, insurer, id AS patient_id, EXPRESSION AS since FROM patients"
    assert offered == f'--fill "policies={query} WHERE insurer IS NOT NULL"'
    said = {"fills": {"policies": query.replace("EXPRESSION", "1")}, "drops": ("patients.insurer",)}
    plan = planned(OLD, SPLIT, **said)
    titles = [step.title for step in plan.steps]
    filled = next(step for step in plan.steps if step.title.startswith("policies gets its rows"))
    assert filled.forward[0].startswith("INSERT INTO policies (id, insurer, patient_id, since)\nSELECT 1 AS id")
    assert titles.index("New: policies") < titles.index(filled.title) < titles.index("patients.insurer goes")


def test_one_of_many_becomes_many_by_the_rows_of_the_joining_table() -> None:
    rooms = table("rooms", column("name"))
    room = column("room_id", "bigint")
    old = state(rooms, table("stays", column("day", "date"), room), refers("stays", "room_id", "rooms"))
    joining = table(
        "stay_rooms", column("stay_id", "bigint", not_null=True), column("room_id", "bigint", not_null=True)
    )
    new = state(rooms, table("stays", column("day", "date")), joining,
                refers("stay_rooms", "stay_id", "stays"), refers("stay_rooms", "room_id", "rooms"))  # fmt: skip
    query = "SELECT EXPRESSION AS id, room_id, id AS stay_id FROM stays WHERE room_id IS NOT NULL"
    assert asked(old, new)["stays.room_id"][0] == f'--fill "stay_rooms={query}"'
    assert selected(query) == ("id", "room_id", "stay_id")


def test_a_table_that_keeps_its_partitioning_keeps_its_key_and_gets_no_partitions() -> None:
    old = state(table("trail", column("at", "date", not_null=True)))
    new = state(
        table("trail", column("at", "date", not_null=True), partition_key="RANGE (at)"),
        table("trail_1", column("at", "date", not_null=True), parent="trail", bounds="FOR VALUES FROM ('2026-01-01')"),
    )
    wider = thing("constraint", "pk_trail", "trail", type="p", definition="PRIMARY KEY (id, at)", columns=["id", "at"])
    new = SchemaState(objects=tuple(wider if o.key == wider.key else o for o in new.objects))
    assert asked(old, new) == {"trail": ("--keep trail",)}
    plan = planned(old, new, keeps=("trail",))
    assert plan.questions == () and plan.steps == () and len(plan.kept) > 2


def listed(*values: str) -> SchemaState:
    words = ", ".join(f"'{value}'::text" for value in values)
    rule = thing("constraint", "ck_visits_state", "visits", type="c", columns=["state"],
                 definition=f"CHECK ((state = ANY (ARRAY[{words}])))")  # fmt: skip
    return state(table("visits", column("state")), (rule,))


def test_rows_whose_value_has_another_name_are_told_the_way_through_a_design_with_both() -> None:
    def check(*values: str) -> str:
        return planned(listed("booked", "checked in"), listed(*values)).steps[0].forward[0]

    assert "If ''arrived'' came in the place of ''checked in''" in check("booked", "arrived")
    assert "in the place of" not in check("booked")


def test_a_column_that_the_application_encrypts_from_now_on_is_a_question_and_a_new_one_is_none() -> None:
    rule = thing("constraint", "ck_patients_phone_format", "patients", type="c", columns=["phone"],
                 definition=f"CHECK (((phone)::text ~ '{SEALED}'::text))")  # fmt: skip
    plain, sealed = state(table("patients", column("phone"))), state(table("patients", column("phone")), (rule,))
    name = "patients.ck_patients_phone_format"
    assert asked(plain, sealed) == {name: (f"--keep {name}",)}
    assert asked(plain, sealed, keeps=(name,)) == {}
    assert asked(state(table("patients")), sealed) == {}


@pytest.mark.parametrize(
    "query", ["current_date", "SELECT * FROM patients", "SELECT 1 FROM patients", "SELECT FROM WHERE ("]
)
def test_rows_for_a_new_table_come_from_a_query_with_names(query: str) -> None:
    with pytest.raises(InputError, match="a new table gets its rows from a query"):
        refuse_unknown(Answers(fills={"policies": query}), OLD, SPLIT)
    refuse_unknown(Answers(fills={"policies": "SELECT id AS patient_id FROM patients"}), OLD, SPLIT)
    with pytest.raises(InputError, match="the new design has no visits"):
        refuse_unknown(Answers(fills={"visits": "SELECT id FROM patients"}), OLD, SPLIT)
