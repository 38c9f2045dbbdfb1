"""The document: complete, runnable, the same each time, and never led astray by the brief's words."""

import dataclasses
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts import reading
from artifacts.document import persistence_md
from artifacts.evidence import proof_lines, proof_rows
from contracts.caching import CachingPlan
from contracts.claims import Engine
from contracts.plan import PersistencePlan
from tests.artifacts.conftest import HOSTILE, plan_with

TITLES = (
    "Persistence Overview",
    "Technology Stack & Configuration",
    "Database Selection & Setup",
    "Integrated Caching Strategy",
    "Unified Schema & Performance Design",
    "Entity Relationship Model with Performance Optimization",
    "Performance-Optimized Query Patterns",
    "Advanced Performance Features",
    "Connection Pooling Strategy",
    "Caching Integration Patterns",
    "Database-Aligned Performance Monitoring",
    "Scalability & Growth Strategies",
    "Read Scaling Architecture",
    "Data Partitioning Strategy",
    "Migration & Evolution Strategy",
    "Security & Data Protection Integration",
    "Database Security with Performance Awareness",
    "Testing & Validation Integration",
    "Database Testing Strategy",
    "Environment Configuration",
    "Development Environment",
    "Production Environment",
)


def shape(document: str) -> tuple[object, ...]:
    """Headings by level and blocks by language and size: what no words of a brief may change."""
    heads = [(s.level, s.title if s.level < 4 else "") for s in reading.sections(document)[1:]]
    return heads, [b.language for b in reading.blocks(document)]


def test_all_sections_stand_in_their_order(plan: PersistencePlan) -> None:
    titles = [section.title for section in reading.sections(persistence_md(plan))]
    assert [title for title in titles if title in TITLES] == list(TITLES)


def test_the_document_ends_as_it_should(plan: PersistencePlan) -> None:
    lines = persistence_md(plan).splitlines()
    assert lines[-8:-4] == [
        "---",
        "",
        "Generated: 2025-03-01",
        "Data Persistence Architecture Version: 1.0",
    ]
    assert lines[-4].startswith("Note: ")
    assert "PostgreSQL 18.6 (embedded)" in lines[-4]
    assert lines[-2].startswith("<!-- persistence-document sha256:")
    assert reading.edited(persistence_md(plan)) is False
    assert lines[-1] == f"<!-- persistence-plan sha256:{plan.digest()} -->"


def test_the_same_plan_gives_the_same_bytes(plan: PersistencePlan) -> None:
    assert persistence_md(plan) == persistence_md(plan.model_copy(deep=True))


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_change_no_structure(plan: PersistencePlan, words: str) -> None:
    hostile = persistence_md(plan_with(words))
    assert shape(hostile) == shape(persistence_md(plan))
    assert len(reading.sql_statements(hostile)) == len(plan.design.script())
    prose = "\n".join(_prose(hostile))
    assert re.search("<(?!/?details>|/?summary>|/?code>|br>|!-- persistence)[a-z!/]", prose) is None
    assert re.search("[\u202e\u200b\u0000\U000e0041]", hostile) is None


def _prose(document: str) -> list[str]:
    """The lines that stand in no fenced block."""
    inside = {
        line for block in reading.blocks(document) for line in range(block.line, block.line + block.text.count("\n"))
    }
    return [line for number, line in enumerate(document.splitlines(), 1) if number not in inside]


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="`~#-*|<>[]()!\n\r \\_:'\"{}%a1.=&\u2028"))
def test_no_words_change_the_structure(words: str) -> None:
    assert shape(persistence_md(plan_with(words))) == shape(persistence_md(plan_with("Orders of a small shop.")))


@pytest.mark.parametrize("words", ["Orders of a small shop.", *HOSTILE])
def test_every_yaml_block_parses_and_holds_data(words: str) -> None:
    blocks = [b for b in reading.blocks(persistence_md(plan_with(words))) if b.language == "yaml"]
    assert len(blocks) == 11
    assert all(isinstance(yaml.safe_load(block.text), dict) for block in blocks)


def test_each_statement_ends_in_one_semicolon(plan: PersistencePlan) -> None:
    for block in reading.sql_script(persistence_md(plan)):
        assert re.search(r";\s*;", block.text) is None
        assert block.text.rstrip().endswith(";")


def test_proof_stands_beside_its_claim(plan: PersistencePlan) -> None:
    document = persistence_md(plan)
    part = document.split("#### `orders`")[1].split("###")[0]
    assert "2 statements executed" in part
    assert "No order has a negative total \\| ever." in part
    assert "refused with 23514 (check violated)" in part


def test_what_failed_is_said_everywhere_it_matters(plan: PersistencePlan) -> None:
    document = persistence_md(plan)
    assert "**FAILS**: Orders of a small shop." in document
    assert "**not tried**" in document
    assert document.count("8 of 10 claims hold, 1 fails, 1 was not tried") == 2


def test_every_claim_is_counted_or_shown(plan: PersistencePlan) -> None:
    document = persistence_md(plan)
    shown = len(re.findall(r"\| (?:holds|\*\*(?:FAILS|not tried)\*\*): ", document))
    executed = sum(int(n) for n in re.findall(r"\*\*Proof\.\*\* (\d+) statements? executed", document))
    assert shown + executed == len(plan.design.claims())


def test_origins_and_reasons_are_shown(plan: PersistencePlan) -> None:
    document = persistence_md(plan)
    for words in (
        "stated (line 12); serves `entity.order`",
        "Columns stated: `total` (line 12)",
        "Columns by convention (surrogate keys): `id`",
        "Columns inferred (archetype customer): `customer_id`",
        "cores = 2 (assumption.machine)",
    ):
        assert words in document


def test_an_omission_is_told_once_with_its_reason(plan: PersistencePlan) -> None:
    document = persistence_md(plan)
    for subject in ("Redis", "Partitions of orders", "Read replicas"):
        assert document.count(f"Not needed: {subject}.") == 1


def test_a_plan_without_caches_says_so(plan: PersistencePlan) -> None:
    design = plan.design.model_copy(update={"caching": CachingPlan()})
    document = persistence_md(plan.model_copy(update={"design": design}))
    assert "This project caches nothing outside of the database." in document


def test_a_plan_that_nothing_ran_says_so(plan: PersistencePlan) -> None:
    engine = Engine(name="", version="", origin="none")
    proof = plan.proof.model_copy(update={"engine": engine, "evidence": ()})
    document = persistence_md(plan.model_copy(update={"proof": proof}))
    assert "Nothing was executed" in document
    assert "0 of 10 claims hold, 10 were not tried" in document


def test_a_requirement_that_nothing_serves_stands_out(plan: PersistencePlan) -> None:
    row = next(line for line in persistence_md(plan).splitlines() if "`future.loyalty`" in line)
    assert "**nothing**" in row
    assert "no claim" in row


def test_alike_claims_that_hold_share_a_row(plan: PersistencePlan) -> None:
    refused = next(line for line in proof_lines(plan.design.claims(), plan.proof) if line.claim.id == "c.total")
    alike = [
        dataclasses.replace(
            refused,
            claim=refused.claim.model_copy(update={"sentence": f"orders refuses a row without {column}"}),
        )
        for column in ("total", "status", "currency")
    ]
    failed = dataclasses.replace(
        alike[0], evidence=alike[0].evidence.model_copy(update={"verdict": "fails", "observed": "accepted"})
    )
    rows = [(row.claim, row.verdict) for row in proof_rows([*alike, failed])]
    assert rows == [
        ("orders refuses a row without total", "FAILS"),
        ("orders refuses a row without: total; status; currency", "all 3 hold, the first"),
    ]


def test_findings_of_one_check_are_told_together(plan: PersistencePlan) -> None:
    finding = plan.checklist.findings[0]
    many = tuple(finding.model_copy(update={"element": f"index.ix_{n}"}) for n in range(8))
    advice = finding.model_copy(update={"severity": "advice", "check": "naming"})
    checklist = plan.checklist.model_copy(update={"findings": (advice, *many)})
    document = persistence_md(plan.model_copy(update={"checklist": checklist}))
    assert "- **Error** `index-used` (8 findings):" in document
    assert "- The same of `index.ix_5`, `index.ix_6`, `index.ix_7`" in document
    assert document.index("**Error** `index-used`") < document.index("Advice `naming` (1 finding)")
