"""One default for each owner on real engines: it holds, and without the index every promise of a refusal fails."""

import pytest

from agents.verification import proof
from contracts.claims import Experiment, Observations
from flows.engines.postgresql import observations_on
from flows.engines.server import Server
from flows.engines.sqlite import found, observe
from tests.agents.one_default import designed
from tests.engines.conftest import silent

NAME = "uq_crates_customer_id_is_default"


def verdicts(family: str, server: Server, *, indexed: bool) -> dict[str, str]:
    """What an engine says of the defaults, with the index and without it."""
    design = designed(family)
    asked = Experiment(
        dialect=family,
        script=tuple(s for s in design.statements if indexed or s.id != f"index.{NAME}"),
        dataset=design.dataset,
        claims=tuple(c for c in design.claims if c.id.startswith(f"crates.{NAME}.")),
        rows=design.dataset_rows,
    )
    seen: Observations = (
        observe(asked, found("embedded"), silent) if family == "sqlite" else observations_on(server, asked, silent)
    )
    return {one.claim.rpartition(".")[2]: one.verdict for one in proof(asked, seen).evidence}


@pytest.mark.parametrize("family", ["postgresql", "sqlite"])
def test_a_second_default_is_refused_by_the_index_alone(embedded: Server, family: str) -> None:
    assert verdicts(family, embedded, indexed=True) == dict.fromkeys(("second", "another", "moved", "raced"), "holds")
    without = verdicts(family, embedded, indexed=False)
    assert without == {"second": "fails", "another": "holds", "moved": "holds", "raced": "fails"}
