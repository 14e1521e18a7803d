"""Runs that are equal but for named keys, and repeats that differ in their seed alone."""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._catalog.database import Database
from setpoint._catalog.leaf import Kind, Scope, leaf_of
from setpoint._core.keys import split_key
from setpoint._core.leaves import flatten

from .expr import And, Compare, Key, Op, Scalar, Term
from .keys import is_among
from .recorded import RecordedRun
from .runs import Runs, metric_key
from .select import Selector
from .store import catalog_for

_TERMS = 12  # of the run's params, the rarest values; they leave few runs, which are then compared whole


class Alike(Struct, frozen=True):
    """A run with the same config but for ``keys``, the params in which it differs (they were to be ignored)."""

    run: RecordedRun
    keys: tuple[str, ...]


class Repeats(Struct, frozen=True):
    """Runs that are equal but for the ignored keys; mean and spread of the metric over those that have it.

    ``spread`` is the sample standard deviation, nan for fewer than two values.
    """

    runs: tuple[RecordedRun, ...]
    count: int
    mean: float
    spread: float


def alike(run: RecordedRun, ignore: Iterable[str] = (), store: Any = None) -> list[Alike]:
    """Return the other runs whose config equals that of *run*, whatever they have under the ignored keys.

    Args:
        run: the run to compare with.
        ignore: keys, or patterns with ``*``; a section stands for all in it.
        store: the store's folder or URL, as for ``load``.
    """
    patterns = tuple(ignore)
    catalog = catalog_for(store)
    mine = dict(flatten(run.plain(Scope.PARAM)))
    terms = catalog.ask(lambda database: _rarest(database, mine, patterns))
    found: list[Alike] = []
    for other in Runs(catalog, And(tuple(terms))):
        if other.id != run.id:
            theirs = dict(flatten(other.plain(Scope.PARAM)))
            differing = [key for key in {**mine, **theirs} if _text(mine, key) != _text(theirs, key)]
            if all(is_among(key, patterns) for key in differing):
                found.append(Alike(other, tuple(differing)))
    return found


def _rarest(database: Database, leaves: dict[str, Any], patterns: tuple[str, ...]) -> list[Term]:
    terms: list[tuple[int, Term]] = []
    for key, plain in leaves.items():
        kind = leaf_of(plain).kind
        if not is_among(key, patterns) and kind in (Kind.INT, Kind.FLOAT, Kind.TEXT, Kind.TRUE, Kind.FALSE):
            value: Scalar = plain if isinstance(plain, str | int | float | bool) else None
            if value is not None:
                term = Term(Key(Scope.PARAM, split_key(key)), Compare(Op.EQ, value))
                terms.append((Selector(database, term).probe(), term))
    terms.sort(key=lambda pair: pair[0])
    return [term for _, term in terms[:_TERMS]]


def repeats(runs: Runs, ignore: Iterable[str] = ("seed", "*.seed"), metric: str = "") -> list[Repeats]:
    """Return the runs in groups that are equal but for the ignored keys.

    Args:
        runs: the runs to group.
        ignore: keys, or patterns with ``*``.
        metric: the summary's key to average; without it groups are ordered by size.

    Returns:
        Every group, also those of one run; the largest mean first, then the largest group.
    """
    patterns = tuple(ignore)
    groups: dict[str, list[RecordedRun]] = {}
    for run in runs:
        leaves = [(key, value) for key, value in flatten(run.plain(Scope.PARAM)) if not is_among(key, patterns)]
        groups.setdefault(msgspec.json.encode(sorted(leaves, key=lambda leaf: leaf[0])).decode(), []).append(run)
    found = [_repeats(group, metric) for group in groups.values()]
    found.sort(key=lambda group: (math.isnan(group.mean), -group.mean if group.mean == group.mean else 0, -group.count))
    return found


def _repeats(group: Sequence[RecordedRun], metric: str) -> Repeats:
    values = [] if not metric else [value for run in group if (value := _number(run, metric)) is not None]
    mean = fmean(values) if values else math.nan
    return Repeats(tuple(group), len(group), mean, stdev(values) if len(values) > 1 else math.nan)


def _number(run: RecordedRun, metric: str) -> float | None:
    from setpoint._core.keys import join_key

    plain = dict(flatten(run.plain(Scope.SUMMARY))).get(join_key(metric_key(metric).path))
    return leaf_of(plain).number if plain is not None else None


def _text(leaves: dict[str, Any], key: str) -> bytes:
    return msgspec.json.encode(leaves[key]) if key in leaves else b""
