"""How fast the spine is: `python -m benchmarks.spine`. Prints figures beside their aims and asserts nothing.

Medians, because a machine that does other things as well has slow runs and no fast ones; benchmarks/README.md says
what each figure means.
"""

import argparse
import contextlib
import datetime as dt
import io
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

_BEGUN = time.perf_counter()
from benchmarks.briefs import grown_brief  # noqa: E402  # the clock comes first: the imports are one of the figures
from benchmarks.timed import PHASES, TimedRun, seconds  # noqa: E402
from flows.designing import designed  # noqa: E402
from flows.engines import EngineError  # noqa: E402
from flows.engines import engine as engine_of  # noqa: E402
from flows.inputs import brief_from_file, brief_from_text  # noqa: E402
from flows.spine import persistence_architecture  # noqa: E402

IMPORTS = time.perf_counter() - _BEGUN

ROOT = Path(__file__).parent.parent
SHOP = ROOT / "examples" / "shop" / "INITIAL.md"
DATE = "2026-11-01"
SIZES = (10, 100, 1000)
AIMS = {"direct none": 0.5, "direct embedded": 4.0, "share": 1.0}
"""Seconds: without proof after imports, with proof, and Prefect's part on a running server."""


def main(argv: Sequence[str] | None = None) -> int:
    """Prints all figures; `--once ENGINE` is how the benchmark calls itself for a run in a fresh process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spine", description="How fast the spine is.")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each figure; default: 5")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, metavar="N", help="entities of the grown briefs")
    parser.add_argument("--once", choices=("none", "embedded"), help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if arguments.once:
            print(json.dumps([IMPORTS, seconds(_design, arguments.once, folder, True)]))
            return 0
        print(machine())
        _whole_spine(Path(folder), arguments.runs)
        _engine_phases(folder, arguments.runs)
        _growth(folder, arguments.sizes, arguments.runs)
    return 0


def machine() -> str:
    """What the figures were measured on: Python, cores, processor, load and the embedded PostgreSQL."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    try:
        engine = f"PostgreSQL {engine_of('embedded').version} (embedded)"
    except EngineError as error:
        engine = f"no embedded engine ({error})"
    load = f"load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    cpu = model or platform.processor() or "unknown processor"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {cpu}, {engine}, {load}"


def _design(engine: str, output: str, direct: bool) -> None:
    """The command `design` for the shop, without its lines of progress."""
    given = argparse.Namespace(
        brief=str(SHOP), project="shop", output=output, engine=engine, date=DATE, memory_gb=0, cores=0, direct=direct
    )
    with contextlib.redirect_stderr(io.StringIO()):
        designed(given)


def _whole_spine(folder: Path, runs: int) -> None:
    print(f"\nThe shop's brief, median of {runs} runs in seconds")
    fresh = {engine: [_fresh(engine) for _ in range(runs)] for engine in ("none", "embedded")}
    _figure("imports of the direct spine", [found[0] for some in fresh.values() for found in some])
    for engine, said in (("none", "without proof"), ("embedded", "with proof")):
        _figure(f"direct, {said}, first in a process, after imports", [f[1] for f in fresh[engine]], f"direct {engine}")
    with prefect_folder(folder) as home:
        _prefect_share(home, runs)


@contextlib.contextmanager
def prefect_folder(folder: Path) -> Iterable[Path]:  # type: ignore[misc]
    """placeholder"""
    yield folder
