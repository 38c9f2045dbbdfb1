"""What makes long briefs quick must not change what is read: guards, repeats, and the tagger's shorter search."""

import re

import pytest
from HanTa.HanoverTagger import HanoverTagger

from agents import remembering, screening
from agents.language import tagged
from agents.language.german import gloss
from agents.language.german.glossary import glossary
from agents.language.viterbi import Tagger
from agents.requirement_analysis import bounds, conditionals, prose, protection, timing
from agents.requirement_analysis.document import read_document
from agents.requirement_analysis.repeats import without_repeats
from agents.screening import Screened, needs
from tests.agents.forms.reading import analysed
from tests.agents.test_requirement_analysis_properties import BRIEFS, TEXTS, facts

SENTENCES = [s.text for text in (*TEXTS.values(), *(f.read_text("utf-8") for f in sorted(BRIEFS.glob("*.md"))))
             for s in read_document(text).sentences]  # fmt: skip
SCREENED = [
    p for m in (bounds, conditionals, protection, timing) for p in vars(m).values() if isinstance(p, Screened)
] + [phrase.pattern for phrase in glossary().phrases]  # fmt: skip


def test_a_screen_never_hides_a_match() -> None:
    assert sum(bool(p.needs) for p in SCREENED) > 100
    hidden = [(p.pattern, s) for s in SENTENCES for p in SCREENED if p.compiled.search(s) and not p.may_match(s)]
    assert hidden == []


def test_without_any_screen_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens of all patterns at once, wherever they are asked."""
    texts = [*TEXTS.values(), *((BRIEFS / f"{n}.md").read_text("utf-8") for n in ("fleet", "forum", "german/klinik"))]
    with_screens = [analysed(text) for text in texts]
    for module in (screening, gloss):
        monkeypatch.setattr(module, "letters_of", lambda text: -1)  # every text holds whatever is needed
    remembering.forget()
    without = [analysed(text) for text in texts]
    remembering.forget()
    assert without == with_screens


def test_a_screen_keeps_texts_without_the_letters_from_the_pattern() -> None:
    wanted = Screened(r"\b(?:must|has to) be (?:unique|distinct)\b", re.I)
    assert wanted.may_match("It MUST be uniQUE") and not wanted.may_match("It must be given")
    assert wanted.search("it has to be distinct") and wanted.search("it has to be given") is None


def test_letters_that_match_without_regard_to_case_pass_the_screen() -> None:
    assert Screened("unique", re.I).search("un\u0131que") and Screened("distinct", re.I).search("di\u017ftinct")


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [("ab|c(?:de|fgh)", [["ab", "cde", "cfgh"]]), ("(?:overlap)?", []), ("ab?c*de+", [["de"]]), ("[<>]=", [["<", ">"]]),
     ("(?i:ab)cd", [["cd"]]), ("(?!ab)cd(?=ef)", [["ef"], ["cd"]]), ("ab|.", []), (r"\d+ x", [])],
)  # fmt: skip
def test_what_a_pattern_needs(pattern: str, needed: list[list[str]]) -> None:
    assert [sorted(letters) for letters in needs(pattern)] == needed


def test_the_shorter_search_gives_the_same_tags() -> None:
    theirs, ours = HanoverTagger("morphmodel_en.pgz"), Tagger("morphmodel_en.pgz")
    said = [words for s in SENTENCES[::7] if (words := re.findall(r"\w+", s.lower()))]
    assert [w for w in said if theirs.tag_sent_viterbi(w) != ours.tag_sent_viterbi(w)] == []


def test_a_brief_that_is_copied_behind_itself_asks_for_the_same() -> None:
    text = TEXTS["clinic"]
    once, twice = analysed(text), analysed(f"{text}\n{text}")
    assert facts(twice) == facts(once)
    count = len(once.trace)
    assert len(twice.trace) == 2 * count
    assert [t.by for t in twice.trace[count:]] == [t.by for t in twice.trace[:count]]


def test_what_stands_behind_something_else_is_no_repeat() -> None:
    text = "# A\n\nAn order has a total.\n\nIt is paid.\n\nA loan has a rate.\n\nIt is paid.\n"
    kept, repeated = without_repeats(read_document(text).sentences)
    assert len(kept) == 5 and not repeated


def test_which_number_a_sentence_has_changes_none_of_its_tags() -> None:
    """HanTa guesses at numbers that it does not know by their last digits: `385` is a name for it."""
    for sentence in (
        "Customers write letters about topic {}, which nobody reads.",
        "A hall of {} seats opens.",
    ):
        read = {tuple(t.tag for t in tagged(sentence.format(n))) for n in ("7", "385", "1,000", "1.000.000", "9732")}
        assert len(read) == 1


def test_lines_of_attribute_lists_are_not_read_again_as_prose(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(prose, "read_sentence", lambda sentence, *_, **__: read.append(sentence.text))
    analysed(
        "# Depot\n\n### Parcel\n- number: string, unique\n- weight: decimal\n\nEach parcel has a size and a place.\n"
    )
    assert read == ["Each parcel has a size and a place."]
