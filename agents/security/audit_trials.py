"""Attempts to change rows without leaving a trace, and to change the traces."""

from agents.dialects.postgresql import literal, quoted
from agents.naming import shorten
from agents.schema_design.dataset import Dataset
from agents.security.basis import Draft, as_user, columns_sql, role_name
from agents.security.trail import MONTHS_AHEAD, Trail, removed_columns
from contracts.claims import Refused, Returns
from contracts.requirements import Requirements
from contracts.schema import Table


def no_gaps(draft: Draft, made: Trail) -> None:
    bound = "pg_get_expr(c.relpartbound, c.oid)"
    sql = (
        "WITH bounds AS (SELECT "
        f"substring({bound} FROM 'FROM \\(''([^'']+)''\\)')::timestamptz AS low, "
        f"substring({bound} FROM 'TO \\(''([^'']+)''\\)')::timestamptz AS high "
        f"FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = "
        f"{literal(made.log)}::regclass), "
        "ordered AS (SELECT low, lag(high) OVER (ORDER BY low) AS before FROM bounds WHERE low IS NOT NULL) "
        "SELECT count(*), count(*) FILTER (WHERE before <> low), "
        "(SELECT count(*) FROM bounds WHERE low IS NULL) FROM ordered"
    )
    draft.claim(
        f"audit.{made.log}.no_gaps",
        f"security.audit.{made.log}",
        f"The months of {made.log} from {made.start:%Y-%m} follow each other without a gap, and a default "
        f"catches the rest",
        made.serves,
        Returns(sql=(sql,), rows=((str(MONTHS_AHEAD + 1), "0", "1"),)),
    )


def leaves_traces(draft: Draft, made: Trail, dataset: Dataset) -> None:
    """Every kind of change of each watched table is in the trail, row by row, and no change is not."""
    mine = f"FROM {made.log} WHERE transaction_id = pg_current_xact_id()"
    for table in made.tables:
        change = _harmless_change(table)
        element, name = f"security.audit.{table.name}", quoted(table.name)
        first = f"{quoted(table.primary_key[0])} = (SELECT min({quoted(table.primary_key[0])}) FROM {name})"
        one = f"ctid = (SELECT ctid FROM {name} WHERE {first} LIMIT 1) AND {first}"
        if change:
            column, value = change
            draft.claim(
                f"audit.{table.name}.records",
                element,
                f"A change of {table.name}.{column} leaves one row in {made.log} that names the column and who did it",
                made.serves,
                Returns(
                    sql=(
                        "SELECT set_config('app.user_id', '42', true)",
                        f"UPDATE {name} SET {quoted(column)} = {value} WHERE {one}",
                        f"SELECT action, table_name, ({literal(column)} = ANY (changed_columns))::text, actor_id "
                        f"{mine} AND table_name = {literal(table.name)}",
                    ),
                    rows=(("UPDATE", table.name, "true", "42"),),
                ),
            )
        same = quoted(
            next(c.name for c in table.columns if not c.identity and c.generated is None and c.name != "updated_at")
        )
        draft.claim(
            f"audit.{table.name}.ignores_no_change",
            element,
            f"An UPDATE of {table.name} that changes nothing but updated_at at most leaves no other column in "
            f"{made.log}",
            made.serves,
            Returns(
                sql=(
                    f"UPDATE {name} SET {same} = {same} WHERE {one}",
                    f"SELECT count(*) {mine} AND changed_columns <> '{{updated_at}}'",
                ),
                rows=(("0",),),
            ),
        )
        _hides_values(draft, made, table, one, mine)
        _comes_and_goes(draft, made, table, dataset, mine)
        _every_row(draft, made, table, mine)


def _comes_and_goes(draft: Draft, made: Trail, table: Table, dataset: Dataset, mine: str) -> None:
    """A row that is added and removed, found by what the trail says of its key."""
    name, this = quoted(table.name), f"{mine} AND table_name = {literal(table.name)}"
    key = f"concat_ws(',', {columns_sql(table.primary_key)})"
    draft.claim(
        f"audit.{table.name}.comes_and_goes",
        f"security.audit.{table.name}",
        f"A row of {table.name} that is added and removed leaves both in {made.log}, with its values",
        made.serves,
        Returns(
            sql=(
                dataset.insert(table),
                f"DELETE FROM {name} WHERE {key} = (SELECT row_key {this} AND action = 'INSERT')",
                f"SELECT action, (old_values IS NOT NULL)::text, (new_values IS NOT NULL)::text {this}"
                f" AND action <> 'UPDATE' ORDER BY id",
            ),
            rows=(("INSERT", "false", "true"), ("DELETE", "true", "false")),
        ),
    )


def _every_row(draft: Draft, made: Trail, table: Table, mine: str) -> None:
    """Several rows changed by one statement, in a column that was added by hand after the trail was made."""
    name, key = quoted(table.name), columns_sql(table.primary_key)
    draft.claim(
        f"audit.{table.name}.every_row",
        f"security.audit.{table.name}",
        f"A statement that changes three rows of {table.name}, in a column added later by hand, leaves three rows in"
        f" {made.log}, with the column and its value",
        made.serves,
        Returns(
            sql=(
                f"ALTER TABLE {name} ADD COLUMN added_by_hand integer",
                f"UPDATE {name} SET added_by_hand = 7 WHERE ({key}) IN (SELECT {key} FROM {name} LIMIT 3)",
                f"SELECT count(DISTINCT row_key), new_values ->> 'added_by_hand' {mine}"
                f" AND table_name = {literal(table.name)} AND 'added_by_hand' = ANY (changed_columns) GROUP BY 2",
            ),
            rows=(("3", "7"),),
        ),
    )


def _harmless_change(table: Table) -> tuple[str, str] | None:
    """A column and a new value that no constraint refuses: a later time, or NULL where it is allowed to stand."""
    checked = {name for check in table.checks for name in (check.column, check.other) if name}
    keyed = {n for u in table.uniques for n in u.columns} | {
        n for e in table.exclusions for n in (*e.equal, e.start, e.end)
    }
    for column in table.columns:
        if (
            column.name in ("updated_at", "created_at")
            and column.sql_type == "timestamptz"
            and column.name not in checked
        ):
            split = table.partitioning.column if table.partitioning else ""
            if column.name not in (*table.primary_key, split):
                return column.name, f"{quoted(column.name)} + interval '1 second'"
    for column in table.columns:
        free = not ({column.name} & (checked | keyed | set(table.primary_key))) and column.generated is None
        if (
            free
            and column.sql_type in ("text", "integer", "bigint")
            and not any(column.name in k.columns for k in table.foreign_keys)
        ):
            return (
                column.name,
                f"{quoted(column.name)} || '.'" if column.sql_type == "text" else f"{quoted(column.name)} + 1",
            )
    return None


def _hides_values(draft: Draft, made: Trail, table: Table, one: str, mine: str) -> None:
    for column in removed_columns(table):
        if table.column(column).type not in ("string", "text") or any(c.column == column for c in table.checks):
            continue
        name = quoted(column)
        draft.claim(
            f"audit.{table.name}.hides.{column}",
            f"security.audit.{table.name}",
            f"A new {table.name}.{column} leaves a trace in {made.log} without its old or new value",
            made.serves,
            Returns(
                sql=(
                    f"UPDATE {quoted(table.name)} SET {name} = reverse(coalesce({name}, '')) || 'x' WHERE {one}"
                    if "(" not in table.column(column).sql_type
                    else f"UPDATE {quoted(table.name)} SET {name} = left('x' || coalesce({name}, ''), "
                    f"{_length(table, column)}) WHERE {one}",
                    f"SELECT ({literal(column)} = ANY (changed_columns))::text, "
                    f"(coalesce(old_values, '{{}}') ? {literal(column)} OR coalesce(new_values, '{{}}') ? "
                    f"{literal(column)})::text "
                    f"{mine} AND table_name = {literal(table.name)}",
                ),
                rows=(("true", "false"),),
            ),
        )


def _length(table: Table, column: str) -> str:
    return table.column(column).sql_type.partition("(")[2].rstrip(")")


def keeper_name(table: str) -> str:
    """The name of the trigger that keeps an audited table from being emptied."""
    return shorten(f"{table}_no_truncate")


def past_the_trail(draft: Draft, requirements: Requirements, made: Trail) -> None:
    """Attempts on the trail, to empty a watched table past it, and of the auditor to look elsewhere."""
    table = made.tables[0]
    cannot_be_changed(draft, requirements, made)
    for watched in made.tables:
        others = [t.name for t in made.tables if t is not watched]
        alone = [f"ALTER TABLE {quoted(n)} DISABLE TRIGGER {quoted(keeper_name(n))}" for n in others]
        draft.claim(
            f"audit.{watched.name}.no_truncate",
            f"security.audit.{watched.name}",
            f"Even the owner of {watched.name} is refused to empty it past the trail",
            made.serves,
            Refused(sql=(*alone, f"TRUNCATE {quoted(watched.name)} CASCADE"), sqlstate="42501"),
        )
    auditor = role_name(requirements, "auditor")
    draft.claim(
        f"audit.{made.log}.{auditor}.no_look_elsewhere",
        f"security.audit.{made.log}",
        f"{auditor} is refused to look elsewhere",
        made.serves,
        Refused(sql=(f"SELECT count(*) FROM {quoted(table.name)}",), sqlstate="42501", session=as_user(auditor)),
    )


def cannot_be_changed(draft: Draft, requirements: Requirements, made: Trail) -> None:
    """Attempts to change, to read and to forge a log, and retention at its time."""
    element, fill = f"security.audit.{made.log}", made.forged()
    for verb, sql in (
        ("update", f"UPDATE {made.log} SET actor_id = 'somebody else'"),
        ("delete", f"DELETE FROM {made.log}"),
        ("truncate", f"TRUNCATE {made.log}"),
    ):
        draft.claim(
            f"audit.{made.log}.no_{verb}",
            element,
            f"Even the owner of {made.log} is refused to {verb} it",
            made.serves,
            Refused(sql=(fill, sql), sqlstate="42501"),
        )
    app, auditor = role_name(requirements, "app"), role_name(requirements, "auditor")
    for role, verb, sql in (
        (app, "read", f"SELECT count(*) FROM {made.log}"),
        (app, "forge", fill),
        (auditor, "forge", fill),
    ):
        draft.claim(
            f"audit.{made.log}.{role}.no_{verb}",
            element,
            f"{role} is refused to {verb} {made.log}",
            made.serves,
            Refused(sql=(sql,), sqlstate="42501", session=as_user(role)),
        )
    old = f"now() - interval '{made.days + 1} days'"
    draft.claim(
        f"audit.{made.log}.retention",
        element,
        f"A row older than {made.days} days can leave {made.log}",
        made.serves,
        Returns(
            sql=(
                made.forged(recorded_at=old),
                f"WITH gone AS (DELETE FROM {made.log} WHERE recorded_at < now() - interval '{made.days} days' "
                f"RETURNING 1) SELECT count(*) FROM gone",
            ),
            rows=(("1",),),
        ),
    )
