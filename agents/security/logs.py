"""What the trail of changes and the log of reads have in common: an append-only table, split by month where that pays.

Nobody may change such a table, not even its owner, until the period of its rows has passed.
"""

from collections.abc import Sequence

from agents.dialects.postgresql import literal, quoted
from agents.naming import constraint_name
from agents.schema_design.partitions import ENSURE
from agents.security.audit_trials import no_gaps
from agents.security.basis import Draft, as_user
from agents.security.trail import MONTHS_AHEAD, REFUSE, Trail, partitions
from contracts.claims import Returns
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


def expiry_name(log: str) -> str:
    """The function that removes what is past its period."""
    return f"remove_expired_{log}"


def expiry(draft: Draft, made: Trail, migrator: str) -> None:
    """Months that are past their period are dropped, and what stands elsewhere is deleted; nothing younger is."""
    name, element = expiry_name(made.log), f"audit.{made.log}.expiry"
    draft.run(
        element,
        _expiry_sql(made),
        f"Run monthly: SELECT {name}() removes what was recorded more than {made.days} days ago",
        f"The function that ends the period of {made.log} is made",
        made.serves,
    )
    draft.run(
        f"{element}.closed",
        f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC",
        "Only the migrator calls it",
        f"Nobody else removes rows of {made.log}",
        made.serves,
    )
    draft.rollback.append(f"DROP FUNCTION IF EXISTS {name}()")
    old = f"{made.log}_1901_01"
    month = (f"CREATE TABLE {old} PARTITION OF {made.log} FOR VALUES FROM ('1901-01-01 00:00+00') TO"
             " ('1901-02-01 00:00+00')",) if made.partitioned else ()  # fmt: skip
    rows = tuple(
        made.forged(recorded_at=moment)
        for moment in ("'1901-01-15 00:00+00'", f"now() - interval '{made.days + 1} days'", "now()")
    )
    draft.claim(
        f"{element}.removes",
        f"security.audit.{made.log}",
        f"Of three entries {name}() removes the two that are older than {made.days} days"
        + (", one with its month" if month else ""),
        made.serves,
        Returns(
            sql=(
                *month,
                *rows,
                f"SELECT {name}()",
                f"SELECT count(*) FILTER (WHERE recorded_at < now() - interval '{made.days} days'),"
                f" (count(*) > 0)::text, (to_regclass({literal(old)}) IS NULL)::text FROM {made.log}",
            ),
            rows=(("0", "true", "true"),),
            session=as_user(migrator),
        ),
    )


def _expiry_sql(made: Trail) -> str:
    months = f"""    FOR month IN
        SELECT c.oid::regclass FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.{made.log}'::regclass
            AND substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz <= bound
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %s', month);
    END LOOP;
"""
    return f"""CREATE FUNCTION {expiry_name(made.log)}() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    bound CONSTANT timestamptz := now() - interval '{made.days} days';
{"    month regclass;" + chr(10) if made.partitioned else ""}    removed bigint;
BEGIN
{months if made.partitioned else ""}    DELETE FROM public.{made.log} WHERE recorded_at < bound;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$body$"""


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
