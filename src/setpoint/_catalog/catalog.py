"""The catalog of a store, always there and never wrong: opened, caught up, and made again when it broke."""

import atexit
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from setpoint._journal.stores import is_url
from setpoint.errors import CatalogError

from .database import Database
from .engine import catalog_path, is_busy, open_catalog, put_aside
from .listing import Progress, changes

if TYPE_CHECKING:
    from setpoint._journal.live import LiveJournals

T = TypeVar("T")
_ATTEMPTS = 4
_Stamp = tuple[int, int, int]


class Catalog:
    """Answers questions about a store's runs; may be shared by threads, which then take turns."""

    def __init__(self, store: str) -> None:
        """Take the store: a folder's path, or the URL of a PostgreSQL."""
        self.store = store
        self._lock = threading.RLock()
        self._database: Database | None = None
        self._stamp: _Stamp | None = None

    @cached_property
    def journals(self) -> "LiveJournals":
        """The journals of live runs that were asked for last."""
        from setpoint._journal.live import LiveJournals

        return LiveJournals()

    @property
    def folder(self) -> Path | None:
        """The folder with the journals; None where the store is a database."""
        return None if is_url(self.store) else Path(self.store)

    def catch_up(self, progress: Progress | None = None) -> None:
        """Take in what the journals say by now; does nothing for a team's database, which ``sync`` fills.

        Raises:
            CatalogError: the database can't be reached.
            OSError: the store's folder can't be listed.
        """
        folder = self.folder
        if folder is None:
            return
        with self._lock:
            if not (self._is_in_memory or catalog_path(folder).exists()):
                self._rebuild(folder, progress)
            is_done = self._recovering(partial(_caught_up, folder, progress, at_any_cost=False), is_question=False)
            if not is_done:
                self._rebuild(folder, progress, is_behind=True)
                self._recovering(partial(_caught_up, folder, progress, at_any_cost=True), is_question=False)

    @property
    def _is_in_memory(self) -> bool:
        return self._database is not None and self._stamp is None

    def _rebuild(self, folder: Path, progress: Progress | None, *, is_behind: bool = False) -> None:
        from .rebuild import rebuild

        self.close()
        with suppress(OSError, sqlite3.Error):  # a full disk, say: the rows then go into the catalog one by one
            rebuild(catalog_path(folder), folder, progress, is_behind=is_behind)

    def ask(self, question: Callable[[Database], T]) -> T:
        """Return the answer to *question*; a catalog that turns out broken is made again and asked again.

        Raises:
            CatalogError: the database can't be reached.
        """
        return self._recovering(question, is_question=True)

    def close(self) -> None:
        """Close the database; the next question opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = None

    def _recovering(self, work: Callable[[Database], T], *, is_question: bool) -> T:
        with self._lock:
            for attempt in range(_ATTEMPTS):
                try:
                    fresh = self._open()
                    if fresh and is_question:
                        self.catch_up()
                    return work(self._current())
                except sqlite3.Error as error:
                    if attempt == _ATTEMPTS - 1:
                        raise CatalogError(str(catalog_path(Path(self.store))), str(error)) from error
                    self._recover(error, attempt)
            raise AssertionError("the last attempt returns or raises")

    def _recover(self, error: sqlite3.Error, attempt: int) -> None:
        if is_busy(error):
            time.sleep(0.1 * 2**attempt)
            return
        self.close()
        # What is wrong may be in the file, or only in this connection to a file that is gone; a second time it is
        # the file.
        if isinstance(error, sqlite3.DatabaseError):
            put_aside(catalog_path(Path(self.store)))

    def _open(self) -> bool:
        """Open the database if it is not, or if its file is no longer the one that was opened."""
        if self._database is not None and (is_url(self.store) or self._is_same_file()):
            return False
        self.close()
        self._database = open_catalog(self.store)
        self._stamp = self._file_stamp()
        return True

    def _current(self) -> Database:
        assert self._database is not None
        return self._database

    def _is_same_file(self) -> bool:
        now, opened = self._file_stamp(), self._stamp
        if now is None or opened is None:
            return now == opened
        # A catalog only grows; the file that shrank was cut by someone else.
        same = now[:2] == opened[:2] and now[2] >= opened[2]
        self._stamp = now
        return same

    def _file_stamp(self) -> _Stamp | None:
        try:
            found = os.stat(catalog_path(Path(self.store)))  # noqa: PTH116  # a third of Path.stat's time, at each question
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size


def _caught_up(folder: Path, progress: Progress | None, database: Database, *, at_any_cost: bool) -> bool:
    """Catch up; False, with nothing done, where making the catalog anew takes less time."""
    found = changes(database, folder)
    if found.is_nothing:
        return True
    from .ingest import FarBehindError, catch_up  # all that reads journals: most questions find nothing new

    try:
        catch_up(database, folder, found, progress, at_any_cost=at_any_cost)
    except FarBehindError:
        return False
    return True


_open: dict[tuple[str, int], Catalog] = {}


def catalog_of(store: str) -> Catalog:
    """Return this process's catalog of *store*; a forked child gets its own."""
    key = (store, os.getpid())
    if key not in _open:
        _open[key] = Catalog(store)
        atexit.register(_close, *key)
    return _open[key]


def _close(store: str, pid: int) -> None:
    if pid == os.getpid():  # a forked child must not touch its parent's connection
        _open[store, pid].close()
