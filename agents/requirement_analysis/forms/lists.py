"""Definition lists: `Customer – name, email (unique)` and `Order(id, customer_id -> Customer, total)` among prose."""

import re
from dataclasses import replace

from agents.knowledge import attribute_guess
from agents.naming import words
from agents.requirement_analysis.attributes import StatedAttribute, stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import clean_name, is_name
from agents.requirement_analysis.forms.calls import read_call
from agents.requirement_analysis.forms.things import Column, Forms
from agents.requirement_analysis.topics import label_topic, title_topic, topic

_DEFINED = re.compile(r"^(?P<name>[A-ZÀ-Þ][^\s,.:;()–—]*(?:[ -][\w/]+){0,3}?)\s+(?:–|—|--|-)\s+(?P<list>[^–—].*)$")
_CALL = re.compile(r"^[A-Z]\w*(?: [A-Z]?\w+){0,2}\s?\((?=[^()]*,).*\)\.?$")
_SENTENCE = frozenset(
    "is are was were be must can cannot may should will has have that which who when the each every if".split()
)


def read_lists(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """Lines that name an entity and list its attributes after a dash or in parentheses."""
    for sentence in sentences:
        if sentence.form not in ("bullet", "numbered", "paragraph") or (sentence.line, sentence.text) in forms.read:
            continue
        if topic(sentence) not in ("", "entities", "overview"):
            continue
        if _CALL.match(sentence.text) and ("->" in sentence.text or "→" in sentence.text):
            if read_call(sentence.text, sentence, forms):
                forms.consume(sentence)
        elif found := _DEFINED.match(sentence.text):
            _definition(found["name"], found["list"], sentence, forms)


def _definition(name: str, text: str, sentence: Sentence, forms: Forms) -> None:
    """`Name – list`, where most of the list's words are known as attributes."""
    label = clean_name(name)
    if not is_name(label) or label_topic(label) or title_topic(label) or ". " in text.rstrip("."):
        return
    parsed = stated_attributes(re.sub(r",?\s+and\s+", ", ", text.rstrip(".")))
    if len(parsed) < 2 or not all(_short(a) for a in parsed):
        return
    known = sum(a.evidence > 0 or _known(a.name) for a in parsed)
    if known * 2 < len(parsed):
        return
    forms.consume(sentence)
    thing = forms.thing(label, sentence)
    thing.columns += [Column(replace(a, key=False), sentence) for a in parsed]
    thing.key += [a.label for a in parsed if a.key]


def _short(attribute: StatedAttribute) -> bool:
    named = words(attribute.label)
    return len(named) <= 3 and not _SENTENCE.intersection(named)


def _known(name: str) -> bool:
    """Whether a name alone tells what it holds."""
    return name == "id" or attribute_guess(name).rule != "the name tells no type"
