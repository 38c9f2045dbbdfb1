"""Tables of attributes with any column titles, one for each entity or one for all with a column of entities."""

import re
from collections.abc import Callable
from itertools import groupby

from agents.changing import changed
from agents.naming import identifier, words
from agents.requirement_analysis.attribute_notes import StatedAttribute, noted
from agents.requirement_analysis.attributes import segments, stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import clean_name, is_name
from agents.requirement_analysis.forms.things import Column, Forms, Operator, StatedRule, Thing, name_of
from agents.requirement_analysis.forms.types import with_type
from agents.requirement_analysis.topics import lead_topic, title_topic, topic

_TITLES = {
    "entity": "entity table object model class entitaet tabelle objekt table_name entity_name resource",
    "name": "attribute field column property name attribute_name field_name column_name spalte feld attribut feldname"
            " spaltenname eigenschaft bezeichnung parameter key_name data_element",
    "list": "attributes fields columns properties key_attributes main_attributes attribute_list felder"
            " spalten attribute_s",
    "type": "type data_type datatype typ datentyp sql_type field_type format",
    "required": "required mandatory not_null pflicht pflichtfeld is_required req obligatory",
    "optional": "optional nullable null allow_null allows_null is_nullable nulls",
    "unique": "unique eindeutig is_unique",
    "default": "default default_value standard standardwert vorgabe",
    "key": "key keys constraint constraints pk fk pk_fk key_type schluessel primary_key index rules validation rule",
    "reference": "references reference foreign_key ref refers_to fk_to verweis referenz related_to relation links_to",
    "values": "values allowed_values options enum werte possible_values allowed valid_values domain range",
    "length": "length max_length size laenge max_len",
    "minimum": "min minimum",
    "maximum": "max maximum",
    "description": "description notes note comment comments remarks remark meaning beschreibung bemerkung details"
                   " purpose example explanation hinweis kommentar definition",
}  # fmt: skip
Cell = Callable[[Column, str], Column]
_ROLE = {title: role for role, titles in _TITLES.items() for title in titles.split()}
_ENUM = re.compile(r"(?:enum|enumeration|choice|select|selection|option|options|list of values|code list)", re.I)
"""Types whose values stand in the description, where no column of values has them."""
_YES = frozenset("yes y x true ✓ ✔ ja j 1 required mandatory pk uk uq ak always".split())
_NO = frozenset(("no", "n", "false", "-", "–", "—", "", "nein", "0", "none", "n/a", "optional", "✗", "✘"))
_TELLING = frozenset({"type", "required", "optional", "unique", "default", "key", "reference", "values", "length"})
_AROUND = re.compile(
    r"^(?:the\s+)?(?:(?:attributes|fields|columns|properties|structure|definition|schema|details|table|entity|data|tabelle)\s+"
    r"(?:of|for|in)?\s*(?:the|an?)?\s*)+|\s+(?:table|entity|attributes|fields|columns|record|records|data|details)$",
    re.IGNORECASE,
)


def read_tables(sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """Every attribute table; other tables stay for other readers."""
    rows = (s for s in sentences if s.form == "row" and s.cells)
    overviews: list[tuple[list[Sentence], dict[str, int]]] = []
    for _, group in groupby(rows, key=lambda s: (s.sections, s.lead, s.lead_line, tuple(t for t, _ in s.cells))):
        found = list(group)
        roles = _roles(tuple(t for t, _ in found[0].cells))
        if "entity" in roles and ("name" in roles or "list" in roles):
            _many(found, roles, forms)
        elif roles.get("entity") == 0 and topic(found[0]) in ("", "entities", "overview"):
            overviews.append((found, roles))
        elif "name" in roles and _TELLING.intersection(roles) and (owner := _owner(found[0])):
            thing = forms.thing(owner, found[0])
            for row in found:
                _row(row, roles, thing, forms)
    for found, roles in overviews:
        _overview(found, roles, sentences, forms)


def _overview(rows: list[Sentence], roles: dict[str, int], sentences: tuple[Sentence, ...], forms: Forms) -> None:
    """A table that gives a row to each thing, without its attributes; the rest of a row is for other readers.

    A key that it names is one of the attributes, which may well be listed elsewhere.
    """
    headings = {name_of(s.text) for s in sentences if s.form == "heading" and words(s.text)}
    for row in rows:
        label = clean_name(_cell(row, roles, "entity"))
        if not words(label) or not is_name(label) or title_topic(label):
            continue
        known = forms.named(label)
        thing = known or forms.thing(label, row)
        thing.partial = thing.partial or known is None
        forms.uses.append((row, label))
        cell = _cell(row, roles, "key")
        keys = stated_attributes(cell) if words(cell) and cell.lower() not in _NO else ()
        if thing.key or not keys:
            continue
        have = {c.attribute.name for c in thing.columns}
        if known is None and name_of(label) not in headings:
            only = changed(row, text=cell, body=cell)  # the row's figures and remarks are for other readers
            thing.columns += [Column(changed(k, key=False), only) for k in keys]
            thing.key = [k.label for k in keys]
        elif have.issuperset(k.name for k in keys):
            thing.key = [k.label for k in keys]


def _roles(titles: tuple[str, ...]) -> dict[str, int]:
    """The column of each role; the first title of a role counts. A `name` beside a telling title is the attribute."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        plain = "_".join(words(title))
        role = _ROLE.get(plain) or _ROLE.get(plain.rstrip("s")) or ""
        if role and role not in found:
            found[role] = place
        elif role == "key" and "key" in found:
            found.setdefault("key2", place)
    return found


def _owner(row: Sentence) -> str:
    """The entity that a table is about: what introduces it, else the heading above."""
    for text in (row.lead, *row.sections[:0:-1], *row.sections[:1]):
        bare = clean_name(text)
        stripped = clean_name(_AROUND.sub("", bare)) if bare else ""
        if not stripped or stripped.lower() in ("attributes", "fields", "columns", "properties"):
            continue
        if not is_name(stripped) or title_topic(stripped) or lead_topic(stripped):
            return ""
        return stripped
    return ""


def _many(rows: list[Sentence], roles: dict[str, int], forms: Forms) -> None:
    """One table for several entities; an empty cell repeats the entity above."""
    thing: Thing | None = None
    for row in rows:
        label = clean_name(_cell(row, roles, "entity"))
        if label and (thing is None or label != thing.label):
            if not is_name(label):
                forms.not_understood(row, "the first column is no name of an entity")
                thing = None
                continue
            thing = forms.named(label) or forms.thing(label, row)
        if thing is not None and "name" in roles:
            _row(row, roles, thing, forms)
        elif thing is not None:
            forms.consume(row)
            forms.uses.append((row, thing.label))
            thing.columns += [Column(a, row) for a in stated_attributes(_cell(row, roles, "list"))]


def _cell(row: Sentence, roles: dict[str, int], role: str) -> str:
    """The text of a role's cell."""
    place = roles.get(role)
    return row.cells[place][1].strip().strip("`*") if place is not None and place < len(row.cells) else ""


def _row(row: Sentence, roles: dict[str, int], thing: Thing, forms: Forms) -> None:
    """One row as an attribute."""
    forms.consume(row)
    label = _cell(row, roles, "name").strip("`*_ ")
    parsed = stated_attributes(label)
    if not words(label) or not parsed:
        forms.not_understood(row, "a row without the name of an attribute")
        return
    column = Column(changed(parsed[0], evidence=1), row)
    for role, apply in _CELLS:
        if role in roles:
            column = apply(column, _cell(row, roles, role))
    column = _keyed(column, [_cell(row, roles, role) for role in ("key", "key2")], row, roles)
    if _ENUM.fullmatch(_cell(row, roles, "type")) and not column.attribute.allowed:
        column = _values(column, _cell(row, roles, "description"))
    if column.attribute.key:
        thing.key.append(column.attribute.label)
        column = changed(column, attribute=changed(column.attribute, key=False, optional=False))
    thing.columns.append(column)
    for role in ("description", "key", "values"):
        _compared(row, _cell(row, roles, role), thing, forms)


def _keyed(column: Column, cells: list[str], row: Sentence, roles: dict[str, int]) -> Column:
    """Cells such as `PK`, `FK → customers.id`, `unique, not null`; a bare mark counts for its column's own title."""
    for cell, role in zip(cells, ("key", "key2"), strict=True):
        title = row.cells[roles[role]][0].strip().lower() if role in roles and roles[role] < len(row.cells) else ""
        if cell.lower() in _YES and title in ("pk", "fk", "primary key"):
            cell = title
        column = _notes(column, re.sub(r"\b(?:UQ|UK|AK)\b", "unique", cell))
    return column


def _notes(column: Column, text: str) -> Column:
    """Each part of a cell as a note; parts that are none are remarks."""
    attribute = column.attribute
    if text.lower() in _NO and text.lower() != "optional":
        return column
    for part in segments(text.replace("<br>", ","), ",;"):
        attribute = noted(attribute, part.strip(" .")) or attribute
    return changed(column, attribute=attribute)


def _type(column: Column, text: str) -> Column:
    """A type, with notes behind it (`varchar(40), not null`)."""
    parts = list(segments(text, ",;")) or [""]
    head = parts[0]
    many = bool(re.search(r"\[\]$|^(?:list|array) of\b|^(?:List|Array)<", head, re.IGNORECASE))
    if found := re.match(
        r"^(?P<type>[\w ]+?\([^()]*\)|\w+)\s+(?P<rest>(?:not null|null|unique|pk|fk|primary key)\b.*)$", head, re.I
    ):
        head, parts = found["type"], [found["type"], found["rest"], *parts[1:]]
    if len(parts) > 1 and _are_values(parts):
        return _values(column, text)
    if noted_type := noted(column.attribute, head) if "|" in head or "enum" in head.lower() else None:
        column = changed(column, attribute=noted_type)
    elif many:
        inner = re.sub(r"\[\]$|^(?:list|array) of\s+|^\w+<|>$", "", head, flags=re.IGNORECASE)
        column = changed(column, type_name=inner, many=True)
    else:
        attribute, own = with_type(column.attribute, head)
        reference = noted(attribute, head) if own and re.match(r"(?:fk|ref|→|->|foreign)", own, re.IGNORECASE) else None
        column = changed(column, attribute=reference or attribute, type_name="" if reference else own)
    for part in parts[1:]:
        column = _notes(column, part)
    return column


def _are_values(parts: list[str]) -> bool:
    """Whether a cell of types lists plain words instead, of which none is a type or a note: `free, let, blocked`."""
    empty = StatedAttribute(label="x")
    plain = (re.fullmatch(r"[^\W\d_][\w-]*(?: [\w-]+)?", p) and noted(empty, p) is None for p in parts)
    return all(plain)


def _flag(column: Column, text: str, name: str, positive: bool) -> Column:
    low = text.lower().strip("*` ")
    if low in _YES or low in _NO or low.startswith(("yes", "no")):
        yes = low in _YES or low.startswith("yes")
        value = yes if name == "unique" else (not yes if positive else yes)
        return changed(column, attribute=changed(column.attribute, **{name: value}))
    return _notes(column, text)


def _reference(column: Column, text: str) -> Column:
    return (
        column
        if text.lower() in _NO
        else _notes(column, text if re.match(r"fk|ref|→|->", text, re.I) else f"references {text}")
    )


def _described(column: Column, text: str) -> Column:
    """A description is prose; parts of it that are notes word for word count."""
    attribute = column.attribute
    if (short := _condition(attribute, text)) is not None:
        return changed(column, attribute=changed(short, description=text))
    for number, part in enumerate(segments(text, ",;.")):
        if number == 0 and re.match(r"(?:→|->|⇒)\s*[\w ]{2,40}$", part):  # `→ Ward, where it was last delivered`
            attribute = noted(attribute, part) or attribute
        if _NOTE.match(part):
            attribute = noted(attribute, part) or attribute
    return changed(column, attribute=changed(attribute, description=text))


_NOTE = re.compile(
    r"(?:(?:optional|required|nullable|unique|fk|references?|foreign key|(?:primary|natural|business) key"
    r"|default|standard|one of|pk)\b|(?:(?:min|max)(?:imum)?\.?|at (?:least|most)|[<>]=?|[≤≥])\s*-?\d[\d.]*$"
    r"|(?:non-?|never |not )negative$|positive$)",
    re.I,
)
"""How a part of a remark begins that is a note of an attribute."""
_AGAINST = re.compile(r"^(?P<mark>[<>]=?|[≤≥]|(?:not )?(?:before|after))\s+(?:the )?(?P<other>[^\W\d][\w ]*)$", re.I)
_MARKS: dict[str, Operator] = {
    "<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "before": "<", "after": ">", "not before": ">=",
    "not after": "<=",
}  # fmt: skip


def _compared(row: Sentence, text: str, thing: Thing, forms: Forms) -> None:
    """A remark that compares the attribute with another one: `>= starts_on`, `not before start`."""
    own = thing.columns[-1].attribute
    for part in segments(text, ",;."):
        if (found := _AGAINST.match(part.strip())) and own.label:
            columns = (own.label, found["other"])
            rule = StatedRule(thing.label, "comparison", columns, row, part, _MARKS[found["mark"].lower()])
            forms.rules.append(rule)


def _condition(attribute: StatedAttribute, text: str) -> StatedAttribute | None:
    """A remark that is nothing but a bound, a range, or the values of a text: `>= 0`, `1..600`, `in use / disposed`."""
    bare = text.strip(" .")
    if re.fullmatch(r"(?:[<>]=?|[≤≥])\s*-?\d[\d.]*|-?\d+\s*(?:\.\.\.?|-|–|to)\s*-?\d+(?:\s*\w+)?", bare):
        return noted(attribute, bare)
    if found := re.fullmatch(r"unique (?:with|within|per|together with)(?: the)? (?P<per>[\w ]+)", bare, re.IGNORECASE):
        return changed(attribute, unique_per=found["per"])
    several = [p.strip() for p in re.split(r"\s*[,/|]\s*", bare)]
    plain = attribute.type in (None, "string", "text") and not attribute.allowed
    if plain and len(several) > 1 and all(re.fullmatch(r"[\w-]+(?: [\w-]+){0,2}", p) for p in several):
        listed = (
            attribute.default in several or identifier(attribute.label).endswith(_KINDS) or "/" in bare or "|" in bare
        )
        return noted(attribute, " | ".join(several)) if listed else None
    return None


_KINDS = (
    "status",
    "state",
    "type",
    "kind",
    "method",
    "class",
    "level",
    "category",
    "mode",
    "role",
    "stage",
    "depreciation",
)


def _with(prefix: str) -> Cell:
    return lambda column, text: (
        column if text.lower() in _NO - {"0", "no", "false"} else _notes(column, f"{prefix}{text}")
    )


def _values(column: Column, text: str) -> Column:
    """Values between commas, bars or slashes; a range where they are two numbers."""
    if text.lower() in _NO:
        return column
    plain = noted(column.attribute, text)
    return changed(column, attribute=plain or noted(column.attribute, f"one of {text}") or column.attribute)


def _length(column: Column, text: str) -> Column:
    size = re.fullmatch(r"\d{1,5}", text)
    return changed(column, attribute=changed(column.attribute, length=int(text))) if size else column


_CELLS: tuple[tuple[str, Cell], ...] = (
    ("type", _type),
    ("required", lambda c, t: _flag(c, t, "optional", True)),
    ("optional", lambda c, t: _flag(c, t, "optional", False)),
    ("unique", lambda c, t: _flag(c, t, "unique", False)),
    ("default", _with("default ")),
    ("reference", _reference),
    ("values", _values),
    ("length", _length),
    ("minimum", _with("min ")),
    ("maximum", _with("max ")),
    ("description", _described),
)  # fmt: skip
