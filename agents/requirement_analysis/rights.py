"""Tables of who may do what: each row a role, its cells the rights, told as the sentence that readers of roles know."""

import re
from collections.abc import Iterable, Iterator

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.vocabulary import identified, one_of, tokens

_TITLES = (("role",), ("roles",), ("user", "role"), ("user", "group"), ("actor",))
_LONGEST = 4
_LETTERS = {"c": "create", "r": "see", "u": "change", "d": "delete", "w": "create and change"}
_WHOLE = re.compile(
    r"(?:all|full(?: (?:access|control|rights))?|everything|manages?|admin|\*|crud|rwd|x|yes|✓|✔)", re.I
)
_NOTHING = re.compile(r"(?:-|–|—|no|none|n/?a|✗|✘|nothing|no access)?", re.I)
_WRITES = re.compile(r"(?:read|view|see)?\s*(?:/|\+|,|&|and)?\s*(?:writes?|edits?)(?: access)?", re.I)
_READS = re.compile(r"(?:reads?|views?|sees?)(?:[ -]only)?(?: access)?", re.I)


def is_right(sentence: Sentence) -> bool:
    """Whether a sentence is a row of a table of roles, or the titles of one."""
    title = sentence.cells[0][0] if sentence.cells else sentence.text.split("|")[0]
    return sentence.form == "row" and tokens(title) in _TITLES


def role_named(text: str) -> str:
    """The role that a word or a few name; empty for a sentence."""
    name = one_of(identified(re.sub(r"\([^()]*\)|\.$", "", text).strip()))
    return name if len(name.split("_")) <= _LONGEST else ""


def tabled_roles(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """The roles that tables list."""
    return tuple(role_named(s.cells[0][1]) for s in sentences if s.cells and is_right(s))


def tabled_rights(sentences: Iterable[Sentence], model: Model, ledger: Ledger) -> Iterator[str]:
    """Each role of a table; what it may do is noted as a requirement in words."""
    for sentence in sentences:
        name = role_named(sentence.cells[0][1]) if sentence.cells and is_right(sentence) else ""
        if name:
            said = ", ".join(filter(None, (_right(title, cell, model) for title, cell in sentence.cells[1:])))
            text = f"{name.replace('_', ' ')} may {said}" if said else f"People work as {name.replace('_', ' ')}."
            ledger.requirement("security", f"role {name}", text, sentence)
            yield name


def _right(title: str, cell: str, model: Model) -> str:
    """What one cell lets a role do: with the thing of its column, or with the things that it names itself."""
    bare = cell.strip(" .")
    entity = model.vocabulary.named(title)
    things = [entity] if entity else [] if model.vocabulary.mentions(bare) else list(model.drafts)
    verbs = _verbs(bare)
    if _NOTHING.fullmatch(bare) or (not verbs and not entity and things):
        return ""
    if not verbs or not things:
        return f"{bare} {entity.replace('_', ' ')}" if entity else bare
    return f"{verbs} {', '.join(t.replace('_', ' ') for t in things)}"


def _verbs(cell: str) -> str:
    """The verbs of `read/write`, `CRU`, `all`; empty for other words."""
    if _WHOLE.fullmatch(cell):
        return "manage"
    if cell and len(cell) <= len(_LETTERS) and set(cell.lower().replace("/", "")) <= set(_LETTERS):
        return " and ".join(_LETTERS[c] for c in cell.lower() if c in _LETTERS)
    if _READS.fullmatch(cell):
        return "see"
    return "see, create and change" if _WRITES.fullmatch(cell) else ""
