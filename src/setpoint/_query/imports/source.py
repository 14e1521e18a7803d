"""What a reader of another tool's files gives: one SourceRun a run, and a word on what could not be read."""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field

from setpoint._core.change import Level, Origin
from setpoint._journal.state import Series

UNKNOWN_STATUS = "unknown"
"""The status of a run whose source does not say how, or whether, it ended."""


class SourceRun(Struct):
    """A run as another tool recorded it; what its format can't say keeps its default, and is never guessed.

    ``identity`` tells the run from all others of its format; with the format it makes the run's id, unless ``id`` names
    one. Where it is empty, the run is known by its content. ``stamp``, ``yyyymmdd-hhmmss``, stands in the id in place
    of ``created_ns``. Times are in ns, UTC since the Unix epoch, 0 where unknown.

    ``config`` and ``summary`` hold values, or with ``is_plain`` their plain forms (``docs/design/values.md``).
    ``origins`` has those of params, by key, that are finer than the format; all others get one that names the format.
    ``raw`` is the text that the run was read from, where it is at hand whole: versions of the run are told apart by it,
    else by all other fields.
    """

    identity: str
    id: str = ""
    stamp: str = ""
    name: str = ""
    project: str = ""
    group: str = ""
    job_type: str = ""
    tags: list[str] = field(default_factory=list[str])
    notes: str = ""
    status: str = UNKNOWN_STATUS
    exit_code: int | None = None
    error: str = ""
    created_ns: int = 0
    finished_ns: int = 0
    host: str = ""
    config: dict[str, Any] = field(default_factory=dict[str, Any])
    summary: dict[str, Any] = field(default_factory=dict[str, Any])
    metrics: dict[str, Series] = field(default_factory=dict[str, Series])
    environment: dict[str, Any] = field(default_factory=dict[str, Any])
    origins: dict[str, tuple[Origin, Level]] = field(default_factory=dict[str, tuple[Origin, Level]])
    is_plain: bool = False
    raw: bytes = b""


class Context:
    """What a reader is given beside the path: where to say what is wrong, how far it is, and how to read texts."""

    def __init__(
        self,
        refuse: Callable[[str], None],
        progress: Callable[[int, int], None] | None = None,
        *,
        parses_params: bool = False,
    ) -> None:
        """Take the function that is told, in one line, of each thing that can't be read, and that of the progress."""
        self.refuse = refuse
        self.parses_params = parses_params
        self._progress = progress

    def advance(self, done: int, total: int) -> None:
        """Say how much of the work is done, in a unit of the reader's."""
        if self._progress is not None:
            self._progress(done, total)


class Reader(Protocol):
    """A module of this package that reads one format."""

    def fits(self, path: Path) -> bool:
        """Tell whether a file or folder is of the format."""
        ...

    def read_runs(self, path: Path, context: Context) -> Iterator[SourceRun]:
        """Yield every run that can be read; what can't be is refused."""
        ...


def new_series() -> Series:
    """Return a series without points."""
    return Series(array("q"), array("d"), array("q"))


def add_point(metrics: dict[str, Series], metric: str, step: int, value: float, time_ns: int = 0) -> None:
    """Add a point to a metric's series, a new one where there is none."""
    series = metrics.get(metric)
    if series is None:
        series = metrics[metric] = new_series()
    series.steps.append(step)
    series.values.append(value)
    series.times.append(time_ns)


def put_last(run: SourceRun) -> None:
    """Give the summary the last value of each metric that it does not have."""
    for metric, series in run.metrics.items():
        if series.values:
            run.summary.setdefault(metric, series.values[-1])
