"""Things in the steps of scenarios: `Given a customer with name "Mia" and birth date "1990-02-11"` lists attributes.

A value in quotes or a number behind a name is how a scenario shows what is kept; the values of a status and the pairs
of an outline's examples show how it changes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agents.knowledge import attribute_guess
from agents.naming import identifier, singular
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import is_name
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.things import Column, Forms, Thing
from agents.requirement_analysis.prose.things import tells_type
from agents.requirement_analysis.topics import label_topic, title_topic
from agents.screening import screened
from contracts.requirements import AttributeType

_VALUE = r"(?:\"[^\"]*\"|'[^']*'|<\w+>|-?\d[\d.,]*(?: ?%)?)"
_THING = (
    r"(?:an?|the|one|every|each)(?: new| existing| registered| active| overdue)? "
    r"(?P<thing>[a-z][\w-]*(?: (?!named\b|called\b|of\b)[a-z][\w-]*)?)"
)
_WITH = screened(
    rf"\b{_THING}(?P<called>(?: named| called)? \"[^\"]*\")?(?: of (?:the |a )?(?P<of>[a-z][\w ]*? {_VALUE}))? "
    rf"(?:with|has|whose|is given|gets|receives)(?: an?| the)? "
    rf"(?P<list>.*{_VALUE}.*)$",
    re.IGNORECASE,
)
_ON_DAY = screened(rf"\b{_THING} on (?:the )?\"\d{{4}}-\d\d-\d\d\"", re.IGNORECASE)
_GETS = screened(
    r"\b(?:an?|the) (?P<thing>[a-z][\w-]*) (?:is|are|was) [a-z]+\b.* "
    r"with (?:the next|an?|the|its) (?P<name>[a-z]+(?: [a-z]+)?)$",
    re.I,
)
"""`a repair is opened for the item with the next ticket number`."""
_FOLLOWING = screened(
    r"^(?:there are )?(?:the |these )?(?:following )?(?P<thing>[a-z][\w-]*(?: [a-z][\w-]*)?)(?: exist)?:?$", re.I
)
"""`Given the following kilns`, above a table with a column for each attribute."""
_PART = re.compile(
    rf"^(?:an?|the|of|is)?\s*(?P<name>[A-Za-z][\w -]*?)(?: (?:is|of|=))? (?P<value>{_VALUE})(?P<unit> [^,]+)?$"
)
_SEVERAL = re.compile(
    r"(?:(?:an?|the) )?(?P<name>[a-z][\w -]*?) (?P<values>\"[^\"]+\"(?:, \"[^\"]+\")*,? or \"[^\"]+\")"
)
"""`the outcome "fixed", "partly fixed" or "not fixable"`: the values that there are."""
_STATUS = screened(
    r"\b(?:an?|the|every|each) (?:\w+ )?(?P<thing>[a-z][\w-]*) (?:has|with|is in|gets|receives|changes to)"
    r"(?: the| an?)? (?P<name>status|state)(?: of| to)? \"(?P<value>[^\"]+)\"",
    re.IGNORECASE,
)
_STATUS_OF = screened(
    r"\bthe (?P<name>status|state) of (?:an?|the|every|each) (?:\w+ )?(?P<thing>[a-z][\w-]*) "
    r"(?:is|becomes|changes to|turns) \"(?P<value>[^\"]+)\"",
    re.IGNORECASE,
)
_GOES = screened(
    r"\b(?:an?|the|every|each) (?:\w+ )?(?P<thing>[a-z][\w-]*)(?:'s)? (?P<name>status|state) "
    r"(?:goes|changes|turns|moves) from \"(?P<value>[^\"]+)\" to \"(?P<after>[^\"]+)\"",
    re.IGNORECASE,
)
_TURNED = screened(
    r"\b(?:an?|the|every|each|its|their) (?:\w+ )?(?P<thing>(?!that\b|which\b)[a-z][\w-]*)(?: (?:that|which))? "
    r"(?:then )?(?:is|becomes?|turns|remains?|stays?)(?: now| marked(?: as)?| still)? "
    r"(?P<values>\"[a-z][^\"]*\"(?:(?:, | or |, or )\"[a-z][^\"]*\")*)"
)
_BEFORE = screened(r"\b(?:an?|the) \"(?P<value>[a-z][^\"]*)\" (?P<thing>[a-z][\w-]*)", re.I)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_FEWEST_ROWS = 2
_DATES = re.compile(r"^\d{4}-\d\d-\d\d$")


def read_givens(steps: Sequence[tuple[str, Sentence]], block: Block | None, forms: Forms) -> None:
    """The things that steps introduce with values or a table, and the values of their status."""
    made: dict[str, Thing] = {}
    for text, sentence in steps:
        if (
            block
            and (told := _FOLLOWING.match(text))
            and _may_be(told["thing"])
            and (cells := _table(sentence.line, block))
        ):
            _add(singular(told["thing"]), cells, sentence, made, forms)
            forms.uses += [(line, singular(told["thing"])) for line in (sentence, *(c.sentence for c in cells))]
            continue
        if (dated := _ON_DAY.search(text)) and _may_be(dated["thing"]):
            day = Column(StatedAttribute(label="date", type="date", evidence=1), sentence)
            _add(dated["thing"], [day], sentence, made, forms)
        if (gets := _GETS.search(text)) and _may_be(gets["thing"]) and tells_type(gets["name"]):
            _add(
                gets["thing"],
                [Column(StatedAttribute(label=gets["name"], evidence=1), sentence)],
                sentence,
                made,
                forms,
            )
        found = _WITH.search(text)
        columns = list(_columns(", ".join(filter(None, (found["of"], found["list"]))), sentence)) if found else []
        if found and columns and _may_be(found["thing"]):
            if found["called"]:
                columns.insert(0, Column(StatedAttribute(label="name", evidence=1), sentence))
            _add(found["thing"], columns, sentence, made, forms)
            forms.uses.append((sentence, found["thing"]))
    states: dict[tuple[str, str], dict[str, Sentence]] = {}
    for text, sentence in steps:
        for thing, name, value in _states(text):
            if _may_be(thing) and "<" not in value:
                states.setdefault((singular(thing), name), {})[value] = sentence
    facts = {c.attribute.name for thing in made.values() for c in thing.columns}
    for (thing, name), values in states.items():
        if identifier(thing) in facts:
            continue  # `the outcome is "fixed"` is the outcome's value
        first = next(iter(values.values()))
        attribute = StatedAttribute(label=name, type="string", allowed=tuple(values), evidence=1)
        attribute = attribute if len(values) > 1 else StatedAttribute(label=name, evidence=1)
        _add(thing, [Column(attribute, first)], first, made, forms)
        for sentence in values.values():
            forms.uses.append((sentence, thing))


def read_named(steps: Sequence[tuple[str, Sentence]], named: Mapping[str, str], forms: Forms) -> None:
    """What steps call by a name has one: `the hall "North"`."""
    made = {thing.label.lower(): thing for thing in forms.things if thing.told}
    for name, kind in named.items():
        if not is_name(kind):
            continue
        first = next(sentence for text, sentence in steps if f'"{name}"' in text)
        _add(kind, [Column(StatedAttribute(label="name", evidence=1), first)], first, made, forms)
        forms.uses.append((first, kind))


def _table(line: int, block: Block) -> list[Column]:
    """The columns of the table right below a line; its rows are examples, which tell the types."""
    rows: list[list[str]] = []
    while (below := block.by_line.get(line + 1 + len(rows))) and below.text.strip().startswith("|"):
        rows.append([cell.strip() for cell in below.text.strip().strip("|").split("|")])
    if len(rows) < _FEWEST_ROWS:
        return []
    head = block.by_line[line + 1]
    found = []
    for place, title in enumerate(rows[0]):
        cells = [row[place] for row in rows[1:] if place < len(row) and row[place]]
        kind: AttributeType | None = None
        if cells and all(_DATES.match(c) for c in cells):
            kind = "date"
        elif cells and all(_NUMBER.fullmatch(c) for c in cells) and attribute_guess(identifier(title)).type == "string":
            kind = "integer" if all(c.lstrip("-").isdigit() for c in cells) else "decimal"
        found.append(Column(StatedAttribute(label=title, type=kind, evidence=1), head))
    return [c for c in found if c.attribute.label]


def _states(text: str) -> Iterator[tuple[str, str, str]]:
    """(thing, attribute, value) of each state that a step tells: `the firing becomes "finished"`."""
    if told := _GOES.search(text):
        yield told["thing"].lower(), told["name"].lower(), told["value"]
        yield told["thing"].lower(), told["name"].lower(), told["after"]
        return
    if told := _STATUS.search(text) or _STATUS_OF.search(text):
        yield told["thing"].lower(), told["name"].lower(), told["value"]
        return
    for told in _TURNED.finditer(text):
        for value in re.findall(r"\"([^\"]*)\"", told["values"]):
            yield told["thing"].lower(), "status", value
    for told in _BEFORE.finditer(text):
        yield told["thing"].lower(), "status", told["value"]


def _add(label: str, columns: Iterable[Column], sentence: Sentence, made: dict[str, Thing], forms: Forms) -> None:
    """More of a thing's attributes, each once."""
    name = label.lower()
    if name not in made:
        made[name] = forms.thing(name, sentence)
        made[name].told = made[name].partial = True
    known = {c.attribute.name for c in made[name].columns}
    made[name].columns += [c for c in columns if c.attribute.name not in known]


def _columns(text: str, sentence: Sentence) -> Iterable[Column]:
    """Each `name "value"` of a list; the value tells a type that the name leaves open."""
    seen: set[str] = set()
    for several in _SEVERAL.finditer(text):
        seen.add(identifier(several["name"]))
        values = tuple(re.findall(r"\"([^\"]*)\"", several["values"]))
        yield Column(StatedAttribute(label=several["name"], type="string", allowed=values, evidence=1), sentence)
    text = _SEVERAL.sub("", text)
    for part in re.split(r",\s*(?:and\s+)?|\s+and\s+(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", text):
        found = _PART.match(part.strip())
        if not found or identifier(found["name"]) in {*seen, "status", "state"} or len(found["name"].split()) > 4:
            continue
        seen.add(identifier(found["name"]))
        value = found["value"].strip("\"'<>")
        kind: AttributeType | None = "date" if _DATES.match(value) else None
        label = re.sub(r"\be-?mail\b", "email", found["name"], flags=re.I)
        yield Column(StatedAttribute(label=label, type=kind, evidence=1), sentence)


def _may_be(label: str) -> bool:
    """Whether a word of a step can be a thing of the brief."""
    return is_name(label) and not label_topic(label) and not title_topic(label) and label.lower() not in _NOBODY


_NOBODY = frozenset("user visitor page screen system application app status state button form message error".split())
