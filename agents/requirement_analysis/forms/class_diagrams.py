"""mermaid classDiagram: classes with their fields, enumerations, and lines with multiplicities at their ends."""

import re

from agents.changing import changed
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Cardinality
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.classes import field_of
from agents.requirement_analysis.forms.things import Forms, StatedLink, Thing

_NAME = r"(?:`[^`]+`|[A-Za-z_][\w.-]*)(?:~[\w, ]+~)?"
_CLASS = re.compile(rf"^class\s+(?P<name>{_NAME})\s*(?:\[\"(?P<title>[^\"]+)\"\])?\s*(?::::\w+\s*)?(?P<open>\{{)?$")
_KIND = re.compile(rf"^<<(?P<kind>\w+)>>\s*(?P<name>{_NAME})?$")
_MEMBER = re.compile(rf"^(?P<name>{_NAME})\s*:\s*(?P<member>.+)$")
_LINE = re.compile(
    rf"^(?P<left>{_NAME})\s*(?:\"(?P<many_left>[^\"]*)\"\s*)?"
    r"(?P<begin><\||[*o<])?(?P<line>--|\.\.)(?P<end>\|>|[*o>])?"
    rf"\s*(?:\"(?P<many_right>[^\"]*)\"\s*)?(?P<right>{_NAME})\s*(?::\s*(?P<label>.*))?$"
)
_PLAIN = re.compile(
    r"^(?:classDiagram(?:-v2)?|%%.*|direction\s+\w+|note\b.*|style\b.*|classDef\b.*|cssClass\b.*|link\b.*|click\b.*"
    r"|callback\b.*|namespace\s.*|title\b.*|acc\w+\b.*|---*|\})$"
)
_MANY = re.compile(r"\*|\bn\b|\bm\b|many|\.\.\s*(?!1\b)\d", re.IGNORECASE)
_TYPE_FIRST = re.compile(r"^(?P<type>[A-Za-z][\w.]*(?:<[\w, ]+>)?(?:\[\])?\??)\s+(?P<name>[A-Za-z_]\w*)$")
_ENUM = ("enumeration", "enum")


def is_class_diagram(block: Block) -> bool:
    """Whether a block draws classes."""
    return bool(re.search(r"^\s*classDiagram\b", block.text, re.MULTILINE))


def read_class_diagram(block: Block, forms: Forms) -> None:
    """Every class, enumeration and line of a diagram."""
    forms.consume(*block.sentences)
    reader = _Reader(forms)
    for text, sentence in block.lines():
        reader.line(re.sub(r"\s*%%.*$", "", text.strip()) or text.strip(), sentence)
    reader.close()


class _Reader:
    """Walks the lines once; a class only because one of the diagram may be open."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.things: dict[str, Thing] = {}
        self.values: dict[str, list[str]] = {}
        self.open = ""

    def line(self, text: str, sentence: Sentence) -> None:
        """One line of the diagram, inside an open class or outside."""
        if text == "}":
            self.open = ""
            self.forms.irrelevant(sentence, "notation of a diagram")
        elif kind := _KIND.match(text):
            self._kind(kind["kind"], kind["name"] or self.open, sentence)
        elif self.open:
            self._member(self.open, text, sentence)
        elif found := _CLASS.match(text):
            self._thing(found["name"], sentence, found["title"] or "")
            self.open = found["name"] if found["open"] else ""
        elif line := _LINE.match(text):
            self._link(line, sentence)
        elif member := _MEMBER.match(text):
            self._thing(member["name"], sentence)
            self._member(member["name"], member["member"], sentence)
        elif _PLAIN.match(text):
            self.forms.irrelevant(sentence, "notation of a diagram")
        else:
            self.forms.not_understood(sentence, "no class, field or line of a classDiagram")

    def close(self) -> None:
        """Enumerations are values of fields and no things; a class that somebody only names in a line is one."""
        for name, values in self.values.items():
            self.forms.add_values(name, tuple(values))
            self.forms.things = [t for t in self.forms.things if t is not self.things.get(name)]

    def _thing(self, name: str, sentence: Sentence, title: str = "") -> None:
        self.forms.uses.append((sentence, "" if name in self.values else title or name))
        if name not in self.things and name not in self.values:
            self.things[name] = self.forms.thing(title or re.sub(r"~.*~$", "", name.strip("`")), sentence)

    def _kind(self, kind: str, name: str, sentence: Sentence) -> None:
        if kind.lower() in _ENUM and name:
            self.values.setdefault(name, [])
        self.forms.uses.append((sentence, ""))

    def _member(self, name: str, text: str, sentence: Sentence) -> None:
        """A value of an enumeration, a field, or a method, which stores nothing."""
        bare = re.sub(r"[$*]$", "", re.sub(r"^[+#~-]\s*", "", text)).replace("~", "<", 1).replace("~", ">", 1)
        bare = _TYPE_FIRST.sub(r"\g<name>: \g<type>", bare)
        if name in self.values:
            self.values[name] += re.findall(r"\w+", bare)[:1]
            self.forms.uses.append((sentence, ""))
        elif "(" in bare and not re.match(r"^\w+\s+\w+\(\d", bare):
            self.forms.irrelevant(sentence, "a method stores nothing")
        elif column := field_of(bare, sentence):
            self.things[name].columns.append(column)
        else:
            self.forms.not_understood(sentence, "no field of a class")

    def _link(self, found: re.Match[str], sentence: Sentence) -> None:
        """A line between two classes; what a whole consists of cannot live without it."""
        for name in (found["left"], found["right"]):
            self._thing(name, sentence)
        if "|" in (found["begin"] or "") + (found["end"] or ""):
            self.forms.questions.append((
                f"generalisation {found['left']} {found['right']}",
                f"The diagram draws {found['left']} and {found['right']} as a general class and a special one. "
                "Do they share one table?",
                "each has a table of its own, and the special row belongs to one general row",
                (sentence.line,),
            ))  # fmt: skip
        left, right = (self._label(found[side]) for side in ("left", "right"))
        self.forms.links.append(_drawn(found, left, right, sentence))

    def _label(self, name: str) -> str:
        return self.things[name].label if name in self.things else name


def _drawn(found: re.Match[str], left: str, right: str, sentence: Sentence) -> StatedLink:
    """The relationship of a line: by its multiplicities, else by which end is the whole or the general class."""
    begin, end = found["begin"] or "", found["end"] or ""
    ends = (found["many_left"], found["many_right"])
    if "|" in begin + end:
        parent, child = (left, right) if "|" in begin else (right, left)
        return StatedLink(parent, child, "one_to_one", sentence, owned=True)
    many = [None if e is None else bool(_MANY.search(e)) for e in ends]
    if many == [None, None]:
        many = [end in ("*", "o"), end not in ("*", "o")]
    elif None in many:
        place = many.index(None)
        many[place] = not many[1 - place]
    cardinality: Cardinality = "many_to_many" if all(many) else "one_to_many" if any(many) else "one_to_one"
    turned = many == [True, False]
    parent, child, one = (right, left, ends[1]) if turned else (left, right, ends[0])
    link = StatedLink(parent, child, cardinality, sentence, owned=(end if turned else begin) == "*")
    maybe = (one or "").strip().startswith("0") and cardinality != "many_to_many"
    return changed(link, optional=maybe)
