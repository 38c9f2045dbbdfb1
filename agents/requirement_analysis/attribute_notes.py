"""What notes behind the name of an attribute say: type, optional, unique, default, values, range, reference.

A note is known by its first words, so that what is none can begin the next attribute.
"""

import functools
import re
from dataclasses import dataclass, field
from decimal import Decimal

from agents.changing import changed
from agents.naming import identifier, words
from agents.screening import screened
from contracts.requirements import AttributeType

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
TECHNICAL = frozenset(
    "string varchar char str text integer int bigint smallint tinyint decimal numeric float double real boolean bool "
    "timestamp datetime timestamptz uuid guid json jsonb enum serial bigserial".split()
)
UNITS = frozenset(
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
    rf"^(?P<word>>=|≥|>|<=|≤|<|at least|at most|min(?:imum|\.)?|max(?:imum|\.)?|up to|greater than|more than"
    rf"|less than|not more than)"
    rf"\s*:?\s*(?P<number>{_NUM})\s*(?P<unit>°?[^\d\W]+(?:/[^\d\W]+)?|%)?$",
    re.IGNORECASE,
)
_LENGTH = screened(
    r"^(?:max(?:imum)?\.?|up to|at most)?\s*(?P<n>\d{1,5})\s*(?:characters?|chars?|letters|digits)(?:\s*max)?$", re.I
)
_OPTIONAL = screened(
    r"^(?:opt(?:ional(?:ly)?)?|nullable|null|not required"
    r"|(?:so |and )?(?:it )?(?:may|can) (?:be|stay) (?:left )?(?:empty|null|missing|unknown|blank)"
    r"|(?:if|where|when|as far as) (?:\w+ ){0,2}(?:known|any|given|available)"
    r"|(?:not all|not every(?:one|body|thing| \w+))(?: of \w+)? ha(?:s|ve) (?:an?|one|it|any)\b.*"
    r"|not always (?:there|known|given|set|available)"
    r"|(?:it's |it’s |it is |is )?(?:often|sometimes|usually|mostly) (?:empty|missing|unknown|blank)"
    r"|(?:is |stays |left )?(?:empty|blank)(?: (?:until|unless|before|if|when|while|for) .+)?)$",
    re.IGNORECASE,
)
_REQUIRED = screened(
    r"^(?:req(?:uired)?|not[ -]null|mandatory|non[- ]?null(?:able)?|must be given|obligatory)$", re.IGNORECASE
)
_UNIQUE = screened(
    r"^(?:so |and )?(?:(?:that |which )?(?:must be |has to be |is |are ))?"
    r"(?:unique|no duplicates|no two (?:are )?the same|never two the same|never (?:the same )?twice|never repeated"
    r"|never (?:used|given|given out|issued|assigned|handed out) (?:twice|again)"
    r"|(?:never|not) re-?(?:issued|used|assigned)"
    r"|different for (?:each|all|every(?:one|body| \w+)))!*"
    r"(?:\s+(?:per|within|in|for each|(?:together )?with)\s+(?:the )?(?P<per>.+))?$",
    re.IGNORECASE,
)
_KEY = screened(r"^(?:pk|primary key|primary|key|identifier|natural key|business key)$", re.IGNORECASE)
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


def noted_words(attribute: StatedAttribute, text: str) -> StatedAttribute:
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
            return changed(listed_value(attribute, text), evidence=attribute.evidence)
        current = more
    return current


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


def says(note: str) -> bool:
    """Whether words behind a name tell its bounds, or whether it may be missing or stand twice."""
    told = noted(StatedAttribute(label="x"), note)
    return told is not None and (
        told.unique or told.optional is not None or told.minimum is not None or told.maximum is not None
    )


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
        number, word = Decimal(found["number"]), found["word"].lower().rstrip(".")
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
    if low.removeprefix("in ") in UNITS or (measure and low not in TYPES):
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


def listed_value(attribute: StatedAttribute, segment: str) -> StatedAttribute:
    """A further allowed value, or a remark that says nothing checkable."""
    values = tuple(v.strip(" '\"`") for v in re.split(r"\bor\b", segment) if v.strip(" '\"`"))
    if values and all(len(v.split()) <= 3 and len(v) <= 40 for v in values):
        return changed(attribute, allowed=(*attribute.allowed, *values), listing=True)
    return attribute


def closed(attribute: StatedAttribute) -> StatedAttribute:
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
