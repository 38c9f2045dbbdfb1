"""The validation suite as files, and its report: the suite's code is the same for every project, its facts are not."""

import json
from importlib import resources

from artifacts.environment import document_environment
from contracts.published import GeneratedFile
from contracts.validation import ApplicationValidation, ValidationReport

FOLDER = "tests/database"
TESTS_SHOWN = 3


def validation_files(validation: ApplicationValidation) -> tuple[GeneratedFile, ...]:
    """`tests/database`: code, facts, and the packages that it needs."""
    facts = json.dumps(validation.facts, indent=1, ensure_ascii=False) + "\n"
    code = resources.files(__package__).joinpath("templates", "validation")
    found = sorted((entry for entry in code.iterdir() if entry.name.endswith(".j2")), key=lambda entry: entry.name)
    texts = {entry.name.removesuffix(".j2"): entry.read_text("utf-8") for entry in found}
    return tuple(
        GeneratedFile(path=f"{FOLDER}/{name}", text=text)
        for name, text in sorted({**texts, "design.json": facts}.items())
    )


def validation_report_md(report: ValidationReport) -> str:
    """VALIDATION_REPORT.md; ends with exactly one newline."""
    template = document_environment().get_template("validation_report.md.j2")
    return template.render(report=report, run=report.run, shown=TESTS_SHOWN).strip("\n") + "\n"
