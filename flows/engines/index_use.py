"""What an index is worth to a query: the plan's own figures with the index, and again without it.

`enable_seqscan = off` would prove nothing, because it makes the planner take any index. So the index is really
dropped, in a transaction that is rolled back, and the blocks that the query then reads are compared.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.claims import Observation, PlanFacts, UsesIndex
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, checked, literal, quoted, ran, rolled_back
from flows.engines.trials import begun

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF, SUMMARY OFF)"

PLANNER = """
SET LOCAL plan_cache_mode = force_custom_plan;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SET LOCAL random_page_cost = 1.1
"""
"""The plan for these arguments, in one process: workers would share out blocks and rows differently each time.
Pages cost what they cost on SSDs, as the design's own setting says; the server's default is for spinning disks."""

_INDEX = """
SELECT x.indexrelid::regclass::text, t.oid::regclass::text, t.relname, c.conname
FROM pg_class i
JOIN pg_index x ON x.indexrelid = i.oid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
LEFT JOIN pg_constraint c ON c.conindid = i.oid AND c.contype IN ('p', 'u', 'x')
WHERE i.relname = {name} AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY n.nspname LIMIT 1
"""

_PARENTS = """
SELECT child.relname, parent.relname
FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid
JOIN pg_class parent ON parent.oid = inhparent
WHERE parent.relkind = 'I'
"""

_INVALIDATE = """
WITH RECURSIVE tree(id) AS (
    SELECT {index}::regclass::oid
    UNION ALL SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = id
)
UPDATE pg_index SET indisvalid = false FROM tree WHERE indexrelid = id
"""


@dataclass(frozen=True)
class _Index:
    """An index by its SQL names, its table, and the constraint that owns it."""

    name: str
    table: str
    table_name: str
    constraint: str | None

    @property
    def drop(self) -> str:
        if self.constraint:
            return f"ALTER TABLE {self.table} DROP CONSTRAINT {quoted(self.constraint)} CASCADE"
        return f"DROP INDEX {self.name} CASCADE"


def index_use(server: Server, connection: Connection, claim: str, trial: UsesIndex) -> Observation:
    """`PlanFacts` of the prepared query, or the SQLSTATE and message of what stood in the way."""
    index = index_named(connection, trial.index)
    if index is None:
        return Observation(claim=claim, sqlstate="42704", message=f'index "{trial.index}" does not exist')
    if index.table_name != trial.table:
        message = f'index "{trial.index}" belongs to table "{index.table_name}", not to "{trial.table}"'
        return Observation(claim=claim, sqlstate="42809", message=message)
    query = f"{EXPLAIN} EXECUTE {quoted(trial.query)}" + (f"({', '.join(trial.arguments)})" if trial.arguments else "")
    if trial.prepare is None:
        return _compared(server, connection, claim, trial, query, index)
    prepared = ran(connection, trial.prepare)
    if prepared.failed:
        return Observation(claim=claim, sqlstate=prepared.sqlstate, message=prepared.message)
    try:
        return _compared(server, connection, claim, trial, query, index)
    finally:
        checked(connection, f"DEALLOCATE {quoted(trial.query)}")


def _compared(
    server: Server, connection: Connection, claim: str, trial: UsesIndex, query: str, index: _Index
) -> Observation:
    """The plan with the index beside the plan without it."""
    with_index = _plan(connection, query)
    if isinstance(with_index, Outcome):
        return Observation(claim=claim, sqlstate=with_index.sqlstate, message=with_index.message)
    stand_ins = [one for one in (index_named(connection, name) for name in trial.stand_ins) if one]
    without = _plan_without(server, connection, query, index, "; ".join(one.drop for one in (index, *stand_ins)))
    if isinstance(without, Outcome):
        message = f"without {trial.index} the query cannot be planned: {without.message}"
        return Observation(claim=claim, sqlstate=without.sqlstate, message=message)
    return Observation(claim=claim, plan=_facts(connection, with_index, without))


def index_named(connection: Connection, name: str) -> _Index | None:
    """The index by its name; None where there is none."""
    rows = checked(connection, _INDEX.format(name=literal(name))).rows or ()
    if not rows:
        return None
    index, table, table_name, constraint = rows[0]
    return _Index(str(index), str(table), str(table_name), constraint)


def _plan(connection: Connection, query: str, before: str = "") -> dict[str, Any] | Outcome:
    """The top node of the second run, or the failure.

    The first run sets hint bits and fills the catalogue caches, which both count as blocks read. Each run is
    undone, so that an INSERT can run twice.
    """
    begun(connection)
    try:
        for statement in (PLANNER, before) if before else (PLANNER,):
            outcome = ran(connection, statement)
            if outcome.failed:
                return outcome
        for _ in ("warm", "measured"):
            checked(connection, "SAVEPOINT run")
            outcome = ran(connection, query)
            if outcome.failed:
                return outcome
            checked(connection, "ROLLBACK TO SAVEPOINT run")
    finally:
        rolled_back(connection)
    text = (outcome.rows or ((None,),))[0][0] or "[]"
    top: dict[str, Any] = json.loads(text)[0]["Plan"]
    return top


def _plan_without(
    server: Server, connection: Connection, query: str, index: _Index, drops: str
) -> dict[str, Any] | Outcome:
    """The plan after dropping the index.

    A query that groups by a key needs the key's constraint to be understood at all; there the index is marked
    invalid instead, which the planner heeds, and which only a superuser may do.
    """
    plan = _plan(connection, query, before=drops)
    if isinstance(plan, Outcome) and server.superuser:
        plan = _plan(connection, query, before=_INVALIDATE.format(index=literal(index.name)))
    return plan


def _facts(connection: Connection, plan: dict[str, Any], without: dict[str, Any]) -> PlanFacts:
    parents = tree_of_indexes(connection)
    every = tuple(nodes(plan))
    reading = _reading(plan)
    return PlanFacts(
        indexes=tuple(sorted({root(name, parents) for node in every for name in names_of(node)})),
        blocks=sum(blocks_of(node) for node in reading),
        blocks_without=sum(blocks_of(node) for node in _reading(without)),
        rows=sum(round(float(node["Actual Rows"]) * int(node["Actual Loops"])) for node in reading),
        rows_removed=sum(_removed(node) for node in every),
        seen=sum(map(_seen, every)),
        seen_without=sum(map(_seen, nodes(without))),
    )


def tree_of_indexes(connection: Connection) -> dict[str, str]:
    """The index on the partitioned table, by the index of a partition."""
    return {str(child): str(parent) for child, parent in checked(connection, _PARENTS).rows or ()}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The node and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def _reading(top: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """The nodes whose figures hold all that was read: the top node, or below it where the top node writes.

    Writing is cheaper with one index less, which would hide what the index saves in finding the rows.
    """
    return tuple(top.get("Plans", ())) if top["Node Type"] == "ModifyTable" else (top,)


def names_of(node: dict[str, Any]) -> tuple[str, ...]:
    """The indexes that a node reads or writes."""
    return (*([node["Index Name"]] if "Index Name" in node else []), *node.get("Conflict Arbiter Indexes", ()))


def root(name: str, parents: dict[str, str]) -> str:
    """The index on the partitioned table for the index of a partition."""
    while name in parents:
        name = parents[name]
    return name


def blocks_of(node: dict[str, Any]) -> int:
    """Blocks of 8 kB that were read from the cache or from disk; a node's figure holds those of its children."""
    return int(node.get("Shared Hit Blocks", 0)) + int(node.get("Shared Read Blocks", 0))


def _seen(node: dict[str, Any]) -> int:
    """Rows of the table that a node looked at, whether it gave them on or threw them away."""
    if "Relation Name" not in node or node["Node Type"] == "ModifyTable":
        return 0
    return round(float(node["Actual Rows"]) * int(node["Actual Loops"])) + _removed(node)


def _removed(node: dict[str, Any]) -> int:
    """Rows that were fetched and thrown away; EXPLAIN gives the mean of a node's loops."""
    removed = float(node.get("Rows Removed by Filter", 0)) + float(node.get("Rows Removed by Index Recheck", 0))
    return round(removed * int(node.get("Actual Loops", 1)))
