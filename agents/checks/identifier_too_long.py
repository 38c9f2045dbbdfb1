"""Does the engine keep every name of the script as it is written?

PostgreSQL cuts names after 63 bytes with no more than a notice; two long names can become one.
"""

import re
from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks._sql import without_text
from agents.naming import MAX_LENGTH
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "The name in the database differs from the name in the document, and two names may collide."
REMEDY = "Shorten the name."

_NAMES = re.compile(r'"[^"]*"|\b[A-Za-z_]\w*')


def findings(design: Design) -> Iterator[Finding]:
    """Names in statements that are longer than the engine's limit (names of contracts cannot be)."""
    for statement in design.script():
        names = (found.strip('"') for found in _NAMES.findall(without_text(statement.sql)))
        for name in dict.fromkeys(name for name in names if len(name) > MAX_LENGTH):
            yield finding(
                __name__,
                statement.element,
                fact=f'The name "{name}" has {len(name.encode())} bytes, and the engine keeps {MAX_LENGTH}.',
                evidence=f"Statement {statement.id}.",
                remedy=f'Shorten it, for example to "{name[:40].rstrip("_")}".',
            )
