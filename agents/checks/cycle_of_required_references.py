"""Can every table have its first row?"""

from collections.abc import Iterator

import networkx as nx

from agents.checks._finding import finding, names
from contracts.checklist import Finding
from contracts.plan import Design

MEANS = "Each of these tables needs a row of another one first, so none of them ever gets one."
REMEDY = "Let one of the references be NULL until the other row is there."


def findings(design: Design) -> Iterator[Finding]:
    """Circles of foreign keys in which no column may be NULL, a table's required reference to itself among them."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for table in design.schema_design.tables:
        strict = {column.name for column in table.columns if not column.nullable}
        graph.add_edges_from((table.name, key.references) for key in table.foreign_keys if set(key.columns) <= strict)
    for circle in nx.strongly_connected_components(graph):
        first = min(circle)
        if len(circle) > 1 or graph.has_edge(first, first):
            yield finding(
                __name__,
                f"table.{first}",
                fact=f"Nothing can be inserted first: {names(sorted(circle))} each require a row of the others.",
                evidence="; ".join(sorted(f"{a} → {b}" for a, b in graph.edges if {a, b} <= circle)),
                remedy=f'Make one of these references of "{first}" optional.',
            )
