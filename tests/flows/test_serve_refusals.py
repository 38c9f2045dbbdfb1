"""What `serve` refuses before it starts anything, and how it keeps its settings and its password to itself."""

import argparse
import os
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli import BAD_INPUT, main
from flows.inputs import InputError
from flows.serving_processes import Stopped, stoppable
from flows.serving_settings import Address, environment, server_settings
from flows.serving_state import STATE_VARIABLE, State, checked_password, generated_password, state_folder, state_of


def _file(text: str) -> Callable[[Path], list[str]]:
    def options(folder: Path) -> list[str]:
        file = folder / "chosen"
        file.write_text(text)
        return ["--password-file", str(file)]

    return options


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--host", "0.0.0.0"], "--password-file"),  # noqa: S104
        (["--host", "::"], "--password-file"),
        (["--host", "no.such.host.invalid"], "is no address"),
        (["--host", "198.51.100.7"], "cannot be listened on"),
        (["--port", "65536"], "is no port"),
        (["--port", "-1"], "is no port"),
        (["--limit", "0"], "is no number of runs"),
        (["--password-file", "/no/such/file"], "cannot be read"),
        (["--state", "/dev/null/x"], "cannot be used"),
        (_file("short"), "at least 12"),
        (_file("admin:one-long-line\nand another\n"), "one line"),
        (_file(""), "one line"),
    ],
)
def test_what_cannot_be_is_refused_with_a_message_and_nothing_else(
    options: list[str] | Callable[[Path], list[str]], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = options if isinstance(options, list) else options(tmp_path)
    assert main(["serve", "--port", "0", "--state", str(tmp_path / "state"), *given]) == BAD_INPUT
    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "state" / "password").exists()


def test_a_taken_port_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port), "--state", str(tmp_path)]) == BAD_INPUT
    assert f"Port {port} on 127.0.0.1 is taken" in capsys.readouterr().err


def test_two_servers_do_not_share_a_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with state_of(tmp_path / "state"):
        assert main(["serve", "--port", "0", "--state", str(tmp_path / "state")]) == BAD_INPUT
    assert "Another server uses" in capsys.readouterr().err
    with state_of(tmp_path / "state"):
        pass


def test_a_folder_that_others_may_enter_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tmp_path.chmod(0o755)
    assert main(["serve", "--port", "0", "--state", str(tmp_path)]) == BAD_INPUT
    assert "is not yours alone" in capsys.readouterr().err
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_made_once_and_private(tmp_path: Path) -> None:
    os.umask(0)
    try:
        with state_of(tmp_path / "state") as state:
            first = generated_password(state)
            assert stat.S_IMODE(state.folder.stat().st_mode) == 0o700
            state.password_file.chmod(0o644)
            assert generated_password(state) == first
            assert stat.S_IMODE(state.password_file.stat().st_mode) == 0o600
        with state_of(tmp_path / "other") as other:
            assert generated_password(other) != first
    finally:
        os.umask(0o022)


def test_a_link_is_not_taken_for_a_password_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("admin:known-to-somebody\n")
    (tmp_path / "password").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="no plain file"):
        generated_password(State(tmp_path))


def test_a_chosen_password_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "chosen").write_text("admin:a long phrase\n")
    assert checked_password(tmp_path / "chosen") == "admin:a long phrase"


def test_the_state_folder_is_the_option_then_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "variable"))
    assert state_folder(str(tmp_path / "option")) == tmp_path / "option"
    assert state_folder("") == tmp_path / "variable"
    monkeypatch.delenv(STATE_VARIABLE)
    assert state_folder("").name == "persistence-architect"


def test_no_setting_of_the_callers_opens_the_server(tmp_path: Path) -> None:
    callers = {
        "PREFECT_API_URL": "https://cloud.example/api",
        "PREFECT_API_KEY": "key",
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "false",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": "*",
        "PREFECT_SERVER_API_AUTH_STRING": "a:b",
        "PREFECT_PROFILE": "mine",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql+asyncpg://u@h/d",
        "PATH": "/bin",
    }
    made = environment(server_settings(State(tmp_path), Address("127.0.0.1", 4201), "admin:secret"), callers)
    assert not {"PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE"} & set(made)
    assert not [
        name for name in made if name.endswith(("_SERVER_CSRF_PROTECTION_ENABLED", "_SERVER_CORS_ALLOWED_ORIGINS"))
    ]
    assert made["PREFECT_SERVER_API_AUTH_STRING"] == "admin:secret"
    assert made["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4201"
    assert made["PREFECT_SERVER_API_PORT"] == "4201"
    assert made["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == callers["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert made["PATH"] == "/bin"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_stops_and_leaves_the_handlers_as_they_were(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Stopped), stoppable():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(
    ("host", "loopback", "url"),
    [
        ("127.0.0.1", True, "http://127.0.0.1:4200"),
        ("localhost", True, "http://localhost:4200"),
        ("::1", True, "http://[::1]:4200"),
        ("0.0.0.0", False, "http://127.0.0.1:4200"),  # noqa: S104
        ("10.0.0.5", False, "http://10.0.0.5:4200"),
        ("db.example", False, "http://db.example:4200"),
    ],
)
def test_an_address_says_who_can_reach_it(host: str, loopback: bool, url: str) -> None:
    address = Address(host, 4200)
    assert (address.is_loopback, address.url) == (loopback, url)


def test_defaults_are_closed() -> None:
    from flows.cli import command_line

    given: argparse.Namespace = command_line().parse_args(["serve"])
    assert (given.host, given.port, given.password_file) == ("127.0.0.1", 4200, "")
