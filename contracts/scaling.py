"""Server settings, connection pools, replicas and growth: numbers with their formulas."""

from contracts.base import Contract, Decision, Element, Figure, Identifier, Omission
from contracts.brief import Machine
from contracts.claims import Claim
from contracts.requirements import OpenQuestion


class Setting(Element):
    """A server setting in the engine's own spelling, with the figure that it was rounded from."""

    name: str
    value: str
    figure: Figure


class Pool(Element):
    """A connection pool of the application; `size` counts connections of one instance."""

    name: Identifier
    product: str
    purpose: str
    size: Figure
    instances: int
    settings: tuple[tuple[str, str], ...] = ()


class Replica(Element):
    """A read replica, what it is for, and the server settings in which it differs from the primary."""

    name: Identifier
    purpose: str
    lag_tolerance_seconds: int
    settings: tuple[tuple[str, str], ...] = ()


class Route(Element):
    """Where a query runs, how stale its answer may be, and where it goes when the target is away."""

    query: Identifier
    target: str
    fallback: str
    lag_tolerance_seconds: int
    because: str


class Growth(Element):
    """Rows and bytes of a table after some years, and what it logs and has written in such a year, by formula."""

    table: Identifier
    years: int
    rows: Figure
    heap_bytes: Figure
    index_bytes: Figure
    log_bytes: Figure | None = None
    written_bytes: Figure | None = None


class NextStep(Element):
    """When the next piece of machinery is due, by which number."""

    step: str
    when: str
    figure: Figure


class ScalingPlan(Contract):
    """How the database is sized, reached and grown.

    `basis` holds the figures that all others start from; `disk` is in GB, None on a person's own device. `pooler_file`
    is the text of the pooler's own configuration, empty where there is none.
    """

    machine: Machine
    basis: tuple[Figure, ...] = ()
    disk: Figure | None = None
    settings: tuple[Setting, ...] = ()
    pools: tuple[Pool, ...] = ()
    pooler_file: str = ""
    replicas: tuple[Replica, ...] = ()
    routes: tuple[Route, ...] = ()
    growth: tuple[Growth, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
    decisions: tuple[Decision, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    omissions: tuple[Omission, ...] = ()
    claims: tuple[Claim, ...] = ()
