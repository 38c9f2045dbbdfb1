"""Singular and plural of the nouns that briefs are made of."""

import pytest

from agents.inflection import plural_of, singular_of
from agents.knowledge import archetypes
from agents.naming import plural, singular

PAIRS = {
    "order": "orders", "category": "categories", "address": "addresses", "status": "statuses", "bonus": "bonuses",
    "campus": "campuses", "case": "cases", "database": "databases", "purchase": "purchases", "response": "responses",
    "invoice": "invoices", "warehouse": "warehouses", "clause": "clauses", "use": "uses", "bus": "buses",
    "branch": "branches", "cache": "caches", "batch": "batches", "box": "boxes", "tax": "taxes", "quiz": "quizzes",
    "movie": "movies", "cookie": "cookies", "survey": "surveys", "delivery": "deliveries", "analysis": "analyses",
    "diagnosis": "diagnoses", "axis": "axes", "leave": "leaves", "shelf": "shelves", "knife": "knives",
    "hero": "heroes", "potato": "potatoes", "photo": "photos", "todo": "todos", "lens": "lenses", "gas": "gases",
    "person": "people", "child": "children", "woman": "women", "human": "humans", "criterion": "criteria",
    "employee": "employees", "attendee": "attendees", "grade": "grades", "allergy": "allergies",
    "webhook": "webhooks", "salesperson": "salespeople", "auftrag": "auftraege", "kunde": "kunden",
    "rechnungsposition": "rechnungspositionen", "behandlung": "behandlungen", "haus": "haeuser", "praxis": "praxen",
}  # fmt: skip


@pytest.mark.parametrize(("one", "many"), PAIRS.items())
def test_both_ways(one: str, many: str) -> None:
    assert (plural_of(one), singular_of(many), singular_of(one)) == (many, one, one)


@pytest.mark.parametrize("word", ["staff", "data", "series", "news", "equipment", "kunstwort"])
def test_a_word_of_one_form_or_an_unknown_one_is_singular_already(word: str) -> None:
    assert singular_of(word) == word


@pytest.mark.parametrize("word", ["process", "business", "basis", "kurs", "bias", "logistics"])
def test_an_s_is_no_plural_by_itself(word: str) -> None:
    assert singular_of(word) == word


@pytest.mark.parametrize("word", ["station", "position", "rate", "tag", "tier", "note", "film", "art", "land"])
def test_words_of_both_languages_are_inflected_as_english(word: str) -> None:
    assert plural_of(word) == f"{word}s"


def test_every_archetype_comes_back_from_its_plural() -> None:
    """A table is named by the plural, and its entity must be found again by it."""
    for name, archetype in archetypes().items():
        for word in (name, *archetype.synonyms):
            assert singular(plural(word)) == singular(word), word
