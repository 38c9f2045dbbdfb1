"""What queries take: each within its share of the response time, and planned alike at sizes that nobody loads."""

from collections.abc import Iterator, Mapping

from agents.figures import statement_goal
from agents.schema_design.dataset import Dataset
from agents.schema_design.indexes import Served
from agents.schema_design.physical import Logical
from contracts.claims import Answers, Claim, PlansAtScale
from contracts.requirements import Requirements
from contracts.schema import Query


def time_claims(logical: Logical, dataset: Dataset) -> Iterator[Claim]:
    """For each query that reads, how long it may take; for those of large tables the planner's choice at their size."""
    goals = _goals(logical.requirements)
    everywhere = statement_goal(logical.requirements)
    for query in logical.queries:
        if query.kind == "write":
            continue
        goal = goals.get(query.access)
        figure = statement_goal(logical.requirements, goal) if goal else everywhere
        yield _answers(query, figure.value, (*query.serves, *figure.serves))
        served = logical.served.get(query.name)
        if served and served.at_scale:
            yield _at_scale(query, served, dataset)


def _goals(requirements: Requirements) -> Mapping[str, float]:
    """The response time of an access alone, where the brief gives one."""
    return {pattern.id: pattern.response_ms for pattern in requirements.access_patterns if pattern.response_ms}


def _answers(query: Query, goal: float, serves: tuple[str, ...]) -> Claim:
    return Claim(
        id=f"{query.name}.in_time",
        sentence=f"{query.name} answers within {goal:g} ms, its share of the response time",
        element=f"query.{query.name}",
        serves=tuple(dict.fromkeys(serves)),
        trial=Answers(query=query.name, arguments=tuple(p.sample for p in query.parameters), goal_ms=goal),
    )


def _at_scale(query: Query, served: Served, dataset: Dataset) -> Claim:
    at = served.at_scale
    assert at is not None
    return Claim(
        id=f"{query.name}.at_scale",
        sentence=f"with {at.rows:,} rows of {query.table}, as in three years, {query.name} still reads {served.index}",
        element=f"query.{query.name}",
        serves=query.serves,
        trial=PlansAtScale(
            prepare=dataset.spelling.query_statement(query).sql, query=query.name,
            arguments=tuple(p.sample for p in query.parameters), table=query.table, index=served.index,
            rows=at.rows, pages=at.pages, distinct=at.distinct, most=at.most,
        ),
    )  # fmt: skip
