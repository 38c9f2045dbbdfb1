"""What the noun phrases of a story name: things and facts, and what is known of such names."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.knowledge import Archetype, KnownParent, archetype_for
from agents.knowledge.deeds import unstored, words_of
from agents.language import Token
from agents.naming import identifier, singular, words
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.things import tells_type
from agents.requirement_analysis.stories.deeds import Deed, Phrase

_PLAIN = words_that("plain") | frozenset(
    "available free new old open past upcoming current own future recent next".split()
)
_TRAILING = words_that("trailing") - {"class", "table", "form"}
MEASURED = words_of("measured")
TO = ("for", "of", "from", "to", "on", "in", "about", "against", "into")
"""Prepositions behind which stands what something belongs to."""


@dataclass(frozen=True)
class Named:
    """What a noun phrase names: its label in the brief's words, its name in the singular, and its possessor."""

    label: str
    name: str
    owner: str = ""
    own: bool = False
    many: bool = False


def opens_account(deed: Deed) -> bool:
    """`log in`, `sign in`, `sign up`, `register`: with nothing else that it is done to."""
    enters = deed.verb in ("log", "sign") and deed.following[:1] in (("in",), ("up",), ("on",))
    alone = not [n for p in deed.objects if (n := named(p)) and not is_fact(n)] and "for" not in deed.following
    return (enters or deed.verb == "register") and alone and not [1 for prep, _ in deed.around if prep in TO]


def runs_of(name: str) -> list[str]:
    """Every run of words of a name, longest first."""
    words_ = name.split("_")
    return [
        "_".join(words_[i:j]) for n in range(len(words_), 0, -1) for i in range(len(words_) - n + 1) for j in [i + n]
    ]


def named(phrase: Phrase) -> Named | None:
    """The thing or fact of a noun phrase, without words that only say which one: `damaged parcel`, `free rooms`."""
    words_ = [t for t in phrase.core.core if t.low not in _PLAIN and t.tag not in ("number", "adverb")]
    if not words_ or not words_[-1].nominal:
        return None
    while len(words_) > 1 and words_[0].tag in ("participle", "adjective") and not _usual(words_):
        if not _usual(words_[1:]):
            break
        words_ = words_[1:]
    while len(words_) > 1 and words_[-1].lemma in _TRAILING and _kind(words_) in (None, _kind(words_[:-1])):
        words_ = words_[:-1]  # movie information
    label = " ".join((*(t.text for t in words_), *phrase.tail.split()))
    owner = " ".join(t.text for t in phrase.core.owner if t.low not in _PLAIN)
    own = phrase.core.determiner in ("my", "our")
    name = singular(identifier(label))
    return Named(label, name, owner, own, words_[-1].plural) if words(label) else None


def _kind(tokens: Sequence[Token]) -> Archetype | None:
    return archetype_for(singular(identifier(" ".join(t.text for t in tokens))))


def _usual(tokens: Sequence[Token]) -> bool:
    return _kind(tokens) is not None


def usual_parents(name: str) -> tuple[KnownParent, ...]:
    archetype = archetype_for(name)
    return archetype.parents if archetype else ()


def is_usual_person(name: str) -> bool:
    archetype = archetype_for(name)
    return archetype is not None and archetype.nature == "person"


def is_fact(what: Named) -> bool:
    """Whether a name is a fact about something rather than a thing."""
    return (
        archetype_for(what.name) is None
        and (what.name in MEASURED or tells_type(what.label))
        and not is_person(what.name)
    )


def is_idle(name: str) -> bool:
    """Whether a name means nothing that is stored, unless people usually store it."""
    return unstored(name) is not None and archetype_for(name) is None


def measures(archetype: Archetype, whole: Archetype) -> bool:
    """Whether an archetype keeps what is measured of another."""
    names = {a.name for a in archetype.attributes}
    counted = sum(any(n == m or n.endswith(f"_{m}") for m in MEASURED) for n in names)
    return counted > 1 and any(p.entity == whole.name and p.role is None for p in archetype.parents)
