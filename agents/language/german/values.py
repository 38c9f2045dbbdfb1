"""Values of the data in the brief's own spelling: states, kinds, defaults are stored as written, never translated."""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from agents.language.german.glossary import glossary, marked
from agents.language.german.stages import staged_values

_ARROW = re.compile(r"\s*(?:→|->|=>|⇒|–>)\s*")
_STATUS = r"(?:status|zustand|stufe|phase|lebenszyklus)"
_HEAD = re.compile(rf"^[^:()]{{0,60}}?{_STATUS}[^:()]{{0,30}}?(?::|\s)\s*(?P<rest>.*)$", re.I)
_BRACKETS = re.compile(r"^(?P<head>[^():]{1,60})\((?P<list>[^()]*)\)")
_LABELLED = re.compile(r"^(?P<head>[^():]{1,60}):\s*(?P<list>[^():]*)$")
_ONE_OF = re.compile(
    r"\b(?:eine[rs]? (?:von|aus|der werte)|(?:mögliche|erlaubte) werte)\s*:?\s*(?P<list>[^.;()]+)", re.I
)
_INNER = re.compile(r"\((?P<list>[^():]*)\)")
_ENUM = re.compile(r"(?:auswahl|auswahlliste|aufzählung|enum|enumeration)", re.I)
_PLAIN = frozenset({"ja", "nein", "wahr", "falsch", "null", "optional", "eindeutig", "und", "oder", "usw", "etc"})
_ENDING = r"(?:e[nrsm]?)?"


_DONE_BY = re.compile(r"\b(?:wird|werden|wurden?)\s[^,;.]*\b(?:vo[nm]|mit)\s[^,;.]*$")


class Spoken(Protocol):
    """What this module needs of a sentence."""

    text: str
    label: str
    body: str
    form: str
    cells: tuple[tuple[str, str], ...]


def stated_values(sentences: Iterable[Spoken]) -> frozenset[str]:
    """The values that state chains and lists of values name."""
    return frozenset(
        value
        for sentence in sentences
        if sentence.form not in ("heading", "code")
        for value in (*_chained(sentence), *_listed(sentence), *staged_values(sentence.text))
        if 2 < len(value) <= 40 and value.lower() not in _PLAIN and not any(c.isdigit() for c in value)
    )


def _chained(sentence: Spoken) -> Iterator[str]:
    """The states of `Status: offen → in Arbeit → erledigt`."""
    if not _ARROW.search(sentence.text):
        return
    found = _HEAD.match(sentence.text)
    text = found["rest"] if found else sentence.body
    parts = [part for chain in re.split(r"[,;.]", text) for part in _ARROW.split(chain)]
    states = [s.strip(" `'\"*.:") for part in parts for s in re.split(r"\boder\b|/|\|", part)]
    if found or (states and all(s[:1].islower() for s in states if s)):
        yield from (s for s in states if s and len(s.split()) <= 3)


def _listed(sentence: Spoken) -> Iterator[str]:
    """The values in the brackets of an attribute line, behind its colon, or behind `eine von`."""
    if found := _ONE_OF.search(sentence.text):
        yield from _split(found["list"])
    if sentence.body.count(",") > 1 and not _ARROW.search(sentence.text):
        for found in _INNER.finditer(sentence.body):
            parts = _split(found["list"])
            if parts and all(p[:1].islower() for p in parts):
                yield from parts
    if sentence.form == "row" and any(_ENUM.fullmatch(value.strip()) for _, value in sentence.cells):
        for _, value in sentence.cells[1:]:
            yield from _split(value)
    if sentence.form == "paragraph" or _ARROW.search(sentence.text):
        return
    if (found := _BRACKETS.match(sentence.text)) and len(found["head"].split()) <= 4:
        parts = _split(found["list"])
        if any(p[:1].islower() for p in parts):
            yield from parts
    elif (found := _LABELLED.match(sentence.text)) and len(found["head"].split()) <= 4:
        parts = _split(found["list"])
        if all(p[:1].islower() for p in parts):
            yield from parts


def _split(text: str) -> list[str]:
    """The values of a list; empty where it has one only, or holds notes or descriptions."""
    parts = [p.strip(" `'\"") for p in re.split(r"[,|/]", text) if p.strip()]
    fits = len(parts) > 1 and all(len(p.split()) <= 3 for p in parts) and not any(is_note(p) for p in parts)
    return parts if fits else []


def is_note(text: str) -> bool:
    """Whether words are a note of an attribute line."""
    return any(note.pattern.fullmatch(text.strip()) for note in glossary().notes)


def protector(values: frozenset[str]) -> re.Pattern[str] | None:
    """A pattern that finds the values in a sentence, with the endings that adjectives take there."""
    if not values:
        return None
    spelled = "|".join(_either_case(v) for v in sorted(values, key=lambda v: (-len(v), v)))
    return re.compile(rf"(?<!\w)(?P<value>{spelled}){_ENDING}(?!\w)")


def _either_case(value: str) -> str:
    """A value that may begin a sentence: `Stornierte Buchungen`."""
    first = re.escape(value[0])
    return (
        f"[{value[0]}{value[0].upper()}]{re.escape(value[1:])}" if value[0].islower() else first + re.escape(value[1:])
    )


def protected(text: str, pattern: re.Pattern[str] | None) -> str:
    """The text with its values marked as they are stored."""
    return pattern.sub(lambda found: found[0] if _is_deed(found) else marked(found["value"]), text) if pattern else text


def _is_deed(found: re.Match[str]) -> bool:
    """Whether a state's word says what somebody does: `Schäden werden von Mitgliedern gemeldet`."""
    return _DONE_BY.search(found.string[: found.start()]) is not None
