"""Briefs of well-known domains become the schemas that were published for them; what differs has its reason."""

import datetime as dt
from collections import Counter

import pytest

from agents.checks.cycle_of_required_references import findings
from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from benchmarks.references import HERE, Comparison, compared, published
from contracts.brief import Brief
from contracts.schema import SchemaDesign
from tests.agents import designs

DOMAINS = ("tpcc", "pagila", "northwind", "chinook")


def schema_of(domain: str) -> SchemaDesign:
    day = dt.date(2026, 11, 1)
    text = (HERE / f"{domain}.md").read_text("utf-8")
    return schema_design(requirement_analysis(Brief(project=domain, text=text, date=day)), day)


@pytest.mark.parametrize("domain", DOMAINS)
def test_tables_keys_references_and_columns_are_those_published(domain: str) -> None:
    facts = published(domain)
    found = compared(schema_of(domain), facts)
    assert found.missing == []
    unexplained = [more for more in found.more if not any(about in more for about in facts.get("reasons") or {})]
    assert unexplained == []


def test_what_a_schema_lacks_and_has_besides_is_told() -> None:
    facts = {
        "tables": {
            "artist": {"columns": ["name", "born"]},
            "album": {"references": ["label"], "key": ["title", "artist"]},
            "studio": {},
        },
        "names": {},
    }
    found: Comparison = compared(schema_of("chinook"), facts)
    assert found.missing == [
        "column artist.born", "reference album → label", "key album (title, artist)", "table studio",
    ]  # fmt: skip
    assert "reference album → artist" in found.more
    assert found.asked == Counter(table=3, column=2, reference=1, key=1)


def test_a_store_and_its_manager_can_both_be_first() -> None:
    schema = schema_of("pagila")
    assert schema.table("stores").column("manager_id").nullable
    assert not schema.table("staff_members").column("store_id").nullable
    whole = designs.design()
    assert not list(findings(designs.changed(whole, "schema_design", tables=schema.tables)))
    names = [table.name for table in schema.tables]
    assert names.index("stores") < names.index("staff_members")
