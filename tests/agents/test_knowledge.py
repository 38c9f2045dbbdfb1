"""The knowledge files: complete, free of contradictions, and read by a loader that refuses planted errors."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.knowledge import (
    Archetype,
    Duty,
    archetype_beside,
    archetype_for,
    archetypes,
    attribute_guess,
    canonical,
    homonyms,
    regulations,
)
from agents.knowledge.reading import (
    KnowledgeError,
    joined_archetypes,
    parsed_archetypes,
    parsed_homonyms,
    parsed_patterns,
    parsed_regulations,
    parsed_synonyms,
)
from agents.naming import identifier, singular
from contracts.requirements import Attribute, Rule

ARCHETYPES = tuple(archetypes().values())
DOMAINS = {
    "agriculture", "booking", "commerce", "content", "education", "finance", "general", "health", "hr", "iot",
    "logistics", "manufacturing", "personal", "public", "real_estate", "restaurant", "saas", "sports", "transport",
    "work",
}  # fmt: skip


def test_every_domain_is_covered() -> None:
    assert {a.domain for a in ARCHETYPES} == DOMAINS
    assert len(ARCHETYPES) >= 400
    assert all(sum(a.domain == domain for a in ARCHETYPES) >= 8 for domain in DOMAINS)


def test_what_an_architect_knows_of_them_is_there() -> None:
    """Attributes and usual accesses of all, synonyms and relationships of nearly all."""
    assert all(a.attributes and a.access for a in ARCHETYPES)
    assert sum(bool(a.synonyms) for a in ARCHETYPES) >= 450
    assert sum(bool(a.parents) for a in ARCHETYPES) >= 400


def test_every_duty_says_where_it_stands() -> None:
    laws = {law.key: law for law in regulations()}
    assert {"gdpr", "hipaa", "pci-dss", "sox", "gobd"} <= set(laws)
    assert all(d.source and any(c.isdigit() for c in d.source) for law in laws.values() for d in law.duties)


def test_a_name_or_synonym_means_one_archetype() -> None:
    words = [word for a in ARCHETYPES for word in (a.name, *a.synonyms)]
    assert sorted({w for w in words if words.count(w) > 1}) == []


@pytest.mark.parametrize("archetype", ARCHETYPES, ids=lambda a: a.name)
def test_an_archetype_is_sound(archetype: Archetype) -> None:
    types = {a.name: a.type for a in archetype.attributes}
    names = {*types, *(p.reference for p in archetype.parents)}
    assert all(parent.entity in archetypes() for parent in archetype.parents)
    assert all(entity in archetypes() for parent in archetype.parents for entity in parent.unless)
    assert all(a.default in a.allowed for a in archetype.attributes if a.allowed and a.default is not None)
    assert all(name in names for rule in archetype.rules for name in rule.attributes)
    assert all(name in names for access in archetype.access for name in access.names())
    assert all(
        types.get(left) == types.get(right)
        for left, right in (r.attributes for r in archetype.rules if r.kind == "comparison")
    ), "a comparison needs two values of one type"
    assert archetype.access, "every archetype has an access pattern"


@pytest.mark.parametrize("archetype", ARCHETYPES, ids=lambda a: a.name)
def test_an_archetype_keeps_the_conventions(archetype: Archetype) -> None:
    """Keys, references and bookkeeping columns belong to the schema; money is money; secrets are marked."""
    for attribute in archetype.attributes:
        assert attribute.name not in {"id", "uuid", "created_at", "updated_at", "deleted_at", "created_by"}
        assert not attribute.name.endswith("_id"), "references come from the parents"
        assert attribute.type != "email" or attribute.sensitivity == "personal" or archetype.nature == "master"
        assert "password" not in attribute.name or attribute.sensitivity == "secret"
        assert "token" not in attribute.name.split("_") or attribute.sensitivity in {"secret", "payment"}
        assert not attribute.name.endswith(("_price", "_cost", "_amount", "salary")) or attribute.type == "money"
        if attribute.name in {"status", "state", "stage"}:
            assert attribute.allowed
            assert attribute.default is not None
    assert (archetype.growth == 0) == (archetype.nature == "reference"), "reference data does not grow"
    assert archetype.name == singular(archetype.name) or archetype.name in _PLURAL_BY_NATURE


_PLURAL_BY_NATURE = {"opening_hours", "bill_of_materials"}


@pytest.mark.parametrize("name", ["user", "customer", "student", "instructor", "employee", "member", "practitioner"])
def test_people_who_log_in_have_a_unique_address(name: str) -> None:
    (email,) = (a for a in archetypes()[name].attributes if a.name == "email")
    assert email.unique
    assert email.sensitivity == "personal"


def test_archetypes_fit_the_contract_of_requirements() -> None:
    """The analysis copies attributes and rules field by field."""
    origin = {"kind": "inferred", "rule": "archetype"}
    for archetype in ARCHETYPES:
        for known in archetype.attributes:
            Attribute.model_validate({**known.model_dump(), "label": known.name, "origin": origin})
        for rule in archetype.rules:
            Rule.model_validate({**rule.model_dump(), "id": "rule.x", "text": "x", "origin": origin})


_NAMED = {
    "client": "customer", "buyer": "customer", "sales_order": "order", "order_line": "order_item", "vendor": "supplier",
    "shopping_cart": "cart", "teacher": "instructor", "physician": "practitioner", "reservation": "booking",
    "staff_member": "employee", "product_category": "category", "activity_log": "user_activity", "car": "vehicle",
    "order_status_history": "order_history", "review": "product_review", "stock_movement": "inventory_movement",
    "user_role": "role_assignment", "bill": "invoice", "todo": "task", "film": "movie", "apartment": "rental_unit",
    # compounds
    "patient_appointment": "appointment", "customer_address": "address", "student_enrollment": "enrollment",
    "online_order": "order", "registered_user": "user", "customer_record": "customer", "patient_information": "patient",
    "library_member": "member", "hotel_employee": "employee", "school_teacher": "instructor",
    "invoice_payment": "payment", "hotel_room": "room", "task_comment": "comment",
    # things of their own
    "student_course": None, "customer_product": None, "order_of_magnitude": None, "telescope": None,
    "product_supplier_agreement_clause": None, "hotel_telescope": None, "library_invoice": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), _NAMED.items())
def test_archetype_of_a_name(name: str, expected: str | None) -> None:
    found = archetype_for(name)
    assert (found.name if found else None) == expected


def test_canonical_words_stay_within_one_archetype() -> None:
    """Joining two entities of a brief is only right when they are the same thing."""
    owners: dict[str, set[str]] = defaultdict(set)
    for archetype in ARCHETYPES:
        for word in (archetype.name, *archetype.synonyms):
            owners[canonical(word)].add(archetype.name)
    assert {word: sorted(names) for word, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    {"client": "customer", "customer": "customer", "vendor": "supplier", "car": "car", "truck": "truck"}.items(),
)
def test_canonical(name: str, expected: str) -> None:
    assert canonical(name) == expected


_TYPES = {
    "identifier": "id customer_id order_id",
    "uuid": "uuid external_uuid",
    "string": "name title first_name status order_status payment_method account_type sku isbn product_code "
    "invoice_number color brand department role zip_code gender address shipping_address city state username nickname "
    "card_number iban cvv ssn passport_number password password_hash api_key blood_type slug position location "
    "tax_id level barcode phone_type email_subject file_name time_zone user_agent manufacturer version salary_range "
    "mac_address",
    "text": "description notes content bio remarks comment message instructions diagnosis allergies medical_history "
    "opening_hours product_description cover_letter special_requests",
    "integer": "quantity stock stock_quantity age year number_of_rooms max_participants page_count views file_size "
    "duration_minutes capacity points bedrooms sort_order line_number month heart_rate seats_available reorder_level",
    "decimal": "weight height latitude longitude distance temperature score rating hours_worked exchange_rate area "
    "width",
    "money": "price unit_price total total_amount cost salary balance hourly_rate discount amount_paid fee rent "
    "price_per_night budget account_balance tax deposit_amount premium",
    "percentage": "discount_percent tax_rate interest_rate progress commission_rate humidity completion_percentage",
    "boolean": "is_active has_children active enabled email_verified is_admin published completed can_edit paid "
    "requires_approval newsletter is_deleted",
    "date": "birthday date_of_birth start_date order_date due_date hire_date expiry_date dob published_on date "
    "valid_until",
    "time": "opening_time closing_time",
    "timestamp": "created_at updated_at placed_at last_login departure_time deadline timestamp creation_date "
    "start_time",
    "duration": "duration cooking_time prep_time processing_time waiting_time",
    "email": "email contact_email email_address customer_email email_id",
    "phone": "phone phone_number mobile telephone contact_number fax phone2",
    "url": "url website image_url profile_link homepage",
    "file": "photo image avatar attachment profile_picture resume logo document",
    "json": "metadata settings preferences permissions tags custom_fields images options",
    "country": "country country_code",
    "currency": "currency currency_code",
    "language": "language preferred_language",
    "ip_address": "ip ip_address",
    "coordinates": "coordinates gps_location",
}
_TYPED = [(name, type_) for type_, names in _TYPES.items() for name in names.split()]


def test_enough_names_are_tried() -> None:
    assert len(_TYPED) >= 200


@pytest.mark.parametrize(("name", "expected"), _TYPED)
def test_type_of_a_name(name: str, expected: str) -> None:
    assert attribute_guess(name).type == expected
    assert attribute_guess(name).rule != "the name tells no type"


_SENSITIVITIES = {
    "password": "secret", "api_key": "secret", "refresh_token": "secret", "iban": "payment", "credit_card_number":
    "payment", "cvv": "payment", "diagnosis": "health", "allergies": "health", "blood_type": "health", "prescription":
    "health", "email": "personal", "phone_number": "personal", "first_name": "personal", "date_of_birth": "personal",
    "ip_address": "personal", "passport_number": "personal", "home_address": "personal", "salary": "personal",
    "price": "internal", "status": "internal", "name": "internal", "has_password": "internal", "title": "internal",
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), _SENSITIVITIES.items())
def test_sensitivity_of_a_name(name: str, expected: str) -> None:
    assert attribute_guess(name).sensitivity == expected


@pytest.mark.parametrize(
    ("name", "minimum"), {"price": 0, "quantity": 0, "stock": 0, "age": 0, "balance": None, "profit": None}.items()
)
def test_bound_of_a_name(name: str, minimum: int | None) -> None:
    assert attribute_guess(name).minimum == minimum


def test_the_longest_run_of_words_decides() -> None:
    assert attribute_guess("card_token").sensitivity == "payment"
    assert attribute_guess("unit_price").rule == 'the name ends with "unit_price"'
    assert attribute_guess("number_of_price_changes").type == "integer"


def test_a_name_that_tells_nothing_is_text() -> None:
    guess = attribute_guess("glorp_frobnitz")
    assert (guess.type, guess.length, guess.sensitivity) == ("string", 200, "internal")
    assert guess.rule == "the name tells no type"


def test_guesses_agree_with_what_archetypes_declare() -> None:
    """Two sources of one truth: names that experts typed by hand, and the patterns; string and text count as one."""
    prose = {"string", "text"}
    pairs = [(a.type, attribute_guess(a.name).type) for archetype in ARCHETYPES for a in archetype.attributes]
    same = sum(told == guessed or {told, guessed} == prose for told, guessed in pairs)
    assert same / len(pairs) >= 0.95
    told = [a for archetype in ARCHETYPES for a in archetype.attributes]
    assert sum(attribute_guess(a.name).rule != "the name tells no type" for a in told) / len(told) >= 0.95


@given(st.text(min_size=1, max_size=80))
def test_any_identifier_gets_a_guess(text: str) -> None:
    name = identifier(text)
    assert attribute_guess(name).name == name
    assert archetype_for(name) is None or archetype_for(name) in ARCHETYPES


def _duty(regulation: str, key: str) -> Duty:
    (found,) = (d for r in regulations() if r.key == regulation for d in r.duties if d.key == key)
    return found


@pytest.mark.parametrize(
    ("regulation", "key", "effect", "days", "source"),
    [
        ("hipaa", "documentation", "retention_days", 6 * 365, "164.316(b)(2)(i)"),
        ("hipaa", "audit-controls", "audit", None, "164.312(b)"),
        ("hipaa", "encryption", "encryption_at_rest", None, "164.312(a)(2)(iv)"),
        ("pci-dss", "no-sensitive-authentication-data", "minimisation", None, "3.3.1"),
        ("pci-dss", "unreadable-card-number", "encryption_at_rest", None, "3.5.1"),
        ("pci-dss", "audit-log-history", "retention_days", 365, "10.5.1"),
        ("gdpr", "storage-limitation", "retention_days", None, "Art. 5(1)(e)"),
        ("gdpr", "erasure", "erasure", None, "Art. 17"),
        ("gdpr", "breach-documentation", "breach_log", None, "Art. 33(5)"),
        ("gdpr", "encryption", "encryption_at_rest", None, "Art. 32"),
        ("sox", "audit-records", "retention_days", 7 * 365, "17 CFR 210.2-06"),
        ("gobd", "books", "retention_days", 10 * 365, "§ 147"),
        ("gobd", "vouchers", "retention_days", 8 * 365, "§ 147"),
        ("gobd", "immutability", "audit", None, "§ 146(4)"),
        ("ferpa", "disclosure-record", "audit", None, "99.32"),
        ("ccpa", "erasure", "erasure", None, "1798.105"),
    ],
)
def test_duty(regulation: str, key: str, effect: str, days: int | None, source: str) -> None:
    duty = _duty(regulation, key)
    assert duty.effect == effect
    assert source in duty.source
    assert (duty.days is None) == (days is None)
    assert (days or 0) <= (duty.days or 0) <= (days or 0) + 3, "a year may have a leap day"


def test_regulations_have_one_voice() -> None:
    keys = [r.key for r in regulations()]
    assert len(set(keys)) == len(keys)
    assert {"gdpr", "hipaa", "pci-dss", "sox", "gobd", "ccpa", "ferpa"} <= set(keys)
    for regulation in regulations():
        assert len({d.key for d in regulation.duties}) == len(regulation.duties)
        assert all(name == name.lower() for name in regulation.names), "names are compared in lower case"


_SOUND = """
domain: test
archetypes:
  - name: thing
    nature: master
    growth: 1
    attributes:
      - {name: status, type: string, allowed: [open, closed], default: open}
      - {name: starts_at, type: timestamp}
      - {name: ends_at, type: timestamp, optional: true}
    parents:
      - {entity: thing, role: parent_thing, optional: true}
    access:
      - {kind: list, filters: [status], sort: [-starts_at], text: "things of a status"}
    rules:
      - {kind: comparison, attributes: [ends_at, starts_at], operator: ">"}
"""

_PLANTED = {
    "misspelt key": ("optional: true}\n    parents", "optinal: true}\n    parents", 'unknown key "optinal"'),
    "misspelt archetype key": ("growth: 1", "growth: 1\n    synonym: [x]", "Known keys: name, domain, synonyms"),
    "unknown type": ("type: string", "type: varchar", "attributes.0.type"),
    "unknown nature": ("nature: master", "nature: thingy", "'transaction'"),
    "default outside allowed": ("default: open", "default: ajar", 'default "ajar" is not among the allowed values'),
    "allowed value twice": ("[open, closed]", "[open, open]", "stands twice"),
    "bounds that exclude all": (
        "type: string, allowed: [open, closed], default: open",
        "type: integer, minimum: 9, maximum: 1",
        "minimum 9 is above maximum 1",
    ),
    "rule over nothing": ("[ends_at, starts_at]", "[ends_at, begins_at]", 'names "begins_at"'),
    "comparison without operator": (', operator: ">"', "", "needs an operator"),
    "unique over something optional": (
        'comparison, attributes: [ends_at, starts_at], operator: ">"',
        "unique, attributes: [ends_at, starts_at]",
        'names "ends_at", which is optional',
    ),
    "overlap of two": (
        'comparison, attributes: [ends_at, starts_at], operator: ">"',
        "no_overlap, attributes: [starts_at, ends_at]",
        "names 3 to 3 attributes",
    ),
    "filter over nothing": ("filters: [status]", "filters: [state]", 'names "state"'),
    "sort over nothing": ("[-starts_at]", "[-begins_at]", 'names "begins_at"'),
    "name that is no identifier": ("name: thing", "name: Big Thing", "should match pattern"),
    "attribute twice": ("name: ends_at", "name: starts_at", '"starts_at" is declared twice'),
    "parent under an attribute's name": ("role: parent_thing", "role: status", '"status" is declared twice'),
    "key twice": ("growth: 1", "growth: 1\n    growth: 2", 'key "growth" stands twice'),
    "negative growth": ("growth: 1", "growth: -1", "growth"),
    "no attributes": ("archetypes:", "archetypes:\n  - {name: bare, nature: master, growth: 0}", "attributes"),
    "missing section": ("domain: test", "realm: test", "expected domain, archetypes"),
    "broken YAML": ("attributes:\n", "attributes: [\n", "not valid YAML"),
    "entry that is no mapping": ("archetypes:\n", "archetypes:\n  - only words\n", "must be a mapping"),
}


def test_the_sound_file_is_accepted() -> None:
    (thing,) = parsed_archetypes(_SOUND, "test.yaml")
    assert thing.access[0].sort[0].descending
    assert joined_archetypes([(thing,)])["thing"] == thing


@pytest.mark.parametrize(("old", "new", "complaint"), _PLANTED.values(), ids=_PLANTED)
def test_a_planted_error_is_refused(old: str, new: str, complaint: str) -> None:
    assert old in _SOUND
    with pytest.raises(KnowledgeError) as refused:
        parsed_archetypes(_SOUND.replace(old, new, 1), "test.yaml")
    assert complaint in str(refused.value)
    assert "test.yaml" in str(refused.value)


def test_the_error_names_file_archetype_and_field() -> None:
    text = _SOUND.replace("growth: 1", "growth: much")
    with pytest.raises(KnowledgeError, match=r'^test\.yaml, archetype "thing", growth: '):
        parsed_archetypes(text, "test.yaml")


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        (_SOUND, '"thing" of archetype "thing" .* already means "thing"'),
        (_SOUND.replace("name: thing", "name: object\n    synonyms: [thing]"), 'already means "thing"'),
        (_SOUND.replace("name: thing", "name: object").replace("entity: thing", "entity: nobody"), 'parent "nobody"'),
    ],
    ids=["name twice", "synonym is a name", "parent that does not exist"],
)
def test_files_that_contradict_each_other_are_refused(other: str, complaint: str) -> None:
    files = [parsed_archetypes(_SOUND, "one.yaml"), parsed_archetypes(other, "two.yaml")]
    with pytest.raises(KnowledgeError, match=complaint):
        joined_archetypes(files)


@pytest.mark.parametrize(
    ("read", "text", "complaint"),
    [
        (parsed_synonyms, "groups: [[customer, client], [client, mandant]]", '"client" stands in the groups of'),
        (parsed_synonyms, "groups: [[customer]]", "needs two words"),
        (parsed_synonyms, "groups: [[customer, client]]\nsufixes: [x]", 'unknown key "sufixes"'),
        (parsed_patterns, "patterns: [{type: date}]", "fits no name"),
        (parsed_patterns, "patterns: [{ends: [x], type: date}, {ends: [x], type: text}]", "stands in patterns 1 and 2"),
        (parsed_patterns, "patterns: [{end: [x], type: date}]", 'unknown key "end"'),
        (parsed_regulations, "regulations: [{key: x, title: X, jurisdiction: y, names: [], duties: []}]", '"x", names'),
        (
            parsed_regulations,
            "regulations: [{key: x, title: X, jurisdiction: y, names: [x], duties: "
            "[{key: d, text: t, effect: audit, source: s, days: 5, bound: minimum}]}]",
            "only retention_days takes days",
        ),
        (
            parsed_regulations,
            "regulations: [{key: x, title: X, jurisdiction: y, names: [x], duties: "
            "[{key: d, text: t, effect: retention_days, source: s, days: 5}]}]",
            "days and bound belong together",
        ),
    ],
)
def test_other_planted_errors_are_refused(read: Callable[[str, str], object], text: str, complaint: str) -> None:
    with pytest.raises(KnowledgeError, match=complaint):
        read(text, "test.yaml")


@pytest.mark.parametrize(
    ("word", "company", "archetype"),
    [
        ("loan", "bank interest", "loan"),
        ("loan", "member drill tool", "book_loan"),
        ("loan", "", "loan"),
        ("account", "login password bank", "user"),
        ("condition", "tool lender", None),
        ("condition", "patient doctor", "diagnosis"),
        ("trade", "plumber", None),
        ("customer", "plumber", "customer"),
        ("glorp", "plumber", None),
    ],
)
def test_a_word_means_what_its_company_says(word: str, company: str, archetype: str | None) -> None:
    found = archetype_beside(word, frozenset(company.split()))
    assert (found and found.name) == archetype


def test_homonyms_mean_archetypes() -> None:
    known = {sense.archetype for senses in homonyms().values() for sense in senses}
    assert known <= {"", *archetypes()}
    assert all(singular(w) == w for senses in homonyms().values() for sense in senses for w in sense.beside)


@pytest.mark.parametrize(
    "text",
    [
        "words: {loan: [{archetype: loan, beside: []}]}",
        "words: {loan: [{archetype: loan, beside: [book]}, {beside: [book]}]}",
        "words: {loan: [{archetype: loan, beside: [], else: x}, {beside: [book]}]}",
    ],
)
def test_homonyms_that_tell_nothing_apart_are_refused(text: str) -> None:
    with pytest.raises(KnowledgeError, match="loan"):
        parsed_homonyms(text, "homonyms.yaml")
