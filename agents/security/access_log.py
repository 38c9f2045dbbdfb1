"""The log of reads: its table, the function that the policies call, who may call it, and its seals."""

from collections.abc import Sequence

from agents.dialects.postgresql import quoted
from agents.security.access import READS_PER_ROW, RECORD_READ, Access, text_searches
from agents.security.access_trials import access_trials
from agents.security.basis import Draft, listed, origin_of, role_name
from agents.security.logs import append_only, expiry, log_index, log_table, read_by
from agents.security.seals import seals
from agents.security.trail import Trail
from contracts.base import Alternative, Decision
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign
from contracts.security import Policy


def access_log(
    draft: Draft,
    requirements: Requirements,
    schema: SchemaDesign,
    made: Access,
    policies: Sequence[Policy],
    roles: Sequence[str],
) -> None:
    """The log's table, the function that fills it, who may call it, its seals, and the attempts to read unrecorded."""
    log, element = made.log, f"audit.{made.log.log}"
    recording = [policy for policy in policies if f"{RECORD_READ}(" in policy.using]
    names = listed([table.name for table in log.tables], 12)
    about = f"Reads of {names}: {log.rows_per_day:g} rows a day, kept for {log.days} days"
    log_table(draft, schema, log, ("table_name text NOT NULL", "row_key text", "statement text"), about)
    log_index(draft, log, "row", "table_name, row_key, recorded_at DESC", "who has seen this row?")
    log_index(draft, log, "actor", "actor_id, recorded_at DESC", "what has this person seen?")
    append_only(draft, log)
    auditor = role_name(requirements, "auditor")
    read_by(draft, log, auditor)
    expiry(draft, log, role_name(requirements, "migrator"))
    draft.run(
        f"{element}.{RECORD_READ}",
        _record_sql(log),
        "Called by the policies. Its COST puts it behind cheaper conditions of the same policy; the server's log keeps"
        " what a rollback takes away",
        f"The function that fills {log.log} is made",
        log.serves,
    )
    draft.run(
        f"{element}.{RECORD_READ}.revoke",
        f"REVOKE ALL ON FUNCTION {RECORD_READ}(text, text) FROM PUBLIC",
        "Only roles whose reads are recorded call it",
        f"Nobody else fills {log.log}",
        log.serves,
    )
    draft.run(
        f"{element}.{RECORD_READ}.grant",
        f"GRANT EXECUTE ON FUNCTION {RECORD_READ}(text, text) TO {', '.join(quoted(role) for role in roles)}",
        "Who calls it without reading adds an entry about himself",
        f"{listed(roles, 8)} record what they read",
        log.serves,
    )
    draft.run(
        f"{element}.unfinished",
        _unfinished_sql(made),
        "Reads that were rolled back took a number and left no entry; the server's log has their lines",
        f"The function that finds reads without an entry in {log.log} is made",
        log.serves,
    )
    seals(draft, requirements, log)
    access_trials(draft, requirements, schema, made, recording)
    draft.rollback += [
        f"DROP TABLE IF EXISTS {log.log}",
        f"DROP FUNCTION IF EXISTS {made.unfinished()}(timestamptz)",
        f"DROP FUNCTION IF EXISTS {RECORD_READ}(text, text)",
    ]
    draft.decisions.append(_decision(requirements, schema, made))


def _record_sql(log: Trail) -> str:
    return f"""CREATE FUNCTION {RECORD_READ}(name text, key text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER COST 1000
SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    person CONSTANT text := nullif(current_setting('app.user_id', true), '');
    login CONSTANT text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
BEGIN
    INSERT INTO public.{log.log} (table_name, row_key, statement, actor_id, actor_role)
    VALUES (name, key, CASE WHEN key IS NULL THEN left(current_query(), 1000) END, person, login);
    RAISE LOG 'read of % % by % as %', name, coalesce(key, 'by statement'), coalesce(person, 'nobody named'), login;
    RETURN true;
END
$body$"""


def _unfinished_sql(made: Access) -> str:
    return f"""CREATE FUNCTION {made.unfinished()}(since timestamptz) RETURNS TABLE (missing bigint, until timestamptz)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $body$
    SELECT id - before - 1, recorded_at
    FROM (SELECT id, recorded_at, lag(id) OVER (ORDER BY id) AS before FROM public.{made.log.log}
        WHERE recorded_at >= since) AS entry
    WHERE id > before + 1
    ORDER BY id
$body$"""


def _decision(requirements: Requirements, schema: SchemaDesign, made: Access) -> Decision:
    log = made.log
    rows = [t.name for t in log.tables if t.name in made.by_row]
    whole = [t.name for t in log.tables if t.name not in made.by_row]
    searches = [name for table in log.tables if table.name in whole for name in text_searches(schema, table)]
    parts = []
    if rows:
        parts.append(f"{listed(rows, 12)} row by row")
    if whole:
        parts.append(f"{listed(whole, 12)} once a statement, with its text, since {listed(searches)} search by text")
    kept = "one partition a month" if log.partitioned else "one table"
    return Decision(
        id="security.decision.access_log",
        topic="Who read what",
        choice=f"row-level policies record in {log.log}, before a row is seen: {'; '.join(parts)}. {kept[0].upper()}"
        f"{kept[1:]}, {log.kept_rows():,} entries after {log.days} days, sealed as the trail is. Policies do not"
        " bind the tables' owner and superusers, so nobody logs in as them",
        because=f"what the policies let through is recorded whoever asks and by whatever statement; {READS_PER_ROW:g}"
        f" reads of each row (convention) are {log.rows_per_day:,.0f} entries a day. A rolled-back read leaves a gap in"
        f" the numbers, which {made.unfinished()}() names, and a line in the server's log",
        alternatives=(
            Alternative(
                name="the extension pgaudit",
                refused_because="it logs statements with their parameters, not which rows they showed, into a file that"
                " the server's administrator can edit; it may be added for the administrators' own statements",
            ),
            Alternative(
                name="a log that the application writes",
                refused_because=f"each of {len(schema.queries)} queries would have to remember it, and a statement by"
                " hand would leave no entry",
            ),
        ),
        origin=origin_of(requirements, log.serves, "who read sensitive data is recorded"),
        serves=log.serves,
    )
