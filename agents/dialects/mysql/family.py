"""MySQL as an engine family: MariaDB's agents with MySQL's spelling and words."""

import dataclasses
import datetime as dt

from agents.dialects import Family
from agents.dialects.mariadb.caching import caching_plan
from agents.dialects.mariadb.migrations import migration_plan
from agents.dialects.mariadb.operations import operations_plan
from agents.dialects.mariadb.product import spoken
from agents.dialects.mariadb.scaling import scaling_plan
from agents.dialects.mariadb.schema import MARIADB, designed_for, made_of, own_claims
from agents.dialects.mariadb.security import security_plan
from agents.dialects.mariadb.spelling import RESERVED
from agents.dialects.mysql.native import native
from agents.dialects.mysql.product import LABEL, MYSQL, VERSIONS
from agents.dialects.mysql.sql import SPELLING
from agents.dialects.mysql.trials import taken
from contracts.base import Omission, Origin
from contracts.brief import Machine
from contracts.caching import CachingPlan
from contracts.claims import Replicates
from contracts.migrations import MigrationPlan
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements
from contracts.scaling import ScalingPlan
from contracts.schema import SchemaDesign
from contracts.security import SecurityPlan

PHYSICAL = dataclasses.replace(
    MARIADB,
    name="mysql",
    label=LABEL,
    client="mysql --database=new",
    ordered_uuid="",
    spelling=SPELLING,
    made=lambda logical: made_of(logical, native),
    own_claims=lambda logical, dataset: own_claims(logical, dataset, native),
)


_UNTRIED = Omission(
    subject="A trial of replicas on MySQL",
    reason="replicas are made, followed and promoted by trials on other engines; here they are designed and not tried",
    origin=Origin(kind="convention", rule="what was not tried is said"),
)


def _schema(requirements: Requirements, start: dt.date) -> SchemaDesign:
    made = spoken(designed_for(requirements, start, PHYSICAL), MYSQL)
    return made.model_copy(update={"claims": tuple(map(taken, made.claims))})


def _caching(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> CachingPlan:
    return spoken(caching_plan(requirements, schema, start), MYSQL)


def _scaling(requirements: Requirements, schema: SchemaDesign, machine: Machine | None) -> ScalingPlan:
    made = spoken(scaling_plan(requirements, schema, machine, MYSQL), MYSQL)
    claims = tuple(claim for claim in made.claims if not isinstance(claim.trial, Replicates))
    said = (_UNTRIED,) if len(claims) < len(made.claims) else ()
    return made.model_copy(update={"claims": claims, "omissions": (*made.omissions, *said)})


def _security(requirements: Requirements, schema: SchemaDesign, start: dt.date) -> SecurityPlan:
    made = spoken(security_plan(requirements, schema, start, MYSQL), MYSQL)
    return made.model_copy(update={"claims": tuple(map(taken, made.claims))})


def _operations(requirements: Requirements, schema: SchemaDesign) -> OperationsPlan:
    return spoken(operations_plan(requirements, schema, MYSQL), MYSQL)


def _migrations(schema: SchemaDesign, security: SecurityPlan, operations: OperationsPlan) -> MigrationPlan:
    return spoken(migration_plan(schema, security, operations, MYSQL), MYSQL)


FAMILY = Family(
    name="mysql",
    label=LABEL,
    versions=VERSIONS,
    reserved=RESERVED,
    narrow_integers=("tinyint", "smallint", "mediumint", "int", "integer"),
    asked_as=r"mysql",
    serves="InnoDB keeps its foreign keys and checks, and its binary log brings replicas and recovery to a moment",
    lacks="no partial indexes, no exclusion constraints, no row-level policies, no RETURNING and no DDL within a "
    "transaction, which triggers, generated columns and views stand in for",
    parser="mysql",
    schema_design=_schema,
    caching_plan=_caching,
    scaling_plan=_scaling,
    security_plan=_security,
    operations_plan=_operations,
    migration_plan=_migrations,
)
