"""Which runs, in which order: the shapes of SQL that stop early.

A window over the newest (or best) few thousand runs is tried first. It is enough where the filter fits many of them;
where it does not, the filter is rare and driving from its rarest term is cheap. ``docs/design/catalog.md`` has figures.
"""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from setpoint._catalog.columns import COLUMNS
from setpoint._catalog.database import Database, SqlValue, Statement
from setpoint.errors import FilterError

from .distinct import few_texts
from .expr import And, Column, Expr, Key
from .keys import CatalogKeys, shown_key, typed_name
from .leaf_sql import Predicate
from .sql import FEW_ROWS, PROBE_ROWS, Compiler, Sample, Source

FIRST_WINDOW = 500  # runs that are looked at before anything is counted
CHEAP_COST = 40_000  # look-ups of runs that take no longer than walking a window
SAMPLE_RUNS = 200  # runs by which it is estimated how many a common term fits
WINDOW = 5000  # runs that are looked at before a term drives

_NEWEST = "ORDER BY r.created_ns DESC, r.n DESC"


class Order(Struct, frozen=True):
    """A key or column to order by; runs that have no value for it come last, whichever the direction."""

    target: Key | Column
    is_descending: bool


class Selector:
    """Answers one question about one catalog: which runs pass *expr*."""

    def __init__(self, database: Database, expr: Expr, text: str = "") -> None:
        """Take the expression, and the text it was read from, in which unknown keys are then shown.

        Raises:
            FilterError: the text compares a key that no run has.
        """
        self._database, self._expr = database, expr
        self.keys = CatalogKeys(database)
        if text:
            self.keys.check(expr, text)
        self._sample: Sample | None = None
        self._compiler = Compiler(
            database.dialect, self.keys.numbers, self._probe, self._some_runs, partial(few_texts, database)
        )
        self.is_everything = isinstance(expr, And) and not expr.parts

    def _probe(self, statement: Statement, cap: int) -> int:
        sql = f"SELECT count(*) FROM ({statement.sql} LIMIT {cap}) c"
        count: int = self._database.rows(sql, statement.values)[0][0]
        return count

    def _some_runs(self) -> Sample:
        if self._sample is None:
            last: int = self._database.rows("SELECT coalesce(max(n), 0) FROM run")[0][0]
            some = sorted({1 + last * at // SAMPLE_RUNS for at in range(SAMPLE_RUNS)})
            sql = f"SELECT n AS run_n FROM run WHERE n IN ({', '.join(map(str, some))})"
            self._sample = Sample(Statement(sql), len(some), last)
        return self._sample

    def count(self) -> int:
        """Return how many runs pass."""
        statement = self.statement()
        return int(self._database.rows(f"SELECT count(*) FROM ({statement.sql}) c", statement.values)[0][0])

    def probe(self) -> int:
        """Return how many runs the expression's driving term finds, up to PROBE_ROWS; PROBE_ROWS where none drives."""
        source = self._source()
        return PROBE_ROWS if source is None else round(source.walk)

    def statement(self) -> Statement:
        """Return a query for ``run_n`` of all runs that pass, in no order."""
        source = self._source()
        if source is not None:
            return source.statement
        condition = self._compiler.condition(self._expr)
        return Statement(f"SELECT r.n AS run_n FROM run r WHERE {condition.sql}", condition.values)

    def _source(self) -> Source | None:
        return None if self.is_everything else self._compiler.source(self._expr)

    def numbers(self, order: Order | None, limit: int | None) -> list[int]:
        """Return the numbers of the runs that pass, newest first or in *order*, at most *limit*."""
        if order is None:
            return self._newest(limit)
        if isinstance(order.target, Column):
            return self._by_column(order, limit)
        return self._by_key(order.target, order.is_descending, limit)

    def _newest(self, limit: int | None) -> list[int]:
        if limit is None:
            return self._sorted(self._source(), None)
        condition = self._compiler.condition(self._expr)
        if self.is_everything:
            return self._walk_newest(condition, limit, None)
        found = self._walk_newest(condition, limit, FIRST_WINDOW)
        if len(found) >= limit:
            return found
        source = self._source()
        if source is not None and source.cost < CHEAP_COST:
            return self._sorted(source, limit)
        if _may_fill(len(found), limit):
            found = self._walk_newest(condition, limit, WINDOW)
            if len(found) >= limit:
                return found
        if source is not None and self._is_rare(source, limit):
            return self._sorted(source, limit)
        return self._walk_newest(condition, limit, None)

    def _is_rare(self, source: Source, limit: int) -> bool:
        """Tell whether driving from a term is cheap. A window did not fill, so fewer than limit in WINDOW runs pass."""
        return source.walk < PROBE_ROWS or self._probe(source.statement, FEW_ROWS) < FEW_ROWS or limit >= WINDOW

    def _walk_newest(self, condition: Predicate, limit: int, window: int | None) -> list[int]:
        values: tuple[SqlValue, ...] = condition.values
        within = ""
        if window is not None:
            edge = "SELECT created_ns FROM run ORDER BY created_ns DESC, n DESC LIMIT 1 OFFSET ?"
            within = f"r.created_ns >= coalesce(({edge}), -1) AND "
            values = (window, *values)
        sql = f"SELECT r.n FROM run r WHERE {within}{condition.sql} {_NEWEST} LIMIT ?"
        return self._first(sql, (*values, limit))

    def _sorted(self, source: Source | None, limit: int | None) -> list[int]:
        tail = f"{_NEWEST}{'' if limit is None else ' LIMIT ?'}"
        values: tuple[SqlValue, ...] = () if limit is None else (limit,)
        if source is None:
            condition = self._compiler.condition(self._expr)
            return self._first(f"SELECT r.n FROM run r WHERE {condition.sql} {tail}", (*condition.values, *values))
        statement = source.statement
        sql = f"SELECT r.n FROM ({statement.sql}) s CROSS JOIN run r WHERE r.n = s.run_n {tail}"
        return self._first(sql, (*statement.values, *values))

    def _by_column(self, order: Order, limit: int | None) -> list[int]:
        assert isinstance(order.target, Column)
        column, statement = COLUMNS[order.target.name].sql, self.statement()
        direction = "DESC" if order.is_descending else "ASC"
        sql = (
            f"SELECT r.n FROM ({statement.sql}) s CROSS JOIN run r WHERE r.n = s.run_n "
            f"ORDER BY {column} IS NULL, {column} {direction}, r.n {direction}{'' if limit is None else ' LIMIT ?'}"
        )
        return self._first(sql, (*statement.values, *(() if limit is None else (limit,))))

    def _by_key(self, key: Key, is_descending: bool, limit: int | None) -> list[int]:
        numbers = self.keys.numbers(key, False)
        if len(numbers) != 1:
            self._refuse_order(key, numbers)
            return self._newest(limit)
        walk = _KeyWalk(numbers[0], "DESC" if is_descending else "ASC")
        found = [] if limit is None else self._best(walk, limit)
        if limit is not None and found is not None and len(found) >= limit:
            return found
        rest = self._all_by(walk, is_descending)
        return rest if limit is None else rest[:limit]

    def _refuse_order(self, key: Key, numbers: Sequence[int]) -> None:
        if numbers:
            raise FilterError(shown_key(key), "Runs can be ordered by one key only, not by [*]", column=1)
        self.keys.expect(key, typed_name(key))
        if inside := self.keys.inside(key):
            shown = shown_key(key)
            problem = f"Runs can't be ordered by {shown!r}, a section or list"
            raise FilterError(shown, problem, column=1, near=inside)

    def _best(self, walk: "_KeyWalk", limit: int) -> list[int] | None:
        """Return the first runs that have a number for the key; None where looking at all that pass costs little."""
        found = self._narrowed(walk, limit, FIRST_WINDOW)
        if len(found) >= limit:
            return found
        source = self._source()
        if source is not None and source.cost < CHEAP_COST:
            return None
        if _may_fill(len(found), limit):
            found = self._narrowed(walk, limit, WINDOW)
            if len(found) >= limit:
                return found
        if source is None or not self._is_rare(source, limit):
            return self._narrowed(walk, limit, None)
        statement = source.statement
        sql = (
            f"SELECT p.run_n FROM ({statement.sql}) s CROSS JOIN param p WHERE p.key_n = ? AND p.run_n = s.run_n "
            f"AND p.num IS NOT NULL ORDER BY p.num {walk.direction}, p.run_n {walk.direction} LIMIT ?"
        )
        return self._first(sql, (*statement.values, walk.key_n, limit))

    def _narrowed(self, walk: "_KeyWalk", limit: int, window: int | None) -> list[int]:
        ordered = (
            "SELECT p.run_n, p.num FROM param p WHERE p.key_n = ? AND p.num IS NOT NULL "
            f"ORDER BY p.num {walk.direction}, p.run_n {walk.direction}"
        )
        ordered += f" LIMIT {window}" if window is not None else ""
        condition = self._compiler.condition(self._expr, "d.run_n")
        join = " CROSS JOIN run r WHERE r.n = d.run_n AND" if condition.needs_run else " WHERE"
        sql = (
            f"SELECT d.run_n FROM ({ordered}) d{join} {condition.sql} "
            f"ORDER BY d.num {walk.direction}, d.run_n {walk.direction} LIMIT ?"
        )
        return self._first(sql, (walk.key_n, *condition.values, limit))

    def _all_by(self, walk: "_KeyWalk", is_descending: bool) -> list[int]:
        statement = self.statement()
        sql = (
            f"SELECT s.run_n, p.num, p.txt, r.created_ns FROM ({statement.sql}) s JOIN run r ON r.n = s.run_n "
            "LEFT JOIN param p ON p.key_n = ? AND p.run_n = s.run_n"
        )
        rows = self._database.rows(sql, (*statement.values, walk.key_n))
        with_number = [row for row in rows if row[1] is not None]
        with_text = [row for row in rows if row[1] is None and row[2] is not None]
        others = [row for row in rows if row[1] is None and row[2] is None]
        with_number.sort(key=lambda row: (row[1], row[0]), reverse=is_descending)
        with_text.sort(key=lambda row: (row[2], row[0]), reverse=is_descending)
        others.sort(key=lambda row: (row[3], row[0]), reverse=True)
        return [row[0] for row in (*with_number, *with_text, *others)]

    def _first(self, sql: str, values: Sequence[SqlValue]) -> list[int]:
        return [row[0] for row in self._database.rows(sql, values)]


def _may_fill(found: int, limit: int) -> bool:
    """Tell whether WINDOW runs may give *limit*, when FIRST_WINDOW gave *found*."""
    return 2 * found * WINDOW >= limit * FIRST_WINDOW


class _KeyWalk(Struct, frozen=True):
    key_n: int
    direction: str
