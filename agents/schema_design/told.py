"""Which other systems must hear of a change, and why the others need not: the reason for an outbox, or for none.

A change has to reach a system when that acts on it: a payment to capture, a message to send, a label to print. A system
that delivers to us, that is asked (who somebody is, where a place lies), or that gets a file at fixed times hears of no
single change.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.naming import singular, words
from contracts.requirements import Integration
from contracts.schema import Table

Need = Literal["told", "asked", "batch", "heard", "unclear"]

_PART = re.compile(r"[,;]\s*|\band\b(?= \w+s\b)")
_HEARD = re.compile(
    r"^(?:\w+ )?(?:sends?|reports?|delivers?|provides?|supplies|pushes|comes?|feeds?|imported|sendet|meldet|liefert)\b"
    r"|\bcomes? in\b|\b(?:is|are) imported\b|\bincoming\b(?! and outgoing)",
    re.I,
)
_BATCH = re.compile(
    r"\b(?:night|nightly|daily|weekly|monthly|quarterly|yearly|hourly|files?|exports?|exported|on request|totals"
    r"|statements?|accounting|tax|nachts|täglich\w*|monatlich\w*|Dateien?|Buchhaltung)\b|\bonce an? ",
    re.I,
)
_ASKED = re.compile(
    r"\b(?:sign-?on|log-?in|sso|oidc|oauth|saml|ldap|authenticat\w+|identit\w+|maps?|geocod\w+|weather|temperatures?"
    r"|look(?:s|ed)? up|exchange rates?|Anmeldung)\b",
    re.I,
)
_TOLD = re.compile(
    r"\b(?:webhooks?|events?|notif\w+|messages?|sms|e-?mails?|mail|remind\w*|publish\w*|stream\w*|payments?|paid|pays?"
    r"|authori[sz]es?|captur\w+|charg\w+|refunds?|labels?|bills?|orders?|synchroni[sz]\w*|receives?|stripe|paypal|adyen"
    r"|klarna|twilio|kafka|rabbitmq|Zahlung\w*|bucht|\w*etiketten|Nachricht\w*|benachrichtig\w*|erhält)\b",
    re.I,
)

WHY: dict[Need, str] = {
    "asked": "is asked, and no change of ours reaches it",
    "batch": "gets what a run at its time reads from the tables",
    "heard": "sends to us, which a table of its own rows takes",
    "unclear": "is named without a word of what it hears of our changes",
}


@dataclass(frozen=True)
class Told:
    """A system that hears of changes, and the tables whose changes they are; none where the brief names no data."""

    integration: Integration
    sources: tuple[str, ...]


def need_of(integration: Integration) -> Need:
    """Whether a change here has to reach the system by itself; the strongest of what its parts say."""
    parts = [p for p in _PART.split(f"{integration.purpose}") if p and p.strip()] or [integration.name]
    found: list[Need] = [_need(part, integration) for part in parts]
    order: tuple[Need, ...] = ("told", "asked", "batch", "heard", "unclear")
    return min(found, key=order.index)


def _need(part: str, integration: Integration) -> Need:
    whole = f"{integration.name} {part}"
    if _HEARD.search(part.strip()):
        return "heard"
    if _ASKED.search(part):
        return "asked"
    if _BATCH.search(whole):
        return "batch"
    if integration.direction == "in":
        return "told" if _TOLD.search(part) else "heard"
    return "told" if _TOLD.search(whole) else "unclear"


def told_systems(integrations: Iterable[Integration], tables: Sequence[Table]) -> tuple[Told, ...]:
    """The systems that hear of changes, in the order of the brief."""
    return tuple(Told(one, _sources(one, tables)) for one in integrations if need_of(one) == "told")


def _sources(integration: Integration, tables: Sequence[Table]) -> tuple[str, ...]:
    asked = {singular(word) for word in words(f"{integration.name} {integration.purpose}")}
    return tuple(t.name for t in tables if t.nature != "reference" and {singular(w) for w in words(t.name)} <= asked)
