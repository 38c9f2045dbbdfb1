"""Two more sessions in the database of a connection: made once for all trials of two at once, not for each.

A session costs a process with cold caches, some milliseconds of a processor; hundreds of trials need two each.
"""

import contextlib
from collections.abc import Iterator

from flows.engines.server import Server
from flows.engines.session import Connection, connected, rolled_back


class Pair:
    """The sessions are opened when they are asked for first, and have no transaction then."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self._server, self._database = server, str(connection.info.dbname)
        self._opened = contextlib.ExitStack()
        self._sessions: tuple[Connection, Connection] | None = None

    def sessions(self) -> tuple[Connection, Connection]:
        """Both sessions, without what a trial before left open."""
        if self._sessions is None or any(session.closed for session in self._sessions):
            one, other = (
                self._opened.enter_context(contextlib.closing(connected(self._server.conninfo, dbname=self._database)))
                for _ in "12"
            )
            self._sessions = one, other
        for session in self._sessions:
            rolled_back(session)
        return self._sessions

    def close(self) -> None:
        """Ends the sessions, which may keep somebody from dropping the database."""
        self._opened.close()


@contextlib.contextmanager
def pair(server: Server, connection: Connection) -> Iterator[Pair]:
    """Sessions for as long as the block lasts."""
    with contextlib.closing(Pair(server, connection)) as made:
        yield made
