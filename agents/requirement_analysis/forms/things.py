"""What every structured form is read into: things with columns, keys and uniques, links, values of types, rules.

The forms say the same in different notations, so what follows from it (which key is natural, which table only joins two
others, which type name is an enumeration or an entity) is decided once, in `settled`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from agents.changing import changed
from agents.naming import identifier, plural, singular, words
from agents.requirement_analysis.attribute_notes import StatedAttribute
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Cardinality, Declarations, Link, clean_name
from agents.requirement_analysis.vocabulary import Vocabulary

if TYPE_CHECKING:
    from agents.requirement_analysis.forms.json_samples import Sample

_TECHNICAL = ("id", "uuid", "guid", "pk")
_CONVENTIONAL = frozenset({*_TECHNICAL, "created_at", "updated_at"})
Operator = Literal["<", "<=", ">", ">=", "=", "<>"]


@dataclass(frozen=True)
class Column:
    """An attribute and its line; `type_name` is a type that the notation itself does not define (an enum, a class)."""

    attribute: StatedAttribute
    sentence: Sentence
    type_name: str = ""
    many: bool = False


@dataclass
class Thing:
    """An entity as a notation states it; `key` and `uniques` are column labels.

    One that a sentence describes is `told`, so that other sentences may well describe more; of one that examples only
    show (`partial`), the usual attributes are not left out.
    """

    label: str
    sentence: Sentence
    columns: list[Column] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    uniques: list[tuple[tuple[str, ...], Sentence]] = field(default_factory=list)
    told: bool = False
    partial: bool = False

    def change(self, label: str, **changes: object) -> bool:
        """Complete what is known of one column; False where the thing has no such column."""
        wanted = identifier(label)
        for place, column in enumerate(self.columns):
            if column.attribute.name == wanted:
                self.columns[place] = changed(column, attribute=changed(column.attribute, **changes))
                return True
        return False


@dataclass(frozen=True)
class StatedLink:
    """A relationship between two labels, before it is known whether both are entities.

    A `weak` one (the path of an endpoint) counts only where nothing else relates the two.
    """

    parent: str
    child: str
    cardinality: Cardinality
    sentence: Sentence
    role: str | None = None
    optional: bool = False
    owned: bool = False
    weak: bool = False


@dataclass(frozen=True)
class StatedRule:
    """A condition on columns of one thing, with the words of the notation."""

    label: str
    kind: Literal["range", "allowed", "comparison", "unique", "immutable", "prose"]
    columns: tuple[str, ...]
    sentence: Sentence
    text: str
    operator: Operator | None = None
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    values: tuple[str, ...] = ()


@dataclass
class Workflow:
    """A scenario as people tell it: its title, the lines that belong to it, and the words of its steps."""

    title: str
    lines: list[Sentence] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """A user story: who wants it, the goal in the story's words from its verb on, and its sentence.

    What a plain sentence says in this way is not `wanted`, so less follows from it.
    """

    role: str
    goal: str
    sentence: Sentence
    wanted: bool = True


def name_of(label: str) -> str:
    """The entity's name that a declaration of this label gets."""
    return singular(identifier(clean_name(label) or label))


class Forms:
    """Everything that the structured forms of one brief state."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.by_name: dict[str, Thing] = {}
        self.samples: dict[str, Sample] = {}
        self.links: list[StatedLink] = []
        self.rules: list[StatedRule] = []
        self.values: dict[str, tuple[str, ...]] = {}
        self.aliases: dict[str, str] = {}
        self.read: dict[tuple[int, str], Sentence] = {}
        self.uses: list[tuple[Sentence, str]] = []
        self.unread: list[tuple[Sentence, str]] = []
        self.idle: list[tuple[Sentence, str]] = []
        self.questions: list[tuple[str, str, str, tuple[int, ...]]] = []
        self.roles: list[tuple[str, Sentence]] = []
        self.workflows: list[Workflow] = []
        self.stories: list[Story] = []
        self.spoken: list[tuple[Sentence, Sentence]] = []
        self.also: list[tuple[Sentence, Sentence]] = []

    def thing(self, label: str, sentence: Sentence) -> Thing:
        """A new thing of this label; what is stated of it elsewhere is joined when everything is read."""
        made = Thing(label, sentence)
        self.things.append(made)
        self.by_name[name_of(label)] = made
        return made

    def named(self, label: str) -> Thing | None:
        """The last thing of this label."""
        return self.by_name.get(name_of(label))

    def add_values(self, name: str, values: tuple[str, ...]) -> None:
        """An enumeration that columns may have as their type."""
        self.values[identifier(name)] = tuple(dict.fromkeys(v for v in values if v))

    def consume(self, *sentences: Sentence) -> None:
        """These sentences are read here, so that no reader of prose takes them for its own."""
        for sentence in sentences:
            self.read[sentence.line, sentence.text] = sentence

    def not_understood(self, sentence: Sentence, reason: str) -> None:
        """A line of a form that nothing could be made of."""
        self.consume(sentence)
        self.unread.append((sentence, reason))

    def irrelevant(self, sentence: Sentence, reason: str) -> None:
        """A line of a form that states nothing to store, and why."""
        self.consume(sentence)
        self.idle.append((sentence, reason))


def declared(forms: Forms) -> Declarations:
    """The declarations of all things, and every link between them: pure junctions are links, not entities."""
    found = Declarations()
    found.read = set(forms.read)
    names = {name_of(t.label) for t in forms.things if words(t.label)}
    things = _without_mirrors([_typed(t, forms, names) for t in forms.things], forms)
    pointed = {name_of(c.attribute.references) for t in things for c in t.columns if c.attribute.references}
    repeated = [name_of(t.label) for t in things]
    joined: list[StatedLink] = []
    for thing in things:
        own = name_of(thing.label)
        link = _junction(thing) if own not in pointed and repeated.count(own) == 1 else None
        if link is not None:
            joined.append(link)
            forms.uses += [(s, "") for s in (thing.sentence, *(c.sentence for c in thing.columns))]
            continue
        declaration = found.declare(thing.label, thing.sentence)
        declaration.attributes += [(c.attribute, c.sentence) for c in _keyed(thing)]
        declaration.partial = declaration.partial or thing.partial
    for target in _targets(things):
        if name_of(target.attribute.references or "") not in found.by_name:
            found.declare(target.attribute.references or "", target.sentence)
    for link in (*forms.links, *joined):
        for end in (link.parent, link.child):
            found.declare(end, link.sentence)
    found.links = [*forms.links, *joined]
    return found


def in_order(found: Declarations) -> Declarations:
    """The entities in the order in which the brief first names them, whichever form does."""
    first = {name: min(s.line for s in (d.sentence, *d.mentions)) for name, d in found.by_name.items()}
    if found.read:
        found.by_name = dict(sorted(found.by_name.items(), key=lambda item: first[item[0]]))
    return found


def _without_mirrors(things: list[Thing], forms: Forms) -> list[Thing]:
    """A list of children beside the children's own reference (`orders: Order[]`) says one thing twice."""
    back = {
        (name_of(t.label), name_of(c.attribute.references))
        for t in things for c in t.columns if c.attribute.references and not c.attribute.many
    }  # fmt: skip
    made = []
    for thing in things:
        own = name_of(thing.label)
        twice = [
            c for c in thing.columns if c.attribute.many and (name_of(c.attribute.references or ""), own) in back
        ]  # fmt: skip
        forms.uses += [(c.sentence, thing.label) for c in twice]
        made.append(changed(thing, columns=[c for c in thing.columns if c not in twice]))
    return made


def _targets(things: list[Thing]) -> Iterator[Column]:
    """Columns that refer to a thing by a foreign key, which therefore exists even where nothing describes it."""
    return (c for t in things for c in t.columns if c.attribute.references and not c.attribute.many)


def _typed(thing: Thing, forms: Forms, names: set[str]) -> Thing:
    """The thing with the types that other parts of the brief define: enumerations and other things."""
    columns: list[Column] = []
    for column in thing.columns:
        attribute = column.attribute
        if column.type_name and (values := forms.values.get(identifier(column.type_name))):
            attribute = changed(attribute, type="string", allowed=values, length=None)
        elif column.type_name and name_of(column.type_name) in names and attribute.references is None:
            attribute = changed(attribute, references=column.type_name, many=column.many)
        elif column.many and attribute.references is None:
            attribute = changed(attribute, type="json", length=None)
        columns.append(changed(column, attribute=attribute))
    return changed(thing, columns=columns)


def _keyed(thing: Thing) -> list[Column]:
    """The columns with their key: a natural key is unique, a reference that is the whole key is one-to-one."""
    own = name_of(thing.label)
    key = {identifier(k) for k in thing.key}
    alone = {identifier(c[0]) for c, _ in thing.uniques if len(c) == 1}
    made = []
    for column in thing.columns:
        name, attribute = column.attribute.name, column.attribute
        if name in alone:
            attribute = changed(attribute, unique=True)
        if name in key:
            single = len(key) == 1
            technical = single and not attribute.references and name in (*_TECHNICAL, f"{own}_id", f"id_{own}")
            attribute = changed(
                attribute, optional=False, unique=attribute.unique or (single and not technical),
                key=single and not attribute.references and not technical,
            )  # fmt: skip
            if technical and attribute.type == "string":
                attribute = changed(attribute, type="identifier", length=None)
        made.append(changed(column, attribute=attribute))
    return made


def _junction(thing: Thing) -> StatedLink | None:
    """The many-to-many link that a table of two references and nothing else is.

    A role is the name of the link's table where it differs from the usual one.
    """
    ends = [c for c in thing.columns if c.attribute.references and not c.attribute.many]
    rest = [c for c in thing.columns if c not in ends and c.attribute.name not in _CONVENTIONAL]
    if len(ends) != 2 or rest or any(c.attribute.optional for c in ends):
        return None
    if not thing.key and not any(len(columns) == 2 for columns, _ in thing.uniques):
        return None
    left, right = (str(c.attribute.references) for c in ends)
    if name_of(left) == name_of(right):
        return None
    if any(c.attribute.name not in (name_of(t), f"{name_of(t)}_id") for c, t in zip(ends, (left, right), strict=True)):
        return None
    usual = {plural(f"{name_of(a)}_{name_of(b)}") for a, b in ((left, right), (right, left))}
    own = plural(name_of(thing.label))
    if own == plural(f"{name_of(right)}_{name_of(left)}"):
        left, right = right, left
    role = None if own in usual else identifier(thing.label)
    return StatedLink(left, right, "many_to_many", thing.sentence, role)


def form_links(found: Declarations, vocabulary: Vocabulary, known: Iterable[frozenset[str]]) -> Iterator[Link]:
    """The links of structured forms between entities of the brief, those that `weak` hints at last."""
    related: set[frozenset[str]] = set(known)
    for link in sorted(found.links, key=lambda k: k.weak):
        parent, child = vocabulary.named(link.parent), vocabulary.named(link.child)
        if parent is None or child is None or (link.weak and frozenset((parent, child)) in related):
            continue
        related.add(frozenset((parent, child)))
        own = parent == child and link.cardinality != "many_to_many"
        role = link.role if link.role != parent or own else None
        yield Link(
            parent, child, link.cardinality, link.sentence, role or ("parent" if own else None),
            link.optional or own, link.owned,
        )  # fmt: skip
