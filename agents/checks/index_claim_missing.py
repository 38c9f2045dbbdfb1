"""Is there a counterfactual claim for every index and every query that reads through one?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from agents.checks.query_without_index import SMALL
from contracts.checklist import Finding
from contracts.claims import UsesIndex
from contracts.plan import Design

MEANS = "The document says that an index helps, and nobody has looked."
REMEDY = "Claim by trial uses_index that the query reads through the index and pays more without it."


def findings(design: Design) -> Iterator[Finding]:
    """Indexes and queries without a `uses_index` claim; on small tables the planner rightly prefers a full read."""
    trials = [claim.trial for claim in design.claims() if isinstance(claim.trial, UsesIndex)]
    by_index = {trial.index for trial in trials}
    by_query = {(trial.query, trial.index) for trial in trials}
    large = {table.name for table in design.schema_design.tables if table.expected_rows > SMALL}
    for index in design.schema_design.indexes:
        if not index.unique and index.table in large and index.name not in by_index:
            queries = ", ".join(index.queries) or "none, it backs a key or policy"
            yield _finding(f"index.{index.name}", f'No claim tries index "{index.name}".', f"Its queries: {queries}")
    for query in design.schema_design.queries:
        if query.index and query.table in large and (query.name, query.index) not in by_query:
            fact = f'No claim tries query "{query.name}" against its index "{query.index}".'
            yield _finding(f"query.{query.name}", fact, f"{len(trials)} claims try an index.")


def _finding(element: str, fact: str, evidence: str) -> Finding:
    return finding(__name__, element, fact=fact, evidence=evidence, remedy=f"Add a uses_index claim. {MEANS}")
