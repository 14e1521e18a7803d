"""Columns of many runs, straight from the catalog's rows: numbers as numbers, everything else as a numbered label."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import Database, Row
from setpoint._catalog.leaf import Kind, restored
from setpoint._catalog.rows import text_of
from setpoint.errors import FilterError

from .expr import Column, Key
from .keys import CatalogKeys, shown_key
from .ordering import Numbers

IS_NUMBER, IS_UNSET, IS_NULL, FIRST_LABEL = 0, 1, 2, 3
"""What a code says: the number counts, the run has no such key, the value is None, the value is a label."""

_CONSTANTS = {
    int(Kind.FLAG): "True",
    int(Kind.FALSE): "False",
    int(Kind.TRUE): "True",
    int(Kind.NAN): "nan",
    int(Kind.EMPTY_DICT): "{}",
    int(Kind.EMPTY_LIST): "[]",
}
_NUMERIC = (int(Kind.INT), int(Kind.FLOAT), int(Kind.BIG))
_VALUES: dict[int, Any] = {
    int(Kind.FALSE): False,
    int(Kind.TRUE): True,
    int(Kind.NAN): float("nan"),
    int(Kind.EMPTY_DICT): {},
    int(Kind.EMPTY_LIST): [],
}
_LABEL_LENGTH = 1000
_AT_ONCE = 5000  # runs that one statement names
_DENSE = 4  # a range with one wanted run in so many is walked whole
_NS = {ColumnKind.TIME: 1e6, ColumnKind.SPAN: 1e9}  # times to ms, spans to seconds


class Vector(Struct):
    """One column of n runs: ``codes`` (int32) and ``numbers`` (float64), each of shape ``(n,)``, and the labels.

    A code of ``FIRST_LABEL`` or more names a label. Integers beyond 2**53 are rounded. Times are ms since the Unix
    epoch, lengths of time seconds.
    """

    codes: NDArray[np.int32]
    numbers: NDArray[np.float64]
    labels: list[str]
    is_whole: bool = True  # no number is a float
    values: list[Any] = []  # what the labels stand for, where it is no text: False, True, nan, {} or []


def read_vector(catalog: Catalog, numbers: Numbers, target: Key | Column) -> Vector:
    """Return the column of a key or run column for the runs with these numbers, in their order.

    Raises:
        FilterError: the key has ``[*]``.
    """
    return catalog.ask(lambda database: VectorReader(database, numbers).read(target))


class VectorReader:
    """Reads columns of the same runs."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        """Take the catalog and the runs' numbers, in the order in which the vectors shall have them."""
        self._database, self._numbers = database, numbers
        self._keys = CatalogKeys(database)
        self._low = int(numbers.min()) if len(numbers) else 0
        self._high = int(numbers.max()) if len(numbers) else -1
        self._places = np.full(self._high - self._low + 1, -1, dtype=np.int32)
        self._places[numbers - self._low] = np.arange(len(numbers), dtype=np.int32)

    def read(self, target: Key | Column) -> Vector:
        """Return the column of a key or run column.

        Raises:
            FilterError: the key has ``[*]``.
        """
        count = len(self._numbers)
        vector = Vector(np.full(count, IS_UNSET, np.int32), np.zeros(count, np.float64), [])
        if isinstance(target, Column):
            self._read_column(vector, COLUMNS[target.name].sql, COLUMNS[target.name].kind)
            return vector
        keys = self._keys.numbers(target, False)
        if len(keys) > 1:
            raise FilterError(shown_key(target), "A column is one key, not [*]", column=1)
        if keys and count:
            self._read_key(vector, keys[0])
        return vector

    def ids(self) -> tuple[list[str], list[str]]:
        """Return the ids and names of the runs; both empty for a run that has gone meanwhile."""
        ids, names = [""] * len(self._numbers), [""] * len(self._numbers)
        for rows in self._rows("SELECT r.n, r.id, r.name FROM run r WHERE 1 = 1", "r.n"):
            for (_, run_id, name), at in zip(rows, self._at([row[0] for row in rows]).tolist(), strict=True):
                if at >= 0:
                    ids[at], names[at] = run_id, text_of(name)
        return ids, names

    def _rows(self, sql: str, run: str, values: tuple[int, ...] = ()) -> Iterator[list[Row]]:
        """Yield the rows of the wanted runs, and maybe of others in between; *run* is the column with their number."""
        if self._high - self._low < len(self._numbers) * _DENSE:
            yield from self._database.batches(f"{sql} AND {run} BETWEEN ? AND ?", (*values, self._low, self._high))
            return
        for start in range(0, len(self._numbers), _AT_ONCE):
            some = ", ".join(map(str, self._numbers[start : start + _AT_ONCE].tolist()))
            yield self._database.rows(f"{sql} AND {run} IN ({some})", values)

    def _at(self, runs: Sequence[int]) -> NDArray[np.int32]:
        return self._places[np.array(runs, dtype=np.int64) - self._low]

    def _read_key(self, vector: Vector, key_n: int) -> None:
        codes: dict[tuple[int, str | None], int] = {(int(Kind.NONE), None): IS_NULL}
        sql = "SELECT p.run_n, p.kind, p.num, p.txt FROM param p WHERE p.key_n = ?"
        for rows in self._rows(sql, "p.run_n", (key_n,)):
            if not rows:
                continue
            runs, kinds, values, _ = zip(*rows, strict=True)
            at, kind = self._at(runs), np.array(kinds, dtype=np.int8)
            is_number, is_wanted = np.isin(kind, _NUMERIC), at >= 0
            numbers = np.array(values, dtype=np.float64)  # nan where there is none
            vector.codes[at[is_number & is_wanted]] = IS_NUMBER
            vector.numbers[at[is_number & is_wanted]] = numbers[is_number & is_wanted]
            vector.is_whole = vector.is_whole and not (kind == Kind.FLOAT).any()
            others = np.flatnonzero(~is_number & is_wanted)
            if len(others):
                some = rows if len(others) == len(rows) else [rows[row] for row in others.tolist()]
                vector.codes[at[others]] = [self._label(vector, codes, key_n, row) for row in some]

    def _label(self, vector: Vector, codes: dict[tuple[int, str | None], int], key_n: int, row: Row) -> int:
        run_n, kind, _, stored = row
        if kind == Kind.LONG:
            whole = self._database.rows("SELECT txt FROM whole WHERE key_n = ? AND run_n = ?", (key_n, run_n))
            stored = whole[0][0] if whole else stored
        code = codes.get((kind, stored))
        if code is None:
            code = codes[kind, stored] = FIRST_LABEL + len(vector.labels)
            vector.labels.append(_label(kind, stored))
            vector.values.append(_VALUES.get(kind, vector.labels[-1]))
        return code

    def _read_column(self, vector: Vector, sql: str, kind: ColumnKind) -> None:
        if not len(self._numbers):
            return
        codes: dict[str, int] = {}
        for rows in self._rows(f"SELECT r.n, {sql} FROM run r WHERE {sql} IS NOT NULL", "r.n"):
            at = self._at([row[0] for row in rows])
            chosen, values = at[at >= 0], [row[1] for row, place in zip(rows, at.tolist(), strict=True) if place >= 0]
            if kind is ColumnKind.TEXT:
                vector.codes[chosen] = [codes.setdefault(text, FIRST_LABEL + len(codes)) for text in values]
            else:
                vector.codes[chosen] = IS_NUMBER
                vector.numbers[chosen] = np.array(values, dtype=np.float64) / _NS.get(kind, 1)
        vector.labels = [text_of(text) for text in codes]
        vector.values = list(vector.labels)


def _label(kind: int, stored: str | None) -> str:
    if stored is None:
        return _CONSTANTS.get(kind, "")
    text = restored(stored)
    return text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 1]}…"
