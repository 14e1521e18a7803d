"""TensorBoard: folders with event files; scalars become metrics, what the hparams plugin wrote becomes the config.

Each folder with event files is a run, as in TensorBoard. PyTorch's ``add_hparams`` writes the params into a folder
below, named by the time: where there is one such folder, it belongs to the run above.

Source:
    TensorFlow's ``event.proto``, ``summary.proto`` and ``tensor.proto``, TensorBoard's ``hparams/plugin_data.proto``.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from . import protobuf as pb
from .files import MAX_LOG_BYTES, UnreadableError, read_bytes, walk
from .leveldb_log import Cut
from .source import Context, SourceRun, add_point, put_last
from .tfrecord import read_records

_EVENTS = "tfevents"
_HPARAMS, _SCALARS = "hparams", "scalars"
_TIME_NAME = re.compile(r"\d{9,11}(\.\d+)?")
_STATUSES = {1: "finished", 2: "failed", 3: "running"}
_TENSORS = {1: (5, "<f", 4), 2: (6, "<d", 8)}
"""By tensor type (float, double): the field with its values, their form and size."""
_INTEGERS = {3: 7, 9: 10}
"""By tensor type (int32, int64): the field with its values."""


def fits(path: Path) -> bool:
    """Tell whether there is an event file below *path*, or *path* is one."""
    return _EVENTS in path.name if not path.is_dir() else any(_event_files(names) for _, names in walk(path))


def _event_files(names: list[str]) -> list[str]:
    return [name for name in names if _EVENTS in name and not name.endswith((".profile-empty", ".tmp"))]


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield a run for each folder with event files that can be read."""
    if not path.is_dir():
        found = {path.parent: [path.name]}
        path = path.parent
    else:
        found = {folder: files for folder, names in walk(path) if (files := _event_files(names))}
    children = _hparams_folders(found)
    for done, (folder, names) in enumerate(found.items(), 1):
        if folder not in children.values():
            reading = _read_folder(folder, names, context)
            child = children.get(folder)
            if child is not None:
                _join(reading, _read_folder(child, found[child], context))
            if reading.records:
                yield reading.settled(folder, path)
        context.advance(done, len(found))


def _hparams_folders(found: dict[Path, list[str]]) -> dict[Path, Path]:
    """Return, by the folder above, each folder that ``add_hparams`` made and that is the only such one there."""
    below: dict[Path, list[Path]] = {}
    for folder in found:
        if folder.parent in found and _TIME_NAME.fullmatch(folder.name):
            below.setdefault(folder.parent, []).append(folder)
    return {above: some[0] for above, some in below.items() if len(some) == 1}


class _Reading(Struct):
    """What the events of a folder say so far."""

    run: SourceRun
    plugins: dict[str, str]
    first_s: float = 0.0
    last_s: float = 0.0
    records: int = 0

    def settled(self, folder: Path, root: Path) -> SourceRun:
        """Return the run; its name is the folder's, as TensorBoard has it."""
        run = self.run
        relative = folder.relative_to(root).as_posix()
        run.name = relative if relative != "." else folder.name
        run.identity = f"{folder.name}/{run.identity}/{self.first_s!r}"
        run.created_ns = run.created_ns or _ns(self.first_s)
        put_last(run)
        return run


def _ns(seconds: float) -> int:
    return round(seconds * 1e6) * 1000 if 0 < seconds < 1e11 else 0


def _read_folder(folder: Path, names: list[str], context: Context) -> _Reading:
    reading = _Reading(SourceRun(names[0]), {})
    for name in names:
        try:
            data = read_bytes(folder / name, MAX_LOG_BYTES)
        except UnreadableError as error:
            context.refuse(str(error))
            continue
        for record in read_records(data):
            if isinstance(record, Cut):
                context.refuse(f"{folder / name}: byte {record.start}: {record.problem}")
                continue
            try:
                _add_event(reading, pb.read_message(record))
            except ValueError as error:
                context.refuse(f"{folder / name}: an event can't be read: {error}")
    return reading


def _join(reading: _Reading, child: _Reading) -> None:
    reading.run.config.update(child.run.config)
    for metric, series in child.run.metrics.items():
        reading.run.metrics.setdefault(metric, series)
    if child.run.status != "unknown":
        reading.run.status, reading.run.finished_ns = child.run.status, child.run.finished_ns
    reading.records += child.records


def _add_event(reading: _Reading, event: pb.Message) -> None:
    wall_s, step = pb.double(event, 1), pb.signed(event, 2)
    reading.records += 1
    reading.first_s = reading.first_s or wall_s
    reading.last_s = max(reading.last_s, wall_s)
    for summary in pb.messages(event, 5):
        for value in pb.messages(summary, 1):
            _add_value(reading, value, step, _ns(wall_s))


def _add_value(reading: _Reading, value: pb.Message, step: int, time_ns: int) -> None:
    tag = pb.text(value, 1)
    plugin = pb.inner(pb.inner(value, 9), 1)
    # Only the first value of a tag has to name the plugin.
    name = reading.plugins.setdefault(tag, pb.text(plugin, 1))
    if name == _HPARAMS:
        _add_hparams(reading.run, pb.read_message(_bytes(plugin, 2)))
    elif 2 in value:
        add_point(reading.run.metrics, tag, step, pb.single(value, 2), time_ns)
    elif 8 in value and name == _SCALARS:
        number = _scalar(pb.inner(value, 8))
        if number is not None:
            add_point(reading.run.metrics, tag, step, number, time_ns)


def _bytes(message: pb.Message, number: int) -> bytes:
    value = message.get(number, [b""])[-1]
    return value if isinstance(value, bytes) else b""


def _scalar(tensor: pb.Message) -> float | None:
    """Return the one number of a tensor; None where it holds none, or is of a type that scalars don't have."""
    dtype = pb.signed(tensor, 1)
    if dtype in _TENSORS:
        field, form, size = _TENSORS[dtype]
        data = _bytes(tensor, 4) or _bytes(tensor, field)
        if len(data) == size:
            return float(struct.unpack(form, data)[0])
        return (pb.single if size == 4 else pb.double)(tensor, field) if field in tensor and not data else None
    if dtype in _INTEGERS:
        data = _bytes(tensor, 4)
        if data:
            return float(int.from_bytes(data, "little", signed=True)) if len(data) in (4, 8) else None
        packed = _bytes(tensor, _INTEGERS[dtype])
        return float(pb.signed(pb.read_message(b"\x08" + packed), 1)) if packed else 0.0
    return None


def _add_hparams(run: SourceRun, data: pb.Message) -> None:
    for start in pb.messages(data, 3):
        for entry in pb.messages(start, 1):
            run.config[pb.text(entry, 1)] = _plain(pb.inner(entry, 2))
        run.group = pb.text(start, 4) or run.group
        run.created_ns = _ns(pb.double(start, 5)) or run.created_ns
    for end in pb.messages(data, 4):
        run.status = _STATUSES.get(pb.signed(end, 1), run.status)
        run.finished_ns = _ns(pb.double(end, 2))


def _plain(value: pb.Message) -> Any:  # a param's value
    """Return what a ``google.protobuf.Value`` holds; it has no integers: every number is a double."""
    if 2 in value:
        return pb.double(value, 2)
    if 3 in value:
        return pb.text(value, 3)
    if 4 in value:
        return bool(pb.signed(value, 4))
    if 5 in value:
        return {pb.text(entry, 1): _plain(pb.inner(entry, 2)) for entry in pb.messages(pb.inner(value, 5), 1)}
    if 6 in value:
        return [_plain(item) for item in pb.messages(pb.inner(value, 6), 1)]
    return None
