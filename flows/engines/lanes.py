"""Sessions beside each other: independent work runs at once, and what is observed does not depend on who came first.

A table is loaded when those that it refers to are. Trials are rolled back, yet two of them in one database would wait
for each other's locks; so each lane tries its share on a copy of the loaded database, which has the same rows in the
same blocks and the same statistics. Which claim goes to which lane is fixed beforehand. A server that is not ours gets
one session and no copies.
"""

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TypeVar

from flows.engines.server import Server
from flows.engines.session import Connection, checked, connected, literal, quoted

T = TypeVar("T")

PROCESSORS = os.cpu_count() or 1
MOST = 8
"""Sessions at once, at most: the default of max_connections bears them beside everything else."""

PREPARED = "SELECT statement FROM pg_prepared_statements WHERE from_sql ORDER BY prepare_time, name"

_MARK = "_copy"


def lanes(server: Server) -> int:
    """How many sessions work at once on this server: one for each processor on a server of ours."""
    return min(MOST, PROCESSORS) if server.ours else 1


def at_once(works: Sequence[Generator[T, None, None]], threads: int) -> Iterator[T]:
    """The items of all works as they come, each work in a thread; one after the other with a single thread.

    An error of one is raised here when the others have stopped, which they do after their next item.
    """
    if threads == 1:
        for work in works:
            yield from work
        return
    came: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    stopped = threading.Event()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for work in works:
                pool.submit(_worked, work, came, stopped)
            running = len(works)
            while running:
                item, error = came.get()
                if error is not None:
                    raise error
                if item is None:
                    running -= 1
                else:
                    yield item
        finally:
            stopped.set()


def _worked(
    work: Generator[T, None, None],
    came: "queue.SimpleQueue[tuple[T | None, BaseException | None]]",
    stopped: threading.Event,
) -> None:
    """Hands on what the work yields, then a pair of nothing."""
    try:
        with contextlib.closing(work):
            for item in work:
                if stopped.is_set():
                    return
                came.put((item, None))
        came.put((None, None))
    except BaseException as error:
        came.put((None, error))


def in_turn(
    works: Sequence[Callable[[Connection], T]], needs: Sequence[Iterable[int]], connections: Sequence[Connection]
) -> Iterator[tuple[int, T]]:
    """Each work's number and result when it is done; it begins on a free connection when those that it needs are."""
    sorter = TopologicalSorter(dict(enumerate(needs)))
    sorter.prepare()
    free, ready = list(connections), list[int]()
    running: dict[Future[T], tuple[int, Connection]] = {}
    with ThreadPoolExecutor(len(connections)) as pool:
        while sorter.is_active():
            ready += sorter.get_ready()
            while ready and free:
                number, connection = ready.pop(0), free.pop()
                running[pool.submit(works[number], connection)] = (number, connection)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                number, connection = running.pop(future)
                free.append(connection)
                sorter.done(number)
                yield number, future.result()


@dataclass(frozen=True)
class Copies:
    """Connections to the original and to its copies; the original stands for a copy where there is none."""

    original: Connection
    copies: tuple[Connection, ...]

    def share(self, number: int) -> Connection:
        """The database of this lane."""
        return self.copies[number] if self.copies else self.original


@contextlib.contextmanager
def copies(server: Server, connection: Connection, count: int) -> Iterator[Copies]:
    """So many copies of the database of this connection, which is closed and made again, for nobody may be in it.

    Rights on the database itself and its settings are not copied by the server, so they are here.
    """
    if not count:
        yield Copies(connection, ())
        return
    source, state = str(connection.info.dbname), session_state(connection)
    connection.close()
    names = [f"{source}{_MARK}{number}" for number in range(1, count + 1)]
    with contextlib.ExitStack() as opened:
        for name in names:
            opened.callback(checked, server.maintenance, f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
            strategy = f"TEMPLATE {quoted(source)} STRATEGY FILE_COPY"
            checked(server.maintenance, f"CREATE DATABASE {quoted(name)} {strategy}")
            for statement in _RIGHTS:
                checked(server.maintenance, statement.format(source=literal(source), copy=literal(name)))
        made = [opened.enter_context(another_session(server, name, state)) for name in (source, *names)]
        yield Copies(made[0], tuple(made[1:]))


_RIGHTS = (
    "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = {source}) WHERE datname = {copy}",
    "INSERT INTO pg_db_role_setting SELECT c.oid, s.setrole, s.setconfig FROM pg_db_role_setting AS s "
    "JOIN pg_database AS d ON d.oid = s.setdatabase AND d.datname = {source} "
    "JOIN pg_database AS c ON c.datname = {copy}",
)


def session_state(connection: Connection) -> tuple[str, ...]:
    """Statements that give another session this one's search path and prepared queries."""
    path = (checked(connection, "SHOW search_path").rows or ((None,),))[0][0] or ""
    prepared = (str(row[0]) for row in checked(connection, PREPARED).rows or ())
    return (f"SELECT set_config('search_path', {literal(path)}, false)", *prepared)


@contextlib.contextmanager
def another_session(server: Server, database: str, state: Iterable[str]) -> Iterator[Connection]:
    """A connection that was brought to the same state."""
    with contextlib.closing(connected(server.conninfo, dbname=database)) as connection:
        for statement in state:
            checked(connection, statement)
        yield connection


@contextlib.contextmanager
def sessions(server: Server, connection: Connection, count: int) -> Iterator[tuple[Connection, ...]]:
    """This session and others in the same database."""
    with contextlib.ExitStack() as opened:
        name, state = str(connection.info.dbname), session_state(connection) if count > 1 else ()
        others = (another_session(server, name, state) for _ in range(count - 1))
        yield (connection, *(opened.enter_context(one) for one in others))


def uncopied(text: str, database: str) -> str:
    """The text with the database's own name where it names a copy.

    >>> uncopied("in persistence_experiment_copy12", "persistence_experiment")
    'in persistence_experiment'
    """
    head, *rest = text.split(f"{database}{_MARK}")
    return database.join((head, *(part.lstrip("0123456789") for part in rest)))
