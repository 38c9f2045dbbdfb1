"""Names of rows that are given before the database sees them: made offline, or on one of several sites.

A counted key is given by the one database that counts. Where a device records without a connection, or sites that each
have a database bring their rows together, a row needs a name from its first moment: a UUID of version 7 (RFC 9562),
which begins with the time, so that new entries stand side by side in its index. It stands beside the counted key and
not in its place: foreign keys stay half as wide, and the name is looked up once, where a row comes in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.dialects import ordered
from agents.naming import PUBLIC_ID as NAME
from agents.naming import constraint_name
from agents.requirement_analysis.elsewhere import OFFLINE, SITES
from agents.schema_design.dataset import Dataset
from agents.schema_design.partitions import ROWS_FROM, rows_after
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.claims import Claim, Returns, Trial
from contracts.requirements import Requirements
from contracts.schema import Column, Table, Unique

GENERATED = {"postgresql": "uuidv7()"}
"""The function of a family that makes a UUID of version 7, from its `Physical.ordered_uuid` on."""

CODE = {
    "java": "UuidCreator.getTimeOrderedEpoch() of the library uuid-creator",
    "python": "uuid.uuid7() from Python 3.14 on, uuid7() of the package uuid-utils before",
    "typescript": "v7() of the package uuid",
    "csharp": "Guid.CreateVersion7() from .NET 9 on",
    "": "any library of RFC 9562",
}


@dataclass(frozen=True)
class Elsewhere:
    """Why rows are named before the database counts them, and whose."""

    offline: bool
    origin: Origin
    serves: tuple[str, ...]


def made_elsewhere(requirements: Requirements) -> Elsewhere | None:
    """The requirement that has rows made on several sites or offline; None where one database makes them all."""
    found = {one.id: one for one in requirements.requirements}
    for offline, name in ((False, SITES), (True, OFFLINE)):
        if one := found.get(f"availability.{name}"):
            return Elsewhere(offline, one.origin, (one.id,))
    return None


def with_public_ids(drawn: Sequence[Table], why: Elsewhere | None, default: str | None) -> tuple[Table, ...]:
    """The tables, those with the names whose rows are made elsewhere: business records; of sites, master data too."""
    if why is None:
        return tuple(drawn)
    natures = ("transaction", "event") if why.offline else ("person", "master", "transaction", "event")
    return tuple(
        _named(t, why, default) if t.entity and t.nature in natures and not (_has_name(t) or _is_split(t)) else t
        for t in drawn
    )


def _is_split(table: Table) -> bool:
    """Whether the table will be split by time, when a name of its own could be unique within a month alone."""
    return table.nature == "event" and rows_after(table, 3) >= ROWS_FROM


def is_named(tables: Iterable[Table]) -> bool:
    """Whether some table has the names."""
    return any(c.name == NAME and c.type == "uuid" for t in tables for c in t.columns)


def _has_name(table: Table) -> bool:
    return any(c.type == "uuid" and ((c.name,) in [u.columns for u in table.uniques]) for c in table.columns)


def _named(table: Table, why: Elsewhere, default: str | None) -> Table:
    rule = "rows that are made offline are named there" if why.offline else "rows of several sites keep their names"
    origin = Origin(kind="inferred", rule=rule, line=why.origin.line, quote=why.origin.quote)
    column = Column(
        name=NAME, type="uuid", sql_type="uuid", default=default, origin=origin, serves=why.serves,
        comment="UUID of version 7, given where the row is made",
    )  # fmt: skip
    unique = Unique(name=constraint_name("uq", table.name, NAME), columns=(NAME,), origin=origin, serves=why.serves)
    return table.model_copy(update={"columns": (*table.columns, column), "uniques": (*table.uniques, unique)})


def default_of(family: str, since: str, version: str) -> str | None:
    """The database's own function, where every version that the design runs on has it.

    >>> default_of("postgresql", "18", "18"), default_of("postgresql", "18", "15"), default_of("sqlite", "", "3")
    ('uuidv7()', None, None)
    """
    return GENERATED.get(family) if since and ordered(since) <= ordered(version) else None


def public_id_claims(tables: Iterable[Table], dataset: Dataset) -> list[Claim]:
    """A row that is sent twice stands once; where the database makes names, they are of version 7 and in order."""
    return [claim for table in tables for claim in _claims(table, dataset)]


def _claims(table: Table, dataset: Dataset) -> Iterable[Claim]:
    column = next((c for c in table.columns if c.name == NAME and c.comment), None)
    if column is None:
        return
    name, quoted = table.name, dataset.spelling.quoted(table.name)

    def claim(what: str, sentence: str, trial: Trial) -> Claim:
        return Claim(
            id=f"{name}.{NAME}.{what}", element=f"table.{name}", sentence=sentence, serves=column.serves, trial=trial
        )

    if column.default:
        newest = f"ORDER BY {quoted}.id DESC LIMIT 1"
        made = [dataset.insert(table, {NAME: "DEFAULT"}, dataset.rows[name] + number) for number in (1, 2)]
        yield claim(
            "version", f"the database names a row of {name} that comes without a {NAME} by a UUID of version 7",
            Returns(sql=(made[0], f"SELECT uuid_extract_version({NAME}) FROM {quoted} {newest}"), rows=(("7",),)),
        )  # fmt: skip
        latest = f"(SELECT id, {NAME} FROM {quoted} {newest.replace('LIMIT 1', 'LIMIT 2')}) AS latest"
        order = f"SELECT array_agg(id ORDER BY {NAME}) = array_agg(id ORDER BY id) FROM {latest}"
        yield claim(
            "ordered", f"of two rows of {name} the one that is made later has the greater {NAME}",
            Returns(sql=(*made, order), rows=((dataset.spelling.true,),)),
        )  # fmt: skip


def public_id_decision(tables: Sequence[Table], why: Elsewhere, language: str, label: str) -> Decision:
    """Why rows have a second name, who gives it, and what the other ways would cost."""
    named = [t for t in tables if any(c.name == NAME for c in t.columns)]
    default = next((c.default for t in named for c in t.columns if c.name == NAME), None)
    keys = sum(key.references in {t.name for t in named} for t in tables for key in t.foreign_keys)
    who = (
        f"the device or site gives it, {default} where a row comes without"
        if default
        else f"the application gives it ({CODE[language]}), because {label} has no such function in every version that "
        "this schema runs on"
    )
    return Decision(
        id="decision.public_ids",
        topic="Names of rows that are made elsewhere",
        choice=f"{NAME} uuid (version 7), unique, beside the counted key of {', '.join(t.name for t in named)}",
        because=f"{'records are made offline' if why.offline else 'several sites make rows'}, before one database can "
        f"count them; {who}. A record that is sent twice meets its own {NAME}, so that sending again is harmless; its "
        "references are sent as such names and looked up when it comes in",
        alternatives=(
            Alternative(
                name="uuid (version 7) as the primary key",
                refused_because=f"8 bytes more in each of {keys} foreign keys to them and in every index of those; due "
                "when rows are written in shards that never meet",
            ),
            Alternative(
                name="uuid (version 4)",
                refused_because="the same 16 bytes, and each new entry on another page of its index: with the table "
                "larger than memory, a page read and an image logged for most inserts",
            ),
            Alternative(
                name="ranges of numbers for each device or site",
                refused_because="somebody has to hand them out, and a lost device takes its range along",
            ),
        ),
        origin=why.origin,
        serves=why.serves,
    )


def no_public_ids(why: Elsewhere) -> Omission:
    """Why no table has such names, although the brief has rows made elsewhere."""
    return Omission(
        subject="Names of rows that are made elsewhere",
        reason="no table of business records would take them: what there is has a UUID, or is entered centrally",
        origin=why.origin,
        serves=why.serves,
    )
