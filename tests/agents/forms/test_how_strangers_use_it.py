"""Whole briefs whose expectations were written before the analysis ran: above all, how the data are used."""

from contracts.requirements import Requirements
from tests.agents.forms.reading import columns, links, names, rules
from tests.agents.forms.test_whole_briefs import brief, counted, kept

Reads = set[tuple[str, str, tuple[str, ...], tuple[str, ...]]]


def reads(found: Requirements) -> Reads:
    """(kind, entity, what it is found by, order) of each stated way of reading and writing."""
    return {
        (
            p.kind,
            p.entity,
            tuple(sorted(f.attribute for f in p.filters)) or p.search,
            tuple(f"{'-' if s.descending else ''}{s.attribute}" for s in p.sort),
        )
        for p in found.access_patterns
        if p.origin.kind == "stated"
    }


def steps(found: Requirements, entity: str) -> set[tuple[str, str]]:
    """The transitions of one entity."""
    return {pair for r in rules(found, "state") if r.entity == entity for pair in r.transitions}


def test_a_founders_mail() -> None:
    found = brief("spoke")
    assert {"subscriber", "bike", "plan", "visit", "part", "mechanic"} == set(names(found))
    subscriber = columns(found, "subscriber")
    assert (subscriber["email"].unique, subscriber["phone_number"].optional) == (True, True)
    assert columns(found, "bike")["colour"].optional
    assert steps(found, "visit") == {
        ("requested", "scheduled"), ("scheduled", "on site"), ("on site", "done"), ("requested", "cancelled"),
        ("scheduled", "cancelled"),
    }  # fmt: skip
    assert {
        ("list", "visit", ("start",), ("start",)),
        ("lookup", "subscriber", ("phone_number",), ()),
        ("list", "visit", ("bike",), ("-start",)),
        ("list", "part", ("stock",), ()),
    } <= reads(found)
    assert {i.name for i in found.integrations} == {"Twilio", "Stripe"}
    assert found.future == ("Later, not now: gift vouchers.",)


def test_a_planners_form_with_key_attributes() -> None:
    found = brief("registrar")
    assert len(names(found)) == 7
    assert (columns(found, "artwork")["inventory_number"].unique, columns(found, "artwork")["year"].optional) == (
        True,
        True,
    )
    assert columns(found, "condition_report")["grade"].allowed == ("mint", "good", "fair", "poor")
    assert ("drafted", "withdrawn") in steps(found, "loan_agreement") and len(steps(found, "loan_agreement")) == 4
    assert {
        ("search", "artwork", ("title", "artist"), ()),
        ("lookup", "artwork", ("inventory_number",), ()),
        ("list", "condition_report", ("artwork",), ("-report_date",)),
        ("list", "loan_agreement", ("end_date", "status"), ("end_date",)),
        ("list", "loan_agreement", ("lender",), ()),
    } <= reads(found)
    assert {p.page_size for p in found.access_patterns if p.kind == "search" and p.entity == "artwork"} == {30}


def test_a_diagram_with_prose_below() -> None:
    found = brief("wind")
    assert ("technician", "work_order", "one_to_many", None, True) in links(found)
    assert columns(found, "work_order")["priority"].allowed == ("low", "normal", "urgent")
    assert steps(found, "work_order") >= {("in progress", "closed"), ("open", "rejected")}
    assert reads(found) == {
        ("list", "reading", ("recorded_at", "turbine"), ("-recorded_at",)),
        ("list", "work_order", ("status", "turbine"), ("-opened_at",)),
        ("list", "work_order", ("technician",), ()),
        ("aggregate", "reading", ("recorded_at", "turbine"), ()),
        ("list", "technician", ("certified_until",), ("certified_until",)),
        ("aggregate", "work_order", ("turbine",), ()),
        ("list", "turbine", ("status",), ()),
    }
    assert {(p.per_second, p.staleness_seconds) for p in found.access_patterns} >= {(40, None), (None, 60)}
    assert {i.name for i in found.integrations} == {"SCADA", "SAP"}
    assert kept(found) == {"reading": 730}


def test_endpoints_in_a_table_with_samples() -> None:
    found = brief("charge")
    assert {"station", "connector", "session", "driver", "tariff", "meter_value"} == set(names(found))
    assert columns(found, "connector")["status"].allowed == ("available", "occupied", "reserved", "out of order")
    assert steps(found, "session") == {
        ("preparing", "charging"), ("charging", "finished"), ("charging", "faulted"),
    }  # fmt: skip
    assert {
        ("list", "station", ("city", "status"), ()),
        ("lookup", "station", ("id",), ()),
        ("list", "connector", ("station", "status"), ()),
        ("list", "session", ("started_at", "station"), ()),
        ("list", "session", ("driver",), ("-started_at",)),
        ("list", "meter_value", ("session",), ()),
        ("write", "meter_value", (), ()),
        ("aggregate", "session", ("station",), ()),
    } <= reads(found)
    assert counted(found)["connector"] == 9_800  # of all stations together


def test_three_pages_with_tenants_and_numbers() -> None:
    found = brief("linen")
    assert "other" not in names(found) and {"hospital", "wash_cycle", "invoice_line"} <= set(names(found))
    assert found.protection.tenant == "hospital"
    assert found.protection.roles == ("administrator", "ward_manager", "plant_operator", "driver", "accountant")
    assert {r.attributes for r in rules(found, "unique")} == {("hospital", "number"), ("hospital", "period")}
    assert {"planned_for", "departed_at"} <= set(columns(found, "delivery")) and "optional" not in columns(
        found, "delivery"
    )
    assert [(r.entity, r.attributes) for r in rules(found, "sum")] == [("invoice", ("total",))]
    assert ("on the road", "delivered") in steps(found, "delivery")
    assert steps(found, "linen_item") >= {("washing", "retired"), ("in use", "lost")}
    assert {
        ("lookup", "linen_item", ("tag_id",), ()),
        ("list", "delivery", ("ward",), ("planned_for",)),
        ("list", "delivery", ("planned_for", "status"), ("-planned_for",)),
        ("aggregate", "linen_item", ("status",), ()),
        ("list", "scan", ("linen_item",), ("-scanned_at",)),
        ("search", "article", ("name",), ()),
    } <= reads(found)
    assert (found.targets.response_ms, found.targets.availability_percent, found.targets.peak_factor) == (150, 99.95, 3)


def test_a_german_specification() -> None:
    found = brief("german/feuerwehr")
    assert {"fahrzeug", "geraet", "pruefung", "mangel", "standort"} == set(names(found))
    assert columns(found, "geraet")["inventarnummer"].unique and columns(found, "geraet")["hersteller"].optional
    assert columns(found, "mangel")["schwere"].allowed == ("gering", "mittel", "hoch")
    assert {("geraet", "pruefung"), ("geraet", "mangel"), ("standort", "fahrzeug")} <= {
        (r.parent, r.child) for r in found.relationships
    }
    assert [(r.attributes, r.minimum, r.maximum) for r in rules(found, "range")] == [(("pruefintervall",), 1, 120)]
    assert {
        ("lookup", "geraet", ("inventarnummer",), ()),
        ("list", "pruefung", ("geraet",), ("-pruefdatum",)),
        ("list", "geraet", ("fahrzeug",), ()),
        ("search", "geraet", ("bezeichnung",), ()),
    } <= reads(found)
