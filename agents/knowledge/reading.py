"""From the text of a knowledge file to checked models, as pure functions, so that errors can be planted and seen.

Values are read as text and typed by the models alone: YAML's own guesses (`no` is false, `1.10` is 1.1) would change
currency and country codes, and resolving them costs half of the loading time.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from agents.knowledge.models import Archetype, NamePattern, Regulation, SealRule, Sense, Synonyms
from contracts.base import Contract

_Model = TypeVar("_Model", bound=Contract)
_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _text_tag(loader: object, kind: type[yaml.Node], value: object, implicit: object) -> str:
    """Every node keeps the one tag of its kind, since nothing is typed here."""
    return "str" if kind is yaml.ScalarNode else "collection"


_LOADER: Any = type("TextLoader", (_BASE,), {"resolve": _text_tag})


class KnowledgeError(ValueError):
    """A knowledge file is wrong: says the file, the entry, what is wrong and what would be right."""


def data_of(text: str, file: str) -> dict[str, Any]:
    """A file's mapping with every scalar as text; duplicate keys are refused, which PyYAML itself overlooks."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise KnowledgeError(
            f"{file}: not valid YAML: {error}. Check indentation, quotes and brackets there."
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise KnowledgeError(f"{file}: the file must be a mapping at its top level.")
    data: dict[str, Any] = _plain(node, file)
    return data


def _plain(node: Any, file: str) -> Any:
    """A YAML node as str, list or dict."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file) for item in node.value]
    mapping: dict[str, Any] = {}
    for key, value in node.value:
        if key.value in mapping:
            line = key.start_mark.line + 1
            raise KnowledgeError(
                f'{file}, line {line}: key "{key.value}" stands twice in one entry. Remove one of them.'
            )
        mapping[key.value] = _plain(value, file)
    return mapping


def _sections(text: str, file: str, *names: str) -> dict[str, Any]:
    """The file's data, which must have exactly the sections `names`."""
    data = data_of(text, file)
    if sorted(data) != sorted(names):
        raise KnowledgeError(f"{file}: sections are {', '.join(data)}; expected {', '.join(names)}.")
    return data


def _checked(model: type[_Model], entry: object, file: str, place: str, **more: object) -> _Model:
    """One entry as a model; pydantic's complaints become one sentence with file, entry, field and remedy."""
    if not isinstance(entry, dict):
        raise KnowledgeError(f"{file}, {place}: must be a mapping of keys to values, is {entry!r}.")
    try:
        return model.model_validate({**entry, **more})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the entry"
        unknown = first["type"] == "extra_forbidden"
        remedy = f" Known keys: {', '.join(model.model_fields)}." if unknown and len(first["loc"]) == 1 else ""
        problem = f'unknown key "{first["loc"][-1]}"' if unknown else first["msg"].removeprefix("Value error, ")
        raise KnowledgeError(f"{file}, {place}, {field}: {problem}.{remedy}") from None


def parsed_archetypes(text: str, file: str) -> tuple[Archetype, ...]:
    """The archetypes of one domain's file."""
    data = _sections(text, file, "domain", "archetypes")
    found = []
    for number, entry in enumerate(data["archetypes"], start=1):
        name = entry.get("name", f"number {number}") if isinstance(entry, dict) else f"number {number}"
        found.append(_checked(Archetype, entry, file, f'archetype "{name}"', domain=data["domain"]))
    return tuple(found)


def joined_archetypes(files: Iterable[tuple[Archetype, ...]]) -> Mapping[str, Archetype]:
    """All archetypes by name, in the order of their names; a word may belong to one archetype only.

    Parents must exist, because a relationship to nothing would never be applied and nobody would notice.
    """
    found: dict[str, Archetype] = {}
    owners: dict[str, Archetype] = {}
    for archetype in (a for file in files for a in file):
        for word in (archetype.name, *archetype.synonyms):
            if other := owners.get(word):
                raise KnowledgeError(
                    f'"{word}" of archetype "{archetype.name}" (domain {archetype.domain}) already means '
                    f'"{other.name}" (domain {other.domain}). Rename it or remove the synonym.'
                )
            owners[word] = archetype
        found[archetype.name] = archetype
    for archetype in found.values():
        for parent in archetype.parents:
            if parent.entity not in found:
                raise KnowledgeError(
                    f'Archetype "{archetype.name}" (domain {archetype.domain}) has parent "{parent.entity}", which '
                    "is no archetype's name. Add it, or name the archetype instead of its synonym."
                )
    return MappingProxyType({name: found[name] for name in sorted(found)})


def parsed_synonyms(text: str, file: str) -> Synonyms:
    """Groups of words for one thing; a word in two groups would have two canonical forms."""
    synonyms = _checked(Synonyms, data_of(text, file), file, "the file")
    seen: dict[str, str] = {}
    for group in synonyms.groups:
        if len(group) < 2:
            raise KnowledgeError(f"{file}, group {list(group)}: a group needs two words or more.")
        for word in group:
            if word in seen:
                raise KnowledgeError(f'{file}: "{word}" stands in the groups of "{seen[word]}" and "{group[0]}".')
            seen[word] = group[0]
    return synonyms


def parsed_patterns(text: str, file: str) -> tuple[NamePattern, ...]:
    """The ordered name patterns of attributes; a word that an earlier pattern takes already would never be reached."""
    entries = _sections(text, file, "patterns")["patterns"]
    patterns = tuple(_checked(NamePattern, e, file, f"pattern {n}") for n, e in enumerate(entries, start=1))
    seen: dict[tuple[str, str], int] = {}
    for number, pattern in enumerate(patterns, start=1):
        for place in ("whole", "ends", "starts", "holds"):
            for word in getattr(pattern, place):
                if earlier := seen.get((place, word)):
                    raise KnowledgeError(f'{file}: "{word}" under {place} stands in patterns {earlier} and {number}.')
                seen[place, word] = number
    return patterns


def parsed_seal_rules(text: str, file: str) -> tuple[SealRule, ...]:
    """The rules; each of their regulations must be known by whoever reads them."""
    entries = _sections(text, file, "rules")["rules"]
    return tuple(_checked(SealRule, e, file, f"rule {n}") for n, e in enumerate(entries, start=1))


def parsed_regulations(text: str, file: str) -> tuple[Regulation, ...]:
    """The regulations; a name in a brief must call one of them only."""
    entries = _sections(text, file, "regulations")["regulations"]
    regulations = tuple(
        _checked(Regulation, e, file, f'regulation "{e.get("key", n) if isinstance(e, dict) else n}"')
        for n, e in enumerate(entries, start=1)
    )
    seen: dict[str, str] = {}
    for regulation in regulations:
        for name in regulation.names:
            if name in seen:
                raise KnowledgeError(f'{file}: the name "{name}" calls both "{seen[name]}" and "{regulation.key}".')
            seen[name] = regulation.key
    return regulations


def parsed_singled_out(text: str, file: str) -> frozenset[str]:
    """The words of flags that one row of each owner has, in lower case, with underscores within."""
    found = _sections(text, file, "words")["words"]
    if not isinstance(found, list) or not all(
        isinstance(w, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", w) for w in found
    ):
        raise KnowledgeError(f"{file}, words: must be a list of words in lower case, is {found!r}.")
    return frozenset(found)


def parsed_homonyms(text: str, file: str) -> Mapping[str, tuple[Sense, ...]]:
    """The senses of words that name several things; a word of company tells only one of them."""
    entries = _sections(text, file, "words")["words"]
    found: dict[str, tuple[Sense, ...]] = {}
    for word, senses in entries.items():
        found[word] = tuple(_checked(Sense, sense, file, f'word "{word}"') for sense in senses)
        company = [other for sense in found[word] for other in sense.beside]
        if len(found[word]) < _FEWEST_SENSES or len(company) != len(set(company)):
            raise KnowledgeError(f'{file}: "{word}" needs two senses or more, each with words that no other has.')
    return MappingProxyType(found)


_FEWEST_SENSES = 2
