"""How people ask for rows, put into the words of the readers of use: a verb, what is read, and by what.

Few say `list the invoices that are not paid`. They ask which are unpaid, want those to stand out, check whether
somebody still has some, or look a customer up by phone. Each of these is one form of words for a list or a look-up;
here it is given the plain form, and the readers of verbs, filters and orders need no more than that.
"""

import re

from agents.requirement_analysis.model import Model
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_APART = screened(
    r"\b(?P<look>look(?:s|ing)?) (?P<what>(?:the |an? |our |his |her |their |its |any )?[\w' -]{2,40}?) up\b", re.I
)
"""`look the owner up by phone`."""
_ASKED = screened(
    r"(?:^|\b(?:know|knows|see|sees|show|shows|tell|tells|find out|finds out|check|checks|ask|asks|asking"
    r"|wants? to know"
    r"|question)(?: me| us| them)?(?: at a glance| at once| quickly| immediately)?,? )(?:which|what"
    r"|whose) (?P<what>.+)$",
    re.I,
)
"""`which invoices are unpaid`, as a question or as what somebody wants to know."""
_SHOWING = screened(
    r"^(?P<what>.+?) (?:(?:should|must|shall|have to|has to|need to|needs to|are to|can|could) (?:always "
    r"|immediately |at once )?)?"
    r"(?:be (?:very )?(?:easy|quick|simple|fast) to (?:find|see|spot|list)|stand out|be (?:visible|marked|highlighted"
    r"|recogni[sz]able|at hand)|pop up|appear|show up|be (?:shown|listed|displayed)|(?:is|are) (?:shown|listed"
    r"|displayed"
    r"|marked|highlighted))\b(?P<rest>.*)$",
    re.I,
)
"""`overdue invoices must be easy to find`, `tours without a guide stand out`."""
_WHETHER = screened(
    r"\b(?:check|checks|checked|see|sees|verify|verifies|know|knows|look|looks|make sure|makes sure|shows?|tells?)"
    r"(?: there)? (?:whether|if|that) (?:(?:there (?:is|are)|there's|we have) |(?P<who>[\w -]{2,40}?) "
    r"(?:(?:still|already|currently|really) )*(?:has|have|owes?|holds?) )(?P<what>.+)$",
    re.I,
)
"""`check whether the member still has unpaid fines`."""
_FINDABLE = screened(
    r"^(?P<what>[\w' -]{2,60}?) (?:(?:can|must|should|has to|have to|need to|needs to|shall|may) be|(?:is"
    r"|are)) (?:easily |quickly "
    r")?(?:found|looked up|searchable|findable|retrievable|retrieved|called up|accessed) (?P<by>by|via|through"
    r"|under|with|using) ",
    re.I,
)
_LATEST = screened(
    r"^(?:and |but )?(?:the |its |their )?(?:latest|most recent|newest|last(?: \w+)?) (?P<what>[\w -]{3,40}?) (?:of"
    r"|for|per) "
    r"(?:an?|the|each|every|one|any|this|that) (?P<of>[\w-]+(?: [\w-]+)?)",
    re.I,
)
"""`the most recent loan of a tool tells us who broke it`."""
_WRITTEN_TO = screened(
    r"^(?P<what>.+?) (?:gets?|receives?|(?:is|are) (?:sent|given)) (?:an?|the|their) (?:[\w-]+ ){0,2}?(?:reminder"
    r"|warning|letter"
    r"|e-?mail|mail|notice|notification|message|phone call|call|sms|text)s?\b(?P<rest>.*)$",
    re.I,
)
"""`loans that are not returned get a reminder`: somebody or something looks for them."""
_WHEN_DONE = screened(r"\bby when (?:they|it|these|he|she) (?:is|are|was|were|has been|have been) (?P<verb>\w+)", re.I)
_OF_WHOM = screened(
    r"\b(?:an?|the|each|every|one|any|this|that) (?P<of>[\w-]+(?: [\w-]+)?)'s? (?P<what>[\w-]+(?: [\w-]+)?)", re.I
)
"""`a singer's attendance`."""
_FIRST_FEW = 4
"""Words of what is asked for within which a thing is named."""


def asked(text: str, model: Model) -> str:
    """The sentence in the plain form, where it asks in another one."""
    if found := _APART.search(text):
        text = f"{text[: found.start()]}{found['look']} up {found['what']}{text[found.end() :]}"
    text = _WHEN_DONE.sub(lambda f: f"by {f['verb']}", text)
    text = _OF_WHOM.sub(lambda f: _belonging(f, model), text)
    if found := _LATEST.match(text):
        text = f"list {text}" if _tied(found["what"], found["of"], model) else text
    for way in (_found_by, _whether, _wanted, _shown):
        if (plain := way(text, model)) is not None:
            return plain
    return text


def _tied(what: str, of: str, model: Model) -> bool:
    """Whether things are read by what they belong to."""
    owners, owned = model.vocabulary.mentions(of), model.vocabulary.mentions(what)
    return bool(owners and owned and owned[0].start == 0 and model.reference(owned[0].entity, owners[0].entity))


def _belonging(found: re.Match[str], model: Model) -> str:
    """`attendances of a singer`, if these are tied."""
    return f"the {found['what']} of a {found['of']}" if _tied(found["what"], found["of"], model) else found[0]


def _names(text: str, model: Model) -> bool:
    """Whether what is asked for is a thing of the brief."""
    return any(m.start < _FIRST_FEW for m in model.vocabulary.mentions(text))


def _found_by(text: str, model: Model) -> str | None:
    found = _FINDABLE.match(text)
    if found is None or not _names(found["what"], model):
        return None
    return f"find {found['what']} by {text[found.end() :]}"


def _whether(text: str, model: Model) -> str | None:
    """What somebody may have is read by whose it is: the last thing that is named before, for `he` and `she`."""
    found = _WHETHER.search(text)
    if found is None or not _names(found["what"], model):
        return None
    who = found["who"] or ""
    named = model.vocabulary.mentions(who) or model.vocabulary.mentions(text[: found.start()])
    of = f" of a {model.drafts[named[-1].entity].label.lower()}" if who and named else ""
    return f"list {found['what'].rstrip(' .?!')}{of}"


def _wanted(text: str, model: Model) -> str | None:
    found = _ASKED.search(text)
    if found is None or not _names(found["what"], model):
        return None
    who = text[: found.start()].rstrip(" ,")
    return f"{who} list {found['what']}".strip()


def _shown(text: str, model: Model) -> str | None:
    found = _SHOWING.match(text) or _WRITTEN_TO.match(text)
    if found is None or not _names(found["what"], model) or len(tokens(found["what"])) > _LONGEST:
        return None
    if all(w in _BARE or model.vocabulary.named(w) for w in tokens(found["what"])):
        return None  # `members get a mail` and `the ticket is shown` say nothing of which
    return f"list {found['what']}{found['rest']}"


_LONGEST = 12
_BARE = frozenset("a an the each every all any our their can may will should must also then".split())
