"""The document that people read: a persistence plan as persistence.md.

The text lives in `templates/`, one file a section; what a section shows is prepared in `views` and
`yaml_sections`. Nothing here decides: the same plan gives the same bytes.
"""

import functools
from collections.abc import Callable

from jinja2 import Environment

from artifacts import evidence, figures, migration_files, script, tracing, views, yaml_application, yaml_sections
from artifacts.environment import document_environment
from artifacts.evidence import ProofLine
from artifacts.reading import sealed
from artifacts.statements import split_statements
from contracts.claims import Claim
from contracts.plan import PersistencePlan

DOCUMENT_VERSION = "1.0"
FOLD_FROM = 9  # proof tables with more lines that all hold are folded, so that failures stand out
FINDINGS_SHOWN = 5  # findings of one check that are told in full

TIERS = {
    "embedded": "one person's device, no server",
    "small": "one database server",
    "standard": "a service with a standby or read replicas",
    "large": "a fleet with partitioned data",
}


def persistence_md(plan: PersistencePlan) -> str:
    """The document; its SQL blocks are `plan.design.script()` in order, its last lines hold its and the plan's digest.

    Ends with exactly one newline. A plan that breaks a rule of the templates is an error, never a half document.
    """
    text = _environment().get_template("persistence.md.j2").render(context(plan))
    return sealed(tidied(text))


def context(plan: PersistencePlan) -> dict[str, object]:
    """All names that the templates use."""
    design = plan.design
    lines = evidence.proof_lines(design.claims(), plan.proof)
    return {
        "plan": plan,
        "design": design,
        "requirements": design.requirements,
        "schema": design.schema_design,
        "engine": plan.proof.engine,
        "engine_name": design.schema_design.engine_name,
        "tier": TIERS[design.requirements.tier],
        "lines": lines,
        "counts": evidence.tally(lines),
        "digest": plan.digest(),
        "version": DOCUMENT_VERSION,
        "findings_shown": FINDINGS_SHOWN,
        **_parts(plan, lines),
        **_functions(plan, lines),
    }


def _parts(plan: PersistencePlan, lines: tuple[ProofLine, ...]) -> dict[str, object]:
    """What is prepared in advance: the SQL in pieces, YAML data, the trace."""
    design = plan.design
    schema_lines = evidence.proof_lines(design.schema_design.claims, plan.proof)
    trace_rows = tracing.trace_rows(design, lines)
    held = frozenset(line.claim.id for line in lines if line.holds)
    queries = {query.name: query for query in design.schema_design.queries}
    return {
        "table_parts": views.table_parts(design, schema_lines),
        "query_parts": views.query_parts(design, schema_lines),
        "other_schema_proof": views.rest_of_schema_proof(design, schema_lines, ""),
        "partitioning_proof": views.rest_of_schema_proof(design, schema_lines, "partitioning"),
        "largest": views.largest(design.schema_design.tables),
        "decisions": views.decisions(design),
        "omitted": views.omissions_by_section(design),
        "proven_in": views.claims_by_section(design),
        "trace_rows": trace_rows,
        "doubts": views.doubts(design.requirements),
        "trace_yaml": yaml_application.traceability(trace_rows),
        "not_understood": views.not_understood(design.requirements.trace),
        "application_yaml": yaml_application.application(design),
        "access_yaml": yaml_application.access_patterns(design),
        "backup_yaml": yaml_application.backup(design.operations.backup),
        "database_yaml": yaml_sections.database(design),
        "caching_yaml": yaml_sections.caching(design.caching, queries),
        "pooling_yaml": yaml_sections.pooling(design.scaling),
        "monitoring_yaml": yaml_sections.monitoring(design.operations),
        "read_scaling_yaml": yaml_sections.read_scaling(design.scaling),
        "testing_yaml": yaml_sections.testing(design.operations, held),
    }


def _functions(plan: PersistencePlan, lines: tuple[ProofLine, ...]) -> dict[str, Callable[..., object]]:
    """What templates call."""
    design = plan.design

    def proof_of(claims: tuple[Claim, ...]) -> evidence.ProofGroup:
        """The proof of some claims."""
        return evidence.proof_group(evidence.proof_lines(claims, plan.proof))

    return {
        "proof_of": proof_of,
        "sql_pieces": functools.partial(script.pieces, design),
        "section_sql": lambda section: script.script_text([s for s in design.script() if s.section == section]),
        "environment_yaml": yaml_sections.environment,
        "proof_rows": evidence.proof_rows,
        "tally_text": evidence.tally_text,
        "tally": evidence.tally,
        "whence": figures.whence,
        "quantity": figures.quantity,
        "grants": views.grants,
        "stale_keys": views.stale_keys,
        "sensitive": views.sensitive,
        "growth_years": views.growth_years,
        "growth_rows": views.growth_rows,
        "growth_formulas": views.growth_formulas,
        "growth_totals": views.growth_totals,
        "way_back": split_statements,
        "file_names": migration_files.file_names,
        "findings_by_check": views.findings_by_check,
        "fold_from": lambda: FOLD_FROM,
    }


@functools.cache
def _environment() -> Environment:
    """Compiling the templates costs more than rendering them."""
    return document_environment()


def tidied(text: str) -> str:
    """Outside of fenced blocks: no space at line ends and at most one blank line in a row."""
    kept: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = line[: len(line) - len(line.lstrip("`"))]
        opens = not fence and len(mark) >= 3 and "`" not in line[len(mark) :]
        closes = bool(fence) and line == fence
        line = line if fence else line.rstrip()
        if fence or line or (kept and kept[-1]):
            kept.append(line)
        fence = mark if opens else "" if closes else fence
    return "\n".join(kept).strip("\n") + "\n"
