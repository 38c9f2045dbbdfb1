"""Which rows a person (or a tenant's member) sees: policies on the owner's table and on all that belongs to it.

The application says who is asking by `app.user_id` (or `app.tenant_id`) in each transaction; without it no row
is visible. The setting is read in a scalar sub-select, so that it is evaluated once a statement and the
comparison can use an index.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from agents.dialects.postgresql import quoted
from agents.naming import shorten
from agents.schema_design.dataset import Dataset
from agents.security.basis import Draft, Part, filled, found, listed, origin_of, role_name
from agents.security.guards import LONGEST_PATH, Guard
from agents.security.policy_trials import attacks
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import Grant, Policy


def policies(
    requirements: Requirements,
    found_guards: Sequence[Guard],
    grants: Sequence[Grant],
    own: Mapping[tuple[str, str], str],
) -> tuple[Policy, ...]:
    """Policies of every role with privileges on a guarded table; `own` holds conditions of staff with own rows only.

    A role without a policy on such a table would see nothing.
    """
    made: list[Policy] = []
    by_table: dict[str, list[Grant]] = defaultdict(list)
    for each in grants:
        by_table[each.table].append(each)
    for guard in found_guards:
        made += _app_policies(guard)
        others: dict[str, list[Grant]] = defaultdict(list)
        for grant in by_table[guard.table.name]:
            if grant.role != guard.role:
                others[grant.role].append(grant)
        made += [_other_policy(requirements, guard, role, held, own) for role, held in others.items()]
    return tuple(made)


def _app_policies(guard: Guard) -> list[Policy]:
    condition = guard.condition()
    whose = guard.subject.table.name
    rule = f"a row of {guard.table.name} belongs to a row of {whose}, found by {_route(guard)}"
    made = [_policy(guard, guard.subject.suffix, guard.role, "all", condition, condition, rule)]
    if guard.published:
        rule = f"rows of {guard.table.name} are made for everybody to read"
        made.append(_policy(guard, "published", guard.role, "select", "true", None, rule))
    return made


def _route(guard: Guard) -> str:
    routes = [" → ".join(key.columns[0] for key in path) or guard.subject.key() for path in guard.paths]
    return " or ".join(routes)


def _other_policy(
    requirements: Requirements, guard: Guard, role: str, grants: Sequence[Grant], own: Mapping[tuple[str, str], str]
) -> Policy:
    condition = own.get((role, guard.table.name), "true")
    held = {p for grant in grants for p in grant.privileges}
    writes = held - {"select"}
    rule = f"{role} works with all rows of {guard.table.name}; its grants say with which columns and how"
    if condition != "true":
        rule = f"{role} sees its own rows of {guard.table.name} only"
    suffix = role.removeprefix(role_name(requirements, "x")[:-1])
    return _policy(guard, suffix, role, "all" if writes else "select", condition, condition if writes else None, rule)


def _policy(guard: Guard, suffix: str, role: str, command: str, using: str, check: str | None, rule: str) -> Policy:
    return Policy.model_validate(
        {
            "name": shorten(f"{guard.table.name}_{suffix}_rows"),
            "table": guard.table.name,
            "role": role,
            "command": command,
            "using": using,
            "check": check,
            "origin": Origin(kind="inferred", rule=rule),
            "serves": guard.serves,
        }
    )


def policy_part(
    requirements: Requirements,
    schema: SchemaDesign,
    dataset: Dataset,
    found_guards: Sequence[Guard],
    made: Sequence[Policy],
    grants: Sequence[Grant],
) -> Part:
    """ENABLE ROW LEVEL SECURITY, the policies, and attacks on them."""
    draft = Draft()
    if not found_guards:
        draft.omissions.append(_no_policies(requirements, schema, made))
    on_table: dict[str, list[Policy]] = defaultdict(list)
    for policy in made:
        on_table[policy.table].append(policy)
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for grant in grants:
        held[grant.role, grant.table].update(grant.privileges)
    loaded = filled(schema)
    for table, its_policies in on_table.items():
        _enable(draft, table, its_policies)
    for guard in found_guards:
        table = guard.table.name
        attacks(draft, f"table.{table}" in loaded, dataset, guard, held[guard.role, table])
    for policy in reversed(made):
        draft.rollback.append(f"DROP POLICY IF EXISTS {quoted(policy.name)} ON {quoted(policy.table)}")
    for table in reversed(on_table):
        draft.rollback.append(f"ALTER TABLE {quoted(table)} DISABLE ROW LEVEL SECURITY")
    if found_guards:
        draft.decisions += _decisions(requirements, schema, found_guards)
    return draft.part()


def _enable(draft: Draft, table: str, made: Sequence[Policy]) -> None:
    draft.run(
        f"policy.{table}",
        f"ALTER TABLE {quoted(table)} ENABLE ROW LEVEL SECURITY",
        f"From here on, rows of {table} are visible by policy only",
        f"{table} is under row-level security",
        made[0].serves,
    )
    for policy in made:
        check = f"\n    WITH CHECK ({policy.check})" if policy.check else ""
        draft.run(
            f"policy.{policy.table}.{policy.name}",
            f"CREATE POLICY {quoted(policy.name)} ON {quoted(table)} FOR {policy.command.upper()} TO "
            f"{quoted(policy.role)}\n"
            f"    USING ({policy.using}){check}",
            policy.origin.rule,
            f"The policy {policy.name} stands on {table}",
            policy.serves,
        )


def _decisions(requirements: Requirements, schema: SchemaDesign, found_guards: Sequence[Guard]) -> list[Decision]:
    subjects_of = dict.fromkeys(guard.subject.setting for guard in found_guards)
    made = [
        _told_apart(requirements, schema, [g for g in found_guards if g.subject.setting == setting])
        for setting in subjects_of
    ]
    serves = made[0].serves
    names = [guard.table.name for guard in found_guards]
    open_tables = [t.name for t in schema.tables if t.name not in names]
    whose = listed(list(dict.fromkeys(guard.subject.table.name for guard in found_guards)))
    if open_tables:
        made.append(
            Decision(
                id="security.decision.shared_rows",
                topic="Rows that are nobody's",
                choice=f"{listed(open_tables, 12)}: no policy, grants alone decide",
                because=f"no chain of {LONGEST_PATH} foreign keys or fewer leads from there to {whose}",
                origin=Origin(kind="inferred", rule="a table that leads to no owner holds shared rows"),
                serves=serves,
            )
        )
    shared = [guard.table.name for guard in found_guards if guard.published]
    if shared:
        made.append(
            Decision(
                id="security.decision.published_rows",
                topic="Rows that people publish",
                choice=f"everybody reads {listed(shared)}; only who made a row changes it",
                because=f"the purpose of {listed(shared)} is to be read by others",
                origin=Origin(kind="inferred", rule="reviews, comments and listings are made to be read"),
                serves=serves,
            )
        )
    return made


def _told_apart(requirements: Requirements, schema: SchemaDesign, of_subject: Sequence[Guard]) -> Decision:
    """The decision on the tables of one subject."""
    serves = tuple(dict.fromkeys(i for guard in of_subject for i in guard.serves))
    subject, names = of_subject[0].subject, [guard.table.name for guard in of_subject]
    migrator = role_name(requirements, "migrator")
    return Decision(
        id=f"security.decision.row_level.{subject.suffix}",
        topic=f"Who sees which rows of {subject.table.name} and what belongs to them",
        choice=f"policies on {listed(names, 12)} compare with {subject.setting}, set by SET LOCAL in each transaction",
        because=f"{len(names)} of {len(schema.tables)} tables reach {subject.table.name} by at most {LONGEST_PATH} "
        "foreign keys; a forgotten WHERE in a query then shows nothing instead of everything",
        alternatives=(
            Alternative(
                name="a condition in every query",
                refused_because=f"{len(schema.queries)} queries would each have to remember it",
            ),
            Alternative(
                name="FORCE ROW LEVEL SECURITY",
                refused_because=f"it would bind {migrator} too, which must see all rows in a migration; the "
                f"application "
                "owns no table, so the policies bind it anyway",
            ),
        ),
        origin=origin_of(requirements, serves, "rows are told apart where they are stored, not in each query"),
        serves=serves,
    )


def _no_policies(requirements: Requirements, schema: SchemaDesign, recording: Sequence[Policy]) -> Omission:
    users = requirements.targets.concurrent_users or requirements.targets.users
    serves = found(requirements, "assumption.", "security.")[:3] or tuple(schema.tables[0].serves)
    if requirements.tier == "embedded":
        reason = (
            f"{requirements.title or requirements.project} is used by {users or 1} person on one device, so "
            f"every row belongs to the same person"
        )
    else:
        reason = (
            f"the brief names no owner, tenant or per-person access for its {len(schema.tables)} tables; roles "
            f"and grants decide alone" + (", and the policies only record who reads" if recording else "")
        )
    return Omission(
        subject="Rows told apart by person" if recording else "Row-level security",
        reason=reason,
        serves=serves,
        origin=Origin(kind="inferred", rule="policies are made when the brief says that people see different rows"),
    )
