"""External systems that data goes to or comes from, and plans that are not built yet but must not be blocked."""

import re

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, stated
from agents.requirement_analysis.topics import topic
from contracts.requirements import Integration


def integrations(sentences: tuple[Sentence, ...], ledger: Ledger) -> tuple[Integration, ...]:
    """Items of an integration section: the name before a colon or dash, and what it is for."""
    found: dict[str, Integration] = {}
    for sentence in sentences:
        if topic(sentence) != "integration" or sentence.form in ("heading", "code") or not sentence.body:
            continue
        name, purpose = _parts(sentence)
        requirement = ledger.requirement("integration", name, f"{name}: {purpose}" if purpose else name, sentence)
        found.setdefault(
            requirement, Integration(name=name, purpose=purpose, origin=stated(sentence), serves=(requirement,))
        )
    return tuple(found.values())


def _parts(sentence: Sentence) -> tuple[str, str]:
    """(name, purpose) of an item."""
    if sentence.label and sentence.body:
        return sentence.label, sentence.body
    name, _, purpose = re.sub(r"\s+(?:-|–|—|to|for|which|that)\s+", "\n", sentence.text, count=1).partition("\n")
    return name.strip(" .:")[:80] or sentence.text[:80], purpose.strip()


def future(sentences: tuple[Sentence, ...], ledger: Ledger) -> tuple[str, ...]:
    """What the brief wants later; nobody builds it now."""
    found: list[str] = []
    for sentence in sentences:
        if topic(sentence) == "future" and sentence.form != "heading" and sentence.body:
            ledger.requirement("future", sentence.text, f"Later, not now: {sentence.text}", sentence)
            found.append(sentence.text)
    return tuple(dict.fromkeys(found))
