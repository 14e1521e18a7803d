"""Windows on the runs of a store in some order; the orders asked for last are kept, 4 MB for a million runs each."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.database import Database

from .expr import Column, Expr
from .grammar import parse
from .ordering import Numbers, all_numbers, ordered, orders_of
from .runs import EVERYTHING
from .select import Order, Selector

_KEPT = 4
_MANY_RUNS = 20_000  # from here on the first window is looked up by itself
_FIRST = 1000  # runs from the first that such a window may reach to
_PATIENCE = 20.0  # an order of former runs serves so many times as long as it took to make


class State(Struct, frozen=True):
    """Which state of the catalog is asked: ``seq`` counts all changes, ``members`` those in which runs came or went."""

    seq: int
    members: int


class Question(Struct, frozen=True):
    """A filter with its text, and the orders."""

    text: str
    expr: Expr
    sort: tuple[str, ...] = ()
    orders: tuple[Order, ...] = ()


def question(where: str, sort: tuple[str, ...] = ()) -> Question:
    """Return the question that a filter and sort terms ask.

    Raises:
        FilterError: one of them can't be read.
    """
    text = where.strip()
    return Question(where, parse(where) if text else EVERYTHING, sort, orders_of(sort))


class _Kept(Struct):
    numbers: Numbers
    state: State
    until_s: float


class Orders:
    """Answers which runs stand where; for many threads, of which one at a time puts runs in order."""

    def __init__(self, catalog: Catalog, later: Callable[[Callable[[], object]], None] | None = None) -> None:
        """Take the catalog, and what does work in the background: the whole order after its first window."""
        self._catalog, self._later = catalog, later
        self._kept: OrderedDict[tuple[str, tuple[str, ...], int], _Kept] = OrderedDict()
        self._counts: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._lock, self._making = threading.Lock(), threading.Lock()

    def count(self, asked: Question, state: State) -> int:
        """Return how many runs pass.

        Raises:
            FilterError: the filter compares a key that no run has.
        """
        kept = self._found(asked, state)
        if kept is not None:
            return len(kept)
        key = (asked.text, state.members if asked.expr == EVERYTHING else state.seq)
        with self._lock:
            if key in self._counts:
                return self._counts[key]
        count = self._catalog.ask(lambda database: Selector(database, asked.expr, asked.text).count())
        if not _is_of_now(asked):
            with self._lock:
                self._counts[key] = count
                while len(self._counts) > 50:
                    self._counts.popitem(last=False)
        return count

    def window(self, asked: Question, state: State, offset: int, limit: int) -> tuple[int, list[int]]:
        """Return how many runs pass, and the numbers of those from *offset* on, at most *limit*.

        Raises:
            FilterError: a key of the filter, or of an order, is none of the store's.
        """
        kept = self._found(asked, state)
        if kept is None and offset + limit <= _FIRST:
            total = self.count(asked, state)
            if total > _MANY_RUNS:
                first = self._catalog.ask(lambda database: _first(database, asked, offset + limit))
                if first is not None:
                    if self._later is not None:
                        self._later(lambda: self.numbers(asked, state))
                    return total, first[offset:]
        if kept is None:
            kept = self.numbers(asked, state)
        return len(kept), kept[offset : offset + limit].tolist()

    def numbers(self, asked: Question, state: State) -> Numbers:
        """Return the numbers of all runs that pass, in order; raises what ``window`` raises."""
        with self._making:
            kept = self._found(asked, state)
            if kept is not None:
                return kept
            begun_s = time.monotonic()
            everything = self._everything(state)
            if asked.expr == EVERYTHING and not asked.orders:
                return everything
            found = self._catalog.ask(
                lambda database: ordered(database, asked.expr, asked.text, asked.orders, everything)
            )
            self._keep(asked, state, found, begun_s)
            return found

    def _everything(self, state: State) -> Numbers:
        asked = Question("", EVERYTHING)
        kept = self._found(asked, state)
        if kept is None:
            begun_s = time.monotonic()
            kept = self._catalog.ask(all_numbers)
            self._keep(asked, state, kept, begun_s)
        return kept

    def _found(self, asked: Question, state: State) -> Numbers | None:
        key = self._key(asked)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            is_plain = asked.expr == EVERYTHING and not asked.orders
            is_current = kept.state.members == state.members if is_plain else kept.state == state
            if not is_current and time.monotonic() > kept.until_s:
                return None
            self._kept.move_to_end(key)
            return kept.numbers

    def _keep(self, asked: Question, state: State, numbers: Numbers, begun_s: float) -> None:
        now_s = time.monotonic()
        with self._lock:
            key = self._key(asked)
            self._kept[key] = _Kept(numbers, state, now_s + _PATIENCE * max(now_s - begun_s - 0.05, 0))
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def _key(self, asked: Question) -> tuple[str, tuple[str, ...], int]:
        # What "age" finds moves with the clock.
        return asked.text, asked.sort, int(time.time() // 10) if _is_of_now(asked) else 0


def _is_of_now(asked: Question) -> bool:
    return "age" in asked.text


def _first(database: Database, asked: Question, limit: int) -> list[int] | None:
    """Return the first runs where the catalog finds them without putting all in order; else None."""
    selector = Selector(database, asked.expr, asked.text)
    if not asked.orders:
        return selector.numbers(None, limit)
    order, *further = asked.orders
    if further or isinstance(order.target, Column):
        return None
    found = selector.numbers(order, limit)
    keys = selector.keys.numbers(order.target, False)
    if len(keys) != 1 or not found:
        return None
    runs = ", ".join(map(str, found))
    sql = f"SELECT count(*) FROM param WHERE key_n = ? AND num IS NOT NULL AND run_n IN ({runs})"  # noqa: S608  # numbers
    # Beyond the numbers, runs stand otherwise here than in the whole order.
    return found if database.rows(sql, (keys[0],))[0][0] == len(found) else None
