"""PostgreSQL's part of the design: the logical schema has its types already, so statements and lints remain."""

from agents.dialects.postgresql import NAME
from agents.dialects.postgresql import sql as spelling
from agents.schema_design.capacities import capacity_statements
from agents.schema_design.core import core_tables
from agents.schema_design.dataset import Dataset
from agents.schema_design.ddl import schema_statements
from agents.schema_design.hierarchies import hierarchy_statements
from agents.schema_design.lifecycles import lifecycle_statements
from agents.schema_design.lints import lint_claims
from agents.schema_design.outbox import expiry_statement
from agents.schema_design.partitions import partition_claims, partition_statements, partitioned
from agents.schema_design.physical import Logical, Made, Physical
from agents.schema_design.query_times import time_claims
from agents.schema_design.races import race_claims
from agents.schema_design.spelling import Abilities
from agents.schema_design.totals import total_statements
from agents.schema_design.versions import version_statements
from agents.schema_design.withdrawal_claims import withdrawal_races
from agents.schema_design.withdrawals import withdrawal_statements
from agents.schema_design.write_costs import write_cost_claims
from contracts.claims import Claim
from contracts.requirements import Requirements
from contracts.schema import Index, Table


def _made(logical: Logical) -> Made:
    extensions = _extensions(logical.requirements, logical.tables, logical.indexes)
    return Made(
        tables=logical.tables,
        indexes=logical.indexes,
        queries=logical.queries,
        extensions=extensions,
        statements=(
            *schema_statements(logical.tables, logical.indexes, core_tables(logical.tables), extensions),
            *total_statements(logical.totals, logical.tables),
            *capacity_statements(logical.tables),
            *withdrawal_statements(logical.withdrawals, logical.tables),
            *lifecycle_statements(logical.lifecycles, logical.tables),
            *hierarchy_statements(logical.trees),
            *version_statements(logical.tables),
            *([expiry_statement()] if logical.outbox else []),
            *map(spelling.query_statement, logical.queries),
            *partition_statements(logical.tables, logical.kept_days),
        ),
    )


def _extensions(requirements: Requirements, made: tuple[Table, ...], chosen: tuple[Index, ...]) -> tuple[str, ...]:
    wanted = []
    if any(table.exclusions for table in made):
        wanted.append("btree_gist")
    if requirements.tier != "embedded":
        wanted.append("pg_stat_statements")
    if any(key.operator_class == "gin_trgm_ops" for index in chosen for key in index.keys):
        wanted.append("pg_trgm")
    return tuple(wanted)


def _claims(logical: Logical, dataset: Dataset) -> tuple[Claim, ...]:
    return (
        *lint_claims(logical.tables, logical.indexes),
        *partition_claims(logical.tables, logical.queries, logical.kept_days),
        *race_claims(logical.tables, logical.indexes, dataset, logical.totals),
        *withdrawal_races(logical.withdrawals, dataset, logical.lifecycles),
        *write_cost_claims(logical.tables, logical.indexes, dataset),
        *time_claims(logical, dataset),
    )


POSTGRESQL = Physical(
    name="postgresql",
    label=NAME,
    client="psql -v ON_ERROR_STOP=1",
    keys="bigint generated always as identity",
    ordered_uuid="18",
    spelling=spelling,
    abilities=Abilities(
        partial=True,
        skips=False,
        proves=True,
        shares=True,
        excludes=True,
        moves=True,
        words="gin",
        parts="gin",
        spans=True,
    ),
    partitioned=partitioned,
    made=_made,
    own_claims=_claims,
)
