"""Claims beside their evidence, in the few words that fit a document.

A reader wants to know what was tried and what was seen, not to scroll through four hundred rows that say
"executed". So statements that executed are counted, and everything else, above all what failed or could not
be tried, is shown line by line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from artifacts.figures import counted, number
from contracts.claims import (
    Accepted,
    Answers,
    Balances,
    Claim,
    Coherent,
    Collides,
    Evidence,
    Executes,
    Invalidates,
    Measures,
    PlansAtScale,
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
    UsesIndex,
    WriteCost,
    WritesLog,
)

VERDICTS = {"holds": "holds", "fails": "FAILS", "not_tried": "not tried"}
SQLSTATES = {
    "23502": "missing value",
    "23503": "broken reference",
    "23505": "duplicate",
    "23514": "check violated",
    "23P01": "overlap",
    "22001": "too long",
    "22003": "out of range",
    "22P02": "malformed",
    "23001": "still referenced",
    "42501": "not permitted",
}


@dataclass(frozen=True)
class ProofLine:
    """One claim with what was tried and what was observed."""

    claim: Claim
    evidence: Evidence

    @property
    def verdict(self) -> str:
        """The verdict in words; what failed stands out."""
        return VERDICTS[self.evidence.verdict]

    @property
    def holds(self) -> bool:
        """Whether the claim is proven."""
        return self.evidence.verdict == "holds"


@dataclass(frozen=True)
class Tally:
    """How many claims hold, fail and were not tried."""

    held: int
    failed: int
    not_tried: int

    @property
    def total(self) -> int:
        """All claims."""
        return self.held + self.failed + self.not_tried


@dataclass(frozen=True)
class ProofGroup:
    """The claims on one subject: how many statements executed, and the other lines."""

    statements: int
    executed: int
    lines: tuple[ProofLine, ...]


def proof_lines(claims: Iterable[Claim], proof: Proof) -> tuple[ProofLine, ...]:
    """Each claim with its evidence; a claim that nobody judged was not tried."""
    by_claim = {evidence.claim: evidence for evidence in proof.evidence}
    missing = "no observation was handed in"
    return tuple(
        ProofLine(c, by_claim.get(c.id) or Evidence(claim=c.id, verdict="not_tried", observed=missing)) for c in claims
    )


def tally(lines: Sequence[ProofLine]) -> Tally:
    """The counts of some lines."""
    verdicts = [line.evidence.verdict for line in lines]
    return Tally(verdicts.count("holds"), verdicts.count("fails"), verdicts.count("not_tried"))


def proof_group(lines: Sequence[ProofLine]) -> ProofGroup:
    """Statements that executed as a count; one that did not stays a line."""
    executes = [line for line in lines if isinstance(line.claim.trial, Executes)]
    others = [line for line in lines if not (isinstance(line.claim.trial, Executes) and line.holds)]
    return ProofGroup(len(executes), sum(line.holds for line in executes), tuple(others))


@dataclass(frozen=True)
class ProofRow:
    """One row of a proof table: one claim, or several that say the same of different things and all hold."""

    claim: str
    tried: str
    verdict: str
    observed: str
    holds: bool


SAME_WORDS = 4  # claims are told together when their sentences begin or end with this many common words
SHARED_FROM = 3


def proof_rows(lines: Sequence[ProofLine]) -> tuple[ProofRow, ...]:
    """The lines as rows, what is not proven first; alike claims that hold share a row."""
    rows = [_row(line) for line in lines if not line.holds]
    left: list[ProofLine] = []
    for group in _alike([line for line in lines if line.holds], 1):
        if len(group) >= SHARED_FROM:
            rows.append(_shared_row(group, 1))
        else:
            left.extend(group)
    for group in _alike(left, -1):
        rows.extend([_shared_row(group, -1)] if len(group) >= SHARED_FROM else map(_row, group))
    return tuple(rows)


def _alike(lines: Sequence[ProofLine], step: Literal[1, -1]) -> tuple[tuple[ProofLine, ...], ...]:
    """The lines grouped by what was tried and the words at the sentence's beginning (step 1) or end (step -1)."""
    groups: dict[tuple[str, ...], list[ProofLine]] = {}
    for line in lines:
        words = line.claim.sentence.split()[::step]
        groups.setdefault((_kind_of_trial(line.claim), *words[:SAME_WORDS]), []).append(line)
    return tuple(tuple(group) for group in groups.values())


def _kind_of_trial(claim: Claim) -> str:
    """What must be equal for claims to share a row: the trial's words, without the role that tries it."""
    trial = claim.trial
    return trial.kind if isinstance(trial, Returns | SettingAccepted) else trial_text(claim)


def _row(line: ProofLine) -> ProofRow:
    """One claim; what was tried is not said again where it happened as claimed."""
    tried, observed = trial_text(line.claim), line.evidence.observed
    if line.holds and isinstance(line.claim.trial, Refused):
        observed = observed.removeprefix(f"refused with {line.claim.trial.sqlstate}: ")
    return ProofRow(line.claim.sentence, tried, line.verdict, observed, line.holds)


def _shared_row(group: Sequence[ProofLine], step: Literal[1, -1]) -> ProofRow:
    """Claims that differ in their last (step 1) or first (step -1) words only, told as one."""
    sentences = [line.claim.sentence.split()[::step] for line in group]
    same = 0
    while all(len(s) > same + 1 and s[same] == sentences[0][same] for s in sentences):
        same += 1
    differing = "; ".join(" ".join(sentence[same:][::step]) for sentence in sentences)
    common = " ".join(sentences[0][:same][::step])
    claim = f"{common}: {differing}" if step == 1 else f"{differing} {common}"
    first = _row(group[0])
    return ProofRow(claim, first.tried, f"all {number(len(group))} hold, the first", first.observed, True)


def trial_text(claim: Claim) -> str:
    """What was tried, in a few words; one row for each kind of trial."""
    trial = claim.trial
    if isinstance(trial, Executes):
        return "statement executes"
    if isinstance(trial, Refused):
        meaning = SQLSTATES.get(trial.sqlstate, "")
        return f"refused with {trial.sqlstate}{f' ({meaning})' if meaning else ''}{_as_role(trial)}"
    if isinstance(trial, Accepted):
        touched = "" if trial.affects is None else f", touches {counted(trial.affects, 'row')}"
        return f"accepted{touched}{_as_role(trial)}"
    if isinstance(trial, Returns):
        return f"returns {counted(len(trial.rows), 'row')}{_as_role(trial)}"
    return _other_trial_text(trial)


def _other_trial_text(
    trial: Races
    | Shares
    | UsesIndex
    | Answers
    | PlansAtScale
    | WriteCost
    | SettingAccepted
    | Measures
    | Starts
    | WritesLog
    | Replicates
    | Collides
    | Seals
    | Restores
    | Reverts
    | Invalidates
    | Coherent
    | Balances,
) -> str:
    """What was tried with an index, a setting, a server, a migration, a cache or numbers."""
    if isinstance(trial, Answers):
        return "run on the loaded rows, blocks counted"
    if isinstance(trial, PlansAtScale):
        return "planned, not run, with files and statistics of that size"
    if isinstance(trial, WriteCost):
        return f"{number(trial.rows)} rows written with the index, then without it"
    if isinstance(trial, Races):
        return "two sessions at once, each first once, and one that gives up"
    if isinstance(trial, Shares):
        return "two sessions at once, the second while the first is open"
    if isinstance(trial, Invalidates):
        return "cached, written, read without the invalidation, then with it"
    if isinstance(trial, Coherent):
        return f"a history of {counted(len(trial.cases), 'kind')} of write, two writers at once"
    if isinstance(trial, UsesIndex):
        again = "; both again when the table has grown" if trial.growth else ""
        return f"run with the index, then without it{again}"
    if isinstance(trial, SettingAccepted):
        return f"{trial.name} = {trial.value}"
    if isinstance(trial, Measures):
        return f"measured, {number(trial.least)} to {number(trial.most)} times the plan"
    if isinstance(trial, Starts):
        return f"started with {counted(len(trial.settings), 'setting')}, each read back"
    if isinstance(trial, WritesLog):
        return f"{counted(trial.count, 'row')} written one by one, and as many after a checkpoint"
    if isinstance(trial, Replicates):
        return "a standby copied, read, held back and promoted; its own primary stopped while rows are written"
    if isinstance(trial, Collides):
        return f"two sessions at once, {trial.isolation}; the one refused tried again"
    if isinstance(trial, Seals):
        return "sealed in this form, moved, searched, rotated and read as a dump reads"
    if isinstance(trial, Restores):
        how = "copy and archived log" if trial.method == "log" else "copy, read back"
        return f"{how}; mishap: {'; '.join(trial.mishap)}"
    if isinstance(trial, Reverts):
        return f"{counted(len(trial.rollbacks), 'rollback')}, then the script again"
    return f"{_sum(trial.left)} {_RELATIONS[trial.relation]} {_sum(trial.right)}"


def _as_role(trial: Refused | Accepted | Returns) -> str:
    """As whom it was tried, where that matters."""
    settings = ", ".join(f"{name} = {value or 'empty'}" for name, value in trial.session.settings)
    role = f" as {trial.session.role}" if trial.session.role else ""
    role += " in a new session" if trial.session.fresh else ""
    return f"{role}{f' with {settings}' if settings else ''}"


def _sum(terms: tuple[Term, ...]) -> str:
    """A sum of products by name; the evidence shows the numbers."""
    return " + ".join(" × ".join(i.name.replace("_", " ") for i in term.factors) for term in terms)


_RELATIONS = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "=": "="}


def tally_text(counts: Tally) -> str:
    """The counts as a sentence's part: `41 of 43 claims hold, 1 fails, 1 was not tried`."""
    if counts.total == 0:
        return "no claim was made"
    parts = [f"{number(counts.held)} of {counted(counts.total, 'claim')} {'holds' if counts.total == 1 else 'hold'}"]
    if counts.failed:
        parts.append(f"{number(counts.failed)} {'fails' if counts.failed == 1 else 'fail'}")
    if counts.not_tried:
        parts.append(f"{number(counts.not_tried)} {'was' if counts.not_tried == 1 else 'were'} not tried")
    return ", ".join(parts)
