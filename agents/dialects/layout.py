"""How SQL text is laid out, whichever engine it is for."""

import re

_QUOTED_OR_CLAUSE = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|\s+(?P<clause>(?:ORDER|GROUP) BY|LIMIT|AND(?= )) """)


def tidy(text: str) -> str:
    """One clause or condition a line, outside of literals; no tabs, trailing blanks or empty lines."""

    def break_before(found: re.Match[str]) -> str:
        clause = found["clause"]
        if clause is None:
            return found[0]
        return "\n  AND " if clause == "AND" else f"\n{clause} "

    return trimmed(_QUOTED_OR_CLAUSE.sub(break_before, text.strip()))


def trimmed(text: str) -> str:
    """Without tabs, trailing blanks and empty lines."""
    return "\n".join(line.rstrip().replace("\t", "    ") for line in text.splitlines() if line.strip())
