"""A folder of briefs: found, refused, designed side by side, counted."""

import json
import shutil
from pathlib import Path

import pytest

from flows.batch import briefs_in, task_runner
from flows.cli import BAD_INPUT, FINDINGS, main
from flows.inputs import InputError
from flows.ownership import ROOT

HABITS = ROOT / "examples" / "habits" / "INITIAL.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three briefs in each of the usual places, one that is none, and one that cannot be read."""
    place = tmp_path / "briefs"
    for name in ("one/planning/INITIAL.md", "two/INITIAL.md", "three.md"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HABITS, place / name)
    (place / "four.md").write_text("lorem ipsum\n")
    (place / "five.md").write_bytes(bytes(range(256)))
    return place


def test_briefs_are_found_by_project(folder: Path) -> None:
    assert list(briefs_in(str(folder))) == ["five", "four", "one", "three", "two"]


def test_a_folder_without_briefs_or_with_a_project_twice_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        briefs_in(str(tmp_path / "nothing"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no brief"):
        briefs_in(str(tmp_path / "empty"))
    (folder / "one.md").write_text("# One\n")
    with pytest.raises(InputError, match='both of the project "one"'):
        briefs_in(str(folder))


@pytest.mark.parametrize("name", ["", "processes", "threads=3"])
def test_an_unknown_task_runner_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no task runner"):
        task_runner(name, 2)


@pytest.mark.parametrize("runner", ["threads", "dask", "ray"])
def test_each_task_runner_designs_every_brief_and_says_which_failed(
    storage: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], runner: str
) -> None:
    if runner != "threads":
        pytest.importorskip(f"prefect_{runner}")
    argv = ["batch", str(folder), "--engine", "none", "--date", "2025-07-31", "--output", str(tmp_path / "out")]
    assert main([*argv, "--runner", runner, "--json"]) == FINDINGS
    out, err = capsys.readouterr()
    items = {item["project"]: item for item in json.loads(out[out.index("{\n") :])["items"]}
    assert list(items) == ["five", "four", "one", "three", "two"]
    for name in ("four", "five"):
        assert items[name]["handoff"] is None and items[name]["error"]
    assert "five.md is" in items["five"]["error"]
    for name in ("one", "two", "three"):
        assert (tmp_path / "out" / name / "planning" / "persistence.md").is_file()
        assert items[name]["handoff"]["plan_digest"]
    assert "[5/5] " in err


def test_what_cannot_be_used_is_refused_before_anything_is_submitted(
    storage: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["batch", str(folder), "--output", str(tmp_path / "out")]
    assert main([*argv, "--concurrency", "0"]) == BAD_INPUT
    assert main([*argv, "--deployment", "persistence-architect/nobody"]) == BAD_INPUT
    assert 'no deployment "persistence-architect/nobody"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
