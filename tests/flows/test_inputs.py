"""Inputs of a run: what is accepted becomes one normal form."""

import contextlib
import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.inputs import (
    InputError,
    brief_from_file,
    brief_from_text,
    checked_engine,
    checked_output,
    checked_project,
    decoded,
    engine_address,
    has_password,
    machine,
    run_date,
)


@pytest.mark.parametrize(
    "raw",
    [
        "Größe\nzwei\n".encode(),
        "Größe\r\nzwei\r\n".encode(),
        "Größe\rzwei\r".encode(),
        "\ufeffGröße\nzwei\n".encode(),
        "Gro\u0308ße\nzwei\n".encode(),
        "Größe\r\nzwei\n".encode("utf-16"),
        "\ufeffGröße\nzwei\n".encode("utf-16-be"),
    ],
    ids=["plain", "CRLF", "CR", "BOM", "decomposed", "UTF-16", "UTF-16 big-endian"],
)
def test_the_same_words_are_the_same_text(raw: bytes) -> None:
    assert decoded(raw, "here") == "Größe\nzwei\n"


@given(st.text())
def test_decoding_is_stable(text: str) -> None:
    try:
        once = decoded(text.encode("utf-8", "surrogatepass"), "here")
    except InputError:
        return
    assert decoded(once.encode(), "here") == once.removeprefix("\ufeff")
    assert "\r" not in once


@given(st.binary(max_size=200))
def test_any_bytes_become_a_brief_or_an_input_error(raw: bytes) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(decoded(raw, "here"), str)


@pytest.mark.parametrize(
    ("path", "text", "project"),
    [
        ("applications/my-shop/planning/INITIAL.md", "# Other", "my-shop"),
        ("applications/My Shop/planning/brief.txt", "# Other", "my-shop"),
        ("examples/clinic/INITIAL.md", "# Other", "clinic"),
        ("briefs/Čajovna.md", "# Other", "cajovna"),
        ("###/README.md", "# Tea House - Data Application Requirements\n", "tea-house"),
        ("###/README.md", "no title", "project"),
    ],
)
def test_the_project_comes_from_path_or_title(tmp_path: Path, path: str, text: str, project: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert brief_from_file(str(file)).project == project


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("# Habit Tracker\n", "habit-tracker"),
        ("# Shop - Requirements", "shop"),
        ("prose", "project"),
        ("# ---", "project"),
    ],
)
def test_a_text_names_its_project_by_its_title(text: str, project: str) -> None:
    assert brief_from_text(text).project == project


def test_a_given_project_wins_over_the_path(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# B")
    assert brief_from_file(str(tmp_path / "a.md"), project="c").project == "c"


@given(st.text())
def test_a_project_is_accepted_as_it_is_or_refused(project: str) -> None:
    try:
        assert checked_project(project) == project
    except InputError:
        return
    assert Path("x", project).parent == Path("x")
    assert project.isascii()


def test_a_given_date_is_taken_and_an_empty_one_is_today() -> None:
    assert run_date("2024-02-29") == dt.date(2024, 2, 29)
    assert run_date("") in (dt.date.today(), dt.date.today() - dt.timedelta(days=1))


def test_the_machine_is_known_or_not() -> None:
    assert machine(0, 0) is None
    known = machine(0.5, 2)
    assert known is not None
    assert (known.memory_gb, known.cores) == (0.5, 2)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:p@h/d",
        "postgres://u:p%40x@h:5432/d?sslmode=require",
        "postgresql://u@h/d?password=p",
        "postgresql:///d?host=/s&password=p",
        "host=h password=p",
        "host=h password = 'p q'",
    ],
)
def test_a_password_is_seen_and_refused_as_a_parameter(dsn: str) -> None:
    assert has_password(dsn)
    with pytest.raises(InputError, match="env:") as refused:
        checked_engine(dsn)
    assert dsn not in str(refused.value)


@pytest.mark.parametrize(
    "engine", ["embedded", "installed", "none", "postgresql://u@h:5432/d", "postgresql:///d", "env:DESIGN_DSN"]
)
def test_an_engine_without_password_is_taken_as_it_is(engine: str) -> None:
    assert checked_engine(engine) == engine


def test_an_address_in_the_environment_is_looked_up_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_DSN", "postgresql://u:p@h/d")
    assert engine_address(checked_engine("env:SOME_DSN")) == "postgresql://u:p@h/d"
    monkeypatch.delenv("SOME_DSN")
    with pytest.raises(InputError, match="SOME_DSN"):
        engine_address("env:SOME_DSN")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        checked_output(str(tmp_path / "new"))


def test_a_missing_folder_is_not_made_by_looking(tmp_path: Path) -> None:
    assert checked_output(str(tmp_path / "a" / "b")) == str(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
