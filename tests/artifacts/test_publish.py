"""Keys that Prefect takes, and a progress bar that does not write for every claim; the flow tests publish for real."""

import re
from uuid import uuid4

import pytest

from artifacts import publish
from artifacts.document import persistence_md
from contracts.plan import PersistencePlan
from flows.documents import handed_over


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What was published, by key."""
    found: dict[str, object] = {}
    monkeypatch.setattr(publish, "create_markdown_artifact", lambda markdown, key, **_: found.update({key: markdown}))
    monkeypatch.setattr(publish, "create_table_artifact", lambda table, key, **_: found.update({key: table}))
    return found


def test_a_finished_plan_publishes_document_trace_and_summary(plan: PersistencePlan, seen: dict[str, object]) -> None:
    document = persistence_md(plan)
    keys = publish.published(plan, handed_over(plan, "persistence.md", "persistence.json"), document)
    assert set(keys) == set(seen) == {"shop-persistence", "shop-trace", "shop-summary"}
    assert seen["shop-persistence"] == document
    assert all(re.fullmatch(r"shop-[a-z0-9-]+", key) for key in keys)


def test_a_step_publishes_what_it_found(plan: PersistencePlan, seen: dict[str, object]) -> None:
    design = plan.design
    steps = {
        "shop-requirements": design.requirements,
        "shop-er-diagram": design.schema_design,
        "shop-evidence": plan.proof,
        "shop-checklist": plan.checklist,
    }
    for key, result in steps.items():
        assert publish.published_step("shop", result) == (key,)
    assert set(seen) == set(steps)
    assert str(seen["shop-er-diagram"]).startswith("```mermaid\nerDiagram")
    assert publish.published_step("shop", design.caching) == ()


def test_progress_is_written_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[float] = []
    monkeypatch.setattr(publish, "create_progress_artifact", lambda **_: uuid4())
    monkeypatch.setattr(publish, "update_progress_artifact", lambda artifact_id, progress: written.append(progress))
    show = publish.proof_progress("shop", steps=4)
    for done in range(1, 101):
        show(done, 100)
    assert written == [25.0, 50.0, 75.0, 100.0]


@pytest.mark.parametrize("total", [0, 1])
def test_progress_of_nothing_ends_at_once(total: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[float] = []
    monkeypatch.setattr(publish, "create_progress_artifact", lambda **_: uuid4())
    monkeypatch.setattr(publish, "update_progress_artifact", lambda artifact_id, progress: written.append(progress))
    publish.proof_progress("shop")(total, total)
    assert written == [100.0]
