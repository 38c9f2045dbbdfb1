"""Small real steps with their own contracts' flow, for tests of the machinery that runs steps.

Each call leaves a line in the file that `LOG` names, because tasks run in threads and runs in processes.
"""

import datetime as dt
import os
from pathlib import Path

from contracts.base import Alternative, Origin
from contracts.brief import Brief, Machine
from contracts.claims import Engine, Evidence, Proof
from contracts.plan import Handoff
from flows.progress import Progress
from flows.run import Run

LOG = "STANDIN_LOG"


def executed() -> list[str]:
    """The steps that ran since the log was emptied, in order."""
    log = Path(os.environ[LOG])
    return log.read_text().split() if log.exists() else []


def forget() -> None:
    """Empty the log."""
    Path(os.environ[LOG]).unlink(missing_ok=True)


def _ran(step: str) -> None:
    with Path(os.environ[LOG]).open("a") as log:
        log.write(f"{step}\n")


def reading(brief: Brief) -> Origin:
    """The first line."""
    _ran("reading")
    return Origin(kind="stated", line=1, quote=brief.text.splitlines()[0])


def left(origin: Origin, date: dt.date) -> Alternative:
    """Depends on the first line and the date."""
    _ran("left")
    return Alternative(name=origin.quote, refused_because=date.isoformat())


def right(origin: Origin, machine: Machine | None) -> Alternative:
    """Depends on the first line and the machine."""
    _ran("right")
    return Alternative(name=origin.quote[::-1], refused_because=str(machine.cores if machine else 0))


def trying(one: Alternative, other: Alternative, engine: str, progress: Progress) -> Proof:
    """Holds unless the environment says otherwise, as an engine may fail today and not tomorrow."""
    _ran("trying")
    progress.trial(1, 1, "the only one")
    verdict = "fails" if os.environ.get("STANDIN_FAILS") else "holds"
    evidence = Evidence(claim="c.1", verdict=verdict, observed=f"{one.name} {other.name}")
    return Proof(engine=Engine(name=engine, version="1", origin="none"), rows=1, claims=(), evidence=(evidence,))


def writing(proof: Proof, output: str) -> Handoff:
    """Writes a file."""
    _ran("writing")
    if os.environ.get("STANDIN_FULL"):
        raise OSError(28, "No space left on device")
    Path(output).write_text(proof.model_dump_json())
    held = sum(e.verdict == "holds" for e in proof.evidence)
    return Handoff(
        project="p", document=output, plan=output, plan_digest=proof.digest(), engine=proof.engine, claims=1,
        held=held, failed=1 - held, not_tried=0, findings=0, ready=bool(held),
    )  # fmt: skip


STEPS = (reading, left, right, trying, writing)


def small_spine(brief: Brief, engine: str, output: str, run: Run) -> Handoff:
    """A spine with every shape of the real one: a chain, two steps side by side, a join, a proof, a writer."""
    origin = run.submit(reading, brief).result()
    one = run.submit(left, origin, brief.date)
    other = run.submit(right, origin, brief.machine)
    proof = run.submit(trying, one.result(), other.result(), engine, run.progress).result()
    return run.submit(writing, proof, output).result()
