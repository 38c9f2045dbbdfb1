"""A case's rows and write on a connection: what it returns fills later SQL, and the plan says which keys it forgets."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from contracts.claims import CacheCase, CachedQuery, CachedRead, StaleKeys
from flows.engines.caches.database import Keys, Row, Session
from flows.engines.caches.store import filled

_REFERENCE = re.compile(r"\{(\w+)\.(\w+)\}")


@dataclass
class Rows:
    """The rows of one case by their names."""

    session: Session
    keys: Keys
    named: dict[str, Row] = field(default_factory=dict)

    def sql(self, text: str) -> str:
        """SQL with `{name.column}` in it replaced by literals."""
        return _REFERENCE.sub(self._value, text)

    def _value(self, match: "re.Match[str]") -> str:
        row = self.named.get(match[1])
        if row is None or match[2] not in row:
            return match[0]
        value = row[match[2]]
        return "NULL" if value is None else self.session.literal(value)

    def run(self, text: str) -> list[Row]:
        """The rows that a statement returns; `CaseError` when it is refused."""
        return self.session.rows(self.sql(text))


def made_rows(rows: Rows, case: CacheCase, stale: Iterable[StaleKeys]) -> list[tuple[str, str]]:
    """Insert the rows that a case needs; the keys that these inserts make stale."""
    keys: list[tuple[str, str]] = []
    for made in case.made:
        row = rows.run(made.sql)[0]
        rows.named[made.name] = row
        keys += _keys(rows, made.table, [s for s in stale if (s.table, s.operation) == (made.table, "insert")], {}, row)
    return keys


def written(rows: Rows, case: CacheCase, stale: Iterable[StaleKeys]) -> list[tuple[str, str]]:
    """Carry out the write; (entry, key) of everything that the plan forgets for it."""
    mine = [s for s in stale if (s.table, s.operation) == (case.table, case.operation)]
    before = (rows.run(case.row) or [{}])[0] if case.row else {}
    keys = _found(rows, case.table, mine, before) if case.operation != "insert" else []
    after = (rows.run(case.sql) or (rows.run(case.row) if case.operation == "update" else []) or [{}])[0]
    return [*keys, *_keys(rows, case.table, mine, before, after)]


def _keys(rows: Rows, table: str, stale: Iterable[StaleKeys], before: Row, after: Row) -> list[tuple[str, str]]:
    """The keys that rows before and after a write fill, and those of the rows that the plan's SQL finds now."""
    mine = list(stale)
    images = {f"old.{c}": v for c, v in before.items()} | {f"new.{c}": v for c, v in after.items()}
    row = {**(after or before), **images}
    own = [(s.entry, key) for s in mine if not s.finds for key in _filled(s.keys, row)]
    return [*own, *(_found(rows, table, mine, after) if after else [])]


def _found(rows: Rows, table: str, stale: Iterable[StaleKeys], row: Row) -> list[tuple[str, str]]:
    keys: list[tuple[str, str]] = []
    for one in stale:
        if one.finds and row:
            values = [row[column] or "" for column in rows.keys[table]]
            sql = re.sub(r"\$(\d+)", lambda m, v=values: rows.session.literal(v[int(m[1]) - 1]), one.finds)  # type: ignore[misc]
            keys += [(one.entry, key) for found in rows.session.rows(sql) for key in _filled(one.keys, found)]
    return keys


def _filled(patterns: Iterable[str], row: Row) -> Iterator[str]:
    """Keys whose every value is there; a NULL names no key, because no reader can ask for it."""
    values = {name: value for name, value in row.items() if value is not None}
    for pattern in patterns:
        if set(re.findall(r"\{([\w.]+)\}", pattern)) <= set(values):
            yield filled(pattern, values)


@dataclass(frozen=True)
class Asked:
    """A read with its arguments as values: what the key is made of, and how the database is asked."""

    query: CachedQuery
    values: Mapping[str, str]
    arguments: tuple[str, ...]

    def ask(self, session: Session) -> str:
        """The database's answer now, as text."""
        return session.answer(self.query, self.arguments, self.values)


def asked(rows: Rows, queries: Mapping[str, CachedQuery], read: CachedRead) -> Asked:
    """A case's read with its expressions evaluated once, before the write."""
    query = queries[read.entry]
    texts = [*read.arguments, *([read.tenant] if read.tenant else [])]
    if not texts:
        return Asked(query, {}, ())
    listed = ", ".join(f"{rows.session.as_text(text)} AS v{n}" for n, text in enumerate(texts))
    values = [value or "" for value in rows.run(f"SELECT {listed}")[0].values()]
    named = dict(zip((*query.parameters, *([query.tenant] if read.tenant else [])), values, strict=True))
    return Asked(query, named, tuple(rows.session.literal(value) for value in values[: len(read.arguments)]))
