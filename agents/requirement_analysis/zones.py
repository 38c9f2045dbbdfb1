"""The zone in which the brief counts its days: a date can be compared with a moment only on some zone's calendar.

It is read where a rule compares the two; elsewhere nothing of a design depends on it, because moments are stored with
their zone. Where the brief names none, or several, the design leaves the day's leeway that this costs.
"""

import re
from collections.abc import Iterable

from sqlglot.time import TIMEZONES

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.topics import topic
from contracts.requirements import Rule

_AREA = "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific"
_ZONE = re.compile(rf"\b((?:{_AREA})/[A-Z][\w/+-]*\w|UTC)\b")
_SAID = re.compile(rf"\b(?i:time ?-?zones?|dates?|days?|local times?)\b[^.;]*?{_ZONE.pattern}")
REQUIREMENT = "time-zone"


def time_zone(sentences: Iterable[Sentence], rules: Iterable[Rule], model: Model, ledger: Ledger) -> str:
    """The one zone of the brief's days by its IANA name; empty where no rule needs it, or no single one is named."""
    if not any(_compares_days(rule, model) for rule in rules):
        return ""
    told = tuple(s for s in sentences if topic(s) != "entities" and not model.lists(s))  # a user's zone is an attribute
    found = {s: _ZONE.findall(s.text) for s in told if _SAID.search(s.text)}
    zones: set[str] = {zone for named in found.values() for zone in named if zone.lower() in TIMEZONES}
    if len(zones) != 1:
        return ""
    for sentence in found:
        ledger.requirement("rule", REQUIREMENT, sentence.text, sentence)
    return zones.pop()


def _compares_days(rule: Rule, model: Model) -> bool:
    draft = model.drafts.get(rule.entity or "")
    if rule.kind != "comparison" or draft is None:
        return False
    return {draft.attributes[n].type for n in rule.attributes if n in draft.attributes} == {"date", "timestamp"}
