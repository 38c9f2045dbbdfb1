"""Pools of MariaDB's drivers, and ProxySQL where instances ask for a pooler: sizes are those of every engine.

Little's law and the cores decide how many connections there are; the product, its property names and how it hands a
connection on are the family's own.
"""

from agents.figures import plain
from agents.scaling.limits import report_timeout
from agents.scaling.pools import MAX_LIFETIME_SECONDS, Language, language
from agents.scaling.pools import pools as sized_pools
from contracts.requirements import Requirements
from contracts.scaling import Pool, Replica, Route
from contracts.schema import SchemaDesign

POOLER = ("proxysql", "ProxySQL")
PRODUCTS: dict[Language, str] = {
    "java": "HikariCP over MariaDB Connector/J",
    "typescript": "mariadb (Connector/Node.js)",
    "python": "SQLAlchemy QueuePool over mariadb+pymysql",
    "csharp": "MySqlConnector",
}
_WAIT_SECONDS = {"application": 3, "readonly": 3, "reporting": 30, "batch": 30}

Pairs = tuple[tuple[str, str], ...]


def pools(
    requirements: Requirements,
    schema: SchemaDesign,
    cores: int,
    replicas: tuple[Replica, ...],
    routes: tuple[Route, ...],
) -> tuple[Pool, ...]:
    """The pools with this family's products."""
    return tuple(_own(requirements, pool) for pool in sized_pools(requirements, schema, cores, replicas, routes))


def _own(requirements: Requirements, pool: Pool) -> Pool:
    if pool.name == "pgbouncer":
        return _proxy(pool)
    spoken = language(requirements)
    made = {"java": _java, "typescript": _node, "python": _python, "csharp": _csharp}[spoken]
    limit = int(report_timeout(requirements).value // 1000) if pool.name in ("reporting", "batch") else 0
    return pool.changed(
        product=PRODUCTS[spoken], settings=made(pool.name, int(pool.size.value), _WAIT_SECONDS[pool.name], limit)
    )


def _proxy(pool: Pool) -> Pool:
    """ProxySQL lends a server's connection for a transaction; a session that sets a user variable keeps its own.

    The identity of row-level protection is such a variable, so that `multiplexing` serves sessions without one.
    """
    clients = next(value for name, value in pool.settings if name == "max_client_conn")
    return pool.changed(
        name=POOLER[0],
        product=POOLER[1],
        settings=(
            ("mysql-max_connections", clients),
            ("mysql_servers.max_connections", plain(pool.size.value)),
            ("mysql-multiplexing", "true"),
            ("mysql-connection_max_age_ms", str(MAX_LIFETIME_SECONDS * 1000)),
            ("mysql-connect_timeout_server_max", str(_WAIT_SECONDS["application"] * 1000)),
            ("mysql-monitor_enabled", "true"),
        ),
    )


def _started(limit: int) -> str:
    """The statement that a long job's connection begins with: the server's limit is made for requests."""
    return f"SET SESSION max_statement_time = {limit}"


def _java(name: str, size: int, wait: int, limit: int) -> Pairs:
    """HikariCP's properties, times in ms; `useResetConnection` clears user variables of who had it before."""
    made = (
        ("poolName", name),
        ("maximumPoolSize", str(size)),
        ("connectionTimeout", str(wait * 1000)),
        ("maxLifetime", str(MAX_LIFETIME_SECONDS * 1000)),
        ("keepaliveTime", "120000"),
        ("readOnly", "true" if name in ("readonly", "reporting") else "false"),
        ("dataSource.useServerPrepStmts", "true"),
        ("dataSource.timezone", "UTC"),
    )
    return (*made, ("connectionInitSql", _started(limit))) if limit else made


def _node(name: str, size: int, wait: int, limit: int) -> Pairs:
    """Connector/Node.js's createPool options; times in ms unless the name says otherwise."""
    del name
    made = (
        ("connectionLimit", str(size)),
        ("acquireTimeout", str(wait * 1000)),
        ("idleTimeout", "600"),
        ("minimumIdle", str(size)),
        ("resetAfterUse", "true"),
        ("timezone", "Z"),
    )
    return (*made, ("initSql", _started(limit))) if limit else made


def _python(name: str, size: int, wait: int, limit: int) -> Pairs:
    """create_engine's arguments, times in seconds; no overflow, or the sum of connections would not hold."""
    del name
    start = "SET time_zone = '+00:00'" + (f", max_statement_time = {limit}" if limit else "")
    return (
        ("pool_size", str(size)),
        ("max_overflow", "0"),
        ("pool_timeout", str(wait)),
        ("pool_recycle", str(MAX_LIFETIME_SECONDS)),
        ("pool_pre_ping", "True"),
        ("pool_use_lifo", "True"),
        ("connect_args", f"init_command: {start}"),
    )


def _csharp(name: str, size: int, wait: int, limit: int) -> Pairs:
    """MySqlConnector's connection string keywords, times in seconds."""
    made = (
        ("Application Name", name),
        ("Maximum Pool Size", str(size)),
        ("Connection Timeout", str(wait)),
        ("Connection Lifetime", str(MAX_LIFETIME_SECONDS)),
        ("Connection Reset", "true"),
        ("Keepalive", "120"),
    )
    return (*made, ("Default Command Timeout", str(limit))) if limit else made
