"""Sacred: the folders that its FileStorageObserver writes, one a run. Its times are in UTC."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from setpoint._core.leaves import is_dict, is_list

from .documents import json_object, text_in, time_of
from .files import UnreadableError, is_file, walk
from .source import Context, SourceRun, add_point, put_last

_STATUSES = {
    "RUNNING": "running",
    "COMPLETED": "finished",
    "FAILED": "failed",
    "INTERRUPTED": "failed",
    "TIMED_OUT": "failed",
}
_DEPTH = 4


def fits(path: Path) -> bool:
    """Tell whether there is a run's folder below *path*, or *path* is one."""
    return path.is_dir() and next(_folders(path), None) is not None


def _folders(path: Path) -> Iterator[Path]:
    return (folder for folder, names in walk(path, _DEPTH) if {"run.json", "config.json"} <= set(names))


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield every run."""
    found = list(_folders(path))
    for done, folder in enumerate(found, 1):
        try:
            yield _read_run(folder, context)
        except UnreadableError as error:
            context.refuse(str(error))
        context.advance(done, len(found))


def _read_run(folder: Path, context: Context) -> SourceRun:
    facts, config = _object(folder, "run.json", context), _object(folder, "config.json", context)
    if not facts and not config:
        raise UnreadableError(str(folder), "neither run.json nor config.json can be read")
    experiment, host, meta = (_section(facts, name) for name in ("experiment", "host", "meta"))
    status = text_in(facts, "status")
    identity = "/".join(
        (text_in(experiment, "name"), folder.name, text_in(facts, "start_time"), text_in(host, "hostname"))
    )
    run = SourceRun(identity, name=folder.name, project=text_in(experiment, "name"), host=text_in(host, "hostname"))
    run.config = config
    run.status = _STATUSES.get(status, run.status)
    run.created_ns, run.finished_ns = time_of(facts.get("start_time")), time_of(facts.get("stop_time"))
    run.notes = text_in(meta, "comment") or text_in(_section(meta, "options"), "--comment")
    run.error = _error(status, facts.get("fail_trace"))
    run.summary = _object(folder, "info.json", context)
    if facts.get("result") is not None:
        run.summary["result"] = facts["result"]
    _add_environment(run, host, experiment)
    _add_metrics(run, folder, context)
    put_last(run)
    return run


def _object(folder: Path, name: str, context: Context) -> dict[str, Any]:
    try:
        return json_object(folder / name)
    except UnreadableError as error:
        context.refuse(str(error))
        return {}


def _section(found: dict[str, Any], name: str) -> dict[str, Any]:
    section: Any = found.get(name)
    return section if is_dict(section) else {}


def _error(status: str, trace: object) -> str:
    if is_list(trace) and trace:
        return str(trace[-1]).strip()
    return status if status in ("INTERRUPTED", "TIMED_OUT") else ""


def _add_environment(run: SourceRun, host: dict[str, Any], experiment: dict[str, Any]) -> None:
    if version := text_in(host, "python_version"):
        run.environment["python"] = {"version": version}
    if script := text_in(experiment, "mainfile"):
        run.environment["script"] = script
    dependencies = experiment.get("dependencies")
    if is_list(dependencies) and dependencies:
        pairs = (str(one).partition("==") for one in dependencies)
        run.environment["packages"] = {name: version for name, _, version in pairs}
    repositories = experiment.get("repositories")
    if is_list(repositories) and repositories and (commit := text_in(repositories[0], "commit")):
        run.environment["git"] = {"commit": commit}


def _add_metrics(run: SourceRun, folder: Path, context: Context) -> None:
    if not is_file(folder / "metrics.json"):
        return
    for metric, series in _object(folder, "metrics.json", context).items():
        columns = [series.get(name) if is_dict(series) else None for name in ("steps", "values", "timestamps")]
        steps, values, times = (column if is_list(column) else [] for column in columns)
        try:
            for at, (step, value) in enumerate(zip(steps, values, strict=True)):
                add_point(run.metrics, metric, int(step), float(value), time_of(times[at]) if at < len(times) else 0)
        except (ValueError, TypeError, OverflowError) as error:
            context.refuse(f"{folder / 'metrics.json'}: metric {metric!r}: {error}")
