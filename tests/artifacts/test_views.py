"""Joins and groupings that the templates rely on."""

from artifacts import views
from artifacts.script import subject_of
from artifacts.tracing import trace_rows
from artifacts.yaml_block import plain
from artifacts.yaml_sections import read_scaling, value
from contracts.plan import PersistencePlan
from contracts.scaling import Route
from tests.artifacts.conftest import BY


def test_growth_has_a_column_for_each_span_and_inputs_once(plan: PersistencePlan) -> None:
    scaling = plan.design.scaling
    later = scaling.growth[0].model_copy(update={"years": 1})
    other = scaling.growth[0].model_copy(update={"table": "customers"})
    grown = scaling.model_copy(update={"growth": (*scaling.growth, later, other)})
    assert views.growth_years(grown) == (1, 3)
    rows = views.growth_rows(grown)
    assert [(row.table, [g is not None for g in row.growth]) for row in rows] == [
        ("orders", [True, True]),
        ("customers", [False, True]),
    ]
    assert rows[0].inputs == "cores = 2 (assumption.machine)"
    assert [formula.title for formula in views.growth_formulas(grown)] == ["Rows", "Data", "Indexes"]


def test_what_a_write_makes_stale_is_told_once(plan: PersistencePlan) -> None:
    caching = plan.design.caching
    second = caching.entries[0].invalidations[0].model_copy(update={"keys": ("orders:all",)})
    entry = caching.entries[0].model_copy(update={"name": "second", "invalidations": (second,)})
    stale = views.stale_keys(caching.model_copy(update={"entries": (*caching.entries, entry)}))
    assert [one.keys for one in stale] == [("orders:{id}", "orders:all")]


def test_routes_that_go_the_same_way_stand_together(plan: PersistencePlan) -> None:
    routes = tuple(
        Route(query=query, target=target, fallback="none", lag_tolerance_seconds=0, because="fresh", **BY)
        for query, target in (("a", "primary"), ("b", "replica"), ("c", "primary"))
    )
    shown = plain(read_scaling(plan.design.scaling.model_copy(update={"routes": routes})))
    assert isinstance(shown, dict)
    found = [(route["target"], route["queries"]) for route in shown["read_scaling"]["read_routing"]]
    assert found == [("primary", ["a", "c"]), ("replica", ["b"])]


def test_a_requirement_lists_its_elements_by_kind(plan: PersistencePlan) -> None:
    row = trace_rows(plan.design, ())[0]
    assert str(row.served_by[0]) == "table orders"
    assert row.served_by[-1].kind == "column"
    assert len({served.kind for served in row.served_by}) == len(row.served_by)


def test_an_elements_id_leads_to_its_subject() -> None:
    known = {"orders": "orders", "ix_orders_total": "orders"}
    ids = ("table.orders", "index.ix_orders_total", "orders.total_not_negative", "role.shop_app")
    assert [subject_of(element, known) for element in ids] == ["orders", "orders", "orders", "role"]


def test_settings_become_what_they_mean() -> None:
    assert [value(text) for text in ("10", "1.1", "true", "on", "010", "64MB")] == [10, 1.1, True, "on", "010", "64MB"]
