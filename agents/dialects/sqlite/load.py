"""What the application asks of one file: how busy its only writer is, how many readers stand beside it."""

from agents.dialects.sqlite.sizes import file_bytes
from agents.figures import as_input, figure, given, read_share, request_rate, serving
from agents.scaling.demand import BASE, HEADROOM, busy_connections, required_cores
from contracts.base import Figure
from contracts.brief import Machine
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

FLUSH_SECONDS = 0.005  # one fsync of an SSD; 0.1 ms with its own battery, 10 ms on a disk
STATEMENTS_SECONDS = 0.0005  # the statements of a write without the fsync: measured at 10,000 to 50,000 rows a second
WRITER_BOUND = 0.5
"""The share of time for which one writer may be busy: at a half, the next one waits as long again as its own work."""
DURABLE_UP_TO = 0.1
"""The share of time for which commits may wait for the disk before durability is bought too dearly."""
DURABLE_BELOW = 5  # seconds of work that may be lost, below which every commit must reach the disk


def writes_per_second(requirements: Requirements) -> Figure:
    """Writes at peak: what of the requests does not read."""
    return figure(
        "writes_per_second",
        "requests_per_second * (1 - read_share)",
        (request_rate(requirements), read_share(requirements)),
        unit="1/s",
        serves=serving(requirements, "performance.", "assumption."),
        rule="requests that do not read",
    )


def durable(requirements: Requirements) -> bool:
    """Whether each commit waits for the disk: where nothing may be lost, and wherever it costs the writer little."""
    point = requirements.targets.recovery_point_seconds
    share = writes_per_second(requirements).value * FLUSH_SECONDS
    return (point is not None and point < DURABLE_BELOW) or share <= DURABLE_UP_TO


def writer_share(requirements: Requirements) -> Figure:
    """The share of time for which the writer holds the file at peak."""
    flush = FLUSH_SECONDS if durable(requirements) else 0.0
    why = "one fsync of an SSD" if flush else "the log is flushed at checkpoints alone"
    return figure(
        "writer_share",
        "writes_per_second * (statement_seconds + flush_seconds)",
        (
            as_input(writes_per_second(requirements)),
            given("statement_seconds", STATEMENTS_SECONDS, "convention: the statements of one short write", "s"),
            given("flush_seconds", flush, f"convention: {why}", "s"),
        ),
        serves=serving(requirements, "performance.", "assumption."),
        rule="utilisation of the one writer",
    )


def processes(requirements: Requirements) -> int:
    """Instances of the application: processes of the one machine that the file lies on."""
    return max(1, requirements.stack.instances or 1)


def readers(requirements: Requirements, cores: int) -> Figure | None:
    """Connections of a process that read beside its writer; one person's application reads and writes through one."""
    if requirements.tier == "embedded":
        return None
    return figure(
        "readers",
        "max(1, min(ceil(busy_connections * headroom / processes), cores * 2))",
        (
            as_input(busy_connections(requirements)),
            given("headroom", HEADROOM, "convention: half as much again for bursts"),
            given("processes", processes(requirements), "instances of the application, all on the file's machine"),
            given("cores", cores, "decision scaling.machine"),
        ),
        unit="connections",
        serves=serving(requirements, "performance.", "assumption."),
        rule="Little's law; more readers than twice the cores only share out the same work",
    )


def required_memory(requirements: Requirements, schema: SchemaDesign) -> Figure:
    """GB of memory for which half of it holds the file of the first year, the other half being the application's."""
    least = BASE[requirements.tier][0]
    return figure(
        "memory",
        "2 ** ceil(log2(max(tier_memory, file_bytes * 2 / 1073741824)))",
        (
            given("tier_memory", least, f"convention: tier {requirements.tier} starts from {least} GB", "GB"),
            file_bytes(requirements, schema, 1),
        ),
        unit="GB",
        serves=serving(requirements, "assumption.machine", "volume.", "performance.", "assumption."),
        rule="the system's cache holds the file, and the application lives beside it",
    )


def assumed_machine(requirements: Requirements, schema: SchemaDesign) -> Machine:
    """The machine that the numbers ask for when nobody names one."""
    memory = required_memory(requirements, schema).value
    return Machine(memory_gb=memory, cores=int(required_cores(requirements).value), disk="ssd")
