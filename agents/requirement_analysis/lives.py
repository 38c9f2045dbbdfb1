"""Lives that a brief tells as stories: `a booking is provisional at first; once the money is there, it becomes paid`.

Each sentence of a story goes on from where the one before it has ended. Who tells it names the thing once, the event
that makes the step, and the state that follows, so that a step is certain only where a life has begun, or where the
state that it starts from is named with the thing (`a paid ticket gets used`). What is denied, and what somebody may do
with a thing, is no step.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from agents.language import lemma_of, tagged
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.model import Model
from agents.requirement_analysis.state_times import OUTCOMES
from agents.requirement_analysis.states import ARROW, is_condition, known_states, machine
from agents.requirement_analysis.subjects import Found, root_of, said, status_of
from agents.requirement_analysis.uncontracted import uncontracted
from agents.requirement_analysis.vocabulary import tokens
from agents.screening import screened

_ADVERBS = (
    r"(?:then|now|finally|automatically|usually|only|later|still|also|either|directly|next|first|always|immediately)"
)
_PREDICATE = screened(
    r"(?P<subject>\b(?:it|they|ones?|(?:the|an?|every|each|this|any|all) [\w'-]+"
    r"(?: (?!(?:it|they|an?|the|its|their)\b)[\w'-]+| of (?:an?|the|each|every) [\w'-]+){0,3}?|[\w-]+(?: [\w-]+)??s))"
    r"(?: (?:that|which|who) (?:is|was|are|were|has been|have been) "
    r"(?P<which>[\w-]+(?: (?!or\b)[\w-]+)?(?: or (?:(?:is|are|was|were) )?[\w-]+(?: [\w-]+)?)?))?"
    rf"(?: (?:[a-z]+s|go(?:es)? (?:out|in|back|on)) and)? (?:{_ADVERBS} )*"
    r"(?P<verb>(?P<may>(?:can|may|could|might)(?: [a-z]+){0,2}? (?:be|become|get|go(?: back)? to|end up as))"
    r"|(?P<start>(?:starts?|begins?)(?: out| off)?(?:(?: its)? life)? (?:as|in|with|being)|comes? in as)"
    r"|is|are|becomes?|gets?|counts? as|turns?(?: into)?|(?:goes|go|moves?|passes|pass|changes?|switch(?:es)?|returns?"
    r"|advances?)(?: on| over| back)? (?:in)?to|ends? up(?: as| in)?)"
    r"(?: (?:an?|the|either|then|set to|put in|finally))* ",
    re.I,
)
_FINISHES = screened(
    r"(?P<subject>\b(?:it|they|(?:the|an?|every|each|any) [\w'-]+(?: [\w'-]+){0,2}?|[\w-]+(?: [\w-]+)??s))"
    r"(?: (?:that|which|who) [^,;.]{3,40}?)? (?:automatically |then )?(?P<verb>expires?|lapses?|fails?)\b",
    re.I,
)
_DECIDES = screened(
    r"\b(?P<one>[a-z]+s?)(?: or (?P<other>[a-z]+s?))? (?P<what>it|them|the [a-z]+(?: [a-z]+)?)\b"
    r"(?! (?:is|are|has|have|can|may)\b)",
    re.I,
)
_FROM = screened(
    r"\bfrom (?:the )?(?P<source>[\w'\"-]+(?: [\w'\"-]+)?) (?:it |they )?(?:on )?(?:can )?(?:go(?:es)? )?to ", re.I
)
_FRONTED = screened(r"\bfrom (?P<source>[\w'\"-]+(?: [\w'\"-]+)?),?\s*$", re.I)
_EVENT = screened(
    r"\b(?:when|whenever|once|as soon as|after|afterwards|later|then|finally|next|from there|from then on|at last"
    r"|in the end|eventually|until|till|so|now|thereafter)\b",
    re.I,
)
_IF = screened(r"\b(?:if|otherwise|unless|in case)\b", re.I)
_NOT = screened(r"\b(?:not|nobody|no one|never|nothing|no|otherwise|unless)\b", re.I)
_AT_FIRST = screened(
    r"\b(?:(?:at|to) (?:first|begin with|start with)|first(?: of all)?|initially|on receipt"
    r"|in the beginning|for a start)\b",
    re.I,
)
_TILL = screened(r"\b(?:until|till)\s*$", re.I)
_UNTIL = screened(r"[\w' -]{2,30}? (?:until|till) ", re.I)
_SUBORDINATE = screened(
    r"\b(?:when|whenever|once|if|as soon as|after|as long as|so long as|while|because|unless|before)\s*$", re.I
)
"""Behind such a word stands the event, and no step: `when a report is paid, the date is mandatory`."""
_AT_FIRST_BEHIND = re.compile(rf"^\s*{_AT_FIRST.pattern}", re.I)
_ELSE = screened(r",? (?:otherwise|or else|if not,?) ", re.I)
_STOP = screened(
    r"\s*(?:[.;:(]|,? (?:if|when|whenever|once|until|till|by|after|because|unless|before|for|at|as soon as|so|which|who"
    r"|that|within|from|again|with|up to|on (?!its |the (?:way|road)|hold|loan|site|sale|order|board)[a-z]+"
    r"|in (?:the end|which case|this order|that order))\b"
    r"|,? (?:and|but) (?:it|they|the|we|if|when|once|until|as|after|from|that)\b"
    r"|,? (?:and )?(?:when|after|from) |, (?:the|we|an?|it|they|this|or|but) ).*$",
    re.I | re.S,
)
"""Where the states behind a verb end."""
_THEN = re.compile(
    r",?\s*\b(?:and )?(?:then|finally|in the end|afterwards|later|at last|next)\b(?: (?:to|is|are|it is|gets?))*\s*",
    re.I,
)
_EMPTY = frozenset(
    "a an the is are be it either being gets get become becomes then to also still and been finally".split()
)
_DETERMINERS = frozenset("the a an every each this any all it they one ones such that which is are".split())
_FIRST_STATES = frozenset(
    "new open draft pending requested reserved received submitted registered planned provisional waiting created "
    "announced reported unpaid proposed applied".split()
)
_MADE = frozenset("approved accepted confirmed rejected declined refused granted released validated signed".split())
_SHORT_STATES = frozenset({"out", "back", "away", "done", "ready", "overdue", "held", "met"})
_BAD_ENDS = frozenset(
    "rejected declined refused cancelled canceled withdrawn expired lapsed lost failed dropped revoked void voided "
    "dismissed overdue missed".split()
)
"""Ends from which a story does not go on where it has a better one."""
_LONGEST = 3


@dataclass
class _Life:
    """How far the story of an entity has come: its steps, where it stands, and where it stood before."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    now: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    def go(self, pairs: Iterable[tuple[str, str]], sources: tuple[str, ...], targets: tuple[str, ...]) -> None:
        """Goes on to the targets."""
        self.pairs.extend(pairs)
        self.before, self.now = sources, targets


def lives(
    spoken: Iterable[Sentence], machines: list[tuple[Sentence, Found]], closed: frozenset[str], model: Model
) -> Iterator[tuple[Sentence, Found]]:
    """The steps of the stories, in the brief's order; those to states that a closed list lacks are none."""
    told: dict[tuple[int, str], list[Found]] = {}
    for sentence, found in machines:
        told.setdefault((sentence.line, sentence.text), []).append(found)
    stories: dict[str, _Life] = {}
    place: tuple[object, ...] = ()
    current: str | None = None
    for sentence in spoken:
        here = (sentence.sections, sentence.lead, sentence.item if sentence.form == "paragraph" else -1)
        if place != here:
            place, current = here, None
        text = uncontracted(said(sentence.text)).replace('"', "").replace("“", "").replace("”", "")
        others = told.get((sentence.line, sentence.text), ())
        made: list[tuple[str, list[tuple[str, str]]]] = []
        reached: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for found in others:
            current = str(found["entity"])
            life, steps = stories.setdefault(current, _Life()), found["transitions"]
            left = tuple(dict.fromkeys(a for a, _ in steps))
            life.go(steps, left, tuple(dict.fromkeys(b for _, b in steps if b not in left)) or life.now)
            reached[current] = (life.before, life.now)
        if not ARROW.search(text):
            current = _read(text, current, stories, made, model)
        kept = False
        told_already = {(str(f["entity"]), state) for f in others for _, state in f["transitions"]}
        for entity, steps in made:
            pairs = [pair for pair in dict.fromkeys(steps) if (entity, pair[1]) not in told_already]
            known = set(known_states(entity, model))
            if entity in closed and not {s for pair in pairs for s in pair} <= known:
                continue
            if pairs and (rule := machine(entity, "", pairs, model)):
                kept = True
                yield sentence, rule | {"confidence": "medium"}
        if others and not kept and current in reached:
            stories[current].before, stories[current].now = reached[current]


def _read(
    text: str,
    current: str | None,
    stories: dict[str, _Life],
    made: list[tuple[str, list[tuple[str, str]]]],
    model: Model,
) -> str | None:
    """Reads one sentence on; the entity of which the next one may speak."""
    predicates = list(_PREDICATE.finditer(text))
    end = 0
    given: tuple[str, tuple[str, ...]] | None = None
    until = False
    for number, found in enumerate(predicates):
        stop = predicates[number + 1].start() if number + 1 < len(predicates) else len(text)
        _decided(text[end : found.start()], current, stories, made, model)
        lead, rest = text[end : found.start()], text[found.end() : stop]
        lead = _AT_FIRST_BEHIND.sub("", lead) if end else lead  # that belongs to the states before it
        entity, sources = _meant(found["subject"], found["which"], current, stories, model)
        if entity is None:
            continue
        subordinate = bool(_SUBORDINATE.search(lead))
        end = found.end() + (0 if subordinate else len(_STOP.sub("", rest)))
        life = stories.get(entity)
        known = _known(entity, stories, model)
        only = bool(re.match(r"\s*only\b", f"{lead}{found[0]}".strip(" ,;"), re.I))
        first = bool(found["start"] or _AT_FIRST.search(lead) or _AT_FIRST.search(rest) or _AT_FIRST.search(found[0]))
        groups = _groups(_AT_FIRST.sub(" ", rest), known, named=bool(found["start"]))
        if not groups and life and _EVENT.search(lead) and not subordinate and not _NOT.match(rest):
            life.before = life.now = ()  # a step that is not understood ends the story
        if not groups or _NOT.match(rest) or _denied(found["verb"], lead) or (only and found["may"]):
            current = entity if life else current
            continue
        if _TILL.search(lead) and not until:
            continue  # `it can be called off until it is loaded`
        until = bool(_UNTIL.match(text[found.end() :])) and not found["may"]
        if subordinate and not found["start"]:
            given = (entity, groups[0]) if set(groups[0]) <= set(known) else None
            continue
        if given and given[0] == entity and not sources:
            sources, given = given[1], None
        pairs = [(a, b) for left, right in itertools.pairwise(groups) for a in left for b in right if a != b]
        first = first or bool(_UNTIL.match(text[found.end() :]))
        begins = (
            first
            or (not life and len(groups) > 1 and _THEN.search(rest))
            or (not life and _opens(lead, groups[0], text[found.end() :]))
        )
        if found["may"] and "become" not in found["may"] and not all(_ends(s, known) for s in groups[0]):
            continue
        if sources and (life or status_of(entity, model) or found["may"]):
            life = stories.setdefault(entity, _Life())
            steps = [(a, b) for a in sources for b in groups[0] if a != b] + pairs
            life.pairs.extend(steps)
            if (not found["may"] and set(sources) & {*life.now, *life.before}) or not life.now:
                life.before, life.now = sources, groups[-1]
            made.append((entity, steps))
        elif begins and not found["may"] and not _IF.search(lead):
            life = stories.setdefault(entity, _Life())
            life.go(pairs, groups[-2] if len(groups) > 1 else (), groups[-1])
            made.append((entity, pairs))
        elif life and life.now and not found["may"] and not set(groups[0]) <= {*life.now}:
            fronted = _FRONTED.search(lead)
            named = next((s for s in known if fronted and tokens(s) == tokens(fronted["source"])), None)
            if not named and not (
                _EVENT.search(lead) or _IF.search(lead) or "then" in found[0] or _goes(found["verb"])
            ):
                continue
            other = bool(_IF.search(lead) and _NOT.search(lead))
            origins = (named,) if named else life.before if other and life.before else _better(life.now)
            steps = [(a, b) for a in origins for b in groups[0] if a != b] + pairs
            if other:
                life.pairs.extend(steps)
            else:
                life.go(steps, groups[-2] if len(groups) > 1 else origins, groups[-1])
            made.append((entity, steps))
        current = entity if stories.get(entity) else current
    _decided(text[end:], current, stories, made, model)
    _ended(text, current, stories, made, model)
    _from_to(text, current, stories, made, model)
    return current


def _meant(
    subject: str, which: str | None, current: str | None, stories: dict[str, _Life], model: Model
) -> tuple[str | None, tuple[str, ...]]:
    """(the entity that a subject means, the states that it is said to be in)."""
    words = tokens(subject)
    mentions = model.vocabulary.mentions(subject)
    if mentions and mentions[-1].end == len(words):
        entity: str | None = mentions[-1].entity
        before = words[: mentions[-1].start]
    elif words[-1:] and words[-1] in ("it", "they", "one", "ones"):
        entity, before = current, words[:-1]
    else:
        return None, ()
    if entity is None:
        return None, ()
    rest = " ".join(w for w in before if w not in _DETERMINERS)
    known = _known(entity, stories, model)
    named = [s for part in (rest, which or "") for s in _states(part, known)]
    return entity, tuple(dict.fromkeys(named))


def _states(text: str, known: tuple[str, ...]) -> Iterator[str]:
    """The states that words before or behind a thing tell: `paid or overdue` invoices."""
    for part in re.split(r"\b(?:or|and)\b|,", text):
        words = [w for w in part.split() if w.lower() not in _DETERMINERS | _EMPTY]
        spoken = " ".join(words)
        same = next((s for s in known if tokens(s) == tokens(spoken)), None)
        if same or (1 <= len(words) <= _LONGEST and tagged(words[-1])[0].tag == "participle"):
            yield same or spoken.lower()


def _known(entity: str, stories: dict[str, _Life], model: Model) -> tuple[str, ...]:
    life = stories.get(entity)
    told = [s for pair in life.pairs for s in pair] + [*life.now] if life else []
    return tuple(dict.fromkeys((*known_states(entity, model), *told)))


def _groups(text: str, known: tuple[str, ...], *, named: bool) -> list[tuple[str, ...]]:
    """The states behind a verb, step by step: those of one step are joined by `or`.

    What starts `as a request` is named by a noun (`named`); everywhere else a state says how something is.
    """
    groups: list[tuple[str, ...]] = []
    for step in _THEN.split(_STOP.sub("", _ELSE.sub(" or ", text))):
        either = re.search(r"\bor\b", step)
        parts = [[p] for p in re.split(r",|\band\b", step)] if not either else [re.split(r",|\bor\b", step)]
        for part in parts:
            if not any(p.strip() for p in part):
                continue
            if groups and "back" in (p.strip() for p in part):
                return groups
            states = tuple(s for p in part if (s := _state(p, known, named=named and not groups)))
            if len(states) != len([p for p in part if p.strip()]):
                return groups
            groups.append(tuple(dict.fromkeys(states)))
    return groups


def _state(text: str, known: tuple[str, ...], *, named: bool) -> str:
    """A state without the words around it; nothing where words say no state."""
    words = text.strip(" ,'").split()
    while words and words[0].lower() in _EMPTY:
        words = words[1:]
    spoken = " ".join(words).strip("'").lower()
    same = next((s for s in known if tokens(s) == tokens(spoken)), None)
    if same:
        return same
    if not 1 <= len(words) <= _LONGEST or spoken.endswith("ly"):
        return ""
    sure = is_condition(spoken) or spoken in _FIRST_STATES | OUTCOMES | _MADE | _SHORT_STATES or spoken.endswith("ing")
    if (
        any(t.tag in ("verb", "auxiliary", "modal", "number", "pronoun") for t in tagged(spoken))
        or "'" in spoken
        or any(c.isdigit() for c in spoken)
    ):
        return ""
    if len(words) == 1 and tagged(spoken)[0].tag == "preposition" and spoken not in _SHORT_STATES:
        return ""
    return spoken if (sure and not _VAGUE & {*spoken.split()}) or (named and len(words) == 1) else ""


_VAGUE = frozenset(
    "there fine good important nice bad same different not never more less able allowed possible mandatory required "
    "compulsory optional necessary needed frozen immutable deleted erased removed purged wiped kept anonymised "
    "anonymized unique visible reviewed changed edited altered shown seen".split()
)
"""What tells how something is or what is done with it, and no state of its life."""


def _ends(state: str, known: tuple[str, ...]) -> bool:
    """Whether something can end up so; what `can be edited` stays what it is."""
    return state in known or state in OUTCOMES | _MADE or state.split()[-1] in ("off", "down", "back")


def _opens(lead: str, states: tuple[str, ...], behind: str) -> bool:
    """Whether an event begins a life: `when a bike comes in the job is new`, or what is told first of several steps."""
    return set(states) <= _FIRST_STATES and bool(_EVENT.search(lead) or _THEN.search(behind))


def _goes(verb: str) -> bool:
    """Whether a verb itself says that there is a step."""
    return verb.lower().startswith(("go", "move", "pass", "change", "switch", "turn", "become", "advance"))


def _denied(verb: str, lead: str) -> bool:
    return bool(re.search(r"\bnot\b|\bnever\b", verb, re.I)) or bool(
        re.search(r"\b(?:nothing|nobody|no)\s*$", lead, re.I)
    )


def _better(states: tuple[str, ...]) -> tuple[str, ...]:
    """Of several states those from which a story goes on."""
    return tuple(s for s in states if s not in _BAD_ENDS) or states


def _decided(
    text: str,
    current: str | None,
    stories: dict[str, _Life],
    made: list[tuple[str, list[tuple[str, str]]]],
    model: Model,
) -> None:
    """`The manager confirms or declines it`: what is done to it is the state that it is in then."""
    life = stories.get(current or "")
    if current is None or life is None or not life.now:
        return
    for found in _DECIDES.finditer(text):
        verbs = [v for v in (found["one"], found["other"]) if v]
        known = _known(current, stories, model)
        states = [s for v in verbs if (s := _done(v, known))]
        whose = found["what"].lower() in ("it", "them") or current in {
            m.entity for m in model.vocabulary.mentions(found["what"])
        }
        if not whose or len(states) != len(verbs) or set(states) & {*life.now}:
            continue
        steps = [(a, b) for a in _better(life.now) for b in states if a != b]
        life.go(steps, life.now, tuple(states))
        made.append((current, steps))
        return


def _done(verb: str, known: tuple[str, ...]) -> str:
    """The state to which a deed leads: `confirms` to `confirmed`, `lapses` to `lapsed`."""
    root = root_of(lemma_of(verb.lower(), "VVZ"))
    return next((s for s in (*known, *sorted(_MADE | OUTCOMES | _BAD_ENDS)) if " " not in s and root_of(s) == root), "")


def _ended(
    text: str,
    current: str | None,
    stories: dict[str, _Life],
    made: list[tuple[str, list[tuple[str, str]]]],
    model: Model,
) -> None:
    """`Reserved tickets that nobody pays for expire`, `if nobody pays, it lapses`."""
    for found in _FINISHES.finditer(text):
        entity, sources = _meant(found["subject"], None, current, stories, model)
        if entity is None or (entity not in stories and not (sources and status_of(entity, model))):
            continue
        life = stories.setdefault(entity, _Life())
        target = _done(found["verb"], _known(entity, stories, model))
        negated = bool(_NOT.search(text[: found.start()])) and bool(life.before)
        origins = sources or (life.before if negated else _better(life.now))
        steps = [(a, target) for a in origins if target and a != target]
        if steps:
            life.pairs.extend(steps)
            made.append((entity, steps))


def _from_to(
    text: str,
    current: str | None,
    stories: dict[str, _Life],
    made: list[tuple[str, list[tuple[str, str]]]],
    model: Model,
) -> None:
    """`from printing to shipped`, where it is known that printing is a state."""
    life = stories.get(current or "")
    if current is None or life is None:
        return
    for found in _FROM.finditer(text):
        known = _known(current, stories, model)
        there = found["source"].lower() == "there"
        source = next((s for s in known if tokens(s) == tokens(found["source"])), None)
        origins = life.now if there else (source,) if source else ()
        groups = _groups(text[found.end() :], known, named=False)
        if origins and groups:
            chain = [origins, *groups]
            steps = [(a, b) for left, right in itertools.pairwise(chain) for a in left for b in right if a != b]
            life.go(steps, chain[-2], groups[-1])
            made.append((current, steps))
