"""Notes that somebody jots down, and lists that stand together below a title of no thing."""

import pytest

from agents.requirement_analysis.document import read_document
from tests.agents.forms.reading import analysed, columns, links, names, types

KILNS = """# Pottery notes

- 12 kilns in 3 rooms. kiln = number, max temp, gas yes/no. belongs to a room
- potters: name, phone, email if they have
- room = letter, size
- pieces: title, glaze (optional), weight. each has one potter
- a firing = pieces in a kiln from start to end
- bill per firing, amount, paid y/n
"""


def test_notes_define_things_and_what_they_belong_to() -> None:
    found = analysed(KILNS)
    assert set(names(found)) == {"kiln", "room", "potter", "piece", "firing", "bill"}
    assert types(found, "potter") == {"name": "string", "phone": "phone", "email": "email?"}
    assert columns(found, "bill")["paid"].type == "boolean"
    assert {("room", "kiln"), ("potter", "piece"), ("kiln", "firing"), ("firing", "bill")} <= {
        (parent, child) for parent, child, *_ in links(found)
    }
    assert {"start", "end"} <= set(types(found, "firing"))


def test_one_line_of_notes_alone_tells_nothing() -> None:
    assert "a" not in names(analysed("# Club\n\nEach member has a name and a phone.\n\n- a = b, c\n"))


def test_a_list_below_others_names_its_things_itself() -> None:
    text = (
        "# Lab\n\n### Sample\n- number: string(8), unique\n- taken on: date\n\n### Others\n"
        "- Bottle: volume, colour (optional)\n- Shelf: code (unique), room\n"
    )
    found = analysed(text)
    assert set(names(found)) == {"sample", "bottle", "shelf"}
    assert columns(found, "bottle")["colour"].optional and columns(found, "shelf")["code"].unique


def test_the_number_of_a_requirement_is_no_label() -> None:
    found = analysed("# Lab\n\nREQ-3: Each sample has a number, a weight and a date of receipt.\n")
    assert names(found) == ["sample"]


def test_a_tenant_is_stored_whether_described_or_not() -> None:
    text = (
        "# Depots\n\nEvery region is a separate tenant. Depots belong to a region.\n\n"
        "### Depot\n- name: string(40)\n- address: text\n"
    )
    found = analysed(text)
    assert found.protection.tenant == "region"
    assert ("region", "depot") in {(parent, child) for parent, child, *_ in links(found)}


@pytest.mark.parametrize("code", ["R{}", "- [REQ-{}]", "**F-{}**", "FR{}.1:", "NFA {} –"])
def test_lines_that_begin_with_numbers_of_requirements_are_items(code: str) -> None:
    lines = (
        "Each sample has a barcode, a weight and a date of receipt.",
        "Each method has a code, a name and a unit.",
        "The system shall be available 99.5 % of the time.",
    )
    text = "\n".join(f"{code.format(number)} {line}" for number, line in enumerate(lines, start=1))
    found = analysed(f"# Lab\n\n{text}\n")
    assert names(found) == ["sample", "method"]
    assert [e.origin.line for e in found.entities] == [3, 4]


def test_two_such_lines_are_sentences() -> None:
    read = read_document("# Print shop\n\nA3 Posters are printed on demand.\nA4 Flyers are printed in advance.\n")
    assert {s.form for s in read.sentences} == {"heading", "paragraph"}
