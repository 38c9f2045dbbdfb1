"""The code that tells which keys each write makes stale: every event of the plan, in each language."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from contracts.caching import CachingPlan
from tests.agents.test_caching import _syntax_errors, planned, shapes


def plans(language: str) -> list[CachingPlan]:
    return [plan for name, d, r in shapes() if name.startswith(f"{language}-") and (plan := planned(r, d)).dispatch]


def code(plan: CachingPlan) -> dict[str, Any]:
    assert plan.dispatch is not None
    names: dict[str, Any] = {}
    exec(compile(plan.dispatch.text, "dispatch", "exec"), names)  # noqa: S102
    return names


@pytest.mark.parametrize("language", ["python", "java", "typescript", "csharp"])
def test_every_event_of_the_plan_is_there(language: str) -> None:
    found = plans(language)
    assert len(found) == 8
    for plan in found:
        assert plan.dispatch is not None
        text = plan.dispatch.text
        for entry in plan.entries:
            for stale in entry.invalidations:
                for key in stale.keys:
                    line = next(x for x in text.splitlines() if f'"{stale.table}"' in x and f'"{key}"' in x)
                    assert any(f'"{operation}"' in line for operation in ("insert", "update", "delete"))
        assert "{{" not in text and "{%" not in text


def test_python_has_exactly_the_plan_s_events() -> None:
    for plan in plans("python"):
        wanted = {
            (i.table, operation, key, i.finds)
            for e in plan.entries
            for i in e.invalidations
            for operation in i.operations
            for key in i.keys
        }
        assert {(table, does, key, finds) for table, does, _, key, finds, _ in code(plan)["EVENTS"]} == wanted


EVENTS = (
    ("products", "update", True, "shop:category:{old.category_id}:version", "", ["id"]),
    ("products", "update", True, "shop:category:{new.category_id}:version", "", ["id"]),
    ("products", "delete", False, "shop:product:{sku}", "", ["id"]),
    ("products", "insert", False, "shop:by:{name_sha256}", "", ["id"]),
    ("categories", "delete", False, "shop:category:{slug}", "SELECT slug FROM below WHERE id = $1", ["id"]),
)


def test_keys_follow_the_row_before_and_after_and_the_rows_that_change_with_it() -> None:
    names = code(plans("python")[0])
    names["EVENTS"] = EVENTS
    asked = []

    def find(sql: str, key: list[Any]) -> list[dict[str, Any]]:
        asked.append((sql, key))
        return [{"slug": "a:b"}, {"slug": None}]

    def stale(*given: Any) -> set[tuple[bool, str]]:
        found: set[tuple[bool, str]] = names["stale_keys"](*given, find)
        return found

    row = {"id": 7, "category_id": 1, "sku": "x/1", "name": "Pan"}
    assert stale("products", "update", "old", row) == {(True, "shop:category:1:version")}
    assert stale("products", "update", "new", {**row, "category_id": 2}) == {(True, "shop:category:2:version")}
    assert stale("products", "update", "new", {**row, "category_id": None}) == set()
    assert stale("products", "delete", "old", row) == {(False, "shop:product:x%2F1")}
    (key,) = stale("products", "insert", "new", row)
    assert re.fullmatch(r"shop:by:[0-9a-f]{64}", key[1])
    assert stale("categories", "delete", "old", {"id": 3}) == {(False, "shop:category:a%3Ab")}
    assert asked == [("SELECT slug FROM below WHERE id = $1", [3])]


def test_what_is_forgotten() -> None:
    done: list[str] = []
    forget = code(plans("python")[0])["forget"]
    forget({(True, "v"), (False, "k")}, lambda k: done.append(f"-{k}"), lambda k: done.append(f"+{k}"))
    assert done == ["-k", "-k:lease", "+v"]


def test_java_parses(tmp_path: Path) -> None:
    compiler = shutil.which("javac")
    if compiler is None:
        pytest.skip("javac is not installed")
    texts = [
        plan.dispatch.text.replace("public final class", "public class") for plan in plans("java") if plan.dispatch
    ]
    assert _syntax_errors(compiler, tmp_path / "samples", texts) == []
    assert _syntax_errors(compiler, tmp_path / "broken", [texts[0].replace("return found;", "return found")])


@pytest.mark.parametrize("language", ["typescript", "csharp"])
def test_other_languages_parse(language: str) -> None:
    tree_sitter = pytest.importorskip("tree_sitter", reason="tree-sitter is not installed")
    module = "tree_sitter_typescript" if language == "typescript" else "tree_sitter_c_sharp"
    grammar = pytest.importorskip(module, reason=f"{module} is not installed")
    spoken = grammar.language_typescript() if language == "typescript" else grammar.language()
    parser = tree_sitter.Parser(tree_sitter.Language(spoken))
    texts = [plan.dispatch.text for plan in plans(language) if plan.dispatch]
    assert not any(parser.parse(text.encode()).root_node.has_error for text in texts)
    assert parser.parse(texts[0].replace("];", ";", 1).replace("};", ";", 1).encode()).root_node.has_error
