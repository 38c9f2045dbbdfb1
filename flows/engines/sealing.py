"""Values that the application encrypts, tried on the real table with the document's own code and throw-away keys."""

from collections.abc import Callable, Iterator
from secrets import token_bytes

from cryptography.exceptions import InvalidTag

from agents.security.envelopes import envelopes
from contracts.claims import Observation, SealedColumn, Seals
from flows.engines.session import Connection, checked, literal, quoted, ran
from flows.engines.trials import begun, ended

ROWS, BATCH = 40, 15
CHECK_VIOLATION, UNIQUE_VIOLATION = "23514", "23505"

_TABLES = """
    SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""
"""Every table that holds rows itself: what a dump copies."""

Step = tuple[str, str, str]
"""What was tried, "yes" or what went wrong, and how it is told."""


class _NotSoError(Exception):
    """What a step saw instead of what was claimed."""


def sealed(connection: Connection, claim: str, trial: Seals) -> Observation:
    """One row for each step; the first that goes wrong is the last."""
    own = begun(connection)
    try:
        rows = tuple(_Table(connection, trial).steps())
    finally:
        ended(connection, own)
    return Observation(claim=claim, rows=rows)


class _Table:
    """The table while it is tried: which rows hold which plain texts."""

    def __init__(self, connection: Connection, trial: Seals) -> None:
        self.connection, self.trial = connection, trial
        self.table, self.key = quoted(trial.table), quoted(trial.key)
        self.old, self.new, self.index_key = token_bytes(32), token_bytes(32), token_bytes(32)
        self.code = envelopes.Envelopes({"k1": self.old}, "k1", self.index_key)
        self.plain: dict[tuple[str, str], str] = {}

    def steps(self) -> Iterator[Step]:
        """All steps in their order."""
        tries: list[tuple[str, Callable[[], str]]] = [
            ("refused", self.refused),
            ("opened", self.opened),
            ("bound", self.bound),
            *([("found", self.found)] if any(c.index for c in self.trial.columns) else []),
            ("rotated", self.rotated),
            ("dumped", self.dumped),
        ]
        for name, attempt in tries:
            try:
                yield name, "yes", attempt()
            except _NotSoError as error:
                yield name, str(error), ""
                return

    def refused(self) -> str:
        """Plain text is no envelope."""
        for column in self.trial.columns:
            for text in ("1234567890", "", "v1.k1.in the clear"):
                state = self.attempt(f"UPDATE {self.table} SET {quoted(column.column)} = {literal(text)}")
                if state != CHECK_VIOLATION:
                    raise _NotSoError(f"{column.column} = {text!r} got {state or 'through'}")
        return f"plain text is refused with {CHECK_VIOLATION}"

    def opened(self) -> str:
        """Each row holds a text of its own, and gives it back."""
        found = checked(
            self.connection, f"SELECT t.{self.key}::text FROM {self.table} AS t ORDER BY t.{self.key} LIMIT {ROWS}"
        )
        keys = [row[0] or "" for row in found.rows or ()]
        if len(keys) < 3:
            raise _NotSoError(f"{self.trial.table} has {len(keys)} rows, and three are needed")
        for column in self.trial.columns:  # what the other rows hold was never sealed, so it has no key
            name = quoted(column.column)
            self.change(f"UPDATE {self.table} SET {name} = 'v1.erased' || substr({name}, 6) WHERE {name} IS NOT NULL")
        for number, key in enumerate(keys):
            for column in self.trial.columns:
                self.plain[column.column, key] = f"Zürich {number:05d} {column.column[:3]}"
                self.write(column, key)
        wrong = [place for place in self.plain if self.read(*place) != self.plain[place]]
        if wrong:
            raise _NotSoError(f"{len(wrong)} of {len(self.plain)} values came back otherwise")
        return f"{len(self.plain)} sealed values open again"

    def bound(self) -> str:
        """An envelope does not open in another row, in another column, or with a character changed."""
        (column, first), (_, second) = [place for place in self.plain if place[0] == self.trial.columns[0].column][:2]
        envelope = self.stored(column, first)
        places = [(column, second), *((c.column, first) for c in self.trial.columns[1:])]
        for other, key in places:
            if self.opens(other, key, envelope):
                raise _NotSoError(f"the value of {column} in row {first} opens as {other} of row {key}")
        changed = envelope[:-2] + ("A" if envelope[-2] != "A" else "B") + envelope[-1]
        if self.opens(column, first, changed):
            raise _NotSoError("a changed envelope opens")
        return "none opens in another row or column or when it was changed"

    def found(self) -> str:
        """The blind index finds the row, and a value that must be unique is refused a second time."""
        for column in (c for c in self.trial.columns if c.index):
            place = next(place for place in self.plain if place[0] == column.column)
            digest = self.code.index(self.trial.table, column.column, f" {self.plain[place]} ")
            where = f"{quoted(column.index or '')} = {literal(digest)}"
            seen = checked(self.connection, f"SELECT {self.key}::text FROM {self.table} WHERE {where}").rows or ()
            if [row[0] for row in seen] != [place[1]]:
                raise _NotSoError(f"{column.index} finds {len(seen)} rows for a value of one row")
        return "equality finds its row by the blind index"

    def rotated(self) -> str:
        """Both keys open meanwhile; afterwards the new one alone opens everything."""
        both = envelopes.Envelopes({"k1": self.old, "k2": self.new}, "k2", self.index_key)
        batches = 0
        self.code = both
        for column in self.trial.columns:
            place = (self.trial.table, self.trial.key, column.column)
            after: object = -1 if self.numeric() else "00000000-0000-0000-0000-000000000000"
            while (last := both.rotate(self.connection, *place, after, BATCH)) is not None:
                after, batches = last, batches + 1
                if any(self.read(*at) != text for at, text in self.plain.items()):
                    raise _NotSoError(f"a value does not open after batch {batches}")
        self.code = envelopes.Envelopes({"k2": self.new}, "k2", self.index_key)
        left = [place for place in self.plain if not self.opens(*place, self.stored(*place))]
        if left or not batches:
            raise _NotSoError(f"{len(left)} of {len(self.plain)} values are left under the old key")
        return f"{batches} batches of a rotation leave none under the old key"

    def dumped(self) -> str:
        """Every row of every table as COPY reads it, which is what a dump is made of."""
        listed = checked(self.connection, _TABLES).rows or ()
        texts, kept = [text.encode() for text in self.plain.values()], self.stored(*next(iter(self.plain))).encode()
        seen = False
        for (name,) in listed:
            with self.connection.cursor() as cursor, cursor.copy(f"COPY {name} TO STDOUT") as copy:
                data = b"".join(bytes(block) for block in copy)
            if any(text in data for text in texts):
                raise _NotSoError(f"plain text stands in {name}")
            seen = seen or kept in data
        if not seen:
            raise _NotSoError("the dump does not even hold the envelopes")
        return f"no plain text in a dump of {len(listed)} tables"

    def numeric(self) -> bool:
        """Whether the table's keys are numbers."""
        return next(iter(self.plain))[1].isdecimal()

    def attempt(self, sql: str) -> str | None:
        """The SQLSTATE of a statement that is to be refused."""
        checked(self.connection, "SAVEPOINT attempt")
        outcome = ran(self.connection, sql)
        checked(self.connection, "ROLLBACK TO SAVEPOINT attempt")
        return outcome.sqlstate

    def change(self, sql: str) -> None:
        """A write that the table is claimed to take."""
        outcome = ran(self.connection, sql)
        if outcome.failed:
            raise _NotSoError(f"{outcome.sqlstate}: {outcome.message}")

    def write(self, column: SealedColumn, key: str) -> None:
        text = self.plain[column.column, key]
        sets = [(column.column, self.code.seal(self.trial.table, column.column, key, text))]
        if column.index:
            sets.append((column.index, self.code.index(self.trial.table, column.column, text)))
        assigned = ", ".join(f"{quoted(name)} = {literal(value)}" for name, value in sets)
        self.change(f"UPDATE {self.table} SET {assigned} WHERE {self.key} = {literal(key)}")

    def stored(self, column: str, key: str) -> str:
        sql = f"SELECT {quoted(column)} FROM {self.table} WHERE {self.key} = {literal(key)}"
        rows = checked(self.connection, sql).rows or ()
        return (rows[0][0] if rows else None) or ""

    def read(self, column: str, key: str) -> str:
        return self.code.open(self.trial.table, column, key, self.stored(column, key))

    def opens(self, column: str, key: str, envelope: str) -> bool:
        try:
            self.code.open(self.trial.table, column, key, envelope)
        except (InvalidTag, KeyError):
            return False
        return True
