"""Whole designs of briefs, without their proof."""

import functools

from agents.requirement_analysis import requirement_analysis
from contracts.plan import Design
from flows.direct import DirectRun
from flows.inputs import brief_from_file
from flows.progress import Silent
from flows.spine import whole_design


@functools.cache
def design(path: str) -> Design:
    """The design of the brief in this file for PostgreSQL, on a fixed date."""
    brief = brief_from_file(path, date="2026-11-01", database="postgresql")
    return whole_design(brief, requirement_analysis(brief), DirectRun(Silent()))
