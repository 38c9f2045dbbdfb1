"""Promises in words that a number beside them does not keep: nothing is lost when the primary fails."""

import re

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.screening import screened
from contracts.requirements import Targets

_KEPT = screened(
    r"\b(?:no|not an?|never an?|zero) (?:\w+ ){1,3}?(?:(?:is|are|gets?|be) )?(?:ever )?lost\b"
    r"|\b(?:never|must not|may not|cannot|does not|do not) loses?\b|\bwithout losing\b|\bno data loss\b|\bloses? no\b",
    re.IGNORECASE,
)
_FAILS = screened(
    r"\bfail(?:s|ed)?[- ]?over\b|\bfails\b|\bfailure\b|\bcrash(?:es)?\b|\boutage\b|\bprimary\b", re.IGNORECASE
)


def promised_losses(sentences: tuple[Sentence, ...], goals: Targets, ledger: Ledger) -> None:
    """Asks which one holds where a sentence allows no loss at a failover and the recovery point allows some."""
    point = goals.recovery_point_seconds
    if not point:
        return
    for sentence in sentences:
        if sentence.form == "heading" or not (_KEPT.search(sentence.text) and _FAILS.search(sentence.text)):
            continue
        said = sentence.text.strip().rstrip(".")
        ledger.question(
            f"failover loss {sentence.line}",
            f'Line {sentence.line} says "{said}", and {point:g} seconds of data may be lost (RPO). A standby that no'
            " commit waits for lacks the last moments of a primary that fails. Which one holds? For the sentence, write"
            ' "RPO: 0 seconds": then a commit waits until a standby has it, which adds a round trip to each write, and'
            " the proof stops a primary while rows are written and looks for each acknowledged one",
            f"the RPO of {point:g} seconds: a failover may lose what was acknowledged in the last moments before it",
            (sentence.line,),
        )
