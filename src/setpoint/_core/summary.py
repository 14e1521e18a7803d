"""Summary: what came of a run, one value a metric. What the user sets wins over the last logged value."""

from collections.abc import Iterator, Mapping
from math import inf, nan
from typing import Any

from .config import Config
from .edits import raw_get, raw_set
from .keys import join_key
from .raw import dict_set, type_of
from .section import Section
from .tree import Node, drop_cached, is_a, node_of

Number = int | float
NUMBERS = frozenset((int, float, bool))
_INT_MIN, _INT_MAX = -(2**63), 2**63


class Digest:
    """The digest of the metric *key*: ``last``, ``min``, ``max``, ``total`` and ``count`` of what was logged.

    A nan counts and may be last, but has no part in min, max and total; these are of ``numbers`` values.
    """

    __slots__ = ("count", "key", "last", "max", "min", "numbers", "total")

    def __init__(self, key: str) -> None:
        """Make the digest of nothing yet."""
        self.key = key
        self.last: Number = nan
        self.min: Number = inf
        self.max: Number = -inf
        self.total = 0.0
        self.count = 0
        self.numbers = 0

    @property
    def mean(self) -> float:
        """The arithmetic mean of all logged values that are numbers; nan without one."""
        return self.total / self.numbers if self.numbers else nan

    def add(self, value: Number) -> None:
        """Take one more value in."""
        self.last = value
        self.count += 1
        if value != value:  # noqa: PLR0124  # nan; isnan() can't take an int of over 308 digits
            return
        self.numbers += 1
        try:
            self.total += value
        except OverflowError:
            self.total = inf if value > 0 else -inf
        self.min = min(self.min, value)
        self.max = max(self.max, value)


class Summary(Config):
    """A run's results: a dict like Config, whose changes are free; logged metrics show their last value in it."""

    __slots__ = ("_setpoint_digests",)
    _setpoint_digests: dict[str, Digest]

    def __init__(self, **wiring: Any) -> None:
        """Make an empty summary; *wiring* is what Config takes."""
        super().__init__(allow_val_change=True, **wiring)
        object.__setattr__(self, "_setpoint_digests", {})

    def digest(self, metric: str) -> Digest:
        """Return the digest of a logged metric (last, min, max, mean, count); raises KeyError for another."""
        found = next((digest for digest in self._setpoint_digests.values() if digest.key == metric), None)
        if found is None:
            raise KeyError(metric)
        return found

    def take_numbers(self, data: Mapping[Any, Any], values: dict[str, Any]) -> dict[Any, Any]:
        """Take in what one ``log()`` call gives: note each plain number, and put it in *values* under its key.

        Returns:
            What is more than a finite float or int of 64 bits, or is a metric's first value: for ``note()``.
        """
        digests, stamps, seen = self._setpoint_digests, self._setpoint.stamps, self._setpoint_seen
        rest: dict[Any, Any] = {}
        for name, value in data.items():
            kind = type_of(value)
            digest = digests.get(name)
            is_plain = value - value == 0.0 if kind is float else kind is int and _INT_MIN < value < _INT_MAX
            if digest is None or not is_plain:
                rest[name] = value
                continue
            # What Digest.add() does, without the call: a training loop comes through here for each of its metrics.
            digest.last = value
            digest.count += 1
            digest.numbers += 1
            digest.total += value
            if value < digest.min:  # noqa: PLR1730  # half the time of a call of min()
                digest.min = value
            if value > digest.max:  # noqa: PLR1730  # likewise
                digest.max = value
            if name not in stamps:
                dict_set(self, name, value)
                if name in seen:
                    drop_cached(self, name)
            values[digest.key] = value
        return rest

    def note(self, path: tuple[str, ...], key: str, value: Any) -> None:
        """Take in one logged value of the metric *key*: show it as the last value unless the user set one."""
        if type(value) in NUMBERS:
            # A metric of one name is found by the name, as that is what log() is given; others by their key.
            known = path[0] if len(path) == 1 else key
            self._setpoint_digests.setdefault(known, Digest(key)).add(value)
        at: Section = self
        for name in path[:-1]:
            below = raw_get(at, name)
            if not isinstance(below, Section):
                if name in node_of(at).stamps:
                    return
                below = Section(Node(node_of(at).tree, at, name))
                raw_set(at, name, below)
            at = below
        if path[-1] not in node_of(at).stamps:
            raw_set(at, path[-1], value)


Summary._reserved = frozenset(dir(Summary))


def flat_values(data: Mapping[Any, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Yield path, key and value of each metric in the nested dicts that ``log()`` takes."""
    for name, value in data.items():
        path = (*above, name if isinstance(name, str) else str(name))
        if is_a(value, dict):
            yield from flat_values(value, path)
        else:
            yield path, join_key(path), value
