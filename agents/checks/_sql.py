"""Reading the SQL that agents made, as far as checks need it: which words and which columns stand in it."""

import re
from collections.abc import Iterator

from contracts.plan import Design
from contracts.schema import Column, Query, SchemaDesign, Table

_TEXT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_SOURCE = re.compile(r'\b(?:from|join|update|into)\s+(?:only\s+)?"?(\w+)"?(?:\s+(?:as\s+)?"?(\w+)"?)?', re.IGNORECASE)
_NAME = re.compile(r'(?:"?(\w+)"?\.)?"?([A-Za-z_]\w*)"?')
_ALL = re.compile(r"(?:\bselect\s+(?:distinct\s+)?|,\s*|\breturning\s+)(?:(\w+)\.)?\*", re.IGNORECASE)


def without_text(sql: str) -> str:
    """The SQL without string literals and comments, whose words are not names."""
    return _TEXT.sub(" ", sql)


def words_of_script(design: Design) -> frozenset[str]:
    """Every word of the document's SQL; a name that is not among them is made by no statement."""
    return frozenset(word for statement in design.script() for word in re.findall(r"\w+", statement.sql))


def read_columns(schema: SchemaDesign, query: Query) -> Iterator[tuple[Table, Column]]:
    """The columns of tables that a query names anywhere, `*` included, in the tables' order.

    A name with an alias belongs to that alias's table; a bare name to every table of the query that has it.
    """
    sql = without_text(query.sql)
    tables = [table for table in schema.tables if table.name in {query.table, *query.tables}]
    aliases = {alias or name: name for name, alias in _SOURCE.findall(sql)} | {t.name: t.name for t in tables}
    named = {(aliases.get(prefix, "") if prefix else "", name) for prefix, name in _NAME.findall(sql)}
    stars = {aliases.get(prefix, "") if prefix else "" for prefix in _ALL.findall(sql)}
    for table in tables:
        whole = bool(stars & {"", table.name})
        for column in table.columns:
            if whole or {(table.name, column.name), ("", column.name)} & named:
                yield table, column
