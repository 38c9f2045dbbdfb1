"""What a sentence says in passing of an item of a list, as the note in parentheses that it could be.

`A site has an address, coordinates if the phone gave any, and a kind - house, field, quay` lists three facts. What is
said of one of them between dashes, by a relative clause or a condition would end the list for whoever reads clauses.
"""

import re

from agents.requirement_analysis.attribute_notes import says
from agents.requirement_analysis.lexicon import words_that
from agents.screening import screened


def without_asides(text: str) -> str:
    """Remarks between dashes or commas as those in parentheses: `a nickname - not all have one - and a colour`."""
    text = _WHAT_KIND.sub(r"the \g<kind>", text)
    text = _NOBODY_ELSE.sub(" (unique)", _SAID_UNIQUE.sub(_as_note, text))
    text = _OPTIONAL_TOO.sub(r", \g<what> (optional)", _PROVIDED.sub(" (optional)", text))
    text = _DASHED_VALUES.sub(r"\g<before> (\g<values>)", text)
    text = _OF_THE_KIND.sub(r" has the \g<what> (\g<values>)", text)
    text = _WHICH_IS.sub(r" (\g<values>)", _VALUES_BEHIND.sub(r"\g<before> (\g<values>)", text))
    text = _SOMETIMES.sub(r"\g<before> maybe ", text)
    text = _ONLY_ONE.sub(" (unique) ", text)
    return _BETWEEN_DASHES.sub(lambda m: f" ({m['told']})" if _tells(m["told"]) else m[0], text)


def _as_note(said: re.Match[str]) -> str:
    """A relative clause as a note where it tells that values do not repeat."""
    return f" ({said['told']})" if says(said["told"]) else said[0]


def _tells(remark: str) -> bool:
    """Whether a remark tells something of the values of what stands before it."""
    return says(remark) or (" or " in remark and all(len(part.split()) < 3 for part in _CHOICE.split(remark)))


_WORD = r"[\w-]+(?: (?!or\b)[\w-]+)?"
_ONE_OF = rf"(?P<values>{_WORD}(?:, {_WORD})*,? or {_WORD})(?=[.;)]|$)"
_VALUES_BEHIND = screened(rf"(?P<before>(?:,|\band|,? plus) (?:the|an?|its|their) {_WORD}): {_ONE_OF}")
"""`the name, the date, and the voice: soprano, alto or bass`."""
_WHICH_IS = screened(rf",? (?:which|that) (?:is|are|(?:can|may|must|shall) be) (?:either |one of )?{_ONE_OF}")
_OF_THE_KIND = screened(
    rf" (?:(?:shall|must|can|may|will) be|is|are) of (?:the|a|one) (?P<what>type|kind|category|size|colou?r|class)"
    rf" {_ONE_OF}"
)
"""`A sample shall be of the type water, soil or sludge.`"""
_CHOICE = re.compile(r",? or |, ")
_BETWEEN_DASHES = re.compile(r" [-–—] (?P<told>[^-–—:;()]{3,80}?) [-–—](?= )")
_SOMETIMES = re.compile(
    r"(?P<before>,|\b(?:and|or|plus)\b),? (?:(?:maybe|perhaps|possibly|sometimes|optionally|occasionally),"
    r"|(?:if|where|when) [^-–—:;.,()]{3,40},"
    r"|[-–—] (?:if|where|when) [^-–—:;()]{3,40} [-–—]) (?=(?:an?|the|its|their|his|her)\b)"
)
_END = r"(?=[,.;)]|$| and | \()"
_WHO = r"(?:(?:no|none of the) (?:other|two) [\w-]+|no one(?: else)?|nobody(?: else)?|none of the others)"
_NOBODY_ELSE = screened(
    rf"(?<=\w) (?:that |which )?{_WHO} (?:ever )?(?:has|have|uses?|re-?uses?|shares?|bears?|carries|carry)"
    rf"(?: twice| again)?{_END}"
)
"""`a code that no other member has`, `a number nobody reuses`."""
_SAID_UNIQUE = screened(
    r",? (?:which|that)(?:'s|’s| is| are| must be| has to be| shall be) "
    rf"(?P<told>unique|(?:never|not) (?:re-?)?(?:used|issued|given|assigned)(?: twice| again| out)?){_END}"
)
"""`a bag number, which is never reused, a type and …`."""
_ONLY_ONE = screened(r" [-–—] there(?:'s|’s| is) (?:only|just) (?:ever )?one [^-–—:;()]{1,30} [-–—](?: |$)")
"""`a label - there's only one "C/14" - and a shelf`."""
_PROVIDED = screened(
    r"(?<=[\w)]) (?:in case|if) (?:they|he|she|it|one|there|we|you|any(?:one|body)|some(?:one|body)"
    r"|(?:the|their|its) [\w-]+)(?: [\w'’-]+){1,3} (?:one|any|it|them|some|this|that|so|like [\w-]+ing)"
    r"(?=[.;]|$|,? (?:and|plus) (?:an?|the|its|their|his|her|whether|which)\b"
    r"|, (?:an?|the|its|their|his|her) [\w-]+(?:,| and))"
)
"""`coordinates if their phone gave any, and a kind`: what is told where there is any, within a list that goes on."""
_OPTIONAL_TOO = screened(
    r"(?<=\w)[;,] (?:and )?(?P<what>(?:an?|the|their|its) [\w-]+(?: [\w-]+){0,2}?) (?:is|stays|remains) "
    r"(?:optional|voluntary)(?=[.;]|$)"
)
"""`we store name and telephone; an e-mail address is optional`."""
_WHAT_KIND = screened(
    r"\b(?:what|which) (?P<kind>kind|type|sort)(?: of [\w-]+)? (?:it|they|this|that) (?:is|are)"
    r"(?= ?[,.;(]| and |$)"
)
"""`what kind of thing it is`."""
_KINDS = "|".join(sorted({*words_that("valued"), "kind", "sort", "class", "level"}))
_DASHED_VALUES = screened(
    rf"(?P<before>\b(?:an?|the|its|their) (?:[\w-]+ )?(?:{_KINDS})) [-–—] "
    rf"(?P<values>(?!(?:an?|the) ){_WORD}(?:, (?!(?:an?|the) ){_WORD})+(?:,? or {_WORD})?)(?=[.;]|$)"
)
"""`and a type - house, street, quay`."""
