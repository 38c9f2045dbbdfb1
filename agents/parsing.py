"""Python's parser, one thread at a time.

CPython counts the depth of a syntax tree in one place for all threads. Steps that run side by side and parse in the
same moment make it raise `SystemError: AST constructor recursion depth mismatch`, now and then.
"""

import ast
import threading
from typing import Any

_ONE_AT_A_TIME = threading.RLock()
"""Re-entrant, because collecting garbage may run code in the midst of it."""


def parsed(source: str | bytes, mode: str = "exec") -> Any:
    """The tree that `ast.parse` gives: an `ast.Module`, or an `ast.Expression` in the mode `eval`."""
    with _ONE_AT_A_TIME:
        return ast.parse(source, mode=mode)  # noqa: TID251
