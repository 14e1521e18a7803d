"""A real server on real runs, in a real browser that reports whatever a page should not do.

One browser and one server for each kind of store serve all tests here; each test has a context (profile) of its own.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from serving import Served, record
from watching import Watch

import setpoint

HERE = Path(__file__).parent
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)  # fmt: skip
# The browser's own wish to update itself is no request of the page. evil.test is an attacker's name for this machine.
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--host-resolver-rules=MAP evil.test 127.0.0.1",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in a browser last: its driver keeps an event loop running, which other tests could not stand."""
    items.sort(key=lambda item: item.path.parent == HERE)


def browser_path() -> str | None:
    """Return the browser of this machine, or the one that SETPOINT_CHROMIUM names."""
    if named := os.environ.get("SETPOINT_CHROMIUM"):
        return named
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a browser; without one, skip on a desk and fail in CI."""
    path = browser_path()
    if path is None:
        why = "No Chromium or Chrome was found; install one, or name it in SETPOINT_CHROMIUM."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    if not (Path(setpoint.__file__).parent / "_web" / "static" / "index.html").exists():
        pytest.fail("The page is not built: make web")
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=chromium, args=SWITCHES) as launched:
        yield launched


@pytest.fixture(scope="session")
def served(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Served]]:
    """Give the server of a kind of store; each is started when it is first asked for."""
    running: dict[str, Served] = {}
    with ExitStack() as stack:

        def start(kind: str) -> Served:
            if kind not in running:
                folder = tmp_path_factory.mktemp(kind)
                record(kind, folder)
                running[kind] = Served(folder)
                stack.callback(running[kind].stop)
            return running[kind]

        yield start


@pytest.fixture
def usual(served: Callable[[str], Served]) -> Served:
    """Give the server of about thirty runs of all shapes; tests do not change them."""
    return served("usual")


@pytest.fixture
def watch(browser: Any) -> Iterator[Watch]:
    """Give a fresh profile; whatever its pages do that they should not fails the test at its end."""
    watching = Watch(browser)
    yield watching
    watching.close()
    assert watching.faults == []


@pytest.fixture
def page(watch: Watch) -> Any:
    return watch.page()
