"""A small forest of regression trees, all that importance needs of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np

_TREES = 6
_DEPTH = 8
_MIN_LEAF = 2


class _Node(Struct):
    """A split, or a leaf where ``column`` is -1: values up to ``cut``, or equal to it, go left."""

    column: int
    cut: int
    is_equality: bool
    left: int
    right: int
    value: float


class Forest:
    """Trees grown on bootstrap samples of the rows; predicts the mean of the trees.

    A column is split below a value, or at a single value: then categories need no order.
    """

    def __init__(self, matrix: np.ndarray[Any, Any], target: np.ndarray[Any, Any], random: np.random.Generator) -> None:
        """Grow the trees.

        Args:
            matrix: a row an observation, in small whole numbers from 0 up, shape ``(n, k)``.
            target: what is to be predicted, shape ``(n,)``.
            random: what samples and columns are drawn with.
        """
        self._trees: list[list[_Node]] = []
        for _ in range(_TREES):
            chosen = random.integers(0, len(target), len(target))
            tree: list[_Node] = []
            _grow(tree, matrix[chosen], target[chosen], random, _DEPTH)
            self._trees.append(tree)

    def predict(self, matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the forest's value for each row of *matrix*, shape ``(n, k)`` to ``(n,)``."""
        import numpy as np

        total = np.zeros(len(matrix))
        for tree in self._trees:
            _fill(tree, 0, matrix, np.arange(len(matrix)), total)
        return total / len(self._trees)


def _fill(
    tree: list[_Node], at: int, matrix: np.ndarray[Any, Any], rows: np.ndarray[Any, Any], total: np.ndarray[Any, Any]
) -> None:
    node = tree[at]
    if node.column < 0:
        total[rows] += node.value
        return
    goes_left = _is_left(matrix[rows, node.column], node.cut, node.is_equality)
    _fill(tree, node.left, matrix, rows[goes_left], total)
    _fill(tree, node.right, matrix, rows[~goes_left], total)


def _is_left(values: np.ndarray[Any, Any], cut: int, is_equality: bool) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = values == cut if is_equality else values <= cut
    return found


def _grow(
    tree: list[_Node],
    matrix: np.ndarray[Any, Any],
    target: np.ndarray[Any, Any],
    random: np.random.Generator,
    depth: int,
) -> int:
    at = len(tree)
    tree.append(_Node(-1, 0, False, 0, 0, float(target.mean())))
    if depth == 0 or len(target) < 2 * _MIN_LEAF or float(target.var()) == 0:
        return at
    found = _best_split(matrix, target, random)
    if found is None:
        return at
    node = tree[at]
    node.column, node.cut, node.is_equality = found
    goes_left = _is_left(matrix[:, node.column], node.cut, node.is_equality)
    node.left = _grow(tree, matrix[goes_left], target[goes_left], random, depth - 1)
    node.right = _grow(tree, matrix[~goes_left], target[~goes_left], random, depth - 1)
    return at


def _best_split(
    matrix: np.ndarray[Any, Any], target: np.ndarray[Any, Any], random: np.random.Generator
) -> tuple[int, int, bool] | None:
    columns = matrix.shape[1]
    tried = random.permutation(columns)[: max(1, (2 * columns + 2) // 3)]
    best: tuple[int, int, bool] | None = None
    best_gain = 0.0
    for column in tried:
        for gain, cut, is_equality in _gains(matrix[:, column], target):
            if gain > best_gain * (1 + 1e-9) + 1e-12:
                best, best_gain = (int(column), cut, is_equality), gain
    return best


def _gains(values: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> list[tuple[float, int, bool]]:
    """Return the best cut below a value and the best single value, each with what it takes off the squared error."""
    import numpy as np

    counts = np.bincount(values).astype(float)
    sums = np.bincount(values, weights=target - target.mean())
    below = _gain(np.cumsum(counts), np.cumsum(sums), len(target))
    single = _gain(counts, sums, len(target))
    return [
        (float(below.max()), int(below.argmax()), False),
        (float(single.max()), int(single.argmax()), True),
    ]


def _gain(counts: np.ndarray[Any, Any], sums: np.ndarray[Any, Any], total: int) -> np.ndarray[Any, Any]:
    """Return the gain of parting *counts* rows with these sums (of the centred target) from the rest."""
    import numpy as np

    others = total - counts
    enough = (counts >= _MIN_LEAF) & (others >= _MIN_LEAF)
    gain: np.ndarray[Any, Any] = np.where(
        enough, sums**2 / np.maximum(counts, 1) + sums**2 / np.maximum(others, 1), 0.0
    )
    return gain
