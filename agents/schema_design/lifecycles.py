"""What the state of a row allows becomes a trigger: which state may follow which, and from when on nothing changes.

A CHECK sees one version of a row, so it can name the states and not the way between them. The trigger compares the
old version with the new one. A frozen row changes only by a move that its states allow; that move may fill in what had
no value yet (when it was paid, why it was voided), and deleting a row that it refers to may still clear the reference.
"""

from collections.abc import Iterable, Iterator

from agents.dialects.postgresql import literal, quoted
from agents.naming import identifier, shorten
from agents.schema_design.claims import CHECK
from agents.schema_design.columns import NUMERIC
from agents.schema_design.dataset import Dataset
from agents.schema_design.spelling import Spelling
from contracts.base import Alternative, Decision, Origin, Statement
from contracts.claims import Accepted, Claim, Refused
from contracts.requirements import Rule
from contracts.schema import Column, Lifecycle, Table, Total

_KEPT_BY_OTHERS = ("created_at", "updated_at", "deleted_at")
_WITHOUT_EQUALITY = ("json", "coordinates")


def lifecycles(rules: Iterable[Rule], tables: Iterable[Table]) -> tuple[Lifecycle, ...]:
    """A lifecycle for each table whose rules name moves or frozen states."""
    rules = tuple(rules)
    found = [_lifecycle(table, [r for r in rules if r.entity and r.entity == table.entity]) for table in tables]
    return tuple(filter(None, found))


def _lifecycle(table: Table, rules: list[Rule]) -> Lifecycle | None:
    moving = [r for r in rules if r.kind == "state" and r.transitions and _state(table, r.attributes)]
    column = _state(table, moving[0].attributes) if moving else _state(table, ("status",))
    freezing = [r for r in rules if r.kind == "immutable" and r.values and column]
    if column is None or not (moving or freezing):
        return None
    states = next((c.values for c in table.checks if c.kind == "one_of" and c.column == column.name), ())
    moves = tuple(dict.fromkeys(move for rule in moving for move in rule.transitions if set(move) <= set(states)))
    freezing = [r for r in freezing if set(r.values) <= set(states)]
    if not moves and not freezing:
        return None
    used = (*moving, *freezing)
    return Lifecycle(
        name=shorten(identifier(f"{table.name}_{column.name}"), 50),
        table=table.name,
        column=column.name,
        moves=moves,
        frozen=from_then_on({state for rule in freezing for state in rule.values}, moves, states),
        columns=tuple(c.name for c in _frozen_columns(table, column, freezing)) if freezing else (),
        origin=used[0].origin,
        serves=tuple(dict.fromkeys(s for rule in used for s in rule.serves)),
    )


def _state(table: Table, names: tuple[str, ...]) -> Column | None:
    return next((c for c in table.columns if c.name in names and c.type in ("string", "text")), None)


def from_then_on(first: set[str], moves: Iterable[tuple[str, str]], states: Iterable[str]) -> tuple[str, ...]:
    """The states that are named and all that can follow them: an invoice that was sent stays as it is when paid."""
    moves, reached = tuple(moves), set(first)
    while more := {after for before, after in moves if before in reached} - reached:
        reached |= more
    return tuple(state for state in states if state in reached)


def _frozen_columns(table: Table, state: Column, rules: list[Rule]) -> Iterator[Column]:
    """The columns that a rule names, or all that the application writes where it names the row's state alone."""
    named = {name for rule in rules for name in rule.attributes} - {state.name}
    whole = any(set(rule.attributes) <= {state.name} for rule in rules)
    for column in table.columns:
        written = not (column.identity or column.generated or column.name in _KEPT_BY_OTHERS)
        if written and column.name != state.name and (whole or column.name in named):
            yield column


def lifecycle_statements(kept: Iterable[Lifecycle], tables: Iterable[Table]) -> list[Statement]:
    """For each lifecycle a function and its trigger."""
    by_name = {table.name: table for table in tables}
    return [statement for life in kept for statement in _statements(life, by_name[life.table])]


def _statements(life: Lifecycle, table: Table) -> list[Statement]:
    name, element = shorten(f"keep_{life.name}", 60), f"lifecycle.{life.name}"
    columns = ", ".join(map(quoted, (life.column, *life.columns)))
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger\nLANGUAGE plpgsql SET search_path = pg_catalog, pg_temp\n"
        f"AS $body$\n{_body(life, table)}\n$body$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON public.{quoted(life.table)}\n"
        f"    FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    return [
        Statement(id=f"function.{name}", section="schema", sql=function, comment=told(life), element=element),
        Statement(id=f"trigger.{name}", section="schema", sql=trigger, element=element),
    ]


def told(life: Lifecycle) -> str:
    """What a lifecycle allows, in words."""
    moves = f"{life.column} of {life.table} goes {', '.join(f'{a} → {b}' for a, b in life.moves)}" if life.moves else ""
    frozen = f"in {', '.join(life.frozen)} the rest of a row of {life.table} stays" if life.frozen else ""
    return "; ".join(filter(None, (moves, frozen)))


def _body(life: Lifecycle, table: Table) -> str:
    parts = [_moving(life)] if life.moves else []
    parts += [_freezing(life, table)] if life.frozen else []
    return "\n".join(("BEGIN", *parts, "    RETURN NEW;", "END"))


def _moving(life: Lifecycle) -> str:
    column = quoted(life.column)
    allowed = ", ".join(f"({literal(before)}, {literal(after)})" for before, after in life.moves)
    return f"""    IF NEW.{column} <> OLD.{column}
        AND (OLD.{column}, NEW.{column}) NOT IN ({allowed}) THEN
        RAISE EXCEPTION '{life.column} of {life.table} cannot go from % to %', OLD.{column}, NEW.{column}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{life.name}';
    END IF;"""


def _freezing(life: Lifecycle, table: Table) -> str:
    state = quoted(life.column)
    changed = "\n        OR ".join(_changed(table, table.column(name), state) for name in life.columns)
    return f"""    IF OLD.{state} IN ({", ".join(map(literal, life.frozen))}) AND (
        {changed}
    ) THEN
        RAISE EXCEPTION 'a row of {life.table} that is % does not change', OLD.{state}
            USING ERRCODE = 'check_violation', CONSTRAINT = '{life.name}';
    END IF;"""


def _changed(table: Table, column: Column, state: str) -> str:
    name, cast = quoted(column.name), "::text" if column.type in _WITHOUT_EQUALITY else ""
    return refused_change(table, column, name, state, f"NEW.{name}{cast} IS DISTINCT FROM OLD.{name}{cast}")


def refused_change(table: Table, column: Column, name: str, state: str, differs: str) -> str:
    """Whether a column has another value than before in a way that a frozen row must refuse.

    `name` and `state` are spelled by the engine family, and so is `differs`, the condition that old and new are unlike.
    """
    parts = [differs]
    if column.nullable:
        parts.append(f"(OLD.{name} IS NOT NULL OR NEW.{state} = OLD.{state})")
    if any(key.columns == (column.name,) and key.on_delete == "set null" for key in table.foreign_keys):
        parts.append(f"NEW.{name} IS NOT NULL")
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def lifecycle_claims(life: Lifecycle, table: Table, dataset: Dataset, totals: Iterable[Total]) -> list[Claim]:
    """Every move goes through, another one out of each state is refused, and so is the change of a frozen row."""
    spelled = dataset.spelling
    quoted, newest = spelled.quoted, _newest(table, spelled)
    made = []
    if life.moves:
        gone = (
            f"DELETE FROM {quoted(table.name)} {_newest(table, spelled)}"  # so that the next row finds its place free
        )
        steps = [step for before, after in life.moves for step in (*_moved(life, table, dataset, before, after), gone)]
        told = ", ".join(f"{before} → {after}" for before, after in life.moves)
        made.append(_claim(life, "moves", f"{life.table} goes {told}", Accepted(sql=tuple(steps), affects=1)))
    for before, after in _forbidden(life, table):
        step = Refused(sql=_moved(life, table, dataset, before, after), sqlstate=CHECK)
        made.append(_claim(life, f"not_from_{identifier(before)}", f"{life.table} refuses {before} → {after}", step))
    summed = {total.column for total in totals if total.table == life.table}
    changed = next(
        (c for n in life.columns if (c := table.column(n)).name not in summed and other_value(c, dataset)), None
    )
    for state in life.frozen if changed else ():
        assert changed is not None
        change = f"UPDATE {quoted(table.name)} SET {quoted(changed.name)} = {other_value(changed, dataset)} {newest}"
        sql = (_fresh(life, table, dataset, state), change)
        sentence = f"{life.table} that is {state} refuses another {changed.name}"
        made.append(_claim(life, f"frozen_{identifier(state)}", sentence, Refused(sql=sql, sqlstate=CHECK)))
    return made


def _claim(life: Lifecycle, name: str, sentence: str, trial: Accepted | Refused) -> Claim:
    element = f"lifecycle.{life.name}"
    return Claim(id=f"{element}.{name}", sentence=sentence, element=element, serves=life.serves, trial=trial)


def _fresh(life: Lifecycle, table: Table, dataset: Dataset, state: str) -> str:
    return dataset.insert(table, {life.column: dataset.spelling.literal(state)})


def _newest(table: Table, spelled: Spelling) -> str:
    """The row that was inserted last."""
    return f"WHERE id = (SELECT max(id) FROM {spelled.quoted(table.name)})"


def _moved(life: Lifecycle, table: Table, dataset: Dataset, before: str, after: str) -> tuple[str, ...]:
    """A new row in one state, and its move to another."""
    spelled = dataset.spelling
    state = f"{spelled.quoted(life.column)} = {spelled.literal(after)}"
    update = f"UPDATE {spelled.quoted(table.name)} SET {state} {_newest(table, spelled)}"
    return _fresh(life, table, dataset, before), update


def _forbidden(life: Lifecycle, table: Table) -> Iterator[tuple[str, str]]:
    """For each state one that must not follow it."""
    states = next((c.values for c in table.checks if c.kind == "one_of" and c.column == life.column), ())
    for before in states if life.moves else ():
        other = next((s for s in states if s != before and (before, s) not in life.moves), None)
        if other is not None:
            yield before, other


def other_value(column: Column, dataset: Dataset) -> str:
    """An expression of another value of the column; empty where its type has no simple one."""
    spelled = dataset.spelling
    name = spelled.quoted(column.name)
    if column.type in (*NUMERIC, "date", "timestamp"):
        return spelled.apart(column, name, "+")
    if column.type == "boolean":
        return f"NOT {name}"
    return "'?'" if column.type in ("string", "text") else ""


def lifecycle_decision(kept: tuple[Lifecycle, ...]) -> tuple[Decision, ...]:
    """Why a trigger keeps the states, once for all of them."""
    if not kept:
        return ()
    tables = ", ".join(life.table for life in kept)
    moves = sum(len(life.moves) for life in kept)
    return (
        Decision(
            id="decision.lifecycles",
            topic="State machines",
            choice=f"a trigger each on {tables} compares the old row with the new one",
            because=f"the brief names {moves} moves; a CHECK sees one version of a row and cannot tell whether "
            "it may follow the one before, and a script or a second application would not ask the first one",
            alternatives=(
                Alternative(
                    name="the application alone",
                    refused_because="two requests that read the same state may both move on; the trigger sees the row "
                    "that the first one left",
                ),
                Alternative(
                    name="a table of allowed moves with a foreign key",
                    refused_because="each row would have to carry its previous state, and a new move is a migration "
                    "in either form",
                ),
            ),
            origin=Origin(kind="inferred", rule="rules about states are kept where all writers pass"),
            serves=tuple(dict.fromkeys(s for life in kept for s in life.serves)),
        ),
    )
