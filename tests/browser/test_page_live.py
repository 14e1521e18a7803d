"""A page that is open follows runs that go on: new ones are announced, numbers arrive, an end is seen."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from serving import HERE, Served, environment
from watching import Watch

SOON_MS = 5000


class Script:
    """A training script of its own process that does as it is told."""

    def __init__(self, server: Served, id: str) -> None:
        command = [sys.executable, str(HERE / "recorded_runs.py"), "live", str(server.folder / "store")]
        self._process = subprocess.Popen(
            command, env=environment(server.folder), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._say(id)
        assert self._process.stdout.readline() == "begun\n"

    def log(self, loss: float) -> None:
        self._say(str(loss))

    def finish(self) -> None:
        self._process.communicate(timeout=20)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


@pytest.fixture(scope="module")
def moving(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give the server of a store in which nothing was recorded yet."""
    folder = tmp_path_factory.mktemp("moving")
    (folder / "store" / "runs").mkdir(parents=True)
    server = Served(folder)
    yield server
    server.stop()


@contextmanager
def training(server: Served, id: str) -> Iterator[Script]:
    script = Script(server, id)
    try:
        yield script
    finally:
        script.finish()


def shows(page: Any, text: str) -> None:
    page.get_by_role("main").filter(has_text=text).wait_for(timeout=SOON_MS)


def test_numbers_of_a_live_run_arrive_and_its_end_is_seen(watch: Watch, moving: Served) -> None:
    watch.forgive("status of 404")  # a run that has just begun may be unknown for a second
    with training(moving, "seen-alive") as script:
        script.log(0.75)
        page = watch.page()
        page.goto(moving.url("/run/seen-alive?t=results"))
        shows(page, "running")
        shows(page, "0.75")
        script.log(0.375)
        shows(page, "0.375")
    shows(page, "finished")


def test_new_run_is_announced_and_comes_when_asked_for(watch: Watch, moving: Served) -> None:
    with training(moving, "first-there"):
        pass
    page = watch.page()
    page.goto(moving.url("/runs"))
    grid = page.get_by_role("grid", name="Runs")
    grid.get_by_role("link", name="first-there").wait_for()
    with training(moving, "just-begun"):
        news = page.get_by_role("button", name="new run")
        news.wait_for(timeout=SOON_MS)
        assert grid.get_by_role("link", name="just-begun").count() == 0
        news.click()
        grid.get_by_role("link", name="just-begun").wait_for(timeout=SOON_MS)


def test_page_says_when_the_server_is_gone_and_keeps_its_data(watch: Watch, chromium: str, usual: Served) -> None:
    watch.forgive("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET")
    server = Served(usual.folder)
    page = watch.page()
    page.goto(server.url("/runs"))
    page.get_by_role("gridcell").first.wait_for()
    server.stop()
    page.get_by_text("disconnected").wait_for(timeout=SOON_MS)
    assert page.get_by_role("gridcell").count() > 0


def test_page_goes_on_where_it_is_with_the_key_of_a_server_that_was_started_anew(
    watch: Watch, chromium: str, usual: Served
) -> None:
    watch.forgive("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET")
    watch.forgive("status of 401")
    server = Served(usual.folder)
    page = watch.page()
    page.goto(server.url("/runs?f=seed+<+3"))
    page.get_by_role("gridcell").first.wait_for()
    server.stop()
    page.get_by_text("disconnected").wait_for(timeout=SOON_MS)
    head = page.locator('[role=columnheader][data-name="seed"]')
    head.click()
    page.get_by_text("the rows from before").wait_for()
    assert head.get_attribute("aria-sort") in (None, "none")  # the rows are in their old order
    again = Served(usual.folder, "--port", str(server.port))
    try:
        field = page.get_by_role("textbox", name="New address or key")
        field.wait_for(timeout=15_000)
        assert page.get_by_role("alert").count() == 0
        field.fill(again.url("/"))
        page.keyboard.press("Enter")
        page.get_by_text("3 runs").wait_for()
        assert "f=seed" in page.url
        assert again.token not in page.url
    finally:
        again.stop()
