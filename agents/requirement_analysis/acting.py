"""Roles out of prose: the people of whom it says that they look at something or do something with the application.

Staff have a role by whatever they do with what is stored. Whom they serve have one only where it is said that they look
themselves: `customers pay invoices` is no use of the application.
"""

import re
from collections.abc import Iterator

from agents.language import tagged
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_human, is_staff
from agents.screening import screened

_MODAL = (
    r"(?:(?:can|may|must|should|will|shall|also|only|often|always|usually|then|still|just|daily|gets? to|wants?"
    r" to|needs? to"
    r"|would like to|has to|have to|is able to|are able to) )*"
)
_SEE = (
    r"(?:sees?|looks? (?:at|up|through|for|into)|views?|opens?|live in|work (?:in|with)|search(?:es)?|finds?"
    r"|filters?|browses?|logs? in|pulls?"
    r"|scrolls?|refresh(?:es)?|asks? for|goes through|go through|wants? (?:all|the|a list))"
)
_DO = (
    r"(?:edits?|enters?|records?|approves?|loads?|plans?|checks?|writes?|creates?|adds?|changes?|cancels?|registers?"
    r"|assigns?|schedules?|updates?|makes?|prints?|exports?|releases?|confirms?|closes?|uploads?|lists?|runs?"
    r"|needs?|gets?|reads?)"
)
_BY = screened(
    r"\b(?:is|are|be|was|were) (?:\w+ )?(?:entered|recorded|checked|approved|created|confirmed|assigned|registered"
    r"|released|closed|edited|updated|rejected|scheduled|maintained) by (?:the |an? |our )?"
    r"(?P<who>[a-z][\w-]*(?: [a-z][\w-]+)?)(?=[\s,.;]|$)",
    re.I,
)
"""Who does it in a passive: `vaccinations are entered by the vet`."""
_ACTS = screened(
    rf"\b(?P<who>[a-z][\w-]*(?: [a-z][\w-]+)?)(?:, [^,.;:]{{2,25}},)? {_MODAL}(?:(?P<see>{_SEE})|{_DO})\b", re.I
)
_ANYBODY = words_that("anybody") | {
    "user",
    "person",
    "employee",
    "staff",
    "author",
    "owner",
    "friend",
    "developer",
    "programmer",
}


def acting(sentences: tuple[Sentence, ...]) -> Iterator[tuple[str, Sentence]]:
    """(role, sentence) of the people who use the application, in the brief's order."""
    for sentence in sentences:
        for found in _ACTS.finditer(sentence.text) if sentence.form in ("paragraph", "bullet", "numbered") else ():
            role = _role(found["who"])
            if role and (found["see"] or _serves(role)):
                yield role, sentence
        for found in _BY.finditer(sentence.text) if sentence.form in ("paragraph", "bullet", "numbered") else ():
            role = next((r for r in (_role(found["who"]), _role(found["who"].split()[0])) if r and _serves(r)), "")
            if role:
                yield role, sentence


def _role(words: str) -> str:
    """The role that one or two words before a verb name; empty where they name no people."""
    parts = words.lower().split()
    last = singular(parts[-1])
    if last in _ANYBODY or not is_human(identifier(last)):
        return ""
    compound = len(parts) > 1 and tagged(words)[0].tag == "noun" and not is_human(singular(parts[0]))
    return identifier(f"{parts[0]} {last}" if compound else last)


def _serves(role: str) -> bool:
    """Whether people of this role work for whoever runs the application."""
    last = role.rpartition("_")[2]
    return is_staff(last) or last in words_that("profession") or last in words_that("serving")
