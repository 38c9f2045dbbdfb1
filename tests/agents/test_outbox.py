"""The outbox: who hears of changes, why there is one or none, and what each family makes of it."""

import datetime as dt
import functools

import pytest

from agents import dialects
from agents.requirement_analysis import requirement_analysis
from agents.scaling.demand import rows_after
from agents.schema_design.outbox import KEPT_DAYS, MARK, NAME, TAKE
from agents.schema_design.told import need_of
from agents.verification import proof
from contracts.base import Origin
from contracts.brief import Brief
from contracts.claims import Claim, Engine, Experiment, Observation, Observations, Shares
from contracts.requirements import Integration, Requirements
from contracts.schema import SchemaDesign

DAY = dt.date(2026, 1, 1)
SHOP = """# Shop

## Entities
- Customer: name, email (unique)
- Order: number (unique), customer, total (money), status (open, paid, cancelled), placed at
- Payment: order, amount (money), paid at

A customer has many orders. An order has many payments.

## Integrations
{lines}

## Numbers
{users}. 2,000 orders and 2,000 payments a day.
"""
STRIPE = "- Stripe: authorises and captures payments"


@functools.cache
def analysed(lines: str = STRIPE, users: str = "20,000 users, 300 at the same time") -> Requirements:
    return requirement_analysis(Brief(project="shop", text=SHOP.format(lines=lines, users=users), date=DAY))


@functools.cache
def designed(family: str = "postgresql", lines: str = STRIPE) -> SchemaDesign:
    return dialects.family(family).schema_design(analysed(lines), DAY)


@pytest.mark.parametrize(
    ("name", "purpose", "direction", "need"),
    [
        ("Payment provider", "authorises and captures payments, sends webhooks", "in", "told"),
        ("Carrier", "creates labels, reports delivery", "in", "told"),
        ("Webhooks", "Webhooks for ticket.created and ticket.updated", "", "told"),
        ("Slack", "notifications about new tickets", "out", "told"),
        ("Twilio", "for SMS reminders", "", "told"),
        ("SAP", "receives the bills", "out", "told"),
        ("sendet Webhooks", "", "in", "heard"),
        ("autorisiert und bucht Zahlungen", "", "", "told"),
        ("Laboratory", "sends results", "in", "heard"),
        ("CRM", "organizations are imported every night", "in", "heard"),
        ("DATEV", "Nightly export to DATEV", "out", "batch"),
        ("Ledger", "Once a night we send all new invoices to the ledger", "out", "batch"),
        ("Keycloak", "Authentication: OIDC through Keycloak", "out", "asked"),
        ("Weather service", "temperatures per region, hourly", "", "asked"),
        ("Registry", "", "", "unclear"),
    ],
)
def test_a_system_is_told_what_it_acts_on(name: str, purpose: str, direction: str, need: str) -> None:
    origin = Origin(kind="stated", line=1, quote=purpose or name)
    one = Integration.model_validate({"name": name, "purpose": purpose, "direction": direction, "origin": origin})
    assert need_of(one) == need


def test_the_reason_for_an_outbox_names_system_line_and_table() -> None:
    design = designed()
    decision = next(one for one in design.decisions if one.id == "decision.outbox")
    line = next(n for n, text in enumerate(SHOP.format(lines=STRIPE, users="").splitlines(), 1) if "Stripe" in text)
    assert f"Stripe (line {line}) hears of changes of payments" in decision.because
    assert len(decision.alternatives) == 4 and decision.origin.line == line
    assert set(design.table(NAME).serves) <= {one.id for one in analysed().requirements}


@pytest.mark.parametrize(
    ("lines", "users", "said"),
    [
        ("- none yet", "20,000 users", ""),
        ("- DATEV: nightly export of invoices", "20,000 users", "DATEV gets what a run at its time reads"),
        ("- Keycloak: single sign-on", "20,000 users", "Keycloak is asked"),
        (STRIPE, "One user on one device, offline", "one person"),
    ],
)
def test_without_a_system_that_acts_on_changes_there_is_none_and_the_reason(lines: str, users: str, said: str) -> None:
    design = dialects.family("postgresql").schema_design(analysed(lines, users), DAY)
    assert NAME not in {table.name for table in design.tables}
    assert not any(s.id in (f"query.{TAKE}", f"query.{MARK}") for s in design.statements)
    omitted = next(one for one in design.omissions if one.subject == "Transactional outbox")
    assert said in omitted.reason and omitted.reason and omitted.serves


@pytest.mark.parametrize(
    ("family", "taken", "marked", "keys", "where"),
    [
        ("postgresql", "FOR UPDATE SKIP LOCKED", "published_at = now()", ["id"], "published_at IS NULL"),
        ("mariadb", "FOR UPDATE SKIP LOCKED", "published_at = UTC_TIMESTAMP(6)", ["published_at", "id"], None),
        ("mysql", "FOR UPDATE SKIP LOCKED", "published_at = UTC_TIMESTAMP(6)", ["published_at", "id"], None),
        ("sqlite", "LIMIT 100", "published_at = CURRENT_TIMESTAMP", ["id"], "published_at IS NULL"),
    ],
)
def test_each_family_takes_and_marks_in_its_own_words(
    family: str, taken: str, marked: str, keys: list[str], where: str | None
) -> None:
    design = designed(family)
    sql = {s.id: s.sql for s in design.statements}
    assert sql[f"query.{TAKE}"].rstrip("'").endswith(taken) and marked in sql[f"query.{MARK}"]
    index = next(one for one in design.indexes if one.table == NAME)
    assert ([key.column for key in index.keys], index.where) == (keys, where)
    tried = {c.id.removeprefix(f"{NAME}."): c.trial.kind for c in design.claims if c.id.startswith(f"{NAME}.")}
    assert tried["rolled_back"] == "returns" and tried["waiting.served"] == "uses_index"
    assert ("shared" in tried) is (family != "sqlite") and ("removed" in tried) is (family == "postgresql")
    said = next(one.because for one in design.decisions if one.id == "decision.outbox")
    assert ("one writer" in said) is (family == "sqlite")


def test_published_events_go_so_that_the_table_holds_the_events_of_a_week() -> None:
    table = designed().table(NAME)
    assert table.rows_per_day == pytest.approx(2_000 * 1)
    growth = 1 + (analysed().targets.yearly_growth_percent or 0) / 100
    assert rows_after(analysed(), table, 5).value == pytest.approx(2_000 * KEPT_DAYS * growth**5, rel=0.01)
    endless = table.model_copy(update={"kept_days": None})
    assert rows_after(analysed(), endless, 5).value > 2_000 * 365 * 4


@pytest.mark.parametrize(
    ("rows", "status", "words"),
    [
        ((("first", "1"), ("second", "2")), "holds", "the first took 1 rows, the second 1 others"),
        ((("first", "1"), ("second", "1")), "fails", "1 of 1 rows went to both"),
        ((("first", "1"),), "fails", "nothing to share"),
        ((), "fails", "nothing was taken"),
    ],
)
def test_what_two_sessions_took_is_judged(rows: tuple[tuple[str, str], ...], status: str, words: str) -> None:
    claim = Claim(id="shared", sentence="shared", element="table.x", trial=Shares(take="SELECT 1"))
    asked = Experiment(script=(), dataset=(), claims=(claim,), rows=1)
    engine = Engine(name="any", version="1", origin="embedded")
    seen = Observations(engine=engine, rows=1, observations=(Observation(claim="shared", rows=rows),))
    judged = proof(asked, seen).evidence[0]
    assert (judged.verdict, words in judged.observed) == (status, True)
