"""Which things the brief declares as stored, and where it lists their attributes.

Declared are: names after "Primary Entities", headings and list introductions that an attribute list follows, bullets of
an entities section, rows of attribute tables, and boxes of a mermaid erDiagram. Nothing else makes an entity, so
screens, reports and company names in other sentences do not become tables.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from agents.knowledge import archetype_for, attribute_guess, canonical
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.attributes import segments, stated_attributes
from agents.requirement_analysis.document import Document, Sentence
from agents.requirement_analysis.topics import (
    is_known_label,
    label_topic,
    lead_topic,
    section_topic,
    title_topic,
    topic,
)
from agents.requirement_analysis.vocabulary import identified, one_of
from agents.screening import screened
from contracts.base import Confidence

if TYPE_CHECKING:
    from agents.requirement_analysis.forms.things import StatedLink

_LISTS = frozenset(
    "attributes fields columns properties attribute field column property details data key main important".split()
)  # introductions of attributes
GENERIC = _LISTS | frozenset("notes note remarks acceptance criteria explanations".split())
"""Introductions that name no entity of their own; an attribute may be called `notes`."""
GATHERING = screened(
    r"^(?:the )?(?:others?|rest|the rest|misc(?:ellaneous)?|(?:all )?(?:other|further|remaining|additional|more"
    r"|minor|smaller)"
    r" (?:entities|objects|things|tables|data|records)|(?:key |main |important )?(?:attributes|fields|columns"
    r"|properties)"
    r"(?: (?:per|by|of (?:the|each)) [\w ]+)?)$",
    re.I,
)
"""Titles of several things, which are none: `Others`, `Key attributes`."""
_AROUND = re.compile(
    r"^(?:\d+(?:\.\d+)*(?:[.)]\s*|\s+)|(?:the|a|an|entity|table|object|class|model)\b[\s:]*)+|\s+entity$",
    re.IGNORECASE,
)
_KIND_BEHIND = screened(r"\s+(?P<word>table|object|model|class)$", re.IGNORECASE)
"""Words of data modelling behind a name, which are names themselves: a wine class, a car model, a pool table."""
_PLACEHOLDER = re.compile(r"(?<!\w)\[[^\]\n]*[^\W\d_][^\]\n]*\]")
_NAMED = re.compile(r"\w ?$")
"""What stands before brackets with values (`plan [trial|standard]`), which are no gap of a template."""
_NOTES = frozenset({"unique", "optional", "required", "nullable", "not null", "pk", "fk", "primary key"})
"""Notes of an attribute, which some people put in brackets."""
_SPOKEN = screened(r"\b(?:including|includes?|such as|like|etc)\b", re.IGNORECASE)
"""Words with which a sentence introduces or ends a list; prose has its own reader."""
_SENTENCE_WORDS = frozenset(
    "is are was were be must can cannot may should will shall has have contains sees see view views not belongs belong "
    "when that which who users user's we i they it".split()
)


Cardinality = Literal["one_to_one", "one_to_many", "many_to_many"]


@dataclass(frozen=True)
class Link:
    """A relationship as a sentence states it; `spoken` when plain words (`has many`) state it, and no notation."""

    parent: str
    child: str
    cardinality: Cardinality
    sentence: Sentence
    role: str | None = None
    optional: bool = False
    owned: bool = False
    spoken: bool = False


@dataclass
class Declaration:
    """A declared entity while the brief is being read: where it was named and the lines that list its attributes.

    A `partial` one has attributes that were said in passing, so that its usual ones are not left out.
    """

    name: str
    label: str
    sentence: Sentence
    confidence: Confidence = "high"
    mentions: dict[Sentence, None] = field(default_factory=dict)
    attributes: list[tuple[StatedAttribute, Sentence]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    partial: bool = False
    _known: set[str] = field(default_factory=set, repr=False, compare=False)
    _last: tuple[int, object] = field(default=(0, None), repr=False, compare=False)

    def known(self) -> set[str]:
        """The names under which an attribute of this entity may be told again: with or without `_id`, and the entity.

        Lists of one thing come line by line, so that only what was added since the last question is looked at.
        """
        number, last = self._last
        if number > len(self.attributes) or (number and self.attributes[number - 1] is not last):
            self._known, number = set(), 0  # some were taken out meanwhile
        for attribute, _ in self.attributes[number:]:
            bare = attribute.name.removesuffix("_id")
            forms = {attribute.name, bare, f"{bare}_id"}
            forms |= {f"{self.name}_{form}" for form in forms}
            self._known |= forms | ({form.removeprefix(f"{self.name}_") for form in forms} - {"id", "number", "code"})
        self._last = (len(self.attributes), self.attributes[-1] if self.attributes else None)
        return self._known


def placeholder(text: str) -> str | None:
    """The first unfilled template bracket of a text, such as `[Project Name]`."""
    return next(
        (
            f[0]
            for f in _PLACEHOLDER.finditer(text)
            if not ("|" in f[0] and _NAMED.search(text[: f.start()])) and f[0][1:-1].strip().lower() not in _NOTES
        ),
        None,
    )


def clean_name(text: str) -> str:
    """The noun of a heading or list item: numbering, articles and "entity" around it are gone."""
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", text.strip(" `*:."))
    previous = None
    while previous != bare:
        previous, bare = bare, _AROUND.sub("", bare).strip(" `*:")
    return _without_kind(bare)


def _without_kind(name: str) -> str:
    """`orders table` is about orders; a `Wine Class`, a `vehicle model` and a `museum object` are what they are called.

    The word is dropped where it is no capital one and what stands before it is a usual thing by itself.
    """
    found = _KIND_BEHIND.search(name)
    if not found or archetype_for(singular(identifier(name))) is not None:
        return name
    before = name[: found.start()]
    titled = found["word"][0].isupper() and not (before.isupper() or "`" in before)
    modelling = found["word"].lower() == "table" or not titled
    usual = words(before) and archetype_for(singular(identifier(before))) is not None
    return before if modelling and (usual or found["word"].lower() == "table") else name


def is_name(text: str) -> bool:
    """Whether a text can be the name of a thing: few words, no sentence, no template bracket."""
    found = words(text)
    if not text.strip() or len(found) > 5 or len(text) > 120 or placeholder(text):
        return False
    return not _SENTENCE_WORDS.intersection(found) or text.strip().startswith(("{", "'", '"'))


class Declarations:
    """The declarations of a brief by entity name, in the order of their first mention.

    `is_story` says that the brief tells of somebody's work and describes little of what it speaks of.
    """

    def __init__(self) -> None:
        self.by_name: dict[str, Declaration] = {}
        self.links: list[StatedLink] = []
        self.spoken: list[Link] = []
        self.joined: set[frozenset[str]] = set()
        self.read: set[tuple[int, str]] = set()
        self._ends: dict[str, list[str]] = {}
        self._same: dict[str, list[str]] = {}
        self.unnamed = 0
        self.is_story = False

    def declare(
        self, label: str, sentence: Sentence, confidence: Confidence = "high", *, bare: bool = False
    ) -> Declaration:
        """The declaration of this label, joined with an earlier one of the same name.

        `bare` labels come without words like `entity` around them: a yoga class is a class of the brief's own.
        """
        cleaned = label if bare else clean_name(label) or label
        if not words(cleaned):
            self.unnamed += 1
        name = singular(identifier(cleaned, f"entity_{max(self.unnamed, 1)}"))
        found = self.by_name.get(name)
        if found is None:
            found = self.by_name[name] = Declaration(name, cleaned.strip(), sentence, confidence)
            parts = name.split("_")
            for first in range(1, len(parts)):
                self._ends.setdefault("_".join(parts[first:]), []).append(name)
            self._same.setdefault(canonical(name), []).append(name)
        found.mentions[sentence] = None
        found.labels.append(cleaned)
        return found

    def is_declared(self, label: str) -> bool:
        """Whether an entity of this name has attributes already."""
        known = self.by_name.get(singular(identifier(clean_name(label))))
        return known is not None and bool(known.attributes)

    def ending(self, name: str) -> list[str]:
        """The entities whose name ends with these words: `team` for a sales team."""
        return self._ends.get(name, [])

    def same(self, name: str) -> list[str]:
        """The entities of whose name this is another word: `customer` for a client."""
        return self._same.get(canonical(name), [])

    def withdraw(self, name: str) -> None:
        """Takes a declaration back that turned out to be no thing to store."""
        del self.by_name[name]
        parts = name.split("_")
        for first in range(1, len(parts)):
            self._ends["_".join(parts[first:])].remove(name)
        self._same[canonical(name)].remove(name)


def declarations(document: Document, found: Declarations | None = None) -> Declarations:
    """Every declared entity with its attribute lines; `found` are those that structured forms declare."""
    found = found if found is not None else Declarations()
    blocks = list(_blocks(document.sentences))
    for sentence in document.sentences:
        _from_names(sentence, found)
    taken: dict[tuple[str, ...], int] = {}
    rest = []
    lists: dict[int, str] = {}
    for block in blocks:
        first = block[2][0]
        if whole := _goes_on(first, lists):
            block = (whole, block[1], block[2])
        if _from_block(*block, found):
            if whole:  # the attribute that the inner list splits up is none by itself
                split = found.declare(whole, first).attributes
                split[:] = [(a, s) for a, s in split if s.line != first.lead_line or a.evidence]
            lists |= {s.line: block[0] for s in block[2] if s.form in ("bullet", "numbered")}
            around = block[2][0].sections[:-1]
            taken[around] = taken.get(around, 0) + (not block[2][0].lead)
        else:
            rest.append(block)
    for owner, _, items in rest:  # below a heading like those of two entities, a plain list of words is one, too
        if taken.get(items[0].sections[:-1], 0) > 1 and not items[0].lead and not found.is_declared(owner):
            _beside(owner, items, found)
    for sentence in document.sentences:
        _from_heading(sentence, found)
    listed = {(s.line, s.text) for d in found.by_name.values() for _, s in d.attributes}
    for sentence in document.sentences:
        if sentence.label and (sentence.line, sentence.text) not in listed:
            _from_label(sentence, found)
    return found


def _goes_on(first: Sentence, lists: dict[int, str]) -> str:
    """The entity whose attribute a list below one of its lines splits up: `location:` with hall, row and place."""
    return lists.get(first.lead_line, "") if first.depth > 1 and first.lead else ""


def _from_label(sentence: Sentence, found: Declarations) -> None:
    """`invoice: number, date` and `invoice status: draft|sent|paid`, wherever an invoice is declared elsewhere."""
    if sentence.form not in ("bullet", "numbered", "paragraph") or topic(sentence) not in ("", "overview", "entities"):
        return
    if is_known_label(sentence.label):
        return
    name = words(clean_name(sentence.label))
    for length in range(len(name), 0, -1):
        declared = found.by_name.get(singular("_".join(name[:length])))
        if declared is None:
            continue
        rest = " ".join(name[length:])
        listed = stated_attributes(f"{rest}: {sentence.body}") if rest else _plain_list(sentence.body)
        known = {a.name for a, _ in declared.attributes}
        if not rest or (len(listed) == 1 and listed[0].evidence):
            declared.attributes += [(a, sentence) for a in listed if a.name not in known]
        return


def _from_names(sentence: Sentence, found: Declarations) -> None:
    """`**Primary Entities**: User, Order` and the bullets below such a label or directly in an entities section."""
    if label_topic(sentence.label) == "entities":
        for part, inside in _names(sentence.body):
            found.declare(part, sentence).attributes += [(a, sentence) for a in _facts_inside(inside)]
    elif sentence.form == "paragraph" and (listed := _listed_inline(sentence)):
        found.declare(listed[0], sentence).attributes += [(a, sentence) for a in listed[1]]
    elif sentence.form in ("bullet", "numbered") and _lists_entities(sentence):
        name = sentence.label or re.split(r"\s+[-–—]\s+|\s*\(|:", sentence.text, maxsplit=1)[0]
        described = _DESCRIBED.match(sentence.text) or len(_plain_list(sentence.body if sentence.label else "")) > 2
        if not described and _is_fact_of_declared(name, found):
            return
        if is_name(clean_name(name)) and "→" not in sentence.text and "->" not in sentence.text:
            declaration = found.declare(name, sentence)
            rest = sentence.body if sentence.label else _inside(sentence.text)
            declaration.attributes += [(a, sentence) for a in _plain_list(rest)]


def _is_fact_of_declared(label: str, found: Declarations) -> bool:
    """Whether a label names a fact of something declared before: `invoice status`."""
    name = words(clean_name(label))
    heads = ("_".join(name[:length]) for length in range(1, len(name)))
    known = archetype_for(singular("_".join(name))) if name else None
    return known is None and any(singular(h) in found.by_name and _is_known(name[-1]) for h in heads)


def _listed_inline(sentence: Sentence) -> tuple[str, tuple[StatedAttribute, ...]] | None:
    """`Farm: name, location` or `Farm (name, location)` as a paragraph, outside sections about something else."""
    if topic(sentence) not in ("", "entities") or label_topic(sentence.label) or title_topic(sentence.label):
        return None
    if sentence.label and sentence.body == sentence.text:
        return None  # its label stands before another sentence of the paragraph
    found = _IN_PARENTHESES.fullmatch(sentence.text)
    name, text = (found["name"], found["list"]) if found else (sentence.label, sentence.body)
    named = bool(name) and is_name(clean_name(name)) and any(c.isalpha() for c in name)
    attributes = _plain_list(text) if named else ()
    return (name, attributes) if attributes and not GENERIC.issuperset(words(name)) else None


_IN_PARENTHESES = re.compile(r"(?P<name>[^():,]{1,60}?)\s*\((?P<list>(?:[^()]|\([^()]*\))*)\)\.?")
"""A name and one pair of parentheses to the end; `code (unique), name, phone (optional)` has two."""


def _names(body: str) -> Iterator[tuple[str, str]]:
    """The names of a comma list, each with its remark in parentheses: `Kite (number, colour), Flyer (surname)`."""
    text = body.strip().rstrip(".")
    balanced = text.count("(") == text.count(")")
    commas = list(segments(text, ",")) if balanced else text.split(",")
    parts = commas if len(commas) > 1 else text.split(";")
    for part in (name for p in parts for name in re.split(r"\s+and\s+(?=[A-Z])", p)):
        bare = re.sub(r"^(?:and|or|etc\.?|…)\s+", "", part.strip())
        if bare and bare.lower() not in ("etc", "…", "...") and not placeholder(bare):
            noted = _REMARKED.match(bare)
            yield (noted["name"], noted["inside"]) if noted else (bare, "")


def _facts_inside(text: str) -> tuple[StatedAttribute, ...]:
    """The attributes in parentheses behind a name, most of which are known; kinds of something are none."""
    listed = _plain_list(text) if "," in text else ()
    return listed if sum(a.evidence > 0 or _is_known(a.name) for a in listed) * 2 > len(listed) else ()


_REMARKED = re.compile(r"^(?P<name>.*\w)\s*\((?P<inside>[^()]*)\)\.?$")


def _lists_entities(sentence: Sentence) -> bool:
    """Whether a bullet stands where entities themselves are listed."""
    if sentence.lead and not _DESCRIBED.match(sentence.text):
        return lead_topic(sentence.lead) == "entities" and sentence.depth == 1
    if sentence.lead and sentence.depth == 1:
        return lead_topic(sentence.lead) == "entities"
    if section_topic(sentence.sections) != "entities":
        return False
    return sentence.depth == 1 or bool(_DESCRIBED.match(sentence.text))


_DESCRIBED = re.compile(r"^[A-ZÀ-Þ][\w-]*(?: [\w-]+){0,2} \([^()]+(?:,[^()]+)+\)$")
"""A part below another thing, with its attributes: `Payslip Line (payslip, amount)`."""


def _inside(text: str) -> str:
    """The text in the trailing parentheses of an item."""
    found = re.search(r"\((.*)\)\s*$", text)
    return found[1] if found else ""


def _plain_list(text: str) -> tuple[StatedAttribute, ...]:
    """The attributes of `name, email, phone`, or the one of `description`; nothing where the text is a description."""
    if (". " in text.strip().rstrip(".")) or _SPOKEN.search(text):
        return ()
    if "," not in text:
        alone = stated_attributes(text.strip())
        return alone if len(alone) == 1 and text.strip().lower() == alone[0].label and _is_known(alone[0].name) else ()
    parsed = stated_attributes(re.sub(r",?\s+and\s+", ", ", text.rstrip(".")))
    short = all(
        len(words(a.label)) <= 3 + bool(a.evidence) and not _SENTENCE_WORDS.intersection(words(a.label)) for a in parsed
    )
    known = sum(a.evidence > 0 or _is_known(a.name) for a in parsed)
    enough = len(parsed) > 1 or (len(parsed) == 1 and parsed[0].evidence > 0)
    return parsed if short and enough and known * 2 >= len(parsed) else ()


def _is_known(name: str) -> bool:
    """Whether a name alone tells what it holds."""
    return name == "id" or attribute_guess(name).rule != "the name tells no type"


def _blocks(sentences: tuple[Sentence, ...]) -> Iterator[tuple[str, Sentence | None, list[Sentence]]]:
    """(owner, heading or introduction, items) for each run of items that one heading or introduction owns."""
    heads = {(s.line, s.text.rstrip(" :")): s for s in sentences if s.form != "row"}
    key: tuple[object, ...] = ()
    items: list[Sentence] = []
    for sentence in sentences:
        if sentence.form in ("heading", "code"):
            continue
        current = (sentence.sections, sentence.lead, sentence.lead_line, sentence.form == "row")
        if current != key and items:
            yield _owned(items, heads)
            items = []
        key = current
        items.append(sentence)
    if items:
        yield _owned(items, heads)


def _owned(
    items: list[Sentence], heads: dict[tuple[int, str], Sentence]
) -> tuple[str, Sentence | None, list[Sentence]]:
    """The owner of a run: what introduces it, or the heading above when the introduction only says "attributes"."""
    first = items[0]
    lead = clean_name(first.lead)
    if lead and not GENERIC.issuperset(words(lead)):
        return lead, heads.get((first.lead_line, first.lead)), items
    return (clean_name(first.sections[-1]) if first.sections else ""), None, items


def _beside(owner: str, items: list[Sentence], found: Declarations) -> None:
    """An entity whose heading stands among those of others: its lines with several words or notes are attributes."""
    if not owner or not is_name(owner) or title_topic(owner) or lead_topic(owner) or items[0].form == "row":
        return
    parsed = [(s, _attributes_of(s)) for s in items if s.form in ("bullet", "numbered")]
    known = [
        (s, a) for s, a in parsed if len(a) > 1 or any(one.evidence or singular(one.name) in found.by_name for one in a)
    ]
    if known and known[0][0] is parsed[0][0]:
        declaration = found.declare(owner, known[0][0])
        declaration.attributes += [(attribute, s) for s, attributes in known for attribute in attributes]


def _from_block(owner: str, head: Sentence | None, items: list[Sentence], found: Declarations) -> bool:
    """An attribute list below the name of its entity; whether it is one."""
    of_entities = any(s.form in ("bullet", "numbered") and _lists_entities(s) for s in items)
    if (
        not owner
        or not is_name(owner)
        or GATHERING.match(owner)
        or of_entities
        or lead_topic(items[0].lead) == "entities"
    ):
        return False
    if (title_topic(owner) or lead_topic(owner)) and topic(items[0]) != "entities":
        return False
    rows = [s for s in items if s.form == "row"]
    parsed = _table(rows) if rows else [(s, a) for s in items if (a := _attributes_of(s)) or not _is_prose(s)]
    alone = Counter(s.item for s in items)
    parsed = [(s, a) for s, a in parsed if not _is_prose(s) or (alone[s.item] == 1 and len(s.sections) > 1)]
    known = [(s, a) for s, a in parsed if a]
    if not known or not _is_attribute_list(owner, items, parsed, known):
        return False
    declaration = found.declare(owner, head or known[0][0])
    declaration.attributes += [(attribute, s) for s, attributes in known for attribute in attributes]
    return True


def _is_prose(sentence: Sentence) -> bool:
    """Whether a line is no item of a list."""
    return sentence.form == "paragraph" and not _listing(sentence)


_COMMAS = re.compile(r"[,;](?![^()]*\))")


def _listing(sentence: Sentence) -> bool:
    """Whether a paragraph is an attribute list: `Attributes: name, email`."""
    return bool(sentence.label) and _LISTS.issuperset(words(sentence.label))


def _attributes_of(sentence: Sentence) -> tuple[StatedAttribute, ...]:
    """The attributes of a bullet or of a labelled list; nothing for a sentence."""
    text = sentence.body if _listing(sentence) else sentence.text
    if _is_prose(sentence):  # `hire, reported_at, description` right below its heading
        return _plain_list(text.replace(";", ",")) if not sentence.label and len(_COMMAS.findall(text)) > 1 else ()
    parsed = stated_attributes(text)
    usual = all(
        len(words(a.label)) <= 4 + 2 * bool(a.unit) and not placeholder(a.label)
        and (not _SENTENCE_WORDS.intersection(words(a.label)) or (a.evidence > 0 and len(words(a.label)) <= 3))
        for a in parsed
    )  # fmt: skip
    ends = text.rstrip().endswith((".", "!", "?")) and not any(a.evidence for a in parsed)
    return parsed if usual and not ends else ()


def _is_attribute_list(
    owner: str,
    items: list[Sentence],
    parsed: list[tuple[Sentence, tuple[StatedAttribute, ...]]],
    known: list[tuple[Sentence, tuple[StatedAttribute, ...]]],
) -> bool:
    """Whether the evidence is enough: less is needed inside an entities section than anywhere else."""
    if items[0].form == "row":
        return True
    strong = sum(any(a.evidence for a in attributes) for _, attributes in known)
    names = [a.name for _, attributes in known for a in attributes]
    inside = topic(items[0]) == "entities"
    if title_topic(owner) or lead_topic(owner):
        return strong * 2 >= len(parsed)
    if inside:
        return len(known) * 5 >= len(parsed) * 3
    if len(known) * 5 < len(parsed) * 4:
        return False
    recognised = sum(_is_known(n) for n in names)
    return strong * 2 >= len(parsed) or (len(names) >= 3 and recognised * 5 >= len(names) * 3)


def _table(rows: list[Sentence]) -> list[tuple[Sentence, tuple[StatedAttribute, ...]]]:
    """The attributes of a table with a column of names; nothing for other tables."""
    found = []
    for row in rows:
        cells = {" ".join(words(title)): value for title, value in row.cells}
        name = next((cells[t] for t in _NAME_COLUMNS if cells.get(t)), "")
        if name:
            notes = [note for title, value in cells.items() if (note := _cell(title, value))]
            found.append((row, stated_attributes(f"{name}: {', '.join(notes)}" if notes else name)[:1]))
    return found


_NAME_COLUMNS = ("attribute", "field", "column", "property", "name", "attribute name", "field name", "column name")


def _cell(title: str, value: str) -> str:
    """A table cell as a note of an attribute line."""
    yes = value.strip().lower() in ("yes", "y", "x", "true", "✓", "✔")
    no = value.strip().lower() in ("no", "n", "false", "-", "–", "")
    if title in ("type", "data type", "datatype"):
        return value
    if title in ("required", "mandatory", "not null"):
        return "required" if yes else "optional" if no else value
    if title in ("optional", "nullable", "null"):
        return "optional" if yes else "required" if no else value
    if title == "unique":
        return "unique" if yes else ""
    if title == "default" and not no:
        return f"default {value}"
    if title in (
        "key",
        "constraint",
        "constraints",
        "references",
        "foreign key",
        "reference",
        "values",
        "allowed values",
    ):
        prefix = "references " if title in ("references", "reference", "foreign key") and not no else ""
        return "" if no else f"{prefix}{value}"
    return ""


def _from_heading(sentence: Sentence, found: Declarations) -> None:
    """A heading inside an entities section names an entity even when no list follows."""
    if sentence.form != "heading" or not sentence.sections:
        return
    inside = section_topic(sentence.sections) == "entities"
    name = clean_name(sentence.text)
    if not is_name(name):
        return
    declared = found.by_name.get(one_of(identified(name)))
    if declared is not None:
        declared.mentions[sentence] = None
    elif (
        inside
        and not GATHERING.match(name)
        and not title_topic(name)
        and not label_topic(name)
        and not GENERIC.issuperset(words(name))
    ):
        found.declare(name, sentence)


def connector(text: str) -> tuple[str, str, str, str] | None:
    """(left, left end, right end, right) of `CUSTOMER ||--o{ ORDER : places`."""
    found = re.match(r'^"?([\w -]+?)"?\s+([|}o]{2})(?:--|\.\.)([|{o]{2})\s+"?([\w -]+?)"?\s*(?::.*)?$', text)
    return (found[1], found[2], found[3], found[4]) if found else None
