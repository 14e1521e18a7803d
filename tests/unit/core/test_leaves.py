"""The leaves of a config in plain form, each with its key."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from setpoint._core.leaves import flatten
from setpoint._core.values import Encoder, Redacted


class Pair(NamedTuple):
    low: int
    high: int


@dataclass
class Optim:
    lr: float
    betas: tuple[float, float]


@pytest.mark.parametrize(
    ("value", "leaves"),
    [
        (1, {"x": 1}),
        ({"a.b": {"c": 1}}, {'x."a.b".c': 1}),
        ([1, [2]], {"x[0]": 1, "x[1][0]": 2}),
        ((1, {"a": 2}), {"x[0]": 1, "x[1].a": 2}),
        ({3}, {"x[0]": 3}),
        (Pair(1, 2), {"x.low": 1, "x.high": 2}),
        (Optim(0.1, (0.9, 0.99)), {"x.lr": 0.1, "x.betas[0]": 0.9, "x.betas[1]": 0.99}),
        ({"$type": 1}, {'x."$type"': 1}),
    ],
    ids=repr,
)
def test_containers_are_flattened_to_their_parts(value: Any, leaves: dict[str, Any]) -> None:
    assert dict(flatten(Encoder().encode({"x": value}))) == leaves


@pytest.mark.parametrize("value", [{}, [], (), {0: "cat"}, 1 + 2j, b"bytes", Redacted("ab")], ids=repr)
def test_what_has_no_parts_with_keys_is_one_leaf(value: Any) -> None:
    plain = Encoder().encode({"x": value})
    assert flatten(plain) == [("x", plain["x"])]


@pytest.mark.parametrize("form", [{"$type": "tuple", "items": 1}, {"$type": "dict"}, {"$type": "later", "items": [1]}])
def test_a_form_that_is_not_understood_is_one_leaf(form: dict[str, Any]) -> None:
    assert flatten({"x": form}) == [("x", form)]
