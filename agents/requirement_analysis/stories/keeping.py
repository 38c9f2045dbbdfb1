"""From the deeds of user stories to declarations: which things, which facts of whom, which records of doing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.knowledge import Archetype, KnownParent, archetype_for, archetypes, canonical
from agents.knowledge.deeds import record_nouns, unstored, words_of
from agents.language import Token
from agents.naming import identifier, singular, words
from agents.requirement_analysis.attributes import stated_attributes
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.entities import Declaration, Declarations, Link
from agents.requirement_analysis.forms.things import Story
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.people import is_person
from agents.requirement_analysis.prose.things import one, tells_type
from agents.requirement_analysis.stories.deeds import Deed, Phrase, deeds

_PLAIN = words_that("plain") | frozenset(
    "available free new old open past upcoming current own future recent next".split()
)
_ORGANISATIONS = words_that("organisation")
_TRAILING = words_that("trailing") - {"class", "table", "form"}
_MAKING, _CHANGING, _VIEWING = words_of("making"), words_of("changing"), words_of("viewing")
_MEASURED, _ANYBODY = words_of("measured"), words_of("anybody")
_TO = ("for", "of", "from", "to", "on", "in", "about", "against", "into")
"""Prepositions behind which stands what something belongs to."""


@dataclass(frozen=True)
class Named:
    """What a noun phrase names: its label in the brief's words, its name in the singular, and its possessor."""

    label: str
    name: str
    owner: str = ""
    own: bool = False
    many: bool = False


class _Keeper:
    """Declares what stories keep; a class only because every story adds to what the earlier ones declared."""

    def __init__(self, stories: Iterable[Story], found: Declarations) -> None:
        self.found = found
        self.only_added = bool(found.by_name)
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
            if self._does(deed):
                self._done(story, deed)
        for story, deed in told:
            if not self._does(deed) and (story.wanted or deed.verb in _VIEWING):
                self._read(story, deed)
        return self.meant

    @staticmethod
    def _does(deed: Deed) -> bool:
        return deed.verb in _MAKING | _CHANGING or bool(record_nouns(deed.verb, *deed.following))

    def _done(self, story: Story, deed: Deed) -> None:
        """Things that are made, changed or used, and what doing so leaves behind."""
        if _opens_account(deed):
            self._account(story, deed)
            return
        objects = [n for p in deed.objects if (n := named(p))]
        around = [(prep, n) for prep, p in deed.around if (n := named(p))]
        behind = deed.following[-1:] and deed.following[-1] in _TO
        if behind and not objects and around:
            objects, around = [around[0][1]], around[1:]
        belongs = [n for prep, n in around if prep in _TO and not _fact(n)]
        described = len(objects) == 1 and bool(deed.facts)
        if objects and not described and all(_fact(n) and not self._known(n) for n in objects):
            self._facts(story, objects, belongs)
            return
        nouns = record_nouns(deed.verb, *deed.following)
        things = [n for n in objects if self._is_kept(n, described, story.wanted)]
        kept = [k for n in things if (k := self._declare(n, story.sentence))]
        wholes = [k for n in belongs if self._is_usual(n) and (k := self._declare(n, story.sentence))]
        record = self._record(nouns, things[0] if things else None, kept[:1], story) if nouns else None
        subject = record or (kept[0] if kept else None)
        if subject is None:
            return
        self.last = (story.sentence, subject)
        for whole in wholes if record is None else (*kept[:1], *wholes):
            self._link(whole, subject, story.sentence)
        if record is not None and record.name not in {n.name for n in objects}:
            self.meant[story.sentence] = f"create {_article(record.label)} {record.label}"
        if record or deed.verb in _MAKING or any(n.own for n in objects):
            self._acted(story, subject)
        self._note(subject, [n for p in deed.facts if (n := named(p))], story.sentence)

    def _account(self, story: Story, deed: Deed) -> None:
        """Whoever logs in has an account, with what they log in by."""
        role = self._actor(story) or Named("user", "user")
        if not self.only_added and (who := self._declare(role, story.sentence)):
            facts = (*deed.facts, *deed.objects, *deed.by, *(p for prep, p in deed.around if prep == "using"))
            self._note(who, [n for p in facts if (n := named(p)) and _fact(n)], story.sentence)

    def _read(self, story: Story, deed: Deed) -> None:
        """What is only looked at is stored where people usually store it, and whose it is where they say so."""
        for phrase in (*deed.objects, *(p for prep, p in deed.around if prep in (*_TO, "at", "after", "through"))):
            one_thing = named(phrase)
            if one_thing is None:
                continue
            if measured := self._measured(one_thing, deed):
                self.meant[story.sentence] = f"see the {measured.label} records"
            if not self._is_usual(one_thing) or _idle(one_thing.name):
                continue
            declared = self._declare(one_thing, story.sentence)
            if declared is None:
                continue
            if one_thing.own:
                self._acted(story, declared)
            usual = {p.entity for p in _parents(declared.name)}
            for other in (n for p in deed.by if (n := named(p))):
                archetype = archetype_for(other.name)
                if archetype is not None and archetype.name in usual:
                    self._declare(other, story.sentence)

    def _measured(self, what: Named, deed: Deed) -> Declaration | None:
        """The measurements that a story looks at: `a patient's temperature curve`, `the humidity of a greenhouse`."""
        fact = next((w for w in _runs(what.name) if w in _MEASURED), None)
        owners = [what.owner, *(n.label for prep, p in deed.around if prep in _TO and (n := named(p)))]
        for owner in (singular(identifier(o)) for o in owners if o) if fact else ():
            known = self._known(Named(owner, owner))
            for link in self.found.spoken:
                if link.parent == known and any(a.name == fact for a, _ in self.found.by_name[link.child].attributes):
                    return self.found.by_name[link.child]
        return None

    def _is_kept(self, what: Named, described: bool, wanted: bool) -> bool:
        """Whether what is done with something shows that it is kept; what facts are noted with is no fact itself."""
        if self._is_usual(what):
            return not _idle(what.name) and not (not wanted and what.name in _ORGANISATIONS)
        return unstored(what.name) is None and (described or not _fact(what))

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
        if known is None and what.name in _ANYBODY - {"user"}:
            return None
        made = self.found.by_name[known] if known else None
        if made is None:
            if self.only_added and not sure and archetype_for(what.name) is None:
                return None
            made = self.found.declare(one(what.label), sentence, "low", bare=True)
            made.partial = True
        elif sentence not in made.mentions:
            made.mentions.append(sentence)
        if what.owner:
            owner = Named(what.owner, singular(identifier(what.owner)))
            if self._is_usual(owner) and not _fact(owner) and (whole := self._declare(owner, sentence)):
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
        owner = next((n for n in (*owners, *belongs) if self._is_usual(n) or not _idle(n.name)), None)
        if owner is None and any(f.own for f in facts):
            owner = self._actor(story)
        if owner is None and self.last[0] is story.sentence and self.last[1] is not None:
            self._note(self.last[1], facts, story.sentence)  # lend a tool and note the deposit
            return
        whole = self._declare(owner, story.sentence) if owner else None
        if whole is None:
            return
        measured = [f for f in facts if f.name in _MEASURED]
        if measured:
            record = self._measurement(whole, story)
            self.meant[story.sentence] = f"create {_article(record.label)} {record.label}"
            self._note(record, measured, story.sentence)
            self._link(whole, record, story.sentence)
            self._acted(story, record, known_only=True)
        self._note(whole, [f for f in facts if f.name not in _MEASURED], story.sentence)

    def _measurement(self, whole: Declaration, story: Story) -> Declaration:
        """The record of measurements of something: vital signs of patients, else `greenhouse measurement`."""
        kind = archetype_for(whole.name)
        name = next(
            (a.name for a in archetypes().values() if a.nature == "event" and kind and _measures(a, kind)),
            f"{whole.name}_measurement",
        )
        made = self._declare(Named(name.replace("_", " "), name), story.sentence)
        assert made is not None
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
            elif fact.name not in {a.name for a, _ in owner.attributes} and not _idle(fact.name):
                owner.attributes += [(a, sentence) for a in stated_attributes(fact.label)[:1]]

    def _actor(self, story: Story) -> Named | None:
        """Who tells the story, as somebody about whom data are kept; staff only use the application."""
        role = singular(identifier(story.role))
        if role in _ANYBODY:
            return Named("user", "user")
        kept = role in self.found.by_name or (is_person(role) and unstored(role) is None)
        return Named(story.role, role) if kept else None

    def _acted(self, story: Story, subject: Declaration, known_only: bool = False) -> None:
        """Relates what somebody keeps to them: the guest who books, the doctor who prescribes."""
        actor = self._actor(story)
        if actor is None:
            return
        archetype, usual = archetype_for(actor.name), _parents(subject.name)
        expected = archetype is not None and any(p.entity == archetype.name for p in usual)
        others = [p for p in usual if _person(p.entity) and p.entity in self.found.by_name and p.entity != actor.name]
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


def keep_stories(stories: Iterable[Story], found: Declarations) -> dict[Sentence, str]:
    """Adds what user stories keep; where other forms say what is stored, only what is usual is added to it.

    The result says of sentences that name something else (`book a room`) what they write or read (`create a booking`).
    """
    return _Keeper(stories, found).keep()


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeio" else "a"


def _opens_account(deed: Deed) -> bool:
    """`log in`, `sign in`, `sign up`, `register`: with nothing else that it is done to."""
    enters = deed.verb in ("log", "sign") and deed.following[:1] in (("in",), ("up",), ("on",))
    alone = not [n for p in deed.objects if (n := named(p)) and not _fact(n)] and "for" not in deed.following
    return (enters or deed.verb == "register") and alone and not [1 for prep, _ in deed.around if prep in _TO]


def _runs(name: str) -> list[str]:
    """Every run of words of a name, longest first."""
    words_ = name.split("_")
    return [
        "_".join(words_[i:j]) for n in range(len(words_), 0, -1) for i in range(len(words_) - n + 1) for j in [i + n]
    ]


def named(phrase: Phrase) -> Named | None:
    """The thing or fact of a noun phrase, without words that only say which one: `damaged parcel`, `free rooms`."""
    words_ = [t for t in phrase.core.core if t.low not in _PLAIN and t.tag not in ("number", "adverb")]
    if not words_ or not words_[-1].nominal:
        return None
    while len(words_) > 1 and words_[0].tag in ("participle", "adjective") and not _usual(words_):
        if not _usual(words_[1:]):
            break
        words_ = words_[1:]
    while len(words_) > 1 and words_[-1].lemma in _TRAILING and _kind(words_) in (None, _kind(words_[:-1])):
        words_ = words_[:-1]  # movie information
    label = " ".join((*(t.text for t in words_), *phrase.tail.split()))
    owner = " ".join(t.text for t in phrase.core.owner if t.low not in _PLAIN)
    own = phrase.core.determiner in ("my", "our")
    name = singular(identifier(label))
    return Named(label, name, owner, own, words_[-1].plural) if words(label) else None


def _kind(tokens: Sequence[Token]) -> Archetype | None:
    return archetype_for(singular(identifier(" ".join(t.text for t in tokens))))


def _usual(tokens: Sequence[Token]) -> bool:
    return _kind(tokens) is not None


def _parents(name: str) -> tuple[KnownParent, ...]:
    archetype = archetype_for(name)
    return archetype.parents if archetype else ()


def _person(name: str) -> bool:
    archetype = archetype_for(name)
    return archetype is not None and archetype.nature == "person"


def _fact(what: Named) -> bool:
    """Whether a name is a fact about something rather than a thing."""
    return (
        archetype_for(what.name) is None
        and (what.name in _MEASURED or tells_type(what.label))
        and not is_person(what.name)
    )


def _idle(name: str) -> bool:
    """Whether a name means nothing that is stored, unless people usually store it."""
    return unstored(name) is not None and archetype_for(name) is None


def _measures(archetype: Archetype, whole: Archetype) -> bool:
    """Whether an archetype keeps what is measured of another."""
    names = {a.name for a in archetype.attributes}
    counted = sum(any(n == m or n.endswith(f"_{m}") for m in _MEASURED) for n in names)
    return counted > 1 and any(p.entity == whole.name and p.role is None for p in archetype.parents)
