"""SQLite as an engine family."""

from agents.dialects import Family
from agents.dialects.sqlite.caching import caching_plan
from agents.dialects.sqlite.handover import HANDOVER
from agents.dialects.sqlite.migrations import migration_plan
from agents.dialects.sqlite.operations import operations_plan
from agents.dialects.sqlite.scaling import scaling_plan
from agents.dialects.sqlite.schema import schema_design
from agents.dialects.sqlite.security import security_plan
from agents.dialects.sqlite.spelling import LABEL, RESERVED, VERSIONS

FAMILY = Family(
    name="sqlite",
    label=LABEL,
    versions=VERSIONS,
    reserved=RESERVED,
    narrow_integers=(),
    asked_as=r"sqlite",
    serves="the whole database is one file beside the application, with transactions, foreign keys and checks, and "
    "nothing to install, start or secure on a network",
    lacks="one writer at a time, no network access and no roles",
    parser="sqlite",
    schema_design=schema_design,
    caching_plan=caching_plan,
    scaling_plan=scaling_plan,
    security_plan=security_plan,
    operations_plan=operations_plan,
    migration_plan=migration_plan,
    handover=HANDOVER,
)
