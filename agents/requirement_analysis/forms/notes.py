"""Notes that somebody jots down: `berth = number, depth`, `owners: name, phone if they have`, `bill per stay, amount`,
`a stay = boat on a berth from arrival to departure`.

One such line may be anything. Several in one list tell each other; what one of them names is another's reference.
"""

import re
from dataclasses import dataclass, field
from itertools import groupby

from agents.changing import changed
from agents.knowledge import archetype_for, attribute_guess
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attributes import segments, stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import is_name
from agents.requirement_analysis.forms.things import Column, Forms
from agents.requirement_analysis.topics import label_topic, title_topic, topic
from agents.screening import screened

_EQUALS = screened(r"^(?:an? |the |each )?(?P<name>[^\W\d_][\w -]{1,30}?)\s*=\s*(?P<list>[^=<>]+)$", re.I)
_PER = screened(r"^(?:an? |one )?(?P<name>[^\W\d_][\w-]*) per (?P<whole>[\w-]+(?: [\w-]+)?),\s*(?P<list>.+)$", re.I)
_SPAN = screened(
    r"\bfrom (?:its |the |an? )?(?P<start>[a-z][\w-]*) (?:to|until|till) (?:its |the |an? )?(?P<end>[a-z][\w-]*)\b",
    re.I,
)
_MAYBE = screened(
    r"\s*(?:\(\s*(?:optional|maybe|if [\w ]+|empty [\w' ]+)\s*\)|\b(?:if (?:they have(?: one)?|known|any|there "
    r"is one|given)|maybe|optional"
    r"|sometimes)\b)",
    re.I,
)
_FLAG = screened(r"\s*\(?\b(?:yes/no|y/n|yes or no|ja/nein|j/n)\b\)?", re.I)
_TIED = screened(
    r"^(?:and )?(?:each |every |it |they |always )*(?:belongs? to|has|have|is (?:in|on|at)|lives? (?:in|on)"
    r"|sits? (?:in|on))"
    r" (?:exactly |only )?(?:one|an?|the) (?P<what>[\w-]+(?: [\w-]+)?)\.?$",
    re.I,
)
_LONGEST = 4
_FEWEST = 2


@dataclass
class _Line:
    """One thing of the notes: its name, the sentence and the parts of its list."""

    name: str
    sentence: Sentence
    parts: list[str]
    whole: str = ""
    more: list[Sentence] = field(default_factory=list)
    columns: list[tuple[StatedAttribute, Sentence]] = field(default_factory=list)


def read_notes(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """The things of each list of notes in which at least two lines are of this kind."""
    plain = [
        s for s in sentences
        if s.form in ("bullet", "numbered") and (s.line, s.text) not in forms.read
        and topic(s) in ("", "entities", "overview") and len(s.sections) < _FEWEST
    ]  # fmt: skip
    for _, run in groupby(plain, key=lambda s: (s.sections, s.lead, s.depth)):
        items = [list(group) for _, group in groupby(run, key=lambda s: s.item)]
        found = [line for item in items if (line := _line(item)) is not None]
        jotted = sum("=" in line.sentence.text or bool(line.whole) for line in found)
        if len(found) < _FEWEST or not jotted:
            continue
        names = {singular(identifier(line.name)): line.name for line in found}
        for line in found:
            _fill(line, names)
        for line in (x for x in found if len(x.columns) >= _FEWEST):
            forms.consume(line.sentence, *line.more)
            thing = forms.thing(line.name, line.sentence)
            thing.told = True
            thing.columns += [Column(a, s) for a, s in line.columns]


def _line(item: list[Sentence]) -> _Line | None:
    """The thing that an item notes, by its first sentence of that kind."""
    for place, sentence in enumerate(item):
        if found := _EQUALS.match(sentence.text):
            name, text, whole = found["name"], found["list"], ""
        elif found := _PER.match(sentence.text):
            name, text, whole = found["name"], found["list"], found["whole"]
        elif place == 0 and sentence.label and sentence.body != sentence.text and "," in sentence.body:
            name, text, whole = sentence.label, sentence.body, ""
        else:
            continue
        if not is_name(name) or len(words(name)) > 2 or label_topic(name) or title_topic(name) or _is_fact(name):
            return None
        return _Line(
            singular(name.strip()), sentence, list(segments(text.rstrip("."), ",+;")), whole, item[place + 1 :]
        )
    return None


def _is_fact(name: str) -> bool:
    """Whether a name is that of an attribute and of nothing that people store."""
    known = singular(identifier(name))
    return archetype_for(known) is None and attribute_guess(known).rule != "the name tells no type"


def _fill(line: _Line, names: dict[str, str]) -> None:
    """The columns of a line: facts, spans of time and references to the other things of the notes."""
    own = singular(identifier(line.name))
    if line.whole and (whole := names.get(singular(identifier(line.whole)))):
        _refer(line, whole, line.sentence)
    for part in line.parts:
        _part(part, line, line.sentence, names, own)
    read: list[Sentence] = []
    for sentence in line.more:
        if tied := _TIED.match(sentence.text):
            if other := names.get(singular(identifier(tied["what"]))):
                _refer(line, other, sentence)
                read.append(sentence)
        elif sentence.text.count(",") >= _FEWEST and all(
            len(p.split()) <= _LONGEST + 2 for p in segments(sentence.text, ",")
        ):
            for part in segments(sentence.text.rstrip("."), ",+;"):
                _part(part, line, sentence, names, own)
            read.append(sentence)
    line.more = read


def _refer(line: _Line, other: str, sentence: Sentence, *, optional: bool = False) -> None:
    if singular(identifier(other)) not in {a.name for a, _ in line.columns}:
        line.columns.append((StatedAttribute(label=other, references=other, optional=optional or None), sentence))


def _part(part: str, line: _Line, sentence: Sentence, names: dict[str, str], own: str) -> None:
    """One part of a list: a fact, or a phrase that names other things and a span."""
    maybe, flag = bool(_MAYBE.search(part)), bool(_FLAG.search(part))
    bare = re.sub(r"^(?:and|the|its|their|an?)\s+", "", _FLAG.sub("", _MAYBE.sub("", part)).strip(" .+"), flags=re.I)
    others = [n for w in words(bare) if (n := names.get(singular(w))) and singular(w) != own]
    if span := _SPAN.search(bare):
        line.columns += [(StatedAttribute(label=span[g], type="date", evidence=1), sentence) for g in ("start", "end")]
    if span or others:
        for other in others:
            _refer(
                line, other, sentence, optional=maybe or bool(re.search(rf"\bfor an? {re.escape(other)} or\b", bare))
            )
        return
    made = stated_attributes(re.sub(r"^(?:nr|no|number) of\b", "number of", bare))
    if len(made) == 1 and 0 < len(words(made[0].label)) <= _LONGEST:
        one = made[0]
        if flag:
            one = changed(one, type="boolean", evidence=1)
        if maybe:
            one = changed(one, optional=True)
        line.columns.append((changed(one, key=False), sentence))
