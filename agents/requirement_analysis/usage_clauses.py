"""Sentences about use, cut into clauses of one verb each: what kind of access a verb is, and who does it."""

import functools
import re
from collections.abc import Iterator

from agents.changing import changed
from agents.language import tagged
from agents.remembering import remembered
from agents.requirement_analysis.asking import asked
from agents.requirement_analysis.conditions import ONE_THEN_ANOTHER, Kind, rate_of
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.subjects import said
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import Screened, screened

_VERBS: tuple[tuple[Kind, str], ...] = (
    ("search", r"full[- ]text|search(?:es|ing|ed|able)?"),
    ("aggregate",
        r"how many|how often|how much|reports?(?! [\w ]*\bto (?-i:[A-Z]))|charts? of|counts?|sums?(?: up)?"
        r"|statistics|aggregates?|averages?|dashboards?"
        r"|trends?|overview of|breakdown"
        r"|(?:(?<!maximum )(?<!minimum )(?<!max )(?:number|nr\.?|count|amount)|total|sum|revenue|turnover"
        r"|costs?|expenses|consumption)"
        r" (?:of|by|per)|(?:cost|revenue) per"
        r"|totals? (?:[\w-]+ ){0,3}?(?:per|by|of)"
        r"|(?:hourly|daily|weekly|monthly|quarterly|yearly|annual) [\w-]+(?: [\w-]+)? (?:per|by)"),
    ("lookup", r"logs? in|log-in|login|signs? in|finds?|looks? (?:\w+ )?up|opens"
               r"|open(?=\s+(?:the|an?|their|his|her|its|my|own|all|every|one)\b)|authenticates?|retrieves? a"
               r"|fetch(?:es)? an?|jumps? to"
               r"|tracks?|scans? (?=an?\b)"),
    ("list",
        r"lists?|views?|browses?|sees?|shows?|reads?|looks? (?:at|for|through)|checks?|fetch(?:es)?|gets?|displays?"
        r"|scrolls?"
        r"|follows?|monitors?|watch(?:es)?|retrieves?|exports?|reviews?|listed|shown|displayed|wants? the|filters?"
        r"|receives?|goes through|go through|works? through|pulls? up|brings? up|calls? up|draws?|visible"
        r"|keeps? an eye on|picks?|chases?|worklists?|reminds?|reminded|warns?|warned|alert(?:s|ed)?|pops? up"
        r"|(?:screen|page|view|board|tab|queue|inbox|map) (?:with|of|for|showing) (?:all|the)"
        r"|(?:is|are) sent|asks? for|needs? (?:the|all|a list|an overview|to (?:know|see))"),
    ("write",
        r"creates?|adds?|places?|books?|records?|updates?|changes?|cancels?|deletes?|removes?|submits?"
        r"|registers?|"
              r"edits?|pays?|uploads?|imports?|stores?|writes?|ticks?|marks?|enters?|posts?|schedules?"
              r"|assigns?|approves?|saves?|files?|scans?|plans?"),
)  # fmt: skip
_STORY = screened(
    r"^as an? (?P<who>[\w -]+?),? (?:i|we) (?:want|wish|would like|need|can|must be able)(?: to be able)? to "
    r"(?P<what>.+?)"
    r"(?:,? (?:so that|in order to|because|to be able)\b.*)?$",
    re.I,
)
_ON_PAGE = screened(
    r"^(?:on|in|below|next to|inside) (?:the )?(?:(?:page|screen|view|detail page|record|file|card|profile) of "
    r")?(?P<of>(?:an?|each|every) [\w -]+?),?"
    r" (?:show |list |we (?:see|want|need) )?(?:its|their|his|her|all|the) (?P<what>.+)$",
    re.I,
)
"""`On the page of a lot, its germination tests from new to old` lists the tests of a lot."""
_ACTOR = screened(r"^(?P<who>[A-Z][\w -]{2,30}): (?P<what>.+)$")
_NEXT = screened(
    r"(?:;|,? (?:and|then|and then),?)\s+(?=(?P<verb>[\w-]+(?: (?:at|for|through|up|an eye on|sent))?)\b)", re.I
)
_FIND = screened(r"^[\w -]+\bby (?!the\b|an?\b|far\b)[\w -]+", re.I)


def is_story(text: str) -> bool:
    """Whether a sentence is a user story."""
    return bool(_STORY.match(text))


def kind_of(text: str, masked: str = "") -> tuple[Kind, int, int] | None:
    """(kind, start, end) of the first verb; `search` and `report` win over the verbs beside them."""
    best: tuple[Kind, int, int] | None = None
    for kind, words in _VERBS:
        found = _verb(words).search(masked or text)
        if found is None:
            continue
        if kind in ("search", "aggregate"):
            return kind, found.start(), found.end()
        if best is None or found.start() < best[1]:
            best = (kind, found.start(), found.end())
    return best


@functools.cache
def _verb(words: str) -> Screened:
    return screened(rf"\b(?:{words})\b", re.IGNORECASE)


def masked(text: str, model: Model) -> str:
    """The text with the names of entities blanked: an expense report is no report, and a booking does not book."""
    words = tokens(text)
    for mention in model.vocabulary.mentions(text):
        if name := _verbal(words[mention.start : mention.end]):
            text = name.sub(lambda m: "_" * len(m[0]), text)
    return text


@remembered
def _verbal(name: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds a name in a text, for names that hold a word of use."""
    if not any(kind_of(word) for word in name):
        return None
    return re.compile(r"\b" + r"[\W_]+".join(map(re.escape, name)) + r"\b", re.IGNORECASE)


def told(row: Sentence) -> Sentence:
    """A row of a table of uses as a line of a list: the longest cell says what is read, another one how often or who.

    `U1 | Translator | sees own projects` is told as `Translator sees own projects`.
    """
    cells = [cell for _, cell in row.cells if cell]
    what = max(cells, key=len, default="")
    often = next((c for c in cells if c != what and rate_of(c)), "")
    who = next((c for c in cells if c not in (what, often) and not any(d.isdigit() for d in c)), "")
    text = what if kind_of(what) else f"list {what[:1].lower()}{what[1:]}"
    text = (
        f"{who} {text[:1].lower()}{text[1:]}"
        if who and kind_of(what) and cells.index(who) < cells.index(what)
        else text
    )
    return changed(row, form="bullet", text=f"{text}, {often}" if often else text, body=what, cells=())


def spoken(sentence: Sentence, about: str, model: Model) -> str:
    """A user story as `guest view bookings`, an item `Workshop: list of …` as `Workshop list of …`.

    An item of a list of uses that has no verb says what is listed: `unpaid bills`, `boats by name`.
    """
    text = _ON_PAGE.sub(lambda f: f"list {f['what']} of {f['of']}", said(sentence.text))
    if story := _STORY.match(text):
        return f"{story['who']} {asked(story['what'], model)}"
    text = asked(text, model)
    listed = about in ("workflows", "access") or (about == "api" and sentence.form in ("bullet", "numbered"))
    if not listed and not (about == "" and _IN_ORDER.search(text)):
        return text
    if (actor := _ACTOR.match(text)) and kind_of(actor["who"]) is None:
        return f"{actor['who']} {_with_verb(actor['what'], model, sure=True)}"
    if _BEHIND_A_LIST.search(text):
        return _with_verb(text, model, sure=True)
    return _with_verb(text, model) if len(text.split()) <= _SHORT else text


_IN_ORDER = screened(
    r"\b(?:newest|latest|oldest|soonest|earliest|highest|lowest|largest|smallest|heaviest|longest|shortest|best) "
    r"(?:[\w-]+ ){0,3}?(?:first|on top)\b|\b(?:sorted|ordered) by\b|\b\d+ (?:rows |lines |entries )?(?:per|a|on"
    r" a) page\b",
    re.I,
)
_BEHIND_A_LIST = screened(
    r"[,;:(]\s*(?:newest|latest|oldest|soonest|earliest|highest|lowest|largest|smallest|heaviest|longest"
    r"|shortest|best) "
    r"(?:[\w-]+ ){0,3}?(?:first|on top)\b", re.I,
)  # fmt: skip
"""What only a list has, so that a title without a verb is one wherever it stands."""
_SHORT = 14
"""Words of a text up to which it may be a mere title of what is read."""


def _with_verb(text: str, model: Model, *, sure: bool = False) -> str:
    """The text itself where it has a verb of use, else what is counted, found or listed."""
    if kind_of(text, masked(text, model)) or not model.vocabulary.mentions(text):
        return text
    if not sure and _says_something(text):
        return text
    if _COUNTED.search(text):
        return f"number of {text}"
    return f"{'find' if _FIND.match(text) and not ONE_THEN_ANOTHER.search(text) else 'list'} {text}"


_COUNTED = screened(
    r"\b(?:per|by) (?:[\w-]+ and )?(?:hour|day|week|month|quarter|year|season)\b|\bper (?!page\b|second\b"
    r"|minute\b|hour\b|request\b)[a-z]",
    re.I,
)


def clauses(text: str, model: Model) -> list[str]:
    """The parts of a sentence that have a verb and a thing of their own, each with the subject of the first.

    `Support finds a customer by phone and looks at the orders of the customer, newest first` holds two patterns; what
    names nothing (`; that happens twice a minute`) goes with the part before it.
    """
    cut = [0]
    for found in _NEXT.finditer(text):
        following = text[found.end() :]
        joined = found[0].startswith(";")
        if joined or _begins(masked(following, model)) or _same_verb(following):
            cut.append(found.start())
    parts = [text[a:b] for a, b in zip(cut, [*cut[1:], len(text)], strict=True)]
    kept: list[str] = []
    for part in parts:
        bare = _JOINT.sub("", part)
        if kept and not (model.vocabulary.mentions(bare) and model.vocabulary.mentions(_object(kept[-1], model))):
            kept[-1] += part
        else:
            kept.append(bare)
    return list(_with_subject(kept, model))


def _says_something(text: str) -> bool:
    """Whether the main part of a text has a verb: `a rental holds six items` says something, `unpaid bills` do not."""
    main = _ASIDE.sub("", text)
    return any(t.tag in ("verb", "auxiliary", "modal") for t in tagged(main))


_ASIDE = screened(
    r"\b(?:that|thats|who|which|whose|when|so|because|where|if|while)\b[^,;]*|\(not [^)]*\)|\bneeds? to\b.*$", re.I
)
_JOINT = screened(r"^(?:;|,? (?:and then|and|then),?)\s+", re.I)


def _begins(text: str) -> bool:
    """Whether a text begins with a verb of use, whatever stands behind it."""
    return any(_verb(words).match(text) for _, words in _VERBS)


def _same_verb(following: str) -> bool:
    """`looks at the orders and at the payments`: the second part has the first one's verb."""
    return bool(re.match(r"(?:at|to)\s+(?:the\s+)?", following))


def _object(text: str, model: Model) -> str:
    """What stands behind the verb of a clause; a passive one's subject is its object."""
    verb = kind_of(text, masked(text, model))
    return text[verb[2] :] if verb and model.vocabulary.mentions(text[verb[2] :]) else text if verb is None else ""


def _with_subject(parts: list[str], model: Model) -> Iterator[str]:
    """Each part with the subject of the first, and with its verb where it has none."""
    first = kind_of(parts[0], masked(parts[0], model))
    who = parts[0][: first[1]] if first else ""
    verb = parts[0][: first[2]] if first else ""
    yield parts[0]
    for part in parts[1:]:
        own = kind_of(part, masked(part, model))
        if own is None and verb:
            yield f"{verb} {re.sub('^(?:at|to) ', '', part)}"
        elif own is not None and own[1] == 0:
            yield f"{who}{part}"
        else:
            yield part
