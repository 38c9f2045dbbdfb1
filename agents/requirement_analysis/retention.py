"""How long rows are kept: by the brief's own words, and by the laws that it names."""

import re
from collections.abc import Iterator

from agents.knowledge import regulations
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import SECONDS, Quantity, quantities
from agents.requirement_analysis.topics import topic
from contracts.requirements import Retention

_KEEP = re.compile(
    r"\b(?:kept?|keeps|retain(?:ed)?|retention|stored for|archived? for|preserved?|deleted after"
    r"|purged after|removed after|held for|erased after)\b",
    re.I,
)


def retention_periods(
    sentences: tuple[Sentence, ...], laws: tuple[str, ...], model: Model, ledger: Ledger
) -> tuple[Retention, ...]:
    """How long rows are kept, by entity or for everything; the longest where the brief states two for one entity."""
    found: dict[str | None, Retention] = {}
    for sentence in sentences:
        if sentence.form in ("heading", "code") or not _KEEP.search(sentence.text) or topic(sentence) == "integration":
            continue
        periods = [q for q in quantities(sentence.text) if q.unit in ("day", "week", "month", "year") and not q.per]
        for period in periods[:1]:
            days = int(period.seconds() / SECONDS["day"])
            for entity in _kept(sentence, period, model):
                name = entity or "everything"
                text = f"{name.replace('_', ' ')} is kept for {days:,} days"
                requirement = ledger.requirement("retention", name, text, sentence)
                kept = Retention(
                    entity=entity, days=days, basis=sentence.text, origin=stated(sentence), serves=(requirement,)
                )
                _settle(found, kept, ledger)
    for kept in _legal(laws, model, ledger):
        if kept.entity not in found and (None not in found or found[None].days < kept.days):
            found[kept.entity] = kept
    return tuple(found.values())


def _legal(laws: tuple[str, ...], model: Model, ledger: Ledger) -> Iterator[Retention]:
    """The least time that a named law asks for, for entities that its duty names."""
    for law in regulations():
        for duty in law.duties if law.key in laws else ():
            if duty.days is None or duty.bound != "minimum":
                continue
            for part in re.split(r",|\band\b|\bsuch as\b", duty.subject):
                entity = model.vocabulary.named(part.strip())
                if entity:
                    basis = f"{law.title}, {duty.source}"
                    text = f"{entity.replace('_', ' ')} is kept for {duty.days:,} days"
                    origin = inferred(f"{basis}: {duty.text}")
                    requirement = ledger.requirement("retention", entity, text, origin=origin)
                    serves = (requirement, f"compliance.{law.key}")
                    yield Retention(entity=entity, days=duty.days, basis=basis, origin=origin, serves=serves)


def _kept(sentence: Sentence, period: Quantity, model: Model) -> tuple[str | None, ...]:
    """The entities whose retention a sentence states; (None,) for everything."""
    before = model.vocabulary.mentions(sentence.text[: period.start])
    mentions = before or model.vocabulary.mentions(sentence.text[period.end :])
    return tuple(dict.fromkeys(m.entity for m in mentions)) or (None,)


def _settle(found: dict[str | None, Retention], kept: Retention, ledger: Ledger) -> None:
    """Keep the longer of two periods and ask."""
    earlier = found.get(kept.entity)
    if earlier is not None and earlier.days != kept.days:
        ledger.question(
            f"retention {kept.entity or 'everything'}",
            f"{kept.entity or 'Everything'} is kept for {earlier.days} and for {kept.days} days. Which holds?",
            f"the longer one, {max(earlier.days, kept.days)} days",
            tuple(sorted({earlier.origin.line or 0, kept.origin.line or 0})),
        )
    if earlier is None or kept.days > earlier.days:
        found[kept.entity] = kept
