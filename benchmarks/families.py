"""Briefs designed and proven for every engine family that is here: what runs, what is refused, and what does not hold.

`python -m benchmarks.families [BRIEF …] [--families NAME …]`; without briefs the examples and those of the tests. It
prints a line a brief and family, and asserts nothing.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from agents import dialects
from artifacts.reading import plan_of
from benchmarks.clients import by_client
from contracts.plan import PersistencePlan
from flows.direct import DirectRun
from flows.engines import EngineError, engine
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import persistence_architecture

ROOT = Path(__file__).parents[1]
DATE = "2026-11-01"
SHOWN = 3
COLUMNS = (
    "brief", "family", "claims that hold", "checklist", "statements by the client", "violations refused",
    "indexes with evidence", "gaps told", "seconds", "what does not hold",
)  # fmt: skip


def main() -> None:
    arguments = _arguments()
    print(_row(COLUMNS))
    print("|" + "---|" * len(COLUMNS))
    for brief in arguments.briefs:
        for family in arguments.families:
            print(_row(_cells(Path(brief), family)), flush=True)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(brief: Path, family: str) -> Sequence[str]:
    name = brief.parent.name if brief.stem == "INITIAL" else brief.stem
    try:
        engine("embedded", family)
    except EngineError as error:
        return (name, family, f"not tried: {error.fact}", *[""] * (len(COLUMNS) - 3))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as output:
        read = brief_from_file(str(brief), "", DATE, database=family)
        handoff = persistence_architecture(read, "embedded", output, DirectRun(Silent()))
        seconds = time.perf_counter() - started
        plan = plan_of(Path(handoff.plan).read_text(encoding="utf-8"))
        statements, said = by_client(Path(handoff.document), family)
    wrong = [evidence.claim for evidence in plan.proof.evidence if evidence.verdict != "holds"]
    wrong += [finding.check for finding in plan.checklist.findings if finding.severity == "error"]
    told = ", ".join(dict.fromkeys(wrong[:SHOWN])) + (f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else "")
    items = [item.verdict for item in plan.checklist.items]
    return (
        name, family, f"{handoff.held} of {handoff.claims}", f"{items.count('holds')} of {len(items)}",
        f"all {statements}" if not said else f"of {statements} one is refused: {said}",
        _held(plan, "refused"), _held(plan, "uses_index"), str(len(plan.design.schema_design.gaps)),
        f"{seconds:.0f}", told,
    )  # fmt: skip


def _held(plan: PersistencePlan, kind: str) -> str:
    """Of the claims of one kind of trial, those that hold."""
    verdicts = {evidence.claim: evidence.verdict for evidence in plan.proof.evidence}
    seen = [verdicts.get(claim.id) for claim in plan.design.claims() if claim.trial.kind == kind]
    return f"{seen.count('holds')} of {len(seen)}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    known = sorted([*ROOT.glob("examples/*/INITIAL.md"), *ROOT.glob("tests/briefs/*.md")])
    parser.add_argument("briefs", nargs="*", default=[str(path) for path in known], metavar="BRIEF")
    parser.add_argument("--families", nargs="+", default=list(dialects.names()), choices=dialects.names())
    return parser.parse_args()


if __name__ == "__main__":
    main()
