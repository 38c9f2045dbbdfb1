"""Rules as people say them, in the words that the readers of rules know.

Who writes no specification says `nobody may hold more than five tools`, `no two boats share a sail number` or `a score
above 110 is impossible`. Each of these is one of a few rules in other words. They are put into those words here, so
that every reader needs to know one way of saying its rule; a sentence that says none of them stays as it is.
"""

import re
from collections.abc import Callable

from agents.language import tagged
from agents.requirement_analysis.figure_holders import tie
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.people import seems_human
from agents.requirement_analysis.uncontracted import uncontracted
from agents.screening import screened

_WORDS = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)"
)
_N = r"-?\d+(?:[.,]\d+)?"
_SPELT = screened(
    rf"\b(?P<before>from|between|than|at least|at most|below|above|over|under|exceeds?|minimum|maximum|to|and|is|be) "
    rf"(?:an? (?=hundred|thousand))?(?P<words>{_WORDS}(?:(?:[ -]|(?<=hundred) and |(?<=thousand) and ){_WORDS})*)\b"
    r"(?! (?:of|another|other)\b)",
    re.I,
)
_RANGE = screened(r"\b(?:between|from|ranges?)\b", re.I)
_NOTED = screened(rf"(?<=[\d]) \([^()]*\)(?= (?:to|and|up to) {_N})", re.I)
_NOTHING = screened(r"\b(?P<than>(?:more|less|greater|lower) than|below|under) nothing\b|\bnothing (?=or more\b)", re.I)

_REFUSED = (
    r"(?:is|are|shall be|must be|will be|gets?) (?:always )?(?:impossible|refused|rejected|invalid|nonsense"
    r"|wrong|forbidden|not (?:allowed|accepted|possible|permitted|valid)|an? (?:mistake|error|typo))"
)
_UNIT = r"(?: ?(?:°C|%|[a-z]+)){0,2}?"
_MORE, _LESS = (
    r"(?:more than|above|over|greater than|higher than|beyond)",
    r"(?:less than|below|under|lower than|fewer than)",
)
_OUTSIDE = screened(
    rf"(?P<what>[^,;.]+?)(?: of)? (?:(?P<up>{_MORE})|{_LESS}) (?P<a>{_N}){_UNIT} or (?:{_LESS}|{_MORE})"
    rf" (?P<b>{_N}){_UNIT} {_REFUSED}",
    re.I,
)
_BEYOND = screened(rf"(?P<what>[^,;.]+?)(?: of)? (?:(?P<up>{_MORE})|{_LESS}) (?P<a>{_N}){_UNIT} {_REFUSED}", re.I)
REFUSED = screened(rf"\b(?:{_MORE}|{_LESS}) {_N}[^,;.]*? {_REFUSED}", re.I)

_HOLDS = (
    r"(?:have|has|hold|holds|take|takes|get|gets|borrow|borrows|contain|contains|carry|carries|own|owns|keep|keeps"
    r"|include"
    r"|includes|book|books|use|uses|run|runs|teach|teaches|rent|rents)"
)
_MAY = r"(?:may|can|must|should|will|is allowed to|shall)"
_NONE = screened(
    rf"^(?:but |and |of course,? )?(?:(?P<nobody>nobody|no one|no-one)|(?:no|not one|none of the)"
    rf" (?P<who>[a-z][\w-]*(?: [\w-]+)??)) "
    rf"(?:{_MAY} )?(?:ever )?{_HOLDS} more (?P<much>(?:than \d+|than {_WORDS}|[\w-]+(?: [\w-]+)? than))"
    rf" (?P<what>[^,;.]+)",
    re.I,
)
_NO_MORE = screened(
    rf"^(?:but |and |of course,? )?(?:nobody|no one|no-one) (?:{_MAY} )?[a-z]+ more than (?P<n>\d+|{_WORDS})"
    rf" (?P<what>[^,;.]+)",
    re.I,
)
"""`Nobody works more than twelve hours`: whatever is done, so many at most."""
_CANNOT = screened(
    rf"(?P<who>[^,;.]+?) (?:cannot|can not|must not|may not|may never|can never|must never|never|does not|do not)"
    rf" (?:ever )?{_HOLDS} more than (?P<n>\d+|{_WORDS}) (?P<what>[^,;.]+)",
    re.I,
)
_THERE = screened(
    rf"\b(?:there (?:are|is|may be|can be)(?: never| not| no) more than|never more than|not more than) (?P<n>\d+"
    rf"|{_WORDS}) "
    r"(?P<what>[a-z][\w -]*?) (?:to|per|in|on|for) (?:an?|each|every|one|the same) (?P<who>[\w -]+)",
    re.I,
)
_NOT_ALLOWED = screened(
    rf"\bmore than (?P<n>\d+|{_WORDS}) (?P<what>[a-z][\w -]*?)(?P<once> at (?:a time|once|the same time))? (?:is|are) "
    r"(?:not allowed|forbidden|not possible|too many) (?:for|per|in|on|at) (?:an?|each|every|one) (?P<who>[\w -]+)",
    re.I,
)
_MORE_THAN_HAS = re.compile(
    r"^(?P<what>[\w-]+(?: [\w-]+)?) than (?:it|they|he|she|the [\w-]+) (?:has|have|offers?|takes?|holds?)"
    r" (?P<limit>[^,;.]+)",
    re.I,
)

_TWO_SAME = screened(
    r"(?:\b(?:no|not|never) two|\bthere (?:cannot|must not|may not|can never|must never|should not) be (?:two"
    r"|several|a second|another)"
    r"|\b(?:you|we) (?:will|do|shall|must|can)(?: not| never) (?:find|have|want|get|meet) (?:two|a second|another))"
    r" (?P<x>[\w -]+?) (?:(?:can|may|must|will|should|ever) )*(?:with|have|has|having|share|shares|carry|carries"
    r"|bear|use|get)"
    r" (?:the same |the |an? )(?P<a>[\w-]+(?: (?!in\b|per\b|within\b|at\b|on\b|for\b|of\b)[\w-]+)?)(?P<rest>[^,;.]*)",
    re.I,
)
_BUT_NOT = screened(
    r"\btwo (?P<x>[\w -]+?) (?:can|may|might) (?:well )?(?:have|share|carry) [^,;.]+? but (?:never|not)"
    r" (?:the same )?(?P<a>[\w -]+)",
    re.I,
)
_AT_ONCE = screened(r"\bat (?:the same time|once|a time)\b|\boverlap|\bon the same (?:day|date|evening)\b", re.I)
_HAS_A = screened(
    r"\b(?:every|each|an?|the|all) (?P<x>[\w -]+?) (?:has|have|carry|carries|gets?|bears?) (?:its own |their own "
    r"|an? )?"
    r"(?P<a>[\w-]+(?: [\w-]+)?)(?:,| and\b| which\b| that\b)",
    re.I,
)
_ONLY_ONCE = screened(
    r"^(?P<a>[\w' -]+?) (?:(?:is|are) (?:given out|handed out|given|assigned|issued|used|allocated) (?:only|just"
    r"|exactly) once"
    r"|(?:is|are) never (?:reused|repeated|given twice|used twice|issued twice|handed out twice|given again)"
    r"|(?:must|may|can|should) (?:never|not) (?:repeat|be reused|be repeated|occur twice|come twice|appear twice"
    r"|be used twice)"
    r"|never (?:repeats?|occurs? twice|comes? twice))\b",
    re.I,
)
_NO_TWICE = screened(
    r"\b(?:every|each) (?P<x>[\w -]+?) (?:has|gets?|carries|bears?) (?:its|their|an?) own"
    r" (?P<a>[\w-]+(?: [\w-]+)?), (?:and )?no "
    r"[\w-]+ (?:is|may be|can be) (?:used|given|issued) twice",
    re.I,
)
_ELSE = screened(
    r"\b(?P<a>[\w-]+(?: [\w-]+)?),? (?:which|that) (?:of course |obviously |naturally )?(?:nobody|no one"
    r"|no other [\w-]+) (?:else )?"
    r"(?:may|can|must|should|has|is allowed to)\b",
    re.I,
)
_OWN = screened(
    r"\b(?:within|in|at|on) (?:one|an?|each|every|the same) (?P<p>[\w-]+(?: [\w-]+)?),? (?:every|each|all|an?)"
    r" (?P<x>[\w -]+?) "
    r"(?:has|have|carries|gets?|bears?) (?:its|their) own (?P<a>[\w-]+(?: [\w-]+)?)",
    re.I,
)
_SO = re.compile(
    r"^(?P<who>[\w' -]+?) (?:is|are|has|have|starts?|begins?|goes|go|runs?|lies?)\b[^,;]*,? (?:so|and so|therefore)"
    r" (?:it|they) "
    r"(?P<rest>(?:is|are|must|can|cannot|has|have|lies?|goes|go|may|always|never)\b.*)$",
    re.I,
)
_MEASURED = screened(
    r"(?P<x>[^,;.]+?) (?P<verb>is|are|must be|may be|can be|cannot be|has to be|must not be|may not be)"
    r" (?:somewhere |always )?"
    r"(?P<bound>(?:between|at least|at most|no (?:more|less) than|(?:more|less) than|up to"
    r"|from)[^,;.]*?\d)(?: [\w-]+){0,2}? "
    r"(?P<how>long|heavy|high|tall|wide|deep|old|thick|big|large|in (?:size|length|weight|height|width|depth|area"
    r"|age))\b",
    re.I,
)
_WEIGHS = screened(
    r"(?P<x>[^,;.]+?) (?:(?P<may>must|cannot|may not|must not|can|may|never) )?(?:always )?(?P<verb>weighs?|costs?"
    r"|lasts?|measures?) "
    rf"(?=(?:always |not |never )*(?:between|at least|at most|no |more|less|up to|zero|from|{_N}))",
    re.I,
)
_ATTRIBUTES = {
    "long": ("length", "duration"), "heavy": ("weight",), "high": ("height",), "tall": ("height",), "wide": ("width",),
    "deep": ("depth", "draught"), "old": ("age",), "thick": ("thickness",), "big": ("size", "area"),
    "large": ("size", "area"), "weigh": ("weight",), "cost": ("price", "cost", "fee", "amount"), "last": ("duration",),
    "measure": ("length", "size"),
}  # fmt: skip
"""What an adjective or verb of measure speaks of."""
_ENTERED = screened(
    r",? (?:once|after|when|as soon as) (?:(?:it|they) (?:is|are|has been|have been|was|were) |(?:it|they) )?"
    r"(?:entered|written|recorded|stored|saved|created|made|noted|filed|booked in)\b,?|^(?:once|after) "
    r"(?:(?:it|they) (?:is|are|has been|have been) )?(?:entered|written|recorded|stored|saved|created|made|noted"
    r"|filed),",
    re.I,
)
_MAIL = screened(r"\be-mail(?=s?\b)", re.I)
_UNCHANGED = screened(r"\b(?:chang|alter|edit|modif|touch|amend|stays? as|updat)", re.I)


def plainly_ruled(text: str, model: Model) -> str:
    """The text in the words that the readers of rules know."""
    plain = _MAIL.sub("email", uncontracted(text))
    for way in _WAYS:
        plain = way(plain, model)
    return plain


def _in_digits(text: str, _: Model) -> str:
    """`from one (mint) to six` as `from 1 to 6`."""

    def digits(found: re.Match[str]) -> str:
        low = found["before"].lower()
        bare = found["words"].lower() == "one"
        if (low in ("to", "and") and not _RANGE.search(text[: found.start()])) or (
            bare and low not in ("from", "between", "to", "and")
        ):
            return found[0]
        if low in ("is", "be") and not bare:
            return found[0]
        counted = quantities(found["words"])
        value = counted[0].value if counted else 0.0
        return f"{found['before']} {value:g}" if counted or found["words"].lower() == "zero" else found[0]

    text = _NOTHING.sub(lambda n: f"{n['than']} 0" if n["than"] else "zero ", text)
    return _NOTED.sub("", _SPELT.sub(digits, text))


def _outside(text: str, _: Model) -> str:
    """`a score of more than 110 or less than 0 is impossible` as `a score is between 0 and 110`."""
    if found := _OUTSIDE.search(text):
        low, high = (found["b"], found["a"]) if found["up"] else (found["a"], found["b"])
        return f"{found['what']} is between {low} and {high}"
    if found := _BEYOND.search(text):
        return f"{found['what']} is {'at most' if found['up'] else 'at least'} {found['a']}"
    return text


def _at_most(text: str, model: Model) -> str:
    """What nobody may have more of, as `a member has at most 5 tools`."""
    if found := _NONE.search(text):
        who = found["who"] or _holder(found["what"], model)
        number = re.fullmatch(r"than (.+)", found["much"], re.I)
        if who and number:
            return f"A {who} has at most {number[1]} {found['what']}{text[found.end() :]}"
        more = _MORE_THAN_HAS.match(f"{found['much']} {found['what']}")
        if who and more:
            return f"A {who} cannot have more {more['what']} than {more['limit']}{text[found.end() :]}"
    for way in (_THERE, _NOT_ALLOWED):
        if found := way.search(text):
            once = " at a time" if way is _NOT_ALLOWED and found["once"] else ""
            return f"at most {found['n']} {found['what']} per {found['who']}{once}"
    if found := _NO_MORE.search(text):
        return f"at most {found['n']} {found['what']}{text[found.end() :]}"
    if found := _CANNOT.search(text):
        return f"{found['who']} has at most {found['n']} {found['what']}{text[found.end() :]}"
    return text


def _holder(what: str, model: Model) -> str:
    """The people whom `nobody` means: those to whom the things belong, or who are tied to them."""
    for mention in model.vocabulary.mentions(what)[:1]:
        people = [d for d in model.drafts.values() if d.nature == "person" or seems_human(d.name, d.attributes)]
        whose = [d for d in people if model.reference(mention.entity, d.name) or tie(mention.entity, d.name, model)]
        if len(whose) == 1:
            return whose[0].name.replace("_", " ")
    return ""


def _sole(text: str, _: Model) -> str:
    """What no two share, what is given once and what nobody else has, as `the number of a boat is unique`."""
    if scoped := _OWN.search(text):
        return f"The {scoped['a']} of a {scoped['x']} is unique per {scoped['p']}"
    if found := _NO_TWICE.search(text):
        return f"The {found['a']} of a {found['x']} is unique"
    if (found := _TWO_SAME.search(text) or _BUT_NOT.search(text)) and not _AT_ONCE.search(text):
        rest = found["rest"] if found.re is _TWO_SAME.compiled else ""
        name, whose = found["a"].strip(), found["x"]
        if name.split()[0] in ("one", "ones"):
            had = _HAS_A.search(text[: found.start()]) or re.search(r"(?P<a>[\w-]+(?: [\w-]+)?) (?:is|are)\b", text)
            name = had["a"] if had else ""
        return f"The {name} of {whose} is unique{rest}" if name else text
    if found := _ONLY_ONCE.search(text):
        return f"{found['a']} is unique{text[found.end() :]}"
    if found := _ELSE.search(text):
        noun = [t.text for t in tagged(found["a"]) if t.tag not in ("determiner", "preposition", "conjunction")]
        return f"{text[: found.start()]}{' '.join(noun)} is unique"
    return text


def _of_the_same(text: str, _: Model) -> str:
    """`Moisture is a percentage, so it is between 0 and 100` as `moisture is between 0 and 100`."""
    found = _SO.match(text)
    return f"{found['who']} {found['rest']}" if found else text


def _measured(text: str, model: Model) -> str:
    """`A plot is between 10 and 120 metres in size` as `the size of a plot is between 10 and 120`."""
    found = _MEASURED.search(text)
    if found and (name := _attribute(found["x"], found["how"].lower().removeprefix("in "), model)):
        return f"{name} of {found['x']} {found['verb']} {found['bound']}"
    found = _WEIGHS.search(text)
    if found and (name := _attribute(found["x"], found["verb"].lower().removesuffix("s"), model)):
        return f"{name} of {found['x']} {found['may'] or 'is'} {text[found.end() :]}"
    return text


def _attribute(who: str, how: str, model: Model) -> str:
    """The attribute of what is measured that an adjective or verb speaks of."""
    for mention in reversed(model.vocabulary.mentions(who)):
        for word in _ATTRIBUTES.get(how, (how,)):
            if name := model.attribute(mention.entity, (word,)):
                return name.replace("_", " ")
    return ""


def _from_the_start(text: str, _: Model) -> str:
    """What may not change once it is entered may not change at all."""
    return _ENTERED.sub("", text).strip() if _UNCHANGED.search(text) else text


_WAYS: tuple[Callable[[str, Model], str], ...] = (
    _in_digits, _outside, _at_most, _sole, _of_the_same, _measured, _from_the_start,
)  # fmt: skip
