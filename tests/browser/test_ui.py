"""What people do in Prefect's UI, done in a browser against a served installation."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

from flows.ownership import ROOT
from tests.browser.conftest import MILLISECONDS
from tests.flows.served import Served, logs, started, task_states
from tests.flows.waiting import until

Shot = Callable[[Page, str], None]
EXAMPLE = str(ROOT / "examples" / "habits" / "INITIAL.md")
FIELDS = ["brief", "text", "project", "engine", "strictness", "memory_gb", "cores", "database"]

expect.set_options(timeout=MILLISECONDS)


def _form(page: Page, server: Served) -> None:
    """From the list of deployments to the form of the design."""
    page.goto(f"{server.url}/v2/deployments")
    page.get_by_role("link", name="design").first.click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    page.get_by_label("brief").wait_for()


def _state(page: Page, name: str) -> None:
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def _press(page: Page, button: Locator, address: str) -> None:
    """As a person does, who presses again where the server was busy: 503 says that its SQLite file was locked."""

    def accepted() -> bool:
        with page.expect_response(lambda answer: answer.request.method == "POST" and address in answer.url) as answer:
            button.click()
        assert answer.value.ok or answer.value.status == 503, f"{answer.value.status} {answer.value.url}"
        return answer.value.ok

    until(accepted, f"an answer to {address}")


def test_a_wrong_password_does_not_open_the_ui(browser: Browser, server: Served, shot: Shot) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    page.goto(server.url)
    page.get_by_placeholder("admin:pass").wait_for()
    shot(page, "login")
    page.get_by_placeholder("admin:pass").fill("admin:wrong-password")
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_text(re.compile("invalid|incorrect|unauthorized", re.I)).first).to_be_visible()
    assert "/login" in page.url
    context.close()


def test_the_form_explains_itself_and_refuses_what_cannot_be(page: Page, server: Served, shot: Shot) -> None:
    page.set_viewport_size({"width": 1280, "height": 1720})
    _form(page, server)
    labels = [text.partition(" ")[0] for text in page.locator("label").all_inner_texts()]
    assert [label for label in labels if label in FIELDS] == FIELDS
    assert page.get_by_label("brief").input_value() == "examples/shop/INITIAL.md"
    assert page.get_by_label("cores").input_value() == "0"
    page.get_by_label("project").fill("../shop")
    page.get_by_label("engine").fill("postgresql://app:secret@db/app")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("'../shop' does not match").first).to_be_visible()
    expect(page.get_by_text("a DSN with a password").first).to_be_visible()
    page.get_by_role("heading").first.scroll_into_view_if_needed()
    shot(page, "form")
    assert "/run" in page.url


def test_a_run_shows_its_steps_and_artifacts(page: Page, server: Served, shot: Shot, output: Path) -> None:
    _form(page, server)
    for field, value in {"brief": EXAMPLE, "project": "habits", "output": str(output), "date": "2025-07-31"}.items():
        page.get_by_label(field, exact=False).first.fill(value)
    _press(page, page.get_by_role("button", name="Submit"), "/create_flow_run")
    page.wait_for_url(re.compile(r"/deployments/deployment/[^/]+(\?|$)"), wait_until="commit")
    with server.client() as client:
        identity = until(lambda: _run_into(client, output), "the run")
        # a run of seconds is over before its log is stored, and the page of a finished run does not ask again
        until(lambda: any("documents" in line for line in logs(client, identity)), "the log")
    page.goto(f"{server.url}/v2/runs/flow-run/{identity}")
    _state(page, "Completed")
    page.get_by_role("tab", name="Logs").click()
    expect(page.get_by_text("schema design: Database engine: SQLite").first).to_be_visible()
    shot(page, "run")
    with server.client() as client:
        assert any(re.search(r"(\d+) of \1 claims hold", line) for line in logs(client, identity))
        keys = _artifacts(server, identity)
    page.goto(f"{server.url}/v2/runs/flow-run/{identity}?tab=Artifacts")
    expect(page.get_by_text("habits-summary").first).to_be_visible()
    page.goto(f"{server.url}/v2/artifacts/artifact/{keys['habits-er-diagram']}")
    drawn = page.locator("main svg[aria-roledescription=er]").first  # mermaid measures in another one, outside of main
    expect(drawn).to_be_visible()
    expect(drawn).to_contain_text("habits")
    shot(page, "diagram")
    page.goto(f"{server.url}/v2/artifacts/artifact/{keys['habits-requirements']}")
    expect(page.get_by_text(re.compile(r"stated \(line \d+\)")).first).to_be_visible()
    shot(page, "requirements")
    page.goto(f"{server.url}/v2/artifacts/artifact/{keys['habits-summary']}")
    expect(page.get_by_text("persistence.md").first).to_be_visible()
    expect(page.get_by_role("link", name="design habits").first).to_be_visible()
    shot(page, "summary")


def _run_into(client: httpx.Client, output: Path) -> str | None:
    """The run that writes its documents there."""
    runs = client.post("/flow_runs/filter", json={}).raise_for_status().json()
    return next((run["id"] for run in runs if run["parameters"].get("output") == str(output)), None)


def _artifacts(server: Served, identity: str) -> dict[str, str]:
    """The ids of a run's artifacts by key."""
    with server.client() as client:
        body = {"artifacts": {"flow_run_id": {"any_": [identity]}}}
        found = client.post("/artifacts/filter", json=body).raise_for_status().json()
    return {artifact["key"]: artifact["id"] for artifact in found if artifact["key"]}


def test_a_failed_run_is_retried_where_it_failed(page: Page, server: Served, shot: Shot, output: Path) -> None:
    """The documents cannot be written at first: a file stands where their folder has to be."""
    obstacle = output / "habits" / "planning"
    obstacle.parent.mkdir()
    obstacle.touch()
    given = {"brief": EXAMPLE, "project": "habits", "output": str(output), "date": "2025-08-01"}
    with server.client() as client:
        identity = started(client, **given).raise_for_status().json()["id"]
        page.set_viewport_size({"width": 1280, "height": 1050})
        page.goto(f"{server.url}/v2/runs/flow-run/{identity}")
        _state(page, "Failed")
        until(lambda: task_states(client, identity).get("documents") == "Failed", "the steps, recorded a moment later")
        page.goto(f"{server.url}/v2/runs/flow-run/{identity}?tab=Details")  # now with all steps drawn
        expect(page.get_by_text("11 Task runs").first).to_be_visible()
        expect(page.get_by_text("The documents cannot be written").first).to_be_visible()
        shot(page, "failed")
        obstacle.unlink()
        page.locator("button:has(svg.lucide-ellipsis-vertical)").first.click()
        page.get_by_role("menuitem", name="Retry").click()
        dialog = page.get_by_role("alertdialog").or_(page.get_by_role("dialog"))
        _press(page, dialog.get_by_role("button", name="Retry"), "/set_state")
        _state(page, "Completed")
        second = until(lambda: s if (s := task_states(client, identity))["documents"] == "Completed" else None, "them")
        page.goto(f"{server.url}/v2/runs/flow-run/{identity}?tab=TaskRuns")
        expect(page.get_by_text("Cached", exact=True).first).to_be_visible()
        shot(page, "retried")
    assert (obstacle / "persistence.md").is_file()
    again = {name for name, state in second.items() if state == "Completed"}
    assert again == {"proving engine", "documents"}
    assert all(state == "Cached" for name, state in second.items() if name not in again)
    assert len(second) == 11


def test_a_run_waits_for_a_person_twice_and_goes_on(page: Page, server: Served, shot: Shot, output: Path) -> None:
    """After the analysis and before the hand-over; the form that Resume opens shows what is approved."""
    given = {"brief": EXAMPLE, "project": "habits", "output": str(output), "date": "2025-08-02", "review": True}
    page.set_viewport_size({"width": 1280, "height": 1400})
    with server.client() as client:
        identity = started(client, **given).raise_for_status().json()["id"]
        for subject, shown in (("requirement analysis", "times_per_week"), ("hand-over", "claims hold")):
            page.goto(f"{server.url}/v2/runs/flow-run/{identity}")
            _state(page, "Suspended")
            page.locator("button:has(svg.lucide-ellipsis-vertical)").first.click()
            page.get_by_role("menuitem", name="Resume").click()
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text(shown)
            shot(page, f"review-{subject.replace(' ', '-')}")
            dialog.get_by_label("note").fill(f"{subject} read")
            _press(page, dialog.get_by_role("button", name="Resume"), "/resume")
            said = f"the {subject} was approved: {subject} read"
            until(lambda said=said: any(said in line for line in logs(client, identity)), said)
        until(lambda: client.get(f"/flow_runs/{identity}").json()["state"]["type"] == "COMPLETED", "the end of the run")
    assert (output / "habits" / "planning" / "persistence.md").is_file()
