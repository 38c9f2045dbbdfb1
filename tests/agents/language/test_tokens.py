"""Tokens and noun phrases of briefs' sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.language import noun_phrases, tagged


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Each order contains items.", ["determiner", "noun", "verb", "noun", "mark"]),
        ("The user's e-mail", ["determiner", "noun", "genitive", "noun"]),
        ("record of sales", ["noun", "preposition", "noun"]),
        ("They must not overlap", ["pronoun", "modal", "not", "verb"]),
        ("1,000 orders", ["number", "noun"]),
        ("We can't say", ["pronoun", "modal", "not", "verb"]),
        ("they’ve paid", ["pronoun", "auxiliary", "participle"]),
        ("it's late", ["pronoun", "auxiliary", "adjective"]),
        ("the tool's case", ["determiner", "noun", "genitive", "noun"]),
        ("lots of tools", ["determiner", "preposition", "noun"]),
        ("the lots of an auction", ["determiner", "noun", "preposition", "determiner", "noun"]),
        ("members register with a card", ["noun", "verb", "preposition", "determiner", "noun"]),
        ("goods receipt with a number", ["noun", "noun", "preposition", "determiner", "noun"]),
        ("of course we sing", ["preposition", "adverb", "pronoun", "verb"]),
        ("the end of a course", ["determiner", "noun", "preposition", "determiner", "noun"]),
    ],
)
def test_words_have_their_part_of_speech(text: str, tags: list[str]) -> None:
    assert [t.tag for t in tagged(text)] == tags


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Each customer can place multiple orders.", [("each", "customer", False), ("multiple", "orders", True)]),
        ("the student's home address", [("the", "home address", False)]),
        ("a captain and a first officer", [("a", "captain", False), ("a", "first officer", False)]),
        ("of the", []),
    ],
)
def test_noun_phrases(text: str, phrases: list[tuple[str, str, bool]]) -> None:
    assert [(p.determiner, p.text, p.many) for p in noun_phrases(tagged(text))] == phrases


@given(st.text(max_size=200))
def test_any_text_is_read_and_keeps_its_spelling(text: str) -> None:
    for token in tagged(text):
        assert text[token.start : token.end] == token.text
    for phrase in noun_phrases(tagged(text)):
        assert phrase.core and phrase.first < phrase.end
