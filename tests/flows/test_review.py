"""The review gate on a real server: what was approved is used, nothing else, and nobody is asked twice for it."""

import contextlib
import contextvars
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from artifacts.reading import plan_of
from contracts.plan import PersistencePlan
from flows.cli import BAD_INPUT, main
from flows.ownership import ROOT

HABITS = ROOT / "examples" / "habits" / "INITIAL.md"
YES: dict[str, Any] = {}


class Person:
    """Somebody who answers each question of a run in turn; `asked` keeps what was shown."""

    def __init__(self, *answers: dict[str, Any] | Callable[[], dict[str, Any]]) -> None:
        self.answers, self.asked = list(answers), list[str]()
        self._thread = threading.Thread(target=contextvars.copy_context().run, args=(self._answer_all,), daemon=True)
        self._over = threading.Event()

    def __enter__(self) -> "Person":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _answer_all(self) -> None:
        from prefect.client.orchestration import get_client
        from prefect.client.schemas.filters import FlowRunFilter
        from prefect.exceptions import PrefectException

        paused = FlowRunFilter.model_validate({"state": {"name": {"any_": ["Paused"]}}})
        answered = set[tuple[UUID, str]]()  # a run looks paused for a moment after it was answered
        with get_client(sync_client=True) as client:
            while not self._over.is_set():
                for run in client.read_flow_runs(flow_run_filter=paused):
                    question = (run.id, run.state.state_details.run_input_keyset["description"])
                    if question in answered:
                        continue
                    with contextlib.suppress(PrefectException, httpx.HTTPError, OSError):  # busy, or not paused: again
                        self._answer(client, run)
                        answered.add(question)
                time.sleep(0.2)  # the flow runs in another thread

    def _answer(self, client: Any, run: Any) -> None:
        keyset = run.state.state_details.run_input_keyset
        shown = json.loads(client.read_flow_run_input(run.id, keyset["description"]))
        answer = self.answers[0] if self.answers else {"approved": False, "note": "nobody expected this question"}
        client.resume_flow_run(run.id, run_input=answer() if callable(answer) else answer)
        self.asked.append(shown)
        del self.answers[:1]


def _run(output: Path, brief: Path, **more: Any) -> Any:
    from flows.architect import architect

    given = {"brief": str(brief), "project": "habits", "output": str(output), "engine": "none", "date": "2025-07-31"}
    return architect(**{**given, "review": True, **more}, return_state=True)


def _retried(run: UUID) -> Any:
    """What the UI's Retry does to a run of this process."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import AwaitingRetry

    from flows.architect import architect

    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, AwaitingRetry(), force=True)
        again = client.read_flow_run(run)
    return run_flow(architect, flow_run=again, parameters=again.parameters, return_type="state")


def _plan(output: Path) -> PersistencePlan:
    return plan_of((output / "habits" / "planning" / "persistence.json").read_text())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.review.POLL", 0.5)
    monkeypatch.setattr("flows.review.PATIENCE", 120)  # a question that nobody answers fails the test, late but surely


def test_what_was_approved_is_used_and_an_edit_voids_it(storage: Path, tmp_path: Path) -> None:
    """Corrected, approved, handed over; a Retry asks nothing; with another brief it asks again."""
    brief, output = tmp_path / "brief.md", tmp_path / "out"
    brief.write_text(HABITS.read_text())
    rename = {"action": "rename entity", "subject": "habit", "value": "Routine"}
    wrong = {"action": "remove entity", "subject": "unicorn", "value": ""}
    with Person({"corrections": [wrong]}, {"corrections": [rename]}, YES, YES) as person:
        state = _run(output, brief)
    assert state.is_completed(), state.message
    assert len(person.asked) == 4
    assert 'no entity "unicorn"' in person.asked[1]
    assert "`routine`" in person.asked[2] and "`habit`" not in person.asked[2]
    assert {entity.name for entity in _plan(output).design.requirements.entities} >= {"routine"}
    approved = (output / "habits" / "planning" / "persistence.json").read_bytes()

    run = state.state_details.flow_run_id
    with Person() as person:
        assert _retried(run).is_completed()
    assert person.asked == []
    assert (output / "habits" / "planning" / "persistence.json").read_bytes() == approved

    brief.write_text(HABITS.read_text() + "\nThere are 300 habits.\n")
    with Person({"approved": False, "note": "not like this"}) as person:
        state = _retried(run)
    assert len(person.asked) == 1
    assert state.is_failed()
    assert state.message == "The requirement analysis was refused at the review: not like this."


def test_documents_that_were_edited_behind_the_question_are_not_handed_over(storage: Path, tmp_path: Path) -> None:
    document = tmp_path / "habits" / "planning" / "persistence.md"

    def edit() -> dict[str, Any]:
        document.write_text(document.read_text() + "\nDROP TABLE habits;\n")
        return YES

    with Person(YES, edit):
        state = _run(tmp_path, HABITS)
    assert state.is_failed()
    assert "was changed after it was shown" in state.message and "void" in state.message


def test_a_whole_analysis_can_be_given(storage: Path, tmp_path: Path) -> None:
    from agents.requirement_analysis import requirement_analysis
    from flows.inputs import brief_from_file

    found = requirement_analysis(brief_from_file(str(HABITS), "habits", "2025-07-31"))
    other = found.model_copy(update={"title": "Routines of one person"})
    answers = ({"requirements": "{}"}, {"requirements": other.model_dump_json()}, YES, YES)
    with Person(*answers) as person:
        state = _run(tmp_path, HABITS)
    assert state.is_completed(), state.message
    assert "cannot be used" in person.asked[1]
    assert _plan(tmp_path).design.requirements.title == "Routines of one person"


def test_the_form_renders_as_simple_fields() -> None:
    """No union and no free dictionary: Prefect's UI shows those badly."""
    from flows.review import AnalysisReview

    form = AnalysisReview.model_json_schema()
    correction = form["$defs"]["Correction"]["properties"]
    assert correction["action"]["enum"]
    for field in (*form["properties"].values(), *correction.values()):
        assert field["description"]
        assert field["type"] in ("string", "boolean", "array")


def test_a_review_without_a_server_is_refused(
    storage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    argv = ["design", str(HABITS), "--review", "--output", str(tmp_path / "out")]
    assert main([*argv, "--direct"]) == BAD_INPUT
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert main(argv) == BAD_INPUT
    assert "answered in the Prefect UI" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
