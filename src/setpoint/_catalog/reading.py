"""A catalog that only reads: by connections of its own, of many threads at once, each question for a limited time."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from queue import LifoQueue
from typing import Any, TypeVar
from urllib.parse import quote

from setpoint._journal.stores import is_url
from setpoint.errors import CatalogError, SetpointError

from .catalog import Catalog
from .database import Database, SqliteDatabase
from .engine import catalog_path, is_busy, open_catalog

T = TypeVar("T")
TIMEOUT_S = 5.0
_WAITED_S = 20.0  # on a busy machine, or for a slow disk, a question waits longer than it works
_CONNECTIONS = 4
_ATTEMPTS = 3
_CHECK_STEPS = 20_000  # steps of SQLite's machine, about a millisecond
_SETTINGS = ("PRAGMA query_only = ON", "PRAGMA cache_size = -8192")  # KiB; four times this is in the memory budget
_ALLOWED = frozenset({
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
})  # fmt: skip
_LIMITED_POSTGRES = ("SET default_transaction_read_only = on", "SET statement_timeout = {ms}")


class TookTooLongError(SetpointError, TimeoutError):
    """A question took longer than it may."""

    def __init__(self, timeout_s: float) -> None:
        """Take the time it had, in seconds."""
        super().__init__(timeout_s)
        self.timeout_s = timeout_s

    def __str__(self) -> str:
        return f"The question took too long: more than {self.timeout_s:g} s. Ask for less, or filter by fewer terms."


class ReadingCatalog(Catalog):
    """Answers questions about what *source* has taken in; it never catches up itself.

    Up to four threads ask at once, more wait for their turn.
    """

    def __init__(self, source: Catalog, timeout_s: float = TIMEOUT_S) -> None:
        """Take the catalog whose database is read, and how long a question may work, in seconds of a processor."""
        super().__init__(source.store)
        self._source, self._timeout_s = source, timeout_s
        self._readers = [_Reader(source.store, timeout_s) for _ in range(_CONNECTIONS)]
        self._idle: LifoQueue[_Reader] = LifoQueue()
        for reader in self._readers:
            self._idle.put(reader)

    def catch_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Do nothing: what *source* knows by now is what is answered."""

    def ask(self, question: Callable[[Database], T]) -> T:
        """Return the answer to *question*.

        Raises:
            TookTooLongError: the time is over.
            CatalogError: the database can't be used.
        """
        reader = self._idle.get()
        try:
            return self._asked(reader, question)
        finally:
            self._idle.put(reader)

    def _asked(self, reader: "_Reader", question: Callable[[Database], T]) -> T:
        for attempt in range(_ATTEMPTS):
            try:
                return reader.ask(question)
            except _GoneError:
                return self._source.ask(question)  # there is no file: the catalog lives in memory, or comes back now
            except sqlite3.Error as error:
                if attempt == _ATTEMPTS - 1:
                    raise CatalogError(str(catalog_path(Path(self.store))), str(error)) from error
                if is_busy(error):
                    time.sleep(0.1 * 2**attempt)
                    continue
                reader.close()
                self._source.ask(_nothing)  # which mends what is broken
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """End what is being asked, and close all connections as they come free."""
        for reader in self._readers:
            reader.stop()


def _nothing(database: Database) -> None:
    database.rows("SELECT n FROM run LIMIT 1")


class _GoneError(Exception):
    """There is no file to read."""


class _Reader:
    """One connection, used by one thread at a time."""

    def __init__(self, store: str, timeout_s: float) -> None:
        self._store, self._timeout_s = store, timeout_s
        self._database: Database | None = None
        self._file: tuple[int, int] | None = None
        self._work_until_s = self._wait_until_s = 0.0
        self._is_stopped = False

    def ask(self, question: Callable[[Database], T]) -> T:
        database = self._opened()
        self._work_until_s = time.thread_time() + self._timeout_s
        self._wait_until_s = time.monotonic() + max(self._timeout_s, _WAITED_S)
        try:
            return question(database)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise TookTooLongError(self._timeout_s) from None
            raise
        except Exception as error:
            if getattr(error, "sqlstate", None) == "57014":  # query_canceled, PostgreSQL's appendix A
                raise TookTooLongError(self._timeout_s) from None
            if type(error).__module__.startswith("psycopg"):  # whatever it was, the next question asks anew
                self.close()
            raise

    def stop(self) -> None:
        self._is_stopped = True

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

    def _opened(self) -> Database:
        if is_url(self._store):
            return self._database or self._opened_postgres()
        path = catalog_path(Path(self._store))
        try:
            found = path.stat()
        except OSError:
            raise _GoneError from None
        if self._database is None or self._file != (found.st_dev, found.st_ino):
            self.close()
            self._file = found.st_dev, found.st_ino
            self._opened_sqlite(path)
        assert self._database is not None
        return self._database

    def _opened_sqlite(self, path: Path) -> None:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",  # never made anew, but its -shm file may be written
            uri=True,
            timeout=self._timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        for setting in _SETTINGS:
            connection.execute(setting).fetchall()
        connection.set_authorizer(_authorize)
        connection.set_progress_handler(self._is_over, _CHECK_STEPS)
        self._database = SqliteDatabase(connection)

    def _opened_postgres(self) -> Database:
        database = open_catalog(self._store)
        for setting in _LIMITED_POSTGRES:
            database.run(setting.format(ms=int(self._timeout_s * 1000)))
        self._database = database
        return database

    def _is_over(self) -> int:
        is_late = time.thread_time() > self._work_until_s or time.monotonic() > self._wait_until_s
        return int(self._is_stopped or is_late)


def _authorize(action: int, *_: Any) -> int:  # what SQLite says of the action
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
