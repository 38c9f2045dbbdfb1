"""The testing strategy as cases over this project's tables, rules and queries, tied to the claims that prove them.

What the proof already tries is named by its claims; what only the application can show (workflows, two people at
once, load) is a case that still has to be written, and says which tables and numbers it is about.
"""

from collections import defaultdict
from collections.abc import Iterable

from agents.figures import merged, plain, read_share, request_rate, serving, target
from agents.operations.basis import database_name, largest, listed, named_tables, writes
from agents.operations.cases_at_once import case, cases_at_once
from agents.operations.recovery_targets import recovery_point_target, recovery_time_target
from agents.schema_design.withdrawals import given_back
from agents.schema_design.withdrawals import told as withdrawal_told
from agents.security.grants import never_deleted
from contracts.claims import Claim
from contracts.operations import TestCase
from contracts.requirements import Requirements, Rule
from contracts.schema import SchemaDesign, Table, Withdrawal

_MOST_WORKFLOWS = 12

NO_DELETE = (
    "the application's role holds no DELETE; whoever deploys can, so a migration that deletes needs a second pair of"
    " eyes"
)
"""Who keeps rows from being deleted, where roles do."""


def testing_strategy(
    requirements: Requirements, schema: SchemaDesign, recovery: Iterable[Claim], *collisions: Claim
) -> tuple[TestCase, ...]:
    """All cases, by category; `collisions` are claims on two sessions that the proof tries."""
    claims = _by_element(schema.claims)
    return (
        *_unit(schema, claims),
        *_integration(requirements, schema, claims),
        *cases_at_once(schema, claims, collisions),
        *_performance(requirements, schema),
        *_data_quality(requirements, schema, claims),
        *_security(requirements, schema),
        *_recovery(requirements, schema, recovery),
    )


def _by_element(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    grouped: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[claim.element].append(claim)
    return grouped


def _unit(schema: SchemaDesign, claims: dict[str, list[Claim]]) -> list[TestCase]:
    """One case a table: each constraint refuses the row that breaks it alone."""
    made = []
    for table in schema.tables:
        tried = [c for c in claims[f"table.{table.name}"] if c.trial.kind == "refused" and not _about_others(table, c)]
        if tried:
            states = sorted({c.trial.sqlstate for c in tried if c.trial.kind == "refused"})
            what = f"{len(tried)} rows that each break one constraint of {table.name} are refused ({listed(states)})"
            made.append(
                case(
                    "unit",
                    f"{table.name}_constraints",
                    what,
                    "every constraint has a row that breaks it",
                    table.serves,
                    tried,
                )
            )
    return made


def _about_others(table: Table, claim: Claim) -> bool:
    return any(claim.id.endswith(key.name) for key in table.foreign_keys)


def _integration(requirements: Requirements, schema: SchemaDesign, claims: dict[str, list[Claim]]) -> list[TestCase]:
    made = []
    for table in schema.tables:
        tried = [c for c in claims[f"table.{table.name}"] if c.trial.kind == "refused" and _about_others(table, c)]
        if tried:
            parents = listed(list(dict.fromkeys(key.references for key in table.foreign_keys)))
            what = (
                f"{table.name} refuses rows that name no row of {parents}; removing a parent does what its "
                f"reference says"
            )
            made.append(
                case(
                    "integration",
                    f"{table.name}_references",
                    what,
                    "references hold in both directions",
                    table.serves,
                    tried,
                )
            )
    made += [_moved_stock(one, claims[f"withdrawal.{one.name}"]) for one in schema.withdrawals]
    made += [_together(schema.table(name), parts) for name, parts in _parts(schema).items()]
    for number, workflow in enumerate(requirements.workflows[:_MOST_WORKFLOWS], 1):
        tables = named_tables(schema, workflow)
        on = f" on {listed(tables)}" if tables else ""
        serves = serving(requirements, "workflow.", "entity.")
        how = (
            ("and once more with a failure half way that leaves nothing")
            if writes(workflow)
            else "with rows and without"
        )
        made.append(
            case(
                "integration",
                f"workflow_{number}",
                f"{workflow}: end to end{on}, {how}",
                "each workflow of the brief is walked",
                serves,
            )
        )
    return made


def _parts(schema: SchemaDesign) -> dict[str, list[str]]:
    """Tables whose rows take others along when they go, with those others."""
    found: dict[str, list[str]] = defaultdict(list)
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.on_delete == "cascade" and key.references != table.name:
                found[key.references].append(table.name)
    return {table.name: found[table.name] for table in schema.tables if table.name in found}


def _together(table: Table, parts: list[str]) -> TestCase:
    what = f"A row of {table.name} and its {listed(parts)} are written in one transaction: all or none; "
    what += "removing it takes them along"
    return case(
        "integration", f"{table.name}_with_parts", what, "parts live and die with what they belong to", table.serves
    )


def _moved_stock(one: Withdrawal, tried: Iterable[Claim]) -> TestCase:
    what = (
        f"{withdrawal_told(one)}: {one.column} of {one.table} follows a part that comes, changes and goes, gets back "
        f"once what a row of {one.whole} held that ends, and refuses with 23514 of {one.check} what is not there, and "
        f"with it the whole row of {one.whole}; {given_back(one)}"
    )
    rule = "what is ordered leaves the stock"
    moved = (claim for claim in tried if claim.trial.kind != "executes")
    return case("integration", f"{one.table}_{one.column}_moved", what, rule, one.serves, moved)


def _performance(requirements: Requirements, schema: SchemaDesign) -> list[TestCase]:
    by_query: dict[str, list[Claim]] = defaultdict(list)
    for claim in schema.claims:
        if claim.trial.kind == "uses_index":
            by_query[claim.trial.query].append(claim)
    made = []
    for query in schema.queries:
        if query.name in by_query:
            what = f"{query.name} on {query.table} reads through {query.index}, and more blocks without it"
            made.append(
                case(
                    "performance",
                    f"{query.name}_index",
                    what,
                    "every index claim is tried against its absence",
                    query.serves,
                    by_query[query.name],
                )
            )
    if requirements.tier != "embedded" and schema.queries:
        made.append(_load(requirements, schema))
    return made or [_by_reference(schema, by_query)]


def _by_reference(schema: SchemaDesign, tried: dict[str, list[Claim]]) -> TestCase:
    """What can be shown where the brief asks for no query: the rows of a parent are found through an index."""
    claims = [claim for of_query in tried.values() for claim in of_query]
    read = {claim.trial.table for claim in claims if claim.trial.kind == "uses_index"}
    tables = [table.name for table in schema.tables if table.name in read]
    found = f"Rows of {listed(tables)} are found through the index of their reference, and " if claims else ""
    what = (
        f"{found}each query that the application adds reads {listed([t.name for t in schema.tables], 4)} through an "
        "index on rows for one year of growth"
    )
    serves = tuple(dict.fromkeys(s for table in schema.tables for s in table.serves))
    return case("performance", "references", what, "the brief states no query whose plan can be tried", serves, claims)


def _load(requirements: Requirements, schema: SchemaDesign) -> TestCase:
    rate, reads = request_rate(requirements), read_share(requirements)
    response = target(requirements, "response_ms", 500, "no response time is stated")
    names = listed([q.name for q in schema.queries], 4)
    what = (
        f"{plain(rate.value)} requests a second for ten minutes, {plain(100 * reads.value)} % of them reads "
        f"({names}), on rows for one "
        f"year of growth: the 95th percentile stays under {plain(response.value)} ms, and again at twice the rate to "
        f"see what breaks first"
    )
    return case(
        "performance",
        "load",
        what,
        "the brief's peak is produced",
        serving(requirements, "performance.", "assumption."),
    )


def _data_quality(requirements: Requirements, schema: SchemaDesign, claims: dict[str, list[Claim]]) -> list[TestCase]:
    made = []
    for table in schema.tables:
        if loaded := [c for c in claims[f"table.{table.name}"] if c.id.endswith((".accepts", ".loads"))]:
            what = (
                f"{table.name} takes {schema.dataset_rows:,} synthetic rows at most and one more, all valid, "
                f"before anything is tried on it"
            )
            made.append(
                case(
                    "data_quality",
                    f"{table.name}_rows",
                    what,
                    "a refusal means its constraint and not a bad sample",
                    table.serves,
                    loaded,
                )
            )
    kept = {name for one in schema.withdrawals for name in one.serves}
    return made + [
        _by_application(schema, rule)
        for rule in requirements.rules
        if rule.kind in ("state", "immutable", "capacity") or (rule.kind == "prose" and rule.id not in kept)
    ]


def _by_application(schema: SchemaDesign, rule: Rule) -> TestCase:
    table = next((t.name for t in schema.tables if t.entity and t.entity == rule.entity), "")
    where = f" in {table}" if table else ""
    detail = {
        "state": f"every change that is not among {listed([f'{a} → {b}' for a, b in rule.transitions])} is refused",
        "immutable": "a second write is refused",
        "capacity": "the row beyond the limit is refused, also when two come at once",
    }.get(rule.kind, "the application keeps it, since no constraint can; a nightly query counts rows that break it")
    if never_deleted(rule):
        detail = NO_DELETE
    return case(
        "data_quality",
        rule.id,
        f'"{rule.text}"{where}: {detail}',
        "rules beyond constraints are tested in the application",
        rule.serves,
    )


def _security(requirements: Requirements, schema: SchemaDesign) -> list[TestCase]:
    protection = requirements.protection
    if requirements.tier == "embedded":
        what = f"Another account of the machine can neither read nor change {listed([t.name for t in schema.tables])}"
        serves = tuple(dict.fromkeys(s for table in schema.tables for s in table.serves))
        return [case("security", "other_accounts", what, "one person's data stay with that person", serves)]
    people = [
        t.name
        for t in schema.tables
        if any(c.sensitivity in ("personal", "health", "payment", "secret") for c in t.columns)
    ]
    serves = serving(requirements, "security.", "compliance.", "assumption.")
    what = (
        f"Each endpoint is called with the role of every caller, and with none: no answer holds a column of "
        f"{listed(people)} that its caller may not see"
    )
    made = (
        [case("security", "endpoints_by_role", what, "grants and policies are tried from the outside as well", serves)]
        if people
        else []
    )
    if protection.row_level or protection.owner or protection.tenant:
        whose = protection.tenant or protection.owner or "person"
        made.append(
            case(
                "security",
                "pooled_connections",
                f"Two requests of two different {whose} rows share one pooled connection: the second sees nothing of "
                f"the first, since the setting is local to its transaction",
                "a pool must not carry an identity over",
                serves,
            )
        )
    if protection.audit or protection.audited:
        made.append(
            case(
                "security",
                "audit_of_a_failure",
                "A change that is rolled back leaves no row in the audit trail, and one that commits leaves "
                "exactly one",
                "the trail is written in the same transaction",
                serves,
            )
        )
    return made or [_no_one_else(schema, serves)]


def _no_one_else(schema: SchemaDesign, serves: tuple[str, ...]) -> TestCase:
    """Rows that are about nobody can still be read or changed by the wrong one."""
    what = (
        f"Who is not the application, another account of the machine or a login of another service, can neither read "
        f"nor change {listed([t.name for t in schema.tables])}, and the application's own access changes no table"
    )
    return case(
        "security", "no_one_else", what, "no column is about a person; wrong hands can still change rows", serves
    )


def _recovery(requirements: Requirements, schema: SchemaDesign, recovery: Iterable[Claim]) -> list[TestCase]:
    tables = listed([t.name for t in largest(schema)])
    serves = serving(requirements, "availability.", "assumption.recovery", "assumption.")
    name = database_name(requirements, "restored")
    what = (
        f"The last copy is restored into {name}: rows of {tables} equal those at the time of the copy, at most "
        f"{plain(recovery_point_target(requirements).value)} s of work are missing, and it took at most "
        f"{plain(recovery_time_target(requirements).value)} s"
    )
    return [case("recovery", "restore", what, "a copy counts when it was restored", merged(serves), recovery)]
