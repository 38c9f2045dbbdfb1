"""External systems that data goes to or comes from, and plans that are not built yet but must not be blocked."""

import re
from typing import Literal

from agents.requirement_analysis.attributes import segments
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.partners import PROTOCOL, is_system, systems_told
from agents.requirement_analysis.subjects import said
from agents.requirement_analysis.topics import topic
from agents.screening import screened
from contracts.requirements import Integration

_KNOWN = re.compile(
    r"\b(?P<name>Stripe|PayPal|Adyen|Klarna|SAP(?: (?-i:[A-Z])\S*)?|DATEV|Salesforce|HubSpot|Mailgun|SendGrid"
    r"|Mailchimp|Twilio|Slack"
    r"|Microsoft (?:Teams|Dynamics)|Azure AD|Okta|Auth0|Keycloak|Jira|Xero|QuickBooks|Shopify|Zapier|Kafka"
    r"|RabbitMQ|MQTT"
    r"|Elasticsearch|OpenSearch|Snowflake|Google Maps|Firebase|DHL|FedEx|webhooks?|Workday|NetSuite)\b",
    re.I,
)
"""Systems that are somebody else's wherever a brief names them."""
_PARTNER = screened(
    r"\b(?:published|exported|transmitted|uploaded|handed over|reported|synchroni[sz]ed|imported|fed|pushed"
    r"|forwarded|pay(?:ment)?s?"
    r"|paid|comes?|come in|comes in|arrives?|invoiced|booked|billed|handled|verified|checked|runs?|sent"
    r"|delivered|read|published"
    r"|logged|signed on|authenticated|collected|taken) (?:(?:over|out|in|on|off|back|against|every night"
    r"|nightly) )?(?:to|from|through|via|with|over|by|against"
    r"|into) (?:the )?(?P<name>[A-Z][\w&-]*[\w](?: [A-Z][\w&-]+)*)"
)
"""A proper name that data go to or come from."""
_TO = screened(
    r"\b(?:receives?|export\w*|we send|sent to|pushed to|notif\w+|goe?s? to|through|via|reports? to|uploads?|gets)\b",
    re.I,
)
_FROM = screened(
    r"\b(?:sends|deliver\w*|import\w*|incoming|comes? in|provides?|pushes|feeds?|reads? from|from"
    r"|supplies|reports(?! to))\b",
    re.I,
)


def integrations(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> tuple[Integration, ...]:
    """Items of an integration section, and sentences elsewhere that name a system known to be somebody else's."""
    found: dict[str, Integration] = {}
    for sentence in sentences:
        if sentence.form in ("heading", "code") or not sentence.body:
            continue
        within = topic(sentence) == "integration"
        partners = [m for m in _PARTNER.finditer(sentence.text) if is_system(m["name"], sentences)]
        systems = [m for m in _KNOWN.finditer(sentence.text) if not PROTOCOL.fullmatch(m["name"])]
        names = () if within or topic(sentence) == "api" else systems_told(sentence, sentences)
        told = [name for name in names if not model.vocabulary.named(name)]
        known = next(iter((*systems, *partners)), None) or _KNOWN.search(sentence.text)
        sure = bool(told) or (known is not None and (known.re is _KNOWN or not ledger.used(sentence)))
        if not within and not (sure and topic(sentence) not in ("stack", "rules", "entities", "future")):
            continue
        listed = _several(sentence) if within else _named_twice(systems, partners, told)
        one = _parts(sentence) if within else (known["name"] if known else told[0], sentence.text)
        for name, purpose in listed or [one]:
            requirement = ledger.requirement("integration", name, f"{name}: {purpose}" if purpose else name, sentence)
            integration = Integration(
                name=name, purpose=purpose, direction=_direction(f"{name} {purpose}"), origin=stated(sentence),
                serves=(requirement,),
            )  # fmt: skip
            found.setdefault(requirement, integration)
    return tuple(found.values())


def _named_twice(systems: list[re.Match[str]], partners: list[re.Match[str]], told: list[str]) -> list[tuple[str, str]]:
    """Both systems of `readings come in from SCADA; parts come from SAP once a night`."""
    names = dict.fromkeys(m["name"] for m in sorted((*systems, *partners), key=lambda m: m.start("name")))
    names |= dict.fromkeys(told)
    return [(name, "") for name in names] if len(names) > 1 else []


_WHERE = re.compile(r"\b(?:to|from|with|in|via|through) (?:the )?(?P<name>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*)*)")
_OF_A_SYSTEM = re.compile(rf"^[A-Z]|{_WHERE.pattern}")
"""A system by its name or by the way to it: `ELSTER (tax)`, `exports to DATEV`; `sends Webhooks` is a deed of one."""


def _several(sentence: Sentence) -> list[tuple[str, str]]:
    """The systems of `SEPA file to the bank, ELSTER (tax), exports to DATEV`: every part has a name of its own."""
    text = (sentence.body if sentence.label else said(sentence.text)).rstrip(".")
    parts = [p.removeprefix("and ").strip() for p in segments(text, ",;")]
    if len(parts) < 2 or not all(_OF_A_SYSTEM.search(p) and len(p.split()) <= _LONGEST_PART for p in parts):
        return []
    found = []
    for part in parts:
        name, notes = part, ""
        if marked := re.match(r"^(?P<name>[^()]+?)\s*\((?P<notes>[^()]*)\)$", part):
            name, notes = marked["name"], marked["notes"]
        proper = _WHERE.search(name)
        found.append((proper["name"] if proper else name.strip(" ."), notes or (part if proper else "")))
    return found


_LONGEST_PART = 8


def _direction(text: str) -> Literal["in", "out", "both", ""]:
    """Where the data go, by the verbs; an item tells what the other system does (`receives the bills`)."""
    inward, outward = bool(_FROM.search(text)), bool(_TO.search(text))
    if (inward and outward) or re.search(
        r"\bboth (?:ways|directions)\b|\bsynchroni[sz]\w+|incoming and outgoing", text, re.I
    ):
        return "both"
    return "in" if inward else "out" if outward else ""


def _parts(sentence: Sentence) -> tuple[str, str]:
    """(name, purpose) of an item: before and behind its colon or dash; `export to X` is named after X."""
    if sentence.label and sentence.body:
        return sentence.label, sentence.body
    text = said(sentence.text)
    head, mark, tail = text.partition(": ")
    if mark and len(head.split()) <= 6:
        return head.strip(), tail.strip()
    if known := re.search(
        r"\b(?:export|import|upload|transfer|feed|connection|link|interface)\w*\s+(?:to|from"
        r"|with)\s+(?P<name>[\w .&-]+)",
        text,
        re.I,
    ):
        return known["name"].strip(" ."), text
    name, _, purpose = re.sub(
        r"\s+(?:-|–|—|to|for|which|that|pushes|sends|delivers|receives|provides)\s+", "\n", text, count=1
    ).partition("\n")
    return name.strip(" .:")[:80] or text[:80], (purpose.strip() and text[len(name) :].strip(" -–—"))


def future(sentences: tuple[Sentence, ...], ledger: Ledger) -> tuple[str, ...]:
    """What the brief wants later; nobody builds it now."""
    found: list[str] = []
    for sentence in sentences:
        if topic(sentence) == "future" and sentence.form != "heading" and sentence.body:
            ledger.requirement("future", sentence.text, f"Later, not now: {sentence.text}", sentence)
            found.append(sentence.text)
    return tuple(dict.fromkeys(found))
