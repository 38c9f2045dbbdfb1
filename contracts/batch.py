"""What became of a folder of briefs."""

from contracts.base import Contract, Slug
from contracts.plan import Handoff


class BatchItem(Contract):
    """One brief: its hand-over, or in one line why there is none."""

    project: Slug
    brief: str
    handoff: Handoff | None = None
    error: str = ""


class BatchReport(Contract):
    """All briefs of a batch, sorted by project."""

    items: tuple[BatchItem, ...]
