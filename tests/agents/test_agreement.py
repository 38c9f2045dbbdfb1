"""References that lead to one row: which are tied, which are asked about, and rows that agree."""

import contextlib
import sqlite3

import pytest

from agents.dialects import family
from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from agents.schema_design.agreement import with_agreements
from agents.schema_design.dataset import Dataset
from agents.schema_design.normal_form import all_dependencies
from agents.schema_design.tables import tables
from benchmarks.once import DATE
from contracts.claims import Refused
from contracts.requirements import Requirements
from contracts.schema import ForeignKey, SchemaDesign
from flows.inputs import brief_from_text

SHOP = """# Shop

### User
- name
- email: unique

### Address
- user_id (FK → User)
- city: string(80)

### Order
- user_id (FK → User)
- shipping_address_id (FK → Address)
- billing_address_id (FK → Address), optional
- placed_at: timestamp
"""

WAREHOUSES = """# Stores

### Warehouse
- name
- city: string(80)

### Gantry
- warehouse_id (FK → Warehouse)
- number: string(10)

### Pick
- warehouse_id (FK → Warehouse)
- gantry_id (FK → Gantry)
- starts_at: timestamp
"""

FORUM = """# Forum

### User
- name
- email: unique

### Post
- user_id (FK → User)
- text

### Like
- user_id (FK → User)
- post_id (FK → Post)
"""


def analysed(text: str) -> Requirements:
    return requirement_analysis(brief_from_text(text, "x", DATE))


def ties(found: Requirements) -> list[tuple[str | None, tuple[str, ...], str]]:
    return [(r.entity, r.attributes, r.origin.kind) for r in found.rules if r.kind == "agreement"]


def asked(found: Requirements) -> list[str]:
    return [q.id for q in found.open_questions if q.id.startswith("question.agreement")]


def designed(text: str, dialect: str = "postgresql") -> SchemaDesign:
    brief = brief_from_text(text, "x", DATE)
    return family(dialect).schema_design(requirement_analysis(brief), brief.date)


def key(design: SchemaDesign, table: str, column: str) -> ForeignKey:
    return next(k for k in design.table(table).foreign_keys if k.columns == (column,))


def test_a_part_of_its_owner_is_tied_to_it_and_the_assumption_is_shown() -> None:
    found = analysed(SHOP)
    assert ties(found) == [
        ("order", ("shipping_address", "user"), "inferred"),
        ("order", ("billing_address", "user"), "inferred"),
    ]
    assert [a.id for a in found.assumptions if "agreement" in a.id] and not asked(found)


@pytest.mark.parametrize(
    ("text", "tied", "questions"),
    [
        # told apart within its warehouse alone: it belongs there
        (WAREHOUSES + "\n## Business Rules\n\n- Gantry number is unique per warehouse\n", 1, 0),
        # nothing says that a gantry never moves
        (WAREHOUSES, 0, 1),
        (WAREHOUSES + "\n## Business Rules\n\n- The gantry of a pick must belong to the warehouse of the pick\n", 1, 0),
        (WAREHOUSES + "\n## Business Rules\n\n- The gantry of a pick may belong to another warehouse\n", 0, 0),
        # roles differ: who sells is not who buys
        (SHOP.replace("### Address\n- user_id", "### Address\n- seller_id"), 0, 0),
        # an optional owner in the middle
        (WAREHOUSES.replace("(FK → Warehouse)\n- number", "(FK → Warehouse), optional\n- number"), 0, 0),
        # made for others
        (FORUM, 0, 0),
        # a key over both says that neither determines the other
        (WAREHOUSES + "\n## Business Rules\n\n- Gantry number is unique per warehouse\n"
         "- There is one pick per warehouse and gantry\n", 0, 1),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_asked_and_never_tied(text: str, tied: int, questions: int) -> None:
    found = analysed(text)
    assert (len(ties(found)), len(asked(found))) == (tied, questions)


def test_the_reference_is_over_the_owner_too_and_the_middle_can_be_named_by_both() -> None:
    design = designed(SHOP)
    tied = key(design, "orders", "shipping_address_id")
    assert (tied.constrained, tied.constrained_to) == (("shipping_address_id", "user_id"), ("id", "user_id"))
    assert [t.columns for t in design.table("addresses").targets] == [("user_id", "id")]
    made = next(s.sql for s in design.statements if s.id == "table.orders")
    assert "FOREIGN KEY(shipping_address_id, user_id) REFERENCES addresses (id, user_id)" in made
    assert "ON DELETE SET NULL (billing_address_id)" in made  # the order keeps its user
    found = [d.column.name for d in all_dependencies(design.tables) if d.table.name == "orders"]
    assert "user_id" not in found  # it is compared, and so contradicts nothing
    (decision,) = [d for d in design.decisions if d.id == "decision.agreement.orders.shipping_address_id"]
    assert len(decision.alternatives) == 3


def test_without_the_rule_nothing_is_tied() -> None:
    found = analysed(SHOP)
    made, left = with_agreements(tables(found), [r for r in found.rules if r.kind != "agreement"])
    assert not left and not any(k.agreeing for t in made for k in t.foreign_keys) and not any(t.targets for t in made)


def test_an_owner_that_may_be_missing_is_left_to_the_application_and_said() -> None:
    found = analysed(SHOP.replace("### Order\n- user_id (FK → User)", "### Order\n- user_id (FK → User), optional"))
    rules = analysed(SHOP).rules
    made, left = with_agreements(tables(found), rules)
    assert len(left) == 2 and "compares nothing" in left[0].reason
    assert not any(k.agreeing for t in made for k in t.foreign_keys)


def test_a_foreign_row_in_the_middle_is_a_claim() -> None:
    design = designed(SHOP)
    claim = next(c for c in design.claims if c.id.endswith("fk_orders_shipping_address_id.user_id_agrees"))
    assert isinstance(claim.trial, Refused) and claim.trial.sqlstate == "23503"
    assert "(SELECT min(id) FROM addresses WHERE user_id <> " in claim.trial.sql[0]


@pytest.mark.parametrize("dialect", ["mariadb", "mysql", "sqlite"])
def test_other_families_refuse_to_clear_one_of_two_columns_and_say_so(dialect: str) -> None:
    design = designed(SHOP, dialect)
    assert key(design, "orders", "billing_address_id").on_delete == "restrict"
    assert any("fk_orders_billing_address_id" in gap.elements for gap in design.gaps)
    made = next(s.sql for s in design.statements if s.id == "table.orders")
    assert "FOREIGN KEY (shipping_address_id, user_id) REFERENCES addresses (id, user_id)" in made
    order = ("user_id", "id") if dialect == "sqlite" else ("id", "user_id")
    assert [t.columns for t in design.table("addresses").targets] == [order]
    wanted = ("shipping_address_id",) if dialect == "sqlite" else ("shipping_address_id", "user_id")
    leading = [tuple(k.column for k in i.keys)[: len(wanted)] for i in design.indexes if i.table == "orders"]
    assert key(design, "orders", "shipping_address_id").indexed == wanted  # InnoDB makes one where it finds none
    assert wanted in leading


def test_the_rows_of_trials_agree_whichever_reference_they_give() -> None:
    """SQLite itself compares: every row that loads or that a trial writes with one of the two references given."""
    design = designed(SHOP, "sqlite")
    logical = schema_design(analysed(SHOP), brief_from_text(SHOP, "x", DATE).date)
    dataset = Dataset(logical.tables, brief_from_text(SHOP, "x", DATE).date, spelling=_spelling())
    orders = logical.table("orders")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for statement in design.statements:
            if statement.section == "schema":
                connection.executescript(f"{statement.sql};")
        for load in design.dataset:
            connection.execute(load.sql)
        for given in ({}, {"user_id": "7"}, {"shipping_address_id": "9"}, {"billing_address_id": "3"}):
            connection.execute(dataset.insert(orders, given))
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            connection.execute(dataset.insert(orders, {"user_id": "7", "shipping_address_id": "8"}))
        assert connection.execute("SELECT count(*) FROM orders").fetchone()[0] > 4


def _spelling() -> object:
    from agents.dialects.sqlite import sql

    return sql
