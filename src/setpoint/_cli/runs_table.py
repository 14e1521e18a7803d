"""Runs as a table: the facts, the params that vary, the metrics."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from setpoint._catalog.leaf import Scope
from setpoint._query.keys import column_name
from setpoint._query.pick import short_ids
from setpoint._query.recorded import MISSING, RecordedRun
from setpoint._query.tables import varying

from .facts import moment_text
from .output import STATUS_STYLES, Screen
from .table import Column, lines_of
from .text import FULL, age_text, safe, value_texts

_SAMPLE = 1000
_CELL = 40
_MOST_PARAMS, _MOST_METRICS = 12, 6
_FIRST_RANK = 10


def run_lines(
    runs: Iterable[RecordedRun], names: Sequence[str] | None, screen: Screen, metric: str = ""
) -> Iterator[str]:
    """Yield the lines of a table of runs.

    Args:
        runs: the runs; those after the first thousand are laid out as these are.
        names: the columns beside a run's own facts; None for those that tell most.
        screen: where the table goes.
        metric: the name of a summary's column that is shown in any case, before the others.
    """
    ahead = iter(runs)
    sample = list(islice(ahead, _SAMPLE))
    if not sample:
        return
    chosen = list(names) if names is not None else telling_columns(sample)
    fixed = set(names or ())
    if metric:
        chosen = [metric, *(name for name in chosen if name != metric)]
        fixed.add(metric)
    yield from lines_of(_columns(sample, chosen, fixed, screen), screen)
    while some := list(islice(ahead, _SAMPLE)):
        yield from lines_of(_columns(some, chosen, fixed, screen), screen, has_titles=False)


def telling_columns(runs: Sequence[RecordedRun]) -> list[str]:
    """Return the names of the params that vary among *runs*, the most telling first, and of the metrics they have."""
    params = varying([run.leaves(Scope.PARAM) for run in runs], _MOST_PARAMS)
    return params + metric_columns(runs)


def metric_columns(runs: Sequence[RecordedRun]) -> list[str]:
    """Return the names of summary values that are numbers, those that most runs have first."""
    values: dict[str, list[Any]] = {}
    for run in runs:
        for key, value in run.leaves(Scope.SUMMARY).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                values.setdefault(key, []).append(value)
    order = sorted(values, key=lambda key: (-len(values[key]), len(set(map(repr, values[key]))) == 1))
    return [column_name(Scope.SUMMARY, key) for key in order[:_MOST_METRICS]]


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
    values = [run.value(name) for run in runs]
    is_metric = name.startswith("summary.")
    numbers = [value for value in values if value is not MISSING]
    return Column(
        title=safe(name if width >= FULL else name.removeprefix("summary.")),
        cells=[safe(text) for text in value_texts(values, width, is_metric=is_metric)],
        is_right=bool(numbers) and all(isinstance(value, int | float) for value in numbers),
        rank=rank,
        styles=["dim" if value is MISSING else "" for value in values] or [""],
        title_style="good" if is_metric else "key" if not name.startswith("run.") else "dim",
    )


def _fact_columns(runs: Sequence[RecordedRun]) -> list[Column]:
    short = short_ids(run.id for run in runs)
    now_s = time.time()
    statuses = [run.status for run in runs]
    ages = [age_text(now_s - run.row.created_ns / 1e9) for run in runs]
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
