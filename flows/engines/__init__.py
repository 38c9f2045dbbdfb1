"""Engines: what starts or reaches a server, runs an experiment on it, and reports observations without judging.

Each engine family has a module or package here with its name, found by its place: `SCHEMES` are the schemes of its
servers' addresses, `found(spec)` is the engine that a spec names, `version_at(info)` asks the server at an
address, `available()` is what is here without an address, and `observe(experiment, info, progress)` runs an experiment.
Where designs of the family can be handed over, `applied(script, info)` applies a document's script and tells of the
database that it made, and `offered(info)` is an engine for the document's test suite.

>>> engine("none").origin
'none'
"""

import importlib
import re
from contextlib import AbstractContextManager
from typing import Any

from agents import dialects
from contracts.claims import Experiment, Observations
from flows.engines.errors import EngineError
from flows.engines.handed import Applied, Offered, Script
from flows.engines.locate import EngineInfo, masked, nothing, unknown
from flows.engines.reports import untried
from flows.engines.steps import Progress

__all__ = [
    "EngineError",
    "EngineInfo",
    "applied",
    "available",
    "engine",
    "observe",
    "offered",
    "reached",
    "require_version",
]


def engine(spec: str, family: str = "postgresql") -> EngineInfo:
    """The engine of a family that a name (`embedded`, `installed`, `none`) or an address means; else `EngineError`."""
    wanted = spec.strip()
    if wanted == "none":
        return nothing()
    if wanted not in ("embedded", "installed") and "://" not in wanted:
        raise unknown(wanted)
    _require_family(wanted, family)
    found: EngineInfo = _module(family).found(wanted)
    return found


def reached(info: EngineInfo, family: str) -> str:
    """The version of the server at an address; `EngineError` when it does not answer."""
    version: str = _module(family).version_at(info)
    return version


def require_version(info: EngineInfo, version: str, oldest: str) -> None:
    """`EngineError` for an engine that is older than what the design uses; `none` proves nothing of any version."""
    if info.origin != "none" and dialects.ordered(version) < dialects.ordered(oldest):
        raise EngineError(
            f"A design for {info.name} {oldest} cannot be proven on {info.name} {version}",
            place="--engine",
            evidence=info.place,
            remedy=f"Give a server of {info.name} {oldest} or later with --engine, leave the version out of the brief, "
            "or prove nothing with --engine none.",
        )


def observe(experiment: Experiment, spec: str, progress: Progress) -> Observations:
    """What the engine of this spec saw of the experiment: one observation for each claim that needs an engine.

    `progress(done, total, text)` is called for each statement and each trial. Raises `EngineError` when the
    engine cannot be had; a statement that is refused is an observation, never an exception.
    """
    info = engine(spec, experiment.dialect)
    if info.origin == "none":
        return untried(experiment, info)
    seen: Observations = _module(experiment.dialect).observe(experiment, info, progress)
    return seen


def applied(script: Script, spec: str, family: str) -> Applied:
    """The script of a document for this family on the engine of a spec; `EngineError` when there is none."""
    found: Applied = _handing(family).applied(script, _something(spec, family))
    return found


def offered(spec: str, family: str) -> AbstractContextManager[Offered]:
    """The engine of a spec, on which a document's test suite makes databases of its own."""
    found: AbstractContextManager[Offered] = _handing(family).offered(_something(spec, family))
    return found


def _handing(family: str) -> Any:
    module = _module(family)
    if not hasattr(module, "applied") or dialects.family(family).handover is None:
        label = dialects.family(family).label
        raise EngineError(
            f"A design for {label} is not handed over",
            place=f"flows.engines.{family}",
            evidence="its engine reads no published document",
            remedy="Use the document without the agents downstream, or have the brief designed for another family.",
        )
    return module


def _something(spec: str, family: str) -> EngineInfo:
    info = engine(spec, family)
    if info.origin == "none":
        raise EngineError(
            "A document is handed over from an engine",
            place="--engine none",
            evidence="its tables and queries are those that a database has after its script ran",
            remedy="Give embedded, installed or a DSN.",
        )
    return info


def available() -> tuple[EngineInfo, ...]:
    """The engines of this machine that are named without an address, by family; `none` stands last."""
    here = (info for name in dialects.names() for info in _module(name).available())
    return (*here, nothing())


def _module(family: str) -> Any:
    return importlib.import_module(f"{__name__}.{family}")


def _require_family(spec: str, family: str) -> None:
    """`EngineError` for the address of a server of another family than the design is for."""
    scheme = re.match(r"([a-z0-9+]+)://", spec)
    other = next((name for name in dialects.names() if scheme and scheme[1] in _module(name).SCHEMES), family)
    if other != family:
        mine, theirs = dialects.family(family).label, dialects.family(other).label
        raise EngineError(
            f"A design for {mine} cannot be proven on {theirs}",
            place="--engine",
            evidence=masked(spec)[:80],
            remedy=f"Leave --engine out, or have the design made for this server with --database {other}.",
        )
