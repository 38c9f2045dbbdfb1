"""PostgreSQL as an engine family."""

from agents.caching import caching_plan
from agents.dialects import Family, Handover
from agents.dialects.postgresql import NAME, RESERVED, VERSIONS
from agents.migrations import migration_plan
from agents.operations import operations_plan
from agents.platform_deployment.postgresql import platform_deployment
from agents.scaling import scaling_plan
from agents.schema_design import schema_design
from agents.security import security_plan

FAMILY = Family(
    name="postgresql",
    label=NAME,
    versions=VERSIONS,
    reserved=RESERVED,
    narrow_integers=("smallint", "integer", "int", "int2", "int4", "serial", "smallserial"),
    asked_as=r"postgres",
    serves="its constraints, partial indexes and row-level security keep rules and rights in the database",
    lacks="a server process that somebody has to run",
    parser="postgres",
    schema_design=schema_design,
    caching_plan=caching_plan,
    scaling_plan=scaling_plan,
    security_plan=security_plan,
    operations_plan=operations_plan,
    migration_plan=migration_plan,
    handover=Handover(platform_deployment),
)
