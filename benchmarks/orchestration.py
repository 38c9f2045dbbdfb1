"""What Prefect costs and saves: `python -m benchmarks.orchestration [graph] [replay] [start]`.

Prints medians beside their aims and asserts nothing; benchmarks/README.md says what each figure means.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import twelve
from benchmarks.once import DATE, SHOP, designed_shop
from benchmarks.prefect_server import prefect_server
from benchmarks.spine import ROOT, figure, machine
from benchmarks.timed import children_seconds, computed, seconds
from flows.direct import DirectRun
from flows.here import QUIET
from flows.progress import Silent

PARTS = ("graph", "replay", "start")
TRIVIAL = "from prefect import flow\n@flow\ndef trivial():\n    return 1\ntrivial()\n"


def main() -> None:
    """Prints the parts that are named, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.orchestration", description="What Prefect costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; default: all")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each figure; default: 5")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        if "start" in (arguments.parts or PARTS):
            start(Path(folder), arguments.runs)
        if {"graph", "replay"} & set(arguments.parts or PARTS):
            with prefect_server(home):
                for part in (p for p in ("graph", "replay") if p in (arguments.parts or PARTS)):
                    {"graph": graph, "replay": replay}[part](home, arguments.runs)


def graph(home: Path, runs: int) -> None:
    """Twelve steps by plain calls and as tasks, in turn; then one of them fails and the flow is run again."""
    from flows.here import heard

    found, plain = twelve.shop(ROOT), DirectRun(Silent())
    with heard(Silent()):
        for name, contract, readings in (("small", twelve.small(found), twelve.WORKED), ("shop", found, 1)):
            size = len(contract.model_dump_json()) // 1024
            print(f"\nTwelve steps over contracts of {size} KB, {readings} readings a step, medians of {runs} runs")
            _as_flow(contract, readings, home / f"{name}-first")
            pairs = [
                (_as_flow(contract, readings, home / f"{name}-{n}"), computed(twelve.graph, contract, readings, plain))
                for n in range(runs)
            ]
            figure("as a flow, empty storage", [wall for (wall, _), _ in pairs])
            figure("as plain calls", [wall for _, (wall, _) in pairs])
            for said, place in (
                ("times the plain calls, median of the pairs", 0),
                ("the same in this process's processor seconds", 1),
            ):
                times = statistics.median(flow[place] / plain[place] for flow, plain in pairs)
                print(f"  {said:<58}{times:8.2f}    aim at most 3.4")
        twelve.FAILING.add("eight")
        try:
            _as_flow(found, 1, home / "failed")
        except RuntimeError:
            twelve.FAILING.clear()
        twelve.EXECUTED.clear()
        _as_flow(found, 1, home / "failed")
    again = len(set(twelve.EXECUTED) & twelve.FINISHED)
    print(f"  {'finished steps run again after a failure in step 8':<58}{again:8d}    aim 0")


def _as_flow(found: Any, readings: int, storage: Path) -> tuple[float, float]:
    """The flow's seconds alone, with the settings and the connection that a command has made before it."""
    from prefect import flow
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

    from flows.tasks import TaskRun

    @flow(name="twelve", persist_result=False)
    def run() -> None:
        twelve.graph(found, readings, TaskRun(Silent()))

    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: str(storage)}):
        return computed(run)


def replay(home: Path, runs: int) -> None:
    """The shop with its proof; the last step fails because the output is no folder, and the run is replayed."""
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH, temporary_settings

    print(f"\nReplay of the shop after a failure in the last step, medians of {runs} runs")
    seconds(designed_shop, "embedded", str(home / "warm"), False)
    full, again = list[float](), list[float]()
    for n in range(runs):
        with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: str(home / "results" / f"replay-{n}")}):
            full.append(seconds(_failing_last, home / f"out-{n}"))
            again.append(seconds(designed_shop, "embedded", str(home / f"out-{n}"), False))
    whole = figure("the run that fails in its last step", full)
    rest = figure("its replay", again)
    print(f"  {'of the full run':<58}{rest / whole:8.1%}    aim under 10 %")


def _failing_last(output: Path) -> None:
    """A file lies where the project's folder has to be made."""
    from flows.inputs import InputError

    output.mkdir()
    (output / "shop").write_text("in the way")
    try:
        designed_shop("embedded", str(output), False)
    except InputError:
        (output / "shop").unlink()


def start(folder: Path, runs: int) -> None:
    """`design` without a server beside Prefect's own trivial flow and plain calls: whole processes, in turn."""
    print(f"\nStart without a server, whole processes, first run and medians of {runs} later ones")
    design = ["-m", "flows", "design", str(SHOP), "--date", DATE, "--engine", "none", "--output", str(folder / "out")]
    commands = {"design": design, "Prefect's trivial flow": ["-c", TRIVIAL], "design --direct": [*design, "--direct"]}
    rows = []
    for n in range(runs + 1):
        if n:
            shutil.rmtree(folder / "design" / "storage", ignore_errors=True)
        rows.append([_process(folder / name.partition(" ")[0], command) for name, command in commands.items()])
    for name, column in zip(commands, zip(*rows, strict=True), strict=True):
        figure(f"{name}, first run of a home", [column[0][0]])
        figure(f"{name}, later", [wall for wall, _ in column[1:]])
        figure(f"{name}, later, processor seconds", [used for _, used in column[1:]])
    for said, place in (("seconds", 0), ("processor seconds", 1)):
        first, *later = [(ours[place] - direct[place]) / trivial[place] for ours, trivial, direct in rows]
        print(f"  {f'start without the work, over the trivial flow, {said}, first':<58}{first:8.2f}    aim 1.2")
        print(f"  {'median of the later ones':<58}{statistics.median(later):8.2f}    aim 1.2")


def _process(home: Path, command: list[str]) -> tuple[float, float]:
    """Seconds of a process, and what it and the server that it started computed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {**kept, **QUIET, "PREFECT_HOME": str(home)}
    home.mkdir(exist_ok=True)
    run = [sys.executable, *command]
    before = children_seconds()
    wall = seconds(lambda: subprocess.run(run, cwd=ROOT, env=environment, capture_output=True, check=False))
    return wall, children_seconds() - before


if __name__ == "__main__":
    main()
