"""Is there a claim for every server setting that the server accepts it?"""

from collections.abc import Iterator

from agents.checks._finding import finding
from contracts.checklist import Finding
from contracts.claims import SettingAccepted
from contracts.plan import Design

MEANS = "A renamed setting or a wrong unit keeps the server from starting, at the first deployment."
REMEDY = "Claim by trial setting_accepted that the server takes the value."


def findings(design: Design) -> Iterator[Finding]:
    """Settings without a `setting_accepted` claim on the same value."""
    trials = [claim.trial for claim in design.claims()]
    tried = {(trial.name, trial.value) for trial in trials if isinstance(trial, SettingAccepted)}
    for setting in design.scaling.settings:
        if (setting.name, setting.value) not in tried:
            yield finding(
                __name__,
                f"setting.{setting.name}",
                fact=f"No claim tries {setting.name} = {setting.value}.",
                evidence=f"{len(tried)} of {len(design.scaling.settings)} settings are tried.",
                remedy=f"Add a setting_accepted claim for {setting.name}.",
            )
