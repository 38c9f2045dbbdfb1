"""Options of the whole suite, and what a skip means: a missing engine is told to a user and fails in CI."""

import os

import pytest

ENGINE_TESTS = ("tests/engines/", "tests/test_examples.py", "tests/handover/test_examples.py", "tests/browser/")
"""Tests that skip when an installed PostgreSQL, a running server or a browser is missing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-examples` and `--update-screenshots` write what is generated anew, instead of leaving it as it is."""
    parser.addoption(
        "--update-examples", action="store_true", help="write the documents in examples/ anew instead of comparing them"
    )
    parser.addoption("--update-screenshots", action="store_true", help="take the pictures in docs/screenshots/ anew")

    parser.addoption(
        "--replay-table",
        action="store_true",
        help="every failure replayed in every way, and the table in docs/replay.md",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """In CI, a test of an engine that was skipped has failed: the machine is meant to have the engine."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and item.nodeid.startswith(ENGINE_TESTS):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where engines are required: {report.longrepr}"
    return report
