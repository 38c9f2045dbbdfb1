"""Protection of one project: roles, grants, policies, masked views, audit, log of reads, classification, retention.

The plan is as large as the brief makes it: a person's own device gets no roles and no policies, and says why.
"""

import datetime as dt
from collections.abc import Sequence

from agents.schema_design.dataset import Dataset
from agents.schema_design.room import ample, open_parents
from agents.security.access import Access, access, access_log_of, recorded
from agents.security.attacks import attack_part
from agents.security.audit import audit_part, no_audit
from agents.security.basis import Part, found, personal_device
from agents.security.grants import app_grants, gate_grants, grant_part, readonly_grants
from agents.security.guards import Guard, guards
from agents.security.masking import masked_views, masking_part
from agents.security.ownership import ownership_part
from agents.security.policies import policies, policy_part
from agents.security.protection import classifications, protection_part, retention_rules
from agents.security.roles import project_roles, reporting, role_part
from agents.security.sealing import column_encryption, sealing_omissions, sealing_part
from agents.security.staff import own_conditions, staff, staff_decisions, staff_grants, staff_questions, staff_roles
from agents.security.trail import Trail, audit_of, trail
from contracts.base import Omission, Origin
from contracts.claims import Claim, Returns
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table
from contracts.security import Grant, MaskedView, Policy, RetentionRule, Role, SecurityPlan

__all__ = ["security_plan"]


def security_plan(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> SecurityPlan:
    """The whole plan; `start` is the run's date, from which partitions of the audit trail begin."""
    rules = retention_rules(requirements, schema)
    protection = protection_part(requirements, schema, rules)
    if not schema.tables or personal_device(requirements):
        return _unguarded(requirements, schema, rules, protection)
    made_guards = guards(requirements, schema)
    watched = trail(requirements, schema, start)
    duties = staff(requirements, schema)
    gated = [guard.table.name for guard in made_guards if guard.gated]
    roles = (
        *project_roles(requirements, schema, watched is not None, gated),
        *staff_roles(requirements, schema, duties),
    )
    grants = _grants(requirements, schema, made_guards, staff_grants(requirements, schema, duties))
    own = own_conditions(requirements, schema, duties, made_guards)
    reads = access(requirements, schema, watched)
    made_policies = recorded(requirements, reads, policies(requirements, made_guards, grants, own), grants)
    views = masked_views(requirements, schema, grants, own)
    parts = _parts(requirements, schema, start, roles, watched, reads, grants, made_guards, made_policies, views)
    joined = _joined((*parts, protection))
    return SecurityPlan(
        roles=roles,
        grants=grants,
        policies=made_policies,
        classifications=classifications(requirements, schema),
        masked_views=views,
        audit=audit_of(requirements, watched) if watched else None,
        access_log=access_log_of(requirements, reads) if reads else None,
        encryption=column_encryption(requirements, schema),
        retention=rules,
        statements=joined.statements,
        rollback=joined.rollback,
        decisions=(*joined.decisions, *staff_decisions(requirements, schema, duties)),
        questions=staff_questions(schema, duties),
        omissions=(*joined.omissions, *(() if watched else (no_audit(requirements, schema),))),
        claims=joined.claims,
    )


def _grants(
    requirements: Requirements, schema: SchemaDesign, made_guards: Sequence[Guard], of_staff: Sequence[Grant]
) -> tuple[Grant, ...]:
    reports = readonly_grants(requirements, schema) if reporting(requirements) else ()
    gate = gate_grants(requirements, made_guards)
    return (*app_grants(requirements, schema, made_guards), *reports, *gate, *of_staff)


def _parts(
    requirements: Requirements,
    schema: SchemaDesign,
    start: dt.date,
    roles: tuple[Role, ...],
    watched: Trail | None,
    reads: Access | None,
    grants: Sequence[Grant],
    made_guards: Sequence[Guard],
    made_policies: Sequence[Policy],
    views: Sequence[MaskedView],
) -> tuple[Part, ...]:
    """The parts in the order in which the script executes them."""
    roomy, parents = ample(schema.totals, schema.withdrawals), open_parents(schema.lifecycles, schema.totals)
    dataset = Dataset(schema.tables, start, roomy, parents)
    return (
        role_part(requirements, roles),
        *((audit_part(requirements, schema, watched, dataset, reads, made_policies, views),) if watched else ()),
        grant_part(requirements, schema, dataset, grants, made_guards),
        policy_part(requirements, schema, dataset, made_guards, made_policies, grants),
        masking_part(requirements, schema, views, reads),
        sealing_part(requirements, schema, grants),
        ownership_part(requirements, schema),
        attack_part(requirements, schema, roles, grants, made_policies, made_guards, watched, reads, views),
    )


def _joined(parts: Sequence[Part]) -> Part:
    """All parts as one; what was made last is undone first."""
    return Part(
        statements=tuple(s for part in parts for s in part.statements),
        rollback=tuple(sql for part in reversed(parts) for sql in part.rollback),
        claims=tuple(c for part in parts for c in part.claims),
        decisions=tuple(d for part in parts for d in part.decisions),
        omissions=tuple(o for part in parts for o in part.omissions),
    )


def _unguarded(
    requirements: Requirements, schema: SchemaDesign, rules: tuple[RetentionRule, ...], protection: Part
) -> SecurityPlan:
    users = requirements.targets.concurrent_users or requirements.targets.users or 1
    who = "1 person uses" if users == 1 else f"{users} people use"
    name = requirements.title or requirements.project
    serves = found(requirements, "assumption.concurrent", "assumption.users", "volume.") or tuple(
        i for table in schema.tables[:1] for i in table.serves
    )
    origin = Origin(kind="inferred", rule="roles and policies keep people apart; one person needs no wall")
    reasons = (
        (
            "Roles and grants",
            f"{who} {name} on one device: whoever opens the database owns its {len(schema.tables)} tables",
        ),
        ("Row-level security", f"{who} {name}, so no row of it belongs to somebody else"),
        ("Audit trail", f"{who} {name}; a trail would tell that person what the same person did"),
    )
    return SecurityPlan(
        classifications=classifications(requirements, schema),
        retention=rules,
        omissions=(
            *(Omission(subject=s, reason=r, origin=origin, serves=serves) for s, r in reasons),
            *sealing_omissions(requirements, schema),
        ),
        decisions=protection.decisions,
        claims=(*protection.claims, *(_closed(table) for table in schema.tables)),
    )


def _closed(table: Table) -> Claim:
    """Without roles of its own, the project rests on what the server gives to everybody: nothing of its tables."""
    sql = f"SELECT has_table_privilege('public', '{table.name}', 'SELECT, INSERT, UPDATE, DELETE')"
    return Claim(
        id=f"security.{table.name}.closed",
        sentence=f"An account that does not own {table.name} may neither read nor change it",
        element=f"security.{table.name}",
        serves=table.serves,
        trial=Returns(sql=(sql,), rows=(("f",),)),
    )
