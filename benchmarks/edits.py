"""Edits of whole briefs through `evolve`: `python -m benchmarks.edits [BRIEF …] [--only TEXT] [--proof]`.

Each edit of `edits.yaml` is designed anew and compared with its brief's design on the embedded engine: it changes
nothing, ends with open questions, or has steps, which `--proof` tries there and back on rows.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from agents.evolution import evolution_plan, rename_statements
from agents.migrations import migration_plan
from agents.operations import operations_plan
from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from agents.security import security_plan
from contracts.evolution import Answers, EvolutionPlan, Schemas, SchemaScript
from flows.engines.evolving import proven
from flows.engines.locate import engine
from flows.engines.server import Server, serving
from flows.evolve_inputs import refuse_unknown
from flows.evolve_steps import _shown as shown
from flows.evolve_steps import designed_script
from flows.inputs import brief_from_file

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
REVERSE = "(reverse)"
"""Marks an edit that is tried from the edited brief to the one that stands."""


def edited(name: str, edit: str) -> tuple[str, str, Answers]:
    """The brief before and after the edit, and the answers; `ValueError` where the brief lacks what is edited."""
    before = after = Path(CASES[name]["brief"]).read_text()
    answers: dict[str, Any] = {}
    for part in CASES[name]["edits"][edit]:
        if isinstance(part, dict):
            answers = part
        elif part[0] not in after:
            raise ValueError(f"{CASES[name]['brief']} has no {part[0]!r}, which the edit {edit!r} replaces.")
        else:
            after = after.replace(*part)
    pair = (after, before) if edit.endswith(REVERSE) else (before, after)
    return *pair, Answers.model_validate(answers)


@cache
def designed(text: str, project: str) -> SchemaScript:
    """What the design of the brief makes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "INITIAL.md"
        file.write_text(text)
        brief = brief_from_file(str(file), project, "2026-11-01", database="postgresql")
    requirements = requirement_analysis(brief)
    schema = schema_design(requirements, brief.date)
    security = security_plan(requirements, schema, brief.date)
    operations = operations_plan(requirements, schema)
    migrations = migration_plan(schema, security, operations)
    return designed_script(requirements, "INITIAL.md", schema, security, operations, migrations)


def planned(server: Server, name: str, edit: str) -> tuple[EvolutionPlan, SchemaScript]:
    """The plan of an edit, and the script of the design that stands."""
    before, after, answers = edited(name, edit)
    old, new = designed(before, name), designed(after, name)
    (stands, last), (comes, _) = shown(server, old), shown(server, new)
    refuse_unknown(answers, stands, comes)
    forward, _ = rename_statements(stands, answers)
    renamed = shown(server, old, forward)[0] if forward else stands
    return evolution_plan(name, old, new, Schemas(old=stands, renamed=renamed, new=comes, last=last), answers), old


def told(server: Server, name: str, edit: str, proof: bool) -> Iterator[str]:
    """The lines of one edit."""
    plan, old = planned(server, name, edit)
    changes = f"{len(plan.difference.changes)} changes"
    if plan.questions:
        yield f"  asks   {edit}: {changes}; {'; '.join(question.subject for question in plan.questions)}"
    elif not proof:
        yield f"  plans  {edit}: {changes}, {len(plan.steps)} steps"
    else:
        seen = proven(server, old.statements(), plan, lambda *_: None)
        faults = [*(step.failure for step in seen.steps if step.failure), *seen.reaches, *seen.returns, *seen.lost]
        faults += [f"{table} was not tried: {seen.unfilled.get(table)}" for table in seen.untried]
        empty = f", empty: {', '.join(seen.unfilled)}" if seen.unfilled else ""
        rows = f"{sum(seen.rows.values())} rows{empty}"
        yield f"  {'holds' if seen.holds else 'FAILS'}  {edit}: {changes}, {len(plan.steps)} steps, {rows}"
        yield from (f"         {fault}" for fault in faults)


def main(argv: Sequence[str] | None = None) -> None:
    """Prints what becomes of each edit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edits", description="Edited briefs through evolve.")
    parser.add_argument("briefs", nargs="*", default=list(CASES), metavar="BRIEF", help=f"of {', '.join(CASES)}")
    parser.add_argument("--only", default="", metavar="TEXT", help="edits whose name has this text")
    parser.add_argument("--proof", action="store_true", help="there and back on rows")
    arguments = parser.parse_args(argv)
    with serving(engine("embedded")) as server:
        for name in arguments.briefs:
            print(name, flush=True)
            for edit in CASES[name]["edits"]:
                if arguments.only in edit:
                    print("\n".join(told(server, name, edit, arguments.proof)), flush=True)


if __name__ == "__main__":
    main()
