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
from agents.requirement_analysis.document import LONGEST, read_document
from agents.requirement_analysis.languages import in_english
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


UNRELATED = (
    "\n\n## Team\n\nThe kick-off was in Lisbon, and the weather was fine. We had soup.\n",
    "\n\n## Team\n\n- Ines brings the coffee\n- Joris has the key of the meeting room\n",
    "\n\n## Dates\n\n| Milestone | Date |\n|---|---|\n| Offer | 1 March |\n| Start | 1 May |\n",
)
"""Paragraph, list and table about people and dates of the project, which ask for nothing to be stored."""


@pytest.mark.parametrize("told", UNRELATED)
@pytest.mark.parametrize("name", MIXED)
def test_an_unrelated_part_changes_nothing_wherever_it_stands(name: str, told: str) -> None:
    text, expected = mixed(name)
    assert facts(analysed(text + told)) == expected
    head, parts = sections(text, "##")
    middle = len(parts) // 2
    if parts:
        assert (
            facts(analysed(head + "".join(parts[:middle]) + told.lstrip("\n") + "\n" + "".join(parts[middle:])))
            == expected
        )


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("seed", [1, 7])
def test_numbered_lists_and_blank_lines_are_bullets_as_well(name: str, seed: int) -> None:
    """Only lists of plain bullets: a number before an endpoint, a code or a story may be its own."""
    text, expected = mixed(name)
    chance = random.Random(seed)  # noqa: S311
    lines = [f"{line}\n" if line.startswith("#") and chance.random() < 0.5 else line for line in text.split("\n")]
    assert facts(analysed("\n".join(lines))) == expected


def renamed(value: object, word: str, other: str) -> object:
    """Facts with a word of their names exchanged."""
    if isinstance(value, str):
        return value.replace(word, other)
    if isinstance(value, tuple | frozenset | set):
        return type(value)(renamed(part, word, other) for part in value)
    return value


@pytest.mark.parametrize(
    ("name", "word", "other"),
    [
        ("fleet", "workshop", "atelier"), ("sitediary", "defect", "snag"), ("hotel", "guest", "caller"),
        ("slotting", "carrier", "haulier"), ("music", "track", "tune"), ("irrigation", "valve", "sluice"),
    ],
)  # fmt: skip
def test_a_renamed_entity_stays_the_same_thing(name: str, word: str, other: str) -> None:
    """Its attributes, relationships and rules; only what is usual for a thing of the old name may differ."""
    text, expected = mixed(name)
    found = facts(analysed(text.replace(word, other).replace(word.title(), other.title())))
    for kind in ("entities", "relationships", "rules"):
        wanted = renamed(expected[kind], word, other)
        assert found[kind] == wanted, kind


@pytest.mark.parametrize("number", range(12))
def test_damaged_briefs_of_every_form_are_read_or_refused(number: int) -> None:
    """`python -m benchmarks.analysis --hostile 1000` reads a thousand of them."""
    with contextlib.suppress(BriefError):
        analysed(damaged(number))


def accounted(text: str) -> list[str]:
    """The sentences of a text that the trace leaves out, adds, or says nothing about."""
    found = analysed(text)
    told = [(t.line, t.text) for t in found.trace]
    read = in_english(read_document(text), text)[0].sentences
    wrong = [f"{s.line}: {s.text}" for s, t in zip(read, told, strict=False) if s.line != t[0]]
    wrong += [] if len(read) == len(told) else [f"{len(read)} sentences, {len(told)} lines of the trace"]
    known = {r.id for r in (*found.requirements, *found.access_patterns)}
    for line in found.trace:
        used = bool(line.by) and not line.reason and set(line.by) <= known
        if not (used if line.use == "used" else bool(line.reason) and not line.by):
            wrong.append(f"{line.line}: {line.use} {line.by} {line.reason}")
    return wrong


ALL = sorted([*BRIEFS.rglob("*.md"), *EXAMPLES.glob("*/INITIAL.md")])


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem if path.stem != "INITIAL" else path.parent.name)
def test_every_sentence_of_a_brief_stands_in_the_trace(path: Path) -> None:
    assert accounted(path.read_text("utf-8")) == []


@given(st.sampled_from(sorted(TEXTS)), st.lists(st.tuples(st.integers(0, 200), st.sampled_from(HOSTILE)), max_size=6))
@settings(max_examples=10, deadline=None, derandomize=True)
def test_every_sentence_of_a_damaged_brief_stands_in_the_trace(name: str, damages: list[tuple[int, str]]) -> None:
    lines = TEXTS[name].split("\n")
    for place, text in damages:
        lines[place % len(lines)] += text
    assert accounted("\n".join(lines)) == []


def test_a_trace_that_leaves_a_sentence_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made = analysed(TEXTS["habits"])
    monkeypatch.setitem(globals(), "analysed", lambda text: made.model_copy(update={"trace": made.trace[1:]}))
    assert accounted(TEXTS["habits"]) != []
