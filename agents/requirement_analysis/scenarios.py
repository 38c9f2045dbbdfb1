"""Gherkin scenarios: each step is read like a bullet of the workflows, and each scenario is a workflow.

A brief holds them in a fence, as plain lines, or as one sentence (`Given …, when …, then …`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger

_STEP = re.compile(r"^(?:Given|When|Then|And|But|\*)\s+(?P<step>.+)$")
_TITLE = re.compile(r"^(?P<kind>Feature|Rule|Background|Scenario(?: Outline)?|Examples?):\s*(?P<title>.*)$", re.I)
_WHOLE = re.compile(r"^given\b.+\bwhen\b.+\bthen\b", re.I)
_LANGUAGES = ("gherkin", "cucumber", "feature")


def with_steps(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """The sentences, with the steps of scenarios as bullets that other readers understand."""
    return tuple(_step(s) if _is_gherkin(s) else s for s in sentences)


def _is_gherkin(sentence: Sentence) -> bool:
    """Whether a line of code is one of a scenario."""
    if sentence.form != "code":
        return False
    return sentence.label in _LANGUAGES or bool(
        not sentence.label and (_STEP.match(sentence.text) or _TITLE.match(sentence.text))
    )


def _step(sentence: Sentence) -> Sentence:
    found = _STEP.match(sentence.text)
    body = found["step"] if found else ""
    return replace(sentence, form="bullet", body=body, lead="Scenarios", label="")


def scenarios(sentences: tuple[Sentence, ...], ledger: Ledger) -> tuple[str, ...]:
    """Each scenario in one line; its lines are used by the workflow that it describes."""
    told = []
    for title, steps in _grouped(sentences):
        text = f"{title}: {', '.join(s.body or s.text for s in steps)}" if title else steps[0].text
        for sentence in steps:
            ledger.requirement("workflow", title or text, text, sentence)
        told.append(text)
    return tuple(told)


def _grouped(sentences: tuple[Sentence, ...]) -> Iterator[tuple[str, list[Sentence]]]:
    """(title, its lines) for each scenario that has steps."""
    title, lines = "", list[Sentence]()
    for sentence in sentences:
        found = _TITLE.match(sentence.text) if sentence.lead == "Scenarios" else None
        if found:
            if any(s.body for s in lines):
                yield title, lines
            opened = [s for s in lines if not s.body] if not any(s.body for s in lines) else []
            title, lines = found["title"].strip(), [*opened, sentence]
        elif sentence.lead == "Scenarios" and _STEP.match(sentence.text):
            lines.append(sentence)
        elif _WHOLE.match(sentence.text):
            yield "", [sentence]
    if any(s.body for s in lines):
        yield title, lines
