"""mermaid stateDiagram and classDiagram, fenced or not."""

import pytest

from tests.agents.forms.reading import analysed, columns, links, names, rules, types, unread

STATES = """stateDiagram-v2
  direction LR
  %% a remark
  state "in repair" as rep
  state c <<choice>>
  new --> c : ordered
  c --> used
  c --> scrap
  [*] --> new
  used --> rep: breaks
  rep --> used
  scrap --> [*]
  note right of used : whatever
  what is this?
"""


@pytest.mark.parametrize("fence", ["```mermaid\n{}```\n", "{}\n\nAnd prose.\n"])
def test_arrows_are_the_transitions_of_the_thing_above(fence: str) -> None:
    found = analysed("# T\n\n### Gizmo\n- name: string\n- status\n\nGizmo life:\n\n" + fence.format(STATES))
    (rule,) = rules(found, "state")
    assert (rule.entity, rule.origin.line) == ("gizmo", 12 + fence.startswith("```"))
    assert set(rule.transitions) == {
        ("new", "used"),
        ("new", "scrap"),
        ("used", "in repair"),
        ("in repair", "used"),
    }
    assert columns(found, "gizmo")["status"].default == "new"
    assert [reason for reason in unread(found).values() if "stateDiagram" in reason] == [
        "no state or transition of a stateDiagram"
    ]


def test_states_belong_to_whatever_lists_them() -> None:
    diagram = "```mermaid\nstateDiagram\n  [*] --> open\n  open --> shut\n```\n"
    found = analysed(
        f"# T\n\n### Gate\n- name\n- status (open | shut)\n\n### Lock\n- name: string\n\n## More\n\n{diagram}"
    )
    assert [(r.entity, r.transitions) for r in rules(found, "state")] == [("gate", (("open", "shut"),))]
    assert unread(found) == {}


CLASSES = """classDiagram
  class Owner {
    +String name
    -Date bornOn
    +getAge() int
  }
  class Gizmo{
    String code
    Kind kind
    List~String~ tags
    ??
  }
  class Kind {
    <<enumeration>>
    BIG
    SMALL
  }
  Owner "0..1" --> "*" Gizmo : owns
  Gizmo "1" *-- "1..*" Part
  Part : +int number
  Shelf "*" -- "*" Gizmo
  Shelf : label
"""


@pytest.mark.parametrize("fence", ["```mermaid\n{}```\n", "{}\n\nAnd prose.\n"])
def test_classes_with_fields_and_multiplicities(fence: str) -> None:
    found = analysed("# T\n\n" + fence.format(CLASSES))
    assert names(found) == ["owner", "gizmo", "part", "shelf"]
    assert types(found, "part") == {"number": "integer"}
    assert columns(found, "gizmo")["kind"].allowed == ("BIG", "SMALL")
    assert types(found, "gizmo") | {"code": "string", "tags": "json"} == types(found, "gizmo")
    assert {(p, c, k, o) for p, c, k, _, o in links(found)} == {
        ("owner", "gizmo", "one_to_many", True),
        ("gizmo", "part", "one_to_many", False),
        ("shelf", "gizmo", "many_to_many", False),
    }
    assert set(unread(found).values()) >= {"no field of a class"}


ENDS = {
    "Owner --> Gizmo": ("owner", "gizmo", "one_to_many"),
    "Owner o-- Gizmo": ("owner", "gizmo", "one_to_many"),
    "Gizmo --* Owner": ("owner", "gizmo", "one_to_many"),
    'Gizmo "*" --> Owner': ("owner", "gizmo", "one_to_many"),
    'Owner "1" -- "1" Gizmo': ("owner", "gizmo", "one_to_one"),
    "Owner <|-- Gizmo": ("owner", "gizmo", "one_to_one"),
}


@pytest.mark.parametrize("line", ENDS)
def test_lines_between_classes(line: str) -> None:
    found = analysed(f"# T\n\n```mermaid\nclassDiagram\n  {line}\n```\n")
    assert {(p, c, k) for p, c, k, *_ in links(found)} == {ENDS[line]}
    assert any("general class" in q.question for q in found.open_questions) == ("|" in line)
