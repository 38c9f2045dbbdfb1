"""SQL DDL of an existing schema: tables, columns, keys, checks, enumerations and comments, in any usual dialect."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.sql_columns import change_column, column_of, name_in
from agents.requirement_analysis.forms.sql_tables import add_constraint, read_comment, rules_of
from agents.requirement_analysis.forms.things import Forms, Thing

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of what we try again in another dialect

DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle")
_PART = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|\[[^\]\n]*\]|--[^\n]*|/\*(?:.*?\*/|.*\Z)|\$\$(?:.*?\$\$|.*\Z)"
    r"|(?P<open>\()|(?P<close>\))|(?P<end>;|^\s*(?:GO|/)\s*$)",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_CREATE = re.compile(r"(?P<create>^(?=(?:CREATE|ALTER)\s))", re.MULTILINE | re.IGNORECASE)
_DEEPEST = 40
_FAILURES = 50
"""Statements that no dialect reads, after which only the likeliest dialect is tried."""
_SEPARATOR = re.compile(r"^\s*(?:GO|/)\s*$", re.IGNORECASE)
_INDEXED = re.compile(
    r"\b(?:NON)?CLUSTERED\s+INDEX\b|\b(?:UNIQUE|PRIMARY\s+KEY)\s+(?:NON)?CLUSTERED\s*\([^()]*\)", re.IGNORECASE
)
_STORED = re.compile(r"\b(?:(?:NON)?CLUSTERED|ASC|DESC)\b", re.IGNORECASE)
"""How SQL Server stores an index and orders a key; no dialect reads these words everywhere where they may stand."""


_ADDED = re.compile(
    r"(?:\bWITH\s+(?:NO)?CHECK\s+)?\bADD\s+(?:CONSTRAINT\s+\S+\s+)?(?P<what>CHECK\s*\(|DEFAULT\s)", re.I
)
_FOR = re.compile(
    r"\bADD\s+CONSTRAINT\s+unnamed\s+DEFAULT\s+(?P<value>.+?)\s+FOR\s+(?P<column>\S+?)\s*(?=;|$)", re.I | re.M
)


def _usual(text: str) -> str:
    """Statements of dumps in the words that the parser knows: a CHECK with a name, a default of SQL Server on a column.

    No line comes or goes.
    """
    named = _ADDED.sub(lambda m: f"ADD CONSTRAINT unnamed {m['what']}", _INDEXED.sub(_plain, text))
    return _FOR.sub(lambda m: f"ALTER COLUMN {m['column']} SET DEFAULT {m['value']}", named)


def _plain(found: re.Match[str]) -> str:
    """An index or key without them, as long as before, so that lines and places stay."""
    return _STORED.sub(lambda m: " " * len(m[0]), found[0])


_STRUCTURE = re.compile(r"^\s*(?:CREATE|ALTER|COMMENT)\b", re.IGNORECASE)
_IDLE = re.compile(
    r"^\s*(?:INSERT|SET|USE|DROP|GRANT|REVOKE|BEGIN|COMMIT|ANALYZE|VACUUM|PRAGMA|SELECT|UPDATE|DELETE|TRUNCATE|LOCK"
    r"|UNLOCK|START|EXEC|PRINT|CREATE\s+(?:OR\s+REPLACE\s+)?(?:DATABASE|SCHEMA|EXTENSION|SEQUENCE|VIEW|MATERIALIZED|USER"
    r"|ROLE|FUNCTION|TRIGGER|PROCEDURE|POLICY)|ALTER\s+(?:SEQUENCE|DATABASE|SCHEMA|ROLE|FUNCTION|VIEW)"
    r"|ALTER\s+\w+\s+[^\s;]+\s+(?:OWNER\s+TO|(?:NO)?CHECK\s+CONSTRAINT|(?:ENABLE|DISABLE|FORCE)\s+\w+))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """One statement with the block's line on which its text begins, counted from 1."""

    text: str
    line: int
    depth: int
    body_end: int


def read_sql(block: Block, forms: Forms) -> None:
    """Read every statement of a block; one that no dialect knows is reported, the others still count."""
    dialects, failed = list(DIALECTS), 0
    forms.consume(*block.sentences)
    for number, text in enumerate(block.text.split("\n"), 1):
        if _SEPARATOR.match(text):
            forms.irrelevant(block.at(number), "ends a batch of statements")
    for remark in re.finditer(r"^[ \t]*(?:--[^\n]*|/\*.*?(?:\*/|\Z))", block.text, re.MULTILINE | re.DOTALL):
        first = block.text.count("\n", 0, remark.start()) + 1
        for number in range(first, first + remark[0].count("\n") + 1):
            forms.irrelevant(block.at(number), "a remark")
    for statement in _statements(_usual(block.text)):
        if _IDLE.match(statement.text):
            _idle(block, statement, forms)
            continue
        tree = _parsed(statement, dialects if failed < _FAILURES else dialects[:1])
        failed += tree is None
        if tree is None or not _apply(tree, block, statement, forms):
            _report(block, statement, forms)
        else:
            label = _label(tree)
            forms.uses += [(block.at(n), label) for n in _lines(statement)]


def _report(block: Block, statement: Statement, forms: Forms) -> None:
    """Note every line of a statement that was not read."""
    for number in _lines(statement):
        forms.not_understood(block.at(number), "no SQL dialect that is known reads this statement")


def _lines(statement: Statement) -> range:
    """The block's lines of a statement, counted from 1."""
    return range(statement.line, statement.line + statement.text.count("\n") + 1)


def _idle(block: Block, statement: Statement, forms: Forms) -> None:
    """Statements about rows, rights or what is derived."""
    for number in _lines(statement):
        forms.irrelevant(block.at(number), "a statement that says nothing about the structure of stored data")


def _statements(text: str) -> Iterator[Statement]:
    """The statements between semicolons, `GO` lines, or where `CREATE` begins a line outside parentheses."""
    begin, depth, deepest, close = 0, 0, 0, 0
    line, counted = 1, 0
    marks = sorted(
        [*_PART.finditer(text), *_CREATE.finditer(text)],
        key=lambda m: m.start(),
    )  # fmt: skip
    inside_until = 0
    for mark in [*marks, None]:
        if mark is not None and mark.start() < inside_until:
            continue
        kind = mark.lastgroup if mark is not None else "end"
        if mark is not None:
            inside_until = mark.end()
        if kind == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif kind == "close":
            depth = max(depth - 1, 0)
            close = mark.end() if mark is not None and depth == 0 and not close else close
        elif kind == "end" or (kind == "create" and (depth == 0 or close)):
            end = mark.start() if mark is not None else len(text)
            part = text[begin:end]
            lead = len(part) - len(_leading(part))
            line += text.count("\n", counted, begin + lead)
            counted = begin + lead
            if body := part[lead:].rstrip():
                yield Statement(body, line, deepest, max(close - begin - lead, 0))
            begin = mark.end() if mark is not None and kind == "end" else end
            depth = deepest = close = 0


def _leading(part: str) -> str:
    """A statement without the blank lines and remarks before it."""
    while True:
        bare = part.lstrip()
        if bare.startswith("--"):
            bare = bare.partition("\n")[2]
        elif bare.startswith("/*"):
            bare = bare.partition("*/")[2]
        else:
            return bare
        part = bare


def _parsed(statement: Statement, dialects: list[str]) -> exp.Expr | None:
    """The statement's tree by the first dialect that reads it whole; that dialect is tried first from now on.

    Table options that no dialect knows (storage, tablespaces) are no part of the model: without them it is tried again.
    """
    if statement.depth > _DEEPEST or not _STRUCTURE.match(statement.text):
        return None
    texts = [statement.text]
    if 0 < statement.body_end < len(statement.text):
        texts.append(statement.text[: statement.body_end])
    for text in texts:
        for dialect in list(dialects):
            try:
                tree = sqlglot.parse_one(text, read=dialect)
            except (SqlglotError, RecursionError):
                continue
            if not isinstance(tree, exp.Command) and not _doubtful(tree):
                dialects.remove(dialect)
                dialects.insert(0, dialect)
                return tree
    return None


def _doubtful(tree: exp.Expr) -> bool:
    """Whether the parser took a word that it does not know for something harmless, as it does without an error."""
    return any(
        c.args.get("kind") is None and c.args.get("constraints") and not isinstance(tree, exp.Alter)
        for c in tree.find_all(exp.ColumnDef)
    )


def _label(tree: exp.Expr) -> str:
    """The name of the table that a statement is about."""
    table = tree.find(exp.Table)
    return name_in(table) if table is not None else ""


def _apply(tree: exp.Expr, block: Block, statement: Statement, forms: Forms) -> bool:
    """Take over what a statement states; False where it is none of the known kinds."""
    kind = str(tree.args.get("kind") or "").upper()
    if isinstance(tree, exp.Create) and kind == "TABLE" and isinstance(tree.this, exp.Schema):
        _table(tree, block, statement, forms)
        return True
    if isinstance(tree, exp.Create) and kind == "TYPE":
        return _enumeration(tree, forms)
    if isinstance(tree, exp.Create) and kind == "INDEX":
        return _index(tree, block, statement, forms)
    if isinstance(tree, exp.Alter):
        return _altered(tree, block, statement, forms)
    if isinstance(tree, exp.Comment):
        return read_comment(tree, forms)
    return False


def _table(tree: exp.Create, block: Block, statement: Statement, forms: Forms) -> None:
    """A table with its columns and constraints."""
    thing = forms.thing(name_in(tree.this.this), block.at(statement.line))
    for part in tree.this.expressions:
        _part(part, thing, block, statement, forms)


def _part(part: exp.Expr, thing: Thing, block: Block, statement: Statement, forms: Forms) -> None:
    """One column or constraint of a table."""
    if isinstance(part, exp.ColumnDef):
        sentence = block.at(statement.line + int(part.this.meta.get("line", 1)) - 1)
        column, is_key, checks = column_of(part, sentence)
        thing.columns.append(column)
        thing.key += [column.attribute.label] if is_key else []
        for check in checks:
            rules_of(check, thing, sentence, forms)
        return
    line = next((i.meta["line"] for i in part.find_all(exp.Identifier) if "line" in i.meta), 1)
    if isinstance(part, (exp.IndexColumnConstraint, exp.LikeProperty)):
        return
    if not add_constraint(part, thing, block.at(statement.line + int(line) - 1), forms):
        forms.not_understood(block.at(statement.line + int(line) - 1), "a constraint of a kind that is not known")


def _enumeration(tree: exp.Create, forms: Forms) -> bool:
    """`CREATE TYPE status AS ENUM (…)`."""
    values = tree.expression
    if not isinstance(values, exp.DataType) or values.this != exp.DataType.Type.ENUM:
        return False
    forms.add_values(name_in(tree.this), tuple(str(v.name) for v in values.expressions))
    return True


def _index(tree: exp.Create, block: Block, statement: Statement, forms: Forms) -> bool:
    """A unique index is a unique constraint; any other index is the old schema's own tuning."""
    index = tree.this
    params = index.args.get("params")
    columns = [c.find(exp.Column) for c in (params.args.get("columns") or [])] if params else []
    thing = forms.named(name_in(index.args["table"])) if index.args.get("table") else None
    if thing is None:
        return False
    whole = params is not None and not params.args.get("where")
    if tree.args.get("unique") and whole and all(columns):
        names = tuple(c.name for c in columns if c is not None)
        thing.uniques.append((names, block.at(statement.line)))
    return True


def _altered(tree: exp.Alter, block: Block, statement: Statement, forms: Forms) -> bool:
    """Constraints and columns that are added later, as dumps do."""
    thing = forms.named(name_in(tree.this))
    if thing is None:
        return False
    for action in tree.args.get("actions") or []:
        parts = action.expressions if isinstance(action, exp.AddConstraint) else [action]
        for part in parts:
            if isinstance(part, exp.AlterColumn):
                change_column(part, thing)
                continue
            if isinstance(part, exp.ModifyColumn):  # a dump of MySQL adds AUTO_INCREMENT below
                continue
            _part(part, thing, block, statement, forms)
    return True
