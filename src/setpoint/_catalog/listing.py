"""What changed in a store since its catalog last looked: listed by time stamps, before anything is read.

A day folder is listed again when its modification time changed (opening a segment and writing a pack change it) and, as
time stamps are coarse, once more when it was younger than two seconds.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from setpoint._journal import layout

from .database import Database

Progress = Callable[[int, int], None]
"""Called with the work done so far and all the work; the unit is about a run in a folder of its own."""

RACY_NS = 2_000_000_000  # NFS and FAT keep times to the second or two
PACKED_RUN_BYTES = 20_000  # of a pack take about as long as one run in a folder


class Found(Struct):
    """A folder or pack to read, with the stamps it had before it was read."""

    path: Path
    size_bytes: int
    mtime_ns: int


class Known(Struct, frozen=True):
    """What the catalog knows of a run in a folder: its stamps."""

    id: str
    size_bytes: int
    mtime_ns: int


class Day(Struct):
    """A day whose listing differs from what the catalog knows."""

    name: str
    mtime_ns: int
    is_settled: bool
    folders: list[Found]
    packs: list[Found]
    gone: list[str]
    gone_packs: list[int]

    @property
    def work(self) -> int:
        """How long reading takes, in runs in folders of their own."""
        return len(self.folders) + sum(1 + found.size_bytes // PACKED_RUN_BYTES for found in self.packs)


class Changes(Struct):
    """The days to take in, the days that are gone, and whether runs are live, which are looked at each time."""

    days: list[Day]
    gone: list[str]
    has_live: bool

    @property
    def is_nothing(self) -> bool:
        """Whether the catalog says what the journals say already."""
        return not (self.days or self.gone or self.has_live)

    @property
    def work(self) -> int:
        """How long reading takes, in runs in folders of their own."""
        return sum(day.work for day in self.days)


def changes(database: Database, store: Path) -> Changes:
    """Return what is to be taken in; raises OSError where the store's folders can't be listed."""
    live = database.rows("SELECT 1 FROM run WHERE live = 1 LIMIT 1")
    return Changes(*_changed_days(database, store), bool(live))


def _changed_days(database: Database, store: Path) -> tuple[list[Day], list[str]]:
    known = {name: (mtime_ns, settled) for name, mtime_ns, settled in database.rows("SELECT * FROM day")}
    days: list[Day] = []
    for entry in _day_folders(store):
        now = time.time_ns()
        mtime_ns = entry.stat().st_mtime_ns
        if known.pop(entry.name, None) != (mtime_ns, 1):
            is_settled = mtime_ns < now - RACY_NS
            days.append(_listed(database, Path(entry.path), mtime_ns, is_settled))
    return days, list(known)


def _day_folders(store: Path) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(layout.runs_folder(store)) as entries:
            return sorted((entry for entry in entries if layout.is_day(entry.name)), key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def _listed(database: Database, path: Path, mtime_ns: int, is_settled: bool) -> Day:
    day = Day(path.name, mtime_ns, is_settled, [], [], [], [])
    known = {row.id: row for row in known_runs(database, path.name)}
    packs = {
        name: (number, size, stamp)
        for number, name, size, stamp in database.rows(
            "SELECT n, name, size_bytes, mtime_ns FROM pack WHERE day = ?", (path.name,)
        )
    }
    now = time.time_ns()
    with os.scandir(path) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        if layout.is_pack(entry.name):
            stamps = entry.stat()
            if packs.pop(entry.name, (0, 0, 0))[1:] != (stamps.st_size, stamps.st_mtime_ns):
                day.packs.append(Found(Path(entry.path), stamps.st_size, stamps.st_mtime_ns))
        elif layout.is_run_id(entry.name) and entry.is_dir(follow_symlinks=False):
            _look_at(entry, known.pop(entry.name, None), now, day)
    day.gone_packs = sorted(number for number, _, _ in packs.values())
    day.gone = list(known)
    return day


def known_runs(database: Database, day: str) -> Iterator[Known]:
    """Yield what the catalog knows of the runs in folders of a day."""
    sql = "SELECT id, size_bytes, mtime_ns FROM run WHERE day = ? AND pack_n IS NULL"
    return (Known(*row) for row in database.rows(sql, (day,)))


def _look_at(entry: os.DirEntry[str], known: Known | None, now: int, day: Day) -> None:
    mtime_ns = entry.stat(follow_symlinks=False).st_mtime_ns
    if known is not None and known.mtime_ns == mtime_ns:
        return  # no file came or went; whether a live one grew is asked elsewhere
    # A folder that is being filled right now has no stamp yet that a later look could trust.
    day.folders.append(
        Found(Path(entry.path), journal_size(Path(entry.path)), mtime_ns if mtime_ns < now - RACY_NS else 0)
    )


def journal_size(folder: Path) -> int:
    """Return the bytes of all segments in a run's folder; 0 where it is gone."""
    try:
        with os.scandir(folder) as entries:
            return sum(entry.stat().st_size for entry in entries if is_journal(entry.name))
    except FileNotFoundError:
        return 0


def is_journal(name: str) -> bool:
    """Tell whether a file of that name in a run's folder is part of its journal."""
    return name == layout.PACKED or layout.split_segment_name(name) is not None
