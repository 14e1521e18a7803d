"""Facets: what values a key has among the runs that pass a filter, with counts and the filters that choose them."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from setpoint._catalog.database import Database, Row
from setpoint._catalog.leaf import Kind, Scope, restored
from setpoint._core.keys import split_key

from . import tables
from .clauses import between, equals, name_in_filter
from .distinct import MANY_RUNS, few_numbers, few_texts
from .expr import And, Column, Key
from .facet import facet
from .keys import CatalogKeys, shown_key
from .ordering import Numbers
from .recorded import MISSING, RecordedRun
from .runs import Runs
from .vectors import FIRST_LABEL, IS_NULL, IS_NUMBER, IS_UNSET, Vector, read_vector

TAGS = "tags"
SAMPLE = 20_000  # of more than MOST_READ runs so many are looked at, evenly spread
MOST_READ = 50_000
_MOST_VALUES = 12
_BINS = 20
_FEW_NUMBERS = 8  # different numbers that are listed one by one
_WIDE = 1000.0  # where the largest is so many times the smallest, bins may widen by a factor


class ValueCount(Struct, frozen=True):
    """A value (MISSING never), how many runs have it, and the filter that finds them, empty where none does."""

    value: Any  # a param's value is whatever the user put in
    count: int
    clause: str


class Bin(Struct, frozen=True):
    """How many runs have a number from ``low`` up to ``high``, and the filter that finds them."""

    low: float
    high: float
    count: int
    clause: str


class Facet(Struct, frozen=True):
    """What a key has among some runs: ``values`` listed, ``more`` of them left out, and ``bins`` of many numbers.

    ``unset`` runs have no value. Counts are estimates where ``is_estimated``.
    """

    key: str
    unset: int
    values: list[ValueCount] | None
    bins: list[Bin] | None
    more: int = 0
    is_estimated: bool = False


def facet_of(runs: Runs, target: Key | Column, numbers: Numbers) -> Facet:
    """Return the facet of a key or run column among *runs*, whose *numbers* in the catalog are given.

    Raises:
        FilterError: the key has ``[*]``.
    """
    if isinstance(target, Key) and runs.expr == And(()) and len(numbers) > MANY_RUNS:
        found = _of_whole(runs, target, len(numbers))
        if found is not None:
            return found
    some = numbers if len(numbers) <= MOST_READ else numbers[np.linspace(0, len(numbers) - 1, SAMPLE).astype(np.int64)]
    vector = read_vector(runs.catalog, some, target)

    def is_int(number: float) -> bool:
        return vector.is_whole or (isinstance(target, Key) and _is_int(runs, target, number))

    return _of_vector(target, vector, len(numbers) / max(len(some), 1), is_int)


def _is_int(runs: Runs, target: Key, number: float) -> bool:
    """Tell whether a run has the number as an integer: among floats, 0 and 0.0 are one value, shown as in tables."""
    if not number.is_integer():
        return False
    keys = runs.catalog.ask(lambda database: CatalogKeys(database).numbers(target, False))
    sql = f"SELECT 1 FROM param p WHERE p.key_n = ? AND p.num = ? AND p.kind = {int(Kind.INT)} LIMIT 1"
    return bool(runs.catalog.ask(lambda database: database.rows(sql, (keys[0], number))))


def _of_whole(runs: Runs, target: Key, total: int) -> Facet | None:
    """Return the facet of all runs by counting ranges of an index; None where the texts are too many for that."""
    keys = runs.catalog.ask(lambda database: CatalogKeys(database).numbers(target, False))
    if len(keys) != 1:
        return None
    texts, numbers = runs.catalog.ask(lambda database: (few_texts(database, keys[0]), few_numbers(database, keys[0])))
    if texts is None:
        return None
    if numbers is not None and len(numbers) <= _FEW_NUMBERS:
        counts = [(value, count) for value, count in facet(runs, target) if value is not MISSING]
        return _listed(target, counts, total - sum(count for _, count in counts))
    return None if texts else runs.catalog.ask(lambda database: _whole_bins(database, target, keys[0], total))


def _whole_bins(database: Database, target: Key, key_n: int, total: int) -> Facet | None:
    there = "FROM param p WHERE p.key_n = ? AND p.num IS NOT NULL"
    low, high = database.rows(f"SELECT min(p.num), max(p.num) {there}", (key_n,))[0]
    runs = database.rows("SELECT n_runs FROM key WHERE n = ?", (key_n,))[0][0]
    if low is None or not np.isfinite([low, high]).all():
        return None
    numbers = database.rows(f"SELECT count(*) {there}", (key_n,))[0][0]

    def counted(edges: list[float]) -> list[int]:
        counts = [
            database.rows(f"SELECT count(*) {there} AND p.num >= ? AND p.num < ?", (key_n, *pair))[0][0]
            for pair in pairwise(edges)
        ]
        counts[-1] += numbers - sum(counts)  # the largest itself
        return counts

    edges, counts = _binned(low, high, counted)
    return Facet(shown_key(target), total - runs, None, _bins(target, edges, counts)) if numbers == runs else None


def _of_vector(target: Key | Column, vector: Vector, scale: float, is_int: Callable[[float], bool]) -> Facet:
    def scaled(count: Any) -> int:  # a Python or numpy integer
        return round(int(count) * scale)

    unset = scaled((vector.codes == IS_UNSET).sum())
    is_number = vector.codes == IS_NUMBER
    numbers = vector.numbers[is_number]
    counts: list[tuple[Any, int]] = []
    if nulls := int((vector.codes == IS_NULL).sum()):
        counts.append((None, scaled(nulls)))
    labels = np.bincount(vector.codes[vector.codes >= FIRST_LABEL] - FIRST_LABEL, minlength=len(vector.labels))
    counts += [(value, scaled(count)) for value, count in zip(vector.values, labels, strict=True) if count]
    distinct, times = np.unique(numbers, return_counts=True)
    is_estimated = scale != 1
    if len(distinct) <= _FEW_NUMBERS or not np.isfinite(numbers).all():
        each = [
            (int(number) if is_int(number) else number, scaled(count))
            for number, count in zip(distinct.tolist(), times, strict=True)
        ]
        return _listed(target, [*each, *counts], unset, is_estimated=is_estimated)
    edges, bins = _binned(float(distinct[0]), float(distinct[-1]), lambda edges: _counted(numbers, edges))
    bins = [scaled(count) for count in bins]
    listed = _listed(target, counts, unset)
    return Facet(
        listed.key, unset, listed.values if counts else None, _bins(target, edges, bins), listed.more, is_estimated
    )


def _counted(numbers: NDArray[np.float64], edges: list[float]) -> list[int]:
    return [int(count) for count in np.histogram(numbers, bins=np.array(edges))[0]]


def _binned(low: float, high: float, counted: Callable[[list[float]], list[int]]) -> tuple[list[float], list[int]]:
    """Return edges of bins and what *counted* counts in them.

    Bins widen by a factor where the range is wide and that fills them more evenly: seeds from 1 to 9999 are as many in
    each thousand.
    """
    plain = _short(np.linspace(low, high, _BINS + 1).tolist(), low, high)
    counts = counted(plain)
    if low <= 0 or high / low <= _WIDE:
        return plain, counts
    widening = _short(np.geomspace(low, high, _BINS + 1).tolist(), low, high)
    others = counted(widening)
    return (widening, others) if _unevenness(others) < _unevenness(counts) else (plain, counts)


def _unevenness(counts: list[int]) -> int:
    return sum(count * count for count in counts)


def _short(edges: list[float], low: float, high: float) -> list[float]:
    """Return the edges as short numbers where that moves them little."""
    short = [low, *(float(f"{edge:.3g}") for edge in edges[1:-1]), high]
    return short if all(one < other for one, other in pairwise(short)) else edges


def _bins(target: Key | Column, edges: list[float], counts: list[int]) -> list[Bin]:
    last = len(counts) - 1
    return [
        Bin(low, high, count, between(target, low, high, is_last=at == last))
        for at, (low, high, count) in enumerate(zip(edges, edges[1:], counts, strict=False))
    ]


def _listed(target: Key | Column, counts: list[tuple[Any, int]], unset: int, *, is_estimated: bool = False) -> Facet:
    counts = sorted(counts, key=lambda pair: -pair[1])
    kept = counts[:_MOST_VALUES]
    if all(isinstance(value, int | float) for value, _ in counts):
        kept.sort(key=lambda pair: pair[0])
    values = [ValueCount(value, count, equals(target, value)) for value, count in kept]
    return Facet(shown_key(target), unset, values, None, len(counts) - len(kept), is_estimated)


def tags_facet(database: Database, numbers: Numbers) -> Facet:
    """Return the facet of the tags, of which a run may have several."""
    sql = "SELECT n, name FROM key WHERE scope = ? AND n_runs > 0 ORDER BY n_runs DESC, n LIMIT 100"
    wanted = np.zeros(int(numbers.max()) + 1 if len(numbers) else 1, dtype=bool)
    wanted[numbers] = True
    counts: Counter[str] = Counter()
    tagged = np.zeros_like(wanted)
    for key_n, name in database.rows(sql, (int(Scope.TAG),)):
        tag = str(split_key(restored(name))[0])
        for rows in database.batches("SELECT run_n FROM param WHERE key_n = ? AND run_n < ?", (key_n, len(wanted))):
            runs = _first(rows)
            runs = runs[wanted[runs]]
            tagged[runs] = True
            counts[tag] += len(runs)
    common = [(tag, count) for tag, count in counts.most_common() if count]
    values = [ValueCount(tag, count, name_in_filter(Key(Scope.TAG, (tag,)))) for tag, count in common[:_MOST_VALUES]]
    return Facet(TAGS, len(numbers) - int(tagged.sum()), values, None, max(len(common) - _MOST_VALUES, 0))


def _first(rows: list[Row]) -> NDArray[np.int64]:
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def telling_facets(runs: Sequence[RecordedRun], limit: int = 12) -> list[str]:
    """Return the names of params that vary among *runs*, without those whose texts name each run."""
    names = tables.varying([run.leaves(Scope.PARAM) for run in runs], 2 * limit)
    kept: list[str] = []
    for name in names:
        texts = {value for value in (run.value(name) for run in runs) if isinstance(value, str)}
        if len(runs) < _MOST_VALUES or len(texts) < len(runs) // 2:
            kept.append(name)
    return kept[:limit]
