"""What a brief counts, keeps for a time or lets pass through states: things that are stored, whatever else it says.

Sentences of several authors agree in this more than in how they describe things: `1,200 jobs a week and 850 linguists`,
`invoices are kept for ten years`, `a loan goes from requested to approved`. One such word proves little, because people
count pages and hours as well; it must be spoken of elsewhere in the brief, too.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from agents.language import noun_phrases, tagged
from agents.naming import identifier, singular, words
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.numbers import SECONDS, Quantity, quantities
from agents.requirement_analysis.people import is_human
from agents.requirement_analysis.prose.declaring import meant
from agents.requirement_analysis.prose.telling import last_word
from agents.requirement_analysis.prose.things import Thing, like_attribute, one, thing
from agents.requirement_analysis.topics import topic
from agents.screening import screened

_ANYBODY = words_that("anybody")
_UNCOUNTED = words_that("uncounted") | words_that("unit")
_LIMITED = screened(
    r"\b(?:at most|at least|no more than|not more than|more than|fewer than|less than|up to|top|last|first|next"
    r"|within|after|every|under|maximum(?: of)?|exactly)\s+(?:the )?$",
    re.I,
)
_TERM = screened(
    r"\b(?:kept?|keeps?|stay|stays|retain\w*|stored|archived?|delet\w+|erased?|purged?|removed?|gone?|go|dropped"
    r"|anonymi[sz]ed)\b",
    re.I,
)
_LIFE = screened(
    r"^(?:an?|the|each|every)?\s*(?P<what>[\w -]{3,30}?)(?:'s life| life| status)?\s*(?::|\bgoes\b:?|\bmoves\b:?)\s*"
    r"(?:from\s+)?[\w ]+(?:→|->|=>)",
    re.I,
)
_FOR = screened(r"\s*(?:each )?for (?:the |all )?(?P<what>[\w-]+(?: [\w-]+)?)", re.I)
_MANY = "many "
_FEWEST = 20
"""The least number that counts rows by itself; smaller ones do where they are one of several counts."""
_CROWD = 100
"""People from whom on they are data: fewer are those who work with it."""


def confirm_weighed(sentences: Sequence[Sentence], found: Declarations) -> frozenset[str]:
    """Declares what numbers, terms or lives show to be stored; gives the names of all that they show, known or new."""
    spoken = _spoken(sentences)
    names: dict[str, None] = {}
    for sentence in sentences:
        if sentence.form not in ("paragraph", "bullet", "numbered") or topic(sentence) in ("future", "stack"):
            continue
        for named in _weighed(sentence):
            name = singular(identifier(named.label))
            if known := meant(named, found):
                names[known] = None
            elif spoken[name] > 1 and _may_be_stored(named, name):
                names[found.declare(one(named.label), sentence, "low", bare=True).name] = None
    return frozenset(names)


def _spoken(sentences: Sequence[Sentence]) -> Counter[str]:
    """In how many sentences each word and each pair of words stands, in the singular."""
    spoken: Counter[str] = Counter()
    for sentence in sentences:
        found = [singular(w) for w in words(sentence.text)]
        spoken.update({*found, *(f"{a}_{b}" for a, b in itertools.pairwise(found))})
    return spoken


def _may_be_stored(named: Thing, name: str) -> bool:
    """Whether a noun can be a thing: no fact, no unit, no word for anybody who works with the application."""
    last = last_word(named.label)
    return (
        named.kind == "thing" and not like_attribute(named) and last not in _ANYBODY | _UNCOUNTED
        and last not in SECONDS and len(name) > 2 and not any(c.isdigit() for c in name)
    )  # fmt: skip


def _weighed(sentence: Sentence) -> Iterator[Thing]:
    """The things that one sentence counts, keeps for a time or leads through states."""
    text = sentence.text
    counts = [q for q in quantities(text) if not q.unit and q.noun and not _LIMITED.search(text[: q.start])]
    counted = [(q, named) for q in counts if (named := _noun(q))]
    for quantity, named in counted:
        least = _CROWD if is_human(singular(identifier(named.label))) else 2 if len(counted) > 1 else _FEWEST
        if quantity.value >= least:
            yield named
    if found := _LIFE.search(text):
        named = thing(tagged(found["what"]), found["what"])
        if named is not None:
            yield named
    for clause in re.split(r"[;.]\s+|,\s+(?=[\w ]{3,40}\d)", text):
        terms = [q for q in quantities(clause) if q.unit in ("day", "week", "month", "year") and not q.per]
        if terms and (found := _FOR.match(clause[terms[-1].end :])):
            clause = found["what"]  # `ten years for invoices`
        elif not terms or not _TERM.search(clause):
            continue
        for phrase in noun_phrases(tagged(clause)):
            if phrase.many and phrase.head.low.rstrip("s") not in SECONDS:
                named = thing(phrase.core, clause)
                if named is not None:
                    yield named
                break


def _noun(quantity: Quantity) -> Thing | None:
    """The things behind a number, in the plural: `invoices` of `2,000 invoices per month`."""
    text = f"{_MANY}{quantity.noun}"  # behind a number stands a noun, whatever a word can be by itself
    phrase = next(iter(noun_phrases(tagged(text))), None)
    if phrase is None or phrase.first > 1 or not (phrase.head.plural or phrase.head.low.endswith("s")):
        return None
    return thing(phrase.core, text)
