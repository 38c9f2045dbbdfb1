"""The input of a run: the brief's text and everything else that may change the result."""

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

    The date is an input because the document shows it and partitions start from it: the same brief on the
    same date gives the same bytes.
    """

    project: Slug
    text: str
    date: dt.date
    machine: Machine | None = None
