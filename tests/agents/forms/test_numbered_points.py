"""What numbers the points of minutes and specifications is no part of what they say."""

import pytest

from agents.requirement_analysis.document import read_document


def sentences(text: str) -> list[tuple[str, str]]:
    """(form, text) of every sentence."""
    return [(s.form, s.text) for s in read_document(text).sentences]


def test_a_point_of_the_agenda_is_a_heading() -> None:
    text = "Protokoll\n\nTOP 1 – Mengen\nWir haben 30 Boote.\n\nTOP 2: Technik\nEin Server genügt."
    found = read_document(text).sentences
    assert [(s.form, s.text) for s in found[1:]] == [
        ("heading", "Mengen"), ("paragraph", "Wir haben 30 Boote."),
        ("heading", "Technik"), ("paragraph", "Ein Server genügt."),
    ]  # fmt: skip
    assert found[-1].sections == ("Technik",)


@pytest.mark.parametrize(
    "text", ["TOP 3: Wir haben beschlossen, alles zu kaufen.", "Item 3 costs more", "TOP Angebote"]
)
def test_other_lines_are_no_points_of_an_agenda(text: str) -> None:
    assert {form for form, _ in sentences(f"{text}\nUnd weiter.")} == {"paragraph"}


def test_the_codes_of_a_specification_are_no_words() -> None:
    assert sentences("/LF10/ Ein Boot hat Masten.\n/LL20/ Verfügbarkeit 98 %.") == [
        ("paragraph", "Ein Boot hat Masten."), ("paragraph", "Verfügbarkeit 98 %."),
    ]  # fmt: skip
    assert sentences("Der Pfad /A1/ zeigt Boote.") == [("paragraph", "Der Pfad /A1/ zeigt Boote.")]


def test_letters_with_a_dot_end_no_sentence() -> None:
    assert len(sentences("Der Segelclub e. V. hat u. a. Boote. Er wächst.")) == 2
    assert len(sentences("Wir nehmen Tank A. Er ist leer.")) == 2


def test_a_clause_before_a_colon_is_no_label() -> None:
    first = read_document("Wir verleihen auch Segel: Jedes Segel hat eine Nummer.").sentences[0]
    assert first.label == ""
    assert read_document("Wir speichern: Name, Anschrift").sentences[0].label == "Wir speichern"
