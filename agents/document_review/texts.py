"""Defects that stand in text which no server runs: code, hosts that do not exist, template brackets."""

import re
from collections.abc import Iterator

from contracts.published import Defect, PublishedDesign, SourceBlock

CODE = frozenset({"java", "typescript", "javascript", "python", "csharp", "kotlin", "go"})
_SCANS_KEYS = re.compile(r"\.keys\s*\(", re.IGNORECASE)
_NO_HOST = re.compile(r"[\w.-]+\.example(?:\.com|\.org|\.net)?\b")
_BRACKETS = re.compile(r"\[(?:Project Name|Date|project_name|Name)\]", re.IGNORECASE)
_SETTING_READ = re.compile(r"current_setting\('(\w+\.[\w.]+)'\)")


def unsafe_texts(design: PublishedDesign) -> Iterator[Defect]:
    """Defects of code, YAML and the template's own brackets."""
    for block in design.blocks:
        if block.language in CODE and "redis" in block.text.lower():
            yield from _lines(block, _SCANS_KEYS, "KEYS walks through every key and blocks Redis while it does",
                              "Keep a version key for the group, or delete the keys by name.")  # fmt: skip
        if block.language in ("yaml", "yml"):
            yield from _lines(block, _NO_HOST, "{0} is the name of an example and no host",
                              "Name the replica by its role; hosts belong into the environment.")  # fmt: skip
        if block.language == "sql":
            yield from _lines(block, _SETTING_READ, "A session that never set {1} gets an error instead of no rows",
                              "Read it as nullif(current_setting('…', true), '').", "advice")  # fmt: skip
    for number, line in enumerate(design.document().splitlines(), start=1):
        found = _BRACKETS.search(line)
        if found and line.startswith(("#", "Generated:")):
            yield Defect(line=number, fact=f"The template's {found[0]} is not filled in.", remedy="Fill it in.")


def _lines(
    block: SourceBlock, wanted: re.Pattern[str], fact: str, remedy: str, severity: str = "error"
) -> Iterator[Defect]:
    for number, line in enumerate(block.text.splitlines(), start=block.line or 1):
        found = wanted.search(line)
        if found:
            told = fact.format(found[0], *found.groups())
            yield Defect.model_validate({
                "section": block.section, "line": number, "fact": f"{told}.", "remedy": remedy, "severity": severity,
            })  # fmt: skip
