"""Runs as a table: the facts, the params that vary, the metrics."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from setpoint._catalog.leaf import Scope
from setpoint._core.keys import join_key, split_key
from setpoint._core.leaves import is_list
from setpoint._journal.replay import ABSENT, value_at
from setpoint._query.keys import column_name, target_of
from setpoint._query.recorded import MISSING, RecordedRun
from setpoint._query.short_ids import short_ids
from setpoint._query.tables import varying

from .facts import moment_text
from .output import STATUS_STYLES, Screen, say
from .table import Column, hidden_count, lines_of
from .text import FULL, age_text, count_text, duration_text, safe, value_texts

_SAMPLE = 1000
_CELL = 40
_MOST_PARAMS, _MOST_METRICS = 12, 6
_FIRST_RANK = 10


class RunTable:
    """A table of runs; those after the first thousand are laid out as these are.

    ``hidden`` is how many columns the screen has no room for, once the lines have been taken.
    """

    def __init__(
        self, runs: Iterable[RecordedRun], names: Sequence[str] | None, screen: Screen, metric: str = ""
    ) -> None:
        """Take the runs, and where the table goes.

        Args:
            runs: the runs.
            names: the columns beside a run's own facts; None for those that tell most.
            screen: where the table goes.
            metric: the name of a summary's column that is shown in any case, before the others.
        """
        self._runs, self._names, self._screen, self._metric = runs, names, screen, metric
        self.hidden = 0

    def lines(self) -> Iterator[str]:
        """Yield the lines; none where there is no run."""
        ahead = iter(self._runs)
        sample = list(islice(ahead, _SAMPLE))
        if not sample:
            return
        chosen = list(self._names) if self._names is not None else telling_columns(sample)
        fixed = set(chosen if self._names is not None else ())
        if self._metric:
            chosen = [self._metric, *(name for name in chosen if name != self._metric)]
            fixed.add(self._metric)
        columns = _columns(sample, chosen, fixed, self._screen)
        self.hidden = hidden_count(columns, self._screen)
        yield from lines_of(columns, self._screen)
        while some := list(islice(ahead, _SAMPLE)):
            yield from lines_of(_columns(some, chosen, fixed, self._screen), self._screen, has_titles=False)

    def say_hidden(self) -> None:
        """Say on standard error how many columns there was no room for, if there are any."""
        if self.hidden:
            how = "--columns or a wider terminal shows them" if self._names is None else "a wider terminal shows them"
            say(f"{count_text(self.hidden, 'more column')}; {how}")


def telling_columns(runs: Sequence[RecordedRun]) -> list[str]:
    """Return the names of the params that vary among *runs*, the most telling first, and of the metrics they have."""
    params = varying([run.leaves(Scope.PARAM) for run in runs], _MOST_PARAMS)
    return list(dict.fromkeys(_list_of(name, runs) for name in params)) + metric_columns(runs)


def _list_of(name: str, runs: Sequence[RecordedRun]) -> str:
    """Return the name of the list that a param is an element of, if all who have it hold plain values in it."""
    path = split_key(name)
    if not isinstance(path[-1], int):
        return name
    found = [value_at(run.config, path[:-1]) for run in runs]
    lists = [value for value in found if value is not ABSENT]
    is_plain = all(is_list(value) and not any(isinstance(part, dict | list) for part in value) for value in lists)
    return join_key(path[:-1]) if is_plain else name


def metric_columns(runs: Sequence[RecordedRun]) -> list[str]:
    """Return the names of summary values that are numbers, those that most runs have first."""
    values: dict[str, list[Any]] = {}
    for run in runs:
        for key, value in run.leaves(Scope.SUMMARY).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                values.setdefault(key, []).append(value)
    order = sorted(values, key=lambda key: (-len(values[key]), len(set(map(repr, values[key]))) == 1, _depth(key)))
    return [column_name(Scope.SUMMARY, key) for key in order[:_MOST_METRICS]]


def _depth(key: str) -> int:
    """Return how far down a metric is named: ``acc`` says more about a run than ``val/acc``."""
    return key.count("/") + key.count(".")


def _columns(runs: Sequence[RecordedRun], names: Sequence[str], fixed: set[str], screen: Screen) -> list[Column]:
    facts = _fact_columns(runs) if screen.is_terminal else _whole_fact_columns(runs)
    ranks = dict(zip(_by_importance(names), range(_FIRST_RANK, _FIRST_RANK + len(names)), strict=True))
    width = _CELL if screen.is_terminal else FULL
    return facts + [_value_column(runs, name, 0 if name in fixed else ranks[name], width) for name in names]


def _by_importance(names: Sequence[str]) -> list[str]:
    """Return the names so that params and metrics take turns: the first of each kind is left out last."""
    metrics = [name for name in names if name.startswith("summary.")]
    params = [name for name in names if not name.startswith("summary.")]
    turns = [(at * 2 + 1, name) for at, name in enumerate(params)] + [(at * 3, name) for at, name in enumerate(metrics)]
    return [name for _, name in sorted(turns)]


def _value_column(runs: Sequence[RecordedRun], name: str, rank: int, width: int) -> Column:
    target = target_of(name)
    values = [run.whole(target) for run in runs]
    is_metric = name.startswith("summary.")
    is_fact = name.startswith("run.")
    texts = [_fact_text(value) for value in values] if is_fact else value_texts(values, width, is_metric=is_metric)
    numbers = [value for value in values if value is not MISSING]
    return Column(
        title=safe(name if width >= FULL else name.removeprefix("summary.")),
        cells=[safe(text) for text in texts],
        is_right=bool(numbers) and all(isinstance(value, int | float) for value in numbers),
        rank=rank,
        styles=["dim" if value is MISSING else "" for value in values] or [""],
        title_style="good" if is_metric else "dim" if is_fact else "key",
    )


def _fact_text(value: Any) -> str:  # what a column of the catalog holds
    if value is MISSING:
        return "-"
    if isinstance(value, datetime):
        return moment_text(value)
    return duration_text(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def _fact_columns(runs: Sequence[RecordedRun]) -> list[Column]:
    short = short_ids(run.id for run in runs)
    now_s = time.time()
    statuses = [run.status for run in runs]
    ages = [age_text(now_s - run.row.created_ns / 1e9) if run.row.created_ns else "-" for run in runs]
    columns = [
        Column("run", [safe(short[run.id]) for run in runs], styles=["warn"]),
        Column("name", [safe(run.name) for run in runs], rank=3),
    ]
    if len({run.project for run in runs}) > 1:
        columns.append(Column("project", [safe(run.project) for run in runs], rank=2))
    columns.append(Column("status", statuses, rank=1, styles=[STATUS_STYLES.get(status, "") for status in statuses]))
    columns.append(Column("age", ages, is_right=True, rank=4, styles=["dim"]))
    return columns


def _whole_fact_columns(runs: Sequence[RecordedRun]) -> list[Column]:
    return [
        Column("id", [safe(run.id) for run in runs]),
        Column("name", [safe(run.name) or "-" for run in runs]),
        Column("project", [safe(run.project) or "-" for run in runs]),
        Column("status", [run.status for run in runs]),
        Column("created", [moment_text(run.created) for run in runs]),
    ]
