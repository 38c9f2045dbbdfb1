"""Classes, interfaces and records as a reader understands them at sight, in braces or as Python classes."""

import re
from collections.abc import Iterator

from agents.changing import changed
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attributes import segments
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.things import Column, Forms, Thing
from agents.requirement_analysis.forms.types import with_type

_HEAD = re.compile(
    r"^(?:@\w+(?:\([^()]*\))?\s+)*(?:(?:export|public|private|abstract|final|data|sealed|declare|default)\s+)*"
    r"(?:(?P<kind>class|interface|type|model|entity|struct|record|enum(?:\s+class)?)\s+)?(?P<name>[A-Za-z_]\w*)"
    r"(?:\s+(?:struct|extends|implements)\b[^{]*|\s*:\s*[\w<>, ]+|\s*=)?\s*\{(?P<rest>.*)$"
)
_MODIFIERS = re.compile(
    r"^(?:(?:public|private|protected|readonly|final|static|val|var|let|required|virtual|override)\s+)+"
)
_PAIR = re.compile(
    r"^\"?(?P<name>[A-Za-z_#@][\w-]*)\"?(?P<opt>\?)?\s*!?\s*:\s*(?P<type>[^=]+?)(?:\s*=\s*(?P<default>.+))?$"
)
_TYPED = re.compile(
    r"^(?P<type>[A-Za-z][\w.]*(?:<[\w<>, ]+>)?(?:\[\])?\??)\s+(?P<name>[A-Za-z_]\w*)\s*(?:=\s*(?P<default>.+))?$"
)
_AFTER = re.compile(
    r"^(?P<name>[A-Za-z_]\w*)\s+(?P<type>[*\[\]]*[A-Za-z][\w.]*(?:\([^()]*\))?(?:\[\])?\??)\s*(?P<rest>[@`].*)?$"
)
_LIST = re.compile(
    r"^(?:List|Set|Collection|Array|ReadonlyArray|IList|ICollection|IEnumerable|Iterable|Sequence|list|set|array|tuple)"
    r"\s*[<\[(]\s*(?P<of>[\w.\"']+)\s*(?:,\s*\.\.\.\s*)?[>\])]$|^(?P<several>[\w.]+)\[\]$|^\[\]\*?(?P<go>[\w.]+)$"
)
_MAYBE = re.compile(r"^(?:Optional|Maybe|Nullable)\s*[<\[]\s*(?P<of>.+?)\s*[>\]]$")
_VALUES = re.compile(r"^(?:Literal\[)?\s*(?P<values>[\"'][^\"']*[\"'](?:\s*[|,]\s*[\"'][^\"']*[\"'])+)\s*\]?$")


def read_classes(block: Block, forms: Forms) -> None:
    """Every class, record, interface and enumeration in braces; without one the block is left to the trace."""
    if not any(_HEAD.match(text.strip()) for text, _ in block.lines()):
        return
    forms.consume(*block.sentences)
    thing: Thing | None = None
    values: tuple[str, list[str]] | None = None
    level = 0
    for text, sentence in _parts(block):
        if level == 0 and (head := _HEAD.match(text)):
            level = 1
            if (head["kind"] or "").startswith("enum"):
                values = (head["name"], [])
                forms.uses.append((sentence, ""))
            else:
                thing = forms.thing(head["name"], sentence)
        elif text == "}":
            level = max(level - 1, 0)
            if level == 0 and values is not None:
                forms.add_values(values[0], tuple(values[1]))
            thing, values = (thing, values) if level else (None, None)
            forms.irrelevant(sentence, "notation of a class")
        elif level and values is not None:
            values[1].append(_constant(text))
            forms.uses.append((sentence, ""))
        elif level and thing is not None:
            level += text.endswith("{")
            _member(text, thing, sentence, forms)
        elif text.startswith(("//", "/*", "*", "@", "#", "import", "package", "using")):
            forms.irrelevant(sentence, "a remark")
        else:
            forms.not_understood(sentence, "no class, record or interface")


def _constant(text: str) -> str:
    """A value of an enumeration: the text that it stands for, else its name."""
    quoted = re.search(r"[\"']([^\"']+)[\"']", text)
    return quoted[1] if quoted else (re.search(r"\w+", text) or [""])[0]


def _parts(block: Block) -> Iterator[tuple[str, Sentence]]:
    """Lines, and the members of a class that stands on one line."""
    for text, sentence in block.lines():
        bare = re.sub(r"\s*//.*$", "", text).strip() or text.strip()
        bare = re.sub(r"\{\s*get\s*;[^{}]*\}", "", bare)
        opened = re.match(r"^(?P<head>[^{}]*\{)\s*(?P<body>[^{}]+?)\s*(?P<close>\})?;?$", bare)
        if opened and _HEAD.match(opened["head"]):
            yield opened["head"], sentence
            for part in segments(opened["body"], ";") if ";" in opened["body"] else _members(opened["body"]):
                yield part, sentence
            if opened["close"]:
                yield "}", sentence
        elif bare.rstrip(";,") == "}":
            yield "}", sentence
        else:
            for part in segments(bare, ";"):
                if re.sub(r"[\s,]", "", part):
                    yield part.rstrip(","), sentence


def _members(body: str) -> list[str]:
    """Members between commas; a comma between values or type arguments is none."""
    return re.split(r",\s*(?=[\w\"]+\??\s*:|\w+\s+\w+)", body) if ":" in body else list(segments(body, ","))


def _member(text: str, thing: Thing, sentence: Sentence, forms: Forms) -> None:
    """One field; methods, annotations and remarks store nothing."""
    if text.startswith(("//", "/*", "*", "#")) or (text.startswith("@") and " " not in text):
        forms.irrelevant(sentence, "a remark or annotation")
        return
    bare = _MODIFIERS.sub("", re.sub(r"^(?:@\w+(?:\([^()]*\))?\s+)+", "", text))
    column = field_of(bare, sentence)
    if column is not None:
        thing.columns.append(column)
        if "@id" in text or "@Id" in text:
            thing.key.append(column.attribute.label)
    elif "(" in bare or bare.startswith("return"):
        forms.irrelevant(sentence, "a method stores nothing")
    else:
        forms.not_understood(sentence, "no field of a class")


def field_of(text: str, sentence: Sentence) -> Column | None:
    """`name?: Type[] = default`, `Type name`, `name Type @unique`."""
    found = _PAIR.match(text)
    if found is None and (after := _AFTER.match(text)) and (after["rest"] or _named_first(after)):
        return _decorated(after, sentence)
    found = found or _TYPED.match(text)
    if found is None:
        return None
    attribute = StatedAttribute(label=found["name"].strip("#@"), evidence=1)
    if found.groupdict().get("opt"):
        attribute = changed(attribute, optional=True)
    column = typed_column(attribute, found["type"].strip().rstrip(","), sentence)
    default = (found["default"] or "").strip(" ,\"'")
    if default in ("None", "null", "undefined", "nil"):
        return changed(column, attribute=changed(column.attribute, optional=True))
    plain = bool(default) and re.fullmatch(r"[\w.-]+", default) is not None and "." not in default.strip("0123456789.")
    return changed(column, attribute=changed(column.attribute, default=default)) if plain else column


def _named_first(found: re.Match[str]) -> bool:
    """Whether two words are `name Type` and not `Type name`."""
    text = found["type"].strip("*[]?")
    if found["name"][:1].islower() and text[:1].isupper():
        return True
    return not with_type(StatedAttribute(label="x"), text)[1]


def _decorated(found: re.Match[str], sentence: Sentence) -> Column:
    """A field of a Prisma model or a Go struct."""
    rest = found["rest"] or ""
    attribute = StatedAttribute(label=found["name"], evidence=1, unique="@unique" in rest)
    if "@id" in rest:
        attribute = changed(attribute, optional=False)
    if default := re.search(r"@default\(\"?([\w.-]+)\"?\)", rest):
        attribute = changed(attribute, default=default[1])
    return typed_column(attribute, found["type"].lstrip("*"), sentence)


def typed_column(attribute: StatedAttribute, text: str, sentence: Sentence) -> Column:
    """The column of a type with `?`, `| null`, `Optional<…>`, `List<…>`, values in quotes, or a class of its own."""
    parts = [p for p in re.split(r"\s*\|\s*", text) if p not in ("null", "undefined", "None", "")]
    if len(parts) < len(re.split(r"\s*\|\s*", text)):
        attribute = changed(attribute, optional=True)
    bare = " | ".join(parts)
    if maybe := _MAYBE.match(bare):
        bare, attribute = maybe["of"], changed(attribute, optional=True)
    if bare.endswith("?"):
        bare, attribute = bare[:-1], changed(attribute, optional=True)
    if values := _VALUES.match(bare):
        allowed = tuple(dict.fromkeys(re.findall(r"[\"']([^\"']*)[\"']", values["values"])))
        return Column(changed(attribute, type="string", allowed=allowed), sentence)
    if several := _LIST.match(bare):
        inner = (several["of"] or several["several"] or several["go"]).strip("\"'")
        return Column(attribute, sentence, inner, True)
    attribute, type_name = with_type(attribute, bare.strip("\"'"), vague=True)
    return Column(attribute, sentence, type_name)


_CLASS = re.compile(r"^class\s+(?P<name>\w+)\s*(?:\((?P<bases>[^()]*)\))?\s*:")
_ASSIGNED = re.compile(r"^(?P<name>\w+)\s*(?::\s*(?P<hint>[^=]+?))?\s*=\s*(?P<call>[\w.]+)\((?P<args>.*)\)\s*$")


def read_python(block: Block, forms: Forms) -> None:
    """Dataclasses, pydantic, SQLAlchemy and Django models."""
    if not any(_CLASS.match(text.strip()) for text, _ in block.lines()):
        return
    forms.consume(*block.sentences)
    thing: Thing | None = None
    values: tuple[str, list[str]] | None = None
    for text, sentence in block.lines():
        bare = re.sub(r"\s+#.*$", "", text).strip()
        if head := _CLASS.match(bare):
            enum = "Enum" in (head["bases"] or "")
            values = (head["name"], []) if enum else None
            thing = None if enum else forms.thing(head["name"], sentence)
            forms.uses.append((sentence, "" if enum else head["name"]))
        elif values is not None and (found := re.match(r"^\w+\s*=\s*[\"']([^\"']+)[\"']$", bare)):
            values[1].append(found[1])
            forms.add_values(values[0], tuple(values[1]))
            forms.uses.append((sentence, ""))
        elif thing is not None and text[:1].isspace() and (column := _python_field(bare, sentence)):
            thing.columns.append(column)
            if "primary_key=True" in bare:
                thing.key.append(column.attribute.label)
        elif thing is not None and (re.match(r"^(?:@|def |return|class Meta|\"\"\"|#|pass\b|__)", bare) or "(" in bare):
            forms.irrelevant(sentence, "a method or remark stores nothing")
        elif re.match(r"^(?:@|from |import |#|\"\"\")", bare):
            forms.irrelevant(sentence, "an import, decorator or remark")
        else:
            forms.not_understood(sentence, "no field of a class")


def _python_field(text: str, sentence: Sentence) -> Column | None:
    """`name: type = default`, `name = Column(…)`, `name = models.CharField(…)`."""
    if text.startswith(("def ", "return ", "__", "@")):
        return None
    called = _ASSIGNED.match(text)
    if called is None:
        return field_of(text, sentence)
    call, args = called["call"].rsplit(".", 1)[-1], called["args"]
    attribute = StatedAttribute(label=called["name"], evidence=1, unique="unique=True" in args)
    if re.search(r"\bnull(?:able)?=(?:True|False)", args):
        attribute = changed(attribute, optional="null=True" in args or "nullable=True" in args)
    if default := re.search(r"\bdefault=[\"']?([\w.-]+)", args):
        attribute = changed(attribute, default=default[1] if default[1] not in ("None", "uuid.uuid4") else None)
    owned = "CASCADE" in args
    target = re.search(r"ForeignKey\(\s*[\"']?(\w+)", text)
    if call in ("ForeignKey", "OneToOneField", "ManyToManyField"):
        target = re.match(r"\s*[\"']?(\w+)", args)
    if target:
        many, unique = call == "ManyToManyField", call == "OneToOneField" or attribute.unique
        return Column(changed(attribute, references=target[1], owned=owned, many=many, unique=unique), sentence)
    if call == "relationship":
        return None
    if call in ("Column", "mapped_column", "Field", "field"):
        hint = re.sub(r"^Mapped\[(.*)\]$", r"\1", called["hint"] or "") or re.split(r"[,]", args, maxsplit=1)[0]
        return typed_column(attribute, re.sub(r"^(?:sa|db)\.", "", hint.strip()), sentence)
    word = re.sub(r"Field$", "", call)
    length = re.search(r"max_length=(\d+)", args)
    attribute, _ = with_type(attribute, f"{word}({length[1]})" if length and word == "Char" else word)
    return Column(attribute, sentence)
