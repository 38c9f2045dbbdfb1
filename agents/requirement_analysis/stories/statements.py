"""Plain sentences as who does what: `Patients book appointments with doctors` tells the same as a story of patients."""

from collections.abc import Iterator, Sequence

from agents.knowledge.deeds import record_nouns, words_of
from agents.language import Token, noun_phrases, tagged
from agents.language.tokens import lemma_of
from agents.requirement_analysis.document import Sentence
from agents.requirement_analysis.forms.things import Story
from agents.requirement_analysis.lexicon import words_that
from agents.requirement_analysis.prose.things import is_system
from agents.requirement_analysis.topics import OF_THE_SYSTEM, topic

_LONGEST_SUBJECT = 6
_KEEPING = words_that("storing") | words_that("recording")
_VERBS = words_of("making") | words_of("changing") | words_of("viewing")


def statements(sentences: tuple[Sentence, ...]) -> Iterator[Story]:
    """Each clause with a subject and a verb as a story; the role is empty where nobody in particular does it."""
    for sentence in sentences:
        if sentence.form in ("paragraph", "bullet", "numbered") and topic(sentence) not in OF_THE_SYSTEM:
            text = sentence.body if sentence.label else sentence.text
            for role, goal in _clauses(tagged(text), text):
                if not _by_itself(role, goal):
                    yield Story(role, goal, sentence, wanted=False)


def _by_itself(role: str, goal: str) -> bool:
    """Whether the application does something without keeping it: `the app sends a push notification`."""
    return bool(role) and is_system(tagged(role)[-1]) and goal.split(maxsplit=1)[0] not in _KEEPING


def _clauses(tokens: Sequence[Token], text: str) -> Iterator[tuple[str, str]]:
    """(subject, verb and the rest) of each clause that has both."""
    starts = [
        i for i, t in enumerate(tokens) if i == 0 or tokens[i - 1].text in ",;" or tokens[i - 1].low in ("and", "but")
    ]
    found: list[tuple[int, int]] = []
    for start in starts:
        place = next(
            (i for i in range(start, min(start + _LONGEST_SUBJECT, len(tokens))) if _does(tokens, i, start)), None
        )
        if place is not None and place > start and (not found or start > found[-1][1]):
            found.append((start, place))
    for number, (start, place) in enumerate(found):
        after = next((i for i in range(place, len(tokens)) if not _precedes_verb(tokens, i)), place)
        last = found[number + 1][0] - 1 if number + 1 < len(found) else len(tokens)
        verb = tokens[after]
        if after + 1 < last and tokens[after + 1].low == "that":
            continue  # what somebody notes that something is
        end = tokens[last - 1].end
        yield _subject(tokens[start:place], text), f"{verb.lemma}{text[verb.end : end]}".rstrip(". ,;")


def _precedes_verb(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands before the verb that says what is done: `would like to reserve`."""
    token = tokens[place]
    wishes = token.lemma in _WISHING and place + 1 < len(tokens) and tokens[place + 1].tag == "to"
    return token.tag in _BEFORE_VERB or wishes


_WISHING = ("like", "want", "wish", "need", "have", "try", "love", "prefer", "use")
_BEFORE_VERB = ("modal", "adverb", "to", "auxiliary", "not")


def _does(tokens: Sequence[Token], place: int, start: int) -> bool:
    """Whether a word is a clause's verb, which may look like a noun after several people: `patients book rooms`."""
    token = tokens[place]
    if token.tag in ("verb", "modal"):
        return True
    before = tokens[place - 1] if place > start else None
    if before is None:
        return False
    many = before.plural or before.tag in ("pronoun", "name")
    verb = token.low if many else lemma_of(token.low, "VVZ")
    known = (many or verb != token.low) and (verb in _VERBS or bool(record_nouns(verb)))
    following = tokens[place + 1].tag if place + 1 < len(tokens) else "mark"
    return known and following in ("noun", "determiner", "adjective", "possessive", "name", "number")


def _subject(tokens: Sequence[Token], text: str) -> str:
    """Who does it: the first noun phrase before the verb."""
    phrase = next(iter(noun_phrases(tokens)), None)
    return text[phrase.core[0].start : phrase.core[-1].end] if phrase else ""
