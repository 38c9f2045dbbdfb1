"""What writes the trail: for each watched table one function, called once a statement with all rows that it changed.

A trigger for each row would run an INSERT for each; this one inserts the trail's rows of a whole statement at once.
What is recorded is what remains when the columns that stayed the same are taken away from the row before and after,
so a column that somebody adds by hand is in the trail as well.
"""

from collections.abc import Iterable, Sequence

from agents.dialects.postgresql import literal, quoted
from agents.naming import shorten
from agents.security.basis import Draft
from agents.security.trail import Trail, removed_columns
from contracts.schema import Column, Table

RECORD = "record_change_of"
STAMP = "updated_at"
"""The column that every UPDATE sets: alone it is no change."""
_WITHOUT_EQUALITY = frozenset({"point", "json", "xml"})  # IS DISTINCT FROM is refused with 42883
_EVENTS = {"INSERT": "NEW TABLE AS new_rows", "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows"}
_EVENTS["DELETE"] = "OLD TABLE AS old_rows"
_ACTOR = """nullif(current_setting('app.user_id', true), ''),
            coalesce(nullif(current_setting('role', true), 'none'), session_user)"""


def recorder_name(table: Table) -> str:
    """The function that records the changes of a table."""
    return shorten(f"{RECORD}_{table.name}")


def trigger_name(table: Table, event: str) -> str:
    """The trigger that calls it on `INSERT`, `UPDATE` or `DELETE`."""
    return shorten(f"{table.name}_record_{event.lower()}")


def recording(draft: Draft, made: Trail) -> None:
    """The function and the three triggers of each watched table; a trigger sees the rows of one kind of event."""
    for table in made.tables:
        name = recorder_name(table)
        draft.run(
            f"audit.{table.name}.recorder",
            recorder(made, table),
            f"Records what a statement changed in {table.name}. Runs as its owner with a fixed search path",
            f"The function that records changes of {table.name} is made",
            made.serves,
        )
        closed(draft, name, made.serves)
        for event, rows in _EVENTS.items():
            draft.run(
                f"audit.{table.name}.{event.lower()}",
                f"CREATE TRIGGER {quoted(trigger_name(table, event))} AFTER {event} ON {quoted(table.name)}\n"
                f"    REFERENCING {rows}\n"
                f"    FOR EACH STATEMENT EXECUTE FUNCTION {quoted(name)}()",
                f"Every {event} of rows of {table.name} is recorded",
                f"{table.name} is watched for {event}",
                made.serves,
            )
    for table in reversed(made.tables):
        draft.rollback += [
            f"DROP TRIGGER IF EXISTS {quoted(trigger_name(table, event))} ON {quoted(table.name)}" for event in _EVENTS
        ]
        draft.rollback.append(f"DROP FUNCTION IF EXISTS {quoted(recorder_name(table))}()")


def closed(draft: Draft, function: str, serves: Sequence[str]) -> None:
    """Takes a trigger's function from everybody: PostgreSQL gives EXECUTE to PUBLIC."""
    draft.run(
        f"audit.{function}.revoke",
        f"REVOKE ALL ON FUNCTION {quoted(function)}() FROM PUBLIC",
        "Only its triggers call it",
        f"Nobody may attach {function} to a table of his own",
        serves,
    )


def recorder(made: Trail, table: Table) -> str:
    """The function's SQL. The key is compared by name, since a statement may change it: then both rows are recorded."""
    stamped = any(column.name == STAMP for column in table.columns)
    unstamped = f" - {literal(STAMP)}" if stamped else ""
    hidden = _minus(dict.fromkeys((*removed_columns(table), *(c.name for c in table.columns if c.generated))))
    insert = f"""INSERT INTO public.{made.log}
            (table_name, row_key, action, changed_columns, old_values, new_values, actor_id, actor_role)
        SELECT {literal(table.name)}"""
    return f"""CREATE FUNCTION {quoted(recorder_name(table))}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {insert}, {_key(table, "n")}, TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(n))), NULL, to_jsonb(n){hidden},
            {_ACTOR}
        FROM new_rows AS n;
    ELSIF TG_OP = 'DELETE' THEN
        {insert}, {_key(table, "o")}, TG_OP,
            ARRAY(SELECT jsonb_object_keys(to_jsonb(o))), to_jsonb(o){hidden}, NULL,
            {_ACTOR}
        FROM old_rows AS o;
    ELSE
        {insert}, {_key(table, "o", "n")}, TG_OP,
            ARRAY(SELECT jsonb_object_keys(coalesce(after, before))), before{hidden}, after{hidden},
            {_ACTOR}
        FROM old_rows AS o
            FULL JOIN new_rows AS n ON {" AND ".join(f"n.{quoted(k)} = o.{quoted(k)}" for k in table.primary_key)}
            CROSS JOIN LATERAL (SELECT to_jsonb(o) - same, to_jsonb(n) - same FROM (SELECT array_remove(ARRAY[
                {_same(table.columns)}
            ], NULL)) AS s (same) OFFSET 0) AS changed (before, after)
        WHERE before{unstamped} IS DISTINCT FROM after{unstamped};
    END IF;
    RETURN NULL;
END
$body$"""


def _key(table: Table, *rows: str) -> str:
    """The key of the row as text, from whichever of its versions exists."""
    columns = [", ".join(f"{row}.{quoted(key)}" for row in rows) for key in table.primary_key]
    values = [f"coalesce({each})" if len(rows) > 1 else each for each in columns]
    return f"concat_ws(',', {', '.join(values)})"


def _minus(names: Iterable[str]) -> str:
    """Takes columns out of a row: those whose values must not enter the trail, or follow from others.

    >>> _minus(()), _minus(("password_hash", "search"))
    ('', " - ARRAY['password_hash', 'search']")
    """
    listed = ", ".join(literal(name) for name in names)
    return f" - ARRAY[{listed}]" if listed else ""


def _same(columns: Sequence[Column]) -> str:
    """For each column its name where it stayed the same."""
    tests = []
    for column in columns:
        cast = "::text" if column.sql_type in _WITHOUT_EQUALITY else ""
        name = quoted(column.name)
        tests.append(f"CASE WHEN o.{name}{cast} IS NOT DISTINCT FROM n.{name}{cast} THEN {literal(column.name)} END")
    return (",\n" + " " * 16).join(tests)
