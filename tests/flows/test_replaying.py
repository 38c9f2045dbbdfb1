"""From a step, with another contract, by id or name: what runs again, what is kept, and what is refused."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from artifacts.reading import plan_of
from flows.cli import BAD_INPUT, FINDINGS, main
from flows.inputs import InputError
from flows.ownership import ROOT
from flows.replaying import replay_of

HABITS = ROOT / "examples" / "habits" / "INITIAL.md"
PLAN = ROOT / "examples" / "habits" / "planning" / "persistence.json"
WORLD = {"proving engine", "proof on engine", "documents"}
"""Steps that run each time; the proof because nothing was tried."""


def _designed(output: Path, **more: Any) -> Any:
    from flows.architect import architect

    given = {"brief": str(HABITS), "project": "habits", "output": str(output), "engine": "none", "date": "2025-07-31"}
    return architect(**{**given, **more}, return_state=True)


def _ran(caplog: pytest.LogCaptureFixture) -> set[str]:
    """Steps that were executed, not taken from the storage, since this was last asked."""
    ended = [r for r in caplog.records if r.name == "prefect.task_runs" and r.getMessage().startswith("Finished in")]
    found = {r.task_run_name for r in ended if "Cached" not in r.getMessage()}  # type: ignore[attr-defined]
    caplog.clear()
    return found


def test_a_step_is_forced_and_what_it_leaves_unchanged_is_kept(
    storage: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "prefect.task_runs")
    _designed(tmp_path)
    first = (tmp_path / "habits" / "planning" / "persistence.json").read_bytes()
    _ran(caplog)
    assert _designed(tmp_path, replay_from="Schema-Design").is_completed()
    assert _ran(caplog) == WORLD | {"schema design"}
    assert (tmp_path / "habits" / "planning" / "persistence.json").read_bytes() == first


def test_an_override_changes_everything_below_and_nothing_that_is_stored(
    storage: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "prefect.task_runs")
    _designed(tmp_path)
    plan = tmp_path / "habits" / "planning" / "persistence.json"
    first = plan.read_bytes()
    edited = json.loads(first)["design"]["requirements"]
    edited["entities"][0]["attributes"][0]["label"] = "Corrected"
    edited["title"] = "Routines"
    (tmp_path / "requirements.json").write_text(json.dumps(edited))
    _ran(caplog)

    given = {"replay_from": "requirement analysis", "override": str(tmp_path / "requirements.json")}
    assert _designed(tmp_path, **given).is_completed()
    ran = _ran(caplog)
    assert "requirement analysis (given)" in ran and "requirement analysis" not in ran
    assert {"schema design", "caching plan", "scaling plan", "security plan", "qa checklist"} <= ran
    assert plan_of(plan.read_text()).design.requirements.title == "Routines"

    _designed(tmp_path)
    assert "schema design" not in _ran(caplog)
    assert plan.read_bytes() == first


def test_a_part_of_a_plan_serves_as_override() -> None:
    given = replay_of("schema design", str(PLAN), "habits").given
    assert given == {"schema design": plan_of(PLAN.read_text()).design.schema_design}


@pytest.mark.parametrize(
    ("start", "override", "says"),
    [
        ("shema design", "", 'no step "shema design". The steps are "requirement analysis", "proving engine"'),
        ("", "x.json", "belongs to no step"),
        ("schema design", "no/such.json", "There is no file"),
        ("schema design", str(HABITS), "is no SchemaDesign: at the whole file: Invalid JSON"),
        ("proof on engine", str(PLAN), "cannot be given by hand"),
        ("documents", str(PLAN), "cannot be given by hand"),
        ("qa checklist", str(PLAN), "cannot be given by hand"),
        ("requirement analysis", str(PLAN), 'of the project "habits", the run is of "shop"'),
    ],
)
def test_a_wrong_step_or_override_is_refused_in_one_sentence(
    storage: Path, tmp_path: Path, start: str, override: str, says: str
) -> None:
    project = "shop" if "the run is of" in says else "habits"
    with pytest.raises(InputError) as error:
        replay_of(start, override, project)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_wrong_field_of_an_override_is_named(tmp_path: Path) -> None:
    edited = json.loads(PLAN.read_text())["design"]["requirements"]
    edited["entities"][0]["nature"] = "odd"
    (tmp_path / "r.json").write_text(json.dumps(edited))
    with pytest.raises(InputError, match=r"at entities\.0\.nature: Input should be 'person'"):
        replay_of("requirement analysis", str(tmp_path / "r.json"), "habits")


def test_the_run_ends_with_the_sentence_and_writes_nothing(storage: Path, tmp_path: Path) -> None:
    state = _designed(tmp_path / "out", replay_from="nothing")
    assert state.is_failed()
    assert 'no step "nothing"' in state.message
    assert not (tmp_path / "out").exists()


def test_a_retry_of_a_replay_does_not_force_again_what_it_has_done(
    storage: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import AwaitingRetry

    from flows.architect import architect
    from tests.flows.waiting import until

    caplog.set_level("INFO", "prefect.task_runs")
    _designed(tmp_path)
    _ran(caplog)
    state = _designed(tmp_path, replay_from="schema design")
    assert "schema design" in _ran(caplog)
    run = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        until(lambda: client.read_flow_run(run).state.is_final(), "the run's end")
        until(lambda: _recorded(client, run), "the record of its steps")
        client.set_flow_run_state(run, AwaitingRetry(), force=True)
        again = client.read_flow_run(run)
    assert run_flow(architect, flow_run=again, parameters=again.parameters, return_type="state").is_completed()
    assert _ran(caplog) == WORLD


def _recorded(client: Any, run: Any) -> bool:
    """The server records task runs a moment after they end."""
    from prefect.client.schemas.filters import FlowRunFilter

    found = client.read_task_runs(flow_run_filter=FlowRunFilter.model_validate({"id": {"any_": [run]}}))
    return any(task.name == "schema design" and task.state and task.state.is_final() for task in found)


def test_the_command_repeats_a_run_by_its_id_and_names_what_is_wrong(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from prefect import flow

    @flow(name="somebody-elses", flow_run_name="not ours")
    def other() -> int:
        return 1

    state = _designed(tmp_path)
    plan = tmp_path / "habits" / "planning" / "persistence.json"
    first = plan.read_bytes()
    plan.unlink()
    assert main(["replay", str(state.state_details.flow_run_id), "--from", "schema design"]) == FINDINGS
    assert plan.read_bytes() == first
    other()
    unknown = str(uuid4())
    capsys.readouterr()
    refused = {
        unknown: f"no run with the id {unknown}",
        "design of nothing": "no run called",
        "not ours": 'is of the flow "somebody-elses"',
        "design habits": "Several runs are called",
    }
    for run, says in refused.items():
        assert main(["replay", run]) == BAD_INPUT
        assert says in capsys.readouterr().err


def test_a_run_that_is_repeated_on_another_day_keeps_its_date() -> None:
    import datetime as dt

    from prefect.client.schemas.objects import FlowRun

    from flows.replaying import run_parameters

    started = dt.datetime(2025, 7, 31, 12, tzinfo=dt.UTC)
    run = FlowRun(flow_id=uuid4(), start_time=started, parameters={"brief": "b.md", "date": ""})
    assert run_parameters(run, "", "")["date"] == "2025-07-31"
    dated = FlowRun(flow_id=uuid4(), start_time=started, parameters={"date": "2024-01-01"})
    assert run_parameters(dated, "", "")["date"] == "2024-01-01"
