"""Whose data are closed to the others: the tenant of a service, and what belongs to one."""

import re

from agents.naming import identifier, singular
from agents.requirement_analysis.denying import denied
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declarations, Link, is_name
from agents.requirement_analysis.ledger import Ledger, stated
from agents.requirement_analysis.linking import add_link
from agents.requirement_analysis.model import Model
from agents.screening import screened

_TENANT = screened(
    r"\b(?:multi[- ]?tenan\w+|tenants?|(?:each|every) (?:organi[sz]ation|company|tenant|workspace"
    r"|customer)'?s? (?:data|sees|has its own)|isolated (?:by|per) \w+)\b",
    re.I,
)
_TENANTS = (
    "tenant",
    "organization",
    "organisation",
    "workspace",
    "company",
    "account",
    "team",
    "school",
    "club",
    "merchant",
    "store",
)
_SAID = screened(
    r"\btenants? *(?:are|is|=|:) *(?:the |an? |our )?(?P<is>[\w -]+)|\b(?P<are>[\w -]+?) (?:are|is|=) (?:the "
    r"|our |an? )?(?:separate |own |single |different )?tenants?\b"
    r"|\bmulti-?tenan\w+,? (?:by|per) (?P<by>[\w -]+)",
    re.I,
)
"""`tenants are employers`, `organisations = tenants`, `multi-tenant by sponsor`."""
_SEVERAL_OWN = screened(
    r"\b(?P<who>[\w-]+(?: [\w-]+)?) (?:only )?(?:see|access|read|view) only (?:their|its) own\b", re.I
)
_EVERYTHING = screened(
    r"\b(?:everything|all (?:of )?(?:this|these|the (?:data|tables|entities|rows))|every (?:row|record"
    r"|table))\b[\w ]*? "
    r"belongs? to (?:exactly )?(?:one|an?|a single) (?P<who>[\w -]+)",
    re.I,
)


_CALLED_TENANT = screened(r"(?P<who>[\w -]+?)\s*\(\s*(?:=|i\.e\.|the|our|is the)?\s*tenants?\b", re.I)
_EACH_ITS_OWN = screened(
    r"\b(?:each|every|an?) (?P<who>[\w -]+?) (?:only )?(?:sees?|accesses|reads?|views?) (?:only )?(?:its|their) own\b",
    re.I,
)


def _named_tenant(sentence: Sentence, model: Model) -> str | None:
    """`fleet customer (= tenant)`, `each clinic only sees its own appointments`: no person, and others belong to it."""
    if found := _SAID.search(sentence.text):
        words = next(w for w in found.groups() if w)
        mentions = model.vocabulary.mentions(words)
        if mentions and any(r.parent == mentions[0].entity for r in model.relationships):
            return mentions[0].entity
    for pattern in (_CALLED_TENANT, _EACH_ITS_OWN, _SEVERAL_OWN):
        if found := pattern.search(sentence.text):
            mentions = model.vocabulary.mentions(found["who"])
            name = mentions[-1].entity if mentions else None
            if name and model.drafts[name].nature == "master" and any(r.parent == name for r in model.relationships):
                return name
    return None


def tenant_of(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> str | None:
    """The entity that owns everybody's data, where the brief speaks of tenants."""
    for sentence in sentences:
        if named := _named_tenant(sentence, model):
            ledger.requirement("security", "tenancy", f"Data of one {named} are closed to the others.", sentence)
            return named
        if not _TENANT.search(sentence.text) or denied(sentence.text, _TENANT):
            continue
        mentioned = [m.entity for m in model.vocabulary.mentions(sentence.text)]
        tenant = next((t for t in (*mentioned, *_TENANTS) if t in model.drafts and t in _TENANTS), None)
        if tenant:
            ledger.requirement("security", "tenancy", f"Data of one {tenant} are closed to the others.", sentence)
            return tenant
    return None


_A_TENANT = screened(
    r"^(?:each|every|an?) (?P<one>[\w-]+(?: [\w-]+)?) is (?:an? |its )?(?:separate |own |single )?tenant\b"
    r"|^(?P<many>[\w-]+(?: [\w-]+)?) are (?:the |our )?(?:separate |different )?tenants\b|^tenants are (?:the "
    r"|our )?(?P<are>[\w-]+)\b",
    re.I,
)


def declare_tenants(sentences: tuple[Sentence, ...], found: Declarations) -> None:
    """`every region is a separate tenant`: what everybody's data belong to is stored, described or not."""
    for sentence in sentences:
        said = _A_TENANT.match(sentence.text) if found.by_name else None
        name = next((g for g in said.groups() if g), "") if said else ""
        if name and is_name(name) and singular(identifier(name)) not in found.by_name:
            found.declare(singular(name.lower()), sentence, "medium")


def with_belongings(sentences: tuple[Sentence, ...], model: Model, ledger: Ledger) -> None:
    """`everything below belongs to exactly one employer`: what has no other owner refers to it."""
    for sentence in sentences:
        found = _EVERYTHING.search(sentence.text)
        mentions = model.vocabulary.mentions(found["who"]) if found else ()
        if not mentions:
            continue
        whole = mentions[0].entity
        requirement = ledger.requirement("relationship", f"{whole} everything", sentence.text, sentence)
        for draft in tuple(model.drafts.values()):
            if draft.name != whole and not set(draft.parents.values()) - {draft.name}:
                link = Link(whole, draft.name, "one_to_many", sentence, owned=True)
                add_link(model, link, stated(sentence), requirement)
