"""mermaid erDiagram: boxes with attributes, keys and comments; lines with every cardinality mark, and their labels."""

import re
from collections.abc import Iterator

from agents.changing import changed
from agents.naming import identifier
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Cardinality
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.remarks import remarked
from agents.requirement_analysis.forms.things import Column, Forms, StatedLink, Thing, name_of
from agents.requirement_analysis.forms.types import with_type

_NAME = r"(?:\"[^\"]+\"|[\w.-]+)(?:\s*\[\s*(?:\"[^\"]*\"|[^\]]*)\s*\])?"
_BOX = re.compile(rf"^(?P<name>{_NAME})\s*(?::::[\w,]+\s*)?(?P<open>\{{(?P<rest>.*))?$")
_WORDS = (
    r"zero or one|one or zero|zero or more|zero or many|one or more|one or many|many\(0\)|many\(1\)|many|only one|one"
    r"|0\+|1\+|1"
)
_LINE = re.compile(
    rf"^(?P<left>{_NAME})\s*(?P<link>(?:\|o|\|\||\}}o|\}}\||{_WORDS})\s*(?:--|\.\.|\.-|-\.|optionally to|to)\s*"
    rf"(?:o\||\|\||o\{{|\|\{{|{_WORDS}))\s*(?P<right>{_NAME})\s*(?::\s*(?P<label>.*))?$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"^\*?(?P<type>[\w\[\]-]+(?:\([^()]*\))?(?:\[\])?)\s+\*?(?P<name>[\w\[\]().-]+)"
    r"(?P<keys>(?:\s*,?\s*(?:PK|FK|UK)\b)*)\s*(?P<comment>\"[^\"]*\")?$",
    re.IGNORECASE,
)
_OPENING = re.compile(rf"^{_NAME}\s*(?::::[\w,]+\s*)?\{{")
_SEVERAL = re.compile(
    r"[\w\[\]-]+(?:\([^()]*\))?(?:\[\])?\s+(?!(?:PK|FK|UK)\b)\*?[\w\[\]().-]+(?:\s*,?\s*(?:PK|FK|UK)\b)*(?:\s*\"[^\"]*\")?,?;?",
    re.IGNORECASE,
)
_MANY = re.compile(r"[{}]|more|many|\+", re.IGNORECASE)
_ZERO = re.compile(r"[|}]o|o[|{]|zero|0", re.IGNORECASE)
_SKIPPED = re.compile(
    r"^(?:erDiagram|%%.*|direction\s+\w+|title\b.*|acc\w+\b.*|style\b.*|classDef\b.*|class\b.*|---.*)$"
)


def read_mermaid(block: Block, forms: Forms) -> None:
    """Every diagram of entities in a block; other kinds of diagrams are left to the trace."""
    if not re.search(r"^\s*erDiagram\b", block.text, re.MULTILINE):
        return
    forms.consume(*block.sentences)
    titles: dict[str, str] = {}
    box: Thing | None = None
    links: list[StatedLink] = []
    for text, sentence in _lines(block):
        if box is not None:
            box = _inside(text, box, sentence, forms)
        elif found := _LINE.match(text):
            links.append(_link(found, titles, sentence, forms))
        elif _SKIPPED.match(text):
            forms.irrelevant(sentence, "notation of a diagram")
        elif (opened := _BOX.match(text)) and (opened["open"] or "[" in text or " " not in opened["name"].strip('"')):
            box = _opened(opened, titles, sentence, forms)
        else:
            forms.not_understood(sentence, "no box, attribute or line of an erDiagram")
    made = [changed(k, parent=titles.get(k.parent, k.parent), child=titles.get(k.child, k.child)) for k in links]
    forms.links += [_with_role(k, forms) for k in made]


def _lines(block: Block) -> Iterator[tuple[str, Sentence]]:
    """The lines without remarks; a box that opens and closes on one line gives several."""
    inside = False
    for text, sentence in block.lines():
        bare = text.strip()
        if not _LINE.match(bare) and "%%" not in bare and (inside or _OPENING.match(bare)):
            for part in (p.strip() for p in re.split(r"(?<=\{)|(?=\})", bare) if p.strip()):
                inside = part != "}" if part.endswith(("{", "}")) else inside
                several = list(_SEVERAL.finditer(part)) if inside and not part.endswith("{") else []
                if len(several) > 1 and "".join(part.split()) == "".join("".join(m[0].split()) for m in several):
                    yield from ((m[0].strip(), sentence) for m in several)
                else:
                    yield part, sentence
        elif bare.startswith("erDiagram ") or ("{" in bare and bare.endswith("}") and not _LINE.match(bare)):
            for part in re.split(r"(?<=\{)\s*|[;,]\s*(?=\w+\s+\w+)|\s*(?=\}$)|^(erDiagram)\s+", bare):
                if part and part.strip():
                    yield part.strip(), sentence
        else:
            yield re.sub(r"\s*%%.*$", "", bare) or bare, sentence


def _title(name: str, titles: dict[str, str]) -> tuple[str, str]:
    """(id, label) of a name such as `p[Person]` or `"Order line"`; a label counts for all uses of its id."""
    found = re.match(r"^(?P<id>\"[^\"]+\"|[\w.-]+)\s*(?:\[\s*\"?(?P<alias>[^\"\]]*)\"?\s*\])?$", name.strip())
    if not found:
        return name, name
    own = found["id"].strip('"')
    if found["alias"] and found["alias"].strip():
        titles[own] = found["alias"].strip()
    return own, titles.get(own, own)


def _opened(found: re.Match[str], titles: dict[str, str], sentence: Sentence, forms: Forms) -> Thing | None:
    """A box; its thing is open until the closing brace."""
    _, label = _title(found["name"], titles)
    thing = forms.thing(label, sentence)
    forms.uses.append((sentence, label))
    return thing if found["open"] else None


def _inside(text: str, box: Thing, sentence: Sentence, forms: Forms) -> Thing | None:
    """One line of an open box; None where it closes."""
    if text == "}":
        forms.irrelevant(sentence, "notation of a diagram")
        return None
    found = _ATTRIBUTE.match(text)
    if not found:
        forms.not_understood(sentence, "no attribute of an erDiagram (`type name PK`)")
        return box
    keys = set(re.findall(r"PK|FK|UK", found["keys"].upper()))
    attribute = StatedAttribute(
        label=found["name"].strip("[]()"), evidence=1, unique="UK" in keys,
        description=(found["comment"] or "").strip('"'),
        optional=False if "PK" in keys else None, references="" if "FK" in keys else None,
    )  # fmt: skip
    many = found["type"].endswith("[]")
    attribute, type_name = with_type(attribute, found["type"].removesuffix("[]"))
    attribute = remarked(attribute)
    box.columns.append(Column(attribute, sentence, type_name, many))
    if "PK" in keys:
        box.key.append(attribute.label)
    return box


def _link(found: re.Match[str], titles: dict[str, str], sentence: Sentence, forms: Forms) -> StatedLink:
    """A line between two boxes. An identifying line to a required parent means that the child is part of it."""
    left, right = _title(found["left"], titles)[0], _title(found["right"], titles)[0]
    first, second = re.split(r"\s*(?:--|\.\.|\.-|-\.|\boptionally to\b|\bto\b)\s*", found["link"], maxsplit=1)
    many = (bool(_MANY.search(first)), bool(_MANY.search(second)))
    cardinality: Cardinality = "many_to_many" if all(many) else "one_to_many" if any(many) else "one_to_one"
    turned = many == (True, False) or (
        many == (False, False) and bool(_ZERO.search(first)) and not _ZERO.search(second)
    )
    parent, child, one_side = (right, left, second) if turned else (left, right, first)
    forms.uses.append((sentence, child))
    return StatedLink(
        parent, child, cardinality, sentence, role=(found["label"] or "").strip(' "') or None,
        optional=cardinality != "many_to_many" and bool(_ZERO.search(one_side)),
    )  # fmt: skip


def _with_role(link: StatedLink, forms: Forms) -> StatedLink:
    """A label is a role where the child has a foreign key of that name; otherwise it is a verb.

    The one foreign key whose name fits no box belongs to the one line that no key's name fits.
    """
    label = identifier(link.role) if link.role else ""
    child, parent = forms.named(link.child), name_of(link.parent)
    keys = {c.attribute.name: c for c in child.columns if c.attribute.references is not None} if child else {}
    bases = {name.removesuffix("_id"): name for name in keys}
    own = bases.get(label) or bases.get(parent)
    if own is None and child is not None and link.cardinality != "many_to_many":
        free = [n for b, n in bases.items() if forms.named(b) is None and not keys[n].attribute.references]
        own = free[0] if len(free) == 1 else None
        own = own or next(
            (
                n
                for b, n in bases.items()
                if b == f"parent_{parent}" or (b == "parent" and name_of(link.child) == parent)
            ),
            None,
        )
    if own is None or child is None:
        alike = name_of(link.child) == parent and label.endswith("_of")  # `STUDENT |o--o{ STUDENT : "sibling of"`
        return changed(link, role=label.removesuffix("_of") if alike else None)
    child.change(own, references=link.parent, optional=link.optional, unique=link.cardinality == "one_to_one")
    base = own.removesuffix("_id")
    return changed(link, role=None if base == parent else base)
