"""Judges claims by what an engine observed, because whoever makes a claim must not also be its judge.

Engines report without judging (`Observations`), agents claim without trying (`Claim`); only this file turns the
two into `Evidence`. A verdict is deterministic: it depends on SQLSTATEs, rows and blocks, never on a time.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agents.observed import Verdict, equal, error, failed, number, one_line
from agents.plan_verdicts import answers, plans_at_scale, uses_index
from contracts.base import Input
from contracts.claims import (
    Accepted,
    Balances,
    Claim,
    Coherent,
    Collides,
    Evidence,
    Executes,
    Experiment,
    Invalidates,
    Measures,
    Observation,
    Observations,
    Proof,
    Races,
    Refused,
    Replicates,
    Restores,
    Returns,
    Reverts,
    Seals,
    SettingAccepted,
    Shares,
    Starts,
    Term,
    WriteCost,
    WritesLog,
)


class VerificationError(ValueError):
    """Claims and observations do not belong together: an error of ours, not of the design."""


def proof(experiment: Experiment, observations: Observations) -> Proof:
    """Evidence for each claim of the experiment, in its order; a claim that nobody tried is `not_tried`.

    Raises `VerificationError` for two claims with one id and for an observation that answers no claim.
    """
    _require_one_each((claim.id for claim in experiment.claims), "claim")
    _require_one_each((seen.claim for seen in observations.observations), "observation of claim")
    by_claim = {seen.claim: seen for seen in observations.observations}
    known = {claim.id for claim in experiment.claims}
    unknown = [seen for seen in by_claim if seen not in known]
    if unknown:
        raise VerificationError(f'The engine observed claim "{unknown[0]}", which the experiment does not hold.')
    engine = observations.engine
    label = f"{engine.name} {engine.version}".strip()
    evidence = tuple(_evidence(claim, by_claim.get(claim.id), label) for claim in experiment.claims)
    return Proof(
        engine=engine,
        rows=observations.rows,
        grown_rows=observations.grown_rows,
        claims=experiment.claims,
        evidence=evidence,
    )


def _require_one_each(ids: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for identity in ids:
        if identity in seen:
            raise VerificationError(f'There are two of {what} "{identity}"; each id must stand once.')
        seen.add(identity)


def _evidence(claim: Claim, seen: Observation | None, engine: str) -> Evidence:
    if isinstance(claim.trial, Balances):
        verdict, observed = _balances(claim.trial)
    elif seen is None:
        return Evidence(claim=claim.id, verdict="not_tried", observed=f"no observation came from {engine}")
    elif not seen.tried:
        reason = one_line(seen.reason) or f"{engine} gave no reason"
        return Evidence(claim=claim.id, verdict="not_tried", observed=reason)
    else:
        verdict, observed = _JUDGES[claim.trial.kind](claim.trial, seen)
        other = _other_constraint(claim, seen.message) if verdict == "holds" else ""
        if other:
            verdict, observed = "fails", f"{observed}, but the claim is about {claim.id.rpartition('.')[2]}"
    return Evidence(claim=claim.id, verdict=verdict, observed=observed)


def _executes(trial: Executes, seen: Observation) -> Verdict:
    return ("fails", error(seen)) if failed(seen) else ("holds", "executed")


def _accepted(trial: Accepted, seen: Observation) -> Verdict:
    if failed(seen):
        return "fails", error(seen)
    if trial.affects is None:
        return "holds", "accepted"
    if seen.affected is None:
        return "fails", f"accepted, but the engine counted no rows where {trial.affects} were claimed"
    if seen.affected != trial.affects:
        return "fails", f"accepted, but {_rows(seen.affected)} affected instead of {trial.affects}"
    return "holds", f"accepted, {_rows(seen.affected)} affected"


def _refused(trial: Refused, seen: Observation) -> Verdict:
    if not failed(seen):
        return "fails", f"succeeded, where SQLSTATE {trial.sqlstate} was claimed"
    if seen.sqlstate != trial.sqlstate:
        return "fails", f"{error(seen)}, where SQLSTATE {trial.sqlstate} was claimed"
    return "holds", error(seen)


def _other_constraint(claim: Claim, message: str) -> str:
    """The constraint that an engine names in a refusal, when the claim's id ends with the name of another one.

    Two CHECKs of a table refuse with the same SQLSTATE, so a row that breaks the wrong one would prove nothing.
    Constraints of partitions have names of the engine's own, and are no contradiction.
    """
    claimed = claim.id.rpartition(".")[2]
    if not isinstance(claim.trial, Refused) or not _CONSTRAINT.fullmatch(claimed):
        return ""
    named = [name for name in re.findall(r'"([^"]+)"', message) if _CONSTRAINT.fullmatch(name)]
    return "" if claimed in named or not named else named[0]


_CONSTRAINT = re.compile(r"(ck|uq|fk|ex|pk)_\w+")
"""Names made by `agents.naming.constraint_name`."""


def _returns(trial: Returns, seen: Observation) -> Verdict:
    if failed(seen):
        return "fails", error(seen)
    if seen.rows is None:
        return "fails", "executed, but returned no result set"
    if seen.rows == trial.rows:
        shown = f": {_row(seen.rows[0])}" if len(seen.rows) == 1 else ""
        return "holds", f"returned {_rows(len(seen.rows))} as claimed{shown}"
    return "fails", _row_difference(trial.rows, seen.rows)


def _setting_accepted(trial: SettingAccepted, seen: Observation) -> Verdict:
    if failed(seen):
        return "fails", f"{trial.name} = {trial.value}: {error(seen)}"
    return "holds", f"{trial.name} = {trial.value} accepted"


def _reverts(trial: Reverts, seen: Observation) -> Verdict:
    if failed(seen):
        return "fails", error(seen)
    if seen.leftovers:
        return "fails", f"the rollbacks left {_first_three(seen.leftovers)} behind"
    if not trial.rollbacks:
        return "fails", "there is no rollback to try"
    return "holds", f"{len(trial.rollbacks)} rollbacks left nothing behind, and the script ran again"


def _first_three(items: Sequence[str]) -> str:
    return ", ".join(items[:3]) + (f" and {len(items) - 3} more" if len(items) > 3 else "")


def _invalidates(trial: Invalidates, seen: Observation) -> Verdict:
    """Rows of one observation: server, reads, old without the invalidation, old with it, keys forgotten."""
    if failed(seen):
        return "fails", error(seen)
    server, reads, without, with_it, keys = (value or "" for value in (seen.rows or (("",) * 5,))[0])
    if with_it != "0":
        return "fails", f"{with_it} of {reads} cached answers stayed old after {keys} keys were forgotten ({server})"
    if without in ("", "0"):
        return "fails", f"no cached answer grew old without the invalidation, so nothing shows its need ({server})"
    return "holds", f"{without} of {reads} old without it, none with it ({server})"


def _coherent(trial: Coherent, seen: Observation) -> Verdict:
    """One row of server and counts; `leftovers` are the reads that were too old."""
    if failed(seen):
        return "fails", error(seen)
    if seen.leftovers:
        return "fails", f"too old: {_first_three(seen.leftovers)}"
    counts = [value or "" for value in (seen.rows or ((),))[0]]
    if len(counts) < 2 or not trial.cases:
        return "fails", "nothing was written or read"
    return "holds", f"{', '.join(counts[1:])}; none too old ({counts[0]})"


def _balances(trial: Balances) -> Verdict:
    """Both sums by floats, shown as a reader would write them: `20 × 4 + 10 = 90 ≤ 100`."""
    if not trial.left or not trial.right:
        return "fails", "one side of the balance has no term"
    left, right = _sum(trial.left), _sum(trial.right)
    holds = math.isfinite(left) and math.isfinite(right) and _RELATIONS[trial.relation][1](left, right)
    sign = _RELATIONS[trial.relation][0 if holds else 2]
    return ("holds" if holds else "fails"), f"{_side(trial.left, left)} {sign} {_right_side(trial.right, right)}"


_RELATIONS: dict[str, tuple[str, Callable[[float, float], bool], str]] = {
    "<=": ("≤", lambda left, right: left < right or equal(left, right), "is not ≤"),
    "<": ("<", lambda left, right: left < right and not equal(left, right), "is not <"),
    "=": ("=", equal, "≠"),
    ">=": ("≥", lambda left, right: left > right or equal(left, right), "is not ≥"),
    ">": (">", lambda left, right: left > right and not equal(left, right), "is not >"),
}
"""Sign when it holds, the comparison (floats that differ by rounding alone are equal), and words when it does not."""


def _sum(terms: tuple[Term, ...]) -> float:
    return math.fsum(math.prod(factor.value for factor in term.factors) for term in terms)


def _side(terms: tuple[Term, ...], total: float) -> str:
    written = " + ".join(_term(term.factors) for term in terms)
    return written if written == number(total) else f"{written} = {number(total)}"


def _right_side(terms: tuple[Term, ...], total: float) -> str:
    written = " + ".join(_term(term.factors) for term in terms)
    return written if written == number(total) else f"{number(total)} = {written}"


def _term(factors: tuple[Input, ...]) -> str:
    return " × ".join(number(factor.value) for factor in factors) or "1"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _row(row: tuple[str | None, ...] | None) -> str:
    if row is None:
        return "nothing"
    return "(" + ", ".join("NULL" if value is None else one_line(value) for value in row) + ")"


def _row_difference(claimed: tuple[tuple[str | None, ...], ...], seen: tuple[tuple[str | None, ...], ...]) -> str:
    """Where two results part: both counts, and the first row that differs."""
    at = next((i for i, pair in enumerate(zip(claimed, seen, strict=False)) if pair[0] != pair[1]), None)
    place = min(len(claimed), len(seen)) if at is None else at
    expected = _row(claimed[place] if place < len(claimed) else None)
    found = _row(seen[place] if place < len(seen) else None)
    counts = f"returned {_rows(len(seen))}, claimed {len(claimed)}"
    return f"{counts}; row {place + 1} is {found}, claimed {expected}"


def _races(trial: Races, seen: Observation) -> Verdict:
    """The second session is refused where the first commits, goes through where it gives up, and the rule holds."""
    if failed(seen) or not seen.rows or len(seen.rows) != 3:
        return "fails", f"not raced: {seen.message or 'not every order was tried'}"
    for (order, waited, ended, checked), wanted in zip(
        seen.rows, (trial.sqlstate, trial.sqlstate, "committed"), strict=True
    ):
        if ended != wanted or checked != "t":
            rule = "and the rule holds" if checked == "t" else "and the rule is broken"
            return "fails", f"{order}: the second {waited} and ended with {ended} instead of {wanted}, {rule}"
    waits = all(row[1] == "waited" for row in seen.rows)
    how = "waited for the first" if waits else "went on beside the first"
    return "holds", f"the second {how}; refused with {trial.sqlstate} in both orders, and let through when it gave up"


def _shares(trial: Shares, seen: Observation) -> Verdict:
    """Both sessions have rows, and none has what the other one has."""
    if failed(seen) or not seen.rows:
        return "fails", f"not shared: {seen.message or 'nothing was taken'}"
    taken = [{key for session, key in seen.rows if session == name} for name in ("first", "second")]
    both = taken[0] & taken[1]
    if both:
        return "fails", f"{len(both)} of {len(taken[0])} rows went to both"
    if not all(taken):
        return "fails", f"the first took {len(taken[0])}, the second {len(taken[1])}: there was nothing to share"
    return "holds", f"the first took {len(taken[0])} rows, the second {len(taken[1])} others, without waiting"


def _write_cost(trial: WriteCost, seen: Observation) -> Verdict:
    if failed(seen) or not seen.rows:
        return "fails", error(seen) if failed(seen) else "the engine measured no log"
    with_it, without = (int(str(found)) for found in seen.rows[0])
    if without <= 0 or with_it < without or (with_it == without and not trial.partial):
        return "fails", f"{with_it:,} records of log with it and {without:,} without: the index was not written"
    ratio = with_it / without
    # whole records, because the few that splitting pages takes differ from run to run, and a document's bytes must not
    more, others = round((with_it - without) / trial.rows), round(without / trial.rows)
    told = f"each of {trial.rows:,} new rows writes {_records(more)} of log more with it, beside {others} without"
    if with_it == without:
        told = f"none of {trial.rows:,} new rows enters it, so that their log is the same without it"
    if ratio > trial.most:
        told += f" (× {ratio:.2f})"
    return ("holds" if ratio <= trial.most else "fails"), told


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


def _measures(trial: Measures, seen: Observation) -> Verdict:
    if failed(seen):
        return "fails", error(seen)
    try:
        ((text,),) = seen.rows or ()
        measured = float(text or "nan")
    except ValueError:
        return "fails", "the engine measured no number"
    ratio = measured / trial.planned if trial.planned else math.inf
    told = f"{measured:,.5g} {trial.unit} measured, {trial.planned:,.5g} planned (× {ratio:.2f})"
    return ("holds" if trial.least <= ratio <= trial.most else "fails"), told


def _starts(trial: Starts, seen: Observation) -> Verdict:
    if failed(seen) or seen.rows is None:
        return "fails", error(seen) if failed(seen) else "the engine read no setting back"
    other = [f"{row[0]} is {row[2]} where {row[1]} was set" for row in seen.rows if row[3] == "different"]
    if other or [row[0] for row in seen.rows] != [name for name, _ in trial.settings]:
        return "fails", f"started; {other[0] if other else 'not every setting was read back'}"
    lowered = [
        f"{row[0]} as {row[2]}, the proof's machine not being the design's" for row in seen.rows if row[3] != "same"
    ]
    same = len(seen.rows) - len(lowered)
    return "holds", f"started; {same} settings read back as set" + (f"; {'; '.join(lowered)}" if lowered else "")


IMAGES = (0.3, 2.0)
"""Pages that were changed after a checkpoint against those that were planned; half an image a row is left to splits,
maps of free space and entries whose keys only look as if they rose."""


def _writes_log(trial: WritesLog, seen: Observation) -> Verdict:
    """One row of bytes of records for each row, and page images of all rows after a checkpoint."""
    if failed(seen) or not seen.rows:
        return "fails", error(seen)
    size, pages = (float(value or "nan") for value in seen.rows[0])
    ratio = size / trial.planned
    told = f"{size:,.4g} bytes a row measured, {trial.planned:,.4g} planned (× {ratio:.2f}); after a checkpoint"
    told += f" {pages:,.4g} page images for {trial.count} rows, {trial.images:,.4g} planned"
    most = IMAGES[1] * trial.images + trial.count / 2
    if trial.least <= ratio <= trial.most and IMAGES[0] * trial.images <= pages <= most:
        # what was seen differs by a page from run to run, and a document's bytes must not
        return "holds", (
            f"{trial.count} rows: bytes a row within × {trial.least:g} to × {trial.most:g} of {trial.planned:,.4g} "
            f"planned; after a checkpoint at most {most:,.0f} page images, {trial.images:,.4g} planned"
        )
    return "fails", told


def _replicates(trial: Replicates, seen: Observation) -> Verdict:
    """Rows of (step, "yes" or what went wrong, told); every step must have happened."""
    if failed(seen) or not seen.rows:
        return "fails", seen.message or "no standby was seen"
    wrong = [row for row in seen.rows if row[1] != "yes"]
    if wrong:
        return "fails", f"{wrong[0][0]}: {one_line(wrong[0][1] or '')}"
    return "holds", "; ".join(row[2] or "" for row in seen.rows)


def _seals(trial: Seals, seen: Observation) -> Verdict:
    """Rows of (step, "yes" or what went wrong, told); every step must have been taken."""
    if failed(seen) or not seen.rows:
        return "fails", seen.message or "nothing was sealed"
    wrong = next((row for row in seen.rows if row[1] != "yes"), None)
    if wrong:
        return "fails", f"not {wrong[0]}: {one_line(wrong[1] or '')}"
    steps = ["refused", "opened", "bound", *(["found"] if any(c.index for c in trial.columns) else [])]
    steps += ["rotated", "dumped"]
    if [row[0] for row in seen.rows] != steps:
        return "fails", f"{', '.join(row[0] or '' for row in seen.rows)} were tried, and {', '.join(steps)} are claimed"
    return "holds", "; ".join(row[2] or "" for row in seen.rows)


def _collides(trial: Collides, seen: Observation) -> Verdict:
    """One row: SQLSTATE of the second session, whether it waited, SQLSTATE of its second try (empty: committed)."""
    if failed(seen) or not seen.rows:
        return "fails", error(seen)
    state, waited, again = (value or "" for value in seen.rows[0])
    if state != trial.sqlstate:
        return "fails", f"the second session {f'got {state}' if state else 'committed'}, claimed was {trial.sqlstate}"
    if again != (trial.again or ""):
        return "fails", f"{state}; tried again it {f'got {again}' if again else 'committed'}"
    then = f"tried again it gets {again}" if again else "tried again it commits"
    return "holds", f"the second {'waited and ' if waited == 'yes' else ''}got {state}; {then}"


def _restores(trial: Restores, seen: Observation) -> Verdict:
    """Nothing is proven by a restore when nothing was lost, or when the log brought nothing that the copy lacked."""
    if failed(seen) or not seen.rows:
        return "fails", seen.message or "no table was compared"
    counts = [[int(str(count)) for count in row[1:5]] for row in seen.rows]  # at the copy, before, after, restored
    wrong = [f"{row[0]} has {row[4]} of {row[2]} rows" for row in seen.rows if row[5] != "equal"]
    if wrong:
        return "fails", f"{len(wrong)} of {len(seen.rows)} tables differ, the first: {wrong[0]}"
    lost = sum(at - after for _, at, after, _ in counts)
    written = sum(max(0, at - copied) for copied, at, _, _ in counts)
    if lost <= 0 or (trial.method == "log" and written <= 0):
        return "fails", "nothing was lost" if lost <= 0 else "nothing was written after the copy"
    how = f"{written:,} of them written after the copy, from the log; " if trial.method == "log" else ""
    total, tables = sum(row[3] for row in counts), len(counts)
    return "holds", f"{lost:,} rows were lost; {total:,} rows of {tables} tables restored, {how}all checksums equal"


_JUDGES: dict[str, Callable[[Any, Observation], Verdict]] = {
    "executes": _executes,
    "accepted": _accepted,
    "refused": _refused,
    "returns": _returns,
    "races": _races,
    "shares": _shares,
    "write_cost": _write_cost,
    "uses_index": uses_index,
    "answers": answers,
    "plans_at_scale": plans_at_scale,
    "setting_accepted": _setting_accepted,
    "measures": _measures,
    "starts": _starts,
    "writes_log": _writes_log,
    "replicates": _replicates,
    "collides": _collides,
    "seals": _seals,
    "restores": _restores,
    "reverts": _reverts,
    "invalidates": _invalidates,
    "coherent": _coherent,
}
