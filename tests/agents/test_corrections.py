"""Corrections of an analysis: applied everywhere, refused when they fit nothing."""

import datetime as dt

import pytest

from agents.corrections import (
    CorrectionError,
    amended_brief,
    corrected_requirements,
    refuse_unfit,
    unsettled,
)
from agents.requirement_analysis import requirement_analysis
from agents.schema_design import schema_design
from contracts.brief import Brief
from contracts.requirements import Requirements
from contracts.review import Correction
from flows.ownership import ROOT

SHOP = Brief(
    project="shop", text=(ROOT / "examples" / "shop" / "INITIAL.md").read_text(), date=dt.date(2026, 11, 1)
)  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Requirements:
    return requirement_analysis(SHOP)


def _correction(action: str, subject: str, value: str = "") -> Correction:
    return Correction.model_validate({"action": action, "subject": subject, "value": value})


def test_a_renamed_entity_is_renamed_everywhere_and_designed_under_its_name(found: Requirements) -> None:
    renamed = corrected_requirements(found, [_correction("rename entity", "Payment", "Settlement")])
    names = {entity.name for entity in renamed.entities}
    assert "settlement" in names and "payment" not in names
    assert len(renamed.relationships) == len(found.relationships)
    assert all({r.parent, r.child} <= names for r in renamed.relationships)
    tables = {table.name for table in schema_design(renamed, SHOP.date).tables}
    assert "settlements" in tables and "payments" not in tables


def test_renaming_there_and_back_changes_nothing_but_the_label(found: Requirements) -> None:
    label = next(entity.label for entity in found.entities if entity.name == "payment")
    there = _correction("rename entity", "payment", "Settlement")
    back = _correction("rename entity", "settlement", label)
    assert corrected_requirements(found, [there, back]).digest() == found.digest()


@pytest.mark.parametrize("number", range(3))
def test_a_removed_entity_leaves_nothing_behind(found: Requirements, number: int) -> None:
    name = found.entities[-1 - number].name
    rest = corrected_requirements(found, [_correction("remove entity", name)])
    assert name not in {entity.name for entity in rest.entities}
    assert name not in {end for r in rest.relationships for end in (r.parent, r.child)}
    assert name not in {element.entity for element in (*rest.rules, *rest.access_patterns, *rest.volumes)}
    assert name not in {a.references for entity in rest.entities for a in entity.attributes}
    known = {r.id for r in rest.requirements} | {a.id for a in rest.assumptions}
    served = {one for entity in rest.entities for one in entity.serves}
    assert served <= known
    assert schema_design(rest, SHOP.date).tables


def test_words_become_a_line_of_the_brief_and_are_quoted(found: Requirements) -> None:
    words = _correction("set assumption", "assumption.volume-address", "750,000 addresses")
    brief = amended_brief(SHOP, [words])
    corrected = corrected_requirements(requirement_analysis(brief), [words])
    volume = next(v for v in corrected.volumes if v.entity == "address")
    assert volume.rows == 750_000
    line = brief.text.splitlines().index("- 750,000 addresses") + 1
    assert volume.origin.line == line
    assert not unsettled(corrected, [words])
    assert amended_brief(SHOP, []) == SHOP


def test_words_that_settle_nothing_are_named_with_those_that_would(found: Requirements) -> None:
    words = _correction("set assumption", "assumption.volume-address", "rather a lot")
    corrected = requirement_analysis(amended_brief(SHOP, [words]))
    (remark,) = unsettled(corrected, [words])
    assert '"rather a lot" did not settle assumption.volume-address: write "N addresses"' in remark


@pytest.mark.parametrize(
    ("action", "subject", "value", "says"),
    [
        ("set assumption", "assumption.nothing", "x", 'no assumption "assumption.nothing"'),
        ("answer question", "question.nothing", "x", 'no question "question.nothing"'),
        ("set assumption", "assumption.volume-address", " ", "says nothing"),
        ("rename entity", "payment", "", "says nothing"),
        ("rename entity", "no such thing", "x", 'no entity "no such thing"'),
        ("rename entity", "payment", "Address", "another entity"),
        ("remove entity", "no such thing", "", 'no entity "no such thing"'),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(
    found: Requirements, action: str, subject: str, value: str, says: str
) -> None:
    corrections = [_correction(action, subject, value)]
    with pytest.raises(CorrectionError, match=says):
        _applied(found, corrections)


def _applied(found: Requirements, corrections: list[Correction]) -> Requirements:
    refuse_unfit(found, corrections)
    return corrected_requirements(found, corrections)
