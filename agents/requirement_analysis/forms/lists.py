"""Definition lists among prose: `Customer – name, email (unique)`, `Order(id, customer_id -> Customer, total)`,
`session = connector + vehicle; start time; energy`, and `for every inspection I write down date, mood and notes`."""

import re
from dataclasses import replace
from itertools import groupby

from agents.knowledge import archetype_for, attribute_guess
from agents.language import tagged
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attributes import StatedAttribute, segments, stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import clean_name, is_name
from agents.requirement_analysis.forms.calls import read_call
from agents.requirement_analysis.forms.things import Column, Forms
from agents.requirement_analysis.topics import label_topic, title_topic, topic

_DEFINED = re.compile(r"^(?P<name>[A-ZÀ-Þ][^\s,.:;()–—]*(?:[ -][\w/]+){0,3}?)\s+(?:–|—|--|-)\s+(?P<list>[^–—].*)$")
_EQUALS = re.compile(r"^(?P<name>[^\W\d_][\w -]{2,40}?)\s+=\s+(?P<list>[^=<>*\d(]+)$")
_KEEPS = (
    r"(?:we|I|they|you|one)\s+(?:(?:also|always|only|must|need to|have to|should|want to|would like to|need "
    r"to be able to)\s+)*"
    r"(?:want|need|store|record|keep|note|save|track|capture|collect|hold|write down|note down|register|document|enter"
    r"|log|know)"
    r"(?:\s+(?:down|the following))*"
)
_KEPT = re.compile(
    r"^(?:(?:for|about|of|with|on)\s+(?:(?:each|every|all|any|an?|the|our)\s+)*(?P<name>[^\W\d_][\w-]*(?: "
    r"[\w-]+){0,2}?),?\s+)?"
    rf"{_KEEPS}\s*:?\s+(?P<list>.+)$", re.IGNORECASE,
)  # fmt: skip
_KEPT_OF = re.compile(
    rf"^{_KEEPS}\s+(?:for|about|of)\s+(?:each|every|any|all)\s+(?P<name>[^\W\d_][\w-]*(?: [\w-]+){{0,2}}?),?\s+"
    r"(?P<list>(?:its|their|his|her|the|an?|when|who|which)\b.+)$",
    re.IGNORECASE,
)
_NOTED = re.compile(
    r"^(?:for|with|on)\s+(?:each|every)\s+(?P<name>[^\W\d_][\w-]*(?: [\w-]+){0,2}?),?\s+(?:the|our|an?)\s+[\w-]+"
    r"(?: [\w-]+)?\s+(?:records|notes|enters|writes down|notes down|documents|logs|captures|keeps|stores"
    r"|(?:shall|must|should|will|has to|needs to)\s+(?:record|note|document|log|capture|keep|store|hold|contain"
    r"|show))\s+"
    r"(?P<list>.+)$",
    re.IGNORECASE,
)
"""`For every delivery the driver notes the time, the place and the recipient's name`."""
_KEPT_THING = re.compile(
    rf"^{_KEEPS}\s+(?:(?:the|all|our|every|each|an?)\s+)*(?P<name>[^\W\d_][\w-]*(?: [\w-]+){{0,2}})$", re.IGNORECASE
)
_WHETHER = re.compile(
    r"^(?:whether|if)\s+(?:(?:or not|it|they|he|she|I|we|there|the \w+)\s+)*(?:(?:is|are|was|were|has|have"
    r"|had|been)\s+)*(?:an?|the)?\s*"
    r"(?P<what>[\w -]+?)(?P<notes>\s*\(.*\))?$", re.IGNORECASE,
)  # fmt: skip
_CALL = re.compile(r"^[A-Z]\w*(?: [A-Z]?\w+){0,2}\s?\((?=[^()]*,).*\)\.?$")
_SENTENCE = frozenset(
    "is are was were be must can cannot may should will has have that which who when the each every if".split()
)


def read_lists(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """Lines that name an entity and list its attributes after a dash or in parentheses."""
    for sentence in sentences if forms.things else ():  # where nothing else is declared, prose has readers of its own
        if sentence.form in ("bullet", "numbered", "paragraph") and (sentence.line, sentence.text) not in forms.read:
            _inside(sentence, forms)
    rest = tuple(s for s in sentences if s.form in ("bullet", "numbered") and (s.line, s.text) not in forms.read)
    for _, run in groupby(rest, key=lambda s: (s.sections, s.lead, s.lead_line, s.depth)):
        _labelled(tuple(run), forms)
    for sentence in sentences:
        if sentence.form not in ("bullet", "numbered", "paragraph") or (sentence.line, sentence.text) in forms.read:
            continue
        if topic(sentence) not in ("", "entities", "overview"):
            continue
        if _CALL.match(sentence.text) and ("->" in sentence.text or "→" in sentence.text):
            if read_call(sentence.text, sentence, forms):
                forms.consume(sentence)
        elif found := _EQUALS.match(sentence.text):
            _definition(found["name"], re.sub(r"\s*[+;/]\s*", ", ", found["list"]), sentence, forms)
        elif sentence.label and (found := _KEPT_THING.match(sentence.label)):
            _kept(found["name"], sentence.body, sentence, forms)
        elif found := _KEPT_OF.match(sentence.text) or _NOTED.match(sentence.text):
            _kept(found["name"], found["list"], sentence, forms)
        elif (found := _KEPT.match(sentence.text)) or (sentence.label and (found := _KEPT.match(sentence.body))):
            _kept(found["name"] or sentence.label, found["list"], sentence, forms)
        elif found := _DEFINED.match(sentence.text):
            _definition(found["name"], found["list"], sentence, forms)


def _labelled(run: tuple[Sentence, ...], forms: Forms) -> None:
    """`- User: email, unique` and `- Page: title, body` below a project's title: a thing a line, and its attributes.

    Below a heading that may itself be a thing, or where a line gives a type, the lines are the attributes of one thing.
    """
    first = run[0]
    if first.lead or len(run) < 2 or len(first.sections) > 1 or topic(first) not in ("", "overview"):
        return
    found = [(s, stated_attributes(re.sub(r",?\s+and\s+", ", ", s.body.rstrip(".")))) for s in run if s.label]
    if len(found) < len(run) or not all(_is_thing(s.label) and a and all(map(_short, a)) for s, a in found):
        return
    telling = sum(len(a) > 1 and sum(x.evidence > 0 or _known(x.name) for x in a) * 2 >= len(a) for _, a in found)
    if telling * 2 < len(found):
        return
    for sentence, attributes in found:
        forms.consume(sentence)
        thing = forms.thing(clean_name(sentence.label), sentence)
        thing.columns += [Column(replace(a, key=False), sentence) for a in attributes]
        thing.key += [a.label for a in attributes if a.key]


def _is_thing(label: str) -> bool:
    """Whether a label can name a thing: a usual one, or capitalised and no usual attribute."""
    name = singular(identifier(clean_name(label) or label))
    if not is_name(label) or label_topic(label) or title_topic(label):
        return False
    return archetype_for(name) is not None or (label[:1].isupper() and not _known(name))


_INSIDE = re.compile(r"(?P<before>[^()]{3,80}?)\s\((?P<list>[^()]*(?:,[^()]*){2,})\)")


def _inside(sentence: Sentence, forms: Forms) -> None:
    """`we need payments (amount, due date, mandate reference)`: a plural with a list of attributes in a sentence.

    The rest of the sentence stays for other readers.
    """
    if topic(sentence) not in ("", "overview", "rules", "workflows") or sentence.label:
        return
    for found in _INSIDE.finditer(sentence.text):
        phrase = tagged(found["before"])
        place = len(phrase)
        while place and phrase[place - 1].nominal and len(phrase) - place < 2:
            place -= 1
        if place and len(phrase) - place == 2 and phrase[place - 1].tag == "pronoun":
            place += 1  # `we need payments`
        nouns = phrase[place:]
        label = " ".join(t.text for t in nouns)
        name = singular(identifier(label)) if label else ""
        columns = stated_attributes(re.sub(r",?\s+and\s+", ", ", found["list"]))
        known = sum(_known(a.name) for a in columns)
        if not nouns or not nouns[-1].plural or forms.named(name) is not None or label_topic(label):
            continue
        if _known(name) and archetype_for(name) is None:
            continue  # `ingredients (salt, sugar, flour)` are values
        if len(columns) > 2 and known * 2 > len(columns) and all(map(_short, columns)) and not title_topic(label):
            made = forms.thing(name.replace("_", " "), sentence)
            made.told = True
            made.columns += [Column(a, sentence) for a in columns]


def _kept(name: str, text: str, sentence: Sentence, forms: Forms) -> None:
    """What somebody says is written down of a thing; a list that is no list of attributes stays for prose."""
    label = singular(clean_name(name)) if name else ""
    if not label or not is_name(label) or label_topic(label) or ". " in text.rstrip("."):
        return
    parts = [*segments(re.sub(r",?\s+and\s+(?![^(]*\))", ", ", text.rstrip(".")))]
    columns = []
    for part in parts:
        question = _WHETHER.match(part)
        bare = re.sub(r"\b(?:the|its|their|an?|his|her)\s+", "", question["what"] if question else part)
        found = stated_attributes(bare)[:1]
        columns += [replace(a, type="boolean", evidence=1) if question else a for a in found]
    known = sum(a.evidence > 0 or _known(a.name) for a in columns)
    if len(columns) != len(parts) or len(columns) < 3 or known * 2 < len(columns) or not all(map(_short, columns)):
        return
    forms.consume(sentence)
    made = forms.thing(label, sentence)
    made.told = True
    made.columns += [Column(replace(a, key=False), sentence) for a in columns]


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
    return len(named) <= 4 and not _SENTENCE.intersection(named)


def _known(name: str) -> bool:
    """Whether a name alone tells what it holds."""
    return name == "id" or attribute_guess(name).rule != "the name tells no type"
