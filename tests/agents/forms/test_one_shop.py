"""The same shop in every form gives the same entities, attributes, keys and relationships."""

import itertools

import pytest

from tests.agents.forms.reading import analysed, columns, entity, links, names, types, unread
from tests.agents.forms.shops import FORMS, WITH_KEY, WITHOUT_UNIQUE, WITHOUT_VALUES

SHOP = {
    "customer": {"email": "email", "name": "string", "phone": "phone?"},
    "product": {"sku": "string", "name": "string", "price": "money", "description": "text?"},
    "order": {"customer_id": "identifier", "status": "string", "placed_at": "timestamp"},
    "order_item": {"order_id": "identifier", "product_id": "identifier", "quantity": "integer"},
}
LINKS = {
    ("customer", "order", "one_to_many", None, False),
    ("order", "order_item", "one_to_many", None, False),
    ("product", "order_item", "one_to_many", None, False),
}


@pytest.mark.parametrize("form", FORMS)
def test_entities_attributes_and_their_types(form: str) -> None:
    found = analysed(FORMS[form])
    assert set(names(found)) == set(SHOP)
    read = {name: types(found, name) for name in SHOP}
    if form == "json":  # the order of the child is told by nesting, not by a key
        read["order_item"]["order_id"] = "identifier"
    assert read == SHOP


@pytest.mark.parametrize("form", FORMS)
def test_relationships(form: str) -> None:
    found = analysed(FORMS[form])
    assert links(found) == LINKS
    assert len(found.relationships) == len(LINKS)
    part = next(r for r in found.relationships if (r.parent, r.child) == ("order", "order_item"))
    assert part.owned


@pytest.mark.parametrize("form", [f for f in FORMS if f not in WITHOUT_UNIQUE])
def test_uniqueness(form: str) -> None:
    found = analysed(FORMS[form])
    unique = {(e.name, a.name) for e in found.entities for a in e.attributes if a.unique}
    assert unique == {("customer", "email"), ("product", "sku")}


@pytest.mark.parametrize("form", [f for f in FORMS if f not in WITHOUT_VALUES])
def test_allowed_values(form: str) -> None:
    assert columns(analysed(FORMS[form]), "order")["status"].allowed == ("pending", "paid", "shipped")


@pytest.mark.parametrize("form", sorted(WITH_KEY))
def test_composite_keys(form: str) -> None:
    assert entity(analysed(FORMS[form]), "order_item").key == ("order_id", "product_id")


@pytest.mark.parametrize("form", FORMS)
def test_every_line_is_read_and_every_fact_has_its_line(form: str) -> None:
    found = analysed(FORMS[form])
    assert unread(found) == {}
    lines = FORMS[form].split("\n")
    assert {t.line for t in found.trace} == {n for n, text in enumerate(lines, 1) if text.strip() and _content(text)}
    for part in (*found.entities, *(a for e in found.entities for a in e.attributes)):
        assert part.origin.kind == "stated"
        assert part.origin.line
        assert part.origin.quote.split("…")[0].split()[0].strip("|`•*") in lines[part.origin.line - 1]


def _content(line: str) -> bool:
    """Whether a line is more than a fence or the rule below a table's titles."""
    return not line.startswith("```") and not line.startswith("|--")


@pytest.mark.parametrize("form", FORMS)
def test_line_ends_and_a_byte_order_mark_change_nothing(form: str) -> None:
    plain = analysed(FORMS[form])
    other = analysed("\ufeff" + FORMS[form].replace("\n", "\r\n"))
    assert other == plain


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations(["sql", "dbml", "mermaid", "tables", "yaml"], 2))
)
def test_two_forms_in_one_file_say_it_once(one: str, other: str) -> None:
    found = analysed(FORMS[one] + "\nThe same again.\n\n" + FORMS[other].partition("\n")[2])
    assert set(names(found)) == set(SHOP)
    assert {name: types(found, name) for name in SHOP} == SHOP
    assert links(found) == LINKS
