"""Isolation and retries of each workflow that writes: which lock keeps it right, and which error is tried again.

READ COMMITTED is enough where a constraint or a locked row stands between two writers; a limit on the number of rows
has no constraint, so the row that they belong to is locked before they are counted.
"""

from agents.figures import merged
from agents.operations.basis import listed, named_tables, replicated, writes
from agents.operations.cases_at_once import is_stock
from contracts.base import Alternative, Decision, Origin
from contracts.requirements import Requirements, Rule
from contracts.schema import SchemaDesign, Table

MOST = 12
RETRIES = "three times, after 50, 100 and 200 ms and as much again at random"


def transaction_decisions(requirements: Requirements, schema: SchemaDesign) -> list[Decision]:
    """One decision for each workflow that writes tables of this design; one person alone waits for nobody."""
    if requirements.tier == "embedded":
        return []
    found = []
    for number, workflow in enumerate(requirements.workflows[:MOST], 1):
        tables = [schema.table(name) for name in named_tables(schema, workflow)]
        because = _because(requirements, schema, tables)
        if because and writes(workflow):
            found.append(_decision(requirements, number, workflow, tables, because))
    return found


def _because(requirements: Requirements, schema: SchemaDesign, tables: list[Table]) -> list[str]:
    """What two of these transactions at once could break, and what keeps it; nothing where they cannot meet."""
    text = '"{}" is kept by SELECT … FOR UPDATE of the row that they belong to, before they are counted'
    return [*(text.format(rule.text) for rule in _capacities(requirements, tables)), *_kept_by(schema, tables)]


def _capacities(requirements: Requirements, tables: list[Table]) -> list[Rule]:
    """Rules that limit how many rows there may be: no constraint over one row says that."""
    entities = {table.entity for table in tables if table.entity}
    return [rule for rule in requirements.rules if rule.kind == "capacity" and rule.entity in entities]


def _decision(
    requirements: Requirements, number: int, workflow: str, tables: list[Table], because: list[str]
) -> Decision:
    return Decision(
        id=f"operations.decision.transaction-{number}",
        topic=f"Transaction of the workflow: {workflow}",
        choice=f"READ COMMITTED, one transaction over {listed([t.name for t in tables])}; 40P01 (deadlock) is tried"
        f" again {RETRIES}{_lost(requirements, tables)}",
        because=f"{'; '.join(because)}.",
        alternatives=(
            Alternative(
                name="SERIALIZABLE",
                refused_because="every writer of these tables would have to use it and try 40001 again, for rules that"
                " a row lock or a constraint keeps",
            ),
        ),
        origin=Origin(kind="inferred", rule="the rules of the tables that the workflow writes"),
        serves=merged(*(t.serves for t in tables)),
    )


def _kept_by(schema: SchemaDesign, tables: list[Table]) -> list[str]:
    """What keeps two of these transactions apart: a row that both change, or a constraint that one of them meets."""
    reached = {t.name: t for t in tables}
    for table in tables:
        for key in table.foreign_keys:
            reached.setdefault(key.references, schema.table(key.references))
    kept = [
        f"{t.name}.{c.column} is taken by {_taker(schema, t.name, c.column)}, and its CHECK"
        " refuses the last one twice (23514 is an answer and is not tried again)"
        for t in reached.values()
        for c in t.checks
        if c.kind == "range" and c.minimum is not None and is_stock(t, t.column(c.column))
    ]
    kept += [f"{rule.name} refuses overlaps (23P01)" for t in tables for rule in t.exclusions]
    unique = [u.name for t in tables for u in t.uniques]
    if unique:
        kept.append(f"{listed(unique, 3)} {'refuses' if len(unique) == 1 else 'refuse'} a second row (23505)")
    return kept


def _taker(schema: SchemaDesign, table: str, column: str) -> str:
    """Who changes a stock: the triggers of what is ordered, or else a statement of the application."""
    parts = [one.child for one in schema.withdrawals if (one.table, one.column) == (table, column)]
    if not parts:
        return f"UPDATE … SET {column} = {column} - n, which locks the row"
    order = " in the order of their keys" if schema.dialect == "postgresql" else ""
    return f"the triggers of {listed(parts)}, which lock the rows{order}"


def _lost(requirements: Requirements, tables: list[Table]) -> str:
    """What to do when the connection breaks at COMMIT, and nobody knows whether it happened."""
    if not replicated(requirements):
        return ""
    key = next((u for t in tables for u in t.uniques if all(not t.column(c).identity for c in u.columns)), None)
    if key is None:
        return "; after a failover (08006, 57P01) the row is looked for before it is written again"
    return (
        f"; after a failover (08006, 57P01) it is sent again with the same {listed(key.columns)}, and 23505 of"
        f" {key.name} says that it had been committed"
    )
