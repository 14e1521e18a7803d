"""Tests of one leaf -> conditions on a row ``p`` of ``param``; each is true or false, never NULL."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections.abc import Sequence
from math import isinf, isnan
from typing import Any

from msgspec import Struct

from setpoint._catalog.database import SqlValue
from setpoint._catalog.leaf import EXACT_INTEGERS, TEXT_LIMIT, Kind, leaf_of, nearest_float, sortable, storable

from .expr import Compare, Contains, Holds, OneOf, Op, Scalar, Test


class Predicate(Struct, frozen=True):
    """A condition in SQL with its values; ``needs_run`` where it reads the run's row ``r``."""

    sql: str
    values: tuple[SqlValue, ...] = ()
    needs_run: bool = False
    is_unique: bool = False


_FALSE = Predicate("1 = 0")
_TRUE = Predicate("1 = 1")


def all_of(parts: Sequence[Predicate]) -> Predicate:
    """Return the condition that all parts hold."""
    if _FALSE in parts:
        return _FALSE
    return _joined([part for part in parts if part != _TRUE], " AND ", _TRUE)


def any_of(parts: Sequence[Predicate]) -> Predicate:
    """Return the condition that at least one part holds."""
    if _TRUE in parts:
        return _TRUE
    return _joined([part for part in parts if part != _FALSE], " OR ", _FALSE)


def negated(part: Predicate) -> Predicate:
    """Return the condition that *part* doesn't hold."""
    if part in (_TRUE, _FALSE):
        return _FALSE if part == _TRUE else _TRUE
    return Predicate(f"NOT ({part.sql})", part.values, part.needs_run)


def _joined(parts: Sequence[Predicate], word: str, empty: Predicate) -> Predicate:
    if not parts:
        return empty
    if len(parts) == 1:
        return parts[0]
    values = tuple(value for part in parts for value in part.values)
    return Predicate(f"({word.join(part.sql for part in parts)})", values, any(part.needs_run for part in parts))


def leaf_predicate(test: Test, dialect: str) -> Predicate:
    """Return the condition that a leaf passes *test*."""
    if isinstance(test, Compare):
        return _compare(test.op, test.value)
    if isinstance(test, OneOf):
        equal = _equal_to_one_of(test.values, dialect)
        return negated(equal) if test.negated else equal
    if isinstance(test, Holds):
        return _holds()
    if isinstance(test, Contains):
        return _contains(test.needle, "instr" if dialect == "sqlite" else "strpos")
    return _TRUE


def _holds() -> Predicate:
    false = ", ".join(str(int(kind)) for kind in (Kind.FALSE, Kind.NONE, Kind.EMPTY_DICT, Kind.EMPTY_LIST))
    return Predicate(f"(p.kind NOT IN ({false}) AND (p.num IS NULL OR p.num <> 0) AND (p.txt IS NULL OR p.txt <> ''))")


def _contains(needle: Scalar, finder: str) -> Predicate:
    if not isinstance(needle, str):
        return _FALSE
    stored = storable(needle)
    # A cut text has exactly TEXT_LIMIT characters. Its kind is not asked for: the index, which answers alone, has none.
    whole = f"(length(p.txt) = {TEXT_LIMIT} AND {_whole(f'{finder}(w.txt, ?) > 0')})"
    return Predicate(f"(p.txt IS NOT NULL AND ({finder}(p.txt, ?) > 0 OR {whole}))", (stored, stored))


def _compare(op: Op, value: Scalar) -> Predicate:
    if op is Op.EQ:
        return _equal(value)
    if op is Op.NE:
        return negated(_equal(value))
    if isinstance(value, str):
        return _text_order(op, value)
    if value is None or isinstance(value, bool) or (isinstance(value, float) and isnan(value)):
        return _FALSE
    return _number_order(op, value)


def _equal_to_one_of(values: Sequence[Scalar], dialect: str) -> Predicate:
    short = [text for value in values if isinstance(value, str) and len(text := storable(value)) < TEXT_LIMIT]
    if len(short) == len(values) > 1:
        return among_texts(short, dialect)
    numbers = [float(value) for value in values if isinstance(value, int | float) and _is_exact(value)]
    if len(numbers) == len(values) > 1:
        return _among("p.num", numbers, dialect)
    return any_of([_equal(value) for value in values])


def among_texts(texts: Sequence[str], dialect: str) -> Predicate:
    """Return the condition that a leaf is one of these texts, which are in stored form and not cut."""
    return _among("p.txt", texts, dialect)


def _among(column: str, values: Sequence[SqlValue], dialect: str) -> Predicate:
    # With the plus SQLite looks up one value after another; without it, it walks all that are not NULL.
    plus = "+" if dialect == "sqlite" else ""
    marks = ", ".join("?" * len(values))
    return Predicate(f"({plus}{column} IS NOT NULL AND {column} IN ({marks}))", tuple(values))


def _is_exact(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < EXACT_INTEGERS


def _equal(value: Scalar) -> Predicate:
    if value is None or isinstance(value, bool):
        return Predicate(f"p.kind = {int(leaf_of(value).kind)}")
    if isinstance(value, str):
        return _text_equal(value)
    return _FALSE if isinstance(value, float) and isnan(value) else _number_equal(value)


def _text_equal(value: str) -> Predicate:
    stored = storable(value)
    if len(stored) <= TEXT_LIMIT:
        short = Predicate("(p.txt IS NOT NULL AND p.txt = ?)", (stored,))
        # A text cut to the limit equals no text of exactly that length.
        return short if len(stored) < TEXT_LIMIT else all_of([short, Predicate(f"p.kind <> {int(Kind.LONG)}")])
    cut = "(p.txt IS NOT NULL AND p.txt = ?"
    return Predicate(f"{cut} AND p.kind = {int(Kind.LONG)} AND {_whole('w.txt = ?')})", (stored[:TEXT_LIMIT], stored))


def _text_order(op: Op, value: str) -> Predicate:
    stored = storable(value)
    if len(stored) < TEXT_LIMIT:
        # A longer text differs from it within the limit, or begins with it: cut or not, it compares the same.
        return Predicate(f"(p.txt IS NOT NULL AND p.txt {op.value} ?)", (stored,))
    cut, strict = stored[:TEXT_LIMIT], op.value[0]
    beyond = Predicate(f"(p.txt IS NOT NULL AND p.txt {strict} ?)", (cut,))
    same_cut = "(p.txt IS NOT NULL AND p.txt = ? AND "
    whole = Predicate(f"{same_cut}p.kind = {int(Kind.LONG)} AND {_whole(f'w.txt {op.value} ?')})", (cut, stored))
    equal_cut = Predicate(f"{same_cut}p.kind <> {int(Kind.LONG)})", (cut,)) if _holds_for(op, cut, stored) else _FALSE
    return any_of([beyond, whole, equal_cut])


def _number_equal(value: float) -> Predicate:
    near = nearest_float(value) if isinstance(value, int) else value
    if abs(near) < EXACT_INTEGERS:
        return Predicate("(p.num IS NOT NULL AND p.num = ?)", (near,))
    exact = _FALSE
    if near == value:
        exact = Predicate(f"(p.num IS NOT NULL AND p.num = ? AND p.kind <> {int(Kind.BIG)})", (near,))
    return any_of([exact, _big("=", near, value)])


def _number_order(op: Op, value: float) -> Predicate:
    near = nearest_float(value) if isinstance(value, int) else value
    if abs(near) < EXACT_INTEGERS:
        return Predicate(f"(p.num IS NOT NULL AND p.num {op.value} ?)", (near,))
    beyond = Predicate(f"(p.num IS NOT NULL AND p.num {op.value[0]} ?)", (near,))
    same = _FALSE
    if _holds_for(op, near, value):
        same = Predicate(f"(p.num IS NOT NULL AND p.num = ? AND p.kind <> {int(Kind.BIG)})", (near,))
    return any_of([beyond, same, _big(op.value, near, value)])


def _big(operator: str, near: float, value: float) -> Predicate:
    """Return the condition for integers that ``num`` only holds rounded, and rounded as the constant is."""
    is_beyond_all = not isinstance(value, int) and isinf(value)  # isinf can't take every int
    exact = sortable(int(value)) if not is_beyond_all else "z" if value > 0 else ""  # after or before all of them
    sql = f"(p.num IS NOT NULL AND p.num = ? AND p.kind = {int(Kind.BIG)} AND {_whole(f'w.txt {operator} ?')})"
    return Predicate(sql, (near, exact))


def _whole(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM whole w WHERE w.key_n = p.key_n AND w.run_n = p.run_n AND {condition})"


def _holds_for(op: Op, left: Any, right: Any) -> bool:  # two numbers, or two texts
    """Tell whether ``left op right``."""
    less, equal = bool(left < right), bool(left == right)
    return {Op.LT: less, Op.LE: less or equal, Op.GT: not less and not equal, Op.GE: not less}[op]
