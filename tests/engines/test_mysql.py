"""What tells MySQL from MariaDB, and its refusals in the words of claims; test_server_versions tries servers."""

import pytest

from flows.engines import EngineError, engine
from flows.engines.mariadb.index_use import _keys
from flows.engines.mariadb.locate import require_floor, require_product
from flows.engines.mariadb.product import MARIADB, MYSQL
from flows.engines.mariadb.sqlstates import message, sqlstate


@pytest.mark.parametrize(
    ("version", "product", "said"),
    [
        ("8.0.46-0ubuntu0.22.04.5", MARIADB, "This server is no MariaDB.*--database mysql"),
        ("8.4.0", MARIADB, "This server is no MariaDB"),
        ("10.11.19-MariaDB-log", MYSQL, "This server is no MySQL.*--database mariadb"),
        ("5.7.44", MYSQL, "MySQL 5.7.44 is too old"),
        ("10.5.1-MariaDB", MARIADB, "MariaDB 10.5.1-MariaDB is too old"),
    ],
)
def test_a_server_of_the_other_product_is_told(version: str, product: object, said: str) -> None:
    with pytest.raises(EngineError, match=said):
        require_product(version, "db:3306", product)  # type: ignore[arg-type]


def test_each_product_takes_its_own_servers() -> None:
    require_product("8.0.46-0ubuntu0.22.04.5", "db:3306", MYSQL)
    require_product("10.11.19-MariaDB-log", "db:3306", MARIADB)
    require_floor("9.7.4", "/usr/sbin/mysqld", MYSQL)


def test_a_scheme_names_its_family() -> None:
    assert engine("mysql://app:s3cret@db/x", "mysql").name == "MySQL"
    with pytest.raises(EngineError, match="A design for MariaDB cannot be proven on MySQL"):
        engine("mysql://app:s3cret@db/x", "mariadb")


def test_refusals_are_told_as_the_same_sqlstates() -> None:
    assert (sqlstate(3819, "HY000"), sqlstate(3530, "HY000")) == ("23514", "42501")
    assert message(3819, "Check constraint 'ck_a' is violated.") == 'ERROR 3819: Check constraint "ck_a" is violated.'


def test_a_merge_of_indexes_is_all_of_them() -> None:
    plan = {"table": {"table_name": "a", "access_type": "index_merge", "key": "intersect(ix_a_b,PRIMARY)"}}
    assert list(_keys(plan, "SELECT * FROM a")) == ["ix_a_b", "pk_a"]
