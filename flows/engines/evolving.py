"""A migration tried on populated data: every step forward, every step back, and what each did to schema and rows."""

import re
from collections.abc import Callable, Iterable, Sequence

from agents.evolution.difference import disagreements
from artifacts.evolution_files import step_files
from artifacts.statements import split_statements
from contracts.claims import Engine
from contracts.evolution import (
    EvolutionPlan,
    EvolutionProof,
    EvolutionStep,
    Lock,
    SchemaState,
    StepEvidence,
)
from flows.engines.both_rules import rows_for_both
from flows.engines.schema_state import schema_state
from flows.engines.server import Server, forbidden, scratch
from flows.engines.session import Connection, checked, ran, rolled_back

Progress = Callable[[int, int, str], None]
RECORDS = "schema_migrations"

_LOCKS = """
SELECT DISTINCT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
AND n.nspname <> 'information_schema' AND c.oid < {oldest} ORDER BY 1, 2
"""
_FILES = """
SELECT c.oid::text, c.relname, c.relfilenode::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_MODES = {"AccessShareLock": 0, "RowShareLock": 1, "RowExclusiveLock": 2, "ShareUpdateExclusiveLock": 3, "ShareLock": 4,
          "ShareRowExclusiveLock": 5, "ExclusiveLock": 6, "AccessExclusiveLock": 7}  # fmt: skip

Fill = Callable[[Connection], dict[str, str]]
"""Puts rows into the tables of the old schema; gives, by table, why one stayed empty."""


def proven(
    server: Server, script: Sequence[str], plan: EvolutionPlan, progress: Progress, fill: Fill | None = None
) -> EvolutionProof:
    """The steps of the plan on a database of its old design, with synthetic rows or those of `fill`."""
    text = "\n".join([*script, *(sql for step in plan.steps for sql in step.forward)])
    with scratch(server, "experiment", text) as connection:
        _run(connection, script)
        unfilled = fill(connection) if fill else rows_for_both(connection, plan)
        checked(connection, "ANALYZE")
        return _Trial(server, connection, plan, text, progress).proof(unfilled)


class _Trial:
    """One way there and back."""

    def __init__(
        self, server: Server, connection: Connection, plan: EvolutionPlan, text: str, progress: Progress
    ) -> None:
        self._server, self._connection, self._plan, self._text = server, connection, plan, text
        self._progress, self._done, self._total = progress, 0, 2 * len(plan.steps)

    def _tell(self, text: str) -> None:
        self._progress(self._done, self._total, text)
        self._done += 1

    def proof(self, unfilled: dict[str, str]) -> EvolutionProof:
        """Forward to the last step or the first that fails, then back from there."""
        kept, whole = kept_columns(self._plan), all_columns(self._plan.old, self._plan.answers.fills)
        first, rows = self._sums(whole), self._rows()
        there = self._sums(kept)
        schemas: list[SchemaState] = []
        seen: list[StepEvidence] = []
        for step in self._plan.steps:
            schemas.append(self._state())
            seen.append(self._forward(step))
            if seen[-1].failure:
                break
        failed = bool(seen and seen[-1].failure)
        reaches = () if failed else disagreements(self._state(), self._plan.target)
        lost = [] if failed else _different(there, self._sums(kept, renamed=True))
        done = len(seen) - failed
        for place in reversed(range(done)):
            seen[place] = self._back(self._plan.steps[place], seen[place], schemas[place])
        returns = disagreements(self._state(), self._plan.old)
        lost += [] if returns else _different(first, self._sums(whole))
        return EvolutionProof(
            engine=self._engine(), rows=rows, unfilled=unfilled, steps=tuple(seen), reaches=reaches, returns=returns,
            lost=tuple(dict.fromkeys(lost)), untried=tuple(t for t in changed_tables(self._plan) if not rows.get(t, 1)),
        )  # fmt: skip

    def _engine(self) -> Engine:
        server = self._server
        return Engine(name=server.name, version=server.version, origin=server.origin, limits=server.all_limits)

    def _state(self) -> SchemaState:
        return schema_state(self._connection, self._text)

    def _rows(self) -> dict[str, int]:
        return {name: count for name, (count, _) in self._sums(all_columns(self._plan.old)).items()}

    def _forward(self, step: EvolutionStep) -> StepEvidence:
        self._tell(f"{step.version} {step.title}")
        before = self._files()
        forward, _ = step_files(step).values()
        failure, locks = self._statements(forward, before)
        after = self._files()
        rewritten = tuple(sorted(after[oid][0] for oid in before if oid in after and before[oid][1] != after[oid][1]))
        return StepEvidence(version=step.version, failure=failure, locks=locks, rewritten=rewritten)

    def _back(self, step: EvolutionStep, seen: StepEvidence, earlier: SchemaState) -> StepEvidence:
        self._tell(f"the way back of {step.version}")
        _, back = step_files(step).values()
        failure, _ = self._statements(back, {})
        if failure:
            return seen.changed(failure=f"way back: {failure}", restored=False)
        left = disagreements(self._state(), earlier)
        return seen.changed(failure=f"way back leaves: {'; '.join(left)}" if left else "", restored=not left)

    def _statements(self, text: str, before: dict[str, tuple[str, str]]) -> tuple[str, tuple[Lock, ...]]:
        """The statements of a file as psql sends them; the locks are those that its transaction held at its end."""
        locks: tuple[Lock, ...] = ()
        for statement in split_statements(text):
            if statement.text.split("\n")[-1].upper() == "COMMIT" and before:
                locks = self._locks(before)
            reason = forbidden(self._server, statement.text)
            outcome = ran(self._connection, statement.text)
            if outcome.failed or reason:
                rolled_back(self._connection)
                ran(self._connection, "RESET ALL")
                return f"{reason or outcome.message} in: {_short(statement.text)}", locks
        return "", locks

    def _locks(self, before: dict[str, tuple[str, str]]) -> tuple[Lock, ...]:
        """The strongest lock on each table that was there before the step."""
        oldest = max((int(oid) for oid in before), default=0) + 1
        strongest: dict[str, str] = {}
        for table, mode in checked(self._connection, _LOCKS.format(oldest=oldest)).rows or ():
            if _MODES.get(str(mode), 0) >= _MODES.get(strongest.get(str(table), ""), 0):
                strongest[str(table)] = str(mode)
        return tuple(
            Lock(table=t, mode=spelled(m)) for t, m in strongest.items() if t != RECORDS and _MODES.get(m, 0) > 2
        )

    def _files(self) -> dict[str, tuple[str, str]]:
        rows = checked(self._connection, _FILES).rows or ()
        return {str(oid): (str(name), str(node)) for oid, name, node in rows}

    def _sums(
        self, columns: dict[str, tuple[str, list[tuple[str, str]]]], renamed: bool = False
    ) -> dict[str, tuple[int, str]]:
        """Rows and a sum over the values of these columns by table, whatever the order of the rows."""
        found = {}
        for table, (new, pairs) in columns.items():
            listed = ", ".join(f"{b if renamed else a}" for a, b in pairs)
            row = f"hashtextextended(ROW({listed})::text, 0)"
            sql = f"SELECT count(*), coalesce(sum({row}::numeric), 0) FROM {new if renamed else table}"
            answer = (checked(self._connection, sql).rows or ())[0]
            found[table] = (int(str(answer[0])), str(answer[1]))
        return found


def changed_tables(plan: EvolutionPlan) -> tuple[str, ...]:
    """The old design's tables whose rows a step reads, rewrites, moves or holds against a rule; not those that stay."""
    former = {new: old for old, new in plan.answers.renames.items() if "." not in old}
    changes = [c for c in plan.difference.changes if c not in plan.kept]
    subjects = [c.subject for c in changes if c.subject.kind in ("table", "column", "constraint", "index")]
    named = {thing.name if thing.kind == "table" else thing.table for thing in subjects}
    return tuple(t.name for t in plan.old.of("table") if t.name in named | {former.get(name, name) for name in named})


def all_columns(state: SchemaState, filled: Iterable[str] = ()) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Every column of every table that holds data of the application, but for those that people had filled."""
    left_out = set(filled)
    return {
        t.name: (t.name, [(c.name, c.name) for c in state.of("column", t.name) if f"{t.name}.{c.name}" not in left_out])
        for t in state.of("table")
        if not t.text("parent") and t.name != RECORDS
    }


def kept_columns(plan: EvolutionPlan) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """The columns that both designs have in the same type, with their names before and after."""
    altered = {(c.table, c.name): c.text("type") for c in plan.new.of("column")}
    tables = {t.name for t in plan.new.of("table")}
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for old in all_columns(plan.old):
        new = plan.answers.renames.get(old.replace('"', ""), old)
        if new not in tables:
            continue
        pairs = []
        for column in plan.old.of("column", old):
            named = plan.answers.renames.get(f"{old}.{column.name}".replace('"', ""), column.name).rpartition(".")[2]
            filled = f"{new}.{named}" in plan.answers.fills
            if altered.get((new, named)) == column.text("type") and not column.text("generated") and not filled:
                pairs.append((column.name, named))
        if pairs:
            found[old] = (new, pairs)
    return found


def spelled(mode: str) -> str:
    """A lock's mode as PostgreSQL's documentation writes it.

    >>> spelled("AccessExclusiveLock")
    'ACCESS EXCLUSIVE'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mode.removesuffix("Lock")).upper()


def _different(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    return [table for table, value in before.items() if after.get(table) != value]


def _run(connection: Connection, script: Iterable[str]) -> None:
    for sql in script:
        ran(connection, sql)
    rolled_back(connection)


def _short(text: str) -> str:
    return " ".join(text.split())[:300]
