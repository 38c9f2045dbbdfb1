"""Optimistic locking where the brief speaks of people who edit the same row: the second writer is refused.

The application writes back the version that it read. Where the row has got another one meanwhile the trigger refuses
with SQLSTATE 40001, on which clients read again and retry; else it counts on. An update that does not name the version,
such as a job that sets a state, counts it on as well, so that a person's later change meets it.
"""

from collections.abc import Iterable, Iterator

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name, shorten
from agents.requirement_analysis.editing import VERSION
from agents.schema_design.dataset import Dataset
from contracts.base import Alternative, Decision, Origin, Statement
from contracts.claims import Accepted, Claim, Refused, Returns
from contracts.schema import Table

SERIALIZATION = "40001"
"""serialization_failure: drivers and frameworks know it as the one error after which one reads and tries again."""

FUNCTION = f"""CREATE FUNCTION count_row_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF NEW.{VERSION} <> OLD.{VERSION} THEN
        RAISE EXCEPTION 'row % of % has version %, not %', OLD.id, TG_TABLE_NAME, OLD.{VERSION}, NEW.{VERSION}
            USING ERRCODE = 'serialization_failure', HINT = 'Read the row again, and repeat the change.';
    END IF;
    NEW.{VERSION} := OLD.{VERSION} + 1;
    RETURN NEW;
END
$body$"""


def versioned(tables: Iterable[Table]) -> tuple[Table, ...]:
    """The tables whose rows carry a version."""
    return tuple(t for t in tables if t.primary_key == ("id",) and any(c.name == VERSION for c in t.columns))


def version_statements(tables: Iterable[Table]) -> Iterator[Statement]:
    """One function, and a trigger for each table."""
    found = versioned(tables)
    if found:
        yield Statement(
            id="function.count_row_version", section="schema", sql=FUNCTION, element="function.count_row_version",
            comment="Refuses a change that is based on an older version of the row",
        )  # fmt: skip
    for table in found:
        name = shorten(constraint_name("tg", table.name, "version"))
        yield Statement(
            id=f"trigger.{name}", section="schema", element=f"table.{table.name}",
            sql=f"CREATE TRIGGER {name} BEFORE UPDATE ON public.{quoted(table.name)}\n"
            "    FOR EACH ROW EXECUTE FUNCTION count_row_version()",
        )  # fmt: skip


def version_claims(tables: Iterable[Table], dataset: Dataset) -> Iterator[Claim]:
    """The version that was read is taken once; the second writer who read the same is refused."""
    for table in versioned(tables):
        name, element = dataset.spelling.quoted(table.name), f"table.{table.name}"
        newest = f"WHERE id = (SELECT max(id) FROM {name})"
        new = dataset.insert(table, {VERSION: "7"})
        change = f"UPDATE {name} SET {VERSION} = 7 {newest}"
        serves = table.column(VERSION).serves
        yield Claim(
            id=f"{table.name}.{VERSION}.counted", element=element, serves=serves,
            sentence=f"a change of {table.name} that names the version it read goes through and counts it on",
            trial=Returns(sql=(new, change, f"SELECT {VERSION} FROM {name} {newest}"), rows=(("8",),)),
        )  # fmt: skip
        yield Claim(
            id=f"{table.name}.{VERSION}.stale", element=element, serves=serves,
            sentence=f"of two changes of {table.name} that read the same version the second is refused",
            trial=Refused(sql=(new, change, change), sqlstate=SERIALIZATION),
        )  # fmt: skip
        yield Claim(
            id=f"{table.name}.{VERSION}.unnamed", element=element, serves=serves,
            sentence=f"a change of {table.name} that names no version goes through",
            trial=Accepted(sql=(new, f"UPDATE {name} SET {VERSION} = {VERSION} {newest}"), affects=1),
        )  # fmt: skip


def version_decisions(tables: Iterable[Table]) -> list[Decision]:
    """Why a version and no lock."""
    found = versioned(tables)
    if not found:
        return []
    return [
        Decision(
            id="decision.row_version",
            topic="Changes of one row at the same time",
            choice=f"optimistic locking by {VERSION} on {', '.join(t.name for t in found)}",
            because="the brief says that several people edit the same rows; a person reads for minutes before writing, "
            "and the trigger keeps the rule for every client",
            alternatives=(
                Alternative(
                    name="SELECT … FOR UPDATE while a form is open",
                    refused_because="the lock and its connection would be held as long as somebody looks at the form",
                ),
                Alternative(
                    name="comparing updated_at",
                    refused_because="it is the start of the transaction: two changes within one clock tick look alike",
                ),
                Alternative(name="the last one wins", refused_because="the first one's change is lost, unseen"),
            ),
            origin=Origin(kind="inferred", rule="rows that several people edit at once carry a version"),
            serves=tuple(dict.fromkeys(s for t in found for s in t.column(VERSION).serves)),
        )
    ]
