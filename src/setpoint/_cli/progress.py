"""A progress bar on standard error for work that takes more than a moment; nothing where that is no terminal."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_S = 0.4


class _Bar:
    """Shows itself once the work has taken longer than a person's patience."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._begun_s = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._progress is None:
            if time.monotonic() - self._begun_s < _PATIENCE_S or not sys.stderr.isatty():
                return
            self._start()
        assert self._progress is not None
        assert self._task is not None
        self._progress.update(self._task, completed=done, total=total)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(self._title, total=None)
        self._progress.start()

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def progress_bar(title: str) -> Generator[Callable[[int, int], None]]:
    """Give a function that is called with work done and all work."""
    bar = _Bar(title)
    try:
        yield bar
    finally:
        bar.close()


def catching_up() -> "AbstractContextManager[Callable[[int, int], None]]":
    """Give the progress function for a catalog that takes in what the journals say."""
    return progress_bar("Reading journals")
