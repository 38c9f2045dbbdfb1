"""A small shop as the analysis would hand it over, built by hand so that schema tests need no parser."""

from decimal import Decimal
from typing import Any

from contracts.base import Origin
from contracts.requirements import (
    AccessPattern,
    Attribute,
    Entity,
    Filter,
    Relationship,
    Requirement,
    Requirements,
    Retention,
    Rule,
    Sort,
    Targets,
    Volume,
)

STATED = Origin(kind="stated", line=1, quote="as the brief says")


def attribute(name: str, kind: str = "string", **more: Any) -> Attribute:
    return Attribute(name=name, label=name, type=kind, origin=STATED, serves=(f"entity.{name}",), **more)


def entity(name: str, nature: str, *attributes: Attribute, **more: Any) -> Entity:
    return Entity(
        name=name, label=name.title(), nature=nature, attributes=attributes, origin=STATED,
        serves=(f"entity.{name}",), **more,
    )  # fmt: skip


def belongs(child: str, parent: str, **more: Any) -> Relationship:
    return Relationship(
        parent=parent, child=child, cardinality=more.pop("cardinality", "one_to_many"), origin=STATED,
        serves=(f"relationship.{parent}-{child}",), **more,
    )  # fmt: skip


def pattern(name: str, of: str, kind: str, **more: Any) -> AccessPattern:
    return AccessPattern(
        id=f"access.{name}", text=name, entity=of, kind=kind, origin=STATED, serves=(f"access.{name}",), **more
    )


def rule(name: str, of: str, kind: str, *attributes: str, **more: Any) -> Rule:
    return Rule(
        id=f"rule.{name}", text=name, kind=kind, entity=of, attributes=attributes, origin=STATED,
        serves=(f"rule.{name}",), **more,
    )  # fmt: skip


def shop(**changes: Any) -> Requirements:
    """Users, products, orders with items, tags, bookings without overlap, and a large log of activities."""
    entities = (
        entity(
            "user", "person",
            attribute("email", "email", unique=True, sensitivity="personal"),
            attribute("password_hash", sensitivity="secret"),
            attribute("name"),
            attribute("deleted_at", "timestamp", optional=True),
        ),
        entity("category", "reference", attribute("name", unique=True)),
        entity(
            "product", "master",
            attribute("sku", unique=True, length=64),
            attribute("name"),
            attribute("description", "text", optional=True),
            attribute("price", "money", minimum=Decimal(0), exclusive_minimum=True),
            attribute("status", allowed=("active", "discontinued"), default="active"),
        ),
        entity(
            "order", "transaction",
            attribute("order_number", unique=True, length=32),
            attribute("status", allowed=("pending", "paid", "delivered", "cancelled"), default="pending"),
            attribute("total_amount", "money", minimum=Decimal(0)),
            attribute("currency", "currency", default="EUR"),
            attribute("placed_at", "timestamp"),
        ),
        entity("order_item", "transaction", attribute("quantity", "integer", minimum=Decimal(1)),
               attribute("line_number", "integer", minimum=Decimal(1))),
        entity("tag", "reference", attribute("label", unique=True, length=40)),
        entity("booking", "transaction", attribute("starts_at", "timestamp"), attribute("ends_at", "timestamp"),
               attribute("status", allowed=("booked", "cancelled"), default="booked")),
        entity("activity", "event", attribute("kind", length=50), attribute("occurred_at", "timestamp")),
        entity("order_history", "event", attribute("status"), attribute("changed_at", "timestamp")),
        entity("select", "master", attribute("order", "integer"), attribute("end", "timestamp"),
               attribute("id", "string"), attribute("it_s", "text", optional=True)),
    )  # fmt: skip
    relationships = (
        belongs("order", "user", owned=True),
        belongs("order_item", "order", owned=True),
        belongs("order_item", "product"),
        belongs("product", "category"),
        belongs("category", "category", optional=True),
        belongs("booking", "user", role="practitioner"),
        belongs("activity", "user", owned=True),
        belongs("order_history", "order", owned=True),
        belongs("product", "tag", cardinality="many_to_many"),
        belongs("select", "user", optional=True),
    )
    rules = (
        rule("ends-after-start", "booking", "comparison", "ends_at", "starts_at", operator=">"),
        rule("no-double-booking", "booking", "no_overlap", "practitioner", "starts_at", "ends_at"),
        rule("line-unique", "order_item", "unique", "order", "line_number"),
        rule("total-limit", "order", "range", "total_amount", maximum=Decimal(100_000)),
    )
    patterns = (
        pattern("login", "user", "lookup", filters=(Filter(attribute="email"),)),
        pattern("order-by-number", "order", "lookup", filters=(Filter(attribute="order_number"),)),
        pattern("own-orders", "order", "list", filters=(Filter(attribute="user"),),
                sort=(Sort(attribute="placed_at", descending=True),), page_size=20),
        pattern("open-orders", "order", "list",
                filters=(Filter(attribute="user"),
                         Filter(attribute="status", operator="not_in", values=("delivered", "cancelled"))),
                sort=(Sort(attribute="placed_at", descending=True),)),
        pattern("catalogue", "product", "list",
                filters=(Filter(attribute="category"), Filter(attribute="status", values=("active",))),
                sort=(Sort(attribute="price"),), page_size=20),
        pattern(
            "discontinued", "product", "list",
            filters=(Filter(attribute="status", values=("discontinued",)),), sort=(Sort(attribute="price"),),
        ),
        pattern("mixed-sort", "product", "list", filters=(Filter(attribute="category"),),
                sort=(Sort(attribute="price", descending=True), Sort(attribute="name"))),
        pattern("search", "product", "search", search=("name", "description"), page_size=20),
        pattern("name-part", "product", "list", filters=(Filter(attribute="name", operator="contains"),)),
        pattern("activities", "activity", "list", filters=(Filter(attribute="user"),),
                sort=(Sort(attribute="occurred_at", descending=True),)),
        pattern("history", "order_history", "aggregate", filters=(Filter(attribute="changed_at", operator="range"),)),
        pattern("revenue", "order", "aggregate", filters=(Filter(attribute="placed_at", operator="range"),)),
        pattern("place-order", "order", "write"),
        pattern("set-status", "order", "write", filters=(Filter(attribute="order_number"),)),
        pattern("impossible", "order", "list", filters=(Filter(attribute="weather"),)),
    )  # fmt: skip
    return Requirements(
        project="shop",
        title="Shop",
        tier="standard",
        requirements=tuple(
            Requirement(id=f"entity.{e.name}", kind="entity", text=e.label, origin=STATED) for e in entities
        ),
        entities=entities,
        relationships=relationships,
        rules=rules,
        access_patterns=patterns,
        volumes=(
            Volume(entity="order", rows=0, rows_per_day=10_000, origin=STATED),
            Volume(entity="activity", rows=0, rows_per_day=5_000_000, origin=STATED),
            Volume(entity="order_history", rows=0, rows_per_day=60_000, origin=STATED),
        ),
        targets=Targets(read_share=0.9, requests_per_second=400, response_ms=200),
        retention=(Retention(entity="order_history", days=2555, basis="tax", origin=STATED),),
    ).model_copy(update=changes)
