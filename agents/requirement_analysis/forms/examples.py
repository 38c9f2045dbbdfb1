"""Things in the steps of scenarios: `Given a customer with name "Mia" and birth date "1990-02-11"` lists attributes.

A value in quotes or a number behind a name is how a scenario shows what is kept; the values of a status and the pairs
of an outline's examples show how it changes.
"""

import re
from collections.abc import Iterable, Sequence

from agents.naming import identifier
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import is_name
from agents.requirement_analysis.forms.things import Column, Forms, Thing
from agents.requirement_analysis.topics import label_topic, title_topic
from agents.screening import screened
from contracts.requirements import AttributeType

_VALUE = r"(?:\"[^\"]*\"|'[^']*'|<\w+>|-?\d[\d.,]*(?: ?%)?)"
_THING = (
    r"(?:there (?:is|are|exists?) )?(?:an?|the|one)(?: new| existing| registered| active| overdue)? "
    r"(?P<thing>[a-z][\w-]*(?: [a-z][\w-]*)?)"
)
_WITH = screened(rf"^{_THING} (?:with|has|whose)(?: an?| the)? (?P<list>.*{_VALUE}.*)$", re.IGNORECASE)
_PART = re.compile(
    rf"^(?:an?|the|of|is)?\s*(?P<name>[A-Za-z][\w -]*?)(?: (?:is|of|=))? (?P<value>{_VALUE})(?P<unit> [^,]+)?$"
)
_STATUS = screened(
    r"\b(?:an?|the) (?:\w+ )?(?P<thing>[a-z][\w-]*) (?:has|with|is in|gets|receives|changes to)(?: the| an?)? "
    r"(?P<name>status|state)(?: of| to)? \"(?P<value>[^\"]+)\"",
    re.IGNORECASE,
)
_DATES = re.compile(r"^\d{4}-\d\d-\d\d$")


def read_givens(steps: Sequence[tuple[str, Sentence]], forms: Forms) -> None:
    """The things that steps introduce with values, and the values of their status."""
    made: dict[str, Thing] = {}
    for text, sentence in steps:
        found = _WITH.match(text)
        columns = list(_columns(found["list"], sentence)) if found else []
        if found and columns and _may_be(found["thing"]):
            _add(found["thing"], columns, sentence, made, forms)
            forms.uses.append((sentence, found["thing"]))
    states: dict[tuple[str, str], dict[str, Sentence]] = {}
    for text, sentence in steps:
        if (told := _STATUS.search(text)) and _may_be(told["thing"]) and "<" not in told["value"]:
            states.setdefault((told["thing"].lower(), told["name"].lower()), {})[told["value"]] = sentence
    for (thing, name), values in states.items():
        first = next(iter(values.values()))
        attribute = StatedAttribute(label=name, type="string", allowed=tuple(values), evidence=1)
        attribute = attribute if len(values) > 1 else StatedAttribute(label=name, evidence=1)
        _add(thing, [Column(attribute, first)], first, made, forms)
        for sentence in values.values():
            forms.uses.append((sentence, thing))


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
    for part in re.split(r",\s*(?:and\s+)?|\s+and\s+(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", text):
        found = _PART.match(part.strip())
        if not found or identifier(found["name"]) in {*seen, "status", "state"} or len(found["name"].split()) > 4:
            continue
        seen.add(identifier(found["name"]))
        value = found["value"].strip("\"'<>")
        kind: AttributeType | None = "date" if _DATES.match(value) else None
        yield Column(StatedAttribute(label=found["name"], type=kind, evidence=1), sentence)


def _may_be(label: str) -> bool:
    """Whether a word of a step can be a thing of the brief."""
    return is_name(label) and not label_topic(label) and not title_topic(label) and label.lower() not in _NOBODY


_NOBODY = frozenset("user visitor page screen system application app status state button form message error".split())
