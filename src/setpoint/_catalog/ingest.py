"""Catching up: what changed in a store since the catalog last looked, and only that, becomes rows.

``listing.py`` says what changed. Runs that are live are looked at each time.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from setpoint._journal import layout, pack
from setpoint._journal.reader import read_run
from setpoint._journal.state import RunState

from .database import Database
from .entry import Entry, entry_of
from .following import Followed, follow, mark_of
from .listing import PACKED_RUN_BYTES, Changes, Day, Found, Progress, is_journal, journal_size, known_runs
from .rows import Place, RowWriter

_REBUILD_BYTES = 20_000_000  # of new packs, some 20,000 runs
_BATCH_RUNS = 10_000


class FarBehindError(Exception):
    """So much is new that making the whole catalog anew takes less time."""


def catch_up(
    database: Database, store: Path, changes: Changes, progress: Progress | None = None, *, at_any_cost: bool = False
) -> None:
    """Make the catalog's rows what the journals of *store* say. May be stopped anywhere; the next call goes on.

    Raises:
        FarBehindError: so much is new that nothing was done; not with *at_any_cost*.
        OSError: the store's folders can't be listed.
    """
    if not at_any_cost and _is_far_behind(database, changes.days):
        raise FarBehindError
    writer = RowWriter(database)
    if changes.gone:
        _forget_days(database, writer, changes.gone)
    if changes.days:
        take_in(database, writer, changes.days, Meter(progress, changes.work))
    _refresh_live(database, writer, store)


def _is_far_behind(database: Database, days: list[Day]) -> bool:
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


def take_in(database: Database, writer: Writer, days: list[Day], meter: "Meter") -> None:
    """Take in what *days* list."""
    intake = _Intake(database, writer)
    for day in days:
        _take_in(intake, day, meter)
    intake.flush()


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
        writer.remove([row.id for row in known_runs(database, day.name) if row.id in gone])
    for number in day.gone_packs:
        writer.remove(_packed_runs(database, number))
    database.run_many("DELETE FROM pack WHERE n = ?", [(number,) for number in day.gone_packs])
    database.run(
        "INSERT INTO day(name, mtime_ns, settled) VALUES (?, ?, ?) ON CONFLICT(name) "
        "DO UPDATE SET mtime_ns = excluded.mtime_ns, settled = excluded.settled",
        (day.name, day.mtime_ns, int(day.is_settled)),
    )


def _read_folder(found: Found) -> tuple[Entry, Place] | None:
    day = found.path.parent.name
    try:
        if not found.size_bytes and not _has_segment(found.path):
            return None  # no run: a folder of something else, or one whose first record is still to come
        state = read_run(found.path)
    except OSError as error:
        return _unreadable(found, error), Place(day, found.size_bytes, found.mtime_ns)
    mark = mark_of(state, found.path, found.size_bytes) if is_live(state) else None
    return entry_of(state), Place(day, found.size_bytes, found.mtime_ns, live=is_live(state), mark=mark)


def is_live(state: RunState) -> bool:
    """Tell whether more records may come without a new segment."""
    return state.status == "running"


def _has_segment(folder: Path) -> bool:
    return any(is_journal(path.name) for path in folder.iterdir())


def _unreadable(found: Found, error: OSError) -> Entry:
    problem = f"The journal can't be read: {error.strerror or error}"
    return Entry(id=found.path.name, status="crashed", created_ns=found.mtime_ns, error=problem, damage=1)


def _take_in_pack(intake: _Intake, found: Found, meter: Meter) -> None:
    day = found.path.parent.name
    number = _pack_number(intake.database, day, found)
    in_folders = {path.name for path in found.path.parent.iterdir() if layout.is_run_id(path.name)}
    damage = 0
    for item in pack.read_entries(found.path, Entry):
        if item.entry is None:
            damage += 1
        elif item.entry.id not in in_folders:
            intake.add(item.entry, Place(day, item.size_bytes, 0, number, item.offset))
    meter.advance(1 + found.size_bytes // PACKED_RUN_BYTES)
    stamps = (found.size_bytes, found.mtime_ns, damage, number)
    sql = "UPDATE pack SET size_bytes = ?, mtime_ns = ?, damage = ? WHERE n = ?"
    intake.then(partial(intake.database.run, sql, stamps))


def _packed_runs(database: Database, pack_n: int) -> list[str]:
    return [row[0] for row in database.rows("SELECT id FROM run WHERE pack_n = ?", (pack_n,))]


def _pack_number(database: Database, day: str, found: Found) -> int:
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
    for run_id, day, mtime_ns, size_bytes, mark in database.rows(
        "SELECT id, day, mtime_ns, size_bytes, mark FROM run WHERE live = 1"
    ):
        folder = layout.runs_folder(store) / day / run_id
        found = Found(folder, journal_size(folder), mtime_ns)
        if not found.size_bytes:
            continue
        if mark is not None and (followed := _followed(database, found, bytes(mark))) is not None:
            if followed.entry is not None:
                place = Place(day, found.size_bytes, mtime_ns, live=True, mark=followed.mark)
                changed.append((followed.entry, place))
            continue
        item = _read_folder(found)
        if item is not None and (found.size_bytes != size_bytes or item[0].status != "running"):
            changed.append(item)
    if changed:
        with database.writing():
            writer.put(changed)


def _followed(database: Database, found: Found, mark: bytes) -> Followed | None:
    try:
        return follow(database, found.path.name, found.path, mark, found.size_bytes)
    except OSError:  # the whole reading says what is wrong
        return None
