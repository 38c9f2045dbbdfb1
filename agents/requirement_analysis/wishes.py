"""Wishes for the operation that are no number: replicas, backups, monitoring, hosting."""

import re

from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.topics import topic
from contracts.requirements import RequirementKind

_WISHES: tuple[tuple[RequirementKind, str, str], ...] = (
    (
        "performance",
        "reporting-replica",
        r"\b(?:report|analytic)\w*\b.*\breplicas?\b|\breplicas?\b.*\b(?:report|analytic)",
    ),
    ("availability", "replicas", r"\b(?:read )?replicas?\b|\bstandby\b|\bfail-?over\b"),
    ("availability", "backup", r"\bback-?ups?\b|\bbacked up\b|\bpoint-in-time\b"),
    ("availability", "zero-downtime", r"\bzero[- ]downtime\b|\bwithout (?:any )?downtime\b"),
    ("availability", "around-the-clock", r"\b24/7\b|\baround the clock\b|\bround the clock\b"),
    (
        "availability",
        "service-hours",
        r"\bdowntime\b|\bmaintenance\b|\b(?:office|opening|working|business) hours\b|\bweekends?\b|\bat night is "
        r"fine\b",
    ),
    ("performance", "monitoring", r"\bmonitor(?:ing|ed)\b|\balert(?:s|ing)\b"),
)
_COMPILED = tuple((kind, name, re.compile(pattern, re.IGNORECASE)) for kind, name, pattern in _WISHES)
_WHERE = ("performance", "availability", "security", "stack", "success", "assumptions", "overview", "")


def operating_wishes(sentences: tuple[Sentence, ...], ledger: Ledger) -> None:
    """Note each wish as a requirement; the first kind that fits counts."""
    for sentence in sentences:
        if sentence.form in ("heading", "code", "row") or topic(sentence) not in _WHERE or ledger.used(sentence):
            continue
        for kind, name, pattern in _COMPILED:
            if pattern.search(sentence.text):
                ledger.requirement(kind, name, sentence.text, sentence)
                break
