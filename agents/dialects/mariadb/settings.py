"""MariaDB's settings for this machine and number of connections, each with its formula.

Sources: MariaDB Knowledge Base, "InnoDB Buffer Pool", "InnoDB Redo Log", "Configuring MariaDB for Optimal
Performance", "Thread Pool", "Semisynchronous Replication". A value stands in bytes or whole numbers, as a
configuration file takes them.
"""

from agents.dialects.mariadb.product import MARIADB, Product
from agents.figures import GB, MB, as_input, figure, given, serving, target
from agents.operations.recovery_targets import archives
from agents.scaling.demand import machine_inputs
from agents.scaling.limits import idle_timeout, lock_timeout, statement_timeout
from contracts.base import Figure, Input, Origin
from contracts.brief import Machine
from contracts.requirements import Requirements
from contracts.scaling import Setting

SOURCE = "MariaDB Knowledge Base"
CONNECTION_BYTES = 3 * MB
"""sort_buffer_size 2 MB, join_buffer_size 256 kB, read_rnd_buffer_size 256 kB, read_buffer_size 128 kB, a stack of
292 kB, at their defaults."""
BINLOG_DAYS = 7
_IO = {"hdd": 200, "ssd": 2_000, "nvme": 10_000, "san": 1_000}
_POOL_FROM = 100
SQL_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION"


class Settings:
    """Collects settings that share served requirements."""

    def __init__(self, serves: tuple[str, ...], product: Product) -> None:
        self.serves, self.product = serves, product
        self.made: list[Setting] = []

    def add(self, name: str, formula: str, inputs: tuple[Input, ...], rule: str, unit: str = "") -> Figure:
        """A setting whose value is what the formula gives."""
        made = figure(name, formula, inputs, unit=unit, serves=self.serves, rule=rule, source=SOURCE)
        self.put(name, _bytes(made.value) if unit == "bytes" else f"{made.value:.10g}", made, rule)
        return made

    def say(self, name: str, value: str, because: Input, rule: str) -> None:
        """A setting whose value is a word, with the number that decides for it."""
        made = figure(name, because.name, (because,), unit=because.unit, serves=self.serves, rule=rule)
        self.put(name, value, made, rule)

    def put(self, name: str, value: str, made: Figure, rule: str) -> None:
        """A setting as it is spelled, unless the product has none such."""
        if name in self.product.lacks:
            return
        origin = Origin(kind="inferred", rule=rule)
        self.made.append(Setting(name=name, value=value, figure=made, origin=origin, serves=made.serves))


def _bytes(size: float) -> str:
    """Bytes as a configuration file takes them.

    >>> _bytes(4 * GB), _bytes(56 * MB), _bytes(100)
    ('4G', '56M', '100')
    """
    for unit, suffix in ((GB, "G"), (MB, "M")):
        if size >= unit and size % unit == 0:
            return f"{int(size // unit)}{suffix}"
    return f"{size:.15g}"


def settings(
    requirements: Requirements,
    machine: Machine,
    was_given: bool,
    connections: Figure,
    replicas: int,
    product: Product = MARIADB,
) -> tuple[Setting, ...]:
    """All settings in the order in which a reader looks for them: connections, memory, log, replication, safety."""
    memory, cores = machine_inputs(machine, was_given)
    add = Settings(serving(requirements, "performance.", "volume.", "assumption."), product)
    add.put("max_connections", f"{connections.value:g}", connections, connections.origin.rule)
    if connections.value >= _POOL_FROM:
        add.say("thread_handling", "pool-of-threads", as_input(connections, "connections"), _THREADS)
        add.add("thread_pool_size", "cores", (cores,), "one group of threads a core")
    pool = _memory(add, requirements, memory, connections)
    _disk(add, requirements, machine, pool)
    if archives(requirements) or replicas:
        _log(add, requirements, replicas)
    _safety(add, requirements)
    return tuple(add.made)


_THREADS = f"from {_POOL_FROM} connections on, a few threads a core serve them all"


def _memory(add: Settings, requirements: Requirements, memory: Input, connections: Figure) -> Figure:
    alone = requirements.tier != "embedded"
    share = given("share", 0.75 if alone else 0.125, f"convention: the server {_WHERE[alone]}")
    each = given("connection_bytes", CONNECTION_BYTES, "buffers of a session at their defaults", "bytes")
    count = as_input(connections, "connections")
    pool = add.add(
        "innodb_buffer_pool_size",
        "max(134217728, floor((memory * share - connections * connection_bytes) / 134217728) * 134217728)",
        (memory, share, count, each),
        "what the sessions leave of the server's share of memory, in steps of 128 MB",
        "bytes",
    )
    least = given("least", 16 * MB, "MariaDB's default", "bytes")
    most = given("most", 64 * MB, "convention: a larger intermediate result belongs on disk", "bytes")
    formula = "max(least, min(most, floor(memory * 0.05 / connections / 1048576) * 1048576))"
    for name in ("tmp_table_size", "max_heap_table_size"):
        add.add(name, formula, (least, most, memory, count), "a twentieth of memory, shared among sessions", "bytes")
    return pool


_WHERE = {True: "has the machine to itself", False: "shares one person's machine with the application"}


def _disk(add: Settings, requirements: Requirements, machine: Machine, pool: Figure) -> None:
    least = given("least", 96 * MB, "MariaDB's default", "bytes")
    most = given("most", 4 * GB, "convention: recovery after a crash reads it in a minute or two", "bytes")
    add.add(
        "innodb_log_file_size",
        "max(least, min(most, innodb_buffer_pool_size / 4))",
        (as_input(pool), least, most),
        "a quarter of the buffer pool: changed pages are written when the server has time, not when the log is full",
        "bytes",
    )
    point = target(requirements, "recovery_point_seconds", 300, "five minutes where the brief is silent", "s")
    rule = "a commit returns when its log is on the disk"
    add.say("innodb_flush_log_at_trx_commit", "1", point, rule)
    if requirements.tier == "embedded":
        return
    reads = given("operations", _IO[machine.disk], f"disk {machine.disk}", "1/s")
    add.add("innodb_io_capacity", "operations", (reads,), "what the disk can do beside the requests")
    add.add("innodb_io_capacity_max", "operations * 2", (reads,), "twice as much while the log fills")
    if machine.disk != "hdd":
        add.say("innodb_flush_neighbors", "0", reads, f"a disk of kind {machine.disk} gains nothing from it")


def _log(add: Settings, requirements: Requirements, replicas: int) -> None:
    standing = given("replicas", replicas, "replicas of this plan")
    point = target(requirements, "recovery_point_seconds", 300, "five minutes where the brief is silent", "s")
    why = "point-in-time recovery and replicas read the binary log"
    add.say("log_bin", "mariadb-bin", point, why)
    add.say("binlog_format", "ROW", point, "a statement may do something else on a replica; READ COMMITTED needs rows")
    add.say("sync_binlog", "1", point, "a committed transaction is in the binary log after a crash")
    add.say("log_bin_trust_function_creators", "ON", point, "the migrator makes functions and triggers without SUPER")
    days = given("days", BINLOG_DAYS, "convention: a replica that was away longer is rebuilt")
    add.add("binlog_expire_logs_seconds", "days * 86400", (days,), "as long as a replica or a restore may need it", "s")
    add.say("gtid_strict_mode", "ON", standing, "a replica that has rows of its own is noticed at once")
    for name, value, rule in add.product.log:
        add.say(name, value, standing, rule)
    add.say("server_id", "1", standing, "the primary is 1, replicas count from 2")
    if replicas:
        add.say("log_slave_updates", "ON", standing, "each replica can become the primary of the others")
    if replicas and point.value < 5:
        if add.product.waits_by:
            add.say("plugin_load_add", add.product.waits_by, point, "it waits for a replica")
        add.say("rpl_semi_sync_master_enabled", "ON", point, "no committed row may be lost")
        add.say("rpl_semi_sync_master_wait_point", "AFTER_SYNC", point, "nobody reads what a failover would take back")
        wait = given("wait_ms", 10_000, "MariaDB's default; afterwards it goes on alone", "ms")
        add.add("rpl_semi_sync_master_timeout", "wait_ms", (wait,), "how long a commit waits for a replica")


def _safety(add: Settings, requirements: Requirements) -> None:
    """Strict types, one character set, and time limits in seconds."""
    tables = given("ways", 1, "every session is to behave alike")
    add.say("sql_mode", SQL_MODE, tables, "a value that does not fit is refused, not cut")
    add.say("character_set_server", "utf8mb4", tables, "every character of Unicode, four bytes at most")
    add.say("collation_server", "utf8mb4_nopad_bin", tables, "equal means the same bytes, trailing blanks included")
    add.say(
        "transaction_isolation",
        "READ-COMMITTED",
        tables,
        "fewer gap locks; what is counted is locked",
    )
    if requirements.tier == "embedded":
        return
    for name, limit, rule in (
        ("innodb_lock_wait_timeout", lock_timeout(requirements), "a fifth of max_statement_time"),
        ("max_statement_time", statement_timeout(requirements), "25 times the response target, 5 s to 60 s"),
        (
            "idle_transaction_timeout",
            idle_timeout(requirements),
            "twice max_statement_time: it holds back purge",
        ),
    ):
        if name in add.product.milliseconds:
            add.add(name, limit.name, (as_input(limit),), rule, "ms")
        else:
            add.add(name, f"ceil({limit.name} / 1000)", (as_input(limit),), rule, "s")
    add.say("performance_schema", "ON", tables, "the monitoring queries read it")
    add.say("userstat", "ON", tables, "the monitoring query on indexes reads it")
    if requirements.protection.audit or requirements.protection.audited:
        add.say("event_scheduler", "ON", tables, "an event removes rows of the trail when their time is up")
    add.say("local_infile", "OFF", tables, "no client file is read because a statement says so")
    add.say("skip_name_resolve", "ON", tables, "a login does not wait for DNS")
