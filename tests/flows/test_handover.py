"""The hand-over and the whole chain as Prefect flows: the bytes of plain calls, artifacts, one-line refusals."""

from pathlib import Path
from typing import Any

from contracts.handover import DocumentHandover
from flows.consumers import AGENTS
from flows.direct import DirectRun
from flows.handover_spine import document_handover
from flows.ownership import ROOT
from flows.progress import Silent
from tests.documents import DOCUMENTS

HABITS = ROOT / "examples" / "habits"
DOCUMENT = str(DOCUMENTS["habits"])


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_flow_and_plain_calls_give_the_same_bytes(storage: Path, tmp_path: Path) -> None:
    from flows.handover import handover

    state: Any = handover(document=DOCUMENT, output=str(tmp_path / "flow"), packages="none", return_state=True)
    assert state.is_completed(), state.message
    assert type(state.result()) is DocumentHandover
    document_handover(DOCUMENT, "embedded", str(tmp_path / "direct"), AGENTS, "none", DirectRun(Silent()))
    assert _bytes(tmp_path / "flow") == _bytes(tmp_path / "direct")


def test_each_agent_is_a_flow_of_its_own(storage: Path, tmp_path: Path) -> None:
    from flows.handover import application_validation_handover

    found = application_validation_handover(document=DOCUMENT, output=str(tmp_path), packages="none")
    assert [outcome.agent for outcome in found.outcomes] == ["validation"]


def test_a_document_with_defects_fails_the_run_with_all_of_them(storage: Path, tmp_path: Path) -> None:
    from flows.handover import handover

    seed = str(ROOT / "tests" / "handover" / "seed-persistence.md")
    state: Any = handover(document=seed, output=str(tmp_path), packages="none", return_state=True)
    assert state.is_failed()
    assert "wal_keep_size" in str(state.message)
    assert "CREATE INDEX idx_orders_user_active" in str(state.message)


def test_the_chain_goes_from_the_brief_to_the_files(storage: Path, tmp_path: Path) -> None:
    from flows.planning import application_planning

    state: Any = application_planning(
        brief=str(HABITS / "INITIAL.md"), project="habits", output=str(tmp_path), date="2026-11-01", packages="none",
        database="postgresql",
        return_state=True,
    )  # fmt: skip
    assert state.is_completed(), state.message
    found = state.result()
    assert (found.project, found.edited, found.plan_digest != "") == ("habits", False, True)
    assert (tmp_path / "habits" / "planning" / "persistence.md").is_file()
    assert (tmp_path / "habits" / "tests" / "database" / "design.json").is_file()
