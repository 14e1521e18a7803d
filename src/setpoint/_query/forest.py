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
    gains, cuts = _gains(matrix[:, tried], target)
    best: tuple[int, int, bool] | None = None
    best_gain = 0.0
    for at, column in enumerate(tried):
        for kind in (0, 1):
            if gains[at, kind] > best_gain * (1 + 1e-9) + 1e-12:
                best, best_gain = (int(column), int(cuts[at, kind]), kind == 1), float(gains[at, kind])
    return best


def _gains(
    matrix: Any,  # an array of shape (n, k), whose sums numpy's stubs give no type
    target: np.ndarray[Any, Any],
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return what the best cut below a value and the best single value take off the squared error, and these values.

    Each of shape ``(k, 2)``, a row a column of *matrix*. All columns are counted at once: a tree has many small nodes.
    """
    import numpy as np

    columns, width = int(matrix.shape[1]), int(matrix.max()) + 1
    places: np.ndarray[Any, Any] = np.add(matrix, np.arange(0, columns * width, width)).reshape(-1)
    counts = np.bincount(places, minlength=columns * width).reshape(columns, width).astype(float)
    centred = np.repeat(target - target.mean(), columns)
    sums = np.bincount(places, weights=centred, minlength=columns * width).reshape(columns, width)
    below = _gain(np.cumsum(counts, axis=1), np.cumsum(sums, axis=1), len(target))
    single = _gain(counts, sums, len(target))
    gains = np.column_stack([below.max(axis=1), single.max(axis=1)])
    return gains, np.column_stack([below.argmax(axis=1), single.argmax(axis=1)])


def _gain(counts: np.ndarray[Any, Any], sums: np.ndarray[Any, Any], total: int) -> np.ndarray[Any, Any]:
    """Return the gain of parting *counts* rows with these sums (of the centred target) from the rest."""
    import numpy as np

    others = total - counts
    enough = (counts >= _MIN_LEAF) & (others >= _MIN_LEAF)
    gain: np.ndarray[Any, Any] = np.where(
        enough, sums**2 / np.maximum(counts, 1) + sums**2 / np.maximum(others, 1), 0.0
    )
    return gain
