"""Catching up: what changed in a store since the catalog last looked, and only that, becomes rows.

A day folder is listed again when its modification time changed (opening a segment and writing a pack change it) and, as
time stamps are coarse, once more when it was younger than two seconds. Runs that are live are looked at each time.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from setpoint._journal import layout, pack
from setpoint._journal.reader import read_run
from setpoint._journal.state import RunState

from .database import Database
from .entry import Entry, entry_of
from .rows import Place, RowWriter

Progress = Callable[[int, int], None]
"""Called with the work done so far and all the work; the unit is about a run in a folder of its own."""

RACY_NS = 2_000_000_000  # NFS and FAT keep times to the second or two
_REBUILD_BYTES = 20_000_000  # of new packs, some 20,000 runs
_LARGE_BYTES = 4_000_000
_HEARTBEAT_S = 20.0
_BATCH_RUNS = 10_000
_PACKED_RUN_BYTES = 20_000  # of a pack take about as long as one run in a folder


class _Found(Struct):
    """A folder or pack to read, with the stamps it had before it was read."""

    path: Path
    size_bytes: int
    mtime_ns: int


class _Known(Struct, frozen=True):
    """What the catalog knows of a run in a folder: its stamps."""

    id: str
    size_bytes: int
    mtime_ns: int


class Day(Struct):
    """A day whose listing differs from what the catalog knows."""

    name: str
    mtime_ns: int
    is_settled: bool
    folders: list[_Found]
    packs: list[_Found]
    gone: list[str]
    gone_packs: list[int]

    @property
    def work(self) -> int:
        return len(self.folders) + sum(1 + found.size_bytes // _PACKED_RUN_BYTES for found in self.packs)


class FarBehindError(Exception):
    """So much is new that making the whole catalog anew takes less time."""


def catch_up(
    database: Database, store: Path, progress: Progress | None = None, *, at_any_cost: bool = False
) -> None:
    """Make the catalog's rows what the journals of *store* say. May be stopped anywhere; the next call goes on.

    Raises:
        FarBehindError: so much is new that nothing was done; not with *at_any_cost*.
        OSError: the store's folders can't be listed.
    """
    days, gone = _changed_days(database, store)
    if not at_any_cost and _is_far_behind(database, days):
        raise FarBehindError
    writer = RowWriter(database)
    if gone:
        _forget_days(database, writer, gone)
    take_in(database, writer, days, Meter(progress, sum(day.work for day in days)))
    _refresh_live(database, writer, store)


def _is_far_behind(database: Database, days: "list[Day]") -> bool:
    new = sum(found.size_bytes for day in days for found in day.packs)
    if new < _REBUILD_BYTES:
        return False
    known: int = database.rows("SELECT coalesce(sum(size_bytes), 0) FROM pack WHERE size_bytes > 0")[0][0]
    return new > known


class Writer(Protocol):
    """What takes runs in: row by row, or all at once into an empty catalog."""

    def put(self, entries: Sequence[tuple[Entry, Place]]) -> None:
        """Write the rows of these runs."""
        ...

    def remove(self, ids: Iterable[str]) -> None:
        """Remove all rows of these runs."""
        ...


def take_in(database: Database, writer: Writer, days: "list[Day]", meter: "Meter") -> None:
    """Take in what *days* list."""
    intake = _Intake(database, writer)
    for day in days:
        _take_in(intake, day, meter)
    intake.flush()


def all_days(database: Database, store: Path) -> "list[Day]":
    """Return every day of the store with all that is in it, for a catalog that is empty; raises OSError."""
    return _changed_days(database, store)[0]


class Meter:
    """Tells how much of the work is done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        """Take who is told, and all the work."""
        self._progress, self._total, self._done = progress, total, 0

    def advance(self, work: int) -> None:
        """Count some work as done."""
        self._done = min(self._done + work, self._total)
        if self._progress is not None:
            self._progress(self._done, self._total)

    def at(self, share: float) -> None:
        """Count the work as done up to a share, from 0 to 1, of all of it."""
        self.advance(max(0, int(share * self._total) - self._done))


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
    known = {row.id: row for row in _known_runs(database, path.name)}
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
        if pack.is_pack(entry.name):
            stamps = entry.stat()
            if packs.pop(entry.name, (0, 0, 0))[1:] != (stamps.st_size, stamps.st_mtime_ns):
                day.packs.append(_Found(Path(entry.path), stamps.st_size, stamps.st_mtime_ns))
        elif layout.is_run_id(entry.name) and entry.is_dir(follow_symlinks=False):
            _look_at(entry, known.pop(entry.name, None), now, day)
    day.gone_packs = sorted(number for number, _, _ in packs.values())
    day.gone = list(known)
    return day


def _known_runs(database: Database, day: str) -> Iterator[_Known]:
    sql = "SELECT id, size_bytes, mtime_ns FROM run WHERE day = ? AND pack_n IS NULL"
    return (_Known(*row) for row in database.rows(sql, (day,)))


def _packed_runs(database: Database, pack_n: int) -> list[str]:
    return [row[0] for row in database.rows("SELECT id FROM run WHERE pack_n = ?", (pack_n,))]


def _look_at(entry: os.DirEntry[str], known: _Known | None, now: int, day: Day) -> None:
    mtime_ns = entry.stat(follow_symlinks=False).st_mtime_ns
    if known is not None and known.mtime_ns == mtime_ns:
        return  # no file came or went; whether a live one grew is asked elsewhere
    # A folder that is being filled right now has no stamp yet that a later look could trust.
    day.folders.append(
        _Found(Path(entry.path), journal_size(Path(entry.path)), mtime_ns if mtime_ns < now - RACY_NS else 0)
    )


def journal_size(folder: Path) -> int:
    """Return the bytes of all segments in a run's folder; 0 where it is gone."""
    try:
        with os.scandir(folder) as entries:
            return sum(entry.stat().st_size for entry in entries if _is_journal(entry.name))
    except FileNotFoundError:
        return 0


class _Intake:
    """Collects runs until there are many: a batch in the order of the table fills its pages one after another."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self.database, self.writer = database, writer
        self._runs: list[tuple[Entry, Place]] = []
        self._after: list[Callable[[], None]] = []

    def add(self, entry: Entry, place: Place) -> None:
        self._runs.append((entry, place))
        if len(self._runs) >= _BATCH_RUNS:
            self.flush()

    def then(self, work: Callable[[], None]) -> None:
        """Do something in the transaction that writes the last of the runs added so far."""
        self._after.append(work)

    def flush(self) -> None:
        if self._runs or self._after:
            with self.database.writing():
                self.writer.put(self._runs)
                for work in self._after:
                    work()
        self._runs, self._after = [], []


def _take_in(intake: _Intake, day: Day, meter: Meter) -> None:
    for found in day.folders:
        if (item := _read_folder(found)) is not None:
            intake.add(*item)
        meter.advance(1)
    for found_pack in day.packs:
        _take_in_pack(intake, found_pack, meter)
    intake.then(partial(_settle, intake, day))


def _settle(intake: _Intake, day: Day) -> None:
    """Remove what has gone from a day, and note that the day is taken in."""
    database, writer = intake.database, intake.writer
    # A run whose folder is gone may have come in just now with a pack.
    if day.gone:
        gone = set(day.gone)
        writer.remove([row.id for row in _known_runs(database, day.name) if row.id in gone])
    for number in day.gone_packs:
        writer.remove(_packed_runs(database, number))
    database.run_many("DELETE FROM pack WHERE n = ?", [(number,) for number in day.gone_packs])
    database.run(
        "INSERT INTO day(name, mtime_ns, settled) VALUES (?, ?, ?) ON CONFLICT(name) "
        "DO UPDATE SET mtime_ns = excluded.mtime_ns, settled = excluded.settled",
        (day.name, day.mtime_ns, int(day.is_settled)),
    )


def _read_folder(found: _Found) -> tuple[Entry, Place] | None:
    day = found.path.parent.name
    try:
        if not found.size_bytes and not _has_segment(found.path):
            return None  # no run: a folder of something else, or one whose first record is still to come
        state = read_run(found.path)
    except OSError as error:
        return _unreadable(found, error), Place(day, found.size_bytes, found.mtime_ns)
    return entry_of(state), Place(day, found.size_bytes, found.mtime_ns, live=is_live(state))


def is_live(state: RunState) -> bool:
    """Tell whether more records may come without a new segment."""
    return state.status == "running"


def _has_segment(folder: Path) -> bool:
    return any(_is_journal(path.name) for path in folder.iterdir())


def _is_journal(name: str) -> bool:
    return name == layout.PACKED or layout.split_segment_name(name) is not None


def _unreadable(found: _Found, error: OSError) -> Entry:
    problem = f"The journal can't be read: {error.strerror or error}"
    return Entry(id=found.path.name, status="crashed", created_ns=found.mtime_ns, error=problem, damage=1)


def _take_in_pack(intake: _Intake, found: _Found, meter: Meter) -> None:
    day = found.path.parent.name
    number = _pack_number(intake.database, day, found)
    in_folders = {path.name for path in found.path.parent.iterdir() if layout.is_run_id(path.name)}
    damage = 0
    for item in pack.read_entries(found.path, Entry):
        if item.entry is None:
            damage += 1
        elif item.entry.id not in in_folders:
            intake.add(item.entry, Place(day, item.size_bytes, 0, number, item.offset))
    meter.advance(1 + found.size_bytes // _PACKED_RUN_BYTES)
    stamps = (found.size_bytes, found.mtime_ns, damage, number)
    sql = "UPDATE pack SET size_bytes = ?, mtime_ns = ?, damage = ? WHERE n = ?"
    intake.then(partial(intake.database.run, sql, stamps))


def _pack_number(database: Database, day: str, found: _Found) -> int:
    """Return the number of the pack, a new one with stamps that fit no file until all its runs are in."""
    with database.writing():
        rows = database.rows("SELECT n FROM pack WHERE day = ? AND name = ?", (day, found.path.name))
        if rows:
            number: int = rows[0][0]
        else:
            number = database.rows("SELECT coalesce(max(n), 0) + 1 FROM pack")[0][0]
            database.run("INSERT INTO pack VALUES (?, ?, ?, -1, 0, 0)", (number, day, found.path.name))
    return number


def _forget_days(database: Database, writer: Writer, days: list[str]) -> None:
    with database.writing():
        for day in days:
            writer.remove([row[0] for row in database.rows("SELECT id FROM run WHERE day = ?", (day,))])
            database.run("DELETE FROM pack WHERE day = ?", (day,))
            database.run("DELETE FROM day WHERE name = ?", (day,))


def _refresh_live(database: Database, writer: RowWriter, store: Path) -> None:
    """Take in what live runs wrote since, and which of them died; a run that did neither costs no write."""
    changed: list[tuple[Entry, Place]] = []
    for run_id, day, mtime_ns, size_bytes in database.rows(
        "SELECT id, day, mtime_ns, size_bytes FROM run WHERE live = 1"
    ):
        folder = layout.runs_folder(store) / day / run_id
        found = _Found(folder, journal_size(folder), mtime_ns)
        if not found.size_bytes or (found.size_bytes == size_bytes and _is_large_and_alive(found)):
            continue
        item = _read_folder(found)
        if item is not None and (found.size_bytes != size_bytes or item[0].status != "running"):
            changed.append(item)
    if changed:
        with database.writing():
            writer.put(changed)


def _is_large_and_alive(found: _Found) -> bool:
    """Tell whether reading all of it again, only to see that the process lives, can wait: it was touched just now."""
    if found.size_bytes < _LARGE_BYTES:
        return False
    with os.scandir(found.path) as entries:
        return max(entry.stat().st_mtime for entry in entries) > time.time() - _HEARTBEAT_S
