"""Integration code for the entry that spares the database most: cache-aside reads, exact invalidation after commit.

Names, keys, lifetimes and the query come from the plan; the text is put together from identifiers and numbers only.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import jinja2

from agents.caching.layers import local_items, product
from agents.caching.lease import FILL, LEASE_SECONDS, NOTHING_SECONDS
from agents.caching.samples import csharp, dispatch, java, python, typescript
from agents.caching.selection import LOCAL_SECONDS, Chosen, rows_read
from agents.naming import words
from agents.scaling.pools import language
from contracts.caching import CodeSample, Invalidation
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

Part = tuple[str, str]
"""("text", text), ("argument", name), ("escaped", name), ("digest", name) or ("version", …): the pieces of a key."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_RESERVED_WORDS = """
    abstract as assert async await base bool boolean break byte case catch char checked class const continue
    decimal def default del delegate delete do double elif else enum event except explicit export extends extern
    false final finally fixed float for foreach from function global goto if implements implicit import in
    instanceof int interface internal is lambda let lock long namespace native new None nonlocal not null object
    operator or out override package params pass private protected public raise readonly record ref return sealed
    self short sizeof static string struct super switch synchronized this throw throws transient true try typeof
    uint ulong unchecked unsafe var virtual void volatile when where while with yield value key version read
    local redis held found near digest lease leased token wait text seconds fill
"""
"""Words that one of the four languages, or the sample itself, needs."""
_RESERVED = frozenset(_RESERVED_WORDS.split())


_INTEGERS = ("bigint", "integer", "smallint")
_PLAIN = (*_INTEGERS, "uuid")


@dataclass(frozen=True)
class Language:
    """How a language spells a key and its arguments."""

    template: str
    key: Callable[[tuple[Part, ...]], str]
    argument: Callable[[str], str]
    integer: str
    text: str


LANGUAGES = {
    "java": Language(java.TEMPLATE, java.key, java.argument, "long", "String"),
    "typescript": Language(typescript.TEMPLATE, typescript.key, typescript.argument, "number", "string"),
    "python": Language(python.TEMPLATE, python.key, python.argument, "int", "str"),
    "csharp": Language(csharp.TEMPLATE, csharp.key, csharp.argument, "long", "string"),
}
_ENVIRONMENT = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701
)

_ENVIRONMENT.filters["text"] = json.dumps  # a string literal in all four languages; an array in the two that need one


def code_sample(requirements: Requirements, made: tuple[Chosen, ...]) -> CodeSample:
    """The sample for the entry with the most spared row reads (the first by name among equals)."""
    best = min(
        made,
        key=lambda c: (-c.reads.value * c.hits.value * rows_read(requirements, c.candidate), c.candidate.query.name),
    )
    spoken = language(requirements)
    text = _ENVIRONMENT.from_string(LANGUAGES[spoken].template).render(
        **_context(requirements, best, made, LANGUAGES[spoken])
    )
    return CodeSample(language=spoken, text=text)


@dataclass(frozen=True)
class Event:
    """A write and one key that it makes stale; `by` is the key of the written row, by which `finds` asks."""

    table: str
    operation: str
    version: bool
    key: str
    finds: str
    by: tuple[str, ...]

    @property
    def names(self) -> str:
        """The columns as literals of an argument list."""
        return ", ".join(map(json.dumps, self.by))


def dispatch_sample(
    requirements: Requirements, schema: SchemaDesign, made: Iterable[tuple[Chosen, Iterable[Invalidation]]]
) -> CodeSample:
    """Every event of every entry in one table, and the code that applies it."""
    events = dict.fromkeys(
        Event(i.table, operation, bool(one.candidate.version), key, i.finds, schema.table(i.table).primary_key)
        for one, stale in made
        for i in stale
        for operation in i.operations
        for key in i.keys
    )
    spoken = language(requirements)
    ordered = sorted(events, key=lambda e: (e.table, e.operation, e.key, e.finds))
    return CodeSample(language=spoken, text=_ENVIRONMENT.from_string(dispatch.TEMPLATES[spoken]).render(events=ordered))


def _context(requirements: Requirements, one: Chosen, made: tuple[Chosen, ...], spoken: Language) -> dict[str, object]:
    candidate = one.candidate
    types = {p.name: p.sql_type for p in candidate.query.parameters}
    key = escaped(parts(candidate.pattern, candidate.version), types)
    version = escaped(parts(candidate.version), types)
    both, ttl = len(one.layers) == 2, int(one.ttl.value)
    return {
        "class_name": pascal(candidate.query.name),
        "query": candidate.query.name,
        "method": camel(candidate.query.name),
        "table": candidate.table.name,
        "single": candidate.single,
        "shared": "distributed" in one.layers,
        "local": "in_process" in one.layers,
        "digest": any(kind == "digest" for kind, _ in key),
        "escaped": any(kind == "escaped" for kind, _ in (*key, *version)),
        "product": product(requirements),
        "ttl": ttl,
        "nothing_ttl": min(ttl, NOTHING_SECONDS),
        "lease": LEASE_SECONDS,
        "fill": FILL,
        "age": int(one.staleness.value),
        "local_ttl": LOCAL_SECONDS if both else int(one.ttl.value),
        "items": local_items(requirements, tuple(c for c in made if "in_process" in c.layers)),
        "key": spoken.key(key),
        "version_key": spoken.key(version) if version else "",
        "arguments": _arguments(key, types, spoken),
        "targets": _arguments(version or key, types, spoken),
    }


def parts(pattern: str, version: str = "") -> tuple[Part, ...]:
    """A key pattern as text and arguments; a list's `{version}` is the number under its version key.

    >>> parts("shop:product:{id}")
    (('text', 'shop:product:'), ('argument', 'id'))
    """
    found: list[Part] = []
    for n, piece in enumerate(_PLACEHOLDER.split(pattern)):
        if n % 2 == 0:
            found += [("text", piece)] if piece else []
        elif version and piece == "version":
            found.append(("version", "version"))
        elif piece.endswith("_sha256"):
            found.append(("digest", safe(piece.removesuffix("_sha256"))))
        else:
            found.append(("argument", safe(piece)))
    return tuple(found)


def escaped(found: tuple[Part, ...], types: dict[str, str]) -> tuple[Part, ...]:
    """Values that may hold a colon are escaped, so that two of them cannot be read as one, nor one as two."""
    return tuple(("escaped", n) if k == "argument" and _sql_type(n, types) not in _PLAIN else (k, n) for k, n in found)


def _sql_type(name: str, types: dict[str, str]) -> str:
    """The type of a parameter; the tenant, which is none, is a key like all others."""
    return types.get(name, types.get(name.removesuffix("_value"), "bigint"))


def safe(name: str) -> str:
    """The name, or the name with a suffix where a language has other plans for it."""
    return f"{name}_value" if name in _RESERVED else name


def _arguments(found: tuple[Part, ...], types: dict[str, str], spoken: Language) -> list[tuple[str, str]]:
    """(argument, type) in the order of the key, each once."""
    made: dict[str, str] = {}
    for kind, name in found:
        if kind in ("argument", "escaped", "digest"):
            kept = spoken.integer if _sql_type(name, types) in _INTEGERS else spoken.text
            made.setdefault(spoken.argument(name), kept)
    return list(made.items())


def pascal(name: str) -> str:
    """`product_by_id` as `ProductById`."""
    return "".join(word.capitalize() for word in words(name))


def camel(name: str) -> str:
    """`product_by_id` as `productById`."""
    made = pascal(name)
    return made[0].lower() + made[1:]
