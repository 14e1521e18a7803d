"""MLflow: the file store ``mlruns/`` and the SQLite file ``mlflow.db``.

Params are texts there, and stay texts unless the context asks for them to be read as literals. Names with dots stay
one name: MLflow does not say that they are nested. Deleted runs are passed over.
"""

# ruff: noqa: S608  # statements are made of our own words; every value is bound

import ast
import sqlite3
from collections.abc import Iterator
from math import nan
from pathlib import Path
from typing import Any

from .documents import yaml_mapping
from .files import UnreadableError, folders, is_file, is_folder, read_text, walk
from .source import Context, SourceRun, add_point, put_last
from .sqlite_file import columns, is_sqlite, opened

_STATUSES = {
    "RUNNING": "running",
    "SCHEDULED": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "failed",
}
_NUMBERS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_OWN = "mlflow."
_FACTS = {
    "mlflow.user": "user",
    "mlflow.source.name": "script",
    "mlflow.parentRunId": "parent",
}
_WORDS = {"true": True, "false": False, "null": None, "nan": nan, "inf": float("inf"), "-inf": float("-inf")}
_MAX_LITERAL = 10_000
_MS = 1_000_000


def fits(path: Path) -> bool:
    """Tell whether *path* is MLflow's SQLite file, or a file store, an experiment or a run of one."""
    if not path.is_dir():
        return _is_database(path)
    return any(True for _ in _run_folders(path)) or _is_database(path / "mlflow.db")


def _is_database(path: Path) -> bool:
    if not is_sqlite(path):
        return False
    try:
        with opened(path) as connection:
            return "run_uuid" in columns(connection, "runs") and "experiment_id" in columns(connection, "experiments")
    except UnreadableError:
        return False


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield every run that was not deleted."""
    if not path.is_dir():
        yield from _database_runs(path, context)
        return
    if _is_database(path / "mlflow.db"):
        yield from _database_runs(path / "mlflow.db", context)
    found = list(_run_folders(path))
    experiments: dict[Path, str] = {}
    for done, folder in enumerate(found, 1):
        try:
            run = _folder_run(folder, experiments, context)
            if run is not None:
                yield run
        except (UnreadableError, ValueError) as error:
            context.refuse(str(error) if isinstance(error, UnreadableError) else f"{folder}: {error}")
        context.advance(done, len(found))


def _run_folders(path: Path) -> Iterator[Path]:
    """Yield the run folders of a store, its parent, an experiment, or the run itself."""
    for base in (path, path / "mlruns"):
        if not is_folder(base) and base != path:
            continue
        if is_file(base / "meta.yaml") and is_folder(base / "params"):
            yield base
            return
        for below in folders(base):
            if is_file(below / "meta.yaml"):
                yield from [below] if is_folder(below / "params") else _runs_in(below)


def _runs_in(experiment: Path) -> Iterator[Path]:
    return (folder for folder in folders(experiment) if is_file(folder / "meta.yaml") and is_folder(folder / "params"))


def _folder_run(folder: Path, experiments: dict[Path, str], context: Context) -> SourceRun | None:
    meta = yaml_mapping(folder / "meta.yaml")
    if meta.get("lifecycle_stage") == "deleted":
        return None
    if folder.parent not in experiments:
        experiments[folder.parent] = str(yaml_mapping(folder.parent / "meta.yaml").get("name") or "")
    status = meta.get("status")
    tags = _texts_below(folder / "tags")
    run = _new_run(
        str(meta.get("run_id") or meta.get("run_uuid") or folder.name),
        _NUMBERS.get(status, "") if isinstance(status, int) else str(status),
        tags,
        _texts_below(folder / "params"),
        context,
    )
    run.name = str(meta.get("run_name") or meta.get("name") or "") or tags.get("mlflow.runName", "")
    run.project = experiments[folder.parent]
    _set_times(run, meta.get("start_time"), meta.get("end_time"))
    if meta.get("user_id"):
        run.environment.setdefault("user", str(meta["user_id"]))
    _read_metrics(run, folder / "metrics", context)
    put_last(run)
    return run


def _texts_below(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): read_text(path) for path in _files_below(folder)}


def _files_below(folder: Path) -> Iterator[Path]:
    if is_folder(folder):
        yield from (above / name for above, names in walk(folder) for name in names)


def _read_metrics(run: SourceRun, folder: Path, context: Context) -> None:
    """Read lines of time (ms), value and step; the first versions of MLflow wrote no step."""
    for path in _files_below(folder):
        metric = path.relative_to(folder).as_posix()
        for number, line in enumerate(read_text(path).splitlines(), 1):
            words = line.split()
            try:
                step = int(words[2]) if len(words) > 2 else 0
                add_point(run.metrics, metric, step, float(words[1]), int(words[0]) * _MS)
            except (ValueError, IndexError, OverflowError):
                context.refuse(f"{path}:{number}: it is no point of a metric")


def _database_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    try:
        with opened(path) as connection:
            has_name = "name" in columns(connection, "runs")
            sql = (
                f"SELECT r.run_uuid, {'r.name' if has_name else 'NULL'}, r.status, r.start_time, r.end_time, "
                "r.user_id, e.name FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id "
                "WHERE r.lifecycle_stage IS NOT 'deleted' ORDER BY r.start_time, r.run_uuid"
            )
            rows = connection.execute(sql).fetchall()
            for done, row in enumerate(rows, 1):
                yield _database_run(connection, row, context)
                context.advance(done, len(rows))
    except UnreadableError as error:
        context.refuse(str(error))


def _database_run(connection: sqlite3.Connection, row: tuple[Any, ...], context: Context) -> SourceRun:
    run_id, name, status, start, end, user, project = row
    tags = _pairs(connection, "tags", run_id)
    run = _new_run(str(run_id), str(status), tags, _pairs(connection, "params", run_id), context)
    run.name = str(name or "") or tags.get("mlflow.runName", "")
    run.project = str(project or "")
    _set_times(run, start, end)
    if user:
        run.environment.setdefault("user", str(user))
    points = connection.execute(
        "SELECT key, step, value, timestamp, is_nan FROM metrics WHERE run_uuid = ? ORDER BY key, timestamp, step",
        (run_id,),
    )
    for key, step, value, timestamp, is_nan in points:
        number = nan if is_nan else float(value)
        add_point(run.metrics, str(key), int(step or 0), number, int(timestamp or 0) * _MS)
    put_last(run)
    return run


def _pairs(connection: sqlite3.Connection, table: str, run_id: str) -> dict[str, str]:
    sql = f"SELECT key, value FROM {table} WHERE run_uuid = ? ORDER BY key"
    return {str(key): str(value or "") for key, value in connection.execute(sql, (run_id,))}


def _new_run(identity: str, status: str, tags: dict[str, str], params: dict[str, str], context: Context) -> SourceRun:
    read = _literal if context.parses_params else str
    run = SourceRun(identity, config={name: read(text) for name, text in params.items()})
    run.status = _STATUSES.get(status, run.status)
    run.error = status if status == "KILLED" else ""
    run.notes = tags.get("mlflow.note.content", "")
    run.tags = [f"{name}={value}" for name, value in tags.items() if not name.startswith(_OWN)]
    run.environment = {fact: tags[name] for name, fact in _FACTS.items() if tags.get(name)}
    if commit := tags.get("mlflow.source.git.commit"):
        run.environment["git"] = {"commit": commit}
    return run


def _set_times(run: SourceRun, start: object, end: object) -> None:
    run.created_ns = start * _MS if isinstance(start, int) else 0
    run.finished_ns = end * _MS if isinstance(end, int) else 0


def _literal(text: str) -> Any:  # a param's value
    """Return the Python or JSON literal that *text* is, else the text."""
    if text in _WORDS:
        return _WORDS[text]
    try:
        return ast.literal_eval(text.strip()) if len(text) <= _MAX_LITERAL else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):  # what it raises for what is no literal
        return text
