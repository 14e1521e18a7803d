"""All runs that pass a filter, in any order, as arrays of their numbers: a million take 4 MB."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import Database, SqlValue, Statement
from setpoint._catalog.leaf import Kind
from setpoint.errors import FilterError

from .expr import Column, Expr, Key
from .keys import shown_key, target_of, typed_name
from .select import Order, Selector

Numbers = NDArray[np.int32]
"""Numbers of runs in the catalog."""

_NUMBER, _BOOL, _TEXT, _OTHER, _NULL, _UNSET = range(6)
_OTHERS = {int(Kind.FALSE): _BOOL, int(Kind.TRUE): _BOOL, int(Kind.NONE): _NULL}
_FEW = 0.1  # of a key's runs, below which each is looked up instead of walking all that have the key


def orders_of(sort: Sequence[str]) -> tuple[Order, ...]:
    """Return the orders that sort terms such as ``-summary.acc`` name.

    Raises:
        FilterError: a term can't be read.
    """
    return tuple(Order(target_of(term.removeprefix("-")), term.startswith("-")) for term in sort)


def all_numbers(database: Database) -> Numbers:
    """Return the numbers of all runs, newest first."""
    return _streamed(database, Statement("SELECT n FROM run ORDER BY created_ns DESC, n DESC"))


def ordered(
    database: Database, expr: Expr, text: str, orders: Sequence[Order], everything: Numbers | None = None
) -> Numbers:
    """Return the numbers of the runs that pass *expr*, in order.

    By each order in turn: numbers, booleans, texts, what has no order, None, then the runs without a value; only the
    values within these turn around when it is descending. What ties stands by its number in the catalog.

    Args:
        database: the catalog.
        expr: what the runs must pass.
        text: what *expr* was read from.
        orders: by what to order; newest first where there are none.
        everything: what ``all_numbers`` gives, where it is known already.

    Raises:
        FilterError: a key of the text, or of an order, is none of the store's.
    """
    selector = Selector(database, expr, text)
    newest = all_numbers(database) if everything is None else everything
    if selector.is_everything:
        passing = newest
    else:
        is_passing = np.zeros(_size(newest), dtype=bool)
        is_passing[_streamed(database, selector.statement())] = True
        passing = newest[is_passing[newest]]
    if not orders:
        return passing
    ranks = _Ranks(database, selector, len(passing), _size(newest))
    keys: list[NDArray[Any]] = [-passing if orders[0].is_descending else passing]
    for order in reversed(orders):
        classes, values = ranks.of(order.target)
        keys += [-values[passing] if order.is_descending else values[passing], classes[passing]]
    return passing[np.lexsort(keys)]


def _size(newest: Numbers) -> int:
    return int(newest.max()) + 1 if len(newest) else 1


def _streamed(database: Database, statement: Statement) -> Numbers:
    parts = [
        np.fromiter((row[0] for row in rows), dtype=np.int32, count=len(rows))
        for rows in database.batches(statement.sql, statement.values)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)


class _Ranks:
    """The place of every run in the order of one target: a class, and a number within it, by the run's number."""

    def __init__(self, database: Database, selector: Selector, passing: int, size: int) -> None:
        self._database, self._selector, self._passing, self._size = database, selector, passing, size

    def of(self, target: Key | Column) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        self._classes = np.full(self._size, _UNSET, dtype=np.int8)
        self._values = np.zeros(self._size, dtype=np.float64)
        if isinstance(target, Column):
            self._add_column(COLUMNS[target.name].sql, COLUMNS[target.name].kind)
        else:
            self._add_key(target)
        return self._classes, self._values

    def _add_column(self, sql: str, kind: ColumnKind) -> None:
        query = f"SELECT r.n, {sql} FROM run r WHERE {sql} IS NOT NULL"
        if kind is ColumnKind.TEXT:
            self._add_texts(Statement(f"{query} ORDER BY {sql}"))
        else:
            self._add_numbers(Statement(query))

    def _add_key(self, key: Key) -> None:
        numbers = self._selector.keys.numbers(key, False)
        if len(numbers) != 1:
            self._refuse(key, numbers)
            return
        found = self._database.rows("SELECT n_runs FROM key WHERE n = ?", (numbers[0],))[0][0]
        there = self._add_numbers(self._leaves(numbers[0], found, "p.num", "p.num IS NOT NULL"))
        there += self._add_texts(self._leaves(numbers[0], found, "p.txt", "p.txt IS NOT NULL", " ORDER BY p.txt"))
        if there < found:
            self._add_others(self._leaves(numbers[0], found, "p.kind", "p.num IS NULL AND p.txt IS NULL"))

    def _refuse(self, key: Key, numbers: Sequence[int]) -> None:
        if numbers:
            raise FilterError(shown_key(key), "Runs can be ordered by one key only, not by [*]", column=1)
        self._selector.keys.expect(key, typed_name(key))  # a section or list as a whole has no order

    def _leaves(self, key_n: int, found: int, column: str, condition: str, order: str = "") -> Statement:
        if self._passing >= found * _FEW:
            return Statement(
                f"SELECT p.run_n, {column} FROM param p WHERE p.key_n = ? AND {condition}{order}", (key_n,)
            )
        some = self._selector.statement()
        values: tuple[SqlValue, ...] = (*some.values, key_n)
        joined = f"SELECT p.run_n, {column} FROM ({some.sql}) s CROSS JOIN param p WHERE p.run_n = s.run_n"
        return Statement(f"{joined} AND p.key_n = ? AND {condition}{order}", values)

    def _add_numbers(self, statement: Statement) -> int:
        count = 0
        for rows in self._database.batches(statement.sql, statement.values):
            numbers, values = zip(*rows, strict=True)
            at = np.array(numbers, dtype=np.int32)
            self._classes[at], self._values[at] = _NUMBER, np.array(values, dtype=np.float64)
            count += len(rows)
        return count

    def _add_texts(self, statement: Statement) -> int:
        """Number the texts, which come in order; equal ones get one number."""
        count, rank, last = 0, 0.0, None
        for rows in self._database.batches(statement.sql, statement.values):
            ranks: list[float] = []
            for _, text in rows:
                if text != last:
                    rank, last = rank + 1, text
                ranks.append(rank)
            at = np.fromiter((row[0] for row in rows), dtype=np.int32, count=len(rows))
            self._classes[at], self._values[at] = _TEXT, np.array(ranks)
            count += len(rows)
        return count

    def _add_others(self, statement: Statement) -> None:
        for rows in self._database.batches(statement.sql, statement.values):
            for number, kind in rows:
                self._classes[number] = _OTHERS.get(kind, _OTHER)
                self._values[number] = float(kind == Kind.TRUE)
