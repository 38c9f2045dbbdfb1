"""The review gate: a run waits for a person, and what the person approved is exactly what is used.

An approval is kept under the digest of what was shown. So a Retry asks nobody twice for the same thing, and an edit
of any kind, be it the brief, the code or a correction, leads to another digest and is asked for again.

No `from __future__ import annotations` here: Prefect builds the form from real annotations.
"""

import dataclasses
import hashlib
from pathlib import Path
from typing import TypeVar

from prefect import runtime
from prefect.flow_runs import pause_flow_run, suspend_flow_run
from prefect.input import RunInput
from pydantic import Field, ValidationError

from agents.corrections import (
    CorrectionError,
    amended_brief,
    corrected_requirements,
    refuse_unfit,
    unsettled,
)
from agents.requirement_analysis import requirement_analysis
from artifacts.review import analysis_md, hand_over_md
from contracts.brief import Brief
from contracts.plan import Handoff
from contracts.requirements import Requirements
from contracts.review import Correction
from flows.inputs import InputError
from flows.progress import Progress

PATIENCE = 7 * 24 * 3600
"""Seconds that a run without a deployment waits; one of a deployment gives its process back and waits for ever."""
POLL = 2
Form = TypeVar("Form", bound=RunInput)


class AnalysisReview(RunInput):
    """The form after the analysis."""

    approved: bool = Field(default=True, description="Off ends the run; nothing is designed.")
    corrections: list[Correction] = Field(
        default=[], description="What is corrected; the corrected analysis is then shown again."
    )
    requirements: str = Field(
        default="", description="Instead: the whole analysis as JSON (Requirements.schema.json), which replaces it."
    )
    note: str = Field(default="", description="Why; it stands in the run's log.")


class HandOverReview(RunInput):
    """The form before the hand-over."""

    approved: bool = Field(default=True, description="Off ends the run; nothing is handed over.")
    note: str = Field(default="", description="Why; it stands in the run's log.")


class ReviewGate:
    """Asks a person in the Prefect UI; a refusal or an edit behind the person's back ends the run with one line."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def analysis(self, brief: Brief, requirements: Requirements) -> tuple[Brief, Requirements]:
        """The brief and the analysis that were approved without a further correction."""
        asked = _Asked(brief, requirements)
        while True:
            digest = _digest(str(asked.round), asked.brief.digest(), asked.requirements.digest())
            answer = _answer(AnalysisReview, "analysis", digest, analysis_md(asked.requirements, asked.remarks))
            self._refuse(answer.approved, "requirement analysis", answer.note)
            if not answer.corrections and not answer.requirements.strip():
                return asked.brief, asked.requirements
            asked = _corrected(asked, brief, answer)

    def hand_over(self, handoff: Handoff) -> Handoff:
        """The hand-over, approved for the documents as they lie on disk."""
        digest = _documents_digest(handoff)
        answer = _answer(HandOverReview, "hand-over", digest, hand_over_md(handoff, digest))
        self._refuse(answer.approved, "hand-over", answer.note)
        if _documents_digest(handoff) != digest:
            raise InputError(
                f"{handoff.document} or its plan was changed after it was shown for approval, so the approval is "
                "void. Retry the run: it writes the documents again and asks again for what differs."
            )
        return handoff

    def _refuse(self, approved: bool, subject: str, note: str) -> None:
        said = " ".join(note.split())
        if not approved:
            raise InputError(f"The {subject} was refused at the review{f': {said}' if said else ''}.")
        self._progress.note(f"the {subject} was approved{f': {said}' if said else ''}")


@dataclasses.dataclass(frozen=True)
class _Asked:
    """What is shown in a round, with all corrections that led to it and remarks on the last ones."""

    brief: Brief
    requirements: Requirements
    made: tuple[Correction, ...] = ()
    remarks: tuple[str, ...] = ()
    round: int = 1


def _corrected(asked: _Asked, first: Brief, answer: AnalysisReview) -> _Asked:
    """The next round; a correction that fits nothing changes nothing, and its fault is shown in the form."""
    try:
        if answer.requirements.strip():
            return _Asked(asked.brief, _whole(answer.requirements, first), round=asked.round + 1)
        refuse_unfit(asked.requirements, answer.corrections)
        made = (*asked.made, *answer.corrections)
        brief = amended_brief(first, made)
        requirements = corrected_requirements(requirement_analysis(brief), made)
        return _Asked(brief, requirements, made, unsettled(requirements, answer.corrections), asked.round + 1)
    except (CorrectionError, InputError) as error:
        return dataclasses.replace(asked, remarks=(str(error),), round=asked.round + 1)


def _answer(form: type[Form], subject: str, digest: str, shown: str) -> Form:
    """The person's answer for exactly this digest: the stored one if it was given before, else the run waits."""
    key = f"{subject}-{digest[:32]}"
    asked = form.with_initial_data(description=shown)
    if runtime.deployment.id:
        return suspend_flow_run(wait_for_input=asked, key=key)
    return pause_flow_run(wait_for_input=asked, key=key, timeout=PATIENCE, poll_interval=POLL)


def _whole(text: str, brief: Brief) -> Requirements:
    """The analysis that a person gave as JSON."""
    try:
        found = Requirements.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(key) for key in first["loc"]) or "the text"
        raise InputError(
            f"The analysis given at the review cannot be used: at {place}: {first['msg']}. Its form is "
            "Requirements.schema.json, which `python -m flows schema DIR` writes."
        ) from None
    if found.project != brief.project:
        raise InputError(
            f'The analysis given at the review is of the project "{found.project}", not "{brief.project}".'
        )
    return found


def _documents_digest(handoff: Handoff) -> str:
    """Of the files, because people read and edit files."""
    return _digest(*(Path(place).read_bytes().hex() for place in (handoff.document, handoff.plan)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
