"""Forms of one brief that contradict one another about the same value: a person is asked."""

from tests.agents.forms.reading import analysed, columns, links, rules

GIZMO = (
    "# T\n\n```dbml\nTable gizmo {\n  id int [pk]\n  hardness int [not null, note: '1-5']\n"
    "  state varchar(9) [note: 'new | sold']\n}\n```\n\n"
)


def asked(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """The questions of a brief without those about what it leaves out."""
    return [(q.question, q.lines) for q in analysed(text).open_questions if "Which attributes" not in q.question]


def test_a_remark_of_a_schema_bounds_its_column() -> None:
    found = columns(analysed(GIZMO), "gizmo")
    assert (found["hardness"].minimum, found["hardness"].maximum, found["state"].allowed) == (1, 5, ("new", "sold"))
    found = columns(
        analysed("# T\n\nCREATE TABLE gizmo (\n  size int NOT NULL, -- 1..9\n  code text -- required\n);\n"), "gizmo"
    )
    assert (found["size"].maximum, found["code"].optional) == (9, True)


def test_two_ranges_of_one_column() -> None:
    ((question, lines),) = asked(f"{GIZMO}## Rules\n- Hardness of a gizmo is between 1 and 10.\n")
    assert "1 to 5" in question and "1 to 10" in question
    assert lines == (6, 12)
    assert asked(f"{GIZMO}## Rules\n- Hardness of a gizmo is between 1 and 5.\n") == []
    assert asked(f"{GIZMO}## Rules\n- Hardness of a gizmo is at least 1.\n") == []


def test_a_state_that_the_list_lacks() -> None:
    ((question, lines),) = asked(f"{GIZMO}## Rules\n- Gizmo state: new → sold → scrapped\n")
    assert "scrapped" in question
    assert lines == (7, 12)
    assert asked(f"{GIZMO}## Rules\n- Gizmo state: new → sold\n") == []


def test_a_key_and_a_line_that_count_differently() -> None:
    schema = (
        "# T\n\n```sql\nCREATE TABLE owner (id int PRIMARY KEY, name text);\nCREATE TABLE gizmo (id int PRIMARY KEY,\n"
    )
    schema += (
        "  owner_id int NOT NULL {} REFERENCES owner(id));\n```\n\n## Relationships\n- Owner → Gizmo (one-to-many)\n"
    )
    assert [lines for _, lines in asked(schema.format("UNIQUE"))] == [(6, 10)]
    assert asked(schema.format("")) == []
    assert {c for _, _, c, *_ in links(analysed(schema.format("UNIQUE")))} == {"one_to_one"}


def test_rules_in_the_words_of_the_schema() -> None:
    found = analysed(
        "# T\n\n## Entities\n\n### Show\n- starts_at: timestamp, required\n- hall\n\n### Hall\n- name\n"
        "- show_opens: date\n- show_closes: date\n\n### Critic\n- name\n\n### Verdict\n- show\n- critic\n\n"
        "## Rules\n- show_closes lies after show_opens\n- no two shows start at the same time in one hall\n"
        "- One critic judges a show only once.\n"
    )
    assert [(r.entity, r.attributes, r.operator) for r in rules(found, "comparison")] == [
        ("hall", ("show_closes", "show_opens"), ">")
    ]
    assert {(r.entity, frozenset(r.attributes)) for r in rules(found, "unique")} == {
        ("show", frozenset({"hall", "starts_at"})),
        ("verdict", frozenset({"show", "critic"})),
    }


def test_items_below_an_api_say_what_is_listed() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- name\n- shelf\n- made_on: date\n\n### Shelf\n- name\n\n## API\n"
        "- Gizmos of a shelf, latest made_on first\n- JSON over HTTPS\n"
    )
    stated = [(p.entity, [f.attribute for f in p.filters]) for p in found.access_patterns if p.origin.kind == "stated"]
    assert stated == [("gizmo", ["shelf"])]
