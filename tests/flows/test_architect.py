"""The Prefect flow: what plain calls give, with stored results, a form that explains, and one-line refusals."""

import datetime as dt
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.plan import Handoff
from flows.direct import DirectRun
from flows.inputs import InputError, brief_from_file
from flows.ownership import ROOT
from flows.progress import Silent
from flows.serving_deployments import OFFERED, Offered
from flows.spine import NEVER_REUSED, STEPS, persistence_architecture

HABITS = ROOT / "examples" / "habits" / "INITIAL.md"
NAMES = [step.__name__.replace("_", " ") for step in STEPS]


def _designed(output: Path, brief: Path = HABITS, **more: Any) -> Any:
    """The state of a run of the flow without engine, which is quick and proves nothing."""
    from flows.architect import architect

    given = {"brief": str(brief), "project": "habits", "output": str(output), "engine": "none", "date": "2025-07-31"}
    return architect(**{**given, **more}, return_state=True)


def _steps(caplog: pytest.LogCaptureFixture) -> dict[str, str]:
    """What became of each step since this was last asked: the log says it at once, the server a little later."""
    ended = [r for r in caplog.records if r.name == "prefect.task_runs" and r.getMessage().startswith("Finished in")]
    found = {r.task_run_name: "Cached" if "Cached" in r.getMessage() else "Completed" for r in ended}  # type: ignore[attr-defined]
    caplog.clear()
    return found


def test_the_flow_and_plain_calls_give_the_same_bytes(storage: Path, tmp_path: Path) -> None:
    state = _designed(tmp_path / "flow")
    brief = brief_from_file(str(HABITS), "habits", "2025-07-31")
    direct = persistence_architecture(brief, "none", str(tmp_path / "direct"), DirectRun(Silent()))
    assert state.is_completed(), state.message
    for name in ("persistence.md", "persistence.json"):
        made = [(tmp_path / way / "habits" / "planning" / name).read_bytes() for way in ("flow", "direct")]
        assert made[0] == made[1]
        assert made[0]
    handoff = state.result()
    assert type(handoff) is Handoff
    assert handoff.plan_digest == direct.plan_digest


def test_the_stored_result_of_the_flow_is_the_contract(storage: Path, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    state = _designed(tmp_path)
    with get_client(sync_client=True) as client:
        read: Any = client.read_flow_run(state.state_details.flow_run_id).state
    assert type(read.result(_sync=True)) is Handoff


def test_a_second_run_reuses_all_but_what_looks_at_the_world_or_is_unproven(
    storage: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "prefect.task_runs")
    _designed(tmp_path)
    assert _steps(caplog) == dict.fromkeys(NAMES, "Completed")
    _designed(tmp_path)
    new = {"proof on engine", *(step.__name__.replace("_", " ") for step in NEVER_REUSED)}
    assert _steps(caplog) == {name: "Completed" if name in new else "Cached" for name in NAMES}


def test_another_machine_changes_what_depends_on_it_and_nothing_else(
    storage: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The analysis runs, because the brief holds the machine; it finds the same, so the schema is reused."""
    caplog.set_level("INFO", "prefect.task_runs")
    _designed(tmp_path)
    _steps(caplog)
    _designed(tmp_path, memory_gb=64, cores=16)
    reused = {"schema design", "caching plan", "security plan", "operations plan", "migration plan"}
    assert {name for name, ended in _steps(caplog).items() if ended == "Cached"} == reused


def test_every_artifact_is_published(storage: Path, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    state = _designed(tmp_path)
    with get_client(sync_client=True) as client:
        chosen = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
        found = {artifact.key: artifact for artifact in client.read_artifacts(artifact_filter=chosen)}
    subjects = {"persistence", "summary", "checklist", "evidence", "requirements", "trace", "er-diagram"}
    assert {f"habits-{subject}" for subject in subjects} <= set(found)
    assert found["habits-persistence"].data == (tmp_path / "habits" / "planning" / "persistence.md").read_text()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"brief": "no/such/file.md"}, "There is no file"),
        ({"text": "lorem ipsum"}, "."),
        ({"project": "../etc"}, "path parts"),
        ({"date": "soon"}, "is no date"),
        ({"engine": "oracle"}, "not known"),
        ({"engine": "postgresql://u:secret@h/d"}, "env:"),
        ({"memory_gb": 8}, "without its cores"),
    ],
)
def test_a_wrong_value_ends_the_run_with_one_clear_line(
    storage: Path, tmp_path: Path, given: dict[str, Any], says: str
) -> None:
    state = _designed(tmp_path / "out", **given)
    assert state.is_failed()
    assert says in state.message
    assert "\n" not in state.message
    assert "secret" not in state.message
    assert not (tmp_path / "out").exists()


def test_the_text_may_be_given_instead_of_a_path(storage: Path, tmp_path: Path) -> None:
    by_path = _designed(tmp_path).result()
    by_text = _designed(tmp_path, Path("not-read.md"), text=HABITS.read_text()).result()
    assert by_path == by_text


PERSON = ("Ermintrude Quillfeather", "ermintrude@quill.example", "+44 20 7946 0123", "4111 1111 1111 1111")


def test_logs_tell_decisions_and_nothing_personal(
    storage: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    lines = HABITS.read_text().splitlines()
    notes = [f"Contact: {' '.join(PERSON)}", f"The owner {PERSON[0]} wants reminders at {PERSON[1]}."]
    text = "\n".join([*lines[:3], *notes, *lines[3:], *notes])
    state = _designed(tmp_path, text=text, memory_gb=16, cores=4)
    assert state.is_completed(), state.message
    said = [record.getMessage() for record in caplog.records]
    assert "schema design: Database engine: SQLite" in said
    assert [line for line in said if line.startswith("scaling plan: ") and "16 GB, 4 cores, ssd" in line]
    for word in (*PERSON, *PERSON[0].split()):
        assert not [line for line in said if word.lower() in line.lower()]


@pytest.mark.parametrize(("strictness", "ends"), [("report", True), ("ready", False), ("complete", False)])
def test_strictness_says_when_a_run_has_failed(storage: Path, tmp_path: Path, strictness: str, ends: bool) -> None:
    """Nothing is proven without an engine; the documents are there all the same."""
    state = _designed(tmp_path, strictness=strictness)
    assert state.is_completed() == ends
    assert (tmp_path / "habits" / "planning" / "persistence.md").is_file()
    if not ends:
        assert re.search(rf"is not {strictness}: \d+ of \d+ claims hold, 0 fail", state.message)
        assert "\n" not in state.message


@pytest.mark.parametrize("offer", OFFERED, ids=lambda offer: offer.name)
def test_every_form_explains_every_field_and_runs_as_it_stands(offer: Offered) -> None:
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(offer.entrypoint)
    form = flow.parameters
    assert flow.description
    assert form.required == []
    assert list(form.properties) == sorted(form.properties, key=lambda name: form.properties[name]["position"])
    for name, field in form.properties.items():
        assert field.get("description"), name
        assert field["type"] in ("string", "number", "integer", "boolean"), name
    assert "not" in form.properties["engine"], "a DSN with a password would be stored in clear"


def test_a_mistake_in_the_first_stage_of_the_chain_is_one_line(storage: Path, tmp_path: Path) -> None:
    from flows.planning import application_planning

    state: Any = application_planning(brief=str(tmp_path / "none.md"), output=str(tmp_path), return_state=True)
    assert state.is_failed()
    assert state.message.startswith(f"There is no file {tmp_path}/none.md.")


def test_a_served_run_does_not_repeat_a_mistake_as_a_traceback(storage: Path, tmp_path: Path) -> None:
    """As the process of a served run calls the flow, with the log that the UI shows."""
    from prefect.flow_engine import run_flow

    from flows.architect import architect

    log, said = logging.getLogger("prefect.flow_runs"), list[str]()
    hearing = logging.Handler()
    hearing.emit = lambda record: said.append(f"{record.getMessage()} {record.exc_info or ''}")  # type: ignore[method-assign]
    log.addHandler(hearing)
    try:
        with pytest.raises(InputError):
            run_flow(architect, parameters={"brief": str(tmp_path / "none.md")}, error_logger=log)
        log.error("Engine execution exited with unexpected exception", exc_info=ValueError("ours"))
    finally:
        log.removeHandler(hearing)
    assert [line for line in said if "There is no file" in line and "Finished" not in line][1:] == []
    assert ["ours" in line for line in said if "Engine execution" in line] == [True]


def test_a_worker_loads_the_flow_by_its_dotted_name() -> None:
    from prefect.flows import load_flow_from_entrypoint

    from flows.architect import architect

    assert load_flow_from_entrypoint("flows.architect.architect") is architect


def test_code_is_read_when_it_is_loaded_and_not_when_it_runs() -> None:
    """A process that lives on runs the old code; its results must not be stored under the new code's key."""
    code = "import flows.architect; from flows.keys import code_digest; print(code_digest.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) == len({step.__module__ for step in STEPS})


def test_the_default_brief_of_the_form_is_there() -> None:
    from flows.architect import architect

    assert (ROOT / architect.parameters.properties["brief"]["default"]).is_file()


def test_the_spine_submits_exactly_its_steps_in_order() -> None:
    class Names(Silent):
        def __init__(self) -> None:
            self.said: list[str] = []

        def finished(self, step: str, result: object) -> None:
            self.said.append(step)

    names = Names()
    brief = brief_from_file(str(HABITS), "habits", dt.date(2025, 7, 31).isoformat())
    with pytest.raises(StopIteration):
        persistence_architecture(brief, "none", "unused", _StopsBeforeWriting(names))
    assert names.said == NAMES[:-1]


class _StopsBeforeWriting(DirectRun):
    def submit(self, step: Any, *args: Any, **kwargs: Any) -> Any:
        if step is STEPS[-1]:
            raise StopIteration
        return super().submit(step, *args, **kwargs)
