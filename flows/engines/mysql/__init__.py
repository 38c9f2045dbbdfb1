"""MySQL: MariaDB's engine with MySQL's words; a server of this machine or a DSN's."""

from contracts.claims import Experiment, Observations
from flows.engines.locate import EngineInfo
from flows.engines.mariadb import locate, observing, server
from flows.engines.mariadb.product import MYSQL
from flows.engines.steps import Progress

SCHEMES = (MYSQL.scheme,)


def found(spec: str) -> EngineInfo:
    """The MySQL that `installed`, `embedded` or a `mysql://` DSN names; `EngineError` when there is none."""
    return locate.found(spec, MYSQL)


def available() -> tuple[EngineInfo, ...]:
    """The server of this machine, if there is one."""
    return locate.available(MYSQL)


def version_at(info: EngineInfo) -> str:
    """The version of the server at a DSN; `EngineError` when it does not answer."""
    return server.version_at(info, MYSQL)


def observe(experiment: Experiment, info: EngineInfo, progress: Progress) -> Observations:
    """What this engine saw of the experiment: one observation for each claim that needs an engine."""
    return observing.observe(experiment, info, progress, MYSQL)
