"""Putting finished runs into packs, and their folders away.

A run is packed when it ended, every byte of its journal could be read, and its folder holds nothing that a pack would
not keep. What is in doubt stays as it is.
"""

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from . import layout, pack
from .reader import read_run
from .state import RunState

DAY_NS = 86_400_000_000_000
_KEPT = (layout.CONFIG_SNAPSHOT, layout.DIFF)
_HIDDEN = ".packed-"
_ABANDONED_S = 3600.0  # a temporary file of a packing that was killed


class PackReport(Struct):
    """What a packing did: runs packed and left alone, bytes of files before and after."""

    packed: int = 0
    left: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


class _Ready(Struct):
    folder: Path
    state: RunState
    line: bytes
    files: dict[str, tuple[int, int]]  # name -> size and modification time (ns)


def pack_store(
    store: Path,
    *,
    older_than_ns: int = DAY_NS,
    now_ns: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PackReport:
    """Pack the runs of a store that ended, and were last touched, longer than *older_than_ns* ago.

    It may be stopped anywhere: a run is then in its folder, in a pack, or in both with the same content.

    Args:
        store: the store's folder.
        older_than_ns: how long a run must have been at rest, in ns.
        now_ns: the time now (UTC, ns since the Unix epoch); None asks the clock.
        progress: called with runs looked at and runs to look at.

    Raises:
        OSError: a folder can't be listed, or a pack can't be written.
    """
    before_ns = (time.time_ns() if now_ns is None else now_ns) - older_than_ns
    report = PackReport()
    root = layout.runs_folder(store)
    days = sorted(day for day in root.iterdir() if layout.is_day(day.name)) if root.is_dir() else []
    for day in days:
        _clean(day)
    folders = {day: sorted(run for run in day.iterdir() if layout.is_run_id(run.name) and run.is_dir()) for day in days}
    total, done = sum(map(len, folders.values())), 0
    for day, runs in folders.items():
        ready = list(_ready(runs, before_ns))
        if ready:
            _pack_day(day, ready, report)
        report.left += len(runs) - len(ready)
        done += len(runs)
        if progress is not None:
            progress(done, total)
    return report


def _ready(folders: list[Path], before_ns: int) -> Iterator[_Ready]:
    for folder in folders:
        files = _files(folder)
        if files is not None and all(mtime_ns < before_ns for _, mtime_ns in files.values()):
            found = _read(folder, files)
            if found is not None:
                yield found


def _files(folder: Path) -> dict[str, tuple[int, int]] | None:
    """Return the folder's files with their stamps; None where one is no part of a run, or there is no segment."""
    found: dict[str, tuple[int, int]] = {}
    for path in list(folder.iterdir()):
        is_journal = layout.split_segment_name(path.name) is not None or path.name in _KEPT
        stamps = path.lstat()
        if not is_journal or not stat.S_ISREG(stamps.st_mode):
            return None
        found[path.name] = (stamps.st_size, stamps.st_mtime_ns)
    return found if any(layout.split_segment_name(name) is not None for name in found) else None


def _read(folder: Path, files: dict[str, tuple[int, int]]) -> _Ready | None:
    state = read_run(folder)
    if state.status == "running" or state.damage or state.unknown or not state.writers:
        return None
    texts = {name: (folder / name).read_bytes() for name in files if name in _KEPT}
    line = pack.line_of(state, texts)
    return _Ready(folder, state, line, files) if _reads_back(line, state) else None


def _reads_back(line: bytes, state: RunState) -> bool:
    """Tell whether the line gives the run back; nothing else may stand between a folder and its removal."""
    packed = pack.read_line(line)
    if packed is None:
        return False
    again = pack.line_of(pack.unpacked(packed), pack.details_of(packed).files)
    return again == line and msgspec.json.encode(packed.config, order="deterministic") == pack.config_of(state)


def _pack_day(day: Path, ready: list[_Ready], report: PackReport) -> None:
    path = pack.write_pack(day, (item.line for item in ready))
    assert path is not None
    report.bytes_after += path.stat().st_size
    for item in ready:
        if _files(item.folder) != item.files:
            continue  # it was resumed meanwhile: its folder holds more than the pack, and counts
        hidden = day / f"{_HIDDEN}{item.folder.name}"
        item.folder.rename(hidden)
        if _files(hidden) != item.files:
            hidden.rename(item.folder)
            continue
        shutil.rmtree(hidden)
        report.packed += 1
        report.bytes_before += sum(size for size, _ in item.files.values())
    os.utime(day)


def _clean(day: Path) -> None:
    """Finish what a packing that was killed left: hidden folders whose run is in a pack, and temporary files."""
    for path in list(day.iterdir()):
        if path.name.startswith(_HIDDEN) and path.is_dir():
            path.rename(day / path.name.removeprefix(_HIDDEN))  # it is packed again; the same run twice does no harm
        elif path.name.endswith(".tmp") and time.time() - path.stat().st_mtime > _ABANDONED_S:
            path.unlink()
