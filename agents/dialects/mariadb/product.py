"""What MariaDB says otherwise than MySQL, where one word or setting differs and not the design: as data.

MySQL's package has the other set; a plan is made with either. What is only said (a program's or a manual's name) is in
`words`, which `spoken` puts in place of MariaDB's.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from contracts.base import Contract

Plan = TypeVar("Plan", bound=Contract)


@dataclass(frozen=True)
class Product:
    """Sources of monitoring, settings that a product lacks, those of its log, the plugin with which a
    commit waits for a replica, its account names, and its words."""

    status: str = "information_schema.global_status"
    history: str = "(SELECT variable_value FROM information_schema.global_status WHERE variable_name = '{}')"
    counters: tuple[str, str] = ("INNODB_HISTORY_LIST_LENGTH", "INNODB_DEADLOCKS")
    waits: tuple[str, str] = ("information_schema.innodb_lock_waits", "requesting_trx_id")
    usage: tuple[str, str, str, str] = (
        "information_schema.index_statistics",
        "table_schema",
        "table_name",
        "rows_read",
    )
    replication: str = "SHOW ALL SLAVES STATUS"
    grantee: str = "'''{}''@'''''"
    lacks: frozenset[str] = frozenset()
    log: tuple[tuple[str, str, str], ...] = ()
    waits_by: str = ""
    milliseconds: frozenset[str] = frozenset()
    drops_if_exists: bool = True
    words: tuple[tuple[str, str], ...] = field(default=())


MARIADB = Product()


def spoken(plan: Plan, product: Product) -> Plan:
    """The plan in the product's words; what a brief said is kept as it was said."""
    if not product.words:
        return plan
    return type(plan).model_validate(_spoken(plan.model_dump(), product.words))


def _spoken(value: Any, words: tuple[tuple[str, str], ...]) -> Any:
    if isinstance(value, str):
        for said, own in words:
            value = value.replace(said, own)
        return value
    if isinstance(value, dict):
        return {name: part if name in _OF_THE_BRIEF else _spoken(part, words) for name, part in value.items()}
    return type(value)(_spoken(part, words) for part in value) if isinstance(value, tuple | list) else value


_OF_THE_BRIEF = frozenset({"quote"})
