"""Values with who set them, as tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from setpoint._catalog.leaf import Scope
from setpoint._core.keys import join_key, split_key
from setpoint._journal.state import Held, Recorded
from setpoint._query.recorded import RecordedRun

from .output import Screen
from .table import Column, lines_of
from .text import FULL, safe, value_text

_VALUE = 40
_LEVEL_STYLES = {"locked": "warn", "default": "dim"}


def blame_lines(run: RecordedRun, screen: Screen) -> Iterator[str]:
    """Yield a line for each leaf of the config: value, origin, level, time, writer."""
    leaves = run.leaves(Scope.PARAM)
    if not leaves:
        return
    found = [_holder(key, run.state.held) for key in leaves]
    levels = [held.level.label if held else "" for held in found]
    columns = [
        Column("key", list(map(safe, leaves)), styles=["key"], title_style="dim"),
        _values(list(leaves.values()), screen),
        Column("set by", [safe(str(held.origin)) if held else "" for held in found]),
        Column("level", levels, rank=1, styles=[_LEVEL_STYLES.get(level, "") for level in levels]),
        _times([held.time_ns if held else 0 for held in found], screen),
        *_steps([held.step if held else None for held in found]),
        *_writers([held.writer if held else "" for held in found], run, screen),
    ]
    yield from lines_of(columns, screen)


def history_lines(run: RecordedRun, changes: Sequence[Recorded], screen: Screen) -> Iterator[str]:
    """Yield a line for each change, in the order they were made."""
    several = len({change.key for change in changes}) > 1
    keys = [Column("key", [safe(change.key) for change in changes], styles=["key"])] if several else []
    levels = [change.level.label for change in changes]
    values: list[Any] = ["deleted" if change.deleted else change.value for change in changes]
    columns = [
        *keys,
        _values(values, screen),
        Column("set by", [safe(str(change.origin)) for change in changes]),
        Column("level", levels, rank=1, styles=[_LEVEL_STYLES.get(level, "") for level in levels]),
        _times([change.time_ns for change in changes], screen),
        Column("step", ["-" if change.step is None else str(change.step) for change in changes], is_right=True),
        *_writers([change.writer for change in changes], run, screen),
    ]
    yield from lines_of(columns, screen)


def _holder(key: str, held: dict[str, Held]) -> Held | None:
    path = split_key(key)
    for length in range(len(path), 0, -1):
        if (found := held.get(join_key(path[:length]))) is not None:
            return found
    return None


def _values(values: Sequence[Any], screen: Screen) -> Column:
    width = _VALUE if screen.is_terminal else FULL
    return Column("value", [safe(value_text(value, width)) for value in values])


def _times(times: Sequence[int], screen: Screen) -> Column:
    """Return the times as a column, 0 for one that is not known: of one day, only the time of the day on a terminal."""
    moments = [datetime.fromtimestamp(time_ns / 1e9).astimezone() if time_ns else None for time_ns in times]
    is_one_day = len({moment.date() for moment in moments if moment}) == 1
    form = "%H:%M:%S" if screen.is_terminal and is_one_day else "%Y-%m-%d %H:%M:%S"
    texts = [f"{moment:{form}}.{moment.microsecond // 1000:03d}" if moment else "-" for moment in moments]
    return Column("time", texts, styles=["dim"], rank=2)


def _steps(steps: Sequence[int | None]) -> list[Column]:
    if not any(step is not None for step in steps):
        return []
    return [Column("step", ["" if step is None else str(step) for step in steps], is_right=True, rank=3)]


def _writers(writers: Sequence[str], run: RecordedRun, screen: Screen) -> list[Column]:
    """Return the column of writers; on a terminal only where there are several, by role or rank."""
    if not screen.is_terminal:
        return [Column("writer", list(map(safe, writers)))]
    if len(run.writers) <= 1:
        return []
    short = {
        one.name: f"{one.role} {one.rank}" if one.rank is not None else f"{one.role} {one.pid}" for one in run.writers
    }
    return [Column("writer", [safe(short.get(writer, writer)) for writer in writers], styles=["dim"], rank=4)]
