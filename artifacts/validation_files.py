"""The validation suite as files, and its report: the suite's code is the same for every project, its facts are not."""

import json
from importlib import resources
from importlib.resources.abc import Traversable

from artifacts.environment import document_environment
from contracts.published import GeneratedFile
from contracts.validation import ApplicationValidation, ValidationReport

FOLDER = "tests/database"
TESTS_SHOWN = 3


def validation_files(validation: ApplicationValidation) -> tuple[GeneratedFile, ...]:
    """`tests/database`: code that all suites share, that of the document's engine family, facts, and packages."""
    facts = json.dumps(validation.facts, indent=1, ensure_ascii=False) + "\n"
    shared = resources.files(__package__).joinpath("templates", "validation")
    texts = {**_code(shared), **_code(shared.joinpath(str(validation.facts["dialect"])))}
    return tuple(
        GeneratedFile(path=f"{FOLDER}/{name}", text=text)
        for name, text in sorted({**texts, "design.json": facts}.items())
    )


def _code(folder: Traversable) -> dict[str, str]:
    """The templates of a folder by the names of their files."""
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".j2"))
    return {entry.name.removesuffix(".j2"): entry.read_text("utf-8") for entry in found}


def validation_report_md(report: ValidationReport) -> str:
    """VALIDATION_REPORT.md; ends with exactly one newline."""
    template = document_environment().get_template("validation_report.md.j2")
    return template.render(report=report, run=report.run, shown=TESTS_SHOWN).strip("\n") + "\n"
