"""The disk that the first year needs, and the claims that what grows fits on it and stays within its retention."""

from agents.figures import GB, as_input, balance, counted, figure, given, merged, plain, serving
from agents.scaling.demand import rows_after, total_bytes
from agents.scaling.logs import with_logs
from contracts.base import Figure, Input
from contracts.claims import Claim
from contracts.requirements import Requirements, Retention
from contracts.scaling import Setting
from contracts.schema import SchemaDesign, Table

FILLED = 0.8
"""The share of a disk that is planned for: the rest is for temporary files, a rebuilt index, and time to react."""


def disk(requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...]) -> Figure | None:
    """GB of the database server's disk for the first year; a person's own device has whatever disk it has."""
    if requirements.tier == "embedded" or not tuned:
        return None
    return figure(
        "disk",
        "2 ** ceil(log2(max(least, (data_bytes + wal_bytes) / filled / 1073741824)))",
        (
            data_input(requirements, schema),
            wal_input(tuned),
            _filled(),
            given("least", 32, "convention: nobody rents less", "GB"),
        ),
        unit="GB",
        serves=serving(requirements, "volume.", "assumption."),
        rule="data, indexes and write-ahead log of the first year, in the sizes that disks come in",
    )


def data_input(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Input:
    """Bytes of all tables and indexes after some years."""
    size = round(total_bytes(requirements, schema, years))
    return given("data_bytes", size, f"growth table, {counted(years, 'year')}", "bytes")


def wal_input(tuned: tuple[Setting, ...]) -> Input:
    """Write-ahead log that may stand on the disk: between two checkpoints, and for a standby that is away."""
    kept = [s for s in tuned if s.name in ("max_wal_size", "max_slot_wal_keep_size")]
    return given("wal_bytes", sum(s.figure.value for s in kept), " + ".join(s.name for s in kept), "bytes")


def _filled() -> Input:
    return given("filled", FILLED, "convention: a fifth stays free for temporary files and rebuilt indexes")


def data_room(room: Figure | None, tuned: tuple[Setting, ...]) -> Input | None:
    """Bytes that the disk has for data and indexes: four fifths of it without the write-ahead log."""
    if room is None:
        return None
    left = figure(
        "room_for_data",
        "disk * 1073741824 * filled - wal_bytes",
        (as_input(room, "disk"), _filled(), wal_input(tuned)),
        unit="bytes",
        serves=room.serves,
        rule="what the log leaves of four fifths of the disk",
    )
    return as_input(left)


def disk_claims(
    requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...], room: Figure | None
) -> tuple[Claim, ...]:
    """A year's growth fits on the disk; rows that have a period do not outlive it."""
    asked, design = with_logs(requirements, schema)
    claims = [kept(asked, table, rule) for table, rule in retained(asked, design)]
    if room is not None:
        sentence = f"After a year data, indexes and log fill at most four fifths of a disk of {plain(room.value)} GB."
        left = [(data_input(requirements, schema),), (wal_input(tuned),)]
        right = [(as_input(room), given("bytes", GB, "bytes in a GB"), _filled())]
        claims.append(balance("scaling.disk", sentence, "scaling.disk", room.serves, left, "<=", right))
    return tuple(claims)


def retained(requirements: Requirements, schema: SchemaDesign) -> list[tuple[Table, Retention]]:
    """The tables whose rows come each day and go after a period, with the period."""
    rules = {rule.entity: rule for rule in requirements.retention if rule.entity}
    return [(t, rules[t.entity]) for t in schema.tables if t.entity in rules and t.rows_per_day > 0]


def arriving(requirements: Requirements, table: Table, rule: Retention, years: float) -> tuple[Input, ...]:
    """What arrives within the period at the rate that the table has after some years: at most so many rows stand."""
    growth = (requirements.targets.yearly_growth_percent or 0) / 100
    return (
        given("rows_per_day", table.rows_per_day, f"volume of {table.name}", "1/day"),
        given("grown", (1 + growth) ** years, f"growth of {plain(growth * 100)} % a year for {counted(years, 'year')}"),
        given("retention_days", rule.days, rule.serves[0] if rule.serves else f"retention of {table.name}", "days"),
    )


def kept(requirements: Requirements, table: Table, rule: Retention) -> Claim:
    """The claim that a table never holds more than arrives within its period."""
    rows = as_input(rows_after(requirements, table, 5), "rows")
    sentence = f"{table.name} never holds more rows than arrive in {plain(rule.days)} days, also after five years."
    right = [arriving(requirements, table, rule, 5), (given("rounding", 1, "a row that has begun counts"),)]
    serves = merged(table.serves, rule.serves)
    return balance(f"scaling.retention.{table.name}", sentence, f"growth.{table.name}", serves, [(rows,)], "<=", right)
