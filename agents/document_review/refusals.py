"""What the server refused, with what it means and the remedy that belongs to it."""

import re
from collections.abc import Iterator

from agents.document_review.place import section_of
from contracts.published import Defect, PublishedDesign, Refusal

RENAMED = {
    "mean_time": "mean_exec_time",
    "total_time": "total_exec_time",
    "min_time": "min_exec_time",
    "max_time": "max_exec_time",
    "stddev_time": "stddev_exec_time",
    "wal_keep_segments": "wal_keep_size",
    "checkpoint_segments": "max_wal_size",
    "vacuum_defer_cleanup_age": "hot_standby_feedback",
    "promote_trigger_file": "pg_promote()",
}
"""Names of older versions and what took their place: pg_stat_statements columns (13), settings (13, 9.5, 16)."""

REMEDIES = {
    "0A000": "Make the partition key part of the primary key and of each unique constraint.",
    "42P02": "Write the query as PREPARE name (types) AS …, so that its parameters have types.",
    "42P17": "Use immutable expressions alone in it; what depends on today belongs into the application or a job.",
    "42P07": "Create it once.",
    "42701": "Name each column once.",
    "42703": "Correct the column's name, or add the column to its table above.",
    "42883": "Create the function above, or correct its name and argument types.",
    "42830": "Reference a primary key or a unique constraint.",
    "25001": "Leave it outside of a transaction.",
}
"""By SQLSTATE, where the code says enough."""

_INLINE_INDEX = re.compile(r"^\s*INDEX\s+\"?(\w+)", re.IGNORECASE | re.MULTILINE)
_MISSING = re.compile(r'(?:relation|role|type|function|schema|prepared statement) "([^"]+)" does not exist')
_MAKES = r"\b(?:CREATE|PREPARE)\b[^;]*?\b{name}\b"


def refused(design: PublishedDesign, refusals: tuple[Refusal, ...]) -> Iterator[Defect]:
    """A defect for each refusal; a consequence of an earlier one says so."""
    statements = [refusal for refusal in refusals if refusal.kind == "statement"]
    for refusal in refusals:
        if refusal.kind == "statement":
            yield from _statement(design, refusal, statements)
        elif refusal.kind == "metric":
            yield _metric(design, refusal)
        elif refusal.kind == "setting":
            yield _setting(design, refusal)


def _statement(design: PublishedDesign, refusal: Refusal, others: list[Refusal]) -> Iterator[Defect]:
    indexes = list(_INLINE_INDEX.finditer(refusal.subject)) if refusal.sqlstate == "42601" else []
    start = refusal.line or 1
    for found in indexes:
        line = start + refusal.subject.count("\n", 0, found.start(1))
        yield _defect(
            design,
            line,
            f'The index "{found[1]}" stands inside of CREATE TABLE, where no index may stand ({refusal.message}).',
            f"Take it out and write CREATE INDEX {found[1]} ON … after the table.",
        )
    if not indexes:
        head = next((x for x in _code_lines(refusal.subject)), "")
        shown = head if len(head) <= 70 else f"{head[:69]}…"
        line = start + _offset(refusal.subject)
        yield _defect(design, line, f"The server refuses `{shown}`: {refusal.message}.", _remedy(refusal, others))


def _code_lines(sql: str) -> Iterator[str]:
    return (line.strip() for line in sql.splitlines() if line.strip() and not line.strip().startswith("--"))


def _offset(sql: str) -> int:
    """How many comment lines stand above the statement's first own line."""
    lines = sql.splitlines()
    return next((n for n, line in enumerate(lines) if line.strip() and not line.strip().startswith("--")), 0)


def _remedy(refusal: Refusal, others: list[Refusal]) -> str:
    missing = _MISSING.search(refusal.message)
    if missing:
        name = missing[1].rpartition(".")[2]
        made = re.compile(_MAKES.format(name=re.escape(name)), re.IGNORECASE | re.DOTALL)
        cause = next((o for o in others if o is not refusal and made.search(o.subject) and _before(o, refusal)), None)
        if cause is not None:
            return f'"{name}" is made on line {cause.line}, which was refused as well: correct that first.'
        if refusal.message.startswith("role"):
            return f'Create the role above, only if it is absent, since roles belong to the whole server: "{name}".'
        return f'Nothing in the document makes "{name}": create it above this statement, or correct the name.'
    if refusal.sqlstate in REMEDIES:
        return REMEDIES[refusal.sqlstate]
    return "Correct the statement, so that it runs in an empty database after those above it."


def _before(other: Refusal, refusal: Refusal) -> bool:
    return (other.line or 0) < (refusal.line or 0)


def _metric(design: PublishedDesign, refusal: Refusal) -> Defect:
    name = refusal.subject.partition(": ")[0]
    old = [word for word in re.findall(r"\w+", refusal.subject) if word in RENAMED]
    renamed = "; ".join(f'"{word}" is now "{RENAMED[word]}"' for word in dict.fromkeys(old))
    remedy = f"{renamed}." if renamed else "Correct the query, so that it runs."
    return _defect(design, refusal.line, f'The query of the metric "{name}" does not run: {refusal.message}.', remedy)


def _setting(design: PublishedDesign, refusal: Refusal) -> Defect:
    name = refusal.subject.partition(" = ")[0]
    new = RENAMED.get(name)
    if refusal.sqlstate == "42704":
        fact = f'"{name}" is no setting of {design.engine.name} {design.engine.version}.'
        remedy = (
            f"Use {new} instead." if new else "Remove it here; what the application or its pool sets belongs there."
        )
    else:
        fact, remedy = f"The server refuses {refusal.subject}: {refusal.message}.", "Correct the value."
    return _defect(design, refusal.line, fact, remedy)


def _defect(design: PublishedDesign, line: int | None, fact: str, remedy: str) -> Defect:
    return Defect(section=section_of(design, line), line=line, fact=" ".join(fact.split()), remedy=remedy)
