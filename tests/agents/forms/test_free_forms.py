"""Two briefs as product people write them, with what an architect reads from them."""

from tests.agents.forms.reading import columns, names, types, unread
from tests.agents.forms.test_whole_briefs import brief


def test_a_feature_with_prose_around_its_scenarios() -> None:
    found = brief("kiln")
    assert {"kiln", "member", "pot", "firing", "reading"} <= set(names(found))
    assert not {"bertha", "smokey", "ine", "box", "office", "controller"} & set(names(found))
    assert {"maximum_temperature": "decimal", "shelf_count": "integer"}.items() <= types(found, "kiln").items()
    assert {"height", "clay_body", "glaze", "shelf_label", "status"} <= set(columns(found, "pot"))
    assert {"loaded", "fired", "cracked"} <= set(columns(found, "pot")["status"].allowed)
    assert {"planned", "firing", "finished"} == set(columns(found, "firing")["status"].allowed)
    assert {("kiln", "firing"), ("member", "firing")} <= {(r.parent, r.child) for r in found.relationships}
    assert {v.entity: v.rows for v in found.volumes}["member"] == 380
    assert {(r.entity, r.days) for r in found.retention} == {("reading", 730)}
    (limit,) = [r for r in found.rules if r.kind == "capacity"]
    assert (limit.entity, limit.attributes, limit.maximum) == ("pot", ("firing",), 60)
    assert not {"no_holds", "e_mail"} & {a.name for e in found.entities for a in e.attributes}
    assert (found.stack.database, found.stack.database_version) == ("PostgreSQL", "16")


def test_stories_with_remarks_and_numbers() -> None:
    found = brief("costumes")
    assert {"costume", "piece", "hirer", "reservation", "tag"} <= set(names(found))
    assert not {"note", "brenda", "private_person", "till", "screen"} & set(names(found))
    costume = columns(found, "costume")
    assert set(costume["era"].allowed) == {"Tudor", "Georgian", "Victorian", "Edwardian", "Modern"}
    assert costume["status"].allowed == ("available", "reserved", "out", "in cleaning", "retired")
    assert {"name", "email", "phone", "billing_address"} <= set(columns(found, "hirer"))
    assert ("costume", "piece") in {(r.parent, r.child) for r in found.relationships}
    rows = {v.entity: v.rows for v in found.volumes}
    assert (rows["costume"], rows["hirer"]) == (11_500, 2_300)
    assert (found.targets.response_ms, found.targets.availability_percent) == (500, 99.5)
    assert {i.name for i in found.integrations} == {"Mailgun"}
    assert 36 in unread(found)  # what is not wanted is told, not dropped
