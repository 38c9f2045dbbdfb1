"""German briefs read as their English twins do, phrase by phrase and as a whole."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from agents.knowledge import archetype_for, attribute_guess
from agents.knowledge.german import GlossaryError, noun, parsed_nouns
from agents.language.german.gloss import Glosser, numbers
from agents.language.german.names import Names
from agents.language.german.senses import meanings_in
from agents.requirement_analysis import requirement_analysis
from contracts.brief import Brief
from contracts.requirements import Requirements

HERE = Path(__file__).parent
BRIEFS = HERE.parents[1] / "briefs" / "german"
EXAMPLES = HERE.parents[2] / "examples"
PHRASES = yaml.safe_load((HERE / "phrases.yaml").read_text("utf-8"))
TWINS = {"shop": "shop", "klinik": "clinic", "gewohnheiten": "habits"}


def analysis(path: Path) -> Requirements:
    """The analysis of a brief's file."""
    return requirement_analysis(Brief(project="twin", text=path.read_text("utf-8"), date=dt.date(2026, 11, 1)))


def gloss(text: str) -> str:
    """The English of a German sentence by itself."""
    return Glosser(Names(), None).text(text)


@pytest.fixture(scope="module", params=TWINS.items(), ids=TWINS)
def twins(request: pytest.FixtureRequest) -> tuple[Requirements, Requirements]:
    """(German, English) analysis of one system."""
    german, english = request.param
    return analysis(BRIEFS / f"{german}.md"), analysis(EXAMPLES / english / "INITIAL.md")


def names_of(german: Requirements, english: Requirements) -> dict[str, str]:
    """German names by position: both briefs name the same things in the same order."""
    pairs = {g.name: e.name for g, e in zip(german.entities, english.entities, strict=True)}
    for g, e in zip(german.entities, english.entities, strict=True):
        own = zip(g.attributes, e.attributes, strict=True)
        pairs.update({f"{g.name}.{a.name}": f"{e.name}.{b.name}" for a, b in own})
    return pairs


def test_entities_are_the_same_up_to_names(twins: tuple[Requirements, Requirements]) -> None:
    german, english = twins
    assert [(e.nature, e.archetype) for e in german.entities] == [(e.nature, e.archetype) for e in english.entities]


def test_attributes_are_the_same_up_to_names(twins: tuple[Requirements, Requirements]) -> None:
    german, english = twins
    pairs = names_of(german, english)

    def shape(found: Requirements, back: dict[str, str]) -> list[tuple[object, ...]]:
        return [
            (back.get(e.name, e.name), a.type, a.optional, a.unique, a.minimum, a.maximum, len(a.allowed),
             a.sensitivity, back.get(a.references or "", a.references))
            for e in found.entities for a in e.attributes
        ]  # fmt: skip

    assert shape(german, pairs) == shape(english, {})


def test_relationships_are_the_same_up_to_names(twins: tuple[Requirements, Requirements]) -> None:
    german, english = twins
    pairs = names_of(german, english)

    def ends(found: Requirements, back: dict[str, str]) -> list[tuple[object, ...]]:
        return [
            (back.get(r.parent, r.parent), back.get(r.child, r.child), r.cardinality, bool(r.role), r.optional, r.owned)
            for r in found.relationships
        ]

    assert ends(german, pairs) == ends(english, {})


def test_rules_are_the_same_up_to_names(twins: tuple[Requirements, Requirements]) -> None:
    german, english = twins
    pairs = names_of(german, english)

    def kinds(found: Requirements, back: dict[str, str]) -> list[tuple[object, ...]]:
        return [
            (r.kind, back.get(r.entity or "", r.entity), len(r.attributes), r.operator, r.minimum, r.maximum,
             len(r.values), len(r.transitions))
            for r in found.rules
        ]  # fmt: skip

    assert kinds(german, pairs) == kinds(english, {})


def test_volumes_targets_and_retention_are_the_same(twins: tuple[Requirements, Requirements]) -> None:
    german, english = twins
    assert [(v.rows, v.rows_per_day) for v in german.volumes] == [(v.rows, v.rows_per_day) for v in english.volumes]
    assert german.targets == english.targets
    assert german.tier == english.tier
    assert [r.days for r in german.retention] == [r.days for r in english.retention]


def test_stated_reads_are_the_same_up_to_names(twins: tuple[Requirements, Requirements]) -> None:
    def reads(found: Requirements) -> list[tuple[object, ...]]:
        return [(p.kind, len(p.filters), len(p.sort), p.page_size, p.staleness_seconds) for p in found.access_patterns
                if p.origin.kind == "stated"]  # fmt: skip

    german, english = twins
    assert reads(german) == reads(english)


def test_protection_and_stack_are_the_same(twins: tuple[Requirements, Requirements]) -> None:
    german, english = twins
    assert set(german.protection.regulations) == set(english.protection.regulations)
    for part in ("authentication", "public_api", "audit", "row_level", "encryption"):
        assert getattr(german.protection, part) == getattr(english.protection, part), part
    assert german.stack == english.stack


def test_the_design_speaks_the_words_of_the_brief() -> None:
    found = analysis(BRIEFS / "klinik.md")
    invoice = found.entities[-1]
    assert (invoice.name, invoice.label) == ("rechnung", "Rechnung")
    assert [a.name for a in invoice.attributes][-3:] == ["faelligkeitsdatum", "betrag", "status"]
    assert invoice.attributes[-1].allowed == ("Entwurf", "versendet", "bezahlt", "storniert")
    assert "Der Rechnungsbetrag darf nicht negativ sein" in [r.text for r in found.rules]


def test_every_quote_stands_in_its_line() -> None:
    for brief in TWINS:
        lines = (BRIEFS / f"{brief}.md").read_text("utf-8").split("\n")
        for requirement in analysis(BRIEFS / f"{brief}.md").requirements:
            origin = requirement.origin
            if origin.kind == "stated":
                plain = lines[(origin.line or 1) - 1].replace("*", "").replace("`", "")
                assert origin.quote.rstrip("…").replace("*", "") in " ".join(plain.split()), origin


@pytest.mark.parametrize(
    ("german", "english"), [pair for kind, pairs in PHRASES.items() if kind != "refused" for pair in pairs]
)
def test_a_phrase_is_read(german: str, english: str) -> None:
    assert gloss(german) == english


@pytest.mark.parametrize(("german", "absent"), PHRASES["refused"])
def test_a_similar_phrase_is_not_mistaken(german: str, absent: str) -> None:
    assert absent not in gloss(german)


def test_english_briefs_with_german_names_know_their_archetypes() -> None:
    text = (
        "# Werkstatt\n\n## Entities\n\n### Kunde\n- Vorname\n- Nachname\n- Geburtsdatum, optional\n\n### Rechnung\n"
        "- Rechnungsnummer: string(20), unique\n- Kunde (references Kunde)\n- Betrag: decimal(10,2)\n\n"
        "## Rules\n\n- The Betrag of a Rechnung must not be negative\n- Each Kunde has many Rechnungen\n"
    )
    found = requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 11, 1)))
    assert [(e.name, e.archetype) for e in found.entities] == [("kunde", "customer"), ("rechnung", "invoice")]
    birth = found.entities[0].attributes[2]
    assert (birth.name, birth.type, birth.sensitivity) == ("geburtsdatum", "date", "personal")
    assert [(r.kind, r.entity, r.attributes) for r in found.rules][:1] == [("range", "rechnung", ("betrag",))]
    assert [(r.parent, r.child) for r in found.relationships] == [("kunde", "rechnung")]


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("Rechnungsdatum", "invoice date"), ("Kundennummer", "customer number"), ("Lieferanten", "supplier"),
        ("Bestellpositionen", "order item"), ("Geburtsdaten", "birth date"), ("Auftraege", "order"),
    ],
)  # fmt: skip
def test_nouns_are_read_by_their_parts(word: str, english: str) -> None:
    found = noun(word)
    assert found is not None
    assert found.english[0] == english


@pytest.mark.parametrize("word", ["Redis", "Kubernetes", "Quark", "order", "Xy"])
def test_other_words_are_no_german_nouns(word: str) -> None:
    assert noun(word) is None


def test_german_nouns_tell_archetypes_and_types() -> None:
    known = {"Kunde": "customer", "Termin": "appointment", "Lieferant": "supplier", "Mietvertrag": "lease"}
    for german, archetype in known.items():
        found = noun(german)
        assert found is not None
        described = archetype_for("_".join(found.english[0].split()))
        assert described is not None
        assert described.name == archetype
    kinds = {"Geburtsdatum": "date", "Stückpreis": "money", "E-Mail": "email", "Telefonnummer": "phone"}
    for german, kind in kinds.items():
        found = noun(german)
        assert found is not None
        assert attribute_guess("_".join(found.english[0].split())).type == kind


def test_two_nouns_with_one_english_word_stay_apart() -> None:
    names = Names()
    assert names.english("Auftrag") == "Order"
    assert names.english("Bestellung") == "Purchase Order"
    assert (names.back("order", False), names.back("purchase_order", False)) == ("auftrag", "bestellung")


def test_a_glossary_entry_without_english_is_refused() -> None:
    with pytest.raises(GlossaryError, match='"Kunde/Kunden" needs a noun and its English'):
        parsed_nouns("nouns:\n  Kunde/Kunden: ''\nheads: {}\nprefixes: {}\n", "german.yaml")


@pytest.mark.parametrize(
    ("german", "english"),
    [("1.000.000", "1,000,000"), ("3,5", "3.5"), ("Dezimal(10,2)", "Dezimal(10,2)"), ("24.12.2025", "24.12.2025"),
     ("(99,5 %)", "(99.5 %)"), ("0,125", "0.125"), ("1,500", "1,500")],
)  # fmt: skip
def test_numbers(german: str, english: str) -> None:
    assert numbers(german) == english


def test_names_of_a_design_are_whole_german_ones() -> None:
    found = read(
        "Jeder Kurs hat einen Titel und das geplante Datum. Eine Wohnung hat Mieter, Allergene und eine Fläche."
        " Pro Kurs notieren wir, welcher Trainer zuständig ist. Das Tier hat Name und Rasse."
    )
    names = {a.name for e in found.entities for a in e.attributes}
    assert "geplantes_datum" in names
    assert not names & {"planned_date", "geplante_datum", "allergens", "title"}


def test_identifiers_that_the_brief_writes_in_english_stay() -> None:
    found = read(
        "# Parkhaus\n\n### ParkingTicket\n- id, license_plate, entered_at, amount_due\n\n## Regeln\n\n"
        "Das Personal sucht Tickets nach Kennzeichen. Jedes Ticket hat einen Preis, der nicht negativ sein darf.\n"
    )
    assert [e.name for e in found.entities][:1] == ["parking_ticket"]
    assert {"license_plate", "entered_at", "amount_due"} <= {a.name for a in found.entities[0].attributes}


def test_a_letter_is_named_by_its_subject_and_told_by_what_follows_the_salutation() -> None:
    found = read(
        "Betreff: Programm für den Ruderverein\n\nHallo Frau Behrens,\n\nwir verwalten Boote und Mitglieder.\n\n"
        "Jedes Boot hat einen Namen, eine Länge und ein Baujahr.\n\nViele Grüße\n"
    )
    assert found.title == "Programm für den Ruderverein"
    assert found.purpose == "wir verwalten Boote und Mitglieder."


def test_usual_values_are_of_one_language() -> None:
    found = read(
        "Kunden haben ein Abo. Ein Abo kostet im Jahr 20 Euro. Jedes Abo hat Name und Tarif. Ein Tarif gilt ein Jahr."
    )
    values = {v for e in found.entities for a in e.attributes if a.origin.kind != "stated" for v in a.allowed}
    assert not values & {"Jahr", "Monat"}


@pytest.mark.parametrize(
    ("word", "trade", "english"),
    [
        ("Probe", "Der Chor hat Proben.", "Rehearsal"), ("Probe", "Das Labor hat Proben.", "Sample"),
        ("Schaden", "Wir verleihen Werkzeuge, Schäden melden wir.", "Damage"),
        ("Schaden", "Der Versicherungsnehmer meldet den Schaden am Werkzeug.", "Insurance Claim"),
        ("Prüfung", "Fahrschüler haben Prüfungen.", "Exam"), ("Prüfung", "Geräte haben Prüfungen.", "Inspection"),
        ("Beitragsdaten", "Jedes Mitglied zahlt den Beitrag.", "Membership Contribution Data"),
        ("Gericht", "Die Küche kocht Gerichte.", "Dish"),
    ],
)  # fmt: skip
def test_a_noun_means_what_its_trade_calls_so(word: str, trade: str, english: str) -> None:
    names = Names()
    names.meanings = meanings_in(f"{trade} {word}")
    assert names.english(word, "one") == english


def test_a_note_counts_things_before_it_lists_their_facts() -> None:
    found = read(
        "# Bootsverleih\n\n- ca. 80 Boote aktuell; Name, Länge, Baujahr\n- 3 Stege, die sind neu\n"
        "- Jeder Kunde hat Name und Anschrift.\n"
    )
    assert [a.name for a in found.entities[0].attributes][:3] == ["name", "laenge", "baujahr"]


def read(text: str) -> Requirements:
    """The analysis of a text."""
    return requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 11, 1)))
