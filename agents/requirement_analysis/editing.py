"""Who may lose what: rows that go with another row, and changes that two people make to one row at the same time."""

import re

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.vocabulary import Mention
from agents.screening import screened
from contracts.requirements import Attribute

VERSION = "row_version"

_GOES_WITH = screened(
    r"\b(?:(?:are|is|get|gets|will be|must be) (?:also )?(?:deleted|removed|erased)|disappears?|vanish(?:es)?)"
    r"(?: together| along)? with (?:the|their|its|his|her|a|an)\b",
    re.I,
)
_AT_ONCE = screened(
    r"\b(?:optimistic(?:ally)? lock\w*|lost updates?|concurrent(?:ly)? (?:edit\w*|change\w*|update\w*)"
    r"|(?:edit|change|update|modify|work on)\w* (?:the )?same [\w ]+ (?:at the same time|simultaneously|concurrently)"
    r"|(?:must not|may not|cannot|can't|never|without|not) (?:silently )?overwrit\w+ (?:each other|another)"
    r"|overwrit\w+ (?:each other's|somebody else's|another (?:person|user)'s) (?:changes|work|edits))",
    re.I,
)


def shared_rows(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> None:
    """Relationships whose rows go together, and a version for the rows that several people edit at once."""
    for sentence in sentences:
        if sentence.form in ("heading", "code", "row"):
            continue
        if found := _GOES_WITH.search(sentence.text):
            _goes_with(sentence, found, model, ledger)
        if _AT_ONCE.search(sentence.text):
            _versioned(sentence, model, ledger)


def _goes_with(sentence: Sentence, found: re.Match[str], model: Model, ledger: Ledger) -> None:
    parts = _mentions(sentence.text[: found.start()], model)
    whole = _mentions(sentence.text[found.end() :], model)
    for part in {m.entity: m for m in parts}.values():
        for place, known in enumerate(model.relationships):
            pair = whole and known.parent == whole[0].entity and known.child == part.entity
            if pair and known.cardinality != "many_to_many":
                requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
                more = {"deleted_with": True, "serves": tuple(dict.fromkeys((*known.serves, requirement)))}
                model.relationships[place] = known.model_copy(update=more)


def _versioned(sentence: Sentence, model: Model, ledger: Ledger) -> None:
    """What is edited is named by the words that speak of it, else it is all that the sentence names but people."""
    found = _AT_ONCE.search(sentence.text)
    edited = _mentions(found[0], model) if found else []
    for entity in dict.fromkeys(m.entity for m in edited or _mentions(sentence.text, model)):
        draft = model.drafts[entity]
        if draft.nature in ("event", "reference") or (draft.nature == "person" and not edited):
            continue
        requirement = ledger.requirement("rule", sentence.text, sentence.text, sentence)
        draft.attributes.setdefault(
            VERSION,
            Attribute(
                name=VERSION, label="row version", type="integer", default="1",
                origin=inferred("rows that several people edit at once carry the version that was read", sentence),
                serves=(requirement,),
            ),
        )  # fmt: skip


def _mentions(text: str, model: Model) -> list[Mention]:
    return list(model.vocabulary.mentions(text))
