"""Who changed what, and when: an append-only trail that the changing statement cannot avoid.

The trail is written by a trigger in the same transaction, by a function that runs as its owner, so the
application needs no right on the trail. Nobody may change it: not even the owner, until retention has passed.
"""

from collections.abc import Sequence

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.schema_design.dataset import Dataset
from agents.security.access import Access
from agents.security.access_log import access_log
from agents.security.audit_trials import keeper_name, leaves_traces, past_the_trail
from agents.security.basis import Draft, Part, listed, origin_of, role_name
from agents.security.logs import append_only, expiry, log_index, log_table, read_by
from agents.security.recording import closed, recording
from agents.security.seals import seals
from agents.security.trail import (
    CHANGES_PER_ROW,
    PARTITION_FROM_ROWS,
    REFUSE,
    Trail,
    removed_columns,
)
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import MaskedView, Policy


def audit_part(
    requirements: Requirements,
    schema: SchemaDesign,
    made: Trail,
    dataset: Dataset,
    access: Access | None,
    policies: Sequence[Policy],
    views: Sequence[MaskedView],
) -> Part:
    """The trail's table, its functions and triggers, the log of reads, and the attempts to avoid or to change them."""
    draft = Draft()
    _table(draft, schema, made)
    _refusal(draft, made)
    recording(draft, made)
    _keeps(draft, made)
    append_only(draft, made)
    read_by(draft, made, role_name(requirements, "auditor"))
    expiry(draft, made, role_name(requirements, "migrator"))
    leaves_traces(draft, made, dataset)
    past_the_trail(draft, requirements, made)
    seals(draft, requirements, made)
    draft.rollback.append(f"DROP TABLE IF EXISTS {made.log}")
    draft.decisions += _decisions(requirements, made)
    if access:
        access_log(draft, requirements, schema, access, policies, access.callers(policies, views))
    draft.rollback.append(f"DROP FUNCTION IF EXISTS {REFUSE}()")
    return draft.part()


def _table(draft: Draft, schema: SchemaDesign, made: Trail) -> None:
    columns = (
        "table_name text NOT NULL",
        "row_key text NOT NULL",
        f"action text NOT NULL CONSTRAINT {constraint_name('ck', made.log, 'action')} CHECK (action IN "
        "('INSERT', 'UPDATE', 'DELETE'))",
        "changed_columns text[] NOT NULL",
        "old_values jsonb",
        "new_values jsonb",
    )
    about = (
        f"Changes of {listed([t.name for t in made.tables], 12)}: {made.rows_per_day:g} rows a day, kept for "
        f"{made.days} days"
    )
    log_table(draft, schema, made, columns, about)
    log_index(draft, made, "row", "table_name, row_key, recorded_at DESC", "what happened to this row?")


def _refusal(draft: Draft, made: Trail) -> None:
    draft.run(
        f"audit.{REFUSE}",
        _refuse_sql(made),
        f"Refuses every change of the trail, and removal of rows younger than {made.days} days",
        "The function that protects the trail is made",
        made.serves,
    )
    closed(draft, REFUSE, made.serves)


def _refuse_sql(made: Trail) -> str:
    return f"""CREATE FUNCTION {REFUSE}() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.recorded_at < now() - interval '{made.days} days' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Recorded rows leave after {made.days} days.';
END
$body$"""


def _keeps(draft: Draft, made: Trail) -> None:
    for table in made.tables:
        draft.run(
            f"audit.{table.name}.no_truncate",
            f"CREATE TRIGGER {quoted(keeper_name(table.name))} BEFORE TRUNCATE ON {quoted(table.name)}\n"
            f"    FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}()",
            f"TRUNCATE fires no trigger of changes, so it would empty {table.name} without a trace",
            f"{table.name} refuses TRUNCATE",
            made.serves,
        )
    draft.rollback += [
        f"DROP TRIGGER IF EXISTS {quoted(keeper_name(t.name))} ON {quoted(t.name)}" for t in reversed(made.tables)
    ]


def _decisions(requirements: Requirements, made: Trail) -> list[Decision]:
    names, kept = listed([t.name for t in made.tables], 12), made.kept_rows()
    split = (
        (
            "one partition a month",
            f"{kept:,} rows stand in it after {made.days} days; from {PARTITION_FROM_ROWS:,} on, a month is dropped "
            f"instead of deleted",
            Alternative(
                name="one table",
                refused_because=f"removing a month would delete {round(made.rows_per_day * 30):,} rows",
            ),
        )
        if made.partitioned
        else (
            "one table",
            f"{kept:,} rows stand in it after {made.days} days, fewer than the {PARTITION_FROM_ROWS:,} from which "
            f"months pay",
            Alternative(
                name="one partition a month", refused_because=f"it would hold {round(made.rows_per_day * 30):,} rows"
            ),
        )
    )
    origin = origin_of(
        requirements, made.serves, "changes of sensitive data and of business transactions leave a trail"
    )
    secrets = [f"{t.name}.{c}" for t in made.tables for c in removed_columns(t)]
    return [
        Decision(
            id="security.decision.audit",
            topic="Which tables leave a trail",
            choice=f"{names}, by triggers into {made.log}; an UPDATE that changes nothing is not recorded"
            + (f"; the values of {listed(secrets)} never enter it" if secrets else ""),
            because=f"a trigger also sees changes that somebody makes without the application; {made.basis}",
            alternatives=(
                Alternative(
                    name="a log that the application writes", refused_because="a statement by hand would leave no trace"
                ),
                Alternative(
                    name="a trigger for each row",
                    refused_because="it runs an INSERT for every row; an UPDATE of 600 rows then took 3.8 times as long"
                    " as without a trail, and takes 1.8 times with one INSERT a statement (PostgreSQL 18.6)",
                ),
            ),
            origin=origin,
            serves=made.serves,
        ),
        Decision(
            id="security.decision.audit_partitions",
            topic=f"How {made.log} is kept",
            choice=split[0],
            because=split[1],
            alternatives=(split[2],),
            origin=origin,
            serves=made.serves,
        ),
    ]


def no_audit(requirements: Requirements, schema: SchemaDesign) -> Omission:
    """Why nothing is recorded."""
    return Omission(
        subject="Audit trail",
        reason=f"nothing in the brief of {requirements.title or requirements.project} asks who changed a row, "
        f"and a trail "
        f"would add {CHANGES_PER_ROW * sum(t.rows_per_day for t in schema.tables):g} rows a day",
        origin=Origin(kind="inferred", rule="a trail is kept when the brief or a regulation in it asks for one"),
        serves=tuple(schema.tables[0].serves) if schema.tables else (),
    )
