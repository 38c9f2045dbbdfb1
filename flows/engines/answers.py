"""How long a query takes: the one figure that no document may hold, because it is another one in each run."""

import json
from collections.abc import Generator

from contracts.claims import Answers, Observation
from flows.engines.index_use import PLANNER
from flows.engines.session import Connection, checked, quoted, ran, rolled_back
from flows.engines.trials import begun

EXPLAIN = "EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF, SUMMARY ON)"
RUNS = 3


def answered(connection: Connection, claim: str, trial: Answers) -> Generator[str | Observation, None, None]:
    """Says what the best run took, and gives it as the observation's only value: milliseconds of execution."""
    call = f"({', '.join(trial.arguments)})" if trial.arguments else ""
    times = []
    begun(connection)
    try:
        checked(connection, PLANNER)
        for _ in range(RUNS):
            outcome = ran(connection, f"{EXPLAIN} EXECUTE {quoted(trial.query)}{call}")
            if outcome.failed:
                yield Observation(claim=claim, sqlstate=outcome.sqlstate, message=outcome.message)
                return
            times.append(float(json.loads((outcome.rows or ((None,),))[0][0] or "[{}]")[0]["Execution Time"]))
    finally:
        rolled_back(connection)
    yield f"{trial.query}: {min(times):.2f} ms, the goal is {trial.goal_ms:g}"
    yield Observation(claim=claim, rows=((f"{min(times):.3f}",),))
