"""A document read back, and what is wrong with one that cannot be."""

import json

import pytest

from artifacts import reading
from artifacts.document import persistence_md
from artifacts.files import plan_json
from artifacts.reading import DocumentError
from artifacts.statements import split_statements
from contracts.plan import PersistencePlan

SMALL = """# Shop

## One

```sql
select 1;
select ';'; -- x
```

~~~yaml
a: 1
~~~

### Two `x`

````SQL
select '```';
````

> ## not a section

## Three
"""


def test_sections_have_titles_levels_and_lines() -> None:
    found = [(s.title, s.level, s.line, s.end) for s in reading.sections(SMALL)]
    assert found == [("Shop", 1, 1, 22), ("One", 2, 3, 21), ("Two x", 3, 14, 21), ("Three", 2, 22, 22)]


def test_blocks_have_languages_lines_and_sections() -> None:
    found = [(b.language, b.line, b.section) for b in reading.blocks(SMALL)]
    assert found == [("sql", 6, "One"), ("yaml", 11, "One"), ("sql", 17, "Two x")]


def test_statements_have_lines_of_the_document() -> None:
    lines = SMALL.splitlines()
    found = reading.sql_statements(SMALL)
    assert [s.text for s in found] == ["select 1", "select ';'", "select '```'"]
    assert all(lines[s.line - 1].startswith(s.text) for s in found)


def test_the_generated_document_reads_back(plan: PersistencePlan) -> None:
    document = persistence_md(plan)
    written = [split_statements(s.sql)[0].text for s in plan.design.script()]
    assert [_without_comments(s.text) for s in reading.sql_statements(document)] == [
        _without_comments(w) for w in written
    ]
    assert reading.plan_digest(document) == plan.digest()


def _without_comments(sql: str) -> str:
    """The statement without the comment lines above it."""
    lines = sql.splitlines()
    return "\n".join(lines[next(i for i, line in enumerate(lines) if not line.startswith("--")) :])


def test_a_plan_reads_back(plan: PersistencePlan) -> None:
    assert reading.plan_of(plan_json(plan)) == plan


FAULTS = {
    "no sql": ("# Shop\n", reading.sql_script, None, "no sql block"),
    "open fence": ("# Shop\n\n```sql\nselect 1;\n", reading.sql_script, 3, "never closed"),
    "open string": ("\n```sql\nselect 1;\nselect 'a;\n```\n", reading.sql_statements, 4, "never closed"),
    "no digest": ("# Shop\n", reading.plan_digest, None, "persistence-plan"),
    "bad digest": ("# Shop\n\n<!-- persistence-plan sha256:abc -->\n", reading.plan_digest, 3, "no SHA-256"),
    "digest in code": (
        f"```\n<!-- persistence-plan sha256:{'a' * 64} -->\n```\n",
        reading.plan_digest,
        None,
        "no comment",
    ),
    "no json": ("{\n  1}", reading.plan_of, 2, "no plan"),
    "no plan": ("{}", reading.plan_of, None, "field design"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_a_place_and_a_remedy(fault: str) -> None:
    text, read, line, fact = FAULTS[fault]
    with pytest.raises(DocumentError, match=fact) as caught:
        read(text)
    assert caught.value.line == line
    assert caught.value.remedy.endswith(".")


def test_a_changed_plan_is_refused_by_field(plan: PersistencePlan) -> None:
    data = json.loads(plan_json(plan))
    data["design"]["schema_design"]["tables"][0]["name"] = "x; drop"
    with pytest.raises(DocumentError, match=r"design\.schema_design\.tables\.0\.name"):
        reading.plan_of(json.dumps(data))
