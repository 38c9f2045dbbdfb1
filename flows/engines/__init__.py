"""Engines: what starts or reaches a server, runs an experiment on it, and reports observations without judging.

>>> engine("none").origin
'none'
"""

from flows.engines.errors import EngineError
from flows.engines.locate import EngineInfo, available, engine
from flows.engines.postgresql import observe

__all__ = ["EngineError", "EngineInfo", "available", "engine", "observe"]
