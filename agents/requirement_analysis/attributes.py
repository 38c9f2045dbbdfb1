"""One line of an attribute list becomes attributes: name, type, optional, unique, default, values, range, reference.

The grammar is small: a head (`name`, `name: type`, `name (notes)`), then notes separated by commas. A note is known
by its first words; what is no note starts the next attribute, so `id, sku, name, price` and `name, optional` both read.
"""

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from agents.changing import changed
from agents.knowledge import attribute_guess
from agents.naming import identifier, words
from agents.screening import screened
from contracts.base import Confidence, Origin
from contracts.requirements import Attribute, AttributeType

TYPES: dict[str, AttributeType] = {
    "string": "string", "varchar": "string", "char": "string", "str": "string", "character varying": "string",
    "short text": "string", "text": "text", "long text": "text", "longtext": "text", "markdown": "text", "clob": "text",
    "integer": "integer", "int": "integer", "bigint": "integer", "smallint": "integer", "tinyint": "integer",
    "whole number": "integer", "long": "integer", "year": "integer", "decimal": "decimal", "numeric": "decimal",
    "float": "decimal", "double": "decimal", "real": "decimal", "number": "decimal",
    "money": "money", "amount": "money", "price": "money",
    "percentage": "percentage", "percent": "percentage", "boolean": "boolean", "bool": "boolean",
    "yes/no": "boolean", "y/n": "boolean",
    "true/false": "boolean", "flag": "boolean", "date": "date", "time": "time", "timestamp": "timestamp",
    "datetime": "timestamp", "date and time": "timestamp", "date/time": "timestamp", "timestamptz": "timestamp",
    "instant": "timestamp", "duration": "duration", "interval": "duration", "uuid": "uuid", "guid": "uuid",
    "json": "json", "jsonb": "json", "object": "json", "map": "json", "email": "email", "e-mail": "email",
    "email address": "email", "phone": "phone", "phone number": "phone", "url": "url", "uri": "url", "link": "url",
    "file": "file", "image": "file", "photo": "file", "attachment": "file", "blob": "file", "binary": "file",
    "country": "country", "country code": "country", "currency": "currency", "currency code": "currency",
    "language": "language", "locale": "language", "ip": "ip_address", "ip address": "ip_address", "inet": "ip_address",
    "coordinates": "coordinates", "geo": "coordinates", "location": "coordinates", "point": "coordinates",
    "enum": "string", "enumeration": "string", "serial": "identifier", "bigserial": "identifier",
    "identifier": "identifier", "autoincrement": "identifier", "auto increment": "identifier",
    "varchar2": "string", "nvarchar": "string", "nvarchar2": "string", "nchar": "string", "bpchar": "string",
    "citext": "string", "mediumtext": "text", "tinytext": "text", "ntext": "text", "xml": "text",
    "int2": "integer", "int4": "integer", "int8": "integer", "int32": "integer", "int64": "integer", "uint": "integer",
    "mediumint": "integer", "big integer": "integer", "short": "integer", "counter": "integer",
    "float4": "decimal", "float8": "decimal", "double precision": "decimal", "big decimal": "decimal",
    "smallmoney": "money", "logical": "boolean", "bit": "boolean",
    "datetime2": "timestamp", "smalldatetime": "timestamp", "datetimeoffset": "timestamp", "date-time": "timestamp",
    "zoned date time": "timestamp", "offset date time": "timestamp", "local date time": "timestamp",
    "date time": "timestamp", "timestamp with time zone": "timestamp", "timestamp without time zone": "timestamp",
    "local date": "date", "local time": "time", "bytea": "file", "varbinary": "file", "longblob": "file",
    "mediumblob": "file", "cidr": "ip_address", "geography": "coordinates", "geometry": "coordinates",
    "smallserial": "identifier", "objectid": "identifier", "hstore": "json", "dictionary": "json", "dict": "json",
}  # fmt: skip
_TECHNICAL = frozenset(
    "string varchar char str text integer int bigint smallint tinyint decimal numeric float double real boolean bool "
    "timestamp datetime timestamptz uuid guid json jsonb enum serial bigserial".split()
)
_UNITS = frozenset(
    "minutes seconds hours days weeks months years kg g mg lb km m cm mm mi l ml eur usd gbp chf percent % celsius "
    "watts kwh bytes mb gb pieces steps ms °c bpm mmhg euro euros dollars cents".split()
)
_IGNORED = frozenset({
    "indexed", "index", "searchable", "auto", "auto-generated", "generated", "encrypted", "hashed", "immutable",
    "read-only", "readonly", "automatic", "sensitive", "personal data", "pii", "set automatically", "current timestamp",
})  # fmt: skip
_REFERENCE = re.compile(
    r"^(?:(?:fk|foreign key|references?|ref|links? to|points? to|belongs to)\b[\s:]*)+(?:to\b|→|->|=>)?\s*(?:the\s+)?"
    r"(?P<target>[^→>(),]*?)(?:[.(]\s*\w+\s*\)?)?$|^(?:→|->|=>)\s*(?P<arrow>[^(),.]+?)(?:[.(]\s*\w+\s*\)?)?$",
    re.IGNORECASE,
)
_MANY = re.compile(r"^(?:list|array|set|collection) of (?P<target>.+)$|^(?P<bracket>[\w ]+)\[\]$", re.IGNORECASE)
_DEFAULT = screened(r"^(?:default(?:s to)?|by default)\s*[:=]?\s*(?P<value>.+)$", re.IGNORECASE)
_TYPE = re.compile(r"^(?P<name>[a-z][a-z0-9 /-]*?)\s*(?:\((?P<args>[^()]*)\))?$", re.IGNORECASE)
_VALUES = screened(r"^(?:(?:one|any) of|values?|allowed(?: values)?|either|enum)\s*:?\s*(?P<rest>.*)$", re.IGNORECASE)
_NUM = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(
    rf"^(?:between\s+|from\s+|range\s*:?\s*)?(?P<low>{_NUM})\s*(?:-|–|—|\.\.\.?|to|and"
    rf"|\bup to\b)\s*(?P<high>{_NUM})\s*(?P<unit>°?[^\d\W]+(?:/[^\d\W]+)?|%)?$",
    re.IGNORECASE,
)
_BOUND = re.compile(
    rf"^(?P<word>>=|≥|>|<=|≤|<|at least|at most|min(?:imum)?|max(?:imum)?|up to|greater than|more than"
    rf"|less than|not more than)"
    rf"\s*:?\s*(?P<number>{_NUM})\s*(?P<unit>°?[^\d\W]+(?:/[^\d\W]+)?|%)?$",
    re.IGNORECASE,
)
_LENGTH = screened(
    r"^(?:max(?:imum)?\.?|up to|at most)?\s*(?P<n>\d{1,5})\s*(?:characters?|chars?|letters)(?:\s*max)?$", re.I
)
_OPTIONAL = screened(
    r"^(?:optional(?:ly)?|nullable|null|not required|may be (?:empty|null|missing)|can be (?:empty|null)"
    r"|if (?:known|any|given))$",
    re.IGNORECASE,
)
_REQUIRED = screened(
    r"^(?:required|not[ -]null|mandatory|non[- ]?null(?:able)?|must be given|obligatory)$", re.IGNORECASE
)
_UNIQUE = screened(r"^unique(?:\s+(?:per|within|in|for each)\s+(?P<per>.+))?$", re.IGNORECASE)
_TRAILING = re.compile(
    r"^(?P<name>[\w `*]*\w)\s+(?P<note>unique|optional|nullable|required|not null|pk|primary key|yes/no|y/n"
    r"|default \S+)$",
    re.IGNORECASE,
)
_KEY = screened(r"^(?:pk|primary key|primary|key|identifier|natural key|business key)$", re.IGNORECASE)


_BRACKETED = re.compile(r"(?<=\w) ?\[([^\[\]|]+(?:\|[^\[\]|]+)+)\]")
"""Values in brackets behind a name: `plan [trial|standard]`."""
_BOUNDED_NAME = re.compile(
    r"^(?P<name>[^\W\d][\w ]*?)\s+(?P<low>\d+)\s*(?:-|–|\.\.)\s*(?P<high>\d+)(?: (?:stars?|points?|percent|%))?$"
)
_MEASURED_NAME = re.compile(
    r"^(?P<name>[^\W\d][\w ]*?)\s+(?P<unit>°[A-Za-z]{1,2}|%|€|kg|km|cm|mm|ml|kWh?|MWh?|Wh|EUR|USD|GBP|CHF|ha|m²|m2)$"
)
_NOTE_IN_BRACKETS = screened(
    r"(?<=\w) ?\[(unique|optional|required|nullable|not null|pk|primary key|fk[^\[\]]*)\]", re.IGNORECASE
)
_IN_SIGN = screened(
    r"^(?P<name>[^\W\d_][\w -]*?) in (?P<unit>[^\W\d_]{1,4}/[^\W\d_]{1,3}[²³]?|[^\W\d_]{1,3}[²³]|°[A-Za-z]{1,2}|[%€]"
    r"|[kcmµ]?[mg]|nm|t|lb|oz|ft|mi|ha|[mch]?l|[mµ]s|[kMGT]?B|[kMG]?(?:Hz|Wh?|J|V|Pa)|m?bar|bpm|mmHg|EUR|USD|GBP|CHF)$"
)
"""A name with its unit's sign, which is no part of it: `altitude in m`, `sugar in g/l`."""
_IN_WORD = screened(
    r"^(?P<name>[^\W\d_][\w -]*?) in (?P<unit>percent|percentage|hectares?|ares|lit(?:er|re)s|tonnes"
    r"|(?:kilo|milli)?grams|(?:square |cubic |kilo|centi|milli)?met(?:er|re)s|words|euros?|cents"
    r"|(?:kilo|mega|giga)?bytes|(?:milli|micro)?seconds|minutes|hours|days|weeks|months|years|degrees|miles|feet|inches)$"
)
_NOW = screened(
    r"^(?:now|today|current|current[_ ](?:timestamp|date|time)|sysdate|getdate|sysutcdatetime|localtimestamp)"
    r"(?:\(\))?$",
    re.I,
)
_WITHIN = screened(
    r"^(?P<name>(?:[\w ]+ )?(?:number|no|code|position|rank|index)) within (?:the|its|an?|one|each) (?P<per>[\w ]+)$"
)
"""`number within the accession`: counted anew for each."""
_FLAG = re.compile(r"^[^\W\d_][\w -]* (?:yes/no|y/n|true/false)$", re.IGNORECASE)
"""`taxable yes/no` behind another attribute is one of its own."""
_EXAMPLE = re.compile(r"(?<=\w)\s+[\"“][^\"”]*[\"”]$")
"""A value in quotes that shows what a name holds: `period "2026-03"`."""
_DIGITS = re.compile(r"(?:^|,)\s*(?P<precision>\d{1,2})\s*,\s*(?P<scale>\d{1,2})\s*$")
_ENTITY_NOTE = re.compile(r"^(?:(?:an?|the)\s+)?[^\W\d_]\w*(?: [^\W\d_]\w*)?$")


@dataclass(frozen=True)
class StatedAttribute:
    """What a line says about one attribute. `evidence` counts what only attribute lists say (types, notes, values)."""

    label: str
    type: AttributeType | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    optional: bool | None = None
    unique: bool = False
    unique_per: str = ""
    flow: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    allowed: tuple[str, ...] = ()
    minimum: Decimal | None = None
    exclusive_minimum: bool = False
    maximum: Decimal | None = None
    unit: str = ""
    references: str | None = None
    many: bool = False
    key: bool = False
    owned: bool = False
    evidence: int = 0
    listing: bool = field(default=False, repr=False)
    description: str = ""

    @functools.cached_property
    def name(self) -> str:
        """The attribute's identifier."""
        return identifier(self.label)


@functools.lru_cache(maxsize=16384)
def stated_attributes(text: str) -> tuple[StatedAttribute, ...]:
    """The attributes that one line of a list states; empty where the line is no attribute line.

    >>> [(a.name, a.type, a.optional) for a in stated_attributes("email: string(200), optional")]
    [('email', 'string', True)]
    >>> [a.name for a in stated_attributes("id, sku, name, price")]
    ['id', 'sku', 'name', 'price']
    """
    body, description = _without_description(_BRACKETED.sub(r" (\1)", _NOTE_IN_BRACKETS.sub(r" (\1)", text)))
    parts = list(segments(body))
    if not parts:
        return ()
    found: list[StatedAttribute] = []
    labelled = False
    names = (
        len(parts) > _NAMES_ALONE and sum(p.lower() in _TECHNICAL for p in parts) == 1
    )  # `claim, adjuster, text, date`
    for segment in parts:
        noun = _is_noun(segment) or (names and segment.lower() == "text")
        more = noted(found[-1], segment) if found and (labelled or not noun) else None
        more = None if _FLAG.match(segment) else more
        if more is not None:
            found[-1] = more
        elif labelled and not _has_head(segment) and not _heads_after(found[-1], segment):
            found[-1] = _listed(found[-1], segment)
        else:
            attribute, labelled = _head(segment)
            if attribute is None:
                return ()
            found.append(attribute)
    found[-1] = changed(found[-1], description=description)
    return tuple(_closed(a) for a in found)


_NAMES_ALONE = 3
"""Parts from which on `text` among nothing but names is a name itself."""


def _without_description(text: str) -> tuple[str, str]:
    """The line without the prose that follows a dash; a dash before a type is punctuation instead."""
    head, dash, rest = re.sub(r"\s+(?:—|–|--)\s+", " - ", text.strip().rstrip(".;")).partition(" - ")
    if not dash:
        return head, ""
    first = next(iter(segments(rest)), "")
    if ":" not in head and "(" not in head and noted(StatedAttribute(label="x"), first) is not None:
        return f"{head}: {rest}", ""
    return head, rest


def segments(text: str, separators: str = ",;") -> Iterator[str]:
    """The parts between separators that stand outside parentheses."""
    depth, begin = 0, 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char in separators and depth <= 0:
            if part := text[begin:place].strip():
                yield part
            begin = place + 1
    if part := text[begin:].strip():
        yield part


def _is_noun(segment: str) -> bool:
    """Whether words that could be a type or unit are rather a name of their own, as `price` in `sku, name, price`."""
    word = segment.strip().lower()
    return word not in _TECHNICAL and (
        word in _UNITS or (word in TYPES and "/" not in word) or word in ("key", "index")
    )


def _has_head(segment: str) -> bool:
    """Whether a part begins an attribute of its own even after `name: type`."""
    return ":" in segment


def _heads_after(before: StatedAttribute, segment: str) -> bool:
    """Whether `closure (cork / screw cap)` begins an attribute behind one whose type leaves no room for values."""
    return before.type is not None and not before.listing and bool(re.match(r"^[^\W\d_][\w ]* ?\([^()]+\)$", segment))


def _head(segment: str) -> tuple[StatedAttribute | None, bool]:
    """(attribute, whether it has a colon) from `name`, `name: notes`, `name (notes)` or `name type`."""
    before, colon, after = _split_outside(segment, ":")
    name, notes = _parenthesised(_EXAMPLE.sub("", before.strip()))
    name, bare = _bare_type(name) if not colon else (name, "")
    if found := re.search(r"\s*(?:→|->|=>)\s*", name):
        name, bare = name[: found.start()], f"-> {name[found.end() :]}"
    name = name.strip(" `*\"'")
    if within := _WITHIN.match(name):
        name = within["name"]
    limits, measured = _BOUNDED_NAME.match(name), _IN_SIGN.match(name) or _MEASURED_NAME.match(name)
    unit = measured or _IN_WORD.match(name)
    if cut := limits or measured or (unit if unit and _says_the_same(unit["name"], name) else None):
        name = cut["name"]
    if not name or len(words(name)) > 6 or len(name) > 80:
        return None, False
    attribute = StatedAttribute(
        label=name.rstrip("?"), evidence=int("_" in name or bool(re.search(r"[a-z][A-Z]", name)))
    )
    if name.endswith("?"):
        attribute = changed(attribute, optional=True, evidence=1)
    if within:
        attribute = changed(attribute, unique_per=within["per"], evidence=attribute.evidence + 1)
    if limits:
        attribute = noted(attribute, f"{limits['low']}-{limits['high']}") or attribute
    if unit:
        attribute = changed(attribute, unit=unit["unit"], evidence=attribute.evidence + 1)
    if digits := _DIGITS.search(notes):
        notes = notes[: digits.start()]
        attribute = changed(attribute, precision=int(digits["precision"]), scale=int(digits["scale"]), evidence=1)
    if bare:
        attribute = noted(attribute, bare) or _noted_words(attribute, bare)
    for note in segments(notes):
        attribute = noted(attribute, note) or _listed(attribute, note)
    if colon and (flow := _flow(after)):
        states = tuple(dict.fromkeys(state for pair in flow for state in pair))
        return changed(attribute, allowed=states, flow=flow, evidence=attribute.evidence + 1), True
    if colon and after.strip():
        attribute = noted(attribute, after.strip()) or _noted_words(attribute, after.strip())
    return attribute, bool(colon)


def _says_the_same(name: str, whole: str) -> bool:
    """Whether the word of a unit adds nothing to what a name tells of its values.

    `distance in metres` is a distance; `size in bytes` and `length in milliseconds` are whole numbers only with it.
    """
    return attribute_guess(identifier(whole)).type in ("string", attribute_guess(identifier(name)).type)


_ARROW = re.compile(r"\s*(?:→|->|=>|⇒|–>)\s*")
_BOTH_WAYS = re.compile(r"\((?P<one>[\w -]+?)\s*(?:↔|<->|<=>|⇄)\s*(?P<other>[\w -]+?)\)")


def _flow(text: str) -> tuple[tuple[str, str], ...]:
    """The transitions of `planned → running → (paused ↔ running) → finished`; nothing where a state is a sentence."""
    both = [(m["one"], m["other"]) for m in _BOTH_WAYS.finditer(text)]
    plain = _BOTH_WAYS.sub(lambda m: m["one"], text)
    steps = [[s.strip(" .`'\"") for s in re.split(r"/|\||\bor\b", part)] for part in _ARROW.split(plain)]
    if len(steps) < 2 or not all(re.fullmatch(r"[^\W\d_][\w-]*(?: [\w-]+){0,2}", s) for step in steps for s in step):
        return ()
    found = [(a, b) for left, right in itertools.pairwise(steps) for a in left for b in right if a != b]
    return tuple(dict.fromkeys((*found, *both, *((b, a) for a, b in both))))


def _noted_words(attribute: StatedAttribute, text: str) -> StatedAttribute:
    """Notes without commas between them: `decimal(10,2) not null default 0`."""
    parts = re.findall(
        r"between\s+-?\d+(?:\.\d+)?\s+(?:and|to)\s+-?\d+(?:\.\d+)?|[^\s(]+\s*\([^()]*\)|(?:[<>]=?"
        r"|[≤≥])\s*-?\d\S*|default\s+\S+|not null|primary key|foreign key"
        r"|references\s+\S+|\S+",
        text,
        re.I,
    )
    current = attribute
    for part in parts:
        more = noted(current, part.strip())
        if more is None:
            return changed(_listed(attribute, text), evidence=attribute.evidence)
        current = more
    return current


def _split_outside(text: str, mark: str) -> tuple[str, str, str]:
    """`partition` at the first mark outside parentheses."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == mark and depth <= 0:
            return text[:place], mark, text[place + 1 :]
    return text, "", ""


def _parenthesised(text: str) -> tuple[str, str]:
    """`name (notes)` as (name, notes); `price decimal(10,2)` keeps its parentheses, they belong to the type."""
    found = re.match(r"^(?P<name>[^(]*?)\s*\((?P<notes>.*)\)\s*(?P<after>[^()]*)$", text)
    if not found or (
        found["name"].split()[-1:] and found["name"].split()[-1].lower() in _TECHNICAL and " " in found["name"]
    ):
        return text, ""
    notes = found["notes"] + (f", {found['after']}" if found["after"].strip() else "")
    return found["name"], notes


def _bare_type(name: str) -> tuple[str, str]:
    """`price decimal(10,2) not null` as (price, the rest); words of daily English stay part of the name."""
    if found := _TRAILING.match(name.strip()):
        return found["name"], found["note"]
    first, _, rest = name.strip().partition(" ")
    word = re.split(r"[\s(]", rest, maxsplit=1)[0].lower()
    return (first, rest) if word in _TECHNICAL else (name, "")


def noted(attribute: StatedAttribute, note: str) -> StatedAttribute | None:
    """The attribute with this note applied, or None where the words are no note."""
    note = note.strip(" `.")
    low = note.lower()
    one_more = attribute.evidence + 1
    if _OPTIONAL.match(note) or _REQUIRED.match(note):
        return changed(attribute, optional=bool(_OPTIONAL.match(note)), evidence=one_more, listing=False)
    if found := _UNIQUE.match(note):
        per = found["per"] or ""
        return changed(attribute, unique=not per, unique_per=per, evidence=one_more, listing=False)
    if _KEY.match(note):
        return changed(attribute, key=True, evidence=one_more, listing=False)
    if low in _IGNORED:
        return changed(attribute, listing=False)
    if found := _REFERENCE.match(note):
        target = (found["target"] or found["arrow"] or "").strip()
        return changed(attribute, references=target, evidence=one_more, listing=False)
    if found := _MANY.match(note):
        return changed(attribute, references=found["target"] or found["bracket"], many=True, evidence=one_more)
    if found := _DEFAULT.match(note):
        return changed(attribute, default=found["value"].strip("\"'` "), evidence=one_more, listing=False)
    return _ranged(attribute, note) or type_note(attribute, note) or _valued(attribute, note)


def _ranged(attribute: StatedAttribute, note: str) -> StatedAttribute | None:
    """Bounds, lengths and units."""
    one_more = attribute.evidence + 1
    low = note.lower()
    if found := _LENGTH.match(note):
        return changed(attribute, length=int(found["n"]), evidence=one_more)
    if found := _RANGE.match(note):
        ends = sorted((Decimal(found["low"]), Decimal(found["high"])))
        return changed(
            attribute, minimum=ends[0], maximum=ends[1], unit=found["unit"] or attribute.unit, evidence=one_more
        )
    if found := _BOUND.match(note):
        number, word = Decimal(found["number"]), found["word"].lower()
        if word in ("<=", "≤", "<", "at most", "max", "maximum", "up to", "less than", "not more than"):
            return changed(attribute, maximum=number, evidence=one_more)
        return changed(
            attribute, minimum=number, exclusive_minimum=word in (">", "greater than", "more than"), evidence=one_more
        )
    if low in ("positive", "must be positive", "greater than zero"):
        return changed(attribute, minimum=Decimal(0), exclusive_minimum=True, evidence=one_more)
    if low in ("non-negative", "not negative", "nonnegative", "zero or more", "never negative"):
        return changed(attribute, minimum=Decimal(0), evidence=one_more)
    measure = re.fullmatch(r"°[a-z]{1,2}|[a-z]{1,3}[²³]|[a-z]{1,3}/[a-z]{1,3}[²³]?", low)
    if low.removeprefix("in ") in _UNITS or (measure and low not in TYPES):
        return changed(attribute, unit=note.removeprefix("in "), evidence=one_more)
    return None


def type_note(attribute: StatedAttribute, note: str) -> StatedAttribute | None:
    """A type word with its arguments."""
    found = _TYPE.match(note)
    if not found or found["name"].lower().strip() not in TYPES:
        return None
    word = found["name"].lower().strip()
    typed = changed(attribute, type=TYPES[word], evidence=attribute.evidence + 1, listing=word.startswith("enum"))
    args = [a.strip(" '\"") for a in re.split(r"[,|]", found["args"] or "") if a.strip(" '\"")]
    if args and all(a.isdigit() for a in args):
        numbers = [min(int(a[:6]), 10_000_000) for a in args]
        if typed.type == "string":
            return changed(typed, length=numbers[0])
        if typed.type in ("decimal", "money", "percentage"):
            return changed(typed, precision=numbers[0], scale=numbers[1] if len(numbers) > 1 else 0)
        return typed
    if args and word.startswith("enum"):
        return changed(typed, allowed=tuple(args), listing=False)
    return typed if not args else None


def _valued(attribute: StatedAttribute, note: str) -> StatedAttribute | None:
    """Allowed values: `one of a, b, c`, `a | b | c`, `a / b / c`."""
    one_more = attribute.evidence + 1
    if found := _VALUES.match(note):
        rest = found["rest"].strip(" ()")
        values = tuple(v.strip(" '\"`") for v in re.split(r"[,|/]|\bor\b", rest) if v.strip(" '\"`"))
        return changed(attribute, allowed=(*attribute.allowed, *values), listing=True, evidence=one_more)
    for mark in ("|", "/"):
        parts = [p.strip(" '\"`") for p in note.split(mark)]
        if len(parts) > 1 and all(
            p and len(p.split()) <= 3 and not p.isdigit() and not set(p) & set("():") for p in parts
        ):
            return changed(attribute, allowed=tuple(parts), listing=False, evidence=one_more)
    return None


def _listed(attribute: StatedAttribute, segment: str) -> StatedAttribute:
    """A further allowed value, or a remark that says nothing checkable."""
    values = tuple(v.strip(" '\"`") for v in re.split(r"\bor\b", segment) if v.strip(" '\"`"))
    if values and all(len(v.split()) <= 3 and len(v) <= 40 for v in values):
        return changed(attribute, allowed=(*attribute.allowed, *values), listing=True)
    return attribute


def _closed(attribute: StatedAttribute) -> StatedAttribute:
    """Values that contradict each other or stand alone are remarks, not a list of allowed values."""
    allowed = tuple(dict.fromkeys(attribute.allowed))
    if {v.lower() for v in allowed} in ({"x", "y"}, {"lat", "lon"}, {"lat", "lng"}):
        return changed(attribute, allowed=(), type="coordinates", evidence=attribute.evidence + 1)
    explained = len(allowed) == 2 and allowed[1].startswith(("a ", "an ", "the "))  # `(Company, a subcontractor)`
    if len(allowed) == 1 or explained:
        named = bool(_ENTITY_NOTE.match(allowed[0])) and attribute.type is None and not attribute.references
        named = named and not attribute.key and "".join(words(allowed[0])) != "".join(words(attribute.label))
        other = allowed[0].startswith(("a ", "an ", "the ")) or allowed[0][0].isupper()
        target = re.sub(r"^(?:an?|the)\s+", "", allowed[0]) if named and other else attribute.references
        return changed(attribute, allowed=(), references=target)
    if not allowed:
        return changed(attribute, allowed=())
    return changed(attribute, allowed=allowed, evidence=attribute.evidence + 1)


def attribute_from(
    stated: StatedAttribute, origin: Origin, serves: tuple[str, ...], explicit: bool, confidence: Confidence = "high"
) -> Attribute:
    """The contract's attribute: what the line says, completed by what the name tells.

    `explicit` says that this entity's list marks optional attributes, so an unmarked one is required. A type guessed
    from the name brings its bounds; a stated type keeps only those that the line states.
    """
    guess = attribute_guess(stated.name)
    kind = _type_of(stated, guess.type)
    alike = stated.type is None or stated.type == guess.type
    guessed = guess if alike and not stated.allowed else None
    bounded = stated.minimum is not None or stated.maximum is not None
    allowed = stated.allowed or (guessed.allowed if guessed and stated.type is None else ())
    optional = stated.optional if stated.optional is not None else (guess.optional and not explicit)
    low, high = (stated.minimum, stated.maximum) if bounded or not guessed else (guessed.minimum, guessed.maximum)
    exclusive = stated.exclusive_minimum if bounded or not guessed else guessed.exclusive_minimum
    return Attribute(
        name=stated.name, label=stated.label, type=kind,
        length=_length(stated, kind, guessed.length if guessed else None, allowed),
        precision=stated.precision or (guessed.precision if guessed and stated.precision is None else None),
        scale=stated.scale if stated.precision is not None else (guessed.scale if guessed else None),
        optional=bool(optional), unique=stated.unique,
        default=_default(stated.default, kind, allowed), allowed=allowed,
        minimum=low if _numeric(kind) else None,
        exclusive_minimum=bool(exclusive and low is not None and _numeric(kind)),
        maximum=high if _numeric(kind) else None,
        unit=stated.unit or guess.unit, sensitivity=guess.sensitivity, origin=origin, serves=serves,
        confidence=confidence,
    )  # fmt: skip


def _length(stated: StatedAttribute, kind: AttributeType, usual: int | None, allowed: tuple[str, ...]) -> int | None:
    """The length of a text; numbers have none."""
    if _numeric(kind):
        return None
    return stated.length or usual or (max(map(len, allowed)) if allowed else None)


def _numeric(kind: AttributeType) -> bool:
    """Whether bounds mean numbers for this type."""
    return kind in ("integer", "decimal", "money", "percentage", "duration")


_NO_MONEY = 3
"""Decimal places of measures; prices have two or four."""
_WORDS_OF_A_KIND = ("email", "phone", "url")
"""Types that narrow a text and that a name such as `contact_email` tells without doubt."""


def _type_of(stated: StatedAttribute, guess: AttributeType) -> AttributeType:
    """The stated type, or what values, bounds and then the name tell."""
    if stated.type == "decimal" and guess in ("money", "percentage") and stated.scale != _NO_MONEY:
        return guess
    if stated.type == "decimal" and stated.precision is None and guess == "integer":
        return guess
    if stated.type in ("string", "text") and stated.allowed:
        return "string"
    if stated.type in ("string", "text") and guess in _WORDS_OF_A_KIND:
        return guess
    if stated.type == "string" and stated.length is None and guess == "text":
        return guess
    if stated.type is not None:
        return stated.type
    if stated.allowed:
        return "string"
    if stated.default is not None and stated.default.lower() in ("true", "false", "yes", "no"):
        return "boolean"
    if stated.minimum is not None or stated.maximum is not None:
        whole = all(b is None or b == b.to_integral_value() for b in (stated.minimum, stated.maximum))
        return guess if _numeric(guess) else "integer" if whole else "decimal"
    return "decimal" if guess == "string" and stated.unit else guess


def _default(value: str | None, kind: AttributeType, allowed: tuple[str, ...]) -> str | None:
    """The default as a plain value; one that the type or the list of values refuses is dropped."""
    if value is None:
        return None
    if kind == "boolean":
        known = {
            "yes": "true",
            "no": "false",
            "true": "true",
            "false": "false",
            "on": "true",
            "off": "false",
            "1": "true",
            "0": "false",
        }
        return known.get(value.lower())
    if kind in ("date", "time", "timestamp"):
        return "now" if _NOW.match(value) else value
    if _numeric(kind):
        try:
            return str(Decimal(value))
        except InvalidOperation:
            return None
    if allowed and value not in allowed:
        return next((v for v in allowed if v.lower() == value.lower()), None)
    return value
