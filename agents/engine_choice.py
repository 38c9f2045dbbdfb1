"""Which engine family a design is made for, and why: what the brief asks for, else what its size asks for.

A stated family is honoured. One person on one machine gets the embedded one, everybody else a server. A product that no
family covers (a document store, a commercial database) is answered with what its relational data needs, which of the
wishes behind it are served all the same, and what would really speak for it.
"""

from dataclasses import dataclass

from agents import dialects
from agents.dialects import Family, is_older
from agents.figures import counted, mentioned
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import Requirements, Stack

EMBEDDED, SERVER = "sqlite", "postgresql"


@dataclass(frozen=True)
class EngineChoice:
    """The family's name, the oldest version that the design runs on, and the decision for the document."""

    family: str
    version: str
    decision: Decision


SPEAKS_FOR = {
    "MongoDB": "records whose shape differs from one to the next, read and written whole and related to nothing else",
    "DynamoDB": "lookups by one known key, tens of thousands a second and in bursts, with no question across keys",
    "Cassandra": "hundreds of thousands of writes a second in several data centres, read by their key alone",
    "CouchDB": "devices that work offline for days and bring their copies together afterwards",
    "Firestore": "a mobile client without a server of its own, which listens to single documents",
    "Neo4j": "paths of unknown length through most of the data in most requests",
    "Oracle": "an estate of Oracle applications with its licences and people, to be joined inside one database",
    "SQL Server": "an estate of SQL Server with its licences and people, or reports that are written for it",
    "Db2": "an estate of Db2 or a mainframe whose data has to be read in place",
    "CockroachDB": "writes in several regions that must be consistent with each other without a primary",
}
"""What would be a good reason for a product that is not designed for."""


def engine_choice(requirements: Requirements) -> EngineChoice:
    """The family of a design with the decision that says why, and why not the others."""
    asked = requirements.stack.database
    named = next((one for one in dialects.families() if asked and one.is_asked(asked)), None)
    fits = EMBEDDED if requirements.tier == "embedded" and EMBEDDED in dialects.names() else SERVER
    chosen = named or dialects.family(fits)
    others = [one for one in dialects.families() if one is not chosen]
    refused = [Alternative(name=one.label, refused_because=_refusal(requirements, one, named)) for one in others]
    if asked and named is None:
        refused.insert(0, _declined(requirements, asked))
    decision = Decision(
        id="decision.engine",
        topic="Database engine",
        choice=chosen.label,
        because=_because(requirements, chosen, asked, named),
        alternatives=tuple(refused),
        origin=next(
            (r.origin for r in requirements.requirements if asked and r.id.startswith("stack.database")),
            Origin(kind="convention", rule="open source, relational for relational data, no larger than needed"),
        ),
        serves=mentioned(requirements, "stack.database") or mentioned(requirements, "stack."),
    )
    return EngineChoice(chosen.name, chosen.version_for(requirements.stack), decision)


def _because(requirements: Requirements, chosen: Family, asked: str, named: Family | None) -> str:
    if named:
        doubt = _doubt(requirements, chosen)
        stack = requirements.stack
        wanted = f"{asked} {stack.database_version}".strip()
        who = "it was asked for with the run" if asked == chosen.name else f"the brief asks for {wanted}"
        return f"{who}{_of_version(chosen, stack)}; {chosen.serves}" + (f". To be weighed: {doubt}" if doubt else "")
    if asked:
        return (
            f"the brief asks for {asked}, which is not designed for: open source only, and relational for "
            f"{counted(len(requirements.entities), 'entity', 'entities')} with "
            f"{counted(len(requirements.relationships), 'relationship')}; {chosen.serves}"
        )
    if chosen.name == EMBEDDED:
        return f"one person on one machine needs no server; {chosen.serves}"
    return f"the brief leaves the choice open; {chosen.serves}"


def _of_version(chosen: Family, stack: Stack) -> str:
    """What the version that was asked for means to the design."""
    asked, oldest = stack.database_version, chosen.versions[0]
    if not asked or not chosen.is_asked(stack.database):
        return ""
    if is_older(asked, oldest):
        return f", for which no design is made: this one runs from {oldest} on, and asks for an upgrade first"
    used = chosen.version_for(stack)
    return f", and the design runs from {used} on" + ("" if used == oldest else " and uses what that version has")


def _doubt(requirements: Requirements, chosen: Family) -> str:
    """What speaks against a family that was asked for."""
    if chosen.name != EMBEDDED or requirements.tier == "embedded":
        return ""
    return f"it has one writer at a time and no network access; {_load(requirements)}"


def _load(requirements: Requirements) -> str:
    rate, count = requirements.targets.requests_per_second or 0, requirements.stack.instances or 1
    return f"{rate:,.0f} requests/s come from {counted(count, 'application instance')}"


def _refusal(requirements: Requirements, other: Family, named: Family | None) -> str:
    """Why another family was not chosen."""
    if named and EMBEDDED not in (named.name, other.name):
        return f"{named.label} is asked for and keeps these rules too; {other.label} would be another server to run"
    if named:
        return f"{named.label} is asked for; {other.label} would bring {other.lacks}"
    if other.name == EMBEDDED:
        return f"it has one writer at a time and no network access; {_load(requirements)}"
    return other.lacks


def _declined(requirements: Requirements, asked: str) -> Alternative:
    """A product that no family covers: which wishes behind it are served, and what would speak for it."""
    served = []
    documents = sum(a.type == "json" for entity in requirements.entities for a in entity.attributes)
    searches = sum(p.kind == "search" for p in requirements.access_patterns)
    events = sum(entity.nature == "event" for entity in requirements.entities)
    if documents:
        served.append(f"{counted(documents, 'attribute')} of free form as JSONB")
    if searches:
        served.append(f"{counted(searches, 'search', 'searches')} by full-text indexes")
    if events:
        served.append(f"{counted(events, 'stream')} of events by partitions once they are large")
    rules = len(requirements.rules)
    needs = (
        f"{counted(rules, 'rule')} and {counted(len(requirements.relationships), 'reference')} are kept by the database"
    )
    reason = next((why for name, why in SPEAKS_FOR.items() if name.lower() in asked.lower()), "")
    parts = [needs, *([f"it serves {' and '.join(served)}"] if served else [])]
    parts += [f"what would speak for {asked}: {reason}"] if reason else []
    return Alternative(name=asked, refused_because="; ".join(parts))
