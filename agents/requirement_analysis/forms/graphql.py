"""GraphQL schemas: types are things, enumerations are values, and queries are ways of reading."""

import re

from agents.changing import changed
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.classes import typed_column
from agents.requirement_analysis.forms.operations import query_line, tell
from agents.requirement_analysis.forms.things import Forms, Thing

_HEAD = re.compile(
    r"^(?:extend\s+)?(?P<kind>type|interface|input|enum|schema)\b\s*(?P<name>\w*)[^{]*\{\s*(?P<rest>.*)$"
)
_FIELD = re.compile(
    r"^(?P<name>\w+)\s*(?:\((?P<arguments>[^()]*)\))?\s*:\s*(?:\[\s*(?P<several>\w+)\s*!?\s*\]|(?P<type>\w+))\s*(?P<needed>!)?"
    r"\s*(?:=\s*(?P<default>[^@]+?))?\s*(?P<rest>@.*)?$"
)
_ARGUMENT = re.compile(r"(?P<name>\w+)\s*:\s*\[?\w+[\]!]*(?:\s*=\s*(?P<default>\"[^\"]*\"|\w+))?")
_ROOTS = frozenset({"Query", "Mutation", "Subscription"})
_PAGES = re.compile(r"^(?P<of>\w+?)(?:Connection|Edge|Page)$|^PageInfo$")
_ENDS = re.compile(r",?\s+(?=\w+\s*(?:\([^()]*\))?\s*:)")


def read_graphql(block: Block, forms: Forms) -> None:
    """Every type, enumeration and query; what only carries arguments or pages stores nothing."""
    forms.consume(*block.sentences)
    reader = _Reader(forms)
    described = False
    for text, sentence in block.lines():
        bare = re.sub(r"\s*#.*$", "", text.strip())
        if described or bare.startswith('"') or not bare:
            described = described != (bare.count('"""') % 2 == 1)
            forms.irrelevant(sentence, "a remark")
        else:
            reader.line(bare, sentence)


class _Reader:
    """Walks the lines once; a class only because one definition is open."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.kind = self.name = self.pending = ""
        self.thing: Thing | None = None
        self.values: list[str] = []

    def line(self, text: str, sentence: Sentence) -> None:
        """A definition's head, one of its lines, or its end."""
        if not self.kind:
            self._open(text, sentence)
            return
        text, closes = (text[:-1].strip(), True) if text.endswith("}") else (text, False)
        self.pending = f"{self.pending} {text}".strip()
        if self.pending.count("(") == self.pending.count(")"):  # arguments may take several lines
            for part in (
                _ENDS.split(self.pending) if self.kind != "enum" and "(" not in self.pending else [self.pending]
            ):
                if part.strip(" ,"):
                    self._inside(part.strip(" ,"), sentence)
            self.pending = ""
        else:
            self.forms.uses.append((sentence, ""))
        if closes:
            self._close(sentence, text)

    def _open(self, text: str, sentence: Sentence) -> None:
        found = _HEAD.match(text)
        if not found:
            known = re.match(r"^(?:scalar|union|directive|extend)\b|^[)}\s]*$", text)
            (self.forms.irrelevant if known else self.forms.not_understood)(sentence, "no type of a GraphQL schema")
            return
        self.kind, self.name, self.thing = found["kind"], found["name"], None
        if self.kind in ("type", "interface") and self.name not in _ROOTS and not _PAGES.match(self.name):
            self.thing = self.forms.thing(self.name, sentence)
        if self.thing is not None or self.kind == "enum":
            self.forms.uses.append((sentence, self.name if self.thing is not None else ""))
        else:
            self.forms.irrelevant(sentence, "an operation, its arguments or its pages store nothing")
        if found["rest"]:
            self.line(found["rest"], sentence)

    def _inside(self, text: str, sentence: Sentence) -> None:
        """One field, value or operation."""
        if self.kind == "enum":
            self.values += re.findall(r"\w+", re.sub(r"@\w+(?:\([^()]*\))?", "", text))
            self.forms.uses.append((sentence, ""))
        elif self.thing is not None:
            self._field(text, sentence)
        elif self.name == "Query" and (found := _FIELD.match(text)):
            self._query(found, sentence)
        else:
            self.forms.irrelevant(sentence, "an operation, its arguments or its pages store nothing")

    def _field(self, text: str, sentence: Sentence) -> None:
        found = _FIELD.match(text)
        if not found or self.thing is None:
            self.forms.not_understood(sentence, "no field of a GraphQL type")
            return
        name, rest = found["name"], found["rest"] or ""
        kind, several = _returned(found)
        attribute = StatedAttribute(label=name, evidence=1, optional=not found["needed"], unique="@unique" in rest)
        column = typed_column(
            attribute, f"List<{kind}>" if several else "identifier" if kind == "ID" else kind, sentence
        )
        if name == "id" or "@id" in rest:
            self.thing.key.append(name)
        self.thing.columns.append(
            changed(column, attribute=changed(column.attribute, default=_value(found["default"])))
        )

    def _query(self, found: re.Match[str], sentence: Sentence) -> None:
        kind, several = _returned(found)
        arguments = [(a["name"], (a["default"] or "").strip('"')) for a in _ARGUMENT.finditer(found["arguments"] or "")]
        tell(query_line(kind, several, arguments), (sentence,), self.forms)

    def _close(self, sentence: Sentence, text: str) -> None:
        if self.kind == "enum":
            self.forms.add_values(self.name, tuple(self.values))
        if not text:
            self.forms.irrelevant(sentence, "notation of a type")
        self.kind, self.values = "", []


def _returned(found: re.Match[str]) -> tuple[str, bool]:
    """(type, whether there are several) of a field; a page of something holds several."""
    name = found["several"] or found["type"]
    page = _PAGES.match(name)
    return (page["of"], True) if page and page["of"] else (name, bool(found["several"]))


def _value(text: str | None) -> str | None:
    return text.strip().strip('"') if text else None
