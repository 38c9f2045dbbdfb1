"""Many briefs on several workers: `python -m benchmarks.scale [--briefs 100] [--workers 1 2] [--database URL]`.

The command `batch` submits the example briefs, over and over under other names, to a process work pool whose workers
run one design at a time. With `--database` the server is on PostgreSQL (postgresql+asyncpg://…, an empty database).
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.prefect_server import prefect_server
from benchmarks.spine import ROOT, machine
from benchmarks.timed import children_seconds, seconds

POOL = "bench"
BRIEFS = tuple(ROOT / "examples" / name / "INITIAL.md" for name in ("habits", "clinic", "shop"))


def main() -> None:
    """Prints the seconds for each number of workers, and how many times faster than the first one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Many briefs on several workers.")
    parser.add_argument("--briefs", type=int, default=100, metavar="N", help="default: 100")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N", help="default: 1 2")
    parser.add_argument("--engine", default="none", help="default: none")
    parser.add_argument("--database", default="", metavar="URL", help="the server's database; default: SQLite")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    if arguments.database:
        os.environ["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = arguments.database
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with prefect_server(home, keep=("PREFECT_SERVER_DATABASE_CONNECTION_URL",)):
            taken = {n: _batch(Path(folder) / f"with-{n}", n, arguments) for n in arguments.workers}
    first, _, _ = taken[arguments.workers[0]]
    print(f"\n{arguments.briefs} briefs, engine {arguments.engine}, {'PostgreSQL' if arguments.database else 'SQLite'}")
    for number, (took, runs, server) in taken.items():
        each = f"runs and workers {runs / arguments.briefs:.1f}, server {server / arguments.briefs:.1f}"
        print(
            f"  {number} workers {took:8.1f} s   {first / took:5.2f} times the first; processor seconds a brief: {each}"
        )


def _batch(folder: Path, workers: int, arguments: argparse.Namespace) -> tuple[float, float, float]:
    """Seconds from the submission of the first brief to the end of the last one; nothing is stored before.

    And the processor seconds of runs and workers, and of the server, which say how far two cores can carry.
    """
    (folder / "briefs").mkdir(parents=True)
    for number in range(arguments.briefs):
        text = BRIEFS[number % len(BRIEFS)].read_text()
        (folder / "briefs" / f"brief-{number:03}.md").write_text(f"{text}\nCopy {number} for {workers} workers.\n")
    os.environ["PREFECT_LOCAL_STORAGE_PATH"] = str(folder / "results")
    os.environ["PREFECT_WORKER_QUERY_SECONDS"] = "1"
    command = [
        sys.executable, "-m", "flows", "batch", str(folder / "briefs"), "--output", str(folder / "out"),
        "--engine", arguments.engine, "--concurrency", str(2 * workers),
        "--deployment", f"persistence-architect/{POOL}",
    ]  # fmt: skip
    server = next(p for p in psutil.Process().children() if "server" in p.cmdline())
    of_runs, of_server = children_seconds(), sum(server.cpu_times()[:2])
    with _workers(workers):
        took = seconds(lambda: subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL))
        of_server = sum(server.cpu_times()[:2]) - of_server
    return took, children_seconds() - of_runs, of_server


@contextlib.contextmanager
def _workers(number: int) -> Iterator[None]:
    """A deployment of a process work pool, and so many workers that run one flow at a time."""
    setup = (
        "import os, sys; from prefect.client.orchestration import get_client;"
        "from prefect.client.schemas.actions import WorkPoolCreate;"
        "from prefect.deployments.runner import RunnerDeployment as D\n"
        "with get_client(sync_client=True) as c:\n"
        f"    c.create_work_pool(WorkPoolCreate(name='{POOL}', type='process'), overwrite=True)\n"
        f"D.from_entrypoint('flows.architect.architect', name='{POOL}', work_pool_name='{POOL}',"
        "job_variables={'working_dir': os.getcwd(), 'command': sys.executable + ' -m prefect.engine'}).apply()\n"
    )
    subprocess.run([sys.executable, "-c", setup], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    start = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--limit", "1"]
    started = [subprocess.Popen(start, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for _ in range(number)]  # fmt: skip
    try:
        time.sleep(10)  # workers import and register; they are no part of what is measured
        yield
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:  # some of Prefect's do not end when they are asked to
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(10)
            worker.kill()
            worker.wait()


if __name__ == "__main__":
    main()
