"""Whom `it` and `they` mean at the beginning of a sentence: what the sentence before it speaks of first.

People name a thing once and go on: `A costume hangs in the store. It goes from clean to lent.` Readers of rules and of
use look for names, so they are given the sentence with the name in place of the pronoun; what they find counts for the
sentence as it stands.
"""

import re
from collections.abc import Iterable

from agents.changing import changed
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import said
from agents.screening import screened

_PRONOUN = screened(r"^(?:it|they|these|those)\b(?=\s+(?!(?:is|was|are) (?:a|the|not) )\w+)", re.I)
_FIRST = 3
"""Words within which a sentence names what it is about."""


def with_names(sentences: Iterable[Sentence], model: Model) -> dict[Sentence, Sentence]:
    """Each sentence that begins with a pronoun, with what it means in its place, as far as that is certain."""
    named: dict[Sentence, Sentence] = {}
    item, entity = -1, ""
    for sentence in sentences:
        text = said(sentence.text)
        mentions = model.vocabulary.mentions(text)
        if sentence.item != item:
            item, entity = sentence.item, ""
        pronoun = _PRONOUN.match(text) if entity and not sentence.label else None
        if pronoun and not any(m.start <= 1 for m in mentions):
            several = pronoun[0].lower() != "it"
            label = model.drafts[entity].label.lower()
            words = f"The {label}" if not several or label.endswith("s") else f"The {label}s"
            spoken = f"{words}{text[pronoun.end() :]}"
            named[sentence] = changed(sentence, text=spoken, body=spoken)
        elif first := next((m for m in mentions if m.start <= _FIRST), None):
            entity = first.entity
    return named
