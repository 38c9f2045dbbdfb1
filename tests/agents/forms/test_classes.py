"""Classes of several languages, and lines `Order(id, total)`."""

import pytest

from tests.agents.forms.reading import analysed, columns, links, names, types, unread

CLASSES = {
    "java": "public class Gizmo extends Base {\n  @Id\n  private Long id;\n  private String name;\n"
    "  private Owner owner;\n"
    "  private List<Part> parts;\n  public String getName() { return name; }\n}\nclass Part { private String label; }\n"
    "class Owner { private String name; }",
    "typescript": "interface Gizmo { id: number; name: string; owner: Owner; parts: Part[] }\n"
    "type Part = { label: string };\ninterface Owner { name: string }",
    "csharp": "public class Gizmo\n{\n}\npublic class Gizmo {\n  public int Id { get; set; }\n"
    "  public string Name { get; set; }\n"
    "  public Owner Owner { get; set; }\n  public List<Part> Parts { get; set; }\n}\n"
    "public class Part { public string Label { get; set; } }\npublic class Owner { public string Name { get; set; } }",
    "kotlin": "class Gizmo {\n  val id: Long\n  val name: String\n  val owner: Owner\n  val parts: List<Part>\n}\n"
    "class Part { val label: String }\nclass Owner { val name: String }",
    "prisma": "model Gizmo {\n  id Int @id @default(autoincrement())\n  name String\n"
    "  owner Owner @relation(fields: [a], references: [b])\n"
    "  parts Part[]\n}\nmodel Part {\n  label String\n}\nmodel Owner {\n  name String\n}",
    "python": "class Gizmo:\n    id: int\n    name: str\n    owner: Owner\n    parts: list[Part]\n"
    "    def area(self) -> int:\n"
    "        return 1\n\nclass Part:\n    label: str\n\nclass Owner:\n    name: str",
}


@pytest.mark.parametrize("language", [c for c in CLASSES if c != "csharp"])
def test_fields_references_and_lists(language: str) -> None:
    found = analysed(f"# T\n\n```{language}\n{CLASSES[language]}\n```\n")
    assert set(names(found)) == {"gizmo", "part", "owner"}
    assert set(types(found, "gizmo")) == {"name", "owner"}
    related = {(p, c) for p, c, *_ in links(found)}
    assert ("owner", "gizmo") in related
    assert ("gizmo", "part") in related
    assert unread(found) == {}


def test_sqlalchemy_and_django() -> None:
    found = analysed(
        "# T\n\n```python\nclass Team(models.Model):\n    name = models.CharField(max_length=40, unique=True)\n"
        "    founded = models.DateField(null=True)\n\nclass Player(Base):\n    id = Column(Integer, primary_key=True)\n"
        "    team_id = Column(Integer, ForeignKey('team.id'), nullable=False)\n"
        "    email = Column(String(80), unique=True)\n```\n"
    )
    team = columns(found, "team")
    assert (team["name"].unique, team["name"].length, team["founded"].optional) == (True, 40, True)
    assert links(found) == {("team", "player", "one_to_many", None, False)}
    assert columns(found, "player")["email"].unique


CALLED = {
    "fence": "```\nGizmo(id, name, owner_id -> Person, size: integer)\nPerson(id, name, email)\n```",
    "paragraph": "Gizmo(id, name, owner_id -> Person, size: integer)\n\nPerson(id, name, manager_id -> Person)",
}


@pytest.mark.parametrize("case", CALLED)
def test_entities_as_calls(case: str) -> None:
    found = analysed(f"# T\n\n{CALLED[case]}\n")
    assert names(found) == ["gizmo", "person"]
    assert types(found, "gizmo") == {"name": "string", "owner_id": "identifier", "size": "integer"}


def test_code_that_is_no_model_declares_nothing() -> None:
    found = analysed("# T\n\n### Gizmo\n- name: string\n\n```bash\nmake setup\n```\n\n```js\napp.get('/x', f);\n```\n")
    assert names(found) == ["gizmo"]


def test_a_number_is_no_text() -> None:
    found = analysed(
        "# T\n\n```ts\ninterface Gizmo {\n  width: number;\n  price: number;\n  part_count: number\n}\n```\n"
    )
    assert types(found, "gizmo") == {"width": "decimal", "price": "money", "part_count": "integer"}
