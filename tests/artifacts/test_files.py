"""Files are written whole, and only inside of the output folder."""

import json
import os
from pathlib import Path

import pytest

from artifacts import files
from artifacts.reading import DocumentError
from contracts.plan import PersistencePlan


def test_a_projects_files_lie_under_its_folder(tmp_path: Path) -> None:
    found = files.project_files(tmp_path, "shop")
    assert found.document == tmp_path / "shop" / "planning" / "persistence.md"
    assert found.plan == tmp_path / "shop" / "planning" / "persistence.json"


@pytest.mark.parametrize("slug", ["..", "a/b", "", "A", "a--b", "-a", "a\n", "a\x00"])
def test_a_name_with_path_parts_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(DocumentError, match="no project name"):
        files.project_files(tmp_path, slug)


@pytest.mark.parametrize("link", ["shop", "shop/planning"])
def test_a_link_out_of_the_output_folder_is_refused(tmp_path: Path, link: str) -> None:
    output, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (output / link).parent.mkdir(parents=True)
    (output / link).symlink_to(elsewhere)
    with pytest.raises(DocumentError, match="outside"):
        files.project_files(output, "shop")


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    path = files.project_files(tmp_path / "out", "shop").document
    assert files.written(path, "x").read_text() == "x"


def test_a_file_is_replaced_whole_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.md"
    files.write_files({path: "old\n"})
    files.write_files({path: "new ⟨\n"})
    assert path.read_bytes() == "new ⟨\n".encode()
    assert [p.name for p in path.parent.iterdir()] == ["a.md"]


def test_a_link_in_the_files_place_is_replaced_not_followed(tmp_path: Path) -> None:
    target, path = tmp_path / "target", tmp_path / "a.md"
    target.write_text("keep")
    path.symlink_to(target)
    files.written(path, "new")
    assert (target.read_text(), path.read_text(), path.is_symlink()) == ("keep", "new", False)


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_text("old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.written(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.md"]


def test_the_plans_json_is_canonical(plan: PersistencePlan) -> None:
    text = files.plan_json(plan)
    assert text == files.plan_json(plan.model_copy(deep=True))
    assert text.endswith("}\n")
    assert list(json.loads(text)) == ["design", "proof", "checklist"]  # the contract's own order
