"""The proof on an engine: which engine it is, what it observes, and what the judge makes of it."""

from agents.verification import proof
from contracts.claims import Engine, Experiment, Proof
from flows.engines import engine as engine_of
from flows.engines import observe, reached, require_version
from flows.engines.locate import masked
from flows.inputs import engine_address
from flows.progress import Progress


def proving_engine(engine: str, family: str, oldest: str = "") -> Engine:
    """The engine that a spec names, with its version; a DSN is connected to, so that a wrong one fails at once.

    `oldest` is the version from which the design runs: `EngineError` for an engine that is older.
    """
    info = engine_of(engine_address(engine), family)
    version = reached(info, family) if info.origin == "dsn" else info.version
    require_version(info, version, oldest)
    return Engine(name=info.name, version=version, origin=info.origin, limits=info.limits)


def proof_on_engine(experiment: Experiment, engine: str, prover: Engine, progress: Progress) -> Proof:
    """The evidence of every claim, from trials on this engine; `prover` is who it was, and part of the step's key."""
    observations = observe(experiment, engine_address(engine), progress.trial)
    return proof(experiment, observations)


def fully_proven(found: Proof) -> bool:
    """Whether every claim holds; only then may a stored proof stand in for a new one.

    A trial may fail for a reason of the day (a full disk, a role that the login may not make), and whoever asks
    again wants it tried again. What holds was seen to hold on this very experiment and version.
    """
    return all(evidence.verdict == "holds" for evidence in found.evidence)


def engine_identity(engine: str) -> str:
    """Which engine a spec means, for a result's key: never a password, and an environment variable by its value."""
    return masked(engine_address(engine))
