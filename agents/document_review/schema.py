"""What a server accepts and regrets later: partitions with gaps, policies and functions that nothing calls."""

import re
from collections.abc import Iterator

from agents.document_review.place import section_of
from contracts.catalogue import PublishedTable
from contracts.published import Defect, PublishedDesign

_HASH = re.compile(r"modulus (\d+), remainder (\d+)", re.IGNORECASE)
_CHECK = re.compile(r"\bCHECK\s*\(", re.IGNORECASE)
_MAKES = re.compile(r"\bCREATE\s+(?:\w+\s+)*?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:[\w\"]+\.)?\"?(\w+)", re.IGNORECASE)
_REFERS = re.compile(r"\bREFERENCES\s+(?:[\w\"]+\.)?\"?(\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*")
_MOVING = re.compile(r"\b(current_date|current_timestamp|localtimestamp|now\s*\(|clock_timestamp\s*\()", re.IGNORECASE)


def unsound_schema(design: PublishedDesign) -> Iterator[Defect]:
    """Defects of the schema that exists."""
    for table in design.catalogue.tables:
        yield from _partition_gaps(design, table)
        yield from _without_policy(design, table)
    yield from _references_to_nothing(design)
    yield from _moving_checks(design)
    yield from _idle_trigger_functions(design)


def _partition_gaps(design: PublishedDesign, table: PublishedTable) -> Iterator[Defect]:
    if table.partition_key and not table.partitions:
        yield _at(design, table.line, f'The partitioned table "{table.name}" has no partition, so every insert fails.',
                  "Add its partitions.")  # fmt: skip
        return
    bounds = [found for part in table.partitions if (found := _HASH.search(part.bounds))]
    covered = sum(1 / int(bound[1]) for bound in bounds)
    if bounds and round(covered, 6) < 1:
        count = max(int(bound[1]) for bound in bounds)
        there = {int(bound[2]) for bound in bounds if int(bound[1]) == count}
        missing = ", ".join(str(n) for n in range(count) if n not in there)
        yield _at(
            design,
            table.partitions[-1].line,
            f'The hash partitions of "{table.name}" take {covered:.0%} of the rows; the others are refused.',
            f"Add the partitions of modulus {count} with remainder {missing}.",
        )


def _without_policy(design: PublishedDesign, table: PublishedTable) -> Iterator[Defect]:
    if table.row_security and not table.policies:
        yield _at(
            design,
            table.line,
            f'Row-level security is on for "{table.name}" and no policy exists, so only its owner sees a row.',
            "Add a policy, or leave row-level security off.",
            "advice",
        )


def _references_to_nothing(design: PublishedDesign) -> Iterator[Defect]:
    """Foreign keys of refused statements that name a table which no statement makes."""
    script = design.script()
    made = {name.lower() for block in script for name in _MAKES.findall(block.text)}
    for block in script:
        for found in _REFERS.finditer(_COMMENT.sub("", block.text)):
            if found[1].lower() not in made:
                line = (block.line or 1) + _COMMENT.sub("", block.text).count("\n", 0, found.start())
                yield _at(
                    design,
                    line,
                    f'This foreign key names "{found[1]}", which nothing in the document makes.',
                    f"Add CREATE TABLE {found[1]} above, or correct the name.",
                )


def _moving_checks(design: PublishedDesign) -> Iterator[Defect]:
    """CHECK expressions that depend on the day: a row that was valid is refused when the dump is loaded later."""
    for block in design.script():
        for found in _CHECK.finditer(block.text):
            inner = _bracketed(block.text, found.end() - 1)
            moving = _MOVING.search(inner)
            if moving:
                line = (block.line or 1) + block.text.count("\n", 0, found.start())
                yield _at(
                    design,
                    line,
                    f"This CHECK depends on the day ({moving[1].rstrip(' (')}), so a row that is valid today is "
                    "refused when a backup of it is loaded.",
                    "Check fixed bounds, or leave the rule to the application or to the partitions.",
                )


def _bracketed(text: str, start: int) -> str:
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[start : at + 1]
    return text[start:]


def _idle_trigger_functions(design: PublishedDesign) -> Iterator[Defect]:
    used = {trigger.function for table in design.catalogue.tables for trigger in table.triggers}
    for function in design.catalogue.functions:
        if function.returns == "trigger" and function.name not in used:
            yield _at(
                design,
                function.line,
                f'No trigger calls the function "{function.name}", so what it should record is not recorded.',
                "Add CREATE TRIGGER for each table that it is meant for, or remove the function.",
                "advice",
            )


def _at(design: PublishedDesign, line: int | None, fact: str, remedy: str, severity: str = "error") -> Defect:
    return Defect.model_validate({
        "section": section_of(design, line), "line": line, "fact": fact, "remedy": remedy, "severity": severity,
    })  # fmt: skip
