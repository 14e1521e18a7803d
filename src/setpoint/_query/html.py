"""How runs and what differs between them look in a notebook and at a prompt."""

from html import escape
from typing import Any

from setpoint._catalog.leaf import Scope
from setpoint._core.values import show
from setpoint._run.html import table

from .diff import Diff
from .recorded import RecordedRun
from .runs import Runs
from .short_ids import short_ids

_MOST_RUNS = 20
_MOST_PARAMS = _MOST_RESULTS = 6
_MOST_ROWS = 200
_VALUE = 40


def runs_html(runs: Runs) -> str:
    """Return a table of the first runs: their facts, the params that vary and the results."""
    some = list(runs[:_MOST_RUNS])
    results = dict.fromkeys(f"summary.{key}" for run in some for key in run.leaves(Scope.SUMMARY))
    names = [*runs.varying(_MOST_PARAMS), *list(results)[:_MOST_RESULTS]]
    rows = [(run.id, run.name, run.status, *(_shown(run.value(name)) for name in names)) for run in some]
    rest = len(runs) - len(some)
    return table(("run", "name", "status", *names), rows) + (f"<p>and {rest:,} more</p>" if rest > 0 else "")


def diff_text(diff: Diff) -> str:
    """Return the sentence that sums up, and a line for each param, result and fact that differs."""
    widths = [max(map(len, column)) for column in zip(*_rows(diff), strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in _rows(diff)]
    return "\n".join([diff.verdict(), *(f"  {line}" for line in lines[:_MOST_ROWS])])


def diff_html(diff: Diff) -> str:
    """Return the same as a table."""
    head, *rows = _rows(diff)
    return f"<p>{escape(diff.verdict())}</p>" + (table(head, rows[:_MOST_ROWS]) if rows else "")


def _rows(diff: Diff) -> list[tuple[str, ...]]:
    rows = [(row.key, *(_shown(cell.value) for cell in row.cells)) for row in (*diff.config, *diff.results)]
    facts = [(fact.name, *map(_printable, fact.values)) for fact in diff.facts]
    return [("", *_titles(diff.runs)), *rows, *facts]


def _titles(runs: tuple[RecordedRun, ...]) -> list[str]:
    short = short_ids(run.id for run in runs)
    return [_printable(f"{short[run.id]} {run.name}".strip()) for run in runs]


def _printable(text: str) -> str:
    return text if text.isprintable() else repr(text)[1:-1]


def _shown(value: Any) -> str:  # a param's value
    return show(value, _VALUE)
