"""The generated suite run on an engine in a process of its own, and its JUnit XML read back."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # the file is our own subprocess's
from collections.abc import Iterator
from pathlib import Path

from contracts.validation import Outcome, SuiteRun, TestResult
from flows.engines import offered
from flows.engines.errors import EngineError
from flows.inputs import engine_address

SUITE = "tests/database"
RUN_SECONDS = 1800  # a guard against a suite that never ends
INSTALL_SECONDS = 180
MESSAGE = 500
EMPTY = "got empty parameter set"  # pytest's way to say that the document has nothing of this kind
HERE = "this application's own interpreter"


def suite_run(folder: str, spec: str, packages: str, modules: tuple[str, ...] = (), rows: int = 10_000) -> SuiteRun:
    """The run of `tests/database` under `folder` on the engine of this spec.

    `packages` is `own` for an environment made from the suite's requirements.txt (this interpreter's packages stand in
    where that cannot be made, and the result says so), or `here`. `modules` are files of the suite, all when empty;
    `rows` is the size of the largest table. Raises `EngineError` when there is no engine.
    """
    family = json.loads((Path(folder) / SUITE / "design.json").read_text(encoding="utf-8"))["dialect"]
    with (
        tempfile.TemporaryDirectory(prefix="validation-") as scratch,
        offered(engine_address(spec), family) as server,
    ):
        python, environment = _python(Path(scratch), Path(folder) / SUITE / "requirements.txt", packages)
        report = Path(scratch) / "junit.xml"
        begin = time.monotonic()
        done = _pytest(python, Path(folder), server.address, report, modules, rows)
        seconds = time.monotonic() - begin
        if not report.is_file():
            raise EngineError(
                "The validation suite did not start",
                place=str(Path(folder) / SUITE),
                evidence=" ".join((done.stdout + done.stderr).split())[-600:],
                remedy="Run it by hand: DATABASE_URL=… python -m pytest tests/database.",
            )
        return SuiteRun(
            engine=server.engine,
            environment=environment,
            cores=os.cpu_count() or 1,
            exit_code=done.returncode,
            seconds=round(seconds, 1),
            results=tuple(junit_results(report.read_text(encoding="utf-8"))),
        )


def _pytest(
    python: str, folder: Path, dsn: str, report: Path, modules: tuple[str, ...], rows: int
) -> "subprocess.CompletedProcess[str]":
    """The suite from its own folder, so that no configuration and no plugin of somebody else's changes it."""
    suite = (folder / SUITE).resolve()
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PG"))}
    given = {
        "DATABASE_URL": dsn, "VALIDATION_PROJECT": str(folder.resolve()), "VALIDATION_ROWS": str(rows),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # fmt: skip
    command = [python, "-B", "-m", "pytest", "-q", "-c", "pytest.ini", f"--junitxml={report}", *(modules or (".",))]
    return subprocess.run(
        command, cwd=suite, env={**variables, **given}, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )


def _python(scratch: Path, requirements: Path, packages: str) -> tuple[str, str]:
    """The interpreter to run the suite with, and what to say about its packages."""
    if packages == "here":
        return sys.executable, HERE
    place = scratch / "venv"
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    with contextlib.suppress(subprocess.SubprocessError, OSError):
        for command in (
            [sys.executable, "-m", "venv", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)],
        ):
            subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)
        return str(python), f"an environment of its own, from {SUITE}/requirements.txt"
    return sys.executable, f"{HERE}, because {SUITE}/requirements.txt could not be installed"


def junit_results(text: str) -> Iterator[TestResult]:
    """The tests of a JUnit XML file in its order."""
    for case in ET.fromstring(text).iter("testcase"):  # noqa: S314  # written by our own subprocess
        outcome, message = _outcome(case)
        if message.startswith(EMPTY):
            continue
        properties = [(p.get("name") or "", p.get("value") or "") for p in case.iter("property")]
        yield TestResult(
            name=f"{(case.get('classname') or '').rpartition('.')[2]}::{case.get('name')}",
            category=next((value for name, value in properties if name == "category"), "suite"),
            outcome=outcome,
            message=message,
            seconds=round(float(case.get("time") or 0), 3),
            requirements=tuple(dict.fromkeys(value for name, value in properties if name == "requirement")),
            measures={name: value for name, value in properties if name not in ("category", "requirement")},
        )


def _outcome(case: ET.Element) -> tuple[Outcome, str]:
    for tag in ("failure", "error"):
        found = case.find(tag)
        if found is not None:
            return "failed", _short(found.get("message") or found.text or tag)
    skipped = case.find("skipped")
    if skipped is not None:
        return "skipped", _short(skipped.get("message") or "")
    return "passed", ""


def _short(text: str) -> str:
    """The first words of a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE else f"{line[: MESSAGE - 1]}…"
