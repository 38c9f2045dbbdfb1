"""Laws: how a brief is laid out does not change what it asks for, and no text makes the analysis crash."""

import contextlib
import datetime as dt
import functools
import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.requirement_analysis import requirement_analysis
from agents.requirement_analysis.document import LONGEST
from benchmarks.analysis import damaged
from contracts.brief import Brief, BriefError
from contracts.requirements import Requirements

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXTS = {name: (EXAMPLES / name / "INITIAL.md").read_text("utf-8") for name in ("shop", "clinic", "habits")}
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
HOSTILE = [
    "→", "|", "- ", "* ", "\n", "\n\n", "# ", "### ", "**", "`", "[", "]", "(", ")", ":", ",", ";", "10k", "%",
    " per day",
    "{{ 7*7 }}", "👍", "Robert'); DROP TABLE students;--", "Select", "Größe", "\u202e", "1e999", "9" * 40, "--",
    "```mermaid\nerDiagram\nA ||--o{ B : x\n```", "<200ms", "must be between 9 and 1", "at least 1,2,3", "unique per ",
    "double-booked", "decimal(99999999,5)", "default ", "references ", "[Project Name]", "GET /api/orders?sort=&x=%zz",
    "\t", "0..1", "N:M", "Entities:", "**Primary Entities**: ", "kept for 10 years", "Order", "users",
    "\n| a | b |\n|---|---|\n| c |\n",
]  # fmt: skip


def analysed(text: str) -> Requirements:
    return requirement_analysis(Brief(project="x", text=text, date=dt.date(2026, 1, 1)))


def facts(found: Requirements) -> dict[str, object]:
    """What a brief asks for, without lines and without order."""
    return {
        "ids": {r.id for r in found.requirements},
        "entities": {
            (e.name, e.key, frozenset((a.name, a.type, a.optional, a.unique, a.allowed) for a in e.attributes))
            for e in found.entities
        },
        "relationships": {(r.parent, r.child, r.cardinality, r.role, r.optional, r.owned) for r in found.relationships},
        "rules": {(r.kind, r.entity, frozenset(r.attributes), r.minimum, r.maximum) for r in found.rules},
        "access": {(p.entity, p.kind, frozenset(p.filters), p.sort, p.search) for p in found.access_patterns},
        "volumes": {(v.entity, v.rows, v.rows_per_day) for v in found.volumes},
        "targets": found.targets,
        "tier": found.tier,
        "audited": set(found.protection.audited),
        "stack": found.stack,
    }


def sections(text: str, level: str) -> tuple[str, list[str]]:
    """The part before the first heading of a level, and the sections that begin with one."""
    head, *rest = re.split(rf"(?m)^(?={level} )", text)
    return head, rest


@pytest.mark.parametrize(("name", "level"), [("shop", "##"), ("clinic", "##"), ("clinic", "###")])
@given(seed=st.integers(0, 1000))
@SLOW
def test_the_order_of_sections_does_not_matter(name: str, level: str, seed: int) -> None:
    head, parts = sections(TEXTS[name], level)
    if level == "###":
        head, parts = sections(TEXTS[name].split("## Rules")[0], level)
    tail = f"\n## Rules{TEXTS[name].split('## Rules')[1]}" if level == "###" else ""
    shuffled = [p if p.endswith("\n") else f"{p}\n" for p in parts]
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    assert facts(analysed(head + "\n".join(shuffled) + tail)) == facts(analysed(TEXTS[name]))


@pytest.mark.parametrize("name", sorted(TEXTS))
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"(?m)^- ", "* "),
        (r"(?m)^- ", "+ "),
        (r"(?m)^- ", "-   "),
        (r"\n", "\r\n"),
        (r"\A", "\ufeff"),
        (r"(?m)$", "  "),
    ],
)
def test_bullets_line_ends_and_marks_do_not_matter(name: str, pattern: str, replacement: str) -> None:
    assert facts(analysed(re.sub(pattern, replacement, TEXTS[name]))) == facts(analysed(TEXTS[name]))


@pytest.mark.parametrize("name", ["shop", "clinic"])
def test_an_unrelated_paragraph_changes_nothing(name: str) -> None:
    told = "\n\n## Team\n\nThe kick-off was in Lisbon, and the weather was fine. We had soup.\n"
    assert facts(analysed(TEXTS[name] + told)) == facts(analysed(TEXTS[name]))


def test_renaming_an_entity_renames_it_and_nothing_else() -> None:
    renamed = TEXTS["habits"].replace("Habit", "Ritual").replace("habit", "ritual")
    swapped = {a for e in analysed(renamed).entities for a in (e.name, *(x.name for x in e.attributes))}
    names = {a for e in analysed(TEXTS["habits"]).entities for a in (e.name, *(x.name for x in e.attributes))}
    assert swapped == {n.replace("habit", "ritual") for n in names}


def test_adding_an_entity_loses_none() -> None:
    more = TEXTS["shop"].replace("User Activity\n", "User Activity, Warehouse\n", 1)
    assert {e.name for e in analysed(more).entities} == {e.name for e in analysed(TEXTS["shop"]).entities} | {
        "warehouse"
    }


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_text_crashes_it(text: str) -> None:
    with contextlib.suppress(BriefError):
        analysed(text)


@given(
    st.lists(st.sampled_from([*HOSTILE, *TEXTS["shop"].split(" ")[:300]]), max_size=60),
    st.sampled_from(["", " ", "\n"]),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_brief_like_text_crashes_it(parts: list[str], glue: str) -> None:
    with contextlib.suppress(BriefError):
        found = analysed(f"**Primary Entities**: User, Order\n\n{glue.join(parts)}")
        assert {e.name for e in found.entities} <= {v.entity for v in found.volumes}


@given(st.sampled_from(sorted(TEXTS)), st.lists(st.tuples(st.integers(0, 200), st.sampled_from(HOSTILE)), max_size=6))
@SLOW
def test_no_damaged_brief_crashes_it(name: str, damages: list[tuple[int, str]]) -> None:
    lines = TEXTS[name].split("\n")
    for place, text in damages:
        lines[place % len(lines)] += text
    with contextlib.suppress(BriefError):
        analysed("\n".join(lines))


def test_long_sentences_are_cut_so_that_reading_stays_linear() -> None:
    long = "orders must never be more than users " * 400
    found = analysed(f"**Primary Entities**: User, Order\n\n{long}")
    assert max(len(t.text) for t in found.trace) <= LONGEST
    names = ", ".join(f"Thing {a}{b}" for a in "abcdefghij" for b in "klmnopqrst")
    assert len(analysed(f"**Primary Entities**: {names}\n").entities) == 100


BRIEFS = Path(__file__).parents[1] / "briefs"
MIXED = ("assets", "claims", "fleet", "hotel", "music", "sitediary", "slotting", "veterinary", "german/verein")
"""Briefs of many forms, of which each law holds as well."""


@functools.cache
def mixed(name: str) -> tuple[str, dict[str, object]]:
    text = (BRIEFS / f"{name}.md").read_text("utf-8")
    return text, facts(analysed(text))


@pytest.mark.parametrize("name", MIXED)
def test_layout_does_not_matter_in_any_form(name: str) -> None:
    text, expected = mixed(name)
    starred = re.sub(r"(?m)^- ", "*\t", text)
    assert facts(analysed("\ufeff" + re.sub(r"(?m)$", "  ", starred).replace("\n", "\r\n"))) == expected


@pytest.mark.parametrize("name", MIXED)
def test_order_does_not_matter_in_any_form(name: str) -> None:
    text, expected = mixed(name)
    head, parts = sections(text, "##")
    shuffled = [p if p.endswith("\n") else f"{p}\n" for p in parts]
    random.Random(2).shuffle(shuffled)  # noqa: S311
    assert facts(analysed(head + "\n".join(shuffled))) == expected


@pytest.mark.parametrize("name", MIXED)
def test_an_unrelated_paragraph_changes_nothing_in_any_form(name: str) -> None:
    text, expected = mixed(name)
    told = "\n\n## Team\n\nThe kick-off was in Lisbon, and the weather was fine. We had soup.\n"
    assert facts(analysed(text + told)) == expected


@pytest.mark.parametrize(
    ("name", "word", "other"),
    [("fleet", "workshop", "atelier"), ("sitediary", "defect", "snag"), ("hotel", "guest", "caller")],
)
def test_a_renamed_entity_stays_the_same_thing(name: str, word: str, other: str) -> None:
    text, expected = mixed(name)
    renamed = text.replace(word, other).replace(word.title(), other.title())
    before = {n.replace(word, other) for n, *_ in expected["entities"]}  # type: ignore[attr-defined]
    assert {n for n, *_ in facts(analysed(renamed))["entities"]} == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", range(12))
def test_damaged_briefs_of_every_form_are_read_or_refused(number: int) -> None:
    """`python -m benchmarks.analysis --hostile 1000` reads a thousand of them."""
    with contextlib.suppress(BriefError):
        analysed(damaged(number))
