"""How fast a hand-over is: `python -m benchmarks.handover`. Prints figures beside their aims and asserts nothing.

All agents that are here, from the document on disk to files on disk, the server's start included and the run of the
generated suite left out. The large document is one of 200 entities, designed without proof.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.briefs import grown_brief
from benchmarks.once import DATE, SHOP
from benchmarks.spine import machine
from flows.consumers import AGENTS, consumer
from flows.direct import DirectRun
from flows.handover_spine import document_handover
from flows.inputs import brief_from_file, brief_from_text
from flows.progress import Silent
from flows.spine import persistence_architecture

AIM = {"shop": 2.0, "200 tables": 15.0}
"""Seconds from the document to the files."""


def main(argv: Sequence[str] | None = None) -> None:
    """Prints the median of each document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.handover", description="How fast a hand-over is.")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each figure; default: 3")
    arguments = parser.parse_args(argv)
    there = [name for name in AGENTS if consumer(name)]
    print(f"{machine()}\nHand-over to {', '.join(there)}, without the suite's run, medians of {arguments.runs} runs")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for name, document in documents(folder).items():
            taken = sorted(seconds(document, folder) for _ in range(arguments.runs))
            middle = statistics.median(taken)
            print(f"  {name:<12}{middle:8.2f} s  ({taken[0]:.2f} to {taken[-1]:.2f})   aim under {AIM[name]:g} s")


def documents(folder: str) -> dict[str, str]:
    """The shop and a design of 200 entities, written without proof: only their reading is measured."""
    briefs = {
        "shop": brief_from_file(str(SHOP), "shop", DATE),
        "200 tables": brief_from_text(grown_brief(200), "grown", DATE),
    }
    run = DirectRun(Silent())
    return {name: persistence_architecture(brief, "none", folder, run).document for name, brief in briefs.items()}


def seconds(document: str, folder: str) -> float:
    """One hand-over."""
    begin = time.perf_counter()
    document_handover(document, "embedded", str(Path(folder) / "out"), AGENTS, "none", DirectRun(Silent()))
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
