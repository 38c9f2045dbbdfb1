"""JSON samples: an object is an entity, nested ones are parents, parts or groups of attributes, arrays are children."""

import re
from dataclasses import dataclass, field

from agents.changing import changed
from agents.knowledge import attribute_guess
from agents.naming import identifier, plural, singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.endpoints import ENDPOINT
from agents.requirement_analysis.entities import clean_name, is_name
from agents.requirement_analysis.forms.blocks import Block
from agents.requirement_analysis.forms.nodes import Node, json_values
from agents.requirement_analysis.forms.schemas import is_model, is_schema, read_model, read_schema
from agents.requirement_analysis.forms.things import Column, Forms, StatedLink, name_of
from agents.requirement_analysis.topics import title_topic
from contracts.requirements import AttributeType

_SUBJECT = re.compile(
    r"\b(?:comes?|looks?|arrives?|gets?|returned|are sent|is sent|posts?|sends?|reports?|publish(?:es)?|emits?)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\s+(?:as|that|which|when|where|how|coming|sent|returned|received|from)\b.*$", re.IGNORECASE)
"""What only says where a sample comes from: `a booking as the shop sends it`."""
_SENT = re.compile(
    r"^(?:(?:each|every|an?|the|all|our)\s+)?(?P<who>[\w-]+(?: [\w-]+)?)\s+(?:posts?|sends?|reports?"
    r"|publish(?:es)?|emits?|push(?:es)?"
    r"|transmits?|uploads?)\b",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1[5-9]\d{8}(?:\d{3})?|2[0-4]\d{8}(?:\d{3})?")
_UNKNOWN = "the name tells no type"
_TIMES = frozenset("ts time timestamp at measured_at recorded_at sent_at date_time datetime".split())
_WRAPPERS = frozenset("data items results content records result response body payload rows list entries".split())
_PARTS = frozenset("item line entry position detail row step history event comment note attachment image photo".split())
_NOISE = re.compile(
    r"^and\b|\b(?:an?|the|json|samples?|examples?|payloads?|responses?|requests?|documents?|objects?|body|bodies|record|looks?"
    r"|like|this|as|follows?|following|is|of|for|here|stored|one|typical|such|below|data|structure|format|model"
    r"|from|api|import|export)\b|[:.`*]",
    re.IGNORECASE,
)
_NO_NAMES = frozenset("what how which we they it you system app application service backend frontend client".split())
_VALUES: tuple[tuple[AttributeType, re.Pattern[str]], ...] = (
    ("timestamp", re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$")),
    ("date", re.compile(r"^\d{4}-\d\d-\d\d$")),
    ("time", re.compile(r"^\d\d:\d\d(?::\d\d)?$")),
    ("uuid", re.compile(r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", re.IGNORECASE)),
    ("email", re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.IGNORECASE)),
    ("url", re.compile(r"^https?://\S+$")),
    ("ip_address", re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")),
)  # fmt: skip
_GROUP = 8
"""Scalars up to which a nested object without an id is a group of attributes (an address) and no row of its own."""


@dataclass
class Sample:
    """What all samples of one entity show."""

    label: str
    sentence: Sentence
    count: int = 0
    values: dict[str, list[tuple[Node, Sentence]]] = field(default_factory=dict)


def read_json(block: Block, forms: Forms) -> None:
    """Take note of every object; things are made of them when all samples are known."""
    forms.consume(*(s for s in block.sentences if not ENDPOINT.match(s.text)))
    found = list(json_values(block.text))
    for name, node in found:
        _top(_named(name), node, block, forms)
    if not found:
        for sentence in block.sentences:
            forms.not_understood(sentence, "no JSON object or array")


def _named(name: str) -> str:
    """A name before a value; of a path the last part that is no parameter."""
    if "/" in name:
        parts = [
            p for p in name.split("?")[0].split("/") if p and not p.startswith(("{", ":", "<")) and not p.isdigit()
        ]
        return parts[-1] if parts else ""
    return name if is_name(clean_name(name)) else ""


def _top(name: str, node: Node, block: Block, forms: Forms) -> None:
    """A value at the top: wrappers name what they hold, others are named by what stands above."""
    if node.kind == "array":
        for item in node.items:
            if item.kind == "object":
                _top(name, item, block, forms)
        return
    if node.kind != "object":
        return
    if is_schema(node):
        read_schema(name or _above(block), node, block, forms)
        return
    inner = [(k, v) for k, v in node.pairs if v.kind == "object" or _objects(v)]
    wrapped = [(k, v) for k, v in inner if k.lower() in _WRAPPERS]
    scalars = [k for k, v in node.pairs if (k, v) not in inner]
    paging = all(identifier(k) in _PAGING for k in scalars)
    if wrapped and paging:
        for _, value in wrapped:
            _top(name, value, block, forms)
    elif inner and not scalars and not _singular(name):
        for key, value in inner:
            _named_value(key, value, block, forms)
    elif is_model(node):
        read_model(name or _above(block) or _by_key(node), node, block, forms)
    elif label := name or _message(node, block, forms) or _above(block) or _by_key(node):
        sample_of(label, node, block, forms)
    else:
        _nameless(node, block, forms)


_PAGING = frozenset("page size total limit offset count next prev previous cursor next_cursor has_more total_pages "
                    "page_size per_page status success message code error errors".split())  # fmt: skip


def _singular(name: str) -> bool:
    """Whether a name says that what follows is one thing (`Order: {customer: {…}}`)."""
    return bool(name)


def _named_value(key: str, value: Node, block: Block, forms: Forms) -> None:
    """The things below a key at the top."""
    forms.uses.append((block.at(value.line), key))
    for item in value.items if value.kind == "array" else [value]:
        if is_schema(item):
            read_schema(key, item, block, forms)
        elif is_model(item):
            read_model(key, item, block, forms)
        elif item.kind == "object":
            sample_of(key, item, block, forms)


def _nameless(node: Node, block: Block, forms: Forms) -> None:
    """An object that nothing names."""
    for line in {node.line, *(v.line for _, v in node.pairs)}:
        forms.not_understood(block.at(line), "a JSON object that neither a key nor the text above gives a name")


def _above(block: Block) -> str:
    """The name that the sentence or heading above a block gives."""
    texts = ([block.above.text] if block.above is not None and not _is_title(block.above) else []) + list(
        block.sentences[0].sections[:0:-1]
    )
    for whole in texts:
        whole = whole if _SENT.match(whole) else _RELATIVE.sub("", whole) or whole
        text = _SUBJECT.split(whole)[0] if _SUBJECT.search(whole) and _SUBJECT.split(whole)[0].strip() else whole
        bare = clean_name(" ".join(_NOISE.sub(" ", text).split()))
        if _NO_NAMES.intersection(words(bare)):
            continue  # `This is what the old system emits`
        if bare and len(words(bare)) <= 3 and is_name(bare) and not title_topic(bare):
            return bare
    return ""


def _message(node: Node, block: Block, forms: Forms) -> str:
    """The name of what a thing sends again and again: `Devices post this every minute` shows a device's reading.

    The sample names its sender by a key and has a time; the sender is an entity of its own.
    """
    found = _SENT.match(block.above.text) if block.above is not None else None
    if not found:
        return ""
    sender = singular(identifier(found["who"]))
    keys = {identifier(k): v for k, v in node.pairs}
    timed = any(k in ("ts", "time", "timestamp", "at") or k.endswith(("_at", "_time")) for k in keys)
    if f"{sender}_id" not in keys or not timed or block.above is None:
        return ""
    if forms.named(sender) is None:
        forms.thing(sender, block.above)
    forms.uses.append((block.above, sender))
    counted = any(
        re.fullmatch(r"-?\d+(?:\.\d+)?", v.text) for k, v in keys.items() if not k.endswith(("id", "ts", "time"))
    )
    return f"{sender} {'reading' if counted else 'message'}"


def _is_title(sentence: Sentence) -> bool:
    """Whether a sentence is the title of the whole brief."""
    return sentence.form == "heading" and not sentence.sections


def _by_key(node: Node) -> str:
    """`{"orderId": …}` or `{"order_number": …}` is an order; what has a time and measures reads its first key."""
    for key, value in node.pairs[:1]:
        name = identifier(key)
        if name.endswith(("_id", "_number", "_no")):
            return name.rpartition("_")[0]
        keys = {identifier(k): v for k, v in node.pairs[1:]}
        numbers = [k for k, v in keys.items() if re.fullmatch(r"-?\d+(?:\.\d+)?", v.text)]
        if value.kind == "text" and attribute_guess(name).rule == _UNKNOWN and _TIMES & set(keys) and len(numbers) > 1:
            return f"{name.replace('_', ' ')} reading"
    return ""


def _objects(node: Node) -> bool:
    return node.kind == "array" and any(i.kind == "object" for i in node.items)


def sample_of(label: str, node: Node, block: Block, forms: Forms) -> str:
    """Add one object to the samples of its entity; its name."""
    name = name_of(label)
    found = forms.samples.setdefault(name, Sample(singular(label) if "_" not in label else label, block.at(node.line)))
    found.count += 1
    forms.uses.append((block.at(node.line), name))
    seen: set[str] = set()
    for key, value in node.pairs:
        if not words(key) or identifier(key) in seen:
            continue
        seen.add(identifier(key))
        _value(found, name, key, value, block, forms)
    return name


def _value(found: Sample, name: str, key: str, value: Node, block: Block, forms: Forms) -> None:
    """One key of a sample: a scalar, a nested object or an array."""
    sentence = block.at(value.line)
    forms.uses += [(sentence, name), *((block.at(i.line), name) for i in value.items if i.kind != "object")]
    if value.kind == "object" and _is_row(key, value):
        target = sample_of(key, value, block, forms)
        found.values.setdefault(f"{key}_id", []).append((Node("word", value.line, f"-> {target}"), sentence))
    elif (
        value.kind == "object"
        and len(value.pairs) <= _GROUP
        and all(v.kind not in ("object", "array") for _, v in value.pairs)
    ):
        for inner, scalar in value.pairs:
            forms.uses.append((block.at(scalar.line), name))
            found.values.setdefault(f"{key}_{inner}", []).append((scalar, block.at(scalar.line)))
    elif value.kind == "object":
        child = sample_of(f"{name}_{key}", value, block, forms)
        forms.links.append(StatedLink(name, child, "one_to_one", sentence, owned=True))
    elif _objects(value):
        _children(name, key, value, block, forms)
    else:
        found.values.setdefault(key, []).append((value, sentence))


def _is_row(key: str, value: Node) -> bool:
    """Whether a nested object has an identity of its own (`id`, a shop's `shopNo`), so that it exists by itself."""
    name = singular(identifier(key))
    own = {"id", "uuid", "_id", *(f"{name}_{word}" for word in ("id", "no", "number", "nr", "code"))}
    return any(identifier(k) in own for k, _ in value.pairs)


def _children(name: str, key: str, value: Node, block: Block, forms: Forms) -> None:
    """An array of objects: the many side."""
    last = singular(identifier(key))
    label = f"{name}_{last}" if last in _PARTS else last
    for item in value.items:
        if item.kind == "object":
            sample_of(label, item, block, forms)
    forms.links.append(StatedLink(name, label, "one_to_many", block.at(value.line), owned=True))


def samples_read(forms: Forms) -> None:
    """The things of all samples: what one sample lacks or leaves null is optional."""
    for name, sample in forms.samples.items():
        thing = forms.thing(sample.label, sample.sentence)
        for key, values in sample.values.items():
            if any(node.kind == "array" for node, _ in values):
                _list(name, key, values, forms)
            else:
                column = _column(key, values, sample.count)
                if "unit" in sample.values and identifier(key) in ("amount", "quantity", "value"):
                    column = changed(
                        column, attribute=changed(column.attribute, type="decimal", precision=12, scale=3)
                    )  # of that unit, no money
                thing.columns.append(_of_another(key, column, name, forms))


def _of_another(key: str, column: Column, name: str, forms: Forms) -> Column:
    """`"article": "BR-100"` beside a sample of articles is one of these, by its own number or code."""
    target = name_of(key)
    known = target != name and (target in forms.samples or target in forms.by_name)
    plain = column.attribute.type in (None, "string", "integer", "uuid")
    return changed(column, attribute=changed(column.attribute, references=target)) if known and plain else column


def _column(key: str, values: list[tuple[Node, Sentence]], count: int) -> Column:
    """The attribute that all values of a key show."""
    known = [node for node, _ in values if node.kind != "null"]
    optional = True if len(known) < max(count, len(values)) else None
    attribute = StatedAttribute(label=key, optional=optional, evidence=1)
    if known and known[0].text.startswith("-> "):
        return Column(changed(attribute, references=known[0].text[3:]), values[0][1])
    kinds = dict.fromkeys(_type(node, identifier(key)) for node in known)
    if len(kinds) == 2 and {"integer", None} & set(kinds) and "decimal" in kinds:
        kinds = {"decimal": None}
    kind = next(iter(kinds)) if len(kinds) == 1 else ("string" if kinds else None)
    return Column(changed(attribute, type=kind), values[0][1])


def _type(node: Node, name: str) -> AttributeType | None:
    """The type that one value shows; None where the attribute's name tells more than the value."""
    if node.kind == "word":
        if node.text in ("true", "false"):
            return "boolean"
        if _EPOCH.fullmatch(node.text) and (
            name in ("ts", "time", "timestamp") or name.endswith(("_at", "_ts", "_time"))
        ):
            return "timestamp"
        if re.fullmatch(r"-?\d+", node.text):
            return None if attribute_guess(name).type in ("money", "percentage", "duration") else "integer"
        return "decimal" if re.fullmatch(r"-?\d+\.\d+(?:[eE][+-]?\d+)?", node.text) else None
    if found := next((kind for kind, pattern in _VALUES if pattern.match(node.text)), None):
        return found
    if len(node.text) > 200:
        return "text"
    guess = attribute_guess(name).type
    temporal = guess in ("date", "time", "timestamp", "boolean", "integer", "duration", "coordinates", "json", "uuid")
    numeric = guess in ("money", "decimal", "percentage") and not re.fullmatch(r"-?\d+(?:\.\d+)?", node.text)
    return "string" if temporal or numeric else None


def _list(name: str, key: str, values: list[tuple[Node, Sentence]], forms: Forms) -> None:
    """An array of scalars: references, rows of a child table, or one JSON value for numbers that belong together."""
    items = [item for node, _ in values for item in node.items]
    sentence, own = values[0][1], identifier(key)
    target = name_of(re.sub(r"_ids?$", "", own))
    if own.endswith(("_ids", "_id")) or target in forms.samples or target in forms.by_name:
        attribute = StatedAttribute(label=key, references=target, many=True, evidence=1)
        forms.by_name[name].columns.append(Column(attribute, sentence))
        return
    texts = [i for i in items if i.kind == "text" or (i.kind == "word" and not re.fullmatch(r"-?[\d.]+", i.text))]
    if items and not texts:
        forms.by_name[name].columns.append(Column(StatedAttribute(label=key, type="json", evidence=1), sentence))
        reading, why = "one JSON value", "numbers in a fixed order belong together"
    else:
        child = forms.thing(f"{name}_{singular(own)}", sentence)
        child.columns += [
            Column(
                StatedAttribute(label=f"{name}_id", references=name, owned=True, optional=False, evidence=1), sentence
            ),
            Column(StatedAttribute(label="value", type="string", optional=False, evidence=1), sentence),
        ]
        child.uniques.append(((f"{name}_id", "value"), sentence))
        reading, why = f"a child table {plural(child.label)}", "its values can then be searched and kept unique"
    forms.questions.append((
        f"{name} {own}", f'A sample of {name} has several values in "{key}". How are they stored?',
        f"{reading}, because {why}", (sentence.line,),
    ))  # fmt: skip
