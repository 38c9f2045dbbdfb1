"""What the brief does not say and later agents must know: a value, the reason for it, and the words that change it."""

import math
import re
from dataclasses import dataclass

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.told_figures import Stated
from agents.screening import screened
from contracts.requirements import AccessPattern, Retention, Stack, Targets, Tier, Volume

_ALONE = screened(
    r"\b(?:for|only) (?:myself|me)\b|\bjust me\b|\bsingle[- ]user\b|\bone user\b|\bone person\b"
    r"|\b(?:only )?one person\b|"
    r"\bnobody else\b|\bno one else\b|\bpersonal use\b|\bon my (?:own )?(?:laptop|computer|phone|machine"
    r"|device|pc)\b|\bfor my own use\b",
    re.IGNORECASE,
)
_ROW_BYTES = 400
_EVENT_BYTES = 250
_STANDARD_REQUESTS = 50
_LARGE_REQUESTS = 5_000
_STANDARD_GB = 10
_LARGE_GB = 2_000
_YEARS = 3


@dataclass(frozen=True)
class Default:
    """A missing figure by tier: embedded, small, standard, large."""

    name: str
    fact: str
    values: tuple[float, float, float, float]
    unit: str
    reason: str
    knob: str


_TIERS: tuple[Tier, ...] = ("embedded", "small", "standard", "large")
_DEFAULTS: dict[str, Default] = {
    "read_share": Default(
        "read-share", "share of reads", (0.8, 0.8, 0.8, 0.8), "", "applications of this kind read more than they write",
        'write "90/10 reads to writes"'),
    "response_ms": Default(
        "response-time", "response time (95th percentile)", (200, 500, 300, 200), "ms", "people notice longer waits",
        'write "<200ms for 95th percentile"'),
    "availability_percent": Default(
        "availability", "availability", (99.0, 99.5, 99.9, 99.95), "%", "a usual promise at this size",
        'write "99.9% availability"'),
    "recovery_point_seconds": Default(
        "recovery-point", "data that may be lost (RPO)", (86_400, 3_600, 300, 60), "seconds",
        "what a backup of this size costs little to keep", 'write "RPO: 5 minutes"'),
    "recovery_time_seconds": Default(
        "recovery-time", "time until the service is back (RTO)", (86_400, 14_400, 3_600, 900), "seconds",
        "what one person reaches with a tested restore at this size", 'write "RTO: 1 hour"'),
    "yearly_growth_percent": Default(
        "growth", "yearly growth", (10, 20, 30, 40), "%", "a usual growth at this size", 'write "grows 40% per year"'),
}  # fmt: skip


def alone(sentences: tuple[Sentence, ...], ledger: Ledger) -> Sentence | None:
    """The sentence that says that one person uses the application on one machine, if there is one."""
    found = [s for s in sentences if s.form != "heading" and _ALONE.search(s.text)]
    for sentence in found:
        ledger.requirement("volume", "one user", "One person uses the application.", sentence)
    return found[0] if found else None


def with_users(targets: Targets, people: int | None, single: Sentence | None, ledger: Ledger) -> Targets:
    """The number of users, of concurrent users and of requests per second; stated ones stay."""
    users = targets.users or people
    if users is None:
        users = 1 if single else _users_from_load(targets)
        if single is None:
            reason = (
                "twenty times the concurrent users"
                if targets.concurrent_users
                else "the brief gives no number of users"
            )
            ledger.assume("users", "number of users", f"{users:,}", reason, 'write how many, for example "500k users"')
    concurrent = targets.concurrent_users
    if concurrent is None:
        concurrent = max(1, users // 50)
        reason = "one person" if single else f"2 % of {users:,} users are active at the same time at peak"
        ledger.assume(
            "concurrent-users", "concurrent users at peak", f"{concurrent:,}", reason, 'write "N concurrent users"'
        )
    rate = targets.requests_per_second
    if rate is None:
        rate = float(max(1, math.ceil(concurrent // 5 * (targets.peak_factor or 1.0))))
        reason = f"each of {concurrent:,} concurrent users makes a request every 5 seconds, at least one"
        ledger.assume(
            "requests-per-second", "requests per second at peak", f"{rate:g}", reason, 'write "N requests per second"'
        )
    return targets.changed(users=users, concurrent_users=concurrent, requests_per_second=rate)


def with_peaks(
    targets: Targets, figures: tuple[Stated, ...], patterns: tuple[AccessPattern, ...], ledger: Ledger
) -> Targets:
    """The peak load by what the brief says of single entities and accesses, where it is more than the stated load."""
    peaks = [(f.peak, f.sentence) for f in figures if f.peak is not None]
    reads = sum(p.per_second or 0.0 for p in patterns)
    highest = max(sum(peak for peak, _ in peaks), reads)
    for peak, sentence in peaks:
        ledger.requirement("performance", "throughput", f"The peak load is {peak:g} rows per second.", sentence)
    if highest <= (targets.requests_per_second or 0.0):
        return targets
    return targets.changed(requests_per_second=highest)


def with_rate(targets: Targets, volumes: tuple[Volume, ...], ledger: Ledger) -> Targets:
    """An assumed load that the stated rows alone would exceed is raised to what they need.

    Rows a day, of which each is one write, over the hours of a working day, with the reads beside them and the peak.
    """
    if "assumption.requests-per-second" not in ledger.assumptions:
        return targets
    rows = sum(v.rows_per_day for v in volumes if v.origin.kind == "stated")
    writes = rows * (targets.peak_factor or 1.0) / _BUSY_SECONDS
    rate = float(math.ceil(writes / (1 - min(targets.read_share or _READS, _MOST_READS))))
    if rate <= (targets.requests_per_second or 0.0):
        return targets
    reason = (
        f"{rows:,.0f} rows a day within ten hours, {targets.peak_factor or 1:g} times as many at peak, and the reads"
    )
    ledger.assume(
        "requests-per-second", "requests per second at peak", f"{rate:g}", reason, 'write "N requests per second"'
    )
    return targets.changed(requests_per_second=rate)


_BUSY_SECONDS = 36_000
_READS, _MOST_READS = 0.8, 0.95


def _users_from_load(targets: Targets) -> int:
    """Users by concurrent users, else a small community."""
    return targets.concurrent_users * 20 if targets.concurrent_users else 1_000


def estimated_gb(volumes: tuple[Volume, ...], retention: tuple[Retention, ...], events: frozenset[str]) -> float:
    """Gigabytes after three years: rows, or rows a day as long as they are kept, with their indexes.

    A row takes 400 bytes, one of an event 250: events are narrow and have fewer indexes.
    """
    kept = {r.entity: r.days for r in retention}
    days = 365 * _YEARS
    return (
        sum(
            max(v.rows, v.rows_per_day * min(days, kept.get(v.entity, kept.get(None, days))))
            * (_EVENT_BYTES if v.entity in events else _ROW_BYTES)
            for v in volumes
        )
        / 1e9
    )


def tier(targets: Targets, stack: Stack, gigabytes: float, single: Sentence | None, ledger: Ledger) -> Tier:
    """How much machinery the numbers ask for, with the reason as an assumption."""
    size = max(gigabytes, targets.data_gb or 0.0)
    rate = targets.requests_per_second or 1.0
    found, reason = _tier(rate, size, targets, stack, single)
    ledger.assume(
        "tier", "size class of the design", found, reason,
        'state other numbers: users, "N requests per second", "N rows a day", "N instances", "99.9% availability"',
    )  # fmt: skip
    return found


def _tier(rate: float, size: float, targets: Targets, stack: Stack, single: Sentence | None) -> tuple[Tier, str]:
    """(tier, reason)."""
    numbers = f"{rate:g} requests per second at peak and about {size:.1f} GB after {_YEARS} years"
    if single is not None:
        return "embedded", f'one person on one machine (line {single.line}: "{single.text}")'
    if rate > _LARGE_REQUESTS or size > _LARGE_GB:
        return "large", f"{numbers}; more than {_LARGE_REQUESTS:,} requests per second or {_LARGE_GB:,} GB"
    if rate >= _STANDARD_REQUESTS or size >= _STANDARD_GB:
        return (
            "standard",
            f"{numbers}; one server without replicas serves up to {_STANDARD_REQUESTS} requests per second "
            f"and {_STANDARD_GB} GB",
        )
    if (stack.instances or 1) > 1:
        return "standard", f"{numbers}, and {stack.instances} application instances are stated"
    if (targets.availability_percent or 0) >= 99.9:
        return (
            "standard",
            f"{numbers}, and {targets.availability_percent:g} % availability allows no server without a standby",
        )
    return (
        "small",
        f"{numbers}; one server is enough below {_STANDARD_REQUESTS} requests per second and {_STANDARD_GB} GB",
    )


def with_defaults(targets: Targets, found: Tier, ledger: Ledger) -> Targets:
    """The remaining goals by tier."""
    place = _TIERS.index(found)
    values: dict[str, float] = {}
    for field, default in _DEFAULTS.items():
        if getattr(targets, field) is None:
            value = default.values[place]
            values[field] = int(value) if field.startswith("recovery") else value
            shown = f"{value:.0%}" if field == "read_share" else f"{value:g} {default.unit}".strip()
            ledger.assume(default.name, default.fact, shown, f"{default.reason} (tier {found})", default.knob)
    return targets.changed(**values)


def with_instances(stack: Stack, found: Tier, ledger: Ledger) -> Stack:
    """The number of application instances."""
    if stack.instances is not None:
        return stack
    count = {"embedded": 1, "small": 1, "standard": 2, "large": 8}[found]
    reason = {
        "embedded": "the application and its data are on one machine",
        "small": "one server is enough for this load",
        "standard": "two, so that one can fail or be updated",
        "large": "the load needs several, and one can fail",
    }[found]
    ledger.assume("instances", "application instances", str(count), reason, 'write "4 application instances"')
    return stack.model_copy(update={"instances": count})
