"""MariaDB: a server of this machine or a DSN's runs an experiment and reports observations without judging."""

from flows.engines.mariadb.documents import applied, offered
from flows.engines.mariadb.locate import SCHEMES, available, found
from flows.engines.mariadb.observing import observe
from flows.engines.mariadb.server import version_at

__all__ = ["SCHEMES", "applied", "available", "found", "observe", "offered", "version_at"]
