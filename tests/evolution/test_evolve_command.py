"""The command: what cannot be used is one clear line, questions end with 1 and no migration."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.edits import CASES, edited
from contracts.evolution import Answers
from flows.cli import main
from flows.evolve_inputs import answers_from, answers_from_text, is_design, published_script, refuse_unknown
from flows.inputs import InputError
from tests.evolution.small import column, state, table

SHOP = "examples/shop/planning/persistence.md"
STALL = "tests/evolution/stall.sql"


def test_questions_end_with_one_and_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["evolve", STALL, "tests/evolution/stall.md", "--direct", "--date", "2026-11-01", "--output", str(tmp_path)]
    assert main(given) == 1
    told = capsys.readouterr().out
    assert "--rename customer=customers or --drop customer or --keep customer" in told
    folder = tmp_path / "stall" / "planning"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["evolution.md"]
    assert "## Open Questions" in (folder / "evolution.md").read_text()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"renames": {"custmer": "clients"}}, "the old design has no custmer. Near it: customer"),
        ({"renames": {"customer": "client"}}, "the new design has no client. Near it: clients"),
        ({"renames": {"customer.name": "title"}}, "the new design has no customer.title"),
        ({"drops": ["customer.fax"]}, "--drop customer.fax: the old design"),
        ({"fills": {"clients.fax": "1"}}, "--fill clients.fax=…: the new design"),
    ],
)
def test_an_answer_that_speaks_of_nothing_is_refused(answers: dict[str, Any], told: str) -> None:
    old, new = state(table("customer", column("name"))), state(table("clients", column("name")))
    with pytest.raises(InputError) as error:
        refuse_unknown(Answers.model_validate(answers), old, new)
    assert told in str(error.value)


def test_a_script_that_the_engine_refuses_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.sql"
    broken.write_text("CREATE TABLE a (id int);\n\nCREATE TABLE b (id nothing);\n")
    assert main(["evolve", STALL, str(broken), "--direct", "--output", str(tmp_path)]) == 2
    assert 'line 3: the engine refuses this statement: type "nothing" does not exist' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--fill", "orders.x"], "has no name and value"),
        (["--last", "12"], "no version of a migration"),
        (["--engine", "none"], "made from what an engine says"),
        (["--answers", "pyproject.toml"], "is no YAML"),
        (["--answers", "nowhere.yaml"], "There is no file nowhere.yaml"),
        (["--project", "../x"], "is no project name"),
    ],
)
def test_what_cannot_be_used_is_refused(given: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evolve", SHOP, SHOP, "--direct", "--output", "/nonexistent-is-never-made", *given]) == 2
    assert told in capsys.readouterr().err


def test_answers_come_from_yaml_and_options_count_more(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("renames: {a: b}\ndrops: [c]\n")
    found = answers_from(str(file), {"renames": ["a=d"], "drops": ["e"], "fills": ["t.x=coalesce(y, 'a=b')"]})
    assert (found.renames, found.drops) == ({"a": "d"}, ("c", "e"))
    assert found.fills == {"t.x": "coalesce(y, 'a=b')"}
    with pytest.raises(InputError, match="its keys are rename"):
        answers_from_text("rename: {a: b}")
    with pytest.raises(InputError, match="mappings of names"):
        answers_from_text("renames: [a]")


def test_designs_and_briefs_are_told_apart() -> None:
    assert is_design(SHOP)
    assert not is_design("examples/shop/INITIAL.md")
    assert published_script(SHOP).title == "Harbour Shop"
    assert len(published_script(STALL).lines) == 4
    with pytest.raises(InputError, match="holds no SQL"):
        published_script("examples/shop/INITIAL.md")


def test_the_benchmarks_edits_of_briefs_find_what_they_edit() -> None:
    pairs = [edited(name, edit)[:2] for name in CASES for edit in CASES[name]["edits"]]
    assert len(pairs) > 60
    assert all(before != after for before, after in pairs)
