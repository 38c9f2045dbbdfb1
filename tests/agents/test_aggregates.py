"""Business records and their parts: totals that are kept, commands that write all of a record, kept addresses."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from agents import dialects
from agents.schema_design import schema_design
from contracts.requirements import AccessPattern, Attribute, Requirements, Rule
from contracts.schema import SchemaDesign, Total
from flows.engines import engine
from flows.engines.server import Server, serving
from tests.agents.analyses import attribute, belongs, entity, pattern, rule, shop
from tests.agents.test_schema_design import altered, experiment, failed, without

START = dt.date(2026, 11, 1)
LINE = (
    attribute("quantity", "decimal", precision=12, scale=3, minimum=Decimal(0)),
    attribute("unit_price", "money", minimum=Decimal(0)),
)
TOTAL = (attribute("total_amount", "money", minimum=Decimal(0)),)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One embedded server for the experiments that break something."""
    with serving(engine("embedded")) as running:
        yield running


def repairs(
    line: tuple[Attribute, ...] = LINE, job: tuple[Attribute, ...] = TOTAL, rules: tuple[Rule, ...] = (), **more: Any
) -> Requirements:
    """A workshop's jobs with the parts that went into them."""
    entities = (
        entity("article", "master", attribute("name"), attribute("price", "money", minimum=Decimal(0))),
        entity("job", "transaction", attribute("job_number", unique=True, length=32), *job),
        entity("job_line", "transaction", *line),
    )
    related = (belongs("job_line", "job", owned=True), belongs("job_line", "article"))
    made = {"access_patterns": (), "volumes": (), "retention": (), "relationships": related, "entities": entities}
    return shop(**(made | {"rules": rules} | more))


def totals(requirements: Requirements) -> list[Total]:
    return list(schema_design(requirements, START).totals)


def test_a_total_beside_parts_with_quantity_and_price_is_their_sum() -> None:
    discount, tax = attribute("discount_amount", "money"), attribute("vat", "money", optional=True)
    (made,) = totals(repairs((*LINE, discount, tax)))
    assert (made.table, made.column, made.child, made.reference) == ("jobs", "total_amount", "job_lines", "job_id")
    assert (made.terms, made.added, made.deducted) == (("quantity", "unit_price"), ("vat",), ("discount_amount",))
    assert made.origin.kind == "inferred"
    design = schema_design(repairs((*LINE, discount, tax)), START)
    (decision,) = [d for d in design.decisions if d.id == "decision.totals"]
    assert "vat of job_lines is taken to come on top of its price" in decision.because
    assert {"compute on read", "the application alone"} <= {a.name for a in decision.alternatives}


def test_a_net_amount_is_the_sum_without_taxes() -> None:
    job = (attribute("net_amount", "money"), attribute("tax_amount", "money"), *TOTAL)
    (made,) = totals(repairs((*LINE, attribute("tax_amount", "money")), job))
    assert (made.column, made.added) == ("net_amount", ())


@pytest.mark.parametrize(
    ("line", "job"),
    [
        (LINE[1:], TOTAL),  # no quantity
        (LINE[:1], TOTAL),  # no price
        (LINE, (*TOTAL, attribute("shipping_cost", "money"))),  # the total holds more than the parts
        (LINE, (attribute("budget", "money"),)),  # an amount that is no total
    ],
)
def test_a_total_that_the_columns_leave_open_is_not_kept(
    line: tuple[Attribute, ...], job: tuple[Attribute, ...]
) -> None:
    assert totals(repairs(line, job)) == []


def test_a_part_that_may_enter_the_total_or_not_is_told() -> None:
    design = schema_design(repairs((*LINE, attribute("deposit", "money"))), START)
    assert design.totals == ()
    (told,) = [o for o in design.omissions if o.subject.startswith("A trigger that keeps jobs.total_amount")]
    assert "deposit of job_lines may enter it or not" in told.reason


def test_what_the_brief_says_of_a_total_comes_first() -> None:
    said = rule("total", "job", "sum", "total_amount", operator="=", child="job_line", terms=("unit_price",))
    (made,) = totals(repairs(rules=(said,)))
    assert (made.terms, made.origin.kind) == (("unit_price",), "stated")


def test_a_wrong_total_cannot_stand(server: Server) -> None:
    """Three decimals of quantity make a sum of five, which is compared as it is stored."""
    line = (*LINE, attribute("discount_amount", "money"), attribute("tax_amount", "money", optional=True))
    design = schema_design(repairs(line), START)
    assert failed(server, experiment(design)) == set()
    name = design.totals[0].name
    loose = without(design.statements, f"trigger.sum_{name}", f"trigger.guard_{name}")
    assert {c for c in failed(server, experiment(design, loose)) if not c.endswith(".executes")} == {
        f"total.{name}.follows", f"total.{name}.guarded",
    }  # fmt: skip


@pytest.mark.parametrize("family", ["mariadb", "sqlite", "mysql"])
def test_every_family_keeps_the_same_sum(family: str) -> None:
    line = (*LINE, attribute("discount_amount", "money"), attribute("tax_amount", "money", optional=True))
    design: SchemaDesign = dialects.family(family).schema_design(repairs(line), START)
    (trigger,) = [s for s in design.statements if s.id.startswith("trigger.sum_") and s.id.endswith("_insert")]
    assert all(c in trigger.sql for c in ("quantity", "unit_price", "discount_amount", "tax_amount"))


def making(text: str = "someone books a job") -> tuple[AccessPattern, ...]:
    return (pattern("job", "job", "write").model_copy(update={"text": text}),)


MAKING = making()


def test_a_command_writes_the_parts_with_the_prices_of_the_day() -> None:
    design = schema_design(repairs(access_patterns=MAKING), START)
    whole, part = design.queries
    assert (whole.name, whole.part_of) == ("create_jobs", None)
    assert (part.name, part.part_of, part.tables) == ("create_jobs_job_lines", "create_jobs", ("job_lines", "articles"))
    assert [p.name for p in whole.parameters] == ["job_number"]  # the sum is the database's
    assert [p.name for p in part.parameters] == ["job_id", "job_lines"]
    assert "article.price AS unit_price" in part.sql
    assert "(part.item ->> 'quantity')::numeric" in part.sql


@pytest.mark.parametrize(
    ("text", "written"),
    [("someone books a job", ["jobs"]), ("someone books a job with its checklists", ["jobs", "checklists"])],
)
def test_what_comes_later_is_no_part_and_what_the_sentence_names_is(text: str, written: list[str]) -> None:
    """Photos, payments and events of a job are made by other commands."""
    entities = (
        entity("job", "transaction", attribute("job_number", unique=True, length=32)),
        entity("checklist", "transaction", attribute("note", "text")),
        entity("payment", "transaction", attribute("amount", "money")),
        entity("job_event", "event", attribute("told_at", "timestamp")),
    )
    related = tuple(belongs(child, "job", owned=True) for child in ("checklist", "payment", "job_event"))
    made = repairs(entities=entities, relationships=related, access_patterns=making(text))
    assert [q.table for q in schema_design(made, START).queries] == written


def test_a_new_record_is_not_told_when_it_came_into_its_later_states() -> None:
    job = (
        attribute("status", allowed=("booked", "done"), default="booked"),
        attribute("booked_at", "timestamp", optional=True),
        attribute("done_at", "timestamp", optional=True),
    )
    whole = schema_design(repairs(LINE, job, access_patterns=MAKING), START).queries[0]
    assert [p.name for p in whole.parameters] == ["job_number", "status", "booked_at"]


def test_a_sum_that_may_not_be_zero_begins_at_what_its_check_accepts() -> None:
    job = (attribute("total_amount", "money", minimum=Decimal(0), exclusive_minimum=True),)
    whole = schema_design(repairs(job=job, access_patterns=MAKING), START).queries[0]
    assert whole.sql.startswith("INSERT INTO jobs (job_number, total_amount) VALUES ($1, 1)")


def test_a_command_that_leaves_something_out_fails_its_trials(server: Server) -> None:
    number = attribute("line_number", "integer", minimum=Decimal(1))
    ruled = (rule("line", "job_line", "unique", "job", "line_number"),)
    design = schema_design(repairs((*LINE, number), rules=ruled, access_patterns=MAKING), START)
    assert "part.nth AS line_number" in design.queries[1].sql
    assert failed(server, experiment(design)) == set()
    statement = "query.create_jobs_job_lines"
    inner = altered(design.statements, statement, "LEFT OUTER JOIN articles", "JOIN articles")
    assert failed(server, experiment(design, inner)) == {"create_jobs_job_lines.refused"}
    free = altered(design.statements, statement, "article.price AS", "0 AS")
    assert "create_jobs_job_lines.whole" in failed(server, experiment(design, free))
    loose = without(design.statements, f"trigger.sum_{design.totals[0].name}")
    assert "create_jobs_job_lines.summed" in failed(server, experiment(design, loose))


@pytest.mark.parametrize(
    ("family", "rows"), [("mariadb", "json_table(?"), ("mysql", "json_table(?"), ("sqlite", "json_each(?2)")]
)
def test_every_family_writes_the_parts_from_one_array(family: str, rows: str) -> None:
    design: SchemaDesign = dialects.family(family).schema_design(repairs(access_patterns=MAKING), START)
    part = next(q for q in design.queries if q.part_of)
    assert rows in part.sql
    assert {c.id for c in design.claims if c.element == f"query.{part.name}"} >= {
        f"{part.name}.whole",
        f"{part.name}.refused",
    }


LINES = ("to_address_line1", "to_address_city", "to_address_country_code")


def deliveries(name: str = "delivery", optional: bool = False, **more: Any) -> Requirements:
    """Deliveries to addresses of people, and the depots from which they start."""
    lines = (attribute("label", optional=True), attribute("line1", length=200), attribute("city", length=100))
    entities = (
        entity("client", "person", attribute("name")),
        entity("address", "master", *lines, attribute("country_code", "country")),
        entity("depot", "master", attribute("name"), *lines[1:]),
        entity(name, "transaction", attribute("delivery_number", unique=True, length=32)),
    )
    related = (
        belongs("address", "client", owned=True),
        belongs(name, "address", role="to_address", optional=optional),
        belongs(name, "depot"),
    )
    made = {"access_patterns": (), "volumes": (), "retention": (), "rules": (), "tier": "standard"}
    return shop(**(made | {"entities": entities, "relationships": related} | more))


@pytest.mark.parametrize("optional", [False, True])
def test_a_record_keeps_the_lines_of_its_address_and_not_its_label(optional: bool) -> None:
    table = schema_design(deliveries(optional=optional), START).table("deliveries")
    kept = [c for c in table.columns if c.name.startswith("to_address_") and c.name != "to_address_id"]
    assert [(c.name, c.nullable) for c in kept] == [(name, optional) for name in LINES]
    assert not [c.name for c in table.columns if c.name.startswith("depot_") and c.name != "depot_id"]


def test_what_goes_on_follows_its_address() -> None:
    table = schema_design(deliveries("subscription"), START).table("subscriptions")
    assert not set(LINES) & {c.name for c in table.columns}


def test_the_decision_tells_what_else_would_keep_an_address() -> None:
    design = schema_design(deliveries(), START)
    (decision,) = [d for d in design.decisions if d.id == "decision.copy.deliveries"]
    assert all(name in decision.choice for name in LINES)
    names = [alternative.name for alternative in decision.alternatives]
    assert "read a row of addresses by a join" in names
    assert "rows of addresses that never change, a new one for each correction" in names


def test_an_address_that_changes_leaves_the_record_as_it_was(server: Server) -> None:
    asked = (pattern("send", "delivery", "write"),)
    design = schema_design(deliveries(access_patterns=asked), START)
    claim = "deliveries.to_address.as_it_was"
    assert failed(server, experiment(design)) == set()
    wrong = altered(design.statements, "query.create_deliveries", r"to_address\.line1 AS", "to_address.city AS")
    assert failed(server, experiment(design, wrong)) == {claim}
    without_command = schema_design(deliveries(), START)
    tried = next(c for c in without_command.claims if c.id == claim)
    assert "INSERT INTO deliveries" in tried.trial.sql[1]  # type: ignore[union-attr]
    assert failed(server, experiment(without_command)) == set()
