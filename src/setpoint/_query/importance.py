"""How much each param matters for a metric, and how sure that is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from setpoint._catalog.leaf import Scope, leaf_of
from setpoint._core.keys import join_key
from setpoint._core.leaves import flatten

from .forest import Forest
from .keys import column_name
from .runs import expect_metric, metric_key
from .tables import group_key

if TYPE_CHECKING:
    import numpy as np

    from .runs import Runs

MIN_RUNS = 12
_MAX_RUNS = 5000  # the newest; more changes nothing but the time
_ROUNDS = 24  # bootstrap samples
_MAX_BINS = 32
_MAX_CATEGORIES = 64
_MAX_PARAMS = 32  # so many are looked at together; of more, those that tell most by themselves
_SHUFFLED_AT_ONCE = 8


class ParamImportance(Struct, frozen=True):
    """The share of the metric's variance that the param accounts for, alone and with others, with a 90 % interval.

    ``tied`` are params that always changed together with this one, so that no run can tell them apart. ``matters`` says
    that the interval lies above zero. ``tendency`` is ``up`` or ``down`` where the metric follows the number.
    """

    key: str
    value: float
    low: float
    high: float
    tied: tuple[str, ...] = ()
    tendency: str = ""

    @property
    def matters(self) -> bool:
        """Whether the interval lies above zero."""
        return self.low > 0


class Importance(Struct, frozen=True):
    """The params that vary, the most important first. ``note`` says why when nothing, or little, can be said."""

    metric: str
    runs: int
    params: tuple[ParamImportance, ...]
    constant: tuple[str, ...] = ()
    explained: float = math.nan  # share of the variance that the params predict for runs left out
    note: str = ""


def importance(runs: Runs, metric: str, seed: int = 0) -> Importance:
    """Return how much each param matters for a summary's metric among these runs.

    Categories, numbers and missing params count as they are: a missing value is a value. Params that never vary are
    listed apart, and params that always vary together count as one.

    Source:
        Breiman, "Random Forests", 2001: importance by permutation on the runs each tree was not grown from; the
        interval is that of the bootstrap over trees' samples. Half of what the shuffling costs is the share of the
        variance (Sobol's total index): Gregorutti, Michel, Saint-Pierre, "Correlation and variable importance in random
        forests", 2017.

    Raises:
        FilterError: *metric* can't be read, or no run of the store has it.
        ImportError: numpy is not installed.
    """
    import numpy as np

    expect_metric(runs, metric)
    rows, values = _data(runs, metric)
    if len(values) < MIN_RUNS:
        return Importance(metric, len(values), (), note=_too_few(len(values)))
    columns, constant = _columns(rows)
    target = np.array(values, dtype=float)
    if not columns or float(target.std()) == 0:
        what = "no param varies" if not columns else f"{metric} is the same in all of them"
        return Importance(metric, len(values), (), constant, note=f"Nothing to explain: {what}.")
    varying = len(columns)
    columns, matrix = _telling(columns, target)
    shares, explained = _shares(matrix, target, seed)
    found = [_measured(column, shares[:, at], matrix[:, at], target) for at, column in enumerate(columns)]
    found.sort(key=lambda param: (-param.value, param.key))
    return Importance(
        metric, len(values), tuple(found), constant, explained, _note(len(values), varying, len(columns), explained)
    )


def _too_few(count: int) -> str:
    return f"Too few runs: {count} have this metric, {MIN_RUNS} are needed to say anything."


def _note(count: int, varying: int, params: int, explained: float) -> str:
    if varying > params:
        return f"Of {varying} params that vary, the {params} that tell most by themselves were looked at together."
    if count < 5 * params:
        return f"Few runs: {count} for {params} params that vary; the intervals say how little that tells."
    if explained < 0.1:
        return "The params hardly predict this metric; what moves it is elsewhere."
    return ""


class _Column(Struct):
    key: str
    texts: list[str]
    numbers: list[float | None]
    tied: list[str]


def _data(runs: Runs, metric: str) -> tuple[list[dict[str, Any]], list[float]]:
    key = join_key(metric_key(metric).path)
    rows: list[dict[str, Any]] = []
    values: list[float] = []
    for run in runs[:_MAX_RUNS]:
        leaf = leaf_of(dict(flatten(run.plain(Scope.SUMMARY))).get(key))
        if leaf.number is not None and math.isfinite(leaf.number):
            rows.append(dict(flatten(run.plain(Scope.PARAM))))
            values.append(leaf.number)
    return rows, values


def _columns(rows: list[dict[str, Any]]) -> tuple[list[_Column], tuple[str, ...]]:
    """Return the params that vary, those that vary together as one, and the names of those that are constant."""
    columns: list[_Column] = []
    constant: list[str] = []
    by_pattern: dict[tuple[int, ...], _Column] = {}
    for key in dict.fromkeys(key for row in rows for key in row):
        texts = [group_key(row[key]) if key in row else "" for row in rows]
        numbers = [leaf_of(row[key]).number if key in row else None for row in rows]
        numbering: dict[str, int] = {}
        pattern = tuple(numbering.setdefault(text, len(numbering)) for text in texts)
        name = column_name(Scope.PARAM, key)
        if len(numbering) == len(rows):
            pattern = tuple(
                sorted(range(len(rows)), key=[number or 0.0 for number in numbers].__getitem__)
            )  # tied only where the order is
        if len(numbering) == 1:
            constant.append(name)
        elif len(numbering) == len(rows) and None in numbers:
            continue  # a name of its own in each run explains everything, and nothing
        elif pattern in by_pattern:
            by_pattern[pattern].tied.append(name)
        else:
            by_pattern[pattern] = _Column(name, texts, numbers, [])
            columns.append(by_pattern[pattern])
    return columns, tuple(constant)


def _telling(columns: list[_Column], target: np.ndarray[Any, Any]) -> tuple[list[_Column], np.ndarray[Any, Any]]:
    """Return the columns to look at, and them as a matrix of small whole numbers, shape ``(n, k)``."""
    import numpy as np

    numeric = [_numeric(column.texts, column.numbers) for column in columns]
    kept = sorted(range(len(columns)), key=lambda at: -_alone(numeric[at], target))[:_MAX_PARAMS]
    kept.sort()
    return [columns[at] for at in kept], np.column_stack([numeric[at] for at in kept])


def _alone(values: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> float:
    """Return the share of the variance that lies between a param's values, less what chance alone gives.

    Source:
        Kelley, "An Unbiased Correlation Ratio Measure", 1935 (epsilon squared).
    """
    import numpy as np

    counts = np.bincount(values)
    sums = np.bincount(values, weights=target - target.mean())
    between = float((sums**2 / np.maximum(counts, 1)).sum()) / (len(target) * float(target.var()))
    return 1 - (1 - between) * (len(target) - 1) / max(len(target) - int((counts > 0).sum()), 1)


def _numeric(texts: list[str], numbers: list[float | None]) -> np.ndarray[Any, Any]:
    """Return small whole numbers: 0 for missing, then numbers in bins of their ranks, then categories by name."""
    import numpy as np

    distinct = sorted({number for number in numbers if number is not None})
    bins = min(len(distinct), _MAX_BINS)
    rank = {number: 1 + at * bins // len(distinct) for at, number in enumerate(distinct)}
    others = sorted({text for text, number in zip(texts, numbers, strict=True) if number is None and text})
    place = {text: 1 + bins + min(at, _MAX_CATEGORIES) for at, text in enumerate(others)}
    pairs = zip(texts, numbers, strict=True)
    return np.array([place.get(text, 0) if number is None else rank[number] for text, number in pairs], dtype=np.int64)


def _shares(
    matrix: np.ndarray[Any, Any], target: np.ndarray[Any, Any], seed: int
) -> tuple[np.ndarray[Any, Any], float]:
    """Return, for each bootstrap round and column, half the share of variance that shuffling the column costs."""
    import numpy as np

    random = np.random.default_rng(seed)
    count = len(target)
    shares = np.zeros((_ROUNDS, matrix.shape[1]))
    explained: list[float] = []
    for at in range(_ROUNDS):
        chosen = random.integers(0, count, count)
        left_out = np.setdiff1d(np.arange(count), chosen)
        if len(left_out) < 3:
            continue
        forest = Forest(matrix[chosen], target[chosen], random)
        variance = float(target[left_out].var()) or float(target.var())
        error = float(((forest.predict(matrix[left_out]) - target[left_out]) ** 2).mean())
        explained.append(1 - error / variance)
        shares[at] = (_costs(forest, matrix[left_out], target[left_out], random) - error) / (2 * variance)
    return shares, float(np.mean(explained))


def _costs(
    forest: Forest, matrix: np.ndarray[Any, Any], target: np.ndarray[Any, Any], random: np.random.Generator
) -> np.ndarray[Any, Any]:
    """Return the mean squared error with each column shuffled in turn, shape ``(k,)``; several in one prediction."""
    import numpy as np

    rows, columns = matrix.shape
    costs = np.zeros(columns)
    for start in range(0, columns, _SHUFFLED_AT_ONCE):
        some = range(start, min(start + _SHUFFLED_AT_ONCE, columns))
        shuffled = np.tile(matrix, (len(some), 1)).reshape(len(some), rows, columns)
        for at, column in enumerate(some):
            shuffled[at, :, column] = random.permutation(matrix[:, column])
        predicted = forest.predict(shuffled.reshape(-1, columns)).reshape(len(some), rows)
        costs[start : some.stop] = ((predicted - target) ** 2).mean(axis=1)
    return costs


def _measured(
    column: _Column, shares: np.ndarray[Any, Any], ranks: np.ndarray[Any, Any], target: np.ndarray[Any, Any]
) -> ParamImportance:
    import numpy as np

    low, high = np.quantile(shares, [0.05, 0.95])
    return ParamImportance(
        column.key, float(shares.mean()), float(low), float(high), tuple(column.tied), _tendency(column, ranks, target)
    )


def _tendency(column: _Column, ranks: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> str:
    import numpy as np

    has_number = np.array([number is not None for number in column.numbers])
    if has_number.sum() < MIN_RUNS or len(set(ranks[has_number])) < 2:
        return ""
    order = np.argsort(np.argsort(target[has_number]))
    spread = float(np.std(ranks[has_number])) * float(np.std(order))
    correlation = float(np.cov(ranks[has_number], order, bias=True)[0, 1]) / spread if spread else 0.0
    return "" if abs(correlation) < 0.3 else "up" if correlation > 0 else "down"
