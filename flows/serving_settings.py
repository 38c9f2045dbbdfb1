"""Where a served server listens, and the settings that close it.

Prefect's own defaults are open: no password, no CSRF token, any origin, so that any web page could drive a server on
the same machine. Everything here is set from outside, by environment variables of the processes that are started.
"""

import errno
import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from flows.inputs import InputError
from flows.ownership import ROOT
from flows.serving_state import State

KEPT = frozenset({"PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_LOGGING_LEVEL", "PREFECT_SERVER_LOGGING_LEVEL"})
"""Prefect's settings that may come from the caller's environment; any other could open the server or misdirect it."""

CLOSED = {
    "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
}
"""The last is for speed: recorded one by one, task runs lock the SQLite file against the flows that make them."""

POLLING = {"PREFECT_RUNNER_POLL_FREQUENCY": "2", "PREFECT_WORKER_QUERY_SECONDS": "2"}
"""Seconds until a run that was asked for is started; Prefect's default is 10."""


@dataclass(frozen=True)
class Address:
    """Where the server listens, and how a browser and the runner on this machine reach it."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The UI's address; a server that listens on all interfaces is reached by the loopback one from here."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  # read, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def free_address(host: str, port: int) -> Address:
    """The address if nobody listens on it; port 0 finds a free one."""
    if not 0 <= port <= 65535:
        raise InputError(f"{port} is no port. Give 1 to 65535, or 0 for any free one.")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
            return Address(host, int(probe.getsockname()[1]))
    except (socket.gaierror, UnicodeError):
        raise InputError(f"{host!r} is no address of this machine. Give one with --host, or leave it out.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"Port {port} on {host} is taken by another program. Stop it, or give another port with --port."
            ) from None
        raise InputError(
            f"{host} port {port} cannot be listened on: {error.strerror}. Give another --host or --port."
        ) from None


def server_settings(state: State, address: Address, password: str) -> dict[str, str]:
    """What closes the server and lets its own UI in.

    The UI calls the host that it came from, whatever that is called in the browser, so that no other origin needs to
    be allowed, and no port has to be known twice.
    """
    return {
        **CLOSED,
        "PREFECT_HOME": str(state.prefect_home),
        "PREFECT_SERVER_API_HOST": address.host,
        "PREFECT_SERVER_API_PORT": str(address.port),
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": address.url,
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_API_AUTH_STRING": password,  # services of the server call its own API
    }


def client_settings(state: State, address: Address, password: str) -> dict[str, str]:
    """What a process needs to run flows on this server and to read their results."""
    return {
        "PREFECT_HOME": str(state.prefect_home),
        "PREFECT_API_URL": f"{address.url}/api",
        "PREFECT_API_AUTH_STRING": password,
    }


def environment(settings: Mapping[str, str], inherited: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment with these settings of Prefect's instead of the caller's."""
    ours = {name: value for name, value in inherited.items() if not name.startswith("PREFECT_") or name in KEPT}
    path = os.pathsep.join(filter(None, (str(ROOT), inherited.get("PYTHONPATH"))))
    return {**ours, "PYTHONPATH": path, **settings}
