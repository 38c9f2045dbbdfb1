"""The architect as a stage of a foreign pipeline: by its deployment, its command line, the event of its document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.running import Place
from tests.flows.waiting import until

BRIEF = "examples/habits/INITIAL.md"
PIPELINE = "examples/pipelines/application.py"


@pytest.fixture(scope="module")
def listened(deployed: Place) -> Iterator[Place]:
    """The architect as a served deployment, and the foreign flow that listens."""
    with deployed.running(PIPELINE, "listen"):
        until(lambda: deployed.deployed("when-ready"), "the listening deployment")
        yield deployed


def test_a_parent_flow_runs_the_deployment_and_its_event_starts_another(listened: Place, tmp_path: Path) -> None:
    done = listened.python(PIPELINE, "deployment", BRIEF, str(tmp_path), "persistence-architect/served")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == ["Habits", "Ticks"]
    given = {
        "project": "habits",
        "document": f"{tmp_path}/habits/planning/persistence.md",
        "plan": f"{tmp_path}/habits/planning/persistence.json",
    }
    started = until(lambda: _started(listened, given), "the flow that listens")
    assert started.state.is_completed(), started.state.message


def _started(place: Place, given: dict[str, str]) -> Any:
    """The listening flow's run with these parameters, once it is over."""
    from prefect.client.schemas.filters import DeploymentFilter

    named = DeploymentFilter.model_validate({"name": {"any_": ["when-ready"]}})
    with place.client() as client:
        runs = client.read_flow_runs(deployment_filter=named)
    return next((run for run in runs if run.parameters == given and run.state.is_final()), None)


def test_a_parent_flow_runs_the_command_and_reads_json(place: Place, tmp_path: Path) -> None:
    done = place.python(PIPELINE, "command", BRIEF, str(tmp_path))
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == ["Habits", "Ticks"]


def test_a_stage_that_fails_fails_its_parent_with_the_reason(deployed: Place, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text(" \n")
    for kind, more in (("deployment", ["persistence-architect/served"]), ("command", [])):
        done = deployed.python(PIPELINE, kind, str(tmp_path / "empty.md"), str(tmp_path / "out"), *more)
        assert done.returncode != 0
        assert "The brief is empty" in done.stderr


def test_the_flow_is_a_function_for_a_parent_in_the_same_process(storage: Path, tmp_path: Path) -> None:
    from prefect import flow

    from contracts.plan import Handoff
    from flows.architect import architect

    @flow
    def parent() -> str:
        handoff = architect(brief=BRIEF, output=str(tmp_path), engine="none", date="2025-07-31")
        assert type(handoff) is Handoff
        return handoff.plan_digest

    assert len(parent()) == 64


def test_a_served_run_is_suspended_for_its_review_and_repeats_nothing(deployed: Place, tmp_path: Path) -> None:
    """A suspended run has no process; it starts again when it is answered, and finds its finished steps."""
    place = deployed
    place.clear()
    given = {"brief": BRIEF, "project": "habits", "output": str(tmp_path), "engine": "none", "review": True}
    with place.client() as client:
        deployment = client.read_deployment_by_name("persistence-architect/served")
        run = client.create_flow_run_from_deployment(deployment.id, parameters=given).id
        asked = set[str]()
        for _ in ("analysis", "hand-over"):
            asked.add(until(lambda: _question(client.read_flow_run(run), asked), "the question"))
            until(lambda: _answered(client, run), "the answer to be taken")
        until(lambda: client.read_flow_run(run).state.is_final(), "the run's end")
        assert client.read_flow_run(run).state.is_completed()
    assert {key.split("-")[0] for key in asked} == {"analysis", "hand"}
    assert place.executed().count("requirement_analysis") == 1
    assert place.executed().count("schema_design") == 1


def _answered(client: Any, run: Any) -> bool:
    """Whether the server took the answer; one that it refuses for the moment changes nothing and says so quietly."""
    return bool(client.resume_flow_run(run, run_input={}).status.value == "ACCEPT") or (
        client.read_flow_run(run).state.name != "Suspended"
    )


def _question(run: Any, asked: set[str]) -> str:
    """The key of a question that the run waits for, if it is a new one."""
    key = str(run.state.state_details.pause_key or "") if run.state.name == "Suspended" else ""
    return "" if key in asked else key
