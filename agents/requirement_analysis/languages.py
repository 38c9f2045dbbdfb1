"""The language of a brief: German is read into English before any reader sees it, other languages are refused.

A wrong refusal costs an architect a design, a missed one costs a poor design with everything marked as not understood,
so a brief is refused only where its function words leave no doubt.
"""

import dataclasses
from collections.abc import Callable

from agents.language.detection import languages
from agents.language.german import glossed, restored, speaks_german
from agents.requirement_analysis.document import Document
from contracts.brief import BriefError
from contracts.requirements import Requirements

Restored = Callable[[Requirements], Requirements]


def in_english(document: Document, text: str) -> tuple[Document, Restored]:
    """The document in English, and what gives a finished analysis the brief's own words back.

    English briefs come back untouched. Raises `BriefError` for a brief in a third language.
    """
    found = languages(text)
    if found.foreign:
        first = next((s for s in document.sentences if s.form != "code"), None)
        raise BriefError(
            f"the brief looks like {found.foreign}", "Write it in English or German.",
            first.line if first else None, (first.quote or first.text) if first else "",
        )  # fmt: skip
    if not speaks_german(text, found.german, found.english):
        return document, lambda requirements: requirements
    read = glossed(document.sentences, mostly=found.german > found.english)
    title = document.title
    return (
        dataclasses.replace(document, title=title, sentences=read.sentences),
        lambda requirements: restored(requirements, read),
    )
