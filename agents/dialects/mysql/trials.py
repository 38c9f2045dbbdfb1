"""Trials as MySQL takes them: a statement that writes a table reads it through a derived table alone (error 1093)."""

import re
from collections.abc import Iterator

from contracts.claims import Accepted, Claim, Refused, Returns

_WRITES = re.compile(r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?P<table>[`\"]?\w+[`\"]?)", re.IGNORECASE)
_PARTS = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|(?P<open>\()|(?P<close>\))|[^'\"`()]+")


def asked_apart(sql: str) -> str:
    """The statement whose subqueries of the table that it writes stand in derived tables.

    >>> asked_apart("UPDATE t SET a = 1 WHERE id = (SELECT max(id) FROM t)")
    'UPDATE t SET a = 1 WHERE id = (SELECT * FROM (SELECT max(id) FROM t) AS asked)'
    >>> asked_apart("UPDATE t SET a = (SELECT max(id) FROM u)"), asked_apart("SELECT (SELECT 1 FROM t) FROM t")
    ('UPDATE t SET a = (SELECT max(id) FROM u)', 'SELECT (SELECT 1 FROM t) FROM t')
    """
    written = _WRITES.match(sql)
    if written is None:
        return sql
    for start, end in reversed(list(_groups(sql))):
        inner = sql[start + 1 : end]
        reads = re.search(rf"\bFROM\s+{re.escape(written['table'])}(?!\w)", inner, re.IGNORECASE)
        if reads and re.match(r"\s*SELECT\b", inner, re.IGNORECASE):
            sql = f"{sql[:start]}(SELECT * FROM ({inner}) AS asked){sql[end + 1 :]}"
    return sql


def _groups(sql: str) -> Iterator[tuple[int, int]]:
    """Places of the outermost parentheses that hold a subquery; in texts and names there are none."""
    depth: list[int] = []
    whole: int | None = None
    for part in _PARTS.finditer(sql):
        if part["open"]:
            depth.append(part.start())
            if whole is None and re.match(r"\(\s*SELECT\b", sql[part.start() :], re.IGNORECASE):
                whole = part.start()
        elif part["close"] and depth and depth.pop() == whole:
            yield whole, part.start()
            whole = None


def taken(claim: Claim) -> Claim:
    """The claim with its trial's statements as MySQL takes them."""
    trial = claim.trial
    if not isinstance(trial, Accepted | Refused | Returns):
        return claim
    return claim.model_copy(update={"trial": trial.model_copy(update={"sql": tuple(map(asked_apart, trial.sql))})})
