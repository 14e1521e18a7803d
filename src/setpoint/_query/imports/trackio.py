"""Trackio: a SQLite file a project. Its tables ``configs`` and ``metrics`` hold a JSON object a row."""

# ruff: noqa: S608  # statements are made of our own words; every value is bound

import sqlite3
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path
from typing import Any

from setpoint._core.leaves import is_dict

from .documents import parse_json, time_of
from .files import UnreadableError, entries
from .source import Context, SourceRun, add_point
from .sqlite_file import columns, is_sqlite, opened

_OWN = ("_Username", "_Created", "_Group")
_SPECIAL = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}


def fits(path: Path) -> bool:
    """Tell whether *path* is a project's file, or a folder with one."""
    return bool(_databases(path))


def _databases(path: Path) -> list[Path]:
    found = [path] if not path.is_dir() else [Path(entry.path) for entry in entries(path) if entry.name.endswith(".db")]
    return [file for file in found if _is_project(file)]


def _is_project(path: Path) -> bool:
    if not is_sqlite(path):
        return False
    try:
        with opened(path) as connection:
            return {"run_name", "step", "metrics"} <= columns(connection, "metrics")
    except UnreadableError:
        return False


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield every run of every project."""
    found = _databases(path)
    for done, file in enumerate(found, 1):
        try:
            with opened(file) as connection:
                yield from _runs(connection, file, context)
        except UnreadableError as error:
            context.refuse(str(error))
        context.advance(done, len(found))


def _runs(connection: sqlite3.Connection, file: Path, context: Context) -> Iterator[SourceRun]:
    # Before version 0.24 a run was known by its name only.
    key = "run_id" if "run_id" in columns(connection, "metrics") else "run_name"
    has_config = "config" in columns(connection, "configs")
    sql = f"SELECT {key}, run_name FROM metrics"
    if has_config:
        sql += f" UNION SELECT {key}, run_name FROM configs"
    for run_id, name in connection.execute(f"{sql} ORDER BY 2, 1").fetchall():
        run = SourceRun(f"{file.stem}/{run_id}", name=str(name), project=file.stem)
        if has_config:
            for row in connection.execute(f"SELECT config, created_at FROM configs WHERE {key} = ?", (run_id,)):
                _add_config(run, _parsed(row[0], run, context, file), row[1])
        points = connection.execute(
            f"SELECT step, timestamp, metrics FROM metrics WHERE {key} = ? ORDER BY id", (run_id,)
        )
        for step, timestamp, metrics in points:
            _add_points(run, int(step), time_of(timestamp), _parsed(metrics, run, context, file))
        yield run


def _parsed(text: Any, run: SourceRun, context: Context, file: Path) -> dict[str, Any]:  # a column of any type
    try:
        found = parse_json(text)
    except (ValueError, TypeError) as error:
        context.refuse(f"{file}: run {run.name!r}: a row can't be read: {error}")
        return {}
    return found if is_dict(found) else {}


def _add_config(run: SourceRun, config: dict[str, Any], created: object) -> None:
    run.created_ns = time_of(config.get("_Created")) or time_of(created)
    run.group = str(config.get("_Group") or "")
    if config.get("_Username"):
        run.environment["user"] = str(config["_Username"])
    run.config.update({name: value for name, value in config.items() if name not in _OWN})


def _add_points(run: SourceRun, step: int, time_ns: int, values: dict[str, Any]) -> None:
    run.created_ns = run.created_ns or time_ns
    for metric, value in values.items():
        if is_dict(value) and "_type" in value:
            continue  # an image, a table, ...
        number = _SPECIAL.get(value, value) if isinstance(value, str) else value
        run.summary[metric] = number
        if isinstance(number, int | float):
            add_point(run.metrics, metric, step, float(number), time_ns)
