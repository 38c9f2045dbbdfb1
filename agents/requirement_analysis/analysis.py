"""The order in which a brief is read: structure, entities, rules, access, numbers, protection, then what is missing."""

from dataclasses import dataclass, replace

from agents import dialects
from agents.collecting import rarely_collected
from agents.remembering import forgetting
from agents.requirement_analysis.access import access_patterns
from agents.requirement_analysis.agreement import agreements
from agents.requirement_analysis.assumptions import (
    alone,
    estimated_gb,
    tier,
    with_defaults,
    with_instances,
    with_peaks,
    with_rate,
    with_users,
)
from agents.requirement_analysis.conditions import Callers
from agents.requirement_analysis.contradictions import ask_about_contradictions
from agents.requirement_analysis.currencies import with_currency
from agents.requirement_analysis.document import Document, Sentence, read_document
from agents.requirement_analysis.drafting import model
from agents.requirement_analysis.editing import shared_rows
from agents.requirement_analysis.elsewhere import records_made_elsewhere
from agents.requirement_analysis.entities import declarations, placeholder
from agents.requirement_analysis.forms.reading import read_forms, unread
from agents.requirement_analysis.forms.resources import declare_resources
from agents.requirement_analysis.forms.scenarios import STORIES, restated
from agents.requirement_analysis.forms.settling import account, form_rules, roles, settle, told
from agents.requirement_analysis.forms.strangers import stranger
from agents.requirement_analysis.forms.things import Forms, declared, in_order, name_of
from agents.requirement_analysis.languages import in_english
from agents.requirement_analysis.lasting import deletion_rule
from agents.requirement_analysis.ledger import Ledger
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.numbers import quantities
from agents.requirement_analysis.outlook import future, integrations
from agents.requirement_analysis.payments import idempotent_payments
from agents.requirement_analysis.promises import promised_losses
from agents.requirement_analysis.prose import read_prose
from agents.requirement_analysis.protection import callers, protection
from agents.requirement_analysis.refusing import refuse_unstored
from agents.requirement_analysis.repeats import without_repeats
from agents.requirement_analysis.retention import retention_periods
from agents.requirement_analysis.rights import is_right
from agents.requirement_analysis.rules import rules, unheeded
from agents.requirement_analysis.sealing import sealed
from agents.requirement_analysis.stack import stack
from agents.requirement_analysis.stock import with_taking
from agents.requirement_analysis.stories import keep_stories, statements
from agents.requirement_analysis.targets import targets
from agents.requirement_analysis.tenants import declare_tenants, with_belongings
from agents.requirement_analysis.told_figures import stated_figures
from agents.requirement_analysis.topics import label_topic, title_topic, topic
from agents.requirement_analysis.trace import LETTER, LETTERHEAD, trace
from agents.requirement_analysis.volumes import volumes
from agents.requirement_analysis.wishes import operating_wishes
from agents.requirement_analysis.zones import time_zone
from contracts.brief import Brief, BriefError
from contracts.requirements import AccessPattern, Requirements, Retention, Stack, Targets, Tier, Volume

_MANY = 25
"""Sentences of prose from which on one thing that a form lists is not all that the brief describes."""
_FEW = 4
"""Things below which a brief that describes none is read for what is done in it."""
_LINE = 80
"""Letters of a subject that can be a title."""
_SINGLE = 2
"""Things below which prose is read so, even if it describes them: no application is about one thing."""

_LONGEST_COUNT = 6
"""Words of a part that only counts; longer ones are clauses."""


@forgetting()
@rarely_collected()
def requirement_analysis(brief: Brief) -> Requirements:
    """Everything that the brief asks for, with the line of each fact, and assumptions for what it leaves out.

    Raises `BriefError` where the text declares nothing to store: an unfilled template, or no brief at all.
    """
    document, in_own_words = in_english(read_document(brief.text), brief.text)
    once, repeated = without_repeats(document.sentences)
    now = tuple(s for s in once if topic(s) != "future" and not _heads_letter(s))
    forms = read_forms(now)
    now = (*now, *(spoken for spoken, _ in forms.spoken))
    rest = unread(now, forms)
    found = declarations(Document(document.title, rest), declared(forms))
    if not found.by_name and stranger(document):
        raise _nothing_declared(document)  # a licence has sentences, too
    told = {name_of(thing.label) for thing in forms.things if thing.told}
    spread = sum(s.form in ("paragraph", "bullet", "numbered") for s in rest) >= _MANY
    by_forms = sum(name not in told for name in found.by_name) > spread  # one list among many sentences is one of them
    read_prose(
        tuple(s for s in rest if label_topic(s.label) != "entities" and not _no_prose(s)), found, by_forms=by_forms
    )
    now = restated(now, keep_stories(forms.stories, found), forms)
    silent = not any(d.attributes for d in found.by_name.values())
    if (silent and len(found.by_name) < _FEW) or (len(found.by_name) < _SINGLE and not by_forms):
        keep_stories(tuple(statements(rest)), found)  # little is described, so that what is done tells most
    elif found.is_story:
        keep_stories(tuple(statements(rest)), found, deeds_only=True)
    declare_resources(now, found)
    declare_tenants(rest, found)
    found = in_order(found)
    if not found.by_name:
        raise _nothing_declared(document)
    ledger = Ledger()
    refuse_unstored(found, ledger)
    things = model(found, now, ledger)
    with_belongings(now, things, ledger)
    unfilled = tuple(s for s in now if not placeholder(s.text))
    spoken = tuple(s for s in unfilled if not things.lists(s))
    telling = tuple(s for s in unfilled if not things.lists(s) or things.describes(s))
    settle(forms, things)
    ledger.repeated = repeated
    made = _requirements(brief, replace(document, sentences=once), document, spoken, telling, things, forms, ledger)
    return with_taking(in_own_words(made))


def _heads_letter(sentence: Sentence) -> bool:
    """Whether a line is of a letter's head (`To: dev team`), above any heading."""
    return sentence.form == "paragraph" and len(sentence.sections) < 2 and bool(LETTERHEAD.match(sentence.text))


def _no_prose(sentence: Sentence) -> bool:
    """Whether a sentence has a reader of its own: user stories, and lists that count (`Load: 6 locations, 4 staff`)."""
    if sentence.sections[-1:] == (STORIES,):
        return True
    parts = sentence.body.split(", ") if sentence.label else []
    counts = (bool(quantities(part)) and len(part.split()) <= _LONGEST_COUNT for part in parts)
    return len(parts) > 1 and sum(counts) * 2 > len(parts)


def _requirements(
    brief: Brief,
    document: Document,
    whole: Document,
    now: tuple[Sentence, ...],
    telling: tuple[Sentence, ...],
    things: Model,
    forms: Forms,
    ledger: Ledger,
) -> Requirements:
    """The contract, reader by reader; later readers use what earlier ones found.

    Rules, figures and terms are also read where a sentence lists attributes beside them (`telling`).
    """
    stated_rules = (*rules(telling, things, ledger), *form_rules(forms, things, ledger))
    for sentence in now:
        if topic(sentence) in ("security", "workflows") and sentence.form != "heading":
            deletion_rule(sentence, things, ledger)
    who = callers(now, things)
    patterns = access_patterns(now, things, stated_rules, who, ledger)
    protected = protection(now, things, who, ledger)
    protected = protected.model_copy(update={"roles": roles(forms, protected.roles)})
    goals, patterns = targets(now, ledger, things, patterns)
    size = _sizing(now, telling, things, who, protected.regulations, goals, patterns, ledger)
    promised_losses(now, size.targets, ledger)
    with_currency(now, things, ledger)
    shared_rows(now, things, ledger)
    operating_wishes(now, ledger)
    external, later = integrations(now, things, ledger), future(document.sentences, ledger)
    if size.tier != "embedded":
        idempotent_payments(external, things)
        records_made_elsewhere(now, things, ledger)
    steps = (
        s
        for s in now
        if topic(s) == "workflows"
        and s.form != "heading"
        and s.body
        and "Scenarios" not in s.sections
        and not is_right(s)
        and (s.form != "row" or s.cells)
    )
    workflows = (*(s.text for s in steps), *told(forms, ledger))
    zone = time_zone(now, stated_rules, things, ledger)
    _note_context(now, things, ledger)
    stated_rules = (*stated_rules, *unheeded(now, things, ledger))
    ask_about_contradictions(stated_rules, forms, things, ledger)
    stated_rules = (*stated_rules, *agreements(things, protected, stated_rules, now, ledger))
    _ask_about_brackets(document, forms, ledger)
    account(forms, things, ledger)
    title = _title(brief, document)
    return sealed(Requirements(
        project=brief.project, title=title, purpose=_purpose(now), domain=_domain(now, things), tier=size.tier,
        requirements=tuple(ledger.requirements.values()),
        entities=tuple(draft.entity() for draft in things.drafts.values()),
        relationships=tuple(things.relationships), rules=stated_rules, access_patterns=patterns, workflows=workflows,
        volumes=size.volumes, targets=size.targets, retention=size.retention, protection=protected,
        stack=_wished(brief.database, size.stack, ledger),
        integrations=external, time_zone=zone, future=later, assumptions=tuple(ledger.assumptions.values()),
        open_questions=tuple(ledger.questions.values()), trace=trace(whole, things, ledger),
    ))  # fmt: skip


@dataclass(frozen=True)
class Sizing:
    """The numbers of a project and the tier that follows from them."""

    targets: Targets
    retention: tuple[Retention, ...]
    volumes: tuple[Volume, ...]
    stack: Stack
    tier: Tier


def _sizing(
    now: tuple[Sentence, ...],
    telling: tuple[Sentence, ...],
    things: Model,
    who: Callers,
    laws: tuple[str, ...],
    goals: Targets,
    patterns: tuple[AccessPattern, ...],
    ledger: Ledger,
) -> Sizing:
    """Stated numbers first, then assumptions in the order in which they depend on each other."""
    technology = stack(now, ledger)
    kept = retention_periods(telling, laws, things, ledger)
    figures = stated_figures(telling, things, who)
    goals = with_peaks(goals, figures, patterns, ledger)
    single = alone(now, ledger)
    people = [int(f.rows) for f in figures if f.rows and f.per is None and f.entity == who.owner]
    goals = with_users(goals, max(people, default=None), single, ledger)
    rows = volumes(figures, goals.users or 1, kept, things, ledger)
    goals = with_rate(goals, rows, ledger)
    events = frozenset(d.name for d in things.drafts.values() if d.nature == "event")
    size = tier(goals, technology, estimated_gb(rows, kept, events), single, ledger)
    return Sizing(with_defaults(goals, size, ledger), kept, rows, with_instances(technology, size, ledger), size)


def _wished(database: str, found: Stack, ledger: Ledger) -> Stack:
    """The stack with the engine family that was asked for with the run, if one was."""
    if not database:
        return found
    family, _, version = database.partition(":")
    reason = f"given with the run; the brief names {found.database or 'none'}"
    ledger.assume("database", "engine family of the design", database, reason, "leave it out of the run")
    if not version and found.database and dialects.family(family).is_asked(found.database):
        version = found.database_version
    return found.model_copy(update={"database": family, "database_version": version})


def _note_context(now: tuple[Sentence, ...], things: Model, ledger: Ledger) -> None:
    """Sentences of the overview that name entities support them, though they state nothing further."""
    for sentence in now:
        introduction = topic(sentence) == "overview" or len(sentence.sections) <= 1
        if introduction and sentence.form == "paragraph" and not ledger.explained(sentence):
            names = dict.fromkeys(m.entity for m in things.vocabulary.mentions(sentence.text))
            ledger.use(sentence, *(things.drafts[name].requirement for name in names))


def _ask_about_brackets(document: Document, forms: Forms, ledger: Ledger) -> None:
    """Template brackets that were left in an otherwise filled brief; brackets of a notation are none."""
    for sentence in unread(document.sentences, forms):
        if bracket := placeholder(sentence.text):
            ledger.question(
                f"bracket {bracket} {sentence.line}",
                f"Line {sentence.line} still has the template's {bracket}. What belongs there?",
                "nothing, as if the bracket were not there",
                (sentence.line,),
            )


def _nothing_declared(document: Document) -> BriefError:
    """Why no entity was found, with the line that shows it and what to write."""
    brackets = [(s, b) for s in document.sentences if (b := placeholder(s.text))]
    remedy = (
        'Name what the application stores, for example "**Primary Entities**: Customer, Order", '
        'or list attributes under a heading such as "### Customer".'
    )
    if brackets:
        sentence, bracket = brackets[0]
        entity = next(((s, b) for s, b in brackets if "entit" in s.text.lower()), (sentence, bracket))
        return BriefError(
            "the brief is an unfilled template, its brackets are still in place", remedy, entity[0].line, entity[1]
        )
    first = next((s for s in document.sentences if s.text.strip()), None)
    if first is None:
        return BriefError("the brief is empty", remedy)
    if found := stranger(document):
        return BriefError(found[0], remedy, found[1].line, found[1].quote or found[1].text)
    return BriefError("the brief names nothing to store", remedy, first.line, first.text)


def _title(brief: Brief, document: Document) -> str:
    """The project's name as people write it: the first heading without the form's own words."""
    title = document.title if not placeholder(document.title) else ""
    title = title or next((s.body for s in document.sentences if s.label == "Subject" and len(s.body) < _LINE), "")
    title = "" if len(title.split()) <= 2 and title_topic(title) else title
    head = title.split(" - ")[0].strip()
    return head or brief.project.replace("-", " ").title()


def _purpose(now: tuple[Sentence, ...]) -> str:
    """The stated purpose, else the first paragraph."""
    stated = [s.body for s in now if s.label.lower() in ("purpose", "goal") and topic(s) == "overview"]
    if stated:
        return " ".join(stated)
    told = (s for s in now if s.form == "paragraph" and s.body and not s.label and not LETTER.match(s.text))
    first = next(told, None)
    return " ".join(s.text for s in now if first and s.item == first.item) if first else ""


def _domain(now: tuple[Sentence, ...], things: Model) -> str:
    """The stated domain, else the one that most of the entities' archetypes belong to."""
    stated = next((s.body for s in now if s.label.lower() == "domain" and s.body), "")
    if stated:
        return stated
    counts: dict[str, int] = {}
    for draft in things.drafts.values():
        if draft.archetype and draft.archetype.domain != "general":
            counts[draft.archetype.domain] = counts.get(draft.archetype.domain, 0) + 1
    return max(counts, key=lambda domain: (counts[domain], domain), default="")
