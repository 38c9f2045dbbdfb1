"""The reading room designed for the other engine families, small enough to be handed over many times."""

import contextlib
import functools
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from agents.application_validation import application_validation, validation_report
from artifacts.files import write_files
from artifacts.validation_files import validation_files
from contracts.published import PublishedDesign
from contracts.validation import ValidationReport
from flows.cli import main
from flows.engines import EngineError
from flows.engines.mariadb.launcher import programs, running
from flows.publishing import Review, published_design, reviewed
from flows.validating import suite_run

BRIEF = Path(__file__).parent / "reading-room.md"
AGENTS = frozenset({"api", "deployment", "validation"})


@functools.cache
def document(family: str) -> str:
    """The reading room's document for a family; nothing of it needs an engine."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        given = [
            "--project",
            "reading-room",
            "--output",
            folder,
            "--engine",
            "none",
            "--direct",
            "--date",
            "2026-11-01",
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            main(["design", str(BRIEF), *given, "--database", family])
        return (Path(folder) / "reading-room" / "planning" / "persistence.md").read_text(encoding="utf-8")


@contextlib.contextmanager
def mariadb() -> Iterator[str]:
    """The address of a MariaDB of our own; a machine without one is told so."""
    try:
        found = programs()
    except EngineError as error:
        pytest.skip(str(error))
    with running(found) as own:
        yield f"mariadb://root@localhost:3306/?{urlencode({'unix_socket': str(own.socket)})}"


def placed(text: str, folder: Path) -> Path:
    """The document where a project keeps it."""
    path = folder / "reading-room" / "planning" / "persistence.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def review(text: str, engine: str, folder: Path) -> Review:
    """The document as the engine and the reviewer see it."""
    return reviewed(str(placed(text, folder)), engine, AGENTS)


def design(text: str, engine: str, folder: Path) -> PublishedDesign:
    """The contract of a sound document."""
    return published_design(str(placed(text, folder)), engine, AGENTS)


def validated(text: str, engine: str, folder: Path, *modules: str) -> ValidationReport:
    """The document's suite, or these modules of it, run on the engine."""
    suite = application_validation(design(text, engine, folder))
    project = folder / "reading-room"
    write_files({project / file.path: file.text for file in validation_files(suite)})
    return validation_report(suite, suite_run(str(project), engine, "here", modules, 2000))


def failed(report: ValidationReport) -> list[str]:
    """The names of the tests that failed."""
    return [result.name for result in report.run.results if result.outcome == "failed"]
