"""JSON and YAML as nodes that know their lines; JSON is read leniently, because people abbreviate samples.

No JSON parser of the standard library tells lines, and samples hold comments, trailing commas and `…`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from agents.requirement_analysis.forms.blocks import Block

DEEPEST = 24
_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|(?P<mark>[{}\[\],]|[:=](?=[\s\[{\"'\d]|$)|:)"
    r"|(?P<word>(?:[^\s{}\[\]:,\"'=]|(?<=\w):(?=//))+)|(?P<line>\n)",
    re.DOTALL,
)


@dataclass
class Node:
    """A value: `kind` is object, array, text (quoted), word (bare) or null."""

    kind: str
    line: int
    text: str = ""
    pairs: list[tuple[str, "Node"]] = field(default_factory=list)
    items: list["Node"] = field(default_factory=list)

    def get(self, key: str) -> "Node | None":
        """The value of a key of an object."""
        return next((value for name, value in self.pairs if name == key), None)


def json_values(text: str) -> Iterator[tuple[str, Node]]:
    """(name before it, value) of each value at the top of a text; the name may be empty or a path.

    >>> [(name, node.pairs[0][0]) for name, node in json_values('POST /orders\\n{"id": 1}')]
    [('/orders', 'id')]
    """
    tokens = list(_tokens(text))
    place, name = 0, ""
    while place < len(tokens):
        kind, value, _ = tokens[place]
        if kind == "mark" and value in "{[":
            node, place = _value(tokens, place, 0)
            yield name, node
            name = ""
            continue
        if kind in ("word", "text") and value not in ("const", "let", "var", "export", "HTTP/1.1"):
            name = value
        place += 1


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, value, line) of each token; lines count from 1."""
    line = 1
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "line":
            line += 1
        elif found.lastgroup == "text":
            yield "text", _unquoted(found[0]), line
        elif found.lastgroup:
            yield found.lastgroup, found[0], line
        else:
            line += found[0].count("\n")


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text)) if text.startswith('"') else text[1:-1]
    except ValueError:
        return text[1:-1]


def _value(tokens: list[tuple[str, str, int]], place: int, depth: int) -> tuple[Node, int]:
    """(node, place after it) of the value that begins at a place; what is nested too deep is passed over."""
    kind, value, line = tokens[place]
    if kind != "mark" or value not in "{[":
        null = kind == "word" and value.lower() in ("null", "none", "undefined")
        return Node("null" if null else kind, line, value), place + 1
    if depth > DEEPEST:
        return Node("null", line), _after(tokens, place)
    return _object(tokens, place, depth) if value == "{" else _array(tokens, place, depth)


def _after(tokens: list[tuple[str, str, int]], place: int) -> int:
    """The place after the bracket that closes the one at a place."""
    level = 0
    while place < len(tokens):
        kind, value, _ = tokens[place]
        if kind == "mark":
            level += (value in "{[") - (value in "}]")
        place += 1
        if level == 0:
            break
    return place


def _object(tokens: list[tuple[str, str, int]], place: int, depth: int) -> tuple[Node, int]:
    node = Node("object", tokens[place][2])
    place += 1
    while place < len(tokens) and tokens[place][:2] != ("mark", "}"):
        kind, key, line = tokens[place]
        if kind != "mark" and place + 2 < len(tokens) and tokens[place + 1][:2] == ("mark", ":"):
            value, place = _value(tokens, place + 2, depth + 1)
            if value.kind != "mark":
                value.line = line
                node.pairs.append((key, value))
        else:
            place += 1
    return node, place + 1


def _array(tokens: list[tuple[str, str, int]], place: int, depth: int) -> tuple[Node, int]:
    node = Node("array", tokens[place][2])
    place += 1
    while place < len(tokens) and tokens[place][:2] != ("mark", "]"):
        if tokens[place][:2] == ("mark", ",") or tokens[place][1] in ("...", "…"):
            place += 1
            continue
        value, place = _value(tokens, place, depth + 1)
        if value.kind != "mark":
            node.items.append(value)
    return node, place + 1


def yaml_values(block: Block) -> Iterator[Node]:
    """The documents of a YAML text; nothing where it is no YAML. Aliases are passed over: they may multiply."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for document in yaml.compose_all(re.sub(r"\t", "    ", block.text), Loader=loader):
            if document is not None:
                yield _from_yaml(document, 0, set())
    except (yaml.YAMLError, RecursionError, ValueError):
        return


def _from_yaml(node: yaml.Node, depth: int, seen: set[int]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in seen or depth > DEEPEST:
        return Node("null", line)
    if isinstance(node, yaml.ScalarNode):
        if node.tag.endswith(":null"):
            return Node("null", line)
        return Node("text" if node.style in ("'", '"') else "word", line, str(node.value))
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return Node("array", line, items=[_from_yaml(n, depth + 1, seen) for n in node.value])
    made = Node("object", line)
    for key, value in node.value:
        inner = _from_yaml(value, depth + 1, seen)
        inner.line = key.start_mark.line + 1
        made.pairs.append((str(getattr(key, "value", "")) if isinstance(key, yaml.ScalarNode) else "", inner))
    return made
