"""How many runs have each value of a key."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from __future__ import annotations

from collections.abc import Sequence
from math import isinf
from typing import TYPE_CHECKING, Any

from setpoint._catalog.columns import COLUMNS
from setpoint._catalog.database import Database, SqlValue
from setpoint._catalog.leaf import Kind, restored, unsortable
from setpoint._catalog.rows import text_of
from setpoint.errors import FilterError

from . import tables
from .distinct import few_numbers, few_texts
from .expr import Column, Key
from .keys import shown_key
from .recorded import MISSING
from .select import Selector

if TYPE_CHECKING:
    from .runs import Runs

_CONSTANTS: dict[int, Any] = {
    Kind.FALSE: False,
    Kind.TRUE: True,
    Kind.NAN: float("nan"),
    Kind.NONE: None,
    Kind.EMPTY_DICT: "{}",
    Kind.EMPTY_LIST: "[]",
    Kind.FLAG: True,
}


def facet(runs: Runs, target: Key | Column) -> list[tuple[Any, int]]:
    """Return each value of a key or run column with the number of runs that have it, most frequent first.

    Runs that have no value are counted under ``MISSING``. The runs' order and slice don't count.

    Raises:
        FilterError: the key has ``[*]``.
    """
    found = runs.catalog.ask(lambda database: _Facet(database, runs).of(target))
    return sorted(found, key=lambda pair: -pair[1])


def facet_of_wholes(runs: Runs, target: Key | Column) -> list[tuple[Any, int]]:
    """Return the same for lists or sections, which the catalog's tables hold in parts: run by run, each as a whole."""
    counts: dict[str, tuple[Any, int]] = {}
    for run in type(runs)(runs.catalog, runs.expr):
        value = run.whole(target)
        same = tables.group_key(value)
        counts[same] = (value, counts[same][1] + 1 if same in counts else 1)
    return sorted(counts.values(), key=lambda pair: -pair[1])


class _Facet:
    def __init__(self, database: Database, runs: Runs) -> None:
        self._database = database
        self._selector = Selector(database, runs.expr)
        self._is_whole = self._selector.is_everything

    def of(self, target: Key | Column) -> list[tuple[Any, int]]:
        if isinstance(target, Column):
            return self._of_column(COLUMNS[target.name].sql)
        numbers = self._selector.keys.numbers(target, False)
        if len(numbers) > 1:
            raise FilterError(shown_key(target), "Runs can be counted by one key only, not by [*]", column=1)
        if not self._is_whole:
            return self._of_some(numbers[0] if numbers else 0)
        found = self._of_key(numbers[0]) if numbers else []
        missing = self._selector.count() - sum(count for _, count in found)
        return [*found, (MISSING, missing)] if missing > 0 else found

    def _of_column(self, column: str) -> list[tuple[Any, int]]:
        statement = self._selector.statement()
        sql = f"SELECT {column}, count(*) FROM ({statement.sql}) s JOIN run r ON r.n = s.run_n GROUP BY 1"
        rows = self._database.rows(sql, statement.values)
        return [
            (MISSING if value is None else text_of(value) if isinstance(value, str) else value, n) for value, n in rows
        ]

    def _of_key(self, key_n: int) -> list[tuple[Any, int]]:
        found = [*self._numbers(key_n), *self._texts(key_n)]
        # What has neither number nor text is in no index; most keys have none of that.
        there = self._database.rows("SELECT n_runs FROM key WHERE n = ?", (key_n,))[0][0]
        return found if sum(count for _, count in found) == there else [*found, *self._others(key_n)]

    def _of_some(self, key_n: int) -> list[tuple[Any, int]]:
        """Count among the runs that a filter leaves, each looked up by its number."""
        statement = self._selector.statement()
        whole = "(SELECT w.txt FROM whole w WHERE w.key_n = p.key_n AND w.run_n = p.run_n)"
        sql = (
            f"SELECT p.kind, p.num, p.txt, CASE WHEN p.kind IN ({int(Kind.BIG)}, {int(Kind.LONG)}) THEN {whole} END, "
            f"count(*) FROM ({statement.sql}) s LEFT JOIN param p ON p.key_n = {int(key_n)} AND p.run_n = s.run_n "
            "GROUP BY 1, 2, 3, 4"
        )
        rows = self._database.rows(sql, statement.values)
        return [(MISSING if row[0] is None else _value(*row[:4]), row[4]) for row in rows]

    def _grouped(self, columns: str, key_n: int, condition: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns}, count(*) FROM param p WHERE p.key_n = ? AND {condition} GROUP BY {columns}"
        return self._database.rows(sql, (key_n,))

    def _each(self, column: str, key_n: int, values: Sequence[SqlValue] | None) -> list[tuple[Any, int]]:
        """Count by number or text, one range of an index after another where the *values* are known to be few."""
        there = f"p.{column} IS NOT NULL"
        if values is None:
            return [(value, count) for value, count in self._grouped(f"p.{column}", key_n, there)]
        sql = f"SELECT count(*) FROM param p WHERE p.key_n = ? AND {there} AND p.{column} = ?"
        return [(value, self._database.rows(sql, (key_n, value))[0][0]) for value in values]

    def _numbers(self, key_n: int) -> list[tuple[Any, int]]:
        # By the number alone, which its index answers; what sort of number it is, the table tells for whole ones.
        found = self._each("num", key_n, few_numbers(self._database, key_n))
        if not any(number.is_integer() or isinf(number) for number, _ in found):
            return found
        kinds = {kind for kind, _ in self._grouped("p.kind", key_n, "p.num IS NOT NULL")}
        if kinds == {Kind.INT}:
            return [(int(number), count) for number, count in found]
        return found if kinds == {Kind.FLOAT} else self._mixed_numbers(key_n)

    def _mixed_numbers(self, key_n: int) -> list[tuple[Any, int]]:
        exact = f"p.num IS NOT NULL AND p.kind <> {int(Kind.BIG)}"
        found = self._grouped("p.num, p.kind", key_n, exact)
        numbers = [(int(number) if kind == Kind.INT else number, count) for number, kind, count in found]
        return numbers + [(unsortable(text), count) for text, count in self._wholes(key_n, Kind.BIG)]

    def _wholes(self, key_n: int, kind: Kind) -> list[tuple[str, int]]:
        whole = "(SELECT w.txt FROM whole w WHERE w.key_n = p.key_n AND w.run_n = p.run_n)"
        return [(row[0], row[1]) for row in self._grouped(whole, key_n, f"p.kind = {int(kind)}")]

    def _texts(self, key_n: int) -> list[tuple[Any, int]]:
        found = self._each("txt", key_n, few_texts(self._database, key_n))
        long = self._wholes(key_n, Kind.LONG) if any(len(text) >= 200 for text, _ in found) else []
        if long:
            found = self._grouped("p.txt", key_n, f"p.txt IS NOT NULL AND p.kind <> {int(Kind.LONG)}")
        return [(restored(text), count) for text, count in (*found, *long)]

    def _others(self, key_n: int) -> list[tuple[Any, int]]:
        found = self._grouped("p.kind", key_n, "p.num IS NULL AND p.txt IS NULL")
        return [(_CONSTANTS[kind], count) for kind, count in found]


def _value(kind: int, number: float | None, text: str | None, whole: str | None) -> Any:
    if kind == Kind.BIG:
        return unsortable(whole or "p000000010")
    if number is not None:
        return int(number) if kind == Kind.INT else number
    return restored(whole or text or "") if text is not None else _CONSTANTS[kind]
