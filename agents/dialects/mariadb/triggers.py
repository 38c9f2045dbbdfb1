"""What a CHECK cannot keep, as MariaDB's triggers: sums, states, trees, versions, overlaps in time, updated_at.

Two transactions may write at once, so a trigger that looks at other rows first locks the row that they belong to, and
then reads with a lock: under REPEATABLE READ a plain read would show the rows as they were when the transaction began.
A refusal carries the SQLSTATE that other engines report for the same rule.
"""

from collections.abc import Iterable, Iterator

from agents.dialects.mariadb import sql
from agents.dialects.mariadb.native import NOW
from agents.dialects.mariadb.spelling import delimited, literal, quoted
from agents.naming import constraint_name, shorten
from agents.requirement_analysis.editing import VERSION
from agents.schema_design.capacities import counted, counts, message
from agents.schema_design.capacities import told as capacity_told
from agents.schema_design.ddl import is_touched
from agents.schema_design.hierarchies import Hierarchy
from agents.schema_design.lifecycles import refused_change, told
from agents.schema_design.physical import Logical
from agents.schema_design.totals import summed
from agents.schema_design.totals import told as sum_told
from agents.schema_design.versions import versioned
from contracts.base import Statement
from contracts.schema import Capacity, Column, Exclusion, Lifecycle, Table, Total

CHECK, EXCLUSION, STALE = "23514", "23P01", "40001"
MESSAGE = 128
"""Characters of MESSAGE_TEXT, which the server cuts."""


def trigger_statements(logical: Logical) -> list[Statement]:
    """All triggers of the schema, rule by rule; those of one event run in the order in which they are made."""
    made: list[Statement] = []
    for table in logical.tables:
        for rule in table.exclusions:
            made += _exclusion(table, rule)
    for total in logical.totals:
        made += _total(total, logical.table(total.table), logical.table(total.child))
    for table in logical.tables:
        for limit in table.capacities:
            made += _capacity(table, limit)
    for life in logical.lifecycles:
        made.append(_lifecycle(life, logical.table(life.table)))
    made += [_tree(tree) for tree in logical.trees]
    made += [_version(table) for table in versioned(logical.tables)]
    made += [_touch(table) for table in logical.tables if is_touched(table)]
    return made


def _trigger(name: str, event: str, table: str, body: Iterable[str], element: str, comment: str = "") -> Statement:
    steps = "\n".join(f"    {step}" for step in body)
    sql = f"CREATE TRIGGER {name} {event} ON {quoted(table)} FOR EACH ROW\nBEGIN\n{steps}\nEND"
    return delimited(Statement(id=f"trigger.{name}", section="schema", sql=sql, comment=comment, element=element))


def _refuse(condition: str, sqlstate: str, name: str, message: str) -> str:
    text = literal(f'{message[: MESSAGE - len(name) - 3]} "{name}"')
    return f"IF {condition} THEN\n        SIGNAL SQLSTATE '{sqlstate}' SET MESSAGE_TEXT = {text};\n    END IF;"


def _exclusion(table: Table, rule: Exclusion) -> Iterator[Statement]:
    """No two rows that count, with the same values, in overlapping spans from start up to but without end."""
    start, end = quoted(rule.start), quoted(rule.end)
    equal = " AND ".join(f"other.{quoted(c)} = NEW.{quoted(c)}" for c in rule.equal)
    others = f" AND {_prefixed(rule.where, 'other')}" if rule.where else ""
    mine = f" AND {_prefixed(rule.where, 'NEW')}" if rule.where else ""
    apart = " OR ".join(f"other.{quoted(c)} <> NEW.{quoted(c)}" for c in table.primary_key)
    message = f"{table.name} overlaps another row of the same {', '.join(rule.equal)}"
    for event in ("INSERT", "UPDATE"):
        itself = f" AND ({apart})" if event == "UPDATE" else ""
        count = (
            f"SELECT COUNT(*) INTO found FROM {quoted(table.name)} AS other\n        WHERE {equal}"
            f" AND other.{start} < NEW.{end} AND other.{end} > NEW.{start}"
            f" AND other.{start} < other.{end}{others}{itself}\n        LOCK IN SHARE MODE;"
        )
        body = [
            "DECLARE found INT DEFAULT 0;",
            *_parent_lock(table, rule),
            f"IF NEW.{start} < NEW.{end}{mine} THEN\n        {count}\n    END IF;",
            _refuse("found > 0", EXCLUSION, rule.name, message),
        ]
        yield _trigger(
            f"{rule.name}_{event.lower()}", f"BEFORE {event}", table.name, body, f"table.{table.name}",
            f"No two rows of {table.name} with the same {', '.join(rule.equal)} overlap in time",
        )  # fmt: skip


def _parent_lock(table: Table, rule: Exclusion) -> list[str]:
    """Whoever writes such a row first locks what the rows have in common, so that one waits for the other."""
    key = next((k for k in table.foreign_keys if k.columns == rule.equal[:1] and k.references != table.name), None)
    if key is None:
        return []
    parent, own = quoted(key.referenced_columns[0]), quoted(key.columns[0])
    return [
        "DECLARE held BIGINT;",
        f"SELECT {parent} INTO held FROM {quoted(key.references)} WHERE {parent} = NEW.{own} FOR UPDATE;",
    ]


def _prefixed(condition: str, row: str) -> str:
    """The condition of an exclusion, which speaks of the status alone, for one of two rows."""
    name = condition.split()[0]
    return f"{row}.{name}{condition.removeprefix(name)}"


def _total(total: Total, whole: Table, child: Table) -> Iterator[Statement]:
    amount = f"COALESCE({summed(total, whole, child, sql)}, 0)"
    element, column, reference = f"total.{total.name}", quoted(total.column), quoted(total.reference)
    words = sum_told(total)
    fields = (*total.parts, total.reference)
    changed = " AND ".join(f"NEW.{quoted(c)} <=> OLD.{quoted(c)}" for c in fields)
    parent = quoted(total.table)
    if total.operator == "=":
        rows = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}
        for event, sides in rows.items():
            steps = [_summed(total, amount, f"{side}.{reference}") for side in sides]
            if event == "UPDATE":
                steps = [f"IF NOT ({changed}) THEN", *(f"    {step}" for step in steps), "END IF;"]
            name = shorten(f"sum_{total.name}_{event.lower()}", 60)
            yield _trigger(name, f"AFTER {event}", total.child, steps, element, f"Keeps {words}")
    else:
        message = f"the sum over {total.child} exceeds {total.column} of {total.table}"
        for event in ("INSERT", "UPDATE"):
            steps = [
                "DECLARE highest, held DECIMAL(65, 10);",
                f"SELECT {column} INTO highest FROM {parent} WHERE id = NEW.{reference} FOR UPDATE;",
                f"SELECT {amount} INTO held {_parts(total, f'NEW.{reference}')} LOCK IN SHARE MODE;",
                _refuse("held > highest", CHECK, total.name, message),
            ]
            name = shorten(f"sum_{total.name}_{event.lower()}", 60)
            yield _trigger(name, f"AFTER {event}", total.child, steps, element, f"Keeps {words}")
    broken = f"held > NEW.{column}" if total.operator == "<=" else f"rows_found > 0 AND held <> NEW.{column}"
    message = f"{total.column} of {total.table} contradicts its rows of {total.child}"
    yield _trigger(
        shorten(f"guard_{total.name}", 60), "BEFORE UPDATE", total.table,
        [
            "DECLARE held DECIMAL(65, 10);",
            "DECLARE rows_found BIGINT;",
            f"IF NOT (NEW.{column} <=> OLD.{column}) THEN",
            f"    SELECT {amount}, COUNT(*) INTO held, rows_found {_parts(total, 'NEW.id')};",
            f"    {_refuse(broken, CHECK, total.name, message)}",
            "END IF;",
        ],
        element, f"Refuses a direct change that breaks {words}",
    )  # fmt: skip


def _parts(total: Total, key: str) -> str:
    return f"FROM {quoted(total.child)} AS part WHERE part.{quoted(total.reference)} = {key}"


def _summed(total: Total, amount: str, key: str) -> str:
    return (
        f"UPDATE {quoted(total.table)} SET {quoted(total.column)} = "
        f"(SELECT {amount} {_parts(total, key)}) WHERE id = {key};"
    )


def _capacity(table: Table, limit: Capacity) -> Iterator[Statement]:
    """Counts before the row is there: its foreign key would take a share of the parent first, and two writers that both
    have one wait for each other."""
    element, words, reference = f"table.{table.name}", capacity_told(table, limit), quoted(limit.reference)
    most = quoted(limit.column) if limit.column else str(limit.maximum)
    parent, key = quoted(limit.references), quoted(limit.key)
    mine = " AND ".join((f"NEW.{reference} IS NOT NULL", *counts(limit, "NEW", sql)))
    same = " AND ".join(f"NEW.{quoted(c)} <=> OLD.{quoted(c)}" for c in limit.fields)
    apart = " OR ".join(f"part.{quoted(c)} <> OLD.{quoted(c)}" for c in table.primary_key)
    others = counted(table, limit, f"NEW.{reference}", sql).format("")
    for event in ("INSERT", "UPDATE"):
        changed, itself = (f" AND NOT ({same})", f" AND ({apart})") if event == "UPDATE" else ("", "")
        body = [
            "DECLARE highest, held BIGINT;",
            f"IF {mine}{changed} THEN",
            f"    SELECT {most} INTO highest FROM {parent} WHERE {key} = NEW.{reference} FOR UPDATE;",
            f"    SELECT COUNT(*) INTO held {others}{itself} LOCK IN SHARE MODE;",
            "END IF;",
            _refuse("held >= highest", CHECK, limit.name, message(table, limit)),
        ]
        name = shorten(f"count_{limit.name}_{event.lower()}", 60)
        yield _trigger(name, f"BEFORE {event}", table.name, body, element, f"Keeps {words}")
    if limit.column:
        column = quoted(limit.column)
        held = counted(table, limit, f"NEW.{key}", sql).format("")
        body = [
            "DECLARE held BIGINT;",
            f"IF NOT (NEW.{column} <=> OLD.{column}) THEN",
            f"    SELECT COUNT(*) INTO held {held} LOCK IN SHARE MODE;",
            f"    {_refuse(f'held > NEW.{column}', CHECK, limit.name, message(table, limit))}",
            "END IF;",
        ]
        comment = f"Refuses a {limit.column} below the rows of {table.name} that are there"
        yield _trigger(
            shorten(f"guard_{limit.name}", 60), "BEFORE UPDATE", limit.references, body, element, comment
        )  # fmt: skip


def _lifecycle(life: Lifecycle, table: Table) -> Statement:
    state = quoted(life.column)
    steps = []
    if life.moves:
        allowed = ", ".join(f"({literal(before)}, {literal(after)})" for before, after in life.moves)
        condition = f"NEW.{state} <> OLD.{state} AND (OLD.{state}, NEW.{state}) NOT IN ({allowed})"
        steps.append(_refuse(condition, CHECK, life.name, f"{life.column} of {life.table} cannot go this way"))
    if life.frozen:
        changed = "\n        OR ".join(_changed(table, table.column(c), state) for c in life.columns)
        condition = f"OLD.{state} IN ({', '.join(map(literal, life.frozen))}) AND (\n        {changed}\n    )"
        steps.append(_refuse(condition, CHECK, life.name, f"a row of {life.table} in this state does not change"))
    name = shorten(f"keep_{life.name}", 60)
    return _trigger(name, "BEFORE UPDATE", table.name, steps, f"lifecycle.{life.name}", told(life))


def _changed(table: Table, column: Column, state: str) -> str:
    name = quoted(column.name)
    return refused_change(table, column, name, state, f"NOT (NEW.{name} <=> OLD.{name})")


def _tree(tree: Hierarchy) -> Statement:
    """Walks upwards with a lock on each row, so that of two moves that would close a circle together one waits."""
    table, column = quoted(tree.table.name), quoted(tree.column)
    message = f"a row of {tree.table.name} would be its own ancestor"
    refused = _refuse("ancestor = NEW.id", CHECK, tree.name, message).replace("\n", "\n        ")
    body = [
        "DECLARE ancestor, higher BIGINT;",
        f"SET ancestor = IF(NEW.{column} <=> OLD.{column}, NULL, NEW.{column});",
        "WHILE ancestor IS NOT NULL DO",
        f"    {refused}",
        "    SET higher = NULL;",
        f"    SELECT {column} INTO higher FROM {table} WHERE id = ancestor LOCK IN SHARE MODE;",
        "    SET ancestor = higher;",
        "END WHILE;",
    ]
    comment = f"Keeps {tree.table.name} a tree: no row becomes its own ancestor by {tree.column}"
    return _trigger(tree.name, "BEFORE UPDATE", tree.table.name, body, f"table.{tree.table.name}", comment)


def _version(table: Table) -> Statement:
    stale = f"NEW.{VERSION} <> OLD.{VERSION}"
    message = f"the row of {table.name} was changed since it was read"
    body = [_refuse(stale, STALE, VERSION, message), f"SET NEW.{VERSION} = OLD.{VERSION} + 1;"]
    name = shorten(constraint_name("tg", table.name, "version"))
    comment = f"Refuses a change of {table.name} that is based on an older version of the row, and counts the others"
    return _trigger(name, "BEFORE UPDATE", table.name, body, f"table.{table.name}", comment)


def _touch(table: Table) -> Statement:
    name = constraint_name("tg", table.name, "touch")
    comment = "Keeps updated_at true whatever the application writes"
    return _trigger(name, "BEFORE UPDATE", table.name, [f"SET NEW.updated_at = {NOW};"], f"table.{table.name}", comment)
