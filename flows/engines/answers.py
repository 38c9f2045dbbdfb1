"""What a query reads and how long it takes; the time is told as it goes and judged with much room, for it is another
one in each run."""

import json
from collections.abc import Generator
from typing import Any

from contracts.claims import Answers, Observation
from flows.engines.index_use import PLANNER, blocks_of, nodes
from flows.engines.session import Connection, checked, quoted, ran, rolled_back
from flows.engines.trials import begun

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON, TIMING OFF, SUMMARY ON)"
RUNS = 3


def answered(connection: Connection, claim: str, trial: Answers) -> Generator[str | Observation, None, None]:
    """Says what the best run took; gives (blocks read one by one, blocks read in sequence, milliseconds)."""
    call = f"({', '.join(trial.arguments)})" if trial.arguments else ""
    runs: list[dict[str, Any]] = []
    begun(connection)
    try:
        checked(connection, PLANNER)
        for _ in range(RUNS):
            outcome = ran(connection, f"{EXPLAIN} EXECUTE {quoted(trial.query)}{call}")
            if outcome.failed:
                yield Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message)
                return
            runs.append(json.loads((outcome.rows or ((None,),))[0][0] or "[{}]")[0])
    finally:
        rolled_back(connection)
    took, top = min(float(run["Execution Time"]) for run in runs), runs[-1]["Plan"]
    in_sequence = sum(blocks_of(node) for node in nodes(top) if node["Node Type"] == "Seq Scan")
    yield f"{trial.query}: {took:.2f} ms, the goal is {trial.goal_ms:g}"
    yield Observation(claim=claim, rows=((str(blocks_of(top) - in_sequence), str(in_sequence), f"{took:.3f}"),))
