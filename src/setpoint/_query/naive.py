"""Filters by plain Python over one run: what SQL must agree with, and what is used where there is no catalog."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from setpoint._catalog.leaf import FLAG, Kind, Leaf, Scope, leaf_of, storable, unsortable
from setpoint._core.keys import split_key
from setpoint._core.leaves import flatten

from .expr import (
    ANY_INDEX,
    And,
    Column,
    Compare,
    Contains,
    Expr,
    Has,
    Holds,
    Key,
    KeyPath,
    Not,
    OneOf,
    Op,
    Scalar,
    Term,
    Test,
)

ColumnValue = str | int | None


class Facts(Struct, frozen=True):
    """What a filter can ask of one run."""

    leaves: Mapping[Scope, Mapping[KeyPath, Any]]
    columns: Mapping[str, ColumnValue]


def facts_of(
    config: dict[str, Any],
    summary: dict[str, Any],
    *,
    tags: Collection[str] = (),
    changed: Collection[str] = (),
    columns: Mapping[str, ColumnValue] | None = None,
) -> Facts:
    """Return the facts of a run.

    Args:
        config: the config in plain form.
        summary: the summary in plain form.
        tags: the run's tags.
        changed: keys of the params that were changed.
        columns: values by the names of ``columns.COLUMNS``; times in ns.
    """
    leaves: dict[Scope, Mapping[KeyPath, Any]] = {
        Scope.PARAM: {split_key(key): value for key, value in flatten(config)},
        Scope.SUMMARY: {split_key(key): value for key, value in flatten(summary)},
        Scope.TAG: {(tag,): FLAG for tag in tags},
        Scope.CHANGED: {split_key(key): FLAG for key in changed},
    }
    return Facts(leaves, columns or {})


def evaluate(expr: Expr, facts: Facts) -> bool:
    """Return whether the run with these facts passes *expr*."""
    if isinstance(expr, And):
        return all(evaluate(part, facts) for part in expr.parts)
    if isinstance(expr, Not):
        return not evaluate(expr.inner, facts)
    if isinstance(expr, Term):
        if isinstance(expr.target, Column):
            return _column_passes(facts.columns.get(expr.target.name), expr.test)
        return _key_passes(expr.target, expr.test, facts)
    return any(evaluate(part, facts) for part in expr.parts)


def _key_passes(key: Key, test: Test, facts: Facts) -> bool:
    leaves = facts.leaves[key.scope]
    if isinstance(test, Has):
        return any(_fits(path[: len(key.path)], key.path) for path in leaves)
    if isinstance(test, Holds):
        below = any(len(path) > len(key.path) and _fits(path[: len(key.path)], key.path) for path in leaves)
        return below or any(_is_true(value) for value in _matching(leaves, key.path))
    if isinstance(test, Contains):
        in_list = any(_equal(value, test.needle) for value in _matching(leaves, (*key.path, ANY_INDEX)))
        return in_list or any(_text_contains(value, test.needle) for value in _matching(leaves, key.path))
    return any(_passes(value, test) for value in _matching(leaves, key.path))


def _matching(leaves: Mapping[KeyPath, Any], pattern: KeyPath) -> Iterator[Any]:
    return (value for path, value in leaves.items() if _fits(path, pattern))


def _fits(path: KeyPath, pattern: KeyPath) -> bool:
    return len(path) == len(pattern) and all(
        isinstance(name, int) if wanted == ANY_INDEX else name == wanted
        for name, wanted in zip(path, pattern, strict=True)
    )


def _is_true(value: Any) -> bool:
    leaf = leaf_of(value)
    if leaf.kind in (Kind.FALSE, Kind.NONE, Kind.EMPTY_DICT, Kind.EMPTY_LIST):
        return False
    return leaf.number != 0 and leaf.text != ""


def _passes(value: Any, test: Compare | OneOf) -> bool:
    if isinstance(test, OneOf):
        return any(_equal(value, constant) for constant in test.values) != test.negated
    if test.op in (Op.EQ, Op.NE):
        return _equal(value, test.value) == (test.op is Op.EQ)
    return _ordered(value, test.op, test.value)


def _equal(value: Any, constant: Scalar) -> bool:
    mine, other = _comparable(value), _comparable(constant)
    return mine[0] == other[0] and bool(mine[1] == other[1])


def _ordered(value: Any, op: Op, constant: Scalar) -> bool:
    mine, other = _comparable(value), _comparable(constant)
    if mine[0] != other[0] or mine[0] not in ("number", "text"):
        return False
    if op in (Op.LT, Op.LE):
        return bool(mine[1] < other[1] or (op is Op.LE and mine[1] == other[1]))
    return bool(mine[1] > other[1] or (op is Op.GE and mine[1] == other[1]))


def _comparable(value: Any) -> tuple[str, Any]:
    """Return the sort of a value and what compares within the sort, numbers exactly, as Python compares them."""
    leaf = leaf_of(value)
    if leaf.kind is Kind.BIG:
        return "number", unsortable(leaf.whole or "")
    if leaf.kind in (Kind.INT, Kind.FLOAT, Kind.NAN):
        return "number", float("nan") if leaf.number is None else leaf.number
    if leaf.text is not None:
        return "text", leaf.whole or leaf.text
    return leaf.kind.name, None


def _text_contains(value: Any, needle: Scalar) -> bool:
    leaf: Leaf = leaf_of(value)
    return isinstance(needle, str) and leaf.text is not None and storable(needle) in (leaf.whole or leaf.text)


def _column_passes(value: ColumnValue, test: Test) -> bool:
    if value is None or value == "":
        return False
    if isinstance(test, Has):
        return True
    if isinstance(test, Holds):
        return bool(value)
    if isinstance(test, Contains):
        return isinstance(value, str) and isinstance(test.needle, str) and test.needle in value
    return _passes(value, test)
