"""Steps as Prefect tasks: same results as plain calls, nothing finished run again, nothing stale reused."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest

from contracts.brief import Brief, Machine
from contracts.plan import Handoff
from flows.direct import DirectRun
from flows.progress import Lines
from tests.flows import standins

BRIEF = Brief(project="p", text="Orders\nmore", date=dt.date(2025, 7, 31), machine=Machine(memory_gb=8, cores=4))
ALL = ["left", "reading", "right", "trying", "writing"]


@pytest.fixture(autouse=True)
def _log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(standins.LOG, str(tmp_path / "log"))


def _run(brief: Brief, output: Path, engine: str = "x", stream: io.StringIO | None = None, **options: Any) -> Handoff:
    """The small spine as a flow, as `flows.architect` runs the real one."""
    from prefect import flow

    from flows.serializer import ContractSerializer
    from flows.tasks import TaskRun

    options.setdefault("never_reused", frozenset({standins.writing}))
    options.setdefault("trusted", {standins.trying: lambda proof: all(e.verdict == "holds" for e in proof.evidence)})

    @flow(name="small", persist_result=True, result_serializer=ContractSerializer())
    def small() -> Handoff:
        lines = Lines(len(standins.STEPS), stream or io.StringIO())
        return standins.small_spine(brief, engine, str(output), TaskRun(lines, **options))

    return small()


def test_the_flow_and_plain_calls_give_the_same_bytes_and_lines(storage: Path, tmp_path: Path) -> None:
    said, said_directly = io.StringIO(), io.StringIO()
    handoff = _run(BRIEF, tmp_path / "out", stream=said)
    by_flow = (tmp_path / "out").read_bytes()
    direct = standins.small_spine(
        BRIEF, "x", str(tmp_path / "out"), DirectRun(Lines(len(standins.STEPS), said_directly))
    )
    assert type(handoff) is Handoff
    assert handoff == direct
    assert by_flow == (tmp_path / "out").read_bytes()
    assert said.getvalue() == said_directly.getvalue()
    assert said.getvalue().splitlines()[-1].startswith("[5/5] writing: ")


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({}, ["writing"]),
        ({"text": "Invoices\nmore"}, ALL),
        ({"text": "Orders\nmuch more"}, ["reading", "writing"]),
        ({"date": dt.date(2025, 8, 1)}, ["left", "reading", "trying", "writing"]),
        ({"machine": None}, ["reading", "right", "trying", "writing"]),
    ],
)
def test_a_changed_input_runs_exactly_what_depends_on_it(
    storage: Path, tmp_path: Path, change: dict[str, Any], again: list[str]
) -> None:
    _run(BRIEF, tmp_path / "out")
    assert sorted(standins.executed()) == ALL
    standins.forget()
    _run(BRIEF.model_copy(update=change), tmp_path / "out")
    assert sorted(standins.executed()) == again


def test_another_engine_is_tried_with_an_unchanged_design(storage: Path, tmp_path: Path) -> None:
    _run(BRIEF, tmp_path / "out")
    standins.forget()
    _run(BRIEF, tmp_path / "out", engine="y")
    assert sorted(standins.executed()) == ["trying", "writing"]


def test_changed_code_is_run_again(storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(BRIEF, tmp_path / "out")
    standins.forget()
    monkeypatch.setattr("flows.tasks.code_digest", lambda module: "of another version")
    _run(BRIEF, tmp_path / "out")
    assert sorted(standins.executed()) == ALL


def test_after_a_failure_only_the_rest_is_run(storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_FULL", "1")
    with pytest.raises(OSError, match="No space left"):
        _run(BRIEF, tmp_path / "out")
    monkeypatch.delenv("STANDIN_FULL")
    standins.forget()
    _run(BRIEF, tmp_path / "out")
    assert standins.executed() == ["writing"]


def test_a_failed_proof_is_tried_again_and_a_good_one_is_not(
    storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_FAILS", "1")
    assert not _run(BRIEF, tmp_path / "out").ready
    monkeypatch.delenv("STANDIN_FAILS")
    standins.forget()
    assert _run(BRIEF, tmp_path / "out").ready
    assert standins.executed() == ["trying", "writing"]
    standins.forget()
    assert _run(BRIEF, tmp_path / "out").ready
    assert standins.executed() == ["writing"]


def test_a_forced_step_runs_and_what_it_leaves_unchanged_does_not(storage: Path, tmp_path: Path) -> None:
    _run(BRIEF, tmp_path / "out")
    standins.forget()
    _run(BRIEF, tmp_path / "out", forced=frozenset({"left"}))
    assert standins.executed() == ["left", "writing"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"metadata": {}, "result": "x"}', None])
def test_a_damaged_result_is_made_again(storage: Path, tmp_path: Path, content: bytes | None) -> None:
    first = _run(BRIEF, tmp_path / "out")
    (stored,) = [f for f in (storage / "left").rglob("*") if f.is_file()]
    stored.write_bytes(stored.read_bytes().replace(b"refused_because", b"refused") if content is None else content)
    standins.forget()
    assert _run(BRIEF, tmp_path / "out") == first
    assert standins.executed() == ["left", "writing"]
    standins.forget()
    _run(BRIEF, tmp_path / "out")
    assert standins.executed() == ["writing"]
