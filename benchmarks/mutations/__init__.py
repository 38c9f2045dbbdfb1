"""Planted design faults, and whether the checks and trials find each: `python -m benchmarks.mutations`.

Two kinds of fault. A *decision* is wrong in the design itself, so that its own claims would hold: the checks have to
find it. A *script* is wrong where the design is right, as when a statement was edited: the trials and lints have to
find it on an engine.
"""

import datetime as dt
from pathlib import Path

from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.plan import Design
from flows.direct import DirectRun
from flows.progress import Silent
from flows.spine import whole_design

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = dt.date(2026, 11, 1)


def designed(text: str, project: str = "shop") -> Design:
    """The whole design of a brief, before anything was tried."""
    brief = Brief(project=project, text=text, date=DAY)
    return whole_design(brief, requirement_analysis(brief), DirectRun(Silent()))


def example(name: str) -> Design:
    """The design of one of the examples."""
    return designed((EXAMPLES / name / "INITIAL.md").read_text("utf-8"), name)
