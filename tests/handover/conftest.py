"""One server for all tests of the hand-over, documents to edit, and the suite run on what was made of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.application_validation import application_validation, validation_report
from artifacts.files import write_files
from artifacts.validation_files import validation_files
from contracts.validation import ValidationReport
from flows.engines.launcher import cluster
from flows.engines.locate import engine
from flows.publishing import Review, reviewed
from flows.validating import suite_run
from tests.documents import DOCUMENTS

ROOT = Path(__file__).parent.parent.parent
LIBRARY = (Path(__file__).parent / "library-persistence.md").read_text(encoding="utf-8")
SEED = Path(__file__).parent / "seed-persistence.md"
EXAMPLES = tuple(DOCUMENTS.values())


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of a server of our own, so that not every test starts one."""
    info = engine("embedded")
    assert info.bin_dir is not None
    with cluster(info.bin_dir) as own:
        yield f"postgresql://postgres@/postgres?host={own.folder}"


@pytest.fixture
def review_of(tmp_path: Path, address: str) -> Callable[[str], Review]:
    """A document's text → its contract and defects."""

    def read(text: str) -> Review:
        place = tmp_path / "town-library" / "planning" / "persistence.md"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
        return reviewed(str(place), address, frozenset({"api", "deployment", "validation"}))

    return read


@pytest.fixture
def validated(tmp_path: Path, address: str, review_of: Callable[[str], Review]) -> Callable[..., ValidationReport]:
    """A document's text → the report of these modules of its suite, with more files in the project's folder."""

    def run(text: str, *modules: str, **files: str) -> ValidationReport:
        found = review_of(text)
        assert found.sound, found.defects
        suite = application_validation(found.design)
        folder = tmp_path / "town-library"
        write_files({folder / file.path: file.text for file in validation_files(suite)})
        write_files({folder / path: content for path, content in files.items()})
        return validation_report(suite, suite_run(str(folder), address, "here", modules, 2000))

    return run
