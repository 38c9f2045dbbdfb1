"""Every planted change of a schema, alone, there and back on populated data, on each engine that is here.

`python -m benchmarks.evolution` prints a line a change: steps, tables written anew, and what failed. The tests
try the same changes in groups.
"""

import sys
import tempfile

from artifacts.statements import split_statements
from contracts.evolution import EvolutionProof
from flows.cli import command_line
from flows.engines.evolving import proven
from flows.engines.locate import engine
from flows.engines.server import Server, serving
from flows.evolving import evolved
from tests.evolution import planted
from tests.evolution.planted import CHANGES, filled, planned

DDL = (
    "evolve", "tests/evolution/stall.sql", "tests/evolution/stall.md", "--date", "2026-11-01", "--direct",
    "--rename", "customer=customers", "--rename", "product=products", "--rename", "purchase=purchases",
    "--drop", "customer.created", "--fill", "customers.name='?'",
)  # fmt: skip
"""A schema with serial keys, of which everything differs from the design: names, key types, defaults, references."""


def tried(server: Server, name: str) -> EvolutionProof:
    """The proof of one change."""
    plan = planned(server, name)
    assert not plan.questions, plan.questions
    return proven(server, [s.text for s in split_statements(planted.OLD)], plan, lambda *_: None, filled)


def told(name: str, proof: EvolutionProof) -> str:
    """A line of the report."""
    anew = sorted({table for step in proof.steps for table in step.rewritten})
    faults = [*(s.failure for s in proof.steps if s.failure), *proof.reaches, *proof.returns, *proof.lost]
    return (
        f"  {'holds' if proof.holds else 'FAILS'}  {name}: {len(proof.steps)} steps"
        + (f", writes {', '.join(anew)} anew" if anew else "")
        + "".join(f"\n         {fault}" for fault in faults)
    )


def main() -> int:
    failed = 0
    for spec in ("embedded", "installed"):
        with serving(engine(spec)) as server:
            print(f"{server.name} {server.version} ({server.origin})")
            for name in CHANGES:
                proof = tried(server, name)
                failed += not proof.holds
                print(told(name, proof), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = evolved(command_line().parse_args([*DDL, "--output", folder]))
    assert found.proof is not None
    print(told("DDL with serial keys becomes a design", found.proof))
    return failed + (not found.proof.holds)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
