"""The choices of the schema that a colleague could argue about, with what was refused."""

from collections.abc import Iterable

from agents.dialects import ordered
from agents.figures import mentioned
from agents.naming import PUBLIC_ID
from agents.requirement_analysis.payments import KEY
from agents.schema_design.columns import default_expression, refused_default
from agents.schema_design.normal_form import Dependency, all_dependencies, is_at_the_time
from agents.schema_design.partitions import ROWS_FROM, rows_after
from agents.schema_design.physical import Physical
from agents.schema_design.public_ids import is_named
from agents.schema_design.snapshots import AS_IT_WAS
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.requirements import AccessPattern, Requirements
from contracts.schema import Index, Table


def decisions(
    requirements: Requirements, tables: tuple[Table, ...], indexes: tuple[Index, ...], physical: Physical, version: str
) -> tuple[Decision, ...]:
    """All decisions of the schema, in the document's order."""
    made = [_keys(requirements, tables, physical, version)]
    made += [_partitioning(table) for table in tables if table.partitioning]
    covering = [index for index in indexes if index.include]
    if covering:
        made.append(_covering(requirements, covering))
    made += _copies(tables)
    made += [_idempotent(table) for table in tables if any(c.name == KEY for c in table.columns)]
    made += _defaults(requirements)
    return tuple(made)


def _keys(requirements: Requirements, tables: tuple[Table, ...], physical: Physical, version: str) -> Decision:
    public = requirements.protection.public_api
    exposed = [
        u.columns[0] for table in tables for u in table.uniques if len(u.columns) == 1 and "number" in u.columns[0]
    ]
    shown = f"; the public API shows {', '.join(dict.fromkeys(exposed))} instead of counting ids" if exposed else ""
    return Decision(
        id="decision.keys",
        topic="Primary keys",
        choice=physical.keys,
        because="8 bytes in every index and foreign key, rows and index pages filled in order of creation"
        + (shown if public else ""),
        alternatives=(
            Alternative(
                name="uuid (version 4)",
                refused_because="16 bytes in each of "
                f"{sum(len(t.foreign_keys) for t in tables)} foreign keys, and inserts all over the index; "
                + (
                    f"rows that are made elsewhere have {PUBLIC_ID} beside it"
                    if is_named(tables)
                    else "nothing here is created offline or on several writers"
                ),
            ),
            Alternative(
                name="uuid (version 7)",
                refused_because=f"ordered, but 16 bytes{_generated(physical, version)}; due when rows are made "
                "offline, on several writers or in shards",
            ),
            Alternative(name="natural keys", refused_because="they change; they are unique constraints here instead"),
        ),
        origin=Origin(kind="convention", rule="surrogate keys; natural keys stay unique"),
        serves=mentioned(requirements, "security.public-api", "performance."),
    )


def _generated(physical: Physical, version: str) -> str:
    """Whether the server makes ordered UUIDs by itself, on every version that the design runs on."""
    since = physical.ordered_uuid
    if since and ordered(since) <= ordered(version):
        return ""
    made = f"generates it from {since} on only" if since else "generates none"
    return f", and {physical.label} {made} while this schema runs from {version} on"


def _partitioning(table: Table) -> Decision:
    split = table.partitioning
    assert split is not None
    return Decision(
        id=f"decision.partition.{table.name}",
        topic=f"Partitioning of {table.name}",
        choice=f"{split.strategy} by {split.column}, {len(split.partitions)} partitions",
        because=split.because,
        alternatives=(
            Alternative(
                name="one table",
                refused_because=f"{rows_after(table, 3):,.0f} rows after three years are more than {ROWS_FROM:,}",
            ),
            Alternative(
                name="range by time" if split.strategy == "hash" else "hash",
                refused_because=f"no read or retention rule of {table.name} names a span of time"
                if split.strategy == "hash"
                else f"reads and retention of {table.name} go by time; a month is dropped as a whole",
            ),
        ),
        origin=split.origin,
        serves=split.serves,
    )


def _copies(tables: tuple[Table, ...]) -> list[Decision]:
    """Values of a parent that a business record keeps as they were, although the parent says the same today."""
    found: dict[str, list[Dependency]] = {}
    for dependency in all_dependencies(tables):
        if is_at_the_time(dependency):
            found.setdefault(dependency.table.name, []).append(dependency)
    return [_copy(table, copied) for table, copied in found.items()]


def _copy(table: str, copied: list[Dependency]) -> Decision:
    first = copied[0]
    whole = first.column.origin == AS_IT_WAS
    source = f"a row of {first.key.references}" if whole else f"{first.key.references}.{first.source.name}"
    return Decision(
        id=f"decision.copy.{table}",
        topic=f"Values at the time in {table}",
        choice=f"{', '.join(d.column.name for d in copied)} copied when the row is made",
        because=f"{source} may change afterwards, and a row of {table} must go on showing what was agreed; "
        "this departs from Boyce–Codd normal form on purpose, and no trigger follows the later change",
        alternatives=(
            Alternative(name=f"read {source} by a join", refused_because=f"old rows of {table} would change with it"),
            Alternative(
                name=f"versions of {first.key.references} with a span of validity",
                refused_because=f"every read of {table} would need the version of its day to show one value",
            ),
            *(
                Alternative(
                    name=f"rows of {name} that never change, a new one for each correction",
                    refused_because=f"every other reader of {name} would have to tell the row of today from those that "
                    f"old rows of {table} still need, and none of them could ever be removed",
                )
                for name in dict.fromkeys(d.key.references for d in copied if d.column.origin == AS_IT_WAS)
            ),
        ),
        origin=Origin(kind="inferred", rule="business records keep what was true when they were made"),
        serves=tuple(dict.fromkeys(s for d in copied for s in d.column.serves)),
    )


def _idempotent(table: Table) -> Decision:
    """Why a payment carries a key of its caller."""
    key = table.column(KEY)
    return Decision(
        id=f"decision.idempotency.{table.name}",
        topic=f"Requests that arrive twice in {table.name}",
        choice=f"{table.name}.{KEY}, chosen by the caller before the first try, required and unique",
        because="a time-out leaves open whether the provider was asked; the second try meets the first one's row "
        "instead of paying again, and the same key goes to the provider",
        alternatives=(
            Alternative(
                name="a table of keys with stored answers",
                refused_because="payments are the only requests here that cost money when repeated; due when other "
                "requests need the same",
            ),
            Alternative(
                name="comparing amount, order and time",
                refused_because="two real payments of one amount look like a repetition",
            ),
        ),
        origin=key.origin,
        serves=key.serves,
    )


def _covering(requirements: Requirements, covering: Iterable[Index]) -> Decision:
    share = requirements.targets.read_share or 0.0
    names = ", ".join(index.name for index in covering)
    return Decision(
        id="decision.covering",
        topic="Covering indexes",
        choice=names,
        because=f"{share:.0%} of the requests read, so columns that ride along are read far more often than written",
        alternatives=(
            Alternative(name="keys only", refused_because="each row of a page would cost a heap block more"),
        ),
        origin=Origin(kind="inferred", rule="read share of at least 80 %"),
        serves=tuple(dict.fromkeys(s for index in covering for s in index.serves)),
    )


def _defaults(requirements: Requirements) -> list[Decision]:
    """Defaults of the brief that their columns cannot take."""
    return [
        Decision(
            id=f"decision.default.{entity.name}.{attribute.name}",
            topic=f"Default of {entity.name}.{attribute.name}",
            choice="no default",
            because=f"{attribute.default!r} is no value of type {attribute.type}"
            + (f" or none of {', '.join(attribute.allowed)}" if attribute.allowed else ""),
            origin=attribute.origin,
            serves=attribute.serves,
        )
        for entity in requirements.entities
        for attribute in entity.attributes
        if refused_default(attribute) and default_expression(attribute) is None
    ]


def unanswered(pattern: AccessPattern) -> Omission:
    """An access pattern that names nothing the schema stores."""
    names = ", ".join([*(f.attribute for f in pattern.filters), *(s.attribute for s in pattern.sort), *pattern.search])
    return Omission(
        subject=f"Query for “{pattern.text}”",
        reason=f"{pattern.entity} stores none of {names or 'the columns it needs'}; name the attribute in the brief",
        origin=pattern.origin,
        serves=pattern.serves,
    )
