"""How data come back: a second cluster from the object store, or the script's copy; never over the live data."""

import re

from agents.platform_deployment.cluster import restored_cluster
from agents.platform_deployment.copies import NIGHT, PLUGIN, store_name
from agents.platform_deployment.facts import Facts, archived
from contracts.deployment import ConfigurationFile, Restore

PATH = "deploy/restore.yaml"


def restore(facts: Facts) -> Restore | None:
    """The document's restore test and how it is done here; None where nothing is copied."""
    backup = facts.design.backup
    if backup is None or not (facts.embedded or archived(facts)):
        return None
    test = re.sub(r"\s+", " ", backup.restore_test) or "Restore the last copy and compare its rows"
    test = test[:1].upper() + test[1:]
    if not facts.embedded:
        return Restore(test=test, file=PATH)
    hours = backup.full_every_hours or 24
    when = f"0 {NIGHT} * * *" if hours >= 24 else f"0 */{max(1, round(hours))} * * *"
    return Restore(test=test, file="deploy/backup.sh", cron=f'{when} cd "$HOME"/{facts.project} && sh deploy/backup.sh')


def restore_files(facts: Facts) -> tuple[ConfigurationFile, ...]:
    """The cluster that a restore makes; it is applied by itself, never together with the others."""
    if not archived(facts):
        return ()
    parameters = {"barmanObjectName": store_name(facts), "serverName": facts.cluster}
    source = {"name": facts.cluster, "plugin": {"name": PLUGIN, "parameters": parameters}}
    document = restored_cluster(facts, {"recovery": {"source": facts.cluster}}, source)
    return (
        ConfigurationFile(
            path=PATH,
            comment="A cluster beside the live one, from the last copy and the archive; applied on its own",
            documents=(document,),
            notes={
                "spec.bootstrap.recovery": "to the last archived segment; recoveryTarget.targetTime stops earlier",
            },
        ),
    )
