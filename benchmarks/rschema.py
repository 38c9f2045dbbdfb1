"""How well requirement texts become relational schemas, on pairs of text and schema that others have published.

`python -m benchmarks.rschema --data PAIRS.jsonl --out PREDICTIONS.jsonl [--score SCORER.py]` writes one prediction a
line and prints the speed; with a scorer beside it, its figures for all pairs, and for the third that was kept aside
while the reader was written (every third line from the second on).

A prediction holds what the text states or implies, with the references that are usual between two things of the text.
Of a thing that is only named, that is its name, and a person's phone; the other attributes that our knowledge adds to
it, and the columns that every table has by convention, are not in it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from agents.knowledge import archetype_for, canonical
from agents.naming import singular
from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.people import is_person, is_role
from contracts.brief import Brief, BriefError
from contracts.requirements import Attribute, Entity, Relationship, Requirements

Schema = dict[str, dict[str, Any]]


def schema_of(found: Requirements) -> Schema:
    """The relational schema that requirements amount to: a table an entity, and one for each many-to-many."""
    labels = _table_names(found)
    keys = {e.name: _key_label(e) for e in found.entities}
    tables = {labels[e.name]: _table(e, found, labels, keys) for e in found.entities}
    for relationship in found.relationships:
        if relationship.cardinality == "many_to_many":
            tables |= _junction(relationship, labels, keys, tables)
    return tables


_SHORT = 2
"""Words that tell what a thing is; those before them tell which one, as a text does when it first speaks of it."""
_TELLING_NOTHING = ("history", "log", "record")


def _table_names(found: Requirements) -> dict[str, str]:
    """What each table is called: the last two words of a longer name, unless two things share these."""
    short = {e.name: e.label if _is_usual(e.name) else _short(e.label) for e in found.entities}
    taken = [name.lower() for name in short.values()]
    return {e.name: short[e.name] if taken.count(short[e.name].lower()) == 1 else e.label for e in found.entities}


def _is_usual(name: str) -> bool:
    """Whether people usually store things of exactly this name: a `to_do_item` is no item."""
    known = archetype_for(name)
    return known is not None and (name in known.synonyms or canonical(name) == canonical(known.name))


def _short(label: str) -> str:
    """A name without what says only that it is recorded, and without the words before its last two.

    A word with a hyphen counts as two: `second-hand` tells of which kind a product is.

    >>> _short("satellite transmission service"), _short("employee position change history"), _short("in-use device")
    ('transmission service', 'position change', 'device')
    """
    words = label.split()
    while len(words) > 1 and len("-".join(words).split("-")) > _SHORT:
        words = words[:-1] if words[-1].lower() in _TELLING_NOTHING else words[1:]
    return " ".join(words).removeprefix("and ")


def _key_label(entity: Entity) -> str:
    """What others call that which tells one from another; a bare `ID`, `number` or `name` is the entity's."""
    natural = [a.label for a in entity.attributes if a.name in entity.key and not a.references]
    stated = entity.identifier if entity.identifier.lower() not in ("id", "unique id", "identifier") else ""
    short = " ".join(entity.label.split()[-2:])
    key = stated or next(iter(natural), f"{short} ID")
    return f"{short} {key}" if key.lower() in ("name", "number", "code", "no") else key


def _table(entity: Entity, found: Requirements, labels: dict[str, str], keys: dict[str, str]) -> dict[str, Any]:
    """One entity's table: its key, its own attributes, its references."""
    own = [a for a in entity.attributes if _implied(a)]
    columns: dict[str, str] = {a.name: a.label for a in own} or _recognised(entity)
    targets: dict[str, str] = {a.name: a.references for a in own if a.references}
    for relationship in found.relationships:
        if relationship.child != entity.name or relationship.cardinality == "many_to_many" or _only_known(relationship):
            continue
        role = "" if "usually refers" in relationship.origin.rule else relationship.role or ""
        if relationship.parent in targets.values() and not role:
            continue
        word = role or relationship.parent
        if not {word, f"{word}_id"} & set(targets):
            columns[word] = f"{role.replace('_', ' ')} ID" if role else keys[relationship.parent]
            targets[word] = relationship.parent
    key = [columns[k] for k in entity.key if k in columns]
    moments = [a.name for a in own if a.type in ("timestamp", "date")]
    moments = moments or [a.name for a in own if a.name.endswith(("_time", "_date"))]  # an `execution time` may last
    if not key and not entity.identifier and _is_association(entity, len(targets)):
        key = [columns[k] for k in (*targets, *moments[:1])]
    if entity.identifier or not key:
        key = key or [keys[entity.name]]
        columns = {"": keys[entity.name], **columns}
    foreign = {columns[name]: {labels[target]: keys[target]} for name, target in targets.items() if target in labels}
    return {"Attributes": list(dict.fromkeys(columns.values())), "Primary key": key, "Foreign key": foreign}


def _only_known(relationship: Relationship) -> bool:
    """Whether only our knowledge has a reference to the entity itself."""
    usual = "usually refers" in relationship.origin.rule
    return usual and relationship.parent == relationship.child


def _is_association(entity: Entity, references: int) -> bool:
    """Whether rows are told apart by what they refer to and when, rather than by a name or an id of their own."""
    listed = sum(a.references is not None for a in entity.attributes)  # whose list has others' ids, and none of its own
    if entity.nature == "person" or (entity.nature in ("master", "reference") and entity.archetype and listed < 2):
        return False
    titled = any(a.name.endswith(("name", "title")) and not a.references for a in entity.attributes)
    return references > 1 and not titled


def _implied(attribute: Attribute) -> bool:
    """Whether the text states or implies an attribute."""
    return attribute.origin.kind != "convention" and not attribute.origin.rule.startswith("usual attributes")


def _recognised(entity: Entity) -> dict[str, str]:
    """What whatever is only named has at least: a name, people a number to be reached at, who logs in a password.

    Deeds have none of these.
    """
    if entity.nature in ("transaction", "event"):
        return {}
    archetype = archetype_for(entity.name)
    if archetype and any(a.name.startswith("password") for a in archetype.attributes):
        return {"name": "name", "password": "password", "email": "email"}
    person = entity.nature == "person" or is_person(entity.name) or is_role(entity.name)
    return {"name": "name", "phone": "phone"} if person else {"name": "name"}


def _junction(relationship: Relationship, labels: dict[str, str], keys: dict[str, str], tables: Schema) -> Schema:
    """The table of a many-to-many relationship."""
    ends = (relationship.parent, relationship.child)
    columns = [keys[end] for end in ends]
    more = [a.label for a in relationship.attributes]
    foreign = {keys[end]: {labels[end]: keys[end]} for end in ends}
    heads = [labels[end].rpartition(" ")[2] for end in ends]
    deed = singular(relationship.role).replace("_", " ") if relationship.role else ""
    short = _short(deed) if deed else " ".join(heads)
    if ends[0] == ends[1]:
        columns[1] = f"{(relationship.role or 'other').replace('_', ' ')} {columns[0]}"
        foreign = {column: {labels[ends[0]]: keys[ends[0]]} for column in columns}
    name = short if heads[0] != heads[1] and short not in tables else " ".join(labels[end] for end in ends)
    return {name: {"Attributes": [*columns, *more], "Primary key": columns, "Foreign key": foreign}}


def predictions(pairs: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], float]:
    """A prediction for each pair, and the seconds that all of them took on one core."""
    found = []
    begin = time.process_time()
    for pair in pairs:
        try:
            brief = Brief(project="brief", text=pair["question"], date=date(2026, 1, 1))
            found.append({"id": pair["id"], "schema": schema_of(requirement_analysis(brief))})
        except BriefError:
            found.append({"id": pair["id"], "schema": {}})
    return found, time.process_time() - begin


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _scored(scorer: str, pairs: list[dict[str, Any]], guesses: list[dict[str, Any]]) -> str:
    """What the scorer prints for these pairs."""
    with tempfile.TemporaryDirectory() as folder:
        gold, ours = Path(folder, "gold.jsonl"), Path(folder, "ours.jsonl")
        gold.write_text("\n".join(map(json.dumps, pairs)) + "\n", "utf-8")
        ours.write_text("\n".join(map(json.dumps, guesses)) + "\n", "utf-8")
        return subprocess.run([sys.executable, scorer, gold, ours], check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Writes the predictions and prints figures."""
    parser = argparse.ArgumentParser(description="Predict schemas for requirement texts and score them.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--score", default="", help="the scorer; default: score_rschema.py beside the data, if there")
    args = parser.parse_args()
    pairs = _lines(args.data)
    requirement_analysis(Brief(project="brief", text="Customer: id, name, email", date=date(2026, 1, 1)))  # loads data
    guesses, seconds = predictions(pairs)
    args.out.write_text("\n".join(map(json.dumps, guesses)) + "\n", "utf-8")
    print(f"{len(pairs)} texts in {seconds:.1f} s of processor time: {len(pairs) / seconds:.0f} a second")
    beside = args.data.parent / "score_rschema.py"
    scorer = args.score or (str(beside) if beside.exists() else "")
    for name, start, step in (("all", 0, 1), ("kept aside", 1, 3)) if scorer else ():
        print(f"{name}: {_scored(scorer, pairs[start::step], guesses[start::step])}", end="")


if __name__ == "__main__":
    main()
