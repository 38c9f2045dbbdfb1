"""Waiting for another process, on a machine that may be busy with ten of them."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

T = TypeVar("T")
PATIENCE_SECONDS = 300.0
"""Ends a test that waits in vain; nothing that works comes near it, however busy the machine is."""


def until(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, once it finds something; a server that does not answer in time is asked again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    missed: httpx.HTTPError | None = None
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except httpx.HTTPError as error:  # Prefect's client gives up before we do
            missed = error
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}" + (f": {missed!r}" if missed else ""))
