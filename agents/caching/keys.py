"""Cache keys from a query's table and parameters, so that the writer can compute exactly what the reader stored.

One row: `shop:product:{id}`. A list: `shop:products:by_category:{category_id}:v{version}:after:{after_id}`, where
`{version}` is the number under `shop:category:{category_id}:products:version`. A write increments that number; all
pages of the list become unreachable at once and fall out by their TTL, without KEYS or SCAN. Values that are neither
numbers nor uuids are percent-encoded in a key, long texts are digested: a colon in a value must not make two keys one.
"""

import re
from dataclasses import dataclass

from agents.figures import given, instances, read_share, request_rate
from agents.naming import singular
from agents.security.guards import Guard, guards
from contracts.base import Input
from contracts.requirements import Requirements
from contracts.schema import Column, Parameter, Query, SchemaDesign, Table

_EQUALS = re.compile(r'(?:"?\w+"?\.)?"?(\w+)"?\s*=\s*\$(\d+)\b', re.IGNORECASE)
_TABLE = re.compile(
    r'\b(?:from|join)\s+"?(\w+)"?(?:\s+(?:as\s+)?(?!on\b|where\b|join\b|left\b|order\b|inner\b)"?(\w+)"?)?',
    re.IGNORECASE,
)
_COLUMN = re.compile(r'(?:"?(\w+)"?\.)?"?(\w+)"?')


@dataclass(frozen=True)
class Candidate:
    """A read query with the key it would have. `version` is the version key of a list, empty for a single row.

    `equal` are the columns that parameters fix, `scope` the reference among them by which a list's version is kept,
    `tenant` the session's tenant where row-level security makes answers differ, `guard` the policy of the table.
    """

    query: Query
    table: Table
    shown: tuple[tuple[str, Column], ...]
    equal: tuple[str, ...]
    scope: str
    pattern: str
    version: str
    tenant: str
    guard: Guard | None

    @property
    def single(self) -> bool:
        return not self.version

    @property
    def texts(self) -> tuple[str, ...]:
        """Parameters that stand in the key as they are and may hold a colon."""
        plain = ("bigint", "integer", "smallint", "uuid")
        return tuple(
            p.name for p in self.query.parameters if p.sql_type not in plain and f"{{{p.name}}}" in self.pattern
        )


def entity(table: Table) -> str:
    """The singular by which keys and events call a table's rows."""
    return table.entity or singular(table.name)


def candidates(requirements: Requirements, schema: SchemaDesign) -> tuple[Candidate, ...]:
    """Every lookup, list and search with its key; two queries never share one."""
    protected = {guard.table.name: guard for guard in guards(requirements, schema)}
    made: list[Candidate] = []
    for query in schema.queries:
        if query.kind in ("lookup", "list", "search"):
            one = _candidate(requirements.project, schema, query, protected.get(query.table))
            taken = one.pattern in {c.pattern for c in made}
            made.append(_renamed(one) if taken else one)
    return tuple(made)


def _renamed(one: Candidate) -> Candidate:
    """A second query over the same parameters reads other columns, so its key carries its name."""
    project, rest = one.pattern.split(":", 1)
    pattern = f"{project}:{one.query.name}:{rest}"
    return Candidate(one.query, one.table, one.shown, one.equal, one.scope, pattern, one.version, one.tenant, one.guard)


def _candidate(project: str, schema: SchemaDesign, query: Query, guard: Guard | None) -> Candidate:
    table = schema.table(query.table)
    fixed = equality(query)
    equal = tuple(c for p in query.parameters if (c := fixed.get(p.name)) and _has(table, c))
    tenant = _tenant(guard, equal)
    prefix = f"{project}:{entity(guard.subject.table)}:{{{tenant}}}" if tenant and guard else project
    if query.kind == "lookup" and _unique(schema, table, equal):
        pattern = f"{prefix}:{entity(table)}:{_row_key(table, equal)}{_rest(query, fixed, equal)}"
        return Candidate(query, table, shown(query, schema), equal, "", pattern, "", tenant, guard)
    scope = next((c for c in equal if any(fk.columns == (c,) for fk in table.foreign_keys)), "")
    version = _version_key(prefix, table, scope)
    by = "".join(f":by_{_bare(c)}:{{{c}}}" for c in equal)
    pattern = f"{prefix}:{table.name}{by}:v{{version}}{_rest(query, fixed, equal)}"
    return Candidate(query, table, shown(query, schema), equal, scope, pattern, version, tenant, guard)


def _has(table: Table, column: str) -> bool:
    return any(c.name == column for c in table.columns)


def equality(query: Query) -> dict[str, str]:
    """Parameter → column for parameters that one column must equal; keyset cursors are not among them."""
    named = {str(n): p.name for n, p in enumerate(query.parameters, 1)}
    found = {named[n]: column.lower() for column, n in _EQUALS.findall(query.sql) if n in named}
    return {name: column for name, column in found.items() if not name.startswith("after_")}


def _tenant(guard: Guard | None, equal: tuple[str, ...]) -> str:
    if guard is None or guard.published or guard.subject.suffix != "tenant":
        return ""
    column = f"{entity(guard.subject.table)}_id"
    return "" if column in equal else column


def _unique(schema: SchemaDesign, table: Table, equal: tuple[str, ...]) -> bool:
    keys = [table.primary_key, *(u.columns for u in table.uniques)]
    keys += [tuple(k.column or "" for k in i.keys) for i in schema.indexes if i.table == table.name and i.unique]
    return any(key and set(key) <= set(equal) for key in keys)


def _row_key(table: Table, equal: tuple[str, ...]) -> str:
    if equal == table.primary_key:
        return ":".join(f"{{{c}}}" for c in equal)
    return ":".join(f"by_{_bare(c)}:{{{c}}}" for c in equal)


def _bare(column: str) -> str:
    return column.removesuffix("_id") or column


def _version_key(prefix: str, table: Table, scope: str) -> str:
    if not scope:
        return f"{prefix}:{table.name}:version"
    return f"{prefix}:{_bare(scope)}:{{{scope}}}:{table.name}:version"


def _rest(query: Query, fixed: dict[str, str], equal: tuple[str, ...]) -> str:
    """The parameters that are no equality: texts by their digest, the cursor last and together."""
    others = [p for p in query.parameters if fixed.get(p.name) not in equal]
    cursor = [p.name for p in others if p.name.startswith("after_")]
    free = "".join(f":{p.name}:{{{p.name}{'_sha256' if _text(p) else ''}}}" for p in others if p.name not in cursor)
    return free + (":after" + "".join(f":{{{name}}}" for name in cursor) if cursor else "")


def _text(parameter: Parameter) -> bool:
    """Free text and lists may hold anything, a colon or a megabyte; their digest may not."""
    return parameter.sql_type in ("text", "varchar") or parameter.sql_type.endswith("[]")


def shown(query: Query, schema: SchemaDesign) -> tuple[tuple[str, Column], ...]:
    """(table, column) of everything that the query returns; all columns of its tables where that cannot be told."""
    selected = re.split(r"\bfrom\b", query.sql, maxsplit=1, flags=re.IGNORECASE)[0]
    tables = {name: schema.table(name) for name in query.tables}
    aliases = {alias or name: name for name, alias in _TABLE.findall(query.sql)}
    if "*" in selected:
        return tuple((name, c) for name, table in tables.items() for c in table.columns)
    found: dict[tuple[str, str], Column] = {}
    for qualifier, word in _COLUMN.findall(selected):
        owners = [aliases[qualifier]] if qualifier in aliases else list(tables)
        for name in owners:
            if name in tables and _has(tables[name], word):
                found[name, word] = tables[name].column(word)
    return tuple((name, column) for (name, _), column in found.items())


def query_rates(requirements: Requirements, schema: SchemaDesign) -> dict[str, Input]:
    """Reads per second of each read query at peak: its own rate, else a share of what queries with a rate leave over.

    Queries that the brief asks for share evenly; one that only completes an entity is taken to run a tenth as often.
    """
    reads = [q for q in schema.queries if q.kind != "write"]
    total = request_rate(requirements).value * read_share(requirements).value
    left = max(0.0, total - sum(q.per_second or 0.0 for q in reads))
    weights = {q.name: _weight(q) for q in reads if q.per_second is None}
    whole = sum(weights.values())
    rest = f"of {left:g} reads per second that {len(weights)} queries without a rate share"
    return {
        q.name: (
            given("reads", q.per_second, q.access, "1/s")
            if q.per_second is not None
            else _share(left, weights[q.name] / whole, rest)
        )
        for q in reads
    }


def _share(left: float, share: float, rest: str) -> Input:
    return given("reads", round(left * share, 3), f"convention: {share:.1%} {rest}", "1/s")


def _weight(query: Query) -> float:
    return 1.0 if query.origin.kind == "stated" else 0.1


def process_rate(requirements: Requirements, rate: Input) -> Input:
    """The part of a rate that one instance of the application sees."""
    count = instances(requirements)
    return given("reads", rate.value / count.value, f"{rate.source}, spread over {count.value:g} instances", "1/s")
