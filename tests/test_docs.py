"""The documentation says what is there: commands, options, engines, make targets; and README's commands run."""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flows.cli import command_line

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def commands() -> dict[str, argparse.ArgumentParser]:
    groups = [a for a in command_line()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(groups[0].choices)


def test_every_command_stands_in_the_readme() -> None:
    missing = [name for name in commands() if not re.search(rf"^\| `{name}\b", README, re.M)]
    assert not missing


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_option_stands_in_the_readme(command: str) -> None:
    options = [o for action in commands()[command]._actions for o in action.option_strings if o.startswith("--")]
    assert [option for option in options if option != "--help" and option not in README] == []


def test_make_targets_of_the_documentation_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"make ([a-z]+)", "\n".join(re.findall(r"`[^`]+`|^\$ .*$", README, re.M))))
    assert named
    assert named <= targets


def test_the_demo_prints_what_the_readme_promises(tmp_path: Path) -> None:
    demo = re.search(r"^\t\$\(PYTHON\) -m (flows design \S+)", (ROOT / "Makefile").read_text(), re.M)
    assert demo
    done = subprocess.run(
        [sys.executable, "-m", *demo[1].split(), "--direct", "--output", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "requirement analysis" in done.stderr  # progress while it works
    promised = re.search(r"^\d+ of \d+ claims hold on PostgreSQL.*$", README, re.M)
    assert promised
    assert done.stdout.splitlines()[-1] == promised[0]


def test_engines_and_schema_run(tmp_path: Path) -> None:
    listed = subprocess.run([sys.executable, "-m", "flows", "engines"], cwd=ROOT, capture_output=True, text=True)
    assert listed.returncode == 0
    assert "embedded" in listed.stdout
    made = subprocess.run([sys.executable, "-m", "flows", "schema", str(tmp_path)], cwd=ROOT, capture_output=True)
    assert made.returncode == 0
    schemas = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("*.json"))]
    assert any(schema.get("title") == "PersistencePlan" for schema in schemas)


def test_the_changelog_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_lock_pins_with_hashes_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^([a-z0-9._-]+)==\S+", lock, re.M | re.I)
    assert len(pins) > 50
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock
    assert "--index-url" not in lock
