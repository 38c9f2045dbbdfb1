"""Definition lists among prose: `Customer – name, email (unique)`, `Order(id, customer_id -> Customer, total)`,
`session = connector + vehicle; start time; energy`, and `for every inspection I write down date, mood and notes`."""

import itertools
import re
from itertools import groupby

from agents.changing import changed
from agents.knowledge import archetype_for, attribute_guess
from agents.language import tagged
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attributes import segments, stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import GATHERING, clean_name, is_name
from agents.requirement_analysis.forms.calls import read_call
from agents.requirement_analysis.forms.things import Column, Forms
from agents.requirement_analysis.topics import label_topic, title_topic, topic
from agents.screening import screened

_DEFINED = re.compile(r"^(?P<name>[A-ZÀ-Þ][^\s,.:;()–—]*(?:[ -][\w/]+){0,3}?)\s+(?:–|—|--|-)\s+(?P<list>[^–—].*)$")
_EQUALS = re.compile(r"^(?P<name>[^\W\d_][\w -]{2,40}?)\s+=\s+(?P<list>[^=<>*\d(]+)$")
_KEEPS = (
    r"(?:we|I|they|you|one)\s+(?:(?:also|always|only|must|need to|have to|should|want to|would like to|need "
    r"to be able to)\s+)*"
    r"(?:want|need|store|record|keep|note|save|track|capture|collect|hold|write down|note down|register|document|enter"
    r"|log|know)"
    r"(?:\s+(?:down|the following))*"
)
_KEPT = screened(
    r"^(?:(?:for|about|of|with|on)\s+(?:(?:each|every|all|any|an?|the|our)\s+)*(?P<name>[^\W\d_][\w-]*(?: "
    r"[\w-]+){0,2}?),?\s+)?"
    rf"{_KEEPS}\s*:?\s+(?P<list>.+)$", re.IGNORECASE,
)  # fmt: skip
_KEPT_OF = screened(
    rf"^{_KEEPS}\s+(?:for|about|of)\s+(?:each|every|any|all)\s+(?P<name>[^\W\d_][\w-]*(?: [\w-]+){{0,2}}?),?\s+"
    r"(?P<list>(?:its|their|his|her|the|an?|when|who|which)\b.+)$",
    re.IGNORECASE,
)
_NOTED = screened(
    r"^(?:for|with|on)\s+(?:each|every)\s+(?P<name>[^\W\d_][\w-]*(?: [\w-]+){0,2}?),?\s+(?:the|our|an?)\s+[\w-]+"
    r"(?: [\w-]+)?\s+(?:records|notes|enters|writes down|notes down|documents|logs|captures|keeps|stores"
    r"|(?:shall|must|should|will|has to|needs to)\s+(?:record|note|document|log|capture|keep|store|hold|contain"
    r"|show))\s+"
    r"(?P<list>.+)$",
    re.IGNORECASE,
)
"""`For every delivery the driver notes the time, the place and the recipient's name`."""
_KEPT_THING = screened(
    rf"^{_KEEPS}\s+(?:(?:the|all|our|every|each|an?)\s+)*(?P<name>[^\W\d_][\w-]*(?: [\w-]+){{0,2}})$", re.IGNORECASE
)
_STUFF = screened(
    r"^(?:(?:the|all) )?(?:stuff|data|info|information|details|facts|fields|things|attributes|columns"
    r"|what we (?:keep|store|need|record))"
    r"(?: we (?:need|keep|store|have))? (?:per|for|of|about|on) (?:an?|the|each|every|one|our)?\s*"
    r"(?P<name>[^\W\d_][\w-]*(?: [\w-]+){0,2})$",
    re.IGNORECASE,
)
"""`stuff per project: code, deadline, status`."""
_WRITTEN = screened(
    r"^(?:[^:()]*? )?(?:we|I|they|you|one) (?:write|open|create|make|fill in|start|issue|keep|set up"
    r"|print) (?:an?|one|the) (?:new )?"
    r"(?P<name>[^\W\d_][\w-]*(?: [\w-]+)?): (?P<list>.+)$",
    re.IGNORECASE,
)
"""`when an instrument comes in we write a job: date received, estimate`."""
_WHETHER = screened(
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
    _answers(sentences, forms)
    _side_by_side(sentences, forms)
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
        elif sentence.label and (found := _KEPT_THING.match(sentence.label) or _STUFF.match(sentence.label)):
            _kept(found["name"], sentence.body, sentence, forms, sure=True)
        elif found := _WRITTEN.match(sentence.text):
            _kept(found["name"], found["list"], sentence, forms, sure=True)
        elif found := _KEPT_OF.match(sentence.text) or _NOTED.match(sentence.text):
            _kept(found["name"], found["list"], sentence, forms)
        elif (found := _KEPT.match(sentence.text)) or (sentence.label and (found := _KEPT.match(sentence.body))):
            _kept(found["name"] or sentence.label, found["list"], sentence, forms)
        elif found := _DEFINED.match(sentence.text):
            _definition(found["name"], found["list"], sentence, forms)
    _beside(sentences, forms)


def _beside(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """`Sample – number within the accession, vault, shelf` among definitions of other things is one, too."""
    rest = (s for s in sentences if s.form in ("bullet", "numbered", "paragraph"))
    for _, group in groupby(rest, key=lambda s: (s.sections, s.lead, s.form, s.form == "paragraph" and s.item)):
        run = [(s, found) for s in group if (found := _DEFINED.match(s.text))]
        done = [s for s, _ in run if (s.line, s.text) in forms.read]
        if len(done) < _FEWEST or len(done) * 2 < len(run):
            continue
        for sentence, found in run:
            if sentence not in done and topic(sentence) in ("", "entities", "overview"):
                _definition(found["name"], found["list"], sentence, forms, sure=True)


def _answers(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """A list that answers a question: `What do you store about a scooter?` and `Serial number, model, state (…)`."""
    for question, answer in itertools.pairwise(s for s in sentences if s.form != "code"):
        asked = _ASKED.search(question.text)
        if not asked or answer.form not in ("paragraph", "bullet") or (answer.line, answer.text) in forms.read:
            continue
        if answer.label or not _COUNTED.match(answer.text):
            continue
        before = len(forms.things)
        _kept(asked["name"], answer.text, answer, forms)
        if len(forms.things) > before:
            forms.uses.append((question, forms.things[-1].label))


_ASKED = screened(
    r"\b(?:about|of|for|on) (?:an?|the|each|every|your|our|its)?\s*(?P<name>[^\W\d_][\w-]*(?: [\w-]+)?)\?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^[A-Z][\w ]*,(?:[^.;:]|\([^()]*\))+,[^.;:]+\.?$")


def _side_by_side(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """Lines of one paragraph that each name a thing and list its facts: `job: words, due` below `client: company`.

    One alone may be anything; several, of which most have known words, tell each other.
    """
    rest = (s for s in sentences if s.form == "paragraph" and (s.line, s.text) not in forms.read)
    for _, group in groupby(rest, key=lambda s: s.item):
        run = [s for s in group if s.label and "," in s.body]
        named = [(s, (_STUFF.match(s.label) or {"name": s.label})["name"]) for s in run]
        lists = [
            (s, name) for s, name in named if _lists_facts(s.body) and is_name(name) and not _known(identifier(name))
        ]
        lists = [(s, name) for s, name in lists if not label_topic(name) and not title_topic(name)]
        if len(lists) >= _FEWEST and len(lists) * 4 >= len(run) * 3:
            for sentence, name in lists:
                _kept(name, sentence.body, sentence, forms, sure=True)


def _lists_facts(text: str) -> bool:
    """Whether a text is a list of short names, a few of which are usual attributes."""
    parts = [
        a for p in segments(text.rstrip(".")) for a in stated_attributes(_IS_ONE_OF.sub(r"\g<name>: \g<values>", p))[:1]
    ]
    known = sum(a.evidence > 0 or _known(a.name) for a in parts)
    return len(parts) >= 2 and all(map(_short, parts)) and known * 4 >= len(parts)


def _labelled(run: tuple[Sentence, ...], forms: Forms) -> None:
    """`- User: email, unique` and `- Page: title, body` below a project's title: a thing a line, and its attributes.

    Below a heading that may itself be a thing, or where a line gives a type, the lines are the attributes of one thing.
    """
    first = run[0]
    gathered = GATHERING.match(clean_name(first.lead or (first.sections[-1] if first.sections else "")))
    if (first.lead or len(first.sections) > 1) and not gathered:
        return
    if len(run) < 2 or topic(first) not in ("", "overview", *(("entities",) if gathered else ())):
        return
    listed = [(s, re.split(r";\s+", s.body, maxsplit=1)[0].rstrip(".")) for s in run if s.label and s.body != s.text]
    found = [(s, stated_attributes(re.sub(r",?\s+and\s+", ", ", text))) for s, text in listed]
    if len(found) < len({s.item for s in run}) or not all(
        (_is_thing(s.label) or (gathered and len(a) > 1 and s.label[:1].isupper())) and a and all(map(_short, a))
        for s, a in found
    ):
        return
    telling = sum(len(a) > 1 and sum(x.evidence > 0 or _known(x.name) for x in a) * 2 >= len(a) for _, a in found)
    if telling * 2 < len(found):
        return
    for sentence, attributes in found:
        forms.consume(sentence)
        if (tail := sentence.body.partition("; ")[2]) and _RULE.search(tail):
            spoken = changed(sentence, text=tail, body=tail, label="", sections=(*sentence.sections, "Business Rules"))
            forms.spoken.append((spoken, sentence))
        thing = forms.thing(clean_name(sentence.label), sentence)
        thing.columns += [Column(changed(a, key=False), sentence) for a in attributes]
        thing.key += [a.label for a in attributes if a.key]


_RULE = screened(r"\b(?:one|unique|only|must|never|at most|at least|cannot)\b", re.IGNORECASE)


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


def _kept(name: str, text: str, sentence: Sentence, forms: Forms, sure: bool = False) -> None:
    """What somebody says is written down of a thing; a list that is no list of attributes stays for prose.

    Of a list whose introduction leaves no doubt (`sure`), fewer words need to be known.
    """
    label = singular(clean_name(name)) if name else ""
    if not label or not is_name(label) or label_topic(label) or ". " in text.rstrip("."):
        return
    parts = [
        *segments(
            re.sub(
                r",?\s+and\s+(?![^(]*\))", ", ", _PAIRED.sub(r"\g<one> \g<what>, \g<other> \g<what>", text.rstrip("."))
            )
        )
    ]
    parts = [_PASSIVE.sub(r"\g<what> \g<deed>", part) for part in parts]
    parts = [p for p in parts if _WHETHER.match(p) or not _INDIRECT.match(p)] if len(parts) > _FEWEST else parts
    columns = []
    for part in (_IS_ONE_OF.sub(r"\g<name>: \g<values>", p) for p in parts):
        question = _WHETHER.match(part)
        maybe = _MAYBE.match(part)
        part = part[maybe.end() :] if maybe else part
        bare = re.sub(r"\b(?:the|its|their|an?|his|her)\s+", "", question["what"] if question else part)
        found = stated_attributes(bare)[:1]
        found = tuple(changed(a, optional=True) for a in found) if maybe else found
        columns += [changed(a, type="boolean", evidence=1) if question else a for a in found]
    known = sum(a.evidence > 0 or _known(a.name) for a in columns)
    fewest = (1, 4) if sure else (_FEWEST, 2)
    if len(columns) != len(parts) or len(columns) < fewest[0] or known * fewest[1] < len(columns):
        return
    if not all(map(_short, columns)):
        return
    forms.consume(sentence)
    made = forms.thing(label, sentence)
    made.told = True
    made.columns += [Column(changed(a, key=False), sentence) for a in columns]


_PAIRED = screened(
    r"\b(?P<one>start|begin|opening|first|home|billing|minimum|min|lower|planned|expected|estimated|arrival"
    r"|pick-?up|check-in) and "
    r"(?P<other>end|closing|last|away|shipping|delivery|maximum|max|upper|actual|departure|drop-?off|return|check-out) "
    r"(?P<what>[a-z]+)\b",
    re.IGNORECASE,
)
"""`start and end time` are two attributes."""
_PASSIVE = screened(
    r"^(?:the |its )?(?P<what>year|date|day|time|place|price) (?:when |that |in which )?(?:it|they|he"
    r"|she) (?:was|were|is|are|has been) "
    r"(?P<deed>[a-z]+)$",
    re.IGNORECASE,
)
"""`the year it was built` is the year built."""
_IS_ONE_OF = re.compile(r"^(?P<name>[\w ]+?) = (?P<values>[^/|]+(?:[/|][^/|]+)+)$")
"""`status = open/done`."""
_INDIRECT = screened(r"^(?:who|what|which|when|where|why|how)\b", re.IGNORECASE)
"""A question among attributes, whose answer has no name: `who rode which scooter`."""
_MAYBE = screened(r"(?:maybe|perhaps|possibly|sometimes|optionally|occasionally)\s+", re.IGNORECASE)
_FEWEST = 3


def _definition(name: str, text: str, sentence: Sentence, forms: Forms, sure: bool = False) -> None:
    """`Name – list`, where most of the list's words are known as attributes; fewer among other such lines."""
    label = clean_name(name)
    if not is_name(label) or label_topic(label) or title_topic(label) or ". " in text.rstrip("."):
        return
    parsed = stated_attributes(re.sub(r",?\s+and\s+", ", ", text.rstrip(".")))
    if len(parsed) < 2 or not all(_short(a) for a in parsed):
        return
    known = sum(a.evidence > 0 or _known(a.name) for a in parsed)
    if known * (4 if sure else 2) < len(parsed):
        return
    forms.consume(sentence)
    thing = forms.thing(label, sentence)
    thing.columns += [Column(changed(a, key=False), sentence) for a in parsed]
    thing.key += [a.label for a in parsed if a.key]


def _short(attribute: StatedAttribute) -> bool:
    named = words(attribute.label)
    return len(named) <= 4 and not _SENTENCE.intersection(named)


def _known(name: str) -> bool:
    """Whether a name alone tells what it holds."""
    return name == "id" or attribute_guess(name).rule != "the name tells no type"
