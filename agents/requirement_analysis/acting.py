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
from agents.requirement_analysis.uncontracted import uncontracted
from agents.screening import screened

_MODAL = (
    r"(?:(?:can|may|must|should|will|shall|also|only|often|always|usually|then|still|just|daily|gets? to|wants?"
    r" to|needs? to"
    r"|would like to|has to|have to|is able to|are able to) )*"
)
_SEE = (
    r"(?:sees?|looks? (?:at|up|through|for|into)|views?|opens?|live in|work (?:in|with)|search(?:es)?|finds?"
    r"|filters?|browses?|logs? in|pulls?"
    r"|scrolls?|refresh(?:es)?|asks? for(?! (?:the )?(?:erasure|deletion|a copy))|goes through|go through"
    r"|wants? (?:all|the|a list))"
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
_WHO = (
    r"[a-z][\w-]*(?: (?!(?:can|may|must|should|will|shall|also|only|often|always|usually|then|still|just|cannot"
    r"|never|not|does|do"
    r"|is|are|has|have|gets?|sees?|reads?|enters?|looks?|who|that|at|in|of|and|or|to)\b)[a-z][\w-]+)?"
)
_ACTS = screened(rf"\b(?P<who>{_WHO})(?:, [^,.;:]{{2,25}},)? {_MODAL}(?:(?P<see>{_SEE})|{_DO})\b", re.I)
_RIGHT = screened(
    rf"\b(?:only|nobody but|no one but|nobody except|nobody other than) (?:the |our |an? )?(?P<only>{_WHO})\b"
    rf"|\bit is (?:the |our |an? )?(?P<cleft>{_WHO}) (?:who|that)\b"
    rf"|\b(?:takes|without) the (?P<asked>{_WHO})(?: to \w+|'s? (?:say-so|approval|consent|permission|ok))\b"
    rf"|\b(?P<not>{_WHO}) (?:(?:can|may|must|do|does|is|are|will|should)(?:not| not)|never)"
    rf"(?= (?:even |ever |be able to |allowed to )?(?:{_SEE}|{_DO}|touch|delete|know)\b|[.;]|$)"
    rf"|\b(?P<own>{_WHO}),? (?:(?:just|only|sees?|nothing but|no more than|for|through) )+(?:their|his|her|him|them)"
    rf" ?(?:own|self|selves)\b"
    rf"|\b(?P<login>{_WHO}) (?:gets?|has|have) (?:a (?:login|log-in|account)|access)\b"
    rf"|\b(?P<may>{_WHO}) (?:(?:may|can only|only|is allowed to|are allowed to|just) )+(?:[a-z]+ (?:and|or) )?[a-z]+\b"
    rf"|\b(?P<does>{_WHO}) (?:do|does) everything\b|\b(?P<decides>{_WHO}) (?:decides?|manages?|handles?|books?"
    rf"|hands? out)\b",
    re.I,
)
"""Who may do what, told by what is allowed to some and denied to others."""
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
        if sentence.form not in ("paragraph", "bullet", "numbered"):
            continue
        text = uncontracted(sentence.text)
        for found in _ACTS.finditer(text):
            role = _role(found["who"])
            if role and (found["see"] or _serves(role)):
                yield role, sentence
        for found in _BY.finditer(text):
            role = next((r for r in (_role(found["who"]), _role(found["who"].split()[0])) if r and _serves(r)), "")
            if role:
                yield role, sentence
        for found in _RIGHT.finditer(text):
            who = next(name for name in found.groupdict().values() if name)
            role = _role(who) or _role(who.split()[0])
            if role and (found["not"] or found["login"] or found["own"] or _serves(role)):
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
