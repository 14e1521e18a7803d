"""Journals back to records, whatever has happened to their bytes.

Reading never changes a file, and never raises for what a file holds.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from . import layout, liveness
from .fold import fold
from .frame import Frame, FrameError, from_line
from .state import Damage, RunState, WriterState

_BUFFER_BYTES = 1 << 18
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Place(Struct):
    """A place at the start of a line: the offset in bytes, and how many lines are before it."""

    offset: int = 0
    lines: int = 0


def find_runs(store: Path) -> Iterator[Path]:
    """Yield the folders of all runs in a store, the newest day first; a store that is not there has none."""
    for day in _days(store):
        for name in sorted(filter(layout.is_run_id, _subfolders(day)), reverse=True):
            yield day / name


def find_run(store: Path, run_id: str) -> Path | None:
    """Return the folder of a run by its id, or None; looks once a day, however many runs a day has."""
    for folder in (day / run_id for day in _days(store)):
        with suppress(OSError):
            if stat.S_ISDIR(folder.stat(follow_symlinks=False).st_mode):
                return folder
    return None


def find_segments(folder: Path) -> list[Path]:
    """Return the segments in a run's folder, by writer and part; raises OSError where the folder can't be listed."""
    found = [(named, path) for path in folder.iterdir() if (named := layout.split_segment_name(path.name))]
    return [path for _, path in sorted(found)]


def read_run(folder: Path) -> RunState:
    """Return what the journal in a run's folder says.

    A segment that can't be read is listed as damage. ``status`` is ``running`` only while the leading process lives:
    without a finish record and without the process, it is ``crashed``.

    Raises:
        OSError: the folder can't be listed.
    """
    segments = find_segments(folder)
    before, damage = _before(folder / layout.PACKED)
    state = fold(folder.name, ((path.name.partition(".")[0], iter_records(path)) for path in segments), before)
    state.damage.extend(damage)
    close_reading(state, segments)
    return state


def close_reading(state: RunState, segments: Iterable[Path]) -> None:
    """Say of a run without a finish record whether it lives, and of one that does that its last write is under way."""
    if state.status == "running" and not _is_running(state, segments):
        state.status = "crashed"
    if state.status == "running":
        state.damage = [damage for damage in state.damage if damage.kind != "torn"]


def _before(path: Path) -> tuple[RunState | None, list[Damage]]:
    """Return what the run said before it was packed and resumed, if it was."""
    try:
        with _open(path) as file:
            line = file.read()
    except FileNotFoundError:
        return None, []
    except OSError as error:
        return None, [Damage(str(path), "unreadable", 0, 0, 0, error.strerror or str(error))]
    from . import pack  # only few runs have one

    packed = pack.read_line(line)
    if packed is None or packed.id != path.parent.name:
        return None, [Damage(str(path), "checksum", 0, len(line), 1, "it is no run, or another one")]
    return pack.unpacked(packed), []


def iter_records(path: Path) -> Iterator[Frame | Damage]:
    """Yield the records of a segment in the order of its bytes, and the ranges of bytes that are none."""
    try:
        file = _open(path)
    except OSError as error:
        yield Damage(str(path), "unreadable", 0, 0, 0, f"can't be opened: {error.strerror or error}")
        return
    place = Place()
    with file:
        try:
            yield from frames_in(file, str(path), place)
        except OSError as error:  # a bad sector, a network disk that went away
            yield Damage(str(path), "unreadable", place.offset, place.offset, place.lines, f"reading failed: {error}")


def read_from(path: Path, offset: int) -> Iterator[Frame | Damage]:
    """Yield what a live segment holds from the line on that *offset* lies in; a last line without its end is left.

    Raises:
        OSError: the segment can't be read.
    """
    with _open(path) as file:
        start = _line_start(file, offset)
        yield from _frames_from(file, path, Place(start))


def read_on(path: Path, place: Place) -> Iterator[Frame | Damage]:
    """Yield what a live segment holds from *place* on, which moves on with each line. Likewise."""
    with _open(path) as file:
        yield from _frames_from(file, path, place)


def _frames_from(file: BinaryIO, path: Path, place: Place) -> Iterator[Frame | Damage]:
    file.seek(place.offset)
    yield from frames_in(file, str(path), place, is_live=True)


def _line_start(file: BinaryIO, offset: int) -> int:
    """Return where the line begins that holds the byte at *offset*, or that follows the newline before it."""
    while offset > 0:
        begin = max(0, offset - _BUFFER_BYTES)
        file.seek(begin)
        newline = file.read(offset - begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        offset = begin
    return 0


def frames_in(
    file: BinaryIO, path: str, place: Place | None = None, *, is_live: bool = False
) -> Iterator[Frame | Damage]:
    """Yield what an open segment holds from its position on.

    Args:
        file: the segment, open for reading.
        path: its path, for the reports.
        place: the position, which moves on with each line; without it, the file's start.
        is_live: leave a last line that has no end yet.
    """
    place = place or Place()
    for line in file:
        start, is_whole = place.offset, line.endswith(b"\n")
        if not is_whole and is_live:
            return
        place.offset += len(line)
        place.lines += 1
        payload = line[:-1] if is_whole else line
        if not payload:
            continue  # it ended what a failed write had left
        try:
            yield Frame(from_line(payload), path, start, place.offset, place.lines)
        except FrameError as error:
            kind = error.kind if is_whole else "torn"
            yield Damage(path, kind, start, place.offset, place.lines, error.detail)


def _open(path: Path) -> BinaryIO:
    fd = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError("it is no regular file")
        return os.fdopen(fd, "rb", _BUFFER_BYTES)
    except BaseException:
        os.close(fd)
        raise


def _days(store: Path) -> list[Path]:
    """Return the day folders, the newest first."""
    root = layout.runs_folder(store)
    return [root / name for name in sorted(filter(layout.is_day, _subfolders(root)), reverse=True)]


def _subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder that may not be there; links are none."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _is_running(state: RunState, segments: Iterable[Path]) -> bool:
    """Tell whether the writer that leads the newest session lives; without a leading one, whether any writer does."""
    touched_s: dict[str, float] = {}
    for path in segments:
        with suppress(OSError):  # packed away since it was listed
            writer = path.name.partition(".")[0]
            touched_s[writer] = max(touched_s.get(writer, 0.0), path.stat().st_mtime)
    leading = [writer for writer in state.writers if writer.role == "main" or writer.rank == 0]
    newest = max((writer.session for writer in leading), default=0)
    asked = [writer for writer in leading if writer.session == newest] or state.writers
    return any(_is_alive(writer, touched_s.get(writer.name, 0.0)) for writer in asked)


def _is_alive(writer: WriterState, touched_s: float) -> bool:
    return liveness.is_alive(
        writer.boot_id, writer.host, writer.pid, writer.process_started, touched_s, liveness.now_s()
    )
