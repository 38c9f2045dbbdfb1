"""Plants each fault by itself and prints what found it, and how many were found."""

import argparse
from collections.abc import Iterable

from agents.checks import all_findings
from benchmarks.mutations import example
from benchmarks.mutations.decisions import DECISIONS
from benchmarks.mutations.scripts import CLINIC, SHOP, Edit, failing
from contracts.plan import Design
from flows.engines import engine
from flows.engines.server import Server, serving


def decided(design: Design) -> list[tuple[str, str]]:
    """Each fault of the design with the checks that find something new."""
    before = set(all_findings(design))
    found = []
    for fault in DECISIONS:
        new = [f.check for f in all_findings(fault.plant(design)) if f not in before]
        found.append((fault.name, ", ".join(sorted(set(new)))))
    return found


def edited(design: Design, edits: Iterable[Edit], server: Server) -> list[tuple[str, str]]:
    """Each fault of a script with the claims that fail for it alone; that a statement fails is no finding of ours."""
    before = failing(design, (), server)
    found = []
    for edit in edits:
        new = sorted(c for c in failing(design, (edit,), server) - before if not c.endswith((".executes", ".loads")))
        found.append((edit.name, ", ".join(new[:3]) + (f" and {len(new) - 3} more" if len(new) > 3 else "")))
    return found


def shown(title: str, found: list[tuple[str, str]]) -> None:
    """One line a fault, and the rate."""
    caught = sum(bool(by) for _, by in found)
    print(f"\n{title}: {caught} of {len(found)} found, {caught / len(found):.0%}")
    for name, by in found:
        print(f"  {name:<52} {by or '*** NOT FOUND ***'}")


def main() -> None:
    """Both kinds of faults; `--engine none` leaves out those that need an engine."""
    parser = argparse.ArgumentParser(description="Plant design faults and see what finds them.")
    parser.add_argument("--engine", default="embedded", help="embedded, installed, a DSN, or none")
    spec = parser.parse_args().engine
    shop = example("shop")
    shown("Faults of the design, found by checks", decided(shop))
    if spec != "none":
        with serving(engine(spec)) as server:
            scripts = edited(shop, SHOP, server) + edited(example("clinic"), CLINIC, server)
        shown(f"Faults of the script, found by trials on {server.name} {server.version}", scripts)


if __name__ == "__main__":
    main()
