"""The one place where words of a brief become identifiers.

A brief is not trusted: `Robert'); DROP TABLE students;--` must become a harmless name, the same one every
time. Everything that reaches SQL, YAML, cache keys or file names as a name comes from here.
"""

import functools
import hashlib
import re

from anyascii import anyascii

from agents.inflection import UNINFLECTED, plural_of, singular_of
from agents.knowledge.german import german_plural
from agents.remembering import remembered
from contracts.schema import Column

MAX_LENGTH = 63  # PostgreSQL's NAMEDATALEN - 1; MariaDB allows 64

_WORD_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])(?!(?<=\bp)H\b)|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@remembered
def words(text: str) -> tuple[str, ...]:
    """Lower-case ASCII words of a name: `OrderItem`, `order-item` and `Order Item` all give ('order', 'item').

    >>> words("Größe des Kunden")
    ('groesse', 'des', 'kunden')
    """
    plain = text if text.isascii() else anyascii(text.translate(_GERMAN))
    return tuple(_WORD.findall(plain if plain.islower() else _WORD_BOUNDARY.sub(" ", plain).lower()))


@remembered
def identifier(text: str, fallback: str = "unnamed") -> str:
    """A safe snake_case identifier of at most 63 characters; `fallback` where no letter or digit is left.

    >>> identifier("Robert'); DROP TABLE students;--")
    'robert_drop_table_students'
    """
    name = "_".join(words(text)) or fallback
    if name[:1].isdigit():
        name = f"n{name}"
    return shorten(name)


def shorten(name: str, length: int = MAX_LENGTH) -> str:
    """The name itself, or its head with eight digits of its digest when it is too long to be unique by cutting."""
    if len(name) <= length:
        return name
    return f"{name[: length - 9].rstrip('_')}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def constraint_name(prefix: str, *parts: str) -> str:
    """The name of an index or constraint: `pk`, `uq`, `ck`, `fk`, `ex` or `ix`, then table and columns."""
    return shorten("_".join((prefix, *parts)))


def slug(text: str, fallback: str = "project") -> str:
    """A project's name for folders and artifact keys: lower case, digits and single dashes.

    >>> slug("Čajovna & Shop 24/7")
    'cajovna-shop-24-7'
    """
    return "-".join(words(text))[:MAX_LENGTH].strip("-") or fallback


@functools.cache
def singular(noun: str) -> str:
    """The singular of the last word of a snake_case name; unchanged where it already is one.

    >>> singular("order_histories"), singular("address"), singular("status"), singular("auftraege")
    ('order_history', 'address', 'status', 'auftrag')
    """
    head, _, last = noun.rpartition("_")
    return _joined(head, singular_of(last)) if last.isalpha() else noun


@functools.cache
def plural(noun: str, *, german: bool = False) -> str:
    """The plural of a singular snake_case name; the last word is inflected, as a `german` one where it may be either.

    >>> plural("order_history"), plural("address"), plural("staff"), plural("n7_7"), plural("auftrag")
    ('order_histories', 'addresses', 'staff', 'n7_7s', 'auftraege')
    >>> plural("tier"), plural("tier", german=True)
    ('tiers', 'tiere')
    """
    head, _, last = noun.rpartition("_")
    if german and last.isalpha():
        return shorten(_joined(head, german_plural(last, sure=False) or plural_of(last)))
    if last in UNINFLECTED or singular(last) != last:  # a plural already
        return shorten(noun)
    return shorten(_joined(head, plural_of(last) if last.isalpha() else f"{last}s"))


def _joined(head: str, word: str) -> str:
    return f"{head}_{word}" if head else word


PUBLIC_ID = "public_id"
"""The name of a row that is made elsewhere, a UUID of version 7, so that new ones are greater than those before."""


def is_public_id(column: Column) -> bool:
    """Whether the column holds such names."""
    return column.name == PUBLIC_ID and column.type == "uuid"
