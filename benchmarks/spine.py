"""How fast the spine is: `python -m benchmarks.spine`. Prints figures beside their aims and asserts nothing.

Medians of several runs, since a machine that does other things as well has slow runs; benchmarks/README.md says what
each figure means.
"""

import argparse
import json
import math
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.briefs import grown_brief
from benchmarks.once import DATE, SHOP, designed_shop
from benchmarks.prefect_server import prefect_server
from benchmarks.timed import PHASES, TimedRun, seconds
from contracts.brief import Brief
from flows.engines import EngineError
from flows.engines import engine as engine_of
from flows.inputs import brief_from_file, brief_from_text
from flows.spine import persistence_architecture

ROOT = Path(__file__).parent.parent
SIZES = (10, 100, 1000)
PROOF = {"none": "without proof", "embedded": "with proof"}
AIM = {"none": 0.5, "embedded": 4.0}
"""Seconds of the direct spine after imports."""
AIM_OF_SHARE = 1.0
"""Seconds that Prefect may add on a server that runs."""


def main(argv: Sequence[str] | None = None) -> None:
    """Prints all figures; `--sizes` without numbers leaves the growth out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spine", description="How fast the spine is.")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each figure; default: 5")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, metavar="N", help="entities; 10 100 1000")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # unwinds, so that the servers end as well
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        print(f"\nThe shop, medians of {arguments.runs} runs")
        _fresh_processes(arguments.runs)
        _steps_and_phases(folder, arguments.runs)
        _prefect_share(Path(folder), arguments.runs)
        if arguments.sizes:
            _growth(folder, sorted(arguments.sizes), arguments.runs)


def machine() -> str:
    """What the figures were measured on: Python, cores, processor, load, and the embedded PostgreSQL."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    try:
        engine = f"PostgreSQL {engine_of('embedded').version} (embedded)"
    except EngineError as error:
        engine = f"no embedded PostgreSQL: {error}"
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    cpu = model or platform.processor() or "unknown processor"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {cpu}, {engine}{load}"


def figure(name: str, values: Sequence[float], aim: float = 0) -> float:
    """Prints a line: median, span of the runs, and how the median compares with the aim; returns the median."""
    middle = statistics.median(values)
    said = f"   aim under {aim:g} s: {middle / aim:.2f} of it" if aim else ""
    print(f"  {name:<58}{middle:8.3f} s  ({min(values):.3f} to {max(values):.3f}){said}", flush=True)
    return middle


def _fresh_processes(runs: int) -> None:
    found = {engine: [_once(engine) for _ in range(runs)] for engine in PROOF}
    figure("imports of a direct run", [imports for some in found.values() for imports, _, _ in some])
    for engine, said in PROOF.items():
        figure(f"direct, {said}, fresh process, after imports", [run for _, run, _ in found[engine]], AIM[engine])
        figure("  of which this process computed", [computed for _, _, computed in found[engine]])


def _once(engine: str) -> tuple[float, float, float]:
    """Seconds of imports, of the run, and of the run's computing, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.once", engine]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    imports, run, computed = json.loads(done.stdout)
    return imports, run, computed


def _steps_and_phases(folder: str, runs: int) -> None:
    timed = [_timed(brief_from_file(str(SHOP), "shop", DATE), "embedded", folder) for _ in range(runs)]
    print("  of which, in a process that has run before, with proof:")
    for step in timed[0].steps:
        figure(f"  {step}", [run.steps[step] for run in timed])
        if step == "proof on engine":
            for phase in PHASES:
                figure(f"    {phase}", [run.phases.get(phase, 0) for run in timed])


def _timed(brief: Brief, engine: str, output: str) -> TimedRun:
    run = TimedRun()
    persistence_architecture(brief, engine, output, run)
    return run


def _prefect_share(folder: Path, runs: int) -> None:
    """Flow and plain calls in turn, so that both meet the same load; every flow has an empty storage."""
    home = folder / "prefect"
    home.mkdir()
    with prefect_server(home) as start:
        figure("a new Prefect server answers after", [start])
        figure("import of Prefect and the flow", [seconds(__import__, "flows.architect")])
        figure("flow, without proof, first of the process", [_flow("none", home, "first")])
        for engine, said in PROOF.items():
            pairs = [
                (_flow(engine, home, f"{engine}-{n}"), seconds(designed_shop, engine, str(home), True))
                for n in range(runs)
            ]
            flow = figure(f"flow, {said}, server running", [flow for flow, _ in pairs])
            direct = figure(f"direct, {said}, same process", [direct for _, direct in pairs])
            figure(f"Prefect's share, {said}", [flow - direct for flow, direct in pairs], AIM_OF_SHARE)
            print(f"  {'':<58}{flow / direct:8.2f} times the plain calls")
        figure("flow, with proof, every result stored before", [_flow("embedded", home, "embedded-0")])


def _flow(engine: str, home: Path, storage: str) -> float:
    """Seconds of the flow with its results in this folder of the server's home."""
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: str(home / "results" / storage)}):
        return seconds(designed_shop, engine, str(home), False)


def _growth(folder: str, sizes: Sequence[int], runs: int) -> None:
    """Seconds a step and size; the last column is the power of n between the two largest sizes, 1 being linear."""
    print("\nGrowth without proof: elapsed, then processor seconds a step", flush=True)
    grown = [_grown(size, folder, runs) for size in sizes]
    print(f"  {'':<26}{''.join(f'{size:>10}' for size in sizes)}     power")
    for step in grown[0]:
        print(f"  {step:<26}{''.join(f'{column[step]:10.3f}' for column in grown)}{_power(sizes, grown, step)}")
    totals = [sum(column.values()) for column in grown]
    sums = [{"total": total} for total in totals]
    print(f"  {'total':<26}{''.join(f'{total:10.3f}' for total in totals)}{_power(sizes, sums, 'total')}")
    each = "".join(f"{1000 * total / size:10.2f}" for total, size in zip(totals, sizes, strict=True))
    print(f"  {'milliseconds an entity':<26}{each}")


def _grown(entities: int, folder: str, runs: int) -> dict[str, float]:
    """Median processor seconds by step, because the load of the machine would bend the curve; its elapsed seconds
    are printed. From 500 entities on one run, which is long enough to tell.
    """
    brief = brief_from_text(grown_brief(entities), f"grown-{entities}", DATE)
    timed = [_timed(brief, "none", folder) for _ in range(runs if entities < 500 else 1)]
    figure(f"{entities} entities, elapsed", [sum(run.steps.values()) for run in timed])
    return {step: statistics.median(run.processor[step] for run in timed) for step in timed[0].processor}


def _power(sizes: Sequence[int], grown: Sequence[dict[str, float]], step: str) -> str:
    """The p in seconds ~ entities^p, from the slope between the two largest sizes on logarithmic scales."""
    if len(sizes) < 2 or min(grown[-2][step], grown[-1][step]) <= 0 or grown[-1][step] < 0.01:
        return ""
    slope = math.log(grown[-1][step] / grown[-2][step]) / math.log(sizes[-1] / sizes[-2])
    return f"{slope:10.2f}"


if __name__ == "__main__":
    main()
