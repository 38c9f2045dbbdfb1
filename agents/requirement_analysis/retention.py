"""How long rows are kept: by the brief's own words, and by the laws that it names."""

import re
from collections.abc import Iterator

from agents.knowledge import regulations
from agents.language import tagged
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.ledger import Ledger, inferred, stated
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import SECONDS, Quantity, quantities
from agents.requirement_analysis.topics import topic
from agents.requirement_analysis.vocabulary import Mention, tokens
from agents.screening import screened
from contracts.requirements import Retention

_KEEP = screened(
    r"\b(?:kept?|keeps?|retain(?:ed|s)?|retention|stored for|archived?(?: for)?|preserved?|(?:deleted|purged"
    r"|removed|erased|gone|dropped|thrown away|wiped|deleted automatically|destroyed"
    r"|discarded) after|held for|expires? after|stay(?:s)? (?:for|until|in)|goe?s? after|stays? \d|(?:are|is"
    r"|be) stored until|removed \d|keep for"
    r"|older than .{2,40}? (?:can|may|must|should|are to|will)?\s*be (?:deleted|purged|removed|erased))\b",
    re.I,
)
_AWAY = screened(
    r"\b(?:(?:delet|purg|remov|eras|wip(?:e|ing)|destroy|discard|shred|binn)\w*|(?:throw|threw|thrown|clear(?:ed)?)"
    r"(?: [\w-]+){0,4}? (?:away|out)|get(?:s)? rid|gone|disappears?|vanish(?:es)?|(?:can|may|must|should) go"
    r"|out with|of no use|nobody (?:needs|is interested|cares)"
    r"|no longer (?:needed|of use)|not (?:needed|interesting))\b",
    re.I,
)
"""What does away with rows, whatever the time is said with."""
_WHEN = screened(r"\b(?:after|later|old|older|once|when|longer|not|never|over)\b|n't\b", re.I)
_HELD = screened(
    r"\b(?:(?:hold|holds|held|hang|hangs) on to|needs?(?: to have)?|needed|available|accessible"
    r"|(?:tax office|tax people|auditors?|accountants?|law|inspectors?|authorit(?:y|ies)|office|court) "
    r"(?:wants?|requires?|asks?|demands?|insists?|may ask|can ask|needs?)|(?:be|is|are) there for|obliged to"
    r"|insists? on)\b",
    re.I,
)
_LONG = ("month", "year")
"""Units of time in which records are kept; work takes days and weeks."""
_ANONYMOUS = screened(r"\banonymi[sz]\w*\b|\bpseudonymi[sz]\w*\b", re.I)
_ERASED = screened(
    r"\b(?:delet|eras|remov|forg[eo]t)\w*\b.*\bwithin\b|\bright to (?:erasure|be forgotten)\b|\b(?:ask"
    r"|request)\w*\b.*\b(?:deletion|erasure)\b"
    r"|\bdata of (?:people|persons|members|customers|users) who\b|\bcopy of their data\b",
    re.I,
)
_MEANT = screened(
    r"\b(?:keep|retain|archive|store|delete|purge|remove) (?:them|it|these|those)\b|^(?:they|these|it)\b", re.I
)
_THEY = screened(r"^(?:they|these|it) ", re.I)
_ALL_ELSE = screened(
    r"\b(?:everything else|all (?:the )?(?:rest|others?)|the rest|all other (?:data|records|tables)"
    r"|other (?:data|records))\b"
    r"|^\W*(?:all |our |the )*(?:data|records|everything)\b(?! of| about| on)",
    re.I,
)
_PLAINLY = screened(r"\b(?:retention|audit trail|erasure|storage period|deletion periods?)\b", re.I)
"""Words that make `payslips 10 years` a period of keeping, though no verb says so."""
_KNOWN_WORDS = frozenset(
    "for in on a an the then also and but at least most of total online offline archive storage cold "
    "backup with it them they all we our his her their its data everything records details must have be available "
    "only just another further".split()
)
_ONE = screened(
    r"\b(?P<lead>after|for|than|are|is|of|least|about|over|within|keep|kept|them|it|until) (?:an?|another) "
    r"(?=(?:whole |full |further )?(?:day|week|month|year|decade)\b)",
    re.I,
)
"""`once they are a year old`: one is a number there."""
_SPARED = screened(r",? (?:except(?: for)?|apart from|but not|other than) .*$", re.I)
_ELLIPSIS = re.compile(r"^\W*(?P<head>[\w -]+?):? (?:only |just |for |after |another )*(?P<n>\d+|[a-z]+)\W*$", re.I)
_CLAUSE = re.compile(r",\s+(?:then\s+)?|;\s*|\s+and\s+|\.\s+")


def retention_periods(
    sentences: tuple[Sentence, ...], laws: tuple[str, ...], model: Model, ledger: Ledger
) -> tuple[Retention, ...]:
    """How long rows are kept, by entity or for everything; the longest where the brief states two for one entity."""
    found: dict[str | None, Retention] = {}
    before: tuple[int, tuple[str, ...]] = (0, ())
    asked = ""
    for sentence in sentences:
        named = tuple(dict.fromkeys(m.entity for m in model.vocabulary.mentions(sentence.text)))
        labelled = model.vocabulary.named(sentence.label) if sentence.label else None
        meant = (
            (labelled,)
            if labelled
            else before[1][:1]
            if named and before[0] == sentence.item and _THEY.match(sentence.text)
            else before[1]
            if not named and before[0] == sentence.item and _MEANT.search(sentence.text)
            else ()
        )
        before = (sentence.item, named or before[1] if before[0] == sentence.item else named)
        if sentence.form in ("heading", "code") or topic(sentence) == "integration":
            continue
        if _ERASED.search(sentence.text):
            ledger.requirement("security", "erasure", "Data of a person can be erased and handed out.", sentence)
        if _ANONYMOUS.search(sentence.text):
            ledger.requirement("security", f"anonymise {sentence.text}", sentence.text, sentence)
        answers, asked = asked, sentence.text if sentence.text.endswith("?") else ""
        if not (_keeps(sentence.text, model) or _plainly(sentence) or _PLAINLY.search(answers)):
            continue
        for entity, days in _periods(sentence, model, meant).items():
            name = entity or "everything"
            text = f"{name.replace('_', ' ')} is kept for {days:,} days"
            requirement = ledger.requirement("retention", name, text, sentence)
            kept = Retention(
                entity=entity, days=days, basis=sentence.text, origin=stated(sentence), serves=(requirement,)
            )
            _settle(found, kept, ledger)
    for kept in _legal(laws, model, ledger):
        _by_law(found, kept, ledger)
    return tuple(found.values())


def _keeps(text: str, model: Model) -> bool:
    """Whether the words of a sentence are those of keeping or of throwing away."""
    if _KEEP.search(text) or (_AWAY.search(text) and _WHEN.search(text)):
        return True
    text = _plain(text)
    periods = [q for q in quantities(text) if q.unit in _LONG and not q.per]
    return bool(periods) and bool(_HELD.search(text) or any(_bare(c, model) for c in _CLAUSE.split(text)))


def _bare(clause: str, model: Model) -> bool:
    """Whether a clause is nothing but a thing and a time: `invoices ten years`, `ten years for invoices`."""
    periods = [q for q in quantities(clause) if q.unit in _LONG]
    mentions = model.vocabulary.mentions(clause)
    if len(periods) != 1 or len(mentions) != 1:
        return False
    words = tokens(clause)
    rest = [w for w in (*words[: mentions[0].start], *words[mentions[0].end :]) if w not in _KNOWN_WORDS]
    return rest == [*tokens(clause[periods[0].start : periods[0].end])]


def _plainly(sentence: Sentence) -> bool:
    """Whether a part of the brief or the sentence itself is about how long things are kept."""
    around = (sentence.label, sentence.lead, sentence.sections[-1] if len(sentence.sections) > 1 else "")
    return any(_PLAINLY.search(text) for text in (*around, sentence.text) if text)


def _periods(sentence: Sentence, model: Model, meant: tuple[str, ...] = ()) -> dict[str | None, int]:
    """Days by entity: each period counts for what its own clause names, else for what the sentence names.

    `meant` are the entities of the sentence before, where this one says `them`. A clause that names a thing which is
    no entity says nothing about the others.
    Of two periods for one thing in a sentence (three years online, ten in the archive) the longer one holds.
    """
    text = _plain(sentence.text)
    found: dict[str | None, int] = {}
    whole = tuple(dict.fromkeys(m.entity for m in model.vocabulary.mentions(text)))
    last: tuple[str | None, ...] = meant
    unit = ""
    joined: tuple[str | None, ...] = ()
    for number, clause in enumerate(c for c in _CLAUSE.split(text) if c):
        clause = _with_unit(clause, unit, model)
        periods = [q for q in quantities(clause) if q.unit in ("day", "week", "month", "year") and not q.per]
        named: tuple[str | None, ...] = _kept(clause, periods[0] if periods else None, model, forward=not meant)
        if periods and _ALL_ELSE.search(clause[: periods[0].start]):
            named = (None,)
        if not periods and named and _only_named(clause, model):
            joined = (*joined, *named)  # `missions and patients must be there for ten years`
            continue
        named, joined = (*joined, *named) if named else named, ()
        last = named or last
        unit = periods[0].unit if periods else unit
        if periods and not named and number and _other(clause[: periods[0].start]):
            continue
        if not periods or _ANONYMOUS.search(clause) or _ERASED.search(clause):
            continue
        for entity in last or whole[:1] or (None,):
            days = int(periods[0].seconds() / SECONDS["day"])
            found[entity] = max(days, found.get(entity, 0))
    return found


def _plain(text: str) -> str:
    """A sentence with its terms in figures and without what it excepts."""
    return _ONE.sub(lambda one: f"{one['lead']} 1 ", _SPARED.sub("", text))


def _with_unit(clause: str, unit: str, model: Model) -> str:
    """A clause with the unit of the one before it, where it only says a number: `shifts only for two`."""
    found = _ELLIPSIS.match(clause) if unit else None
    if not found or not model.vocabulary.mentions(found["head"]):
        return clause
    counted = [q for q in quantities(found["n"]) if not q.unit]
    return f"{found['head']} {counted[0].value:g} {unit}s" if counted else clause


def _only_named(clause: str, model: Model) -> bool:
    """Whether a clause is nothing but the name of a thing."""
    mentions = model.vocabulary.mentions(clause)
    words = tokens(clause)
    rest = [w for m in mentions[:1] for w in (*words[: m.start], *words[m.end :])]
    return len(mentions) == 1 and all(w in ("the", "all", "our", "both", "any") for w in rest)


def _other(head: str) -> bool:
    """Whether the words before a period name something: `payments 10 years`, but not `archived for 10 years`."""
    return any(t.tag == "noun" and t.text.lower() not in _KNOWN_WORDS for t in tagged(head))


def _kept(clause: str, period: Quantity | None, model: Model, forward: bool) -> tuple[str | None, ...]:
    """The entities whose retention a clause states: those before its period, else those behind it (`forward`)."""
    before = _heads(model.vocabulary.mentions(clause[: period.start] if period else clause))
    mentions = before or (model.vocabulary.mentions(clause[period.end :]) if period and forward else ())
    return tuple(dict.fromkeys(m.entity for m in mentions))


def _heads(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The things that are meant: of `sensor readings` the readings."""
    starts = {m.start for m in mentions}
    return tuple(m for m in mentions if m.end not in starts)


def _by_law(found: dict[str | None, Retention], kept: Retention, ledger: Ledger) -> None:
    """A legal duty holds where the brief says nothing, and against a shorter period, which is asked about."""
    stated_period = found.get(kept.entity) or found.get(None)
    if stated_period is not None and stated_period.days >= kept.days:
        laws = tuple(s for s in kept.serves if s.startswith("compliance."))
        both = tuple(dict.fromkeys((*stated_period.serves, *laws)))
        found[stated_period.entity] = stated_period.model_copy(update={"serves": both})
        return
    if stated_period is not None and stated_period.origin.kind == "stated":
        ledger.question(
            f"retention {kept.entity or 'everything'} law",
            f"The brief keeps {kept.entity or 'everything'} for {stated_period.days} days, and {kept.basis} asks for "
            f"{kept.days}. Which holds?",
            f"the legal duty, {kept.days} days",
            (stated_period.origin.line or 0,),
        )
    found[kept.entity] = kept


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
