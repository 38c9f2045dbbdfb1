"""One line a step on standard error, so that somebody who waits sees what was decided and what is being done.

Lines carry no durations and come in the order of the spine, so that two runs can be compared.
"""

import shutil
import sys
from collections.abc import Callable, Sized
from contextvars import ContextVar
from typing import Any, Protocol, TextIO

from artifacts.escape import clause, shortened
from artifacts.evidence import Tally, tally_text
from contracts.base import Contract, Decision
from contracts.caching import CachingPlan
from contracts.checklist import Checklist
from contracts.claims import Engine, Proof
from contracts.evolution import Evolution, EvolutionPlan, EvolutionProof, Schemas, SchemaScript
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.plan import Handoff
from contracts.published import PublishedDesign
from contracts.requirements import Requirements
from contracts.scaling import ScalingPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan
from contracts.validation import ApplicationValidation, SuiteRun, ValidationReport


class Progress(Protocol):
    """Where a run says how far it is."""

    def finished(self, step: str, result: object) -> None:
        """A step of the spine has this result."""

    def trial(self, done: int, total: int, text: str) -> None:
        """So many parts of the experiment are done, and this one comes next."""

    def note(self, text: str) -> None:
        """Something that explains a wait."""


class Silent:
    """Progress that nobody asked for."""

    def finished(self, step: str, result: object) -> None:
        """Nothing is said."""

    def trial(self, done: int, total: int, text: str) -> None:
        """Nothing is said."""

    def note(self, text: str) -> None:
        """Nothing is said."""


LISTENER: ContextVar[Progress | None] = ContextVar("listener", default=None)
"""Who hears the progress of a flow that was started in this process; parameters of a flow cannot carry it."""


class Lines:
    """Progress as lines of a text stream; on a terminal the count of trials moves within its line."""

    def __init__(self, steps: int, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._steps, self._done, self._quarter, self._moving = steps, 0, 0, False

    def finished(self, step: str, result: object) -> None:
        """`[3/11] schema design: 9 tables, 24 indexes`."""
        self._done += 1
        self._line(f"[{self._done}/{self._steps}] {step}: {summary(result)}")

    def trial(self, done: int, total: int, text: str) -> None:
        """Every trial on a terminal; elsewhere each quarter, because logs keep every line."""
        line = f"[{self._done + 1}/{self._steps}] trying {done} of {total}: {' '.join(text.split())}"
        if self._stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r{line[:width]}\x1b[K")
            self._stream.flush()
            self._moving = True
        elif total and done < total and done * 4 // total > self._quarter:
            self._quarter = done * 4 // total
            self._line(line)

    def note(self, text: str) -> None:
        """The text on a line of its own."""
        self._line(text)

    def _line(self, text: str) -> None:
        self._stream.write(f"{chr(13)}\x1b[K{text}\n" if self._moving else f"{text}\n")
        self._stream.flush()
        self._moving = False


def summary(result: object) -> str:
    """What a step's result amounts to, in one short phrase of numbers and names."""
    describe = _SUMMARIES.get(type(result))
    if describe is not None:
        return describe(result)
    return type(result).__name__ if isinstance(result, Contract) else str(result)


def decided(result: object) -> tuple[str, ...]:
    """Each decision of a step as `topic: choice`, which consist of the design's names; the reasons, which may quote
    the brief, stand in the document."""
    decisions: tuple[Decision, ...] = getattr(result, "decisions", ())
    return tuple(f"{clause(d.topic)}: {shortened(d.choice, 160)}" for d in decisions)


def count(things: Sized, one: str, many: str = "") -> str:
    """`1 table`, `9 tables`; `many` where adding an s is wrong.

    >>> count((1, 2), "index", "indexes")
    '2 indexes'
    """
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"


def _requirements(found: Requirements) -> str:
    unread = [line for line in found.trace if line.use == "not_understood"]
    return (
        f"{count(found.requirements, 'requirement')}, {count(found.entities, 'entity', 'entities')}, "
        f"{count(found.assumptions, 'assumption')}, tier {found.tier}"
        + (f", {count(unread, 'line')} not understood" if unread else "")
    )


def _schema(found: SchemaDesign) -> str:
    return (
        f"{count(found.tables, 'table')}, {count(found.indexes, 'index', 'indexes')}, "
        f"{count(found.queries, 'query', 'queries')}"
    )


def _caching(found: CachingPlan) -> str:
    if not found.layers:
        return "no cache"
    return f"{', '.join(layer.product for layer in found.layers)}; {count(found.entries, 'kind')} of value"


def _scaling(found: ScalingPlan) -> str:
    replicas = count(found.replicas, "replica") if found.replicas else "no replica"
    return f"{count(found.settings, 'setting')}, {count(found.pools, 'pool')}, {replicas}"


def _security(found: SecurityPlan) -> str:
    policies = count(found.policies, "row-level policy", "row-level policies") if found.policies else "no row policy"
    return f"{count(found.roles, 'role')}, {policies}, {'audit' if found.audit else 'no audit'}"


def _operations(found: OperationsPlan) -> str:
    return f"{found.backup.method}; {count(found.monitoring, 'query', 'queries')}, {count(found.alerts, 'alert')}"


def _proof(found: Proof) -> str:
    verdicts = [evidence.verdict for evidence in found.evidence]
    return tally_text(Tally(*(verdicts.count(verdict) for verdict in ("holds", "fails", "not_tried"))))


def _checklist(found: Checklist) -> str:
    held = sum(item.verdict == "holds" for item in found.items)
    return f"{held} of {count(found.items, 'item')} hold, {count(found.findings, 'finding')}"


def _published(found: PublishedDesign) -> str:
    edited = ", edited" if found.edited else ""
    return f"{count(found.catalogue.tables, 'table')}, {count(found.queries, 'query', 'queries')}{edited}"


def _evolution_plan(found: EvolutionPlan) -> str:
    questions = f", {count(found.questions, 'open question')}" if found.questions else ""
    return f"{count(found.difference.changes, 'change')}, {count(found.steps, 'step')}{questions}"


def _evolution_proof(found: EvolutionProof) -> str:
    back = sum(step.restored is True for step in found.steps)
    rows = sum(found.rows.values())
    return (
        f"{count(found.steps, 'step')} forward and {back} back on {rows:,} rows: {'holds' if found.holds else 'fails'}"
    )


_SUMMARIES: dict[type, Callable[[Any], str]] = {
    Requirements: _requirements,
    SchemaDesign: _schema,
    CachingPlan: _caching,
    ScalingPlan: _scaling,
    SecurityPlan: _security,
    OperationsPlan: _operations,
    MigrationPlan: lambda plan: count(plan.migrations, "migration"),
    Engine: lambda engine: engine_name(engine),
    Proof: _proof,
    Checklist: _checklist,
    Handoff: lambda handoff: handoff.document,
    PublishedDesign: _published,
    ApplicationValidation: lambda suite: count(suite.requirements, "requirement"),
    SuiteRun: lambda run: f"{count(run.results, 'test')}, {run.environment}",
    ValidationReport: lambda report: report.verdict,
    SchemaScript: lambda script: count(script.lines, "statement"),
    Schemas: lambda both: f"{count(both.old.of('table'), 'table')} become {len(both.new.of('table'))}",
    EvolutionPlan: _evolution_plan,
    EvolutionProof: _evolution_proof,
    Evolution: lambda evolution: evolution.document,
}


def engine_name(engine: Engine) -> str:
    """`PostgreSQL 18.6 (embedded)`; says so when nothing was run."""
    if engine.origin == "none":
        return "no engine, nothing is tried"
    return f"{engine.name} {engine.version} ({engine.origin})"
