"""Verdicts on plans: whether a query reads through its index, what the index saves, and how long the query takes.

They rest on blocks and rows that an engine counted, as `agents.verification` judges everything else.
"""

from agents.observed import Verdict, error, failed, number
from contracts.claims import Answers, Observation, PlanFacts, PlansAtScale, UsesIndex

FLAT, LEVELS = 1.5, 10
"""How many times the blocks a query may read when its table has grown tenfold, and still read about as many: another
level of the tree, and rows that lie further apart."""

PAGE_MARGIN, DESCENT = 1.5, 5
"""A read of one block a row and the index's own levels costs the same at any size of the table, while the read
without the index grows with it: here half as much again at 10,000 rows is enough."""

INDEX_MARGIN = 2
"""How many times the blocks a query must read without its index. A unique lookup in 10,000 rows reads about 3 blocks
against 100 and more, a covering list of 20 rows about 5 against several hundred; an index that a sibling replaces, or
whose leading column the query does not fix, stays near 1. Two lies clear of both groups, and of the one block that a
visibility map or a root page can add."""

ROW = 0.0125
"""What it costs to look at a row and to compare it, in blocks: cpu_tuple_cost and cpu_operator_cost, PostgreSQL's own
defaults. A whole read of narrow rows costs more by them than by its blocks."""

REMOVED_PER_ROW = 10
REMOVED_AT_LEAST = 50
"""Rows that a filter may throw away behind the index: ten for each row that is returned. More means that the index
narrows the search on the wrong column and the query grows with the table. A table that is loaded with more rows than
it ever has gives up as many times more."""


def uses_index(trial: UsesIndex, seen: Observation) -> Verdict:
    if failed(seen):
        return "fails", error(seen)
    if seen.plan is None:
        return "fails", f"{trial.index}: the engine reported no plan"
    plan = seen.grown or seen.plan
    if trial.index not in plan.indexes:
        used = ", ".join(plan.indexes) or "no index"
        return "fails", f"{trial.index} is not in the plan, which reads {used} ({plan.blocks} {plan.unit})"
    observed = f"{trial.index}: {seen.plan.blocks} {seen.plan.unit} with it, {seen.plan.blocks_without} without"
    if seen.grown is None:
        return _pays(trial, seen.plan, observed)
    observed += f"; {seen.grown.blocks} and {seen.grown.blocks_without} when the table has grown"
    if trial.growth == "flat" and seen.grown.blocks > max(FLAT * seen.plan.blocks, seen.plan.blocks + LEVELS):
        return "fails", f"{observed}, so the query grows with the table"
    return _pays(trial, seen.grown, observed)


def _pays(trial: UsesIndex, plan: PlanFacts, observed: str) -> Verdict:
    """Whether the index is worth having: fewer blocks by the margin, or as much less work by blocks and rows together,
    and few rows thrown away behind it."""
    allowed = trial.enlarged * max(REMOVED_AT_LEAST, REMOVED_PER_ROW * plan.rows)
    if plan.rows_removed > allowed:
        return "fails", f"{observed}, but a filter threw away {plan.rows_removed} rows to return {plan.rows}"
    one_each = plan.blocks <= plan.seen + DESCENT  # no block was read for entries of rows that are not wanted
    saves = _work(plan.blocks_without, plan.seen_without) >= INDEX_MARGIN * _work(plan.blocks, plan.seen)
    if one_each and plan.seen_without and saves:
        fewer = plan.blocks_without < INDEX_MARGIN * plan.blocks
        return "holds", f"{observed}, {plan.seen} and {plan.seen_without} rows looked at" if fewer else observed
    if plan.blocks_without <= plan.blocks:
        return "fails", f"{observed}, so the index pays nothing"
    margin = PAGE_MARGIN if plan.rows <= plan.blocks <= plan.rows + DESCENT else INDEX_MARGIN
    if plan.blocks_without < margin * plan.blocks:
        return "fails", f"{observed}, less than {margin:g} times as many"
    return "holds", observed


def _work(blocks: int, rows: int) -> float:
    return blocks + rows * ROW


BLOCK_MS, NEXT_BLOCK_MS = 0.1, 0.02
"""Reading 8 kB from an SSD: anywhere (10,000 reads a second in one session), and next to the last (400 MB a second)."""

HURRIED = 10
"""How many times its goal a query may take here: a machine that does much else at once is no fault of the query."""


def answers(trial: Answers, seen: Observation) -> Verdict:
    """What it took is told only where it was far too long: it differs in each run, and a document's bytes must not."""
    if failed(seen) or not seen.rows:
        return "fails", error(seen) if failed(seen) else "the engine measured nothing"
    apart, in_sequence, took = (float(value or "nan") for value in seen.rows[0])
    cold = apart * BLOCK_MS + in_sequence * NEXT_BLOCK_MS
    told = f"{number(apart + in_sequence)} blocks, {number(round(cold, 1))} ms from an SSD with nothing cached"
    told += f", the goal is {trial.goal_ms:g} ms"
    if took > HURRIED * trial.goal_ms:
        return "fails", f"{told}; it took {took:.1f} ms, the best of three runs"
    return ("holds" if cold <= trial.goal_ms else "fails"), told


def plans_at_scale(trial: PlansAtScale, seen: Observation) -> Verdict:
    """One row: the indexes of the plan, whether it reads the table as a whole, and its cost."""
    if failed(seen) or not seen.rows:
        return "fails", error(seen) if failed(seen) else "the engine reported no plan"
    used, whole, cost = (value or "" for value in seen.rows[0])
    at = f"planned for {trial.rows:,} rows (synthetic: files and statistics of that size)"
    if trial.index not in used.split(", "):
        return "fails", f"{at}: {trial.index} is not in the plan, which reads {used or 'the whole table'}"
    if whole == "yes":
        return "fails", f"{at}: {trial.table} is read as a whole as well"
    if not float(cost) <= trial.most:
        return "fails", f"{at}: through {trial.index} it costs {float(cost):,.0f}, where {trial.most:,.0f} were planned"
    return "holds", f"{at}: through {trial.index}, at a cost below {trial.most:,.0f}"
