"""The checklist: evidence and checks decide it, and each can make it fail, on a real engine as well."""

import pytest

from agents.checks import checks
from agents.qa_checklist import CLAIM_FAILS, CLAIM_NOT_TRIED, qa_checklist
from agents.qa_items import ITEMS, PLANS, TESTS
from agents.verification import proof
from contracts.checklist import Checklist, ChecklistItem
from contracts.claims import Balances, Engine, Evidence, Proof
from contracts.plan import Design
from flows.engines import observe
from tests.agents import designs as d

VALID = d.design()
ENGINE = Engine(name="PostgreSQL", version="18.6", origin="embedded")


def judged(design: Design, **verdicts: str) -> Checklist:
    """The checklist when every claim holds, but those whose id holds a key (dots written as two underscores)."""
    named = {key.replace("__", "."): verdict for key, verdict in verdicts.items()}
    evidence = tuple(
        Evidence(
            claim=claim.id,
            verdict=next((v for key, v in named.items() if key in claim.id), "holds"),  # type: ignore[arg-type]
            observed="seen",
        )
        for claim in design.claims()
    )
    return qa_checklist(design, Proof(engine=ENGINE, rows=10_000, claims=design.claims(), evidence=evidence))


def on_engine(design: Design, spec: str = "embedded") -> Checklist:
    experiment = design.experiment()
    return qa_checklist(design, proof(experiment, observe(experiment, spec, lambda *_: None)))


def item(checklist: Checklist, identity: str) -> ChecklistItem:
    return next(item for item in checklist.items if item.id == identity)


def failing(checklist: Checklist) -> set[str]:
    return {item.id for item in checklist.items if item.verdict == "fails"}


def test_all_hold_when_every_claim_holds_and_no_check_finds_anything() -> None:
    checklist = judged(VALID)
    assert failing(checklist) == set()
    assert checklist.findings == ()
    assert item(checklist, "backup").reason == "1 claim holds, and 1 check finds nothing."


def test_the_eight_items_of_a_persistence_architecture_stand_first() -> None:
    assert [item.text for item in judged(VALID).items[:8]] == [
        "Schema design includes performance optimization",
        "Indexing strategy aligned with expected queries",
        "Multi-layer caching strategy designed",
        "Connection pooling configured appropriately",
        "Scalability and growth strategies planned",
        "Security measures integrated with performance",
        "Testing strategy comprehensive",
        "Monitoring and alerting configured",
    ]


@pytest.mark.parametrize("made", ITEMS, ids=lambda made: made.id)
def test_each_item_fails_without_its_claims(made: object) -> None:
    whole = VALID
    for part in (field for name, field in PLANS.items() if name != TESTS):
        whole = d.changed(whole, part, claims=())
    seen = item(judged(whole), made.id)  # type: ignore[attr-defined]
    assert seen.verdict == "fails"
    assert seen.reason.startswith("No claim gives evidence for it")


@pytest.mark.parametrize("made", ITEMS, ids=lambda made: made.id)
def test_each_item_fails_with_one_failed_or_untried_claim(made: object) -> None:
    claims = item(judged(VALID), made.id).claims  # type: ignore[attr-defined]
    for verdict, words in (("fails", "fail"), ("not_tried", "not tried")):
        seen = item(judged(VALID, **{claims[0].replace(".", "__"): verdict}), made.id)  # type: ignore[attr-defined]
        assert seen.verdict == "fails"
        assert words in seen.reason
        assert claims[0] in seen.reason


def test_every_check_decides_an_item_and_every_item_names_checks_that_exist() -> None:
    known = {check.id for check in checks()}
    assert {name for made in ITEMS for name in made.checks} == known


def test_a_finding_fails_the_items_that_its_check_decides() -> None:
    broken = d.with_column(VALID, "orders", "total", sql_type="real")
    checklist = judged(broken)
    assert failing(checklist) == {"schema-performance"}
    assert item(checklist, "schema-performance").reason == (
        'float-money: "orders"."total" holds money as real, a binary float.'
    )
    assert [finding.check for finding in checklist.findings] == ["float-money"]


def test_a_component_decides_the_items_that_are_about_it() -> None:
    silent = d.changed(VALID, "scaling", replicas=())
    assert failing(judged(silent)) == {"scalability", "proportion"}


def test_advice_fails_nothing() -> None:
    checklist = judged(d.changed(VALID, "operations", alerts=(), monitoring=()))
    assert item(checklist, "monitoring").verdict == "holds"
    assert item(checklist, "monitoring").reason == "1 claim holds, and 3 checks find 2 pieces of advice."


def test_failed_claims_are_findings_with_what_was_seen() -> None:
    checklist = judged(VALID, orders__ck_orders_total="fails")
    (finding,) = checklist.findings
    assert (finding.check, finding.element, finding.evidence) == (CLAIM_FAILS, "table.orders", "seen")
    assert 'Claim "orders.ck_orders_total" fails' in finding.fact
    assert failing(checklist) == {"integrity", "testing", "traceability"}
    assert finding in item(checklist, "integrity").findings


def test_untried_claims_are_one_finding_a_kind() -> None:
    checklist = judged(VALID, executes="not_tried", served="not_tried")
    seen = {finding.element: finding.fact for finding in checklist.findings}
    assert {finding.check for finding in checklist.findings} == {CLAIM_NOT_TRIED}
    assert seen["claims.uses_index"].startswith('3 claims of kind "uses index" were not tried')
    assert set(seen) == {"claims.executes", "claims.uses_index"}


def without_cache(*reasons: str) -> Design:
    made = tuple(d.omission("distributed cache", reason) for reason in reasons)
    bare = d.changed(VALID, "caching", layers=(), entries=(), omissions=made)
    served = tuple(t.model_copy(update={"serves": ("access.product-by-id",)}) for t in bare.schema_design.queries[2:])
    assert served
    return bare


def test_a_component_that_is_rightly_missing_holds_by_its_balance_and_tells_why() -> None:
    caching = item(judged(without_cache("3 reads per second need none")), "caching")
    assert caching.verdict == "holds"
    assert caching.reason.endswith("No cache: 3 reads per second need none.")


def test_a_component_that_is_missing_without_a_figure_or_without_a_claim_fails() -> None:
    assert item(judged(without_cache("nobody needs it")), "caching").verdict == "fails"
    silent = d.changed(without_cache("3 reads per second need none"), "caching", claims=())
    assert item(judged(silent), "caching").reason == (
        "No claim gives evidence for it; 4 checks alone do not decide an item."
    )


def test_without_an_engine_only_balances_are_proven() -> None:
    checklist = on_engine(VALID, "none")
    balances = sum(isinstance(claim.trial, Balances) for claim in VALID.claims())
    assert sum(finding.check == CLAIM_NOT_TRIED for finding in checklist.findings) == 7
    assert failing(checklist) == {made.id for made in ITEMS} - {"caching", "proportion", "numbers", "backup"}
    assert item(checklist, "traceability").held == balances


@pytest.fixture(scope="module")
def proven() -> Checklist:
    return on_engine(VALID)


def test_a_valid_design_holds_on_a_real_engine(proven: Checklist) -> None:
    assert [(seen.id, seen.reason) for seen in proven.items if seen.verdict == "fails"] == []


def rewritten(identity: str, old: str, new: str) -> Design:
    """The valid design with other SQL in one statement; what is said of it stays the same."""
    made = tuple(
        s.model_copy(update={"sql": s.sql.replace(old, new)}) if s.id == identity else s
        for s in VALID.schema_design.statements
    )
    assert made != VALID.schema_design.statements
    return d.changed(VALID, "schema_design", statements=made)


BROKEN = {
    "an index that a claim needs is dropped": (
        d.without_statement(VALID, "schema_design", "index.ix_orders_user_id"), "list_orders.served",
    ),
    "an index has its columns in the wrong order": (
        rewritten("index.ix_orders_user_id", "(user_id, placed_at)", "(placed_at, user_id)"), "list_orders.served",
    ),
    "a CHECK is weakened": (rewritten("table.orders", "total >= 0", "total >= -5"), "orders.ck_orders_total"),
    "another CHECK refuses instead": (
        rewritten(
            "table.orders", "CONSTRAINT ck_orders_total CHECK (total >= 0)",
            "CONSTRAINT ck_orders_total CHECK (true), CONSTRAINT ck_orders_whole CHECK (total >= 0)",
        ),
        "orders.ck_orders_total",
    ),
    "a table does not execute": (rewritten("table.products", "numeric", "muneric"), "table.products.executes"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_breaking_a_design_fails_its_claim_on_a_real_engine(broken: tuple[Design, str]) -> None:
    design, claim = broken
    facts = [finding.fact for finding in on_engine(design).findings if finding.check == CLAIM_FAILS]
    assert any(f'Claim "{claim}" fails' in fact for fact in facts), facts


def test_a_hash_partition_that_is_left_out_is_found_even_when_inserts_pass_by_luck() -> None:
    table = VALID.schema_design.table("activities").partitioning
    assert table is not None
    kept = table.model_copy(update={"partitions": table.partitions[:3]})
    seen = item(judged(d.with_table(VALID, "activities", partitioning=kept)), "scalability")
    assert seen.verdict == "fails"
    assert "cover 3/4 of all values" in seen.reason
