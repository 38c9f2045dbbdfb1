"""Two people at once, for each rule that only the database can keep between them."""

from collections.abc import Iterable

from agents.naming import identifier, shorten
from agents.operations.basis import listed
from contracts.base import Origin
from contracts.claims import Claim
from contracts.operations import TestCase
from contracts.schema import Column, SchemaDesign, Table

STOCK = ("stock", "quantity", "available", "inventory", "capacity", "balance", "seats", "remaining")


def cases_at_once(
    schema: SchemaDesign, claims: dict[str, list[Claim]], collisions: tuple[Claim, ...] = ()
) -> list[TestCase]:
    """Two people at once, for each rule that only the database can keep between them; `collisions` tried it so."""
    made = []
    for table in schema.tables:
        tried = claims[f"table.{table.name}"]
        together = f"operations.at-once.{table.name}"
        for rule in table.exclusions:
            what = (
                f"Two sessions take the same {listed(rule.equal)} for overlapping {rule.start} to {rule.end} in "
                f"{table.name} at once: one succeeds, the other gets 23P01"
            )
            made.append(
                case(
                    "integration",
                    f"{table.name}_{rule.equal[0]}_at_once",
                    what,
                    "no overlap holds between two sessions",
                    rule.serves,
                    tried_by(tried, rule.name),
                )
            )
        for unique in table.uniques:
            what = (
                f"Two sessions add a row of {table.name} with the same {listed(unique.columns)} at once: one "
                f"succeeds, the other gets 23505"
            )
            made.append(
                case(
                    "integration",
                    f"{table.name}_{'_'.join(unique.columns)}_at_once",
                    what,
                    "uniqueness holds between two sessions",
                    unique.serves,
                    tried_by(tried, unique.name),
                )
            )
        for check in table.checks:
            if check.kind == "range" and check.minimum is not None and is_stock(table, table.column(check.column)):
                taken = [one for one in schema.withdrawals if (one.table, one.column) == (table.name, check.column)]
                by = f"UPDATE … SET {check.column} = {check.column} - 1"
                by = listed([f"a row of {one.child} each" for one in taken]) if taken else by
                what = (
                    f"Two sessions take the last {check.column} of one row of {table.name} by {by}: one succeeds, the "
                    "other gets 23514"
                )
                made.append(
                    case(
                        "integration",
                        f"{table.name}_{check.column}_at_once",
                        what,
                        "a stock cannot be sold twice",
                        check.serves,
                        [
                            *tried_by(tried, check.name),
                            *(c for one in taken for c in claims[f"withdrawal.{one.name}"] if c.trial.kind == "races"),
                            *(c for c in collisions if c.id.startswith(f"{together}.{check.column}.")),
                        ],
                    )
                )
    return made


def tried_by(claims: Iterable[Claim], name: str) -> list[Claim]:
    """The claims on the constraint of this name."""
    return [claim for claim in claims if claim.id.endswith(f".{shorten(name, 100)}")]


def is_stock(table: Table, column: Column) -> bool:
    """Whether the column counts what several people take from one row: a stock, not the quantity of an order's line."""
    if column.type not in ("integer", "decimal", "money") or table.nature in ("event", "junction"):
        return False
    counts = STOCK if table.nature in ("master", "reference") else tuple(word for word in STOCK if word != "quantity")
    return any(word in column.name for word in counts)


def case(
    category: str, name: str, what: str, rule: str, serves: tuple[str, ...], claims: Iterable[Claim] = ()
) -> TestCase:
    """A case of the testing strategy, by a name that is made an identifier."""
    return TestCase.model_validate(
        {
            "category": category,
            "name": shorten(identifier(name)),
            "what": what,
            "claims": tuple(dict.fromkeys(claim.id for claim in claims)),
            "origin": Origin(kind="inferred", rule=rule),
            "serves": serves,
        }
    )
