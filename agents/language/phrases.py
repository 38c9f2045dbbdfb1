"""Noun phrases: the things that a sentence speaks of, each with its determiner, its head and the words before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.language.tokens import Tag, Token

_BEFORE: frozenset[Tag] = frozenset({"adjective", "participle", "gerund", "number", "noun", "name", "adverb"})
_OPENING: frozenset[Tag] = frozenset({"determiner", "possessive"})
_MANY = frozenset("multiple several many various numerous different all some few these those both most".split())
_EACH = frozenset("each every any one a an single exactly another this that".split())


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A run of tokens `first` to `end` (exclusive) of its sentence whose head is a noun.

    `determiner` is the word that opens it (`each`, `multiple`, `the`, or nothing); `core` are the tokens without it and
    without a possessor, `owner` the possessor's tokens (`the student's` in `the student's name`).
    """

    first: int
    end: int
    determiner: str
    core: tuple[Token, ...]
    owner: tuple[Token, ...] = ()

    @property
    def head(self) -> Token:
        """The noun that the phrase is about: its last one."""
        return self.core[-1]

    @property
    def text(self) -> str:
        """The core's words."""
        return " ".join(t.text for t in self.core)

    @property
    def many(self) -> bool:
        """Whether it speaks of several things: `multiple orders`, `orders`; `each order` is one."""
        if self.determiner in _EACH:
            return False
        return self.determiner in _MANY or self.head.plural or any(t.low in _MANY for t in self.core[:-1])


def noun_phrases(tokens: Sequence[Token]) -> tuple[NounPhrase, ...]:
    """The noun phrases of a sentence in order; `of` and other prepositions separate them.

    >>> from agents.language.tokens import tagged
    >>> [(p.determiner, p.text, p.many) for p in noun_phrases(tagged("Each customer can place multiple orders."))]
    [('each', 'customer', False), ('multiple', 'orders', True)]
    """
    return tuple(_phrases(tokens))


def _phrases(tokens: Sequence[Token]) -> Iterator[NounPhrase]:
    place = 0
    while place < len(tokens):
        end = place
        while end < len(tokens) and _continues(tokens, place, end):
            end += 1
        last = end
        while last > place and not tokens[last - 1].nominal:
            last -= 1
        if last > place and (found := _phrase(tokens, place, last)):
            yield found
        place = max(last, place + 1)


def _continues(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Whether the token at `place` still belongs to the phrase that began at `first`."""
    token = tokens[place]
    if token.tag in _OPENING:
        return place == first or tokens[place - 1].tag in _OPENING
    if token.tag == "genitive":
        return place > first
    if token.tag == "adverb":
        return place + 1 < len(tokens) and tokens[place + 1].tag in ("adjective", "participle")
    if token.tag in ("participle", "gerund") and place > first and tokens[place - 1].nominal:
        return place + 1 < len(tokens) and tokens[place + 1].nominal  # `stock taking date`; not `items sold`
    return token.tag in _BEFORE


def _phrase(tokens: Sequence[Token], first: int, end: int) -> NounPhrase | None:
    """The tokens as a phrase, the possessor and the determiner split off."""
    genitive = max((i for i in range(first, end) if tokens[i].tag == "genitive"), default=-1)
    owner = tuple(t for t in tokens[first:genitive] if t.tag not in _OPENING) if genitive > first else ()
    start = genitive + 1 if genitive > first else first
    determiner = tokens[first].low if tokens[first].tag in _OPENING else ""
    while start < end and (tokens[start].tag in _OPENING or tokens[start].low in _MANY | {"each", "every", "one"}):
        determiner = tokens[start].low
        start += 1
    core = tuple(tokens[start:end])
    return NounPhrase(first, end, determiner, core, owner) if core else None
