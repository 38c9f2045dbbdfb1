"""Indexes of families without exclusion constraints, or whose searches for words need one to run at all.

Where a trigger looks for rows that overlap, an index has to find them; and a full-text search of such a family reads
an index over exactly its columns, whatever it costs beside a scan.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from agents.naming import constraint_name, shorten
from agents.schema_design.physical import Logical
from contracts.claims import Claim, UsesIndex
from contracts.schema import Exclusion, Index, IndexKey, Query, Table

Naming = Callable[[str, Sequence[str]], str]
"""The name of the index for words over some columns of a table."""


def with_own_indexes(logical: Logical, words_name: Naming) -> tuple[tuple[Index, ...], tuple[Query, ...]]:
    """All indexes of the schema, and the queries with the index for words that each reads."""
    own = (*_spans(logical), *_words(logical, words_name))
    return _together(logical.indexes, own), tuple(_served(query, own) for query in logical.queries)


def _together(chosen: tuple[Index, ...], own: tuple[Index, ...]) -> tuple[Index, ...]:
    """The chosen indexes and the family's own; of two that begin alike one stands, by the name that queries know."""
    made = list(chosen)
    for other in own:
        begun = [index for index in made if _is_begun(index, other)]
        named = next((index for index in begun if index.queries), None)
        made = [_longer(i, other) if i is named else i for i in made if i is named or i not in begun]
        made += [] if named else [other]
    return tuple(made)


def _longer(index: Index, other: Index) -> Index:
    because = f"{index.because}; {other.because}"
    return index.model_copy(update={"keys": other.keys, "include": other.include, "because": because})


def searches(logical: Logical, words_name: Naming) -> dict[str, list[Query]]:
    """The indexes for words with the queries that read them."""
    found: dict[str, list[Query]] = {}
    for query in logical.queries:
        if columns := logical.searched.get(query.name):
            found.setdefault(words_name(query.table, columns.split(", ")), []).append(query)
    return found


def words_claim(name: str, query: Query) -> Claim:
    """The query reads its index for words."""
    return Claim(
        id=f"{query.name}.words",
        sentence=f"{query.name} finds words through {name} and not by reading each text",
        element=f"index.{name}",
        serves=query.serves,
        trial=UsesIndex(
            query=query.name, arguments=tuple(p.sample for p in query.parameters), table=query.table, index=name
        ),
    )


def _spans(logical: Logical) -> Iterator[Index]:
    """For each rule against overlaps the index that finds its rows, if no other one does."""
    for table in logical.tables:
        for rule in table.exclusions:
            wanted = [*rule.equal, rule.start]
            there = (i for i in logical.indexes if i.table == table.name and not i.where)
            if not any([key.column for key in i.keys][: len(wanted)] == wanted for i in there):
                yield _span(table, rule)


def _span(table: Table, rule: Exclusion) -> Index:
    return Index(
        name=shorten(constraint_name("ix", table.name, *rule.equal, rule.start), 60),
        table=table.name,
        keys=tuple(IndexKey(column=c) for c in (*rule.equal, rule.start)),
        include=(rule.end,),
        because=f"the trigger of {rule.name} looks here for rows of the same {', '.join(rule.equal)} that overlap",
        origin=rule.origin,
        serves=rule.serves,
    )


def _words(logical: Logical, words_name: Naming) -> Iterator[Index]:
    for name, queries in searches(logical, words_name).items():
        names = ", ".join(query.name for query in queries)
        yield Index(
            name=name,
            table=queries[0].table,
            method="fulltext",
            keys=(IndexKey(expression=logical.searched[queries[0].name]),),
            queries=tuple(query.name for query in queries),
            because=f"{names} look{'s' if len(queries) == 1 else ''} for words inside values",
            origin=queries[0].origin,
            serves=queries[0].serves,
        )


def _served(query: Query, own: Iterable[Index]) -> Query:
    name = next((i.name for i in own if i.method == "fulltext" and query.name in i.queries), query.index)
    return query.model_copy(update={"index": name})


def _is_begun(index: Index, other: Index) -> bool:
    """Whether an index is the beginning of another one."""
    return (
        not (index.unique or index.where) and index.table == other.table and other.keys[: len(index.keys)] == index.keys
    )
