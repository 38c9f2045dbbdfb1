"""The write-ahead log that writing costs, and the pages that checkpoints write: by table and year.

A write logs records and, the first time a page changes after a checkpoint, an image of that page. Records follow from
the row; images follow from where the write lands: the end of a table or of a rising key is one page for many rows, an
entry anywhere in a large index or a parent's row is a page of its own for nearly every write. Layout: PostgreSQL's
xlogrecord.h, heapam_xlog.h and nbtxlog.h.
"""

import functools
import math

from agents.figures import Same, as_input, byte_text, counted, figure, given, merged, plain, serving
from agents.scaling.demand import rows_after
from agents.scaling.logs import with_logs
from agents.scaling.sizes import PAGE, Entry, comes_daily, entries, heap, row_bytes
from contracts.base import Alternative, Decision, Figure, Input, Origin
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

CHECKPOINT_SECONDS = 900
"""PostgreSQL's default of 5 minutes logs an image of a busy page three times as often."""
BUSY_SECONDS = 36_000
"""The hours in which a day's rows arrive: ten."""
IMAGE_BYTES = 0.75 * PAGE
"""An image leaves out the free middle of a page, a quarter of it between a leaf just split and one that is full."""


def changes_per_row(table: Table) -> Input:
    """How often a row is written: events once, others twice."""
    event = table.nature == "event"
    why = "rows are only added" if event else "a row is added, and changed once on average"
    return given("writes_per_row", 1 if event else 2, f"convention: {why}")


def record_bytes(table: Table, schema: SchemaDesign) -> Figure:
    """Bytes of the log's records for one row that is written in a transaction of its own.

    30 bytes: the heap record's headers (54) without the tuple header that is not logged (24). 48: the headers of an
    index entry's record. 100: the lock of a parent's row (56) and the hint that its page gets where it has checksums
    (44). 40: the commit. A split logs half a page, once for each page that an index gains.
    """
    own = [entry for entry in entries(table, schema) if entry.tuple_bytes]
    return figure(
        "record_bytes",
        "row_bytes + 30 + index_bytes + 48 * indexes + split_bytes + 100 * foreign_keys + 40",
        (
            given("row_bytes", row_bytes(table), f"{table.name}: tuple header and columns at average widths", "bytes"),
            given("index_bytes", round(sum(e.tuple_bytes for e in own), 1), f"{table.name}: entries", "bytes"),
            given("indexes", len(own), f"indexes of {table.name}"),
            given(
                "split_bytes", round(sum(e.bytes for e in own) / 2, 1), f"{table.name}: half a page a split", "bytes"
            ),
            given("foreign_keys", _locked(table), f"parents of {table.name}; a nullable one half of the time"),
        ),
        unit="bytes",
        serves=table.serves,
        rule="row, index entries, their splits, locks and hints of parents, and commit in the log",
        source="PostgreSQL source, access/xlogrecord.h, heapam_xlog.h, nbtxlog.h",
    )


def _locked(table: Table) -> float:
    return sum(0.5 if table.column(key.columns[0]).nullable else 1.0 for key in table.foreign_keys)


def distinct_pages(pages: float, writes: float) -> float:
    """How many of so many pages are touched by writes that fall anywhere: pages × (1 − (1 − 1/pages)^writes).

    >>> distinct_pages(1, 50), round(distinct_pages(1_000, 100), 1)
    (1, 95.2)
    """
    return pages if pages <= 1 else pages * -math.expm1(writes * math.log1p(-1 / pages))


def images(requirements: Requirements, schema: SchemaDesign, table: Table, years: float) -> Input:
    """Page images for each write, when checkpoints lie fifteen minutes apart: scattered entries and locked parents."""
    writes = max(1.0, _rate(requirements, table, years) * CHECKPOINT_SECONDS * changes_per_row(table).value)
    touched, places = 0.0, []
    for name, pages in _scattered(requirements, schema, table, years):
        touched += distinct_pages(pages, writes)
        places.append(f"{name} ({plain(math.ceil(pages))} pages)")
    where = ", ".join(places) if places else "none: every write lands at an end"
    source = f"{plain(round(writes))} writes between two checkpoints, anywhere in: {where}"
    return given("images_per_write", float(f"{touched / writes:.3g}"), source)


def _scattered(requirements: Requirements, schema: SchemaDesign, table: Table, years: float) -> list[tuple[str, float]]:
    """(what, pages) of everything in which a write of this table may land anywhere."""
    rows = rows_after(requirements, table, years).value
    ends = {  # entries of one parent stand side by side, and the newest of them at one end
        key.columns[0]: rows_after(requirements, schema.table(key.references), years).value
        for key in table.foreign_keys
    }
    places = [
        (entry.name, max(1.0, min(_pages(entry, rows), ends.get(entry.leading, math.inf))))
        for entry in entries(table, schema)
        if entry.scattered
    ]
    for key in table.foreign_keys:
        parent = schema.table(key.references)
        if parent.name != table.name and not comes_daily(parent):
            size = heap(parent, as_input(rows_after(requirements, parent, years))).value
            places.append((f"{key.references} by {key.name}", max(1.0, size / PAGE)))
    return places


def _pages(entry: Entry, rows: float) -> float:
    return max(1.0, rows * entry.bytes / (PAGE - 40))


def _rate(requirements: Requirements, table: Table, years: float) -> float:
    """Rows a second in the busy hours of a day, after some years."""
    return table.rows_per_day * _grown(requirements, years).value / BUSY_SECONDS


def _grown(requirements: Requirements, years: float) -> Input:
    growth = (requirements.targets.yearly_growth_percent or 0) / 100
    return given("grown", (1 + growth) ** years, f"growth of {plain(growth * 100)} % a year for {plain(years)} years")


def log_bytes(requirements: Requirements, schema: SchemaDesign, table: Table, years: float) -> Figure:
    """Bytes of write-ahead log that a table causes in a year, at the rate that it has then."""
    return figure(
        "log_bytes",
        "round(rows_per_day * grown * 365 * writes_per_row * (record_bytes + images_per_write * 6144))",
        (
            given("rows_per_day", table.rows_per_day, f"volume of {table.name}", "1/day"),
            _grown(requirements, years),
            changes_per_row(table),
            as_input(record_bytes(table, schema)),
            images(requirements, schema, table, years),
        ),
        unit="bytes",
        serves=table.serves,
        rule="records, and an image of 6 kB where a page is changed first after a checkpoint",
    )


def written_bytes(requirements: Requirements, schema: SchemaDesign, table: Table, years: float) -> Figure:
    """Bytes of pages that checkpoints write in a year: each page once between two of them."""
    per_page = max(1, 8_168 // (row_bytes(table) + 4))
    ends = 1 / per_page + sum(e.bytes for e in entries(table, schema) if not e.scattered) / PAGE
    return figure(
        "written_bytes",
        "round(rows_per_day * grown * 365 * writes_per_row * (images_per_write + pages_at_ends) * 8192)",
        (
            given("rows_per_day", table.rows_per_day, f"volume of {table.name}", "1/day"),
            _grown(requirements, years),
            changes_per_row(table),
            images(requirements, schema, table, years),
            given("pages_at_ends", float(f"{ends:.3g}"), f"{table.name}: rows and rising keys fill pages one by one"),
        ),
        unit="bytes",
        serves=table.serves,
        rule="a page that changed is written once a checkpoint",
    )


def daily_log(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Figure:
    """Bytes of write-ahead log a day, of all tables."""
    total = sum(size for _, size in by_table(requirements, schema, years)) / 365
    return figure(
        "log_bytes_per_day",
        "log_bytes",
        (given("log_bytes", round(total), f"growth table, log of the year after {plain(years)} years / 365", "bytes"),),
        unit="bytes",
        serves=serving(requirements, "volume.", "assumption."),
        rule="sum of the growth table",
    )


def peak_log(requirements: Requirements, schema: SchemaDesign, years: float = 1) -> Figure:
    """Bytes of log a second in the busiest hours."""
    return figure(
        "log_bytes_per_second",
        "round(log_bytes_per_day / busy_seconds * peak_factor)",
        (
            as_input(daily_log(requirements, schema, years)),
            given("busy_seconds", BUSY_SECONDS, "convention: a day's rows arrive within ten hours", "s"),
            given("peak_factor", requirements.targets.peak_factor or 1, "the brief's peak, 1 where it names none"),
        ),
        unit="bytes/s",
        serves=serving(requirements, "volume.", "assumption."),
        rule="the day's log in the day's busy hours",
    )


def by_table(requirements: Requirements, schema: SchemaDesign, years: float) -> tuple[tuple[Table, float], ...]:
    """(table, bytes of log a year), most first; tables without a rate are left out."""
    return _by_table(Same(requirements), Same(schema), years)


@functools.lru_cache(maxsize=16)
def _by_table(requirements: Same, schema: Same, years: float) -> tuple[tuple[Table, float], ...]:
    asked, design = with_logs(requirements.value, schema.value)
    sizes = [(t, log_bytes(asked, design, t, years).value) for t in design.tables if t.rows_per_day > 0]
    return tuple(sorted(sizes, key=lambda pair: (-pair[1], pair[0].name)))


def log_decisions(requirements: Requirements, schema: SchemaDesign) -> tuple[Decision, ...]:
    """What the log costs and by whom, where there is more of it than a disk's worth a year."""
    sizes = by_table(requirements, schema, 1)
    total = sum(size for _, size in sizes)
    if requirements.tier == "embedded" or not total:
        return ()
    table, most = sizes[0]
    made = log_bytes(requirements, schema, table, 1)
    record, share = record_bytes(table, schema).value, images(requirements, schema, table, 1)
    pages = share.value * IMAGE_BYTES
    by = (
        f"{table.name} causes {plain(round(100 * most / total))} % of it: a write logs {byte_text(record)} of records"
        f" and {counted(share.value, 'page image')} ({byte_text(pages)}; {share.source})"
    )
    others = [
        Alternative(
            name="the default checkpoint_timeout of 5 minutes",
            refused_because="a busy page would be logged whole three times as often; after a crash at most the log of"
            f" {CHECKPOINT_SECONDS // 60} minutes is replayed instead, and a standby takes over sooner than that",
        )
    ]
    if pages > record:
        others.append(
            Alternative(
                name="wal_compression",
                refused_because=f"{plain(round(100 * pages / (pages + record)))} % of the log are images, so it is"
                " worth trying; what it gains depends on the rows, and is measured on real ones before it is turned on",
            )
        )
    return (
        Decision(
            id="scaling.log",
            topic="Write-ahead log",
            choice=f"{byte_text(total / 365)} a day, {byte_text(total)} in the second year, checkpoints"
            f" {CHECKPOINT_SECONDS // 60} minutes apart",
            because=f"{by}.",
            alternatives=tuple(others),
            origin=Origin(kind="inferred", rule=made.origin.rule),
            serves=merged(made.serves),
        ),
    )
