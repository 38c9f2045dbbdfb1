"""Keys that Prefect takes, and a progress bar that does not write for every claim; the flow tests publish for real."""

import re
from uuid import uuid4

import pytest

from artifacts import publish
from artifacts.document import persistence_md
from contracts.plan import PersistencePlan


def test_a_project_publishes_five_artifacts_under_its_name(
    plan: PersistencePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}
    monkeypatch.setattr(publish, "create_markdown_artifact", lambda markdown, key, **_: seen.update({key: markdown}))
    monkeypatch.setattr(publish, "create_table_artifact", lambda table, key, **_: seen.update({key: table}))
    document = persistence_md(plan)
    keys = publish.published(plan, document)
    assert keys == tuple(seen)
    assert seen["shop-persistence"] == document
    assert all(re.fullmatch(r"shop-[a-z0-9-]+", key) for key in keys)


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
