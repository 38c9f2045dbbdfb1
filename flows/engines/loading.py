"""Synthetic rows and the statistics about them, several tables at once where nothing asks for an order."""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from contracts.base import Statement
from flows.engines.lanes import in_turn, lanes, sessions
from flows.engines.server import Server
from flows.engines.session import Connection, Outcome, checked, ran, rolled_back

TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled = 'O' ORDER BY 1, 2
"""
"""Synthetic rows are not somebody's changes: an audit of them would take longer than their load. Foreign keys, checks
and unique constraints hold for them all the same; where the login may not do this, the rows are audited."""

REFERENCES = """
SELECT child.relname, parent.relname, conname,
    format('SELECT FROM %s AS c WHERE %s AND NOT EXISTS (SELECT FROM %s AS p WHERE %s) LIMIT 1', conrelid::regclass,
    string_agg(format('c.%I IS NOT NULL', a.attname), ' AND '), confrelid::regclass,
    string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND '))
FROM pg_constraint
JOIN pg_class AS child ON child.oid = conrelid JOIN pg_class AS parent ON parent.oid = confrelid
CROSS JOIN unnest(conkey, confkey) AS k (own, other)
JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = k.own
JOIN pg_attribute AS b ON b.attrelid = confrelid AND b.attnum = k.other
WHERE contype = 'f' AND conparentid = 0
GROUP BY pg_constraint.oid, child.relname, parent.relname, conname, conrelid, confrelid ORDER BY 1, 3
"""
"""Each foreign key: the table, the one that it refers to, and a query for a row that it would refuse."""

TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND n.nspname !~ '^pg_'
AND n.nspname <> 'information_schema' ORDER BY 1
"""

SETTLED = (("SET synchronous_commit = on", "ANALYZE {table}", "RESET synchronous_commit"), ("VACUUM {table}",))
"""Commits whose log is not flushed yet leave their rows unhinted, and VACUUM then marks no page all-visible.
ANALYZE writes, so that its synchronous commit flushes all before it, and index-only scans become index-only."""

Run = Callable[[Connection, Statement], Outcome | str]


@dataclass(frozen=True)
class Key:
    """A foreign key, and the query that finds a row without its parent."""

    table: str
    parent: str
    name: str
    orphans: str


def loaded(
    server: Server, connection: Connection, rows: Sequence[Statement], run: Run
) -> Generator[str, None, list[Outcome | str]]:
    """Loads the rows without the tables' triggers and collects statistics, saying what is done; gives the outcomes.

    Where the login may, the triggers of foreign keys rest as well, and each key is held against all rows of its table
    before they are committed: a join finds an orphan at a fraction of what a look-up for each row takes.
    """
    keys = [Key(*map(str, row)) for row in checked(connection, REFERENCES).rows or ()]
    outcomes: dict[int, Outcome | str] = {}
    with sessions(server, connection, lanes(server)) as beside, _untriggered(server, beside, bool(rows)):
        works = [partial(_alone, run, statement, keys if server.superuser else ()) for statement in rows]
        for number, outcome in in_turn(works, load_order(keys, rows), beside):
            outcomes[number] = outcome
            yield f"executing {rows[number].id}"
        yield "collecting statistics"
        settle(beside)
    return [outcomes[number] for number in range(len(rows))]


@contextlib.contextmanager
def _untriggered(server: Server, beside: Sequence[Connection], loads: bool) -> Iterator[None]:
    """Sessions in which triggers rest; a login that may not ask for that disables those that it may."""
    if server.superuser:
        for session in beside:
            checked(session, "SET session_replication_role = replica")
        yield
        checked(beside[0], "RESET session_replication_role")
        return
    triggers = (ran(beside[0], TRIGGERS).rows or ()) if loads else ()
    for table, trigger in triggers:
        ran(beside[0], f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    yield
    for table, trigger in triggers:
        ran(beside[0], f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")


def _alone(run: Run, statement: Statement, keys: Iterable[Key], session: Connection) -> Outcome | str:
    """The statement and its table's foreign keys, committed together or not at all; a transaction that it leaves open
    ends with it, or another session would wait for it."""
    own = [key for key in keys if statement.element == f"table.{key.table}"]
    if own:
        checked(session, "BEGIN")
    outcome = run(session, statement)
    if own and isinstance(outcome, Outcome) and not outcome.failed:
        broken = next((key for key in own if checked(session, key.orphans).affected), None)
        if broken is None:
            checked(session, "COMMIT")
        else:
            message = f'insert or update on table "{broken.table}" violates foreign key constraint "{broken.name}"'
            outcome = Outcome(sqlstate="23503", message=message)
    rolled_back(session)
    return outcome


def load_order(keys: Iterable[Key], rows: Sequence[Statement]) -> list[list[int]]:
    """The numbers of the statements that each of these waits for: rows of the tables that its table refers to, and
    earlier rows of its own.

    Of tables that refer to each other the earlier one does not wait. A statement that is for no table waits for all
    before it, and all after it wait for it.
    """
    parents: dict[str, set[str]] = {}
    for key in keys:
        parents.setdefault(key.table, set()).add(key.parent)
    needs: list[list[int]] = []
    of_table: dict[str, list[int]] = {}
    alone: list[int] = []
    for number, statement in enumerate(rows):
        kind, _, table = statement.element.partition(".")
        if kind != "table":
            needs.append(list(range(number)))
            alone = [number]
            continue
        before = (one for name in sorted({table, *parents.get(table, ())}) for one in of_table.get(name, ()))
        needs.append([*alone, *before])
        of_table.setdefault(table, []).append(number)
    return needs


def settle(beside: Sequence[Connection]) -> None:
    """Statistics, visibility maps and hint bits of all tables as they are after a while."""
    tables = [str(row[0]) for row in checked(beside[0], TABLES).rows or ()]
    for statements in SETTLED:
        works = [partial(_all, [statement.format(table=table) for statement in statements]) for table in tables]
        for _ in in_turn(works, [()] * len(works), beside):
            pass


def _all(statements: Sequence[str], session: Connection) -> None:
    for statement in statements:
        checked(session, statement)
