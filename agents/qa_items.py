"""The items of the quality checklist as data: which claims and which checks decide each one.

A new check is named here by the items that it decides; a test fails when no item names it.
"""

from dataclasses import dataclass

PLANS = {
    "schema": "schema_design",
    "caching": "caching",
    "scaling": "scaling",
    "security": "security",
    "operations": "operations",
    "migrations": "migrations",
}
"""The parts of a design that make claims, and their fields in `Design`."""

TESTS = "tests"
"""A part of its own: the claims that the cases of the testing strategy name."""


COMPONENT_CHECKS = frozenset({"unjustified-component", "unexplained-absence"})
"""Checks whose findings name a component first (`read-replica.reporting`, `omission.read-replica`)."""


@dataclass(frozen=True)
class Selection:
    """Claims by who makes them, by the kinds of their trials, and by a pattern in their id or element; empty is any."""

    parts: tuple[str, ...] = tuple(PLANS)
    kinds: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True)
class Item:
    """One item: its text, the claims and checks that decide it, and the components that it is about."""

    id: str
    text: str
    claims: tuple[Selection, ...]
    checks: tuple[str, ...]
    components: tuple[str, ...] = ()


ITEMS = (
    Item(
        "schema-performance",
        "Schema design includes performance optimization",
        (Selection(("schema",), ("executes", "accepted", "uses_index")),),
        (
            "missing-primary-key",
            "unindexed-foreign-key",
            "foreign-key-type-mismatch",
            "hash-partition-gap",
            "range-partition-gap",
            "partition-key-outside-primary-key",
            "float-money",
            "timestamp-without-time-zone",
            "reserved-word-name",
            "identifier-too-long",
            "element-without-statement",
            "unknown-name",
            "key-runs-out",
            "multi-valued-column",
            "default-left-to-chance",
            "changeable-check",
        ),
    ),
    Item(
        "indexing",
        "Indexing strategy aligned with expected queries",
        (Selection(kinds=("uses_index",)),),
        (
            "query-without-index",
            "index-without-query",
            "redundant-index",
            "unindexed-foreign-key",
            "index-claim-missing",
            "index-unfit-for-query",
        ),
    ),
    Item(
        "caching",
        "Multi-layer caching strategy designed",
        (Selection(("caching",)),),
        ("secret-in-cache", "cache-without-invalidation", "unjustified-component", "unexplained-absence"),
        ("cache", "distributed cache"),
    ),
    Item(
        "pooling",
        "Connection pooling configured appropriately",
        (Selection(("scaling",), ("balances", "setting_accepted"), r"connection|pool"),),
        ("connections-exceed-maximum", "unjustified-component", "unexplained-absence"),
        ("connection pool",),
    ),
    Item(
        "scalability",
        "Scalability and growth strategies planned",
        (Selection(("scaling",)), Selection(("schema",), about=r"partition")),
        (
            "unjustified-component",
            "unexplained-absence",
            "hash-partition-gap",
            "range-partition-gap",
            "partition-key-outside-primary-key",
        ),
        ("read replica", "partitioned table"),
    ),
    Item(
        "security",
        "Security measures integrated with performance",
        (Selection(("security",)),),
        (
            "rls-table-without-policy",
            "unindexed-policy",
            "setting-read-per-row",
            "unclassified-secret",
            "secret-readable",
            "secret-in-cache",
            "audit-missing",
            "cascade-on-business-records",
        ),
    ),
    Item(
        "testing",
        "Testing strategy comprehensive",
        (Selection((TESTS,)),),
        (
            "testing-gap",
            "claim-that-cannot-fail",
            "constraint-claim-missing",
            "index-claim-missing",
            "statement-claim-missing",
            "setting-claim-missing",
        ),
    ),
    Item(
        "monitoring",
        "Monitoring and alerting configured",
        (Selection(("operations",), ("executes", "accepted", "returns"), r"monitoring|alert"),),
        ("unwatched-target", "unknown-name", "element-without-statement"),
    ),
    Item(
        "statements",
        "Every statement of the document executes, in its order, in an empty database",
        (Selection(kinds=("executes",)),),
        ("statement-claim-missing", "element-without-statement", "reserved-word-name", "identifier-too-long"),
    ),
    Item(
        "integrity",
        "Constraints refuse what breaks the brief's rules",
        (Selection(("schema",), ("refused", "returns", "races", "shares")),),
        (
            "rule-not-enforced",
            "constraint-claim-missing",
            "relationship-without-foreign-key",
            "nullable-unique-column",
            "cascade-on-business-records",
            "attribute-not-kept",
            "cycle-of-required-references",
            "delete-without-reason",
            "duplicate-foreign-key",
            "junction-not-unique",
            "money-without-currency",
            "price-not-copied",
            "address-not-kept",
            "total-not-kept",
            "record-without-parts",
            "transitive-dependency",
            "unique-blocks-deleted",
            "unsatisfiable-check",
        ),
    ),
    Item(
        "traceability",
        "Every requirement is served, and every element says whom it serves",
        (Selection(),),
        (
            "unserved-requirement",
            "purposeless-element",
            "unknown-requirement",
            "misquoted-origin",
            "entity-without-table",
            "relationship-without-foreign-key",
        ),
    ),
    Item(
        "proportion",
        "The numbers ask for each component, and explain each one that is missing",
        (Selection(("caching", "scaling"), ("balances",)),),
        ("unjustified-component", "unexplained-absence"),
        ("cache", "distributed cache", "connection pool", "read replica", "partitioned table"),
    ),
    Item(
        "settings",
        "The server accepts every setting, and starts with all of them",
        (Selection(kinds=("setting_accepted", "starts")),),
        ("setting-claim-missing", "connections-exceed-maximum", "pooler-out-of-balance"),
    ),
    Item(
        "migrations",
        "Migrations can be undone, and done again",
        (Selection(("migrations",)),),
        ("statement-without-migration",),
    ),
    Item(
        "numbers",
        "The numbers follow from their formulas, and agree with each other and with the brief",
        (Selection(kinds=("balances",)),),
        (
            "figure-off-formula",
            "stale-number",
            "connections-exceed-maximum",
            "pooler-out-of-balance",
            "pools-below-peak",
            "server-memory-exceeded",
            "cache-memory-exceeded",
            "cached-answer-too-old",
            "growth-exceeds-disk",
            "growth-without-period",
            "setting-contradicted",
            "availability-unmet",
            "recovery-point-unmet",
        ),
    ),
    Item(
        "backup",
        "Backups meet the recovery point and the recovery time, and were restored",
        (Selection(("operations",), ("balances", "restores"), r"backup|recover"),),
        ("recovery-point-unmet",),
    ),
)
"""The eight items that a persistence architecture is finalised by, and those that keep the document honest."""
