"""A persistence.md and what an engine said of its script → the contract of the agents downstream."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from artifacts import published_data as data
from artifacts.published_application import application
from artifacts.published_queries import Prepared, queries
from artifacts.reading import DocumentError, edited, plan_digest, sections
from artifacts.source import source_blocks, source_tables
from artifacts.statements import SqlStatement
from contracts.catalogue import Catalogue
from contracts.claims import Engine
from contracts.published import (
    ChecklistRow,
    EvidenceRow,
    PublishedDesign,
    RequirementRow,
    ScriptStatement,
    SourceBlock,
    SourceSection,
    SourceTable,
)

_TITLE_END = re.compile(r"\s+-\s+Data Persistence Architecture\s*$")
_ID = re.compile(r"\s*\(([a-z0-9][a-z0-9_.:/-]*)\)(?:\s*\(\w+ confidence\))?\s*$")
_IDENTITY = re.compile(r"current_setting\('([\w.]+)'")
_FLOOR = re.compile(r"(?<![\w.])(\d+(?:\.\d+)*)\+?\s*$")


def published(
    raw: str,
    project: str,
    statements: Sequence[SqlStatement],
    engine: Engine,
    catalogue: Catalogue,
    prepared: Sequence[Prepared],
) -> PublishedDesign:
    """The contract of one document; `raw` has its own line ends, `project` is used where it does not name itself."""
    text = readable(raw)
    blocks, tail = source_blocks(raw)
    tables, facts = source_tables(text), data.Facts(blocks)
    evidence = tuple(evidence_rows(tables))
    family, floor = _engine(facts)
    return PublishedDesign(
        project=data.text(facts.get("application", "project")) or project,
        title=title(text),
        document_digest=hashlib.sha256(raw.encode()).hexdigest(),
        plan_digest=_plan_digest(text),
        edited=edited(text),
        engine=engine,
        engine_family=family,
        floor=floor,
        application=application(facts, _identity(catalogue)),
        machine=data.machine(facts),
        catalogue=catalogue,
        statements=tuple(ScriptStatement(sql=s.text, line=s.line) for s in statements),
        queries=queries(prepared, blocks, facts, evidence),
        requirements=tuple(requirement_rows(tables, facts)),
        evidence=evidence,
        checklist=tuple(checklist_rows(tables)),
        sections=tuple(SourceSection(title=s.title, level=s.level, line=s.line, end=s.end) for s in sections(text)),
        blocks=blocks,
        tables=tables,
        tail=tail,
        **_facts(facts, blocks),
    )


def _facts(facts: data.Facts, blocks: tuple[SourceBlock, ...]) -> dict[str, Any]:
    """The fields that come from YAML alone."""
    lists = ("settings", "caches", "cache_entries", "pools", "replicas", "routes", "alerts", "environments")
    found: dict[str, Any] = {name: tuple(getattr(data, name)(facts)) for name in lists}
    return found | {"backup": data.backup(facts, blocks)}


def readable(raw: str) -> str:
    """The text as Markdown reads it: LF line ends, no byte-order mark; no line gets another number."""
    return raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def title(text: str) -> str:
    """The project's title: the first heading without the document's own name."""
    heads = sections(text)
    return _TITLE_END.sub("", heads[0].title) if heads else ""


def _plan_digest(text: str) -> str:
    try:
        return plan_digest(text)
    except DocumentError:
        return ""  # a hand-written document has no plan; whether the comment is whole is said by `verify`


def _engine(facts: data.Facts) -> tuple[str, str]:
    """`PostgreSQL 15+` as family and oldest version."""
    stated = data.text(facts.get("database", "primary"))
    version = _FLOOR.search(stated)
    return (stated[: version.start()].strip() if version else stated), (version[1] if version else "")


def _identity(catalogue: Catalogue) -> str:
    """The setting that policies compare with, as the server prints it, or the function that says who asks."""
    policies = (policy for table in catalogue.tables for policy in table.policies)
    spelled = [part for policy in policies for part in (policy.using, policy.check) if part]
    setting = next((found[1] for part in spelled if (found := _IDENTITY.search(part))), "")
    asked = (f.name for f in catalogue.functions if not f.arguments and any(f"{f.name}()" in part for part in spelled))
    return setting or next(asked, "")


def evidence_rows(tables: Sequence[SourceTable]) -> Iterator[EvidenceRow]:
    """Every line of the proof tables."""
    for table in tables:
        if table.header == ("Claim", "Tried", "Observed"):
            for number, (claim, tried, observed) in enumerate(table.rows):
                yield EvidenceRow(
                    section=table.section,
                    claim=claim,
                    tried=tried,
                    observed=observed,
                    holds=observed.startswith(("holds", "all ")),
                    line=_row_line(table, number),
                )


def requirement_rows(tables: Sequence[SourceTable], facts: data.Facts) -> Iterator[RequirementRow]:
    """Requirements and assumptions of the trace, whose ids stand in brackets behind their text."""
    serving = facts.mapping("traceability")
    for table in tables:
        if table.header[:1] == ("Requirement",) and len(table.header) == 4:
            for number, (asked, origin, served_by, proof) in enumerate(table.rows):
                found = _ID.search(asked)
                yield RequirementRow(
                    id=found[1] if found else "",
                    text=asked[: found.start()] if found else asked,
                    origin=origin,
                    served_by=served_by,
                    proof=proof,
                    elements=_elements(serving.get(found[1]) if found else None),
                    line=_row_line(table, number),
                )


def _elements(kinds: Any) -> dict[str, tuple[str, ...]]:
    """`{index: "ix_a, ix_b"}` with the names apart."""
    found = kinds if isinstance(kinds, dict) else {}
    return {kind: tuple(name.strip() for name in str(names).split(",")) for kind, names in found.items()}


def checklist_rows(tables: Sequence[SourceTable]) -> Iterator[ChecklistRow]:
    """Items of the quality checklist."""
    for table in tables:
        if table.header[:2] == ("Item", "Verdict"):
            for number, row in enumerate(table.rows):
                yield ChecklistRow(text=row[0], verdict=row[1], why=row[-1], line=_row_line(table, number))


def _row_line(table: SourceTable, number: int) -> int | None:
    return None if table.line is None else table.line + 2 + number
