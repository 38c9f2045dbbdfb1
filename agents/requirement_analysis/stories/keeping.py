"""From the deeds of user stories to declarations: which things, which facts of whom, which records of doing."""

from collections.abc import Iterable

from agents.inflection import article
from agents.knowledge import Archetype, archetype_for, archetypes, attribute_guess, canonical
from agents.knowledge.deeds import record_nouns, unstored, words_of
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declaration, Declarations, Link
from agents.requirement_analysis.forms.things import Story
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.things import one
from agents.requirement_analysis.stories.deeds import Deed, deeds
from agents.requirement_analysis.stories.naming import (
    MEASURED,
    TO,
    Named,
    is_fact,
    is_idle,
    is_usual_person,
    measures,
    named,
    opens_account,
    runs_of,
    usual_parents,
)

_ORGANISATIONS = words_that("organisation")
_MAKING, _CHANGING, _VIEWING = words_of("making"), words_of("changing"), words_of("viewing")
_WRITING = _MAKING | _CHANGING
_ANYBODY = words_of("anybody")
_HANDING = frozenset("deliver give hand hire lend loan pay rent sell ship".split())
_AUTHORED = frozenset("write draft hand submit sign approve reject return correct fill complete file upload".split())
"""What people do with a text that they write themselves: the weekly report of an apprentice is none of the screen."""


class _Keeper:
    """Declares what stories keep; a class only because every story adds to what the earlier ones declared."""

    def __init__(self, stories: Iterable[Story], found: Declarations, deeds_only: bool) -> None:
        self.found = found
        self.deeds_only = deeds_only
        self.only_added = any(d.attributes or d.confidence == "high" for d in found.by_name.values())
        self.stories = tuple(stories)
        self.text = f"_{'_'.join(singular(w) for s in self.stories for w in words(s.goal))}_"
        self.said = frozenset(self.text.split("_"))
        self.meant: dict[Sentence, str] = {}
        self.last: tuple[Sentence | None, Declaration | None] = (None, None)

    def keep(self) -> dict[Sentence, str]:
        """Every story in its order: deeds that make or change first, because reading presumes what they keep.

        Gives the sentences whose words do not name what they write or read, with what that is.
        """
        told = [(story, deed) for story in self.stories for deed in deeds(story.goal)]
        for story, deed in told:
            if self._does(deed) and not (self.deeds_only and deed.verb == "like"):
                self._done(story, deed)
        for story, deed in told if not self.deeds_only else ():
            if not self._does(deed) and (story.wanted or deed.verb in _VIEWING):
                self._read(story, deed)
        return self.meant

    @staticmethod
    def _does(deed: Deed) -> bool:
        return deed.verb in _WRITING or bool(record_nouns(deed.verb, *deed.following))

    def _done(self, story: Story, deed: Deed) -> None:
        """Things that are made, changed or used, and what doing so leaves behind."""
        if opens_account(deed):
            self._account(story, deed)
            return
        objects = [n for p in deed.objects if (n := named(p))]
        around = [(prep, n) for prep, p in deed.around if (n := named(p))]
        behind = deed.following[-1:] and deed.following[-1] in TO
        if behind and deed.following[-1] == "to" and deed.verb in _HANDING:
            return  # whom something is lent to is not what is lent
        if behind and not objects and around:
            objects, around = [around[0][1]], around[1:]
        belongs = [n for prep, n in around if prep in TO and not is_fact(n)]
        if self.deeds_only:
            objects = [n for n in objects if self._known(n) or self._is_kept_by_deed(n)]
            belongs = [n for n in belongs if self._known(n)]
            if not objects:
                return
        described = len(objects) == 1 and bool(deed.facts)
        if objects and not described and all(is_fact(n) and not self._known(n) for n in objects):
            self._facts(story, objects, belongs)
            return
        nouns = record_nouns(deed.verb, *deed.following)
        things = [n for n in objects if self._is_kept(n, described, story.wanted, deed.verb)]
        told = described and len(deed.facts) > 1  # `record visitors with name and company`: somebody, not anybody
        kept = [k for n in things if (k := self._declare(n, story.sentence, sure=told))]
        wholes = [k for n in belongs if self._is_usual(n) and (k := self._declare(n, story.sentence))]
        record = self._record(nouns, things[0] if things else None, kept[:1], story) if nouns else None
        subject = record or (kept[0] if kept else None)
        if subject is None:
            return
        self.last = (story.sentence, subject)
        for whole in wholes if record is None else (*kept[:1], *wholes):
            self._link(whole, subject, story.sentence)
        if record is not None and record.name not in {n.name for n in objects}:
            self.meant[story.sentence] = f"create {article(record.label)}"
        if record or deed.verb in _MAKING or any(n.own for n in objects):
            self._acted(story, subject)
        self._note(subject, [n for p in deed.facts if (n := named(p))], story.sentence)

    @staticmethod
    def _is_kept_by_deed(what: Named) -> bool:
        """Whether something is usually stored for its own sake, so that a mail may well speak of it only once."""
        known = archetype_for(what.name)
        return known is not None and known.nature != "reference" and what.name != "like"

    def _account(self, story: Story, deed: Deed) -> None:
        """Whoever logs in has an account, with what they log in by."""
        role = self._actor(story) or Named("user", "user")
        if not self.only_added and (who := self._declare(role, story.sentence)):
            facts = (*deed.facts, *deed.objects, *deed.by, *(p for prep, p in deed.around if prep == "using"))
            self._note(who, [n for p in facts if (n := named(p)) and is_fact(n)], story.sentence)

    def _read(self, story: Story, deed: Deed) -> None:
        """What is only looked at is stored where people usually store it, and whose it is where they say so."""
        for phrase in (*deed.objects, *(p for prep, p in deed.around if prep in (*TO, "at", "after", "through"))):
            one_thing = named(phrase)
            if one_thing is None:
                continue
            if measured := self._measured(one_thing, deed):
                self.meant[story.sentence] = f"see the {measured.label} records"
            if not self._is_usual(one_thing) or is_idle(one_thing.name):
                continue
            declared = self._declare(one_thing, story.sentence)
            if declared is None:
                continue
            if one_thing.own:
                self._acted(story, declared)
            usual = {p.entity for p in usual_parents(declared.name)}
            for other in (n for p in deed.by if (n := named(p))):
                archetype = archetype_for(other.name)
                if archetype is not None and archetype.name in usual:
                    self._declare(other, story.sentence)

    def _measured(self, what: Named, deed: Deed) -> Declaration | None:
        """The measurements that a story looks at: `a patient's temperature curve`, `the humidity of a greenhouse`."""
        fact = next((w for w in runs_of(what.name) if w in MEASURED), None)
        owners = [what.owner, *(n.label for prep, p in deed.around if prep in TO and (n := named(p)))]
        for owner in (singular(identifier(o)) for o in owners if o) if fact else ():
            known = self._known(Named(owner, owner))
            for link in self.found.spoken:
                if link.parent == known and any(a.name == fact for a, _ in self.found.by_name[link.child].attributes):
                    return self.found.by_name[link.child]
        return None

    def _is_kept(self, what: Named, described: bool, wanted: bool, verb: str) -> bool:
        """Whether what is done with something shows that it is kept; what facts are noted with is no fact itself."""
        if self.deeds_only and attribute_guess(what.name).type == "money":
            return False
        if self._is_usual(what):
            return not is_idle(what.name) and not (not wanted and what.name in _ORGANISATIONS)
        known = unstored(what.name)
        written = wanted and known is not None and known[0] == "output" and verb in _AUTHORED
        return (known is None or written) and (described or not is_fact(what))

    def _is_usual(self, what: Named) -> bool:
        return archetype_for(what.name) is not None or self._known(what) is not None

    def _known(self, what: Named) -> str | None:
        """The declared entity that a name means."""
        by_name = self.found.by_name
        if what.name in by_name:
            return what.name
        kind = archetype_for(what.name)
        same = [
            n for n in by_name
            if canonical(n) == canonical(what.name)
            or (kind is not None and what.name.endswith(f"_{n}") and archetype_for(n) is kind)
        ]  # fmt: skip
        ends = self.found.ending(what.name)
        return next(iter(same), ends[0] if len(ends) == 1 else None)

    def _declare(self, what: Named, sentence: Sentence, *, sure: bool = False) -> Declaration | None:
        """The declaration of a thing, and of its possessor, whose it is; `sure` where the deed itself says so."""
        known = self._known(what)
        if known is None and not sure and what.name in _ANYBODY - {"user"}:
            return None
        made = self.found.by_name[known] if known else None
        if made is None:
            if self.only_added and not sure and archetype_for(what.name) is None:
                return None
            made = self.found.declare(one(what.label), sentence, "low", bare=True)
            made.partial = True
        else:
            made.mentions[sentence] = None
        if what.owner:
            owner = Named(what.owner, singular(identifier(what.owner)))
            if self._is_usual(owner) and not is_fact(owner) and (whole := self._declare(owner, sentence)):
                self._link(whole, made, sentence)
        return made

    def _record(
        self, nouns: tuple[str, ...], what: Named | None, kept: list[Declaration], story: Story
    ) -> Declaration | None:
        """The record that a deed leaves: one that the brief has, that people usually keep, or of the deed's noun.

        Whoever books an appointment makes the appointment, and no booking of it.
        """
        for noun in nouns:
            if noun in self.found.by_name:
                return self.found.by_name[noun]
        own = archetype_for(what.name) if what else None
        name = self._usual_record(nouns, what.name, own) if what and own else ""
        if not name and own is not None and own.nature in ("transaction", "event"):
            return None
        if not name:
            said = next((n for n in nouns if n in self.said), nouns[0])
            name = f"{what.name}_{said}" if what else said
        if not kept and what is None:
            return None
        return self._declare(Named(name.replace("_", " "), name), story.sentence, sure=True)

    def _usual_record(self, nouns: tuple[str, ...], what: str, own: Archetype) -> str:
        """`booking`, because a booking has a room; `book_loan`, because a loan is none of books but a book loan is.

        Of its usual names the one that the brief itself has; empty where nothing fits.
        """
        said = sorted(nouns, key=lambda noun: noun not in self.said)
        heads = dict.fromkeys(("", what, own.name, what.rpartition("_")[2]))
        names = (f"{head}_{noun}".strip("_") for noun in said for head in heads)
        for name in names:
            archetype = archetype_for(name)
            if archetype is not None and any(p.entity == own.name for p in archetype.parents):
                spoken = (w for w in (archetype.name, *archetype.synonyms) if self._spoken(w))
                return name if self._spoken(name) else next(spoken, name)
        return ""

    def _spoken(self, name: str) -> bool:
        return "_" in name and f"_{name}_" in self.text

    def _facts(self, story: Story, facts: list[Named], belongs: list[Named]) -> None:
        """Facts that are noted about somebody or something; what is measured repeatedly gets records of its own."""
        owners = [o for f in facts if f.owner for o in [Named(f.owner, singular(identifier(f.owner)))]]
        owner = next((n for n in (*owners, *belongs) if self._is_usual(n) or not is_idle(n.name)), None)
        if owner is None and any(f.own for f in facts):
            owner = self._actor(story)
        if owner is None and self.last[0] is story.sentence and self.last[1] is not None:
            self._note(self.last[1], facts, story.sentence)  # lend a tool and note the deposit
            return
        whole = self._declare(owner, story.sentence) if owner else None
        if whole is None:
            return
        measured = [f for f in facts if f.name in MEASURED]
        if measured:
            record = self._measurement(whole, story)
            self.meant[story.sentence] = f"create {article(record.label)}"
            self._note(record, measured, story.sentence)
            if record is not whole:
                self._link(whole, record, story.sentence)
            self._acted(story, record, known_only=True)
        self._note(whole, [f for f in facts if f.name not in MEASURED], story.sentence)

    def _measurement(self, whole: Declaration, story: Story) -> Declaration:
        """The record of measurements of something: vital signs of patients, else `greenhouse measurement`."""
        kind = archetype_for(whole.name)
        name = next(
            (a.name for a in archetypes().values() if a.nature == "event" and kind and measures(a, kind)),
            f"{whole.name}_measurement",
        )
        made = self._declare(Named(name.replace("_", " "), name), story.sentence)
        if made is None:
            return whole
        if archetype_for(name) is None and not made.attributes:
            made.attributes += [(a, story.sentence) for a in stated_attributes("measured at")]
        return made

    def _note(self, owner: Declaration, facts: Iterable[Named], sentence: Sentence) -> None:
        """Facts of something; one that is a usual thing of its own becomes its parent."""
        archetype = archetype_for(owner.name)
        usual = archetype.attributes if archetype else ()
        facts = tuple(facts)
        for fact in facts:
            if any(a.name.startswith(f"{fact.name}_") and a.sensitivity == "secret" for a in usual):
                continue  # a password is kept as its hash
            kind = archetype_for(fact.name)
            if kind is not None and kind.nature == "person" and (len(facts) == 1 or not fact.many):
                self._declare(fact, sentence)  # an appointment with a doctor
            if (known := self._known(fact)) and known != owner.name:
                self._link(self.found.by_name[known], owner, sentence)
            elif fact.name not in {a.name for a, _ in owner.attributes} and not is_idle(fact.name):
                owner.attributes += [(a, sentence) for a in stated_attributes(fact.label)[:1]]

    def _actor(self, story: Story) -> Named | None:
        """Who tells the story, as somebody about whom data are kept; staff only use the application."""
        role = singular(identifier(story.role))
        if role in _ANYBODY:
            return Named("user", "user")
        spoken_of = story.wanted and role.rpartition("_")[2] in self.said  # `reports of my apprentices`
        kept = role in self.found.by_name or ((is_person(role) or spoken_of) and unstored(role) is None)
        return Named(story.role, role) if kept else None

    def _acted(self, story: Story, subject: Declaration, known_only: bool = False) -> None:
        """Relates what somebody keeps to them: the guest who books, the doctor who prescribes."""
        actor = self._actor(story)
        if actor is None:
            return
        archetype, usual = archetype_for(actor.name), usual_parents(subject.name)
        expected = archetype is not None and any(p.entity == archetype.name for p in usual)
        others = [
            p for p in usual if is_usual_person(p.entity) and p.entity in self.found.by_name and p.entity != actor.name
        ]
        if known_only and not expected:
            return
        if self.only_added and self._known(actor) is None:
            return
        if (
            (expected or not usual or not others)
            and (who := self._declare(actor, story.sentence))
            and who is not subject
        ):
            self._link(who, subject, story.sentence)

    def _link(self, parent: Declaration, child: Declaration, sentence: Sentence) -> None:
        """One has many of the other, unless the two are the same or related already."""
        pair = {parent.name, child.name}
        if len(pair) == 2 and not any({link.parent, link.child} == pair for link in self.found.spoken):
            self.found.spoken.append(Link(parent.name, child.name, "one_to_many", sentence, spoken=True))


def keep_stories(stories: Iterable[Story], found: Declarations, *, deeds_only: bool = False) -> dict[Sentence, str]:
    """Adds what user stories keep; where other forms say what is stored, only what is usual is added to it.

    `deeds_only` leaves out what is only looked at, and adds nothing but what is usually stored for its own sake.

    The result says of sentences that name something else (`book a room`) what they write or read (`create a booking`).
    """
    return _Keeper(stories, found, deeds_only).keep()
