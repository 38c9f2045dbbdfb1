"""What is ordered leaves the stock by a trigger: whoever writes the parts of an order, the goods' row follows.

A part takes its quantity from the row that it names, gives it back when it goes, and a change of it does both. What a
whole holds it gives back once, when it is cancelled or removed; what has been shipped is gone and stays out. More than
there is breaks the CHECK of the stock, and with it the statement, so that no half of an order is left.

PostgreSQL sees all parts of a statement at once, so it adds them up and locks the goods in the order of their keys:
two orders of the same things in opposite order wait for each other and do not deadlock. The whole is locked before:
a part that comes while the whole is cancelled waits, and then takes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence

from agents.dialects.postgresql import literal, quoted
from agents.naming import identifier, shorten, words
from agents.requirement_analysis.stock import ASSUMED, Taking, takings
from agents.schema_design.constraints import ENDED
from agents.schema_design.guards import guard_statements
from agents.schema_design.lifecycles import from_then_on
from contracts.base import Alternative, Decision, Omission, Origin, Statement
from contracts.requirements import Requirements
from contracts.schema import Check, ForeignKey, Lifecycle, Table, Withdrawal

TAKEN = Origin(kind="inferred", rule="what is ordered leaves the stock")

LEFT = frozenset(
    "shipped dispatched sent in_transit out_for_delivery delivered collected picked_up handed_over fulfilled completed "
    "complete closed done finished refunded returned archived versandt verschickt geliefert abgeholt abgeschlossen "
    "erledigt".split()
)
"""States whose goods are no longer in the house: removing such a record brings nothing back."""

_PLACED = frozenset("place create make submit enter checkout buy purchase".split())
_MOMENT = frozenset("when once after upon until on".split())


def withdrawals(
    requirements: Requirements, tables: Sequence[Table], lives: Iterable[Lifecycle]
) -> tuple[tuple[Withdrawal, ...], list[Omission]]:
    """What triggers take from a stock; the others with the reason why the application has to."""
    by_entity = {table.entity: table for table in tables if table.entity}
    moves = {life.table: life.moves for life in lives}
    kept: dict[str, Withdrawal] = {}
    left: list[Omission] = []
    for taking in takings(requirements.entities, requirements.relationships, requirements.rules):
        places = [by_entity.get(name) for name in (taking.goods, taking.part, taking.whole)]
        if not all(places):
            continue
        goods, part, whole = (table for table in places if table)
        found = _withdrawal(taking, goods, part, whole, requirements, tables, moves.get(whole.name, ()))
        if isinstance(found, Withdrawal):
            kept.setdefault(found.name, found)
        else:
            left.append(_omission(taking, goods, part, found))
    return tuple(kept.values()), left


def _withdrawal(
    taking: Taking, goods: Table, part: Table, whole: Table, requirements: Requirements, tables: Sequence[Table],
    moves: tuple[tuple[str, str], ...],
) -> Withdrawal | str:  # fmt: skip
    """What the parts take, or why no trigger moves it."""
    reference, key = _key(part, goods), _key(part, whole)
    column, quantity = goods.column(taking.column), part.column(taking.quantity)
    check, least = _bound(goods, column.name), _bound(part, quantity.name)
    if taking.problem:
        return taking.problem
    if reference is None or key is None or column.generated:
        return f"{part.name} has no single column that names its row of {goods.name if key else whole.name}"
    tenants = {k.references: k.columns[0] for k in goods.foreign_keys}
    tenant = next((t.name for t in tables if t.entity and t.entity == requirements.protection.tenant), "")
    if tenant in tenants and tenants[tenant] not in (theirs for _, theirs in reference.agreeing):
        return f"a row of {part.name} may name {goods.name} of another row of {tenant}, whose stock it must not touch"
    if check is None:
        return f"nothing says that {column.name} of {goods.name} cannot become negative"
    if least is None or (least.minimum or 0) < 0:
        return f"{quantity.name} of {part.name} may be negative, so that a part could bring what is not there"
    if quantity.nullable or column.nullable:
        return f"{quantity.name} of {part.name} and {column.name} of {goods.name} are not both always known"
    if column.type == "integer" != quantity.type:
        return f"{column.name} of {goods.name} counts whole pieces, and {quantity.name} of {part.name} does not"
    states = _states(whole)
    timed = any(r.entity in (None, taking.whole, taking.part) for r in requirements.retention)
    if timed and not states:
        return f"no state of {whole.name} says whether the goods have left when the row is removed after its time"
    held = _held(taking, states, moves)
    if isinstance(held, str):
        return held
    said = taking.said[:1]
    assumed = () if said else (f"assumption.{ASSUMED}",)
    serves = (*column.serves, *quantity.serves, *check.serves, *(s for rule in said for s in rule.serves), *assumed)
    return Withdrawal(
        name=shorten(identifier(f"{goods.name}_{column.name}_by_{part.name}"), 50),
        table=goods.name, column=column.name, child=part.name, reference=reference.columns[0], quantity=quantity.name,
        whole=whole.name, key=key.columns[0], state="status" if states else None, held=held,
        kept=tuple(state for state in held if state in LEFT), check=check.name,
        origin=said[0].origin if said else TAKEN, serves=tuple(dict.fromkeys(serves)),
    )  # fmt: skip


def _key(part: Table, parent: Table) -> ForeignKey | None:
    """The one reference of the part to a row of the parent, by its key."""
    keys = [k for k in part.foreign_keys if k.references == parent.name]
    if len(keys) != 1 or len(keys[0].columns) != 1 or parent.primary_key != ("id",):
        return None
    return keys[0] if keys[0].referenced_columns == ("id",) else None


def _bound(table: Table, column: str) -> Check | None:
    """The CHECK that keeps a number from becoming less than something."""
    found = (c for c in table.checks if c.kind == "range" and c.column == column and c.minimum is not None)
    return next(found, None)


def _states(whole: Table) -> tuple[str, ...]:
    column = next((c for c in whole.columns if c.name == "status" and not c.nullable), None)
    return next((c.values for c in whole.checks if column and c.kind == "one_of" and c.column == "status"), ())


def _held(taking: Taking, states: tuple[str, ...], moves: tuple[tuple[str, str], ...]) -> tuple[str, ...] | str:
    """The states in which a part holds what it took: all but those that end, from the one on that the brief names."""
    running = tuple(state for state in states if state not in ENDED)
    begins: list[tuple[str, ...]] = []
    for rule in taking.said:
        spoken = {_stem(word) for word in words(rule.text)}
        named = [s for s in running[1:] if {_stem(word) for word in s.split("_")} <= spoken]
        ended = any(_stem(state) in spoken for state in states if state in ENDED)
        placed = bool(spoken & {_stem(word) for word in _PLACED})
        if (named and placed) or len(named) > 1:
            return f'several moments are named ("{rule.text.strip()}"), and goods are taken at one of them'
        if named:
            begins.append(from_then_on({named[0]}, moves, running) if moves else running[running.index(named[0]) :])
        elif not placed and not ended and spoken & _MOMENT:
            return f'no state of {taking.whole.replace("_", " ")} says when ("{rule.text.strip()}")'
    if len(set(begins)) > 1:
        return "the brief names several moments at which it is taken"
    return begins[0] if begins else running


def _stem(word: str) -> str:
    """A verb without its ending, so that `ships`, `shipped` and `shipping` are one.

    >>> {_stem(word) for word in ("ships", "shipped", "shipping", "ship")}, {_stem(w) for w in ("placed", "placing")}
    ({'ship'}, {'plac'})
    """
    stem = word.lower()
    for end in ("ing", "ment", "ed", "es", "s", "e"):
        if stem.endswith(end) and len(stem) - len(end) > 2:
            stem = stem.removesuffix(end)
            break
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "sl" else stem


def _omission(taking: Taking, goods: Table, part: Table, problem: str) -> Omission:
    column = goods.column(taking.column)
    asked = [s for rule in taking.said for s in rule.serves]
    asked += [] if asked or taking.problem else [f"assumption.{ASSUMED}"]
    return Omission(
        subject=f"A trigger by which {part.name} takes from {goods.name}.{column.name}",
        reason=f"{problem}, so the application takes it in the transaction that writes the parts, row by row in the "
        f"order of the keys of {goods.name}",
        origin=TAKEN, serves=tuple(dict.fromkeys((*column.serves, *asked))),
    )  # fmt: skip


def unable(wanted: Iterable[Withdrawal], label: str) -> list[Omission]:
    """What the triggers of an engine cannot take, since the statement that brings the parts reads the goods."""
    return [
        Omission(
            subject=f"A trigger by which {one.child} takes from {one.table}.{one.column}",
            reason=f"{label} lets no trigger change a table that its statement reads, as the one that writes "
            f"{one.child} may read {one.table}; so the application takes what is ordered in the same transaction, "
            f"before the parts are written: {_by_hand(one)}",
            origin=one.origin, serves=one.serves,
        )
        for one in wanted
    ]  # fmt: skip


def _by_hand(one: Withdrawal) -> str:
    """What the application writes where no trigger does."""
    column = one.column
    return (
        f"UPDATE {one.table} SET {column} = {column} - ? WHERE id = ?, row by row in the order of id, refused by "
        f"{one.check} where there is not enough; with + when {_goes_back(one)}"
    )


def _goes_back(one: Withdrawal) -> str:
    """When the application gives back."""
    ends = f"a row of {one.whole} leaves {', '.join(one.held)}, " if one.state else ""
    return f"{ends}or a part of it goes" + (f" before it is {', '.join(one.kept)}" if one.kept else "")


def told(one: Withdrawal) -> str:
    """What is taken and given back, in words."""
    ended = f" while {one.state} of {one.whole} is {', '.join(one.held)}" if one.state else ""
    return f"{one.child} takes its {one.quantity} from {one.table}.{one.column}{ended}"


def given_back(one: Withdrawal) -> str:
    """When it is given back, in words."""
    if not one.gives_back:
        return "what has been taken has left, and comes back by nothing but a move to another state"
    goes = f"a row of {one.whole} in {', '.join(one.open)} or a part of it" if one.state else f"a row of {one.child}"
    gone = f"; what is {', '.join(one.kept)} has left and stays out" if one.kept else ""
    return f"removing {goes} gives it back{gone}"


def withdrawal_statements(kept: Iterable[Withdrawal], tables: Iterable[Table]) -> list[Statement]:
    """PostgreSQL's functions and triggers: three on the parts, and two on the whole where it has states or cascades."""
    by_name = {table.name: table for table in tables}
    return [s for one in kept for s in _statements(one, by_name[one.child])]


def _statements(one: Withdrawal, part: Table) -> Iterator[Statement]:
    element, child, whole = f"withdrawal.{one.name}", f"public.{quoted(one.child)}", f"public.{quoted(one.whole)}"
    steps = {
        "insert": ("AFTER INSERT", "NEW TABLE AS made", _took(one, {"made": ""}, one.held), told(one)),
        "update": ("AFTER UPDATE", "NEW TABLE AS made OLD TABLE AS former",
                   _took(one, {"made": "", "former": "-"}, one.held), "A part that changes gives back and takes anew"),
        "delete": ("AFTER DELETE", "OLD TABLE AS former", _took(one, {"former": "-"}, one.open), given_back(one)),
    }  # fmt: skip
    for event, (when, seen, body, comment) in steps.items():
        if event != "delete" or one.gives_back:
            name = f"take_{one.name}_{event}"
            yield from guard_statements(name, body, f"{when} ON {child} REFERENCING {seen}", comment, element,
                                        "STATEMENT")  # fmt: skip
    if one.state:
        state = quoted(one.state)
        changes = f"ROW WHEN (({_among('OLD', one, one.held)}) <> ({_among('NEW', one, one.held)}))"
        yield from guard_statements(
            f"take_{one.name}_state", _turned(one), f"AFTER UPDATE OF {state} ON {whole}",
            f"A row of {one.whole} that ends gives back what its parts hold", element, changes,
        )  # fmt: skip
    if one.gives_back and takes_along(one, part):
        each = f"ROW WHEN ({_among('OLD', one, one.open)})" if one.state else "ROW"
        yield from guard_statements(
            f"take_{one.name}_removed", _removed(one), f"BEFORE DELETE ON {whole}",
            f"A row of {one.whole} that is removed gives back what its parts hold", element, each,
        )  # fmt: skip


def takes_along(one: Withdrawal, part: Table) -> bool:
    """Whether the whole takes its parts along when it goes, so that they cannot ask it any more what they hold."""
    return any(k.columns == (one.key,) and k.on_delete == "cascade" for k in part.foreign_keys)


def _among(row: str, one: Withdrawal, states: Sequence[str]) -> str:
    return f"{row}.{quoted(one.state or '')} IN ({', '.join(map(literal, states))})"


def _took(one: Withdrawal, seen: dict[str, str], states: Sequence[str]) -> str:
    """Moves the stock by the parts of a statement; those of `former` count against those of `made`."""
    reference, key, quantity = map(quoted, (one.reference, one.key, one.quantity))
    named = " UNION ALL ".join(f"SELECT {{0}} FROM {name}" for name in seen)
    amounts = "\n            UNION ALL ".join(
        f"SELECT {key} AS whole, {reference} AS goods, {sign}{quantity} AS amount FROM {name}"
        for name, sign in seen.items()
    )
    unchanged = ""
    if len(seen) > 1:
        fields = ", ".join(map(quoted, one.fields))
        unchanged = (
            f"\n    IF NOT EXISTS (SELECT {fields} FROM made EXCEPT ALL SELECT {fields} FROM former) THEN RETURN NULL; "
            "END IF;"
        )
    counts = f"\n        WHERE {_among('whole', one, states)}" if one.state else ""
    return f"""BEGIN{unchanged}
    PERFORM 1 FROM public.{quoted(one.whole)} WHERE id IN ({named.format(key)}) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM public.{quoted(one.table)} WHERE id IN ({named.format(reference)}) ORDER BY id FOR NO KEY UPDATE;
    {_moves(one, "-")}
    FROM (
        SELECT part.goods, sum(part.amount) AS amount
        FROM (
            {amounts}
        ) AS part
        JOIN public.{quoted(one.whole)} AS whole ON whole.id = part.whole{counts}
        GROUP BY part.goods
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN NULL;
END"""


def _moves(one: Withdrawal, sign: str, amount: str = "moved.amount") -> str:
    column = quoted(one.column)
    return f"UPDATE public.{quoted(one.table)} AS goods SET {column} = goods.{column} {sign} {amount}"


def _turned(one: Withdrawal) -> str:
    signed = f"CASE WHEN {_among('NEW', one, one.held)} THEN - moved.amount ELSE moved.amount END"
    return _all_parts(one, _moves(one, "+", signed), "NEW", "NULL")


def _removed(one: Withdrawal) -> str:
    return _all_parts(one, _moves(one, "+"), "OLD", "OLD")


def _all_parts(one: Withdrawal, moves: str, row: str, answer: str) -> str:
    """Moves the stock by all parts of one whole."""
    child, reference, key = f"public.{quoted(one.child)}", quoted(one.reference), quoted(one.key)
    return f"""BEGIN
    PERFORM 1 FROM public.{quoted(one.table)}
    WHERE id IN (SELECT {reference} FROM {child} WHERE {key} = {row}.id) ORDER BY id FOR NO KEY UPDATE;
    {moves}
    FROM (
        SELECT {reference} AS goods, sum({quoted(one.quantity)}) AS amount FROM {child} WHERE {key} = {row}.id
        GROUP BY {reference}
    ) AS moved
    WHERE goods.id = moved.goods AND moved.amount <> 0;
    RETURN {answer};
END"""


def withdrawal_decisions(kept: Sequence[Withdrawal], label: str, locks: bool) -> tuple[Decision, ...]:
    """Who takes what is ordered from stock, and when, once for all."""
    if not kept:
        return ()
    goods = ", ".join(dict.fromkeys(one.table for one in kept))
    assumed = any(f"assumption.{ASSUMED}" in one.serves for one in kept)
    since = "; when a stock is taken is assumed, and the assumption names the sentence that changes it"
    waits = (
        f"the rows of {goods} are locked in the order of their keys, so that two that take the same things wait for "
        "each other and do not deadlock"
        if locks
        else f"{label} has one writer at a time, so nothing changes between the look and the change"
    )
    return (
        Decision(
            id="decision.withdrawals",
            topic="What is ordered leaves the stock",
            choice=f"triggers move it: {'; '.join(f'{told(one)}; {given_back(one)}' for one in kept)}",
            because=f"whoever writes a part moves the stock in the same transaction; {waits}, and "
            f"{', '.join(dict.fromkeys(one.check for one in kept))} refuses more than there is (23514), and with it "
            f"the whole record{since if assumed else ''}",
            alternatives=(
                Alternative(
                    name="reserve when it is placed, take when it is shipped",
                    refused_because="a second figure of what is promised, and whoever sells has to look at the "
                    "difference; it pays where somebody counts the shelves against the stock while orders wait",
                ),
                Alternative(
                    name="take it when it is shipped",
                    refused_because="until then the same last piece is sold again and again, and the customer hears of "
                    "it after the payment; one sentence of the brief about the moment has it so",
                ),
                Alternative(
                    name="an UPDATE by the application",
                    refused_because="every writer of parts has to remember it for each way a part comes, changes and "
                    "goes, may write the stock of all goods, and takes the locks in the order of its cart",
                ),
                Alternative(
                    name="an event that a worker applies later",
                    refused_because="nobody can refuse any more what is not there, so the last piece is sold twice "
                    "and one order is taken back",
                ),
            ),
            origin=kept[0].origin,
            serves=tuple(dict.fromkeys(s for one in kept for s in one.serves)),
        ),
    )
