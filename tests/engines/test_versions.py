"""What the dialects say of versions, against servers of this machine."""

import psycopg

from agents.dialects import ordered
from agents.dialects.postgresql.since import SINCE
from flows.engines.server import Server

_THERE = """
SELECT EXISTS (SELECT 1 FROM pg_settings WHERE name = %(name)s)
    OR EXISTS (SELECT 1 FROM pg_attribute WHERE attname = %(name)s AND attrelid = 'pg_stat_user_indexes'::regclass)
"""


def _has(server: Server, name: str) -> bool:
    with psycopg.connect(server.maintenance.info.dsn) as connection:
        row = connection.execute(_THERE, {"name": name}).fetchone()
    assert row is not None
    return bool(row[0])


def test_what_came_with_a_version_is_there_from_that_version_on(server: Server) -> None:
    for name, since in SINCE.items():
        assert _has(server, name) is (ordered(server.version) >= ordered(since)), (name, server.version)
    assert not _has(server, "no_such_setting")
