"""The input of a run: the brief's text, everything else that may change the result, and what is wrong with a brief."""

import datetime as dt
from typing import Literal

from contracts.base import Contract, Slug


class Machine(Contract):
    """The database server's hardware, if the person who runs the design knows it."""

    memory_gb: float
    cores: int
    disk: Literal["ssd", "nvme", "san", "hdd"] = "ssd"


class Brief(Contract):
    """An application's brief, normalised (LF line ends, no byte-order mark), with the run's date.

    `database` is the engine family that the person who runs the design wants, whatever the text says, alone or with a
    version (`mariadb:10.6`); empty leaves it to the text. The date is an input because the document shows it and
    partitions start from it: the same brief on the same date gives the same bytes.
    """

    project: Slug
    text: str
    date: dt.date
    machine: Machine | None = None
    database: str = ""


class BriefError(ValueError):
    """The text is no brief: says the fact, the line, the evidence and the remedy, for the person who wrote it."""

    def __init__(self, fact: str, remedy: str, line: int | None = None, evidence: str = "") -> None:
        place = f"line {line}: " if line is not None else ""
        shown = f' ("{evidence[:120]}")' if evidence else ""
        super().__init__(f"{place}{fact}{shown}. {remedy}")
        self.fact = fact
        self.remedy = remedy
        self.line = line
        self.evidence = evidence
