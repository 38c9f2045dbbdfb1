"""Models written as data: `{"id": "int", "name": "string?"}`, YAML of the same kind, JSON Schema and OpenAPI."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from agents.changing import changed
from agents.naming import singular
from agents.requirement_analysis.attribute_notes import TYPES, StatedAttribute, noted
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.entities import clean_name, is_name
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.nodes import Node
from agents.requirement_analysis.forms.things import Column, Forms, Thing
from agents.requirement_analysis.forms.types import with_type

_REFERRING = re.compile(r"(?:references?|fk|foreign key|ref)\b|->|→", re.IGNORECASE)
_FORMATS = {"date": "date", "date-time": "timestamp", "time": "time", "uuid": "uuid", "email": "email", "uri": "url",
            "ipv4": "inet", "duration": "duration", "decimal": "decimal",
            "int32": "integer", "int64": "integer"}  # fmt: skip


def is_schema(node: Node) -> bool:
    """Whether an object is a JSON Schema: it describes properties and does not show values."""
    properties = node.get("properties")
    return (
        properties is not None and properties.kind == "object" and all(v.kind == "object" for _, v in properties.pairs)
    )


def is_model(node: Node) -> bool:
    """Whether an object's values are mostly names of types."""
    texts = [v.text for _, v in node.pairs if v.kind in ("text", "word")]
    typed = sum(_is_type(t) for t in texts)
    typed += sum(k.kind == "word" for _, v in node.pairs if v.kind == "object" and (k := v.get("type")) is not None)
    return node.kind == "object" and typed > 0 and typed * 2 >= len(node.pairs)


def _is_type(text: str) -> bool:
    """Whether a value such as `string?` or `decimal(10,2), required` begins with a type."""
    if _REFERRING.match(text.strip()):
        return True
    first = re.split(r"[(,|?\s\[]", text.strip().lower(), maxsplit=1)[0]
    return first in TYPES and first not in ("name", "country", "currency", "language", "location", "photo", "year")


def read_model(label: str, node: Node, block: Block, forms: Forms) -> None:
    """An object whose values are types; without a name its lines are reported."""
    if not label or not is_name(clean_name(label)):
        for _, value in node.pairs:
            forms.not_understood(block.at(value.line), "a list of types without the name of what has them")
        return
    thing = forms.thing(singular(label), block.at(node.line))
    for key, value in node.pairs:
        _typed(thing, key, value, block, forms)


def _typed(thing: Thing, key: str, value: Node, block: Block, forms: Forms) -> None:
    """One attribute of a model: `key: type, notes`, `key: [Type]`, or `key: {type: …, required: …}`."""
    sentence = block.at(value.line)
    many = value.kind == "array"
    inner = value.items[0] if many and value.items else value
    if inner.kind == "object":
        notes = [n for name, v in inner.pairs for n in _note(name, v)]
        text = ", ".join(notes)
    else:
        text = inner.text
    column = model_column(key, text, many)
    if column is None:
        forms.not_understood(sentence, "no type or note of an attribute")
        return
    attribute, type_name, several, is_key = column
    thing.columns.append(Column(attribute, sentence, type_name, several))
    thing.key += [attribute.label] if is_key else []


def model_column(key: str, text: str, many: bool = False) -> tuple[StatedAttribute, str, bool, bool] | None:
    """(attribute, name of its own type, whether it is a list, whether it is the key) of `key: text`."""
    bare = re.sub(r"\s*#.*$", "", text).strip().rstrip(";,")
    optional = True if bare.endswith("?") or key.endswith("?") else None
    bare = bare.rstrip("?").strip()
    if found := re.match(
        r"^(?:list|array|set)\s*[<\[(]\s*(?P<of>\w+)\s*[>\])]$|^(?P<several>\w+)\[\]$", bare, re.IGNORECASE
    ):
        bare, many = found["of"] or found["several"], True
    own, _, notes = bare.partition(",")
    type_name = own.strip() if re.fullmatch(r"[A-Z]\w*", own.strip()) and not _is_type(own) else ""
    bare = notes.strip() if type_name else bare
    parsed = stated_attributes(f"{key.rstrip('?')}: {bare}" if bare else key.rstrip("?"))
    if not parsed:
        return None
    attribute = changed(parsed[0], evidence=max(parsed[0].evidence, 1))
    for extra in parsed[1:]:
        attribute = noted(attribute, extra.label) or attribute
    if optional:
        attribute = changed(attribute, optional=True)
    is_key, attribute = attribute.key, changed(attribute, key=False)
    return attribute, type_name, many, is_key


def _note(name: str, value: Node) -> Iterator[str]:
    """One property of an attribute as a note of an attribute line."""
    low, text = name.lower(), value.text
    yes = text.lower() in ("true", "yes")
    if low == "type":
        yield text
    elif low in ("required", "nullable", "optional", "unique"):
        required = yes if low == "required" else not yes
        yield ("unique" if yes else "") if low == "unique" else ("required" if required else "optional")
    elif low in ("primary", "primary_key", "primarykey", "pk") and yes:
        yield "pk"
    elif low == "default":
        yield f"default {text}"
    elif low in ("enum", "values", "options", "allowed"):
        yield "one of " + " | ".join(i.text for i in value.items)
    elif low in ("ref", "references", "foreign_key", "fk", "relation"):
        yield f"references {text}"
    elif low in ("max_length", "maxlength", "length") and text.isdigit():
        yield f"{text} characters"
    elif low in ("min", "minimum", "max", "maximum"):
        yield f"{low[:3]} {text}"


def read_schema(label: str, node: Node, block: Block, forms: Forms) -> None:
    """A JSON Schema; its title names it where nothing else does."""
    title = node.get("title")
    name = title.text if title is not None and title.text else label
    if not name or not is_name(clean_name(name)):
        forms.not_understood(block.at(node.line), "a schema without a name")
        return
    thing = forms.thing(name, block.at(node.line))
    needed = node.get("required")
    required = {i.text for i in needed.items} if needed is not None else set()
    properties = node.get("properties")
    for key, value in properties.pairs if properties is not None else []:
        attribute = StatedAttribute(label=key, optional=key not in required, evidence=1)
        column = _property(thing, attribute, value, block, forms)
        thing.columns.append(column)
    forms.uses += [(block.at(v.line), name) for _, v in node.pairs]


def _property(thing: Thing, attribute: StatedAttribute, value: Node, block: Block, forms: Forms) -> Column:
    """One property of a schema."""
    sentence, kind = block.at(value.line), value.get("type")
    forms.uses += [(block.at(v.line), thing.label) for _, v in value.pairs]
    items = value.get("items")
    many = items is not None
    source = items if items is not None else value
    reference = source.get("$ref")
    if reference is not None:
        return Column(attribute, sentence, reference.text.rsplit("/", 1)[-1], many)
    if is_schema(source):
        label = singular(attribute.label)
        read_schema(label, source, block, forms)
        return Column(attribute, sentence, label, many)
    form = value.get("format")
    word = _FORMATS.get(form.text, "") if form is not None else ""
    word = word or (kind.text if kind is not None else "")
    if many:
        return Column(attribute, sentence, "", True)
    attribute, type_name = with_type(attribute, word, vague=True)
    if values := value.get("enum"):
        attribute = changed(attribute, type="string", allowed=tuple(i.text for i in values.items))
    return Column(_limits(attribute, value), sentence, type_name)


def _limits(attribute: StatedAttribute, value: Node) -> StatedAttribute:
    """Bounds, length and default of a property."""

    def number(key: str) -> Decimal | None:
        found = value.get(key)
        try:
            return Decimal(found.text) if found is not None else None
        except InvalidOperation:
            return None

    low, above, high, length = (number(k) for k in ("minimum", "exclusiveMinimum", "maximum", "maxLength"))
    default = value.get("default")
    return changed(
        attribute, minimum=low if above is None else above, exclusive_minimum=above is not None, maximum=high,
        length=int(length) if length is not None else attribute.length,
        default=default.text if default is not None and default.kind in ("word", "text") else None,
    )  # fmt: skip
