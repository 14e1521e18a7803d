"""Opening the catalog: SQLite in the user's cache folder, or PostgreSQL by URL.

A catalog file is a copy that can be made again. Whatever is wrong with it, it is put aside and a new one is made.
"""

import os
import platform
import stat
import time
from pathlib import Path
from typing import Any

try:  # hashlib's own implementation: hashlib itself loads OpenSSL, a tenth of all that `setpoint ls` takes
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

from setpoint._journal.stores import is_url
from setpoint.errors import CatalogError, InvalidArgumentError

from . import schema
from .database import Database, PostgresDatabase, SqliteDatabase

BUSY_S = 120  # a catch-up of another process may take this long before a query of ours waits no longer

_SQLITE_SETTINGS = (
    "PRAGMA page_size = 8192",  # a run's row is large: fewer bytes are left over at the end of a page
    "PRAGMA journal_mode = WAL",  # readers go on while another process catches up
    "PRAGMA synchronous = OFF",  # a lost catalog is made again, so nothing waits for the disk
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
)


def open_catalog(store: str) -> Database:
    """Return the catalog of *store* (a folder or a PostgreSQL URL), with its tables; it may hold no rows yet.

    Raises:
        CatalogError: the database can't be reached.
        InvalidArgumentError: *store* is the URL of something else.
    """
    if is_url(store) and not store.startswith(("postgres://", "postgresql://")):
        raise InvalidArgumentError("store", repr(store), "a folder, or a PostgreSQL database's URL (postgresql://...)")
    return _open_postgres(store) if is_url(store) else _open_sqlite(Path(store))


def catalog_path(store: Path) -> Path:
    """Return the file that holds the catalog of a store's folder."""
    # With the host, since a home on a network disk is shared and SQLite's locks hold on one host only.
    name = os.fsencode(os.path.realpath(store)) + b"\0" + os.fsencode(platform.node())
    digest = blake2b(name, digest_size=16).hexdigest()
    return _cache_folder() / f"{digest}.sqlite"


def put_aside(path: Path) -> None:
    """Take a broken catalog out of the way; only the last broken one is kept."""
    for suffix in ("", "-wal", "-shm"):
        broken = path.with_name(path.name + suffix)
        try:
            broken.replace(path.with_name(f"{path.name}.broken{suffix}"))
        except FileNotFoundError:
            continue


def _cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    home = Path(root) if root and Path(root).is_absolute() else Path("~/.cache").expanduser()
    folder = home / "setpoint"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(folder) and os.access(folder, os.W_OK | os.X_OK):
            return folder
    except OSError:  # read-only or missing home: the catalog then lives as long as the machine's temporary files
        pass
    return _temporary_folder()


def _temporary_folder() -> Path:
    import tempfile

    name = f"setpoint-{os.getuid()}" if hasattr(os, "getuid") else "setpoint"
    folder = Path(tempfile.gettempdir()) / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if _is_private(folder):
            return folder
    except OSError:  # a file, or another user's, stands there
        pass
    return Path(tempfile.mkdtemp(prefix="setpoint-"))


def _is_private(folder: Path) -> bool:
    """Tell whether the folder is ours, and not a link that another user may have laid."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.lstat()
    if found.st_uid != os.getuid() or not stat.S_ISDIR(found.st_mode):
        return False
    if found.st_mode & 0o077:
        folder.chmod(0o700)
    return True


def _open_sqlite(store: Path) -> Database:
    import sqlite3

    path = catalog_path(store)
    for _ in range(3):
        try:
            return _connect(path)
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                time.sleep(0.2)
                continue
            put_aside(path)
    # No folder takes a file: answers are right still, only slow.
    return _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def _connect(path: Path) -> Database:
    import sqlite3

    if not path.exists():
        path.touch(mode=0o600)
    return _prepared(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False))


def _prepared(connection: Any) -> Database:  # a sqlite3.Connection
    import sqlite3

    database = SqliteDatabase(connection)
    try:
        for setting in _SQLITE_SETTINGS:
            connection.execute(setting).fetchall()
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, schema.VERSION):
            raise sqlite3.DatabaseError(f"the catalog has version {found}, not {schema.VERSION}")
        if found == 0:
            _make_tables(database)
        connection.execute("SELECT n FROM run LIMIT 1").fetchall()
    except BaseException:
        connection.close()
        raise
    return database


def _make_tables(database: SqliteDatabase) -> None:
    with database.writing():
        if database.rows("PRAGMA user_version")[0][0] == schema.VERSION:
            return  # another process made them meanwhile
        for statement in schema.statements("sqlite"):
            database.run(statement)
        database.run(f"PRAGMA user_version = {schema.VERSION}")


def is_busy(error: Exception) -> bool:
    """Tell whether another process holds the catalog, so that trying again helps; then nothing is broken."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _open_postgres(url: str) -> Database:
    try:
        import psycopg
    except ImportError:
        raise CatalogError(
            "PostgreSQL", "the package psycopg is not installed; pip install 'setpoint[postgres]'"
        ) from None
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        raise CatalogError("PostgreSQL", str(error).strip()) from None
    database = PostgresDatabase(connection)
    try:
        _check_postgres(database)
    except BaseException:
        connection.close()
        raise
    return database


def _check_postgres(database: PostgresDatabase) -> None:
    there = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'about'"
    if not database.rows(there):
        with database.writing():
            if not database.rows(there):  # another process made them meanwhile
                for statement in schema.statements("postgres"):
                    database.run(statement)
                database.run("INSERT INTO about(name, value) VALUES ('version', ?)", (str(schema.VERSION),))
    found = database.rows("SELECT value FROM about WHERE name = 'version'")[0][0]
    if found != str(schema.VERSION):
        raise CatalogError("PostgreSQL", f"its tables have version {found}; this setpoint reads {schema.VERSION}")
