"""The image and the work pools' deployments, as far as they can be read without a Docker engine."""

import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from flows.ownership import NAMES, ROOT
from flows.serving_deployments import OFFERED

INSTRUCTIONS = {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "CMD"}


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order."""
    parser = DockerfileParser(path=str(ROOT / "Dockerfile"), cache_content=True)
    return [(step["instruction"], step["value"]) for step in parser.structure if step["instruction"] != "COMMENT"]


def test_only_known_instructions_are_used(instructions: list[tuple[str, str]]) -> None:
    assert {name for name, _ in instructions} <= INSTRUCTIONS
    assert instructions[0][0] == "FROM"
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", instructions[0][1])


def test_every_package_and_file_is_copied_and_not_ignored(instructions: list[tuple[str, str]]) -> None:
    sources = {word for name, value in instructions if name == "COPY" for word in value.split()[:-1]}
    assert set(NAMES) <= sources
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, pattern) for pattern in allowed), source


def test_nothing_is_installed_without_a_hash(instructions: list[tuple[str, str]]) -> None:
    installs = [value for name, value in instructions if name == "RUN" and "pip install" in value]
    assert installs
    assert all("--require-hashes" in value for value in installs)


def test_flows_run_as_an_ordinary_user(instructions: list[tuple[str, str]]) -> None:
    """PostgreSQL refuses root; and the user must have been made before it is used."""
    users = [value for name, value in instructions if name == "USER"]
    assert users[-1] not in ("root", "0")
    made = [place for place, (name, value) in enumerate(instructions) if name == "RUN" and "useradd" in value]
    assert made[0] < instructions.index(("USER", users[-1]))


def test_docker_itself_has_no_complaint() -> None:
    """`docker build --check` reads and resolves the file without building; needs buildx and an engine."""
    if not shutil.which("docker") or subprocess.run(["docker", "buildx", "inspect"], capture_output=True).returncode:
        pytest.skip("no Docker engine with buildx on this machine")
    done = subprocess.run(["docker", "build", "--check", "."], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def deployments() -> list[dict[str, Any]]:
    """The entries of prefect.yaml."""
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    return found


def test_work_pools_offer_what_serve_offers() -> None:
    offered = {(entry.entrypoint, tag) for entry in OFFERED for tag in entry.tags}
    for pool in ("persistence-process", "persistence-docker"):
        entries = [entry for entry in deployments() if entry["work_pool"]["name"] == pool]
        assert {(entry["entrypoint"], tag) for entry in entries for tag in entry["tags"]} == offered


def test_every_deployment_has_a_limit_and_a_known_folder() -> None:
    for entry in deployments():
        assert entry["concurrency_limit"] == {"limit": 4, "collision_strategy": "ENQUEUE"}
        assert "prefect.deployments.steps.set_working_directory" in entry["pull"][0]


def test_the_image_is_the_one_that_make_builds() -> None:
    image = next(e for e in deployments() if e["name"].endswith("docker"))["work_pool"]["job_variables"]["image"]
    assert f"docker build --tag {image} ." in (ROOT / "Makefile").read_text()


def test_screenshots_of_the_documentation_are_there_and_small() -> None:
    pages = "".join(page.read_text() for page in sorted((ROOT / "docs").glob("*.md")))
    kept = {f"screenshots/{file.name}" for file in (ROOT / "docs" / "screenshots").iterdir()}
    assert set(re.findall(r"\]\((screenshots/[\w-]+\.png)\)", pages)) == kept
    assert all(Path(ROOT / "docs" / file).stat().st_size < 250_000 for file in kept)
