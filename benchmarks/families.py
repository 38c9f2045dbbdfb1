"""Briefs designed and proven for every engine family that is here: claims that hold, and what does not.

`python -m benchmarks.families [BRIEF …] [--families NAME …]`; without briefs the examples and those of the tests. It
prints a line a brief and family, and asserts nothing.
"""

import argparse
import tempfile
import time
from pathlib import Path

from agents import dialects
from artifacts.reading import plan_of
from flows.direct import DirectRun
from flows.engines import EngineError, engine
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import persistence_architecture

ROOT = Path(__file__).parents[1]
DATE = "2026-11-01"
SHOWN = 3


def main() -> None:
    arguments = _arguments()
    print("| brief | family | claims that hold | checklist | seconds | what does not hold |")
    print("|---|---|---|---|---|---|")
    for brief in arguments.briefs:
        for family in arguments.families:
            print(_line(Path(brief), family), flush=True)


def _line(brief: Path, family: str) -> str:
    name = brief.parent.name if brief.stem == "INITIAL" else brief.stem
    try:
        engine("embedded", family)
    except EngineError as error:
        return f"| {name} | {family} | not tried: {error.fact} | | | |"
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as output:
        read = brief_from_file(str(brief), "", DATE, database=family)
        handoff = persistence_architecture(read, "embedded", output, DirectRun(Silent()))
        plan = plan_of(Path(handoff.plan).read_text(encoding="utf-8"))
    seconds = time.perf_counter() - started
    items = [item.verdict for item in plan.checklist.items]
    wrong = [evidence.claim for evidence in plan.proof.evidence if evidence.verdict != "holds"]
    wrong += [finding.check for finding in plan.checklist.findings if finding.severity == "error"]
    told = ", ".join(dict.fromkeys(wrong[:SHOWN])) + (f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else "")
    return (
        f"| {name} | {family} | {handoff.held} of {handoff.claims} | {items.count('holds')} of {len(items)} "
        f"| {seconds:.0f} | {told} |"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    known = sorted([*ROOT.glob("examples/*/INITIAL.md"), *ROOT.glob("tests/briefs/*.md")])
    parser.add_argument("briefs", nargs="*", default=[str(path) for path in known], metavar="BRIEF")
    parser.add_argument("--families", nargs="+", default=list(dialects.names()), choices=dialects.names())
    return parser.parse_args()


if __name__ == "__main__":
    main()
