"""MariaDB as an engine family."""

from agents.dialects import Family
from agents.dialects.mariadb.caching import caching_plan
from agents.dialects.mariadb.handover import HANDOVER
from agents.dialects.mariadb.migrations import migration_plan
from agents.dialects.mariadb.operations import operations_plan
from agents.dialects.mariadb.scaling import scaling_plan
from agents.dialects.mariadb.schema import schema_design
from agents.dialects.mariadb.security import security_plan
from agents.dialects.mariadb.spelling import LABEL, RESERVED, VERSIONS

FAMILY = Family(
    name="mariadb",
    label=LABEL,
    versions=VERSIONS,
    reserved=RESERVED,
    narrow_integers=("tinyint", "smallint", "mediumint", "int", "integer"),
    asked_as=r"mariadb",
    serves="InnoDB keeps its foreign keys and checks, and its binary log brings replicas and recovery to a moment",
    lacks="no partial indexes, no exclusion constraints, no row-level policies and no DDL within a transaction, which "
    "triggers, generated columns and views stand in for",
    parser="mysql",
    schema_design=schema_design,
    caching_plan=caching_plan,
    scaling_plan=scaling_plan,
    security_plan=security_plan,
    operations_plan=operations_plan,
    migration_plan=migration_plan,
    handover=HANDOVER,
)
