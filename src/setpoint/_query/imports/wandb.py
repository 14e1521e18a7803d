"""Weights & Biases: the folders of runs that it keeps, offline or not, below ``wandb/``.

The records of ``run-<id>.wandb`` come first; ``files/config.yaml`` and ``files/wandb-summary.json`` tell what they
don't. Several folders of one run (it was resumed) are one run.

Source:
    W&B's ``wandb/proto/wandb_internal.proto``: names and numbers of the fields.
"""

from collections.abc import Iterator
from math import inf, nan
from pathlib import Path
from typing import Any

from setpoint._core.change import Path as KeyPath
from setpoint._core.keys import join_key
from setpoint._core.leaves import is_dict

from . import protobuf as pb
from .documents import json_object, parse_json, yaml_mapping
from .files import MAX_LOG_BYTES, UnreadableError, entries, is_folder, read_bytes, walk
from .leveldb_log import Cut, read_records
from .source import Context, SourceRun, add_point

_HISTORY, _SUMMARY, _CONFIG, _RUN, _EXIT, _ENVIRONMENT = 2, 3, 5, 17, 18, 26
_JSON = 16
_OWN = "_wandb"
_DEPTH = 6


def fits(path: Path) -> bool:
    """Tell whether there is a folder of a run below *path*, or *path* is one or a run's file."""
    return path.suffix == ".wandb" if not path.is_dir() else next(_folders(path), None) is not None


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield the runs; folders whose files name the same run are one."""
    parts: dict[str, list[Path]] = {}
    for folder in [path.parent] if not path.is_dir() else _folders(path):
        run_id = folder.name.rpartition("-")[2]
        parts.setdefault(run_id, []).append(folder)
    for done, (run_id, some) in enumerate(parts.items(), 1):
        run = _read_run(run_id, some, context)
        if run is not None:
            yield run
        context.advance(done, len(parts))


def _folders(path: Path) -> Iterator[Path]:
    for folder, names in walk(path, _DEPTH):
        is_run = folder.name.startswith(("run-", "offline-run-"))
        if any(name.endswith(".wandb") for name in names) or (is_run and _has_config(folder)):
            yield folder


def _has_config(folder: Path) -> bool:
    files = folder / "files"
    return is_folder(files) and any(entry.name == "config.yaml" for entry in entries(files))


def _read_run(run_id: str, folders: list[Path], context: Context) -> SourceRun | None:
    reading = _Reading(run_id)
    is_read = False
    for folder in folders:
        for entry in entries(folder):
            if entry.name.endswith(".wandb"):
                is_read = _read_file(reading, Path(entry.path), context) or is_read
        is_read = _read_files(reading, folder / "files", context) or is_read
    return reading.settled() if is_read else None


def _read_file(reading: "_Reading", path: Path, context: Context) -> bool:
    try:
        data = read_bytes(path, MAX_LOG_BYTES)
    except UnreadableError as error:
        context.refuse(str(error))
        return False
    count = 0
    for record in read_records(data):
        if isinstance(record, Cut):
            context.refuse(f"{path}: byte {record.start}: {record.problem}")
            continue
        try:
            reading.add(pb.read_message(record))
            count += 1
        except ValueError as error:
            context.refuse(f"{path}: a record can't be read: {error}")
    return count > 0


def _read_files(reading: "_Reading", files: Path, context: Context) -> bool:
    if not is_folder(files):
        return False
    count = 0
    for read, name in ((reading.add_config, "config.yaml"), (reading.add_summary, "wandb-summary.json")):
        try:
            found = yaml_mapping(files / name) if name.endswith("yaml") else json_object(files / name)
            read(found)
            count += bool(found)
        except UnreadableError as error:
            context.refuse(str(error))
    return count > 0


class _Reading:
    """What the records of one run say so far."""

    def __init__(self, run_id: str) -> None:
        self.run = SourceRun(run_id)
        self._entity = ""
        self._last: dict[KeyPath, float] = {}

    def add(self, record: pb.Message) -> None:
        """Take a record in; raises ValueError where it is none."""
        for message in pb.messages(record, _RUN):
            self._add_run(message)
        for message in pb.messages(record, _CONFIG):
            self._add_items(self.run.config, message)
        for message in pb.messages(record, _SUMMARY):
            self._add_items(self.run.summary, message)
        for message in pb.messages(record, _HISTORY):
            self._add_history(message)
        for message in pb.messages(record, _ENVIRONMENT):
            self._add_environment(message)
        for message in pb.messages(record, _EXIT):
            self._add_exit(message)

    def _add_run(self, message: pb.Message) -> None:
        run = self.run
        run.identity = pb.text(message, 1) or run.identity
        self._entity = pb.text(message, 2) or self._entity
        for name, number in (("project", 3), ("group", 6), ("job_type", 7), ("name", 8), ("notes", 9), ("host", 13)):
            setattr(run, name, pb.text(message, number) or getattr(run, name))
        run.tags = pb.texts(message, 10) or run.tags
        start = pb.inner(message, 17)
        started_ns = pb.signed(start, 1) * 1_000_000_000 + pb.signed(start, 2)
        if started_ns > 0 and (not run.created_ns or started_ns < run.created_ns):
            run.created_ns = started_ns
        if commit := pb.text(pb.inner(message, 21), 2):
            run.environment["git"] = {"commit": commit}
        if 4 in message:
            self._add_items(run.config, pb.inner(message, 4))
        # A later session of the run begins anew: how the one before ended is no longer how the run did.
        run.status, run.exit_code, run.finished_ns = "unknown", None, 0

    def _add_items(self, tree: dict[str, Any], message: pb.Message) -> None:
        for item in pb.messages(message, 1):
            if (path := _path(item)) and path[0] != _OWN:
                _put(tree, path, _value(item))
        for item in pb.messages(message, 2):
            _remove(tree, _path(item))

    def _add_history(self, message: pb.Message) -> None:
        step = pb.signed(pb.inner(message, 2), 1)
        values: dict[str, Any] = {}
        for item in pb.messages(message, 1):
            if path := _path(item):
                _put(values, path, _value(item))
        step = int(values.pop("_step", step))
        time_ns = round(_number(values.pop("_timestamp", 0)) * 1e6) * 1000
        values.pop("_runtime", None)
        for path, value in _numbers((), values):
            self._last[path] = value
            add_point(self.run.metrics, _metric(path), step, value, time_ns)

    def _add_environment(self, message: pb.Message) -> None:
        told = {
            "command": [text for text in (pb.text(message, 14), pb.text(message, 6), *pb.texts(message, 5)) if text],
            "argv": [text for text in (pb.text(message, 6), *pb.texts(message, 5)) if text],
            "executable": pb.text(message, 14),
            "folder": pb.text(message, 11),
            "user": pb.text(message, 13),
            "host": pb.text(message, 12),
        }
        self.run.environment.update({name: value for name, value in told.items() if value})
        self.run.host = pb.text(message, 12) or self.run.host
        if commit := pb.text(pb.inner(message, 9), 2):
            self.run.environment["git"] = {"commit": commit}

    def _add_exit(self, message: pb.Message) -> None:
        run = self.run
        run.exit_code = pb.signed(message, 1)
        run.status = "finished" if run.exit_code == 0 else "failed"
        if (runtime := pb.signed(message, 2)) > 0 and run.created_ns:
            run.finished_ns = run.created_ns + runtime * 1_000_000_000

    def add_config(self, found: dict[str, Any]) -> None:
        """Take in ``config.yaml``: it tells params that the records don't."""
        for name, entry in found.items():
            if name in (_OWN, "wandb_version") or not is_dict(entry) or "value" not in entry:
                continue
            self.run.config.setdefault(name, entry["value"])

    def add_summary(self, found: dict[str, Any]) -> None:
        """Take in ``wandb-summary.json``: it tells results that the records don't."""
        for name, value in found.items():
            self.run.summary.setdefault(name, value)

    def settled(self) -> SourceRun:
        """Return the run."""
        run = self.run
        run.identity = "/".join(part for part in (self._entity, run.project, run.identity) if part)
        for name in (_OWN, "_runtime", "_timestamp", "_step"):
            run.summary.pop(name, None)
        run.summary = {name: _special(value) for name, value in run.summary.items()}
        for path, value in self._last.items():
            if path[0] not in run.summary:  # the file was cut before its summary
                _put(run.summary, path, value)
        return run


def _path(item: pb.Message) -> KeyPath:
    key = pb.text(item, 1)
    return tuple(pb.texts(item, 2)) or ((key,) if key else ())


def _value(item: pb.Message) -> Any:  # a param's value
    """Return an item's value: typed (fields 4 to 8) as newer versions write history, else JSON."""
    if 4 in item:
        return bool(pb.signed(item, 4))
    if 5 in item:
        return pb.signed(item, 5)
    if 6 in item:
        return pb.double(item, 6)
    if 7 in item:
        return pb.text(item, 7)
    text = pb.text(item, 8) or pb.text(item, _JSON)
    return _special(parse_json(text)) if text else None


_SPECIAL = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}


def _special(value: Any) -> Any:  # a result
    """Return the number that W&B writes as a text where JSON has none."""
    return _SPECIAL.get(value, value) if isinstance(value, str) else value


def _put(tree: dict[str, Any], path: KeyPath, value: Any) -> None:  # a param's value
    at = tree
    for name in path[:-1]:
        below = at.get(str(name))
        if not is_dict(below):
            below = at[str(name)] = {}
        at = below
    at[str(path[-1])] = value


def _remove(tree: dict[str, Any], path: KeyPath) -> None:
    at: Any = tree
    for name in path[:-1]:
        at = at.get(str(name)) if is_dict(at) else None
    if path and is_dict(at):
        at.pop(str(path[-1]), None)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _numbers(above: KeyPath, values: dict[str, Any]) -> Iterator[tuple[KeyPath, float]]:
    """Yield path and number of what was logged, sections taken apart; media, which say their type, are no sections."""
    for name, value in values.items():
        path = (*above, name)
        if is_dict(value):
            yield from _numbers(path, value) if "_type" not in value else ()
        elif isinstance(value, int | float):
            yield path, float(value)


def _metric(path: KeyPath) -> str:
    return join_key(path) if len(path) != 1 else str(path[0])
