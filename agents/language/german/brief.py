"""A whole brief in German, or with German names, read into English and given back."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from agents.knowledge.german import is_german_alone
from agents.language.detection import counted
from agents.language.german.gloss import CODE, Glosser
from agents.language.german.glossary import glossary
from agents.language.german.names import Names
from agents.language.german.senses import meanings_in
from agents.language.german.values import protector, stated_values

_Sentence = TypeVar("_Sentence", bound=Any)
_HEADS = re.compile(r"[,;(:→|]|->|\s[-–—]\s")
_CUT = re.compile(r"(?:^|\s)(?:\d{1,3}|Mio|Mrd|Tsd|ca|Nr|inkl|bzw|ggf|max|min|z\. ?B|d\. ?h)\.$")
_NAME = re.compile(r"[^\W\d_]{4,}")
_COUNTED = re.compile(
    r"(?P<label>(?:(?:ca\.?|rund|etwa|ungefähr|knapp|gut) )?\d[\d.]* [A-ZÄÖÜ][\w-]+)"
    r"(?: (?:aktuell|derzeit|zurzeit|momentan|insgesamt|zur Zeit))?(?:[;,]| [–-]) (?P<body>[A-ZÄÖÜ][^.;]*,[^.;]*)$"
)
_FEWEST_NAMES = 2
_KEYWORDS = {
    "Angenommen": "Given", "Gegeben sei": "Given", "Gegeben seien": "Given", "Wenn": "When", "Dann": "Then",
    "Und": "And", "Aber": "But",
}  # fmt: skip
"""The keywords of Gherkin's German dialect."""


@dataclass
class Glossed:
    """The sentences in English, the pairs of names, and every gloss with the brief's own words.

    `mostly` says that the brief is written in German, so that what is added to its words is German, too.
    """

    sentences: tuple[Any, ...]
    names: Names = field(default_factory=Names)
    originals: dict[str, str] = field(default_factory=dict)
    mostly: bool = False


def speaks_german(text: str, german: int, english: int) -> bool:
    """Whether a brief has German in it: sentences, or names that are German nouns and no English words."""
    if german >= 3 and german * 10 >= english:
        return True
    found = {w.lower() for w in _NAME.findall(text) if w[0].isupper()}
    return sum(is_german_alone(w) for w in found) >= _FEWEST_NAMES


def glossed(sentences: tuple[_Sentence, ...], mostly: bool) -> Glossed:
    """The sentences in English; `mostly` says that the brief is written in German, so that short items are too.

    Line and quote keep the brief's words. Sentences that an abbreviation or an ordinal cut in two are joined.
    """
    sentences = tuple(map(_counted_first, _joined(list(sentences)))) if mostly else sentences
    values = protector(stated_values(sentences)) if mostly else None
    result = Glossed((), mostly=mostly)
    result.names.mostly = mostly
    result.names.meanings = meanings_in("\n".join(s.text for s in sentences)) if mostly else {}
    glosser = Glosser(result.names, values)
    nouns = Glosser(result.names, None)
    _prime(sentences, result.names)
    for sentence in sentences:
        result.names.written(sentence.text)
    steps = _steps(sentences) if mostly else {}
    read = []
    for place, sentence in enumerate(sentences):
        bare, keyword = steps.get(place, (sentence, ""))
        done = _sentence(bare, glosser, nouns, mostly, result.originals)
        if keyword:
            text = f"{keyword} {done.text}"
            done = dataclasses.replace(done, text=text, body=text, quote=sentence.quote or sentence.text)
            result.originals.setdefault(text, sentence.text)
        read.append(done)
    result.sentences = tuple(read)
    return result


def _steps(sentences: tuple[_Sentence, ...]) -> dict[int, tuple[_Sentence, str]]:
    """The steps of scenarios by their place: each without its keyword, and the keyword in English."""
    found: dict[int, tuple[_Sentence, str]] = {}
    inside = False
    for place, sentence in enumerate(sentences):
        keyword = next((k for k in _KEYWORDS if sentence.text.startswith(f"{k} ")), "") if inside else ""
        inside = bool(keyword) or sentence.label.partition(" ")[0] in ("Szenario", "Grundlage", "Hintergrund")
        if keyword:
            bare = sentence.text[len(keyword) + 1 :]
            found[place] = (dataclasses.replace(sentence, text=bare, body=bare, label=""), _KEYWORDS[keyword])
    return found


def _prime(sentences: tuple[_Sentence, ...], names: Names) -> None:
    """Names that lists and headings give come before the same things in prose, so that a design calls them by these."""
    for sentence in sentences:
        if sentence.form in ("bullet", "row", "heading"):
            for word in _NAME.findall(_HEADS.split(sentence.text, maxsplit=1)[0]):
                if word[0].isupper():
                    names.english(word)


def _joined(sentences: list[_Sentence]) -> list[_Sentence]:
    """`für das 95.` and `Perzentil` are one sentence."""
    found: list[_Sentence] = []
    for sentence in sentences:
        last = found[-1] if found else None
        if last is not None and last.item == sentence.item and last.form != "code" and _CUT.search(last.text):
            same = last.line == sentence.line
            found[-1] = dataclasses.replace(
                last, text=f"{last.text} {sentence.text}", body=f"{last.body} {sentence.body}",
                quote=f"{last.quote} {sentence.quote}" if same else f"{last.quote.rstrip('…')}…",
            )  # fmt: skip
        else:
            found.append(sentence)
    return found


def _counted_first(sentence: _Sentence) -> _Sentence:
    """`650 Fahrschüler aktuell; Name, Geburtsdatum` of a note with what it counts as the label of the list."""
    found = _COUNTED.match(sentence.text) if sentence.form == "bullet" and not sentence.label else None
    if found is None:
        return sentence
    label, body, quote = found["label"], found["body"], sentence.quote or sentence.text
    return dataclasses.replace(sentence, text=f"{label}: {body}", label=label, body=body, quote=quote)


def _is_german(text: str, mostly: bool) -> bool:
    """Whether a text is German; what has no function words is in the language of the brief."""
    plain = CODE.sub(" ", text)
    english, german = counted(plain)
    german += mostly and sum(word.lower() in glossary().german for word in _NAME.findall(plain))
    return german > english or (mostly and english <= german + 1)


def _sentence(
    sentence: _Sentence, glosser: Glosser, nouns: Glosser, mostly: bool, originals: dict[str, str]
) -> _Sentence:
    """One sentence with its label, lead, sections and cells in English."""
    german = _is_german(sentence.text, mostly)
    read: Callable[[str], str] = glosser.text if german else nouns.code

    def label_read(text: str) -> str:
        return glosser.title(text) if text and _is_german(text, mostly) else nouns.code(text)

    if sentence.form == "code":
        text = nouns.code(sentence.text)
        return dataclasses.replace(sentence, text=text, body=text, quote=sentence.quote or sentence.text)
    if german and sentence.form in ("bullet", "numbered", "row", "paragraph"):
        for head in _HEADS.split(sentence.text):
            if len(head.split()) > 1:
                glosser.remember(head)
    if sentence.form == "heading":
        text = body = label_read(sentence.text)
    elif sentence.label and sentence.text.startswith(sentence.label):
        label = label_read(sentence.label)
        if sentence.label.lower() not in glossary().labels:
            glosser.names.note(label, sentence.label)
        body = read(sentence.body) if sentence.body else ""
        text = f"{label}: {body}".rstrip() if body else f"{label}:"
        originals.setdefault(body, sentence.body)
    else:
        text = read(sentence.text)
        body = text if sentence.body == sentence.text else read(sentence.body)
    originals.setdefault(text, sentence.text)
    return dataclasses.replace(
        sentence, text=text, body=body, quote=sentence.quote or sentence.text,
        label=label_read(sentence.label) if sentence.form not in ("code",) else sentence.label,
        lead=label_read(sentence.lead), sections=tuple(label_read(s) for s in sentence.sections),
        cells=tuple((label_read(title), read(value)) for title, value in sentence.cells),
    )  # fmt: skip
