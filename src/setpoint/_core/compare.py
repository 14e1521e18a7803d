"""Equality that is safe with any values, and equality of value and type."""

from math import copysign
from typing import Any

import msgspec

from .encode import Encoder
from .foreign import are_arrays_equal, is_array
from .raw import copy_dict, mro_of, type_name, type_of

_SIMPLE = frozenset({str, int, float, bool, type(None)})
_TRACKED_BASES: tuple[type, ...] = (dict, list, set)
_MAX_DEPTH = 150


def is_equal(a: Any, b: Any) -> bool:
    """Tell whether *a* equals *b*; never raises.

    As ``==``, but nan equals nan at any depth, arrays are equal when their shapes and all elements are, and where
    ``==`` raises or answers with no bool the recorded forms are compared.
    """
    if a is b:
        return True
    if type(a) in _SIMPLE and type(b) in _SIMPLE:
        return bool(a == b or (a != a and b != b))  # noqa: PLR0124  # nan is unequal to itself
    return _Comparison(exact=False).check(a, b)


def is_same(a: Any, b: Any) -> bool:
    """Tell whether *a* equals *b* and has the same exact types all the way down; never raises.

    4 and 4.0 differ, so do True and 1, 0.0 and -0.0. A subclass of dict, list or set counts as its base.
    """
    if a is b:
        return True
    if type(a) is not type(b) and (type(a) in _SIMPLE or type(b) in _SIMPLE):
        return False
    return _Comparison(exact=True).check(a, b)


class _Comparison:
    """One comparison of two trees; pairs already met are not compared again, so that shared parts cost once."""

    __slots__ = ("_exact", "_met")

    def __init__(self, *, exact: bool) -> None:
        self._exact = exact
        self._met: set[tuple[int, int]] = set()

    def check(self, a: Any, b: Any) -> bool:
        try:
            return self._equal(a, b, 0)
        except Exception:  # noqa: BLE001  # the values' own code ran, or they are too deep: their forms decide
            return self._forms(a, b)

    def _equal(self, a: Any, b: Any, depth: int) -> bool:
        if a is b:
            return True
        kind = type_of(a)
        if kind in _SIMPLE and type(b) in _SIMPLE:
            if self._exact and (kind is not type(b) or (kind is float and copysign(1, a) != copysign(1, b) and a == a)):  # noqa: PLR0124  # nan
                return False
            return bool(a == b or (a != a and b != b))  # noqa: PLR0124  # nan
        base, other = _base_of(kind), _base_of(type_of(b))
        if base is other and base in (dict, list, tuple):
            if (id(a), id(b)) in self._met:
                return True
            if depth > _MAX_DEPTH:
                return self._forms(a, b)
            self._met.add((id(a), id(b)))
            return self._dicts(a, b, depth + 1) if base is dict else self._sequences(base, a, b, depth + 1)
        if self._exact and base is not other:
            return False
        return self._others(a, b)

    def _dicts(self, a: Any, b: Any, depth: int) -> bool:
        mine, theirs = copy_dict(a), copy_dict(b)
        if len(mine) != len(theirs):
            return False
        keys = {key: key for key in theirs} if self._exact else {}
        for key, part in mine.items():
            if key not in theirs:  # a nan is found by no other nan: then the forms tell
                return type(key) is not str and self._forms(a, b)
            if not self._equal(part, theirs[key], depth):
                return False
            if self._exact and type(key) is not str and not self._equal(key, keys[key], depth):
                return False
        return True

    def _sequences(self, base: Any, a: Any, b: Any, depth: int) -> bool:
        mine, theirs = list(base.__iter__(a)), list(base.__iter__(b))
        return len(mine) == len(theirs) and all(map(self._equal, mine, theirs, [depth] * len(mine)))

    def _others(self, a: Any, b: Any) -> bool:
        arrays = is_array(mro_of(type_of(a))), is_array(mro_of(type_of(b)))
        if any(arrays):
            is_dtype_equal = not self._exact or a.dtype == b.dtype
            return all(arrays) and is_dtype_equal and are_arrays_equal(a, b)
        is_alike = _ask(a, b)
        if is_alike is True and not self._exact:
            return True
        if is_alike is False and type(a) is not type(b):
            return False
        return self._forms(a, b, is_alike)

    def _forms(self, a: Any, b: Any, otherwise: bool | None = None) -> bool:
        """Tell whether the recorded forms are equal; *otherwise* decides, if it can, where one is a mere stand-in."""
        encoder = Encoder()
        mine, theirs = encoder.encode(a), encoder.encode(b)
        # As JSON, since 1, 1.0 and True are equal as Python's values.
        is_alike = _json(mine) == _json(theirs) if self._exact else mine == theirs
        return is_alike and (not encoder.stand_ins or otherwise is not False)


def _json(plain: Any) -> bytes:
    return msgspec.json.encode(plain, order="sorted")


def _ask(a: Any, b: Any) -> bool | None:
    """Return what ``==`` says, None where it raises or gives no bool."""
    try:
        answer = a == b
    except Exception:  # noqa: BLE001  # the value's own code ran; that it failed is no answer
        return None
    if type_name(type_of(answer)) in ("numpy.bool", "numpy.bool_"):
        return bool(answer)
    return answer if type(answer) is bool else None


def _base_of(kind: type) -> type:
    if kind in _TRACKED_BASES:
        return kind
    bases = mro_of(kind)
    return next((base for base in _TRACKED_BASES if base in bases), kind)
