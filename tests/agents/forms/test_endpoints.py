"""Endpoint lists: filters, ranges, sort, pages, parents, and entities that nothing else names."""

import pytest

from tests.agents.forms.reading import analysed, links, names

MODEL = (
    "# Shop\n\n### Customer\n- name\n- email, unique\n\n### Product\n- name\n- price: money\n- category: string\n"
    "- created_on: date\n\n### Order\n- customer_id (references Customer)\n- status: open | paid\n"
    "- placed_at: timestamp\n\n## API\n\n"
)
ENDPOINTS = {
    "GET /api/products?category=…&sort=price:desc&page=1&limit=25":
        ("product", "list", [("category", "equals")], [("price", True)], 25),
    "GET /api/products?min_price=1&max_price=5": ("product", "list", [("price", "range")], [], None),
    "GET /api/products?price_min=1&price_max=5": ("product", "list", [("price", "range")], [], None),
    "GET /api/products?price[gte]=1&price[lte]=5": ("product", "list", [("price", "range")], [], None),
    "GET /api/products?sort=-price,name": ("product", "list", [], [("price", True), ("name", False)], None),
    "GET /api/products?sort_by=price&order=desc": ("product", "list", [], [("price", True)], None),
    "GET /api/products?orderBy=price&direction=asc": ("product", "list", [], [("price", False)], None),
    "GET /api/products?cursor=abc&page_size=30": ("product", "list", [], [], 30),
    "GET /api/products?created_from=2026-01-01&created_to=2026-02-01":
        ("product", "list", [("created_on", "range")], [], None),
    "GET /api/orders?from=2026-01-01&to=2026-02-01": ("order", "list", [("placed_at", "range")], [], None),
    "GET /api/orders?status=open,paid": ("order", "list", [("status", "one_of")], [], None),
    "GET /api/customers/{id}/orders?sort=placed_at:desc":
        ("order", "list", [("customer", "equals")], [("placed_at", True)], None),
    "GET /api/customers/:id": ("customer", "lookup", [("id", "equals")], [], None),
    "PUT /api/customers/{id}": ("customer", "write", [], [], None),
    "POST /api/orders": ("order", "write", [], [], None),
}  # fmt: skip


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("shape", ["- {}", "```http\n{}\n```", "`{}`"])
def test_reads_and_writes(endpoint: str, shape: str) -> None:
    found = analysed(MODEL + shape.format(endpoint) + "\n")
    made = [p for p in found.access_patterns if p.origin.kind == "stated"]
    read = [
        (p.entity, p.kind, [(f.attribute, f.operator) for f in p.filters],
         [(s.attribute, s.descending) for s in p.sort], p.page_size) for p in made
    ]  # fmt: skip
    assert read == [ENDPOINTS[endpoint]]


def test_what_only_endpoints_name_is_an_entity_with_its_usual_attributes() -> None:
    found = analysed(
        "# Shop\n\n## API\n\n- GET /api/v1/customers/{id}/orders\n- POST /api/v1/orders/{id}/items\n"
        "- POST /api/v1/orders/{id}/cancel\n"
        "- POST /auth/login\n- GET /health\n- GET /api/v1/reports/sales\n"
    )
    assert names(found) == ["customer", "order", "order_item"]
    assert {"order_number", "status"} <= {a.name for a in found.entities[1].attributes}
    assert {(p, c) for p, c, *_ in links(found)} == {("customer", "order"), ("order", "order_item")}


def test_a_path_does_not_contradict_a_stated_relationship() -> None:
    found = analysed(
        "# School\n\n### Course\n- title\n\n### Student\n- name\n\n## Relationships\n\n"
        "- Course ↔ Student (many-to-many)\n\n"
        "## API\n\n- GET /courses/{id}/students\n"
    )
    assert [r.cardinality for r in found.relationships] == ["many_to_many"]
    assert [q for q in found.open_questions if "disagree" in q.question] == []


def test_a_table_of_endpoints() -> None:
    found = analysed(
        "# Shop\n\n| Method | Path | Purpose |\n|---|---|---|\n| GET | /api/orders | the list |\n"
        "| POST | /api/orders | place |\n"
    )
    assert names(found) == ["order"]
