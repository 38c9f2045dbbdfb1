"""Proper names of other people's systems in running prose: `it talks to …`, `we use … for payments`, `our bank (…)`.

A proper name is a person's at least as often, so that the words around it must be those of data that travel or of a
firm, and a name with which somebody speaks in the brief (`Pat wants …`, `Pat: …`) is nobody's system.
"""

import re
from collections.abc import Iterable, Iterator

from agents.naming import identifier
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.people import is_human
from agents.requirement_analysis.stack import is_technology
from agents.screening import screened

_NAME = r"(?P<name>(?-i:[A-Z])[\w&-]*\w(?: (?-i:[A-Z])[\w&-]*\w)*)"
_DATA = (
    r"(?:files?|data|feeds?|exports?|prices?|payments?|readings?|figures|invoices|bills|bookings?|postings"
    r"|orders|receipts?"
    r"|entries|labels?|results?|rates?|stock|e-?mails?|mails|texts?|text messages|messages|sms|reminders"
    r"|notifications"
    r"|newsletters?|parcels?|tickets?|statements?|addresses|appointments?|calendar|documents?|contracts?|direct"
    r" debits?)"
)
_FILES = (
    r"(?:files?|data|feeds?|exports?|prices?|payments?|figures|invoices|bills|postings|statements?|direct debits?"
    r"|labels?)"
)
_FIRM = (
    r"(?-i:company|bank|insurers?|insurance|provider|sign-?on|log-?in|accounting|bookkeeping|payroll|payments?"
    r"|carrier|gateway"
    r"|software|system|service|supplier|agency|program|tool|till|portal|registry|directory|warehouse|platform"
    r"|app|shop)"
)
_TALKS = screened(
    r"\b(?:talks?|speaks?|connect(?:s|ed|ion)?|link(?:s|ed)?|hook(?:s|ed)? up|coupled|integrat(?:es?|ed|ion)"
    r"|interfaces?"
    r"|in touch|export(?:s|ed)?|sync(?:s|ed|hroni[sz]e[sd]?)?|uploads?|uploaded) "
    rf"(?:[\w ]{{0,30}}?\b)?(?:to|with|into) (?:the |our |their )?{_NAME}",
    re.I,
)
_USED = screened(
    rf"\b(?:we|they|it|shop|office) (?:already )?(?:use|uses|have|has|rely on|work with) {_NAME} (?:for|to"
    rf"|as)\b",
    re.I,
)
_SENT = screened(
    rf"\b{_DATA}\b[^.;:()]{{0,45}}?\b(?:via|through|over|with|from|into) (?:the |our |their )?{_NAME}"
    rf"|\b{_FILES}\b[^.;:()]{{0,45}}?\bto (?:the |our |their )?{_NAME.replace('name', 'to')}"
    rf"|\b(?:books|accounts|accounting|bookkeeping|payroll)\b[^.;:()]{{0,20}}?\bin {_NAME.replace('name', 'within')}"
    rf"|\b(?:log|sign)(?:s|ged|ed)?[ -]?(?:in|on) (?:with|via|through|over) (?:their "
    rf"|our )?{_NAME.replace('name', 'login')}",
    re.I,
)
_GIVEN = screened(
    r"\b(?:via|(?:pull|fetch|import|get|load|read|push|transmit)(?:s|e?d|es)?\b[^.;:()]"
    rf"{{1,45}}?\b(?:from|into)) (?:the |our |their )?{_NAME}",
    re.I,
)
_FIRMS = screened(
    rf"\b{_FIRM}(?:,? (?:called|named)|, (?:the )?| is(?: the)?| runs? (?:on|in)|) ?[(\"']?(?<=[ (\"']){_NAME}", re.I
)
_WAYS = (_TALKS, _USED, _SENT, _GIVEN, _FIRMS)
_NO_SYSTEM = screened(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september"
    r"|october"
    r"|november|december|christmas|easter|i|we|he|she|they|it|the|in|on|at|if|when|excel|word|linux|windows|e-?mails?|pdfs?|sms|gdpr|dsgvo|vat|iban|eur|usd|gbp|eu|uk|usa?|europe"
    r"|germany|france"
    r"|switzerland|austria|england|english|german|french|id|url|qr|api"
    r"|react|angular|vue|php|ruby|rails|laravel|golang|rust",
    re.I,
)
PROTOCOL = screened(
    r"MQTT|webhooks?|HTTP|HTTPS|REST|SFTP|FTP|AMQP|OPC|TCP|CSV|JSON|XML|Bluetooth|LTE|Wi-?Fi"
    r"|open ?id(?: connect)?|oidc|oauth(?: ?2(?:\.0)?)?|saml(?: ?2(?:\.0)?)?|jwt|totp|ldap|smtp|soap",
    re.I,
)
"""How data travel and people sign in, which is no system that they come from."""
_SPEAKS = (
    r"(?:'s\b|:|\s*\(|,? (?:also )?(?:wants?|does|did|says?|said|needs?|looks?|likes?|asks?|asked|thinks?|will"
    r"|retires?|would"
    r"|calls?|knows?|must|can|cannot|sees?|writes?|told|tells|is (?:our|the)|and I)\b)"
)


def systems_told(sentence: Sentence, whole: Iterable[Sentence]) -> Iterator[str]:
    """The names of the other systems that a sentence tells of."""
    seen: set[str] = set()
    for way in _WAYS:
        for found in way.finditer(sentence.text):
            name = next(n for n in found.groups() if n)
            if name not in seen and is_system(name, whole):
                seen.add(name)
                yield name


def is_system(name: str, whole: Iterable[Sentence]) -> bool:
    """Whether a proper name may be that of a system: neither a usual word nor somebody of the brief."""
    ours = _NO_SYSTEM.fullmatch(name) or PROTOCOL.fullmatch(name) or is_technology(name)
    return not (ours or is_human(identifier(name)) or _is_person(name, whole))


def _is_person(name: str, whole: Iterable[Sentence]) -> bool:
    """Whether somebody of that name speaks, acts or signs in the brief."""
    acts = re.compile(
        rf"\b{re.escape(name)}{_SPEAKS}|(?:present|from|to|cc|attendees)\b.*:.*\b{re.escape(name)}\b", re.I
    )
    return any(s.text.strip(" .,") == name or s.label == name or acts.search(s.text) for s in whole)
