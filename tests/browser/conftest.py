"""Chromium without a window, and one served installation for all browser tests of a session."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from flows.ownership import ROOT
from tests.flows.served import Served, served
from tests.flows.waiting import PATIENCE_SECONDS

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SCREENSHOTS = ROOT / "docs" / "screenshots"
MILLISECONDS = PATIENCE_SECONDS * 1000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium; nothing is downloaded."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip(f"no Chromium on the PATH ({', '.join(BROWSERS)}) and none named by CHROMIUM; see `make chromium`")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Started after the browser, so that a machine without one does not wait for it."""
    with served(tmp_path_factory.mktemp("state") / "served") as found:
        yield found


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Served) -> Iterator[BrowserContext]:
    """A browser that has logged in, and has asked nobody but the server for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(MILLISECONDS)
    asked: list[str] = []
    context.on("requestfinished", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(server.url)
    page.get_by_placeholder("admin:pass").fill(server.password)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("link", name="Deployments").wait_for()
    page.close()
    yield context
    context.close()
    own = (server.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    """A page of one test."""
    found = signed_in.new_page()
    yield found
    found.close()


@pytest.fixture
def output() -> Iterator[Path]:
    """A folder for documents, under a short path that pictures may show."""
    with tempfile.TemporaryDirectory(prefix="applications-") as folder:
        yield Path(folder)


@pytest.fixture
def shot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], None]:
    """Takes a picture of a page; `--update-screenshots` makes it the documentation's."""
    folder = SCREENSHOTS if request.config.getoption("--update-screenshots") else tmp_path

    def take(page: Page, name: str) -> None:
        expect(page.locator("main .animate-pulse")).to_have_count(0)  # places of what is still being loaded
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        assert (folder / f"{name}.png").stat().st_size < 250_000

    return take
