import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.tab import Tab
from tests.conftest import Cast, make_cast
from tests.live import Portal, running_portal

# The first of them has no windows of its own to draw, and takes half the processor.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What Chromium draws is the same on both databases: where time is short, it tells the main
    story alone on PostgreSQL."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.path.name != "test_story.py":
            item.add_marker(pytest.mark.one_database)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as environment:
        # Playwright's synchronous API runs a loop in this thread, in which Django would refuse to
        # touch the database. Nothing here is asynchronous.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield browser
            browser.close()


@pytest.fixture
def portal(live_server, settings) -> Iterator[Portal]:
    with running_portal(live_server, settings) as running:
        yield running


@pytest.fixture
def people(transactional_db) -> Cast:
    return make_cast()


@pytest.fixture
def enter(chromium: Browser, portal: Portal, people: Cast) -> Iterator[Callable[..., Tab]]:
    """``enter("officer")`` is a window of that member of the cast. When the test ends, no window
    may have complained."""
    tabs: list[Tab] = []

    def make(name: str = "", **options) -> Tab:
        tab = Tab(chromium, portal, getattr(people, name) if name else None, **options)
        tabs.append(tab)
        return tab

    yield make
    for tab in tabs:
        tab.context.close()
    complaints = [complaint for tab in tabs for complaint in tab.complaints]
    assert not complaints, "\n".join(complaints)
