"""How a proof grows with the brief and scales with sessions: `python -m benchmarks.proofs [--entities 50 200]`.

Each brief is designed and proven as a whole, with 10,000 rows in each table. The processor seconds of this process and
of the servers depend little on what else the machine does; the elapsed ones do.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from unittest.mock import patch

from benchmarks.briefs import grown_brief
from benchmarks.once import DATE, SHOP
from benchmarks.spine import machine
from benchmarks.timed import PHASES, TimedRun
from contracts.brief import Brief
from flows.engines import lanes
from flows.inputs import brief_from_file, brief_from_text
from flows.spine import persistence_architecture

AIM, AIM_AT = 90.0, 200
"""Seconds in which a brief with so many entities is designed and proven."""


def main(argv: Sequence[str] | None = None) -> None:
    """Prints a line for each brief and number of sessions at once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proofs", description="How fast proofs are.")
    parser.add_argument("--entities", type=int, nargs="*", default=[50, AIM_AT], metavar="N", help="default: 50 200")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, os.cpu_count() or 1], metavar="N",
                        help="sessions at once; default: 1 and one for each processor")  # fmt: skip
    parser.add_argument("--engine", default="embedded", help="default: embedded")
    arguments = parser.parse_args(argv)
    print(machine(), flush=True)
    print(f"  {'':<24}{'sessions':>9}{'claims':>8}{'seconds':>9}{'processor':>11}  {'  '.join(PHASES)}")
    briefs = {"shop": brief_from_file(str(SHOP), "shop", DATE)}
    briefs |= {f"{n} entities": brief_from_text(grown_brief(n), f"grown-{n}", DATE) for n in arguments.entities}
    for name, brief in briefs.items():
        for sessions in dict.fromkeys(arguments.sessions):
            aim = f"   aim {AIM:g} s" if name == f"{AIM_AT} entities" else ""
            print(f"  {name:<24}{sessions:>9}{_proven(brief, arguments.engine, sessions)}{aim}", flush=True)


def _proven(brief: Brief, engine: str, sessions: int) -> str:
    run, begun, computed = TimedRun(), time.perf_counter(), _processor()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, patch.object(lanes, "PROCESSORS", sessions):
        handed = persistence_architecture(brief, engine, folder, run)
    took, used = time.perf_counter() - begun, _processor() - computed
    phases = "  ".join(f"{run.phases.get(phase, 0):{len(phase)}.1f}" for phase in PHASES)
    failing = f"   {handed.claims - handed.held} do not hold" if handed.claims != handed.held else ""
    return f"{handed.claims:>8}{took:9.1f}{used:11.1f}  {phases}{failing}"


def _processor() -> float:
    """Seconds of this process and of those that it started and that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    main()
