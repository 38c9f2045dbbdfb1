"""Figures whose value is computed from the very formula that the reader sees.

A number that is computed in one place and explained in another drifts apart. Here the formula is text, its inputs
are data with their sources, and the value is what the formula gives for them: a reader, a check or a later run can
compute it again from the document alone (`evaluate(figure.formula, figure.inputs)`).
"""

import ast
import functools
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, Literal

from agents.parsing import parsed
from contracts.base import Figure, Input, Origin
from contracts.claims import Balances, Claim, Term
from contracts.requirements import Requirements, Targets

KB, MB, GB = 1 << 10, 1 << 20, 1 << 30
DAY = 86_400


class FormulaError(ValueError):
    """A formula uses a name or a form that its reader cannot compute: an error of ours, not of a brief."""


def hit_ratio(keys: float, reads: float, lifetime: float, skew: float) -> float:
    """Share of reads that find their key, when reads pick keys by Zipf's law and a copy lives `lifetime` seconds.

    `reads` is reads per second over all keys. A key that is read x times in a lifetime answers x of x + 1 reads; the
    sum weighs keys by popularity p_i, proportional to i^-skew. Source: Jung, Berger, Balakrishnan, "Modeling TTL-based
    Internet caches" (INFOCOM 2003); skews of 0.6 to 0.8 from Breslau et al., "Web caching and Zipf-like
    distributions" (INFOCOM 1999).

    >>> round(hit_ratio(1, 9, 1, 0.8), 3)
    0.9
    """
    visits = [(p, reads * p * lifetime, weight) for p, weight in _popularity(keys, skew)]
    return sum(p * weight * x / (1 + x) for p, x, weight in visits)


def resident(keys: float, reads: float, lifetime: float, skew: float) -> float:
    """How many of `keys` are in a cache at a time: those that were read at least once within a lifetime.

    The sum of 1 - e^(-reads p_i lifetime) over all keys. Source: Che, Tung, Wang, "Hierarchical Web caching systems:
    modeling, design and experimental results" (IEEE JSAC 2002).

    >>> resident(10, 1000, 60, 0.8)
    10.0
    """
    return min(float(keys), sum(weight * -math.expm1(-reads * p * lifetime) for p, weight in _popularity(keys, skew)))


@functools.lru_cache(maxsize=256)
def _popularity(keys: float, skew: float) -> tuple[tuple[float, float], ...]:
    """(probability of one key, number of keys like it): exact for 100 ranks, then in steps of five percent."""
    ranks: list[tuple[float, float]] = []
    first, last = 1, max(1, int(keys))
    while first <= last:
        stop = first + 1 if first <= 100 else min(last + 1, int(first * 1.05) + 1)
        ranks.append((((first + stop - 1) / 2) ** -skew, float(stop - first)))
        first = stop
    total = sum(weight * count for weight, count in ranks)
    return tuple((weight / total, count) for weight, count in ranks)


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    "log2": math.log2,
    "sum": lambda *terms: math.fsum(terms),
    "hit_ratio": hit_ratio,
    "resident": resident,
}
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def evaluate(formula: str, inputs: Iterable[Input]) -> float:
    """The value of a formula: + - * / ** over inputs and numbers, and the functions above (`min`, `sum`, …).

    Twelve significant digits are kept, so that the bytes of a plan do not depend on a machine's floating-point unit.

    >>> evaluate("ceil(rows / per_page) * 8192", [Input(name="rows", value=250, source="x"),
    ...                                           Input(name="per_page", value=100, source="x")])
    24576.0
    """
    names = {i.name: i.value for i in inputs}
    return float(f"{_value(_parsed(formula), names, formula):.12g}")


@functools.lru_cache(maxsize=512)
def _parsed(formula: str) -> ast.expr:
    tree: ast.Expression = parsed(formula, "eval")
    return tree.body


def _value(node: ast.expr, names: dict[str, float], formula: str) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, names, formula), _value(right, names, formula))
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function in _FUNCTIONS:
            return float(_FUNCTIONS[function](*(_value(each, names, formula) for each in arguments)))
    raise FormulaError(f'"{ast.unparse(node)}" in the formula "{formula}" is no input, number or known function')


def figure(
    name: str,
    formula: str,
    inputs: Iterable[Input],
    *,
    serves: tuple[str, ...],
    rule: str,
    unit: str = "",
    source: str = "",
    kind: Literal["inferred", "convention"] = "inferred",
) -> Figure:
    """The figure that a formula gives for its inputs; raises `FormulaError` where it cannot be computed."""
    given = tuple(inputs)
    return Figure(
        name=name,
        value=evaluate(formula, given),
        unit=unit,
        formula=formula,
        inputs=given,
        source=source,
        origin=Origin(kind=kind, rule=rule),
        serves=serves,
    )


def given(name: str, value: float, source: str, unit: str = "") -> Input:
    """An input of a formula; `source` is a requirement's or assumption's id, an element, or `convention: why`."""
    return Input(name=name, value=value, unit=unit, source=source)


def as_input(made: Figure, name: str = "") -> Input:
    """A computed figure as the input of the next formula."""
    return Input(name=name or made.name, value=made.value, unit=made.unit, source=f"formula {made.formula}")


def balance(
    identity: str,
    sentence: str,
    element: str,
    serves: tuple[str, ...],
    left: Iterable[tuple[Input, ...]],
    relation: Literal["<=", "<", "=", ">=", ">"],
    right: Iterable[tuple[Input, ...]],
) -> Claim:
    """A claim that two sums of products stand in a relation; anybody can add them up again."""
    trial = Balances(
        left=tuple(Term(factors=factors) for factors in left),
        relation=relation,
        right=tuple(Term(factors=factors) for factors in right),
    )
    return Claim(id=identity, sentence=sentence, element=element, serves=serves, trial=trial)


def serving(requirements: Requirements, *prefixes: str) -> tuple[str, ...]:
    """Ids of requirements and assumptions that begin with the first prefix that any of them has.

    Falls back to the project's entities, because a component that serves nothing at all must not exist.
    """
    known = (*(r.id for r in requirements.requirements), *(a.id for a in requirements.assumptions))
    for prefix in (*prefixes, "entity."):
        found = tuple(dict.fromkeys(identity for identity in known if identity.startswith(prefix)))
        if found:
            return found
    return known[:1]


def mentioned(requirements: Requirements, *prefixes: str) -> tuple[str, ...]:
    """Ids of requirements that begin with the prefixes; none when the brief is silent."""
    return tuple(r.id for r in requirements.requirements if r.id.startswith(prefixes))


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """Ids of several elements, each once, in order."""
    return tuple(dict.fromkeys(identity for group in groups for identity in group))


_WORDS: dict[str, tuple[str, ...]] = {
    "response_ms": ("response", "latency", "open"),
    "requests_per_second": ("throughput", "request", "rps"),
    "concurrent_users": ("concurrent",),
    "read_share": ("read", "workload"),
    "availability_percent": ("availab", "uptime"),
    "recovery_point_seconds": ("recovery-point", "rpo", "data-loss"),
    "recovery_time_seconds": ("recovery-time", "rto"),
    "yearly_growth_percent": ("growth",),
    "users": ("users",),
}
"""Words by which the requirement or assumption behind a target is found: their ids are made from content."""

_KINDS = ("performance.", "availability.", "volume.", "stack.", "assumption.")


class Same:
    """A contract as a key by identity: what is asked of it again for each of 1,000 tables is computed once."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def target_source(requirements: Requirements, field: str) -> str:
    """The id of the requirement or assumption that a field of `Targets` comes from; the field itself if none tells."""
    return _target_source(Same(requirements), field)


@functools.lru_cache(maxsize=64)
def _target_source(same: Same, field: str) -> str:
    requirements: Requirements = same.value
    known = (*(r.id for r in requirements.requirements), *(a.id for a in requirements.assumptions))
    for word in _WORDS[field]:
        for identity in known:
            if identity.startswith(_KINDS) and word in identity:
                return identity
    return f"targets.{field}"


def target(requirements: Requirements, field: str, otherwise: float, why: str, unit: str = "") -> Input:
    """A target as an input: the brief's or the analysis's value with its id, else a convention that says why."""
    assert field in Targets.model_fields, field
    value = getattr(requirements.targets, field)
    if value is None:
        return given(field, otherwise, f"convention: {why}", unit)
    return given(field, float(value), target_source(requirements, field), unit)


def request_rate(requirements: Requirements) -> Input:
    """Requests per second at peak: stated, else from concurrent users who act every ten seconds, else one user."""
    targets, name = requirements.targets, "requests_per_second"
    if targets.requests_per_second is not None:
        return target(requirements, name, 0, "", "1/s")
    if targets.concurrent_users is not None:
        source = target_source(requirements, "concurrent_users")
        why = f"{source}: {targets.concurrent_users} users, each acting every 10 s by convention"
        return given(name, max(0.1, targets.concurrent_users / 10), why, "1/s")
    return given(name, 0.1, "convention: one person who acts every 10 s, as no number of users is known", "1/s")


def read_share(requirements: Requirements) -> Input:
    """The share of reads in all requests, between 0 and 1."""
    found = target(requirements, "read_share", 0.8, "four reads to a write where the brief is silent")
    return found.model_copy(update={"value": found.value / 100 if found.value > 1 else found.value})


def statement_goal(requirements: Requirements, asked_ms: float | None = None) -> Figure:
    """Milliseconds that one statement may take: a request's goal, or that of one access alone, shared out."""
    why = "half a second feels immediate enough where the brief is silent"
    found = target(requirements, "response_ms", 500, why, "ms")
    return figure(
        "slow_statement_ms",
        "response_ms * database_share / statements_per_request",
        (
            found.model_copy(update={"value": asked_ms}) if asked_ms else found,
            given("database_share", 0.5, "convention: the other half is network and application"),
            given("statements_per_request", 2, "convention: a request reads who asks and what is asked for"),
        ),
        unit="ms",
        serves=serving(requirements, "performance.response", "performance.", "assumption."),
        rule="the response time, shared out among the statements of a request",
    )


def instances(requirements: Requirements) -> Input:
    """Instances of the application: stated, else one below tier standard, two for standard, four for large."""
    stated = requirements.stack.instances
    if stated is not None:
        source = next((i for i in serving(requirements, "stack.") if "instance" in i), "stack.instances")
        return given("instances", max(1, stated), source)
    count = {"embedded": 1, "small": 1, "standard": 2, "large": 4}[requirements.tier]
    return given("instances", count, f"convention: tier {requirements.tier} runs {count}, the brief gives no number")


def postgres_memory(size: float) -> str:
    """Bytes as PostgreSQL writes them, rounded down to whole MB (whole kB below one).

    >>> postgres_memory(4 * GB), postgres_memory(13.9 * MB), postgres_memory(64 * KB)
    ('4GB', '13MB', '64kB')
    """
    if size >= GB and abs(size / GB - round(size / GB)) < 1e-6:
        return f"{round(size / GB)}GB"
    return f"{int(size // MB)}MB" if size >= MB else f"{int(size // KB)}kB"


def significant(value: float) -> float:
    """Nine significant digits: enough for every use, and the same on every machine.

    >>> significant(1 / 3)
    0.333333333
    """
    return float(f"{value:.9g}")


def plain(value: float) -> str:
    """A number as people write it: no trailing zeros, thousands grouped, at most three significant decimals.

    >>> plain(1500.0), plain(0.1234), plain(33.333)
    ('1,500', '0.123', '33.3')
    """
    if value == int(value):
        return f"{int(value):,}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    shown = f"{value:,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def counted(value: float, noun: str, nouns: str = "") -> str:
    """A number with its noun; `nouns` is the plural where it does not end in a simple s.

    >>> counted(1, "core"), counted(2, "core"), counted(2, "entity", "entities")
    ('1 core', '2 cores', '2 entities')
    """
    return f"{plain(value)} {noun if value == 1 else nouns or noun + 's'}"


def byte_text(size: float) -> str:
    """Bytes in a sentence.

    >>> byte_text(1536), byte_text(5 * GB)
    ('1.5 kB', '5 GB')
    """
    for unit, factor in (("TB", 1 << 40), ("GB", GB), ("MB", MB), ("kB", KB)):
        if size >= factor:
            return f"{plain(round(size / factor, 1))} {unit}"
    return f"{plain(size)} bytes"


def duration_text(seconds: float) -> str:
    """Seconds in a sentence, in the largest unit that keeps the number at two or more.

    >>> duration_text(45), duration_text(300), duration_text(86_400 * 3)
    ('45 s', '5 min', '3 days')
    """
    for unit, size in (("years", 365 * DAY), ("days", DAY), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{plain(round(seconds / size, 1))} {unit}"
    return f"{plain(round(seconds, 1))} s"
