"""Records that are made where the database does not see them: on devices offline, or on sites with their own database.

Such a row needs a name before any database counts it, which is for the schema to decide; here it is a requirement.
"""

import re
from collections.abc import Iterable

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.topics import topic

OFFLINE, SITES = "offline-records", "records-of-several-sites"

_MAKES = r"apps?|sync\w*|creat\w+|record\w*|captur\w+|enter\w*|work\w*|collect\w*|erfass\w*|arbeit\w*|anleg\w*"
_AWAY = r"offline|without (?:a |an )?(?:network|internet|connection|reception)|ohne (?:Netz|Internet|Empfang)"
_PLACE = r"sites?|branch(?:es)?|plants?|regions?|shops?|stores?|clinics?|offices?|schools?"
_SAID = {
    OFFLINE: re.compile(rf"\b(?:{_AWAY})\b.*\b(?:{_MAKES})\b|\b(?:{_MAKES})\b.*\b(?:{_AWAY})\b", re.I),
    SITES: re.compile(
        rf"\b(?:each|every) (?:\w+ )?(?:{_PLACE}) (?:has|runs|keeps) (?:its|an?) own (?:\w+ )?(?:database|server)\b"
        rf"|\b(?:databases|servers) of (?:the |all |several )?(?:{_PLACE}) (?:are|get|will be|must be) "
        r"(?:merged|brought together|consolidated)\b|\bmulti-?master\b|\bactive-active\b",
        re.I,
    ),
}
_NOT = re.compile(r"\b(?:no|not|never|without) (?:\w+ )?offline\b|\b(?:goes?|went|is|are|status) offline\b", re.I)
"""Nothing is recorded offline, or something has gone offline that should not."""


def records_made_elsewhere(sentences: Iterable[Sentence], model: Model, ledger: Ledger) -> None:
    """Note each as a requirement, with the sentence that says it."""
    for sentence in sentences:
        if sentence.form in ("heading", "code", "row") or topic(sentence) == "entities" or model.lists(sentence):
            continue
        for name, pattern in _SAID.items():
            if pattern.search(sentence.text) and not _NOT.search(sentence.text):
                ledger.requirement("availability", name, sentence.text, sentence)
