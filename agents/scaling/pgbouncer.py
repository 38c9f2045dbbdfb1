"""PgBouncer's own configuration file: the pool's figures, who may connect, and what transactions of one session share.

In transaction mode a server's connection is lent for one transaction. So what a session sets ends with its transaction
(`SET LOCAL`, `set_config(…, true)`), and nothing else of a session may be relied on.
"""

from agents.naming import identifier, shorten
from contracts.base import Alternative, Decision
from contracts.requirements import Requirements
from contracts.scaling import Pool

SOCKET = "/var/run/postgresql"
FOLDER = "/etc/pgbouncer"
PREPARED_FROM = (1, 21)
"""The version that keeps clients' prepared statements in transaction mode."""


def pooler_file(requirements: Requirements, pools: tuple[Pool, ...]) -> str:
    """The text of pgbouncer.ini, which stands beside each server; empty where no pooler is planned."""
    pool = next((p for p in pools if p.name == "pgbouncer"), None)
    if pool is None:
        return ""
    name = shorten(identifier(requirements.project))
    groups = (
        ("databases", (("; the server beside it, by its socket", ""), (name, f"host={SOCKET} dbname={name}"))),
        ("pgbouncer", (*_listening(requirements), *_sizes(pool), *_session())),
    )
    return "\n".join(f"[{title}]\n{_lines(settings)}" for title, settings in groups)


def _listening(requirements: Requirements) -> tuple[tuple[str, str], ...]:
    encrypted = (
        ("client_tls_sslmode", "require"),
        ("client_tls_key_file", f"{FOLDER}/server.key"),
        ("client_tls_cert_file", f"{FOLDER}/server.crt"),
    )
    return (
        ("listen_addr", "*"),
        ("listen_port", "6432"),
        ("unix_socket_dir", SOCKET),
        *(encrypted if requirements.protection.encryption else ()),
        ("; each login with its SCRAM secret, as pg_authid has it: the pooler knows no password", ""),
        ("auth_type", "scram-sha-256"),
        ("auth_file", f"{FOLDER}/userlist.txt"),
        ("stats_users", f"{shorten(identifier(requirements.project), 50)}_monitor"),
    )


def _sizes(pool: Pool) -> tuple[tuple[str, str], ...]:
    """The plan's settings. Two logins have a pool each, which max_db_connections bounds together."""
    return (
        ("; default_pool_size counts for each login, max_db_connections for all of them", ""),
        *pool.settings,
        ("reserve_pool_size", "0"),
    )


def _session() -> tuple[tuple[str, str], ...]:
    return (
        ("; drivers ask for it at the start, and every session prints numbers in the same way anyway", ""),
        ("ignore_startup_parameters", "extra_float_digits"),
        ("server_tls_sslmode", "disable"),
        ("log_connections", "0"),
        ("log_disconnections", "0"),
    )


def _lines(settings: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"{name} = {value}\n" if value else f"{name}\n" for name, value in settings)


def pooler_decision(requirements: Requirements, pools: tuple[Pool, ...]) -> tuple[Decision, ...]:
    """What transaction mode asks of the application; nothing where no pooler is planned."""
    pool = next((p for p in pools if p.name == "pgbouncer"), None)
    if pool is None:
        return ()
    own = [p.name for p in pools if p.name in ("batch", "reporting")]
    return (
        Decision(
            id="scaling.pooler",
            topic="Sharing connections",
            choice="PgBouncer 1.21 or later in transaction mode: who asks is set with SET LOCAL or set_config(…, true)"
            " inside the transaction; drivers may prepare statements, SQL's PREPARE, session settings, LISTEN, advisory"
            " locks of a session and temporary tables may not be used through it"
            + (
                f"; {' and '.join(own)}, and migrations, connect to the server itself"
                if own
                else "; migrations connect to the server itself"
            ),
            because=f"{pool.purpose}; a session's connection would be idle between its transactions",
            alternatives=(
                Alternative(
                    name="session mode", refused_because="each client would hold a server's connection while it is idle"
                ),
                Alternative(
                    name="statement mode",
                    refused_because="SET LOCAL lives as long as its transaction, and has to be followed by the query",
                ),
                Alternative(
                    name="pgpool-II",
                    refused_because="it parses every statement to route it; the application knows its routes",
                ),
            ),
            origin=pool.origin,
            serves=pool.serves,
        ),
    )
