"""Our schema for a domain beside the published one: `python -m benchmarks.references`.

Each domain has a brief in words of our own (`NAME.md`) and the published schema as facts (`NAME.yaml`): tables with
their natural keys, the tables that they refer to, and their columns; `names` translates a published table's name into
the brief's word, `reasons` says why a difference stands. Names are compared in the singular, because ours are plural.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from agents.naming import singular
from agents.schema_design.names import column_name
from contracts.schema import SchemaDesign, Table

HERE = Path(__file__).parent
DOMAINS = ("tpcc", "pagila", "northwind", "chinook", "pagila_prose", "chinook_prose")


@dataclass
class Comparison:
    """What was found of what was published, what is missing, and what we have besides."""

    found: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)

    def count(self, kind: str, what: str, there: bool) -> None:
        self.asked[kind] += 1
        self.found[kind] += there
        if not there:
            self.missing.append(f"{kind} {what}")


def published(domain: str) -> dict[str, Any]:
    """The facts of one published schema; a domain told in prose is compared with the same facts."""
    facts: dict[str, Any] = yaml.safe_load((HERE / f"{domain.removesuffix('_prose')}.yaml").read_text("utf-8"))
    return facts


def compared(schema: SchemaDesign, facts: dict[str, Any]) -> Comparison:
    """Tables, natural keys, references and columns of a published schema in ours."""
    result = Comparison()
    words = {theirs: ours for ours, theirs in facts["names"].items()} | facts["names"]
    ours = {singular(table.name): table for table in schema.tables}
    matched: set[str] = set()
    for name, wanted in facts["tables"].items():
        parents = [words.get(parent, parent) for parent in wanted.get("references", ())]
        table = ours.get(words.get(name, name)) or ours.get(name) or _linking(ours, parents, wanted)
        result.count("table", name, table is not None)
        if table is not None:
            matched.add(table.name)
            _references(result, name, table, parents)
            _key(result, name, table, [words.get(part, part) for part in wanted.get("key", ())])
            for column in wanted.get("columns", ()):
                result.count("column", f"{name}.{column}", _has(table, column))
            known = {*wanted.get("columns", ()), *wanted.get("key", ())}
            result.more += _further(table, known, parents)
    result.more += [f"table {table.name}" for table in schema.tables if table.name not in matched]
    return result


def _linking(ours: dict[str, Table], parents: list[str], wanted: dict[str, Any]) -> Table | None:
    """A junction is recognised by what it links, whatever its name."""
    if wanted.get("columns") or len(parents) != 2:
        return None
    both = sorted(parents)
    return next((t for t in ours.values() if t.nature == "junction" and sorted(_targets(t)) == both), None)


def _targets(table: Table) -> list[str]:
    return [singular(key.references) for key in table.foreign_keys]


def _references(result: Comparison, name: str, table: Table, parents: list[str]) -> None:
    left = Counter(_targets(table))
    for parent in parents:
        result.count("reference", f"{name} → {parent}", left[parent] > 0)
        left[parent] -= 1
    result.more += [f"reference {name} → {parent}" for parent, count in left.items() for _ in range(max(0, count))]


def _key(result: Comparison, name: str, table: Table, parts: list[str]) -> None:
    if not parts:
        return
    wanted = {c for part in parts for c in (part, f"{part}_id", *_named(table, part))}
    keys = (set(key) for key in (table.primary_key, *(u.columns for u in table.uniques)))
    result.count("key", f"{name} ({', '.join(parts)})", any(key <= wanted and len(key) == len(parts) for key in keys))


def _named(table: Table, parent: str) -> list[str]:
    return [key.columns[0] for key in table.foreign_keys if singular(key.references) == parent]


def _has(table: Table, column: str) -> bool:
    names = {c.name for c in table.columns}
    spelled = {column_name(column, kind) for kind in ("string", "timestamp", "date")}  # type: ignore[arg-type]
    return bool(names & {column, f"{column}_id", f"{column}_flag", *spelled})


def _further(table: Table, known: set[str], parents: list[str]) -> list[str]:
    """Columns that the published table lacks, without keys, references and our timestamps."""
    referring = {column for key in table.foreign_keys for column in key.columns}
    return [
        f"column {singular(table.name)}.{c.name}"
        for c in table.columns
        if c.name not in known | referring | {"id", "created_at", "updated_at", "number"} and c.origin.kind != "stated"
    ]
