"""What the brief asks of security: who calls, roles, laws, audit, whose rows are whose, encryption."""

import re
from collections.abc import Iterator

from agents.knowledge import Regulation, regulations
from agents.requirement_analysis.acting import acting
from agents.requirement_analysis.conditions import Callers
from agents.requirement_analysis.denying import denied
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.rights import role_named, tabled_rights, tabled_roles
from agents.requirement_analysis.tenants import tenant_of
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import Screened, screened
from contracts.requirements import Protection

_NAMED_SCHEMES: tuple[tuple[str, str], ...] = (
    (r"\bjwt\b|json web tokens?", "JWT"),
    (r"\boauth ?2?(?:\.0)?\b", "OAuth 2.0"),
    (r"\bopenid connect\b|\boidc\b", "OpenID Connect"),
    (r"\bsaml\b", "SAML"),
    (r"\bldap\b|\bactive directory\b", "LDAP"),
    (r"\bapi[- ]keys?\b", "API keys"),
    (r"\bpasskeys?\b|\bwebauthn\b", "passkeys"),
    (r"\bsession cookies?\b", "session cookies"),
    (r"\b(?:two-factor|2fa|mfa|multi-factor)\b", "multi-factor"),
    (r"\bsso\b|\bsingle sign-on\b", "single sign-on"),
    (r"\bpasswords?\b(?! hash)", "passwords"),
    (r"\bmutual tls\b|\bmtls\b", "mutual TLS"),
)
_SCHEMES = tuple((screened(pattern, re.IGNORECASE), name) for pattern, name in _NAMED_SCHEMES)
_ANY_SCHEME = screened(rf"\b(?:{'|'.join(pattern for pattern, _ in _NAMED_SCHEMES)})", re.IGNORECASE)
"""All of them at once: a sentence that names none is told by one search."""
_AUDIT = screened(
    r"\b(?:every|each|all|any) (?:change|access|administrative action|action|modification)s?\b[\w ,]*? (?:is|are"
    r"|must be|shall be)"
    r" (?:traceable|attributable|tracked|audited|logged|recorded|traced|documented)\b|\bwho (?:has )?(?:changed"
    r"|edited|modified|altered) (?:what|an?"
    r"|the|which|any)\b|\bchange history\b|\baudit(?:ed|s"
    r"|ing|able)?\b|\baudit[- ](?:log|trail)\b|\bevery change (?:is|must be) (?:logged|recorded)\b",
    re.I,
)
_OWN_ROWS = screened(
    r"\brow[- ]level security\b|\bonly (?:see|access|view|read|edit|manage|change)s? (?:their|his|her"
    r"|its) own\b|\b(?:see|access|view|read|edit|manage|change)s? only (?:their|his|her|its) own\b"
    r"|\bonly (?:their|his|her) own\b",
    re.I,
)
_ENCRYPTED = screened(r"\bencrypt(?:ed|ion|s)?\b", re.I)
_PUBLIC = screened(r"\bpublic(?:ly)?\b(?=.*\bapi\b)|\bapi\b.*\bpublic(?:ly)?\b|\bopen api\b", re.I)
_NOT_PUBLIC = screened(
    r"\b(?:not|no|never|non)[- ](?:a )?public\b|\bpublic\W{1,3}no\b|\binternal (?:only|api)\b|\bapi is"
    r" internal\b",
    re.I,
)
_LIMIT = screened(r"\brate[- ]?limit", re.I)
_VISIBLE = screened(
    r"\b(?:must not|may not|cannot|can't|can not|only|nobody|no one|never|not|except)\b.*\b(?:sees?|seen|views?"
    r"|viewed|access\w*|visible"
    r"|reads?|know)\b|\b(?:sees?|views?|visible|access)\b.*\bonly\b|\bmasked\b|\bread-only access\b|\baccess "
    r"only for\b|\bsees? all\b"
    r"|\bare private\b|\bis (?:sensitive|confidential)\b",
    re.I,
)
_RESIDENCE = screened(
    r"\b(?:data|servers?|backups?)\b.*\b(?:stays?|remains?|must|only|kept|hosted|stored)?\b.*\b(?:in|within) "
    r"(?:the )?(?:EU|Europe\w*|Germany"
    r"|Switzerland|UK|US|USA|country)\b",
    re.I,
)
_CARDS = screened(r"\bcard (?:data|numbers?|details)\b.*\b(?:never|not|no)\b", re.I)
_LOGIN = screened(r"\b(?:logs? in|sign(?:s|ed)? in|log-in|login|authenticat\w+)\b", re.I)
_CALLERS = ("user", "account", "member", "customer", "app_user")
_SERVED = ("member", "customer")


def callers(sentences: tuple[Sentence, ...], model: Model) -> Callers:
    """The person entity that logs in: named as such in the brief, or called user, account, member or customer."""
    owner = next((name for name in _CALLERS if name in model.drafts), None)
    for sentence in sentences:
        if _LOGIN.search(sentence.text) or _OWN_ROWS.search(sentence.text):
            people = [
                m.entity for m in model.vocabulary.mentions(sentence.text) if model.drafts[m.entity].nature == "person"
            ]
            if people and owner is None and not denied(sentence.text, _LOGIN):
                owner = people[0]
    tabled = tabled_roles(sentences)
    if tabled and owner in _SERVED and owner not in tabled:
        owner = None  # all who work with it are listed, and those whom they serve are none of them
    words = {"user", "customer", "member", "shopper", "client", "visitor", "i"} if owner in _CALLERS else set()
    others = {d.name for d in model.drafts.values() if d.name != owner}
    return Callers(owner, frozenset((words | ({owner} if owner else set())) - others))


def protection(sentences: tuple[Sentence, ...], model: Model, who: Callers, ledger: Ledger) -> Protection:
    """All of it, each part noted as a requirement."""
    spoken = tuple(s for s in sentences if s.form not in ("heading", "code") and s.body)
    row_level = _noted(spoken, _OWN_ROWS, "row-level", "Callers reach only the rows that are their own.", ledger)
    tenant = tenant_of(spoken, model, ledger)
    audited = tuple(_audited(spoken, model, ledger))
    _noted(spoken, _LIMIT, "rate-limit", "Calls are limited by rate.", ledger)
    protected = tuple(s for s in spoken if topic(s) not in ("rules", "entities", "relationships") and s.form != "row")
    for pattern, name, text in (
        (_VISIBLE, "visibility", "Who may see what is limited."),
        (_RESIDENCE, "residence", "Data stay in the named region."),
        (_CARDS, "card-data", "Card data are not stored."),
    ):
        for sentence in protected:
            if pattern.search(sentence.text) and not ledger.used(sentence):
                ledger.requirement("security", name, text, sentence)
    return Protection(
        authentication=_authentication(spoken, ledger),
        public_api=_public(spoken, ledger),
        roles=tuple(
            dict.fromkeys(
                [*tabled_rights(spoken, model, ledger)] or [*_roles(spoken, ledger)] or _acting(spoken, ledger)
            )
        ),
        regulations=tuple(_laws(spoken, ledger)),
        audit=bool(audited) or any(_AUDIT.search(s.text) for s in spoken),
        audited=audited,
        row_level=row_level,
        tenant=tenant,
        owner=who.owner,
        encryption=_noted(spoken, _ENCRYPTED, "encryption", "Data are encrypted.", ledger),
    )


def _noted(sentences: tuple[Sentence, ...], pattern: Screened, name: str, text: str, ledger: Ledger) -> bool:
    """Whether some sentence asks for it; each that does is noted."""
    asking = [s for s in sentences if pattern.search(s.text) and not denied(s.text, pattern)]
    for sentence in asking:
        ledger.requirement("security", name, text, sentence)
    return bool(asking)


def _authentication(sentences: tuple[Sentence, ...], ledger: Ledger) -> str:
    """The named schemes, in the order of the brief."""
    found: list[str] = []
    for sentence in (s for s in sentences if _ANY_SCHEME.search(s.text)):
        for scheme, name in _SCHEMES:
            if scheme.search(sentence.text) and not denied(sentence.text, scheme):
                ledger.requirement("security", "authentication", "Callers are authenticated.", sentence)
                if name not in found:
                    found.append(name)
    return ", ".join(found)


def _public(sentences: tuple[Sentence, ...], ledger: Ledger) -> bool:
    """Whether strangers can reach the API."""
    for sentence in sentences:
        if _NOT_PUBLIC.search(sentence.text):
            ledger.irrelevant(sentence, "the API is internal, so no stranger reaches the data")
            continue
        about = topic(sentence) == "api"
        if _PUBLIC.search(sentence.text) or (about and re.match(r"(?:public|yes, public)\b", sentence.body, re.I)):
            ledger.requirement("security", "public-api", "The API is public.", sentence)
            return True
    return False


_ROLES = (("roles",), ("role",), ("user", "roles"))
_ROLES_ARE = screened(
    r"^(?:the |our |there are )?(?:(?:user )?roles|users?) (?:are|will be)(?: the following)?:?\s+"
    r"|^who (?:does what|may do what|uses it|works with it):\s+",
    re.I,
)


def _roles(sentences: tuple[Sentence, ...], ledger: Ledger) -> Iterator[str]:
    """The roles of a list called roles; the kinds of users that the overview names, where there is none."""
    listed = [
        s
        for s in sentences
        if (tokens(s.label) in _ROLES and s.body != s.text)
        or tokens(s.lead) in (("roles",), ("user", "roles"))
        or _ROLES_ARE.match(s.text)
    ]
    plain = listed or [
        s
        for s in sentences
        if tokens(s.label) in (("primary", "users"), ("users",)) and not any(c.isdigit() for c in s.body)
    ]
    for sentence in plain:
        listed_in = _ROLES_ARE.sub("", sentence.text) if _ROLES_ARE.match(sentence.text) else sentence.body
        label = [sentence.label or sentence.body] if tokens(sentence.lead)[-1:] == ("roles",) else []
        parts = label or re.split(r",|;|\band\b", listed_in)
        for part in parts:
            if name := role_named(part):
                ledger.requirement("security", "roles", "People work in different roles.", sentence)
                yield name


def _acting(sentences: tuple[Sentence, ...], ledger: Ledger) -> Iterator[str]:
    """The roles of those who are said to use the application, where no list gives them."""
    for role, sentence in acting(sentences):
        ledger.requirement("security", "roles", "People work in different roles.", sentence)
        yield role


def _laws(sentences: tuple[Sentence, ...], ledger: Ledger) -> Iterator[str]:
    """Keys of the regulations that the brief names, in the brief's order."""
    known = [(_lower(name), law) for law in regulations() for name in law.names]
    seen: dict[str, Regulation] = {}
    for sentence in sentences:
        text = _lower(sentence.text)
        for name, law in known:
            if name in text and not _waived(law.names[0], sentence.text):
                ledger.requirement("compliance", law.key, f"{law.title} applies.", sentence)
                seen.setdefault(law.key, law)
    return iter(seen)


def _waived(law: str, text: str) -> bool:
    """Whether the words around a law's name deny that it applies."""
    before = rf"\b(?:no|not|without)\s+(?:under\s+)?{re.escape(law)}\b"
    denial = r"(?:does not|doesn't|do not|is not|isn't|will not)\s+(?:\w+\s+)?(?:apply|relevant|needed|required)"
    after = rf"\b{re.escape(law)}\b\s+{denial}"
    return bool(re.search(rf"{before}|{after}", text, re.I))


def _lower(text: str) -> str:
    """Lower-case words between single spaces, one at each end; capitals inside a word (GoBD) do not split it."""
    return " ".join(("", *re.findall(r"[^\W_]+", text.lower()), ""))


def _audited(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> Iterator[str]:
    """Entities whose changes leave a trail: the named ones; with `records` of a person, all that is theirs."""
    found: list[str] = []
    for sentence in sentences:
        if not _AUDIT.search(sentence.text) or denied(sentence.text, _AUDIT):
            continue
        ledger.requirement("security", "audit", "Changes leave an audit trail.", sentence)
        named = [m.entity for m in model.vocabulary.mentions(sentence.text)]
        whole = re.search(r"\brecords?\b|\ball data\b|\bevery change\b|\ball changes$", sentence.text, re.I)
        if named and whole:
            named = [*named, *(d for name in named for d in _belonging(name, model))]
        elif not named and whole:
            named = [d.name for d in model.drafts.values() if d.nature in ("person", "transaction")]
        found += named
    return iter(dict.fromkeys(found))


def _belonging(entity: str, model: Model) -> list[str]:
    """Everything below an entity, nearest first; other persons are not below anybody."""
    found: list[str] = []
    waiting = [entity]
    while waiting:
        parent = waiting.pop(0)
        for draft in model.drafts.values():
            if parent in draft.parents.values() and draft.name not in found and draft.nature != "person":
                found.append(draft.name)
                waiting.append(draft.name)
    return found
