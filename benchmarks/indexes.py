"""Index sets on the same rows and queries: `python -m benchmarks.indexes [BRIEF …] [--engine installed]`.

Four sets beyond the keys: none; one index per query by rule (equality, then order, then range, and one per foreign
key); what a greedy search with hypothetical indexes picks by the planner's cost (hypopg, Debian's
postgresql-15-hypopg; left out where the engine lacks it); and ours. Costs are the planner's own for each query's
sample arguments, weighted alike, blocks and milliseconds those of EXPLAIN (ANALYZE, BUFFERS), the best of three runs.
The rows are those of a year in the brief's own ratios.
"""

import argparse
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.naming import shorten
from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from agents.schema_design.dataset import GROWN, Dataset
from agents.schema_design.room import ample, open_parents
from benchmarks.spine import ROOT, machine
from contracts.requirements import Requirements
from contracts.schema import Query, SchemaDesign
from flows.engines.index_use import PLANNER
from flows.engines.loading import loaded
from flows.engines.locate import engine
from flows.engines.server import Server, scratch, serving
from flows.engines.session import Connection, checked, quoted, ran
from flows.inputs import brief_from_file

HYPOTHETICAL = "SELECT indexrelid FROM hypopg_create_index($sql${}$sql$)"

WORTH = 0.01
"""The greedy search stops where another index lowers the whole cost by less than this share."""


@dataclass(frozen=True)
class Measured:
    """All queries under one set."""

    indexes: int
    megabytes: float
    costs: tuple[float, ...]
    blocks: int
    milliseconds: float

    @property
    def cost(self) -> float:
        """Of all queries together."""
        return sum(self.costs)


def main(argv: Sequence[str] | None = None) -> None:
    """Prints a table for each brief."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.indexes", description="Index sets side by side.")
    examples = [str(ROOT / "examples" / name / "INITIAL.md") for name in ("shop", "clinic")]
    parser.add_argument("briefs", nargs="*", default=examples, metavar="BRIEF")
    parser.add_argument("--engine", default="installed", help="default: installed")
    parser.add_argument("--each", action="store_true", help="each query whose cost differs between the sets")
    arguments = parser.parse_args(argv)
    print(machine(), flush=True)
    for brief in arguments.briefs:
        _compared(brief, arguments.engine, arguments.each)


def _compared(path: str, spec: str, each: bool) -> None:
    brief = brief_from_file(path, "", "2026-11-01")
    requirements = requirement_analysis(brief)
    design = schema_design(requirements, brief.date)
    queries = [query for query in design.queries if query.kind != "write"]
    if not queries:
        print(f"\n{path} reads nothing that an index could serve")
        return
    with serving(engine(spec)) as server, scratch(server, "experiment", "") as connection:
        print(f"\n{'/'.join(Path(path).parts[-2:])}, {server.name} {server.version}, {len(queries)} reading queries")
        _loaded(server, connection, requirements, design, brief.date)
        sets = {"none": (), "per query": tuple(_by_rule(design)), "greedy": _greedy(connection, design, queries),
                "ours": tuple(_ours(design))}  # fmt: skip
        print(f"{'set':10} {'indexes':>8} {'MB':>8} {'cost':>12} {'blocks':>9} {'ms':>9}")
        found = {}
        for name, statements in sets.items():
            if statements is None:
                print(f"{name:10} left out: this engine has no hypopg")
                continue
            found[name] = seen = _measured(connection, statements, queries)
            print(f"{name:10} {seen.indexes:8} {seen.megabytes:8.2f} {seen.cost:12.1f} {seen.blocks:9} "
                  f"{seen.milliseconds:9.2f}", flush=True)  # fmt: skip
        best = min((found[name] for name in ("per query", "greedy") if name in found), key=lambda one: one.cost)
        print(f"ours against the cheaper of both: {found['ours'].cost / best.cost:.2f} of its cost, "
              f"{found['ours'].megabytes / best.megabytes:.2f} of its size", flush=True)  # fmt: skip
        if each:
            _each(queries, found)
            print("\n".join(("", *(f"{name}: {one}" for name in ("greedy", "ours") for one in sets[name] or ()))))


def _each(queries: Sequence[Query], found: Mapping[str, Measured]) -> None:
    """The queries whose cost differs between the greedy set, or the rules' one, and ours."""
    print(f"{'':40}{''.join(f'{name:>12}' for name in found)}")
    for number, query in enumerate(queries):
        costs = {name: seen.costs[number] for name, seen in found.items()}
        others = [cost for name, cost in costs.items() if name != "none"]
        if max(others) > 1.02 * min(others):
            print(f"{query.name:40}{''.join(f'{cost:12.1f}' for cost in costs.values())}")


def _loaded(
    server: Server, connection: Connection, requirements: Requirements, design: SchemaDesign, day: dt.date
) -> None:
    """The design without its indexes, and a year's rows in the ratios of the brief.

    The statistics are of all rows, not of a sample: figures that differ by the sample would differ between two sets
    that are the same.
    """
    kept = {f"index.{index.name}" for index in design.indexes if not index.unique}
    for statement in design.statements:
        if statement.element not in kept:
            checked(connection, statement.sql)
    parents = open_parents(design.lifecycles, design.totals)
    dataset = Dataset(design.tables, day, ample(design.totals), parents, most=GROWN)
    rows = tuple(map(dataset.load, design.tables))
    for _ in loaded(server, connection, rows, lambda session, statement: checked(session, statement.sql)):
        pass
    checked(connection, f"SET default_statistics_target = {GROWN // 300 + 1}")
    checked(connection, PLANNER.replace("LOCAL ", ""))


def _ours(design: SchemaDesign) -> Iterator[str]:
    sql = {
        statement.element: statement.sql for statement in design.statements if statement.sql.startswith("CREATE IND")
    }
    yield from (sql[f"index.{index.name}"] for index in design.indexes if not index.unique)


def _by_rule(design: SchemaDesign) -> Iterator[str]:
    """An index for each query that no key finds, and one for each foreign key, whether or not others serve them."""
    for number, (table, keys) in enumerate(dict.fromkeys(_rules(design))):
        method = "gin " if keys.endswith("gin_trgm_ops") or "to_tsvector" in keys else "btree "
        yield f"CREATE INDEX rule_{number} ON {quoted(table)} USING {method}({keys})"


def _rules(design: SchemaDesign) -> Iterator[tuple[str, str]]:
    own = {(t.name, ", ".join(map(quoted, columns))) for t in design.tables
           for columns in (t.primary_key, *(u.columns for u in t.uniques))}  # fmt: skip
    for need in _textbook(design):
        if need not in own:
            yield need
    for table in design.tables:
        for key in table.foreign_keys:
            columns = ", ".join(map(quoted, key.columns))
            if (table.name, columns) not in own:
                yield table.name, columns


def _textbook(design: SchemaDesign) -> Iterator[tuple[str, str]]:
    """Table and keys of the index that the textbook's rule gives each query."""
    for query in design.queries:
        words = re.search(r"(to_tsvector\(.*?\)) @@", query.sql, re.S)
        if words:
            yield query.table, f"({words[1]})"
            continue
        equal = re.findall(r"(?:WHERE|AND) \"?(\w+)\"? = (?:\$\d|ANY|')", query.sql)
        order = re.search(r"ORDER BY ([\w, \"]+?)(?:\nLIMIT|$)", query.sql)
        ranged = re.findall(r"(?:WHERE|AND) \"?(\w+)\"? >= \$", query.sql)
        part = re.findall(r"\"?(\w+)\"? ILIKE", query.sql)
        if part:
            yield query.table, f"{quoted(part[0])} gin_trgm_ops"
            continue
        keys = [quoted(name) for name in equal]
        if order and query.kind == "list":
            keys += [one for one in order[1].split(", ") if quoted(one.split()[0].strip('"')) not in keys]
        named = {one.split()[0].strip('"') for one in keys}
        keys += [quoted(name) for name in ranged if name not in named]
        if keys and query.kind != "write":
            yield query.table, ", ".join(keys)


def _greedy(connection: Connection, design: SchemaDesign, queries: Sequence[Query]) -> tuple[str, ...] | None:
    """One index after the other, each the one that lowers the planner's cost of all queries most; after each, those
    that have become worth too little go. What hypopg cannot imagine (GIN) is there for real from the start, or the
    costs that such an index saves would hide what others save."""
    if ran(connection, "CREATE EXTENSION IF NOT EXISTS hypopg").failed:
        return None
    offered, real = [], []
    for one in dict.fromkeys((*_by_rule(design), *_ours(design))):
        if ran(connection, HYPOTHETICAL.format(one)).failed:
            real += [one] if " rule_" in one else []
        else:
            offered.append(one)
    checked(connection, "SELECT hypopg_reset()")
    for one in real:
        checked(connection, one)
    checked(connection, "VACUUM ANALYZE")
    chosen = _improved(connection, queries, offered)
    checked(connection, "SELECT hypopg_reset()")
    _drop_made(connection)
    return (*real, *chosen, *_uncovered(design, chosen))


def _improved(connection: Connection, queries: Sequence[Query], offered: Sequence[str]) -> list[str]:
    """The indexes that the greedy search ends with."""
    chosen: dict[str, str] = {}
    cost = _cost(connection, queries)
    while True:
        tried = []
        for one in (one for one in offered if one not in chosen):
            made = _imagined(connection, one)
            tried.append((_cost(connection, queries), one))
            checked(connection, f"SELECT hypopg_drop_index({made})")
        best = min(tried, default=(cost, ""))
        if best[0] > cost * (1 - WORTH):
            return list(chosen)
        cost = best[0]
        chosen[best[1]] = _imagined(connection, best[1])
        for one in list(chosen)[:-1]:
            checked(connection, f"SELECT hypopg_drop_index({chosen.pop(one)})")
            without = _cost(connection, queries)
            if without * (1 - WORTH) > cost:
                chosen[one] = _imagined(connection, one)
            else:
                cost = without


def _imagined(connection: Connection, statement: str) -> str:
    return str((checked(connection, HYPOTHETICAL.format(statement)).rows or ((0,),))[0][0])


def _uncovered(design: SchemaDesign, chosen: Sequence[str]) -> Iterator[str]:
    """What the greedy search leaves out, since no query reads by it: the foreign keys, which every set must cover."""
    for table in design.tables:
        own = [table.primary_key, *(u.columns for u in table.uniques)]
        own += [_columns(one) for one in chosen if one.split(" ON ")[1].split()[0].strip('"') == table.name
                and " WHERE " not in one]  # fmt: skip
        for key in table.foreign_keys:
            if not any(set(columns[: len(key.columns)]) == set(key.columns) for columns in own):
                own.append(key.columns)
                yield f"CREATE INDEX ON {quoted(table.name)} ({', '.join(map(quoted, key.columns))})"


def _columns(statement: str) -> tuple[str, ...]:
    """The keys of a statement's tree, without quotes and direction."""
    inside = re.search(r" ON [^(]*\(([^)]*)\)", statement)
    return tuple(one.split()[0].strip('"') for one in inside[1].split(",")) if inside else ()


def _explained(connection: Connection, query: Query, options: str) -> dict[str, float]:
    call = f"({', '.join(p.sample for p in query.parameters)})" if query.parameters else ""
    text = checked(connection, f"EXPLAIN ({options}FORMAT JSON) EXECUTE {quoted(shorten(query.name))}{call}").rows
    found = json.loads((text or (("[]",),))[0][0] or "[]")[0]
    plan = found["Plan"]
    blocks = plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0)
    return {"cost": plan["Total Cost"], "blocks": blocks, "ms": found.get("Execution Time", 0.0)}


def _cost(connection: Connection, queries: Sequence[Query]) -> float:
    return sum(_explained(connection, query, "")["cost"] for query in queries)


def _measured(connection: Connection, statements: Sequence[str], queries: Sequence[Query]) -> Measured:
    before = _size(connection)
    for statement in statements:
        checked(connection, statement)
    checked(connection, "VACUUM ANALYZE")
    size = _size(connection) - before
    runs = [[_explained(connection, query, "ANALYZE, BUFFERS, TIMING OFF, ") for query in queries] for _ in range(4)]
    last = runs[-1]
    best = sum(min(run[i]["ms"] for run in runs[1:]) for i in range(len(queries)))
    _drop_made(connection)
    blocks = round(sum(one["blocks"] for one in last))
    return Measured(len(statements), size / 2**20, tuple(one["cost"] for one in last), blocks, best)


def _drop_made(connection: Connection) -> None:
    """Drops every index that no key or constraint owns."""
    made = checked(connection, "SELECT indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = indexrelid"
                   " WHERE NOT indisunique AND NOT indisprimary AND NOT relispartition AND indrelid >= 16384"
                   " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)").rows or ()  # fmt: skip
    for (name,) in made:
        checked(connection, f"DROP INDEX {name}")


def _size(connection: Connection) -> int:
    sql = "SELECT coalesce(sum(pg_relation_size(indexrelid)), 0) FROM pg_index WHERE indrelid >= 16384"
    return int(str((checked(connection, sql).rows or (("0",),))[0][0]))


if __name__ == "__main__":
    main()
