"""Every kind of failure, replayed in every way: what ran again, and whether the documents are those of a quiet run.

By default one of them; with `--replay-table` all, and docs/replay.md gets the table that was seen.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.ownership import ROOT
from tests.flows.running import Place
from tests.flows.waiting import until

BRIEF = "examples/habits/INITIAL.md"
GIVEN = {"brief": BRIEF, "project": "habits", "engine": "embedded", "date": "2026-11-01", "database": "postgresql"}
"""PostgreSQL, whatever the brief's answer: a library in the flow's own process cannot be killed by itself."""
ALWAYS = ["documents", "proving_engine"]
CHECKED = sorted([*ALWAYS, "qa_checklist"])
TRIED = sorted([*CHECKED, "proof_on_engine"])


@dataclass(frozen=True)
class Failure:
    """What goes wrong in which step, what has to run again, and whether the run is left as running."""

    text: str
    step: str
    kind: str
    again: list[str]


FAILURES = {
    "exception": Failure("a step raises (checklist)", "qa_checklist", "exception", CHECKED),
    "check": Failure("a claim fails on the engine", "proof_on_engine", "failed check", TRIED),
    "flow": Failure("`kill -9` of the flow's process (checklist)", "qa_checklist", "kill flow", CHECKED),
    "engine": Failure("`kill -9` of the engine half-way", "proof_on_engine", "kill engine", TRIED),
    "server": Failure("`kill -9` of the Prefect server (checklist)", "qa_checklist", "kill server", ALWAYS),
    "disk": Failure("no space left for the documents", "documents", "", ALWAYS),
}


class Way:
    """How a run is started, and how it is replayed."""

    def __init__(self, place: Place, output: Path) -> None:
        self.place, self.parameters = place, {**GIVEN, "output": str(output)}

    def _deployed(self, deployment: str) -> str:
        with self.place.client() as client:
            found = client.read_deployment_by_name(f"persistence-architect/{deployment}")
            return str(client.create_flow_run_from_deployment(found.id, parameters=self.parameters).id)

    def _by_hand(self, *argv: str) -> Any:
        return self.place.python("-m", "tests.flows.faulty", *argv)

    def start_by_hand(self) -> str:
        """`python -m flows design`; gives the newest run."""
        from prefect.client.schemas.filters import FlowRunFilter
        from prefect.client.schemas.sorting import FlowRunSort

        given = ("--date", GIVEN["date"], "--database", GIVEN["database"])
        self._by_hand("design", BRIEF, "--output", self.parameters["output"], *given)
        self.place.revive()
        here = FlowRunFilter.model_validate({"deployment_id": {"is_null_": True}})
        with self.place.client() as client:
            return str(client.read_flow_runs(limit=1, flow_run_filter=here, sort=FlowRunSort.START_TIME_DESC)[0].id)

    def start_served(self) -> str:
        """A deployment that `serve` runs."""
        return self._deployed("served")

    def start_pooled(self) -> str:
        """A deployment of a process work pool."""
        return self._deployed("pooled")

    def retry(self, run: str) -> str:
        """What the UI's Retry sends."""
        from prefect.states import AwaitingRetry

        with self.place.client() as client:
            client.set_flow_run_state(run, AwaitingRetry(), force=True)
        return run

    def retry_by_hand(self, run: str) -> str:
        """`prefect flow-run retry`."""
        done = self.place.python("-m", "prefect", "flow-run", "retry", run, "-e", "tests.flows.faulty.architect")
        assert done.returncode == 0, done.stdout + done.stderr
        return run

    def copy(self, run: str) -> str:
        """What the UI's Copy to new run sends."""
        with self.place.client() as client:
            old = client.read_flow_run(run)
            return str(client.create_flow_run_from_deployment(old.deployment_id, parameters=old.parameters).id)

    def replay(self, run: str) -> str:
        """`python -m flows replay`."""
        done = self._by_hand("replay", run)
        assert done.returncode == 0, done.stdout + done.stderr
        return ""

    def ended(self, run: str) -> None:
        """Waits until the run is over, or its process is gone; one that is left as running is marked as crashed."""
        until(lambda: self._is_final(run) or self._is_gone(), "the end of the run")
        self.place.revive()
        if not self._is_final(run):
            from prefect.states import Crashed

            with self.place.client() as client:
                client.set_flow_run_state(run, Crashed(message="its process is gone"), force=True)

    def is_replayed(self, run: str) -> bool:
        """Whether the last step ran again and the run is over; who carries it out may have given up meanwhile."""
        self.place.revive()
        return "documents" in self.place.executed() and self._is_final(run)

    def _is_final(self, run: str) -> bool:
        if not self.place.answers():
            return False
        with self.place.client() as client:
            return bool(client.read_flow_run(run).state.is_final())

    def _is_gone(self) -> bool:
        pid = self.place.faults / "flow.pid"
        return pid.exists() and not Path(f"/proc/{pid.read_text()}").exists()


WAYS: dict[str, tuple[str, Callable[[Way], str], Callable[[Way, str], str]]] = {
    "retry-served": ("UI Retry, served deployment", Way.start_served, Way.retry),
    "retry-pooled": ("UI Retry, process work pool", Way.start_pooled, Way.retry),
    "retry-hand": ("`prefect flow-run retry`, started by hand", Way.start_by_hand, Way.retry_by_hand),
    "copy": ("Copy to new run, served deployment", Way.start_served, Way.copy),
    "replay": ("`python -m flows replay`, started by hand", Way.start_by_hand, Way.replay),
}
USUAL = {("flow", "retry-pooled")}
"""The cell of a usual test run, which takes some 20 seconds."""
EVERY = [(failure, way) for failure in FAILURES for way in WAYS]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The documents of plain calls."""
    from flows.direct import DirectRun
    from flows.inputs import brief_from_file
    from flows.progress import Silent
    from flows.spine import persistence_architecture

    folder = tmp_path_factory.mktemp("undisturbed")
    brief = brief_from_file(str(ROOT / BRIEF), "habits", GIVEN["date"], database=GIVEN["database"])
    persistence_architecture(brief, "embedded", str(folder), DirectRun(Silent()))
    return _documents(folder)


@pytest.fixture(scope="module")
def seen(request: pytest.FixtureRequest) -> Iterator[dict[tuple[str, str], str]]:
    """Cells of the table; written into the documentation when all were made."""
    cells: dict[tuple[str, str], str] = {}
    yield cells
    if request.config.getoption("--replay-table"):
        page = ROOT / "docs" / "replay.md"
        page.write_text(
            re.sub(r"(?s)(<!-- table -->\n).*(\n<!-- /table -->)", rf"\1{_table(cells)}\2", page.read_text())
        )


@pytest.mark.parametrize(("failure", "way"), EVERY)
def test_a_replay_runs_what_is_missing_and_gives_the_same_bytes(
    deployed: Place,
    undisturbed: dict[str, bytes],
    seen: dict[tuple[str, str], str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    failure: str,
    way: str,
) -> None:
    if (failure, way) not in USUAL and not request.config.getoption("--replay-table"):
        pytest.skip("only with --replay-table")
    met, (_, start, again) = FAILURES[failure], WAYS[way]
    output = tmp_path / "out"
    output.mkdir()
    place = deployed
    place.revive()
    place.clear()
    with Disk(output, full=failure == "disk") as make_room:
        how = Way(place, output)
        if met.kind:
            place.plant(met.step, met.kind)
        run = start(how)
        how.ended(run)
        assert met.step in place.executed()
        make_room()
        place.forget()
        if run := again(how, run):
            until(lambda: how.is_replayed(run), "the end of its replay")
        assert place.executed() == met.again
        assert _documents(output) == undisturbed
    seen[failure, way] = f"{len(met.again)}, {len(place.executed())}, equal"


def _documents(output: Path) -> dict[str, bytes]:
    folder = output / "habits" / "planning"
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.*"))}


class Disk:
    """A file system of 64 KB that grows when asked; needs the right to mount one."""

    def __init__(self, folder: Path, *, full: bool) -> None:
        self._folder, self._full = str(folder), full

    def __enter__(self) -> Callable[[], None]:
        if self._full:
            if os.geteuid() != 0 or shutil.which("mount") is None:
                pytest.skip("a file system of its own can be mounted by root alone")
            self._mount("-t", "tmpfs", "-o", "size=64k", "tmpfs")
        return lambda: self._mount("-o", "remount,size=64m") if self._full else None

    def _mount(self, *how: str) -> None:
        done = subprocess.run(["mount", *how, self._folder], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")

    def __exit__(self, *_: object) -> None:
        if self._full:
            subprocess.run(["umount", "-l", self._folder], check=False, capture_output=True)


def _table(cells: dict[tuple[str, str], str]) -> str:
    """Markdown: a row a failure, a column a way; expected, seen, documents."""
    head = ["| Failure | Steps that must run again | " + " | ".join(text for text, *_ in WAYS.values()) + " |"]
    head.append("|---" * (len(WAYS) + 2) + "|")
    return "\n".join(
        head
        + [
            f"| {met.text} | {', '.join(step.replace('_', ' ') for step in met.again)} | "
            + " | ".join(cells.get((failure, way), "not run") for way in WAYS)
            + " |"
            for failure, met in FAILURES.items()
        ]
    )
