"""Runs in groups: by values of keys, or equal in all params but some; each with its metrics' mean and spread."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.leaf import Scope
from setpoint._catalog.rows import from_blob
from setpoint._core.keys import join_key, split_key
from setpoint._core.leaves import flatten
from setpoint._core.values import decode
from setpoint.errors import FilterError, InvalidArgumentError

from .clauses import both, equals
from .expr import Column, Key
from .keys import column_name, is_among, target_of
from .ordering import Numbers
from .recorded import MISSING
from .runs import metric_key, natural_direction
from .vectors import FIRST_LABEL, IS_NULL, IS_NUMBER, IS_UNSET, Vector, read_vector

_AT_ONCE = 2000
_MOST_VARYING = 40  # params that a group is described by; where more vary, no filter says what a group shares
COUNT = "run.count"  # what groups are sorted by to have them by their size
MOST_WHOLE = 200_000  # runs whose whole configs are compared; a minute's work for a million


class Spread(Struct, frozen=True):
    """A metric over runs, in its own unit. ``spread`` is the sample standard deviation, None for one run."""

    count: int
    mean: float
    spread: float | None
    min: float
    max: float


class Group(Struct, frozen=True):
    """Runs that belong together: what they share, their statistics by metric, and the filter that finds them.

    ``best`` is the number of the run with the best value of the metric that they are sorted by, else of the first one.
    The clause is empty where no filter says what they share.
    """

    values: dict[str, Any]  # params' values, by column name; MISSING where they have none
    count: int
    stats: dict[str, Spread | None]
    best: int | None
    clause: str


def groups_by(
    catalog: Catalog, numbers: Numbers, by: Sequence[str], metrics: Sequence[str], limit: int, sort: str = ""
) -> tuple[int, list[Group]]:
    """Return how many groups of equal values of *by* there are, and the first of them.

    In the order of *sort*: one of the metrics by its mean, one of *by*, or ``run.count``, downwards with a ``-`` before
    it; what has no value comes last. Without it by the mean of the first metric, the best first; without metrics the
    largest first.

    Raises:
        FilterError: a name can't be read, or names no one column; or *sort* is none of these.
    """
    index = np.zeros(len(numbers), dtype=np.int64)
    sorted_out = [_Values(read_vector(catalog, numbers, target_of(name))) for name in by]
    for values in sorted_out:
        _, index = np.unique(index * (len(values.values) + 1) + values.ids, return_inverse=True)
    _, places = np.unique(index, return_index=True)

    def shared(group: int) -> tuple[dict[str, Any], str]:
        found = {name: values.at(int(places[group])) for name, values in zip(by, sorted_out, strict=True)}
        return found, both(equals(target_of(name), value) for name, value in found.items())

    def ranks(name: str, *, is_descending: bool) -> NDArray[np.int64]:
        values = sorted_out[by.index(name)]
        return values.ranks(is_descending=is_descending)[values.ids[places]]

    found = _Metrics(catalog, numbers, index, len(places), metrics, sort)
    return _described(found, found.order(sort, by, ranks), shared, limit)


class _Values:
    """A vector as the numbers of its values: a third of the memory."""

    def __init__(self, vector: Vector) -> None:
        is_number = vector.codes == IS_NUMBER
        distinct, ranks = np.unique(vector.numbers[is_number], return_inverse=True)
        self.ids = vector.codes
        self.ids[is_number] = FIRST_LABEL + len(vector.labels) + ranks
        numbers = distinct.astype(np.int64) if vector.is_whole and np.isfinite(distinct).all() else distinct
        self.values: list[Any] = [None, MISSING, None, *vector.values, *numbers.tolist()]  # by id; 0 is no id
        self._first_number = FIRST_LABEL + len(vector.values)

    def at(self, place: int) -> Any:
        """Return the value that stands at a place."""
        return self.values[int(self.ids[place])]

    def ranks(self, *, is_descending: bool) -> NDArray[np.int64]:
        """Return the place of each id: numbers, what has a label, None, not set; only the first two turn around."""
        numbers = range(self._first_number, len(self.values))
        labels = sorted(range(FIRST_LABEL, self._first_number), key=lambda code: str(self.values[code]))
        turn = -1 if is_descending else 1
        found = np.zeros(len(self.values), dtype=np.int64)
        found[[*numbers[::turn], *labels[::turn], IS_NULL, IS_UNSET]] = np.arange(1, len(self.values))
        return found


class _Metrics:
    """The statistics of all groups: arrays with one element a group."""

    def __init__(
        self,
        catalog: Catalog,
        numbers: Numbers,
        index: NDArray[np.int64],
        groups: int,
        metrics: Sequence[str],
        sort: str = "",
    ) -> None:
        self.names = list(metrics)
        best_by = sort.removeprefix("-") if sort.removeprefix("-") in self.names else next(iter(self.names), "")
        self.counts = np.bincount(index, minlength=groups)
        self.best = np.full(groups, -1, dtype=np.int64)
        self.found: list[dict[str, NDArray[Any]]] = []
        for name in metrics:
            target = target_of(name) if name.startswith("run.") else metric_key(name)
            vector = read_vector(catalog, numbers, target)
            there = (vector.codes == IS_NUMBER) & np.isfinite(vector.numbers)
            values, of = vector.numbers[there], index[there]
            self.found.append(_statistics(values, of, groups))
            if name == best_by:
                sign = -1.0 if natural_direction(name) == "max" else 1.0
                order = np.lexsort((values * sign, of))
                firsts, where = np.unique(of[order], return_index=True)
                self.best[firsts] = numbers[there][order][where]

    def order(self, sort: str, by: Sequence[str] = (), ranks: Callable[..., NDArray[Any]] | None = None) -> Any:
        """Return the groups in order; *ranks* gives the places of groups in the order of one of *by*."""
        name, is_descending = sort.removeprefix("-"), sort.startswith("-")
        if not sort and self.names:
            name = self.names[0]
            is_descending = natural_direction(name) == "max"
        if name in self.names:
            means = self.found[self.names.index(name)]["mean"] * (-1.0 if is_descending else 1.0)
            return np.lexsort((-self.counts, np.where(np.isnan(means), np.inf, means)))
        if ranks is not None and name in by:
            return np.lexsort((-self.counts, ranks(name, is_descending=is_descending)))
        if name not in ("", COUNT):
            raise FilterError(
                sort, f"Groups are sorted by one of their keys, one of their metrics or {COUNT}", column=1
            )
        return np.argsort(self.counts if sort == COUNT else -self.counts, kind="stable")

    def of(self, group: int) -> dict[str, Spread | None]:
        """Return the statistics of one group."""
        return {name: _spread(found, group) for name, found in zip(self.names, self.found, strict=True)}


def _statistics(values: NDArray[np.float64], of: NDArray[np.int64], groups: int) -> dict[str, NDArray[Any]]:
    counts = np.bincount(of, minlength=groups)
    with np.errstate(invalid="ignore", divide="ignore"):  # groups without a value
        means = np.bincount(of, values, groups) / counts
        spreads = np.sqrt(np.bincount(of, (values - means[of]) ** 2, groups) / (counts - 1))
    least, most = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(least, of, values)
    np.maximum.at(most, of, values)
    return {"count": counts, "mean": means, "spread": spreads, "min": least, "max": most}


def _spread(found: dict[str, NDArray[Any]], group: int) -> Spread | None:
    count = int(found["count"][group])
    if not count:
        return None
    mean, spread, least, most = (float(found[name][group]) for name in ("mean", "spread", "min", "max"))
    return Spread(count, mean, spread if count > 1 else None, least, most)


def _described(metrics: _Metrics, order: Any, shared: Any, limit: int) -> tuple[int, list[Group]]:
    found: list[Group] = []
    for group in order[:limit].tolist():
        values, clause = shared(group)
        best = int(metrics.best[group])
        found.append(Group(values, int(metrics.counts[group]), metrics.of(group), best if best >= 0 else None, clause))
    return len(metrics.counts), found


def groups_but(
    catalog: Catalog, numbers: Numbers, but: Sequence[str], metrics: Sequence[str], limit: int, sort: str = ""
) -> tuple[int, list[Group]]:
    """Return how many groups there are of runs that are equal in all params except *but*, and the first of them.

    ``values`` and the clause have the params in which the groups differ. Ordered as ``groups_by`` does, but by no key.

    Raises:
        FilterError: a name can't be read; or *sort* is no metric and not ``run.count``.
        InvalidArgumentError: there are more runs than can be read whole.
    """
    if len(numbers) > MOST_WHOLE:
        raise InvalidArgumentError("where", f"{len(numbers):,} runs", f"a filter that leaves {MOST_WHOLE:,} at most")
    alike = _Alike(tuple(_param_key(name) for name in but))
    index = np.zeros(len(numbers), dtype=np.int64)
    for at, config in _configs(catalog, numbers):
        index[at] = alike.group_of(at, config)

    def shared(group: int) -> tuple[dict[str, Any], str]:
        number = int(numbers[alike.places[group]])
        rows = catalog.ask(lambda database: database.rows("SELECT config FROM run WHERE n = ?", (number,)))
        leaves = dict(flatten(from_blob(rows[0][0]))) if rows else {}
        varying = list(alike.varying)[:_MOST_VARYING]
        values = {key: decode(leaves[key]) if key in leaves else MISSING for key in varying}
        clause = both(equals(Key(Scope.PARAM, split_key(key)), value) for key, value in values.items())
        is_whole = len(varying) == len(alike.varying)
        return {column_name(Scope.PARAM, key): value for key, value in values.items()}, clause if is_whole else ""

    found = _Metrics(catalog, numbers, index, len(alike.places), metrics, sort)
    return _described(found, found.order(sort), shared, limit)


def _param_key(name: str) -> str:
    target = target_of(name)
    return "" if isinstance(target, Column) or target.scope is not Scope.PARAM else join_key(target.path)


def _configs(catalog: Catalog, numbers: Numbers) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the place and the config in plain form of each run."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE].tolist()
        sql = f"SELECT n, config FROM run WHERE n IN ({', '.join(map(str, some))})"
        configs: dict[int, bytes] = dict(catalog.ask(lambda database, sql=sql: database.rows(sql)))  # type: ignore[misc]  # a default binds it
        for at, number in enumerate(some):
            if number in configs:
                yield start + at, from_blob(configs[number])


class _Alike:
    """Finds the group of each config, and the params in which groups differ."""

    def __init__(self, but: tuple[str, ...]) -> None:
        self._but = but
        self._is_among: dict[str, bool] = {}
        self._groups: dict[bytes, int] = {}
        self._first: dict[str, Any] = {}
        self.places: list[int] = []
        self.varying: dict[str, None] = {}  # in the order in which they are found

    def group_of(self, at: int, config: dict[str, Any]) -> int:
        leaves = [(key, value) for key, value in flatten(config) if not self._is_left_out(key)]
        text = msgspec.json.encode(sorted(leaves, key=lambda leaf: leaf[0]))
        digest = hashlib.blake2b(text, digest_size=16).digest()
        group = self._groups.get(digest)
        if group is None:
            group = self._groups[digest] = len(self.places)
            self.places.append(at)
            self._note(dict(leaves))
        return group

    def _is_left_out(self, key: str) -> bool:
        known = self._is_among.get(key)
        if known is None:
            known = self._is_among[key] = is_among(key, self._but)
        return known

    def _note(self, leaves: dict[str, Any]) -> None:
        if len(self.places) == 1:
            self._first = leaves
            return
        for key in {**self._first, **leaves}:
            if key not in self.varying and _plain(self._first, key) != _plain(leaves, key):
                self.varying[key] = None


def _plain(leaves: dict[str, Any], key: str) -> bytes | None:
    return msgspec.json.encode(leaves[key]) if key in leaves else None
