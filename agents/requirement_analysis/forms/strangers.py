"""Texts that are no brief, so that the refusal can say what they are."""

import re

from agents.requirement_analysis.document import Document, Sentence

_LICENCE = re.compile(
    r"permission is hereby granted|without warrant(?:y|ies) of any kind|general public licen[cs]e|apache license"
    r"|licensed under the|redistribution and use in source and binary forms|all rights reserved",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"^(?:import\s+[\w.{*\"']|from\s+[\w.]+\s+import|#include\b|package\s+[\w.]+;?$|using\s+[\w.]+;|def\s+\w+\(|func\s+\w+\("
    r"|(?:const|let|var)\s+\w+\s*=|function\s+\w+\(|public\s+(?:static|class)\b|return\b.*;|if\s*\(.*\)\s*\{|<\?php|#!/)"
)
_STATEMENTS = re.compile(r"^(?:SELECT|INSERT|UPDATE|DELETE|DROP|GRANT)\s", re.IGNORECASE)


def stranger(document: Document) -> tuple[str, Sentence] | None:
    """(what the text is instead of a brief, the sentence that shows it), or None where it could be a brief.

    Code is told by the share of its lines; a brief may quote a line of it.
    """
    sentences = document.sentences
    licence = next((s for s in sentences if _LICENCE.search(s.text)), None)
    if licence is not None:
        return "the text is a licence and no brief", licence
    for fact, pattern in (
        ("the text is source code and no brief", _CODE),
        ("the text holds queries and no structure of data", _STATEMENTS),
    ):
        found = [s for s in sentences if pattern.match(s.text)]
        if found and len(found) * 4 >= len(sentences):
            return fact, found[0]
    return None
