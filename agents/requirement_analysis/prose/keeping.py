"""What sentences say is kept, without listing it: what people add and delete, and kinds that they define."""

from collections.abc import Iterator, Sequence

from agents.language import Token
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.clause import Clause
from agents.requirement_analysis.prose.things import Thing, thing

_KINDS = words_that("kind")
_DEFINING = ("define", "configure", "classify")
_KEEPING = tuple(
    "add creat insert delet remov modif updat edit publish maintain manag quer enter entry upload releas brows".split()
)
"""Beginnings of the words for keeping records: `adding`, `deletion`, `modify`."""
_DIFFERENT = ("different", "various", "multiple", "several")
_NOT_KEEPING = ("manager", "management", "entity", "editor", "address")


def kept(text: str) -> Iterator[Thing]:
    """The things that users add, change and delete: two such verbs or more before them say that they are stored."""
    tokens = Clause(text).tokens
    place = 0
    while place < len(tokens):
        end, seen = place, 0
        while end < len(tokens) and (
            _keeps(tokens[end]) or tokens[end].text in (",", "/") or tokens[end].low in ("and", "or")
        ):
            seen += _keeps(tokens[end])
            end += 1
        if seen > 1:
            yield from _kept_things(tokens, end, text)
        place = max(end, place + 1)


def _kept_things(tokens: Sequence[Token], start: int, text: str) -> Iterator[Thing]:
    """The things between a place and the next verb or mark."""
    end = next((i for i in range(start, len(tokens)) if _ends(tokens[i])), len(tokens))
    begin = start
    for place in range(start, end + 1):
        if place == end or tokens[place].low in ("and", "or") or tokens[place].text == ",":
            found = thing(tokens[begin:place], text) if place > begin else None
            if found and found.kind == "thing":
                yield found
            begin = place + 1


def _ends(token: Token) -> bool:
    return token.text in ".;:" or token.tag in ("verb", "to", "modal") or token.low in ("including", "such", "to")


def _keeps(token: Token) -> bool:
    return token.low.startswith(_KEEPING) and token.lemma not in _NOT_KEEPING


def kinds(text: str) -> Iterator[tuple[str, str]]:
    """(kind, what it is a kind of) where a sentence says that kinds are kept: `define recipe types`, `manage roles`.

    Different roles tell users apart, and what they may do, whatever the sentence does with them.
    """
    tokens = Clause(text).tokens
    for place in range(1, len(tokens)):
        head = tokens[place]
        if head.lemma not in _KINDS or not head.plural or (place + 1 < len(tokens) and tokens[place + 1].nominal):
            continue
        first = place
        while first > 0 and (_is_before(tokens[first - 1])):
            first -= 1
        named = [t for t in tokens[first:place] if t.nominal]
        verb = tokens[first - 1] if first else tokens[0]
        if head.lemma == "role" and any(t.low in _DIFFERENT for t in tokens[first:place]):
            whose = named[-1] if named else None
            yield (text[(whose or head).start : head.end], whose.text if whose else "user")
            continue
        if named and (_keeps(verb) or verb.lemma in _DEFINING or (verb.low == "of" and _keeps_by_noun(tokens, first))):
            yield text[named[-1].start : head.end], text[named[-1].start : named[-1].end]


def _is_before(token: Token) -> bool:
    return token.nominal or token.tag in ("determiner", "adjective", "possessive", "adverb")


def _keeps_by_noun(tokens: Sequence[Token], first: int) -> bool:
    """`management of recipe types`."""
    return first > 1 and tokens[first - 2].lemma in ("management", "maintenance", "definition")
