"""YAML: models (`Order:` with types below), lists of entities with attributes, OpenAPI schemas, or samples."""

import re

from agents.requirement_analysis.entities import clean_name, is_name
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.json_samples import sample_of
from agents.requirement_analysis.forms.nodes import Node, yaml_values
from agents.requirement_analysis.forms.operations import is_paths, lines_of, read_paths
from agents.requirement_analysis.forms.schemas import is_model, is_schema, read_model, read_schema
from agents.requirement_analysis.forms.things import Forms

_LISTS = ("attributes", "fields", "columns", "properties")
_INTERFACE = frozenset("openapi swagger asyncapi info servers tags security host basepath schemes".split())
_HOLDERS = frozenset("entities tables models schemas components definitions types objects resources data".split())


def read_yaml(block: Block, forms: Forms) -> None:
    """Every model and sample of a block; a text that is no YAML is left to the trace."""
    found = list(yaml_values(block))
    known = [node for node in found if node.kind in ("object", "array")]
    if not known:
        return
    before = len(forms.things) + len(forms.samples) + len(forms.spoken)
    for node in known:
        _node("", node, block, forms, 0)
    if len(forms.things) + len(forms.samples) + len(forms.spoken) > before:
        forms.consume(*block.sentences)


def _node(name: str, node: Node, block: Block, forms: Forms, depth: int) -> None:
    """A mapping is a model, a holder of models, or something else that is passed over."""
    if depth > 6:
        return
    if node.kind == "array":
        for item in node.items:
            _node("", item, block, forms, depth + 1)
    elif node.kind == "object":
        _mapping(name, node, block, forms, depth)


def _mapping(name: str, node: Node, block: Block, forms: Forms, depth: int) -> None:
    if is_schema(node):
        read_schema(name, node, block, forms)
        return
    own = node.get("name") or node.get("entity") or node.get("table")
    listed = next((v for k in _LISTS if (v := node.get(k)) is not None and not _are_rows(v)), None)
    label = name or (own.text if own is not None else "")
    if listed is not None and label:
        forms.uses += [(block.at(v.line), label) for _, v in node.pairs]
        read_model(label, _merged(listed), block, forms)
    elif name and name.lower() not in _HOLDERS and (is_model(node) or _references(node)):
        read_model(name, node, block, forms)
    elif name and name.lower() not in _HOLDERS and depth == 1 and _is_sample(node) and is_name(clean_name(name)):
        sample_of(name, node, block, forms)
    else:
        for key, value in node.pairs:
            if depth == 0 and key.lower() in _INTERFACE:
                for line in (value.line, *lines_of(value)):
                    forms.irrelevant(block.at(line), "about the interface itself")
            elif is_paths(value):
                forms.uses.append((block.at(value.line), ""))
                read_paths(value, block, forms)
            elif value.kind in ("object", "array"):
                if key.lower() in _HOLDERS:
                    forms.uses.append((block.at(value.line), ""))
                if value.kind == "array" and key.lower() not in _HOLDERS and _entries(value):
                    read_model(key, _merged(value), block, forms)
                else:
                    _node(
                        "" if key.lower() in _HOLDERS and value.kind == "array" else key, value, block, forms, depth + 1
                    )


def _are_rows(node: Node) -> bool:
    """Whether a list under `fields` shows things (the fields of a farm) and does not describe attributes."""
    items = [i for i in node.items if i.kind == "object" and len(i.pairs) > 1] if node.kind == "array" else []
    return any(i.get("type") is None and i.get("references") is None and _is_sample(i) for i in items)


def _merged(node: Node) -> Node:
    """Attributes as a mapping, whether they are listed as names, pairs or mappings with a `name`."""
    if node.kind == "object":
        return node
    made = Node("object", node.line)
    for item in node.items:
        own = item.get("name") if item.kind == "object" and len(item.pairs) > 1 else None
        if own is not None:
            rest = Node("object", item.line, pairs=[(k, v) for k, v in item.pairs if k != "name"])
            made.pairs.append((own.text, rest))
        elif item.kind == "object":
            made.pairs += item.pairs
        elif item.text:
            made.pairs.append((item.text, Node("word", item.line, "")))
    return made


def _entries(node: Node) -> bool:
    """Whether a list holds `name: type` pairs."""
    merged = _merged(node)
    return bool(merged.pairs) and is_model(merged)


def _references(node: Node) -> bool:
    """Whether a mapping has capitalised values only, as references to other models are."""
    return bool(node.pairs) and all(
        v.kind == "word" and v.text[:1].isupper() and v.text.isidentifier() for _, v in node.pairs
    )


def _is_sample(node: Node) -> bool:
    """Whether a mapping shows values: a number, date, address or list of mappings among them."""
    shown = any(v.kind in ("word", "text") and re.search(r"\d|@|/|\w \w", v.text) for _, v in node.pairs)
    nested = any(v.kind == "array" and any(i.kind == "object" for i in v.items) for _, v in node.pairs)
    return (shown or nested) and len(node.pairs) > 2
