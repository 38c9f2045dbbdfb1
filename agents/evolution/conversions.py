"""What a change of a column's type costs, and whether its values can be converted without a person's word.

`widen` changes the catalogue only (PostgreSQL rewrites nothing), `copy` writes a second column beside the first,
`rewrite` writes the table anew under a lock that stops everybody. Sources: PostgreSQL's documentation of ALTER TABLE,
notes on table rewrites, and pg_cast (assignment and implicit casts).
"""

import re
from dataclasses import dataclass
from typing import Literal

_TYPE = re.compile(
    r"(?P<base>[^(]+?)(?:\((?P<first>\d+)(?:,(?P<second>-?\d+))?\))?(?P<rest> with(?:out)? time zone)?(?P<array>\[\])?"
)
INTEGERS = ("smallint", "integer", "bigint")
TEXTS = ("text", "character varying", "character")
FLOATS = ("real", "double precision")


@dataclass(frozen=True)
class Conversion:
    """How values go over: `forward` and `back` are expressions over the column, `back` None where there is none.

    With `checked`, a value must come back unchanged, or the migration stops before anything is altered.
    """

    manner: Literal["widen", "copy"]
    forward: str
    back: str | None
    checked: bool


def conversion(column: str, old: str, new: str) -> Conversion | None:
    """The conversion that needs nobody's word, or None.

    >>> conversion("note", "character varying(50)", "text").manner
    'widen'
    >>> conversion("price", "integer", "numeric(12,2)").forward
    '(price)::numeric(12,2)'
    >>> conversion("born", "text", "date") is None
    True
    """
    if _widens(old, new):
        return Conversion("widen", column, f"({column})::{old}", checked=False)
    a, b = _base(old), _base(new)
    free = (
        (a in (*INTEGERS, "numeric", *FLOATS) and b in (*INTEGERS, "numeric"))
        or (a in TEXTS and b in TEXTS)
        or (a == b)
        or (a == "date" and b == "timestamp without time zone")
    )
    if free or (a == "json" and b == "jsonb"):
        return Conversion("copy", f"({column})::{new}", f"({column})::{old}", checked=a != "json")
    if b in TEXTS and not old.endswith("[]"):
        return Conversion("copy", f"({column})::text::{new}", f"({column})::text::{old}", checked=True)
    return None


def _parts(spelled: str) -> tuple[str, int | None, int | None]:
    """Base, first and second number of a type.

    >>> _parts("numeric(12,2)"), _parts("timestamp(3) with time zone"), _parts("text[]")
    (('numeric', 12, 2), ('timestamp with time zone', 3, None), ('text[]', None, None))
    """
    found = _TYPE.fullmatch(spelled)
    if not found:
        return spelled, None, None
    base = found["base"] + (found["rest"] or "") + (found["array"] or "")
    first, second = (int(found[g]) if found[g] else None for g in ("first", "second"))
    return base, first, second


def _base(spelled: str) -> str:
    return _parts(spelled)[0]


def _widens(old: str, new: str) -> bool:
    """Whether PostgreSQL changes its catalogue alone.

    >>> _widens("character varying(5)", "character varying(9)"), _widens("character varying(5)", "character varying(2)")
    (True, False)
    >>> _widens("numeric(10,2)", "numeric(12,2)"), _widens("numeric(10,2)", "numeric(12,3)")
    (True, False)
    """
    (a, n, scale), (b, m, other) = _parts(old), _parts(new)
    if a == "character varying" and b == "text":
        return True
    if a == "text" and b == "character varying":
        return m is None
    if a == b == "character varying":
        return m is None or (n is not None and m >= n)
    if a == b == "numeric":
        return m is None or (n is not None and m >= n and (scale or 0) == (other or 0))
    return False
