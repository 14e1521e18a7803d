"""Putting finished runs into packs, and their folders away.

A run is packed when it ended, every byte of its journal could be read, and its folder holds nothing that a pack would
not keep. What is in doubt stays as it is.
"""

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from . import layout, pack
from .reader import read_run
from .state import RunState

DAY_NS = 86_400_000_000_000
_KEPT = (layout.CONFIG_SNAPSHOT, layout.DIFF)
_PARTS = (*_KEPT, layout.PACKED)
_HIDDEN = ".packed-"
_CLAIM = ".packing"
_ABANDONED_S = 3600.0  # what a packing that was killed left; packing one day takes less


class PackReport(Struct):
    """What a packing did: runs packed and left alone, bytes of files before and after."""

    packed: int = 0
    left: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


class _Packed(Struct):
    """A folder whose run is in the pack being written, and its files: name -> size and modification time (ns)."""

    folder: Path
    files: dict[str, tuple[int, int]]


class _Rest(Struct):
    """Runs last touched before these times (ns) are packed."""

    before_ns: int
    crashed_before_ns: int


def pack_store(
    store: Path,
    *,
    older_than_ns: int = DAY_NS,
    crashed_older_than_ns: int | None = None,
    now_ns: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PackReport:
    """Pack the runs of a store that ended, and were last touched, longer than *older_than_ns* ago.

    It may be stopped anywhere: a run is then in its folder, in a pack, or in both with the same content. Days that
    another process is packing are left to it.

    Args:
        store: the store's folder.
        older_than_ns: how long a run must have been at rest, in ns.
        crashed_older_than_ns: the same for runs that crashed, which may be resumed; None for as long as any other.
        now_ns: the time now (UTC, ns since the Unix epoch); None asks the clock.
        progress: called with runs looked at and runs to look at.

    Raises:
        OSError: a folder can't be listed, or a pack can't be written.
    """
    now = time.time_ns() if now_ns is None else now_ns
    crashed_ns = older_than_ns if crashed_older_than_ns is None else crashed_older_than_ns
    rest = _Rest(now - older_than_ns, now - crashed_ns)
    report = PackReport()
    root = layout.runs_folder(store)
    days = sorted(day for day in root.iterdir() if layout.is_day(day.name)) if root.is_dir() else []
    folders = {day: _runs_of(day) for day in days}
    total, done = sum(map(len, folders.values())), 0
    for day, runs in folders.items():
        if (runs or _has_leftovers(day)) and _claim(day):
            try:
                _clean(day)
                _pack_day(day, rest, report)
            finally:
                (day / _CLAIM).unlink(missing_ok=True)
        else:
            report.left += len(runs)
        done += len(runs)
        if progress is not None:
            progress(done, total)
    return report


def _runs_of(day: Path) -> list[Path]:
    return sorted(run for run in day.iterdir() if layout.is_run_id(run.name) and run.is_dir())


def _has_leftovers(day: Path) -> bool:
    return any(path.name.startswith(_HIDDEN) or path.name.endswith(".tmp") for path in day.iterdir())


def _claim(day: Path) -> bool:
    """Tell whether this process may pack the day: no other is at it. The claim of one that was killed grows old."""
    claim = day / _CLAIM
    with suppress(FileNotFoundError):
        if time.time() - claim.stat().st_mtime >= _ABANDONED_S:
            claim.unlink()  # should two do so at once, both pack: then a run is in two packs, the same in both
    try:
        os.close(os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _ready(runs: list[Path], rest: _Rest, packed: list[_Packed]) -> Iterator[bytes]:
    """Yield the lines of those runs that can be packed, and note their folders."""
    for folder in runs:
        try:
            files = _files(folder)
            if files is None or max(mtime_ns for _, mtime_ns in files.values()) >= rest.before_ns:
                continue
            line = _line(folder, files, rest)
        except FileNotFoundError:  # it was removed meanwhile
            continue
        if line is not None:
            packed.append(_Packed(folder, files))
            yield line


def _files(folder: Path) -> dict[str, tuple[int, int]] | None:
    """Return the folder's files with their stamps; None where one is no part of a run, or there is no segment."""
    found: dict[str, tuple[int, int]] = {}
    for path in list(folder.iterdir()):
        is_journal = layout.split_segment_name(path.name) is not None or path.name in _PARTS
        stamps = path.lstat()
        if not is_journal or not stat.S_ISREG(stamps.st_mode):
            return None
        found[path.name] = (stamps.st_size, stamps.st_mtime_ns)
    return found if any(layout.split_segment_name(name) is not None for name in found) else None


def _line(folder: Path, files: dict[str, tuple[int, int]], rest: _Rest) -> bytes | None:
    state = read_run(folder)
    if state.status == "running" or state.damage or state.unknown or not state.writers:
        return None
    if state.status == "crashed" and max(mtime_ns for _, mtime_ns in files.values()) >= rest.crashed_before_ns:
        return None
    texts = {name: (folder / name).read_bytes() for name in files if name in _KEPT}
    line = pack.line_of(state, texts)
    return line if _reads_back(line, state) else None


def _reads_back(line: bytes, state: RunState) -> bool:
    """Tell whether the line gives the run back; nothing else may stand between a folder and its removal."""
    packed = pack.read_line(line)
    if packed is None:
        return False
    again = pack.line_of(pack.unpacked(packed), pack.details_of(packed).files)
    return again == line and msgspec.json.encode(packed.config, order="deterministic") == pack.config_of(state)


def _pack_day(day: Path, rest: _Rest, report: PackReport) -> None:
    runs = _runs_of(day)
    report.left += len(runs)
    packed: list[_Packed] = []
    path = pack.write_pack(day, _ready(runs, rest, packed))
    if path is None:
        return
    report.bytes_after += path.stat().st_size
    # Before their folders go: of a run in two packs nothing would tell which of them says more.
    _take_out(day, path, {item.folder.name for item in packed if layout.PACKED in item.files})
    for item in packed:
        try:
            if _put_away(day, item):
                report.packed += 1
                report.left -= 1
                report.bytes_before += sum(size for size, _ in item.files.values())
        except FileNotFoundError:  # it was removed meanwhile, or packed by another process
            continue
    os.utime(day)


def _take_out(day: Path, newest: Path, again: set[str]) -> None:
    """Take runs that were packed before, went on and were packed again out of their older packs."""
    if not again:
        return
    from .editing import replace_lines

    def without(line: bytes) -> bytes | None:
        packed = pack.read_line(line)
        return None if packed is not None and packed.id in again else line

    for path in sorted(day.iterdir()):
        if pack.is_pack(path.name) and path != newest:
            replace_lines(path, without)


def _put_away(day: Path, item: _Packed) -> bool:
    """Remove a folder whose run is in a pack, unless the run was resumed meanwhile: its folder then has more."""
    if _files(item.folder) != item.files:
        return False
    hidden = day / f"{_HIDDEN}{item.folder.name}"
    item.folder.rename(hidden)
    if _files(hidden) != item.files:
        hidden.rename(item.folder)
        return False
    shutil.rmtree(hidden)
    return True


def _clean(day: Path) -> None:
    """Finish what a packing that was killed left: hidden folders whose run is in a pack, and temporary files."""
    for path in list(day.iterdir()):
        if path.name.startswith(_HIDDEN) and path.is_dir():
            folder = day / path.name.removeprefix(_HIDDEN)
            if folder.exists():  # the run went on from its pack, which has all that is here
                shutil.rmtree(path)
            else:
                path.rename(folder)  # it is packed again; the same run twice does no harm
        elif path.name.endswith(".tmp") and time.time() - path.stat().st_mtime > _ABANDONED_S:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
