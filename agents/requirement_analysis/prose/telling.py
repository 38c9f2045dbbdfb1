"""Whether the items of a list are facts about its owner rather than other things that it has or does."""

from agents.knowledge import archetype_for
from agents.naming import identifier, singular
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.items import Item
from agents.requirement_analysis.prose.listing import IDENTIFIED, Listing
from agents.requirement_analysis.prose.things import PLAIN, is_system, tells_type

_DOING = words_that("function")
_GERUNDS = frozenset(f"{w.removesuffix('e')}ing" for w in _DOING)
_RECORDING = words_that("recording")
_HAPPENINGS = words_that("happening")
_WORK = words_that("working")
INFORMATION = (" information", " details", " data")


def is_attribute(item: Item) -> bool:
    """Whether an item can be a fact about one thing: not several others, not something that people do."""
    if item.inner and item.inner[0].low == "as":
        return False  # `one employee as manager` is a reference in a role
    if item.names or item.determiner in ("multiple", "several", "many", "various"):
        return False
    if item.determiner in ("each", "every") and not item.owner:
        return False  # `record each income` keeps incomes; `record each project's budget` keeps a budget
    first = item.tokens[0] if item.tokens else None
    if first is None:
        return True
    if len(item.tokens) == 1 and first.plural and first.lemma in _HAPPENINGS:
        return False  # `their operations are recorded` one by one
    if item.determiner == "same" or any(t.low == "same" for t in item.tokens):
        return False  # `two ships can have the same name` says nothing new of ships
    if first.low == "other" and len(item.tokens) > 1 and item.tokens[1].low in PLAIN:
        return False  # `and other relevant details`
    if first.low == "different" and item.many and not tells(item):
        return False  # `each mall contains different departments`
    if is_system(item.tokens[-1]) and len(item.tokens) == 1 and not tells(item):
        return False
    return first.low not in _GERUNDS and not (len(item.tokens) == 1 and first.lemma in _DOING)


def lists_attributes(listing: Listing, attributes: tuple[Item, ...]) -> bool:
    """Whether items are facts about the owner rather than other things that it has or does."""
    known = sum(tells(i) for i in attributes)
    if sum(last_word(i.label) in _WORK for i in attributes) * 2 > len(attributes):
        return False
    if _names_kinds(attributes):
        return False
    if listing.verb in ("such as", "with"):
        return known * 2 >= len(attributes) and (len(attributes) > 1 or listing.verb == "with")
    if listing.verb in (IDENTIFIED, "associated"):
        told = listing.verb == IDENTIFIED and known * 2 > len(attributes)
        return told or any(i.label.lower().endswith(("id", "number", "code", "name")) for i in attributes)
    if listing.verb in ("manage", "handle", "administer", "monitor", "cover", "require"):
        return known * 2 > len(attributes)
    if len(attributes) == 1 and listing.verb in _RECORDING:
        told = attributes[0].label.lower().endswith((*INFORMATION, " records", " status"))
        return known == 1 and not told and bool(attributes[0].owner or attributes[0].inner)
    if len(attributes) == 1 and listing.verb == "recorded":
        if listing.owner is not None and listing.owner.ends:
            return True  # `the level of skill with each instrument is noted`
        own = attributes[0].determiner in ("its", "their", "his", "her")
        each = listing.owner is not None and (own or listing.owner.determiner in ("each", "every"))
        return (
            known == 1 and each and not attributes[0].question
        )  # `each borrowing may be renewed, and the renewal date is recorded`
    if len(attributes) == 1 and attributes[0].many and archetype_for(singular(identifier(attributes[0].label))):
        return False  # `pictures can have tags` relates two things
    if len(attributes) == 1:
        return known == 1 and listing.verb in ("have", "include", "record", "including", "with", "contain")
    return known > 0 or listing.verb in ("have", "include", "including", "with", "record", "contain")


def _names_kinds(attributes: tuple[Item, ...]) -> bool:
    """Whether items are kinds of what the last one names: `transfers, deposits and other operations`."""
    *kinds, last = attributes
    others = last.many and [t.low for t in last.tokens[:1]] == ["other"]
    return others and len(kinds) > 1 and sum(tells(i) for i in kinds) * 2 < len(kinds)


def tells(item: Item) -> bool:
    """Whether an item's label alone tells what it holds."""
    head, space, last = item.label.rpartition(" ")
    return item.question or tells_type(item.label) or tells_type(f"{head}{space}{singular(last.lower())}")


def last_word(label: str) -> str:
    """The last word of a label in the singular."""
    return singular(identifier(label)).rpartition("_")[2]
