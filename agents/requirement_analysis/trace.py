"""What became of each sentence of the brief: used, irrelevant with a reason, or not understood."""

import re
from collections.abc import Sequence

from agents.naming import words
from agents.requirement_analysis.document import Document, Sentence
from agents.requirement_analysis.entities import placeholder
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.topics import topic
from agents.screening import screened
from contracts.requirements import TraceLine

_REASONS = {
    "overview": "describes the purpose and asks for nothing by itself",
    "success": "a criterion of acceptance without a further figure",
    "assumptions": "a condition of the project, not of its data",
    "stack": "technology outside the persistence layer",
}
_ASKS = screened(
    r"\b(?:must|should|shall|cannot|can't|need|needs|want|wants|please|only|never|has to|have to|no|not|nobody"
    r"|required)\b",
    re.I,
)
_LISTS = re.compile(r"(?:,[^,]*){3}|\([^()]*,[^()]*\)|→|->")
"""Signs of a list or of a chain of states, which no introduction has."""
LETTER = screened(
    r"^(?:(?:hi|hello|hey|dear|good (?:morning|day))\b[^.]{0,40}[,!]?$|(?:best|kind|warm)?\s*(?:regards"
    r"|wishes)\b|best, \w+$|cheers\b|thanks\b"
    r"|(?:from|to|cc|subject|date|sent):\s)",
    re.I,
)
LETTERHEAD = screened(
    r"^(?:from|to|cc|bcc|subject|date|sent|re|fwd|an|von|betreff|datum"
    r"|present|attendees|attending|absent|apologies|anwesend|teilnehmer|entschuldigt):\s",
    re.I,
)
"""The head of a letter or of minutes, which looks like a label with a list."""
_OPEN = re.compile(
    r"n/?a|tbd|tba|none(?: yet)?|unknown|not applicable|to be (?:decided|defined|determined|discussed"
    r"|announced)|open|[-–—?.…]+|please check",
    re.I,
)
_FEW_USED = 3
_PROCUREMENT = frozenset("contract proposal proposals budget timeline evaluation submission vendor procurement".split())


def trace(document: Document, model: Model, ledger: Ledger) -> tuple[TraceLine, ...]:
    """One line for every sentence, in the brief's order."""
    begun = _begun(document.sentences, ledger)
    return tuple(
        _line(sentence, number == 0, number < begun, model, ledger)
        for number, sentence in enumerate(document.sentences)
    )


def _begun(sentences: Sequence[Sentence], ledger: Ledger) -> int:
    """The place from which on sentences say what is wanted: what stands behind them introduces nothing."""
    prose = ("paragraph", "bullet", "numbered")
    used = [number for number, s in enumerate(sentences) if s.form in prose and ledger.used(s)]
    return used[_FEW_USED] if len(used) > _FEW_USED else len(sentences)


def _line(sentence: Sentence, first: bool, early: bool, model: Model, ledger: Ledger) -> TraceLine:
    """The use that readers noted, or why the sentence needs none; a repeated one is used like the first."""
    place = ledger.repeated.get((sentence.line, sentence.text), (sentence.line, sentence.text))
    if unread := ledger.unread.get(place):
        return TraceLine(line=sentence.line, text=sentence.text, use="not_understood", reason=unread)
    ids = ledger.uses.get(place, [])
    if ids:
        return TraceLine(line=sentence.line, text=sentence.text, use="used", by=tuple(ids))
    reason = ledger.reasons.get(place) or _reason(sentence, first, early)
    if reason:
        return TraceLine(line=sentence.line, text=sentence.text, use="irrelevant", reason=reason)
    return TraceLine(line=sentence.line, text=sentence.text, use="not_understood", reason=_missing(sentence, model))


def _reason(sentence: Sentence, first: bool, early: bool) -> str:
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
    if _OPEN.fullmatch(sentence.body.strip(" .")):
        return "left open by its author"
    if LETTER.match(sentence.text) or (sentence.form == "paragraph" and LETTERHEAD.match(sentence.text)):
        return "the form of a letter"
    if _PROCUREMENT & set(words(sentence.sections[-1] if len(sentence.sections) > 1 else "")):
        return "about the project's contract, not about its data"
    if re.match(r"^(?:an?|the) [\w* -]+ is (?:something|somebody|an?|the)\b", sentence.text, re.I) and about_words(
        sentence
    ):
        return "explains a word"
    about = topic(sentence)
    if about in _REASONS:
        return _REASONS[about]
    introduces = (
        early and len(sentence.sections) <= 1 and sentence.form == "paragraph" and not quantities(sentence.text)
    )
    if introduces and not _ASKS.search(sentence.text) and not _LISTS.search(sentence.text):
        return "introduces the project and asks for nothing by itself"
    return ""


def about_words(sentence: Sentence) -> bool:
    """Whether a sentence stands among explanations of words."""
    return topic(sentence) == "overview" or len(sentence.sections) <= 1


def _missing(sentence: Sentence, model: Model) -> str:
    """What a reader of the trace should look at first."""
    if bracket := placeholder(sentence.text):
        return f"the template's {bracket} is not filled in"
    mentions = model.vocabulary.mentions(sentence.text)
    if not mentions:
        return "it names no entity of this brief and no known goal"
    names = ", ".join(dict.fromkeys(m.entity for m in mentions))
    return f"it names {names}, but no rule, relationship, access or figure that is known"
