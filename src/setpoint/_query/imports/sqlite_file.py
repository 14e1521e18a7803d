"""SQLite files of other tools, opened so that nothing beside or in them changes."""

import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from .files import UnreadableError, is_file

MAGIC = b"SQLite format 3\0"


def is_sqlite(path: Path) -> bool:
    """Tell whether a file begins as SQLite's do."""
    if not is_file(path):
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


@contextmanager
def opened(path: Path) -> Generator[sqlite3.Connection, None, None]:
    """Give a connection that reads a file; raises UnreadableError where that is no database, at any point of its use.

    The file is opened as immutable: no lock is taken and nothing written. Where it has a write-ahead log, which would
    be passed over then, a copy of both is read.
    """
    with tempfile.TemporaryDirectory(prefix="setpoint-import-") as folder:
        try:
            connection = sqlite3.connect(_uri(path, Path(folder)), uri=True)
            try:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.text_factory = _text
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise UnreadableError(str(path), f"the database can't be read: {error}") from None


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _uri(path: Path, folder: Path) -> str:
    log = path.with_name(path.name + "-wal")
    if not is_file(log) or not log.stat().st_size:
        return f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    shutil.copyfile(path, folder / "copy.db", follow_symlinks=False)
    shutil.copyfile(log, folder / "copy.db-wal", follow_symlinks=False)
    return f"{(folder / 'copy.db').as_uri()}?mode=rw"


def columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """Return the names of a table's columns; none where there is no such table."""
    return {str(row[0]) for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
