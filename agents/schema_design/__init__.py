"""The schema agent: from requirements to tables, constraints, queries and exactly the indexes they need.

It reads top to bottom: tables, then partitions, then synthetic rows, queries over them, the indexes that
the queries and foreign keys ask for, the statements, and what all of it claims.
"""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from agents import dialects
from agents.figures import read_share, request_rate
from agents.naming import identifier, shorten, singular, words
from agents.schema_design import claims
from agents.schema_design.aggregates import parts_of
from agents.schema_design.agreement import agreement_decisions, with_agreements
from agents.schema_design.capacities import capacity_claims, capacity_decisions, with_capacities
from agents.schema_design.command_claims import command_claims
from agents.schema_design.commands import Command, command, command_decisions
from agents.schema_design.core import core_tables
from agents.schema_design.costs import Need
from agents.schema_design.dataset import GROWN, ROWS, Dataset
from agents.schema_design.day_claims import day_decisions
from agents.schema_design.decisions import decisions, unanswered
from agents.schema_design.diagram import diagram
from agents.schema_design.hierarchies import hierarchies, hierarchy_claims, hierarchy_decisions
from agents.schema_design.indexes import Served, Workload, indexes
from agents.schema_design.lifecycles import lifecycle_claims, lifecycle_decision, lifecycles
from agents.schema_design.names import unused
from agents.schema_design.one_default import one_default_decision, singled
from agents.schema_design.one_default_claims import one_default_claims
from agents.schema_design.outbox import (
    DISPATCH,
    NAME,
    TAKE_INDEX,
    no_outbox,
    outbox,
    outbox_decision,
    outbox_index,
    outbox_statements,
)
from agents.schema_design.outbox_claims import outbox_claims
from agents.schema_design.partitions import retained_months
from agents.schema_design.physical import Logical, Physical
from agents.schema_design.postgresql import POSTGRESQL
from agents.schema_design.public_ids import (
    default_of,
    is_named,
    made_elsewhere,
    no_public_ids,
    public_id_claims,
    public_id_decision,
    with_public_ids,
)
from agents.schema_design.queries import asked_empty, named_references, query
from agents.schema_design.room import ample, open_parents
from agents.schema_design.snapshot_claims import snapshot_claims
from agents.schema_design.sole_claims import sole_claims
from agents.schema_design.soles import sole_decision
from agents.schema_design.spelling import Abilities
from agents.schema_design.tables import tables
from agents.schema_design.totals import total_claims, total_decisions, totals
from agents.schema_design.versions import version_claims, version_decisions
from agents.schema_design.withdrawal_claims import withdrawal_claims
from agents.schema_design.withdrawals import unable, withdrawal_decisions, withdrawals
from contracts.base import Omission
from contracts.claims import Claim
from contracts.requirements import AccessPattern, Integration, Requirements, Rule
from contracts.schema import Query, SchemaDesign, Table, Total


def schema_design(requirements: Requirements, start: dt.date, physical: Physical = POSTGRESQL) -> SchemaDesign:
    """The schema of one project for one engine family; partitions begin with the month of `start`.

    What the tables mean, their keys, rules, queries and which indexes serve them is decided here; `physical` spells it.
    """
    version = dialects.family(physical.name).version_for(requirements.stack)
    drawn, untied = with_agreements(tables(requirements), requirements.rules)
    elsewhere = made_elsewhere(requirements)
    drawn = with_public_ids(drawn, elsewhere, default_of(physical.name, physical.ordered_uuid, version))
    events = outbox(requirements, drawn)
    drawn = (*drawn, events.table) if events else drawn
    made, unkept = with_capacities(physical.partitioned(drawn, requirements, start), requirements.rules)
    core = core_tables(made)
    kept, uncounted = totals(requirements, made)
    lives = lifecycles(requirements.rules, made)
    wanted, untaken = withdrawals(requirements, made, lives)
    taken = wanted if physical.abilities.moves else ()
    trees = hierarchies(made)
    absent = asked_empty(requirements, made)
    dataset = Dataset(made, start, ample(kept, taken), open_parents(lives, kept), physical.spelling, absent=absent)
    found, needs, omissions, made_by = _queries(requirements, made, core, dataset, kept)
    entities = {entity.name: entity for entity in requirements.entities}
    rules: dict[str, list[Rule]] = {}
    for rule in requirements.rules:
        rules.setdefault(rule.entity or "", []).append(rule)
    grown = dataset.grown(need.table for need in needs)
    workload = _workload(requirements, made, dataset, grown, physical.abilities)
    chosen, served = indexes(made, found, needs, entities, rules, workload)
    chosen = (*chosen, outbox_index(events, physical.abilities)) if events else chosen
    found = tuple(q.model_copy(update={"index": served[q.name].index if q.name in served else None}) for q in found)
    searched = {need.query: need.words.expression for need in needs if need.words and need.words.expression}
    kept_days = retained_months(made, requirements)
    logical = Logical(
        requirements, made, chosen, found, kept, lives, trees, searched, kept_days, version, served, events, wanted
    )
    native = physical.made(logical)
    skips = physical.abilities.shares
    design = SchemaDesign(
        dialect=physical.name,
        engine_name=physical.label,
        client=physical.client,
        floor=version,
        extensions=native.extensions,
        tables=native.tables,
        indexes=native.indexes,
        queries=native.queries,
        totals=kept,
        withdrawals=taken,
        lifecycles=lives,
        statements=(
            *native.statements,
            *(outbox_statements(events, physical.spelling, skips) if events else ()),
        ),
        dataset=tuple(dataset.load(table) for table in made),
        dataset_rows=ROWS,
        growth=tuple(map(dataset.growth, grown)),
        grown_rows=GROWN if grown else 0,
        decisions=(
            *decisions(requirements, made, chosen, physical, version),
            *agreement_decisions(made, requirements.rules),
            *lifecycle_decision(lives),
            *hierarchy_decisions(trees),
            *total_decisions(kept),
            *capacity_decisions(made, physical.abilities.shares),
            *command_decisions(made_by),
            *withdrawal_decisions(taken, physical.label, physical.abilities.shares),
            *version_decisions(made),
            *day_decisions(requirements, native.tables, physical.label),
            *one_default_decision(made, physical.label),
            *sole_decision(made),
            *([outbox_decision(events, skips, physical.label)] if events else []),
            *(
                [public_id_decision(made, elsewhere, requirements.stack.language, physical.label)]
                if elsewhere and is_named(made)
                else []
            ),
            *native.decisions,
        ),
        omissions=(
            *omissions,
            *untied,
            *uncounted,
            *unkept,
            *untaken,
            *(unable(wanted, physical.label) if not physical.abilities.moves else []),
            *_omissions(requirements, made, physical),
            *([] if events else [no_outbox(requirements)]),
            *([no_public_ids(elsewhere)] if elsewhere and not is_named(made) else []),
            *native.omissions,
        ),
        gaps=native.gaps,
        diagram=diagram(native.tables),
    )
    own = physical.own_claims(logical, dataset)
    own = (*own, *outbox_claims(events, dataset, skips)) if events else own
    spelled = tuple(map(_in_own_words, made, native.tables))
    orders = [claim for one in made_by for claim in command_claims(one, kept, taken, dataset)]
    orders += snapshot_claims(spelled, made_by, dataset)
    found_claims = (*_claims(design, spelled, dataset, served, physical), *orders, *own)
    return design.model_copy(update={"claims": found_claims})


def _in_own_words(logical: Table, native: Table) -> Table:
    """The logical table, whose types the synthetic rows follow, with its checks as the engine spells them."""
    return logical.model_copy(update={"checks": native.checks})


def _workload(
    requirements: Requirements,
    made: tuple[Table, ...],
    dataset: Dataset,
    grown: tuple[Table, ...],
    abilities: Abilities,
) -> Workload:
    rate, reads = request_rate(requirements).value, read_share(requirements).value
    stated = {volume.entity for volume in requirements.volumes if volume.origin.kind == "stated"}
    unsure = frozenset(t.name for t in made if t.entity not in stated and t.nature == "person")
    return Workload(rate * reads, rate * (1 - reads), dataset, tuple(t.name for t in grown), abilities, unsure)


def _queries(
    requirements: Requirements,
    made: tuple[Table, ...],
    core: Mapping[str, sa.Table],
    dataset: Dataset,
    kept: tuple[Total, ...],
) -> tuple[tuple[Query, ...], list[Need], list[Omission], list[Command]]:
    by_entity = {table.entity: table for table in made if table.entity}
    taken: set[str] = set()
    seen: set[tuple[str, str]] = set()
    found: list[Query] = []
    needs: list[Need] = []
    omitted: list[Omission] = []
    commands: list[Command] = []
    for pattern in requirements.access_patterns:
        table = by_entity.get(pattern.entity)
        if table is None:
            continue
        references = named_references(table, made)
        name = unused(query_name(pattern, table), taken)
        if pattern.kind == "write" and all(condition.values for condition in pattern.filters):
            parts = parts_of(table, pattern, requirements, made)
            one = command(pattern, table, parts, core, dataset, kept, name)
            if (table.name, one.query.sql) in seen:
                taken.discard(name)
                continue
            seen.add((table.name, one.query.sql))
            taken.update(written.query.name for written in one.parts)
            commands.append(one)
            found += (one.query, *(written.query for written in one.parts))
            continue
        built = query(pattern, table, core[table.name], references, dataset, name)
        if built is None:
            taken.discard(name)
            omitted.append(unanswered(pattern))
            continue
        if (table.name, built[0].sql) in seen:
            taken.discard(name)
            continue
        seen.add((table.name, built[0].sql))
        found.append(built[0])
        needs += [built[1]] if built[1] else []
    return tuple(found), needs, omitted, commands


def query_name(pattern: AccessPattern, table: Table) -> str:
    """The PREPARE name: what it does, to which table, by what."""
    verb = {"lookup": "get", "list": "list", "search": "search", "aggregate": "report", "write": "update"}[pattern.kind]
    if pattern.kind == "write" and not pattern.filters:
        verb = "create"
    without = [f"no_{f.attribute}" for f in pattern.filters if f.operator == "empty"]
    by = "_".join(f.attribute for f in pattern.filters if not f.values and f.operator != "empty")
    where = "_".join([*(f.attribute for f in pattern.filters if f.values), *without])
    parts = (verb, table.name, by and f"by_{by}", where and f"where_{where}")
    return shorten(identifier("_".join(filter(None, parts))), 60)


def _omissions(requirements: Requirements, made: tuple[Table, ...], physical: Physical) -> list[Omission]:
    outside = [
        Omission(
            subject=f"Integration with {integration.name}",
            reason="calls, retries and webhooks are the application's; the database keeps their results in "
            f"{_kept(integration, made)}",
            origin=integration.origin,
            serves=integration.serves,
        )
        for integration in requirements.integrations
    ]
    if any(table.partitioning for table in made) or not made:
        return outside
    largest = max(made, key=lambda table: table.expected_rows + table.rows_per_day * 1095)
    rows = largest.expected_rows + largest.rows_per_day * 1095
    return [
        *outside,
        Omission(
            subject="Partitioning",
            reason=f"the largest table, {largest.name}, has {rows:,.0f} rows after three years; "
            f"{physical.label} serves that from one table",
            origin=largest.origin,
            serves=largest.serves,
        ),
    ]


def _kept(integration: Integration, made: tuple[Table, ...]) -> str:
    """The tables whose names share a word with the integration."""
    asked = {singular(word) for word in words(f"{integration.name} {integration.purpose}")}
    named = [t.name for t in made if asked & {singular(word) for word in t.name.split("_")}]
    return ", ".join(named) or "no table of its own, since the brief names no data of it"


def _claims(
    design: SchemaDesign,
    tables: tuple[Table, ...],
    dataset: Dataset,
    served: Mapping[str, Served],
    physical: Physical,
) -> tuple[Claim, ...]:
    """What every family claims; `tables` are the logical ones, whose types the synthetic rows follow."""
    by_name = {table.name: table for table in tables}
    serves = {f"table.{t.name}": t.serves for t in tables}
    serves |= {f"index.{i.name}": i.serves for i in design.indexes}
    serves |= {f"query.{q.name}": q.serves for q in design.queries}
    serves |= {f"total.{t.name}": t.serves for t in design.totals}
    serves |= {f"withdrawal.{one.name}": one.serves for one in design.withdrawals}
    serves |= {f"lifecycle.{life.name}": life.serves for life in design.lifecycles}
    serves |= {DISPATCH: by_name[NAME].serves} if NAME in by_name else {}
    made = claims.statement_claims(design.statements, serves)
    made += claims.dataset_claims(design.dataset, dataset.rows)
    made += claims.dataset_claims(design.growth, {table.name: GROWN for table in tables})
    for table in tables:
        made += claims.table_claims(table, dataset)
        made += capacity_claims(table, dataset)
    for total in design.totals:
        made += total_claims(total, tables, dataset)
    for one in design.withdrawals:
        made += withdrawal_claims(one, dataset, design.lifecycles)
    for tree in hierarchies(tables):
        made += hierarchy_claims(tree, dataset, design.lifecycles)
    made += version_claims(tables, dataset)
    made += public_id_claims(tables, dataset)
    made += one_default_claims(tables, dataset)
    made += sole_claims(tables, dataset)
    for life in design.lifecycles:
        made += lifecycle_claims(life, by_name[life.table], dataset, design.totals)
    made += [claims.query_claim(q, served.get(q.name), dataset) for q in design.queries if not q.part_of]
    named = {q.index for q in design.queries} | {TAKE_INDEX}
    defaults = {one.index(table) for table in tables for one in singled(table)}
    defaults |= {one.name for table in tables for one in table.soles}
    for index in design.indexes:
        if index.name in defaults:
            continue
        if index.unique:
            made.append(claims.live_unique_claim(by_name[index.table], index, dataset))
        if index.name not in named and not (index.where and not physical.abilities.partial):
            made.append(claims.reference_claim(index, by_name[index.table], dataset))
    return tuple(made)
