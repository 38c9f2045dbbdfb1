"""The hand-over itself: the command, plain calls and flows, one agent alone, and what a mistake costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.handover import DocumentHandover
from flows.consumers import AGENTS, consumer
from flows.direct import DirectRun
from flows.handover_spine import chosen, document_handover
from flows.inputs import InputError
from flows.progress import Silent
from tests.handover.conftest import EXAMPLES, LIBRARY, ROOT, SEED

HABITS = next(path for path in EXAMPLES if "habits" in path.parts)


def command(*given: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flows", "handoff", *given], cwd=ROOT, capture_output=True, text=True, check=False
    )


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_one_agent_alone(tmp_path: Path, address: str) -> None:
    done = command(
        str(HABITS), "--only", "validation", "--output", str(tmp_path), "--engine", address, "--packages", "none",
        "--direct", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = DocumentHandover.model_validate_json(done.stdout)
    assert [outcome.agent for outcome in found.outcomes] == ["validation"]
    assert (tmp_path / "habits" / "tests" / "database" / "design.json").is_file()
    assert (found.edited, found.verdict, found.report) == (False, "", "")


def test_all_agents_that_are_here_are_handed_the_document(tmp_path: Path, address: str) -> None:
    run = DirectRun(Silent())
    found = document_handover(str(HABITS), address, str(tmp_path), AGENTS, "none", run)
    assert {outcome.agent for outcome in found.outcomes} == {name for name in AGENTS if consumer(name)}
    assert set(found.absent) == {name for name in AGENTS if not consumer(name)}
    assert {Path(file).exists() for outcome in found.outcomes for file in outcome.files} == {True}


def test_the_same_document_gives_the_same_bytes(tmp_path: Path, address: str) -> None:
    for name in ("one", "two"):
        document_handover(str(HABITS), address, str(tmp_path / name), AGENTS, "none", DirectRun(Silent()))
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two")


def test_the_architects_plan_is_not_read(tmp_path: Path, address: str) -> None:
    place = tmp_path / "habits" / "planning" / "persistence.md"
    place.parent.mkdir(parents=True)
    place.write_bytes(HABITS.read_bytes())
    place.with_name("persistence.json").write_text("no plan at all", encoding="utf-8")
    found = document_handover(str(place), address, "", ("validation",), "none", DirectRun(Silent()))
    assert found.folder == (tmp_path / "habits").as_posix()


def test_the_suite_is_run_and_reported(tmp_path: Path, address: str) -> None:
    place = tmp_path / "town-library" / "planning" / "persistence.md"
    place.parent.mkdir(parents=True)
    place.write_text(LIBRARY.replace("open', 'returned', 'lost'", "open', 'returned'"), encoding="utf-8")
    done = command(str(place), "--only", "validation", "--engine", address, "--packages", "here", "--direct")
    assert done.returncode == 1, done.stderr
    assert "not ready" in done.stdout
    report = (tmp_path / "town-library" / "VALIDATION_REPORT.md").read_text(encoding="utf-8")
    assert "**Verdict: not ready.**" in report
    assert "test_a_state_that_the_brief_does_not_know_is_refused" in report


def test_every_defect_has_a_line_of_its_own(tmp_path: Path, address: str) -> None:
    done = command(str(SEED), "--engine", address, "--output", str(tmp_path), "--direct")
    assert done.returncode == 2
    assert done.stdout == ""
    told = [line for line in done.stderr.splitlines() if line.startswith("line ")]
    assert len(told) > 20
    assert "Traceback" not in done.stderr
    assert files_below(tmp_path) == {}


@pytest.mark.parametrize(
    ("given", "told"),
    [(("nowhere.md",), "There is no file nowhere.md"), ((str(HABITS), "--engine", "none"), "Give embedded, installed")],
)
def test_a_mistake_costs_one_line(given: tuple[str, ...], told: str) -> None:
    done = command(*given, "--direct")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_agent_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="is no agent"):
        chosen("marketing")


def test_the_contract_goes_out_as_json(tmp_path: Path, address: str) -> None:
    found = document_handover(str(HABITS), address, str(tmp_path), ("validation",), "none", DirectRun(Silent()))
    assert DocumentHandover.model_validate(json.loads(found.model_dump_json())) == found
