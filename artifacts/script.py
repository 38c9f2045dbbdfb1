"""The design's script cut into the pieces that stand together in the document, never reordered.

A piece is a run of statements about one subject: a table with its indexes, one query, one policy's table.
Claims are handed to the subject that they speak for, so that proof stands beside what it proves.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from artifacts.escape import sql_comment
from artifacts.evidence import ProofLine
from artifacts.statements import terminated
from contracts.base import Section, Statement
from contracts.claims import Executes
from contracts.plan import Design
from contracts.schema import SchemaDesign, Table


@dataclass(frozen=True)
class Piece:
    """A run of statements on one subject (a table's or query's name, or an id's first word) as SQL text."""

    subject: str
    statements: tuple[Statement, ...]
    sql: str


def statement_text(statement: Statement) -> str:
    """The statement with its comment above and exactly one semicolon, or what stands for one meanwhile."""
    if statement.delimiter:
        ended = f"DELIMITER {statement.delimiter}\n{statement.sql.strip()}\n{statement.delimiter}\nDELIMITER ;"
    else:
        ended = terminated(statement.sql)
    return "\n".join(filter(None, (sql_comment(statement.comment), ended)))


def script_text(statements: Sequence[Statement]) -> str:
    """Statements one below the other, a blank line between any two that do not both fit on one line."""
    texts = [statement_text(statement) for statement in statements]
    lines: list[str] = []
    for before, text in itertools.pairwise(["", *texts]):
        loose = "\n" in before or "\n" in text
        lines.append(f"\n{text}" if before and loose else text)
    return "\n".join(lines)


def subjects(schema: SchemaDesign) -> dict[str, str]:
    """The names in a schema, each with the table (or, for a query, the query) that it belongs to."""
    found: dict[str, str] = {}
    for table in schema.tables:
        found |= dict.fromkeys(_names_of(table), table.name)
    found |= {index.name: index.table for index in schema.indexes}
    return found | {query.name: query.name for query in schema.queries} | {t.name: t.name for t in schema.tables}


def _names_of(table: Table) -> tuple[str, ...]:
    """The names of a table's constraints and partitions."""
    groups = (table.uniques, table.targets, table.checks, table.exclusions, table.foreign_keys)
    constraints = tuple(constraint.name for group in groups for constraint in group)
    children = table.partitioning.partitions if table.partitioning else ()
    return (*constraints, *(child.name for child in children))


def subject_of(element: str, known: dict[str, str]) -> str:
    """The subject of an element's id: the last of its words that names something, else its first word.

    >>> subject_of("index.ix_orders_status", {"ix_orders_status": "orders"}), subject_of("role.app", {})
    ('orders', 'role')
    """
    words = element.replace(":", ".").replace("/", ".").split(".")
    return next((known[word] for word in reversed(words) if word in known), words[0])


def pieces(design: Design, section: Section) -> tuple[Piece, ...]:
    """A section's statements in the script's order, cut where the subject changes."""
    known = subjects(design.schema_design)
    inside = [statement for statement in design.script() if statement.section == section]
    runs = itertools.groupby(inside, key=lambda statement: subject_of(statement.element, known))
    return tuple(Piece(subject, run, script_text(run)) for subject, run in ((s, tuple(r)) for s, r in runs))


Place = tuple[str, str]
"""Where a claim's proof is shown: section and subject; the section is empty when no statement has its subject."""


def lines_by_place(design: Design, lines: Sequence[ProofLine]) -> dict[Place, tuple[ProofLine, ...]]:
    """Proof lines beside the statement that must execute, or where the element that they speak for is made."""
    known = subjects(design.schema_design)
    script = design.script()
    by_id: dict[str, Place] = {s.id: (s.section, subject_of(s.element, known)) for s in script}
    by_element: dict[str, Place] = {s.element: (s.section, subject_of(s.element, known)) for s in reversed(script)}
    by_subject: dict[str, Place] = {subject: (section, subject) for section, subject in reversed(list(by_id.values()))}
    found: dict[Place, list[ProofLine]] = {}
    for line in lines:
        trial, element = line.claim.trial, line.claim.element
        made = by_id.get(trial.statement) if isinstance(trial, Executes) else by_element.get(element)
        subject = subject_of(element, known)
        found.setdefault(made or by_subject.get(subject) or ("", subject), []).append(line)
    return {place: tuple(group) for place, group in found.items()}
