"""What all the sentences together say of two things: which of them has many of the other, or both."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.pairs import Pair
from agents.requirement_analysis.prose.things import Thing

_SHARES = words_that("sharing")
_ATTENDS = words_that("attending")
_ANY = ("each", "every", "a", "an", "some")
_GROUPS = words_that("group") | words_that("organisation")


_ROWS = ("rows", "records", "entries")
"""What a number counts of anything: an accession that has 55,000 rows has nothing of that name."""


def candidates(read: Sequence[Pair]) -> Iterator[Thing]:
    """The things that a count makes likely to be stored: `multiple hosts`."""
    for pair in read:
        if pair.object.determiner == "several" and pair.object.label.lower() in _ROWS:
            continue
        if pair.count == "many" and not pair.made and not pair.loose:
            if pair.subject.kind == "thing" and pair.subject.determiner in _ANY:
                yield pair.subject
            if pair.object.kind == "thing":
                yield pair.object


Known = Callable[[Thing], str | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of the child a parent has, by which verbs the sentences say so, whether they only tell what is done."""

    parent: str
    child: str
    cardinality: Literal["one_to_one", "one_to_many", "many_to_many"]
    verbs: tuple[str, ...]
    made: bool = False
    optional: bool = False


def counted(
    read: Sequence[Pair],
    known: Known,
    people: Callable[[str], bool] = is_person,
    happens: Callable[[str], bool] = lambda _: False,
) -> Iterator[Counted]:
    """What all the sentences together say of each pair of known entities.

    `people` tells which of those are persons, `happens` which of them are there once: a lesson at its hour.
    """
    verbs: dict[tuple[str, str], list[str]] = {}
    seen: dict[tuple[str, str], set[str]] = {}
    order: list[tuple[str, str]] = []
    stated: set[tuple[str, str]] = set()
    makers = _made_and_shared(read, known)
    for pair in read:
        one, other = known(pair.subject), known(pair.object)
        if one is None or other is None or one == other:
            continue
        key = (min(one, other), max(one, other))
        if pair.verb in _MAKES_ALONE and key in makers:
            continue
        if key not in seen:
            order.append(key)
        facts = seen.setdefault(key, set())
        if not pair.made:
            stated.add(key)
        forward = "ab" if key == (one, other) else "ba"
        backward = forward[::-1]
        verbs.setdefault(key, []).append(pair.verb)
        if pair.optional:
            facts.add(f"maybe {forward}")
        if pair.count == "one" and pair.object.determiner == "one":
            facts.add(f"single {forward}")
        if pair.count == "many":
            facts.add(f"many {forward}~" if pair.implied else f"many {forward}")
        elif pair.tied:
            facts |= {f"many {backward}?", f"one {forward}?"}
        elif pair.made:
            facts.add(f"many {forward}?")
        else:
            facts.add(f"one {forward}")
    for maker, made, verb in makers.values():
        yield Counted(maker, made, "one_to_many", (verb,))
    for key in order:
        parent, child, shared = _decided(key, seen[key], verbs[key], people)
        taking = frozenset() if any(map(people, key)) else {"take"}  # no sensor takes an exam
        attended = bool((_ATTENDS - taking) & set(verbs[key]))
        common = {"many ab", "many ba"} <= seen[key] or attended
        shared = shared and (common or not happens(child))
        cardinality: Literal["one_to_one", "one_to_many", "many_to_many"]
        cardinality = "many_to_many" if shared else "one_to_one" if _is_single(seen[key], verbs[key]) else "one_to_many"
        maybe = ("maybe ab" if child == key[0] else "maybe ba") in seen[key]
        yield Counted(parent, child, cardinality, tuple(dict.fromkeys(verbs[key])), key not in stated, maybe)


def _is_single(facts: set[str], verbs: Sequence[str]) -> bool:
    """Whether both have one of the other by the same verb, or belong to it, and neither has several."""
    same = len(set(verbs)) == 1 or set(verbs) <= _OWNS
    return same and {"single ab", "single ba"} <= facts and not {"many ab", "many ba"} & facts


_OWNS = words_that("owning") | {"belong", "correspond"}


def _made_and_shared(read: Sequence[Pair], known: Known) -> dict[tuple[str, str], tuple[str, str, str]]:
    """(maker, made, verb) where others have a share in what somebody makes: users post videos and like videos."""
    made: dict[tuple[str, str], tuple[str, str, str]] = {}
    shared: set[tuple[str, str]] = set()
    for pair in read:
        one, other = known(pair.subject), known(pair.object)
        if one is None or other is None or one == other or pair.tied:
            continue
        key = (min(one, other), max(one, other))
        if pair.verb in _SHARES - _MAKES:
            shared.add(key)
        elif pair.verb in _MAKES_ALONE and pair.count == "many" and not pair.implied and is_person(one):
            made.setdefault(key, (one, other, pair.verb))
    return {key: found for key, found in made.items() if key in shared}


_MAKES = words_that("making")
_MAKES_ALONE = frozenset({"post", "publish", "upload", "write", "create"})


def _takes_part(key: tuple[str, str], facts: set[str], verbs: Sequence[str], people: Callable[[str], bool]) -> bool:
    """Whether several people of one thing may be of others as well: hosts of a programme, but not staff of a team."""
    whole, part = key if "many ab" in facts else key[::-1]
    alone = whole.rpartition("_")[2] in _GROUPS or people(whole)
    return set(verbs) == {"have"} and people(part) and not alone


def _decided(
    key: tuple[str, str], facts: set[str], verbs: Sequence[str], people: Callable[[str], bool]
) -> tuple[str, str, bool]:
    """(parent, child, whether both have many of each other): what all that is said of a pair amounts to."""
    a, b = key
    if {"many ab", "many ba"} <= facts:
        return a, b, True
    shared = any(v in _SHARES for v in verbs) or _takes_part(key, facts, verbs, people)
    shared = shared or ("belong" in verbs and bool({"many ab", "many ba"} & facts))  # to one or more collections
    shared = shared or bool({"many ab~", "many ba~"} & facts)
    for weak in ("", "?"):
        if f"many ab{weak}" in facts:
            return a, b, shared and not {"many ba?", "one ba", "one ba?"} & facts
        if f"many ba{weak}" in facts:
            return b, a, shared and not {"many ab?", "one ab", "one ab?"} & facts
    return (b, a, False) if "one ab" in facts else (a, b, False)
