"""The points of one writer's metrics, and their digest."""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

from array import array
from bisect import bisect_left
from math import isnan, nan
from typing import Any

from setpoint._core.values import Foreign, decode

from .record import Log
from .state import Series, Stats

_FLOATS = (float, int)


class Points:
    """What one writer logged: series by metric, last values of any kind, and the step at each record."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}
        self._numbers: dict[str, array[int]] = {}
        self._last: dict[str, tuple[int, Any]] = {}
        self._log_numbers = array("q")
        self._log_steps = array("q")
        self._is_sorted = True

    def add(self, record: Log) -> None:
        """Take the values of one record in; records may come in any order, each once."""
        seq = record.seq
        if self._log_numbers and seq < self._log_numbers[-1]:
            self._is_sorted = False
        self._log_numbers.append(seq)
        self._log_steps.append(record.step)
        for metric, plain in record.values.items():
            value = plain if type(plain) in _FLOATS else decode(plain)
            if metric not in self._last or self._last[metric][0] < seq:
                self._last[metric] = (seq, value)
            number = as_float(value)
            if number is not None:
                self._add_point(metric, seq, record, number)

    def _add_point(self, metric: str, seq: int, record: Log, number: float) -> None:
        series = self._series.get(metric)
        if series is None:
            series = self._series[metric] = Series(array("q"), array("d"), array("q"))
            self._numbers[metric] = array("q")
        series.steps.append(record.step)
        series.values.append(number)
        series.times.append(record.t)
        self._numbers[metric].append(seq)

    def settle(self) -> None:
        """Put everything in the order of the records' numbers; to be called when all that is known is in."""
        if not self._is_sorted:
            for metric, series in self._series.items():
                order = _order(self._numbers[metric])
                self._series[metric] = Series(
                    _picked(series.steps, order), _picked(series.values, order), _picked(series.times, order)
                )
            order = _order(self._log_numbers)
            self._log_numbers = _picked(self._log_numbers, order)
            self._log_steps = _picked(self._log_steps, order)
            for numbers in self._numbers.values():
                numbers[:] = array("q", sorted(numbers))
            self._is_sorted = True

    def step_before(self, seq: int) -> int | None:
        """Return the step of the last log record whose number is below *seq*."""
        index = bisect_left(self._log_numbers, seq)
        return self._log_steps[index - 1] if index else None

    @property
    def series(self) -> dict[str, Series]:
        """The series by metric, in the order in which the metrics came first."""
        return self._series

    @property
    def last(self) -> dict[str, Any]:
        """The last value of each metric, as it was logged."""
        return {metric: value for metric, (_, value) in self._last.items()}


def as_float(value: Any) -> float | None:
    """Return *value* as a point of a series; None where it is no number."""
    if isinstance(value, Foreign):  # a number of a library that is not installed here
        value = value.value
    if not hasattr(value, "__float__"):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):  # an array, a complex number, an int beyond all floats
        return None


def _order(numbers: array[int]) -> list[int]:
    return sorted(range(len(numbers)), key=numbers.__getitem__)


def _picked(values: Any, order: list[int]) -> Any:  # an array of the same kind
    picked = values[:0]
    picked.extend(map(values.__getitem__, order))
    return picked


def digest(series: Series) -> Stats:
    """Return the digest of a series that has points."""
    values: Any = series.values
    total = sum(values)
    if isnan(total):
        values = [value for value in values if not isnan(value)]
        total = sum(values)
    if not values:
        return Stats(nan, nan, nan, nan, len(series.values))
    return Stats(series.values[-1], min(values), max(values), total / len(values), len(series.values))
