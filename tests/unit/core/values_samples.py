"""Classes, strategies and a strict comparison for the tests of values; loaded in the second process as well."""

import struct
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st


class Color(Enum):
    RED = 1
    BLUE = "blue"
    PAIR = (1, 2.0)


class Rank(IntEnum):
    LOW = 1
    HIGH = 2


class Scheduler(str, Enum):  # noqa: UP042  # the older way of writing it is the common one
    COSINE = "cosine"


class Access(Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: Any
    y: Any = 0


@dataclass
class Optimizer:
    name: Any
    rates: Any = field(default_factory=list)

    def __post_init__(self) -> None:
        self.made = True


@dataclass(frozen=True, slots=True)
class Layer:
    width: Any
    kind: Any = Color.RED


@dataclass
class Failure(Exception):  # a dataclass first
    code: int


def activation(x: float) -> float:
    return x


def identical(a: Any, b: Any) -> bool:
    """Tell whether two values have the same type and value all the way down, independently of the code under test."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (a != a and b != b)
    if isinstance(a, complex):
        return identical(a.real, b.real) and identical(a.imag, b.imag)
    if isinstance(a, dict):
        pairs = zip(a.items(), b.items(), strict=True)
        return len(a) == len(b) and all(identical(k, j) and identical(v, w) for (k, v), (j, w) in pairs)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, set | frozenset):
        return len(a) == len(b) and all(any(identical(x, y) for y in b) for x in a)
    if isinstance(a, Decimal):
        return a.as_tuple() == b.as_tuple()
    if isinstance(a, slice):
        return identical((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, Optimizer | Layer):
        return all(identical(getattr(a, name), getattr(b, name)) for name in type(a).__dataclass_fields__)
    if hasattr(a, "tzinfo"):
        return repr(a) == repr(b)
    return bool(a == b)


ZONES = st.one_of(
    st.none(),
    st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-3), "BRT")]),
)
DATE_ZONES = ZONES | st.sampled_from([ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")])
TEXTS = st.text(st.characters(codec=None), max_size=12)
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**40), max_value=10**40),
    st.floats(),
    TEXTS,
    st.binary(max_size=12),
    st.complex_numbers(),
    st.decimals(),
    st.dates(),
    st.times(timezones=ZONES),
    st.datetimes(timezones=DATE_ZONES, allow_imaginary=False),
    st.timedeltas(),
    st.uuids(),
    st.sampled_from([*Color, *Rank, *Scheduler, *Access, Access.READ | Access.WRITE, Access(0)]),
    st.sampled_from([int, dict, type(None), Color, Optimizer, len, activation, ..., "$type", {"$type": "int"}]),
    st.sampled_from([PurePosixPath("/data/x"), PureWindowsPath("C:\\x"), PurePosixPath("."), PurePosixPath("a\ud800")]),
    st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 4)),
)
NAMES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.binary(max_size=6), st.sampled_from(Color)
)
NAMES = NAMES | st.tuples(NAMES, NAMES)


def containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(parts, max_size=4),
        st.dictionaries(TEXTS, parts, max_size=4),
        st.dictionaries(NAMES, parts, max_size=4),
        st.lists(parts, max_size=3).map(tuple),
        st.sets(NAMES, max_size=4),
        st.frozensets(NAMES, max_size=4),
        st.binary(max_size=9).map(bytearray),
        st.builds(slice, parts, parts, parts),
        st.builds(Point, parts, parts),
        st.builds(Optimizer, parts, parts),
        st.builds(Layer, parts, parts),
    )


VALUES = st.recursive(ATOMS, containers, max_leaves=12)
