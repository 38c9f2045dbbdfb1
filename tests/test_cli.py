"""The command line: what it refuses costs one message, exit code 2 and nothing else; what it makes can be used."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli import BAD_INPUT, FINDINGS, HOLDS, OUR_FAULT, main
from flows.inputs import MAX_BYTES

ROOT = Path(__file__).resolve().parent.parent
HABITS = ROOT / "examples" / "habits" / "INITIAL.md"
GOOD = "# Library - Data Application Requirements\n\n**Primary Entities**: Book, Reader\n"


def _file(content: bytes) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        file = folder / "brief.md"
        file.write_bytes(content)
        return file

    return made


def _folder(folder: Path) -> Path:
    (folder / "planning").mkdir()
    (folder / "planning" / "INITIAL.md").write_text(GOOD)
    return folder


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


good = _file(GOOD.encode())

BAD = [
    ("no such file", lambda folder: folder / "none.md", [], "There is no file"),
    ("no such folder", lambda folder: folder / "a" / "b" / "none.md", [], "does not exist either"),
    ("a folder", _folder, [], "is a folder"),
    ("a name no file has", lambda folder: f"{folder}/a\0b", [], "NUL"),
    ("a pipe", _pipe, [], "device or pipe"),
    ("an empty file", _file(b""), [], "empty"),
    ("only white space", _file(b"\xef\xbb\xbf \r\n\t\n"), [], "empty"),
    ("a NUL", _file(b"# Shop\n\0"), [], "binary data"),
    ("an image", _file(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), [], "not text in UTF-8: byte 1 is 0x89"),
    ("Latin-1", _file("# Café\n".encode("latin-1")), [], "byte 6 is 0xe9"),
    ("half of UTF-16", _file(b"\xff\xfe#\0 "), [], "not text"),
    ("more than 5 MB", _file(b"x" * (MAX_BYTES + 1)), [], "5,000,001 bytes"),
    ("a path as project", good, ["--project", "../etc"], "path parts"),
    ("a folder as project", good, ["--project", "shop/app"], "path parts"),
    ("a Windows path as project", good, ["--project", "shop\\app"], "path parts"),
    ("dots as project", good, ["--project", ".."], "path parts"),
    ("capitals as project", good, ["--project", "Shop"], 'for example "shop"'),
    ("a space in the project", good, ["--project", "my shop"], "' '"),
    ("foreign letters in the project", good, ["--project", "café"], 'for example "cafe"'),
    ("a dash at the end", good, ["--project", "shop-"], "dash"),
    ("a project of 64 letters", good, ["--project", "a" * 64], "64 characters"),
    ("a newline in the project", good, ["--project", "shop\n"], "'\\n'"),
    ("no date", good, ["--date", "yesterday"], "is no date"),
    ("a day that does not exist", good, ["--date", "2025-02-30"], "is no date"),
    ("a date without dashes", good, ["--date", "20250731"], "is no date"),
    ("a date far away", good, ["--date", "9999-12-31"], "out of range"),
    ("memory without cores", good, ["--memory-gb", "8"], "without its cores"),
    ("cores without memory", good, ["--cores", "4"], "without its memory"),
    ("memory below zero", good, ["--memory-gb", "-1", "--cores", "2"], "no memory size"),
    ("infinite memory", good, ["--memory-gb", "inf", "--cores", "2"], "no memory size"),
    ("memory that is no number", good, ["--memory-gb", "nan", "--cores", "2"], "no memory size"),
    ("cores below zero", good, ["--memory-gb", "8", "--cores", "-2"], "no number of cores"),
    ("an unknown engine", good, ["--engine", "oracle"], "engine"),
    ("an engine variable that is not set", good, ["--engine", "env:NOT_SET_ANYWHERE"], "is not set"),
    ("an engine variable without a name", good, ["--engine", "env:"], "names no environment variable"),
    (
        "an engine that does not answer",
        good,
        ["--engine", "postgresql://u@127.0.0.1:1/x", "--database", "postgresql"],
        "cannot be reached",
    ),
    (
        "the address of another family",
        good,
        ["--engine", "postgresql://u@127.0.0.1:1/x", "--database", "sqlite"],
        "cannot be proven on PostgreSQL",
    ),
    ("nothing to be found", _file(b"lorem ipsum dolor sit amet\n"), [], ""),
    ("an unfilled template", _file(b"# [Project Name]\n\n**Primary Entities**: [List main entities]\n"), [], ""),
]


@pytest.mark.parametrize(("brief", "options", "says"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_ends_with_2_one_message_and_nothing_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    brief: Callable[[Path], Path],
    options: list[str],
    says: str,
) -> None:
    given, output = tmp_path / "given", tmp_path / "output"
    given.mkdir()
    code = main(["design", str(brief(given)), "--direct", "--output", str(output), *options])
    out, err = capsys.readouterr()
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert code == BAD_INPUT, err
    assert out == ""
    assert len(errors) == 1
    assert says in errors[0]
    assert "Traceback" not in err
    assert not output.exists()


@pytest.mark.parametrize("argv", [[], ["design"], ["design", "x", "--cores", "many"], ["nonsense"], ["trace"]])
def test_a_wrong_call_ends_with_2_and_shows_the_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == BAD_INPUT
    assert "usage:" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == HOLDS
    out = capsys.readouterr().out
    for command in ("design", "verify", "trace", "engines", "schema"):
        assert f"    {command} " in out


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_an_output_folder_that_is_a_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "file").write_text("kept")
    assert main(["design", str(HABITS), "--direct", "--output", str(tmp_path / place)]) == BAD_INPUT
    assert "is a file" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "kept"


def test_a_password_is_never_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    dsn = "postgresql://u:topsecret@127.0.0.1:1/x"
    assert (
        main(
            ["design", str(HABITS), "--direct", "--output", str(tmp_path), "--engine", dsn, "--database", "postgresql"]
        )
        == BAD_INPUT
    )
    out, err = capsys.readouterr()
    assert "cannot be reached" in err
    assert "topsecret" not in out + err


def test_a_fault_of_ours_keeps_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("flows.spine.persistence_architecture", broken)
    assert main(["design", str(HABITS), "--direct", "--output", str(tmp_path)]) == OUR_FAULT
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "fault of the application" in err


@pytest.fixture(scope="module")
def habits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of the smallest example, made by plain calls with proof, in a process of its own."""
    output = tmp_path_factory.mktemp("habits")
    argv = ["design", str(HABITS), "--direct", "--date", "2025-07-31", "--output", str(output), "--json"]
    done = _process(argv)
    assert done.returncode in (HOLDS, FINDINGS), done.stderr
    handoff = json.loads(done.stdout)
    assert (done.returncode == HOLDS) is handoff["ready"]
    assert "[2/11] proving engine" in done.stderr
    assert "[11/11] documents" in done.stderr
    document = Path(handoff["document"])
    assert document == output / "habits" / "planning" / "persistence.md"
    return document


def _process(argv: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flows", *argv], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def test_design_without_prefect_does_not_import_it() -> None:
    argv = ["design", str(HABITS), "--direct", "--output", "/nonexistent/\0"]
    code = (
        f"import sys; from flows.cli import main; main({argv!r}); import flows.spine; print('prefect' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"], done.stderr


def test_the_smallest_example_is_proven(habits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert habits.with_name("persistence.json").is_file()
    made = ["er-diagram.svg", "migrations", "persistence.json", "persistence.md", "schema.dbml"]
    assert sorted(p.name for p in habits.parent.iterdir()) == made
    assert main(["verify", str(habits)]) == HOLDS
    out = capsys.readouterr().out
    assert "SQL statement" in out
    assert "SQLite" in out


def test_a_statement_that_fails_is_a_finding_of_verify(
    habits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "persistence.md"
    document.write_text(habits.read_text().replace("```sql\n", "```sql\nSELECT 1 FROM no_such_table;\n", 1))
    assert main(["verify", str(document)]) == FINDINGS
    out = capsys.readouterr().out
    assert "no_such_table" in out
    assert "FAILS The statement on line" in out


def test_the_plan_of_another_document_is_a_finding_of_verify(
    habits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "persistence.md"
    document.write_text(habits.read_text())
    plan = json.loads(habits.with_name("persistence.json").read_text())
    plan["design"]["brief"]["text"] += "edited"
    document.with_name("persistence.json").write_text(json.dumps(plan))
    assert main(["verify", str(document), "--engine", "none"]) == FINDINGS
    assert "is not the plan of this document" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.md", None, "There is no file"),
        ("a.md", b"# A document without SQL\n", "no sql block"),
        ("b.md", b"```sql\nSELECT 'open\n```\n", "never closed"),
        ("c.md", b"\x89PNG\0", "not text"),
    ],
)
def test_verify_refuses_what_is_no_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, says: str
) -> None:
    document = tmp_path / name
    if content is not None:
        document.write_bytes(content)
    assert main(["verify", str(document), "--engine", "none"]) == BAD_INPUT
    assert says in capsys.readouterr().err


def test_trace_names_every_requirement(habits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(habits)]) == HOLDS
    out = capsys.readouterr().out
    plan = json.loads(habits.with_name("persistence.json").read_text())
    for requirement in plan["design"]["requirements"]["requirements"]:
        assert f"{requirement['id']} (" in out


def test_trace_needs_the_plan(habits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "persistence.md").write_text(habits.read_text())
    assert main(["trace", str(tmp_path / "persistence.md")]) == BAD_INPUT
    assert "no persistence.json" in capsys.readouterr().err


def test_engines_lists_the_embedded_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["engines"]) == HOLDS
    assert "embedded: PostgreSQL 18" in capsys.readouterr().out


def test_schemas_that_cannot_be_written_are_a_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The name of a file is taken by a folder: root may write everywhere else."""
    (tmp_path / "Brief.schema.json").mkdir()
    assert main(["schema", str(tmp_path)]) == BAD_INPUT
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"error: The schemas cannot be written to {tmp_path}: Is a directory. "
        "Make room or change the folder's permissions, or give another output folder."
    ]


def test_schemas_are_valid_complete_and_the_same_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.contract_schemas import contract_classes

    for folder in ("a", "b"):
        assert main(["schema", str(tmp_path / folder)]) == HOLDS
    names = {f"{cls.__name__}.schema.json" for cls in contract_classes()}
    assert {"Brief.schema.json", "PersistencePlan.schema.json", "Handoff.schema.json"} <= names
    assert {f.name for f in (tmp_path / "a").iterdir()} == names
    assert len(capsys.readouterr().out.splitlines()) == 2 * len(names)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
        schema = json.loads(file.read_text())
        own = schema["$defs"][file.name.partition(".")[0]] if "$ref" in schema else schema  # one that holds its like
        assert own["type"] == "object"
