"""The security plan: what it decides, that its promises hold on an engine, and that breaking it is noticed."""

import datetime as dt
import functools
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.schema_design import schema_design
from agents.security import security_plan
from agents.security.basis import listed, project_name
from agents.security.guards import guards
from agents.security.staff import staff
from agents.security.trail import partitions, trail
from contracts.claims import Evidence
from contracts.requirements import Protection
from tests.agents.analyses import attribute, belongs, entity, pattern, rule
from tests.agents.protected import START, clinic, evidence, habits, plans, plans_of, saas, said, tried


@pytest.mark.parametrize("name", ["clinic", "habits", "saas"])
def test_every_claim_of_the_plan_holds_on_the_engine(name: str) -> None:
    seen = evidence(name)
    failed = {
        claim.id: seen[claim.id].observed for claim in plans(name).security.claims if seen[claim.id].verdict != "holds"
    }
    assert not failed


HOLES = {
    "security.policy.patients.patients_own_rows": "CREATE POLICY open ON patients TO city_clinic_app USING (true)",
    "security.policy.appointments": "SELECT 1",
    "security.audit.patients.update": "SELECT 1",
    "security.audit.patients.delete": "SELECT 1",
    "security.grant.city_clinic_readonly.patients.select": "GRANT ALL ON patients, visit_events TO "
    "city_clinic_readonly",
    "security.audit.audit_log.append_only.rows": "SELECT 1",
    "security.policy.prescriptions.prescriptions_doctor_rows": "CREATE POLICY p ON prescriptions TO city_clinic_doctor"
    " USING (true)",
    "security.schema.public.revoke": "SELECT 1",
}
"""An open policy, no policy, one that records nothing, missing triggers, grants too many, an open trail and schema."""


@functools.cache
def broken() -> dict[str, Evidence]:
    """What the claims of the clinic say about a script with these holes."""
    made = plans("clinic")
    assert set(HOLES) <= {s.id for s in made.security.statements}
    script = tuple(s.model_copy(update={"sql": HOLES.get(s.id, s.sql)}) for s in made.script())
    claims = tuple(c for c in made.security.claims if c.trial.kind != "executes")
    return tried(script, made.schema.dataset, claims)


@pytest.mark.parametrize(
    "claim",
    [
        "security.policy.patients.without_setting",
        "security.policy.patients.with_empty_setting",
        "security.policy.patients.own_rows",
        "security.policy.patients.no_foreign_update",
        "security.policy.appointments.own_rows",
        "security.policy.appointments.no_foreign_insert",
        "security.policy.appointments.no_foreign_update",
        "security.audit.patients.records",
        "security.audit.patients.every_row",
        "security.audit.patients.comes_and_goes",
        "security.audit.access_log.prescriptions.city_clinic_doctor",
        "security.audit.audit_log.no_update",
        "security.audit.audit_log.no_delete",
        "security.grant.readonly.hides.patients.password_hash",
        "security.grant.readonly.no_delete",
        "security.grant.readonly.no_update",
        "security.schema.public.closed",
    ],
)
def test_a_hole_is_noticed(claim: str) -> None:
    assert broken()[claim].verdict == "fails"


def test_tables_that_stay_with_the_deployer_are_noticed() -> None:
    made = plans("clinic")
    script = tuple(s for s in made.script() if s.id != "security.ownership.tables")
    claims = tuple(
        c for c in made.security.claims if c.id.startswith("security.ownership.") and c.trial.kind != "executes"
    )
    seen = tried(script, (), claims)
    assert len(seen) == 2
    assert {e.verdict for e in seen.values()} == {"fails"}


def test_a_column_without_an_index_is_noticed() -> None:
    made = plans("clinic")
    script = tuple(s for s in made.script() if " INDEX " not in s.sql)
    claim = next(c for c in made.security.claims if c.id == "security.policy.reviews.patient_id.indexed")
    assert tried(script, (), (claim,))[claim.id].verdict == "fails"


def test_what_is_whole_still_holds_beside_the_holes() -> None:
    assert broken()["security.policy.reviews.no_foreign_insert"].verdict == "holds"


def test_a_personal_device_gets_no_walls_and_says_why() -> None:
    plan = plans("habits").security
    assert (plan.statements, plan.roles, plan.policies, plan.audit) == ((), (), (), None)
    subjects = {"Roles and grants", "Row-level security", "Audit trail", "Column encryption"}
    assert {o.subject for o in plan.omissions} == subjects
    assert all("1 person uses Habits" in o.reason for o in plan.omissions)


def test_no_owner_means_no_policies_and_the_reason_names_the_project_s_tables() -> None:
    plan = plans_of(clinic(protection=Protection(), retention=())).security
    assert plan.policies == ()
    assert any(o.subject == "Row-level security" and "7 tables" in o.reason for o in plan.omissions)
    assert any(o.subject == "Audit trail" for o in plan.omissions)


def test_rows_are_reached_by_the_shortest_chain_and_both_ends_of_a_message_see_it() -> None:
    requirements = saas(protection=Protection(owner="user"), tier="standard")
    found = {g.table.name: g for g in guards(requirements, schema_design(requirements, START))}
    assert found["messages"].condition().count(" OR ") == 1
    assert {"sender_id", "recipient_id"} == set(found["messages"].indexed_columns())
    assert "organisations" not in found


def test_who_touched_a_row_does_not_own_it() -> None:
    requirements = clinic(
        relationships=(
            belongs("appointment", "patient"), belongs("appointment", "doctor"),
            belongs("visit_event", "appointment"), belongs("visit_event", "patient", role="changed_by", optional=True),
            belongs("review", "patient"), belongs("review", "patient", role="approver"),
        )
    )  # fmt: skip
    found = {g.table.name: g for g in guards(requirements, schema_design(requirements, START))}
    assert found["visit_events"].indexed_columns() == ("appointment_id",)
    assert found["reviews"].indexed_columns() == ("patient_id",)


def test_the_trail_lasts_as_long_as_a_law_of_the_brief_asks() -> None:
    audit = plans("clinic").security.audit
    assert audit is not None
    assert audit.retention_days == 2192  # HIPAA, 45 CFR 164.316(b)(2)(i)


def test_reads_are_recorded_where_the_brief_or_a_law_asks_for_it() -> None:
    by_law = plans("clinic").security.access_log
    assert by_law is not None
    assert by_law.by_row == ("appointments", "prescriptions")  # health data under HIPAA
    asked = said("security.audit", "Every access to a patient is audited")
    search = pattern("by-name", "patient", "search", search=("name",))
    plan = plans_of(clinic(requirements=(asked,), access_patterns=(search,))).security
    assert plan.access_log is not None
    assert plan.access_log.serves == ("security.audit",)
    assert plan.access_log.by_statement == ("patients",)
    assert plan.access_log.by_row == ("appointments",)
    assert plans("saas").security.access_log is None


def test_who_may_see_a_row_is_asked_before_the_read_is_recorded() -> None:
    using = {policy.name: policy.using for policy in plans("clinic").security.policies}
    assert using["appointments_readonly_rows"] == "(SELECT record_read('appointments', NULL))"  # without health data
    own, recording = using["appointments_own_rows"].split(" AND ")
    assert "app.user_id" in own
    assert recording == "record_read('appointments', concat_ws(',', id))"


def test_reports_see_masked_what_is_hidden_from_them() -> None:
    (view,) = plans("clinic").security.masked_views
    assert (view.table, view.roles) == ("patients", ("city_clinic_readonly",))
    assert [mask.column for mask in view.masks] == ["name", "email", "phone"]
    assert view.left_out == ("password_hash",)


def test_who_only_finds_a_person_reads_no_health_data_of_the_person() -> None:
    patient = entity("patient", "person", attribute("name"), attribute("allergies", "text", sensitivity="health"))
    grants = plans_of(clinic(entities=(patient, *clinic().entities[1:]))).security.grants
    reads = {
        g.role.removeprefix("city_clinic_"): g for g in grants if g.table == "patients" and "select" in g.privileges
    }
    assert "allergies" not in reads["receptionist"].columns
    assert not reads["admin"].columns or "allergies" in reads["admin"].columns


def test_what_a_part_would_tell_is_left_out_of_a_masked_view() -> None:
    sex = attribute("sex", allowed=("female", "male"), sensitivity="personal")
    remark = attribute("remark", "text", sensitivity="personal")
    number = attribute("insurance_number", length=30, sensitivity="personal")
    people = entity("patient", "person", sex, remark, number)
    made = clinic(entities=(people, *clinic().entities[1:]))
    (view,) = plans_of(made).security.masked_views
    assert [mask.column for mask in view.masks] == ["insurance_number"]
    assert {"sex", "remark"} <= set(view.left_out)


def test_what_is_never_deleted_cannot_be_deleted() -> None:
    kept = rule("kept", "review", "prose").model_copy(update={"text": "Reviews are never deleted"})
    plan = plans_of(clinic(rules=(kept,))).security
    held = {p for g in plan.grants if g.table == "reviews" and g.role == "city_clinic_app" for p in g.privileges}
    assert held == {"select", "insert", "update"}
    assert any(c.id == "security.grant.reviews.not_removed" for c in plan.claims)


def test_tenants_are_told_apart_over_two_joins() -> None:
    by_table = {p.table: p for p in plans("saas").security.policies if p.role.endswith("_app")}
    assert by_table["messages"].using.startswith("sender_id IN (SELECT id FROM users WHERE organisation_id = (SELECT")
    assert by_table["task_events"].using.count("IN (SELECT") == 1
    assert "tags" not in by_table


def test_sentences_of_the_brief_become_privileges() -> None:
    requirements = clinic()
    duties = {d.role: d for d in staff(requirements, schema_design(requirements, START))}
    assert set(duties) == {"doctor", "receptionist", "admin"}
    assert duties["receptionist"].privileges["appointments"] == {"select", "insert", "update"}
    assert "prescriptions" not in duties["receptionist"].privileges
    assert duties["doctor"].privileges["prescriptions"] == {"select", "insert"}
    assert duties["doctor"].privileges["appointments"] == {"select"}
    assert duties["doctor"].own == {"appointments"}


@pytest.mark.parametrize(
    ("sentence", "privileges", "denied"),
    [
        ("Appointments are cancelled by receptionists", {"select", "update"}, set()),
        ("Receptionists may never delete appointments", set(), {"appointments"}),
        ("Only doctors may see appointments; receptionists view appointments", set(), {"appointments"}),
        ("Receptionists are friendly", None, set()),
    ],
)
def test_forms_of_sentences(sentence: str, privileges: set[str] | None, denied: set[str]) -> None:
    requirements = clinic(requirements=(said("security.roles", sentence),))
    duty = {d.role: d for d in staff(requirements, schema_design(requirements, START))}["receptionist"]
    assert duty.denied == denied
    if privileges is None:
        assert not duty.said
    else:
        assert duty.privileges.get("appointments", set()) == privileges


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [("Receptionists are friendly", ["receptionist"]), ("Receptionists may view appointments", [])],
)
def test_the_rights_of_a_role_without_work_are_asked_for(sentence: str, asked: list[str]) -> None:
    requirements = clinic(requirements=(said("security.roles", f"{sentence}. Doctors write prescriptions"),))
    questions = plans_of(requirements).security.questions
    assert [q.id.rpartition(".")[2] for q in questions] == asked
    assert all("(select" in q.reading for q in questions)


def test_immutable_rules_bind_the_application() -> None:
    grants = [g for g in plans("saas").security.grants if g.role.endswith("_app")]
    assert {p for g in grants if g.table == "messages" for p in g.privileges} == {"select", "insert"}
    update = next(g for g in grants if g.table == "tasks" and "update" in g.privileges)
    assert "organisation_id" not in update.columns
    assert "title" in update.columns


def test_secrets_are_granted_to_sign_in_alone() -> None:
    for name in ("clinic", "saas"):
        plan, schema = plans(name).security, plans(name).schema
        for grant in plan.grants:
            columns = grant.columns or tuple(c.name for c in schema.table(grant.table).columns)
            reads_secret = "select" in grant.privileges and "password_hash" in columns
            assert not reads_secret or grant.role.endswith("_auth")


def test_the_trail_is_split_by_months_when_its_rows_ask_for_it() -> None:
    assert not any("PARTITION OF audit_log" in s.sql for s in plans("clinic").security.statements)
    made = trail(saas(), plans("saas").schema, dt.date(2026, 11, 30))
    assert made is not None
    assert made.partitioned
    assert [name for name, _, _ in partitions(made)] == [
        "audit_log_2026_11", "audit_log_2026_12", "audit_log_2027_01", "audit_log_2027_02", "audit_log_default",
    ]  # fmt: skip


@given(st.dates(dt.date(1990, 1, 1), dt.date(2200, 1, 1)))
def test_months_follow_each_other_from_any_date(start: dt.date) -> None:
    made = trail(saas(), plans("saas").schema, start)
    assert made is not None
    bounds = [b.split("'")[1::2] for _, b, low in partitions(made) if low]
    assert all(before[1] == after[0] for before, after in pairwise(bounds))
    assert bounds[0][0] <= f"{start} 00:00+00" < bounds[0][1]


def test_a_table_named_audit_log_keeps_its_name() -> None:
    requirements = clinic()
    schema = schema_design(requirements, START)
    taken = schema.model_copy(
        update={"tables": (*schema.tables, schema.tables[0].model_copy(update={"name": "audit_log"}))}
    )
    made = trail(requirements, taken, START)
    assert made is not None
    assert made.log == "change_log"


def test_sensitive_columns_are_classified_and_people_are_erased_not_deleted() -> None:
    plan = plans("clinic").security
    treated = {(c.table, c.column): c.treatment for c in plan.classifications}
    assert "Argon2id" in treated["patients", "password_hash"]
    assert ("rooms", "name") not in treated
    assert "city_clinic_readonly" in treated["appointments", "notes"]
    rules = {r.table: r for r in plan.retention}
    assert (rules["appointments"].days, rules["appointments"].method) == (3650, "delete")
    assert rules["patients"].method == "anonymise"
    erasure = next(d for d in plan.decisions if d.id == "security.decision.erasure")
    assert "appointments" in erasure.because


def test_every_element_says_where_it_comes_from_and_what_it_serves() -> None:
    for name in ("clinic", "habits", "saas"):
        plan = plans(name).security
        elements = (
            *plan.roles, *plan.grants, *plan.policies, *plan.classifications, *plan.retention, *plan.decisions,
            *plan.omissions,
        )  # fmt: skip
        assert all(e.serves and (e.origin.rule or e.origin.quote) for e in elements)
        assert all(claim.serves for claim in plan.claims)


def test_ids_are_unique_and_each_statement_has_its_claim() -> None:
    for name in ("clinic", "saas"):
        plan = plans(name).security
        ids = [c.id for c in plan.claims]
        assert len(ids) == len(set(ids))
        executed = {c.trial.statement for c in plan.claims if c.trial.kind == "executes"}
        assert executed == {s.id for s in plan.statements}
        assert len(executed) == len(plan.statements)


def test_the_same_input_gives_the_same_bytes() -> None:
    for requirements in (clinic(), habits(), saas()):
        schema = schema_design(requirements, START)
        first, second = (security_plan(requirements, schema, START) for _ in range(2))
        assert first.model_dump_json() == second.model_dump_json()


@pytest.mark.parametrize(("slug", "name"), [("shop", "shop"), ("pg-shop", "db_pg_shop"), ("7-eleven", "n7_eleven")])
def test_project_names_become_legal_role_names(slug: str, name: str) -> None:
    assert project_name(clinic(project=slug)) == name


def test_long_project_names_leave_room_for_the_role() -> None:
    roles = plans_of(clinic(project="a" * 63)).security.roles
    assert all(len(role.name) <= 63 for role in roles)
    assert len({role.name for role in roles}) == len(roles)


def test_lists_are_cut() -> None:
    assert listed(()) == "none"
    assert listed(tuple("abcdefgh")) == "a, b, c, d, e, f and 2 more"
