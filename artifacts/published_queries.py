"""The queries of a persistence.md: what the text says of them beside what the engine does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from artifacts.published_data import Data, Facts, number, text
from contracts.published import EvidenceRow, PublishedQuery, QueryParameter, QueryResult, QuerySort, SourceBlock
from contracts.quantities import seconds

MONITORING = "Database-Aligned Performance Monitoring"
DISPATCHING = "Transactional Outbox"
GENERAL = ("Performance-Optimized Query Patterns", MONITORING, "")
_COMMENT = re.compile(r"^\s*-- ?(.*)$", re.MULTILINE)
_NAMED = re.compile(r"[$?](\d+)\s+([A-Za-z_]\w*)")
_LISTED = re.compile(r"\(\? are ([\w, ]+)\)")
_TOLD = re.compile(r"\s*\((?:[$?]\d|\? are )|; served by ")
_MARK = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\?(\d*)""", re.DOTALL)
_COMPARED = re.compile(r"\"?([\w$]+)\"?\s*(?:=|>=|<=|<>|>|<|\bLIKE\b|\bILIKE\b)\s*\$(\d+)", re.I)
_KEYSET = re.compile(r"\(([^()]+)\)\s*[<>]\s*\(((?:\s*\$\d+\s*,?)+)\)")
_ORDER = re.compile(r"\bORDER\s+BY\s+(.+?)(?:\bLIMIT\b|\bOFFSET\b|\bFOR\b|\bFETCH\b|$)", re.I | re.S)
_SORT = re.compile(r"(?:[\w$]+\.)?\"?([\w$]+)\"?(\s+ASC|\s+DESC)?(?:\s+NULLS\s+\w+)?", re.I)
_LIMIT = re.compile(r"\bLIMIT\s+(\d+)\s*$", re.I)
_SOURCE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?(?:\"?[\w$]+\"?\s*\.\s*)?\"?([\w$]+)\"?", re.I)
_COMMANDS: tuple[Literal["select", "insert", "update", "delete"], ...] = ("select", "insert", "update", "delete")


@dataclass(frozen=True)
class Prepared:
    """A query as its engine was asked to keep it, and as the engine describes it.

    `says` is the comment above it without the query's name, `line` that of its name. `types` are those of its
    parameters, None where the engine describes none.
    """

    name: str
    sql: str
    says: str
    line: int
    results: tuple[QueryResult, ...]
    types: tuple[str, ...] | None = None


def comment(text: str) -> str:
    """The lines of a comment as one sentence."""
    return " ".join(_COMMENT.findall(text))


def queries(
    prepared: Sequence[Prepared], blocks: Sequence[SourceBlock], facts: Facts, evidence: Sequence[EvidenceRow]
) -> tuple[PublishedQuery, ...]:
    """Every query that the engine knows, in the document's order."""
    patterns = {text(item.get("query")): item for _, item in facts.items("access_patterns")}
    sections = _sections(blocks)
    found = []
    for one in prepared:
        section = next((title for first, last, title in sections if first <= one.line <= last), "")
        shown = tuple(row for row in evidence if row.claim.split(" ", 1)[0] == one.name)
        found.append(_query(one, section, patterns.get(one.name, {}), shown))
    return tuple(found)


def _sections(blocks: Sequence[SourceBlock]) -> list[tuple[int, int, str]]:
    """First and last line of each SQL block with the heading that it stands under."""
    sql = [block for block in blocks if block.language == "sql" and block.line]
    return [(b.line or 0, (b.line or 0) + b.text.count("\n"), b.section) for b in sql]


def _query(one: Prepared, section: str, pattern: Data, evidence: tuple[EvidenceRow, ...]) -> PublishedQuery:
    described = one.types is not None  # by an engine that numbers its parameters; `?` is an operator there
    marks = [] if described else [found[1] for found in _MARK.finditer(one.sql) if found[0].startswith("?")]
    given = [text(name) for name in pattern.get("parameters") or ()] or _listed(one.says)
    places = _places(marks, given)
    sql = _numbered(one.sql, marks, places)
    keyset, sort = _keyset(sql)
    count = len(one.types) if one.types is not None else max((*places, *map(int, filter(None, marks))), default=0)
    names = _parameter_names(sql, one.says, list(dict.fromkeys(given)) if places else given, count)
    tables = tuple(dict.fromkeys(pattern.get("tables") or _SOURCE.findall(sql)))
    limit = _LIMIT.search(sql)
    types = one.types or ("",) * count
    return PublishedQuery(
        name=one.name,
        title=_TOLD.split(one.says, maxsplit=1)[0].strip() if section in GENERAL else section,
        section=section,
        purpose="operations" if section in (MONITORING, DISPATCHING) else "application",
        command=next((c for c in _COMMANDS if re.match(rf"{c}\b", sql, re.I)), "other"),
        sql=one.sql,
        numbered=sql if marks else "",
        places=places,
        parameters=tuple(QueryParameter(name=n, type=t) for n, t in zip(names, types, strict=True)),
        results=one.results,
        access=text(pattern.get("answers")),
        kind=text(pattern.get("kind")),
        endpoints=tuple(text(e) for e in pattern.get("endpoints") or ()),
        table=text(pattern.get("table")) or (tables[0] if tables else ""),
        tables=tables,
        filters=_filters(sql, keyset),
        sort=sort,
        page_size=int(limit[1]) if limit else None,
        keyset=tuple(names[place - 1] for place in keyset if place <= len(names)),
        index=text(pattern.get("served_by")),
        per_second=number(pattern.get("at_most_per_second")),
        stale_seconds=seconds(pattern.get("may_be_stale")),
        part_of=text(pattern.get("in_transaction_of")),
        evidence=evidence,
        line=one.line,
    )


def _listed(says: str) -> list[str]:
    """The names of marks without numbers, as the comment lists them."""
    found = _LISTED.search(says)
    return [name.strip() for name in found[1].split(",")] if found else []


def _places(marks: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """Which parameter each mark without a number takes: marks of one name take one value; nothing where all have one.

    >>> _places(["", "", ""], ["status", "after_id", "after_id"]), _places(["1", "2"], [])
    ((1, 2, 2), ())
    """
    if not marks or any(marks):
        return ()
    known = list(dict.fromkeys(names))
    if len(names) != len(marks):
        return tuple(range(1, len(marks) + 1))
    return tuple(known.index(name) + 1 for name in names)


def _numbered(sql: str, marks: Sequence[str], places: Sequence[int]) -> str:
    """The statement with `$n` for each mark.

    >>> _numbered("SELECT '?' WHERE a = ? AND b > ?", ["", ""], (1, 1))
    "SELECT '?' WHERE a = $1 AND b > $1"
    """
    if not marks:
        return sql
    numbers = iter(places or [int(mark) for mark in marks])
    return _MARK.sub(lambda found: f"${next(numbers)}" if found[0].startswith("?") else found[0], sql)


def _parameter_names(sql: str, says: str, given: list[str], count: int) -> list[str]:
    """Names from the access block, else from the comment's `$1 name`, else from what a parameter is compared with."""
    if len(given) == count:
        return given
    named = {int(place): name for place, name in _NAMED.findall(says)}
    compared = {int(place): column for column, place in reversed(_COMPARED.findall(sql))}
    return [named.get(n) or compared.get(n) or f"${n}" for n in range(1, count + 1)]


def _keyset(sql: str) -> tuple[tuple[int, ...], tuple[QuerySort, ...]]:
    """The parameters that continue a page, and the order of the rows."""
    found = _KEYSET.search(sql)
    places = tuple(int(place) for place in re.findall(r"\$(\d+)", found[2])) if found else ()
    orders = _ORDER.findall(sql)
    parts = [part.strip() for part in orders[-1].split(",")] if orders and "(" not in orders[-1] else []
    keys = [match for part in parts if (match := _SORT.fullmatch(part))]
    sort = (QuerySort(column=m[1], descending=bool(m[2]) and m[2].strip().upper() == "DESC") for m in keys)
    return places, tuple(sort)


def _filters(sql: str, keyset: tuple[int, ...]) -> tuple[str, ...]:
    """Columns that parameters are compared with, page keys left out."""
    return tuple(dict.fromkeys(column for column, place in _COMPARED.findall(sql) if int(place) not in keyset))
