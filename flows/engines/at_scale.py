"""The planner's choice at sizes that nobody loads: files lengthened sparsely, statistics told the size.

The planner asks the file system how long a table is, and its statistics how dense. So a thousand rows in a file of ten
gigabytes, of which nearly all is a hole, are planned for as a hundred million, without a byte written. Nothing is
executed there. It needs a server of our own, and comes last: what copies the server would copy the holes as zeros.
"""

import json
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from contracts.claims import Observation, PlansAtScale
from flows.engines.index_use import PLANNER, names_of, nodes, root, tree_of_indexes
from flows.engines.launcher import Cluster
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, Row, checked, literal, quoted, ran

PAGE = 8_192
SEGMENT = 131_072
"""Pages of 8 kB in a file of 1 GB, after which a table goes on in the next one (RELSEG_SIZE)."""

_TREE = "SELECT {table}::regclass UNION SELECT relid FROM pg_partition_tree({table}::regclass)"
"""The table and its partitions; the server's function knows no table without them."""

_LEAVES = """
SELECT c.oid::text, pg_relation_filepath(c.oid), greatest(c.relpages, 1)::text, greatest(c.reltuples, 1)::text
FROM pg_class AS c WHERE c.relkind = 'r' AND c.oid IN ({tree}) ORDER BY c.oid
"""

_INDEXES = """
SELECT c.oid::text, pg_relation_filepath(c.oid), greatest(c.relpages, 1)::text, greatest(c.reltuples, 1)::text
FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid WHERE x.indrelid = {leaf} ORDER BY c.oid
"""

_TOLD = """
UPDATE pg_class SET relpages = {pages}, reltuples = {rows}, relallvisible = {pages} WHERE oid = {relation}
"""

_DISTINCT = """
UPDATE pg_statistic SET stadistinct = {share},
    stakind1 = CASE stakind1 WHEN 1 THEN 0 ELSE stakind1 END, stakind2 = CASE stakind2 WHEN 1 THEN 0 ELSE stakind2 END,
    stakind3 = CASE stakind3 WHEN 1 THEN 0 ELSE stakind3 END, stakind4 = CASE stakind4 WHEN 1 THEN 0 ELSE stakind4 END,
    stakind5 = CASE stakind5 WHEN 1 THEN 0 ELSE stakind5 END
WHERE (starelid, staattnum) IN (
    SELECT attrelid, attnum FROM pg_attribute WHERE attname = {column} AND attrelid IN ({tree})
)
"""
"""A share of the rows, as ANALYZE notes it for a column whose values grow with the table; its most common values, which
are few where the proof has few parents, are forgotten."""


def plans_at_scale(
    server: Server, connection: Connection, claims: Sequence[tuple[str, PlansAtScale]]
) -> Iterator[Observation]:
    """(indexes of the plan, whether a table is read as a whole, cost) of each; each table is lengthened once."""
    if server.cluster is None:
        for claim, _ in claims:
            yield Observation(claim=claim, tried=False, reason="the files of a DSN's server are out of reach")
        return
    checked(connection, PLANNER.replace("LOCAL ", ""))
    lengthened: dict[str, Outcome] = {}
    for claim, trial in claims:
        if trial.table not in lengthened:
            tree = _TREE.format(table=literal(quoted(trial.table)))
            found = lengthened[trial.table] = ran(connection, _LEAVES.format(tree=tree))
            if found.rows:
                _lengthen(server.cluster, connection, trial, tree, found.rows)
        there = lengthened[trial.table]
        if there.failed:
            yield Observation(claim=claim, sqlstate=there.sqlstate, message=there.message)
        else:
            yield _planned(connection, claim, trial)


def _lengthen(own: Cluster, connection: Connection, trial: PlansAtScale, tree: str, leaves: Sequence[Row]) -> None:
    checked(connection, "CHECKPOINT")  # a page that is written later must not meet a file that ends elsewhere
    loaded = sum(float(str(row[3])) for row in leaves)
    grown = max(1.0, trial.rows / max(1.0, loaded))
    for leaf, path, _, rows in leaves:
        share = float(str(rows)) / loaded
        _as_large(own, connection, str(leaf), str(path), math.ceil(trial.pages * share), trial.rows * share)
        for index, file, pages, entries in checked(connection, _INDEXES.format(leaf=leaf)).rows or ():
            longer = math.ceil(int(str(pages)) * grown)
            _as_large(own, connection, str(index), str(file), longer, float(str(entries)) * grown)
    for column, values in trial.distinct:
        share = -min(1.0, values / trial.rows)
        checked(connection, _DISTINCT.format(share=share, tree=tree, column=literal(column)))


def _as_large(own: Cluster, connection: Connection, relation: str, path: str, pages: int, rows: float) -> None:
    """The files up to so many pages, and what the catalogue says of them."""
    for number in range(-(-pages // SEGMENT)):
        file = Path(f"{own.data / path}{f'.{number}' if number else ''}")
        if not file.exists():
            file.touch(mode=0o600)
            if own.account:
                os.chown(file, own.account.pw_uid, own.account.pw_gid)
        size = PAGE * min(SEGMENT, pages - number * SEGMENT)
        if file.stat().st_size < size:
            os.truncate(file, size)
    checked(connection, _TOLD.format(pages=pages, rows=rows, relation=relation))


def _planned(connection: Connection, claim: str, trial: PlansAtScale) -> Observation:
    prepared = ran(connection, trial.prepare)
    if prepared.failed:
        return Observation(claim=claim, sqlstate=prepared.sqlstate, message=prepared.message)
    call = f"({', '.join(trial.arguments)})" if trial.arguments else ""
    outcome = ran(connection, f"EXPLAIN (FORMAT JSON) EXECUTE {quoted(trial.query)}{call}")
    checked(connection, f"DEALLOCATE {quoted(trial.query)}")
    return _seen(connection, claim, outcome)


def _seen(connection: Connection, claim: str, outcome: Outcome) -> Observation:
    if outcome.failed:
        return Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message)
    top: dict[str, Any] = json.loads((outcome.rows or ((None,),))[0][0] or "[]")[0]["Plan"]
    parents = tree_of_indexes(connection)
    used = sorted({root(name, parents) for node in nodes(top) for name in names_of(node)})
    whole = any(node["Node Type"] == "Seq Scan" for node in nodes(top))
    return Observation(claim=claim, rows=((", ".join(used), "yes" if whole else "no", f"{top['Total Cost']:.2f}"),))
