"""A run in a pack that goes on: its folder made again, with the pack's line in it, which its new segments go on from.

The pack stays as it is. Where a folder and a pack have the same run, the folder counts; when it is packed again, its
line is taken out of the pack it was in before.
"""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from . import layout, pack
from .segment import make_folder, sync_folder
from .state import RunState


class Found(Struct, frozen=True):
    """A run in a pack: the pack, and the run's line."""

    path: Path
    line: bytes

    @property
    def state(self) -> RunState:
        """What the run says."""
        return pack.unpacked(self._packed)

    @property
    def _packed(self) -> pack.PackedRun:
        packed = pack.read_line(self.line)
        assert packed is not None  # it was read when it was found
        return packed

    def unpack(self) -> Path:
        """Make the run's folder and return it; its pack stays. On return it is on disk; raises OSError."""
        folder = self.path.parent / self._packed.id
        hidden = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}.tmp")
        make_folder(hidden)
        for name, content in {**pack.details_of(self._packed).files, layout.PACKED: self.line}.items():
            fd = os.open(hidden / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        try:
            hidden.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            for path in hidden.iterdir():  # another process that resumes it was faster
                path.unlink()
            hidden.rmdir()
        sync_folder(folder.parent)
        return folder


def find_packed_run(store: Path, run_id: str) -> Found | None:
    """Return a run that is in a pack, by its id; None where no pack has it; raises OSError."""
    needle = b'"id":"%b"' % run_id.encode()
    for path in _packs(store):
        for line in _lines_with(path, needle):
            packed = pack.read_line(line)
            if packed is not None and packed.id == run_id:
                return Found(path, line)
    return None


def _packs(store: Path) -> Iterator[Path]:
    """Yield the packs of a store, the newest day first, and of a day the one that was written last."""
    root = layout.runs_folder(store)
    days = sorted((day for day in root.iterdir() if layout.is_day(day.name)), reverse=True) if root.is_dir() else []
    for day in days:
        packs = [day / name for name in os.listdir(day) if pack.is_pack(name)]  # noqa: PTH208  # half the time of iterdir
        yield from sorted(packs, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _lines_with(path: Path, needle: bytes) -> Iterator[bytes]:
    """Yield the lines that have *needle*, without a look at each: a pack may have 100,000."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = data.find(needle)
            while at >= 0:
                end = data.find(b"\n", at) + 1 or len(data)
                yield data[data.rfind(b"\n", 0, at) + 1 : end]
                at = data.find(needle, end)


def later_runs(store: Path, day: str, after_ns: int) -> Iterator[RunState]:
    """Yield the runs in the packs of *day* and later that began after *after_ns* (UTC, ns since the Unix epoch)."""
    for path in _packs(store):
        if path.parent.name < day:
            return
        for item in pack.read_entries(path, _Began):
            if item.entry is not None and item.entry.created_ns > after_ns:
                state = pack.read_packed(path, item.offset, item.size_bytes, item.entry.id)
                if state is not None:
                    yield state


class _Began(Struct):
    id: str
    created_ns: int
