"""Deployments without downtime: what a change of this schema may take, and in which order code and schema move.

A change that waits for a lock makes every request behind it wait as well, so it gives up quickly and is tried again:
that is tried on the busiest table. What takes long (an index, a check of old rows, a new value in every row) is done
without a lock that anybody waits for.
"""

from agents.dialects.postgresql import quoted
from agents.figures import counted, merged, plain, serving
from agents.operations.basis import largest, listed, replicated
from agents.scaling.demand import rows_after
from agents.scaling.limits import lock_timeout, spelled
from contracts.base import Alternative, Decision, Origin
from contracts.claims import Claim, Collides
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign, Table

LONG_FROM = 1_000_000
"""Rows from which building an index or checking a constraint under a lock would be noticed: about a second."""
LOCK = "50ms"


def deploy_decision(requirements: Requirements, schema: SchemaDesign) -> tuple[Decision, ...]:
    """The steps of a change, with the tables that need them; a device that one person updates has none."""
    if requirements.tier == "embedded" or not schema.tables or schema.dialect != "postgresql":
        return ()
    long = [t for t in schema.tables if rows_after(requirements, t, 1).value >= LONG_FROM]
    names = listed([t.name for t in sorted(long, key=lambda t: (-t.expected_rows, t.name))], 5)
    parted = [t.name for t in long if t.partitioning]
    steps = [
        f"1. expand: new columns and tables only, nullable or with a constant default, under lock_timeout"
        f" {spelled(lock_timeout(requirements))}, tried again when it gives up (55P03)",
        "2. deploy code that writes old and new form and reads the old",
        "3. fill old rows in batches, each a transaction of its own",
        "4. deploy code that reads the new form",
        "5. contract: drop the old form when no instance uses it any more",
    ]
    if long:
        steps.insert(
            1,
            f"on {names} indexes by CREATE INDEX CONCURRENTLY, foreign keys and checks NOT VALID and then VALIDATE"
            + (f" (for {listed(parted)} partition by partition, attached to an index of the parent)" if parted else ""),
        )
    because = (
        f"{counted(len(long), 'table')} of {len(schema.tables)} hold more than {plain(LONG_FROM)} rows after one year;"
        " old and new instances run side by side while a deployment rolls"
    )
    if replicated(requirements):
        because += "; a standby replays each change too, and cancels reads that stand in its way after their delay"
    return (
        Decision(
            id="operations.decision.deploy",
            topic="Deployments without downtime",
            choice="; ".join(steps),
            because=f"{because}.",
            alternatives=(
                Alternative(
                    name="one migration that changes and fills at once",
                    refused_because=f"{largest(schema, 1)[0].name} would be locked for as long as its rows take",
                ),
            ),
            origin=Origin(kind="inferred", rule="a change may wait, the requests behind it may not"),
            serves=serving(requirements, "availability.", "performance.", "assumption."),
        ),
    )


def deploy_claims(requirements: Requirements, schema: SchemaDesign) -> tuple[Claim, ...]:
    """A change of the busiest table behind a long read gives up, and goes through when it is tried again."""
    if requirements.tier == "embedded" or not schema.tables or schema.dialect != "postgresql":
        return ()
    table = max(schema.tables, key=lambda t: (t.rows_per_day, t.expected_rows, t.name))
    return (_gives_up(table, spelled(lock_timeout(requirements))),)


def _gives_up(table: Table, limit: str) -> Claim:
    name = quoted(table.name)
    added = "added_by_a_later_version"
    return Claim(
        id=f"operations.at-once.{table.name}.deploy",
        sentence=f"A change of {table.name} behind a long read gives up (55P03) after lock_timeout (tried with {LOCK}"
        f" for {limit}) before requests queue behind it, and goes through when it is tried again",
        element=f"table.{table.name}",
        serves=merged(table.serves),
        trial=Collides(
            first=(f"SELECT count(*) FROM (SELECT FROM {name} LIMIT 1) AS read", "SELECT pg_sleep(0.3)"),
            second=(
                f"SET LOCAL lock_timeout = '{LOCK}'",
                f"ALTER TABLE {name} ADD COLUMN {added} integer",
                f"ALTER TABLE {name} DROP COLUMN {added}",
            ),
            crossed=True,
            sqlstate="55P03",
        ),
    )
