"""Briefs that attack or stumble: through the whole command, their words stay words and every statement runs."""

import re
from pathlib import Path

import pytest
import yaml

from artifacts.reading import blocks, plan_of, sql_statements
from contracts.claims import Executes
from flows.cli import FINDINGS, HOLDS, main

PRODUCT = "52731603"  # 7191 * 7333: a template engine that evaluates a brief would write it, nothing else would

RESERVED = """# Reserved

Order
- number: string, unique
- select: integer
- end: date
- user: string

Select
- order (references Order)
- from: date
- table: text, optional

We list the selects of an order, newest first.
"""

INJECTION = """# Robert'); DROP TABLE students;--

Robert'); DROP TABLE students;--
- name, unique
- note'); DROP SCHEMA public CASCADE;--: text, optional
- kind: one of "it's", 'a;b', 'back\\\\slash', "quo""te", '--', '/*', default "it's"

Student
- name, unique
- robert (references Robert'); DROP TABLE students;--)

We list the students by name.
"""

TEMPLATES = """# {{ 7191*7333 }}

{{ 7*7 }}
- name: string, default '{{ 7191*7333 }}'
- {% for x in range(9) %}: text, optional
- state: one of {{ 7191*7333 }}, {% raw %}, ${7191*7333}, default {{ 7191*7333 }}

Thing
- label, unique
- {{ 7*7 }} (references {{ 7*7 }})

We list things by label {{ 7191*7333 }}.
"""

ALPHABETS = """# Größen & 🦄

Größe
- Länge: integer, 1-100
- Straße: string
- Übermaß: yes/no, default no

🦄
- name, unique
- 💶: money
- größe (references Größe)

Čaj
- název: string, unique
- 日本: text, optional

Users list the 🦄 by name.
"""

LONG = f"""# Long

**Primary Entities**: {"Very" * 50}, {"Very" * 50}x

{"Very" * 50}:
- {"name" * 50}: string, unique
- {"name" * 50}s: string, unique
- {"day" * 60}: date

{"Very" * 50}x:
- {"name" * 50}: string, unique
- parent (references {"Very" * 50})

We list the {"Very" * 50} by {"name" * 50}.
"""

QUOTES = r"""# Quotes

Ticket
- title, unique
- state: one of 'o''pen', "clo\"sed", do\ne, semi;colon, $$dollar$$, E'\x41', default 'o''pen'
- remark: string, default '); DROP TABLE tickets; --
- path: string, default C:\temp\new
- fence: string, default ```sql
- comment: string, default --> <script>alert(1)</script>

Tickets are listed by state, newest first.
"""

MARKUP = """# <script>alert(1)</script> | `code` **bold**

Page | Part
- ti|tle: string, unique
- `body`: text
- <b>rank</b>: integer, minimum 0, default 0
- yaml: string, default "a: [b, {c: d}]"
- anchor: string, default &x *x !!python/object:os.system

```sql
DROP TABLE pages;
```

We look at page parts by title.
"""

BRIEFS = {
    "reserved": RESERVED, "injection": INJECTION, "templates": TEMPLATES, "alphabets": ALPHABETS,
    "long": LONG, "quotes": QUOTES, "markup": MARKUP,
}  # fmt: skip


@pytest.fixture(scope="module", params=BRIEFS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of each brief in turn; the command says that it holds or that it found something."""
    root = tmp_path_factory.mktemp("hostile")
    brief = root / "INITIAL.md"
    brief.write_text(BRIEFS[request.param], encoding="utf-8")
    given = ["design", str(brief), "--project", request.param, "--date", "2026-11-01"]
    code = main([*given, "--direct", "--engine", "embedded", "--output", str(root)])
    assert code in (HOLDS, FINDINGS)
    return root / request.param / "planning"


def test_every_statement_executes(folder: Path) -> None:
    plan = plan_of((folder / "persistence.json").read_text(encoding="utf-8"))
    executed = {claim.id for claim in plan.proof.claims if isinstance(claim.trial, Executes)}
    assert executed
    found = {e.claim: e.observed for e in plan.proof.evidence if e.claim in executed and e.verdict != "holds"}
    assert found == {}


def test_entities_become_tables_with_safe_names(folder: Path) -> None:
    plan = plan_of((folder / "persistence.json").read_text(encoding="utf-8"))
    tables = plan.design.schema_design.tables
    assert len(tables) >= 1
    names = [name for t in tables for name in (t.name, *(c.name for c in t.columns))]
    assert all(re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name) for name in names)


def test_nothing_of_the_brief_is_evaluated(folder: Path) -> None:
    text = (folder / "persistence.md").read_text(encoding="utf-8")
    assert PRODUCT not in text
    if folder.parent.name == "templates":
        assert not re.search(r"(?<![\w.,])49(?![\w.,])", text)


def test_blocks_of_the_document_stay_blocks(folder: Path) -> None:
    text = (folder / "persistence.md").read_text(encoding="utf-8")
    found = blocks(text)
    for block in found:
        if block.language == "yaml":
            assert isinstance(yaml.safe_load(block.text), dict)
    assert "script" not in {block.language for block in found}
    heads = [re.sub(r"(?m)^\s*--.*\n", "", statement.text).lstrip() for statement in sql_statements(text)]
    assert not [head for head in heads if head.upper().startswith("DROP")]
