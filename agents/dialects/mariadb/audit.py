"""Who changed what, and when: triggers write an append-only trail in the same transaction, with their definer's rights.

Three triggers a table, since MariaDB has no trigger for several events and no OLD and NEW as whole rows. What a
foreign key does by itself (CASCADE, SET NULL) fires no trigger: the decision names the tables, and their triggers
record what statements do.
"""

import datetime as dt
from collections.abc import Sequence

from agents.dialects.mariadb.spelling import literal, quoted
from agents.figures import plain
from agents.naming import constraint_name, shorten
from agents.security.basis import Draft, as_user, filled, listed, origin_of, role_name
from agents.security.grants import DENIED
from agents.security.trail import Trail, removed_columns
from contracts.base import Alternative, Decision
from contracts.claims import Refused, Returns, Session
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

_UNTOUCHED = ("updated_at",)
_BINARY = "_utf8mb4{} COLLATE utf8mb4_bin"
"""JSON columns have another collation than text ones: one explicit collation among them decides for all."""
ACTOR = "COALESCE(NULLIF(@app_user_id, ''), NULLIF(@app_tenant_id, ''))"


def audit_part(draft: Draft, requirements: Requirements, schema: SchemaDesign, made: Trail) -> None:
    """The trail's table, its triggers, its removal after the period, and the attempts to change it."""
    log = made.log
    draft.run(
        f"audit.{log}",
        f"CREATE TABLE {log} (\n"
        "    id BIGINT NOT NULL AUTO_INCREMENT,\n"
        "    recorded_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),\n"
        "    table_name VARCHAR(64) NOT NULL,\n    row_key VARCHAR(255) NOT NULL,\n    action VARCHAR(6) NOT NULL,\n"
        "    old_values JSON,\n    new_values JSON,\n    actor_id VARCHAR(64),\n"
        "    actor_login VARCHAR(200) NOT NULL,\n"
        f"    CONSTRAINT {constraint_name('pk', log)} PRIMARY KEY (id),\n"
        f"    CONSTRAINT {constraint_name('ck', log, 'action')} CHECK (action IN ('INSERT', 'UPDATE', 'DELETE')),\n"
        f"    KEY {constraint_name('ix', log, 'row')} (table_name, row_key, recorded_at),\n"
        f"    KEY {constraint_name('ix', log, 'recorded_at')} (recorded_at)\n"
        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
        f"Changes of {listed([t.name for t in made.tables], 12)}: {plain(made.rows_per_day)} rows a day, kept for "
        f"{made.days} days",
        f"The trail {log} is made",
        made.serves,
    )
    for table in made.tables:
        for event in ("INSERT", "UPDATE", "DELETE"):
            name = trigger_name(table, event)
            draft.run(
                f"audit.{name}",
                _trigger(made, table, event),
                f"{event} of a row of {table.name} is recorded",
                f"{table.name} is watched for {event}",
                made.serves,
            )
    _append_only(draft, made)
    _retention(draft, made)
    for table in made.tables:
        _leaves_traces(draft, schema, made, table)
    _attacks(draft, requirements, made)
    draft.decisions.append(_decision(requirements, schema, made))
    names = [trigger_name(table, event) for table in made.tables for event in ("INSERT", "UPDATE", "DELETE")]
    draft.rollback += [f"DROP EVENT IF EXISTS {log}_retention"]
    draft.rollback += [f"DROP TRIGGER IF EXISTS {quoted(name)}" for name in names]
    draft.rollback += [f"DROP TABLE IF EXISTS {log}"]


def trigger_name(table: Table, event: str) -> str:
    """The name of the trigger that records an event."""
    return shorten(f"{table.name}_records_{event.lower()}")


def _recorded(table: Table) -> list[str]:
    """Columns whose values enter the trail: no secrets, and no binary ones."""
    hidden = (*removed_columns(table), *_UNTOUCHED)
    return [c.name for c in table.columns if c.name not in hidden and c.generated is None and c.type != "coordinates"]


def _trigger(made: Trail, table: Table, event: str) -> str:
    row = "OLD" if event == "DELETE" else "NEW"
    keys = ", ".join(f"{row}.{quoted(name)}" for name in table.primary_key)
    columns = _recorded(table)
    whole = {
        word: f"JSON_OBJECT({_BINARY.format(literal(columns[0]))}, "
        + ", ".join(f"{literal(c)}, {word}.{quoted(c)}" for c in columns).partition(", ")[2]
        + ")"
        for word in ("OLD", "NEW")
    }
    before = {"INSERT": "NULL", "DELETE": whole["OLD"], "UPDATE": _changed(table, "OLD", columns)}[event]
    after = {"INSERT": whole["NEW"], "DELETE": "NULL", "UPDATE": _changed(table, "NEW", columns)}[event]
    insert = (
        f"INSERT INTO {made.log} (table_name, row_key, action, old_values, new_values, actor_id, actor_login)\n"
        f"    VALUES ({literal(table.name)}, CONCAT_WS(',', {keys}), '{event}',\n    {before},\n    {after},\n"
        f"    {ACTOR}, USER())"
    )
    head = f"CREATE TRIGGER {quoted(trigger_name(table, event))} AFTER {event} ON {quoted(table.name)} FOR EACH ROW\n"
    if event != "UPDATE":
        return head + insert
    watched = [c.name for c in table.columns if c.name not in _UNTOUCHED and c.generated is None]
    same = " AND ".join(f"OLD.{quoted(c)} <=> NEW.{quoted(c)}" for c in watched)
    return f"{head}IF NOT ({same}) THEN\n{insert};\nEND IF"


def _changed(table: Table, word: str, columns: Sequence[str]) -> str:
    """Only what differs, as one object; NULL is a value of it."""
    parts = [
        f"IF(OLD.{quoted(c)} <=> NEW.{quoted(c)}, '{{}}', JSON_OBJECT({literal(c)}, {word}.{quoted(c)}))"
        for c in columns
    ]
    parts += [
        f"IF(OLD.{quoted(c)} <=> NEW.{quoted(c)}, '{{}}', JSON_OBJECT({literal(c)}, 'changed'))"
        for c in removed_columns(table)
    ]
    return f"JSON_MERGE_PRESERVE({_BINARY.format(literal('{}'))},\n        " + ",\n        ".join(parts) + ")"


def _append_only(draft: Draft, made: Trail) -> None:
    log = made.log
    for event, allowed in (("UPDATE", "FALSE"), ("DELETE", f"OLD.recorded_at < NOW(6) - INTERVAL {made.days} DAY")):
        draft.run(
            f"audit.{log}.append_only.{event.lower()}",
            f"CREATE TRIGGER {log}_refuses_{event.lower()} BEFORE {event} ON {log} FOR EACH ROW\n"
            f"IF NOT ({allowed}) THEN\n    SIGNAL SQLSTATE '{DENIED}'\n"
            f"        SET MESSAGE_TEXT = '{log} keeps its rows for {made.days} days';\nEND IF",
            f"{event} of {log} is refused to everybody, its owner included"
            + (", until the period is over" if event == "DELETE" else ""),
            f"{log} refuses {event}",
            made.serves,
        )


def _retention(draft: Draft, made: Trail) -> None:
    draft.run(
        f"audit.{made.log}.retention",
        f"CREATE EVENT {made.log}_retention ON SCHEDULE EVERY 1 HOUR STARTS {literal(_start(made.start))}\n"
        f"    DO DELETE FROM {made.log} WHERE recorded_at < NOW(6) - INTERVAL {made.days} DAY"
        " ORDER BY recorded_at LIMIT 10000",
        "Ten thousand rows an hour at most, so that no deletion is long; it runs where event_scheduler = ON",
        f"Rows of {made.log} leave after {made.days} days",
        made.serves,
    )


def _start(day: dt.date) -> str:
    return f"{day + dt.timedelta(days=1)} 03:00:00"


def _leaves_traces(draft: Draft, schema: SchemaDesign, made: Trail, table: Table) -> None:
    element = f"security.audit.{table.name}"
    names = ", ".join(literal(trigger_name(table, event)) for event in ("INSERT", "UPDATE", "DELETE"))
    draft.claim(
        f"audit.{table.name}.watched",
        element,
        f"INSERT, UPDATE and DELETE of {table.name} each have their trigger",
        made.serves,
        Returns(
            sql=(
                "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE() AND trigger_name IN"
                f" ({names})",
            ),
            rows=(("3",),),
        ),
    )
    if f"table.{table.name}" not in filled(schema) or "created_at" not in {c.name for c in table.columns}:
        return
    update = f"UPDATE {quoted(table.name)} SET created_at = created_at + INTERVAL 1 SECOND".replace("`", '"')
    key = quoted(table.primary_key[0]).replace("`", '"')
    draft.claim(
        f"audit.{table.name}.update",
        element,
        f"An UPDATE of {table.name} leaves one row in {made.log}, with the column that changed and who is asking",
        made.serves,
        Returns(
            sql=(
                f"{update} ORDER BY {key} LIMIT 1",
                f"SELECT COUNT(*), MAX(JSON_KEYS(new_values)), MAX(actor_id) FROM {made.log}"
                f" WHERE table_name = {literal(table.name)} AND action = 'UPDATE'",
            ),
            rows=(("1", '["created_at"]', "1"),),
            session=Session(settings=(("app_user_id", "1"),)),
        ),
    )


def _attacks(draft: Draft, requirements: Requirements, made: Trail) -> None:
    element, log = f"security.audit.{made.log}", made.log
    insert = f"INSERT INTO {log} (table_name, row_key, action, actor_login) VALUES ('x', '1', 'INSERT', 'x')"
    for case, sql in (("changed", f"UPDATE {log} SET row_key = '2'"), ("removed", f"DELETE FROM {log}")):
        draft.claim(
            f"audit.{log}.not_{case}",
            element,
            f"A row of {log} cannot be {case}, not even by who owns the database",
            made.serves,
            Refused(sql=(insert, sql), sqlstate=DENIED),
        )
    for suffix, sql, what in (
        ("app", f"SELECT id FROM {log} LIMIT 1", "read"),
        ("app", insert, "forge"),
        ("auditor", insert, "forge"),
    ):
        role = role_name(requirements, suffix)
        draft.claim(
            f"audit.{log}.{suffix}_does_not_{what}",
            element,
            f"{role} may not {what} rows of {log}",
            made.serves,
            Refused(sql=(sql,), sqlstate=DENIED, session=as_user(role)),
        )


def _decision(requirements: Requirements, schema: SchemaDesign, made: Trail) -> Decision:
    names = [t.name for t in made.tables]
    cascaded = [
        f"{t.name} ({k.name})"
        for t in schema.tables
        for k in t.foreign_keys
        if t.name in names and k.on_delete in ("cascade", "set null")
    ]
    lost = (
        f"; what {listed(cascaded)} does by itself fires no trigger and is seen by the parent's row" if cascaded else ""
    )
    return Decision(
        id="security.decision.audit",
        topic="Which tables leave a trail",
        choice=f"{listed(names, 12)}, by triggers into {made.log}; an UPDATE that changes nothing is not recorded",
        because=f"a trigger also sees changes that somebody makes without the application; {made.basis}. TRUNCATE fires"
        f" none: it needs DROP, which only the migrator holds{lost}",
        alternatives=(
            Alternative(
                name="the server audit plugin",
                refused_because="it records statements and not what they changed; for reads it is worth having"
                " beside the trail, in a file that the database's users cannot reach",
            ),
            Alternative(
                name="system-versioned tables",
                refused_because="they keep every version but not who made it, and the owner may drop the history",
            ),
        ),
        origin=origin_of(requirements, made.serves, "changes of sensitive data and of transactions leave a trail"),
        serves=made.serves,
    )
