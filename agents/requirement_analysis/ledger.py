"""The one place where requirements get their ids and every sentence of the brief gets its use.

Readers run one after another over the same sentences; a sentence may state several facts, and a fact may be stated
twice. The ledger is what they write to, so that nothing is read without a trace and nothing is numbered twice.
"""

import hashlib

from agents.naming import words
from agents.requirement_analysis.document import Sentence
from contracts.base import Origin
from contracts.requirements import Assumption, OpenQuestion, Requirement, RequirementKind

_LONGEST = 64


def slug_of(text: str, fallback: str = "unnamed") -> str:
    """A stable id part made of content alone; long texts keep their head and eight digits of their digest."""
    whole = "-".join(words(text)) or fallback
    if len(whole) <= _LONGEST:
        return whole
    return f"{whole[: _LONGEST - 9].rstrip('-')}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def stated(sentence: Sentence) -> Origin:
    """The origin of a fact that this sentence states, with its words."""
    return Origin(kind="stated", line=sentence.line, quote=sentence.quote or sentence.text)


def inferred(rule: str, sentence: Sentence | None = None) -> Origin:
    """The origin of a fact that a rule infers, from a sentence where there is one."""
    if sentence is None:
        return Origin(kind="inferred", rule=rule)
    return Origin(kind="inferred", rule=rule, line=sentence.line, quote=sentence.quote or sentence.text)


class Ledger:
    """Requirements, assumptions, questions and the use of each sentence, in the order in which they were found."""

    def __init__(self) -> None:
        self.requirements: dict[str, Requirement] = {}
        self.assumptions: dict[str, Assumption] = {}
        self.questions: dict[str, OpenQuestion] = {}
        self.uses: dict[tuple[int, str], list[str]] = {}
        self.reasons: dict[tuple[int, str], str] = {}
        self.unread: dict[tuple[int, str], str] = {}
        self.repeated: dict[tuple[int, str], tuple[int, str]] = {}

    def requirement(
        self,
        kind: RequirementKind,
        name: str,
        text: str,
        sentence: Sentence | None = None,
        origin: Origin | None = None,
    ) -> str:
        """The id of this requirement, made on first sight; the sentence is noted as used by it."""
        prefix = {"stack": "stack", "security": "security"}.get(kind, kind)
        found = f"{prefix}.{slug_of(name)}"
        if found not in self.requirements:
            where = origin or (stated(sentence) if sentence else Origin(kind="inferred", rule="named by the brief"))
            self.requirements[found] = Requirement(id=found, kind=kind, text=text, origin=where)
        if sentence is not None:
            self.use(sentence, found)
        return found

    def use(self, sentence: Sentence, *ids: str) -> None:
        """Note that these elements come from the sentence."""
        known = self.uses.setdefault((sentence.line, sentence.text), [])
        known.extend(i for i in ids if i not in known)

    def used(self, sentence: Sentence) -> bool:
        """Whether some reader has made use of the sentence."""
        return bool(self.uses.get((sentence.line, sentence.text)))

    def irrelevant(self, sentence: Sentence, reason: str) -> None:
        """Note why a sentence asks nothing of persistence; a use that is found as well wins."""
        self.reasons.setdefault((sentence.line, sentence.text), reason)

    def explained(self, sentence: Sentence) -> bool:
        """Whether the sentence is used or known to be irrelevant."""
        return self.used(sentence) or (sentence.line, sentence.text) in self.reasons

    def assume(self, name: str, fact: str, value: str, reason: str, knob: str) -> str:
        """The id of an assumption that stands in for a missing fact."""
        found = f"assumption.{slug_of(name)}"
        self.assumptions[found] = Assumption(id=found, fact=fact, value=value, reason=reason, knob=knob)
        return found

    def question(self, name: str, question: str, reading: str, lines: tuple[int, ...] = ()) -> str:
        """The id of a question that a person should settle."""
        found = f"question.{slug_of(name)}"
        self.questions.setdefault(found, OpenQuestion(id=found, question=question, reading=reading, lines=lines))
        return found
