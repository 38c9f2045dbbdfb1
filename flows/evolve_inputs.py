"""What people give to an evolution: two designs in whatever form, and the answers to its questions."""

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from agents import dialects
from agents.evolution import answers_name
from agents.evolution.carrying import selected
from agents.evolution.draft import plain
from artifacts.publication import title
from artifacts.reading import DocumentError, plan_of, sql_statements
from artifacts.statements import SqlStatement, UnclosedError, split_statements
from contracts.evolution import Answers, SchemaObject, SchemaScript, SchemaState, ScriptLine
from flows.inputs import InputError, file_text

_FENCE = re.compile(r"^(?:```|~~~)sql\b", re.MULTILINE)
_DOCUMENT = re.compile(r"^<!-- persistence-(?:plan|document) sha256:|^## Persistence Overview\s*$", re.MULTILINE)
_PAIRS = ("renames", "fills", "usings")
_LISTS = ("drops", "keeps")


def published_script(path: str) -> SchemaScript:
    """The script of the design that stands: a persistence.md or .json, DDL, or a brief with DDL in its sql blocks."""
    text = file_text(path)
    if path.endswith(".json"):
        plan = plan_of(text)
        require_postgresql(plan.design.schema_design.dialect, path)
        lines = tuple(ScriptLine(sql=s.sql, line=1) for s in plan.design.script())
        return _script(path, plan.design.requirements.title, lines)
    found = _statements(text, path)
    if not found:
        raise InputError(
            f"{path} holds no SQL, so there is no schema to start from. Give the published design's persistence.md, "
            "or a file with the CREATE TABLE statements of the database."
        )
    return _script(path, title(text) if path.endswith(".md") else Path(path).stem, _lines(found))


def require_postgresql(family: str, place: str) -> None:
    """`InputError` for a design of another engine family, whose migrations are not made here."""
    if family != "postgresql":
        raise InputError(
            f"{place} is a design for {dialects.family(family).label}; evolve makes migrations for PostgreSQL alone. "
            f"Write the step by hand beside the design's migrations, or have both designed with --database postgresql."
        )


def is_design(path: str) -> bool:
    """Whether the file is a design already, with its SQL, and not a brief that has to be designed."""
    return path.endswith((".sql", ".json")) or bool(_DOCUMENT.search(file_text(path)))


def _statements(text: str, path: str) -> tuple[SqlStatement, ...]:
    if _FENCE.search(text):
        return sql_statements(text)
    if path.endswith(".sql"):
        try:
            return split_statements(text)
        except UnclosedError as error:
            raise DocumentError(error.fact, f"Close it in {path}.", error.line) from None
    return ()


def _lines(found: Iterable[SqlStatement]) -> tuple[ScriptLine, ...]:
    return tuple(ScriptLine(sql=s.text, line=s.line) for s in found)


def _script(path: str, called: str, lines: tuple[ScriptLine, ...]) -> SchemaScript:
    return SchemaScript(source=path, title=called or Path(path).stem, lines=lines)


def answers_from(path: str, given: Mapping[str, Any]) -> Answers:
    """The answers of a YAML file, if there is one, and those of the command line, which count more.

    `given` has the options: `renames`, `fills` and `usings` as `NAME=VALUE`, `drops` and `keeps` as names.
    """
    found: dict[str, Any] = _from_yaml(file_text(path), path) if path else {}
    for field in _PAIRS:
        found[field] = {**found.get(field, {}), **dict(_pair(text, field) for text in given.get(field) or ())}
    for field in _LISTS:
        found[field] = tuple(dict.fromkeys((*found.get(field, ()), *(given.get(field) or ()))))
    return _checked(found, path)


def answers_from_text(text: str) -> Answers:
    """The answers that were given as YAML."""
    return _checked(_from_yaml(text, "the answers") if text.strip() else {}, "the answers")


def _checked(found: dict[str, Any], place: str) -> Answers:
    try:
        return Answers.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(
            f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}. Give renames, fills and usings as mappings "
            "of names, drops and keeps as lists of names."
        ) from None


def _from_yaml(text: str, path: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f" line {place.line + 1}" if place else ""
        raise InputError(f"{path}{line} is no YAML: {getattr(error, 'problem', None) or error}. Correct it.") from None
    if not isinstance(found, dict) or set(found) - {*_PAIRS, *_LISTS}:
        keys = ", ".join(map(str, found)) if isinstance(found, dict) else "none"
        raise InputError(f"{path} does not hold answers: its keys are {keys}. Use {', '.join((*_PAIRS, *_LISTS))}.")
    return {key: value for key, value in found.items() if value is not None}


def _pair(text: str, field: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        option = field.removesuffix("s")
        raise InputError(f"--{option} {text!r} has no name and value. Write --{option} NAME=VALUE.")
    return name.strip(), value.strip()


def refuse_unknown(answers: Answers, old: SchemaState, new: SchemaState) -> None:
    """An answer that speaks of nothing is a slip, and the question behind it would stay open: InputError."""
    was, will = _named(old.objects), _named(new.objects)
    for name, called in answers.renames.items():
        _refuse(f"--rename {name}={called}", name, {k for k, o in was.items() if o.kind in ("table", "column")}, "old")
        known = {k for k, o in will.items() if o.kind == was[name].kind}
        table = answers.renames.get(name.rpartition(".")[0], name.rpartition(".")[0])
        full = called if "." in called or was[name].kind == "table" else f"{table}.{called}"
        _refuse(f"--rename {name}={called}", full, known, "new")
    known_as = {*was, *(answers_name(answers, name) for name in was)}
    for name in answers.drops:
        _refuse(f"--drop {name}", name, known_as, "old")
    for name in answers.keeps:
        _refuse(f"--keep {name}", name, {*known_as, *will}, "old")
    for option, given in (("fill", answers.fills), ("using", answers.usings)):
        for name in given:
            _refuse(
                f"--{option} {name}=…",
                answers_name(answers, name),
                {k for k, o in will.items() if o.kind == "column" or (o.kind == "table" and k not in known_as)},
                "new",
            )
    for name, query in answers.fills.items():
        if "." not in name and not selected(query):
            raise InputError(
                f"--fill {name}=…: a new table gets its rows from a query that names the table's columns, and "
                f"{query[:60]!r} is none. Write SELECT … AS column, … FROM …."
            )


def _named(objects: Iterable[SchemaObject]) -> dict[str, SchemaObject]:
    return {plain(o): o for o in sorted(objects, key=lambda o: o.kind in ("table", "column"))}


def _refuse(option: str, name: str, known: set[str], side: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    hint = f" Near it: {', '.join(near)}." if near else ""
    raise InputError(f"{option}: the {side} design has no {name}.{hint} Give a table, or table.column.")
