"""Measurable goals: response time, throughput, users, read share, availability, recovery, growth, size, peaks.

Each goal is found by its unit together with words that only this goal has. The same goal stated twice with different
numbers is a contradiction: the stricter number is taken and a person is asked. A response time of one list, search or
report is that access pattern's own goal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import SECONDS, Quantity, quantities
from agents.requirement_analysis.subjects import figure_text
from agents.requirement_analysis.tolerances import tolerated
from agents.requirement_analysis.topics import topic
from agents.screening import screened
from contracts.requirements import AccessPattern, RequirementKind, Targets

_RESPONSE = re.compile(
    r"\b(?:react\w*|respon[sd]\w*|latency|latencies|answer\w*|open|opens|load|loads|percentile|p\d\d|fast\w*"
    r"|render\w*|returns?|page loads?|come back|comes back|pages?|screens?|track\w*|expects?|wait\w*|slow\w*|in "
    r"less than|shown"
    r"|run|takes?|quer(?:y|ies)|reads|writes|reports?|there (?:with)?in|lists? (?:with)?in|appears?|instant\w*"
    r"|snappy)\b",
    re.I,
)
_NO_RESPONSE = screened(
    r"\b(?:hours?|minutes?|refresh\w*|delay|rpo|rto|tokens?|valid|session|lost|timeout|expires?|old|stale"
    r"|every(?! (?:page|screen|list|view|search|query|click)))\b",
    re.I,
)
_REQUESTS = screened(
    r"^(?:http |api |read |write |peak )*(?:requests?|page ?views?|page loads?|rps\b|quer(?:y|ies)|calls?"
    r"|hits?|transactions?|operations?|reqs?)\b",
    re.I,
)
_LIMIT = screened(r"\brate[- ]?limit|\bper (?:user|client|ip|key|consumer)\b|\blimited to\b", re.I)
_US = screened(
    r"\b(?:(?:team|staff|crew|group|family|office) of|we are)\s+(?:about |around |some |roughly |maybe )*$", re.I
)
"""What stands before the number of those who work with it: `we are a team of twelve`."""
_ALL_AT_ONCE = screened(r"\ball\b[^.;]*\bat the same (?:time|moment)\b", re.I)
_CONCURRENT = screened(
    r"\b(?:concurrent(?:ly)?|simultaneous(?:ly)?|at the same (?:time|moment)|at once|in parallel|logged in"
    r"|online at)\b",
    re.I,
)
_PEOPLE = screened(
    r"\b(?:users?|customers?|people|persons?|staff|sessions?|members?|visitors?|employees|patients|students"
    r"|clients|agents|operators|clerks"
    r"|adjusters|teachers|drivers|managers)\b",
    re.I,
)
_AVAILABLE = screened(r"\b(?:availab\w+|uptime|up time|sla)\b", re.I)
_RUNNING = screened(
    r"^\W*\d\S* ?(?:%|percent) (?:is|are|would be) (?:plenty|enough|fine|ok)|\b(?:up|runs?"
    r"|running|works?|working|reachable)\b",
    re.I,
)
_RUNS = 98
"""Percent from which on what `runs` is available, and not the share of people who work."""
_POINT = screened(
    r"\brpo\b|\brecovery point\b|\bloss of\b|\bdata (?:may|can) be lost\b|\bdata loss\b|\blose (?:at most|no"
    r" more than"
    r"|up to)\b|\bof data\b.*\blost\b",
    re.I,
)
_TIME = screened(
    r"\brto\b|\brecovery time\b|\bback (?:in operation|up|online|in service)\b|\b(?:restored?|recover(?:ed"
    r"|y)?|running again)\b.*\b(?:within|in|under)\b|\bdowntime\b",
    re.I,
)
_OVERNIGHT = screened(
    r"\b(?:breaks?|down|fails?|outage|crash\w*)\b.*\b(?:monday|next (?:working |business )?(?:day|morning))\b", re.I
)
_DOWN_FOR = screened(
    r"\b(?:an?|one) (?P<unit>hour|day|week)(?:'?s)? (?:of )?(?:downtime|outage|interruption) (?:is|would be|can be) "
    r"(?:tolerable|tolerated|acceptable|accepted|fine|ok|enough)",
    re.I,
)
_BACKUP_IS_ENOUGH = screened(
    r"\b(?P<often>nightly|daily|hourly|weekly) backups? (?:is|are|will|would be|suffices?)\b(?: enough"
    r"| sufficient| fine| do)?",
    re.I,
)
_OFTEN = {"nightly": "day", "daily": "day", "hourly": "hour", "weekly": "week"}
_PEAK = screened(
    r"\b(?:peaks?|weekends?|load|traffic|busy|busier|busiest|as many|as much|normal|usual|average"
    r"|black friday|christmas|december"
    r"|holidays?|season|storm|hailstorm|outage|more)\b",
    re.I,
)
_GROWTH = screened(r"\bgrow(?:s|th|ing)?\b|\bincreas\w+\b", re.I)
_SIZE = screened(r"\b(?:data|database|storage|store|disk|volume|size)\b", re.I)
_SHARE = re.compile(r"\b(?P<a>\d{1,3})\s*%?\s*[/:]\s*(?P<b>\d{1,3})\s*%?", re.I)
_OF_SO_MANY = screened(
    r"\b(?P<some>\w+) (?:out of|in|of) (?P<many>\w+) (?:requests|accesses|calls|users|people|times)?"
    r",? ?(?:are )?(?P<what>only read\w*|reads?)\b",
    re.I,
)
"""`Nine out of ten requests only read`."""
_READ = screened(r"\breads?\b|\bread[-/ ]", re.I)
_WRITE = screened(r"\bwrites?\b|\bwrite[-/ ]", re.I)


@dataclass(frozen=True)
class Goal:
    """One goal: its field in `Targets`, the requirement that states it, and which of two numbers is stricter."""

    field: str
    kind: RequirementKind
    name: str
    text: str
    stricter: Callable[[float, float], float]


GOALS: tuple[Goal, ...] = (
    Goal(
        "response_ms", "performance", "response-time", "Requests are answered within {0:g} ms (95th percentile).", min
    ),
    Goal("requests_per_second", "performance", "throughput", "The peak load is {0:g} requests per second.", max),
    Goal("concurrent_users", "performance", "concurrent-users", "{0:g} users work at the same time.", max),
    Goal("users", "performance", "users", "The application has {0:g} users.", max),
    Goal("read_share", "performance", "read-share", "{0:.0%} of the requests are reads.", max),
    Goal("availability_percent", "availability", "uptime", "The service is available {0:g} % of the time.", max),
    Goal("recovery_point_seconds", "availability", "recovery-point", "At most {0:g} seconds of data may be lost.", min),
    Goal("recovery_time_seconds", "availability", "recovery-time", "The service is back within {0:g} seconds.", min),
    Goal("yearly_growth_percent", "performance", "growth", "Data and load grow by {0:g} % a year.", max),
    Goal("data_gb", "volume", "data", "The data take {0:g} GB.", max),
    Goal("peak_factor", "performance", "peak", "At peak the load is {0:g} times the usual one.", max),
)
_WHOLE = frozenset({"concurrent_users", "users", "recovery_point_seconds", "recovery_time_seconds"})


@dataclass(frozen=True)
class Own:
    """A response time of some accesses alone: those of these kinds to these entities (all, where empty)."""

    milliseconds: float
    kinds: frozenset[str]
    entities: frozenset[str]
    sentence: Sentence

    def concerns(self, pattern: AccessPattern) -> bool:
        """Whether the goal is one of this access."""
        return (not self.kinds or pattern.kind in self.kinds) and (not self.entities or pattern.entity in self.entities)


_KIND_WORDS: tuple[tuple[str, str], ...] = (
    (r"search\w*", "search"), (r"reports?|statistics|exports?|dashboards?|batch", "aggregate"), (r"lists?", "list"),
    (r"look ?ups?|tracks?|finds?|scans?", "lookup"), (r"writes|writing|ingest\w*", "write"),
)  # fmt: skip


def targets(
    sentences: tuple[Sentence, ...],
    ledger: Ledger,
    model: Model | None = None,
    patterns: tuple[AccessPattern, ...] = (),
) -> tuple[Targets, tuple[AccessPattern, ...]]:
    """The stated goals (fields that nothing states are None), and the access patterns with goals of their own."""
    found: dict[str, list[tuple[float, Sentence]]] = {}
    owned: list[Own] = []
    for sentence in sentences:
        if sentence.form in ("heading", "code") or not sentence.body or topic(sentence) == "relationships":
            continue
        for field, value, clause in _goals(sentence):
            if field == "response_ms" and (own := _own(value, clause, sentence, model)):
                owned.append(own)
            else:
                found.setdefault(field, []).append((value, sentence))
    patterns = _with_own(patterns, owned, ledger)
    if "response_ms" not in found:  # the strictest of the single ones stands for all but reports and writes
        for own in owned:
            if not own.kinds & {"aggregate", "write"}:
                found.setdefault("response_ms", []).append((own.milliseconds, own.sentence))
        if "response_ms" in found:
            found["response_ms"] = [min(found["response_ms"], key=lambda goal: goal[0])]
    return (
        Targets(**{goal.field: _settled(goal, found[goal.field], ledger) for goal in GOALS if goal.field in found}),
        patterns,
    )


def _own(value: float, clause: str, sentence: Sentence, model: Model | None) -> Own | None:
    """The accesses that a response time is limited to, where the words name some."""
    kinds = frozenset(k for words, k in _KIND_WORDS if re.search(rf"\b(?:{words})\b", clause, re.I))
    entities = frozenset(m.entity for m in model.vocabulary.mentions(clause)) if model else frozenset()
    return Own(value, kinds, entities, sentence) if kinds or entities else None


def _with_own(patterns: tuple[AccessPattern, ...], owned: list[Own], ledger: Ledger) -> tuple[AccessPattern, ...]:
    """The patterns with the strictest of the goals that concern them; each goal's sentence is used by them."""
    made = []
    for pattern in patterns:
        goals = [own for own in owned if own.concerns(pattern)]
        for own in goals:
            ledger.use(own.sentence, *(pattern.serves if pattern.origin.kind == "stated" else (pattern.id,)))
        best = min((own.milliseconds for own in goals), default=None)
        made.append(pattern.changed(response_ms=best) if best is not None else pattern)
    for own in owned:
        if not ledger.used(own.sentence):
            ledger.requirement("performance", "response-time", own.sentence.text, own.sentence)
    return tuple(made)


def _settled(goal: Goal, stated: list[tuple[float, Sentence]], ledger: Ledger) -> float:
    """The value that counts: the only one, or the strictest with a question."""
    value = stated[0][0]
    for other, _ in stated[1:]:
        value = goal.stricter(value, other)
    first = next(sentence for v, sentence in stated if v == value)
    requirement = ledger.requirement(goal.kind, goal.name, goal.text.format(value), first)
    for _, sentence in stated:
        ledger.use(sentence, requirement)
    if len({v for v, _ in stated}) > 1:
        ledger.question(
            f"{goal.name} figures",
            f"The brief gives {goal.name.replace('-', ' ')} as {' and '.join(f'{v:g}' for v, _ in stated)}. "
            "Which holds?",
            f"the stricter one, {value:g}",
            tuple(sorted({s.line for _, s in stated})),
        )
    return int(value) if goal.field in _WHOLE else value


def _goals(sentence: Sentence) -> Iterator[tuple[str, float, str]]:
    """Every (field, value, clause) of a sentence; where clauses state different goals, each is read by itself."""
    text = figure_text(sentence)
    where = topic(sentence)
    where = "performance" if sentence.form == "row" and where == "rules" else where
    context = f"{text} {sentence.lead if where in ('performance', 'availability') else ''}"
    context = f"{context} {where}" if where == "availability" else context
    if share := _read_share(text):
        yield "read_share", share, text
    if _OVERNIGHT.search(text):
        yield "recovery_time_seconds", SECONDS["day"], text
    if found := _DOWN_FOR.search(text):
        yield "recovery_time_seconds", SECONDS[found["unit"].lower()], text
    if found := _BACKUP_IS_ENOUGH.search(text):
        yield "recovery_point_seconds", SECONDS[_OFTEN[found["often"].lower()]], text
    plain = dict(tolerated(text, where))
    for field, value in plain.items():
        yield field, value, text
    numbers = quantities(text)
    for quantity in numbers:
        clause = _clause(text, quantity, numbers)
        if sentence.label and (_POINT.search(sentence.label) or _TIME.search(sentence.label)):
            clause = f"{sentence.label} {clause}"
        for field, value in _goal(quantity, clause, context, where):
            if field not in plain:
                yield field, value, clause


_CLAUSES = re.compile(r",\s+|;\s*|\s+and\s+|\.\s+")


def _clause(text: str, quantity: Quantity, others: tuple[Quantity, ...]) -> str:
    """The part of a sentence around a quantity; a mark within a quantity (`between 80 and 120`) divides nothing."""
    marks = [m for m in _CLAUSES.finditer(text) if not any(q.start < m.start() < q.end for q in others)]
    start = max((m.end() for m in marks if m.end() <= quantity.start), default=0)
    end = min((m.start() for m in marks if m.start() >= quantity.end), default=len(text))
    return text[start:end]


def _goal(quantity: Quantity, clause: str, context: str, where: str) -> Iterator[tuple[str, float]]:
    """The goal of one quantity."""
    unit, value = quantity.unit, quantity.value
    if unit in SECONDS and not quantity.per:
        if _POINT.search(clause):
            yield "recovery_point_seconds", quantity.seconds()
        elif _TIME.search(clause) and where not in ("rules", "workflows"):
            yield "recovery_time_seconds", quantity.seconds()
        elif _is_response(unit, clause, context, where):
            yield "response_ms", quantity.seconds() * 1000
    elif unit == "percent":
        yield from _share(quantity, context)
    elif unit == "gb" and not quantity.per and _SIZE.search(context):
        yield "data_gb", value
    elif unit == "times" and value > 1 and _PEAK.search(context) and where not in ("rules", "entities"):
        yield "peak_factor", value
    elif quantity.per and (unit == "requests" or _REQUESTS.search(quantity.noun)) and not _LIMIT.search(context):
        yield "requests_per_second", quantity.per_second()
    elif (
        not quantity.per
        and not unit
        and value >= 1
        and (where not in ("rules", "entities", "workflows") or (where == "workflows" and _CONCURRENT.search(clause)))
    ):
        yield from _people(quantity, clause, context)


def _is_response(unit: str, clause: str, context: str, where: str) -> bool:
    """Whether a length of time is one in which somebody waits for an answer."""
    if unit not in ("millisecond", "second") or _NO_RESPONSE.search(clause):
        return False
    return bool(_RESPONSE.search(context)) or (unit == "millisecond" and where == "performance")


def _share(quantity: Quantity, context: str) -> Iterator[tuple[str, float]]:
    """The goal of a percentage."""
    value = quantity.value
    nines = 99 < value < 100 and not re.search(r"\bp9|percentile|accura|precis|match", context, re.I)
    if (
        (_AVAILABLE.search(context) and 90 <= value <= 100)
        or nines
        or (_RUNNING.search(context) and _RUNS <= value < 100)
    ):
        yield "availability_percent", value
    elif _GROWTH.search(context) and value <= 1000:
        monthly = quantity.per == "month"
        yield "yearly_growth_percent", round(((1 + value / 100) ** 12 - 1) * 100, 1) if monthly else value


def _people(quantity: Quantity, clause: str, context: str) -> Iterator[tuple[str, float]]:
    """Users at the same time, or users at all."""
    if _CONCURRENT.search(clause) and (_PEOPLE.search(clause) or _PEOPLE.search(context)):
        yield "concurrent_users", quantity.value
    elif _uses(quantity, clause, context):
        yield "users", quantity.value
        if _ALL_AT_ONCE.search(context):
            yield "concurrent_users", quantity.value


def _uses(quantity: Quantity, clause: str, context: str) -> bool:
    """Whether a number counts those who work with the application."""
    if _US.search(context[: quantity.start]) and quantity.noun in ("", "of us"):
        return True
    before = clause[: clause.find(_digits(quantity, context))]
    return bool(_USERS.match(quantity.noun) or _USERS_BEFORE.fullmatch(before))


_USERS = screened(
    r"(?:registered |active |total |internal |monthly |business )*(?:(?:users?|people|persons|employees|staff)\b"
    r"|of us\b)",
    re.I,
)
_USERS_BEFORE = screened(
    r"(?:[\w ]* )?users?\s*[:(]?\s*(?:between|about|around|some)?\s*",
    re.I,
)


def _digits(quantity: Quantity, context: str) -> str:
    """The quantity as it is written."""
    return context[quantity.start : quantity.end]


def _read_share(text: str) -> float | None:
    """`90/10 reads to writes`, `95 % reads`, `70% of requests are writes` as the share of reads."""
    if not (_READ.search(text) or _WRITE.search(text)):
        return None
    if (found := _SHARE.search(text)) and int(found["a"]) + int(found["b"]) == 100:
        writes_first = re.search(r"\bwrites?\W{0,3}(?:to|/|:|and)\W{0,3}reads?", text, re.IGNORECASE)
        return int(found["b" if writes_first else "a"]) / 100
    if found := _OF_SO_MANY.search(text):
        some, many = (quantities(found[part]) for part in ("some", "many"))
        if some and many and some[0].value < many[0].value and found["what"].lower().startswith(("read", "only read")):
            return round(some[0].value / many[0].value, 4)
    for quantity in quantities(text):
        if quantity.unit == "percent" and quantity.value <= 100:
            near = text[quantity.end : quantity.end + 30]
            if _WRITE.search(near) and not _READ.search(near.split("write")[0]):
                return round(1 - quantity.value / 100, 4)
            if _READ.search(near):
                return quantity.value / 100
    return None
