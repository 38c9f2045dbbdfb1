"""What the trail of changes and the log of reads have in common: an append-only table, split by month where that pays.

Nobody may change such a table, not even its owner, until the period of its rows has passed.
"""

from collections.abc import Sequence

from agents.dialects.postgresql import quoted
from agents.naming import constraint_name
from agents.schema_design.partitions import ENSURE
from agents.security.audit_trials import no_gaps
from agents.security.basis import Draft
from agents.security.trail import MONTHS_AHEAD, REFUSE, Trail, partitions
from contracts.schema import SchemaDesign

ENSURE_ELEMENT = "function.ensure_monthly_partitions"
DROP_ENSURE = "DROP FUNCTION IF EXISTS ensure_monthly_partitions(regclass, integer)"


def log_table(draft: Draft, schema: SchemaDesign, made: Trail, columns: Sequence[str], about: str) -> None:
    """The table with its partitions; `columns` are the definitions of what it records."""
    key = "id, recorded_at" if made.partitioned else "id"
    split = " PARTITION BY RANGE (recorded_at)" if made.partitioned else ""
    lines = (
        "id bigint GENERATED ALWAYS AS IDENTITY",
        "recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()",
        *columns,
        "actor_id text",
        "actor_role text NOT NULL",
        "transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()",
        f"CONSTRAINT {constraint_name('pk', made.log)} PRIMARY KEY ({key})",
    )
    body = ",\n    ".join(lines)
    draft.run(
        f"audit.{made.log}",
        f"CREATE TABLE {made.log} (\n    {body}\n){split}",
        about,
        f"{made.log} is made",
        made.serves,
    )
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
        _monthly(draft, schema, made)


def _monthly(draft: Draft, schema: SchemaDesign, made: Trail) -> None:
    """The function that adds months, where neither the schema nor another log has made it."""
    name = "audit.ensure_monthly_partitions"
    if any(
        statement.element in (ENSURE_ELEMENT, f"security.{name}")
        for statement in (*schema.statements, *draft.statements)
    ):
        return
    draft.run(
        name,
        ENSURE,
        f"Run monthly: SELECT ensure_monthly_partitions('{made.log}', {MONTHS_AHEAD})",
        f"The function that adds months to {made.log} is made",
        made.serves,
    )
    draft.rollback.append(DROP_ENSURE)


def log_index(draft: Draft, made: Trail, name: str, columns: str, question: str) -> None:
    """An index for one question of the auditor."""
    draft.run(
        f"audit.{made.log}.by_{name}",
        f"CREATE INDEX {constraint_name('ix', made.log, name)} ON {made.log} ({columns})",
        f"Serves the auditor's question: {question}",
        f"{made.log} answers by an index: {question.removesuffix('?')}",
        made.serves,
    )


def append_only(draft: Draft, made: Trail) -> None:
    """The triggers that refuse every change of the log, and who reads it."""
    for name, event, level in (("rows", "UPDATE OR DELETE", "ROW"), ("whole", "TRUNCATE", "STATEMENT")):
        draft.run(
            f"audit.{made.log}.append_only.{name}",
            f"CREATE TRIGGER {made.log}_append_only_{name} BEFORE {event} ON {made.log}\n"
            f"    FOR EACH {level} EXECUTE FUNCTION {REFUSE}()",
            f"{event.replace(' OR ', ' and ')} of {made.log} is refused to everybody, its owner included",
            f"{made.log} refuses {event}",
            made.serves,
        )


def read_by(draft: Draft, made: Trail, auditor: str) -> None:
    """The auditor's right to read the log."""
    draft.run(
        f"grant.{auditor}.{made.log}",
        f"GRANT SELECT ON {made.log} TO {quoted(auditor)}",
        f"{auditor} reads {made.log}",
        f"{auditor} may read {made.log}",
        made.serves,
    )
