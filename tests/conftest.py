"""Options of the whole test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-examples` writes the documents of the examples anew instead of comparing them."""
    parser.addoption(
        "--update-examples", action="store_true", help="write the documents in examples/ anew instead of comparing them"
    )
