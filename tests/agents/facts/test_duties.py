"""Retention, protection, technology, integrations, plans for later, and the trace of every sentence."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agents.requirement_analysis.document import read_document
from agents.requirement_analysis.languages import in_english
from tests.agents.facts.reading import NAMES, SHOP, analysed

BRIEFS = sorted((Path(__file__).parents[2] / "briefs").glob("*.md"))
MOST_NOT_UNDERSTOOD = 0.15
"""Share of a brief's lines that may lead to nothing. Lines of undeclared entities are the entity readers' matter."""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Orders are kept for 7 years", [("order", 2555)]),
        ("Invoices: retention 10 years", [("invoice", 3650)]),
        ("All data is retained for 90 days", [(None, 90)]),
        ("Keep orders for 2 years, invoices for 10 years", [("order", 730), ("invoice", 3650)]),
        ("Orders shall be kept online for 3 years and archived for 10 years", [("order", 3650)]),
        ("Closed orders are deleted after 3 years", [("order", 1095)]),
        ("We hold on to invoices for six years", [("invoice", 2190)]),
        ("We throw orders out after 18 months", [("order", 540)]),
        ("Customers we have not seen for three years get wiped", [("customer", 1095)]),
        ("Products can go once they are two years old", [("product", 730)]),
        ("VAT law applies, and ten years for invoices", [("invoice", 3650)]),
        ("Recipient data must be anonymised after 90 days", []),
        ("When a customer leaves, everything must be deleted within 30 days", []),
    ],
)
def test_retention(line: str, expected: list[tuple[str | None, int]]) -> None:
    found = analysed(f"{NAMES}## Security & Compliance\n- {line}\n")
    assert [(r.entity, r.days) for r in found.retention] == expected
    assert [t.use for t in found.trace if t.text == line] == ["used"]


def test_a_pronoun_before_a_time_means_what_the_sentence_before_is_about() -> None:
    text = f"{NAMES}An order belongs to a customer. It has to be gone 60 days after the appointment.\n"
    assert [(r.entity, r.days) for r in analysed(text).retention] == [("order", 60)]


@pytest.mark.parametrize(
    "line",
    [
        "Customers can return an order within 30 days.",
        "An order that was not collected goes back after 14 days.",
        "A room is needed for 3 days.",
        "The appointment takes two months.",
    ],
)
def test_a_time_for_which_nothing_is_kept(line: str) -> None:
    assert not analysed(f"{NAMES}{line}\n").retention


def test_a_law_brings_its_retention() -> None:
    found = analysed(f"{NAMES}## Security & Compliance\n- GoBD applies\n")
    invoice = next(r for r in found.retention if r.entity == "invoice")
    assert invoice.days > 5 * 365
    assert invoice.origin.kind == "inferred"
    assert invoice.basis


def test_a_period_shorter_than_the_law_is_asked_about() -> None:
    found = analysed(f"{NAMES}## Security & Compliance\n- GoBD applies\n- Invoices are kept for 2 years\n")
    (question,) = [q for q in found.open_questions if "retention" in q.id]
    assert (question.lines, "legal duty" in question.reading) == ((5,), True)
    assert next(r.days for r in found.retention if r.entity == "invoice") > 5 * 365


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("OAuth 2.0 and API keys", {"authentication": "OAuth 2.0, API keys"}),
        ("No login", {"authentication": ""}),
        ("Internal API only", {"public_api": False}),
        ("REST API (public: no)", {"public_api": False}),
        ("Public REST API", {"public_api": True}),
        ("Audit log of invoices", {"audit": True, "audited": ("invoice",)}),
        ("Every change of an invoice is recorded with user and time", {"audit": True, "audited": ("invoice",)}),
        ("All administrative actions are logged", {"audit": True}),
        ("Customers see only their own orders", {"row_level": True, "owner": "customer"}),
        ("Data is encrypted at rest", {"encryption": True}),
        ("HIPAA", {"regulations": ("hipaa",)}),
        ("Roles: clerk, head of sales", {"roles": ("clerk", "head_of_sale")}),
    ],
)
def test_protection(line: str, expected: dict[str, Any]) -> None:
    found = analysed(f"{NAMES}## Security & API\n- {line}\n").protection
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("line", "requirement"),
    [
        ("Operators must not see invoices", "security.visibility"),
        ("bank details are visible to finance only", "security.visibility"),
        ("Auditors have read-only access to everything", "security.visibility"),
        ("data in the EU only", "security.residence"),
        ("Card data is never stored", "security.card-data"),
        ("It runs 24/7", "availability.around-the-clock"),
    ],
)
def test_wishes_about_protection_are_requirements(line: str, requirement: str) -> None:
    found = analysed(f"{NAMES}## Security\n- {line}\n")
    assert requirement in {r.id for r in found.requirements}
    assert requirement not in {r.id for r in analysed(f"{NAMES}## Security\n- JWT\n").requirements}


def test_tenants_own_their_data() -> None:
    text = "**Primary Entities**: Organization, Project\n\n## Security\n- Multi-tenant: organizations are isolated\n"
    assert analysed(text).protection.tenant == "organization"
    assert analysed(text.replace("Multi-tenant: organizations are isolated", "JWT")).protection.tenant is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Node.js with NestJS", {"language": "typescript", "framework": "NestJS"}),
        ("C# on ASP.NET Core", {"language": "csharp", "framework": "ASP.NET Core"}),
        ("Django", {"language": "python", "framework": "Django"}),
        ("JavaScript", {"language": "typescript"}),
        ("MariaDB, no Redis", {"database": "MariaDB", "cache": ""}),
        ("PostgreSQL, migrated from MySQL", {"database": "PostgreSQL"}),
        ("3 application instances", {"instances": 3}),
        ("one server", {"instances": 1}),
        ("runs in Docker on two VMs", {"instances": 2, "hosting": "Docker"}),
        ("hosted on Azure", {"hosting": "Azure"}),
        ("No cloud, please", {"hosting": "on premises"}),
        ("microservices", {"architecture": "microservices"}),
    ],
)
def test_stack(line: str, expected: dict[str, Any]) -> None:
    found = analysed(f"{NAMES}## Technology Stack\n- {line}\n").stack
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("line", "name", "direction"),
    [
        ("Payment provider: sends webhooks", "Payment provider", "in"),
        ("Head-end system: delivers readings over MQTT", "Head-end system", "in"),
        ("Nightly export to DATEV", "DATEV", "out"),
        ("Booking.com: reservations come in every 5 minutes", "Booking.com", "in"),
        ("Mailgun: incoming and outgoing mail", "Mailgun", "both"),
        ("Archive", "Archive", ""),
    ],
)
def test_integrations(line: str, name: str, direction: str) -> None:
    (found,) = analysed(f"{NAMES}## Integration Requirements\n- {line}\n").integrations
    assert (found.name, found.direction) == (name, direction)


def test_a_known_system_is_an_integration_wherever_it_is_named() -> None:
    found = analysed(f"{NAMES}## Other\n- card payments go through stripe\n").integrations
    assert [i.name.lower() for i in found] == ["stripe"]


@pytest.mark.parametrize(
    "line",
    [
        "A mobile app is out of scope.",
        "In a second phase we want an alumni portal.",
        "An export to the state's office would be nice to have.",
        "Nice to have: reading receipts with OCR",
        "Later on we'd like route optimisation.",
        "Gift cards come in phase 2",
        "One day, we want workout plans.",
    ],
)
def test_what_is_put_off_is_listed_and_not_built(line: str) -> None:
    found = analysed(f"{SHOP}## Scope\n\n- {line}\n- Orders are important.\n")
    assert found.future == (line,)
    assert {e.name for e in found.entities} == {e.name for e in analysed(SHOP).entities}


@pytest.mark.parametrize(
    "line", ["The order of steps matters later.", "An invoice is paid no later than its due date."]
)
def test_what_speaks_of_time_is_not_put_off(line: str) -> None:
    assert analysed(f"{SHOP}## Business Rules\n\n- {line}\n").future == ()


@pytest.mark.parametrize("path", BRIEFS, ids=lambda path: path.stem)
def test_few_lines_of_a_brief_lead_to_nothing(path: Path) -> None:
    found = analysed(path.read_text(encoding="utf-8"))
    lost = [t.text for t in found.trace if t.use == "not_understood"]
    assert len(lost) <= MOST_NOT_UNDERSTOOD * len(found.trace), lost
    assert found == analysed(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("Hi Tom,", "irrelevant"),
        ("Best regards", "irrelevant"),
        ("The flux capacitor must be calibrated before noon.", "not_understood"),
    ],
)
def test_the_trace_dismisses_only_what_asks_for_nothing(line: str, use: str) -> None:
    found = analysed(f"{line}\n\n{SHOP}")
    assert [t.use for t in found.trace if t.text == line] == [use]


def test_a_long_brief_ends() -> None:
    """Linear in its length: 200 times the sentences are read in one go (quadratic work would not come back)."""
    line = "- A cancelled order needs a reason, {} orders per day, kept for 7 years\n"
    text = SHOP + "## Business Rules\n\n" + "".join(line.format(n) for n in range(2_000))
    assert len(analysed(text).trace) > 2_000


@pytest.mark.parametrize("path", sorted(BRIEFS[0].parent.rglob("*.md")), ids=lambda path: path.stem)
def test_the_trace_has_every_sentence_once_and_says_why_one_is_of_no_use(path: Path) -> None:
    text = path.read_text("utf-8")
    found = analysed(text)
    sentences = in_english(read_document(text), text)[0].sentences
    assert Counter(t.line for t in found.trace) == Counter(s.line for s in sentences)
    assert [t for t in found.trace if bool(t.by) != (t.use == "used")] == []
    assert [t for t in found.trace if bool(t.reason) != (t.use != "used")] == []
    traced = set(_WORD.findall(" ".join(t.text for t in found.trace)))
    assert [w for w in _WORD.findall(_FENCE.sub("", text)) if w not in traced] == []


_WORD = re.compile(r"[^\W\d_]{4,}")
_FENCE = re.compile(r"(?m)^\s*```\w*$")
