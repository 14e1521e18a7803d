"""Runs to files: CSV, JSON lines, Parquet."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

import msgspec

from setpoint._catalog.leaf import Scope

from . import tables
from .recorded import MISSING, Metric, RecordedRun
from .runs import Runs

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(runs: Runs, file: TextIO, columns: Iterable[str] | None = None) -> int:
    """Write a row a run and return how many.

    A text that a spreadsheet would run as a formula gets a ``'`` before it; numbers stay as they are.

    Args:
        runs: the runs; they are read twice, so that the header has the columns of all.
        file: opened with ``newline=""``.
        columns: names of columns; by default all that any of the runs has.

    Source:
        OWASP, "CSV Injection".
    """
    names = list(columns) if columns is not None else _all_columns(runs)
    writer = csv.writer(file)
    if names:  # of no runs
        writer.writerow([_cell(name) for name in names])
    count = 0
    for run in runs:
        values = tables.flat(run) if columns is None else {name: _value(run, name) for name in names}
        writer.writerow([_cell(values.get(name, MISSING)) for name in names])
        count += 1
    return count


def csv_lines(runs: Iterable[RecordedRun], names: Sequence[str], *, has_header: bool) -> str:
    """Return a line of CSV for each run, as ``write_csv`` writes them, with or without the header."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    if has_header:
        writer.writerow([_cell(name) for name in names])
    for run in runs:
        writer.writerow([_cell(_value(run, name)) for name in names])
    return text.getvalue()


def _value(run: RecordedRun, name: str) -> Any:  # a param's value is whatever the user put in
    if name == "tags":  # as tables.flat names them; a param of that name is config.tags
        return run.tags or MISSING
    return run.value(name)


def json_lines(runs: Iterable[RecordedRun]) -> str:
    """Return a line of JSON for each run, as ``write_jsonl`` writes them."""
    return "".join(msgspec.json.encode(as_json(run)).decode() + "\n" for run in runs)


def _all_columns(runs: Runs) -> list[str]:
    return list(dict.fromkeys(name for run in runs for name in tables.flat(run)))


def _cell(value: Any) -> str:
    if value is MISSING or value is None:
        return "" if value is MISSING else "None"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, timedelta):
        return repr(value.total_seconds())
    if isinstance(value, datetime):
        return value.isoformat(" ")
    shown = value.isoformat() if isinstance(value, date | time) else tables.text(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def write_jsonl(runs: Runs, file: TextIO, *, has_metrics: bool = False) -> int:
    """Write one JSON object a line for each run, with config and summary in plain form, and return how many.

    With *has_metrics* it has the points of all metrics too, which are read from each run's journal.
    """
    count = 0
    for run in runs:
        line = as_json(run)
        if has_metrics:
            line["metrics"] = {name: _points(run.metric(name)) for name in run.metrics}
        file.write(msgspec.json.encode(line).decode() + "\n")
        count += 1
    return count


def _points(metric: Metric) -> dict[str, list[Any]]:
    values = [value if isfinite(value) else str(value) for value in metric.values]  # "nan", "inf", "-inf"
    return {"steps": list(metric.steps), "values": values}


def as_json(run: RecordedRun) -> dict[str, Any]:
    """Return a run as JSON can hold it; what is unknown is left out. ``setpoint import`` reads it back."""
    facts = {
        "id": run.id,
        "name": run.name,
        "project": run.project,
        "group": run.group,
        "job_type": run.job_type,
        "status": run.status,
        "created": run.created.isoformat(),
        "finished": run.finished.isoformat() if run.finished is not None else None,
        "tags": run.tags,
        "notes": run.notes,
        "error": run.error,
        "host": run.value("run.host") or None,
        "user": run.value("run.user") or None,
        "commit": run.value("run.commit") or None,
    }
    known = {name: value for name, value in facts.items() if value not in (None, "", [])}
    return {**known, "config": run.plain(Scope.PARAM), "summary": run.plain(Scope.SUMMARY)}


def write_parquet(runs: Runs, path: Path) -> int:
    """Write a Parquet file, a row a run, and return how many; needs pyarrow. Columns of mixed types are text."""
    from importlib import import_module

    table: Any = runs.to_arrow()  # pyarrow has no types
    import_module("pyarrow.parquet").write_table(table, path)
    return int(table.num_rows)
