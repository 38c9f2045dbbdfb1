"""How the spine calls a step without knowing who carries it out."""

import functools
import gc
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from contracts.brief import Brief
from contracts.plan import Handoff
from contracts.requirements import Requirements
from flows.progress import Progress

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Pending(Protocol[R_co]):
    """A result that is there, or will be."""

    def result(self) -> R_co:
        """The result, waited for; the step's error is raised here."""


class Gate(Protocol):
    """Where a person may stop or correct a run."""

    def analysis(self, brief: Brief, requirements: Requirements) -> tuple[Brief, Requirements]:
        """What is designed on."""

    def hand_over(self, handoff: Handoff) -> Handoff:
        """What is handed over."""


class OpenGate:
    """Nobody is asked."""

    def analysis(self, brief: Brief, requirements: Requirements) -> tuple[Brief, Requirements]:
        """Both as they are."""
        return brief, requirements

    def hand_over(self, handoff: Handoff) -> Handoff:
        """The hand-over as it is."""
        return handoff


class Run(Protocol):
    """How steps are called, and where progress is said."""

    @property
    def progress(self) -> Progress:
        """Where the proof counts its trials."""

    @property
    def gate(self) -> Gate:
        """Who approves."""

    def submit(self, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Pending[R]:
        """A step that is to run; steps that were submitted before a result is asked for may run side by side."""


def step_name(step: Callable[..., object]) -> str:
    """A step is called what its function is called: `schema_design` is the step `schema design`."""
    return step.__name__.replace("_", " ")


@functools.cache
def relieve_collector() -> None:
    """Leave what is loaded when the first run of a process begins out of all further garbage collections.

    Code and knowledge live as long as the process, and contracts are trees that reference counts free; looking for
    garbage in them again and again was an eighth of a design's processor time, and with Prefect loaded a fifth of a
    second each time it looked at everything.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
