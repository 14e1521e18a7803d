"""Curves with fewer points, of which none that stands out is lost."""

from collections.abc import Sequence
from math import isnan


def thin(values: Sequence[float], points: int) -> list[int]:
    """Choose the points that keep a curve's shape: the smallest and the largest of each of as many stretches.

    Args:
        values: the metric at each step, in its own unit, shape ``(n,)``.
        points: points to keep, at least 3.

    Returns:
        Indices into *values*, increasing, at most *points* of them; the first and the last are among them. All where
        ``n <= points``.
    """
    count = len(values)
    if count <= points:
        return list(range(count))
    stretches = max((points - 2) // 2, 1)
    kept = [0]
    for at in range(stretches):
        start = 1 + (count - 2) * at // stretches
        stop = 1 + (count - 2) * (at + 1) // stretches
        kept += _ends(values, start, stop) if points > 3 else [start]
    kept.append(count - 1)
    return kept


def _ends(values: Sequence[float], start: int, stop: int) -> list[int]:
    part = list(values[start:stop])
    numbers = part if not any(map(isnan, part)) else [value for value in part if not isnan(value)]
    if not numbers:
        return [start]
    low, high = start + part.index(min(numbers)), start + part.index(max(numbers))
    return sorted({low, high})
