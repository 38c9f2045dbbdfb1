"""When a design whose documents are written counts as a failed run.

What is built on a run's end (an automation, a parent pipeline, a colleague's glance) sees its state and nothing
else, so the person who starts it says what the state is to mean.
"""

from contracts.plan import Handoff
from flows.form import Strictness


class NotReadyError(ValueError):
    """The documents are there, and worth less than the run was asked for."""


def checked_worth(handoff: Handoff, strictness: Strictness) -> Handoff:
    """The hand-over, if it is worth what `strictness` asks; NotReadyError otherwise.

    `report` takes whatever was found; `ready` wants every item of the checklist and no finding that is an error;
    `complete` wants that, and every claim tried and held.
    """
    unproven = handoff.failed or handoff.not_tried
    if strictness == "report" or (handoff.ready and not (strictness == "complete" and unproven)):
        return handoff
    raise NotReadyError(
        f"The design of {handoff.project} is not {strictness}: {handoff.held} of {handoff.claims} claims hold, "
        f"{handoff.failed} fail, {handoff.not_tried} were not tried, {handoff.findings} findings are errors. "
        f"Read {handoff.document}; with strictness report the run completes all the same."
    )
