"""Progress lines: numbers and names of a result, in one line each."""

import io

import pytest

from contracts.base import Origin
from contracts.claims import Engine, Evidence, Proof
from flows.progress import Lines, summary

ENGINE = Engine(name="PostgreSQL", version="18.6", origin="embedded")


def _proof(*verdicts: str) -> Proof:
    evidence = tuple(Evidence(claim=f"c.{n}", verdict=verdict, observed="") for n, verdict in enumerate(verdicts))
    return Proof(engine=ENGINE, rows=1, claims=(), evidence=evidence)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (ENGINE, "PostgreSQL 18.6 (embedded)"),
        (ENGINE.model_copy(update={"origin": "none"}), "no engine, nothing is tried"),
        (_proof("holds", "holds"), "2 of 2 claims hold"),
        (_proof("holds", "fails", "not_tried"), "1 of 3 claims hold, 1 fails, 1 was not tried"),
        (Origin(kind="convention"), "Origin"),
        (7, "7"),
    ],
)
def test_a_result_is_summed_up(result: object, said: str) -> None:
    assert summary(result) == said


def test_steps_are_counted_and_trials_shown_by_quarters_where_lines_stay() -> None:
    stream = io.StringIO()
    lines = Lines(2, stream)
    lines.finished("first", ENGINE)
    for done in range(101):
        lines.trial(done, 100, "some\n trial")
    lines.finished("proof", _proof("holds"))
    assert stream.getvalue().splitlines() == [
        "[1/2] first: PostgreSQL 18.6 (embedded)",
        "[2/2] trying 25 of 100: some trial",
        "[2/2] trying 50 of 100: some trial",
        "[2/2] trying 75 of 100: some trial",
        "[2/2] proof: 1 of 1 claim holds",
    ]


def test_on_a_terminal_the_count_moves_within_its_line() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    lines = Lines(1, stream)
    lines.trial(1, 3, "one")
    lines.trial(2, 3, "two")
    lines.finished("proof", _proof("holds"))
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().count("\r") == 3
