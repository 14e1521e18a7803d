"""Summary: what came of a run, one value a metric. What the user sets wins over the last logged value."""

from collections.abc import Iterator, Mapping
from math import inf, nan
from typing import Any

from .config import Config
from .edits import raw_get, raw_set
from .keys import join_key
from .raw import dict_set
from .section import Section
from .tree import Node, drop_cached, is_a, node_of

Number = int | float
NUMBERS = frozenset((int, float, bool))


class Digest:
    """The digest of one metric: ``last``, ``min``, ``max``, ``total`` and ``count`` of what was logged.

    A nan counts and may be last, but has no part in min, max and total; these are of ``numbers`` values.
    """

    __slots__ = ("count", "last", "max", "min", "numbers", "total")

    def __init__(self) -> None:
        """Make the digest of nothing yet."""
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
        if value < self.min:  # noqa: PLR1730  # half the time of a call of min(), for each value logged
            self.min = value
        if value > self.max:  # noqa: PLR1730  # likewise
            self.max = value


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
        return self._setpoint_digests[metric]

    def note_number(self, name: str, key: str, value: Number) -> None:
        """Take in one logged number of the metric *key*, which is the name *name* itself: the way of nearly all."""
        digest = self._setpoint_digests.get(key)
        if digest is None:
            digest = self._setpoint_digests[key] = Digest()
        digest.add(value)
        if name not in self._setpoint.stamps:
            dict_set(self, name, value)
            if name in self._setpoint_seen:
                drop_cached(self, name)

    def note(self, path: tuple[str, ...], key: str, value: Any) -> None:
        """Take in one logged value of the metric *key*: show it as the last value unless the user set one."""
        if type(value) in NUMBERS:
            self._setpoint_digests.setdefault(key, Digest()).add(value)
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
