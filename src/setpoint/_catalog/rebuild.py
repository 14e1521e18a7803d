"""A catalog made from nothing: all runs at once, in the order of the tables, into a file that nobody reads yet.

Rows that are put into a tree in its own order fill its pages one after another, and an index over rows that are there
already is sorted once. So the leaves are first set aside by key, then written key after key, then indexed; that takes
a fraction of the time and leaves a smaller file. Only the finished file gets the catalog's name.
"""

import gc
import os
import sqlite3
import tempfile
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from setpoint._core.keys import join_key
from setpoint._core.leaves import flatten

from . import schema
from .database import Row, SqliteDatabase, SqlValue
from .entry import Entry
from .ingest import Meter, take_in
from .leaf import EXACT_INTEGERS, FLAG, TEXT_LIMIT, Kind, Scope, leaf_of, storable
from .listing import Progress, changes
from .rows import INSERT_RUN, Place, run_row

_SPILL_LEAVES = 200_000  # leaves held in memory, about 20 MB; more takes longer too
_ROWS_AT_ONCE = 50
_ABANDONED_S = 900.0  # a file of a rebuild that was killed; a live one is touched at each spill
_FLAG = object()  # stands for a leaf without a value: a tag, a changed param

_SETTINGS = (
    "PRAGMA page_size = 8192",
    "PRAGMA journal_mode = OFF",  # a half-made file is thrown away, never repaired
    "PRAGMA synchronous = OFF",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA cache_size = -32768",  # KiB
    "PRAGMA threads = 1",  # one more core sorts while this one reads
)


class OvertakenError(Exception):
    """Another process has finished the catalog meanwhile."""


def rebuild(path: Path, store: Path, progress: Progress | None = None, *, is_behind: bool = False) -> None:
    """Make the catalog file *path* from the journals of *store*; a file that another process made first stays.

    With *is_behind*, the file that is there now is removed in the end.

    Raises:
        OSError: the store can't be listed, or the file can't be written.
        sqlite3.Error: the file can't be written.
    """
    _remove_abandoned(path)
    handle, name = tempfile.mkstemp(prefix=f"{path.stem}.", suffix=".building", dir=path.parent)  # for the owner alone
    os.close(handle)
    building = Path(name)

    had_gc = gc.isenabled()

    def check() -> None:
        os.utime(building)
        if not is_behind and path.exists():
            raise OvertakenError

    gc.disable()  # millions of values and no cycle among them: a tenth of the time
    try:
        _fill(building, store, progress, check)
        _install(building, path, is_behind=is_behind)
    except OvertakenError:
        return
    finally:
        if had_gc:
            gc.enable()
        building.unlink(missing_ok=True)


def _fill(building: Path, store: Path, progress: Progress | None, check: Callable[[], None]) -> None:
    connection = sqlite3.connect(building, isolation_level=None, cached_statements=32)
    try:
        for setting in _SETTINGS:
            connection.execute(setting).fetchall()
        database = SqliteDatabase(connection)
        for statement in schema.tables("sqlite"):
            database.run(statement)
        with tempfile.TemporaryFile(dir=building.parent) as spill:
            writer = BulkWriter(database, spill, check)
            found = changes(database, store)
            meter = Meter(progress, 2 * found.work)
            take_in(database, writer, found.days, meter)
            writer.finish(lambda share: meter.at(0.5 + share / 2))
        database.run(f"PRAGMA user_version = {schema.VERSION}")
    finally:
        connection.close()


def _install(building: Path, path: Path, *, is_behind: bool) -> None:
    """Give the file the catalog's name, never over another: that one's journal would then be taken for its own."""
    if is_behind or not path.exists():
        for suffix in ("", "-wal", "-shm"):  # those who have it open go on with it, and see that it is another
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    try:
        os.link(building, path)
    except FileExistsError:
        return
    except OSError:  # a disk without hard links
        if not path.exists():
            building.rename(path)


def _remove_abandoned(path: Path) -> None:
    for old in path.parent.glob(f"{path.stem}.*.building"):
        with suppress(OSError):  # its own process has removed it just now
            if time.time() - old.stat().st_mtime > _ABANDONED_S:
                old.unlink()


class _Column:
    """The leaves of one key: those in memory, and where in the spill file the others are."""

    __slots__ = ("chunks", "runs", "values")

    def __init__(self) -> None:
        self.runs: array[int] = array("q")
        self.values: list[Any] = []  # plain forms
        self.chunks: list[tuple[int, int]] = []


class BulkWriter:
    """Takes runs in as ``RowWriter`` does, into an empty catalog without indexes; ``finish`` completes it."""

    def __init__(self, database: SqliteDatabase, spill: BinaryIO, check: Callable[[], None]) -> None:
        """Take the database, a file for what memory should not hold, and what is called from time to time."""
        self._database, self._spill, self._check = database, spill, check
        self._columns: dict[Scope, dict[str, _Column]] = {scope: {} for scope in Scope}
        self._last = 0
        self._held = 0

    def put(self, entries: Sequence[tuple[Entry, Place]]) -> None:
        """Write the rows of these runs; one that was there before is replaced."""
        rows: list[Row] = []
        for entry, place in entries:
            self._last += 1
            rows.append((self._last, *map(_fast, run_row(entry, place))))
            self._add(Scope.PARAM, flatten(entry.config))
            self._add(Scope.SUMMARY, flatten(entry.summary))
            if entry.tags:
                self._add(Scope.TAG, [(join_key((tag,)), _FLAG) for tag in dict.fromkeys(entry.tags)])
            if entry.changed:
                self._add(Scope.CHANGED, [(key, _FLAG) for key in entry.changed])
        # A run that comes again gets a new number; its old one is then missing from the table.
        self._database.run_many(_INSERT_RUN, rows)
        if self._held >= _SPILL_LEAVES:
            self._spill_columns()

    def remove(self, ids: Iterable[str]) -> None:
        """Remove these runs, of which an empty catalog has none."""

    def _add(self, scope: Scope, leaves: list[tuple[str, Any]]) -> None:
        columns, number = self._columns[scope], self._last
        for name, plain in leaves:
            column = columns.get(name)
            if column is None:
                column = columns[name] = _Column()
            column.runs.append(number)
            column.values.append(plain)
        self._held += len(leaves)

    def _spill_columns(self) -> None:
        self._check()
        for scope, columns in self._columns.items():
            is_flag = scope in (Scope.TAG, Scope.CHANGED)
            for column in columns.values():
                if column.runs:
                    values = [] if is_flag else column.values
                    chunk = _ENCODE((column.runs.tobytes(), values))
                    column.chunks.append((self._spill.tell(), self._spill.write(chunk)))
                    column.runs, column.values = array("q"), []
        self._held = 0

    def finish(self, progress: Callable[[float], None]) -> None:
        """Write the leaves and make the indexes; *progress* is told the share that is done."""
        self._spill_columns()
        gone = self._gone()
        keys = [(scope, name, column) for scope, columns in self._columns.items() for name, column in columns.items()]
        total = sum(len(column.chunks) for _, _, column in keys)
        done = 0
        with self._database.writing():
            for key_n, (scope, name, column) in enumerate(keys, 1):
                count = 0
                for chunk in column.chunks:
                    count += self._write(key_n, scope, chunk, gone)
                done += len(column.chunks)
                self._database.run(_INSERT_KEY, (key_n, int(scope), storable(name), count))
                if key_n % 100 == 0 or len(column.chunks) > 10:
                    progress(done / total / 2)
                    self._check()
        indexes = schema.indexes("sqlite")
        for at, statement in enumerate(indexes):
            self._database.run(statement)
            progress(0.5 + (at + 1) / len(indexes) / 2)
            self._check()

    def _gone(self) -> set[int]:
        """Return the numbers of runs that came again under another number."""
        there = self._database.rows("SELECT count(*) FROM run")[0][0]
        if there == self._last:
            return set()
        return set(range(1, self._last + 1)).difference(row[0] for row in self._database.rows("SELECT n FROM run"))

    def _write(self, key_n: int, scope: Scope, chunk: tuple[int, int], gone: set[int]) -> int:
        runs, values = self._read(chunk)
        if scope in (Scope.TAG, Scope.CHANGED):
            values = [_FLAG] * len(runs)
        if gone:
            kept = [(run, value) for run, value in zip(runs, values, strict=True) if run not in gone]
            runs, values = array("q", (run for run, _ in kept)), [value for _, value in kept]
        if runs:
            self._insert(key_n, runs, values)
        return len(runs)

    def _insert(self, key_n: int, runs: "array[int]", values: list[Any]) -> None:
        """Insert the rows of one key; those of one plain type without a step of Python's for each."""
        kinds = set(map(type, values))
        if kinds == {float}:  # never nan: that has a form of its own
            return self._insert_many(f"({key_n},?,{int(Kind.FLOAT)},?,NULL)", runs, values)
        if kinds == {int} and max(values) <= EXACT_INTEGERS and min(values) >= -EXACT_INTEGERS:
            return self._insert_many(f"({key_n},?,{int(Kind.INT)},?,NULL)", runs, list(map(float, values)))
        if kinds == {str}:
            texts = list(map(storable, values))
            if max(map(len, texts)) <= TEXT_LIMIT:
                return self._insert_many(f"({key_n},?,{int(Kind.TEXT)},NULL,?)", runs, texts)
        leaves = [FLAG if plain is _FLAG else leaf_of(plain) for plain in values]
        wholes = [(key_n, run, leaf.whole) for run, leaf in zip(runs, leaves, strict=True) if leaf.whole is not None]
        self._database.run_many(_INSERT_WHOLE, wholes)
        numbers = ["" if leaf.number is None else leaf.number for leaf in leaves]
        texts_or_0 = [0 if leaf.text is None else leaf.text for leaf in leaves]
        kinds_of = [int(leaf.kind) for leaf in leaves]
        return self._insert_many(f"({key_n},?,?,nullif(?,''),nullif(?,0))", runs, kinds_of, numbers, texts_or_0)

    def _insert_many(self, row: str, *columns: Sequence[SqlValue]) -> None:
        """Insert rows given by columns, many with each statement: sqlite3 takes longer to start one than to insert."""
        count, width = len(columns[0]), len(columns)
        whole = count // _ROWS_AT_ONCE
        flat = chain.from_iterable(zip(*columns, strict=True))
        many = zip(*[flat] * (width * _ROWS_AT_ONCE), strict=False)
        self._database.run_many(_INSERT_PARAM + ",".join([row] * _ROWS_AT_ONCE), islice(many, whole))
        rest = zip(*(column[whole * _ROWS_AT_ONCE :] for column in columns), strict=True)
        self._database.run_many(_INSERT_PARAM + row, rest)

    def _read(self, chunk: tuple[int, int]) -> tuple["array[int]", list[Any]]:
        offset, size_bytes = chunk
        self._spill.seek(offset)
        data, values = _DECODE(self._spill.read(size_bytes))
        runs: array[int] = array("q")
        runs.frombytes(data)
        return runs, values


_NULLABLE = "nullif(?, '')"
_INSERT_RUN = INSERT_RUN.replace("INSERT", "INSERT OR REPLACE", 1).replace("?", _NULLABLE)
_INSERT_KEY = "INSERT INTO key(n, scope, name, n_runs) VALUES (?, ?, ?, ?)"
_INSERT_PARAM = "INSERT INTO param(key_n, run_n, kind, num, txt) VALUES "
_INSERT_WHOLE = "INSERT INTO whole(key_n, run_n, txt) VALUES (?, ?, ?)"
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(tuple[bytes, list[Any]]).decode


def _fast(value: SqlValue) -> Any:
    """Return what sqlite3 binds at once: for None and bytes it first looks for an adapter, which takes longest."""
    return "" if value is None else bytearray(value) if type(value) is bytes else value
