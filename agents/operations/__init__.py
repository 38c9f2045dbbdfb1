"""How the database is run: backup, monitoring, alerts, environments and the testing strategy.

Everything follows from the brief's targets and the schema's tables; what the numbers do not ask for is left out
and says why.
"""

from agents.operations.alerts import alerts
from agents.operations.backup import backup, backup_claims, backup_decision
from agents.operations.basis import replicated
from agents.operations.collisions import collision_claims
from agents.operations.deploying import deploy_claims, deploy_decision
from agents.operations.environments import environment_claims, environments
from agents.operations.monitoring import monitoring, monitoring_claims, monitoring_omissions, monitoring_statements
from agents.operations.recovery_targets import bulk_of
from agents.operations.repair import repair_decision, repair_questions
from agents.operations.testing import testing_strategy
from agents.operations.transactions import transaction_decisions
from agents.operations.upkeep import upkeep_claims, upkeep_decision, upkeep_statements
from contracts.operations import OperationsPlan
from contracts.requirements import Requirements
from contracts.schema import SchemaDesign

__all__ = ["operations_plan", "replicated"]


def operations_plan(requirements: Requirements, schema: SchemaDesign) -> OperationsPlan:
    """The whole plan; its statements prepare the monitoring queries and tune VACUUM where rates ask for it."""
    bulk = bulk_of(requirements, schema)
    copies = backup(requirements, schema, bulk)
    recovery = backup_claims(requirements, schema, copies)
    watched = monitoring(requirements, schema)
    prepared = monitoring_statements(watched)
    tuned = upkeep_statements(requirements, schema)
    collisions = collision_claims(schema) if requirements.tier != "embedded" else ()
    settings = environments(requirements, schema, bulk)
    return OperationsPlan(
        backup=copies,
        monitoring=watched,
        alerts=alerts(requirements, schema, bulk, watched),
        environments=settings,
        tests=testing_strategy(requirements, schema, recovery, *collisions),
        statements=(*tuned, *prepared),
        decisions=(
            backup_decision(requirements, copies),
            *repair_decision(requirements, schema, copies),
            *upkeep_decision(requirements, schema),
            *transaction_decisions(requirements, schema),
            *deploy_decision(requirements, schema),
        ),
        questions=repair_questions(requirements, schema, copies),
        omissions=tuple(monitoring_omissions(requirements, schema)),
        claims=(
            *recovery,
            *collisions,
            *deploy_claims(requirements, schema),
            *upkeep_claims(requirements, schema, tuned),
            *monitoring_claims(watched, prepared),
            *environment_claims(settings),
        ),
    )
