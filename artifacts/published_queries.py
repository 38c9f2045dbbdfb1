"""The prepared statements of a persistence.md: what the text says of them beside what the server does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from artifacts.published_data import Data, Facts, number, text
from artifacts.statements import SqlStatement
from contracts.published import EvidenceRow, PublishedQuery, QueryParameter, QueryResult, QuerySort, SourceBlock
from contracts.quantities import seconds

MONITORING = "Database-Aligned Performance Monitoring"
GENERAL = ("Performance-Optimized Query Patterns", MONITORING, "")
_PREPARE = re.compile(r"(?:\s|--[^\n]*\n)*PREPARE\s+\"?([\w$]+)\"?\s*(?:\(([^)]*(?:\([^)]*\)[^)]*)*)\))?\s*AS\s+", re.I)
_COMMENT = re.compile(r"^\s*-- ?(.*)$", re.MULTILINE)
_NAMED = re.compile(r"\$(\d+)\s+([A-Za-z_]\w*)")
_COMPARED = re.compile(r"\"?([\w$]+)\"?\s*(?:=|>=|<=|<>|>|<|\bLIKE\b|\bILIKE\b)\s*\$(\d+)", re.I)
_KEYSET = re.compile(r"\(([^()]+)\)\s*[<>]\s*\(((?:\s*\$\d+\s*,?)+)\)")
_ORDER = re.compile(r"\bORDER\s+BY\s+(.+?)(?:\bLIMIT\b|\bOFFSET\b|\bFOR\b|\bFETCH\b|$)", re.I | re.S)
_SORT = re.compile(r"(?:[\w$]+\.)?\"?([\w$]+)\"?(\s+ASC|\s+DESC)?(?:\s+NULLS\s+\w+)?", re.I)
_LIMIT = re.compile(r"\bLIMIT\s+(\d+)\s*$", re.I)
_SOURCE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?(?:\"?[\w$]+\"?\s*\.\s*)?\"?([\w$]+)\"?", re.I)
_COMMANDS: tuple[Literal["select", "insert", "update", "delete"], ...] = ("select", "insert", "update", "delete")


@dataclass(frozen=True)
class Described:
    """A prepared statement as the server describes it."""

    parameters: tuple[str, ...]
    results: tuple[QueryResult, ...]


def prepared_name(statement: SqlStatement) -> str:
    """The name that a PREPARE statement gives, else nothing; unquoted names are folded as the server does."""
    found = _PREPARE.match(statement.text)
    if not found:
        return ""
    quoted = found[0].partition(found[1])[0].endswith('"')
    return found[1] if quoted else found[1].lower()


def queries(
    statements: Sequence[SqlStatement],
    described: Mapping[str, Described],
    blocks: Sequence[SourceBlock],
    facts: Facts,
    evidence: Sequence[EvidenceRow],
) -> tuple[PublishedQuery, ...]:
    """Every prepared statement that the server knows, in the document's order."""
    patterns = {text(item.get("query")): item for _, item in facts.items("access_patterns")}
    sections = _sections(blocks)
    found = []
    for statement in statements:
        name = prepared_name(statement)
        if name in described:
            section = next((title for first, last, title in sections if first <= statement.line <= last), "")
            shown = tuple(row for row in evidence if row.claim.split(" ", 1)[0] == name)
            found.append(_query(statement, name, section, described[name], patterns.get(name, {}), shown))
    return tuple(found)


def _sections(blocks: Sequence[SourceBlock]) -> list[tuple[int, int, str]]:
    """First and last line of each SQL block with the heading that it stands under."""
    sql = [block for block in blocks if block.language == "sql" and block.line]
    return [(b.line or 0, (b.line or 0) + b.text.count("\n"), b.section) for b in sql]


def _query(
    statement: SqlStatement,
    name: str,
    section: str,
    described: Described,
    pattern: Data,
    evidence: tuple[EvidenceRow, ...],
) -> PublishedQuery:
    head = _PREPARE.match(statement.text)
    sql = statement.text[head.end() if head else 0 :].strip()
    says = " ".join(_COMMENT.findall(statement.text[: head.start(1) if head else 0]))
    keyset, sort = _keyset(sql)
    names = _parameter_names(sql, says, pattern, len(described.parameters))
    tables = tuple(dict.fromkeys(pattern.get("tables") or _SOURCE.findall(sql)))
    limit = _LIMIT.search(sql)
    return PublishedQuery(
        name=name,
        title=says.split("($1", 1)[0].split("; served by", 1)[0].strip() if section in GENERAL else section,
        section=section,
        purpose="operations" if section == MONITORING else "application",
        command=next((c for c in _COMMANDS if re.match(rf"{c}\b", sql, re.I)), "other"),
        sql=sql,
        parameters=tuple(QueryParameter(name=n, type=t) for n, t in zip(names, described.parameters, strict=True)),
        results=described.results,
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
        evidence=evidence,
        line=statement.line + statement.text[: head.start(1)].count("\n") if head else statement.line,
    )


def _parameter_names(sql: str, says: str, pattern: Data, count: int) -> list[str]:
    """Names from the access block, else from the comment's `$1 name`, else from what a parameter is compared with."""
    given = [text(name) for name in pattern.get("parameters") or ()]
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
