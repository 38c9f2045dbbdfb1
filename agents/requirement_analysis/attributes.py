"""One line of an attribute list becomes attributes: name, type, optional, unique, default, values, range, reference.

The grammar is small: a head (`name`, `name: type`, `name (notes)`), then notes separated by commas. A note is known
by its first words; what is no note starts the next attribute, so `id, sku, name, price` and `name, optional` both read.
"""

import itertools
import re
from collections.abc import Iterator

from agents.changing import changed
from agents.knowledge import attribute_guess
from agents.naming import identifier, words
from agents.remembering import remembered
from agents.requirement_analysis.attribute_notes import (
    TECHNICAL,
    TYPES,
    UNITS,
    StatedAttribute,
    closed,
    listed_value,
    noted,
    noted_words,
)
from agents.screening import screened

_CODED = re.compile(r"_|[a-z][A-Z]")
_REMARK = re.compile(r"\s+(?:#|//)\s+(?P<remark>\S.*)$")
"""What programmers write behind a line: `queen_year int optional  # the year she hatched`."""
_TRAILING = re.compile(
    r"^(?P<name>[\w `*]*\w)\s+(?P<note>unique|optional|nullable|required|not null|pk|primary key|yes/no|y/n"
    r"|default \S+)$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(?<=\w) ?\[([^\[\]|]+(?:\|[^\[\]|]+)+)\]")
"""Values in brackets behind a name: `plan [trial|standard]`."""
_BOUNDED_NAME = re.compile(
    r"^(?P<name>[^\W\d][\w ]*?)\s+(?P<low>\d+)\s*(?:-|–|\.\.)\s*(?P<high>\d+)(?: (?:stars?|points?|percent|%))?$"
)
_NAMED_BOUND = screened(
    r"^(?P<name>[^\W\d][\w -]*?) (?:of )?"
    r"(?P<bound>(?:from|between|at least|at most|up to|max\.?|maximum|min\.?|minimum) \d.*)$"
)
"""Bounds without brackets: `passengers max 400`, `a condition from 1 to 5`."""
_MEASURED_NAME = re.compile(
    r"^(?P<name>[^\W\d][\w ]*?)\s+(?P<unit>°[A-Za-z]{1,2}|%|€|kg|km|cm|mm|ml|kWh?|MWh?|Wh|EUR|USD|GBP|CHF|ha|m²|m2)$"
)
_NOTE_IN_BRACKETS = screened(
    r"(?<=\w) ?\[(unique|optional|required|nullable|not null|pk|primary key|fk[^\[\]]*)\]", re.IGNORECASE
)
_IN_SIGN = screened(
    r"^(?P<name>[^\W\d_][\w -]*?) in (?P<unit>[^\W\d_]{1,4}/[^\W\d_]{1,3}[²³]?|[^\W\d_]{1,3}[²³]|°[A-Za-z]{1,2}|[%€]"
    r"|[kcmµ]?[mg]|nm|cc|t|lb|oz|ft|mi|ha|[mch]?l|[mµ]s|[kMGT]?B|[kMG]?(?:Hz|Wh?|J|V|Pa)|m?bar|bpm|mmHg|EUR|USD|GBP|CHF)$"
)
"""A name with its unit's sign, which is no part of it: `altitude in m`, `sugar in g/l`."""
_IN_WORD = screened(
    r"^(?P<name>[^\W\d_][\w -]*?) in (?P<unit>percent|percentage|hectares?|ares|lit(?:er|re)s|tonnes"
    r"|(?:kilo|milli)?grams|(?:square |cubic |kilo|centi|milli)?met(?:er|re)s|words|euros?|cents"
    r"|(?:kilo|mega|giga)?bytes|(?:milli|micro)?seconds|minutes|hours|days|weeks|months|years|degrees|miles|feet|inches)$"
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


@remembered
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
        len(parts) > _NAMES_ALONE and sum(p.lower() in TECHNICAL for p in parts) == 1
    )  # `claim, adjuster, text, date`
    for segment in parts:
        noun = _is_noun(segment) or (names and segment.lower() == "text")
        more = noted(found[-1], segment) if found and (labelled or not noun) else None
        more = None if _FLAG.match(segment) else more
        if more is not None:
            found[-1] = more
        elif labelled and not _has_head(segment) and not _heads_after(found[-1], segment):
            found[-1] = listed_value(found[-1], segment)
        else:
            attribute, labelled = _head(segment)
            if attribute is None:
                return ()
            found.append(attribute)
    found[-1] = changed(found[-1], description=description)
    return tuple(closed(a) for a in found)


_NAMES_ALONE = 3
"""Parts from which on `text` among nothing but names is a name itself."""


def _without_description(text: str) -> tuple[str, str]:
    """The line without the prose behind a dash or a remark's mark; a dash before a type is punctuation instead."""
    if remark := _REMARK.search(text):
        return _without_description(text[: remark.start()])[0], remark["remark"]
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
    return word not in TECHNICAL and (word in UNITS or (word in TYPES and "/" not in word) or word in ("key", "index"))


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
    if bounded := _NAMED_BOUND.match(name):
        name, notes = bounded["name"], ", ".join(n for n in (bounded["bound"], notes) if n)
    limits, measured = _BOUNDED_NAME.match(name), _IN_SIGN.match(name) or _MEASURED_NAME.match(name)
    unit = measured or _IN_WORD.match(name)
    if cut := limits or measured or (unit if unit and _says_the_same(unit["name"], name) else None):
        name = cut["name"]
    if not name or len(words(name)) > 6 or len(name) > 80:
        return None, False
    attribute = StatedAttribute(label=name.rstrip("?"), evidence=int(bool(_CODED.search(name))))
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
        attribute = noted(attribute, bare) or noted_words(attribute, bare)
    for note in segments(notes):
        among = attribute.listing and note.isalpha()  # `size (S, M, L)` has values, and no unit of metres
        attribute = (None if among and note.lower() in UNITS else noted(attribute, note)) or listed_value(
            attribute, note
        )
    if colon and (flow := _flow(after)):
        states = tuple(dict.fromkeys(state for pair in flow for state in pair))
        return changed(attribute, allowed=states, flow=flow, evidence=attribute.evidence + 1), True
    if colon and after.strip():
        attribute = noted(attribute, after.strip()) or noted_words(attribute, after.strip())
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
        found["name"].split()[-1:] and found["name"].split()[-1].lower() in TECHNICAL and " " in found["name"]
    ):
        return text, ""
    notes = found["notes"] + (f", {found['after']}" if found["after"].strip() else "")
    return found["name"], notes


def _bare_type(name: str) -> tuple[str, str]:
    """`price decimal(10,2) not null` as (price, the rest); words of daily English stay part of the name."""
    first, _, rest = name.strip().partition(" ")
    word = re.split(r"[\s(]", rest.lstrip(), maxsplit=1)[0].lower()
    coded = word in TYPES and bool(_CODED.search(first))  # `paid_on date`; in `due date` the word belongs to the name
    if word in TECHNICAL or coded:
        return first, rest.lstrip()
    found = _TRAILING.match(name.strip())
    return (found["name"], found["note"]) if found else (name, "")
