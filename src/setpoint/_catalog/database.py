"""A connection that runs the catalog's SQL on SQLite or PostgreSQL, with ``?`` for every value."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from msgspec import Struct

SqlValue = str | int | float | bytes | None
Row = tuple[Any, ...]  # a row's types are those of the columns asked for
_BATCH_ROWS = 20_000


class Statement(Struct, frozen=True):
    """SQL with ``?`` for its values, which never stand in the text."""

    sql: str
    values: tuple[SqlValue, ...] = ()


class Database(Protocol):
    """What the catalog needs of a database."""

    dialect: str

    def rows(self, sql: str, values: Sequence[SqlValue] = ()) -> list[Row]:
        """Run a query and return all its rows."""
        ...

    def batches(self, sql: str, values: Sequence[SqlValue] = ()) -> Iterator[list[Row]]:
        """Run a query and yield its rows, some thousands at a time, so that a million never lie in memory at once."""
        ...

    def run(self, sql: str, values: Sequence[SqlValue] = ()) -> None:
        """Run a statement."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[SqlValue]]) -> None:
        """Run a statement once for each row."""
        ...

    def writing(self) -> Any:
        """Return a context in which one writer at a time changes the catalog, all or nothing."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class SqliteDatabase:
    """The catalog in a file of SQLite."""

    dialect = "sqlite"

    def __init__(self, connection: Any) -> None:  # sqlite3 is imported only where a catalog is opened
        """Take a connection in autocommit mode."""
        self._connection = connection

    def rows(self, sql: str, values: Sequence[SqlValue] = ()) -> list[Row]:
        """Run a query and return all its rows."""
        found: list[Row] = self._connection.execute(sql, values).fetchall()
        return found

    def batches(self, sql: str, values: Sequence[SqlValue] = ()) -> Iterator[list[Row]]:
        """Run a query and yield its rows, some thousands at a time."""
        cursor = self._connection.execute(sql, values)
        while some := cursor.fetchmany(_BATCH_ROWS):
            yield some

    def run(self, sql: str, values: Sequence[SqlValue] = ()) -> None:
        """Run a statement."""
        self._connection.execute(sql, values)

    def run_many(self, sql: str, rows: Iterable[Sequence[SqlValue]]) -> None:
        """Run a statement once for each row."""
        self._connection.executemany(sql, rows)

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Hold the write lock, and commit at the end; an error undoes everything."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresDatabase:
    """The catalog in a team's PostgreSQL."""

    dialect = "postgres"

    def __init__(self, connection: Any) -> None:  # psycopg is an optional extra
        """Take a psycopg connection in autocommit mode."""
        self._connection = connection

    def rows(self, sql: str, values: Sequence[SqlValue] = ()) -> list[Row]:
        """Run a query and return all its rows."""
        found: list[Row] = self._connection.execute(_percent(sql), values).fetchall()
        return found

    def batches(self, sql: str, values: Sequence[SqlValue] = ()) -> Iterator[list[Row]]:
        """Run a query and yield its rows, some thousands at a time."""
        with self._connection.transaction(), self._connection.cursor(name="batches") as cursor:
            cursor.execute(_percent(sql), values)
            while some := cursor.fetchmany(_BATCH_ROWS):
                yield some

    def run(self, sql: str, values: Sequence[SqlValue] = ()) -> None:
        """Run a statement."""
        self._connection.execute(_percent(sql), values)

    def run_many(self, sql: str, rows: Iterable[Sequence[SqlValue]]) -> None:
        """Run a statement once for each row."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_percent(sql), list(rows))

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """Let one writer at a time change the catalog, and commit at the end; an error undoes everything."""
        with self._connection.transaction():
            self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITER_LOCK,))
            yield

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


_WRITER_LOCK = 7_379_068_225  # any fixed number: it names the lock among all users of the database


def _percent(sql: str) -> str:
    # No text of ours holds either character for another purpose.
    return sql.replace("?", "%s")
