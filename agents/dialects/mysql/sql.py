"""MySQL's spelling of synthetic values and of the parts of queries: MariaDB's, but for what it has not.

It has no SEQUENCE engine, no type for network addresses and no RETURNING; the driver knows the key of a new row.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.sql.elements import ClauseElement

from agents.dialects.mariadb import sql as mariadb
from agents.schema_design.spelling import Spelling
from contracts.schema import Column

DIALECT = MySQLDialect(paramstyle="qmark")


def numbered(first: int, last: int) -> str:
    counted = f"CONCAT('[0', REPEAT(',0', {last - first}), ']')"
    return (
        f"(SELECT {first - 1} + n AS g FROM JSON_TABLE({counted}, '$[*]' COLUMNS (n FOR ORDINALITY)) AS counted)"
        " AS numbers"
    )


def among(target: Any, value: Any) -> Any:
    return mariadb.among_of(target, value, mariadb.TYPES | {"inet": "VARCHAR(45)"})


def items(array: Any, fields: Sequence[Column]) -> tuple[Any, Mapping[str, Any], Any]:
    return mariadb.items_of(array, fields, mariadb.TYPES | {"inet": "VARCHAR(45)"})


def compiled(statement: ClauseElement) -> tuple[str, list[str]]:
    """The statement as text with ?, and the name of the parameter behind each of them."""
    return mariadb.compiled_by(DIALECT, statement)


OWN = {"returning": False, "numbered": numbered, "among": among, "items": items, "compiled": compiled}
SPELLING = cast(Spelling, SimpleNamespace(**(vars(mariadb) | OWN)))
"""All words of MariaDB's module, with these in place of its own."""
