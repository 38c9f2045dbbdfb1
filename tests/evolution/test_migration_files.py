"""Versioned files: the same database as the document's, step by step there and back, and clean for squawk."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from artifacts.migration_files import file_names, migration_files, stale_files
from artifacts.script import script_text
from tests.evolution.designs import design
from tests.evolution.servers import Tools

SHOP = "examples/shop/INITIAL.md"
DESIGN_CHOICES = {
    "prefer-text-field": "a length that the brief or the kind of value sets is part of the design",
    "prefer-bigint-over-int": "integer stands where the value's range is known to be small; keys are bigint",
    "ban-char-field": "codes of a fixed length, such as currencies",
}
"""Rules of squawk that speak against a type and not against how a step is carried out."""
WAY_BACK = ("ban-drop-table", "ban-drop-function", "ban-drop-extension", "ban-drop-column", "ban-drop-view")
"""Rules that a way back must break: it drops what its step made."""


def squawk(folder: Path, *excluded: str) -> list[str]:
    """The violations that squawk finds in the files of a folder, as file: rule."""
    program = shutil.which("squawk", path=sysconfig.get_path("scripts"))
    assert program
    options = ["--pg-version", "15", "--reporter", "json", "--exclude", ",".join(excluded)]
    command = [program, *options, *sorted(folder.glob("*.sql"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f"{Path(found['file']).name}: {found['rule_name']}" for found in json.loads(done.stdout)]


def test_files_leave_the_documents_database_and_each_goes_back(tools: Tools) -> None:
    made = design(SHOP)
    tools.create("document")
    tools.apply("document", script_text(made.script()))
    wanted = tools.dump("document")
    files = migration_files(made)
    steps = [file_names(step.version, step.title) for step in made.migrations.migrations]
    assert list(files) == [name for pair in steps for name in pair]
    tools.create("steps")
    before = []
    for forward, _ in steps:
        before.append(tools.dump("steps"))
        tools.apply("steps", files[forward])
    assert tools.dump("steps") == wanted
    for (_, back), earlier in zip(reversed(steps), reversed(before), strict=True):
        tools.apply("steps", files[back])
        assert tools.dump("steps") == earlier
    for name in ("document", "steps"):
        tools.create(name)
    tools.forget_roles("shop_")


def test_a_file_that_fails_leaves_nothing(tools: Tools) -> None:
    files = migration_files(design("examples/clinic/INITIAL.md"))
    tools.create("broken")
    empty = tools.dump("broken")
    first = next(iter(files.values())).replace("COMMIT;", "SELECT 1 / 0;\nCOMMIT;")
    with pytest.raises(AssertionError, match="division by zero"):
        tools.apply("broken", first)
    assert tools.dump("broken") == empty


@pytest.mark.parametrize("brief", [SHOP, "examples/clinic/INITIAL.md"])
def test_squawk_finds_nothing(brief: str, tmp_path: Path) -> None:
    for name, text in migration_files(design(brief)).items():
        (tmp_path / name[0]).mkdir(exist_ok=True)
        (tmp_path / name[0] / name).write_text(text)
    assert squawk(tmp_path / "V", *DESIGN_CHOICES) == []
    assert squawk(tmp_path / "R", *WAY_BACK) == []


def test_squawk_would_find_a_careless_step(tmp_path: Path) -> None:
    (tmp_path / "V001__careless.sql").write_text("CREATE INDEX i ON orders (status);\n")
    assert "V001__careless.sql: require-concurrent-index-creation" in squawk(tmp_path, *DESIGN_CHOICES)


def test_files_of_an_earlier_design_are_stale(tmp_path: Path) -> None:
    for name in ("V001__a.sql", "R001__rollback_a.sql", "V002__b.sql", "notes.sql"):
        (tmp_path / name).write_text("")
    found = stale_files(tmp_path, ("V001__a.sql", "R001__rollback_a.sql"))
    assert [file.name for file in found] == ["V002__b.sql"]
    assert stale_files(tmp_path / "nowhere", ()) == ()
