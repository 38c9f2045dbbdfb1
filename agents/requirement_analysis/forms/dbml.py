"""DBML: tables, enumerations, references inline and in blocks, indexes and notes.

The published parsers for Python keep no line of a column and refuse a whole text for one wrong line; both are needed
here, and the notation is small.
"""

import re
from collections.abc import Callable, Iterator

from agents.changing import changed
from agents.requirement_analysis.attribute_notes import StatedAttribute, noted
from agents.requirement_analysis.attributes import segments
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Cardinality
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.remarks import bounded_by_remark
from agents.requirement_analysis.forms.things import Column, Forms, StatedLink, Thing
from agents.requirement_analysis.forms.types import with_type

_NAME = r"(?:\"[^\"]+\"|`[^`]+`|\w+)(?:\.(?:\"[^\"]+\"|`[^`]+`|\w+))*"
_OPEN = re.compile(
    rf"^(?P<kind>Table|TablePartial|Enum|Ref|TableGroup|Project|Note|indexes|checks)\b\s*(?P<name>{_NAME})?"
    rf"(?:\s+as\s+(?P<alias>{_NAME}))?\s*(?:\[(?P<settings>.*)\])?\s*\{{$", re.IGNORECASE)  # fmt: skip
_COLUMN = re.compile(
    rf"^(?P<name>{_NAME})\s+(?P<type>\"[^\"]+\"|[\w.]+(?:\s*\([^()]*\))?(?:\[\])?)\s*(?:\[(?P<settings>.*)\])?$"
)
_SEVERAL = re.compile(rf"{_NAME}\s+(?:\"[^\"]+\"|[\w.]+(?:\([^()]*\))?(?:\[\])?)(?:\s*\[[^\[\]]*\])?(?:\s+|$)")
_REF = re.compile(
    rf"^(?P<left>{_NAME}|{_NAME}\.\([^()]*\))\s*(?P<mark><>|<|>|-)\s*(?P<right>{_NAME}\.\([^()]*\)|{_NAME})\s*"
    r"(?:\[(?P<settings>.*)\])?$")  # fmt: skip
_INDEX = re.compile(r"^(?P<columns>\([^()]*\)|[\w\"]+|`[^`]*`)\s*(?:\[(?P<settings>.*)\])?$")
_VALUE = re.compile(r"^(?P<value>\"[^\"]+\"|[\w-]+)\s*(?:\[.*\])?$")


def read_dbml(block: Block, forms: Forms) -> None:
    """Everything of a block; a line that is no DBML is reported and the rest still counts."""
    forms.consume(*block.sentences)
    reader = _Reader(forms)
    for text, sentence in _lines(block):
        reader.line(text, sentence)
    reader.close()


def _lines(block: Block) -> Iterator[tuple[str, Sentence]]:
    """Lines without remarks; braces end a line, so that blocks on one line read like others."""
    note = False
    for text, sentence in block.lines():
        if note or text.count("'''") == 1:
            note = note != (text.count("'''") % 2 == 1)
            yield "note: '…'", sentence
            continue
        bare = re.sub(r"('(?:[^'\\]|\\.)*'|\"[^\"]*\"|`[^`]*`)|//.*$|/\*.*?\*/", lambda m: m[1] or "", text).strip()
        for part in re.split(r"(?<=\{)\s*(?=\S)|(?<=\S)\s*(?=\}$)", bare):
            if part.strip():
                yield from ((one, sentence) for one in _columns(part.strip()))
        if not bare:
            yield "//", sentence


def _columns(text: str) -> Iterator[str]:
    """The columns of a table that stands on one line, and its block of indexes; other lines as they are."""
    inner = re.split(r"\s*(?=\bindexes\s*\{)|(?<=\{)\s*|\s*(?=\})", text) if "indexes" in text else [text]
    for part in (p.strip() for p in inner if p and p.strip()):
        found = list(_SEVERAL.finditer(part))
        whole = "".join(m[0] for m in found).replace(" ", "") == part.replace(" ", "")
        if len(found) > 1 and whole and not _COLUMN.match(part):
            yield from (m[0].strip() for m in found)
        else:
            yield part


class _Reader:
    """Walks the lines once; a class only because a table and an index block may be open at the same time."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms
        self.open: list[str] = []
        self.table: Thing | None = None
        self.aliases = forms.aliases
        self.enum: tuple[str, list[str]] = ("", [])
        self.refs: list[tuple[re.Match[str], Sentence]] = []

    def line(self, text: str, sentence: Sentence) -> None:
        """Dispatch on what is open."""
        kind = self.open[-1] if self.open else ""
        if text == "}":
            self._close(kind)
            self.forms.irrelevant(sentence, "notation of a block")
        elif text.startswith("//") or re.match(r"note\s*:", text, re.IGNORECASE):
            self.forms.irrelevant(sentence, "a remark")
        elif opened := _OPEN.match(text):
            self._opened(opened, sentence)
        elif not _INSIDE[kind](self, text, sentence):
            self.forms.not_understood(sentence, f"no line of a DBML {kind or 'text'}")

    def _opened(self, found: re.Match[str], sentence: Sentence) -> None:
        kind = found["kind"].lower()
        self.open.append(kind)
        name = _last(found["name"] or "")
        if kind in ("table", "tablepartial") and name:
            self.table = self.forms.thing(name, sentence)
            if found["alias"]:
                self.aliases[_last(found["alias"])] = name
            self.forms.uses.append((sentence, name))
        elif kind == "enum":
            self.enum = (name, [])
            self.forms.uses.append((sentence, ""))
        elif self.table is not None:
            self.forms.uses.append((sentence, self.table.label))
        else:
            self.forms.irrelevant(sentence, "notation of a block")

    def _close(self, kind: str) -> None:
        if self.open:
            self.open.pop()
        if kind == "enum":
            self.forms.add_values(self.enum[0], tuple(self.enum[1]))
        elif kind in ("table", "tablepartial"):
            self._explicit()
            self.table = None

    def _explicit(self) -> None:
        """In a table that marks `not null`, a column without the mark may be empty."""
        if self.table is None or not any(c.attribute.optional is False for c in self.table.columns):
            return
        marked = any(
            c.attribute.optional is False and c.attribute.label not in self.table.key for c in self.table.columns
        )
        for place, column in enumerate(self.table.columns):
            if marked and column.attribute.optional is None:
                self.table.columns[place] = changed(column, attribute=changed(column.attribute, optional=True))

    def column(self, text: str, sentence: Sentence) -> bool:
        """`name varchar(40) [not null, unique, ref: > users.id, note: '…']`."""
        found = _COLUMN.match(text)
        if not found or self.table is None:
            return bool(re.match(r"^~\w+$|^Note\b|^headercolor\b", text))
        attribute = StatedAttribute(label=_last(found["name"]), evidence=1)
        many = found["type"].endswith("[]")
        attribute, type_name = with_type(attribute, found["type"].removesuffix("[]").split(".")[-1])
        column = Column(attribute, sentence, type_name, many)
        for setting in segments(found["settings"] or ""):
            column = self._setting(column, setting, sentence)
        self.table.columns.append(column)
        return True

    def _setting(self, column: Column, setting: str, sentence: Sentence) -> Column:
        """One word or pair between the brackets of a column."""
        low, attribute = setting.lower(), column.attribute
        assert self.table is not None
        if low in ("pk", "primary key"):
            self.table.key.append(attribute.label)
            return changed(column, attribute=changed(attribute, optional=False))
        if low == "increment":
            return changed(column, attribute=changed(attribute, type="identifier"))
        if found := re.match(r"ref\s*:\s*(?P<mark><>|<|>|-)\s*(?P<right>.+)$", setting, re.IGNORECASE):
            ref = _REF.match(f'"{self.table.label}"."{attribute.label}" {found["mark"]} {found["right"]}')
            if ref:
                self.refs.append((ref, sentence))
            return column
        if found := re.match(r"note\s*:\s*(?P<text>.+)$", setting, re.IGNORECASE):
            said = changed(attribute, description=found["text"].strip("'\""))
            return changed(column, attribute=bounded_by_remark(said))
        if low.startswith("default") and "`" in setting:
            return column
        return changed(column, attribute=noted(attribute, setting) or attribute)

    def index(self, text: str, sentence: Sentence) -> bool:
        """`(a, b) [unique]`, `(a, b) [pk]`."""
        found = _INDEX.match(text)
        if not found or self.table is None:
            return False
        names = tuple(_last(n) for n in segments(found["columns"].strip("()")) if "`" not in n)
        settings = {s.lower() for s in segments(found["settings"] or "")}
        if "pk" in settings:
            self.table.key += names
        elif "unique" in settings and "`" not in found["columns"]:
            self.table.uniques.append((names, sentence))
        self.forms.uses.append((sentence, self.table.label))
        return True

    def value(self, text: str, sentence: Sentence) -> bool:
        """A value of an enumeration, or several between commas or blanks."""
        parts = text.split() if "," not in text and "[" not in text and '"' not in text else segments(text, ",")
        found = [_VALUE.match(part) for part in parts]
        self.enum[1].extend(value["value"].strip('"') for value in found if value)
        self.forms.uses.append((sentence, ""))
        return all(found)

    def reference(self, text: str, sentence: Sentence) -> bool:
        """`Ref name: a.b > c.d` or the same inside `Ref { … }`."""
        bare = re.sub(rf"^Ref\b\s*(?:{_NAME})?\s*:\s*", "", text, flags=re.IGNORECASE)
        found = _REF.match(bare)
        if found:
            self.refs.append((found, sentence))
        return found is not None

    def remark(self, text: str, sentence: Sentence) -> bool:
        """Lines of a project, group or note."""
        self.forms.irrelevant(sentence, "a remark or a grouping")
        return True

    def close(self) -> None:
        """References are applied when all tables are known."""
        for found, sentence in self.refs:
            self._apply(found, sentence)

    def _apply(self, found: re.Match[str], sentence: Sentence) -> None:
        """A reference makes the column on its many side a foreign key."""
        left, right = self._end(found["left"]), self._end(found["right"])
        child, parent = (right, left) if found["mark"] == "<" else (left, right)
        owned = bool(re.search(r"delete\s*:\s*cascade", found["settings"] or "", re.IGNORECASE))
        thing = self.forms.named(child[0])
        self.forms.uses.append((sentence, child[0]))
        cardinality: Cardinality = {"<>": "many_to_many", "-": "one_to_one"}.get(found["mark"], "one_to_many")  # type: ignore[assignment]
        if cardinality != "many_to_many" and thing is not None and len(child[1]) == 1:
            unique = {"unique": True} if found["mark"] == "-" else {}
            if thing.change(child[1][0], references=parent[0], owned=owned, **unique):
                return
        self.forms.links.append(StatedLink(parent[0], child[0], cardinality, sentence, owned=owned))

    def _end(self, text: str) -> tuple[str, list[str]]:
        """(table, columns) of one side of a reference."""
        if "(" in text:
            table, _, columns = text.partition(".(")
            return self._table_name(table), [_last(c.strip()) for c in columns.rstrip(")").split(",")]
        parts = re.findall(r"\"[^\"]+\"|`[^`]+`|\w+", text)
        return self._table_name(".".join(parts[:-1]) or parts[-1]), [parts[-1].strip('"`')]

    def _table_name(self, text: str) -> str:
        name = _last(text)
        return self.aliases.get(name, name)


_INSIDE: dict[str, Callable[[_Reader, str, Sentence], bool]] = {
    "table": _Reader.column, "tablepartial": _Reader.column, "enum": _Reader.value, "indexes": _Reader.index,
    "ref": _Reader.reference, "": _Reader.reference, "project": _Reader.remark, "tablegroup": _Reader.remark,
    "note": _Reader.remark, "checks": _Reader.remark,
}  # fmt: skip


def _last(name: str) -> str:
    """A name without schema and quotes."""
    parts = re.findall(r"\"[^\"]+\"|`[^`]+`|\w+", name)
    return parts[-1].strip('"`') if parts else ""
