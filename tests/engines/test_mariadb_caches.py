"""The caching's trials beside MariaDB: each invalidation is enough and needed, a history of all writes coherent."""

from pathlib import Path

import pytest

from agents.requirement_analysis import requirement_analysis
from agents.verification import proof
from contracts.claims import Claim, Coherent, Invalidates, Proof
from flows.direct import DirectRun
from flows.engines import EngineError
from flows.engines.caches import NoCacheServerError, cache_server
from flows.engines.mariadb import found, observe
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import whole_design
from tests.engines.conftest import silent

BRIEF = Path(__file__).parents[1] / "briefs" / "retail.md"


@pytest.fixture(scope="module")
def seen() -> Proof:
    """All claims of the plan, each edge once more without its keys, and the history without one kind of write."""
    try:
        info = found("installed")
        with cache_server():
            pass
    except (EngineError, NoCacheServerError) as error:
        pytest.skip(str(error))
    read = brief_from_file(str(BRIEF), "", "2026-11-01", database="mariadb")
    experiment = whole_design(read, requirement_analysis(read), DirectRun(Silent())).experiment()
    claims = [claim for claim in experiment.claims if isinstance(claim.trial, Invalidates | Coherent)]
    claims += [_without(claim) for claim in claims if isinstance(claim.trial, Invalidates)]
    short = experiment.model_copy(update={"claims": tuple(claims), "growth": ()})
    return proof(short, observe(short, info, silent))


def _without(claim: Claim) -> Claim:
    omitted = claim.trial.model_copy(update={"stale": ()})
    return claim.model_copy(update={"id": f"omitted.{claim.id}", "trial": omitted})


def test_every_invalidation_is_enough_and_needed(seen: Proof) -> None:
    edges = [e for e in seen.evidence if e.claim.startswith("caching.stale.")]
    assert len(edges) > 8
    assert [e for e in edges if e.verdict != "holds"] == []


def test_any_omission_is_caught(seen: Proof) -> None:
    omitted = [e for e in seen.evidence if e.claim.startswith("omitted.")]
    assert len(omitted) > 8
    assert [e.claim for e in omitted if e.verdict != "fails" or "stayed old" not in e.observed] == []


def test_a_history_of_all_writes_is_coherent(seen: Proof) -> None:
    (whole,) = [e for e in seen.evidence if e.claim == "caching.coherent"]
    assert whole.verdict == "holds", whole.observed
    assert all(word in whole.observed for word in ("rollbacks", "overlapping fills", "hits"))
