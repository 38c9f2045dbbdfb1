"""The steps of an evolution as files, each with the time-outs under which it may run beside a working application."""

import re

from artifacts.escape import sql_comment
from artifacts.migration_files import file_names
from artifacts.statements import terminated
from contracts.evolution import EvolutionStep

LOCK_TIMEOUT, STATEMENT_TIMEOUT = "3s", "60s"
"""Whoever waits for a lock makes all others wait behind it: after three seconds the step fails and is tried again."""

_LONG = re.compile(
    r"VALIDATE CONSTRAINT| TYPE .* USING |^UPDATE |\$check\$|\$backfill\$|setval", re.MULTILINE | re.DOTALL
)


DECIDED = {
    "ban-drop-constraint": r"DROP CONSTRAINT",
    "ban-drop-not-null": r"DROP NOT NULL",
    "ban-drop-default": r"DROP DEFAULT",
    "ban-drop-column": r"DROP COLUMN",
    "ban-drop-table": r"^DROP TABLE",
    "ban-drop-function": r"^DROP FUNCTION",
    "ban-drop-extension": r"^DROP EXTENSION",
    "ban-set-schema": r"SET SCHEMA",
    "renaming-table": r"^ALTER TABLE \S+ RENAME TO",
    "renaming-column": r"RENAME COLUMN",
    "renaming-object": r"RENAME CONSTRAINT|^ALTER (?:INDEX|SEQUENCE|TYPE)\b.* RENAME TO",
    "changing-column-type": r"ALTER COLUMN \S+ TYPE",
    "adding-not-nullable-field": r"SET NOT NULL",
    "disallowed-unique-constraint": r"ADD CONSTRAINT \S+ (?:UNIQUE|EXCLUDE)(?! USING INDEX)",
    "require-concurrent-index-creation": r"^CREATE (?:UNIQUE )?INDEX .* ON (?:ONLY |retired\.)",
    "require-concurrent-index-deletion": r"^DROP INDEX (?!CONCURRENTLY)",
}
"""Rules of squawk that speak of what a step is for, by the statement that they would stop at: whether a constraint may
go, or a name may change, was decided when the step was planned, and stands in its phase. Rules on how a statement locks
stay in force, but for a partitioned table's own index, which cannot be built or dropped concurrently."""


def step_files(step: EvolutionStep) -> dict[str, str]:
    """File of the step and file of its way back, by their names."""
    forward, back = file_names(step.version, step.title)
    notes = " ".join(filter(None, (step.because, step.risk)))
    return {
        forward: _text(
            f"{step.version} ({step.phase}): {step.title}", f"{notes} Its way back is {back}.", step, step.forward
        ),
        back: _text(f"Takes {step.version} back: {step.title}", f"It was made by {forward}.", step, step.back),
    }


def _text(title: str, note: str, step: EvolutionStep, statements: tuple[str, ...]) -> str:
    manner = (
        "One transaction."
        if step.transactional
        else "Not in one transaction: run it statement by statement, and again from its start if it fails."
    )
    head = sql_comment(f"{title}\n{note}\n{manner} psql -v ON_ERROR_STOP=1 -f runs it.")
    limit = "0" if any(_LONG.search(sql) for sql in statements) else STATEMENT_TIMEOUT
    local = " LOCAL" if step.transactional else ""
    limits = f"SET{local} lock_timeout = '{LOCK_TIMEOUT}';\nSET{local} statement_timeout = '{limit}';"
    body = _body(statements, limits if step.transactional else "")
    if step.transactional:
        return f"{head}\nBEGIN;\n{limits}\n\n{body}\n\nCOMMIT;\n"
    if limit != "0":
        limits = limits.replace(f"'{limit}'", "'0'")  # an index is built for as long as it takes
    return f"{head}\n{limits}\n\n{body}\n\nRESET lock_timeout;\nRESET statement_timeout;\n"


def _body(statements: tuple[str, ...], limits: str) -> str:
    """The statements; a constraint is validated in a transaction after the one that added it, without its lock."""
    parts: list[str] = []
    added = False
    for sql in statements:
        if limits and added and "VALIDATE CONSTRAINT" in sql:
            parts.append(f"COMMIT;\n\nBEGIN;\n{limits}")
            added = False
        added = added or sql.endswith("NOT VALID")
        parts.append(_decided(sql) + terminated(sql))
    return "\n\n".join(parts)


def _decided(sql: str) -> str:
    """The comment that tells squawk what was decided, where it would ask."""
    rules = [rule for rule, pattern in DECIDED.items() if re.search(pattern, sql.partition("$")[0])]
    return f"-- squawk-ignore {', '.join(rules)}\n" if rules else ""
