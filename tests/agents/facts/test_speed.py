"""What makes long briefs quick must not change what is read: guards, repeats, and the tagger's shorter search."""

import re

from HanTa.HanoverTagger import HanoverTagger

from agents.language.viterbi import Tagger
from agents.requirement_analysis import bounds, conditionals, protection, timing
from agents.requirement_analysis.document import read_document
from agents.requirement_analysis.guarded import Guarded
from agents.requirement_analysis.repeats import without_repeats
from tests.agents.forms.reading import analysed
from tests.agents.test_requirement_analysis_properties import BRIEFS, TEXTS, facts

SENTENCES = [s.text for text in (*TEXTS.values(), *(f.read_text("utf-8") for f in sorted(BRIEFS.glob("*.md"))))
             for s in read_document(text).sentences]  # fmt: skip
GUARDED = [g for m in (bounds, conditionals, protection, timing) for g in vars(m).values() if isinstance(g, Guarded)]


def test_a_guard_never_hides_a_match() -> None:
    assert len(GUARDED) > 10
    hidden = [(g.words, s) for s in SENTENCES for g in GUARDED if bool(g.pattern.search(s)) != bool(g.search(s))]
    assert hidden == []
    assert Guarded("x must y", "nothing").search("x must y") is None


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
