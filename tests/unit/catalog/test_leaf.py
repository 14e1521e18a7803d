"""Leaves compare in the catalog as their values do in Python."""

import datetime as dt
import uuid
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._catalog.leaf import Kind, leaf_of, restored, sortable, storable, unsortable
from setpoint._core.leaves import flatten
from setpoint._core.values import Encoder

# Every code point: st.text() alone leaves out lone surrogates.
texts = st.text(st.characters(exclude_categories=())) | st.text(
    "\x00\x01\x02\x03\x04\x05a\ud800\udfff\ue000\ue001\ue010\ue011"
)


class Colour(Enum):
    RED = 1


Pair = namedtuple("Pair", "a b")  # noqa: PYI024  # as scripts write them


@dataclass
class Layer:
    width: int


def leaf(value: Any) -> Any:
    return leaf_of(Encoder().encode(value))


@given(texts, texts)
def test_stored_texts_keep_order_equality_and_substrings(one: str, other: str) -> None:
    assert restored(storable(one)) == one
    assert (storable(one) < storable(other)) == (one < other)
    assert (storable(one) in storable(other)) == (one in other)
    assert "\x00" not in storable(one)
    storable(one).encode()


@given(st.integers(), st.integers() | st.integers(-(2**2000), 2**2000))
def test_sortable_integers_sort_as_integers(one: int, other: int) -> None:
    assert unsortable(sortable(other)) == other
    assert (sortable(one) < sortable(other)) == (one < other)


@pytest.mark.parametrize(
    ("value", "kind", "number", "text"),
    [
        (True, Kind.TRUE, None, None),
        (3, Kind.INT, 3.0, None),
        (0.5, Kind.FLOAT, 0.5, None),
        (float("nan"), Kind.NAN, None, None),
        (float("inf"), Kind.FLOAT, float("inf"), None),
        (2**60, Kind.BIG, float(2**60), None),
        (10**400, Kind.BIG, float("inf"), None),
        (None, Kind.NONE, None, None),
        ("a", Kind.TEXT, None, "a"),
        ("x" * 201, Kind.LONG, None, "x" * 200),
        (Decimal("0.5"), Kind.FLOAT, 0.5, None),
        (Decimal(7), Kind.INT, 7.0, None),
        (Decimal("nan"), Kind.NAN, None, None),
        (Decimal("1e9999"), Kind.FLOAT, float("inf"), None),
        (dt.timedelta(minutes=2), Kind.FLOAT, 120.0, None),
        (PurePosixPath("a/b"), Kind.TEXT, None, "a/b"),
        (Colour.RED, Kind.TEXT, None, "RED"),
        (dt.date(2026, 11, 24), Kind.TEXT, None, "2026-11-24"),
        (uuid.UUID(int=1), Kind.TEXT, None, str(uuid.UUID(int=1))),
        (dict, Kind.OTHER, None, "dict"),
        (b"ab", Kind.OTHER, None, "b'ab'"),
        ({1: 2}, Kind.OTHER, None, "{1: 2}"),
        ([], Kind.EMPTY_LIST, None, None),
        ((), Kind.EMPTY_LIST, None, None),
        ({}, Kind.EMPTY_DICT, None, None),
    ],
    ids=str,
)
def test_a_value_is_the_leaf_it_compares_as(value: Any, kind: Kind, number: float | None, text: str | None) -> None:
    found = leaf(value)
    assert (found.kind, found.number, found.text) == (kind, number, text)


@pytest.mark.parametrize(
    "form", [{"$type": "decimal"}, {"$type": "newer", "x": 1}, {"$type": "int", "hex": "zz"}, {"$redacted": "ab"}]
)
def test_a_damaged_unknown_or_secret_form_is_a_text(form: dict[str, Any]) -> None:
    assert leaf_of(form).kind in (Kind.OTHER, Kind.LONG)


def test_flatten_yields_every_leaf_under_its_key() -> None:
    config = {
        "lr": 1, "a.b": {"c": [1, {"d": 2}], "e": {}}, "t": (1, ()), "p": Pair(1, 2), "l": Layer(3), "s": {4},
        "odd": {1: 2}, "dollar": {"$x": 5},
    }  # fmt: skip
    plain = {name: Encoder().encode(value, name) for name, value in config.items()}
    found = dict(flatten(plain))
    assert found == {
        "lr": 1, '"a.b".c[0]': 1, '"a.b".c[1].d': 2, '"a.b".e': {}, "t[0]": 1,
        "t[1]": {"$type": "tuple", "items": []},
        "p.a": 1, "p.b": 2, "l.width": 3, "s[0]": 4, "odd": plain["odd"], 'dollar."$x"': 5,
    }  # fmt: skip
    odd = {"secret": {"$redacted": "ab"}, "cut": {"$type": "tuple"}, "gone": {"$type": "dataclass"}}
    assert dict(flatten(odd)) == odd
