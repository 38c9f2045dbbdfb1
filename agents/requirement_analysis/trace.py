"""What became of each sentence of the brief: used, irrelevant with a reason, or not understood."""

import re

from agents.requirement_analysis.document import Document, Sentence
from agents.requirement_analysis.entities import placeholder
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.topics import topic
from contracts.requirements import TraceLine

_REASONS = {
    "overview": "describes the purpose and asks for nothing by itself",
    "success": "a criterion of acceptance without a further figure",
    "assumptions": "a condition of the project, not of its data",
    "stack": "technology outside the persistence layer",
}
_REFUSAL = re.compile(r"\b(?:no|not|nobody|never|without|nor)\b|n't\b", re.IGNORECASE)


def trace(document: Document, model: Model, ledger: Ledger) -> tuple[TraceLine, ...]:
    """One line for every sentence, in the brief's order."""
    return tuple(_line(sentence, number == 0, model, ledger) for number, sentence in enumerate(document.sentences))


def _line(sentence: Sentence, first: bool, model: Model, ledger: Ledger) -> TraceLine:
    """The use that readers noted, or why the sentence needs none."""
    if unread := ledger.unread.get((sentence.line, sentence.text)):
        return TraceLine(line=sentence.line, text=sentence.text, use="not_understood", reason=unread)
    ids = ledger.uses.get((sentence.line, sentence.text), [])
    if ids:
        return TraceLine(line=sentence.line, text=sentence.text, use="used", by=tuple(ids))
    reason = ledger.reasons.get((sentence.line, sentence.text)) or _reason(sentence, first)
    if reason:
        return TraceLine(line=sentence.line, text=sentence.text, use="irrelevant", reason=reason)
    return TraceLine(line=sentence.line, text=sentence.text, use="not_understood", reason=_missing(sentence, model))


def _reason(sentence: Sentence, first: bool) -> str:
    """Why a sentence asks nothing of persistence; empty where that is not certain."""
    if sentence.form != "code" and placeholder(sentence.text):
        return ""
    if sentence.form == "heading":
        return "names the project" if first else "a heading"
    if not sentence.body or sentence.text.rstrip().endswith(":"):
        return "introduces what follows"
    if sentence.form == "row" and not sentence.cells:
        return "the columns of a table"
    if sentence.form == "code" and re.fullmatch(r"[\W\d_]*|erDiagram|%%.*", sentence.text):
        return "notation of a diagram"
    about = topic(sentence)
    if about in _REASONS:
        return _REASONS[about]
    if len(sentence.sections) <= 1 and sentence.form == "paragraph" and not quantities(sentence.text):
        return "introduces the project and asks for nothing by itself"
    return ""


def _missing(sentence: Sentence, model: Model) -> str:
    """What a reader of the trace should look at first."""
    if bracket := placeholder(sentence.text):
        return f"the template's {bracket} is not filled in"
    mentions = model.vocabulary.mentions(sentence.text)
    if not mentions:
        return "it names no entity of this brief and no known goal"
    names = ", ".join(dict.fromkeys(m.entity for m in mentions))
    return f"it names {names}, but no rule, relationship, access or figure that is known"
