"""The German word list, read once: labels, notes, phrases, words, verbs and adjectives with their English."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agents.knowledge.reading import data_of
from agents.screening import Screened, screened

Kind = Literal["infinitive", "finite", "participle"]

OPEN, CLOSE = "\ue000", "\ue001"
"""Marks around what is English already; briefs do not hold these characters, because the reader removes them."""

_BLANK = re.compile(r"\{(\d)\}")
_KEPT = re.compile(r"\{=(\d)\}")


@dataclass(frozen=True)
class Verb:
    """A form of a verb: its English, which form it is, and the English participle of the verb."""

    english: str
    kind: Kind
    done: str


@dataclass(frozen=True)
class Phrase:
    """A pattern with the template that replaces it.

    `{1}` in the template is the pattern's first group, which is read on; `{=1}` is the same, kept as it is.
    """

    pattern: Screened
    template: str

    def apply(self, text: str) -> str:
        """The text with every occurrence replaced."""
        return self.pattern.sub(self.filled, text)

    def filled(self, found: re.Match[str]) -> str:
        """The template with this match's groups; its own words are marked as English."""
        groups = found.groups()
        template = _KEPT.sub(lambda kept: groups[int(kept[1]) - 1] or "", self.template)
        parts = _BLANK.split(template)
        made = [(groups[int(part) - 1] or "") if number % 2 else _marked(part) for number, part in enumerate(parts)]
        if verbatim := found.groupdict().get("value"):
            made.append(marked(verbatim.strip()))
        return "".join(made)


def marked(text: str) -> str:
    """Words that stay as they are."""
    return f"{OPEN}{text}{CLOSE}"


def _marked(part: str) -> str:
    """A template's own words, with the blanks around them outside of the marks."""
    bare = part.strip()
    if not bare:
        return part
    return f"{part[: len(part) - len(part.lstrip())]}{marked(bare)}{part[len(part.rstrip()) :]}"


@dataclass(frozen=True)
class Glossary:
    """The word list, by kind of entry; keys are lower case.

    `german` are words that English does not have; they tell the language of an item without function words.
    """

    labels: Mapping[str, str]
    labelled: Mapping[str, str]
    notes: tuple[Phrase, ...]
    sized: Phrase
    phrases: tuple[Phrase, ...]
    words: Mapping[str, str]
    verbs: Mapping[str, Verb]
    adjectives: Mapping[str, str]
    german: frozenset[str]


@functools.cache
def glossary() -> Glossary:
    """The word list that lies beside this file."""
    data = data_of((Path(__file__).parent / "words.yaml").read_text("utf-8"), "words.yaml")
    own = {**data["words"], **data["adjectives"], **{form: "" for forms in data["verbs"] for form in forms.split("/")}}
    notes = tuple(Phrase(screened(p, re.I), t) for p, t in data["notes"])
    phrases = (
        Phrase(screened(rf"\b{notes[1].pattern.pattern}(?=[\s,;)]|$)", re.I), notes[1].template),
        *(Phrase(screened(p, re.I), t) for p, t in data["phrases"]),
    )
    return Glossary(
        labels=data["labels"], labelled=data["labelled"], notes=notes[2:],
        sized=Phrase(screened(rf"\b(?:{notes[0].pattern.pattern})", re.I), notes[0].template),
        phrases=phrases,
        words=data["words"], verbs=_verbs(data["verbs"]), adjectives=data["adjectives"],
        german=frozenset(w for w, english in own.items() if len(w) > 3 and w != english),
    )  # fmt: skip


def _verbs(entries: Mapping[str, str]) -> dict[str, Verb]:
    """Every form of every verb: infinitive (also the plural), third person, participle."""
    found: dict[str, Verb] = {}
    for forms, english in entries.items():
        infinitive, third, participle = forms.split("/")
        base, done = english.split("/")
        found.setdefault(infinitive, Verb(base, "infinitive", done))
        found.setdefault(third, Verb(_third(base), "finite", done))
        found.setdefault(participle, Verb(done, "participle", done))
        found.setdefault(f"{participle} ", Verb(done, "participle", done))  # where the third person is the same word
    return found


def _third(base: str) -> str:
    """The third person of an English verb, of which only the first word is inflected."""
    head, _, rest = base.partition(" ")
    irregular = {"be": "is", "have": "has"}
    if head.endswith(("s", "sh", "ch", "x", "o")):
        head += "es"
    elif head.endswith("y") and head[-2] not in "aeiou":
        head = f"{head[:-1]}ies"
    else:
        head = irregular.get(head, f"{head}s")
    return f"{head} {rest}".strip()
