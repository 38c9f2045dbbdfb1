"""How a flow is offered to people: called after what it works on, its result kept, and their mistakes told in a line.

No `from __future__ import annotations` here or where it is used: Prefect builds the form from real annotations.
"""

import functools
import logging
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from prefect import Flow, flow, runtime
from prefect.logging import get_run_logger
from prefect.states import Failed

from flows.errors import USER_ERRORS
from flows.keys import code_digest
from flows.serializer import ContractSerializer

P = ParamSpec("P")
R = TypeVar("R")


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a run's log does not say it yet: the process of a served run ends with the error once more, as a
    traceback below the line that told it.
    """
    told = record.exc_info is not None and isinstance(record.exc_info[1], USER_ERRORS)
    return not (told and record.getMessage().startswith("Engine execution exited"))


logging.getLogger("prefect.flow_runs").addFilter(_is_news)


def offered(
    name: str, verb: str, subjects: tuple[str, ...], modules: Iterable[str] = ()
) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """A flow whose runs are called `<verb> <the first subject that was given>`: what a list of runs is searched for.

    `modules` make the steps. Their digest is taken now, of the code that was just loaded: files may be edited while
    this process lives.
    """
    for module in modules:
        code_digest(module)

    def run_name() -> str:
        given: dict[str, Any] = runtime.flow_run.parameters
        return f"{verb} {next((given[subject] for subject in subjects if given.get(subject)), 'a given text')}"

    def made(function: Callable[P, R]) -> Flow[P, R]:
        @functools.wraps(function)
        def in_words(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except USER_ERRORS as error:
                get_run_logger().error("%s", error)
                # a state instead of a traceback
                return Failed(message=str(error), data=error)  # type: ignore[return-value]

        kept = flow(name=name, flow_run_name=run_name, persist_result=True, result_serializer=ContractSerializer())
        return kept(in_words)

    return made
