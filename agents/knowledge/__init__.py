"""What a domain expert knows before reading a brief: usual entities, equal words, names that tell a type, laws.

The data lie beside this file as YAML; adding an archetype is adding an entry, adding a domain is adding a file under
`archetypes/`. Everything is read once and is immutable.
"""

import functools
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from agents.knowledge.models import (
    Archetype,
    AttributeGuess,
    Duty,
    KnownAccess,
    KnownAttribute,
    KnownParent,
    KnownRule,
    NamePattern,
    Regulation,
    SealRule,
    Sense,
    Synonyms,
)
from agents.knowledge.reading import (
    KnowledgeError,
    joined_archetypes,
    parsed_archetypes,
    parsed_homonyms,
    parsed_patterns,
    parsed_regulations,
    parsed_seal_rules,
    parsed_singled_out,
    parsed_synonyms,
)
from agents.remembering import remembered

__all__ = [
    "PUBLISHED",
    "Archetype",
    "AttributeGuess",
    "Duty",
    "KnowledgeError",
    "KnownAccess",
    "KnownAttribute",
    "KnownParent",
    "KnownRule",
    "Regulation",
    "SealRule",
    "archetype_beside",
    "archetype_for",
    "archetypes",
    "attribute_guess",
    "canonical",
    "homonyms",
    "regulations",
    "seal_rules",
    "singled_out",
]

_HERE = Path(__file__).parent

PUBLISHED = frozenset(
    {"review", "rating", "comment", "post", "article", "product", "listing", "question", "answer", "video", "recipe"}
)
"""Archetypes that people make for others to read: everybody reads them, their author alone changes them."""


@functools.cache
def archetypes() -> Mapping[str, Archetype]:
    """All archetypes by name, ordered by name."""
    files = sorted((_HERE / "archetypes").glob("*.yaml"))
    with _no_garbage_collection():
        return joined_archetypes(parsed_archetypes(f.read_text("utf-8"), f"archetypes/{f.name}") for f in files)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Reading makes a hundred thousand small objects without cycles; looking for cycles takes 40 % of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@functools.cache
def _by_word() -> Mapping[str, Archetype]:
    """Archetypes by name and by each of their synonyms."""
    return MappingProxyType({word: a for a in archetypes().values() for word in (a.name, *a.synonyms)})


@functools.cache
def _synonyms() -> Synonyms:
    return parsed_synonyms((_HERE / "synonyms.yaml").read_text("utf-8"), "synonyms.yaml")


@functools.cache
def _canonical_words() -> Mapping[str, str]:
    return MappingProxyType({word: group[0] for group in _synonyms().groups for word in group})


def canonical(name: str) -> str:
    """The first word of the group of words that mean the same as `name`, or `name` itself.

    Only words that ordinary business English uses for one and the same thing share a group, so two entities of a brief
    with one canonical name may be joined. An archetype's own synonyms are wider (its usual attributes fit them) and
    are not used here.

    >>> canonical("client"), canonical("telescope")
    ('customer', 'telescope')
    """
    return _canonical_words().get(name, name)


@remembered
def archetype_for(name: str) -> Archetype | None:
    """The archetype of an entity with this singular snake_case name, or None.

    In this order: the name is an archetype's name or synonym; its canonical word is; without a suffix that adds
    nothing (`customer_record`) it is; or its end is one and the words before it are a qualifier that changes nothing
    (`online_order`), an organisation before a person (`library_member`), or the archetype's own usual parent
    (`patient_appointment`: an appointment has a patient). Any other compound is a thing of its own (`student_course`
    is no course), so it has no archetype.

    >>> [a and a.name for a in map(archetype_for, ("client", "patient_appointment", "student_course"))]
    ['customer', 'appointment', None]
    """
    if found := _direct(name):
        return found
    head, _, last = name.rpartition("_")
    if head and last in _synonyms().suffixes and (found := _direct(head)):
        return found
    words = name.split("_")
    for cut in range(1, len(words)):
        before, after = "_".join(words[:cut]), "_".join(words[cut:])
        if (found := _direct(after)) and _says_nothing_new(before, found):
            return found
    return None


def archetype_beside(name: str, company: frozenset[str]) -> Archetype | None:
    """The archetype of an entity in a brief with these words in the singular: a loan beside tools is no bank's.

    >>> [archetype_beside("loan", frozenset(words)).name for words in ({"tool", "member"}, {"bank"})]
    ['book_loan', 'loan']
    """
    senses = homonyms().get(name, ())
    if not senses:
        return archetype_for(name)
    chosen = max(senses, key=lambda sense: len(company.intersection(sense.beside)))
    if not company.intersection(chosen.beside):
        chosen = next((sense for sense in senses if not sense.beside), Sense(archetype=name, beside=()))
    return archetypes().get(chosen.archetype)


@functools.cache
def homonyms() -> Mapping[str, tuple[Sense, ...]]:
    """Words with several senses, each of whose archetypes there must be."""
    found = parsed_homonyms((_HERE / "homonyms.yaml").read_text("utf-8"), "homonyms.yaml")
    for word, senses in found.items():
        if strange := {sense.archetype for sense in senses} - {"", *archetypes()}:
            raise KnowledgeError(f'homonyms.yaml: "{word}" means {min(strange)}, which is no archetype.')
    return found


def _direct(name: str) -> Archetype | None:
    """By name, synonym or canonical word."""
    return _by_word().get(name) or _by_word().get(canonical(name))


def _says_nothing_new(before: str, archetype: Archetype) -> bool:
    """Whether words before an archetype's name leave it the same thing: a qualifier, its place, or its parent."""
    if before in _synonyms().qualifiers or (archetype.nature == "person" and before in _synonyms().places):
        return True
    named = _direct(before)
    return named is not None and any(p.entity == named.name and p.role is None for p in archetype.parents)


@functools.cache
def _patterns() -> tuple[NamePattern, ...]:
    return parsed_patterns((_HERE / "attributes.yaml").read_text("utf-8"), "attributes.yaml")


@functools.cache
def _pattern_numbers() -> Mapping[tuple[str, str], int]:
    """For each place (whole, ends, starts, holds) and run of words, the number of the pattern that has it."""
    return MappingProxyType({
        (place, word): number
        for number, pattern in enumerate(_patterns())
        for place in _PLACES
        for word in getattr(pattern, place)
    })  # fmt: skip


_PLACES = {"whole": "is", "ends": "ends with", "starts": "starts with", "holds": "holds"}
"""Where a run of words may stand in a name, strongest first, and how to say so."""


@remembered
def attribute_guess(name: str) -> AttributeGuess:
    """What an attribute's snake_case name tells about its values; text of 200 characters where it tells nothing.

    Trailing digits of a word are ignored (`phone2`, `address_line1`). Of the patterns in `attributes.yaml` one that
    prevails decides, else the one with the longest fitting run of words: `unit_price` is money, not below zero.

    >>> attribute_guess("unit_price").type, attribute_guess("shipped_at").type, attribute_guess("glorp").rule
    ('money', 'timestamp', 'the name tells no type')
    """
    words = [word for word in (part.rstrip("0123456789") for part in name.split("_")) if word] or [name]
    fits = [
        (number, place, run) for place, run in _runs(words) if (number := _pattern_numbers().get((place, run), -1)) >= 0
    ]
    if not fits and len(words) > 1 and words[-1] in _DONE:
        return attribute_guess("_".join(words[:-1])).model_copy(update={"name": name})  # `grade_obtained`
    if not fits:
        return AttributeGuess(name=name, type="string", length=200, rule="the name tells no type")
    number, place, run = min(fits, key=_weakness)
    shape = _patterns()[number].model_dump(exclude={*_PLACES, "prevails"})
    return AttributeGuess(name=name, rule=f'the name {_PLACES[place]} "{run}"', **shape)


_DONE = frozenset(
    "achieved agreed awarded bought charged consumed covered delivered driven earned given held obtained ordered paid "
    "produced received required scored sold spent supplied taken travelled used worked".split()
)
"""What is done with the fact that the words before name: `mileage_driven` is a mileage."""


def _weakness(fit: tuple[int, str, str]) -> tuple[bool, int, int, int]:
    """Sorts the strongest fit first: prevailing, longest run in words, strongest place, first in the file."""
    number, place, run = fit
    return not _patterns()[number].prevails, -run.count("_"), list(_PLACES).index(place), number


def _runs(words: list[str]) -> list[tuple[str, str]]:
    """Every (place, run of words) under which a pattern could know a name of these words; the last six words count."""
    words = words[-6:]
    count = len(words)
    runs = [("whole", "_".join(words))]
    runs += [("ends", "_".join(words[i:])) for i in range(count)]
    runs += [("starts", "_".join(words[:i])) for i in range(1, count)]
    runs += [("holds", "_".join(words[i:j])) for i in range(count) for j in range(i + 1, count + 1)]
    return runs


@functools.cache
def regulations() -> tuple[Regulation, ...]:
    """Laws and standards with what they ask of persistence, each with its source."""
    return parsed_regulations((_HERE / "compliance.yaml").read_text("utf-8"), "compliance.yaml")


@functools.cache
def seal_rules() -> tuple[SealRule, ...]:
    """Which values the application encrypts, and who asks for it."""
    rules = parsed_seal_rules((_HERE / "sealed.yaml").read_text("utf-8"), "sealed.yaml")
    known = {regulation.key for regulation in regulations()}
    for rule in rules:
        if strange := sorted(set(rule.regulations) - known):
            raise KnowledgeError(f'sealed.yaml: "{rule.what}" names {strange[0]}, which compliance.yaml does not have.')
    return rules


@functools.cache
def singled_out() -> frozenset[str]:
    """The words by which a flag singles out one row among those of its owner."""
    return parsed_singled_out((_HERE / "singled_out.yaml").read_text("utf-8"), "singled_out.yaml")
