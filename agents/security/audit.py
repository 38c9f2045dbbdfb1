"""Who changed what, and when: an append-only trail that the changing statement cannot avoid.

The trail is written by a trigger in the same transaction, by a function that runs as its owner, so the
application needs no right on the trail. Nobody may change it: not even the owner, until retention has passed.
"""

import re

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.schema_design.dataset import Dataset
from agents.schema_design.partitions import ENSURE
from agents.security.audit_trials import cannot_be_changed, keeper_name, leaves_traces, no_gaps
from agents.security.basis import Draft, Part, listed, origin_of, role_name
from agents.security.recording import closed, recording
from agents.security.seals import seals
from agents.security.trail import (
    CHANGES_PER_ROW,
    MONTHS_AHEAD,
    PARTITION_FROM_ROWS,
    REFUSE,
    Trail,
    partitions,
    removed_columns,
)
from contracts.base import Alternative, Decision, Omission, Origin
from contracts.requirements import Requirement, Requirements
from contracts.schema import SchemaDesign

ENSURE_ELEMENT = "function.ensure_monthly_partitions"
DROP_ENSURE = "DROP FUNCTION IF EXISTS ensure_monthly_partitions(regclass, integer)"


def audit_part(requirements: Requirements, schema: SchemaDesign, made: Trail, dataset: Dataset) -> Part:
    """The trail's table, its functions and triggers, and the attempts to avoid or to change it."""
    draft = Draft()
    _table(draft, schema, made)
    _refusal(draft, made)
    recording(draft, made)
    _keeps(draft, made)
    auditor = role_name(requirements, "auditor")
    draft.run(
        f"grant.{auditor}.{made.log}",
        f"GRANT SELECT ON {made.log} TO {quoted(auditor)}",
        f"{auditor} reads the trail",
        f"{auditor} may read {made.log}",
        made.serves,
    )
    leaves_traces(draft, made, dataset)
    cannot_be_changed(draft, requirements, made)
    seals(draft, requirements, made)
    _rollback(draft, made)
    draft.decisions += _decisions(requirements, made)
    if asked := _reads_asked(requirements):
        draft.omissions.append(_no_reads(requirements, made, asked))
    return draft.part()


def _table(draft: Draft, schema: SchemaDesign, made: Trail) -> None:
    key = "id, recorded_at" if made.partitioned else "id"
    split = " PARTITION BY RANGE (recorded_at)" if made.partitioned else ""
    sql = (
        f"CREATE TABLE {made.log} (\n"
        "    id bigint GENERATED ALWAYS AS IDENTITY,\n"
        "    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),\n"
        "    table_name text NOT NULL,\n"
        "    row_key text NOT NULL,\n"
        f"    action text NOT NULL CONSTRAINT {constraint_name('ck', made.log, 'action')} CHECK (action IN "
        f"('INSERT', 'UPDATE', 'DELETE')),\n"
        "    changed_columns text[] NOT NULL,\n"
        "    old_values jsonb,\n"
        "    new_values jsonb,\n"
        "    actor_id text,\n"
        "    actor_role text NOT NULL,\n"
        "    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),\n"
        f"    CONSTRAINT {constraint_name('pk', made.log)} PRIMARY KEY ({key})\n"
        f"){split}"
    )
    about = (
        f"Changes of {listed([t.name for t in made.tables], 12)}: {made.rows_per_day:g} rows a day, kept for "
        f"{made.days} days"
    )
    draft.run(f"audit.{made.log}", sql, about, f"The trail {made.log} is made", made.serves)
    for name, bounds, _ in partitions(made):
        draft.run(
            f"audit.{name}",
            f"CREATE TABLE {name} PARTITION OF {made.log} {bounds}",
            f"Partition of {made.log}",
            f"The partition {name} is made",
            made.serves,
        )
    if made.partitioned:
        no_gaps(draft, made)
        if all(statement.element != ENSURE_ELEMENT for statement in schema.statements):
            draft.run(
                "audit.ensure_monthly_partitions",
                ENSURE,
                f"Run monthly: SELECT ensure_monthly_partitions('{made.log}', {MONTHS_AHEAD})",
                f"The function that adds months to {made.log} is made",
                made.serves,
            )
            draft.rollback.append(DROP_ENSURE)
    draft.run(
        f"audit.{made.log}.by_row",
        f"CREATE INDEX {constraint_name('ix', made.log, 'row')} ON {made.log} (table_name, row_key, recorded_at DESC)",
        "Serves the auditor's question: what happened to this row?",
        "The history of one row is found by an index",
        made.serves,
    )


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
    RAISE EXCEPTION '% of % is refused, because its changes are kept in {made.log}', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Rows of {made.log} leave after {made.days} days.';
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
    for name, event, level in (("rows", "UPDATE OR DELETE", "ROW"), ("whole", "TRUNCATE", "STATEMENT")):
        draft.run(
            f"audit.{made.log}.append_only.{name}",
            f"CREATE TRIGGER {made.log}_append_only_{name} BEFORE {event} ON {made.log}\n"
            f"    FOR EACH {level} EXECUTE FUNCTION {REFUSE}()",
            f"{event.replace(' OR ', ' and ')} of {made.log} is refused to everybody, its owner included",
            f"{made.log} refuses {event}",
            made.serves,
        )


def _rollback(draft: Draft, made: Trail) -> None:
    draft.rollback += [
        f"DROP TRIGGER IF EXISTS {quoted(keeper_name(t.name))} ON {quoted(t.name)}" for t in reversed(made.tables)
    ]
    draft.rollback += [f"DROP TABLE IF EXISTS {made.log}", f"DROP FUNCTION IF EXISTS {REFUSE}()"]


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


def _reads_asked(requirements: Requirements) -> Requirement | None:
    """The requirement that asks for a trail of reads as well, if there is one."""
    words = re.compile(
        r"\b(access(es|ed)?|reads?|views?|viewed|seen) .*\baudit|\baudit.* "
        r"(access|read|view)",
        re.IGNORECASE,
    )
    return next((r for r in requirements.requirements if words.search(r.origin.quote or r.text)), None)


def _no_reads(requirements: Requirements, made: Trail, asked: Requirement) -> Omission:
    tables = [t.name for t in made.tables]
    return Omission(
        subject="Audit of reads",
        reason=f'"{asked.origin.quote or asked.text}": a trigger sees changes of {listed(tables, 12)} and no SELECT; '
        f"who read them is "
        f"recorded by "
        f"the extension pgaudit (pgaudit.role = {role_name(requirements, 'auditor')}, with SELECT granted on what "
        f"is to be "
        "logged), which the proof's engine does not carry, so nothing here claims it",
        origin=asked.origin,
        serves=(asked.id,),
    )


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
