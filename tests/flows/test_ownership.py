"""A foreign package of one of our four names is noticed, wherever it stands."""

import sys
from pathlib import Path

import pytest

from flows.ownership import NAMES, foreign_packages, ours, ownership_warnings


def test_in_an_environment_of_its_own_nothing_is_said() -> None:
    assert ownership_warnings() == ()
    assert all(ours(name) for name in NAMES)


@pytest.mark.parametrize("place", ["agents/__init__.py", "agents.py"])
def test_a_foreign_package_is_named_with_its_place(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("")
    path = (*sys.path, str(tmp_path))
    assert foreign_packages(path) == {"agents": tmp_path / place}
    (warning,) = ownership_warnings(path)
    assert f'"agents" also belongs to another package ({tmp_path / place}), which is hidden by ours' in warning
    assert "environment of its own" in warning


def test_a_distribution_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("")
    info = tmp_path / "openai_agents-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: openai-agents\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("agents\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "agents")
    (warning,) = ownership_warnings()
    assert "the distribution openai-agents" in warning
    assert "is imported instead of ours" in warning
