"""Systems outside: how they are called and heard, with time-outs, retries, a circuit breaker and dead letters.

The brief says what a system does and nothing about its manners, so the numbers are conventions with their sources,
and the time that a call can take at worst is computed from them.
"""

import functools
import re
from importlib import resources
from typing import Any

import yaml

from agents.naming import singular, slug, words
from agents.schema_design.outbox import NAME as OUTBOX
from contracts.api import ExternalPolicy
from contracts.base import Figure, Input, Origin
from contracts.published import ExternalSystem, PublishedDesign


def externals(design: PublishedDesign) -> tuple[ExternalPolicy, ...]:
    """One policy for each external system of the brief."""
    return tuple(_policy(system, design) for system in design.application.integrations)


def _policy(system: ExternalSystem, design: PublishedDesign) -> ExternalPolicy:
    calls, hears = directions(system.purpose)
    serves = (system.requirement,) if system.requirement else ()
    figures = [*_calling(serves, design)] if calls or not hears else []
    if hears:
        figures.append(_figure("webhook_age_seconds", serves))
    figures.append(_figure("dead_letter_days", serves))
    name = slug(system.name)
    return ExternalPolicy(
        name=system.name,
        slug=name,
        purpose=system.purpose,
        requirement=system.requirement,
        calls=calls,
        hears=hears,
        figures=tuple(figures),
        idempotency=_idempotency(system, bool(calls or not hears), bool(hears), design),
        dead_letters=_dead_letters(system.name, bool(calls or not hears), bool(hears)),
    )


def directions(purpose: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What we ask of the system and what it tells us, from the verbs of its purpose.

    >>> directions("authorises and captures payments, sends webhooks")
    (('authorises and captures payments',), ('sends webhooks',))
    """
    hears_words, calls_words = (set(_knowledge()["verbs"][key]) for key in ("hears", "calls"))
    calls, hears = [], []
    for part in (p.strip() for p in re.split(r"[,;]", purpose)):
        said = set(re.findall(r"[a-z]+", part.lower()))
        if said & hears_words and not said & calls_words:
            hears.append(part)
        elif part:
            calls.append(part)
    return tuple(calls), tuple(hears)


def _calling(serves: tuple[str, ...], design: PublishedDesign) -> tuple[Figure, ...]:
    """The numbers of a call, and what it takes at worst: no request of ours may wait for that."""
    names = ("connect_seconds", "attempt_seconds", "attempts", "backoff_seconds")
    parts = {name: _figure(name, serves) for name in names}
    attempt, attempts, backoff = (parts[name].value for name in names[1:])
    pauses = sum(backoff * 2**n for n in range(int(attempts) - 1))
    worst = Figure(
        name="worst_case_seconds",
        value=attempts * attempt + pauses,
        unit="s",
        formula="attempts * attempt_seconds + backoff_seconds * (2 ** (attempts - 1) - 1)",
        inputs=tuple(Input(name=n, value=parts[n].value, unit=parts[n].unit, source=n) for n in names[1:]),
        source=_beyond(attempts * attempt + pauses, design),
        origin=Origin(kind="inferred", rule="the sum of all attempts and pauses"),
        serves=serves,
    )
    breaker = (_figure(n, serves) for n in ("breaker_failures", "breaker_calls", "breaker_open_seconds"))
    return (*parts.values(), worst, *breaker)


def _beyond(seconds: float, design: PublishedDesign) -> str:
    """How it compares with the answer that callers are promised."""
    promised = design.application.response_ms
    if promised is None or seconds * 1000 <= promised:
        return ""
    return f"more than the {promised:g} ms of a request, so the call runs after the commit and not inside of a request"


def _figure(name: str, serves: tuple[str, ...]) -> Figure:
    fact = _knowledge()[name]
    return Figure(
        name=name,
        value=float(fact["value"]),
        unit=str(fact["unit"]),
        formula=name,
        source=str(fact["source"]),
        origin=Origin(kind="convention", rule=str(fact["source"])),
        serves=serves,
    )


def _idempotency(system: ExternalSystem, calls: bool, hears: bool, design: PublishedDesign) -> str:
    said = []
    if calls:
        key = _row_key(system, design) or "the key of the row that the call is about"
        said.append(f"each request carries an idempotency key made of {key}, the same in each attempt")
    if hears:
        said.append("each message is handled once, known by its own id, after its signature was verified")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _row_key(system: ExternalSystem, design: PublishedDesign) -> str:
    """The unique column of the table that the system's purpose speaks of, else the event's own id."""
    said = f" {' '.join(words(f'{system.purpose} {system.name}'))} "
    for table in design.catalogue.tables:
        names = {" ".join(words(table.name)), " ".join(words(singular(table.name)))}
        own = set(table.primary_key.columns) if table.primary_key else {""}
        keys = [k for k in table.uniques if not own <= set(k.columns)]
        keys += [table.primary_key] if table.primary_key else []
        if keys and any(f" {name} " in said for name in names):
            return " and ".join(f"{table.name}.{column}" for column in keys[0].columns)
    events = next((u for t in design.catalogue.tables if t.name == OUTBOX for u in t.uniques), None)
    return f"{OUTBOX}.{events.columns[0]}" if events else ""


def _dead_letters(name: str, calls: bool, hears: bool) -> str:
    untaken, unhandled = f"what {name} has not taken after the last attempt", "what it sent that could not be handled"
    if calls and hears:
        text = f"{untaken}, and {unhandled}, are"
    else:
        text = f"{untaken} is" if calls else f"what {name} sent that could not be handled is"
    return f"{text[0].upper()}{text[1:]} kept with the error and sent again by hand; one of them raises a ticket."


@functools.cache
def _knowledge() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("externals.yaml").read_text("utf-8"))
    return data
