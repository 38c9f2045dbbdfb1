"""Three analyses made by hand (a clinic, a tracker on one device, a service with tenants), their plans and proofs."""

import datetime as dt
import functools
from typing import Any, NamedTuple

from agents.migrations import migration_plan
from agents.operations import operations_plan
from agents.schema_design import schema_design
from agents.security import security_plan
from agents.verification import proof
from contracts.base import Statement
from contracts.claims import Claim, Evidence, Experiment
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.requirements import Filter, Protection, Requirement, Requirements, Retention, Sort, Targets, Volume
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan
from flows.engines import observe
from tests.agents.analyses import STATED, attribute, belongs, entity, pattern, rule

START = dt.date(2026, 3, 15)


def said(identity: str, text: str) -> Requirement:
    """A requirement whose kind is the head of its id."""
    origin = STATED.model_copy(update={"quote": text})
    return Requirement.model_validate(
        {"id": identity, "kind": identity.partition(".")[0], "text": text, "origin": origin}
    )


def clinic(**changes: Any) -> Requirements:
    """Health data, an audit, roles of people, rows by patient; small enough that nothing is split."""
    entities = (
        entity(
            "patient", "person", attribute("name", sensitivity="personal"),
            attribute("email", "email", unique=True, sensitivity="personal"),
            attribute("password_hash", length=255, sensitivity="secret"),
            attribute("phone", "phone", sensitivity="personal", optional=True),
        ),
        entity("doctor", "person", attribute("name")),
        entity("room", "reference", attribute("name")),
        entity(
            "appointment", "transaction", attribute("starts_at", "timestamp"), attribute("ends_at", "timestamp"),
            attribute("status", allowed=("booked", "done", "cancelled"), default="booked"),
            attribute("notes", "text", optional=True, sensitivity="health"),
        ),
        entity("prescription", "transaction", attribute("drug", sensitivity="health")),
        entity("visit_event", "event", attribute("kind"), attribute("occurred_at", "timestamp")),
        entity("review", "transaction", attribute("body", "text")),
    )  # fmt: skip
    base: dict[str, Any] = {
        "project": "city-clinic", "title": "City Clinic", "tier": "standard", "entities": entities,
        "requirements": (
            said("security.audit", "Every change of an appointment is audited"),
            said("security.roles", "Receptionists book and cancel appointments but must not see prescriptions. "
                 "Doctors view only their own appointments and write prescriptions."),
            said("compliance.hipaa", "HIPAA applies"), said("availability.uptime", "99.9 % uptime"),
        ),
        "relationships": (
            belongs("appointment", "patient"), belongs("appointment", "doctor"),
            belongs("prescription", "appointment", owned=True), belongs("visit_event", "appointment"),
            belongs("review", "patient"),
        ),
        "rules": (rule("no-double-booking", "appointment", "no_overlap", "doctor", "starts_at", "ends_at"),),
        "workflows": ("A patient books an appointment",),
        "access_patterns": (
            pattern("of-patient", "appointment", "list", filters=(Filter(attribute="patient"),),
                    sort=(Sort(attribute="starts_at", descending=True),)),
        ),
        "volumes": tuple(_volume(e.name, 20_000, 500) for e in entities),
        "targets": Targets(response_ms=200, concurrent_users=200, availability_percent=99.9,
                           recovery_point_seconds=300, recovery_time_seconds=3600),
        "retention": (Retention(entity="appointment", days=3650, basis="medical records act", origin=STATED,
                                serves=("retention.appointment",)),),
        "protection": Protection(roles=("doctor", "receptionist", "patient", "admin"), regulations=("hipaa",),
                                 audit=True, audited=("appointment", "patient"), row_level=True, owner="patient"),
    }  # fmt: skip
    return Requirements.model_validate(base | changes)


def _volume(name: str, rows: int, per_day: float) -> Volume:
    return Volume(entity=name, rows=rows, rows_per_day=per_day, origin=STATED, serves=(f"volume.{name}",))


def habits(**changes: Any) -> Requirements:
    """One person, one device."""
    base: dict[str, Any] = {
        "project": "habits", "title": "Habits", "tier": "embedded",
        "requirements": (said("volume.check_in", "ten check-ins a day"),),
        "entities": (
            entity("habit", "master", attribute("name")),
            entity("check_in", "event", attribute("done_on", "date")),
        ),
        "relationships": (belongs("check_in", "habit", owned=True),),
        "volumes": (_volume("habit", 20, 0), _volume("check_in", 0, 10)),
        "targets": Targets(concurrent_users=1, users=1),
    }  # fmt: skip
    return Requirements.model_validate(base | changes)


def saas(**changes: Any) -> Requirements:
    """Tenants, millions of rows a day, nothing may be lost; its name is one that role names may not begin with."""
    base: dict[str, Any] = {
        "project": "pg-tasks", "title": "Tasks", "tier": "large",
        "requirements": (
            said("security.tenants", "Organisations never see each other's rows"), said("compliance.gdpr", "GDPR"),
            said("availability.uptime", "99.99 %"),
        ),
        "entities": (
            entity("organisation", "master", attribute("name")),
            entity("user", "person", attribute("email", "email", unique=True, sensitivity="personal"),
                   attribute("password_hash", length=255, sensitivity="secret")),
            entity("task", "transaction", attribute("title"), attribute("state", allowed=("open", "done"))),
            entity("message", "transaction", attribute("body", "text")),
            entity("task_event", "event", attribute("occurred_at", "timestamp")),
            entity("tag", "reference", attribute("label", unique=True)),
        ),
        "relationships": (
            belongs("user", "organisation"), belongs("task", "organisation"),
            belongs("message", "user", role="sender"), belongs("message", "user", role="recipient"),
            belongs("task_event", "task"), belongs("tag", "task", cardinality="many_to_many"),
        ),
        "rules": (rule("fixed", "message", "immutable"), rule("home", "task", "immutable", "organisation")),
        "access_patterns": (
            pattern("recent", "task_event", "list", filters=(Filter(attribute="occurred_at", operator="range"),),
                    sort=(Sort(attribute="occurred_at", descending=True),)),
        ),
        "volumes": (_volume("user", 100_000, 100), _volume("task", 5_000_000, 20_000),
                    _volume("message", 5_000_000, 50_000), _volume("task_event", 5_000_000, 2_000_000)),
        "targets": Targets(availability_percent=99.99, recovery_point_seconds=0, recovery_time_seconds=1800),
        "protection": Protection(tenant="organisation", row_level=True, audit=True, regulations=("gdpr",)),
    }  # fmt: skip
    return Requirements.model_validate(base | changes)


class Plans(NamedTuple):
    """The plans of one analysis and the script that they make together."""

    requirements: Requirements
    schema: SchemaDesign
    security: SecurityPlan
    operations: OperationsPlan
    migrations: MigrationPlan

    def script(self) -> tuple[Statement, ...]:
        return (
            *(s for s in self.schema.statements if s.section in ("schema", "queries")),
            *self.operations.statements,
            *(s for s in self.schema.statements if s.section == "partitioning"),
            *self.migrations.statements,
            *self.security.statements,
        )

    def claims(self) -> tuple[Claim, ...]:
        """The claims of security, operations and migrations; the schema's have tests of their own."""
        return (*self.security.claims, *self.operations.claims, *self.migrations.claims)


ANALYSES = {"clinic": clinic, "habits": habits, "saas": saas}


@functools.cache
def plans(name: str) -> Plans:
    """The plans of a named analysis."""
    return plans_of(ANALYSES[name]())


def plans_of(requirements: Requirements) -> Plans:
    """All plans of an analysis."""
    schema = schema_design(requirements, START)
    security = security_plan(requirements, schema, START)
    operations = operations_plan(requirements, schema)
    return Plans(requirements, schema, security, operations, migration_plan(schema, security, operations))


@functools.cache
def evidence(name: str) -> dict[str, Evidence]:
    """What the embedded engine says to each claim of a named analysis."""
    made = plans(name)
    return tried(made.script(), made.schema.dataset, made.claims())


def tried(
    script: tuple[Statement, ...], dataset: tuple[Statement, ...], claims: tuple[Claim, ...]
) -> dict[str, Evidence]:
    """Evidence by claim id."""
    experiment = Experiment(script=script, dataset=dataset, claims=claims, rows=10_000)
    seen = proof(experiment, observe(experiment, "embedded", lambda done, total, text: None))
    return {each.claim: each for each in seen.evidence}
