"""What a stock is promised: it follows each part that comes, changes and goes, and the last piece goes to one."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from agents.schema_design.claims import CHECK
from agents.schema_design.dataset import Dataset
from agents.schema_design.withdrawals import takes_along
from contracts.claims import Claim, Races, Refused, Returns, Trial
from contracts.schema import Check, Lifecycle, Table, Withdrawal

THERE = 10
"""What a trial leaves in stock, above the least that its CHECK asks for."""


def withdrawal_claims(one: Withdrawal, dataset: Dataset, lives: Iterable[Lifecycle]) -> list[Claim]:
    """The stock follows a part, refuses one beyond it, and gets back once what a whole held."""
    tried = _Trial(one, dataset, tuple(lives))
    return [*tried.of_a_part(), *tried.of_the_whole()]


def withdrawal_races(kept: Iterable[Withdrawal], dataset: Dataset, lives: Iterable[Lifecycle]) -> Iterator[Claim]:
    """Of two sessions that order the last pieces one is refused."""
    lives = tuple(lives)
    for one in kept:
        yield _Trial(one, dataset, lives).raced()


class _Trial:
    """The statements of one withdrawal's trials: a row of goods that nothing names, a new whole, and a part of it."""

    def __init__(self, one: Withdrawal, dataset: Dataset, lives: tuple[Lifecycle, ...]) -> None:
        self.one, self.dataset, self.quoted = one, dataset, dataset.spelling.quoted
        self.goods, self.part, self.whole = (dataset.tables[name] for name in (one.table, one.child, one.whole))
        self.number = dataset.last_parent(self.part, one.reference)
        self.least = next((c.minimum for c in self.goods.checks if c.name == one.check), None) or Decimal(0)
        self.each, self.may_grow = _pieces(self.part, one)
        mine = [life for life in lives if (life.table, life.column) == (one.whole, one.state)]
        self.moves = [move for life in mine for move in life.moves]
        self.frozen = {state for life in mine for state in life.frozen}
        self.held = next((s for s in (*one.open, *one.held) if s not in self.frozen), "")
        self.steps, self.key = dataset.spelling.made_key(one.whole, "id")
        self.gone = f"DELETE FROM {self.quoted(one.whole)} WHERE id = {self.key}"

    def of_a_part(self) -> Iterator[Claim]:
        """A part that comes, one too many, one that changes, and one that goes."""
        one, quoted, taken = self.one, self.quoted, self._begun(self.held)
        child, stock = quoted(one.child), f"{one.column} of {one.table}"
        mine = f"WHERE {quoted(one.key)} = {self.key}"
        yield self._follows("taken", f"{stock} follows a new row of {one.child}", taken, THERE)
        beyond = (self._stock(self.each - 1), *self._begun(self.held)[1:])
        yield self._claim(
            "beyond", f"{one.child} refuses a row that takes more than {stock} has, by {one.check}",
            Refused(sql=beyond, sqlstate=CHECK),
        )  # fmt: skip
        if self.may_grow:
            more = f"UPDATE {child} SET {quoted(one.quantity)} = {quoted(one.quantity)} + 1 {mine}"
            words = f"{stock} follows another {one.quantity} of a row of {one.child}"
            yield self._follows("changed", words, (*taken, more), THERE - 1)
        if one.gives_back:
            words = f"a row of {one.child} that goes gives back to {stock}"
            yield self._follows("given_back", words, (*taken, f"DELETE FROM {child} {mine}"), THERE + self.each)

    def of_the_whole(self) -> Iterator[Claim]:
        """A whole that ends, that goes, and that goes after it has ended or its goods have left."""
        one, all_back = self.one, THERE + self.each
        stock, along = f"{one.column} of {one.table}", takes_along(one, self.part)
        if along and one.gives_back:
            words = f"a row of {one.whole} that goes with its parts gives back to {stock}"
            yield self._follows("removed", words, (*self._begun(self.held), self.gone), all_back)
        for before, after in self._ends()[:1]:
            change = f"{self.quoted(one.state or '')} = {self.dataset.spelling.literal(after)}"
            turned = f"UPDATE {self.quoted(one.whole)} SET {change} WHERE id = {self.key}"
            words, ended = f"a row of {one.whole} that is {after}", (*self._begun(before), turned)
            yield self._follows("ended", f"{words} gives back to {stock} what its parts took", ended, all_back)
            if along:
                yield self._follows("once", f"{words} and then goes has given back once", (*ended, self.gone), all_back)
        for state in [s for s in one.kept if s not in self.frozen][:1] if along else ():
            words = f"what is {state} has left {stock}, also when its row of {one.whole} goes"
            yield self._follows("left", words, (*self._begun(state), self.gone), THERE)

    def raced(self) -> Claim:
        """Two wholes that are there, and a part of each at once."""
        one, quoted, first = self.one, self.quoted, self.dataset.rows[self.one.whole] + 1
        newest = f"(SELECT max(id) FROM {quoted(one.whole)})"
        before = f"(SELECT max(id) FROM {quoted(one.whole)} WHERE id < {newest})"
        two = (f"FROM {quoted(name)} WHERE {quoted(key)}" for name, key in ((one.child, one.key), (one.whole, "id")))
        parts, wholes = (f"{source} IN ({newest}, {before})" for source in two)
        usual = self.dataset.value(self.goods, one.column, self.number)
        return self._claim(
            "raced", f"of two sessions that want the last {one.column} of one row of {one.table} one is refused",
            Races(
                setup=(self._stock(self.each), *(self._whole(self.held, row) for row in (first, first + 1))),
                one=(self._part(newest),), other=(self._part(before),), sqlstate=CHECK,
                check=f"SELECT {self._left(0)} AND (SELECT count(*) = 1 {parts})",
                undo=(f"DELETE {parts}", f"DELETE {wholes}", self._set(usual)),
            ),
        )  # fmt: skip

    def _ends(self) -> list[tuple[str, str]]:
        """Moves out of the states that hold."""
        one = self.one
        states = next((c.values for c in self.whole.checks if c.kind == "one_of" and c.column == one.state), ())
        all_moves = ((a, b) for a in one.held for b in states if b not in one.held and a not in self.frozen)
        return [move for move in all_moves if not self.moves or move in self.moves]

    def _follows(self, name: str, sentence: str, sql: tuple[str, ...], left: int) -> Claim:
        asked = f"SELECT {self._left(left)}"
        return self._claim(name, sentence, Returns(sql=(*sql, asked), rows=((self.dataset.spelling.true,),)))

    def _claim(self, name: str, sentence: str, trial: Trial) -> Claim:
        element = f"withdrawal.{self.one.name}"
        return Claim(
            id=f"{element}.{name}", sentence=sentence, element=element, serves=self.one.serves, trial=trial
        )  # fmt: skip

    def _begun(self, state: str) -> tuple[str, ...]:
        """A new whole in a state, with a part that leaves so much in stock."""
        return (self._stock(THERE + self.each), self._whole(state), *self.steps, self._part(self.key))

    def _set(self, value: str) -> str:
        column = self.quoted(self.one.column)
        return f"UPDATE {self.quoted(self.one.table)} SET {column} = {value} WHERE id = {self.number}"

    def _figure(self, number: int) -> str:
        return self.dataset.spelling.number(self.goods.column(self.one.column), f"{self.least + number:f}")

    def _stock(self, number: int) -> str:
        return self._set(self._figure(number))

    def _left(self, number: int) -> str:
        column, table = self.quoted(self.one.column), self.quoted(self.one.table)
        return f"(SELECT {column} = {self._figure(number)} FROM {table} WHERE id = {self.number})"

    def _whole(self, state: str, row: int | None = None) -> str:
        given = {self.one.state: self.dataset.spelling.literal(state)} if self.one.state else {}
        return self.dataset.insert(self.whole, given, row)

    def _part(self, key: str) -> str:
        one = self.one
        pieces = self.dataset.spelling.number(self.part.column(one.quantity), str(self.each))
        return self.dataset.insert(
            self.part, {one.key: key, one.reference: str(self.number), one.quantity: pieces}
        )  # fmt: skip


def _pieces(part: Table, one: Withdrawal) -> tuple[int, bool]:
    """How many pieces a part of a trial has, and whether it may have one more."""
    bounds = [c for c in part.checks if c.kind == "range" and c.column == one.quantity]
    least = max((_least(c) for c in bounds), default=1)
    most = min((int(c.maximum) for c in bounds if c.maximum is not None), default=least + 2)
    return min(least + 1, most), least + 2 <= most


def _least(check: Check) -> int:
    least = int(check.minimum or 0)
    return max(1, least + 1 if check.exclusive_minimum else least)
