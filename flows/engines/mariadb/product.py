"""What the servers of this protocol do differently: MariaDB, and MySQL, which another package offers as an engine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One server by its name, programs and words.

    `banner` finds the version in what its binary says of itself, `limit` is how a session bounds its
    statements, in seconds or their multiples; `role` is an expression over mysql.user that is 'Y' for a role,
    `hidden` the words that hide an index and bring it back. `explain` asks for a plan as JSON, in the form that
    `plan_form` sets where a version has another, which names no index of a row that is found beforehand.
    `position` asks for file and place in the log, `physical` copies the files of a running server where that is
    tried, and `catalogue` knows its variables.
    """

    name: str
    scheme: str
    floor: tuple[int, int]
    programs: tuple[str, ...]
    banner: str
    limit: str
    role: str
    hidden: tuple[str, str]
    explain: str
    plan_form: str
    position: str
    dump: tuple[str, ...]
    physical: str
    client: str
    binlog: str
    collation: str
    catalogue: str
    untried: str


MARIADB = Product(
    name="MariaDB",
    scheme="mariadb",
    floor=(10, 6),
    programs=("mariadbd", "mysqld"),
    banner=r"Ver (\d+\.\d+\.\d+)-MariaDB",
    limit="max_statement_time = {}",
    role="is_role",
    hidden=("IGNORED", "NOT IGNORED"),
    explain="ANALYZE FORMAT=JSON",
    plan_form="",
    position="SHOW MASTER STATUS",
    dump=("mariadb-dump",),
    physical="mariadb-backup",
    client="mariadb",
    binlog="mariadb-binlog",
    collation="utf8mb4_nopad_bin",
    catalogue="information_schema.SYSTEM_VARIABLES",
    untried="Galera is not tried",
)

MYSQL = Product(
    name="MySQL",
    scheme="mysql",
    floor=(8, 0),
    programs=("mysqld",),
    banner=r"Ver (\d+\.\d+\.\d+)(?!\S*MariaDB)",
    limit="max_execution_time = {}000",
    role="IF(account_locked = 'Y' AND password_expired = 'Y', 'Y', 'N')",
    hidden=("INVISIBLE", "VISIBLE"),
    explain="EXPLAIN FORMAT=JSON",
    plan_form="SET SESSION explain_json_format_version = 1",
    position=(
        "SELECT JSON_UNQUOTE(JSON_EXTRACT(local, '$.binary_log_file')), JSON_EXTRACT(local, '$.binary_log_position') "
        "FROM performance_schema.log_status"
    ),
    dump=("mysqldump", "--set-gtid-purged=OFF", "--no-tablespaces"),
    physical="",
    client="mysql",
    binlog="mysqlbinlog",
    collation="utf8mb4_0900_bin",
    catalogue="performance_schema.variables_info",
    untried="replication and Group Replication are not tried",
)
