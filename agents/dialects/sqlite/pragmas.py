"""The settings of the file and of each connection, by need; what SQLite's default already gives is not set.

What lies in the file comes first, since the switch to the write-ahead log fixes it.
"""

from agents.dialects.sqlite.load import FLUSH_SECONDS, durable, processes, readers, writes_per_second
from agents.dialects.sqlite.sizes import file_bytes, row_bytes
from agents.figures import KB, as_input, byte_text, figure, given, merged, plain, serving, target
from agents.scaling.demand import machine_inputs
from contracts.base import Decision, Figure, Input, Omission, Origin
from contracts.brief import Machine
from contracts.requirements import Requirements
from contracts.scaling import Setting
from contracts.schema import SchemaDesign

OF_THE_FILE = ("page_size", "auto_vacuum", "journal_mode")
"""Settings that the file keeps; all others are of a connection and are made each time that one is opened."""
DEFAULTS = {"page_size": "4096", "cache_size": "-2048", "wal_autocheckpoint": "1000"}
"""What every build of SQLite does by itself (its cache is 2,000 kB, which is the same)."""
CHECKPOINT_PAGES = 1_000
CHECKPOINT_SECONDS = 10
MANUAL = "SQLite, PRAGMA Statements"


def pragmas(requirements: Requirements, schema: SchemaDesign, machine: Machine, was_given: bool) -> tuple[Setting, ...]:
    """All settings in the order in which they are made."""
    made = [
        page(requirements, schema),
        *_vacuum(requirements),
        _log(requirements),
        _synchronous(requirements),
        _busy(requirements),
        _foreign_keys(schema),
        cache(requirements, schema, machine, was_given),
        *_mapped(requirements, schema, machine, was_given),
        checkpoint(requirements, schema),
        log_size(requirements, schema),
        *_erasing(requirements),
        *_recursive(requirements),
        *_untrusted(requirements, schema),
    ]
    return tuple(setting for setting in made if DEFAULTS.get(setting.name) != setting.value)


def _setting(name: str, value: str, made: Figure, rule: str) -> Setting:
    return Setting(name=name, value=value, figure=made, origin=Origin(kind="inferred", rule=rule), serves=made.serves)


def _made(
    name: str, value: str, formula: str, inputs: tuple[Input, ...], serves: tuple[str, ...], rule: str, unit: str = ""
) -> Setting:
    made = figure(name, formula, inputs, unit=unit, serves=serves, rule=rule, source=MANUAL)
    return _setting(name, value or f"{made.value:.0f}", made, rule)


def page(requirements: Requirements, schema: SchemaDesign) -> Setting:
    """Bytes of a page of the file."""
    widest = max(schema.tables, key=lambda t: (row_bytes(t), t.name), default=None)
    width = given("row_bytes", row_bytes(widest) if widest else 0, f"{widest.name if widest else 'no table'}", "bytes")
    rule = "four rows of the widest table on a page, so that none spills into an overflow page"
    serves = serving(requirements, "volume.", "performance.", "assumption.")
    formula = "min(65536, max(4096, 2 ** ceil(log2(row_bytes * 4))))"
    return _made("page_size", "", formula, (width,), serves, rule, "bytes")


def _vacuum(requirements: Requirements) -> list[Setting]:
    """Only rows that leave by their period leave pages behind that may be wanted back."""
    if not requirements.retention:
        return []
    count = given("periods", len(requirements.retention), "retention periods of the brief")
    serves = merged(*(r.serves for r in requirements.retention)) or serving(requirements, "retention.", "assumption.")
    rule = "rows leave by their period; PRAGMA incremental_vacuum gives their pages back"
    return [_made("auto_vacuum", "incremental", "min(2, periods * 2)", (count,), serves, rule)]


def _log(requirements: Requirements) -> Setting:
    reads = given("writers", 1, "SQLite has one writer at a time, and the log lets readers go on beside it")
    serves = serving(requirements, "performance.", "availability.", "assumption.")
    return _made("journal_mode", "wal", "writers", (reads,), serves, "readers do not wait for the writer")


def _synchronous(requirements: Requirements) -> Setting:
    sure = durable(requirements)
    inputs = (
        as_input(writes_per_second(requirements)),
        given("flush_seconds", FLUSH_SECONDS, "convention: one fsync of an SSD", "s"),
    )
    rule = (
        "a commit is on the disk when it returns; it costs the writer this share of its time"
        if sure
        else "waiting for the disk at each commit would take this share of the writer's time; the last commits before a"
        " power cut may be lost, the file stays whole"
    )
    serves = serving(requirements, "availability.", "performance.", "assumption.")
    value = "full" if sure else "normal"
    return _made("synchronous", value, "writes_per_second * flush_seconds", inputs, serves, rule)


def _busy(requirements: Requirements) -> Setting:
    response = target(requirements, "response_ms", 500, "half a second where the brief is silent", "ms")
    rule = "ten times the response target, 5 s to 30 s: longer means that somebody forgot to end a transaction"
    serves = serving(requirements, "performance.", "assumption.")
    return _made("busy_timeout", "", "min(30000, max(5000, response_ms * 10))", (response,), serves, rule, "ms")


def _foreign_keys(schema: SchemaDesign) -> Setting:
    keys = sum(len(table.foreign_keys) for table in schema.tables)
    count = given("foreign_keys", keys, "foreign keys of the schema")
    serves = merged(*(t.serves for t in schema.tables))
    rule = "SQLite checks no reference unless each connection asks for it"
    return _made("foreign_keys", "on", "foreign_keys", (count,), serves, rule)


def connections(requirements: Requirements, machine: Machine) -> Input:
    """The connections that stand open: the writer's and the readers' of every process."""
    beside, many = readers(requirements, machine.cores), processes(requirements)
    count = many * (1 + (int(beside.value) if beside else 0))
    each = "" if many == 1 else f" in each of {many} processes"
    return given("connections", count, f"one writer and the readers beside it{each}")


def cache(requirements: Requirements, schema: SchemaDesign, machine: Machine, was_given: bool) -> Setting:
    """Pages that each connection keeps, in kB (a negative number is no count of pages)."""
    memory, _ = machine_inputs(machine, was_given)
    rule = "the file of a year or a connection's share of an eighth of the memory, 2 MB (SQLite's default) to 64 MB:"
    rule += " above, each connection would keep what the system caches for all"
    made = figure(
        "cache_size",
        "max(2048, min(65536, floor(min(file_bytes, memory / 8 / connections) / 1024)))",
        (file_bytes(requirements, schema, 1), memory, connections(requirements, machine)),
        unit="kB",
        serves=serving(requirements, "performance.", "volume.", "assumption."),
        rule=rule,
        source=MANUAL,
    )
    return _setting("cache_size", f"-{made.value:.0f}", made, rule)


def _mapped(requirements: Requirements, schema: SchemaDesign, machine: Machine, was_given: bool) -> list[Setting]:
    """A file that the cache holds gains nothing from being mapped."""
    file = file_bytes(requirements, schema, 1)
    if file.value <= cache(requirements, schema, machine, was_given).figure.value * KB:
        return []
    memory, _ = machine_inputs(machine, was_given)
    rule = "readers share the system's cache instead of copying each page into their own"
    formula = "min(2147418112, floor(min(file_bytes, memory / 4) / 1048576) * 1048576)"
    serves = serving(requirements, "volume.", "performance.", "assumption.")
    return [_made("mmap_size", "", formula, (file, memory), serves, rule, "bytes")]


def checkpoint(requirements: Requirements, schema: SchemaDesign) -> Setting:
    """Pages in the log from which the writer copies them into the file."""
    most = max((sum(i.table == t.name for i in schema.indexes) for t in schema.tables), default=0)
    inputs = (
        as_input(writes_per_second(requirements)),
        given("pages_per_write", 2 + most, "the row's page, its table's indexes and one for the trail"),
        given("seconds", CHECKPOINT_SECONDS, "convention: a checkpoint every ten seconds at peak is often enough", "s"),
    )
    rule = "pages that ten seconds at peak write, and at least SQLite's default"
    formula = f"max({CHECKPOINT_PAGES}, ceil(writes_per_second * pages_per_write * seconds))"
    serves = serving(requirements, "performance.", "assumption.")
    return _made("wal_autocheckpoint", "", formula, inputs, serves, rule, "pages")


def log_size(requirements: Requirements, schema: SchemaDesign) -> Setting:
    """Bytes to which the log is cut back after a checkpoint."""
    inputs = (
        as_input(checkpoint(requirements, schema).figure, "wal_autocheckpoint"),
        as_input(page(requirements, schema).figure, "page_size"),
    )
    rule = "a log that grew beside a long reader is cut back to twice the usual"
    serves = serving(requirements, "volume.", "assumption.")
    return _made("journal_size_limit", "", "wal_autocheckpoint * page_size * 2", inputs, serves, rule, "bytes")


def _erasing(requirements: Requirements) -> list[Setting]:
    """Where somebody has a right to be forgotten, deleted bytes do not stay in free pages."""
    laws = requirements.protection.regulations
    if not laws:
        return []
    serves = serving(requirements, "compliance.", "security.", "assumption.")
    count = given("laws", len(laws), f"{', '.join(laws)}")
    rule = "what is deleted is overwritten with zeros, so that a copy of the file does not hold it"
    return [_made("secure_delete", "on", "laws", (count,), serves, rule)]


def _recursive(requirements: Requirements) -> list[Setting]:
    """INSERT OR REPLACE deletes a row, and says so to triggers only with this setting."""
    protection = requirements.protection
    if not (protection.audit or protection.audited):
        return []
    serves = serving(requirements, "security.audit", "compliance.", "security.", "assumption.")
    count = given("trails", 1, "the audit trail of the brief")
    rule = "the row that INSERT OR REPLACE deletes leaves a trace as well"
    return [_made("recursive_triggers", "on", "trails", (count,), serves, rule)]


def _speaks_json(requirements: Requirements, schema: SchemaDesign) -> bool:
    """Whether checks or triggers of the file call JSON functions: those of columns, or those of the trail."""
    kept = any(column.type in ("json", "coordinates") for table in schema.tables for column in table.columns)
    return kept or bool(requirements.protection.audit or requirements.protection.audited)


def _untrusted(requirements: Requirements, schema: SchemaDesign) -> list[Setting]:
    """SQLite counts its JSON functions among those that a schema must be trusted for, and refuses them otherwise."""
    if _speaks_json(requirements, schema):
        return []
    serves = serving(requirements, "security.", "assumption.")
    count = given("files", 1, "whoever can write the file could plant a trigger in it")
    rule = "triggers and views of the file may call nothing with side effects"
    return [_made("trusted_schema", "off", "files", (count,), serves, rule)]


def pragma_omissions(
    requirements: Requirements, schema: SchemaDesign, tuned: tuple[Setting, ...]
) -> tuple[Omission, ...]:
    """The settings that this project does not need, each with its number."""
    names, made = {s.name for s in tuned}, []
    file = byte_text(file_bytes(requirements, schema, 1).value)
    left = [f"{name} = {value}" for name, value in DEFAULTS.items() if name not in names]
    if left:
        made.append(("further settings", f"{', '.join(left)} are what the formulas give and SQLite does by itself"))
    if "mmap_size" not in names:
        made.append(("setting mmap_size", f"the page cache holds all {file} that the file has after a year"))
    if "auto_vacuum" not in names:
        made.append(("setting auto_vacuum", f"no rows leave by a period, so the {file} of a year leave no room behind"))
    if "trusted_schema" not in names:
        called = "checks or triggers of the file call JSON functions, which it would refuse as unsafe"
        made.append(("setting trusted_schema = off", called))
    origin = Origin(kind="inferred", rule="a setting is made where a number asks for it")
    serves = serving(requirements, "volume.", "assumption.")
    return tuple(Omission(subject=s, reason=f"{r[0].upper()}{r[1:]}.", origin=origin, serves=serves) for s, r in made)


def durability_decision(requirements: Requirements) -> Decision:
    """What a power cut takes with it, and why."""
    share = writes_per_second(requirements).value * FLUSH_SECONDS
    sure, point = durable(requirements), requirements.targets.recovery_point_seconds
    percent = f"{plain(share * 100)} % of the writer's time at peak"
    because = (
        f"{plain(point)} s of work may be lost; waiting for the disk takes {percent}"
        if sure and point is not None
        else f"Waiting for the disk takes {percent}, so durability is nearly free"
        if sure
        else f"Waiting for the disk at each commit would take {percent}"
    )
    return Decision(
        id="scaling.durability",
        topic="What a power cut may take",
        choice="nothing that was committed (synchronous = full)"
        if sure
        else "the last commits, never the file's integrity (synchronous = normal)",
        because=f"{because}.",
        origin=Origin(kind="inferred", rule="writes a second against the time of a flush"),
        serves=serving(requirements, "availability.", "performance.", "assumption."),
    )
