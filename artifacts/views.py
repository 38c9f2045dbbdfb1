"""What the templates show, prepared: joins and groupings that would be unreadable inside a template."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from artifacts.evidence import ProofGroup, ProofLine, proof_group
from artifacts.figures import inputs
from artifacts.published_queries import DISPATCHING
from artifacts.script import Piece, lines_by_place, pieces
from contracts.base import Decision, Omission
from contracts.caching import CachingPlan, Invalidation
from contracts.checklist import Finding
from contracts.claims import Claim, WriteCost
from contracts.plan import Design
from contracts.requirements import AccessPattern, Entity, Relationship, Requirements, Rule, TraceLine
from contracts.scaling import Growth, ScalingPlan
from contracts.schema import Column, Index, Query, Table
from contracts.security import SecurityPlan

_NOTHING = ProofGroup(0, 0, ())


@dataclass(frozen=True)
class ColumnGroup:
    """Columns that come from the same place: the phrase says from where."""

    whence: str  # columns follow by the line of the brief that states them
    columns: tuple[tuple[int | None, tuple[str, ...]], ...]


@dataclass(frozen=True)
class TablePart:
    """A run of statements in the schema section; facts stand at a table's first run, proof at its last. `writes` says
    of an index what it was seen to cost new rows."""

    title: str
    table: Table | None
    columns: tuple[ColumnGroup, ...]
    indexes: tuple[Index, ...]
    sql: str
    proof: ProofGroup
    writes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QueryPart:
    """One query pattern with its SQL and its proof; `query` is None for statements that prepare none."""

    title: str
    query: Query | None
    sql: str
    proof: ProofGroup


@dataclass(frozen=True)
class Grants:
    """What a role may do on which tables."""

    role: str
    privileges: tuple[str, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Sensitive:
    """Columns of a table that hold one kind of data and are treated alike."""

    table: str
    sensitivity: str
    columns: tuple[str, ...]
    treatment: str
    clear: tuple[str, ...]
    masked: tuple[str, ...]


def table_parts(design: Design, lines: Sequence[ProofLine]) -> tuple[TablePart, ...]:
    """The schema section in the script's order."""
    found = pieces(design, "schema")
    proofs = lines_by_place(design, lines)
    writes = {
        line.claim.trial.index: line.evidence.observed
        for line in lines
        if line.holds and isinstance(line.claim.trial, WriteCost)
    }
    last = {piece.subject: position for position, piece in enumerate(found)}
    seen: set[str] = set()
    parts = []
    for position, piece in enumerate(found):
        proof = proof_group(proofs.get(("schema", piece.subject), ())) if last[piece.subject] == position else _NOTHING
        part = _table_part(design, piece, proof, piece.subject not in seen)
        parts.append(replace(part, writes=writes))
        seen.add(piece.subject)
    return tuple(parts)


def _table_part(design: Design, piece: Piece, proof: ProofGroup, first: bool) -> TablePart:
    """One run of statements about a table, or about something that belongs to none."""
    schema = design.schema_design
    table = next((t for t in schema.tables if t.name == piece.subject), None)
    if table is None or not first:
        title = f"{piece.subject} (continued)" if table else _title(piece)
        return TablePart(title, None, (), (), piece.sql, proof)
    indexes = tuple(index for index in schema.indexes if index.table == table.name)
    return TablePart(
        table.name, table, column_groups(table.columns, _doubtful(design, table)), indexes, piece.sql, proof
    )


def _title(piece: Piece) -> str:
    """A heading for statements that belong to no table."""
    names = {"extension": "Extensions", "function": "Functions", "schema": "Schema", "trigger": "Triggers"}
    return names.get(piece.subject, piece.subject.replace("_", " ").capitalize())


def _doubtful(design: Design, table: Table) -> dict[str, str]:
    """How sure the analysis is of the stated attributes that it understood rather than read, by name."""
    return {
        attribute.name: attribute.confidence
        for entity in design.requirements.entities if entity.name == table.entity
        for attribute in entity.attributes
        if attribute.origin.kind == "stated" and attribute.confidence != "high"
    }  # fmt: skip


def column_groups(
    columns: Iterable[Column], doubtful: Mapping[str, str] = MappingProxyType({})
) -> tuple[ColumnGroup, ...]:
    """Columns by where they come from and then by line, in the order in which each first appears.

    `doubtful` holds the confidence in what was understood from prose, by the name of the attribute.
    """
    groups: dict[str, dict[int | None, list[str]]] = {}
    for column in columns:
        origin = column.origin
        word: str = "by convention" if origin.kind == "convention" else origin.kind
        doubt = doubtful.get(column.name) or doubtful.get(column.name.removesuffix("_id"))
        word = f"{word} ({doubt} confidence)" if doubt and origin.kind == "stated" else word
        rule = f" ({origin.rule})" if origin.rule and origin.kind != "stated" else ""
        line = origin.line if origin.kind == "stated" else None
        groups.setdefault(f"{word}{rule}", {}).setdefault(line, []).append(column.name)
    return tuple(
        ColumnGroup(phrase, tuple((line, tuple(names)) for line, names in lines.items()))
        for phrase, lines in groups.items()
    )


def doubts(requirements: Requirements) -> dict[str, str]:
    """How sure the analysis is of what it read, by the ids of requirements, rules and accesses, where it is not."""
    found: dict[str, str] = {}
    things: tuple[Entity | Relationship, ...] = (*requirements.entities, *requirements.relationships)
    for thing in things:
        if thing.confidence != "high" and thing.origin.kind == "stated":
            found.update(dict.fromkeys(thing.serves, thing.confidence))
    everything: tuple[Rule | AccessPattern, ...] = (*requirements.rules, *requirements.access_patterns)
    for read in everything:
        if read.confidence != "high":
            found[read.id] = read.confidence
            if read.origin.kind == "stated":
                found.update(dict.fromkeys(read.serves, read.confidence))
    return found


_OWN = {"outbox_events": DISPATCHING}
"""Headings of statements that answer no access pattern, by what they are about."""


def query_parts(design: Design, lines: Sequence[ProofLine]) -> tuple[QueryPart, ...]:
    """The queries section in the script's order."""
    proofs = lines_by_place(design, lines)
    queries = {query.name: query for query in design.schema_design.queries}
    return tuple(
        QueryPart(
            queries[piece.subject].title if piece.subject in queries else _OWN.get(piece.subject, piece.subject),
            queries.get(piece.subject),
            piece.sql,
            proof_group(proofs.get(("queries", piece.subject), ())),
        )
        for piece in pieces(design, "queries")
    )


def largest(tables: Sequence[Table]) -> Table | None:
    """The table with the most rows after a year; the first of equals."""
    return max(tables, key=lambda table: table.expected_rows + 365 * table.rows_per_day, default=None)


def decisions(design: Design) -> tuple[Decision, ...]:
    """All decisions of all agents."""
    plans = (design.schema_design, design.caching, design.scaling, design.security, design.operations)
    return tuple(decision for plan in plans for decision in plan.decisions)


_PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("queries", ("quer",)),
    ("monitoring", ("monitor", "alert", "metric", "exporter")),
    ("partitioning", ("partition",)),
    ("pooling", ("pool", "connection")),
    ("development", ("development",)),
    ("production", ("production",)),
    ("testing", ("test",)),
    ("read_scaling", ("replica", "read", "rout", "standby")),
)


_PROVEN_IN: tuple[tuple[str, str], ...] = (
    ("database", r"scaling\.(setting|memory|order)"),
    ("capacity", r"scaling\.(disk|retention|growth|wal)"),
    ("read_scaling", r"scaling\.(availability|lag|report|replica)"),
    ("pooling", r"scaling\."),
    ("backup", r"operations\.backup"),
    ("environments", r"operations\.setting"),
    ("testing", r"operations\.at-once"),
    ("monitoring", r""),
)
"""The section that shows the proof of a claim of scaling or operations: the first whose pattern its id begins with."""


def claims_by_section(design: Design) -> dict[str, tuple[Claim, ...]]:
    """Each claim of scaling and operations once, in the section that speaks of its subject."""
    found: dict[str, list[Claim]] = {section: [] for section, _ in _PROVEN_IN}
    for claim in (*design.scaling.claims, *design.operations.claims):
        found[next(section for section, pattern in _PROVEN_IN if re.match(pattern, claim.id))].append(claim)
    return {section: tuple(claims) for section, claims in found.items()}


@dataclass(frozen=True)
class FindingGroup:
    """What one check found."""

    check: str
    severity: str
    findings: tuple[Finding, ...]


def findings_by_check(findings: Sequence[Finding]) -> tuple[FindingGroup, ...]:
    """Findings by check, errors before advice, each group in the order of its first finding."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity != "error"):
        found.setdefault((finding.check, finding.severity), []).append(finding)
    return tuple(FindingGroup(check, severity, tuple(group)) for (check, severity), group in found.items())


def omissions_by_section(design: Design) -> dict[str, tuple[Omission, ...]]:
    """Each omission once, in the section that its subject speaks of, else in the main section of its plan."""
    plans: tuple[tuple[str, tuple[Omission, ...]], ...] = (
        ("schema", design.schema_design.omissions),
        ("capacity", design.scaling.omissions),
        ("backup", design.operations.omissions),
    )
    found: dict[str, list[Omission]] = {"caching": list(design.caching.omissions)}
    found["security"] = list(design.security.omissions)
    for home, omissions in plans:
        for omission in omissions:
            words = ((place, w) for place, ws in _PLACES for w in ws)
            place = next((p for p, word in words if re.search(rf"\b{word}", omission.subject, re.IGNORECASE)), home)
            found.setdefault(place, []).append(omission)
    return {place: tuple(omissions) for place, omissions in found.items()}


def grants(plan: SecurityPlan) -> tuple[Grants, ...]:
    """Grants with equal privileges of one role on one line; columns stand behind their table."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for grant in plan.grants:
        where = f"{grant.table} ({', '.join(grant.columns)})" if grant.columns else grant.table
        found.setdefault((grant.role, tuple(grant.privileges)), []).append(where)
    return tuple(Grants(role, privileges, tuple(tables)) for (role, privileges), tables in found.items())


def stale_keys(plan: CachingPlan) -> tuple[Invalidation, ...]:
    """What each kind of write makes stale, over all entries: keys and reasons without repeats."""
    found: dict[tuple[str, tuple[str, ...], str], list[Invalidation]] = {}
    for stale in (stale for entry in plan.entries for stale in entry.invalidations):
        found.setdefault((stale.table, stale.operations, stale.event), []).append(stale)
    return tuple(
        group[0].model_copy(
            update={
                "keys": tuple(dict.fromkeys(key for stale in group for key in stale.keys)),
                "because": "\n".join(dict.fromkeys(stale.because for stale in group)),
            }
        )
        for group in found.values()
    )


def sensitive(plan: SecurityPlan) -> tuple[Sensitive, ...]:
    """Classified columns of one table that are treated alike, on one line."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for entry in plan.classifications:
        found.setdefault((entry.table, entry.sensitivity, entry.treatment), []).append(entry.column)
    return tuple(
        Sensitive(t, s, tuple(columns), treatment, *_seen_by(plan, t, columns))
        for (t, s, treatment), columns in found.items()
    )


def _seen_by(plan: SecurityPlan, table: str, columns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles that read some of these columns in the clear, and those that see some of them masked."""
    clear = dict.fromkeys(
        grant.role
        for grant in plan.grants
        if grant.table == table
        and "select" in grant.privileges
        and (not grant.columns or set(grant.columns) & set(columns))
    )
    masked = dict.fromkeys(
        role
        for view in plan.masked_views
        if view.table == table and {mask.column for mask in view.masks} & set(columns)
        for role in view.roles
    )
    return tuple(clear), tuple(masked)


def not_understood(trace: Sequence[TraceLine]) -> tuple[TraceLine, ...]:
    """The lines of the brief that nobody could use."""
    return tuple(line for line in trace if line.use == "not_understood")


def rest_of_schema_proof(design: Design, lines: Sequence[ProofLine], section: str) -> ProofGroup:
    """Claims of the schema agent that belong to a section (partitioning), or, with "", to no statement."""
    proofs = lines_by_place(design, lines)
    return proof_group([line for place, group in proofs.items() if place[0] == section for line in group])


@dataclass(frozen=True)
class GrowthRow:
    """One table's growth, one entry for each span of years, and the inputs that all of them share."""

    table: str
    growth: tuple[Growth | None, ...]
    inputs: str


@dataclass(frozen=True)
class Formula:
    """A formula that several figures share, with what it computes."""

    title: str
    text: str
    source: str


def growth_years(plan: ScalingPlan) -> tuple[int, ...]:
    """The spans that the plan looks at, shortest first."""
    return tuple(sorted({growth.years for growth in plan.growth}))


def growth_rows(plan: ScalingPlan) -> tuple[GrowthRow, ...]:
    """The growth of each table, in the plan's order."""
    tables = dict.fromkeys(growth.table for growth in plan.growth)
    found = {(growth.table, growth.years): growth for growth in plan.growth}
    rows = []
    for table in tables:
        spans = tuple(found.get((table, years)) for years in growth_years(plan))
        rows.append(GrowthRow(table, spans, _shared_inputs([span for span in spans if span])))
    return tuple(rows)


def _shared_inputs(spans: Sequence[Growth]) -> str:
    """The inputs that do not change with the span and are no result of another formula."""
    given = [i for span in spans for i in (*span.rows.inputs, *span.heap_bytes.inputs, *span.index_bytes.inputs)]
    written = [figure for span in spans[:1] for figure in (span.log_bytes, span.written_bytes) if figure]
    given += [i for figure in written for i in figure.inputs]
    given = [i for i in given if i.name not in ("years", "grown") and not i.source.startswith("formula ")]
    return inputs(tuple(dict.fromkeys(given)))


def growth_formulas(plan: ScalingPlan) -> tuple[Formula, ...]:
    """Each distinct formula of the growth figures once, with what it computes."""
    parts = (
        ("Rows", "rows"),
        ("Data", "heap_bytes"),
        ("Indexes", "index_bytes"),
        ("Write-ahead log of a year, grown by the yearly growth until then", "log_bytes"),
        ("Pages that checkpoints write in a year", "written_bytes"),
    )
    return tuple(
        dict.fromkeys(
            Formula(title, figure.formula, figure.source)
            for title, field in parts
            for figure in (getattr(growth, field) for growth in plan.growth)
            if figure is not None
        )
    )


@dataclass(frozen=True)
class YearTotal:
    """All tables after some years: bytes that stand, and bytes that the log and the pages of such a year take."""

    years: int
    stands: float
    log: float
    written: float


def growth_totals(plan: ScalingPlan) -> tuple[YearTotal, ...]:
    """The sums under the growth table."""
    return tuple(
        YearTotal(
            years,
            sum(g.heap_bytes.value + g.index_bytes.value for g in of_year),
            sum(g.log_bytes.value for g in of_year if g.log_bytes),
            sum(g.written_bytes.value for g in of_year if g.written_bytes),
        )
        for years in growth_years(plan)
        for of_year in [[g for g in plan.growth if g.years == years]]
    )
