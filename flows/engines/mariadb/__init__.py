"""MariaDB: a server of this machine or a DSN's runs an experiment and reports observations without judging."""

from flows.engines.mariadb.locate import found
from flows.engines.mariadb.observing import observe

__all__ = ["found", "observe"]
