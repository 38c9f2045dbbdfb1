"""Entities and parents that only the paths of endpoints name: `GET /customers/{id}/orders`."""

import re
from collections.abc import Iterator

from agents.knowledge import archetype_for
from agents.naming import identifier, singular
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.endpoints import PATH
from agents.requirement_analysis.entities import Declarations
from agents.requirement_analysis.forms.things import StatedLink, name_of
from agents.requirement_analysis.topics import topic

_PARTS = frozenset("item line entry position detail row step history event comment note attachment image photo".split())
_PREFIXES = frozenset("api rest public private internal admin me".split())
_NO_THINGS = frozenset(
    "auth login logout search health healthz status metrics stats statistics reports analytics"
    " webhooks exports imports export import graphql docs swagger ws oauth token tokens register"
    " signup settings options details news bulk batch actions available featured series".split()
)


def declare_resources(sentences: tuple[Sentence, ...], found: Declarations) -> None:
    """Declare what paths name: plural segments, or those before a parameter. A nested resource has its parent."""
    for sentence in sentences:
        endpoint = PATH.search(sentence.text) if topic(sentence) not in ("future", "integration") else None
        if endpoint is None:
            continue
        parent = ""
        for segment, keyed in _segments(endpoint["path"]):
            if identifier(segment) in _NO_THINGS:
                break
            label = _label(segment, parent, keyed, found)
            if not label:
                continue
            if name_of(label) not in found.by_name:
                found.declare(label, sentence)
            if parent and name_of(label) != name_of(parent):
                found.links.append(StatedLink(parent, label, "one_to_many", sentence, weak=True))
            parent = label if keyed else ""


def _segments(path: str) -> Iterator[tuple[str, bool]]:
    """(segment, whether a parameter follows it) of each fixed part of a path."""
    parts = [p for p in re.split(r"[?#]", path, maxsplit=1)[0].rstrip(":,;.").split("/") if p]
    for place, part in enumerate(parts):
        if not _is_parameter(part):
            yield part, place + 1 < len(parts) and _is_parameter(parts[place + 1])


def _is_parameter(part: str) -> bool:
    return part.startswith(("{", ":", "<", "$")) or part.isdigit()


def _label(segment: str, parent: str, keyed: bool, found: Declarations) -> str:
    """The entity that a segment names; empty for verbs, versions and words of the interface itself."""
    name = identifier(segment)
    one = singular(name)
    if name in _PREFIXES or re.fullmatch(r"n?v?\d+(?:_\d+)?", name) or not segment[:1].isalpha():
        return ""
    inner = f"{name_of(parent)}_{one}" if parent else ""
    if inner and (inner in found.by_name or one in _PARTS):
        return inner
    if one in found.by_name or one != name:
        whole = found.ending(one) if one not in found.by_name else []
        return whole[0] if len(whole) == 1 else one  # `/orders` where all that ends so is a lab order
    return name if keyed and archetype_for(name) is not None else ""
