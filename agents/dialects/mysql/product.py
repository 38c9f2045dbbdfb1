"""What MySQL says otherwise than MariaDB, as data. Source: MySQL 8.0 Reference Manual."""

from agents.dialects.mariadb.product import Product

LABEL = "MySQL"
VERSIONS = ("8.0.30",)
"""The oldest version that designs run on, and the later ones for which they differ."""

_SNAPSHOT = "LOCK INSTANCE FOR BACKUP; FLUSH TABLES WITH READ LOCK; SELECT local FROM performance_schema.log_status"

WORDS = (
    ("utf8mb4_nopad_bin", "utf8mb4_0900_bin"),
    ("utf8mb4_unicode_520_nopad_ci", "utf8mb4_0900_ai_ci"),
    ("MariaDB Knowledge Base", "MySQL 8.0 Reference Manual"),
    ("MariaDB Connector/J", "MySQL Connector/J"),
    ("mariadb (Connector/Node.js)", "mysql2"),
    ("mariadb+pymysql", "mysql+pymysql"),
    ("replication-manager or mariadb-operator", "Orchestrator"),
    ("Galera (three nodes)", "Group Replication (three members)"),
    ("end in a deadlock (1213) at COMMIT", "end in a rollback (3101) at COMMIT"),
    ("BACKUP STAGE START; BACKUP STAGE BLOCK_COMMIT; SHOW MASTER STATUS", _SNAPSHOT),
    ("BACKUP STAGE END", "UNLOCK TABLES; UNLOCK INSTANCE"),
    ("mariadb-backup", "xtrabackup"),
    ("mariadb-dump", "mysqldump"),
    ("mariadb-binlog", "mysqlbinlog"),
    ("mariadb-bin", "mysql-bin"),
    ("innodb_log_file_size", "innodb_redo_log_capacity"),
    ("log_slave_updates", "log_replica_updates"),
    ("rpl_semi_sync_master_", "rpl_semi_sync_source_"),
    ("rpl_semi_sync_slave_", "rpl_semi_sync_replica_"),
    ("slave_parallel_threads", "replica_parallel_workers"),
    ("max_statement_time", "max_execution_time"),
    ("gets 4025", "gets 3819"),
    ("(4025 is", "(3819 is"),
    ("Seconds_Behind_Master", "Seconds_Behind_Source"),
    ("MASTER_DELAY", "SOURCE_DELAY"),
    ("MariaDB", LABEL),
    ("mariadb", "mysql"),
)
"""Programs, settings and manuals by name; the longer ones first."""

MYSQL = Product(
    status="performance_schema.global_status",
    history="(SELECT count FROM information_schema.innodb_metrics WHERE name = '{}')",
    counters=("trx_rseg_history_len", "lock_deadlocks"),
    waits=("sys.innodb_lock_waits", "waiting_trx_id"),
    usage=("performance_schema.table_io_waits_summary_by_index_usage", "object_schema", "object_name", "count_fetch"),
    replication="SHOW REPLICA STATUS",
    grantee="'''{}''@''%'''",
    lacks=frozenset(
        {
            "thread_handling", "thread_pool_size", "gtid_strict_mode", "idle_transaction_timeout", "userstat",
            "log_slow_verbosity", "slave_parallel_mode",
        }
    ),
    log=(
        ("gtid_mode", "ON", "a replica finds its place by transactions, not by files"),
        ("enforce_gtid_consistency", "ON", "nothing is written that a transaction's number cannot hold"),
    ),
    waits_by="semisync_source.so",
    milliseconds=frozenset({"max_statement_time"}),
    drops_if_exists=False,
    words=WORDS,
)  # fmt: skip
