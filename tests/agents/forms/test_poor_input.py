"""Texts that are no brief, and briefs that contradict themselves or were left half filled."""

import pytest

from contracts.brief import BriefError
from tests.agents.forms.reading import analysed, columns, names

STRANGERS = {
    "empty": ("", "empty", None),
    "blank": (" \n\n\t\n", "empty", None),
    "licence": ("MIT License\n\nCopyright (c) 2020\n\n"
    "Permission is hereby granted, free of charge, to any person.\n", "licence", 5),
    "python": ("import os\nimport sys\n\ndef main(args):\n    return 0\n", "source code", 1),
    "javascript": ("const a = require('a');\nconst b = a();\n", "source code", 1),
    "c": ("#include <stdio.h>\nint main(void) {\n  return 0;\n}\n", "", 1),
    "queries": ("```sql\nSELECT 1;\nSELECT 2;\n```\n", "queries", 2),
    "template": ("# [Project Name]\n\n**Primary Entities**: [Entity 1], [Entity 2]\n", "template", 3),
    "prose": ("# Hello\n\nNothing to see here.\n", "nothing to store", 1),
    "package": ('{"name": "pkg", "version": "1.0.0", "scripts": {"x": "y"}}\n', "nothing to store", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGERS)
def test_a_text_that_is_no_brief_says_so(case: str) -> None:
    text, fact, line = STRANGERS[case]
    with pytest.raises(BriefError) as caught:
        analysed(text)
    assert fact in caught.value.fact
    assert caught.value.line == line
    assert caught.value.remedy


def test_brackets_of_a_notation_are_no_placeholders() -> None:
    found = analysed(
        "# T\n\n```dbml\nTable gizmos {\n  id int [pk]\n  name varchar [not null]\n}\n```\n\n**Purpose**: [fill in]\n"
    )
    assert [q.lines for q in found.open_questions if "template" in q.question] == [(10,)]


def test_two_forms_that_contradict_each_other_are_a_question() -> None:
    found = analysed(
        "# T\n\n### Gizmo\n- size: integer\n- name: string\n\n```sql\n"
        "CREATE TABLE gizmos (id INT PRIMARY KEY, size TEXT NOT NULL);\n```\n"
    )
    assert names(found) == ["gizmo"]
    assert any({4, 8} == set(q.lines) for q in found.open_questions)


HOSTILE = {
    "unclosed table": "CREATE TABLE a (\n" * 300,
    "unclosed brace": "{\n" * 3000,
    "unclosed class": "class X {\n" * 1000,
    "unclosed fence": "```sql\nCREATE TABLE a (x INT",
    "quotes": "```sql\nCREATE TABLE a (x TEXT DEFAULT '''\n```",
    "parentheses": "```sql\nCREATE TABLE a (x INT CHECK (" + "(" * 5000 + "))\n```",
    "features": "Feature: x\n" * 1000,
    "diagram": "erDiagram\n" + "A ||--o{ " * 1000,
    "yaml": "```yaml\n" + "".join(" " * i + "a:\n" for i in range(300)) + "```",
    "empty names": '```sql\nCREATE TABLE "" ("" INT);\n```\n\n```dbml\nTable "" {\n "" int\n}\n```\n\n{"": {"": 1}}',
    "signs": '```json\n{"💶": [{"🦄": "x"}]}\n```\n\n```mermaid\nerDiagram\n  "🦄" ||--o{ "💶" : has\n```',
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_forms_never_crash(case: str) -> None:
    found = analysed("# T\n\n### Gizmo\n- name: string\n\n" + HOSTILE[case] + "\n")
    assert "gizmo" in names(found)


def test_lists_of_what_is_declared_elsewhere_are_read_in_any_case() -> None:
    found = analysed(
        "# Bills\n\nPrimary Entities: Invoice, Customer\n\n- invoice: number, date, total\n"
        "- invoice status: draft|sent|paid\n"
    )
    assert {"number", "date", "total", "status"} == set(columns(found, "invoice"))
    assert columns(found, "invoice")["status"].allowed == ("draft", "sent", "paid")
