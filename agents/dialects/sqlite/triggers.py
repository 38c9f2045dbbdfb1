"""What a CHECK cannot keep, as SQLite's triggers: sums, states, trees, versions, overlaps in time, updated_at.

SQLite has one writer at a time, so what a trigger reads cannot change before its statement is done: no locks are taken,
and no race is possible. A trigger cannot change the row that is written, so what the database sets itself is set by a
second update after the first. Messages begin with the SQLSTATE that other engines report for the same rule.
"""

from collections.abc import Iterable, Iterator

from agents.dialects.sqlite import sql as spelling
from agents.dialects.sqlite.spelling import literal, quoted
from agents.naming import constraint_name, shorten
from agents.requirement_analysis.editing import VERSION
from agents.schema_design.capacities import counted, counts, message
from agents.schema_design.capacities import told as capacity_told
from agents.schema_design.ddl import is_touched
from agents.schema_design.hierarchies import Hierarchy
from agents.schema_design.lifecycles import refused_change
from agents.schema_design.physical import Logical
from agents.schema_design.totals import summed, told
from agents.schema_design.versions import versioned
from agents.schema_design.withdrawals import given_back, takes_along
from agents.schema_design.withdrawals import told as withdrawal_told
from contracts.base import Statement
from contracts.schema import Capacity, Column, Exclusion, Lifecycle, Table, Total, Withdrawal

CHECK, EXCLUSION, STALE = "23514", "23P01", "40001"


def trigger_statements(logical: Logical) -> list[Statement]:
    """All triggers of the schema, rule by rule."""
    made: list[Statement] = []
    for table in logical.tables:
        for rule in table.exclusions:
            made += _exclusion(table, rule)
    for total in logical.totals:
        made += _total(logical, total)
    for table in logical.tables:
        for limit in table.capacities:
            made += _capacity(table, limit)
    for one in logical.withdrawals:
        made += _withdrawal(one, logical.table(one.child))
    for life in logical.lifecycles:
        made += _lifecycle(life, logical.table(life.table))
    made += [_tree(tree) for tree in logical.trees]
    for table in versioned(logical.tables):
        made += _version(table)
    made += [_touch(table) for table in logical.tables if is_touched(table)]
    return made


def _trigger(name: str, when: str, table: str, body: Iterable[str], element: str, comment: str = "") -> Statement:
    steps = "\n".join(f"    {step};" for step in body)
    sql = f"CREATE TRIGGER {name} {when.format(quoted(table))}\nBEGIN\n{steps}\nEND"
    return Statement(id=f"trigger.{name}", section="schema", sql=sql, comment=comment, element=element)


def _refuse(sqlstate: str, name: str, message: str, condition: str = "") -> str:
    text = literal(f'{sqlstate}: {message} "{name}"')
    return f"SELECT RAISE(ABORT, {text})" + (f"\n    WHERE {condition}" if condition else "")


def _same(row: str, table: Table) -> str:
    return " AND ".join(f"{quoted(c)} = {row}.{quoted(c)}" for c in table.primary_key)


def _exclusion(table: Table, rule: Exclusion) -> Iterator[Statement]:
    """No two rows that count, with the same values, in overlapping spans from start up to but without end."""
    start, end, element = quoted(rule.start), quoted(rule.end), f"table.{table.name}"
    equal = " AND ".join(f"other.{quoted(c)} = NEW.{quoted(c)}" for c in rule.equal)
    others = f" AND {_prefixed(rule.where, table, 'other')}" if rule.where else ""
    mine = f" AND {_prefixed(rule.where, table, 'NEW')}" if rule.where else ""
    apart = " OR ".join(f"other.{quoted(c)} <> NEW.{quoted(c)}" for c in table.primary_key)
    for event in ("INSERT", "UPDATE"):
        itself = f" AND ({apart})" if event == "UPDATE" else ""
        condition = (
            f"NEW.{start} < NEW.{end}{mine} AND EXISTS (\n        SELECT 1 FROM {quoted(table.name)} AS other"
            f"\n        WHERE {equal} AND other.{start} < NEW.{end} AND other.{end} > NEW.{start}"
            f" AND other.{start} < other.{end}{others}{itself}\n    )"
        )
        message = f"{table.name} overlaps another row of the same {', '.join(rule.equal)}"
        yield _trigger(
            f"{rule.name}_{event.lower()}", f"BEFORE {event} ON {{}}", table.name,
            [_refuse(EXCLUSION, rule.name, message, condition)], element,
            f"No two rows of {table.name} with the same {', '.join(rule.equal)} overlap in time",
        )  # fmt: skip


def _prefixed(condition: str, table: Table, row: str) -> str:
    """The condition of an exclusion, which speaks of the status alone, for one of two rows."""
    name = condition.split()[0]
    return f"{row}.{name}{condition.removeprefix(name)}"


def _total(logical: Logical, total: Total) -> Iterator[Statement]:
    parent, child = logical.table(total.table), logical.table(total.child)
    element, column, reference = f"total.{total.name}", quoted(total.column), quoted(total.reference)
    words = told(total)
    fields = ", ".join(quoted(c) for c in (*total.parts, total.reference))
    if total.operator == "=":
        for row, event in (("NEW", "INSERT"), ("OLD", "DELETE")):
            step = _summed(total, parent, child, f"{row}.{reference}")
            name = shorten(f"sum_{total.name}_{event.lower()}", 60)
            yield _trigger(name, f"AFTER {event} ON {{}}", child.name, [step], element, f"Keeps {words}")
        steps = [_summed(total, parent, child, f"{row}.{reference}") for row in ("OLD", "NEW")]
        name = shorten(f"sum_{total.name}_update", 60)
        yield _trigger(name, f"AFTER UPDATE OF {fields} ON {{}}", child.name, steps, element, f"Keeps {words}")
    else:
        limit = f"(SELECT {column} FROM {quoted(parent.name)} WHERE id = NEW.{reference})"
        refused = _refuse(
            CHECK, total.name, f"the sum over {total.child} exceeds {total.column} of {total.table}",
            f"({_sum(total, parent, child, f'NEW.{reference}')}) > {limit}",
        )  # fmt: skip
        for event in ("INSERT", f"UPDATE OF {fields}"):
            name = shorten(f"sum_{total.name}_{event.split()[0].lower()}", 60)
            yield _trigger(name, f"AFTER {event} ON {{}}", child.name, [refused], element, f"Keeps {words}")
    broken = f"({_sum(total, parent, child, 'NEW.id')}) > NEW.{column}"
    if total.operator == "=":
        parts = f"SELECT 1 FROM {quoted(child.name)} AS part WHERE part.{reference} = NEW.id"
        broken = f"({_sum(total, parent, child, 'NEW.id')}) <> NEW.{column} AND EXISTS ({parts})"
    message = f"{total.column} of {total.table} contradicts its rows of {total.child}"
    yield _trigger(
        shorten(f"guard_{total.name}", 60), f"BEFORE UPDATE OF {column} ON {{}}", parent.name,
        [_refuse(CHECK, total.name, message, broken)], element, f"Refuses a direct change that breaks {words}",
    )  # fmt: skip


def _sum(total: Total, parent: Table, child: Table, key: str) -> str:
    amount = summed(total, parent, child, spelling)
    return (
        f"SELECT coalesce({amount}, 0) FROM {quoted(child.name)} AS part WHERE part.{quoted(total.reference)} = {key}"
    )


def _summed(total: Total, parent: Table, child: Table, key: str) -> str:
    column, amount = quoted(total.column), _sum(total, parent, child, key)
    return (
        f"UPDATE {quoted(parent.name)} SET {column} = ({amount})\n    WHERE id = {key} AND {column} IS NOT ({amount})"
    )


def _capacity(table: Table, limit: Capacity) -> Iterator[Statement]:
    element, reference = f"table.{table.name}", quoted(limit.reference)
    most = str(limit.maximum)
    if limit.column:
        named = f"{quoted(limit.key)} = NEW.{reference}"
        most = f"(SELECT {quoted(limit.column)} FROM {quoted(limit.references)} WHERE {named})"
    mine = "".join(f"{condition} AND " for condition in counts(limit, "NEW", spelling))
    held = counted(table, limit, f"NEW.{reference}", spelling).format("")
    refused = _refuse(CHECK, limit.name, message(table, limit), f"{mine}(SELECT count(*) {held}) > {most}")
    for event in ("INSERT", f"UPDATE OF {', '.join(map(quoted, limit.fields))}"):
        name = shorten(f"count_{limit.name}_{event.split()[0].lower()}", 60)
        comment = f"Keeps {capacity_told(table, limit)}"
        yield _trigger(name, f"AFTER {event} ON {{}}", table.name, [refused], element, comment)
    if limit.column:
        column, held = quoted(limit.column), counted(table, limit, f"NEW.{quoted(limit.key)}", spelling).format("")
        broken = f"NEW.{column} IS NOT OLD.{column} AND (SELECT count(*) {held}) > NEW.{column}"
        yield _trigger(
            shorten(f"guard_{limit.name}", 60), f"BEFORE UPDATE OF {column} ON {{}}", limit.references,
            [_refuse(CHECK, limit.name, message(table, limit), broken)], element,
            f"Refuses a {limit.column} below the rows of {table.name} that are there",
        )  # fmt: skip


def _withdrawal(one: Withdrawal, part: Table) -> Iterator[Statement]:
    """Gives back before it takes, so that a change needs no more than the difference."""
    element = f"withdrawal.{one.name}"
    takes, gives = _moved(one, "-", "NEW", one.held), _moved(one, "+", "OLD", one.held)
    fields = ", ".join(map(quoted, one.fields))
    changed = " OR ".join(f"NEW.{quoted(c)} IS NOT OLD.{quoted(c)}" for c in one.fields)
    yield _trigger(
        f"take_{one.name}_insert", "AFTER INSERT ON {}", one.child, [takes], element, withdrawal_told(one)
    )  # fmt: skip
    yield _trigger(
        f"take_{one.name}_update", f"AFTER UPDATE OF {fields} ON {{}} WHEN {changed}", one.child, [gives, takes],
        element, "A part that changes gives back and takes anew",
    )  # fmt: skip
    if one.gives_back:
        back = _moved(one, "+", "OLD", one.open)
        yield _trigger(f"take_{one.name}_delete", "AFTER DELETE ON {}", one.child, [back], element, given_back(one))
    if one.state:
        state = quoted(one.state)
        for name, sign, before, after in (("ended", "+", "OLD", "NEW"), ("begun", "-", "NEW", "OLD")):
            when = f"{_among(before, one, one.held)} AND {after}.{state} NOT IN ({_listed(one.held)})"
            yield _trigger(
                f"take_{one.name}_{name}", f"AFTER UPDATE OF {state} ON {{}} WHEN {when}", one.whole,
                [_all_moved(one, sign)], element,
                f"A row of {one.whole} that ends gives back what its parts hold" if sign == "+" else "",
            )  # fmt: skip
    if one.gives_back and takes_along(one, part):
        when = f" WHEN {_among('OLD', one, one.open)}" if one.state else ""
        yield _trigger(
            f"take_{one.name}_removed", f"BEFORE DELETE ON {{}}{when}", one.whole, [_all_moved(one, "+")], element,
            f"A row of {one.whole} that is removed gives back what its parts hold",
        )  # fmt: skip


def _listed(states: Iterable[str]) -> str:
    return ", ".join(map(literal, states))


def _among(row: str, one: Withdrawal, states: Iterable[str]) -> str:
    return f"{row}.{quoted(one.state or '')} IN ({_listed(states)})"


def _moved(one: Withdrawal, sign: str, row: str, states: Iterable[str]) -> str:
    """Moves the stock by one part whose whole is there and holds."""
    column, counts = quoted(one.column), f" AND {_among('whole', one, states)}" if one.state else ""
    whole = f"SELECT 1 FROM {quoted(one.whole)} AS whole WHERE whole.id = {row}.{quoted(one.key)}{counts}"
    return (
        f"UPDATE {quoted(one.table)} SET {column} = {column} {sign} {row}.{quoted(one.quantity)}\n"
        f"    WHERE id = {row}.{quoted(one.reference)} AND EXISTS ({whole})"
    )


def _all_moved(one: Withdrawal, sign: str) -> str:
    """Moves the stock by all parts of the whole."""
    table, column, reference = quoted(one.table), quoted(one.column), quoted(one.reference)
    mine = f"FROM {quoted(one.child)} AS part WHERE part.{quoted(one.key)} = OLD.id"
    amount = f"(SELECT sum(part.{quoted(one.quantity)}) {mine} AND part.{reference} = {table}.id)"
    return f"UPDATE {table} SET {column} = {column} {sign} {amount}\n    WHERE id IN (SELECT part.{reference} {mine})"


def _lifecycle(life: Lifecycle, table: Table) -> Iterator[Statement]:
    state, element = quoted(life.column), f"lifecycle.{life.name}"
    name = shorten(f"keep_{life.name}", 50)
    if life.moves:
        allowed = ", ".join(f"({literal(before)}, {literal(after)})" for before, after in life.moves)
        condition = f"NEW.{state} <> OLD.{state} AND (OLD.{state}, NEW.{state}) NOT IN (VALUES {allowed})"
        moves = ", ".join(f"{before} → {after}" for before, after in life.moves)
        yield _trigger(
            f"{name}_moves", f"BEFORE UPDATE OF {state} ON {{}}", table.name,
            [_refuse(CHECK, life.name, f"{life.column} of {life.table} cannot go this way", condition)], element,
            f"{life.column} of {life.table} goes {moves}",
        )  # fmt: skip
    if life.frozen:
        columns = ", ".join(map(quoted, (life.column, *life.columns)))
        changed = "\n        OR ".join(_changed(table, table.column(c), state) for c in life.columns)
        condition = f"OLD.{state} IN ({', '.join(map(literal, life.frozen))}) AND (\n        {changed}\n    )"
        yield _trigger(
            f"{name}_frozen", f"BEFORE UPDATE OF {columns} ON {{}}", table.name,
            [_refuse(CHECK, life.name, f"a row of {life.table} in this state does not change", condition)], element,
            f"in {', '.join(life.frozen)} the rest of a row of {life.table} stays",
        )  # fmt: skip


def _changed(table: Table, column: Column, state: str) -> str:
    name = quoted(column.name)
    return refused_change(table, column, name, state, f"NEW.{name} IS NOT OLD.{name}")


def _tree(tree: Hierarchy) -> Statement:
    table, column = quoted(tree.table.name), quoted(tree.column)
    condition = (
        "EXISTS (\n        WITH RECURSIVE above(id) AS (\n"
        f"            SELECT NEW.{column} UNION SELECT parent.{column} FROM above JOIN {table} AS parent"
        " ON parent.id = above.id\n        ) SELECT 1 FROM above WHERE above.id = NEW.id\n    )"
    )
    return _trigger(
        tree.name, f"BEFORE UPDATE OF {column} ON {{}} WHEN NEW.{column} IS NOT OLD.{column}", tree.table.name,
        [_refuse(CHECK, tree.name, f"a row of {tree.table.name} would be its own ancestor", condition)],
        f"table.{tree.table.name}",
        f"Keeps {tree.table.name} a tree: no row becomes its own ancestor by {tree.column}",
    )  # fmt: skip


def _version(table: Table) -> Iterator[Statement]:
    """A change names the version that it read, or the next one; afterwards it has been counted on once."""
    name, element = shorten(constraint_name("tg", table.name, "version"), 50), f"table.{table.name}"
    stale = f"NEW.{VERSION} NOT IN (OLD.{VERSION}, OLD.{VERSION} + 1)"
    yield _trigger(
        f"{name}_read", f"BEFORE UPDATE OF {VERSION} ON {{}}", table.name,
        [_refuse(STALE, VERSION, f"the row of {table.name} was changed since it was read", stale)], element,
        f"Refuses a change of {table.name} that is based on an older version of the row",
    )  # fmt: skip
    columns = ", ".join(quoted(c.name) for c in table.columns if not (c.identity or c.name == "updated_at"))
    yield _trigger(
        f"{name}_counted",
        f"AFTER UPDATE OF {columns} ON {{}} WHEN NEW.{VERSION} = OLD.{VERSION}", table.name,
        [f"UPDATE {quoted(table.name)} SET {VERSION} = OLD.{VERSION} + 1 WHERE {_same('NEW', table)}"], element,
    )  # fmt: skip


def _touch(table: Table) -> Statement:
    name = constraint_name("tg", table.name, "touch")
    return _trigger(
        name, "AFTER UPDATE ON {} WHEN NEW.updated_at IS NOT CURRENT_TIMESTAMP", table.name,
        [f"UPDATE {quoted(table.name)} SET updated_at = CURRENT_TIMESTAMP WHERE {_same('NEW', table)}"],
        f"table.{table.name}", "Keeps updated_at true whatever the application writes",
    )  # fmt: skip
